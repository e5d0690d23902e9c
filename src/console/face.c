/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Views and the snapshot. After each key and each refresh the panes say again what
 * they can show (settle), and what came under the mark by itself is held back for a
 * moment (decide.h). */
#include "console/face_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "console/approve.h"
#include "console/view.h"

static const struct pane_ops *const pane_table[PANES] = {&tasks_pane, &approvals_pane, &meter_pane, &keys_pane, &log_pane};

void face_init(struct face *f, struct desk *d, const struct console_options *o, struct grid *g, const struct face_hands *hands)
{
	int i;

	*f = (struct face){.desk = d, .o = o, .grid = g, .notice_rows = 1, .terminal_focused = true, .status_dirty = true, .wants_draw = true};
	if (hands != NULL)
		f->hands = *hands;
	keymap_default(&f->keys);
	for (i = 0; i < PANES; i++) {
		f->panes[i].ops = pane_table[i];
		f->panes[i].st = xcalloc(1, pane_table[i]->state_size);
		f->panes[i].is_dirty = true;
	}
	f->wish = (struct wish){.task_rows = 20, .approval_rows = 10, .key_rows = 10, .log_rows = 10};
	face_arrange(f);
	if (d == NULL)
		face_first_run(f);
}

enum err_code face_keymap(struct face *f, struct err *e)
{
	const char *const *b = f->o->bindings;
	enum err_code code;

	for (; b != NULL && *b != NULL; b++) {
		code = keymap_bind(&f->keys, *b, e);
		if (code != ERR_OK)
			return code;
	}
	return keymap_check(&f->keys, e);
}

static void drop(struct placed *p)
{
	if (p->ops->done != NULL)
		p->ops->done(p->st);
	free(p->st);
	*p = (struct placed){0};
}

void face_close_all(struct face *f)
{
	while (f->layers_n > 0)
		drop(&f->layers[--f->layers_n]);
}

void face_release(struct face *f)
{
	int i;

	face_close_all(f);
	for (i = 0; i < PANES; i++)
		if (f->panes[i].ops != NULL)
			drop(&f->panes[i]);
	snapshot_release(&f->snap);
}

static bool counts_down(const struct face *f)
{
	int i;

	for (i = 0; i < f->snap.approvals_n; i++)
		if (f->snap.approvals[i].state == APPROVAL_HOLDING)
			return true;
	return false;
}

/* When the vault closes by itself, 0: not now. Asked for once a silence. */
static int64_t closes_at_us(const struct face *f)
{
	if (f->o->idle_close_s <= 0 || f->desk == NULL || f->o->read_only || !f->snap.unlocked || f->snap.has_work || f->closed_for_us == f->last_key_us)
		return 0;
	return f->last_key_us + f->o->idle_close_s * US_PER_S;
}

void face_time(struct face *f, int64_t now_us, int64_t steady_us)
{
	int64_t minute = now_us / (60 * US_PER_S);

	f->now_us = now_us;
	f->steady_us = steady_us;
	if (f->last_key_us == 0)
		f->last_key_us = steady_us;
	if (minute != f->seen_minute) {
		f->seen_minute = minute;
		face_dirty_all(f);
	}
	if (counts_down(f) && now_us / US_PER_S != f->seen_second) {
		f->seen_second = now_us / US_PER_S;
		f->panes[1].is_dirty = true;
		if (f->layers_n > 0)
			face_top(f)->is_dirty = true;
	}
	if (f->said_until_us != 0 && steady_us >= f->said_until_us) {
		f->said[0] = '\0';
		f->said_until_us = 0;
		f->status_dirty = true;
	}
	if (f->desk != NULL)
		face_news(f);
	if (f->decider.is_new && steady_us >= f->decider.armed_at_us) {
		f->decider.is_new = false;
		face_dirty_all(f);
	}
	if (closes_at_us(f) != 0 && steady_us >= closes_at_us(f)) {
		struct op close = {.kind = OP_LOCK_KEYS};

		f->closed_for_us = f->last_key_us;
		face_ask(f, &close, NULL);
	}
	if (f->o->idle_lock_s > 0 && !f->screen_locked && f->desk != NULL && f->was_unlocked && steady_us - f->last_key_us >= f->o->idle_lock_s * US_PER_S) {
		f->screen_locked = true;
		face_close_all(f);
		face_dirty_all(f);
	}
}

