/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Spending, the ledger, caps and prices. */
#include "desk/query_private.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "desk/exposure.h"
#include "model/call.h"
#include "model/cap.h"
#include "model/move.h"
#include "money/cap.h"
#include "store/call.h"
#include "store/cap.h"
#include "store/key.h"
#include "store/spend.h"

#define SPEND_ROWS 2000
#define CALLS_MAX 20000

/* --- spend ------------------------------------------------------------------------ */

/* How much of what was sent came out of a cache. */
static void put_hit(struct json_out *j, const struct call_tokens *t)
{
	int64_t all = t->input + t->cache_read + t->write_5m + t->write_30m + t->write_1h + t->write_12h;

	if (all > 0)
		json_put_int(j, "cache_hit_percent", (int64_t)((__int128)t->cache_read * 100 / all));
	else
		json_put_null(j, "cache_hit_percent");
}

static void put_spend(struct json_out *j, const char *by, const struct spend_row *r)
{
	const struct call_tokens *t = &r->tokens;

	json_open(j, by == NULL ? "total" : NULL, '{');
	if (by != NULL)
		json_put_text(j, by, r->name);
	json_put_int(j, "calls", r->calls);
	json_put_int(j, "input_tokens", t->input);
	json_put_int(j, "cache_read_tokens", t->cache_read);
	json_put_int(j, "cache_write_tokens", t->write_5m + t->write_30m + t->write_1h + t->write_12h);
	put_hit(j, t);
	json_put_int(j, "output_tokens", t->output);
	put_money(j, "cost_usd", r->cost_pd);
	put_money(j, "estimated_usd", r->estimated_pd);
	put_money(j, "held_usd", r->held_pd);
	json_put_int(j, "unpriced_calls", r->unpriced_calls);
	put_money(j, "saved_usd", r->saved_pd);
	json_close(j, '}');
}

enum err_code answer_spend(struct ask *a, struct err *e)
{
	int64_t now = clock_now_us(), since = a->q->since_us > 0 ? clock_day_number(a->q->since_us) : SPEND_ALL_TIME;
	int64_t until = clock_day_number(a->q->until_us > 0 ? a->q->until_us : now);
	struct spend_row *rows = xcalloc(SPEND_ROWS, sizeof *rows), total = {.calls = 0};
	enum spend_by by = SPEND_VENDOR;
	int n = 0;
	enum err_code code;

	for (int i = SPEND_VENDOR; i < SPEND_DIMENSIONS; i++)
		if (a->q->by != NULL && strcmp(spend_by_names[i], a->q->by) == 0)
			by = (enum spend_by)i;
	code = store_view_begin(a->store, e);
	if (code == ERR_OK) {
		code = spend_by(a->store, by, since, until, rows, a->q->limit > 0 && a->q->limit < SPEND_ROWS ? a->q->limit : SPEND_ROWS, &n, e);
		if (code == ERR_OK)
			code = spend_of(a->store, SPEND_WORKSPACE, "", since, until, &total, e);
		store_view_end(a->store);
	}
	json_open(a->j, NULL, '{');
	json_put_text(a->j, "by", spend_by_names[by]);
	/* sums are kept by the day: what was asked for, widened to whole days */
	put_time(a->j, "since", since != SPEND_ALL_TIME ? query_day_start(since) : 0);
	put_time(a->j, "until", a->q->until_us > 0 ? query_day_start(until + 1) - 1 : now);
	json_open(a->j, "rows", '[');
	for (int i = 0; i < n; i++)
		put_spend(a->j, spend_by_names[by], &rows[i]);
	json_close(a->j, ']');
	put_spend(a->j, NULL, &total);
	json_close(a->j, '}');
	free(rows);
	return code;
}

/* --- the ledger ---------------------------------------------------------------------- */

static void put_ms(struct json_out *j, const char *name, int64_t from_us, int64_t to_us)
{
	if (from_us > 0 && to_us >= from_us)
		json_put_int(j, name, (to_us - from_us) / US_PER_MS);
	else
		json_put_null(j, name);
}

static void put_call_money(struct json_out *j, const struct call *c)
{
	bool is_open = c->state == CALL_HELD || c->state == CALL_SENT;

	if (c->unpriced || is_open)
		json_put_null(j, "cost_usd");
	else
		put_money(j, "cost_usd", c->cost_pd);
	if (c->state == CALL_CUT || c->estimated)
		put_money(j, "estimated_usd", c->state == CALL_CUT ? c->estimate_pd : c->cost_pd);
	else
		json_put_null(j, "estimated_usd");
	put_money(j, "held_usd", is_open ? c->hold_pd : 0);
	put_money(j, "saved_usd", c->saved_pd);
	put_word(j, "price_from", c->price_from);
}

