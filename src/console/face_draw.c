/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A frame: the lines above the panes, status and tabs, and what is drawn in which order. */
#include <stdio.h>

#include "base/i18n.h"
#include "base/text.h"
#include "console/face_state.h"
#include "console/words.h"
#include "money/pico.h"

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
	/* a pane counts as shown what it has laid out: it has to know that it is smaller now */
	if (face_notice_rows(f) != f->notice_rows)
		face_arrange(f);
	if (f->unsettled)
		face_settle(f);
	f->wants_draw = false;
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
	face_draw_notice(f, &whole);
	face_draw_footer(f, &whole);
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
