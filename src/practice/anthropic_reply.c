/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reply is first a row of blocks, cut to max_tokens and to the stop sequences;
 * then it is written down, as one message or as a stream of events. */
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/utf8.h"
#include "practice/anthropic.h"

#define MAX_DELTAS 64	/* deltas of one block, at most */
#define DELTA_BYTES 16	/* and as few bytes in each, if there are fewer deltas */
#define PING_EVERY 40	/* events */

enum kind { KIND_THINKING, KIND_TEXT, KIND_TOOL };
struct block {
	enum kind kind;
	struct slice body;	/* text, thinking or the input's JSON */
	const char *name;	/* of the tool */
	char id[40];
	bool is_cut;
};
struct plan {
	const struct ask *ask;
	struct block *block;
	size_t n;
	struct usage used;
	int64_t sent_bytes;		/* billable, so far */
	int64_t thought_bytes;
	const char *stop, *stop_sequence;
	enum fault fault;
	char id[40];
	size_t events;
};

void make_id(const char *prefix, char *out, size_t size)
{
	unsigned char b[12];
	char hex[2 * sizeof b + 1];

	random_bytes(b, sizeof b);
	hex_encode(b, sizeof b, hex);
	snprintf(out, size, "%s%s", prefix, hex);
}

/* --- the row of blocks -------------------------------------------------------- */

static void add_block(struct plan *p, enum kind kind, const char *name, const char *body)
{
	struct block *b = &p->block[p->n++];

	*b = (struct block){.kind = kind, .body = slice_of(body), .name = name};
	if (kind == KIND_TOOL)
		make_id("toolu_01", b->id, sizeof b->id);
}

/* A tool that must be called and was not: called with the least input its schema lets pass. */
static void force_call(const struct ask *a, struct scripted *s)
{
	const cJSON *tool;
	struct buf input;

	if (a->forced == NULL || s->calls > 0)
		return;
	cJSON_ArrayForEach(tool, json_array(a->body, "tools")) {
		if (strcmp(a->forced, "*") != 0 && strcmp(a->forced, json_text(tool, "name")) != 0)
			continue;
		buf_init(&input, 0);
		schema_sample(json_object(tool, "input_schema"), &input);
		s->call = xreallocarray(s->call, 1, sizeof *s->call);
		s->call[s->calls++] = (struct scripted_call){.tool = xstrdup(json_text(tool, "name")), .input = buf_take(&input)};
		return;
	}
}

/* An answer in the asked-for form takes the place of the script's text. */
static void force_format(const struct ask *a, struct scripted *s)
{
	const cJSON *schema = json_object(json_object(json_object(a->body, "output_config"), "format"), "schema");
	struct buf text;

	if (schema == NULL || s->calls > 0)
		return;
	buf_init(&text, 0);
	schema_sample(schema, &text);
	free(s->text);
	s->text = buf_take(&text);
}

/* The length of s less its last, broken character. */
static size_t whole(struct slice s, size_t len)
{
	while (len > 0 && len < s.len && ((unsigned char)s.p[len] & 0xC0) == 0x80)
		len--;
	return len;
}

static void cut_at_stop_sequence(struct plan *p)
{
	const cJSON *stop;
	size_t i;

	for (i = 0; i < p->n; i++) {
		struct block *b = &p->block[i];

		cJSON_ArrayForEach(stop, json_array(p->ask->body, "stop_sequences")) {
			const char *at = b->kind == KIND_TEXT ? memmem(b->body.p, b->body.len, stop->valuestring, strlen(stop->valuestring)) : NULL;

			if (at != NULL) {
				b->body.len = (size_t)(at - b->body.p);
				p->n = i + 1;
				p->stop = "stop_sequence";
				p->stop_sequence = stop->valuestring;
			}
		}
	}
}

static void cut_at_max_tokens(struct plan *p)
{
	int64_t max = p->fault == FAULT_MAX_TOKENS && p->ask->max_tokens > 8 ? 8 : p->ask->max_tokens;
	size_t left = (size_t)max * 4, i;

	for (i = 0; i < p->n; i++) {
		struct block *b = &p->block[i];
		size_t name = b->name != NULL ? strlen(b->name) : 0;

		if (name + b->body.len <= left) {
			left -= name + b->body.len;
			continue;
		}
		p->n = left > name ? i + 1 : i;
		b->body.len = left > name ? whole(b->body, left - name) : 0;
		b->is_cut = true;
		p->stop = "max_tokens";
		p->stop_sequence = NULL;
	}
}

