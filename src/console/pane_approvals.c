/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queue, two lines an item; where there is room the item under the mark
 * stands above it in full. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "console/approve.h"
#include "console/face.h"
#include "console/list.h"
#include "console/words.h"

#define LATER_KEPT 64

struct approvals {
	struct list list;
	struct sheet paper;
	int64_t paper_id;
	struct hash paper_hash;
	unsigned paper_generation;
	int paper_rows;			/* 0: no room for it */
	int64_t later[LATER_KEPT];
	int later_n;
};

static void write_paper(struct approvals *a, const struct scene *sc)
{
	const struct snapshot *s = sc->s;
	bool same;

	if (s->detail.id == 0 || s->detail.id != a->list.id) {
		if (a->paper_id != 0)
			sheet_clear(&a->paper, false);
		a->paper_id = 0;
		return;
	}
	same = a->paper_id == s->detail.id && hash_same(&a->paper_hash, &s->detail.hash);
	if (same && a->paper_generation == GENERATION(s, SNAP_DETAIL))
		return;
	paper_write(&a->paper, sc, same);
	if (!same)
		a->paper.top = 0;
	a->paper_id = s->detail.id;
	a->paper_hash = s->detail.hash;
	a->paper_generation = GENERATION(s, SNAP_DETAIL);
}

/* What has left the queue is not marked any more. */
static void keep_marks(struct list *l, const struct snapshot *s)
{
	int i, k, n = 0;

	if (s->approvals_n < s->approvals_total)
		return;		/* it may be among those that are not loaded */
	for (i = 0; i < l->marked_n; i++) {
		for (k = 0; k < s->approvals_n && s->approvals[k].id != l->marked[i]; k++)
			;
		if (k < s->approvals_n)
			l->marked[n++] = l->marked[i];
	}
	l->marked_n = n;
}

static void approvals_layout(void *st, const struct scene *sc, int rows, int cols, struct wish *w)
{
	struct approvals *a = st;
	const struct snapshot *s = sc->s;
	int queue = rows - 2;

	a->paper_rows = 0;
	if (rows >= 28 && cols >= 56 && s->approvals_n > 0 && !sc->hides) {
		queue = 2 * s->approvals_n < rows / 3 ? 2 * s->approvals_n : rows / 3;
		a->paper_rows = rows - 3 - queue;
	}
	list_sync(&a->list, s->approvals, sizeof *s->approvals, s->approvals_n, sc->wish->approval_offset, s->approvals_total);
	list_fit(&a->list, queue / 2);
	keep_marks(&a->list, s);
	w->approval_rows = a->list.rows > 0 ? a->list.rows : 1;
	if (w->approval_rows < rows / 6)
		w->approval_rows = rows / 6;
	w->approval_offset = a->list.offset;
	if (a->list.marked_n > 0 && a->list.total <= MARKS_AMONG) {	/* the marked ones are decided on together, in sight or not */
		w->approval_offset = 0;
		w->approval_rows = MARKS_AMONG;
	}
	if (a->paper_rows > 0) {
		w->detail_approval = a->list.id;
		write_paper(a, sc);
		sheet_fit(&a->paper, cols - 4, a->paper_rows);
	}
}

static bool is_later(const struct approvals *a, int64_t id)
{
	int i;

	for (i = 0; i < a->later_n; i++)
		if (a->later[i] == id)
			return true;
	return false;
}

/* What stands at the right of an item's first line. */
static void draw_state(const struct approvals *a, const struct scene *sc, const struct canvas *c, int row, const struct approval_row *r)
{
	char age[WORDS];
	int right = c->cols - 1;

	if (r->state != APPROVAL_PENDING && r->state != APPROVAL_PROPOSED) {
		canvas_say_right(c, row, right, role_approval_state(r->state), "%s", words_approval_state(r->state));
		return;
	}
	words_age(sc->now_us, r->created_us, age);
	right = canvas_say_right(c, row, right, ROLE_DIM, "%s", age);
	if (decider_is_new(sc->decider, r, sc->steady_us))
		canvas_say_right(c, row, right - 1, ROLE_MARKED, "%s", _("new"));
	else if (is_later(a, r->id))
		canvas_say_right(c, row, right - 1, ROLE_DIM, "%s", _("later"));
}

