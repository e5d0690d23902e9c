/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A draft as Converse writes it: one JSON document, or messages of an eventstream.
 * The usage comes in the last message, after messageStop. */
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/random.h"
#include "practice/bedrock.h"
#include "practice/eventstream.h"

#define LATENCY_MS 420

struct writer {
	const struct ask *ask;
	struct draft *d;
	struct buf payload;
	struct json_out j;
};

/* Converse has no word for a refusal, and fewer for the rest. */
static const char *stop_of(const struct draft *d)
{
	static const char *const known[] = {"end_turn", "tool_use", "max_tokens", "stop_sequence", "guardrail_intervened", "content_filtered",
	    "malformed_model_output", "malformed_tool_use", "model_context_window_exceeded"};
	size_t i;

	for (i = 0; i < LENGTH(known); i++)
		if (strcmp(known[i], d->stop) == 0)
			return d->stop;
	return strcmp(d->stop, "refusal") == 0 ? "content_filtered" : "end_turn";
}

static void put_detail(struct json_out *j, const char *ttl, int64_t tokens)
{
	if (tokens == 0)
		return;
	json_open(j, NULL, '{');
	json_put_text(j, "ttl", ttl);
	json_put_int(j, "inputTokens", tokens);
	json_close(j, '}');
}

/* Members without a count are absent, not 0. */
static void put_usage(struct json_out *j, const struct usage *u)
{
	int64_t written = u->write_5m + u->write_1h;

	json_open(j, "usage", '{');
	json_put_int(j, "inputTokens", u->input);
	json_put_int(j, "outputTokens", u->output);
	json_put_int(j, "totalTokens", usage_prompt(u) + u->output);
	if (u->cache_read > 0)
		json_put_int(j, "cacheReadInputTokens", u->cache_read);
	if (written > 0) {
		json_put_int(j, "cacheWriteInputTokens", written);
		json_open(j, "cacheDetails", '[');
		put_detail(j, "1h", u->write_1h);
		put_detail(j, "5m", u->write_5m);
		json_close(j, ']');
	}
	json_close(j, '}');
}

static void put_tail(struct json_out *j, const struct draft *d)
{
	put_usage(j, &d->used);
	json_open(j, "metrics", '{');
	json_put_int(j, "latencyMs", LATENCY_MS);
	json_close(j, '}');
	json_open(j, "serviceTier", '{');
	json_put_text(j, "type", "default");
	json_close(j, '}');
}

/* What a thought shows, and the signature that goes with it. */
static char *shown_thought(const struct writer *w, const struct draft_block *b, char sign[HASH_HEX])
{
	char *shown = w->ask->is_silent ? xstrdup("") : xstrndup(b->body.p, b->body.len);

	think_sign(w->ask->model, shown, sign);
	return shown;
}

static void put_thought(struct json_out *j, const struct writer *w, const struct draft_block *b)
{
	char sign[HASH_HEX], *shown = shown_thought(w, b, sign);

	json_open(j, "reasoningContent", '{');
	json_open(j, "reasoningText", '{');
	json_put_text(j, "text", shown);
	json_put_text(j, "signature", sign);
	json_close(j, '}');
	json_close(j, '}');
	free(shown);
}

static void write_whole(struct writer *w, struct reply *r)
{
	struct json_out j;
	size_t i;

	json_start(&j, &r->body);
	json_open(&j, NULL, '{');
	json_open(&j, "output", '{');
	json_open(&j, "message", '{');
	json_put_text(&j, "role", "assistant");
	json_open(&j, "content", '[');
	for (i = 0; i < w->d->n; i++) {
		const struct draft_block *b = &w->d->block[i];

		json_open(&j, NULL, '{');
		if (b->kind == DRAFT_THINKING) {
			put_thought(&j, w, b);
		} else if (b->kind == DRAFT_TEXT) {
			json_put_slice(&j, "text", b->body);
		} else {
			json_open(&j, "toolUse", '{');
			json_put_text(&j, "toolUseId", b->id);
			json_put_text(&j, "name", b->name);
			json_put_raw(&j, "input", b->is_cut ? slice_of("{}") : b->body);
			json_close(&j, '}');
		}
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	json_close(&j, '}');
	json_put_text(&j, "stopReason", stop_of(w->d));
	put_tail(&j, w->d);
	json_close(&j, '}');
	whole_spoil(r, w->d->ask->fault, &w->d->used);
}

/* --- the stream ------------------------------------------------------------------- */

static void event_open(struct writer *w)
{
	buf_clear(&w->payload);
	json_start(&w->j, &w->payload);
	json_open(&w->j, NULL, '{');
}

/* Every event is padded by so many letters that its length says nothing. */
static void event_close(struct writer *w, struct reply *r, const char *type)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	unsigned char n;

	random_bytes(&n, 1);
	json_put_slice(&w->j, "p", slice_make(letters, n % (sizeof letters - 1) + 1));
	if (w->d->ask->fault == FAULT_UNKNOWN_EVENT)
		json_put_text(&w->j, "practiceUnknownMember", "ignore me");
	json_close(&w->j, '}');
	eventstream_add(&r->body, "event", type, buf_slice(&w->payload));
	draft_piece(w->d, r);
}

