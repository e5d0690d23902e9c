/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "base/i18n.h"
#include "console/approve.h"
#include "console/face.h"
#include "console/view.h"
#include "console/words.h"

static void approval_layout(void *st, const struct scene *sc, int rows, int cols, struct wish *w)
{
	struct approval_view_state *v = st;
	const struct snapshot *s = sc->s;

	w->detail_approval = v->id;
	if (s->detail.id == v->id && (!v->is_written || v->generation != GENERATION(s, SNAP_DETAIL))) {
		bool same = v->is_written && hash_same(&v->hash, &s->detail.hash);

		paper_write(&v->paper, sc, same);
		paper_write_raw(&v->raw, sc);
		v->generation = GENERATION(s, SNAP_DETAIL);
		v->hash = s->detail.hash;
		v->is_written = true;
	}
	sheet_fit(&v->paper, cols - 4, rows - 2);
	sheet_fit(&v->raw, cols - 4, rows - 2);
}

static void approval_draw(const void *st, const struct scene *sc, const struct canvas *c)
{
	const struct approval_view_state *v = st;
	const struct sheet *sh = v->is_raw ? &v->raw : &v->paper;
	char title[WORDS * 2], aside[WORDS * 2];
	struct canvas in;

	snprintf(title, sizeof title, v->is_raw ? _("A%lld, raw bytes") : _("Approval A%lld"), (long long)v->id);
	if (decider_is_new(sc->decider, &sc->s->detail, sc->steady_us))
		snprintf(aside, sizeof aside, "%s", _("new"));
	else if (sheet_has_more(sh))
		snprintf(aside, sizeof aside, _("%d%%  Space: more"), sheet_percent(sh));
	else
		snprintf(aside, sizeof aside, "%s", v->is_raw ? _("i: as before") : _("whole"));
	in = canvas_box(c, 0, title, aside, true);
	in = canvas_part(&in, 0, 1, in.rows, in.cols - 2);
	if (!v->is_written)
		canvas_say(&in, 0, 0, ROLE_DIM, _("Fetching it."));
	sheet_draw(sh, &in);
}

static bool approval_act(void *st, const struct scene *sc, enum action a, struct face *f)
{
	struct approval_view_state *v = st;

	if (a == ACT_RAW) {
		v->is_raw = !v->is_raw;
		return true;
	}
	if (a == ACT_LATER) {
		face_close(f);
		return true;
	}
	if (a == ACT_FILTER) {
		view_ask_find(f);	/* what is passed over is not seen */
		return true;
	}
	if (sheet_act(v->is_raw ? &v->raw : &v->paper, a))
		return true;
	if (sc->s->detail.id != v->id || !v->is_written)
		return false;
	return approve_act(f, sc, &sc->s->detail, true, a);
}

static bool approval_offers(const void *st, const struct scene *sc, enum action a)
{
	const struct approval_view_state *v = st;

	return sc->s->detail.id != v->id || approve_offers(&sc->s->detail, a);
}

static void approval_sent(void *st, const struct scene *sc, struct face *f)
{
	struct approval_view_state *v = st;
	const struct snapshot *s = sc->s;

	if (v->is_raw || !v->is_written || s->detail.id != v->id || !hash_same(&v->hash, &s->detail.hash))
		return;
	sheet_was_shown(&v->paper);
	decider_looks(face_decider(f), &s->detail, sc->steady_us);
	if (sheet_all_seen(&v->paper))
		decider_shown(face_decider(f), &s->detail, s->needs_typed_yes);
}

static void approval_done(void *st)
{
	struct approval_view_state *v = st;

	sheet_release(&v->paper);
	sheet_release(&v->raw);
}

const struct pane_ops approval_view = {
	.name = "approval",
	.finds = true,
	.places = IN(PLACE_VIEW) | IN(PLACE_APPROVALS),
	.watches = SNAP_DETAIL,
	.state_size = sizeof(struct approval_view_state),
	.layout = approval_layout,
	.draw = approval_draw,
	.act = approval_act,
	.offers = approval_offers,
	.sent = approval_sent,
	.done = approval_done,
};
