/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The meter as a table: for each name what runs now, the day, the month, the curve of its
 * hour and its cap. Columns are dropped from the least wanted on where the room ends. */
#include <stdio.h>
#include <string.h>

#include "base/i18n.h"
#include "base/text.h"
#include "console/pane_meter.h"
#include "console/words.h"
#include "money/pace.h"
#include "money/pico.h"

#define NAME_COLS 12
#define LONG_NAME_COLS 26	/* models, and goals and tasks with their words */
#define BAR_COLS 12

enum column { COL_NOW, COL_TODAY, COL_MONTH, COL_PERIOD, COL_HOUR, COL_RATE, COL_CACHE, COL_CALLS, COL_SAVED, COL_CAP, COLUMNS };

/* In the order they stand. A column is there if the room, given out by rank, reaches to it. */
static const struct {
	const char *title;
	int cols, rank;
} columns[COLUMNS] = {
	[COL_NOW] = {N_("now"), 16, 2}, [COL_TODAY] = {N_("today"), 10, 0}, [COL_MONTH] = {N_("month"), 10, 1}, [COL_PERIOD] = {N_("all time"), 11, 3},
	[COL_HOUR] = {N_("last hour"), 32, 9}, [COL_RATE] = {N_("/min"), 10, 7}, [COL_CACHE] = {N_("cache"), 7, 5}, [COL_CALLS] = {N_("calls"), 9, 6},
	[COL_SAVED] = {N_("saved"), 10, 8}, [COL_CAP] = {N_("cap"), BAR_COLS + 16, 4},
};

struct plan {
	int end[COLUMNS];	/* the column after it; 0: not shown */
	int name_cols;
};

static bool is_wanted(const struct meter *m, int i)
{
	if (i == COL_PERIOD)
		return m->period == PERIOD_ALL;
	return (i != COL_HOUR && i != COL_RATE) || m->by == METER_BY_VENDOR;
}

static void plan_columns(const struct meter *m, int cols, struct plan *p)
{
	int name = m->by == METER_BY_MODEL || m->by == METER_BY_GOAL || m->by == METER_BY_TASK ? LONG_NAME_COLS : NAME_COLS, room = cols - 2 - name, rank, i, at;
	bool shown[COLUMNS] = {false};

	for (rank = 0; rank < COLUMNS; rank++)
		for (i = 0; i < COLUMNS; i++)
			if (columns[i].rank == rank && is_wanted(m, i) && columns[i].cols <= room) {
				shown[i] = true;
				room -= columns[i].cols;
			}
	p->name_cols = name + (room > 44 ? 44 : room);
	at = 1 + p->name_cols;
	for (i = 0; i < COLUMNS; i++) {
		at += shown[i] ? columns[i].cols : 0;
		p->end[i] = shown[i] ? at : 0;
	}
}

static void put_money(const struct canvas *c, int row, int end, enum role role, int64_t pd, int64_t live_pd)
{
	char text[WORDS];

	words_money(pd, live_pd, text);
	canvas_say_right(c, row, end, pd == 0 && live_pd == 0 ? ROLE_DIM : role, "%s", text);
}

static void put_rate(const struct canvas *c, int row, int end, int64_t pd)
{
	char text[WORDS];

	words_rate(pd, text);
	canvas_say_right(c, row, end, pd == 0 ? ROLE_DIM : ROLE_NORMAL, "%s", text);
}

static void put_now(const struct canvas *c, int row, int end, const struct meter_row *r)
{
	char low[PICO_TEXT], high[PICO_TEXT];

	pico_format_short(r->live_pd, low);
	pico_format_short(r->live_high_pd, high);
	if (r->live_calls == 0)
		canvas_say_right(c, row, end, ROLE_DIM, "-");
	else
		canvas_say_right(c, row, end, ROLE_RUNNING, _("%s to %s"), low, high);
}

static void put_cap(const struct canvas *c, int row, int end, const struct meter_row *r)
{
	int percent = words_percent(pico_add_capped(r->cost_pd, r->live_pd), r->cap_pd), from = end - columns[COL_CAP].cols + 2;
	enum role role = role_cap(percent);
	char cap[WORDS], text[WORDS];

	if (r->cap_pd == 0) {
		canvas_say(c, row, from, ROLE_DIM, _("no cap"));
		return;
	}
	words_money(r->cap_pd, 0, cap);
	canvas_bar(c, row, from, BAR_COLS, percent, role);
	words_cap(pico_add_capped(r->cost_pd, r->live_pd), r->cap_pd, text);
	canvas_say_right(c, row, from + BAR_COLS + 5, role, "%s", text);
	canvas_say(c, row, from + BAR_COLS + 6, ROLE_DIM, "%s", cap);
}

