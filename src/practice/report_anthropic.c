/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Anthropic's reports: tokens by bucket of time, costs by day in cents as decimal
 * text. They want an Admin key. */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/json.h"
#include "practice/report.h"
#include "practice/wire_anthropic.h"

#define ADMIN_PREFIX "sk-ant-admin"

static bool admit(struct practice *p, const struct request *q, struct reply *r)
{
	const char *key = headers_get(&q->headers, "x-api-key");
	enum key_state state = keys_judge(p->keys, key, ADMIN_PREFIX);

	headers_add(&r->headers, "request-id", q->id);
	if (state == KEY_GOOD || state == KEY_NO_CREDIT)
		return !anthropic_befall(q, r, faults_pick(p->faults, NULL, q->body, true));
	anthropic_error(q, r, 401, "authentication_error", key == NULL ? "x-api-key header is required" : "invalid x-api-key");
	return false;
}

static bool bad(const struct request *q, struct reply *r, const char *text)
{
	anthropic_error(q, r, 400, "invalid_request_error", text);
	return false;
}

/* --- what is asked ------------------------------------------------------------------ */

static bool read_width(const struct request *q, bool is_cost, int64_t *width_us, size_t *usual, size_t *most)
{
	static const struct {
		const char *name;
		int64_t us;
		size_t usual, most;
	} rows[] = {{"1d", US_PER_DAY, 7, 31}, {"1h", 3600 * US_PER_S, 24, 168}, {"1m", 60 * US_PER_S, 60, 1440}};
	const char *text = headers_get(&q->query, "bucket_width");
	size_t i;

	for (i = 0; i < (is_cost ? 1 : LENGTH(rows)); i++)
		if (strcmp(text != NULL ? text : "1d", rows[i].name) == 0) {
			*width_us = rows[i].us;
			*usual = rows[i].usual;
			*most = rows[i].most;
			return true;
		}
	return false;
}

static bool read_time(const struct request *q, const char *name, int64_t fallback, int64_t *out)
{
	const char *text = headers_get(&q->query, name);

	*out = fallback;
	return text == NULL ? fallback != 0 : date_parse(text, out);
}

/* The periods of the page asked for, and whether more follow. */
static bool read_periods(const struct request *q, struct reply *r, bool is_cost, struct report *rep, size_t *first, size_t *limit)
{
	int64_t width, from, to;
	size_t usual, most;

	if (headers_get(&q->headers, "anthropic-version") == NULL)
		return bad(q, r, "anthropic-version: header is required");
	if (!read_width(q, is_cost, &width, &usual, &most))
		return bad(q, r, "bucket_width: not one of those available");
	if (!read_time(q, "starting_at", 0, &from))
		return bad(q, r, "starting_at: Field required, an RFC 3339 time");
	if (!read_time(q, "ending_at", q->now_us, &to))
		return bad(q, r, "ending_at: Input should be an RFC 3339 time");
	*limit = query_count(q, "limit", usual, most);
	if (*limit == 0)
		return bad(q, r, "limit: out of its range");
	if (!query_page(q, first))
		return bad(q, r, "page: no such page");
	from -= from % width;
	return report_periods(rep, from, to, width) || bad(q, r, "ending_at: must be after starting_at, and not too far");
}

/* --- usage --------------------------------------------------------------------------- */

struct group {
	const char *name;
	const char *(*value)(const struct sale *s, char room[48]);
};

static const char *by_key(const struct sale *s, char room[48])
{
	report_key_id("apikey_01", s, room);
	return room;
}

static const char *by_model(const struct sale *s, char room[48])
{
	(void)room;
	return s->model;
}

static const char *by_geo(const struct sale *s, char room[48])
{
	(void)room;
	return s->terms.is_regional ? "us" : "global";
}

static const char *by_window(const struct sale *s, char room[48])
{
	(void)room;
	return usage_prompt(&s->used) > 200000 ? "200k-1M" : "0-200k";
}

static const char *by_tier(const struct sale *s, char room[48])
{
	(void)s;
	(void)room;
	return "standard";
}

