/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where panes stand, and the lines that are no pane: status, tabs, the line for
 * what waits, the footer with the keys of the focused pane. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "console/face_state.h"
#include "console/view.h"
#include "console/words.h"
#include "money/pico.h"

static void place(struct face *f, int n, int row, int col, int rows, int cols)
{
	struct placed *p = &f->panes[n];

	p->row = row;
	p->col = col;
	p->rows = rows;
	p->cols = cols;
	p->is_shown = rows > 0 && cols > 0;
}

static enum arrangement arrangement_for(int cols, int rows)
{
	if (cols < 40 || rows < 8)
		return ARRANGED_TINY;
	if (cols < 80 && rows >= 36)
		return ARRANGED_STACK;
	if (cols < 80 || rows < 20)
		return ARRANGED_SINGLE;
	return cols >= 140 && rows >= 36 ? ARRANGED_WIDE : ARRANGED_NORMAL;
}

static void arrange_stack(struct face *f, int top, int rows, int cols)
{
	int keys = f->snap.keys_n + 2 < 6 ? 5 : 6, meter = rows / 4, tasks = (rows - keys - meter) * 5 / 9, approvals = rows - keys - meter - tasks;

	place(f, 0, top, 0, tasks, cols);
	place(f, 1, top + tasks, 0, approvals, cols);
	place(f, 2, top + tasks + approvals, 0, meter, cols);
	place(f, 3, top + tasks + approvals + meter, 0, keys, cols);
}

static void arrange_normal(struct face *f, int top, int rows, int cols)
{
	int left = cols * 5 / 8, log = rows >= 31 ? rows / 5 : 0, tasks, meter;

	rows -= log;
	tasks = (rows + 1) / 2;
	meter = (rows * 4 + 3) / 7;
	place(f, 0, top, 0, tasks, left);
	place(f, 1, top + tasks, 0, rows - tasks, left);
	place(f, 2, top, left, meter, cols - left);
	place(f, 3, top + meter, left, rows - meter, cols - left);
	place(f, 4, top + rows, 0, log, cols);
}

static void arrange_wide(struct face *f, int top, int rows, int cols)
{
	int left = cols * 5 / 16, right = cols * 7 / 32, log = 9, keys = 9, tasks = rows - log - keys;

	place(f, 0, top, 0, tasks, left);
	place(f, 3, top + tasks, 0, keys, left);
	place(f, 1, top, left, rows - log, cols - left - right);
	place(f, 2, top, cols - right, rows - log, right);
	place(f, 4, top + rows - log, 0, log, cols);
}

void face_arrange(struct face *f)
{
	int cols = f->grid->cols, rows = f->grid->rows, top = 1, body, i;

	f->arrangement = arrangement_for(cols, rows);
	for (i = 0; i < PANES; i++)
		place(f, i, 0, 0, 0, 0);
	if (f->arrangement == ARRANGED_TINY) {
		for (i = 0; i < f->layers_n; i++)
			f->layers[i].rows = f->layers[i].cols = 0;
		return;
	}
	if (f->arrangement == ARRANGED_SINGLE)
		top = 2;
	body = rows - top - 2;
	switch (f->arrangement) {
	case ARRANGED_STACK: arrange_stack(f, top, body, cols); break;
	case ARRANGED_NORMAL: arrange_normal(f, top, body, cols); break;
	case ARRANGED_WIDE: arrange_wide(f, top, body, cols); break;
	default: break;
	}
	if (f->fills || !f->panes[f->focus].is_shown) {
		for (i = 0; i < PANES; i++)
			f->panes[i].is_shown = false;
		place(f, f->focus, top, 0, body, cols);
	}
	for (i = 0; i < f->layers_n; i++) {
		struct placed *p = &f->layers[i];
		bool is_line = p->ops == &prompt_view;

		p->row = is_line ? rows - 2 : top;
		p->col = 0;
		p->rows = is_line ? 1 : body;
		p->cols = cols;
	}
}

/* --- the status line --------------------------------------------------------- */

static const char *worker_words(const struct face *f, enum role *role)
{
	*role = ROLE_DIM;
	switch (f->snap.worker) {
	case WORKER_OURS:
		if (f->snap.calls_in_flight == 0)
			return _("resting");
		*role = ROLE_RUNNING;
		return _("working");
	case WORKER_OTHER:
		return _("works elsewhere");
	case WORKER_NONE:
		break;
	}
	if (f->snap.tasks_active > 0)
		*role = ROLE_WAITING;
	return _("nobody works");
}

