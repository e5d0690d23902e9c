/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenAI's reports: times in seconds since 1970, costs in dollars as numbers. They
 * want an admin key as bearer. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "practice/report.h"
#include "practice/wire_openai.h"

#define ADMIN_PREFIX "sk-admin-"

static bool admit(struct practice *p, const struct request *q, struct reply *r)
{
	const char *bearer = headers_get(&q->headers, "authorization"), *key = bearer != NULL && strncmp(bearer, "Bearer ", 7) == 0 ? bearer + 7 : NULL;
	enum key_state state = keys_judge(p->keys, key, "sk-");

	headers_add(&r->headers, "x-request-id", q->id);
	if (state != KEY_GOOD && state != KEY_NO_CREDIT)
		openai_error(r, 401, "invalid_request_error", NULL, "invalid_api_key", "Incorrect API key provided.");
	else if (strncmp(key, ADMIN_PREFIX, strlen(ADMIN_PREFIX)) != 0)
		openai_error(r, 403, "invalid_request_error", NULL, NULL, "You have insufficient permissions for this operation. Missing scopes: api.usage.read.");
	else
		return !openai_befall(r, faults_pick(p->faults, NULL, q->body, true));
	return false;
}

static bool bad(struct reply *r, const char *param, const char *text)
{
	openai_error(r, 400, "invalid_request_error", param, NULL, text);
	return false;
}

/* --- what is asked ------------------------------------------------------------------ */

static bool read_time(const struct request *q, const char *name, int64_t fallback, int64_t *out)
{
	const char *text = headers_get(&q->query, name);
	long long n;
	char *end;

	*out = fallback;
	if (text == NULL)
		return fallback != 0;
	n = strtoll(text, &end, 10);
	*out = n * US_PER_S;
	return *text >= '0' && *text <= '9' && *end == '\0' && n < INT64_C(100000000000);
}

static bool read_periods(const struct request *q, struct reply *r, bool is_cost, struct report *rep, size_t *first, size_t *limit)
{
	static const struct {
		const char *name;
		int64_t us;
		size_t usual, most;
	} rows[] = {{"1d", US_PER_DAY, 7, 31}, {"1h", 3600 * US_PER_S, 24, 168}, {"1m", 60 * US_PER_S, 60, 1440}};
	const char *width = headers_get(&q->query, "bucket_width");
	int64_t from, to;
	size_t i, n = is_cost ? 1 : LENGTH(rows);

	for (i = 0; i < n && width != NULL && strcmp(width, rows[i].name) != 0; i++)
		;
	if (i == n)
		return bad(r, "bucket_width", "Invalid value for 'bucket_width'.");
	if (!read_time(q, "start_time", 0, &from))
		return bad(r, "start_time", "Missing or invalid required parameter: 'start_time'.");
	if (!read_time(q, "end_time", q->now_us, &to))
		return bad(r, "end_time", "Invalid value for 'end_time'.");
	*limit = query_count(q, "limit", rows[i].usual, is_cost ? 180 : rows[i].most);
	if (*limit == 0)
		return bad(r, "limit", "Invalid value for 'limit'.");
	if (!query_page(q, first))
		return bad(r, "page", "Invalid value for 'page'.");
	from -= from % rows[i].us;
	return report_periods(rep, from, to, rows[i].us) || bad(r, "end_time", "'end_time' must be after 'start_time', and not too far.");
}

/* --- rows ----------------------------------------------------------------------------- */

static const char *service_text(const struct sale *s)
{
	static const char *const names[] = {[SERVICE_DEFAULT] = "default", [SERVICE_FLEX] = "flex", [SERVICE_PRIORITY] = "priority"};

	return names[s->terms.service];
}

static bool row_key(const void *user, const struct sale *s, char key[REPORT_KEY])
{
	const struct request *q = user;
	char id[48];

	report_key_id("key_", s, id);
	snprintf(key, REPORT_KEY, "%s\n%s\n%s", query_has(q, "group_by", "model") || query_has(q, "group_by", "line_item") ? s->model : "",
	    query_has(q, "group_by", "api_key_id") ? id : "", query_has(q, "group_by", "service_tier") ? service_text(s) : "");
	return query_lets(q, "models", s->model) && query_lets(q, "api_key_ids", id);
}

static void put_common(struct json_out *j, const struct request *q, const struct report_cell *c)
{
	char id[48];

	report_key_id("key_", &c->sample, id);
	json_put_text(j, "project_id", query_has(q, "group_by", "project_id") ? "proj_practice" : NULL);
	json_put_text(j, "api_key_id", query_has(q, "group_by", "api_key_id") ? id : NULL);
}

