/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SSE events whose data names their own type. Deltas are for show; what counts is
 * the whole item in response.output_item.done: a call's arguments, a reasoning
 * item with its encrypted content. Usage comes only with the last event. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "vendor/openai.h"
#include "wire/sse.h"

struct decoder {
	struct voice v;
	struct sse *sse;	/* NULL: the body comes whole */
	struct buf body;
	int64_t text_item;	/* output_index whose text has come in pieces; -1: none */
	bool was_refused;
};

static enum err_code on_event(void *user, const struct sse_event *ev);

struct decoder *openai_responses_decoder_new(const struct vendor_asked *asked, reply_emit *emit, void *user)
{
	struct decoder *d = xcalloc(1, sizeof *d);

	voice_init(&d->v, asked, emit, user);
	d->text_item = -1;
	buf_init(&d->body, VOICE_BODY_MAX);
	if (asked->is_stream)
		d->sse = sse_new(VOICE_EVENT_MAX, on_event, d);
	return d;
}

void openai_responses_decoder_free(struct decoder *d)
{
	if (d == NULL)
		return;
	sse_free(d->sse);
	buf_release(&d->body);
	voice_release(&d->v);
	free(d);
}

/* --- items ---------------------------------------------------------------- */

/* A message that came without pieces is said whole. */
static enum err_code take_message(struct decoder *d, const cJSON *item, bool has_come)
{
	const cJSON *part;
	enum err_code code = ERR_OK;

	cJSON_ArrayForEach(part, json_array(item, "content")) {
		const char *text = json_text(part, "text"), *refusal = json_text(part, "refusal");

		d->was_refused = d->was_refused || refusal != NULL;
		if (!has_come && code == ERR_OK)
			code = voice_text(&d->v, REPLY_TEXT, text != NULL ? text : refusal);
	}
	return code == ERR_OK ? voice_part_end(&d->v) : code;
}

static enum err_code take_call(struct decoder *d, int64_t index, const cJSON *item)
{
	const char *id = json_text(item, "call_id"), *name = json_text(item, "name"), *arguments = json_text(item, "arguments");
	struct voice_call *c = voice_call_at(&d->v, index);

	if (c == NULL)
		return d->v.why.code;
	if (id == NULL || name == NULL)
		return voice_broken(&d->v, "a call of a tool without id or name");
	vendor_token(slice_of(id), c->id, sizeof c->id);
	vendor_token(slice_of(name), c->name, sizeof c->name);
	if (arguments != NULL) {	/* the whole replaces the pieces */
		buf_clear(&c->input);
		buf_adds(&c->input, arguments);
	}
	return voice_call_done(&d->v, c);
}

static enum err_code take_item(struct decoder *d, int64_t index, const cJSON *item, struct slice raw)
{
	const char *type = json_text(item, "type");

	if (type == NULL)
		return voice_broken(&d->v, "an item without type");
	if (strcmp(type, "message") == 0)
		return take_message(d, item, d->text_item == index);
	if (strcmp(type, "function_call") == 0)
		return take_call(d, index, item);
	if (strcmp(type, "reasoning") == 0)
		return voice_opaque(&d->v, "openai", raw);
	return ERR_OK;		/* of hosted tools, which are never asked for */
}

static enum err_code start_item(struct decoder *d, int64_t index, const cJSON *item)
{
	const char *type = json_text(item, "type"), *id = json_text(item, "call_id"), *name = json_text(item, "name");
	struct voice_call *c;

	if (type == NULL || strcmp(type, "function_call") != 0 || id == NULL || name == NULL)
		return ERR_OK;
	c = voice_call_at(&d->v, index);
	if (c == NULL)
		return d->v.why.code;
	vendor_token(slice_of(id), c->id, sizeof c->id);
	vendor_token(slice_of(name), c->name, sizeof c->name);
	return voice_call_told(&d->v, c);
}

/* --- the end -------------------------------------------------------------- */

static enum err_code take_usage(struct decoder *d, const cJSON *response)
{
	static const struct openai_usage_names names = {"input_tokens", "input_tokens_details", "output_tokens"};
	struct usage_line line;

	if (!openai_usage(json_object(response, "usage"), &names, d->v.model, json_text(response, "service_tier"), &line))
		return ERR_OK;
	return voice_usage(&d->v, &line);
}

static enum err_code say_stop(struct decoder *d, const cJSON *response)
{
	const char *status = json_text(response, "status"), *reason = json_text(json_object(response, "incomplete_details"), "reason");

	if (status != NULL && strcmp(status, "incomplete") == 0) {
		if (reason != NULL && strcmp(reason, "max_output_tokens") == 0)
			return voice_stop(&d->v, STOP_MAX_TOKENS, reason);
		if (reason != NULL && strcmp(reason, "content_filter") == 0)
			return voice_stop(&d->v, STOP_REFUSAL, reason);
		return voice_stop(&d->v, STOP_OTHER, reason != NULL ? reason : status);
	}
	if (d->v.has_calls)
		return voice_stop(&d->v, STOP_TOOL_USE, status);
	return voice_stop(&d->v, d->was_refused ? STOP_REFUSAL : STOP_END, status);
}

static enum err_code end_response(struct decoder *d, const cJSON *response)
{
	const char *status = json_text(response, "status");
	const cJSON *error = json_member(response, "error");
	enum err_code code = voice_started(&d->v, json_text(response, "id"), json_text(response, "model"));

