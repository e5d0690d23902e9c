/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Three stages: bytes to SSE events (wire/sse), events to content blocks by their
 * index, blocks to reply events (anthropic_block.c). A body that was not streamed is
 * kept whole and read at the end. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "vendor/anthropic_decoder.h"

static enum err_code on_event(void *user, const struct sse_event *ev);

struct decoder *anthropic_decoder_as(const struct anthropic_dialect *as, const struct vendor_asked *asked, reply_emit *emit, void *user)
{
	struct decoder *d = xcalloc(1, sizeof *d);

	d->as = as;
	d->asked_tokens = asked->input_tokens;
	snprintf(d->usage.model, sizeof d->usage.model, "%s", asked->model);
	memcpy(d->model, d->usage.model, sizeof d->model);
	d->emit = emit;
	d->user = user;
	buf_init(&d->body, BODY_MAX);
	if (asked->is_stream)
		d->sse = sse_new(EVENT_MAX, on_event, d);
	return d;
}

void anthropic_decoder_free(struct decoder *d)
{
	size_t i;

	if (d == NULL)
		return;
	for (i = 0; i < d->count; i++)
		block_release(&d->block[i]);
	free(d->block);
	buf_release(&d->body);
	sse_free(d->sse);
	free(d);
}

/* --- saying --------------------------------------------------------------- */

static enum err_code say_usage(struct decoder *d)
{
	struct usage_list list;
	struct reply_event ev = {.kind = REPLY_USAGE, .usage = &list};

	if (!d->usage.is_seen)
		return ERR_OK;
	anthropic_usage_list(&d->usage, &list);
	return decoder_say(d, &ev);
}

static enum stop_reason stop_of(const char *word)
{
	static const struct {
		const char *word;
		enum stop_reason stop;
	} known[] = {
		{"end_turn", STOP_END}, {"tool_use", STOP_TOOL_USE}, {"max_tokens", STOP_MAX_TOKENS}, {"stop_sequence", STOP_SEQUENCE},
		{"pause_turn", STOP_PAUSE}, {"refusal", STOP_REFUSAL}, {"model_context_window_exceeded", STOP_CONTEXT_FULL},
	};
	size_t i;

	for (i = 0; i < LENGTH(known); i++)
		if (strcmp(known[i].word, word) == 0)
			return known[i].stop;
	return STOP_OTHER;
}

static void note_stop(struct decoder *d, const char *word)
{
	if (word == NULL)
		return;
	d->stop = stop_of(word);
	vendor_token(slice_of(word), d->stop_raw, sizeof d->stop_raw);
}

static enum err_code say_stop(struct decoder *d)
{
	struct reply_event ev = {.kind = REPLY_STOP, .stop = d->stop != STOP_NONE ? d->stop : STOP_OTHER, .text = slice_of(d->stop_raw)};

	d->has_stopped = true;
	return decoder_say(d, &ev);
}

static enum err_code say_error(struct decoder *d, const cJSON *error)
{
	const char *type = json_text(error, "type"), *message = json_text(error, "message");
	struct reply_event ev = {.kind = REPLY_ERROR, .name = slice_of(type), .text = slice_of(message), .trouble = anthropic_trouble(type, message)};

	d->has_error = true;
	return decoder_say(d, &ev);
}

static enum err_code say_start(struct decoder *d, const cJSON *message)
{
	const char *id = json_text(message, "id"), *model = json_text(message, "model");
	struct reply_event ev = {.kind = REPLY_STARTED, .text = slice_of(id), .name = slice_of(model)};
	enum err_code code;

	if (model != NULL && !d->as->is_asked_model) {
		vendor_token(slice_of(model), d->model, sizeof d->model);
		memcpy(d->usage.model, d->model, sizeof d->usage.model);
	}
	code = decoder_say(d, &ev);
	if (code != ERR_OK)
		return code;
	anthropic_usage_take(&d->usage, json_object(message, "usage"));
	return say_usage(d);
}

static enum err_code end_message(struct decoder *d)
{
	while (d->count > 0) {
		enum err_code code = block_end(d, &d->block[0], true);

		if (code != ERR_OK)
			return code;
	}
	return say_stop(d);
}

/* --- events --------------------------------------------------------------- */

static enum err_code take_event(struct decoder *d, const char *type, struct slice data, const cJSON *t)
{
	if (strcmp(type, "error") == 0)
		return say_error(d, json_object(t, "error"));
	if (strcmp(type, "message_start") == 0)
		return say_start(d, json_object(t, "message"));
	if (strcmp(type, "content_block_start") == 0)
		return block_start(d, data, t);
	if (strcmp(type, "content_block_delta") == 0)
		return block_delta(d, data, t);
	if (strcmp(type, "content_block_stop") == 0)
		return block_stop(d, t);
	if (strcmp(type, "message_delta") == 0) {
		note_stop(d, json_text(json_object(t, "delta"), "stop_reason"));
		anthropic_usage_take(&d->usage, json_object(t, "usage"));
		return say_usage(d);
	}
	if (strcmp(type, "message_stop") == 0)
		return end_message(d);
	return ERR_OK;		/* ping, and what is added to the protocol */
}

static enum err_code on_event(void *user, const struct sse_event *ev)
{
	struct decoder *d = user;
	const char *type;
	cJSON *t;
	enum err_code code;

