/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help, made of the table of verbs. */
#include "cli/private.h"

#include <string.h>

#define COLUMN 30	/* where the words of a row begin */

static void row(struct buf *out, const char *left, const char *right)
{
	int used = (int)strlen(left) + 2;

	buf_addf(out, "  %s", left);
	if (used + 2 > COLUMN) {
		buf_addc(out, '\n');
		used = 0;
	}
	buf_addf(out, "%*s%s\n", COLUMN - used, "", right);
}

static void options(struct buf *out, const struct verb_option *o)
{
	for (; o != NULL && o->name != NULL; o++) {
		struct buf left;

		buf_init(&left, 256);
		if (o->letter != 0)
			buf_addf(&left, "-%c, ", o->letter);
		buf_adds(&left, o->name);
		if (o->value != NULL)
			buf_addf(&left, " %s", o->value);
		row(out, buf_text(&left), gettext(o->help));
		buf_release(&left);
	}
}

static void verb_row(struct buf *out, const struct verb *v)
{
	struct buf left;

	buf_init(&left, 256);
	buf_addf(&left, "%s%s%s", v->path, v->words[0] != '\0' ? " " : "", v->words);
	row(out, buf_text(&left), gettext(v->help));
	buf_release(&left);
}

void help_program(struct buf *out)
{
	buf_adds(out, _("usage: claviger [OPTION]... [VERB [WORD]...]\n\n"
	    "Claviger runs a small office of AI agents on your own model-vendor keys.\n"
	    "Without a verb it opens the console.\n\nverbs:\n"));
	for (const struct verb *v = verb_table; v->path != NULL; v++)
		if ((v->flags & VERB_HIDDEN) == 0)
			verb_row(out, v);
	buf_adds(out, _("\noptions, before or after the verb:\n"));
	options(out, verb_globals);
	buf_adds(out, _("\nof the console:\n"));
	options(out, verb_find("attach")->options);
	buf_adds(out, _("\nexit status: 0 done, 1 failed, 2 usage, 3 locked or wrong passphrase, 4 no such thing,\n"
	    "5 conflict, 6 refused by a cap or a rule, 7 vendor or network.\n"
	    "`claviger VERB --help` says more; claviger(1) is the manual.\n"));
}

void help_family(struct buf *out, const char *family)
{
	size_t n = strlen(family);

	buf_addf(out, _("usage: claviger %s VERB [WORD]...\n\nverbs:\n"), family);
	for (const struct verb *v = verb_table; v->path != NULL; v++)
		if (strncmp(v->path, family, n) == 0 && v->path[n] == ' ' && (v->flags & VERB_HIDDEN) == 0)
			verb_row(out, v);
}

void help_verb(struct buf *out, const struct verb *v)
{
	buf_addf(out, _("usage: claviger %s%s%s%s\n\n"), v->path, v->options != NULL ? _(" [OPTION]...") : "", v->words[0] != '\0' ? " " : "", v->words);
	buf_addf(out, "%s.\n", gettext(v->help));
	if ((v->flags & VERB_VAULT) != 0)
		buf_adds(out, _("It needs the passphrase: from a terminal, --passphrase-fd, CLAVIGER_PASSPHRASE_FILE or systemd.\n"));
	if ((v->flags & VERB_SECRET) != 0)
		buf_adds(out, _("On a terminal without an input it asks for the key; a key is never an argument.\n"));
	if (v->options != NULL) {
		buf_adds(out, _("\noptions:\n"));
		options(out, v->options);
	}
	buf_adds(out, _("\ncommon options:\n"));
	options(out, verb_globals);
}

void help_version(struct buf *out)
{
	buf_adds(out, PACKAGE_STRING "\n");
	buf_adds(out, _("Licence GPL-3.0-or-later. There is no warranty, to the extent permitted by law.\n"));
}