/* --- what is shown --------------------------------------------------------- */

bool face_hides(const struct face *f)
{
	if (f->o->hides == HIDES_NOTHING || f->desk == NULL)
		return false;
	if (f->screen_locked)
		return true;
	return !f->o->read_only && !f->snap.unlocked && !f->was_unlocked;
}

struct scene face_scene(const struct face *f, bool is_focused)
{
	return (struct scene){.s = &f->snap, .wish = &f->asked_wish, .keys = &f->keys, .decider = &f->decider, .now_us = f->now_us, .steady_us = f->steady_us,
		.hides = face_hides(f), .is_focused = is_focused, .read_only = f->o->read_only, .asks_key = f->snap.keys_total == 0};
}

struct placed *face_top(struct face *f)
{
	return f->layers_n > 0 ? &f->layers[f->layers_n - 1] : NULL;
}

void face_dirty_all(struct face *f)
{
	int i;

	for (i = 0; i < PANES; i++)
		f->panes[i].is_dirty = true;
	for (i = 0; i < f->layers_n; i++)
		f->layers[i].is_dirty = true;
	f->status_dirty = true;
}

void face_redraw(struct face *f)
{
	face_dirty_all(f);
}

void face_push(struct face *f, const struct pane_ops *ops, void *st)
{
	if (f->layers_n == LAYERS_MAX)
		drop(&f->layers[--f->layers_n]);
	f->layers[f->layers_n++] = (struct placed){.ops = ops, .st = st, .is_shown = true, .is_dirty = true};
	face_arrange(f);
}

void face_close(struct face *f)
{
	if (f->layers_n == 0)
		return;
	drop(&f->layers[--f->layers_n]);
	face_arrange(f);
	face_dirty_all(f);
}

/* Let every pane on the screen take its rows over and say what it can show. */
static void layout_all(struct face *f)
{
	struct scene sc = face_scene(f, false);
	int i;

	f->unsettled = false;
	f->wish.transcript_task = f->wish.detail_approval = 0;
	for (i = 0; i < PANES; i++)
		if (f->panes[i].is_shown)
			f->panes[i].ops->layout(f->panes[i].st, &sc, f->panes[i].rows, f->panes[i].cols, &f->wish);
	for (i = 0; i < f->layers_n; i++)
		f->layers[i].ops->layout(f->layers[i].st, &sc, f->layers[i].rows, f->layers[i].cols, &f->wish);
}

static void note_generations(struct face *f)
{
	unsigned changed = 0;
	int i;

	for (i = 0; i < SNAP_PARTS; i++)
		if (f->snap.generation[i] != f->seen_generation[i]) {
			f->seen_generation[i] = f->snap.generation[i];
			changed |= 1u << i;
		}
	for (i = 0; i < PANES; i++)
		if (f->panes[i].ops->watches & changed)
			f->panes[i].is_dirty = true;
	for (i = 0; i < f->layers_n; i++)
		if (f->layers[i].ops->watches & changed)
			f->layers[i].is_dirty = true;
	if (changed != 0)
		f->status_dirty = true;
}

static void refill(struct face *f)
{
	struct err e = {0};

	if (f->desk == NULL)
		return;
	if (desk_refresh(f->desk, &f->wish, &f->snap, &e) != ERR_OK) {
		if (f->broken.code != e.code)
			face_say_err(f, &e);
		f->broken = e;
		return;
	}
	f->broken.code = ERR_OK;
	f->asked_wish = f->wish;
	if (f->snap.unlocked && !f->was_unlocked) {
		f->was_unlocked = true;
		face_dirty_all(f);
	}
	note_generations(f);
}

