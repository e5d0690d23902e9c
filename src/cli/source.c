/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where passphrases and keys come from. Never from an argument. */
#include "cli/private.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/env.h"
#include "base/secret_source.h"

#define COMMAND_MS 60000

static bool same(const struct secret *a, const struct secret *b)
{
	unsigned char different = a->len != b->len;

	for (size_t i = 0; i < a->len && i < b->len; i++)
		different |= (unsigned char)(a->p[i] ^ b->p[i]);
	return different == 0;
}

static enum err_code ask_passphrase(bool is_new, struct secret **out, struct err *e)
{
	struct secret *again = NULL;
	enum err_code code;

	if (!is_new)
		return prompt_secret(_("Passphrase: "), false, out, e);
	code = prompt_secret(_("A passphrase for the new vault. It opens your keys; without it they are lost and have to be\n"
	    "made anew at the vendor. Nobody can reset it.\nPassphrase: "), false, out, e);
	if (code == ERR_OK)
		code = prompt_secret(_("Once more: "), false, &again, e);
	if (code == ERR_OK && !same(*out, again)) {
		err_set(e, ERR_USAGE, "%s", _("the two are not the same"));
		code = err_mend(e, ERR_USAGE, "%s", _("try again"));
	}
	secret_free(again);
	if (code != ERR_OK) {
		secret_free(*out);
		*out = NULL;
	}
	return code;
}

enum err_code source_passphrase(const struct cli *c, bool is_new, struct secret **out, struct err *e)
{
	const char *file = getenv("CLAVIGER_PASSPHRASE_FILE");
	enum err_code code;

	*out = NULL;
	if (c->passphrase_fd >= 0) {
		code = secret_from_fd(c->passphrase_fd, out, e);
		if (code != ERR_OK)
			err_context(e, "--passphrase-fd %d", c->passphrase_fd);
		return code;
	}
	if (file != NULL && *file != '\0') {
		code = secret_from_file(file, out, e);
		if (code != ERR_OK)
			err_context(e, "CLAVIGER_PASSPHRASE_FILE");
		return code;
	}
	code = secret_from_credential("claviger-passphrase", out, e);
	if (code != ERR_MISSING)
		return code;
	err_clear(e);
	if (prompt_possible())
		return ask_passphrase(is_new, out, e);
	err_set(e, ERR_LOCKED, "%s", _("the vault is locked, and there is no terminal to ask for the passphrase"));
	return err_mend(e, ERR_LOCKED, "%s", _("give --passphrase-fd N, or a file of mode 0600 in CLAVIGER_PASSPHRASE_FILE"));
}

static enum err_code too_many(struct err *e)
{
	err_set(e, ERR_USAGE, "%s", _("more than one input for the key is given"));
	return err_mend(e, ERR_USAGE, "%s", _("one of --stdin, --file, --from-env, --command"));
}

enum err_code source_key(const struct cli *c, struct secret **out, struct err *e)
{
	const struct verb_words *w = &c->words;
	const char *file = verb_value(w, "--file"), *variable = verb_value(w, "--from-env"), *command = verb_value(w, "--command");
	bool is_stdin = verb_value(w, "--stdin") != NULL;
	enum err_code code;

	*out = NULL;
	if ((file != NULL) + (variable != NULL) + (command != NULL) + is_stdin > 1)
		return too_many(e);
	if (is_stdin && isatty(STDIN_FILENO))
		code = prompt_secret(_("Key (only marks are shown): "), true, out, e);
	else if (is_stdin)
		code = secret_from_fd(STDIN_FILENO, out, e);
	else if (file != NULL)
		code = secret_from_file(file, out, e);
	else if (variable != NULL)
		code = env_take_secret(variable, out, e);
	else if (command != NULL)
		code = secret_from_command(command, COMMAND_MS, out, e);
	else if (prompt_possible())
		code = prompt_secret(_("Key (only marks are shown): "), true, out, e);
	else {
		err_set(e, ERR_USAGE, "%s", _("there is no key, and no terminal to ask for one"));
		return err_mend(e, ERR_USAGE, "%s", _("give --stdin, --file F, --from-env VAR or --command CMD"));
	}
	if (code == ERR_OK)
		secret_trim(*out);
	return code;
}
