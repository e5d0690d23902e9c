/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The Anthropic wire: /v1/messages, /v1/messages/count_tokens, /v1/models. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/json.h"
#include "base/memory.h"
#include "practice/anthropic.h"
#include "practice/limiter.h"
#include "practice/wire_anthropic.h"

#define KEY_PREFIX "sk-ant-"

struct caller {
	struct hash key;
};

void anthropic_error(const struct request *q, struct reply *r, int status, const char *type, const char *text)
{
	struct json_out j;

	r->status = status;
	buf_clear(&r->body);
	json_start(&j, &r->body);
	json_open(&j, NULL, '{');
	json_put_text(&j, "type", "error");
	json_open(&j, "error", '{');
	json_put_text(&j, "type", type);
	json_put_text(&j, "message", text);
	json_close(&j, '}');
	json_put_text(&j, "request_id", q->id);
	json_close(&j, '}');
}

static void put_limit(struct reply *r, const char *kind, long limit, long remaining, const char *reset)
{
	char name[64], number[24];

	snprintf(name, sizeof name, "anthropic-ratelimit-%s-limit", kind);
	snprintf(number, sizeof number, "%ld", limit);
	headers_add(&r->headers, name, number);
	snprintf(name, sizeof name, "anthropic-ratelimit-%s-remaining", kind);
	snprintf(number, sizeof number, "%ld", remaining > 0 ? remaining : 0);
	headers_add(&r->headers, name, number);
	snprintf(name, sizeof name, "anthropic-ratelimit-%s-reset", kind);
	headers_add(&r->headers, name, reset);
}

/* False: over the limit, and answered. */
static bool within_limit(const struct practice *p, const struct request *q, struct reply *r)
{
	struct limiter_state at;
	char reset[DATE_TEXT], wait[24];
	bool ok;

	if (p->limiter == NULL)
		return true;
	ok = limiter_take(p->limiter, q->now_us, &at);
	date_rfc3339(q->now_us + at.full_us, reset);
	put_limit(r, "requests", (long)at.limit, (long)at.left, reset);
	if (ok)
		return true;
	snprintf(wait, sizeof wait, "%lld", (long long)((at.one_us + US_PER_S - 1) / US_PER_S));
	headers_add(&r->headers, "retry-after", wait);
	anthropic_error(q, r, 429, "rate_limit_error", "This request would exceed your organization's rate limit of requests per minute.");
	return false;
}

static void put_limits(const struct practice *p, const struct request *q, struct reply *r, const struct usage *u)
{
	char reset[DATE_TEXT];

	date_rfc3339(q->now_us - q->now_us % (60 * US_PER_S) + 60 * US_PER_S, reset);
	if (p->limiter == NULL)
		put_limit(r, "requests", 4000, 3999, reset);
	put_limit(r, "tokens", 4800000, 4800000 - (long)(u->input + u->write_5m + u->write_1h + u->output), reset);
	put_limit(r, "input-tokens", 4000000, 4000000 - (long)(u->input + u->write_5m + u->write_1h), reset);
	put_limit(r, "output-tokens", 800000, 800000 - (long)u->output, reset);
}

static const char *key_of(const struct request *q)
{
	const char *key = headers_get(&q->headers, "x-api-key"), *bearer = headers_get(&q->headers, "authorization");

	if (key == NULL && bearer != NULL && strncmp(bearer, "Bearer ", 7) == 0)
		key = bearer + 7;
	return key;
}

/* Who asks; false with the answer made if the key does not serve. */
static bool admit(struct practice *p, const struct request *q, struct reply *r, struct caller *c)
{
	const char *key = key_of(q);
	enum key_state state = keys_judge(p->keys, key, KEY_PREFIX);

	/* An Admin key is for reports. */
	if (key != NULL && strncmp(key, KEY_PREFIX "admin", strlen(KEY_PREFIX "admin")) == 0)
		state = KEY_BAD;
	headers_add(&r->headers, "request-id", q->id);
	headers_add(&r->headers, "anthropic-organization-id", "00000000-0000-4000-8000-000000000000");
	if (key == NULL)
		anthropic_error(q, r, 401, "authentication_error", "x-api-key header is required");
	else if (state == KEY_BAD)
		anthropic_error(q, r, 401, "authentication_error", "invalid x-api-key");
	else if (state == KEY_REVOKED)
		anthropic_error(q, r, 401, "authentication_error", "This API key has been revoked.");
	else if (state == KEY_NO_CREDIT)
		anthropic_error(q, r, 402, "billing_error", "Your credit balance is too low to access the API. Please go to Plans & Billing to purchase credits.");
	else
		c->key = hash_bytes(key, strlen(key));
	return state == KEY_GOOD;
}

