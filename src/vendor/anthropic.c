/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The vendor's table, its small calls and what its errors mean. */
#include "vendor/anthropic.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "vendor/pace.h"

/* --- errors --------------------------------------------------------------- */

struct meaning {
	int status;		/* 0: known by its type only */
	const char *type;
	enum trouble trouble;
	bool is_retryable;
};

/* By type first, then by status. 429 is retried only with the vendor's own wait:
 * the monthly limit of a usage tier answers 429 without one. */
static const struct meaning meanings[] = {
	{400, "invalid_request_error", TROUBLE_INVALID, false},
	{401, "authentication_error", TROUBLE_BAD_KEY, false},
	{402, "billing_error", TROUBLE_NO_CREDIT, false},
	{403, "permission_error", TROUBLE_NO_PERMISSION, false},
	{404, "not_found_error", TROUBLE_MODEL_GONE, false},
	{408, NULL, TROUBLE_SERVER, true},
	{409, "conflict_error", TROUBLE_SERVER, true},
	{413, "request_too_large", TROUBLE_TOO_LONG, false},
	{429, "rate_limit_error", TROUBLE_SLOW_DOWN, false},
	{500, "api_error", TROUBLE_SERVER, true},
	{504, "timeout_error", TROUBLE_SERVER, true},
	{529, "overloaded_error", TROUBLE_OVERLOADED, true},
};

static const struct meaning *by_type(const char *type)
{
	size_t i;

	for (i = 0; type != NULL && i < LENGTH(meanings); i++)
		if (meanings[i].type != NULL && strcmp(meanings[i].type, type) == 0)
			return &meanings[i];
	return NULL;
}

static struct meaning by_status(int status)
{
	size_t i;

	for (i = 0; i < LENGTH(meanings); i++)
		if (meanings[i].status == status)
			return meanings[i];
	if (status >= 500)
		return (struct meaning){status, NULL, TROUBLE_SERVER, true};
	if (status >= 400)
		return (struct meaning){status, NULL, TROUBLE_INVALID, false};
	return (struct meaning){status, NULL, TROUBLE_BROKEN, false};
}

/* invalid_request_error stands for several things that only its words tell apart. */
static enum trouble invalid_meaning(const char *message)
{
	static const struct {
		const char *words;
		enum trouble trouble;
	} hints[] = {
		{"credit balance", TROUBLE_NO_CREDIT},
		{"spend limit", TROUBLE_OWN_LIMIT},
		{"spending limit", TROUBLE_OWN_LIMIT},
		{"usage limit", TROUBLE_OWN_LIMIT},
		{"prompt is too long", TROUBLE_TOO_LONG},
		{"context limit", TROUBLE_TOO_LONG},
		{"context window", TROUBLE_TOO_LONG},
	};
	size_t i;

	for (i = 0; message != NULL && i < LENGTH(hints); i++)
		if (strcasestr(message, hints[i].words) != NULL)
			return hints[i].trouble;
	return TROUBLE_INVALID;
}

enum trouble anthropic_trouble(const char *type, const char *message)
{
	const struct meaning *m = by_type(type);

	if (m == NULL)
		return TROUBLE_SERVER;
	return m->trouble == TROUBLE_INVALID ? invalid_meaning(message) : m->trouble;
}

static void put_words(struct vendor_error *out, const char *type, const char *message)
{
	if (type != NULL)
		vendor_token(slice_of(type), out->type, sizeof out->type);
	vendor_words(message, out->message, sizeof out->message);
	snprintf(out->sentence, sizeof out->sentence, "%s", trouble_sentence(out->meaning));
	snprintf(out->mend, sizeof out->mend, "%s", trouble_mend(out->meaning));
}

void anthropic_classify(int status, const struct wire_answer_header *headers, size_t header_count, struct slice body,
    int64_t now_us, struct vendor_error *out)
{
	struct wire_retry retry = wire_retry_read(headers, header_count, now_us);
	struct meaning m = by_status(status);
	const struct meaning *named;
	const cJSON *error;
	const char *type, *message;
	struct err e;
	cJSON *t = NULL;

	memset(out, 0, sizeof *out);
	if (json_parse(body, &t, &e) != ERR_OK)
		t = NULL;
	error = json_object(t, "error");
	type = json_text(error, "type");
	message = json_text(error, "message");
	named = by_type(type);
	if (named != NULL)
		m = *named;
	out->meaning = m.trouble == TROUBLE_INVALID ? invalid_meaning(message) : m.trouble;
	out->has_wait = retry.has_wait;
	out->wait_us = retry.wait_us;
	out->is_retryable = m.is_retryable || (out->meaning == TROUBLE_SLOW_DOWN && retry.has_wait);
	if (retry.should >= 0 && out->meaning != TROUBLE_BAD_KEY)
		out->is_retryable = retry.should == 1;
	put_words(out, type, message);
	if (out->meaning == TROUBLE_SLOW_DOWN && !out->is_retryable)
		snprintf(out->sentence, sizeof out->sentence, "a limit of the account at the vendor is reached, and it does not say until when");
	vendor_token(wire_answer_get(headers, header_count, "request-id"), out->request_id, sizeof out->request_id);
	if (out->request_id[0] == '\0' && json_text(t, "request_id") != NULL)
		vendor_token(slice_of(json_text(t, "request_id")), out->request_id, sizeof out->request_id);
	cJSON_Delete(t);
}