	if (code == ERR_OK)
		code = take_usage(d, response);
	if (code != ERR_OK)
		return code;
	if ((status != NULL && (strcmp(status, "failed") == 0 || strcmp(status, "cancelled") == 0)) || cJSON_IsObject(error))
		return openai_say_error(&d->v, error);
	return say_stop(d, response);
}

/* --- events --------------------------------------------------------------- */

static enum err_code take_delta(struct decoder *d, const char *type, int64_t index, const char *delta)
{
	if (strcmp(type, "response.output_text.delta") == 0 || strcmp(type, "response.refusal.delta") == 0) {
		d->text_item = index;
		d->was_refused = d->was_refused || strcmp(type, "response.refusal.delta") == 0;
		return voice_text(&d->v, REPLY_TEXT, delta);
	}
	if (strcmp(type, "response.reasoning_summary_text.delta") == 0 || strcmp(type, "response.reasoning_text.delta") == 0)
		return voice_text(&d->v, REPLY_THINKING, delta);
	if (strcmp(type, "response.function_call_arguments.delta") == 0) {
		struct voice_call *c = voice_call_at(&d->v, index);

		return c == NULL ? d->v.why.code : voice_call_input(&d->v, c, delta);
	}
	return ERR_OK;
}

static enum err_code take_event(struct decoder *d, const char *type, struct slice data, const cJSON *t)
{
	static const char *const path[] = {"item", NULL};
	const cJSON *response = json_object(t, "response");
	struct slice raw = {NULL, 0};
	int64_t index = 0;

	(void)json_int(t, "output_index", &index);
	if (strcmp(type, "error") == 0)
		return openai_say_error(&d->v, json_object(t, "error") != NULL ? json_object(t, "error") : t);
	if (strcmp(type, "response.created") == 0)
		return voice_started(&d->v, json_text(response, "id"), json_text(response, "model"));
	if (strcmp(type, "response.output_item.added") == 0)
		return start_item(d, index, json_object(t, "item"));
	if (strcmp(type, "response.output_item.done") == 0 && json_find(data, path, &raw))
		return take_item(d, index, json_object(t, "item"), raw);
	if (strcmp(type, "response.completed") == 0 || strcmp(type, "response.incomplete") == 0 || strcmp(type, "response.failed") == 0)
		return end_response(d, response);
	return take_delta(d, type, index, json_text(t, "delta"));
}

static enum err_code on_event(void *user, const struct sse_event *ev)
{
	struct decoder *d = user;
	const char *type;
	cJSON *t;
	enum err_code code;

	if (d->v.has_stopped || d->v.has_error || slice_is(ev->data, "[DONE]"))
		return ERR_OK;
	code = json_parse(ev->data, &t, &d->v.why);
	if (code != ERR_OK)
		return code;
	type = json_text(t, "type");
	if (type != NULL)
		code = take_event(d, type, ev->data, t);
	else if (json_member(t, "error") != NULL)
		code = openai_say_error(&d->v, json_member(t, "error"));
	cJSON_Delete(t);
	return code;
}

/* --- feeding -------------------------------------------------------------- */

static enum err_code whole_response(struct decoder *d, const cJSON *t)
{
	const cJSON *item;
	enum err_code code = voice_started(&d->v, json_text(t, "id"), json_text(t, "model"));
	int64_t i = 0;

	cJSON_ArrayForEach(item, json_array(t, "output")) {
		char digits[12];
		const char *const path[] = {"output", digits, NULL};
		struct slice raw = {NULL, 0};

		if (code != ERR_OK)
			return code;
		snprintf(digits, sizeof digits, "%d", (int)i);
		(void)json_find(buf_slice(&d->body), path, &raw);
		code = take_item(d, i++, item, raw);
	}
	return code == ERR_OK ? end_response(d, t) : code;
}

static enum err_code end_body(struct decoder *d)
{
	cJSON *t;
	enum err_code code;

	if (d->body.len == 0)
		return ERR_OK;	/* voice_end() says that it was cut */
	code = json_parse(buf_slice(&d->body), &t, &d->v.why);
	if (code != ERR_OK)
		return code;
	if (json_array(t, "output") != NULL)
		code = whole_response(d, t);
	else if (json_member(t, "error") != NULL && !cJSON_IsNull(json_member(t, "error")))
		code = openai_say_error(&d->v, json_member(t, "error"));
	else
		code = voice_broken(&d->v, "no list of items");
	cJSON_Delete(t);
	return code;
}

enum err_code openai_responses_feed(struct decoder *d, const void *bytes, size_t len, struct err *e)
{
	struct err why = {.code = ERR_OK};
	enum err_code code = ERR_OK;

	if (d->v.failed != ERR_OK)
		return voice_fail(&d->v, d->v.failed, e);
	err_clear(&d->v.why);
	if (d->sse != NULL) {
		code = sse_feed(d->sse, bytes, len, &why);
		if (code != ERR_OK && d->v.why.code == ERR_OK)
			d->v.why = why;
	} else {
		buf_add(&d->body, bytes, len);
		if (d->body.over)
			code = err_set(&d->v.why, ERR_LIMIT, "a reply over %zu bytes", VOICE_BODY_MAX);
	}
	return voice_fail(&d->v, code, e);
}

enum err_code openai_responses_end(struct decoder *d, struct err *e)
{
	enum err_code code = ERR_OK;

	if (d->v.failed == ERR_OK && d->sse == NULL)
		code = end_body(d);
	return code != ERR_OK ? voice_fail(&d->v, code, e) : voice_end(&d->v, e);
}