bool anthropic_befall(const struct request *q, struct reply *r, enum fault fault)
{
	static const struct {
		enum fault fault;
		int status;
		const char *type, *text;
	} rows[] = {
		{FAULT_400_LIMIT, 400, "invalid_request_error", "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."},
		{FAULT_401, 401, "authentication_error", "invalid x-api-key"},
		{FAULT_402, 402, "billing_error", "Your credit balance is too low to access the API."},
		{FAULT_403, 403, "permission_error", "Your API key does not have permission to use the specified resource."},
		{FAULT_404, 404, "not_found_error", "The requested resource was not found."},
		{FAULT_413, 413, "request_too_large", "Request exceeds the maximum size"},
		{FAULT_429, 429, "rate_limit_error", "This request would exceed your organization's rate limit."},
		{FAULT_429_RETRY, 429, "rate_limit_error", "This request would exceed your organization's rate limit of requests per minute."},
		{FAULT_500, 500, "api_error", "Internal server error"},
		{FAULT_503, 503, "api_error", "Service unavailable"},
		{FAULT_504, 504, "timeout_error", "The request timed out. Consider streaming."},
		{FAULT_529, 529, "overloaded_error", "Overloaded"},
	};
	size_t i;

	if (fault == FAULT_429_RETRY)
		headers_add(&r->headers, "retry-after", "1");
	for (i = 0; i < LENGTH(rows); i++)
		if (rows[i].fault == fault) {
			anthropic_error(q, r, rows[i].status, rows[i].type, rows[i].text);
			return true;
		}
	return reply_befall(r, fault);
}

static void put_no(const struct request *q, struct reply *r, const struct no *n)
{
	anthropic_error(q, r, n->status, n->type, n->text);
}

static void sell(struct practice *p, const struct request *q, struct reply *r, const struct ask *a, const struct hash *account, enum fault fault)
{
	struct scripted s;
	struct usage used = {0};

	prefixes_use(p->prefixes, &a->prompt, a->model->min_prefix, q->now_us, &used);
	script_reply(p->script, &a->talk, &s);
	ask_reply(a, &s, fault, &used, r);
	scripted_release(&s);
	r->is_sale = true;
	r->sale.terms.is_regional = a->us_only;
	r->sale.at_us = q->now_us;
	r->sale.key = *account;
	snprintf(r->sale.request_id, sizeof r->sale.request_id, "%s", q->id);
	snprintf(r->sale.vendor, sizeof r->sale.vendor, "anthropic");
	snprintf(r->sale.model, sizeof r->sale.model, "%s", a->model->id);
	put_limits(p, q, r, &r->sale.used);
}

static void put_count(const struct ask *a, struct reply *r)
{
	struct json_out j;

	json_start(&j, &r->body);
	json_open(&j, NULL, '{');
	json_put_int(&j, "input_tokens", prompt_tokens(&a->prompt));
	json_close(&j, '}');
}

/* An ask that was read: counted, or answered unless a fault befalls it. */
static void serve(struct practice *p, const struct request *q, struct reply *r, struct ask *a, const struct hash *account)
{
	struct no n = {0};
	enum fault fault;

	if (!ask_fill(a, account, &n)) {
		put_no(q, r, &n);
		return;
	}
	fault = faults_pick(p->faults, a->is_count ? NULL : a->talk.user, q->body, a->is_count);
	if (anthropic_befall(q, r, fault))
		return;
	if (a->is_count)
		put_count(a, r);
	else if (within_limit(p, q, r))
		sell(p, q, r, a, account, fault);
}

static void read_and_serve(struct practice *p, const struct request *q, struct reply *r, bool is_count)
{
	struct caller c = {0};
	struct ask a = {0};
	struct no n = {0};

	if (!admit(p, q, r, &c))
		return;
	if (ask_read(&a, q, is_count, &n))
		serve(p, q, r, &a, &c.key);
	else
		put_no(q, r, &n);
	ask_release(&a);
}

void anthropic_messages(struct practice *p, const struct request *q, struct reply *r)
{
	read_and_serve(p, q, r, false);
}

void anthropic_count(struct practice *p, const struct request *q, struct reply *r)
{
	read_and_serve(p, q, r, true);
}

/* On Bedrock the version may stand in the body; the newest is for Claude 4.7 and later. */
static bool check_bedrock_version(const struct request *q, cJSON *body, const struct model *m, struct ask *a, struct no *n)
{
	const char *version = headers_get(&q->headers, "anthropic-version");

	if (version == NULL)
		version = json_text(body, "anthropic_version");
	a->is_new = version != NULL && strcmp(version, "2026-10-21") == 0;
	if (version == NULL)
		return no_bad(n, "anthropic-version: header is required");
	if (a->is_new && (strstr(m->id, "-4-5") != NULL || strstr(m->id, "-4-6") != NULL))
		return no_bad(n, "anthropic-version: \"%.40s\" is not supported for this model", version);
	if (!a->is_new && strcmp(version, "2023-06-01") != 0 && strcmp(version, "bedrock-2023-05-31") != 0)
		return no_bad(n, "anthropic-version: \"%.40s\" is not a valid version", version);
	cJSON_DeleteItemFromObjectCaseSensitive(body, "anthropic_version");
	cJSON_DeleteItemFromObjectCaseSensitive(body, "anthropic_beta");
	return true;
}

