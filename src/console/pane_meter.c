/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The meter. Three forms, by the room there is: narrow (a name, what it cost, its cap
 * as a bar), the same with everything below it where the pane is tall, and a table
 * where it is wide. What is below the rows comes most wanted first, so that a small
 * pane loses the least. */
#include "console/pane_meter.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/text.h"
#include "console/face.h"
#include "console/words.h"
#include "money/pico.h"

#define TABLE_COLS 72

static void meter_layout(void *st, const struct scene *sc, int rows, int cols, struct wish *w)
{
	struct meter *m = st;
	int most = sc->s->meter_n - 1;

	m->top = m->top > most ? most : m->top;
	m->top = m->top < 0 ? 0 : m->top;
	w->meter_period = m->period;
	w->meter_by = m->by;
	w->meter_sums = cols - 2 >= TABLE_COLS || rows > 20;	/* a table, or room for details */
}

static const char *const periods[] = {N_("today"), N_("month"), N_("all time")};
static const char *const groups[] = {N_("vendor"), N_("key"), N_("model"), N_("agent"), N_("goal"), N_("task")};

void meter_name(const struct scene *sc, const struct meter *m, const struct meter_row *r, char out[TITLE_MAX_BYTES])
{
	bool is_id = m->by == METER_BY_GOAL || m->by == METER_BY_TASK;

	snprintf(out, TITLE_MAX_BYTES, "%s%.127s%s%.60s", is_id ? m->by == METER_BY_GOAL ? "G" : "T" : "", r->name, r->title[0] != '\0' && !sc->hides ? " " : "",
	    sc->hides ? "" : r->title);
}

/* --- below the rows --------------------------------------------------------- */

static void foot_hour(const struct scene *sc, const struct canvas *c, int row)
{
	const struct snapshot *s = sc->s;
	char per_minute[WORDS];
	int left, cols, col;

	words_rate(s->per_minute_pd, per_minute);
	left = canvas_say_right(c, row, c->cols > 82 ? 80 : c->cols - 1, s->per_minute_pd > 0 ? ROLE_NORMAL : ROLE_DIM, _("%s/min"), per_minute);
	col = 1 + canvas_say(c, row, 1, ROLE_DIM, "60m ");
	cols = left - 1 - col;
	canvas_spark(c, row, col, cols > 60 ? 60 : cols, s->minute_pd, 60, ROLE_RUNNING);
}

static bool has_flight(const struct scene *sc) { return sc->s->live_n > 0; }

static void foot_flight(const struct scene *sc, const struct canvas *c, int row)
{
	const struct meter_row *t = &sc->s->meter_total;
	char low[PICO_TEXT], high[PICO_TEXT];

	pico_format_fine(t->live_pd, low);
	pico_format_fine(t->live_high_pd, high);
	if (c->cols >= 44)
		canvas_say(c, row, 1, ROLE_RUNNING, ngettext("%d call runs: at least %s, at most %s", "%d calls run: at least %s, at most %s", (unsigned long)t->live_calls), t->live_calls, low,
		    high);
	else
		canvas_say(c, row, 1, ROLE_RUNNING, ngettext("%d call %s to %s", "%d calls %s to %s", (unsigned long)t->live_calls), t->live_calls, low, high);
}

static bool has_unpriced(const struct scene *sc) { return sc->s->meter_total.unpriced > 0; }

static void foot_unpriced(const struct scene *sc, const struct canvas *c, int row)
{
	int64_t n = sc->s->meter_total.unpriced;

	int col = 1 + canvas_say(c, row, 1, ROLE_WAITING, ngettext("%lld call has no price", "%lld calls have no price", (unsigned long)n), (long long)n);

	if (c->cols >= 60)
		canvas_say(c, row, col, ROLE_DIM, _(": counted at the dearest known rate; :price show --unpriced lists them"));
}

static bool has_estimated(const struct scene *sc) { return sc->s->meter_total.estimated_pd > 0; }

static void foot_estimated(const struct scene *sc, const struct canvas *c, int row)
{
	char text[PICO_TEXT];

	pico_format_short(sc->s->meter_total.estimated_pd, text);
	canvas_say(c, row, 1, ROLE_WAITING, _("%s of it is estimated"), text);
}

