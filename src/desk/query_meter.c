/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The meter as a document: the very figures the console's pane shows, with the calls
 * in flight; and one line of them for a status bar. */
#include "desk/query_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/slice.h"
#include "desk/meter.h"
#include "model/move.h"
#include "store/approval.h"
#include "store/key.h"

static const char *const by_names[] = {[METER_BY_VENDOR] = "vendor", [METER_BY_KEY] = "key", [METER_BY_MODEL] = "model", [METER_BY_AGENT] = "agent",
	[METER_BY_GOAL] = "goal", [METER_BY_TASK] = "task"};
static const char *const period_names[] = {[PERIOD_TODAY] = "today", [PERIOD_MONTH] = "month", [PERIOD_ALL] = "all"};

static void put_cap(struct json_out *j, int64_t cap_pd)
{
	if (cap_pd > 0)
		put_money(j, "cap_usd", cap_pd);
	else
		json_put_null(j, "cap_usd");
}

static void put_row(struct json_out *j, const char *name, const char *by, const struct meter_row *r)
{
	json_open(j, name, '{');
	if (by != NULL)
		json_put_text(j, by, r->name);
	if (r->title[0] != '\0')
		json_put_text(j, "title", r->title);
	json_put_int(j, "in_flight", r->live_calls);
	put_money(j, "at_least_usd", r->live_pd);
	put_money(j, "at_most_usd", r->live_high_pd);
	put_money(j, "held_usd", r->held_pd);
	put_money(j, "today_usd", r->today_pd);
	put_money(j, "month_usd", r->month_pd);
	put_money(j, "cost_usd", r->cost_pd);
	put_money(j, "estimated_usd", r->estimated_pd);
	put_cap(j, r->cap_pd);
	json_put_int(j, "calls", r->calls);
	json_put_int(j, "unpriced_calls", r->unpriced);
	if (r->cache_hit_percent >= 0)
		json_put_int(j, "cache_hit_percent", r->cache_hit_percent);
	else
		json_put_null(j, "cache_hit_percent");
	put_money(j, "saved_usd", r->saved_pd);
	json_close(j, '}');
}

static void put_flight(struct json_out *j, const struct live_call *l)
{
	json_open(j, NULL, '{');
	json_put_int(j, "call", l->call);
	json_put_int(j, "task", l->task);
	put_word(j, "agent", l->agent);
	json_put_text(j, "vendor", l->vendor);
	json_put_text(j, "model", l->model);
	json_put_int(j, "output_tokens", l->output_tokens);
	if (l->is_unpriced)
		json_put_null(j, "at_least_usd");
	else
		put_money(j, "at_least_usd", l->cost_low_pd);
	put_money(j, "at_most_usd", l->cost_high_pd);
	put_time(j, "started", l->started_us);
	json_close(j, '}');
}

static void put_minutes(struct json_out *j, const struct snapshot *s)
{
	char text[PICO_TEXT];

	json_open(j, "minutes_usd", '[');
	for (size_t i = 0; i < LENGTH(s->minute_pd); i++) {
		pico_format(s->minute_pd[i], text);
		json_put_text(j, NULL, text);
	}
	json_close(j, ']');
}

static int find(const char *const *names, size_t n, const char *name)
{
	for (size_t i = 0; name != NULL && i < n; i++)
		if (strcmp(names[i], name) == 0)
			return (int)i;
	return 0;
}

enum err_code answer_meter(struct ask *a, struct err *e)
{
	struct wish w = {.meter_sums = true};
	struct snapshot *s = xcalloc(1, sizeof *s);
	int by = find(by_names, LENGTH(by_names), a->q->by), period = find(period_names, LENGTH(period_names), a->q->name);
	enum err_code code;

