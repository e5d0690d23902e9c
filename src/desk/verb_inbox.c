/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words that set up a mailbox, and the secret of a connector. */
#include "desk/verb_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"

static const struct {
	const char *option, *member;
	bool is_needed;
} texts[] = {{"--imap", "imap", true}, {"--smtp", "smtp", true}, {"--user", "user", true}, {"--from", "from", true}, {"--authserv", "authserv", false}, {"--sent", "sent", false}};

static enum err_code check_scheme(const char *option, const char *value, struct err *e)
{
	const char *name = option + 2;
	size_t n = strlen(name);

	if ((strcmp(option, "--imap") != 0 && strcmp(option, "--smtp") != 0) ||
	    (strncmp(value, name, n) == 0 && strncmp(value + n + (value[n] == 's'), "://", 3) == 0))
		return ERR_OK;
	err_set(e, ERR_USAGE, "%s '%.80s' is no address of such a server", option, value);
	return err_mend(e, ERR_USAGE, "write %ss://HOST (TLS from the start), or %s://HOST:PORT (STARTTLS)", name, name);
}

enum err_code verb_connector_mailbox(const struct verb_words *w, struct op *op, struct err *e)
{
	bool is_inbox = op->connector_type == CONNECTOR_INBOX, any = verb_value(w, "--oauth") != NULL;
	enum err_code code = ERR_OK;
	struct json_out j;
	struct buf b;
	size_t i;

	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	for (i = 0; i < LENGTH(texts) && code == ERR_OK; i++) {
		const char *value = verb_value(w, texts[i].option);

		any = any || value != NULL;
		if (value != NULL) {
			code = check_scheme(texts[i].option, value, e);
			json_put_text(&j, texts[i].member, value);
		} else if (is_inbox && texts[i].is_needed) {
			err_set(e, ERR_USAGE, "an inbox needs %s", texts[i].option);
			code = err_mend(e, ERR_USAGE, "--imap URL --smtp URL --user NAME --from ADDRESS");
		}
	}
	any = any || (verb_value(w, "--ca-file") != NULL && verb_value(w, "--url") == NULL && verb_value(w, "--backend") == NULL && verb_value(w, "--push") == NULL);
	if (code == ERR_OK)
		code = verb_put_ca_file(&j, w, e);
	if (verb_value(w, "--oauth") != NULL)
		json_put_bool(&j, "oauth", true);
	json_close(&j, '}');
	if (code == ERR_OK && any && !is_inbox) {
		err_set(e, ERR_USAGE, "only an inbox takes --imap, --smtp and their like");
		code = err_mend(e, ERR_USAGE, "claviger connector add NAME --type inbox --imap URL --smtp URL --user NAME --from ADDRESS");
	}
	if (code == ERR_OK && is_inbox) {
		free(op->settings);
		op->settings = buf_take(&b);
	}
	buf_release(&b);
	return code;
}

enum err_code verb_connector_secret(const struct verb_words *w, struct op *op, struct err *e)
{
	enum err_code code = verb_copy(op->name, sizeof op->name, "the name", w->word[0], e);

	op->kind = OP_CONNECTOR_SECRET;
	return code == ERR_OK ? verb_copy(op->tool, sizeof op->tool, "what it is", w->word[1], e) : code;
}
