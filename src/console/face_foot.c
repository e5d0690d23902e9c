/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line for what waits, and the footer with the keys of the focused pane. */
#include <stdio.h>

#include "base/i18n.h"
#include "base/text.h"
#include "console/face_state.h"
#include "console/form.h"
#include "console/view.h"

#define SAID_ROWS 3		/* what is said takes as many where one cuts it */
#define NARROW 64		/* columns: below it the lasting words are short, and may take a second row */
#define BODY_ROWS 8		/* of the screen: the rest can be given to words */

/* What is asked stands where words would. */
static const struct prompt_state *prompt_on_top(const struct face *f)
{
	const struct placed *top = f->layers_n > 0 ? &f->layers[f->layers_n - 1] : NULL;

	return top != NULL && top->ops == &prompt_view ? top->st : NULL;
}

static void refused_words(const struct snapshot *s, bool is_narrow, char *out, size_t room)
{
	if (is_narrow)
		snprintf(out, room, s->is_key_revoked ? _("Key %.14s is revoked: press 4.") : _("Key %.14s is failing: press 4."), s->key_refused);
	else
		snprintf(out, room, s->is_key_revoked ? _("The vendor no longer takes key %.20s: press 4, then r to give a new one.") :
		    _("Key %.20s is failing: press 4; t tests it again."), s->key_refused);
}

/* What stands there for as long as it is so. */
static enum role lasting_words(const struct face *f, char *out, size_t room)
{
	const struct snapshot *s = &f->snap;
	bool is_narrow = f->grid->cols < NARROW;

	out[0] = '\0';
	if (f->screen_locked) {
		snprintf(out, room, "%s", is_narrow ? _("The screen is locked: press u.") : _("The screen is locked: u or Enter unlocks it."));
		return ROLE_NORMAL;
	}
	if (!s->unlocked && !f->o->read_only) {
		snprintf(out, room, "%s", is_narrow ? _("Locked: press u to unlock.") : _("Locked: you see counts, states and money. Press u to unlock."));
	} else if (s->fault[0] != '\0') {
		snprintf(out, room, _("Nothing is done: %s"), s->fault);
		return ROLE_FAILED;
	} else if (s->questions > 0 && !f->o->read_only) {
		snprintf(out, room, is_narrow ? _("Press Q: %.40s asks you something.") : _("The server of connector %.40s asks you something. Press Q to answer."),
		    s->question_of);
	} else if (s->notice[0] != '\0') {
		snprintf(out, room, "%s", s->notice);
	} else if (s->key_refused[0] != '\0' && !f->o->read_only && f->focus != 3) {
		refused_words(s, is_narrow, out, room);
		return ROLE_FAILED;
	} else if (s->pending > 0 && f->focus != 1) {
		snprintf(out, room, ngettext("%d approval waits. Press 2 to review.", "%d approvals wait. Press 2 to review.", (unsigned long)s->pending), s->pending);
	} else if (s->keys_total == 0 && s->goals_open == 0 && !f->o->read_only) {
		snprintf(out, room, "%s", _("First a key: press 4, then a."));
		return ROLE_HINT;
	}
	return ROLE_WAITING;
}

/* What is to stand there now; most: the rows it may take. */
static enum role words_now(const struct face *f, char *out, size_t room, int *most)
{
	const struct placed *top = f->layers_n > 0 ? &f->layers[f->layers_n - 1] : NULL;

	out[0] = '\0';
	*most = 1;
	if (f->said[0] != '\0') {
		snprintf(out, room, "%s", f->said);
		*most = SAID_ROWS;
		return f->said_role;
	}
	if (f->desk == NULL || (top != NULL && top->ops == &form_view))
		return ROLE_NORMAL;
	if (f->snap.fault[0] != '\0')
		*most = SAID_ROWS;
	else if (f->grid->cols < NARROW)
		*most = 2;
	return lasting_words(f, out, room);
}

int face_notice_rows(const struct face *f)
{
	const struct prompt_state *p = prompt_on_top(f);
	char words[sizeof f->said];
	int rows, most = 2, room = f->grid->rows - BODY_ROWS;

	if (p != NULL) {
		rows = prompt_rows(p, f->grid);
	} else {
		words_now(f, words, sizeof words, &most);
		rows = canvas_wrapped_rows(f->grid, f->grid->cols, slice_of(words));
	}
	if (most > 1 + room)
		most = room > 0 ? 1 + room : 1;
	return rows < most ? rows : most;
}

