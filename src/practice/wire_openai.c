/* SPDX-License-Identifier: GPL-3.0-or-later */
/* OpenAI's wires: /v1/responses, /v1/chat/completions, /v1/models. */
#include "practice/wire_openai.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "practice/limiter.h"
#include "practice/openai.h"

#define KEY_PREFIX "sk-"
#define REQUESTS_A_MINUTE 10000
#define TOKENS_A_MINUTE 30000000

void openai_error(struct reply *r, int status, const char *type, const char *param, const char *code, const char *text)
{
	struct json_out j;

	r->status = status;
	buf_clear(&r->body);
	json_start(&j, &r->body);
	json_open(&j, NULL, '{');
	json_open(&j, "error", '{');
	json_put_text(&j, "message", text);
	json_put_text(&j, "type", type);
	json_put_text(&j, "param", param);
	json_put_text(&j, "code", code);
	json_close(&j, '}');
	json_close(&j, '}');
}

/* 1h2m3s, 6m0s, 12.5s, 20ms. */
static void duration(int64_t ms, char *out, size_t size)
{
	long long s = (long long)(ms / 1000), left = (long long)(ms % 1000);

	if (s >= 3600)
		snprintf(out, size, "%lldh%lldm%llds", s / 3600, s / 60 % 60, s % 60);
	else if (s >= 60)
		snprintf(out, size, "%lldm%llds", s / 60, s % 60);
	else if (s > 0)
		snprintf(out, size, "%lld.%03llds", s, left);
	else
		snprintf(out, size, "%lldms", left);
}

static void put_limit_in(struct reply *r, const char *kind, int64_t limit, int64_t used, int64_t reset_ms)
{
	static const char *const parts[] = {"limit", "remaining", "reset"};
	char name[64], value[32];
	int64_t left = used < limit ? limit - used : 0;
	size_t i;

	for (i = 0; i < LENGTH(parts); i++) {
		snprintf(name, sizeof name, "x-ratelimit-%s-%s", parts[i], kind);
		if (i < 2)
			snprintf(value, sizeof value, "%lld", (long long)(i == 0 ? limit : left));
		else
			duration(reset_ms, value, sizeof value);
		headers_add(&r->headers, name, value);
	}
}

static void put_limit(struct reply *r, const char *kind, int64_t limit, int64_t used)
{
	put_limit_in(r, kind, limit, used, (used < limit ? used : limit) * 60000 / limit);
}

/* False: over the limit, and answered. */
static bool within_limit(const struct practice *p, const struct request *q, struct reply *r)
{
	struct limiter_state at;
	char wait[24];
	bool ok;

	if (p->limiter == NULL)
		return true;
	ok = limiter_take(p->limiter, q->now_us, &at);
	put_limit_in(r, "requests", at.limit, at.limit - at.left, at.full_us / US_PER_MS);
	if (ok)
		return true;
	snprintf(wait, sizeof wait, "%lld", (long long)(at.one_us / US_PER_MS + 1));
	headers_add(&r->headers, "retry-after-ms", wait);
	openai_error(r, 429, "requests", NULL, "rate_limit_exceeded", "Rate limit reached for requests per min (RPM).");
	return false;
}

void openai_limits(struct reply *r, int64_t tokens, bool is_over)
{
	put_limit(r, "requests", REQUESTS_A_MINUTE, is_over ? REQUESTS_A_MINUTE : 1);
	put_limit(r, "tokens", TOKENS_A_MINUTE, tokens);
}

static const char *key_of(const struct request *q)
{
	const char *bearer = headers_get(&q->headers, "authorization");

	return bearer != NULL && strncmp(bearer, "Bearer ", 7) == 0 ? bearer + 7 : headers_get(&q->headers, "api-key");
}

bool openai_is_asked(const struct request *q)
{
	const char *key = key_of(q);

	return headers_get(&q->headers, "x-api-key") == NULL && headers_get(&q->headers, "anthropic-version") == NULL &&
	    (key == NULL || strncmp(key, "sk-ant-", 7) != 0);
}

