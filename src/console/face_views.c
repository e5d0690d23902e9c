/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Help from the key table, "since you last looked", and the command line. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "console/face_state.h"
#include "console/table.h"
#include "console/view.h"
#include "console/words.h"
#include "desk/verb.h"

/* All keys of one action in a place: "j, Down". */
static void keys_of(const struct keymap *m, enum place place, enum action a, struct buf *out)
{
	char name[16];
	int i;

	for (i = 0; i < m->n; i++)
		if (m->v[i].place == place && m->v[i].action == a) {
			keymap_name(m->v[i].key, name);
			buf_addf(out, "%s%s", out->len > 0 ? ", " : "", name);
		}
}

static void help_place(struct face *f, struct sheet *sh, enum place place)
{
	const struct keymap *m = &f->keys;
	struct buf keys, line;
	bool headed = false;
	int i;

	buf_init(&keys, 0);
	buf_init(&line, 0);
	for (i = 0; i < m->n; i++) {
		if (m->v[i].place != place || m->v[i].help == NULL)
			continue;
		if (!headed) {
			sheet_addf(sh, ROLE_HINT, "%s", "");
			sheet_addf(sh, ROLE_HEAD, "%s", place_title(place));
			headed = true;
		}
		buf_clear(&keys);
		buf_clear(&line);
		keys_of(m, place, m->v[i].action, &keys);
		text_pad(&line, buf_slice(&keys), 18, 0);
		buf_addf(&line, " %s", _(m->v[i].help));
		sheet_add(sh, ROLE_NORMAL, "  ", buf_slice(&line));
	}
	buf_release(&keys);
	buf_release(&line);
}

void face_help(struct face *f)
{
	const struct placed *top = face_top(f);
	unsigned places = top != NULL ? top->ops->places : f->panes[f->focus].ops->places;
	struct sheet sh = {0};
	int p;

	sheet_addf(&sh, ROLE_NORMAL, _("Nothing leaves the house without an approval. Enter and Space never decide."));
	for (p = PLACES - 1; p > 0; p--)	/* the narrow places first */
		if (places & IN(p))
			help_place(f, &sh, (enum place)p);
	help_place(f, &sh, PLACE_ALL);
	sheet_addf(&sh, ROLE_HINT, "%s", "");
	sheet_addf(&sh, ROLE_HEAD, _("Signs"));
	sheet_addf(&sh, ROLE_NORMAL, _("  >  the mark      +  marked by Space      !  wants you      \xe2\x89\x88  an estimate, a call runs"));
	sheet_addf(&sh, ROLE_NORMAL, _("  \xef\xbf\xbd  a hidden character of an outside text      \xe2\x96\xa1  a character this terminal can't be trusted to draw"));
	face_open_text(f, _("Help"), &sh);
}

void face_back(struct face *f)
{
	const struct shown *b = &f->snap.back;
	struct sheet sh = {0};
	int i;

	if (b->n == 0 || f->back_shown || face_hides(f))	/* it is content: not before the vault is open */
		return;
	f->back_shown = true;
	for (i = 0; i < b->n; i++)
		sheet_add(&sh, role_shown(b->v[i].role), NULL, slice_of(b->v[i].text));
	sheet_addf(&sh, ROLE_HINT, "%s", "");
	sheet_addf(&sh, ROLE_HINT, _("q goes on to the console."));
	face_open_text(f, _("Since you last looked"), &sh);
}

void face_open_json(struct face *f, const char *title, struct slice json, const char *columns)
{
	struct sheet sh = {0};
	struct err e;

	if (table_write(&sh, json, columns, face_cols(f) - 2, &e) != ERR_OK) {
		sheet_release(&sh);
		face_say_err(f, &e);
		return;
	}
	face_open_text(f, title, &sh);
}

/* --- the command line -------------------------------------------------------- */

static void run_query(struct face *f, const struct verb_words *w, const char *title)
{
	struct query q = {0};
	struct buf out;
	struct err e;

	buf_init(&out, 0);
	if (w->verb->to_query(w, &q, &e) != ERR_OK || desk_query(f->desk, f->o->desk, &q, &out, &e) != ERR_OK)
		face_say_err(f, &e);
	else
		face_open_json(f, title, buf_slice(&out), w->verb->columns);
	buf_release(&out);
}