static void plan_blocks(struct plan *p, struct scripted *s)
{
	size_t i;

	force_call(p->ask, s);
	force_format(p->ask, s);
	p->block = xcalloc(s->calls + 2, sizeof *p->block);
	p->stop = s->stop[0] != '\0' ? s->stop : s->calls > 0 ? "tool_use" : "end_turn";
	if (p->fault == FAULT_REFUSAL)
		p->stop = "refusal";
	if (p->fault != FAULT_REFUSAL && p->fault != FAULT_EMPTY) {
		if (p->ask->thinks && s->thinking[0] != '\0')
			add_block(p, KIND_THINKING, NULL, s->thinking);
		if (s->text[0] != '\0')
			add_block(p, KIND_TEXT, NULL, s->text);
		for (i = 0; i < s->calls && !(p->ask->is_alone && i > 0); i++)
			add_block(p, KIND_TOOL, s->call[i].tool, s->call[i].input);
	} else if (p->fault == FAULT_EMPTY) {
		p->stop = "end_turn";
	}
	if (p->ask->max_tokens == 0)
		p->stop = "max_tokens";
	cut_at_stop_sequence(p);
	cut_at_max_tokens(p);
}

static void plan_usage(struct plan *p)
{
	int64_t bytes = 0, thought = 0;
	size_t i;

	for (i = 0; i < p->n; i++) {
		bytes += (int64_t)(p->block[i].body.len + (p->block[i].name != NULL ? strlen(p->block[i].name) : 0));
		if (p->block[i].kind == KIND_THINKING)
			thought += (int64_t)p->block[i].body.len;
	}
	p->used.output = tokens_of(bytes);
	p->used.thinking = tokens_of(thought);
	if (p->fault == FAULT_OVERBILL)
		p->used.output = p->ask->max_tokens + p->ask->max_tokens / 2 + 100;
}

/* --- writing ------------------------------------------------------------------ */