static const char *by_nothing(const struct sale *s, char room[48])
{
	(void)s;
	(void)room;
	return NULL;
}

static const struct group groups[] = {{"account_id", by_nothing}, {"api_key_id", by_key}, {"context_window", by_window}, {"inference_geo", by_geo}, {"model", by_model},
    {"service_account_id", by_nothing}, {"service_tier", by_tier}, {"workspace_id", by_nothing}};

/* Filters are the plurals of the groups. */
static bool usage_key(const void *user, const struct sale *s, char key[REPORT_KEY])
{
	static const char *const filters[][2] = {{"api_key_ids", "api_key_id"}, {"models", "model"}, {"context_window", "context_window"}, {"inference_geos", "inference_geo"},
	    {"service_tiers", "service_tier"}};
	const struct request *q = user;
	size_t n = 0, i, k;
	char room[48];

	key[0] = '\0';
	for (i = 0; i < LENGTH(groups); i++) {
		const char *value = groups[i].value(s, room);

		for (k = 0; k < LENGTH(filters); k++)
			if (strcmp(filters[k][1], groups[i].name) == 0 && !query_lets(q, filters[k][0], value))
				return false;
		if (value != NULL && query_has(q, "group_by", groups[i].name) && n < REPORT_KEY)
			n += (size_t)snprintf(key + n, REPORT_KEY - n, "%s\n", value);
	}
	return true;
}

static void put_usage_row(struct json_out *j, const struct request *q, const struct report_cell *c)
{
	size_t i;
	char room[48];

	json_open(j, NULL, '{');
	json_put_int(j, "uncached_input_tokens", c->tokens[BUCKET_INPUT]);
	json_open(j, "cache_creation", '{');
	json_put_int(j, "ephemeral_1h_input_tokens", c->tokens[BUCKET_WRITE_1H]);
	json_put_int(j, "ephemeral_5m_input_tokens", c->tokens[BUCKET_WRITE_5M]);
	json_close(j, '}');
	json_put_int(j, "cache_read_input_tokens", c->tokens[BUCKET_READ]);
	json_put_int(j, "output_tokens", c->tokens[BUCKET_OUTPUT]);
	json_open(j, "server_tool_use", '{');
	json_put_int(j, "web_search_requests", 0);
	json_close(j, '}');
	for (i = 0; i < LENGTH(groups); i++)
		json_put_text(j, groups[i].name, query_has(q, "group_by", groups[i].name) ? groups[i].value(&c->sample, room) : NULL);
	json_close(j, '}');
}

/* --- cost ------------------------------------------------------------------------------- */

static bool cost_key(const void *user, const struct sale *s, char key[REPORT_KEY])
{
	const struct request *q = user;

	snprintf(key, REPORT_KEY, "%s %s", query_has(q, "group_by", "description") ? s->model : "", query_has(q, "group_by", "description") ? by_window(s, key) : "");
	return true;
}

/* "123.45" is 1.23 USD. */
static void cents_text(int64_t pico, char out[MONEY_TEXT])
{
	size_t n;

	snprintf(out, MONEY_TEXT, "%" PRId64 ".%010" PRId64, pico / INT64_C(10000000000), pico % INT64_C(10000000000));
	for (n = strlen(out); out[n - 1] == '0'; n--)
		out[n - 1] = '\0';
	if (out[n - 1] == '.')
		out[n - 1] = '\0';
}

/* type NULL: the whole bucket. */
static void put_cost_row(struct json_out *j, const struct report_cell *c, const char *type, const char *words, int64_t pico)
{
	static const char *const absent[] = {"description", "model", "cost_type", "token_type", "service_tier", "context_window", "inference_geo"};
	char amount[MONEY_TEXT], description[160];
	size_t i;

	cents_text(pico, amount);
	json_open(j, NULL, '{');
	json_put_text(j, "currency", "USD");
	json_put_text(j, "amount", amount);
	json_put_null(j, "workspace_id");
	if (type == NULL) {
		for (i = 0; i < LENGTH(absent); i++)
			json_put_null(j, absent[i]);
	} else {
		snprintf(description, sizeof description, "%s Usage - %s", c->sample.model, words);
		json_put_text(j, "description", description);
		json_put_text(j, "model", c->sample.model);
		json_put_text(j, "cost_type", "tokens");
		json_put_text(j, "token_type", type);
		json_put_text(j, "service_tier", "standard");
		json_put_text(j, "context_window", by_window(&c->sample, description));
		json_put_text(j, "inference_geo", by_geo(&c->sample, description));
	}
	json_close(j, '}');
}