static void delta_open(struct writer *w, size_t index)
{
	event_open(w);
	json_put_int(&w->j, "contentBlockIndex", (int64_t)index);
	json_open(&w->j, "delta", '{');
}

static void delta_close(struct writer *w, struct reply *r)
{
	json_close(&w->j, '}');
	event_close(w, r, "contentBlockDelta");
}

static void text_delta(struct writer *w, struct reply *r, size_t index, struct slice text)
{
	const struct draft_block *b = &w->d->block[index];

	delta_open(w, index);
	if (b->kind == DRAFT_TEXT) {
		json_put_slice(&w->j, "text", text);
	} else {
		json_open(&w->j, b->kind == DRAFT_TOOL ? "toolUse" : "reasoningContent", '{');
		json_put_slice(&w->j, b->kind == DRAFT_TOOL ? "input" : "text", text);
		json_close(&w->j, '}');
	}
	delta_close(w, r);
}

static void signature_delta(struct writer *w, struct reply *r, size_t index)
{
	char sign[HASH_HEX], *shown = shown_thought(w, &w->d->block[index], sign);

	free(shown);
	delta_open(w, index);
	json_open(&w->j, "reasoningContent", '{');
	json_put_text(&w->j, "signature", sign);
	json_close(&w->j, '}');
	delta_close(w, r);
}

/* Only a tool's block says that it starts. */
static void start_tool(struct writer *w, struct reply *r, size_t index)
{
	const struct draft_block *b = &w->d->block[index];

	draft_sent(w->d, b, strlen(b->name));
	event_open(w);
	json_put_int(&w->j, "contentBlockIndex", (int64_t)index);
	json_open(&w->j, "start", '{');
	json_open(&w->j, "toolUse", '{');
	json_put_text(&w->j, "toolUseId", b->id);
	json_put_text(&w->j, "name", b->name);
	json_close(&w->j, '}');
	json_close(&w->j, '}');
	event_close(w, r, "contentBlockStart");
}

static void stream_block(struct writer *w, struct reply *r, size_t index)
{
	const struct draft_block *b = &w->d->block[index];
	size_t at = 0, n;

	if (b->kind == DRAFT_TOOL)
		start_tool(w, r, index);
	for (; at < b->body.len; at += n) {
		n = draft_step(b, at);
		draft_sent(w->d, b, n);
		if (b->kind != DRAFT_THINKING || !w->ask->is_silent)
			text_delta(w, r, index, slice_make(b->body.p + at, n));
	}
	if (b->kind == DRAFT_THINKING)
		signature_delta(w, r, index);
	event_open(w);
	json_put_int(&w->j, "contentBlockIndex", (int64_t)index);
	event_close(w, r, "contentBlockStop");
	if (w->d->ask->fault == FAULT_UNKNOWN_EVENT) {
		event_open(w);
		event_close(w, r, "practiceUnknownEvent");
	}
}

static void spoil(struct writer *w, struct reply *r)
{
	static const char failure[] = "{\"message\":\"The model stream failed.\",\"originalStatusCode\":500,\"originalMessage\":\"Internal error\"}";
	struct buf error, garbage;

	buf_init(&error, 0);
	buf_init(&garbage, 0);
	eventstream_add(&error, "exception", "modelStreamErrorException", slice_of(failure));
	eventstream_add(&garbage, "event", "contentBlockDelta", slice_of("{\"contentBlockIndex\":0,\"delta\":{\"text\":\"x\"}}"));
	garbage.p[garbage.len - 9] = (char)(garbage.p[garbage.len - 9] ^ 0x20);
	stream_spoil(r, w->d->ask->fault, &(struct spoiling){.garbage = buf_slice(&garbage), .error = buf_slice(&error), .closing = 3});
	buf_release(&error);
	buf_release(&garbage);
}

static void write_stream(struct writer *w, struct reply *r)
{
	size_t i;

	buf_init(&w->payload, 0);
	r->streams = true;
	r->type = "application/vnd.amazon.eventstream";
	event_open(w);
	json_put_text(&w->j, "role", "assistant");
	event_close(w, r, "messageStart");
	for (i = 0; i < w->d->n; i++)
		stream_block(w, r, i);
	event_open(w);
	json_put_text(&w->j, "stopReason", stop_of(w->d));
	event_close(w, r, "messageStop");
	draft_all_sent(w->d);
	event_open(w);
	put_tail(&w->j, w->d);
	event_close(w, r, "metadata");
	spoil(w, r);
	buf_release(&w->payload);
}

void converse_write(const struct ask *a, struct draft *d, bool streams, struct reply *r)
{
	struct writer w = {.ask = a, .d = d};

	if (streams)
		write_stream(&w, r);
	else
		write_whole(&w, r);
}
