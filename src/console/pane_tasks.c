/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/memory.h"
#include "base/text.h"
#include "console/face.h"
#include "console/list.h"
#include "console/pane.h"
#include "console/words.h"
#include "model/move.h"

struct tasks {
	struct list list;
	char filter[NAME_MAX_BYTES];
};

static void tasks_layout(void *st, const struct scene *sc, int rows, int cols, struct wish *w)
{
	struct tasks *t = st;

	(void)cols;
	snprintf(t->filter, sizeof t->filter, "%s", w->task_filter);
	list_sync(&t->list, sc->s->tasks, sizeof *sc->s->tasks, sc->s->tasks_n, sc->wish->task_offset, sc->s->tasks_total);
	list_fit(&t->list, rows - 2);
	w->task_rows = t->list.rows > 0 ? t->list.rows : 1;
	w->task_offset = t->list.offset;
	if (t->list.marked_n > 0 && t->list.offset + t->list.rows <= MARKS_AMONG) {	/* the marked ones are acted on together, in sight or not */
		w->task_offset = 0;
		w->task_rows = MARKS_AMONG;
	}
}

static void draw_row(const struct tasks *t, const struct scene *sc, const struct canvas *c, int row, const struct task_row *r, bool is_at)
{
	enum role text = is_at ? ROLE_SELECTED : r->state >= TASK_DONE && r->state != TASK_FAILED ? ROLE_DIM : ROLE_NORMAL;
	char money[WORDS], id[24], title[TITLE_MAX_BYTES * 2 + 8];
	bool has_cost = r->cost_pd != 0 || r->live_pd != 0;
	int col = 6, right = c->cols - (has_cost || c->cols >= 90 ? 9 : 1), agent = c->cols >= 60 ? 14 : c->cols >= 44 ? 10 : 8;

	words_money(r->cost_pd, r->live_pd, money);
	snprintf(id, sizeof id, "T%lld", (long long)r->id);
	if (is_at)
		canvas_say(c, row, 0, ROLE_KEY, ">");
	else if (list_is_marked(&t->list, r->id))
		canvas_say(c, row, 0, ROLE_MARKED, "+");
	canvas_say(c, row, 1, text, "%s", id);
	canvas_say(c, row, col, role_task_state(r), "%s", words_task_state(r));
	col += 9;
	if (c->cols < 30)
		return;
	canvas_text(c, row, col, agent, text, slice_of(r->agent), TEXT_LIST);
	col += agent + 1;
	if (c->cols >= 90) {	/* room for who calls whom */
		canvas_text(c, row, c->cols - 28, 17, ROLE_DIM, slice_of(r->model), TEXT_LIST);
		right -= 20;
	}
	if (!sc->hides) {
		bool says_why = r->why[0] != '\0' && (r->state == TASK_FAILED || r->state == TASK_PAUSED || r->state == TASK_WAITING);

		snprintf(title, sizeof title, "%s%s%s", r->title, says_why ? " - " : "", says_why ? r->why : "");
		canvas_text(c, row, col, right - col, text, slice_of(title), TEXT_LIST);
	}
	if (has_cost)
		canvas_say_right(c, row, c->cols - (r->live_pd == 0), r->live_pd != 0 ? ROLE_RUNNING : text, "%s", money);
}

/* What stands at the right of the frame: the filter, the marks, else where in the list it is. */
static void put_aside(const struct tasks *t, const struct scene *sc, char *out, size_t room)
{
	char marks[WORDS] = "";

	out[0] = '\0';
	if (t->list.marked_n > 0)
		snprintf(marks, sizeof marks, _("%d marked"), t->list.marked_n);
	if (t->filter[0] != '\0')
		snprintf(out, room, "/%s%s%s", t->filter, marks[0] != '\0' ? "  " : "", marks);
	else if (marks[0] != '\0')
		snprintf(out, room, "%s", marks);
	else if (sc->s->tasks_total > t->list.rows && t->list.rows > 0)
		snprintf(out, room, _("%d of %d"), t->list.at + 1, sc->s->tasks_total);
}