static void foot_pace(const struct scene *sc, const struct canvas *c, int row)
{
	char day[PICO_TEXT], month[PICO_TEXT];

	pico_format_short(sc->s->day_projection_pd, day);
	pico_format_short(sc->s->month_projection_pd, month);
	if (c->cols >= 60)
		canvas_say(c, row, 1, ROLE_DIM, _("at this pace about %s today, %s this month"), day, month);
	else
		canvas_say(c, row, 1, ROLE_DIM, _("day ~%s  month ~%s"), day, month);
}

static void foot_levers(const struct scene *sc, const struct canvas *c, int row)
{
	const struct meter_row *t = &sc->s->meter_total;
	int64_t saved_pd = t->saved_pd < 0 && t->saved_pd > -PICO_CENT ? 0 : t->saved_pd;	/* what caching costs at first is no news */
	enum role role = saved_pd < 0 ? ROLE_WAITING : ROLE_DIM;
	char saved[PICO_TEXT];
	int col;

	pico_format_short(saved_pd, saved);
	if (c->cols >= 60 && t->cache_hit_percent >= 0)
		canvas_say(c, row, 1, role, _("caching saved %s: %d%% of the input was read from a cache"), saved, t->cache_hit_percent);
	else if (t->cache_hit_percent >= 0) {
		col = 1 + canvas_say(c, row, 1, role, _("saved %s"), saved);
		canvas_say(c, row, col + 2, ROLE_DIM, _("cache %d%%"), t->cache_hit_percent);
	} else {
		canvas_say(c, row, 1, role, _("saved %s"), saved);
	}
}

/* What the other periods come to: today stands in the status line. */
static void foot_sums(const struct scene *sc, const struct canvas *c, int row)
{
	char month[WORDS], all[WORDS];
	int col;

	words_money(sc->s->month_pd, sc->s->today_live_pd, month);
	col = 1 + canvas_say(c, row, 1, ROLE_DIM, _("this month %s"), month);
	if (sc->wish->meter_period != PERIOD_ALL)
		return;
	words_money(sc->s->meter_total.cost_pd, sc->s->today_live_pd, all);
	canvas_say(c, row, col + 2, ROLE_DIM, _("in all %s"), all);
}

static bool has_prices(const struct scene *sc) { return sc->s->price_date[0] != '\0'; }

static void foot_prices(const struct scene *sc, const struct canvas *c, int row)
{
	int col = 1 + canvas_say(c, row, 1, ROLE_HINT, _("prices of %s"), sc->s->price_date), n = sc->s->price_overlays;

	if (n > 0)
		canvas_say(c, row, col, ROLE_HINT, c->cols >= 44 ? ngettext(", %d of your own", ", %d of your own", (unsigned long)n) : _(", %d own"), n);
}

static const struct {
	bool (*has)(const struct scene *sc);	/* NULL: always */
	void (*draw)(const struct scene *sc, const struct canvas *c, int row);
} foot[] = {
	{NULL, foot_hour}, {has_flight, foot_flight}, {has_unpriced, foot_unpriced}, {has_estimated, foot_estimated}, {NULL, foot_pace}, {NULL, foot_levers},
	{NULL, foot_sums}, {has_prices, foot_prices},
};

int meter_foot_rows(const struct scene *sc)
{
	size_t i;
	int n = 0;

	for (i = 0; i < LENGTH(foot); i++)
		n += foot[i].has == NULL || foot[i].has(sc);
	return n;
}

int meter_foot(const struct scene *sc, const struct canvas *c, int row)
{
	size_t i;

	for (i = 0; i < LENGTH(foot) && row < c->rows; i++)
		if (foot[i].has == NULL || foot[i].has(sc))
			foot[i].draw(sc, c, row++);
	return row;
}