void face_draw_notice(const struct face *f, const struct canvas *c)
{
	struct canvas line = canvas_part(c, c->rows - 1 - f->notice_rows, 0, f->notice_rows, c->cols);
	char words[sizeof f->said];
	enum role role;
	int most;

	if (prompt_on_top(f) != NULL)
		return;
	canvas_clear(&line);
	role = words_now(f, words, sizeof words, &most);
	canvas_wrapped(&line, role, slice_of(words));
}

static int draw_key(const struct canvas *line, int col, const char *key, const char *label)
{
	int used = canvas_say(line, 0, col, ROLE_KEY, "%s", key);

	return used + 1 + canvas_say(line, 0, col + used + 1, ROLE_DIM, "%s", label) + 2;
}

static int key_cols(const char *key, const char *label)
{
	return text_cols(slice_of(key), 0) + 1 + text_cols(slice_of(label), 0) + 2;
}

static void draw_fixed_footer(const struct canvas *line, const struct placed *top)
{
	int col = 1;

	if (top->ops == &prompt_view) {
		const struct prompt_state *p = top->st;

		if (!p->spec.one_key) {
			col += draw_key(line, col, "Enter", _("done"));
			draw_key(line, col, "Esc", _("leave it"));
		}
		return;
	}
	if (top->ops == &form_view && ((const struct form_state *)top->st)->form->is_busy)
		return;
	col += draw_key(line, col, "Enter", _("go on"));
	col += draw_key(line, col, "Tab", _("next field"));
	draw_key(line, col, "Esc", _("leave"));
}

void face_draw_footer(const struct face *f, const struct canvas *c)
{
	struct canvas line = canvas_part(c, c->rows - 1, 0, 1, c->cols);
	const struct placed *top = f->layers_n > 0 ? &f->layers[f->layers_n - 1] : NULL, *at = top != NULL ? top : &f->panes[f->focus];
	unsigned places = at->ops->places | IN(PLACE_ALL);
	static const enum action ends[] = {ACT_HELP, ACT_QUIT};
	struct scene sc = face_scene(f, true);
	char name[16];
	int i, col = 1, kept = 0, e;

	canvas_clear(&line);
	if (at->ops->type != NULL) {
		draw_fixed_footer(&line, at);
		return;
	}
	if (!f->snap.unlocked && !f->o->read_only && f->desk != NULL) {
		keymap_name(keymap_key(&f->keys, places, ACT_UNLOCK), name);
		col += draw_key(&line, col, name, _("unlock"));
	}
	for (e = 0; e < 2; e++) {
		keymap_name(keymap_key(&f->keys, places, ends[e]), name);
		kept += key_cols(name, ends[e] == ACT_HELP ? _("help") : top != NULL ? _("back") : _("quit"));
	}
	for (i = 0; i < f->keys.n; i++) {
		const struct binding *b = &f->keys.v[i];

		if (b->label == NULL || !(IN(b->place) & places) || b->action == ACT_HELP || b->action == ACT_QUIT)
			continue;
		if (top != NULL && (b->action == ACT_NEXT_PANE || b->action == ACT_BACK))
			continue;
		if (f->o->read_only && b->place >= PLACE_TASKS && b->place <= PLACE_APPROVALS && b->action != ACT_RAW)
			continue;
		if ((b->action == ACT_FILTER && !at->ops->finds) || (b->place != PLACE_ALL && at->ops->offers != NULL && !at->ops->offers(at->st, &sc, b->action)))
			continue;
		keymap_name(b->key, name);
		if (col + key_cols(name, _(b->label)) + kept <= c->cols)
			col += draw_key(&line, col, name, _(b->label));
	}
	for (e = 0; e < 2; e++) {
		keymap_name(keymap_key(&f->keys, places, ends[e]), name);
		col += draw_key(&line, col, name, ends[e] == ACT_HELP ? _("help") : top != NULL ? _("back") : _("quit"));
	}
}
