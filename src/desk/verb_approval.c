/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words that decide, change or settle an approval. */
#include "desk/verb_private.h"

#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/memory.h"

#define PAYLOAD_FILE_BYTES ((size_t)4 << 20)

enum err_code verb_approve(const struct verb_words *w, struct op *op, struct err *e)
{
	enum err_code code = verb_id(w, 0, 'A', &op->id, e);

	struct buf said;
	int i;

	op->kind = OP_APPROVE;
	/* Whoever writes the hash of one version out has done more than press a key;
	 * a stranger who would get something is written out too. */
	op->by_hash = true;
	buf_init(&said, (size_t)16 << 10);
	for (i = 0; i < w->options; i++)
		if (strcmp(w->option[i].name, "--yes-to") == 0)
			buf_addf(&said, "%s\n", w->option[i].value);
	op->said = buf_take(&said);
	return code == ERR_OK ? verb_hash(w, op, e) : code;
}

enum err_code verb_reject(const struct verb_words *w, struct op *op, struct err *e)
{
	enum err_code code = verb_id(w, 0, 'A', &op->id, e);

	op->kind = OP_REJECT;
	op->text = xstrdup(verb_value(w, "--reason"));
	return code == ERR_OK ? verb_hash(w, op, e) : code;
}

enum err_code verb_ask_changes(const struct verb_words *w, struct op *op, struct err *e)
{
	enum err_code code = verb_reject(w, op, e);

	op->kind = OP_ASK_CHANGES;
	return code;
}

enum err_code verb_edit(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *file = verb_value(w, "--payload-file") != NULL ? verb_value(w, "--payload-file") : verb_value(w, "--file");
	enum err_code code = verb_id(w, 0, 'A', &op->id, e);
	struct buf b;

	op->kind = OP_EDIT;
	if (code == ERR_OK)
		code = verb_hash(w, op, e);
	if (code == ERR_OK && (file != NULL) == (verb_value(w, "--stdin") != NULL)) {
		err_set(e, ERR_USAGE, "one source of the new payload is wanted");
		code = err_mend(e, ERR_USAGE, "--payload-file F or --stdin");
	}
	if (code != ERR_OK)
		return code;
	buf_init(&b, PAYLOAD_FILE_BYTES);
	code = file_read(file != NULL ? file : "/dev/stdin", &b, e);
	if (code == ERR_OK)
		op->text = buf_take(&b);
	buf_release(&b);
	return code;
}

enum err_code verb_undo(const struct verb_words *w, struct op *op, struct err *e)
{
	op->kind = OP_UNDO;
	return verb_id(w, 0, 'A', &op->id, e);
}

enum err_code verb_settle(const struct verb_words *w, struct op *op, struct err *e)
{
	const char *as = verb_value(w, "--as");

	op->kind = OP_SETTLE;
	if (verb_value(w, "--note") != NULL)
		op->text = xstrdup(verb_value(w, "--note"));
	op->fired = strcmp(as, "fired") == 0;
	if (!op->fired && strcmp(as, "not-fired") != 0) {
		err_set(e, ERR_USAGE, "--as '%.40s' is neither of the two", as);
		return err_mend(e, ERR_USAGE, "--as fired or --as not-fired");
	}
	return verb_id(w, 0, 'A', &op->id, e);
}
