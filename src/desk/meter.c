/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk/meter.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/memory.h"
#include "desk/data.h"
#include "money/pace.h"
#include "money/pico.h"
#include "store/cap.h"
#include "store/goal.h"
#include "store/price.h"
#include "store/spend.h"
#include "store/task.h"

#define VENDORS_MAX 8
#define MONTH_DAYS 31

/* What a grouping is in the roll-ups and among the caps (CAP_SCOPES: none). */
static const struct { enum spend_by dim; enum cap_scope scope; } groups[] = {
	[METER_BY_VENDOR] = {SPEND_VENDOR, SCOPE_VENDOR}, [METER_BY_KEY] = {SPEND_KEY, SCOPE_KEY}, [METER_BY_MODEL] = {SPEND_MODEL, CAP_SCOPES},
	[METER_BY_AGENT] = {SPEND_AGENT, SCOPE_AGENT}, [METER_BY_GOAL] = {SPEND_GOAL, SCOPE_GOAL}, [METER_BY_TASK] = {SPEND_TASK, SCOPE_TASK}};

/* --- rows ---------------------------------------------------------------------- */

static void fill_row(const struct spend_row *in, struct meter_row *r)
{
	const struct call_tokens *t = &in->tokens;
	int64_t prompt = t->input + t->cache_read + t->write_5m + t->write_30m + t->write_1h + t->write_12h;

	*r = (struct meter_row){.cost_pd = in->cost_pd + in->estimated_pd, .held_pd = in->held_pd, .calls = in->calls, .saved_pd = in->saved_pd,
		.unpriced = in->unpriced_calls, .estimated_pd = in->estimated_pd, .cache_hit_percent = prompt > 0 ? (int)(t->cache_read * 100 / prompt) : -1};
	snprintf(r->name, sizeof r->name, "%s", in->name);
}

struct caps {
	struct cap v[CAPS_MAX];
	int n;
};

/* The tightest that stands for it: of the table, or the record's own; 0: none. */
static int64_t cap_for(struct store *s, const struct caps *c, enum cap_scope scope, const char *ref, enum cap_window window)
{
	int64_t limit = 0;
	int i;

	if (scope == CAP_SCOPES)
		return 0;
	err_ignore(cap_own(s, scope, window, ref, &limit, NULL));
	for (i = 0; i < c->n; i++)
		if (c->v[i].scope == scope && c->v[i].window == window && strcmp(c->v[i].ref, ref) == 0 && (limit == 0 || c->v[i].limit_pd < limit))
			limit = c->v[i].limit_pd;
	return limit;
}

static void find_title(struct store *s, enum spend_by dim, struct meter_row *r)
{
	int64_t id = strtoll(r->name, NULL, 10);
	struct goal g = {0};
	struct task t = {0};

	if (dim == SPEND_GOAL && goal_get(s, id, &g, NULL) == ERR_OK)
		snprintf(r->title, sizeof r->title, "%.*s", TITLE_MAX_BYTES - 1, g.text != NULL ? g.text : "");
	else if (dim == SPEND_TASK && task_get(s, id, &t, NULL) == ERR_OK)
		snprintf(r->title, sizeof r->title, "%s", t.title);
	goal_release(&g);
	task_release(&t);
}

static void fill_sums(struct store *s, enum spend_by dim, int64_t month, int64_t today, struct meter_row *r)
{
	err_ignore(spend_cost(s, dim, r->name, today, today, &r->today_pd, NULL));
	err_ignore(spend_cost(s, dim, r->name, month, today, &r->month_pd, NULL));
}

static bool fill_rows(struct desk *d, const struct wish *w, struct snapshot *s, const struct caps *caps, int64_t since, int64_t today, enum cap_window window)
{
	enum spend_by dim = groups[w->meter_by].dim;
	struct spend_row *rows = xcalloc(METER_ROWS, sizeof *rows);
	struct meter_row *fresh = xcalloc(METER_ROWS, sizeof *fresh);
	struct spend_minutes *minutes = xcalloc(VENDORS_MAX, sizeof *minutes);
	int64_t month = clock_day_number(clock_month_start(s->now_us));
	int n = 0, vendors = 0, i, k;

	if (spend_by(d->store, dim, since, today, rows, METER_ROWS, &n, NULL) != ERR_OK)
		n = 0;
	if (dim == SPEND_VENDOR && spend_minutes(d->store, s->now_us, minutes, VENDORS_MAX, &vendors, NULL) != ERR_OK)
		vendors = 0;
	for (i = 0; i < n; i++) {
		fill_row(&rows[i], &fresh[i]);
		fresh[i].cap_pd = cap_for(d->store, caps, groups[w->meter_by].scope, fresh[i].name, window);
		if (dim == SPEND_GOAL || dim == SPEND_TASK)
			find_title(d->store, dim, &fresh[i]);
		if (w->meter_sums)
			fill_sums(d->store, dim, month, today, &fresh[i]);
		for (k = 0; k < vendors; k++)
			if (strcmp(minutes[k].vendor, fresh[i].name) == 0)
				memcpy(fresh[i].minute_pd, minutes[k].pd, sizeof fresh[i].minute_pd);
	}
	free(rows);
	free(minutes);
	return snapshot_swap((void **)&s->meter, &s->meter_n, fresh, n, sizeof *fresh);
}