/* Who asks; false with the answer made if the key does not serve. A key without
 * credit may still ask what costs nothing. */
static bool admit(struct practice *p, const struct request *q, struct reply *r, bool is_free, struct hash *account)
{
	const char *key = key_of(q);
	enum key_state state = keys_judge(p->keys, key, KEY_PREFIX);

	if (key != NULL && strncmp(key, "sk-ant-", 7) == 0)
		state = KEY_BAD;
	headers_add(&r->headers, "x-request-id", q->id);
	headers_add(&r->headers, "openai-organization", "practice");
	headers_add(&r->headers, "openai-version", "2020-10-01");
	headers_add(&r->headers, "openai-processing-ms", "7");
	if (key == NULL) {
		openai_error(r, 401, "invalid_request_error", NULL, NULL, "You didn't provide an API key. You need to provide your API key in an Authorization header.");
	} else if (state == KEY_BAD || state == KEY_REVOKED) {
		openai_error(r, 401, "invalid_request_error", NULL, "invalid_api_key", "Incorrect API key provided.");
	} else if (strncmp(key, "sk-admin-", 9) == 0) {
		openai_error(r, 403, "invalid_request_error", NULL, NULL, "You have insufficient permissions for this operation. An admin key is for /v1/organization.");
	} else if (state == KEY_NO_CREDIT && !is_free) {
		openai_error(r, 429, "insufficient_quota", NULL, "insufficient_quota", "You exceeded your current quota, please check your plan and billing details.");
	} else {
		*account = hash_bytes(key, strlen(key));
		return true;
	}
	return false;
}

