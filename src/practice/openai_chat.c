/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A draft as a chat completion, whole or in chunks that end with [DONE]. Thoughts
 * are billed and never shown. */
#include <stdio.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/random.h"
#include "practice/openai.h"

struct writer {
	const struct gpt_ask *ask;
	struct draft *d;
	int64_t created;
	char id[48];
};

static const char *finish_of(const struct draft *d)
{
	return strcmp(d->stop, "max_tokens") == 0 ? "length" : strcmp(d->stop, "tool_use") == 0 ? "tool_calls" :
	    strcmp(d->stop, "content_filter") == 0 ? "content_filter" : "stop";
}

static bool is_refusal(const struct writer *w)
{
	return strcmp(w->d->stop, "refusal") == 0;
}

static void put_usage(struct json_out *j, const struct usage *u)
{
	json_open(j, "usage", '{');
	json_put_int(j, "prompt_tokens", usage_prompt(u));
	json_put_int(j, "completion_tokens", u->output);
	json_put_int(j, "total_tokens", usage_prompt(u) + u->output);
	json_open(j, "prompt_tokens_details", '{');
	json_put_int(j, "cached_tokens", u->cache_read);
	json_put_int(j, "cache_write_tokens", u->write_30m + u->write_12h);
	json_put_int(j, "audio_tokens", 0);
	json_close(j, '}');
	json_open(j, "completion_tokens_details", '{');
	json_put_int(j, "reasoning_tokens", u->thinking);
	json_put_int(j, "audio_tokens", 0);
	json_put_int(j, "accepted_prediction_tokens", 0);
	json_put_int(j, "rejected_prediction_tokens", 0);
	json_close(j, '}');
	json_close(j, '}');
}

static void put_head(struct json_out *j, const struct writer *w, const char *object)
{
	static const char *const services[] = {[SERVICE_DEFAULT] = "default", [SERVICE_FLEX] = "flex", [SERVICE_PRIORITY] = "priority"};

	json_open(j, NULL, '{');
	json_put_text(j, "id", w->id);
	json_put_text(j, "object", object);
	json_put_int(j, "created", w->created);
	json_put_text(j, "model", w->ask->model->id);
	json_put_text(j, "service_tier", services[w->ask->service]);
	json_put_null(j, "system_fingerprint");
}

static void put_call(struct json_out *j, const struct draft_block *b)
{
	json_open(j, NULL, '{');
	json_put_text(j, "id", b->id);
	json_put_text(j, "type", "function");
	json_open(j, "function", '{');
	json_put_text(j, "name", b->name);
	json_put_slice(j, "arguments", b->body);
	json_close(j, '}');
	json_close(j, '}');
}

static void put_message(struct json_out *j, const struct writer *w)
{
	struct slice text = {0};
	size_t i, calls = 0;

	for (i = 0; i < w->d->n; i++) {
		if (w->d->block[i].kind == DRAFT_TEXT)
			text = w->d->block[i].body;
		calls += w->d->block[i].kind == DRAFT_TOOL;
	}
	json_open(j, "message", '{');
	json_put_text(j, "role", "assistant");
	if (text.p == NULL || is_refusal(w))
		json_put_null(j, "content");
	else
		json_put_slice(j, "content", text);
	if (is_refusal(w))
		json_put_slice(j, "refusal", text);
	else
		json_put_null(j, "refusal");
	json_open(j, "annotations", '[');
	json_close(j, ']');
	if (calls > 0) {
		json_open(j, "tool_calls", '[');
		for (i = 0; i < w->d->n; i++)
			if (w->d->block[i].kind == DRAFT_TOOL)
				put_call(j, &w->d->block[i]);
		json_close(j, ']');
	}
	json_close(j, '}');
}

static void write_whole(const struct writer *w, struct reply *r)
{
	struct json_out j;

	json_start(&j, &r->body);
	put_head(&j, w, "chat.completion");
	json_open(&j, "choices", '[');
	json_open(&j, NULL, '{');
	json_put_int(&j, "index", 0);
	put_message(&j, w);
	json_put_null(&j, "logprobs");
	json_put_text(&j, "finish_reason", finish_of(w->d));
	json_close(&j, '}');
	json_close(&j, ']');
	if (w->d->ask->fault != FAULT_NO_USAGE)
		put_usage(&j, &w->d->used);
	json_close(&j, '}');
	whole_spoil(r, w->d->ask->fault, &w->d->used);
}

/* --- chunks --------------------------------------------------------------------------- */

/* Up to and with the opened delta. */
static void chunk_open(const struct writer *w, struct reply *r, struct json_out *j)
{
	if (w->d->ask->fault == FAULT_COMMENTS)
		buf_adds(&r->body, ": PRACTICE PROCESSING\n\n");
	buf_adds(&r->body, "data: ");
	json_start(j, &r->body);
	put_head(j, w, "chat.completion.chunk");
	json_open(j, "choices", '[');
	json_open(j, NULL, '{');
	json_put_int(j, "index", 0);
	json_open(j, "delta", '{');
}