/* Each call in flight on a line; the next row. */
static int meter_flight(const struct scene *sc, const struct canvas *c, int row)
{
	char low[PICO_TEXT], high[PICO_TEXT];
	bool is_wide = c->cols >= TABLE_COLS;
	int i, col, left;

	for (i = 0; i < sc->s->live_n && row < c->rows; i++, row++) {
		const struct live_call *l = &sc->s->live[i];

		if (row == c->rows - 1 && i < sc->s->live_n - 1) {
			canvas_say(c, row, 1, ROLE_HINT, _("and %d more"), sc->s->live_n - i);
			return row + 1;
		}
		pico_format_fine(l->cost_low_pd, low);
		pico_format_fine(l->cost_high_pd, high);
		if (l->is_unpriced)
			left = canvas_say_right(c, row, c->cols - 1, ROLE_WAITING, _("no price, at most %s"), high);
		else
			left = canvas_say_right(c, row, c->cols - 1, ROLE_RUNNING, is_wide ? _("at least %s, at most %s") : _("%s to %s"), low, high);
		if (is_wide)
			left = canvas_say_right(c, row, left - 2, ROLE_DIM, ngettext("%lld token", "%lld tokens", (unsigned long)l->output_tokens), (long long)l->output_tokens);
		col = 1 + canvas_say(c, row, 1, ROLE_DIM, "C%lld ", (long long)l->call);
		col += canvas_text(c, row, col, left - 1 - col, ROLE_NORMAL, slice_of(l->agent), TEXT_LIST) + 1;
		if (is_wide)
			canvas_text(c, row, col, left - 1 - col, ROLE_DIM, slice_of(l->model), TEXT_LIST);
	}
	return row;
}

/* What is left at the foot: the calls in flight one by one, and the hour as a chart. */
void meter_below(const struct scene *sc, const struct canvas *c, int row)
{
	const struct snapshot *s = sc->s;
	int spare = c->rows - row, each, n, rows, i;
	int64_t v[60], most = 0;
	char text[WORDS];

	if (s->live_n > 0 && spare > s->live_n) {
		row = meter_flight(sc, c, row + (spare > s->live_n + 1));
		spare = c->rows - row;
	}
	if (spare < 6 || s->per_minute_pd + s->minute_pd[59] == 0)
		return;
	rows = spare - 3 > 8 ? 8 : spare - 3;
	each = c->cols >= 122 ? 2 : 1;
	n = c->cols >= 62 ? 60 : 30;
	memset(v, 0, sizeof v);
	for (i = 0; i < 60; i++)
		v[i * n / 60] = pico_add_capped(v[i * n / 60], s->minute_pd[i]);
	for (i = 0; i < 60; i++)
		most = s->minute_pd[i] > most ? s->minute_pd[i] : most;
	words_rate(most, text);
	row++;
	canvas_chart(c, row, 1, rows, each, v, n, ROLE_RUNNING);
	canvas_say(c, row + rows, 1, ROLE_HINT, _("an hour ago"));
	canvas_say_right(c, row + rows, 1 + n * each, ROLE_HINT, _("now"));
	if (n == 60)
		canvas_say(c, row + rows, 15 * each, ROLE_HINT, _("%s in the dearest minute"), text);
}

/* --- narrow ----------------------------------------------------------------- */

/* The month and the cache of one row, under it. */
static void draw_detail(const struct canvas *c, int row, const struct meter *m, const struct meter_row *r)
{
	char month[WORDS], text[WORDS * 2];

	int left = c->cols - 1, col;

	words_money(r->month_pd, r->live_pd, month);
	if (m->period == PERIOD_TODAY)
		left = canvas_say_right(c, row, left, ROLE_DIM, _("month %s"), month);
	col = 1 + canvas_say(c, row, 1, ROLE_DIM, ngettext("%lld call", "%lld calls", (unsigned long)r->calls), (long long)r->calls);
	snprintf(text, sizeof text, _(", cache %d%%"), r->cache_hit_percent);
	if (r->cache_hit_percent >= 0 && col + text_cols(slice_of(text), 0) < left)
		canvas_say(c, row, col, ROLE_DIM, "%s", text);
}

/* "anthropic  $0.44 of $5.00" and under it its bar; rows used. */
static int draw_item(const struct scene *sc, const struct meter *m, const struct canvas *c, int row, const struct meter_row *r, bool has_bar)
{
	char cost[WORDS], cap[WORDS], name[TITLE_MAX_BYTES];
	int percent = words_percent(pico_add_capped(r->cost_pd, r->live_pd), r->cap_pd), left;
	enum role role = r->cap_pd > 0 ? role_cap(percent) : ROLE_NORMAL;

	words_money(r->cost_pd, r->live_pd, cost);
	words_money(r->cap_pd, 0, cap);
	meter_name(sc, m, r, name);
	if (r->cap_pd > 0) {
		left = canvas_say_right(c, row, c->cols - 1, ROLE_DIM, _(" of %s"), cap + (cap[0] == '$'));
		left = canvas_say_right(c, row, left, role == ROLE_CAP_OK ? ROLE_NORMAL : role, "%s", cost);
	} else {
		left = canvas_say_right(c, row, c->cols - 1, r->live_pd > 0 ? ROLE_RUNNING : ROLE_NORMAL, "%s", cost);
	}
	canvas_text(c, row, 1, left - 2, ROLE_NORMAL, slice_of(name), TEXT_LIST);
	if (!has_bar || r->cap_pd == 0)
		return 1;
	words_cap(pico_add_capped(r->cost_pd, r->live_pd), r->cap_pd, cap);
	left = canvas_say_right(c, row + 1, c->cols - 1, role, "%s", cap);
	left = left < c->cols - 6 ? left : c->cols - 6;
	canvas_bar(c, row + 1, 1, left - 2, percent, role);
	return 2;
}

