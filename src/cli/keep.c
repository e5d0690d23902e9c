/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A workspace as a whole: export, backup, restore, destroy. */
#include "cli/private.h"

#include <stdlib.h>
#include <string.h>

#include "base/path.h"
#include "desk/keep.h"

/* file or folder: what was made, for JSON; text is for people. */
static int say_kept(struct cli *c, const struct kept *k, const char *member, const char *what, const char *text)
{
	struct json_out j;
	struct buf out;
	int status;

	if (c->quiet)
		return 0;
	buf_init(&out, 0);
	if (c->json) {
		json_start(&j, &out);
		json_open(&j, NULL, '{');
		json_put_text(&j, "workspace", k->name);
		json_put_text(&j, member, what);
		json_put_int(&j, "files", k->files);
		json_put_int(&j, "bytes", k->bytes);
		if (k->rows > 0)
			json_put_int(&j, "rows", k->rows);
		if (strcmp(member, "from") == 0) {
			json_put_int(&j, "pending_again", k->taken_back);
			json_put_int(&j, "unknown", k->unknown);
			json_put_int(&j, "paused_goals", k->paused);
		}
		json_close(&j, '}');
		status = say_json(c, buf_slice(&out));
	} else {
		say_add(&out, text);
		buf_addc(&out, '\n');
		status = say_out(&out);
	}
	buf_release(&out);
	return status;
}

typedef enum err_code keep_fn(struct desk *d, const char *path, struct kept *out, struct err *e);

static int keep(struct cli *c, keep_fn *run, const char *member)
{
	const char *path = c->words.word[0];
	struct desk *desk = NULL;
	struct kept k;
	struct err e;
	char text[1024];
	int status;

	err_clear(&e);
	if (cli_open(c, false, &desk, NULL, &e) != ERR_OK || run(desk, path, &k, &e) != ERR_OK) {
		status = cli_fail(&e);
	} else {
		if (run == desk_export)
			snprintf(text, sizeof text, _("%s is written to %s: %d files, %lld KiB; no key is in it"), k.name, path, k.files, (long long)(k.bytes + 1023) / 1024);
		else
			snprintf(text, sizeof text, _("%s is saved in %s, %lld KiB: a passphrase of the workspace, as it is today, opens the keys in it"), k.name, path,
			    (long long)(k.bytes + 1023) / 1024);
		status = say_kept(c, &k, member, path, text);
	}
	desk_close(desk);
	return status;
}

int face_export(struct cli *c)
{
	return keep(c, desk_export, "folder");
}

int face_backup(struct cli *c)
{
	return keep(c, desk_backup, "file");
}

int face_restore(struct cli *c)
{
	struct kept k;
	struct err e;
	char text[1024];

	err_clear(&e);
	if (desk_restore(&c->desk, c->words.word[0], &k, &e) != ERR_OK)
		return cli_fail(&e);
	snprintf(text, sizeof text, _("%s is restored; what it did after the backup it does not know: %d approvals wait for your word again, %d are unknown, %d goals are paused"), k.name,
	    k.taken_back, k.unknown, k.paused);
	return say_kept(c, &k, "from", c->words.word[0], text);
}

/* --- destroy ------------------------------------------------------------------------ */

/* Its name, typed: the one thing nobody types by accident. */
static enum err_code confirm(struct cli *c, const char *name, struct err *e)
{
	char words[512], typed[PATH_WORKSPACE_NAME_MAX + 8];
	enum err_code code;

	if (verb_value(&c->words, "--yes") != NULL)
		return ERR_OK;
	if (!prompt_possible()) {
		err_set(e, ERR_USAGE, "%s", _("there is no terminal to confirm on"));
		return err_mend(e, ERR_USAGE, _("claviger workspace destroy %.64s --yes"), name);
	}
	snprintf(words, sizeof words, _("This deletes the workspace %.64s: its goals, books, decisions and journal, and makes its keys unreadable for good,\n"
	    "also those in a copy of its database. A backup keeps both, and opens with the passphrase it was made under.\nIts name, to go on: "), name);
	code = prompt_word(words, typed, sizeof typed, e);
	if (code == ERR_OK && strcmp(typed, name) != 0)
		code = err_set(e, ERR_CANCELLED, "%s", _("that is not its name: nothing was deleted"));
	return code;
}

int face_destroy(struct cli *c)
{
	const char *name = c->words.word[0];
	struct kept k = {.files = 0};
	struct err e;
	char text[256];

	err_clear(&e);
	/* two names that differ: one of them is a mistake */
	if (c->desk.workspace != NULL && strcmp(c->desk.workspace, name) != 0) {
		err_set(&e, ERR_USAGE, _("--workspace names another one than is to be destroyed"));
		err_mend(&e, ERR_USAGE, "%s", _("leave --workspace away"));
		return cli_fail(&e);
	}
	if (desk_find(&c->desk, name, &e) != ERR_OK || confirm(c, name, &e) != ERR_OK || desk_destroy(&c->desk, name, &e) != ERR_OK)
		return cli_fail(&e);
	snprintf(k.name, sizeof k.name, "%s", name);
	snprintf(text, sizeof text, _("the workspace %.64s is destroyed, its keys first; revoke them at the vendors too if a backup is about"), name);
	return say_kept(c, &k, "destroyed", name, text);
}