static void run_op(struct face *f, const struct verb_words *w)
{
	struct op op = {0};
	struct err e;

	if (strcmp(w->verb->path, "approval edit") == 0) {	/* it may read standard input, which is the keyboard here */
		face_say(f, ROLE_HINT, _("Decide in the Approvals pane: press 2."));
		return;
	}
	if (w->verb->to_op(w, &op, &e) != ERR_OK) {
		op_release(&op);
		face_say_err(f, &e);
		return;
	}
	if ((w->verb->flags & (VERB_NEW_PASSPHRASE | VERB_PASSPHRASE)) != 0) {
		face_say(f, ROLE_HINT, _("%s is for the shell: claviger %s"), w->verb->path, w->verb->path);
		op_release(&op);
		return;
	}
	/* decisions and secrets have their own ways here, with their own rules */
	if (op.kind == OP_APPROVE || op.kind == OP_REJECT || op.kind == OP_EDIT || op.kind == OP_RULE_ADD) {
		face_say(f, ROLE_HINT, _("Decide in the Approvals pane: press 2."));
		op_release(&op);
		return;
	}
	if (op.kind == OP_KEY_ADD || op.kind == OP_KEY_ROTATE) {
		face_open_key_form(f, op.kind == OP_KEY_ROTATE ? op.name : NULL);
		op_release(&op);
		return;
	}
	if (op.kind == OP_CONNECTOR_SECRET) {
		face_open_connector_secret_form(f, op.name, op.tool);
		op_release(&op);
		return;
	}
	face_say(f, ROLE_RUNNING, _("Asked."));
	face_ask(f, &op, NULL);
}

static bool run_own(struct face *f, const char *verb)
{
	if (strcmp(verb, "q") == 0 || strcmp(verb, "quit") == 0) {
		f->wants_quit = true;
		return true;
	}
	if (strcmp(verb, "help") == 0) {
		face_help(f);
		return true;
	}
	return false;
}

void face_run_verb(struct face *f, const char *line)
{
	char *copy, *argv[32];
	struct verb_words w;
	struct err e;
	int argc;

	if (line[strspn(line, " ")] == '\0' || run_own(f, line))
		return;
	copy = strdup(line);
	if (copy == NULL)
		return;
	if (verb_split(copy, argv, (int)LENGTH(argv), &argc, &e) != ERR_OK || verb_parse(argc, argv, &w, &e) != ERR_OK)
		face_say_err(f, &e);
	else if (w.verb == NULL)
		face_help(f);
	else if (w.verb->to_query != NULL)
		run_query(f, &w, line);
	else if (w.verb->to_op != NULL && strcmp(w.verb->path, "lock") == 0 && verb_value(&w, "--keys") == NULL)
		face_key(f, 'L', false);
	else if (w.verb->to_op != NULL)
		run_op(f, &w);
	else
		face_say(f, ROLE_HINT, _("%s is for the shell: claviger %s"), w.verb->path, w.verb->path);
	free(copy);
}

static void command_done(struct face *f, const struct prompt_spec *p, const char *text)
{
	(void)p;
	face_run_verb(f, text);
}

void face_command(struct face *f)
{
	struct prompt_spec p = {.label = ":", .done = command_done};

	if (f->desk != NULL)
		face_prompt(f, &p);
}

/* --- other programs ----------------------------------------------------------- */

void face_page(struct face *f, struct sheet *lines)
{
	struct buf out;
	struct err e;
	int i;

	if (f->hands.page == NULL)
		return;
	buf_init(&out, 0);
	for (i = 0; i < lines->n; i++) {
		text_line_for_terminal(slice_of(lines->v[i].text), &out);
		buf_addc(&out, '\n');
	}
	if (f->hands.page(f->hands.user, buf_text(&out), out.len, &e) != ERR_OK)
		face_say_err(f, &e);
	buf_release(&out);
	f->wants_repaint = true;
}

enum err_code face_edit(struct face *f, const char *text, char **out, struct err *e)
{
	enum err_code code;

	*out = NULL;
	if (f->hands.edit == NULL)
		return err_set(e, ERR_MISSING, "no editor can be started here");
	code = f->hands.edit(f->hands.user, desk_folder(f->desk), text, out, e);
	f->wants_repaint = true;
	return code;
}
