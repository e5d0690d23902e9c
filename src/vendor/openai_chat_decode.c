/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chunks without types: what is in one is told by its members. Servers differ:
 * usage may come in any chunk (the last wins) or in none, [DONE] may be missing,
 * an id of a call too. The reason of the end comes before the usage, so the stop
 * is said when the stream ends. */
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
	char reason[64];	/* finish_reason, once it came */
	char tier[32];
	bool was_refused, is_done;
};

static enum err_code on_event(void *user, const struct sse_event *ev);

struct decoder *openai_chat_decoder_new(const struct vendor_asked *asked, reply_emit *emit, void *user)
{
	struct decoder *d = xcalloc(1, sizeof *d);

	voice_init(&d->v, asked, emit, user);
	buf_init(&d->body, VOICE_BODY_MAX);
	if (asked->is_stream)
		d->sse = sse_new(VOICE_EVENT_MAX, on_event, d);
	return d;
}

void openai_chat_decoder_free(struct decoder *d)
{
	if (d == NULL)
		return;
	sse_free(d->sse);
	buf_release(&d->body);
	voice_release(&d->v);
	free(d);
}

/* --- what a delta or a whole message holds -------------------------------- */

static enum err_code take_call(struct decoder *d, int64_t index, const cJSON *call)
{
	const cJSON *function = json_object(call, "function");
	const char *id = json_text(call, "id"), *name = json_text(function, "name");
	struct voice_call *c;
	enum err_code code = ERR_OK;

	(void)json_int(call, "index", &index);
	c = voice_call_at(&d->v, index);
	if (c == NULL)
		return d->v.why.code;
	if (id != NULL && *id != '\0' && c->id[0] == '\0')
		vendor_token(slice_of(id), c->id, sizeof c->id);
	if (name != NULL && *name != '\0' && c->name[0] == '\0')
		vendor_token(slice_of(name), c->name, sizeof c->name);
	if (c->name[0] != '\0') {
		if (c->id[0] == '\0')
			snprintf(c->id, sizeof c->id, "call_%lld", (long long)index);
		code = voice_call_told(&d->v, c);
	}
	return code == ERR_OK ? voice_call_input(&d->v, c, json_text(function, "arguments")) : code;
}

static enum err_code take_delta(struct decoder *d, const cJSON *delta)
{
	static const char *const thinking[] = {"reasoning_content", "reasoning"};
	const char *refusal = json_text(delta, "refusal");
	const cJSON *call;
	enum err_code code = ERR_OK;
	int64_t index = 0;
	size_t i;

	for (i = 0; i < LENGTH(thinking) && code == ERR_OK; i++)
		code = voice_text(&d->v, REPLY_THINKING, json_text(delta, thinking[i]));
	if (code == ERR_OK)
		code = voice_text(&d->v, REPLY_TEXT, json_text(delta, "content"));
	if (code == ERR_OK && refusal != NULL && *refusal != '\0') {
		d->was_refused = true;
		code = voice_text(&d->v, REPLY_TEXT, refusal);
	}
	cJSON_ArrayForEach(call, json_array(delta, "tool_calls")) {
		if (code != ERR_OK)
			return code;
		code = take_call(d, index++, call);
	}
	return code;
}

static enum err_code take_usage(struct decoder *d, const cJSON *t)
{
	static const struct openai_usage_names names = {"prompt_tokens", "prompt_tokens_details", "completion_tokens"};
	const char *tier = json_text(t, "service_tier");
	struct usage_line line;

	if (tier != NULL)
		vendor_token(slice_of(tier), d->tier, sizeof d->tier);
	if (!openai_usage(json_object(t, "usage"), &names, d->v.model, d->tier[0] != '\0' ? d->tier : NULL, &line))
		return ERR_OK;
	return voice_usage(&d->v, &line);
}