static void tasks_draw(const void *st, const struct scene *sc, const struct canvas *c)
{
	const struct tasks *t = st;
	const struct snapshot *s = sc->s;
	char aside[WORDS * 2];
	struct canvas in;
	int i, at = list_index(&t->list);

	put_aside(t, sc, aside, sizeof aside);
	in = canvas_box(c, 1, _("Tasks"), aside, sc->is_focused);
	for (i = 0; i < in.rows && t->list.offset - t->list.loaded_offset + i < s->tasks_n; i++) {
		int k = t->list.offset - t->list.loaded_offset + i;

		if (k >= 0)
			draw_row(t, sc, &in, i, &s->tasks[k], k == at);
	}
	if (s->tasks_n > 0)
		return;
	if (t->filter[0] != '\0') {
		canvas_say(&in, 0, 1, ROLE_DIM, _("Nothing holds these words. Esc shows all."));
		return;
	}
	canvas_say(&in, 0, 1, ROLE_NORMAL, _("No goals yet."));
	if (!sc->read_only) {
		int col = canvas_say(&in, 1, 1, ROLE_DIM, _("Press "));

		col += canvas_say(&in, 1, 1 + col, ROLE_KEY, "a");
		canvas_say(&in, 1, 1 + col, ROLE_DIM, _(" to give the office its first."));
	}
}

static const struct task_row *under(const struct tasks *t, const struct scene *sc)
{
	int i = list_index(&t->list);

	return i >= 0 && i < sc->s->tasks_n ? &sc->s->tasks[i] : NULL;
}

static void ask_cancel(struct face *f, const struct prompt_spec *p, const char *text)
{
	struct op op = {.kind = OP_TASK_CANCEL, .id = p->id};

	(void)text;
	face_ask(f, &op, NULL);
}

static void filter_done(struct face *f, const struct prompt_spec *p, const char *text)
{
	(void)p;
	face_wish_filter(f, text);
}

static void ask_kind(struct face *f, enum op_kind kind, int64_t id)
{
	struct op op = {.kind = kind, .id = id};

	face_ask(f, &op, NULL);
}

static bool act_on_row(const struct task_row *r, enum action a, struct face *f)
{
	struct prompt_spec p = {.id = r->id};

	switch (a) {
	case ACT_OPEN:
		face_open_task(f, r->id);
		return true;
	case ACT_PAGER:
		face_open_task(f, r->id);
		face_say(f, ROLE_HINT, _("Press | once more to hand it to the pager."));
		return true;
	case ACT_CANCEL:
		snprintf(p.label, sizeof p.label, _("y stops T%lld for good; another key does not."), (long long)r->id);
		p.one_key = true;
		p.done = ask_cancel;
		face_prompt(f, &p);
		return true;
	case ACT_RETRY:
		ask_kind(f, OP_TASK_RETRY, r->id);
		return true;
	case ACT_PAUSE:
		ask_kind(f, r->state == TASK_PAUSED ? OP_TASK_RESUME : OP_TASK_PAUSE, r->id);
		return true;
	case ACT_SAY:
		face_open_say(f, r->id);
		return true;
	default:
		return false;
	}
}

/* --- several at once ------------------------------------------------------------ */

static void ask_all(struct tasks *t, struct face *f)
{
	struct batch *b = face_batch(f);
	int i;

	for (i = 0; i < b->n; i++) {
		struct op op = {.kind = b->kind, .id = b->v[i].id};

		if (!face_ask_one_of(f, &b->v[i], &op))
			return;
	}
	t->list.marked_n = 0;
}

static void cancel_all_done(struct face *f, const struct prompt_spec *p, const char *text)
{
	(void)text;
	ask_all(p->of, f);
}

static void ask_cancel_all(struct tasks *t, struct face *f)
{
	struct prompt_spec p = {.of = t, .one_key = true, .done = cancel_all_done};
	const struct batch *b = face_batch(f);
	char names[48];

	if (b->n == 1) {
		snprintf(p.label, sizeof p.label, _("y stops T%lld for good; another key does not."), (long long)b->v[0].id);
	} else {
		batch_names(b, false, 32, names, sizeof names);
		snprintf(p.label, sizeof p.label, _("y stops these %d for good: %s; another key none."), b->n, names);
	}
	face_prompt(f, &p);
}