static void draw_second(const struct scene *sc, const struct canvas *c, int row, const struct approval_row *r)
{
	int64_t left_s = (r->fire_us - sc->now_us + US_PER_S - 1) / US_PER_S;
	int right = c->cols - 1;

	if (r->state == APPROVAL_HOLDING && r->fire_us > 0 && left_s >= 0) {
		canvas_say(c, row, 5, ROLE_RUNNING, _("goes out in %ds   z takes it back"), (int)left_s);
		return;
	}
	if (r->state == APPROVAL_APPROVED && sc->s->worker == WORKER_NONE) {
		canvas_say(c, row, 5, ROLE_WAITING, "%s", c->cols < 54 ? _("no worker yet   z takes it back") : _("approved; waits for a worker   z takes it back"));
		return;
	}
	if (r->state == APPROVAL_CHANGES_ASKED) {
		canvas_say(c, row, 5, ROLE_RUNNING, _("%s's turn: a new version comes"), r->agent);
		return;
	}
	if (sc->hides) {
		canvas_say(c, row, 5, ROLE_DIM, _("locked: press u to see it"));
		return;
	}
	if (r->from_untrusted && c->cols >= 44)
		right = canvas_say_right(c, row, right, ROLE_WAITING, _("outside text")) - 2;
	canvas_text(c, row, 5, right - 5, ROLE_DIM, slice_of(r->summary), TEXT_LIST);
}

static void draw_item(const struct approvals *a, const struct scene *sc, const struct canvas *c, int row, const struct approval_row *r, bool is_at)
{
	enum role text = is_at ? ROLE_SELECTED : ROLE_NORMAL;
	char name[NAME_MAX_BYTES * 2 + 2];
	struct canvas first = canvas_part(c, row, 0, 1, c->cols);

	if (is_at)
		canvas_say(c, row, 0, ROLE_KEY, ">");
	else if (list_is_marked(&a->list, r->id))
		canvas_say(c, row, 0, ROLE_MARKED, "+");
	canvas_say(c, row, 1, text, "A%lld", (long long)r->id);
	canvas_say(c, row, 6, r->effect == EFFECT_DESTROY ? ROLE_FAILED : text, "%s", words_effect(r));
	snprintf(name, sizeof name, "%s%s%s", r->connector, r->connector[0] != '\0' ? "." : "", r->tool);
	if (r->kind != APPROVAL_ACTION)
		snprintf(name, sizeof name, "%s", r->agent);
	canvas_text(&first, 0, 14, c->cols - 14 - 19, text, slice_of(name), TEXT_LIST);
	if (r->task != 0 && c->cols >= 44)
		canvas_say(c, row, c->cols - 18, ROLE_DIM, "T%lld", (long long)r->task);
	draw_state(a, sc, c, row, r);
	draw_second(sc, c, row + 1, r);
}

static void draw_empty(const struct scene *sc, const struct canvas *in)
{
	canvas_say(in, 0, 1, ROLE_NORMAL, _("Nothing waits for you."));
	if (sc->s->goals_open > 0)
		canvas_say(in, 1, 1, ROLE_DIM, _("Whatever is to go outside is asked here."));
	else
		canvas_say(in, 1, 1, ROLE_DIM, _("Nothing leaves without your word."));
}

static void approvals_draw(const void *st, const struct scene *sc, const struct canvas *c)
{
	const struct approvals *a = st;
	const struct snapshot *s = sc->s;
	char title[WORDS], aside[WORDS * 2] = "";
	struct canvas in, part;
	int i, at = list_index(&a->list), top = 0;

	snprintf(title, sizeof title, s->pending > 0 ? _("Approvals (%d)") : _("Approvals"), s->pending);
	if (a->list.marked_n > 0)
		snprintf(aside, sizeof aside, _("%d marked"), a->list.marked_n);
	in = canvas_box(c, 2, title, aside, sc->is_focused);
	if (s->approvals_n == 0) {
		draw_empty(sc, &in);
		return;
	}
	if (a->paper_rows > 0) {
		part = canvas_part(&in, 0, 1, a->paper_rows, in.cols - 2);
		sheet_draw(&a->paper, &part);
		part = canvas_part(&in, a->paper_rows, 0, 1, in.cols);
		canvas_rule(&part, 0, ROLE_BORDER, sheet_has_more(&a->paper) ? _(" more: Enter shows it whole ") : NULL);
		top = a->paper_rows + 1;
	}
	for (i = 0; top + 2 * i < in.rows; i++) {
		int k = a->list.offset - a->list.loaded_offset + i;

		if (k < 0 || k >= s->approvals_n || i >= a->list.rows)
			break;
		draw_item(a, sc, &in, top + 2 * i, &s->approvals[k], k == at);
	}
}

static void put_off(struct approvals *a, int64_t id)
{
	if (!is_later(a, id) && a->later_n < LATER_KEPT)
		a->later[a->later_n++] = id;
}