static enum err_code take_chunk(struct decoder *d, const cJSON *t)
{
	const cJSON *error = json_member(t, "error"), *choice = cJSON_GetArrayItem(json_array(t, "choices"), 0), *part;
	const char *reason = json_text(choice, "finish_reason");
	enum err_code code;

	if (error != NULL && !cJSON_IsNull(error))
		return openai_say_error(&d->v, error);
	code = voice_started(&d->v, json_text(t, "id"), json_text(t, "model"));
	part = json_object(choice, d->sse != NULL ? "delta" : "message");
	if (code == ERR_OK && part != NULL)
		code = take_delta(d, part);
	if (reason != NULL)
		vendor_token(slice_of(reason), d->reason, sizeof d->reason);
	return code == ERR_OK ? take_usage(d, t) : code;
}

/* --- the end -------------------------------------------------------------- */

static enum err_code finish(struct decoder *d)
{
	static const struct {
		const char *word;
		enum stop_reason stop;
	} reasons[] = {{"stop", STOP_END}, {"length", STOP_MAX_TOKENS}, {"tool_calls", STOP_TOOL_USE}, {"function_call", STOP_TOOL_USE}, {"content_filter", STOP_REFUSAL}};
	enum stop_reason stop = STOP_OTHER;
	enum err_code code = voice_part_end(&d->v);
	size_t i;

	if (strcmp(d->reason, "error") == 0)
		return voice_error(&d->v, TROUBLE_SERVER, "error", "the server broke the answer off");
	while (code == ERR_OK && d->v.call_count > 0) {
		size_t first = 0;

		for (i = 1; i < d->v.call_count; i++)
			if (d->v.call[i].index < d->v.call[first].index)
				first = i;
		if (d->v.call[first].name[0] == '\0')
			return voice_broken(&d->v, "a call of a tool without name");
		code = voice_call_done(&d->v, &d->v.call[first]);
	}
	for (i = 0; i < LENGTH(reasons); i++)
		if (strcmp(reasons[i].word, d->reason) == 0)
			stop = reasons[i].stop;
	if (stop == STOP_END && d->v.has_calls)
		stop = STOP_TOOL_USE;	/* some servers say "stop" after calls */
	if (stop == STOP_END && d->was_refused)
		stop = STOP_REFUSAL;
	return code == ERR_OK ? voice_stop(&d->v, stop, d->reason) : code;
}

static enum err_code on_event(void *user, const struct sse_event *ev)
{
	struct decoder *d = user;
	cJSON *t;
	enum err_code code;

	if (d->v.has_error || d->is_done)
		return ERR_OK;
	if (slice_is(ev->data, "[DONE]")) {
		d->is_done = true;
		return ERR_OK;
	}
	code = json_parse(ev->data, &t, &d->v.why);
	if (code != ERR_OK)
		return code;
	code = take_chunk(d, t);
	cJSON_Delete(t);
	return code;
}

/* --- feeding -------------------------------------------------------------- */

enum err_code openai_chat_feed(struct decoder *d, const void *bytes, size_t len, struct err *e)
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

static enum err_code end_body(struct decoder *d)
{
	cJSON *t;
	enum err_code code;

	if (d->body.len == 0)
		return ERR_OK;	/* voice_end() says that it was cut */
	code = json_parse(buf_slice(&d->body), &t, &d->v.why);
	if (code != ERR_OK)
		return code;
	if (json_array(t, "choices") != NULL || json_member(t, "error") != NULL)
		code = take_chunk(d, t);
	else
		code = voice_broken(&d->v, "no list of choices");
	cJSON_Delete(t);
	return code;
}

enum err_code openai_chat_end(struct decoder *d, struct err *e)
{
	enum err_code code = ERR_OK;

	if (d->v.failed == ERR_OK && d->sse == NULL)
		code = end_body(d);
	if (code == ERR_OK && d->v.failed == ERR_OK && !d->v.has_error && d->reason[0] != '\0')
		code = finish(d);
	return code != ERR_OK ? voice_fail(&d->v, code, e) : voice_end(&d->v, e);
}