static void put_usage(struct json_out *j, const struct plan *p, int64_t output, bool is_delta)
{
	const struct usage *u = &p->used;

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

static void put_stop_details(struct json_out *j, const struct plan *p)
{
	if (strcmp(p->stop, "refusal") != 0)
		return;
	json_open(j, "stop_details", '{');
	json_put_text(j, "type", "refusal");
	json_put_text(j, "category", "general_harms");
	json_put_text(j, "explanation", "The practice vendor was told to refuse this.");
	json_close(j, '}');
}

static void put_thinking(struct json_out *j, const struct plan *p, const struct block *b, bool is_start)
{
	char sign[HASH_HEX], *shown = p->ask->is_silent || is_start ? xstrdup("") : xstrndup(b->body.p, b->body.len);

	think_sign(p->ask->model, shown, sign);
	json_put_text(j, "thinking", shown);
	json_put_text(j, "signature", is_start ? "" : sign);
	free(shown);
}

/* A block as it stands in a message, or (is_start) as it starts in a stream. */
static void put_block(struct json_out *j, const char *name, const struct plan *p, const struct block *b, bool is_start)
{
	static const char *const types[] = {[KIND_THINKING] = "thinking", [KIND_TEXT] = "text", [KIND_TOOL] = "tool_use"};

	json_open(j, name, '{');
	json_put_text(j, "type", types[b->kind]);
	if (b->kind == KIND_THINKING) {
		put_thinking(j, p, b, is_start);
	} else if (b->kind == KIND_TEXT) {
		json_put_slice(j, "text", is_start ? slice_of("") : b->body);
	} else {
		json_put_text(j, "id", b->id);
		json_put_text(j, "name", b->name);
		json_put_raw(j, "input", is_start || b->is_cut ? slice_of("{}") : b->body);
	}
	json_close(j, '}');
}

static void put_message(struct json_out *j, const char *name, const struct plan *p, bool is_start)
{
	size_t i;

	json_open(j, name, '{');
	json_put_text(j, "id", p->id);
	json_put_text(j, "type", "message");
	json_put_text(j, "role", "assistant");
	json_put_text(j, "model", p->ask->model->id);
	json_open(j, "content", '[');
	for (i = 0; !is_start && i < p->n; i++)
		put_block(j, NULL, p, &p->block[i], false);
	json_close(j, ']');
	json_put_text(j, "stop_reason", is_start ? NULL : p->stop);
	json_put_text(j, "stop_sequence", is_start ? NULL : p->stop_sequence);
	if (!is_start)
		put_stop_details(j, p);
	put_usage(j, p, is_start && p->used.output > 0 ? 1 : p->used.output, false);
	json_close(j, '}');
}

/* --- the stream --------------------------------------------------------------- */

static int64_t billed(const struct plan *p)
{
	int64_t n = tokens_of(p->sent_bytes);

	return n == 0 && p->used.output > 0 ? 1 : n < p->used.output ? n : p->used.output;
}

static void event_open(struct reply *r, struct json_out *j, const char *type)
{
	buf_addf(&r->body, "event: %s\ndata: ", type);
	json_start(j, &r->body);
	json_open(j, NULL, '{');
	json_put_text(j, "type", type);
}

static void event_close(struct plan *p, struct reply *r, struct json_out *j)
{
	if (p->fault == FAULT_UNKNOWN_EVENT)
		json_put_text(j, "practice_unknown_member", "ignore me");
	json_close(j, '}');
	buf_adds(&r->body, "\n\n");
	reply_piece(r, billed(p), tokens_of(p->thought_bytes));
	p->events++;
}

static void ping(struct plan *p, struct reply *r)
{
	struct json_out j;

	event_open(r, &j, "ping");
	event_close(p, r, &j);
	if (p->fault == FAULT_UNKNOWN_EVENT) {
		event_open(r, &j, "practice_unknown_event");
		event_close(p, r, &j);
	}
}

static void delta(struct plan *p, struct reply *r, size_t index, const char *type, const char *name, struct slice text)
{
	struct json_out j;

	event_open(r, &j, "content_block_delta");
	json_put_int(&j, "index", (int64_t)index);
	json_open(&j, "delta", '{');
	json_put_text(&j, "type", type);
	json_put_slice(&j, name, text);
	json_close(&j, '}');
	event_close(p, r, &j);
	if (p->events % PING_EVERY == 0)
		ping(p, r);
}

static size_t delta_bytes(struct slice body, size_t at)
{
	size_t n = body.len / MAX_DELTAS > DELTA_BYTES ? body.len / MAX_DELTAS : DELTA_BYTES;

	if (at + n >= body.len)
		return body.len - at;
	n = whole(body, at + n) - at;
	return n > 0 ? n : body.len - at;
}

static void deltas(struct plan *p, struct reply *r, size_t index)
{
	static const char *const types[] = {[KIND_THINKING] = "thinking_delta", [KIND_TEXT] = "text_delta", [KIND_TOOL] = "input_json_delta"};
	static const char *const names[] = {[KIND_THINKING] = "thinking", [KIND_TEXT] = "text", [KIND_TOOL] = "partial_json"};
	const struct block *b = &p->block[index];
	size_t at = 0, n;

	if (b->kind == KIND_TOOL) {
		p->sent_bytes += (int64_t)strlen(b->name);
		delta(p, r, index, types[b->kind], names[b->kind], slice_of(""));
	}
	while (at < b->body.len) {
		n = delta_bytes(b->body, at);
		p->sent_bytes += (int64_t)n;
		if (b->kind == KIND_THINKING)
			p->thought_bytes += (int64_t)n;
		if (b->kind != KIND_THINKING || !p->ask->is_silent)
			delta(p, r, index, types[b->kind], names[b->kind], slice_make(b->body.p + at, n));
		at += n;
	}
}

static void stream_block(struct plan *p, struct reply *r, size_t index)
{
	const struct block *b = &p->block[index];
	char sign[HASH_HEX], *shown;
	struct json_out j;

	event_open(r, &j, "content_block_start");
	json_put_int(&j, "index", (int64_t)index);
	put_block(&j, "content_block", p, b, true);
	event_close(p, r, &j);
	if (index == 0)
		ping(p, r);
	deltas(p, r, index);
	if (b->kind == KIND_THINKING) {
		shown = p->ask->is_silent ? xstrdup("") : xstrndup(b->body.p, b->body.len);
		think_sign(p->ask->model, shown, sign);
		delta(p, r, index, "signature_delta", "signature", slice_of(sign));
		free(shown);
	}
	event_open(r, &j, "content_block_stop");
	json_put_int(&j, "index", (int64_t)index);
	event_close(p, r, &j);
}

static void stream_end(struct plan *p, struct reply *r)
{
	struct json_out j;

	p->sent_bytes = p->used.output * 4;
	event_open(r, &j, "message_delta");
	json_open(&j, "delta", '{');
	json_put_text(&j, "stop_reason", p->stop);
	json_put_text(&j, "stop_sequence", p->stop_sequence);
	put_stop_details(&j, p);
	json_close(&j, '}');
	put_usage(&j, p, p->used.output, true);
	event_close(p, r, &j);
	event_open(r, &j, "message_stop");
	event_close(p, r, &j);
}

/* Keep the first pieces, and let nothing good come after. */
static void truncate_stream(struct reply *r, size_t keep)
{
	if (keep < r->pieces)
		r->pieces = keep;
	r->body.len = r->piece[r->pieces - 1].end;
}

static void add_raw(struct reply *r, const char *bytes, size_t n)
{
	struct piece last = r->piece[r->pieces - 1];

	buf_add(&r->body, bytes, n);
	reply_piece(r, last.output, last.thinking);
}

static void split(struct reply *r)
{
	static const size_t sizes[] = {1, 2, 3, 5, 8, 13};
	struct reply finer = {.room = 0};
	size_t i, at = 0, k = 0;

	for (i = 0; i < r->pieces; i++)
		while (at < r->piece[i].end) {
			at += sizes[k++ % LENGTH(sizes)];
			if (at > r->piece[i].end && i + 1 == r->pieces)
				at = r->piece[i].end;
			finer.body.len = at;
			reply_piece(&finer, r->piece[i].output, r->piece[i].thinking);
		}
	free(r->piece);
	r->piece = finer.piece;
	r->pieces = finer.pieces;
	r->room = finer.room;
}

static void spoil(struct plan *p, struct reply *r)
{
	static const char error[] = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
	static const char garbage[] = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"del\n\nda\xFF\xFE: \x01 ][ {\"type\"\n\n";
	size_t half = r->pieces / 2 + 1;

	switch (p->fault) {
	case FAULT_CUT:
		truncate_stream(r, half);
		r->ending = END_CUT;
		break;
	case FAULT_STALL:
		truncate_stream(r, half);
		r->ending = END_STALL;
		break;
	case FAULT_GARBAGE:
		truncate_stream(r, half);
		add_raw(r, garbage, sizeof garbage - 1);
		r->ending = END_CUT;
		break;
	case FAULT_ERROR_EVENT:
		truncate_stream(r, half);
		add_raw(r, error, sizeof error - 1);
		r->ending = END_CUT;
		break;
	case FAULT_ENDLESS:
		/* The closing events of the last block, the usage and the end are never sent. */
		truncate_stream(r, r->pieces > 4 ? r->pieces - 3 : r->pieces);
		r->ending = END_REPEAT;
		break;
	case FAULT_SLOW:
		r->gap_us = 250000;
		break;
	case FAULT_SPLIT:
		split(r);
		break;
	default:
		break;
	}
}

static void write_stream(struct plan *p, struct reply *r)
{
	struct json_out j;
	size_t i;

	r->streams = true;
	r->type = "text/event-stream; charset=utf-8";
	event_open(r, &j, "message_start");
	put_message(&j, "message", p, true);
	event_close(p, r, &j);
	if (p->n == 0)
		ping(p, r);
	for (i = 0; i < p->n; i++)
		stream_block(p, r, i);
	stream_end(p, r);
	spoil(p, r);
}

static void write_whole(struct plan *p, struct reply *r)
{
	struct json_out j;

	json_start(&j, &r->body);
	put_message(&j, NULL, p, false);
	if (p->fault != FAULT_CUT && p->fault != FAULT_GARBAGE && p->fault != FAULT_STALL)
		return;
	r->body.len /= 2;
	r->streams = p->fault != FAULT_GARBAGE;
	r->ending = p->fault == FAULT_STALL ? END_STALL : END_CUT;
	reply_piece(r, p->used.output, p->used.thinking);
}

void ask_reply(const struct ask *a, struct scripted *s, enum fault fault, const struct usage *used, struct reply *r)
{
	struct plan p = {.ask = a, .used = *used, .fault = fault};

	make_id("msg_01", p.id, sizeof p.id);
	plan_blocks(&p, s);
	plan_usage(&p);
	if (a->streams)
		write_stream(&p, r);
	else
		write_whole(&p, r);
	r->sale.used = p.used;
	free(p.block);
}
