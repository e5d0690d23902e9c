/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A draft as one message of the Messages API, or as a stream of its events. */
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "practice/anthropic.h"
#include "practice/draft.h"

#define PING_EVERY 40	/* events */

struct writer {
	const struct ask *ask;
	struct draft d;
	char id[40];
};

/* --- writing ------------------------------------------------------------------ */

static void put_usage(struct json_out *j, const struct writer *p, int64_t output, bool is_delta)
{
	const struct usage *u = &p->d.used;

	json_open(j, "usage", '{');
	json_put_int(j, "input_tokens", u->input);
	json_put_int(j, "cache_creation_input_tokens", u->write_5m + u->write_1h);
	json_put_int(j, "cache_read_input_tokens", u->cache_read);
	if (!is_delta) {
		json_open(j, "cache_creation", '{');
		json_put_int(j, "ephemeral_5m_input_tokens", u->write_5m);
		json_put_int(j, "ephemeral_1h_input_tokens", u->write_1h);
		json_close(j, '}');
	}
	json_put_int(j, "output_tokens", output);
	if (u->thinking > 0 && output == u->output) {
		json_open(j, "output_tokens_details", '{');
		json_put_int(j, "thinking_tokens", u->thinking);
		json_close(j, '}');
	}
	if (!is_delta) {
		json_put_text(j, "service_tier", "standard");
		json_put_text(j, "inference_geo", p->ask->us_only ? "us" : p->ask->model->rules & RULE_GEO ? "global" : "not_available");
	}
	json_close(j, '}');
}

static void put_stop_details(struct json_out *j, const struct writer *p)
{
	if (strcmp(p->d.stop, "refusal") != 0)
		return;
	json_open(j, "stop_details", '{');
	json_put_text(j, "type", "refusal");
	json_put_text(j, "category", "general_harms");
	json_put_text(j, "explanation", "The practice vendor was told to refuse this.");
	json_close(j, '}');
}

static void put_thinking(struct json_out *j, const struct writer *p, const struct draft_block *b, bool is_start)
{
	char sign[HASH_HEX], *shown = p->ask->is_silent || is_start ? xstrdup("") : xstrndup(b->body.p, b->body.len);

	think_sign(p->ask->model, shown, sign);
	json_put_text(j, "thinking", shown);
	json_put_text(j, "signature", is_start ? "" : sign);
	free(shown);
}

/* A block as it stands in a message, or (is_start) as it starts in a stream. */
static void put_block(struct json_out *j, const char *name, const struct writer *p, const struct draft_block *b, bool is_start)
{
	static const char *const types[] = {[DRAFT_THINKING] = "thinking", [DRAFT_TEXT] = "text", [DRAFT_TOOL] = "tool_use"};

	json_open(j, name, '{');
	json_put_text(j, "type", types[b->kind]);
	if (b->kind == DRAFT_THINKING) {
		put_thinking(j, p, b, is_start);
	} else if (b->kind == DRAFT_TEXT) {
		json_put_slice(j, "text", is_start ? slice_of("") : b->body);
	} else {
		json_put_text(j, "id", b->id);
		json_put_text(j, "name", b->name);
		json_put_raw(j, "input", is_start || b->is_cut ? slice_of("{}") : b->body);
	}
	json_close(j, '}');
}

static void put_message(struct json_out *j, const char *name, const struct writer *p, bool is_start)
{
	size_t i;

	json_open(j, name, '{');
	json_put_text(j, "id", p->id);
	json_put_text(j, "type", "message");
	json_put_text(j, "role", "assistant");
	json_put_text(j, "model", p->ask->model->id);
	json_open(j, "content", '[');
	for (i = 0; !is_start && i < p->d.n; i++)
		put_block(j, NULL, p, &p->d.block[i], false);
	json_close(j, ']');
	json_put_text(j, "stop_reason", is_start ? NULL : p->d.stop);
	json_put_text(j, "stop_sequence", is_start ? NULL : p->d.stop_sequence);
	if (!is_start)
		put_stop_details(j, p);
	put_usage(j, p, is_start && p->d.used.output > 0 ? 1 : p->d.used.output, false);
	json_close(j, '}');
}

/* --- the stream --------------------------------------------------------------- */

static void event_open(struct reply *r, struct json_out *j, const char *type)
{
	buf_addf(&r->body, "event: %s\ndata: ", type);
	json_start(j, &r->body);
	json_open(j, NULL, '{');
	json_put_text(j, "type", type);
}

static void event_close(struct writer *p, struct reply *r, struct json_out *j)
{
	if (p->d.ask->fault == FAULT_UNKNOWN_EVENT)
		json_put_text(j, "practice_unknown_member", "ignore me");
	json_close(j, '}');
	buf_adds(&r->body, "\n\n");
	draft_piece(&p->d, r);
}

static void ping(struct writer *p, struct reply *r)
{
	struct json_out j;

	event_open(r, &j, "ping");
	event_close(p, r, &j);
	if (p->d.ask->fault == FAULT_UNKNOWN_EVENT) {
		event_open(r, &j, "practice_unknown_event");
		event_close(p, r, &j);
	}
}