/* --- sums ------------------------------------------------------------------------ */

static void fill_minutes(struct desk *d, struct snapshot *s)
{
	struct spend_minutes *rows = xcalloc(VENDORS_MAX, sizeof *rows);
	int n = 0, i, k;

	memset(s->minute_pd, 0, sizeof s->minute_pd);
	if (spend_minutes(d->store, s->now_us, rows, VENDORS_MAX, &n, NULL) == ERR_OK)
		for (i = 0; i < n; i++)
			for (k = 0; k < SPEND_MINUTES; k++)
				s->minute_pd[k] = pico_add_capped(s->minute_pd[k], rows[i].pd[k]);
	free(rows);
}

/* The month so far, and since which of its days anything was called. */
static void fill_month(struct desk *d, struct snapshot *s, int64_t today)
{
	struct spend_row *days = xcalloc(MONTH_DAYS, sizeof *days);
	int64_t first = clock_day_number(clock_month_start(s->now_us)), at;
	int n = 0, i;

	s->month_pd = 0;
	s->month_days = 0;
	s->month_left = (int)(clock_day_number(clock_month_end(s->now_us)) - 1 - today);
	if (spend_by(d->store, SPEND_DAY, first, today, days, MONTH_DAYS, &n, NULL) != ERR_OK)
		n = 0;
	for (i = 0; i < n; i++)
		s->month_pd = pico_add_capped(s->month_pd, days[i].cost_pd + days[i].estimated_pd);
	if (n > 0 && date_parse(days[0].name, &at))
		s->month_days = (int)(today - at / US_PER_DAY);
	free(days);
}

static void fill_total(struct desk *d, struct snapshot *s, const struct caps *caps, int64_t since, int64_t today, enum cap_window window)
{
	struct spend_row total = {0};

	err_ignore(spend_of(d->store, SPEND_WORKSPACE, "", since, today, &total, NULL));
	fill_row(&total, &s->meter_total);
	snprintf(s->meter_total.name, sizeof s->meter_total.name, "all");
	s->meter_total.cap_pd = cap_for(d->store, caps, SCOPE_WORKSPACE, "", window);
	memset(&total, 0, sizeof total);
	err_ignore(spend_total(d->store, today, &total, NULL));
	s->today_pd = total.cost_pd + total.estimated_pd;
	s->today_held_pd = total.held_pd;
	s->today_estimated_pd = total.estimated_pd;
	s->today_cap_pd = cap_for(d->store, caps, SCOPE_WORKSPACE, "", WINDOW_DAY);
	s->meter_total.today_pd = s->today_pd;
	s->meter_total.month_pd = s->month_pd;
	memcpy(s->meter_total.minute_pd, s->minute_pd, sizeof s->meter_total.minute_pd);
}

/* Of the youngest prices in force. The dates are read off the texts, as a first
 * frame has no time for the whole book; again only when a person changed them. */
static void fill_price_date(struct desk *d, struct snapshot *s)
{
	char today[11], own[BOOK_DATE] = "", published[BOOK_DATE] = "";
	int64_t state = 0;
	struct buf text;

	if (price_state(d->store, &state, NULL) != ERR_OK || (s->price_date[0] != '\0' && state == s->price_state))
		return;
	date_day(s->now_us, today);
	buf_init(&text, 16 << 20);
	if (data_read(d->paths.home, "prices.json", &text, NULL) == ERR_OK)
		book_youngest(buf_slice(&text), today, published);
	buf_release(&text);
	err_ignore(price_youngest(d->store, today, own, &s->price_overlays, NULL));
	snprintf(s->price_date, sizeof s->price_date, "%.10s", strcmp(own, published) > 0 ? own : published);
	s->price_state = state;
}

void meter_fill(struct desk *d, const struct wish *w, struct snapshot *s)
{
	static const enum cap_window windows[] = {[PERIOD_TODAY] = WINDOW_DAY, [PERIOD_MONTH] = WINDOW_MONTH, [PERIOD_ALL] = WINDOW_TOTAL};
	struct caps *caps = xcalloc(1, sizeof *caps);
	struct meter_row before = s->meter_total;
	int64_t today = clock_day_number(s->now_us), since = today, month = s->month_pd, held = s->today_held_pd, state = s->price_state;

	if (w->meter_period == PERIOD_MONTH)
		since = clock_day_number(clock_month_start(s->now_us));
	else if (w->meter_period == PERIOD_ALL)
		since = SPEND_ALL_TIME;
	if (cap_list(d->store, s->now_us, caps->v, CAPS_MAX, &caps->n, NULL) != ERR_OK)
		caps->n = 0;
	fill_minutes(d, s);
	fill_month(d, s, today);
	fill_total(d, s, caps, since, today, windows[w->meter_period]);
	fill_price_date(d, s);
	if (fill_rows(d, w, s, caps, since, today, windows[w->meter_period]) || memcmp(&before, &s->meter_total, sizeof before) != 0 || month != s->month_pd ||
	    held != s->today_held_pd || state != s->price_state)
		snapshot_changed(s, SNAP_METER | SNAP_STATUS);
	free(caps);
}