static int draw_items(const struct scene *sc, const struct meter *m, const struct canvas *c, int room)
{
	const struct snapshot *s = sc->s;
	bool bars = room >= 2 * (s->meter_n - m->top), details = room >= 4 * (s->meter_n - m->top) && sc->wish->meter_sums;
	int i, row = 0;

	for (i = m->top; i < s->meter_n && row < room; i++) {
		if (room - row < 2 && i < s->meter_n - 1) {
			canvas_say(c, row++, 1, ROLE_HINT, _("and %d more"), s->meter_n - i);
			break;
		}
		row += draw_item(sc, m, c, row, &s->meter[i], bars);
		if (details) {
			draw_detail(c, row, m, &s->meter[i]);
			row += 2;
		}
	}
	return row - (details && row > 0);
}

static void draw_narrow(const struct scene *sc, const struct meter *m, const struct canvas *in)
{
	int want = meter_foot_rows(sc), keep = in->rows >= 8 ? 4 : in->rows >= 5 ? 2 : 0, row;

	keep = in->rows - want >= 2 * sc->s->meter_n ? want : keep < want ? keep : want;
	row = draw_items(sc, m, in, in->rows - keep);
	row = meter_foot(sc, in, row + (in->rows - row - want >= 1));
	meter_below(sc, in, row);
}

/* --- the pane ---------------------------------------------------------------- */

static void meter_draw(const void *st, const struct scene *sc, const struct canvas *c)
{
	const struct meter *m = st;
	char aside[WORDS * 2];
	struct canvas in;

	snprintf(aside, sizeof aside, _("%s by %s"), _(periods[m->period]), _(groups[m->by]));
	in = canvas_box(c, 3, _("Meter"), aside, sc->is_focused);
	if (sc->s->meter_n == 0 && in.rows > 0) {
		canvas_say(&in, 0, 1, ROLE_NORMAL, m->period == PERIOD_TODAY ? _("Nothing spent today.") : _("Nothing spent."));
		if (in.rows > 3)
			canvas_say(&in, 1, 1, ROLE_DIM, _("Idle, it costs nothing."));
		if (in.rows > 5)
			meter_foot(sc, &in, 3);
	} else if (in.cols >= TABLE_COLS) {
		meter_table(sc, m, &in);
	} else {
		draw_narrow(sc, m, &in);
	}
}

/* `[` and `]` go round. */
static bool move(struct meter *m, enum action a)
{
	switch (a) {
	case ACT_PERIOD_PREV: m->period = (m->period + 2) % 3; break;
	case ACT_PERIOD_NEXT: m->period = (m->period + 1) % 3; break;
	case ACT_GROUP: m->by = (m->by + 1) % (int)LENGTH(groups); break;
	case ACT_DOWN: m->top++; return true;
	case ACT_UP: m->top--; return true;
	case ACT_BOTTOM: m->top = METER_ROWS; return true;
	case ACT_TOP: break;
	default: return false;
	}
	m->top = 0;
	return true;
}

static bool meter_act(void *st, const struct scene *sc, enum action a, struct face *f)
{
	static const char *const spend_words[] = {"vendor", "key", "model", "agent", "goal", "task"};
	struct meter *m = st;
	char line[64], now[20];

	if (move(m, a))
		return true;
	switch (a) {
	case ACT_EXPORT:
		clock_local(sc->now_us, now);
		snprintf(line, sizeof line, "spend --by %s%s%.8s%s", spend_words[m->by], m->period == PERIOD_ALL ? "" : " --since ",
		    m->period == PERIOD_TODAY ? "today" : m->period == PERIOD_MONTH ? now : "", m->period == PERIOD_MONTH ? "01" : "");
		face_run_verb(f, line);
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