static void delta(struct writer *p, struct reply *r, size_t index, const char *type, const char *name, struct slice text)
{
	struct json_out j;

	event_open(r, &j, "content_block_delta");
	json_put_int(&j, "index", (int64_t)index);
	json_open(&j, "delta", '{');
	json_put_text(&j, "type", type);
	json_put_slice(&j, name, text);
	json_close(&j, '}');
	event_close(p, r, &j);
	if (p->d.events % PING_EVERY == 0)
		ping(p, r);
}

static void deltas(struct writer *p, struct reply *r, size_t index)
{
	static const char *const types[] = {[DRAFT_THINKING] = "thinking_delta", [DRAFT_TEXT] = "text_delta", [DRAFT_TOOL] = "input_json_delta"};
	static const char *const names[] = {[DRAFT_THINKING] = "thinking", [DRAFT_TEXT] = "text", [DRAFT_TOOL] = "partial_json"};
	const struct draft_block *b = &p->d.block[index];
	size_t at = 0, n;

	if (b->kind == DRAFT_TOOL) {
		draft_sent(&p->d, b, strlen(b->name));
		delta(p, r, index, types[b->kind], names[b->kind], slice_of(""));
	}
	while (at < b->body.len) {
		n = draft_step(b, at);
		draft_sent(&p->d, b, n);
		if (b->kind != DRAFT_THINKING || !p->ask->is_silent)
			delta(p, r, index, types[b->kind], names[b->kind], slice_make(b->body.p + at, n));
		at += n;
	}
}

static void stream_block(struct writer *p, struct reply *r, size_t index)
{
	const struct draft_block *b = &p->d.block[index];
	char sign[HASH_HEX], *shown;
	struct json_out j;

	event_open(r, &j, "content_block_start");
	json_put_int(&j, "index", (int64_t)index);
	put_block(&j, "content_block", p, b, true);
	event_close(p, r, &j);
	if (index == 0)
		ping(p, r);
	deltas(p, r, index);
	if (b->kind == DRAFT_THINKING) {
		shown = p->ask->is_silent ? xstrdup("") : xstrndup(b->body.p, b->body.len);
		think_sign(p->ask->model, shown, sign);
		delta(p, r, index, "signature_delta", "signature", slice_of(sign));
		free(shown);
	}
	event_open(r, &j, "content_block_stop");
	json_put_int(&j, "index", (int64_t)index);
	event_close(p, r, &j);
}

static void stream_end(struct writer *p, struct reply *r)
{
	struct json_out j;

	draft_all_sent(&p->d);
	event_open(r, &j, "message_delta");
	json_open(&j, "delta", '{');
	json_put_text(&j, "stop_reason", p->d.stop);
	json_put_text(&j, "stop_sequence", p->d.stop_sequence);
	put_stop_details(&j, p);
	json_close(&j, '}');
	put_usage(&j, p, p->d.used.output, true);
	event_close(p, r, &j);
	event_open(r, &j, "message_stop");
	event_close(p, r, &j);
}

static void write_stream(struct writer *p, struct reply *r)
{
	static const char error[] = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
	static const char garbage[] = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"del\n\nda\xFF\xFE: \x01 ][ {\"type\"\n\n";
	struct json_out j;
	size_t i;

	r->streams = true;
	r->type = "text/event-stream; charset=utf-8";
	event_open(r, &j, "message_start");
	put_message(&j, "message", p, true);
	event_close(p, r, &j);
	if (p->d.n == 0)
		ping(p, r);
	for (i = 0; i < p->d.n; i++)
		stream_block(p, r, i);
	stream_end(p, r);
	stream_spoil(r, p->d.ask->fault, &(struct spoiling){.garbage = {garbage, sizeof garbage - 1}, .error = {error, sizeof error - 1}, .closing = 3});
}

static void write_whole(struct writer *p, struct reply *r)
{
	struct json_out j;

	json_start(&j, &r->body);
	put_message(&j, NULL, p, false);
	whole_spoil(r, p->d.ask->fault, &p->d.used);
}

/* The tool that must be called: its name and schema. */
static const cJSON *forced_tool(const struct ask *a)
{
	const cJSON *tool;

	cJSON_ArrayForEach(tool, json_array(a->body, "tools"))
		if (a->forced != NULL && (strcmp(a->forced, "*") == 0 || strcmp(a->forced, json_text(tool, "name")) == 0))
			return tool;
	return NULL;
}

void ask_wants(const struct ask *a, enum fault fault, const char *call_id, struct draft_ask *w)
{
	const cJSON *tool = forced_tool(a);

	*w = (struct draft_ask){
		.max_tokens = a->max_tokens,
		.thinks = a->thinks,
		.is_alone = a->is_alone,
		.stops = json_array(a->body, "stop_sequences"),
		.forced = json_text(tool, "name"),
		.forced_schema = json_object(tool, "input_schema"),
		.format = json_object(json_object(json_object(a->body, "output_config"), "format"), "schema"),
		.call_id = call_id,
		.fault = fault,
	};
}

void ask_reply(const struct ask *a, struct scripted *s, enum fault fault, const struct usage *used, struct reply *r)
{
	struct writer w = {.ask = a};
	struct draft_ask wanted;

	ask_wants(a, fault, "toolu_01", &wanted);
	make_id("msg_01", w.id, sizeof w.id);
	draft_make(&w.d, &wanted, s, used);
	if (a->streams)
		write_stream(&w, r);
	else
		write_whole(&w, r);
	r->sale.used = w.d.used;
	draft_release(&w.d);
}