static void draw_row(const struct plan *p, const struct canvas *c, int row, const char *name, const struct meter_row *r, enum role role)
{
	const int *end = p->end;

	canvas_text(c, row, 1, p->name_cols - 1, role, slice_of(name), TEXT_LIST);
	if (end[COL_NOW] > 0)
		put_now(c, row, end[COL_NOW], r);
	if (end[COL_TODAY] > 0)
		put_money(c, row, end[COL_TODAY], role, r->today_pd, r->live_pd);
	if (end[COL_MONTH] > 0)
		put_money(c, row, end[COL_MONTH], role, r->month_pd, r->live_pd);
	if (end[COL_PERIOD] > 0)
		put_money(c, row, end[COL_PERIOD], role, r->cost_pd, r->live_pd);
	if (end[COL_HOUR] > 0)
		canvas_spark(c, row, end[COL_HOUR] - 30, 30, r->minute_pd, PACE_MINUTES, ROLE_RUNNING);
	if (end[COL_RATE] > 0)
		put_rate(c, row, end[COL_RATE], pace_rate(r->minute_pd, r->live_pd));
	if (end[COL_CACHE] > 0 && r->cache_hit_percent >= 0)
		canvas_say_right(c, row, end[COL_CACHE], ROLE_NORMAL, "%d%%", r->cache_hit_percent);
	else if (end[COL_CACHE] > 0)
		canvas_say_right(c, row, end[COL_CACHE], ROLE_DIM, "-");
	if (end[COL_CALLS] > 0)
		canvas_say_right(c, row, end[COL_CALLS], ROLE_NORMAL, "%lld", (long long)r->calls);
	if (end[COL_SAVED] > 0)
		put_money(c, row, end[COL_SAVED], ROLE_NORMAL, r->saved_pd, 0);
	if (end[COL_CAP] > 0)
		put_cap(c, row, end[COL_CAP], r);
}

static void draw_head(const struct plan *p, const struct canvas *c)
{
	int i;

	for (i = 0; i < COLUMNS; i++) {
		if (p->end[i] == 0)
			continue;
		if (i == COL_CAP)
			canvas_say(c, 0, p->end[i] - columns[i].cols + 2, ROLE_HINT, "%s", _(columns[i].title));
		else if (i == COL_HOUR)
			canvas_say(c, 0, p->end[i] - 30, ROLE_HINT, "%s", _(columns[i].title));
		else
			canvas_say_right(c, 0, p->end[i], ROLE_HINT, "%s", _(columns[i].title));
	}
}

void meter_table(const struct scene *sc, const struct meter *m, const struct canvas *in)
{
	const struct snapshot *s = sc->s;
	int want = meter_foot_rows(sc), row = 0, room, i;
	char name[TITLE_MAX_BYTES];
	struct plan p;

	plan_columns(m, in->cols, &p);
	if (in->rows >= 4) {
		draw_head(&p, in);
		row = 1;
	}
	/* the rows, then the total, then as much of the rest as there is room for */
	room = in->rows - row - (s->meter_n > 1 && in->rows >= 6 ? 1 : 0);
	if (in->rows >= 8 && room > s->meter_n - m->top + 3)
		room -= 3;
	for (i = m->top; i < s->meter_n && row < in->rows && room > 0; i++, room--) {
		if (room == 1 && i < s->meter_n - 1) {
			canvas_say(in, row++, 1, ROLE_HINT, _("and %d more"), s->meter_n - i);
			break;
		}
		meter_name(sc, m, &s->meter[i], name);
		draw_row(&p, in, row++, name, &s->meter[i], ROLE_NORMAL);
	}
	if (s->meter_n > 1 && row < in->rows)
		draw_row(&p, in, row++, _("all"), &s->meter_total, ROLE_HEAD);
	row = meter_foot(sc, in, row + (in->rows - row - want >= 1));
	meter_below(sc, in, row);
}