static void put_cost_rows(struct json_out *j, const struct request *q, const struct report_cell *c)
{
	static const struct {
		enum bucket bucket;
		const char *type, *words;
	} rows[] = {{BUCKET_INPUT, "uncached_input_tokens", "Input Tokens"}, {BUCKET_OUTPUT, "output_tokens", "Output Tokens"},
	    {BUCKET_READ, "cache_read_input_tokens", "Input Tokens, Cache Hit"}, {BUCKET_WRITE_5M, "cache_creation.ephemeral_5m_input_tokens", "Input Tokens, Cache Write (5m)"},
	    {BUCKET_WRITE_1H, "cache_creation.ephemeral_1h_input_tokens", "Input Tokens, Cache Write (1h)"}};
	size_t i;

	if (!query_has(q, "group_by", "description")) {
		put_cost_row(j, c, NULL, NULL, report_sum(c->pico));
		return;
	}
	for (i = 0; i < LENGTH(rows); i++)
		if (c->pico[rows[i].bucket] > 0)
			put_cost_row(j, c, rows[i].type, rows[i].words, c->pico[rows[i].bucket]);
}

/* --- pages --------------------------------------------------------------------------------- */

static void serve(struct practice *p, const struct request *q, struct reply *r, bool is_cost)
{
	struct report rep = {0};
	size_t first = 0, limit = 0, i, c = 0;
	char time[DATE_TEXT], page[32];
	struct json_out j;

	if (!admit(p, q, r) || !read_periods(q, r, is_cost, &rep, &first, &limit)) {
		report_release(&rep);
		return;
	}
	report_gather(&rep, p, "anthropic", is_cost ? cost_key : usage_key, q);
	json_start(&j, &r->body);
	json_open(&j, NULL, '{');
	json_open(&j, "data", '[');
	for (i = first; i < rep.periods && i < first + limit; i++) {
		json_open(&j, NULL, '{');
		date_rfc3339(rep.period[i].from_us, time);
		json_put_text(&j, "starting_at", time);
		date_rfc3339(rep.period[i].to_us, time);
		json_put_text(&j, "ending_at", time);
		json_open(&j, "results", '[');
		for (; c < rep.cells && rep.cell[c].period < i; c++)
			;
		for (; c < rep.cells && rep.cell[c].period == i; c++)
			(is_cost ? put_cost_rows : put_usage_row)(&j, q, &rep.cell[c]);
		json_close(&j, ']');
		json_close(&j, '}');
	}
	json_close(&j, ']');
	snprintf(page, sizeof page, "page_%zu", first + limit);
	json_put_bool(&j, "has_more", first + limit < rep.periods);
	json_put_text(&j, "next_page", first + limit < rep.periods ? page : NULL);
	json_close(&j, '}');
	report_release(&rep);
}

void report_anthropic_usage(struct practice *p, const struct request *q, struct reply *r)
{
	serve(p, q, r, false);
}

void report_anthropic_cost(struct practice *p, const struct request *q, struct reply *r)
{
	serve(p, q, r, true);
}

void report_anthropic_me(struct practice *p, const struct request *q, struct reply *r)
{
	struct json_out j;

	if (!admit(p, q, r))
		return;
	json_start(&j, &r->body);
	json_open(&j, NULL, '{');
	json_put_text(&j, "id", "00000000-0000-4000-8000-000000000000");
	json_put_text(&j, "type", "organization");
	json_put_text(&j, "name", "Practice");
	json_close(&j, '}');
}