void anthropic_serve(struct practice *p, const struct request *q, struct reply *r, cJSON *body, const struct model *m, const struct hash *account, bool is_count)
{
	struct ask a = {0};
	struct no n = {0};

	if (json_member(body, "inference_geo") != NULL) {
		no_bad(&n, "inference_geo: Extra inputs are not permitted");
	} else if (check_bedrock_version(q, body, m, &a, &n)) {
		if (ask_read_body(&a, body, m, is_count, &n))
			serve(p, q, r, &a, account);
		body = NULL;
	}
	if (n.status != 0)
		put_no(q, r, &n);
	cJSON_Delete(body);
	ask_release(&a);
}

/* --- models --------------------------------------------------------------------- */

static void put_able(struct json_out *j, const char *name, bool is_able)
{
	json_open(j, name, '{');
	json_put_bool(j, "supported", is_able);
	json_close(j, '}');
}

static void put_model(struct json_out *j, const struct model *m)
{
	static const char *const efforts[] = {"low", "medium", "high", "xhigh", "max"};
	size_t i;

	json_open(j, NULL, '{');
	json_put_text(j, "type", "model");
	json_put_text(j, "id", m->id);
	json_put_text(j, "display_name", m->name);
	json_put_text(j, "created_at", m->created);
	json_put_int(j, "max_input_tokens", m->max_input);
	json_put_int(j, "max_tokens", m->max_output);
	json_open(j, "capabilities", '{');
	put_able(j, "structured_outputs", true);
	put_able(j, "image_input", true);
	json_open(j, "effort", '{');
	json_put_bool(j, "supported", true);
	for (i = 0; i < LENGTH(efforts); i++)
		put_able(j, efforts[i], true);
	json_close(j, '}');
	json_open(j, "thinking", '{');
	json_put_bool(j, "supported", true);
	json_open(j, "types", '{');
	put_able(j, "adaptive", true);
	put_able(j, "enabled", !(m->rules & (RULE_NO_ENABLED | RULE_NO_BUDGET)));
	json_close(j, '}');
	json_close(j, '}');
	json_close(j, '}');
	json_close(j, '}');
}

static size_t index_of(const char *id)
{
	size_t i;

	for (i = 0; models[i].id != NULL && strcmp(models[i].id, id) != 0; i++)
		;
	return i;
}

/* The page [from, to) that the query asks for; false if it asks for none. */
static bool page_of(const struct request *q, size_t *from, size_t *to)
{
	const char *limit = headers_get(&q->query, "limit"), *after = headers_get(&q->query, "after_id"), *before = headers_get(&q->query, "before_id");
	size_t all = models_count(), n = 20;
	char *end = NULL;

	if (limit != NULL) {
		n = (size_t)strtoul(limit, &end, 10);
		if (*limit < '0' || *limit > '9' || *end != '\0' || n < 1 || n > 1000)
			return false;
	}
	if ((after != NULL && index_of(after) == all) || (before != NULL && index_of(before) == all))
		return false;
	*from = after != NULL ? index_of(after) + 1 : 0;
	*to = before != NULL ? index_of(before) : all;
	if (*to < *from)
		*to = *from;
	if (*to - *from > n && before != NULL && after == NULL)
		*from = *to - n;
	else if (*to - *from > n)
		*to = *from + n;
	return true;
}

void anthropic_models(struct practice *p, const struct request *q, struct reply *r)
{
	struct caller c = {0};
	struct json_out j;
	size_t from = 0, to = 0, i;
	bool has_more;

	if (!admit(p, q, r, &c) || anthropic_befall(q, r, faults_pick(p->faults, NULL, q->body, true)))
		return;
	if (!page_of(q, &from, &to)) {
		anthropic_error(q, r, 400, "invalid_request_error", "limit, after_id or before_id: no such page");
		return;
	}
	has_more = headers_get(&q->query, "before_id") != NULL && headers_get(&q->query, "after_id") == NULL ? from > 0 : to < models_count();
	json_start(&j, &r->body);
	json_open(&j, NULL, '{');
	json_open(&j, "data", '[');
	for (i = from; i < to; i++)
		put_model(&j, &models[i]);
	json_close(&j, ']');
	json_put_bool(&j, "has_more", has_more);
	json_put_text(&j, "first_id", from < to ? models[from].id : NULL);
	json_put_text(&j, "last_id", from < to ? models[to - 1].id : NULL);
	json_close(&j, '}');
}

void anthropic_model(struct practice *p, const struct request *q, struct reply *r)
{
	const struct model *m = model_find(q->path + strlen("/v1/models/"));
	struct caller c = {0};
	struct json_out j;
	char *text;

	if (!admit(p, q, r, &c) || anthropic_befall(q, r, faults_pick(p->faults, NULL, q->body, true)))
		return;
	if (m == NULL) {
		text = xasprintf("model: %.100s", q->path + strlen("/v1/models/"));
		anthropic_error(q, r, 404, "not_found_error", text);
		free(text);
		return;
	}
	json_start(&j, &r->body);
	put_model(&j, m);
}