void anthropic_classify_event(const struct reply_event *ev, struct vendor_error *out)
{
	char type[64], message[512];

	memset(out, 0, sizeof *out);
	vendor_token(ev->name, type, sizeof type);
	snprintf(message, sizeof message, "%.*s", (int)(ev->text.len < sizeof message ? ev->text.len : sizeof message - 1), ev->text.len > 0 ? ev->text.p : "");
	out->meaning = ev->trouble;
	out->is_retryable = ev->trouble == TROUBLE_SLOW_DOWN || ev->trouble == TROUBLE_OVERLOADED || ev->trouble == TROUBLE_SERVER;
	put_words(out, type, message);
}

/* --- small calls ---------------------------------------------------------- */

static void list_models(const struct vendor_place *at, const char *after, struct wire_request *out)
{
	struct buf path;

	buf_init(&path, 4096);
	buf_adds(&path, "/v1/models?limit=1000");
	if (after != NULL && *after != '\0') {
		buf_adds(&path, "&after_id=");
		wire_percent(&path, slice_of(after));
	}
	wire_request_init(out, "GET", &at->url, buf_text(&path));
	wire_request_header(out, "accept", "application/json");
	wire_request_header(out, "anthropic-version", "2023-06-01");
	buf_release(&path);
}

static enum err_code parse_models(struct slice body, list_emit *emit, void *user, char *next, struct err *e)
{
	const cJSON *m, *data;
	cJSON *t;
	enum err_code code = json_parse(body, &t, e);

	next[0] = '\0';
	if (code != ERR_OK)
		return code;
	data = json_array(t, "data");
	if (data == NULL) {
		cJSON_Delete(t);
		return err_set(e, ERR_PROTO, "the list of models is no list");
	}
	cJSON_ArrayForEach(m, data) {
		struct listed_model one = {.id = ""};
		const char *name = json_text(m, "display_name");

		if (json_text(m, "id") == NULL)
			continue;
		vendor_token(slice_of(json_text(m, "id")), one.id, sizeof one.id);
		snprintf(one.name, sizeof one.name, "%s", name != NULL ? name : one.id);
		if (!json_int(m, "max_input_tokens", &one.context_tokens) || one.context_tokens < 0)
			one.context_tokens = 0;
		if (!json_int(m, "max_tokens", &one.max_output_tokens) || one.max_output_tokens < 0)
			one.max_output_tokens = 0;
		emit(user, &one);
	}
	if (json_bool(t, "has_more", false) && json_text(t, "last_id") != NULL)
		vendor_token(slice_of(json_text(t, "last_id")), next, RULES_MODEL);
	cJSON_Delete(t);
	return ERR_OK;
}

enum err_code anthropic_parse_count(struct slice body, int64_t *tokens, struct err *e)
{
	cJSON *t;
	enum err_code code = json_parse(body, &t, e);

	if (code != ERR_OK)
		return code;
	if (!json_int(t, "input_tokens", tokens) || *tokens < 0)
		code = err_set(e, ERR_PROTO, "the count of tokens is no count");
	cJSON_Delete(t);
	return code;
}

const struct anthropic_dialect anthropic_dialect = {.vendor = "anthropic", .path = "/v1/messages", .count_path = "/v1/messages/count_tokens"};

static enum err_code encode(const struct vendor_place *at, const struct prompt *p, const struct model_rules *rules, bool is_stream,
    struct wire_request *out, struct err *e)
{
	return anthropic_encode_as(&anthropic_dialect, at, p, rules, is_stream, out, e);
}

static enum err_code count_tokens(const struct vendor_place *at, const struct prompt *p, const struct model_rules *rules,
    struct wire_request *out, struct err *e)
{
	return anthropic_count_as(&anthropic_dialect, at, p, rules, out, e);
}

static struct decoder *decoder_new(const struct vendor_asked *asked, reply_emit *emit, void *user)
{
	return anthropic_decoder_as(&anthropic_dialect, asked, emit, user);
}

const struct vendor anthropic_vendor = {
	.name = "anthropic",
	.api = "messages",
	.title = "Anthropic",
	.base_url = "https://api.anthropic.com",
	.region = "",
	.key_header = KEY_X_API_KEY,
	.encode = encode,
	.decoder_new = decoder_new,
	.feed = anthropic_feed,
	.end = anthropic_end,
	.decoder_free = anthropic_decoder_free,
	.classify = anthropic_classify,
	.classify_event = anthropic_classify_event,
	.request_id_header = "request-id",
	.limits = limits_anthropic,
	.list_models = list_models,
	.parse_models = parse_models,
	.count_tokens = count_tokens,
	.parse_count = anthropic_parse_count,
};
