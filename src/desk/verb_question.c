/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words that answer what a connector's server asks. */
#include "desk/verb_private.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/utf8.h"

static enum err_code put_typed(const struct verb_words *w, struct json_out *j, struct err *e)
{
	for (int i = 1; i < w->words; i++) {
		const char *equals = strchr(w->word[i], '=');
		char name[NAME_MAX_BYTES];

		if (equals == NULL || equals == w->word[i] || (size_t)(equals - w->word[i]) >= sizeof name || !utf8_valid(slice_of(w->word[i]))) {
			err_set(e, ERR_USAGE, "'%.60s' is no FIELD=VALUE", w->word[i]);
			return err_mend(e, ERR_USAGE, "name the field before the =, as claviger connector question shows it");
		}
		memcpy(name, w->word[i], (size_t)(equals - w->word[i]));
		name[equals - w->word[i]] = '\0';
		json_put_text(j, name, equals + 1);
	}
	return ERR_OK;
}

enum err_code verb_connector_answer(const struct verb_words *w, struct op *op, struct err *e)
{
	bool accept = verb_value(w, "--accept") != NULL, decline = verb_value(w, "--decline") != NULL, cancel = verb_value(w, "--cancel") != NULL;
	enum err_code code = verb_id(w, 0, 'Q', &op->id, e);
	struct json_out j;
	struct buf b;

	op->kind = OP_CONNECTOR_ANSWER;
	op->answer = decline ? QUESTION_DECLINED : cancel ? QUESTION_CANCELLED : QUESTION_ACCEPTED;
	if (code == ERR_OK && (w->words > 1 || accept) + decline + cancel != 1) {
		err_set(e, ERR_USAGE, "an answer is one of: fields, --accept, --decline, --cancel");
		return err_mend(e, ERR_USAGE, "claviger connector answer ID FIELD=VALUE...");
	}
	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	if (code == ERR_OK)
		code = put_typed(w, &j, e);
	json_close(&j, '}');
	if (code == ERR_OK)
		op->tools = buf_take(&b);
	buf_release(&b);
	return code;
}