/* --- the board --------------------------------------------------------------------- */

static void take_call(const struct board_call *c, struct live_call *l)
{
	l->call = c->call;
	l->task = c->task;
	l->goal = c->goal;
	l->cost_low_pd = c->cost_low_pd;
	l->cost_high_pd = c->cost_high_pd;
	l->hold_pd = c->hold_pd;
	l->output_tokens = c->output_tokens;
	l->started_us = c->started_us;
	l->is_unpriced = c->is_unpriced != 0;
	snprintf(l->agent, sizeof l->agent, "%s", c->agent);
	snprintf(l->vendor, sizeof l->vendor, "%s", c->vendor);
	snprintf(l->model, sizeof l->model, "%s", c->model);
	snprintf(l->key, sizeof l->key, "%s", c->key);
	snprintf(l->line, sizeof l->line, "%s", c->line);
}

/* Whether the call counts in that row of the grouping. */
static bool counts_in(const struct live_call *l, int by, const char *name)
{
	char number[24];

	switch (by) {
	case METER_BY_VENDOR: return strcmp(l->vendor, name) == 0;
	case METER_BY_KEY: return strcmp(l->key, name) == 0;
	case METER_BY_MODEL: return strncmp(l->model, name, sizeof ((struct board_call *)0)->model - 1) == 0;	/* the board's are cut */
	case METER_BY_AGENT: return strcmp(l->agent, name) == 0;
	default: snprintf(number, sizeof number, "%" PRId64, by == METER_BY_GOAL ? l->goal : l->task); return strcmp(number, name) == 0;
	}
}

static void lay_over(struct meter_row *r, const struct snapshot *s, int by)
{
	int i;

	r->live_pd = r->live_high_pd = 0;
	r->live_calls = 0;
	for (i = 0; i < s->live_n; i++) {
		const struct live_call *l = &s->live[i];

		if (by >= 0 && !counts_in(l, by, r->name))
			continue;
		r->live_pd = pico_add_capped(r->live_pd, l->cost_low_pd);
		r->live_high_pd = pico_add_capped(r->live_high_pd, l->cost_high_pd);
		r->live_calls++;
	}
}

static void judge_pace(struct snapshot *s)
{
	int64_t live = s->meter_total.live_pd;

	s->per_minute_pd = pace_rate(s->minute_pd, live);
	s->day_projection_pd = pace_day(s->minute_pd, live, s->today_pd, s->now_us, clock_day_end(s->now_us));
	s->month_projection_pd = pace_month(s->month_pd - s->today_pd, s->day_projection_pd, s->month_days, s->month_left);
}

void meter_overlay(struct desk *d, int by, struct snapshot *s)
{
	struct live_call fresh[LENGTH(s->live)];
	int n = 0, i, k;

	(void)board_read(d->board, &d->view);
	memset(fresh, 0, sizeof fresh);
	for (i = 0; s->worker != WORKER_NONE && i < BOARD_SLOTS && n < (int)LENGTH(fresh); i++)
		if (d->view.call[i].call != 0)
			take_call(&d->view.call[i], &fresh[n++]);
	/* another process's board has no way to wake us: look again by the clock */
	if (n > 0 && s->worker == WORKER_OTHER)
		desk_set_timer(d, US_PER_S / 10);
	if (n == s->live_n && memcmp(fresh, s->live, sizeof fresh) == 0)
		return;
	memcpy(s->live, fresh, sizeof fresh);
	s->live_n = s->calls_in_flight = n;
	for (i = 0; i < s->tasks_n; i++)
		for (s->tasks[i].live_pd = 0, k = 0; k < n; k++)
			if (fresh[k].task == s->tasks[i].id) {
				s->tasks[i].live_pd = pico_add_capped(s->tasks[i].live_pd, fresh[k].cost_low_pd);
				snprintf(s->tasks[i].model, sizeof s->tasks[i].model, "%s", fresh[k].model);
			}
	for (i = 0; i < s->meter_n; i++)
		lay_over(&s->meter[i], s, by);
	lay_over(&s->meter_total, s, -1);
	s->today_live_pd = s->meter_total.live_pd;
	judge_pace(s);
	snapshot_changed(s, SNAP_LIVE | SNAP_STATUS | SNAP_TASKS | SNAP_METER);
}