bool openai_befall(struct reply *r, enum fault fault)
{
	static const struct {
		enum fault fault;
		int status;
		const char *type, *code, *text;
	} rows[] = {
		{FAULT_400_LIMIT, 400, "invalid_request_error", "billing_hard_limit_reached", "Billing hard limit has been reached."},
		{FAULT_401, 401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided."},
		{FAULT_402, 429, "insufficient_quota", "insufficient_quota", "You exceeded your current quota, please check your plan and billing details."},
		{FAULT_403, 403, "invalid_request_error", "unsupported_country_region_territory", "Country, region, or territory not supported."},
		{FAULT_404, 404, "invalid_request_error", "model_not_found", "The model does not exist or you do not have access to it."},
		{FAULT_413, 413, "invalid_request_error", NULL, "Request body too large."},
		{FAULT_429, 429, "requests", "rate_limit_exceeded", "Rate limit reached for requests per min (RPM)."},
		{FAULT_429_RETRY, 429, "requests", "rate_limit_exceeded", "Rate limit reached for requests per min (RPM). Please try again in 1s."},
		{FAULT_500, 500, "server_error", NULL, "The server had an error while processing your request."},
		{FAULT_503, 503, "service_unavailable_error", NULL, "The engine is currently overloaded, please try again later."},
		{FAULT_504, 504, "timeout", NULL, "Request timed out."},
		{FAULT_529, 503, "service_unavailable_error", NULL, "The engine is currently overloaded, please try again later."},
	};
	size_t i;

	if (fault == FAULT_429_RETRY) {
		headers_add(&r->headers, "retry-after", "1");
		headers_add(&r->headers, "retry-after-ms", "1000");
	}
	if (fault == FAULT_429 || fault == FAULT_429_RETRY)
		openai_limits(r, 0, true);
	for (i = 0; i < LENGTH(rows); i++)
		if (rows[i].fault == fault) {
			openai_error(r, rows[i].status, rows[i].type, NULL, rows[i].code, rows[i].text);
			return true;
		}
	return reply_befall(r, fault);
}

/* A refusal is said in words, which cost something. */
static void say_refusal(struct draft *d)
{
	if (strcmp(d->stop, "refusal") != 0 || d->n > 0)
		return;
	d->block[d->n++] = (struct draft_block){.kind = DRAFT_TEXT, .body = slice_of(GPT_REFUSAL)};
	d->used.output = tokens_of((int64_t)strlen(GPT_REFUSAL));
}

static void sell(struct practice *p, const struct request *q, struct reply *r, const struct gpt_ask *a, const struct hash *account, enum fault fault)
{
	const struct draft_ask wanted = {
		.max_tokens = a->max_tokens,
		.thinks = a->reasons,
		.is_alone = a->is_alone,
		.stops = a->stops,
		.forced = a->forced,
		.forced_schema = a->forced_schema,
		.format = a->format,
		.call_id = "call_",
		.fault = fault,
	};
	struct usage used = {0};
	struct scripted s;
	struct draft d;

	prefixes_use(p->prefixes, &a->prompt, 1024, q->now_us, &used);
	script_reply(p->script, &a->talk, &s);
	draft_make(&d, &wanted, &s, &used);
	say_refusal(&d);
	(a->is_chat ? chat_write : responses_write)(a, &d, q, r);
	r->is_sale = true;
	r->sale.used = d.used;
	r->sale.terms = (struct terms){.service = a->service, .is_regional = p->is_regional};
	r->sale.at_us = q->now_us;
	r->sale.key = *account;
	snprintf(r->sale.request_id, sizeof r->sale.request_id, "%s", q->id);
	snprintf(r->sale.vendor, sizeof r->sale.vendor, "openai");
	snprintf(r->sale.model, sizeof r->sale.model, "%s", a->model->id);
	if (p->limiter == NULL)
		openai_limits(r, usage_prompt(&d.used) + d.used.output, false);
	draft_release(&d);
	scripted_release(&s);
}

static void serve(struct practice *p, const struct request *q, struct reply *r, bool is_chat)
{
	struct hash account = {0};
	struct refusal n = {0};
	struct gpt_ask a = {0};
	enum fault fault;

	if (!admit(p, q, r, false, &account))
		return;
	if (gpt_ask_read(&a, q, is_chat, &n) && gpt_ask_fill(&a, &account, &n)) {
		fault = faults_pick(p->faults, a.talk.user, q->body, false);
		if (!openai_befall(r, fault) && within_limit(p, q, r))
			sell(p, q, r, &a, &account, fault);
	} else {
		openai_error(r, n.status, n.type, n.param, n.code, n.text);
	}
	gpt_ask_release(&a);
}

void openai_responses(struct practice *p, const struct request *q, struct reply *r)
{
	serve(p, q, r, false);
}

void openai_chat(struct practice *p, const struct request *q, struct reply *r)
{
	serve(p, q, r, true);
}

/* --- models --------------------------------------------------------------------------- */

static void put_model(struct json_out *j, const struct gpt *m)
{
	json_open(j, NULL, '{');
	json_put_text(j, "id", m->id);
	json_put_text(j, "object", "model");
	json_put_int(j, "created", m->created);
	json_put_text(j, "owned_by", "system");
	json_put_text(j, "shutdown_date", m->shutdown);
	json_close(j, '}');
}

void openai_models(struct practice *p, const struct request *q, struct reply *r)
{
	struct hash account;
	struct json_out j;
	size_t i;

	if (!admit(p, q, r, true, &account) || openai_befall(r, faults_pick(p->faults, NULL, q->body, true)))
		return;
	json_start(&j, &r->body);
	json_open(&j, NULL, '{');
	json_put_text(&j, "object", "list");
	json_open(&j, "data", '[');
	for (i = 0; gpts[i].id != NULL; i++)
		put_model(&j, &gpts[i]);
	json_close(&j, ']');
	json_close(&j, '}');
}

void openai_model(struct practice *p, const struct request *q, struct reply *r)
{
	const char *id = q->path + strlen("/v1/models/");
	const struct gpt *m = gpt_find(id);
	struct hash account;
	struct json_out j;
	char *text;

	if (!admit(p, q, r, true, &account) || openai_befall(r, faults_pick(p->faults, NULL, q->body, true)))
		return;
	if (m == NULL) {
		text = xasprintf("The model '%.100s' does not exist", id);
		openai_error(r, 404, "invalid_request_error", "model", "model_not_found", text);
		free(text);
		return;
	}
	json_start(&j, &r->body);
	put_model(&j, m);
}
