/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "console/face.h"
#include "console/pane.h"
#include "console/words.h"
#include "money/pico.h"

struct meter {
	int period, by;
};

static void meter_layout(void *st, const struct scene *sc, int rows, int cols, struct wish *w)
{
	struct meter *m = st;

	(void)sc, (void)rows, (void)cols;
	w->meter_period = m->period;
	w->meter_by = m->by;
}

static const char *const periods[] = {N_("today"), N_("month"), N_("all")};
static const char *const groups[] = {N_("vendor"), N_("key"), N_("model"), N_("agent"), N_("goal")};

/* "anthropic  $0.44 of $5.00" and under it its bar; rows used. */
static int draw_item(const struct canvas *c, int row, const struct meter_row *r, bool has_bar)
{
	char cost[WORDS], cap[WORDS];
	int percent = words_percent(pico_add_capped(r->cost_pd, r->live_pd), r->cap_pd), left;
	enum role role = r->cap_pd > 0 ? role_cap(percent) : ROLE_NORMAL;

	words_money(r->cost_pd, r->live_pd, cost);
	words_money(r->cap_pd, 0, cap);
	if (r->cap_pd > 0) {
		left = canvas_say_right(c, row, c->cols - 1, ROLE_DIM, _(" of %s"), cap + (cap[0] == '$'));
		left = canvas_say_right(c, row, left, role == ROLE_CAP_OK ? ROLE_NORMAL : role, "%s", cost);
	} else {
		left = canvas_say_right(c, row, c->cols - 1, r->live_pd > 0 ? ROLE_RUNNING : ROLE_NORMAL, "%s", cost);
	}
	canvas_text(c, row, 1, left - 2, ROLE_NORMAL, slice_of(r->name), TEXT_LIST);
	if (!has_bar || r->cap_pd == 0)
		return 1;
	left = canvas_say_right(c, row + 1, c->cols - 1, role, percent >= 100 ? "!%d%%" : "%d%%", percent);
	left = left < c->cols - 6 ? left : c->cols - 6;
	canvas_bar(c, row + 1, 1, left - 2, percent, role);
	return 2;
}

/* What stands below the rows, most wanted first. */
static int draw_foot(const struct scene *sc, const struct canvas *c, int row, bool has_spark)
{
	const struct snapshot *s = sc->s;
	char per_minute[PICO_TEXT], a[WORDS], b[WORDS];
	int spark = c->cols - 8, col;

	if (has_spark && row < c->rows) {
		if (spark > 60)
			spark = 60;
		col = canvas_say(c, row, 1, ROLE_DIM, "60m ");
		canvas_spark(c, row, 1 + col, spark - 1 < 60 ? spark - 1 : 60, s->minute_pd, 60, ROLE_RUNNING);
		row++;
	}
	if (row < c->rows) {
		pico_format_short(s->per_minute_pd, per_minute);
		words_money(s->day_projection_pd, 0, a);
		canvas_say(c, row++, 1, ROLE_DIM, _("%s/min  day ~%s"), per_minute, a);
	}
	if (row < c->rows) {
		words_money(s->meter_total.saved_pd, 0, a);
		words_money(s->month_pd, 0, b);
		col = canvas_say(c, row, 1, ROLE_DIM, _("saved %s  month %s"), a, b);
		row++;
	}
	if (row < c->rows && s->meter_total.unpriced > 0)
		canvas_say(c, row++, 1, ROLE_WAITING, ngettext("%lld call has no price", "%lld calls have no price", (unsigned long)s->meter_total.unpriced), (long long)s->meter_total.unpriced);
	if (row < c->rows && s->price_date[0] != '\0')
		canvas_say(c, row++, 1, ROLE_HINT, _("prices of %s"), s->price_date);
	return row;
}

static void meter_draw(const void *st, const struct scene *sc, const struct canvas *c)
{
	const struct meter *m = st;
	const struct snapshot *s = sc->s;
	char aside[WORDS * 2];
	struct canvas in;
	int i, row = 0, bars, foot;

	snprintf(aside, sizeof aside, _("%s by %s"), _(periods[m->period]), _(groups[m->by]));
	in = canvas_box(c, 3, _("Meter"), aside, sc->is_focused);
	foot = in.rows >= 8 ? 3 : in.rows >= 5 ? 2 : 0;
	bars = in.rows - foot >= 2 * s->meter_n;
	for (i = 0; i < s->meter_n && row < in.rows - foot; i++) {
		if (in.rows - foot - row < 2 && i < s->meter_n - 1) {
			canvas_say(&in, row++, 1, ROLE_HINT, _("and %d more"), s->meter_n - i);
			break;
		}
		row += draw_item(&in, row, &s->meter[i], bars);
	}
	if (s->meter_n == 0 && in.rows > 0) {
		canvas_say(&in, row++, 1, ROLE_NORMAL, _("Nothing spent."));
		if (in.rows > 3)
			canvas_say(&in, row++, 1, ROLE_DIM, _("An idle office makes no call."));
	}
	if (foot > 0) {
		if (in.rows - foot - row >= 1 && in.rows >= 10)
			row++;
		draw_foot(sc, &in, row, foot >= 3 || in.rows - row >= 3);
	}
}

static bool meter_act(void *st, const struct scene *sc, enum action a, struct face *f)
{
	struct meter *m = st;

	(void)sc;
	switch (a) {
	case ACT_PERIOD_PREV:
		m->period = (m->period + 2) % 3;
		return true;
	case ACT_PERIOD_NEXT:
		m->period = (m->period + 1) % 3;
		return true;
	case ACT_GROUP:
		m->by = (m->by + 1) % 5;
		return true;
	case ACT_EXPORT:
		face_run_verb(f, m->period == 0 ? "spend --since today" : m->period == 1 ? "spend --since 31d" : "spend");
		face_say(f, ROLE_HINT, _("| hands it to $PAGER; claviger spend --csv writes a file."));
		return true;
	case ACT_CAPS:
		face_run_verb(f, "cap list");
		return true;
	case ACT_OPEN:
		face_run_verb(f, "call list");
		return true;
	default:
		return false;
	}
}

const struct pane_ops meter_pane = {
	.name = "meter",
	.places = IN(PLACE_METER),
	.watches = SNAP_METER | SNAP_LIVE,
	.state_size = sizeof(struct meter),
	.layout = meter_layout,
	.draw = meter_draw,
	.act = meter_act,
};