static void put_call(struct json_out *j, const struct call *c)
{
	json_open(j, NULL, '{');
	json_put_int(j, "id", c->id);
	json_put_text(j, "cause", call_cause_names[c->cause]);
	put_word(j, "agent", c->agent);
	if (c->goal > 0)
		json_put_int(j, "goal", c->goal);
	else
		json_put_null(j, "goal");
	if (c->task > 0)
		json_put_int(j, "task", c->task);
	else
		json_put_null(j, "task");
	json_put_text(j, "vendor", c->vendor);
	json_put_text(j, "key", c->key_label);
	json_put_text(j, "model", c->model);
	json_put_text(j, "tier", tier_names[c->tier]);
	put_word(j, "service_tier", c->service_tier);
	put_word(j, "region_class", c->region_class);
	put_word(j, "request_id", c->request_id);
	json_put_text(j, "state", life_name(&call_life, (int)c->state));
	json_put_int(j, "input_tokens", c->tokens.input);
	json_put_int(j, "cache_read_tokens", c->tokens.cache_read);
	json_open(j, "cache_write", '{');
	json_put_int(j, "5m", c->tokens.write_5m);
	json_put_int(j, "30m", c->tokens.write_30m);
	json_put_int(j, "1h", c->tokens.write_1h);
	json_put_int(j, "12h", c->tokens.write_12h);
	json_close(j, '}');
	json_put_int(j, "output_tokens", c->tokens.output);
	put_call_money(j, c);
	put_time(j, "started", c->sent_us > 0 ? c->sent_us : c->held_us);
	put_ms(j, "first_byte_ms", c->sent_us, c->first_byte_us);
	put_ms(j, "total_ms", c->sent_us, c->ended_us);
	put_word(j, "stop_reason", c->stop_reason);
	if (c->http_status > 0)
		json_put_int(j, "http_status", c->http_status);
	else
		json_put_null(j, "http_status");
	put_word(j, "error", c->error);
	json_close(j, '}');
}

static enum err_code page_calls(const struct ask *a, int64_t before, void *rows, int room, int *n, struct err *e)
{
	struct call_filter f = {.task = a->q->id, .since_us = a->q->since_us, .before_id = before};

	return call_list(a->store, &f, rows, room, n, e);
}

enum err_code answer_calls(struct ask *a, struct err *e)
{
	static const struct pages pages = {page_calls, sizeof(struct call), offsetof(struct call, id)};
	struct call *rows;
	void *read = NULL;
	int n = 0;
	enum err_code code = read_pages(a, &pages, a->q->limit > 0 ? a->q->limit : CALLS_MAX, &read, &n, e);

	rows = read;
	json_open(a->j, NULL, '[');
	for (int i = 0; i < n; i++)
		if (a->q->until_us == 0 || rows[i].held_us <= a->q->until_us)
			put_call(a->j, &rows[i]);
	json_close(a->j, ']');
	free(rows);
	return code;
}

/* --- caps ------------------------------------------------------------------------------- */

#define KEYS_MAX 64

static const char *vendor_of(const struct key *keys, int n, const struct cap *c)
{
	int i;

	for (i = 0; c->scope == SCOPE_KEY && i < n; i++)
		if (strcmp(keys[i].label, c->ref) == 0)
			return keys[i].vendor;
	return "";
}

enum err_code answer_caps(struct ask *a, struct err *e)
{
	struct cap *rows = xcalloc(CAPS_MAX, sizeof *rows);
	struct key *keys = xcalloc(KEYS_MAX, sizeof *keys);
	int n = 0, keys_n = 0;
	enum err_code code = cap_list(a->store, clock_now_us(), rows, CAPS_MAX, &n, e);

	if (code == ERR_OK)
		code = key_list(a->store, keys, KEYS_MAX, &keys_n, e);

	json_open(a->j, NULL, '[');
	for (int i = 0; i < n; i++) {
		const struct cap *c = &rows[i];
		char scope[NAME_MAX_BYTES + 16];

		snprintf(scope, sizeof scope, "%s%s%s", cap_scope_names[c->scope], c->ref[0] != '\0' ? ":" : "", c->ref);
		json_open(a->j, NULL, '{');
		json_put_int(a->j, "id", c->id);
		json_put_text(a->j, "scope", scope);
		json_put_text(a->j, "window", cap_window_names[c->window]);
		put_money(a->j, "limit_usd", c->limit_pd);
		put_money(a->j, "spent_usd", c->spent_pd);
		put_money(a->j, "held_usd", c->held_pd);
		put_money(a->j, "left_usd", cap_left(c->limit_pd, c->spent_pd, c->held_pd));
		put_money(a->j, "exposure_usd", exposure_under(rows, n, c, vendor_of(keys, keys_n, c)));
		json_put_int(a->j, "warn_percent", c->warn_percent);
		put_time(a->j, "created", c->created_us);
		json_close(a->j, '}');
	}
	json_close(a->j, ']');
	free(rows);
	free(keys);
	return code;
}