static void put_usage(struct json_out *j, const struct request *q, const struct report_cell *c)
{
	int64_t written = c->tokens[BUCKET_WRITE_30M] + c->tokens[BUCKET_WRITE_12H], read = c->tokens[BUCKET_READ], fresh = c->tokens[BUCKET_INPUT];

	json_open(j, NULL, '{');
	json_put_text(j, "object", "organization.usage.completions.result");
	json_put_int(j, "input_tokens", fresh + read + written);
	json_put_int(j, "input_cached_tokens", read);
	json_put_int(j, "input_cache_write_tokens", written);
	json_put_int(j, "input_uncached_tokens", fresh);
	json_put_int(j, "output_tokens", c->tokens[BUCKET_OUTPUT]);
	json_put_int(j, "input_text_tokens", fresh + read + written);
	json_put_int(j, "output_text_tokens", c->tokens[BUCKET_OUTPUT]);
	json_put_int(j, "input_audio_tokens", 0);
	json_put_int(j, "output_audio_tokens", 0);
	json_put_int(j, "num_model_requests", c->calls);
	put_common(j, q, c);
	json_put_null(j, "user_id");
	json_put_text(j, "model", query_has(q, "group_by", "model") ? c->sample.model : NULL);
	if (query_has(q, "group_by", "batch"))
		json_put_bool(j, "batch", false);
	else
		json_put_null(j, "batch");
	json_put_text(j, "service_tier", query_has(q, "group_by", "service_tier") ? service_text(&c->sample) : NULL);
	json_close(j, '}');
}

/* words NULL: everything in one row. */
static void put_cost(struct json_out *j, const struct request *q, const struct report_cell *c, const char *words, int64_t tokens, int64_t pico)
{
	char amount[MONEY_TEXT], line[128];

	money_text(pico, amount);
	json_open(j, NULL, '{');
	json_put_text(j, "object", "organization.costs.result");
	json_open(j, "amount", '{');
	json_put_raw(j, "value", slice_of(amount));
	json_put_text(j, "currency", "usd");
	json_close(j, '}');
	snprintf(line, sizeof line, "%s, %s", c->sample.model, words != NULL ? words : "");
	json_put_text(j, "line_item", words != NULL ? line : NULL);
	if (words != NULL)
		json_put_int(j, "quantity", tokens);
	else
		json_put_null(j, "quantity");
	put_common(j, q, c);
	json_close(j, '}');
}

static void put_costs(struct json_out *j, const struct request *q, const struct report_cell *c)
{
	static const char *const words[BUCKETS] = {[BUCKET_INPUT] = "input", [BUCKET_READ] = "cached input", [BUCKET_WRITE_5M] = "cache write",
	    [BUCKET_WRITE_1H] = "cache write", [BUCKET_WRITE_30M] = "cache write", [BUCKET_WRITE_12H] = "cache write (12h)", [BUCKET_OUTPUT] = "output"};

	if (!query_has(q, "group_by", "line_item")) {
		put_cost(j, q, c, NULL, 0, report_sum(c->pico));
		return;
	}
	for (enum bucket b = 0; b < BUCKETS; b++)
		if (c->tokens[b] > 0)
			put_cost(j, q, c, words[b], c->tokens[b], c->pico[b]);
}

static void serve(struct practice *p, const struct request *q, struct reply *r, bool is_cost)
{
	struct report rep = {0};
	size_t first = 0, limit = 0, i, c = 0;
	struct json_out j;
	char page[32];

	if (!admit(p, q, r) || !read_periods(q, r, is_cost, &rep, &first, &limit)) {
		report_release(&rep);
		return;
	}
	report_gather(&rep, p, "openai", row_key, q);
	json_start(&j, &r->body);
	json_open(&j, NULL, '{');
	json_put_text(&j, "object", "page");
	json_open(&j, "data", '[');
	for (i = first; i < rep.periods && i < first + limit; i++) {
		json_open(&j, NULL, '{');
		json_put_text(&j, "object", "bucket");
		json_put_int(&j, "start_time", rep.period[i].from_us / US_PER_S);
		json_put_int(&j, "end_time", rep.period[i].to_us / US_PER_S);
		json_open(&j, "results", '[');
		for (; c < rep.cells && rep.cell[c].period < i; c++)
			;
		for (; c < rep.cells && rep.cell[c].period == i; c++)
			(is_cost ? put_costs : put_usage)(&j, q, &rep.cell[c]);
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

void report_openai_usage(struct practice *p, const struct request *q, struct reply *r)
{
	serve(p, q, r, false);
}

void report_openai_costs(struct practice *p, const struct request *q, struct reply *r)
{
	serve(p, q, r, true);
}
