/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "console/face.h"
#include "console/list.h"
#include "console/pane.h"
#include "console/words.h"

struct log_state {
	struct list list;
};

static void log_layout(void *st, const struct scene *sc, int rows, int cols, struct wish *w)
{
	struct log_state *l = st;

	(void)cols;
	list_sync(&l->list, sc->s->log, sizeof *sc->s->log, sc->s->log_n, sc->wish->log_offset, sc->s->log_total);
	list_fit(&l->list, rows - 2);
	w->log_rows = l->list.rows > 0 ? l->list.rows : 1;
	w->log_offset = l->list.offset;
}

static void log_draw(const void *st, const struct scene *sc, const struct canvas *c)
{
	const struct log_state *l = st;
	const struct snapshot *s = sc->s;
	struct canvas in = canvas_box(c, 5, _("Log"), NULL, sc->is_focused);
	int i, at = list_index(&l->list), ref = in.cols >= 60 ? 31 : 24, who = in.cols >= 70 ? 50 : ref + 10;
	char clock[6];

	for (i = 0; i < in.rows; i++) {
		int n = l->list.offset - l->list.loaded_offset + i;
		bool is_at = n == at && sc->is_focused;

		if (n < 0 || n >= s->log_n)
			break;
		clock_hhmm(s->log[n].at_us, clock);
		if (is_at)
			canvas_say(&in, i, 0, ROLE_KEY, ">");
		canvas_say(&in, i, 1, ROLE_DIM, "%s", clock);
		canvas_text(&in, i, 8, ref - 9, is_at ? ROLE_SELECTED : ROLE_NORMAL, slice_of(s->log[n].kind), TEXT_LIST);
		canvas_text(&in, i, ref, who - ref - 1, ROLE_NORMAL, slice_of(s->log[n].ref), TEXT_LIST);
		canvas_text(&in, i, who, in.cols - who - 1, ROLE_DIM, slice_of(s->log[n].who), TEXT_LIST);
	}
	if (s->log_n == 0)
		canvas_say(&in, 0, 1, ROLE_DIM, _("Nothing has happened yet. Decisions, firings and booked calls are kept here."));
}

static bool log_act(void *st, const struct scene *sc, enum action a, struct face *f)
{
	struct log_state *l = st;

	(void)sc;
	if (a == ACT_OPEN) {
		face_run_verb(f, "journal list");
		return true;
	}
	return list_act(&l->list, a);
}

const struct pane_ops log_pane = {
	.name = "log",
	.places = IN(PLACE_LIST) | IN(PLACE_LOG),
	.watches = SNAP_LOG,
	.state_size = sizeof(struct log_state),
	.layout = log_layout,
	.draw = log_draw,
	.act = log_act,
};