/* At the right; from is the first column that is free for it: where it is narrow the cap gives way. */
static int draw_spend(const struct face *f, const struct canvas *c, int row, int from, bool has_bar)
{
	const struct snapshot *s = &f->snap;
	int percent = words_percent(pico_add_capped(s->today_pd, s->today_live_pd), s->today_cap_pd), left = c->cols - 1;
	char cost[WORDS], cap[WORDS], of_cap[WORDS * 2] = "";
	enum role role = s->today_cap_pd > 0 ? role_cap(percent) : ROLE_NORMAL;

	words_money(s->today_pd, s->today_live_pd, cost);
	words_money(s->today_cap_pd, 0, cap);
	if (has_bar && s->today_cap_pd > 0) {
		left -= 12;
		canvas_bar(c, row, left, 12, percent, role);
		left--;
	}
	if (s->today_cap_pd > 0)
		snprintf(of_cap, sizeof of_cap, _(" of %s"), cap);
	if (left - text_cols(slice_of(of_cap), 0) - text_cols(slice_of(cost), 0) - (percent >= 100) >= from)
		left = canvas_say_right(c, row, left, ROLE_DIM, "%s", of_cap);
	left = canvas_say_right(c, row, left, percent >= 80 ? role : ROLE_HEAD, "%s%s", percent >= 100 ? "!" : "", cost);
	return canvas_say_right(c, row, left, ROLE_DIM, "%s", c->cols >= 60 ? _("today ") : "");
}

static int draw_pending(const struct face *f, const struct canvas *c, int col)
{
	const struct snapshot *s = &f->snap;
	char age[WORDS];

	if (s->pending + s->questions > 0) {
		words_age(f->now_us, s->questions > 0 && (s->pending == 0 || s->oldest_question_us < s->oldest_pending_us) ? s->oldest_question_us : s->oldest_pending_us, age);
		col += canvas_say(c, 0, col, ROLE_WAITING, _("[!%d waiting %s]"), s->pending + s->questions, age);
	} else {
		col += canvas_say(c, 0, col, ROLE_DIM, _("nothing waits"));
	}
	if (s->unknown > 0)
		col += 1 + canvas_say(c, 0, col + 1, ROLE_FAILED, _("%d unknown"), s->unknown);
	return col + 2;
}

static void draw_status(const struct face *f, const struct canvas *c)
{
	struct canvas line = canvas_part(c, 0, 0, 1, c->cols);
	int col = 1, right;
	enum role role;
	char refused[NAME_MAX_BYTES + 32];
	const char *brief = NULL;
	const char *words = worker_words(f, &role), *lock = f->o->read_only ? _("read-only") : f->snap.unlocked ? _("open") : _("locked");
	char name[NAME_MAX_BYTES * 2];

	canvas_clear(&line);
	if (f->desk != NULL && f->snap.key_refused[0] != '\0') {
		snprintf(refused, sizeof refused, f->snap.is_key_revoked ? _("key %.20s revoked") : _("key %.20s failing"), f->snap.key_refused);
		words = refused;
		role = ROLE_FAILED;
		brief = f->snap.is_key_revoked ? _("key revoked") : _("key failing");
	}
	if (f->desk == NULL) {
		canvas_say(&line, 0, 1, ROLE_HEAD, "claviger");
		return;
	}
	if (c->cols >= 72)
		col += canvas_say(&line, 0, col, ROLE_DIM, "claviger") + 1;
	snprintf(name, sizeof name, "%s", f->snap.workspace);
	col += canvas_text(&line, 0, col, c->cols / 5, ROLE_HEAD, slice_of(name), TEXT_LIST) + 2;
	col = draw_pending(f, &line, col);
	right = draw_spend(f, &line, 0, col - 1, c->cols >= 76);
	if (right - col > text_cols(slice_of(words), 0) + 12) {
		col += canvas_say(&line, 0, col, role, "%s", words);
		canvas_say(&line, 0, col, ROLE_DIM, ", %s", lock);
	} else if (right - col > text_cols(slice_of(lock), 0) && !f->snap.unlocked) {
		canvas_say(&line, 0, col, ROLE_DIM, "%s", lock);
	} else if (right - col > text_cols(slice_of(words), 0) + 1) {
		canvas_say(&line, 0, col, role, "%s", words);
	} else if (brief != NULL && right - col > text_cols(slice_of(brief), 0) + 1) {
		canvas_say(&line, 0, col, role, "%s", brief);
	}
}

static void draw_tabs(const struct face *f, const struct canvas *c)
{
	static const char *const names[PANES] = {N_("Tasks"), N_("Approvals"), N_("Meter"), N_("Keys"), N_("Log")};
	static const char letters[PANES] = {'T', 'A', 'M', 'K', 'L'};
	struct canvas line = canvas_part(c, 1, 0, 1, c->cols);
	int i, col = 1;

	canvas_clear(&line);
	for (i = 0; i < PANES; i++) {
		bool here = i == f->focus, waits = i == 1 && f->snap.pending > 0;

		if (c->cols >= 56)
			col += canvas_say(&line, 0, col, here ? ROLE_FOCUS : ROLE_DIM, "%s%d %s", here ? ">" : " ", i + 1, _(names[i]));
		else
			col += canvas_say(&line, 0, col, here ? ROLE_FOCUS : ROLE_DIM, "%s%d%c", here ? ">" : " ", i + 1, letters[i]);
		if (waits)
			col += canvas_say(&line, 0, col, ROLE_WAITING, "!%d", f->snap.pending);
		col += 1;
	}
}

/* --- the line for what waits, and the keys ------------------------------------ */