static void watch_approval(struct face *f)
{
	const struct placed *top = face_top(f);
	const struct approval_row *row = NULL;
	bool by_person = false, looks_there = false;

	if (top != NULL && top->ops == &approval_view) {
		const struct approval_view_state *v = top->st;

		if (f->snap.detail.id == v->id) {
			row = &f->snap.detail;
			by_person = true;
		}
		looks_there = true;
		if (row == NULL)
			return;	/* not there yet: what was under the mark stays */
	} else {
		row = approvals_under(f->panes[1].st, &f->snap, &by_person);
		looks_there = top == NULL && f->focus == 1;
	}
	if (decider_watch(&f->decider, row, by_person, f->steady_us, face_delay_us(f))) {
		if (looks_there)
			f->wants_flush = true;
		f->panes[1].is_dirty = true;
		if (top != NULL && top->ops == &approval_view)
			face_top(f)->is_dirty = true;
	}
}

static void note_pending(struct face *f)
{
	int waits = f->snap.pending + f->snap.questions;

	if (waits > f->last_pending && (!f->focus_known || !f->terminal_focused))
		f->wants_bell = true;
	f->last_pending = waits;
}

/* Twice at most: rows scrolled to are fetched, then taken over. */
void face_settle(struct face *f)
{
	int i;

	for (i = 0; i < 3; i++) {
		layout_all(f);
		if (memcmp(&f->wish, &f->asked_wish, sizeof f->wish) == 0)
			break;
		refill(f);
		if (f->broken.code != ERR_OK)
			break;
	}
	watch_approval(f);
	note_pending(f);
	face_news(f);
	f->wants_draw = true;
}

void face_refresh(struct face *f)
{
	refill(f);
	face_settle(f);
}

void face_resized(struct face *f)
{
	face_arrange(f);
	face_settle(f);
	face_dirty_all(f);
}

/* --- words ------------------------------------------------------------------ */

void face_say(struct face *f, enum role role, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->said, sizeof f->said, fmt, ap);
	va_end(ap);
	f->said_role = role;
	f->said_until_us = f->steady_us + SAID_US;
	f->said_stands_us = 0;
	f->status_dirty = true;
}

void face_say_err(struct face *f, const struct err *e)
{
	face_say(f, ROLE_WAITING, "%s%s%s", e->text, e->mend[0] != '\0' ? ": " : "", e->mend);
}

int face_cols(const struct face *f)
{
	return f->grid->cols - 2;
}

bool face_in_burst(const struct face *f)
{
	return f->in_burst;
}

struct decider *face_decider(struct face *f)
{
	return &f->decider;
}

const struct snapshot *face_snapshot(const struct face *f)
{
	return &f->snap;
}

int64_t face_steady_us(const struct face *f)
{
	return f->steady_us;
}

int64_t face_delay_us(const struct face *f)
{
	return (f->o->arm_delay_ms > 0 ? f->o->arm_delay_ms : 600) * US_PER_MS;
}

bool face_unlocked(const struct face *f)
{
	return f->desk != NULL && desk_unlocked(f->desk) && !f->screen_locked;
}

void face_wish_filter(struct face *f, const char *text)
{
	snprintf(f->wish.task_filter, sizeof f->wish.task_filter, "%s", text);
	f->wish.task_offset = 0;
	f->panes[0].is_dirty = true;
}

/* --- when to wake ----------------------------------------------------------- */

bool face_is_live(const struct face *f)
{
	return f->snap.calls_in_flight > 0 || counts_down(f);
}

static void sooner(int64_t *at, int64_t t)
{
	if (t > 0 && (*at == 0 || t < *at))
		*at = t;
}

int64_t face_wake_us(const struct face *f)
{
	int64_t at = f->steady_us + 60 * US_PER_S - f->now_us % (60 * US_PER_S);

	if (counts_down(f))
		sooner(&at, f->steady_us + US_PER_S - f->now_us % US_PER_S);
	sooner(&at, f->said_until_us);
	sooner(&at, face_news_us(f));
	if (f->decider.is_new)
		sooner(&at, f->decider.armed_at_us);
	if (f->o->idle_lock_s > 0 && !f->screen_locked && f->was_unlocked)
		sooner(&at, f->last_key_us + f->o->idle_lock_s * US_PER_S);
	sooner(&at, closes_at_us(f));
	return at;
}
