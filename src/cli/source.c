/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where passphrases and keys come from. Never from an argument. */
#include "cli/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/aws_profile.h"
#include "base/env.h"
#include "base/secret_source.h"
#include "desk/strength.h"

#define COMMAND_MS 60000

static bool same(const struct secret *a, const struct secret *b)
{
	unsigned char different = a->len != b->len;

	for (size_t i = 0; i < a->len && i < b->len; i++)
		different |= (unsigned char)(a->p[i] ^ b->p[i]);
	return different == 0;
}

static const char *strength_words(enum strength s)
{
	switch (s) {
	case STRENGTH_WEAK: return _("Weak: who has a copy of vault.key could guess it within days. Four or five words of your own are better.");
	case STRENGTH_FAIR: return _("Fair: guessing it would take somebody with a copy of vault.key months of rented machines. One word more makes it good.");
	case STRENGTH_GOOD: return _("Good: not to be guessed.");
	case STRENGTH_NONE: break;
	}
	return "";
}

/* Twice, and what it is worth in between. */
static enum err_code ask_new(const struct cli *c, const char *words, struct secret **out, struct err *e)
{
	struct secret *again = NULL;
	enum err_code code = prompt_secret(words, false, out, e);

	if (code == ERR_OK) {
		say_note(c, "%s", strength_words(strength_of(slice_make((*out)->p, (*out)->len))));
		code = prompt_secret(_("Once more: "), false, &again, e);
	}
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

static enum err_code ask_passphrase(const struct cli *c, bool is_new, struct secret **out, struct err *e)
{
	if (!is_new)
		return prompt_secret(_("Passphrase: "), false, out, e);
	return ask_new(c, _("A passphrase for the new vault. Nobody can reset it: if it is lost, the keys in the vault are lost and are made\n"
	    "anew at the vendor; goals, books, decisions and transcripts stay readable. A second person with a slot of\n"
	    "their own can still open it.\nPassphrase: "), out, e);
}

enum err_code source_new_passphrase(const struct cli *c, const char *person, struct secret **out, struct err *e)
{
	const char *fd = verb_value(&c->words, "--new-passphrase-fd"), *file = verb_value(&c->words, "--new-passphrase-file");
	char words[512];
	int n = -1;
	enum err_code code;

	*out = NULL;
	if (fd != NULL && file != NULL) {
		err_set(e, ERR_USAGE, "%s", _("more than one input for the new passphrase is given"));
		return err_mend(e, ERR_USAGE, "%s", _("give --new-passphrase-fd or --new-passphrase-file"));
	}
	if (fd != NULL) {
		code = cli_read_fd("--new-passphrase-fd", fd, &n, e);
		return code == ERR_OK ? secret_from_fd(n, out, e) : code;
	}
	if (file != NULL)
		return secret_from_file(file, out, e);
	if (!prompt_possible()) {
		err_set(e, ERR_LOCKED, "%s", _("there is no terminal to ask for the new passphrase"));
		return err_mend(e, ERR_LOCKED, "%s", _("give --new-passphrase-fd N, or --new-passphrase-file F of mode 0600"));
	}
	if (person != NULL)
		snprintf(words, sizeof words, _("Now %.63s types a passphrase of their own. It opens the same vault; nobody can reset it.\nPassphrase: "), person);
	else
		snprintf(words, sizeof words, "%s", _("The new passphrase. Nobody can reset it; the old one opens nothing from then on but backups of vault.key.\nPassphrase: "));
	return ask_new(c, words, out, e);
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
		return ask_passphrase(c, is_new, out, e);
	err_set(e, ERR_LOCKED, "%s", _("the vault is locked, and there is no terminal to ask for the passphrase"));
	return err_mend(e, ERR_LOCKED, "%s", _("give --passphrase-fd N, or a file of mode 0600 in CLAVIGER_PASSPHRASE_FILE"));
}

static enum err_code too_many(struct err *e)
{
	err_set(e, ERR_USAGE, "%s", _("more than one input for the key is given"));
	return err_mend(e, ERR_USAGE, "%s", _("one of --stdin, --file, --from-env, --command, --aws-profile"));
}

enum err_code source_key(const struct cli *c, struct op *op, struct secret **out, struct err *e)
{
	const struct verb_words *w = &c->words;
	const char *file = verb_value(w, "--file"), *variable = verb_value(w, "--from-env"), *command = verb_value(w, "--command");
	const char *profile = verb_value(w, "--aws-profile");
	char region[AWS_REGION];
	bool is_stdin = verb_value(w, "--stdin") != NULL;
	enum err_code code;

	*out = NULL;
	if ((file != NULL) + (variable != NULL) + (command != NULL) + (profile != NULL) + is_stdin > 1)
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
	else if (profile != NULL)
		code = aws_profile_take(profile, COMMAND_MS, out, region, e);
	else if (prompt_possible())
		code = prompt_secret(_("Key (only marks are shown): "), true, out, e);
	else {
		err_set(e, ERR_USAGE, "%s", _("there is no key, and no terminal to ask for one"));
		return err_mend(e, ERR_USAGE, "%s", _("give --stdin, --file F, --from-env VAR, --command CMD or --aws-profile P"));
	}
	if (code == ERR_OK && profile != NULL && op->region[0] == '\0')
		snprintf(op->region, sizeof op->region, "%s", region);
	if (code == ERR_OK)
		secret_trim(*out);
	return code;
}