static void put_off_several(struct approvals *a, struct face *f, const struct approval_row *const rows[], int n)
{
	struct batch b;
	char names[200];
	int i;

	for (i = 0; i < n; i++)
		put_off(a, rows[i]->id);
	batch_of_approvals(&b, OP_APPROVE, rows, n);
	batch_names(&b, false, face_cols(f) - 16, names, sizeof names);
	face_say(f, ROLE_NORMAL, _("For later %d: %s"), n, names);
}

/* True if it was a key that decides about all that is marked. */
static bool several(struct approvals *a, const struct scene *sc, enum action act, struct face *f)
{
	const struct approval_row *rows[LIST_MARKS];
	int i, n, at[LIST_MARKS];

	if (a->list.marked_n < 2 || (act != ACT_APPROVE && act != ACT_REJECT && act != ACT_LATER))
		return false;
	n = list_marked_at(&a->list, sc->s->approvals, sizeof *sc->s->approvals, sc->s->approvals_n, at);
	for (i = 0; i < n; i++)
		rows[i] = &sc->s->approvals[at[i]];
	if (n < a->list.marked_n) {
		face_say(f, ROLE_WAITING, _("Not all of the marked ones are here any more: Esc clears the marks."));
		return true;
	}
	if (act == ACT_REJECT) {
		reject_several(f, sc, rows, n);	/* marks stay with those that do */
	} else if (act == ACT_LATER || approve_several(f, sc, rows, n)) {
		a->list.marked_n = 0;
		if (act == ACT_LATER)
			put_off_several(a, f, rows, n);
	}
	return true;
}

static bool approvals_act(void *st, const struct scene *sc, enum action act, struct face *f)
{
	struct approvals *a = st;
	int i = list_index(&a->list);
	const struct approval_row *r = i >= 0 && i < sc->s->approvals_n ? &sc->s->approvals[i] : NULL;

	if (list_act(&a->list, act))
		return true;
	if (act == ACT_RANGE) {
		list_mark_range(&a->list, sc->s->approvals, sizeof *sc->s->approvals);
		return true;
	}
	if (act == ACT_CLEAR) {
		a->list.marked_n = 0;
		return true;
	}
	if (r == NULL)
		return false;
	if (sc->hides) {
		face_unlock(f);
		return true;
	}
	if (several(a, sc, act, f))
		return true;
	switch (act) {
	case ACT_OPEN:
	case ACT_RAW:
		face_open_approval(f, r->id);
		return true;
	case ACT_LATER:
		put_off(a, r->id);
		return list_act(&a->list, ACT_DOWN);
	default:
		return approve_act(f, sc, r, false, act);
	}
}

static bool approvals_offers(const void *st, const struct scene *sc, enum action act)
{
	const struct approvals *a = st;
	int i = list_index(&a->list);

	if (a->list.marked_n >= 2)
		return act == ACT_APPROVE || act == ACT_REJECT || act == ACT_LATER || act == ACT_OPEN;
	return i >= 0 && i < sc->s->approvals_n && approve_offers(&sc->s->approvals[i], act);
}

static void approvals_sent(void *st, const struct scene *sc, struct face *f)
{
	struct approvals *a = st;
	const struct snapshot *s = sc->s;

	if (a->paper_rows == 0 || a->paper_id == 0 || a->paper_id != s->detail.id)
		return;
	sheet_was_shown(&a->paper);
	decider_looks(face_decider(f), &s->detail, sc->steady_us);
	if (sheet_all_seen(&a->paper) && hash_same(&a->paper_hash, &s->detail.hash))
		decider_shown(face_decider(f), &s->detail, s->needs_typed_yes);
}

static void approvals_done(void *st)
{
	struct approvals *a = st;

	sheet_release(&a->paper);
}

/* What stands under the mark, for the arm delay. */
const struct approval_row *approvals_under(const void *st, const struct snapshot *s, bool *by_person)
{
	const struct approvals *a = st;
	int i = list_index(&a->list);

	*by_person = a->list.by_person;
	return i >= 0 && i < s->approvals_n ? &s->approvals[i] : NULL;
}

const struct pane_ops approvals_pane = {
	.name = "approvals",
	.places = IN(PLACE_LIST) | IN(PLACE_APPROVALS),
	.watches = SNAP_APPROVALS | SNAP_DETAIL | SNAP_STATUS,
	.state_size = sizeof(struct approvals),
	.layout = approvals_layout,
	.draw = approvals_draw,
	.act = approvals_act,
	.offers = approvals_offers,
	.sent = approvals_sent,
	.done = approvals_done,
};