	if (d->has_stopped || d->has_error)
		return ERR_OK;
	code = json_parse(ev->data, &t, &d->why);
	if (code != ERR_OK)
		return code;
	type = json_text(t, "type");
	if (type != NULL)
		code = take_event(d, type, ev->data, t);
	cJSON_Delete(t);
	return code;
}

/* --- a whole body --------------------------------------------------------- */

static enum err_code whole_block(struct decoder *d, struct slice raw, const cJSON *cb)
{
	static const char *const path[] = {"input", NULL};
	const char *type = json_text(cb, "type"), *id = json_text(cb, "id"), *name = json_text(cb, "name");
	struct reply_event end = {.kind = REPLY_PART_END};
	struct slice input = slice_of("{}");
	struct block b = {.kind = BLOCK_TOOL};
	enum err_code code;

	if (type == NULL)
		return decoder_broken(d, "a block without type");
	if (strcmp(type, "text") == 0) {
		code = decoder_say_text(d, REPLY_TEXT, json_text(cb, "text"));
		return code == ERR_OK ? decoder_say(d, &end) : code;
	}
	if (strcmp(type, "tool_use") != 0 || id == NULL || name == NULL) {
		block_note_fallback(d, cb);
		return decoder_say_opaque(d, raw);
	}
	vendor_token(slice_of(id), b.id, sizeof b.id);
	vendor_token(slice_of(name), b.name, sizeof b.name);
	(void)json_find(raw, path, &input);
	code = decoder_say_tool(d, REPLY_TOOL_STARTED, &b, (struct slice){NULL, 0});
	return code == ERR_OK ? decoder_say_tool(d, REPLY_TOOL_DONE, &b, input) : code;
}

static enum err_code whole_message(struct decoder *d, const cJSON *t)
{
	const cJSON *content = json_array(t, "content"), *cb;
	enum err_code code = say_start(d, t);
	int i = 0;

	if (content == NULL || cJSON_GetArraySize(content) > BLOCKS_MAX)
		return decoder_broken(d, "a message without a list of blocks, or with too many");
	cJSON_ArrayForEach(cb, content) {
		char digits[12];
		const char *const path[] = {"content", digits, NULL};
		struct slice raw = {NULL, 0};

		if (code != ERR_OK)
			return code;
		snprintf(digits, sizeof digits, "%d", i++);
		(void)json_find(buf_slice(&d->body), path, &raw);
		code = whole_block(d, raw, cb);
	}
	note_stop(d, json_text(t, "stop_reason"));
	return code == ERR_OK ? say_stop(d) : code;
}

static enum err_code end_body(struct decoder *d)
{
	const char *type;
	cJSON *t;
	enum err_code code;

	if (d->body.len == 0)
		return err_set(&d->why, ERR_NET, "the reply was cut before it began");
	code = json_parse(buf_slice(&d->body), &t, &d->why);
	if (code != ERR_OK)
		return code;
	type = json_text(t, "type");
	if (type != NULL && strcmp(type, "error") == 0)
		code = say_error(d, json_object(t, "error"));
	else
		code = whole_message(d, t);
	cJSON_Delete(t);
	return code;
}

/* --- feeding -------------------------------------------------------------- */

static enum err_code fail(struct decoder *d, enum err_code code, struct err *e)
{
	d->failed = code;
	if (e != NULL && code != ERR_OK)
		*e = d->why;
	return code;
}

enum err_code anthropic_feed(struct decoder *d, const void *bytes, size_t len, struct err *e)
{
	enum err_code code = ERR_OK;

	if (d->failed != ERR_OK)
		return fail(d, d->failed, e);
	if (d->sse != NULL) {
		struct err sse_why = {.code = ERR_OK};

		err_clear(&d->why);
		code = sse_feed(d->sse, bytes, len, &sse_why);
		if (code != ERR_OK && d->why.code == ERR_OK)
			d->why = sse_why;
	} else {
		buf_add(&d->body, bytes, len);
		if (d->body.over)
			code = err_set(&d->why, ERR_LIMIT, "a reply over %zu bytes", BODY_MAX);
	}
	return fail(d, code, e);
}

/* No usage, and no error that says why: something was read, and may be billed. */
static enum err_code say_estimate(struct decoder *d)
{
	struct usage_list l;
	struct reply_event ev = {.kind = REPLY_USAGE, .usage = &l};

	if (d->usage.is_seen || (d->has_error && d->said_bytes == 0))
		return ERR_OK;
	vendor_usage_estimate(d->usage.model, d->asked_tokens, d->said_bytes, &l);
	return decoder_say(d, &ev);
}

enum err_code anthropic_end(struct decoder *d, struct err *e)
{
	enum err_code code = ERR_OK;

	if (d->failed != ERR_OK)
		return fail(d, d->failed, e);
	if (d->sse == NULL)
		code = end_body(d);
	else if (!d->has_stopped && !d->has_error && d->stop != STOP_NONE)
		code = end_message(d);	/* all was said but the last word */
	else if (!d->has_stopped && !d->has_error)
		code = err_set(&d->why, ERR_NET, "the reply was cut");
	if (code == ERR_OK || code == ERR_NET) {
		enum err_code said = say_estimate(d);

		code = said != ERR_OK ? said : code;
	}
	return fail(d, code, e);
}