	w.meter_by = (unsigned)by;
	w.meter_period = (unsigned)period;
	code = meter_read(a->desk, &w, s, e);
	json_open(a->j, NULL, '{');
	json_put_text(a->j, "by", by_names[by]);
	json_put_text(a->j, "period", period_names[period]);
	json_open(a->j, "rows", '[');
	for (int i = 0; i < s->meter_n; i++)
		put_row(a->j, NULL, by_names[by], &s->meter[i]);
	json_close(a->j, ']');
	put_row(a->j, "total", NULL, &s->meter_total);
	json_open(a->j, "in_flight", '[');
	for (int i = 0; i < s->live_n; i++)
		put_flight(a->j, &s->live[i]);
	json_close(a->j, ']');
	put_minutes(a->j, s);
	put_money(a->j, "per_minute_usd", s->per_minute_pd);
	put_money(a->j, "day_projection_usd", s->day_projection_pd);
	put_money(a->j, "month_projection_usd", s->month_projection_pd);
	put_word(a->j, "prices_from", s->price_date);
	json_put_int(a->j, "own_prices", s->price_overlays);
	json_close(a->j, '}');
	snapshot_release(s);
	free(s);
	return code;
}

/* --- watch ------------------------------------------------------------------ */

/* A key that does no work is worth a word in a status bar. */
static void add_refused_key(const struct ask *a, struct buf *text)
{
	struct key rows[64];
	int n = 0, i;

	if (key_list(a->store, rows, LENGTH(rows), &n, NULL) != ERR_OK)
		return;
	for (i = 0; i < n; i++)
		if (rows[i].state == KEY_REVOKED || rows[i].state == KEY_FAILING) {
			buf_addf(text, ", key %.40s %s", rows[i].label, life_name(&key_life, rows[i].state));
			return;
		}
}

/* "acme today $4.82≈ of $10.00, $0.06/min, 2 in flight (at most $0.41), 1 waiting" */
static void say_watch(const struct ask *a, const struct snapshot *s, int pending, struct buf *text)
{
	char spent[PICO_TEXT], more[PICO_TEXT];

	pico_format_short(pico_add_capped(s->today_pd, s->today_live_pd), spent);
	buf_addf(text, "%s today %s%s", desk_workspace(a->desk), spent, s->today_live_pd > 0 ? "\xe2\x89\x88" : "");
	if (s->today_cap_pd > 0) {
		pico_format_short(s->today_cap_pd, more);
		buf_addf(text, " of %s%s", more, pico_add_capped(s->today_pd, s->today_live_pd) >= s->today_cap_pd ? "!" : "");
	}
	if (s->per_minute_pd > 0) {
		pico_format_short(s->per_minute_pd, more);
		buf_addf(text, ", %s/min", more);
	}
	buf_addf(text, ", %d waiting, %d in flight", pending, s->live_n);
	if (s->live_n > 0) {
		pico_format_short(s->meter_total.live_high_pd, more);
		buf_addf(text, " (at most %s)", more);
	}
	if (s->worker == WORKER_NONE)
		buf_adds(text, ", nobody works");
	add_refused_key(a, text);
}

enum err_code answer_watch(struct ask *a, struct err *e)
{
	struct wish w = {.meter_by = METER_BY_VENDOR};
	struct snapshot *s = xcalloc(1, sizeof *s);
	int64_t oldest = 0;
	struct buf text;
	int pending = 0;
	enum err_code code = approval_count_pending(a->store, &pending, &oldest, e);

	buf_init(&text, 0);
	if (code == ERR_OK)
		code = meter_read(a->desk, &w, s, e);
	if (code == ERR_OK) {
		say_watch(a, s, pending, &text);
		json_open(a->j, NULL, '{');
		json_put_text(a->j, "text", buf_text(&text));
		json_put_int(a->j, "pending", pending);
		put_time(a->j, "oldest_pending", oldest);
		put_money(a->j, "today_usd", s->today_pd - s->today_estimated_pd);
		put_money(a->j, "today_estimated_usd", s->today_estimated_pd);
		put_money(a->j, "held_usd", s->today_held_pd);
		put_money(a->j, "at_least_usd", s->meter_total.live_pd);
		put_money(a->j, "at_most_usd", s->meter_total.live_high_pd);
		put_money(a->j, "per_minute_usd", s->per_minute_pd);
		put_cap(a->j, s->today_cap_pd);
		json_put_int(a->j, "in_flight", s->live_n);
		put_word(a->j, "worker", s->worker != WORKER_NONE ? s->worker_holder : NULL);
		json_close(a->j, '}');
	}
	buf_release(&text);
	snapshot_release(s);
	free(s);
	return code;
}