/* One key pauses and lets go on: all of them the same way, so that it can be said in one line. */
static enum op_kind pause_or_resume(const struct task_row *const rows[], int n)
{
	bool any_paused = false;
	int i;

	for (i = 0; i < n; i++) {
		if (rows[i]->state < TASK_PAUSED)
			return OP_TASK_PAUSE;
		any_paused |= rows[i]->state == TASK_PAUSED;
	}
	return any_paused ? OP_TASK_RESUME : OP_TASK_PAUSE;
}

/* True if it was a key that acts on all that is marked. */
static bool several(struct tasks *t, const struct scene *sc, enum action a, struct face *f)
{
	const struct task_row *rows[LIST_MARKS];
	int i, n, at[LIST_MARKS];

	if (t->list.marked_n == 0 || (a != ACT_CANCEL && a != ACT_RETRY && a != ACT_PAUSE))
		return false;
	n = list_marked_at(&t->list, sc->s->tasks, sizeof *sc->s->tasks, sc->s->tasks_n, at);
	if (n < t->list.marked_n) {
		face_say(f, ROLE_WAITING, ngettext("%d that is marked is not in this list: Esc clears filter and marks.", "%d that are marked are not in this list: Esc clears filter and marks.",
			(unsigned long)(t->list.marked_n - n)), t->list.marked_n - n);
		return true;
	}
	if (face_batch(f)->open > 0) {
		face_say(f, ROLE_HINT, _("The last ones are still on their way."));
		return true;
	}
	for (i = 0; i < n; i++)
		rows[i] = &sc->s->tasks[at[i]];
	batch_begin(face_batch(f), a == ACT_CANCEL ? OP_TASK_CANCEL : a == ACT_RETRY ? OP_TASK_RETRY : pause_or_resume(rows, n));
	for (i = 0; i < n; i++)
		batch_add(face_batch(f), rows[i]->id);
	if (a == ACT_CANCEL)
		ask_cancel_all(t, f);
	else
		ask_all(t, f);
	return true;
}

static bool tasks_act(void *st, const struct scene *sc, enum action a, struct face *f)
{
	struct tasks *t = st;
	const struct task_row *r = under(t, sc);
	struct prompt_spec p = {.label = "/", .live = true, .done = filter_done};

	if (list_act(&t->list, a))
		return true;
	switch (a) {
	case ACT_RANGE:
		list_mark_range(&t->list, sc->s->tasks, sizeof *sc->s->tasks);
		return true;
	case ACT_NEW:
		face_open_goal_form(f);
		return true;
	case ACT_FILTER:
		snprintf(p.preset, sizeof p.preset, "%s", t->filter);
		face_prompt(f, &p);
		return true;
	case ACT_CLEAR:
		t->list.marked_n = 0;
		face_wish_filter(f, "");
		return true;
	default:
		return r != NULL && !sc->hides && (several(t, sc, a, f) || act_on_row(r, a, f));
	}
}

static bool tasks_offers(const void *st, const struct scene *sc, enum action a)
{
	const struct tasks *t = st;
	const struct task_row *r = under(t, sc);

	if (a == ACT_NEW || a == ACT_FILTER)
		return true;
	if (t->list.marked_n >= 2)
		return a == ACT_CANCEL || a == ACT_RETRY || a == ACT_PAUSE || a == ACT_OPEN;
	if (r == NULL)
		return false;
	switch (a) {
	case ACT_CANCEL: return life_allows(&task_life, r->state, TASK_CANCELLED);
	case ACT_RETRY: return r->state == TASK_FAILED || r->state == TASK_PAUSED;
	case ACT_SAY: return !life_is_final(&task_life, r->state) && r->state != TASK_FAILED;
	case ACT_PAUSE: return r->state == TASK_PAUSED || life_allows(&task_life, r->state, TASK_PAUSED);
	default: return true;
	}
}

const struct pane_ops tasks_pane = {
	.name = "tasks",
	.finds = true,
	.places = IN(PLACE_LIST) | IN(PLACE_TASKS),
	.watches = SNAP_TASKS | SNAP_LIVE,
	.state_size = sizeof(struct tasks),
	.layout = tasks_layout,
	.draw = tasks_draw,
	.act = tasks_act,
	.offers = tasks_offers,
};
