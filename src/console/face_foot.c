/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The line for what waits, and the footer with the keys of the focused pane. */
#include <stdio.h>

#include "base/i18n.h"
#include "base/text.h"
#include "console/face_state.h"
#include "console/form.h"
#include "console/view.h"

static void draw_refused(const struct snapshot *s, const struct canvas *line)
{
	if (line->cols < 64)
		canvas_say(line, 0, 1, ROLE_FAILED, s->is_key_revoked ? _("Key %.14s is revoked: press 4.") : _("Key %.14s is failing: press 4."), s->key_refused);
	else
		canvas_say(line, 0, 1, ROLE_FAILED, s->is_key_revoked ? _("The vendor no longer takes key %.20s: press 4, then r to give a new one.") :
		    _("Key %.20s is failing: press 4; t tests it again."), s->key_refused);
}

void face_draw_notice(const struct face *f, const struct canvas *c)
{
	const struct snapshot *s = &f->snap;
	struct canvas line = canvas_part(c, c->rows - 2, 0, 1, c->cols);
	const struct placed *top = f->layers_n > 0 ? &f->layers[f->layers_n - 1] : NULL;

	if (top != NULL && top->ops == &prompt_view)
		return;
	canvas_clear(&line);
	if (f->said[0] != '\0')
		canvas_text(&line, 0, 1, c->cols - 2, f->said_role, slice_of(f->said), 0);
	else if (f->desk == NULL || (top != NULL && top->ops == &form_view))
		return;
	else if (f->screen_locked)
		canvas_say(&line, 0, 1, ROLE_NORMAL, _("The screen is locked: u or Enter unlocks it."));
	else if (!s->unlocked && !f->o->read_only)
		canvas_say(&line, 0, 1, ROLE_WAITING, "%s", c->cols < 64 ? _("Locked: press u to unlock.") : _("Locked: you see counts, states and money. Press u to unlock."));
	else if (s->questions > 0 && !f->o->read_only)
		canvas_say(&line, 0, 1, ROLE_WAITING, _("The server of connector %.40s asks you something. Press Q to answer."), s->question_of);
	else if (s->notice[0] != '\0')
		canvas_text(&line, 0, 1, c->cols - 2, ROLE_WAITING, slice_of(s->notice), 0);
	else if (s->key_refused[0] != '\0' && !f->o->read_only && f->focus != 3)
		draw_refused(s, &line);
	else if (s->pending > 0 && f->focus != 1)
		canvas_say(&line, 0, 1, ROLE_WAITING, ngettext("%d approval waits. Press 2 to review.", "%d approvals wait. Press 2 to review.", (unsigned long)s->pending), s->pending);
	else if (s->keys_total == 0 && s->goals_open == 0 && !f->o->read_only)
		canvas_say(&line, 0, 1, ROLE_HINT, _("First a key: press 4, then a."));
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
		keymap_name(b->key, name);
		if (col + key_cols(name, _(b->label)) + kept <= c->cols)
			col += draw_key(&line, col, name, _(b->label));
	}
	for (e = 0; e < 2; e++) {
		keymap_name(keymap_key(&f->keys, places, ends[e]), name);
		col += draw_key(&line, col, name, ends[e] == ACT_HELP ? _("help") : top != NULL ? _("back") : _("quit"));
	}
}