static void draw_refused(const struct snapshot *s, const struct canvas *line)
{
	if (line->cols < 64)
		canvas_say(line, 0, 1, ROLE_FAILED, s->is_key_revoked ? _("Key %.14s is revoked: press 4.") : _("Key %.14s is failing: press 4."), s->key_refused);
	else
		canvas_say(line, 0, 1, ROLE_FAILED, s->is_key_revoked ? _("The vendor no longer takes key %.20s: press 4, then r to give a new one.") :
		    _("Key %.20s is failing: press 4; t tests it again."), s->key_refused);
}

static void draw_notice(const struct face *f, const struct canvas *c)
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

static void draw_footer(const struct face *f, const struct canvas *c)
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

/* Under 40x8: one line, and q. */
static void draw_tiny(const struct face *f, const struct canvas *c)
{
	char cost[WORDS], cap[WORDS];
	int col = 0;

	canvas_clear(c);
	words_money(f->snap.today_pd, f->snap.today_live_pd, cost);
	words_money(f->snap.today_cap_pd, 0, cap);
	if (f->snap.pending > 0)
		col += canvas_say(c, 0, col, ROLE_WAITING, "!%d ", f->snap.pending);
	col += canvas_text(c, 0, col, 10, ROLE_HEAD, slice_of(f->snap.workspace), TEXT_LIST);
	col += canvas_say(c, 0, col, ROLE_NORMAL, " %s", cost);
	if (f->snap.today_cap_pd > 0 && col + 8 < c->cols - 7)
		col += canvas_say(c, 0, col, ROLE_DIM, "/%s", cap);
	if (col + 7 < c->cols)
		canvas_say_right(c, 0, c->cols, ROLE_DIM, _("q quits"));
}

static void draw_lock_screen(const struct face *f, const struct canvas *c)
{
	struct canvas body = canvas_part(c, 1, 0, c->rows - 3, c->cols);
	int row = body.rows / 2 - 1;

	canvas_clear(&body);
	canvas_say(&body, row, 3, ROLE_HEAD, "%s", f->snap.workspace);
	canvas_say(&body, row + 1, 3, ROLE_NORMAL, _("The screen is locked. The office goes on."));
	canvas_say(&body, row + 3, 3, ROLE_DIM, _("Press u, or Enter, and give the passphrase."));
}

static bool anything_dirty(const struct face *f)
{
	int i;

	for (i = 0; i < PANES; i++)
		if (f->panes[i].is_dirty && f->panes[i].is_shown)
			return true;
	for (i = 0; i < f->layers_n; i++)
		if (f->layers[i].is_dirty)
			return true;
	return f->status_dirty;
}

static void draw_placed(struct face *f, struct placed *p, bool is_focused)
{
	struct canvas whole = canvas_whole(f->grid), part = canvas_part(&whole, p->row, p->col, p->rows, p->cols);
	struct scene sc = face_scene(f, is_focused);

	if (p->is_dirty) {
		canvas_clear(&part);
		p->ops->draw(p->st, &sc, &part);
	}
	p->is_dirty = false;
}

bool face_draw(struct face *f)
{
	struct canvas whole = canvas_whole(f->grid);
	struct placed *top = face_top(f), *base = NULL;
	int i;

	f->wants_draw = false;
	if (!anything_dirty(f))
		return false;
	f->grid->cursor_row = f->grid->cursor_col = -1;
	if (f->arrangement == ARRANGED_TINY) {
		draw_tiny(f, &whole);
		f->status_dirty = false;
		return true;
	}
	/* the lowest view that covers the panes */
	for (i = f->layers_n - 1; i >= 0 && base == NULL; i--)
		if (f->layers[i].ops != &prompt_view)
			base = &f->layers[i];
	if (f->screen_locked && f->o->hides == HIDES_ALL && base == NULL) {
		draw_lock_screen(f, &whole);
	} else if (base != NULL) {
		base->is_dirty = true;
		draw_placed(f, base, true);
	} else {
		for (i = 0; i < PANES; i++)
			if (f->panes[i].is_shown)
				draw_placed(f, &f->panes[i], i == f->focus);
	}
	draw_status(f, &whole);
	if (f->arrangement == ARRANGED_SINGLE)
		draw_tabs(f, &whole);
	draw_notice(f, &whole);
	draw_footer(f, &whole);
	if (top != NULL && top != base) {
		top->is_dirty = true;
		draw_placed(f, top, true);
	}
	f->status_dirty = false;
	return true;
}

void face_sent(struct face *f)
{
	struct placed *top = face_top(f);
	struct scene sc = face_scene(f, true);
	int i;

	if (f->arrangement == ARRANGED_TINY)
		return;
	if (top != NULL) {
		if (top->ops->sent != NULL)
			top->ops->sent(top->st, &sc, f);
		return;
	}
	if (f->screen_locked)
		return;
	for (i = 0; i < PANES; i++)
		if (f->panes[i].is_shown && f->panes[i].ops->sent != NULL)
			f->panes[i].ops->sent(f->panes[i].st, &sc, f);
}