static void chunk_close(struct writer *w, struct reply *r, struct json_out *j, const char *finish)
{
	unsigned char noise[8];
	char hex[2 * sizeof noise + 1];

	json_close(j, '}');
	json_put_null(j, "logprobs");
	json_put_text(j, "finish_reason", finish);
	json_close(j, '}');
	json_close(j, ']');
	if (w->ask->wants_usage)
		json_put_null(j, "usage");
	if (w->ask->obfuscates) {
		random_bytes(noise, sizeof noise);
		hex_encode(noise, sizeof noise, hex);
		hex[noise[0] % sizeof hex] = '\0';
		json_put_text(j, "obfuscation", hex);
	}
	if (w->d->ask->fault == FAULT_UNKNOWN_EVENT)
		json_put_text(j, "practice_unknown_member", "ignore me");
	json_close(j, '}');
	buf_adds(&r->body, "\n\n");
	draft_piece(w->d, r);
}

static void text_chunk(struct writer *w, struct reply *r, const char *name, struct slice text)
{
	struct json_out j;

	chunk_open(w, r, &j);
	json_put_slice(&j, name, text);
	chunk_close(w, r, &j, NULL);
}

static void call_chunk(struct writer *w, struct reply *r, size_t index, const struct draft_block *b, struct slice arguments, bool is_first)
{
	struct json_out j;

	chunk_open(w, r, &j);
	json_open(&j, "tool_calls", '[');
	json_open(&j, NULL, '{');
	json_put_int(&j, "index", (int64_t)index);
	if (is_first) {
		json_put_text(&j, "id", b->id);
		json_put_text(&j, "type", "function");
	}
	json_open(&j, "function", '{');
	if (is_first)
		json_put_text(&j, "name", b->name);
	json_put_slice(&j, "arguments", arguments);
	json_close(&j, '}');
	json_close(&j, '}');
	json_close(&j, ']');
	chunk_close(w, r, &j, NULL);
}

static void stream_block(struct writer *w, struct reply *r, const struct draft_block *b, size_t call)
{
	size_t at = 0, n;

	if (b->kind == DRAFT_TOOL) {
		draft_sent(w->d, b, strlen(b->name));
		call_chunk(w, r, call, b, slice_of(""), true);
	}
	for (; at < b->body.len; at += n) {
		n = draft_step(b, at);
		draft_sent(w->d, b, n);
		if (b->kind == DRAFT_TEXT)
			text_chunk(w, r, is_refusal(w) ? "refusal" : "content", slice_make(b->body.p + at, n));
		else if (b->kind == DRAFT_TOOL)
			call_chunk(w, r, call, b, slice_make(b->body.p + at, n), false);
	}
}

static void end_chunks(struct writer *w, struct reply *r)
{
	struct json_out j;

	draft_all_sent(w->d);
	chunk_open(w, r, &j);
	chunk_close(w, r, &j, finish_of(w->d));
	if (w->ask->wants_usage && w->d->ask->fault != FAULT_NO_USAGE) {
		buf_adds(&r->body, "data: ");
		json_start(&j, &r->body);
		put_head(&j, w, "chat.completion.chunk");
		json_open(&j, "choices", '[');
		json_close(&j, ']');
		put_usage(&j, &w->d->used);
		json_close(&j, '}');
		buf_adds(&r->body, "\n\n");
		draft_piece(w->d, r);
	}
	if (w->d->ask->fault != FAULT_NO_DONE) {
		buf_adds(&r->body, "data: [DONE]\n\n");
		draft_piece(w->d, r);
	}
}

static void write_stream(struct writer *w, struct reply *r)
{
	static const char error[] = "data: {\"error\":{\"message\":\"The server had an error while processing your request.\",\"type\":\"server_error\",\"param\":null,"
				    "\"code\":null}}\n\n";
	static const char garbage[] = "data: {\"id\":\"chatcmpl-\",\"choices\":[{\"del\n\nda\xFF\xFE: \x01 ][ {\"id\"\n\n";
	struct json_out j;
	size_t i, call = 0;

	r->streams = true;
	r->type = "text/event-stream; charset=utf-8";
	chunk_open(w, r, &j);
	json_put_text(&j, "role", "assistant");
	json_put_text(&j, "content", w->d->n > 0 && w->d->block[w->d->n - 1].kind == DRAFT_TOOL ? NULL : "");
	json_put_null(&j, "refusal");
	chunk_close(w, r, &j, NULL);
	for (i = 0; i < w->d->n; i++) {
		stream_block(w, r, &w->d->block[i], call);
		call += w->d->block[i].kind == DRAFT_TOOL;
	}
	end_chunks(w, r);
	stream_spoil(r, w->d->ask->fault, &(struct spoiling){.garbage = {garbage, sizeof garbage - 1}, .error = {error, sizeof error - 1},
	    .closing = w->ask->wants_usage ? 3 : 2});
}

void chat_write(const struct gpt_ask *a, struct draft *d, const struct request *q, struct reply *r)
{
	struct writer w = {.ask = a, .d = d, .created = q->now_us / US_PER_S};

	make_id("chatcmpl-", w.id, sizeof w.id);
	if (a->streams)
		write_stream(&w, r);
	else
		write_whole(&w, r);
}
