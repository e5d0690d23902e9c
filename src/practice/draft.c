/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/draft.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/random.h"

#define MAX_DELTAS 64	/* deltas of one block, at most */
#define DELTA_BYTES 16	/* and as few bytes in each, if there are fewer deltas */

void make_id(const char *prefix, char *out, size_t size)
{
	unsigned char b[12];
	char hex[2 * sizeof b + 1];

	random_bytes(b, sizeof b);
	hex_encode(b, sizeof b, hex);
	snprintf(out, size, "%s%s", prefix, hex);
}

/* --- the row of blocks -------------------------------------------------------- */

static void add_block(struct draft *d, enum draft_kind kind, const char *name, const char *body)
{
	struct draft_block *b = &d->block[d->n++];

	*b = (struct draft_block){.kind = kind, .body = slice_of(body), .name = name};
	if (kind == DRAFT_TOOL)
		make_id(d->ask->call_id, b->id, sizeof b->id);
}

/* A tool that must be called and was not: called with the least input its schema lets pass. */
static void force_call(const struct draft_ask *a, struct scripted *s)
{
	struct buf input;

	if (a->forced == NULL || s->calls > 0)
		return;
	buf_init(&input, 0);
	schema_sample(a->forced_schema, &input);
	s->call = xreallocarray(s->call, 1, sizeof *s->call);
	s->call[s->calls++] = (struct scripted_call){.tool = xstrdup(a->forced), .input = buf_take(&input)};
}

/* An answer in the asked-for form takes the place of the script's text. */
static void force_format(const struct draft_ask *a, struct scripted *s)
{
	struct buf text;

	if (a->format == NULL || s->calls > 0)
		return;
	buf_init(&text, 0);
	schema_sample(a->format, &text);
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

static void cut_at_stop_sequence(struct draft *d)
{
	const cJSON *stop;
	size_t i;

	for (i = 0; i < d->n; i++) {
		struct draft_block *b = &d->block[i];

		cJSON_ArrayForEach(stop, d->ask->stops) {
			const char *at = b->kind == DRAFT_TEXT ? memmem(b->body.p, b->body.len, stop->valuestring, strlen(stop->valuestring)) : NULL;

			if (at != NULL) {
				b->body.len = (size_t)(at - b->body.p);
				d->n = i + 1;
				d->stop = "stop_sequence";
				d->stop_sequence = stop->valuestring;
			}
		}
	}
}

static void cut_at_max_tokens(struct draft *d)
{
	int64_t max = d->ask->fault == FAULT_MAX_TOKENS && d->ask->max_tokens > 8 ? 8 : d->ask->max_tokens;
	size_t left = (size_t)max * 4, i;

	for (i = 0; i < d->n; i++) {
		struct draft_block *b = &d->block[i];
		size_t name = b->name != NULL ? strlen(b->name) : 0;

		if (name + b->body.len <= left) {
			left -= name + b->body.len;
			continue;
		}
		d->n = left > name ? i + 1 : i;
		b->body.len = left > name ? whole(b->body, left - name) : 0;
		b->is_cut = true;
		d->stop = "max_tokens";
		d->stop_sequence = NULL;
	}
}

static void lay_out(struct draft *d, struct scripted *s)
{
	enum fault fault = d->ask->fault;
	size_t i;

	force_call(d->ask, s);
	force_format(d->ask, s);
	d->block = xcalloc(s->calls + 2, sizeof *d->block);
	d->stop = s->stop[0] != '\0' ? s->stop : s->calls > 0 ? "tool_use" : "end_turn";
	if (fault == FAULT_REFUSAL)
		d->stop = "refusal";
	if (fault != FAULT_REFUSAL && fault != FAULT_EMPTY) {
		if (d->ask->thinks && s->thinking[0] != '\0')
			add_block(d, DRAFT_THINKING, NULL, s->thinking);
		if (s->text[0] != '\0')
			add_block(d, DRAFT_TEXT, NULL, s->text);
		for (i = 0; i < s->calls && !(d->ask->is_alone && i > 0); i++)
			add_block(d, DRAFT_TOOL, s->call[i].tool, s->call[i].input);
	} else if (fault == FAULT_EMPTY) {
		d->stop = "end_turn";
	}
	if (d->ask->max_tokens == 0)
		d->stop = "max_tokens";
	cut_at_stop_sequence(d);
	cut_at_max_tokens(d);
}

static void count(struct draft *d)
{
	int64_t bytes = 0, thought = 0;
	size_t i;

	for (i = 0; i < d->n; i++) {
		bytes += (int64_t)(d->block[i].body.len + (d->block[i].name != NULL ? strlen(d->block[i].name) : 0));
		if (d->block[i].kind == DRAFT_THINKING)
			thought += (int64_t)d->block[i].body.len;
	}
	d->used.output = tokens_of(bytes);
	d->used.thinking = tokens_of(thought);
	if (d->ask->fault == FAULT_OVERBILL)
		d->used.output = d->ask->max_tokens + d->ask->max_tokens / 2 + 100;
}

void draft_make(struct draft *d, const struct draft_ask *a, struct scripted *s, const struct usage *used)
{
	*d = (struct draft){.ask = a, .used = *used};
	lay_out(d, s);
	count(d);
}

void draft_release(struct draft *d)
{
	free(d->block);
	*d = (struct draft){0};
}

/* --- writing it down ------------------------------------------------------------ */

size_t draft_step(const struct draft_block *b, size_t at)
{
	struct slice body = b->body;
	size_t n = body.len / MAX_DELTAS > DELTA_BYTES ? body.len / MAX_DELTAS : DELTA_BYTES;

	if (at + n >= body.len)
		return body.len - at;
	n = whole(body, at + n) - at;
	return n > 0 ? n : body.len - at;
}

void draft_sent(struct draft *d, const struct draft_block *b, size_t bytes)
{
	d->sent_bytes += (int64_t)bytes;
	if (b->kind == DRAFT_THINKING)
		d->thought_bytes += (int64_t)bytes;
}

void draft_all_sent(struct draft *d)
{
	d->sent_bytes = d->used.output * 4;
}

void draft_piece(struct draft *d, struct reply *r)
{
	int64_t n = tokens_of(d->sent_bytes);

	n = n == 0 && d->used.output > 0 ? 1 : n < d->used.output ? n : d->used.output;
	reply_piece(r, n, tokens_of(d->thought_bytes));
	d->events++;
}

/* --- what goes wrong -------------------------------------------------------------- */

/* Keep the first pieces, and let nothing good come after. */
static void truncate_stream(struct reply *r, size_t keep)
{
	if (keep < r->pieces)
		r->pieces = keep;
	r->body.len = r->piece[r->pieces - 1].end;
}

static void add_raw(struct reply *r, struct slice bytes)
{
	struct piece last = r->piece[r->pieces - 1];

	buf_add_slice(&r->body, bytes);
	reply_piece(r, last.output, last.thinking);
}

/* Pieces of those sizes, round and round, whatever the events are. */
static void split(struct reply *r, const size_t *sizes, size_t kinds)
{
	struct reply finer = {.room = 0};
	size_t i, at = 0, k = 0;

	for (i = 0; i < r->pieces; i++)
		while (at < r->piece[i].end) {
			at += sizes[k++ % kinds];
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

void stream_spoil(struct reply *r, enum fault fault, const struct spoiling *s)
{
	static const size_t crumbs[] = {1, 2, 3, 5, 8, 13}, drops[] = {1};
	size_t half = r->pieces / 2 + 1;

	switch (fault) {
	case FAULT_CUT:
	case FAULT_STALL:
	case FAULT_GARBAGE:
	case FAULT_ERROR_EVENT:
	case FAULT_FAILED:
		truncate_stream(r, half);
		if (fault == FAULT_GARBAGE || fault == FAULT_ERROR_EVENT)
			add_raw(r, fault == FAULT_GARBAGE ? s->garbage : s->error);
		if (fault == FAULT_FAILED)
			add_raw(r, s->failed.len > 0 ? s->failed : s->error);
		r->ending = fault == FAULT_STALL ? END_STALL : fault == FAULT_ERROR_EVENT || fault == FAULT_FAILED ? END_EARLY : END_CUT;
		break;
	case FAULT_ENDLESS:
		/* The usage and the end are never sent. */
		truncate_stream(r, r->pieces > s->closing + 1 ? r->pieces - s->closing : r->pieces);
		r->ending = END_REPEAT;
		break;
	case FAULT_SLOW:
		r->gap_us = 250000;
		break;
	case FAULT_DRIP:
		split(r, drops, LENGTH(drops));
		r->gap_us = 1000000;
		break;
	case FAULT_SPLIT:
		split(r, crumbs, LENGTH(crumbs));
		break;
	default:
		break;
	}
}

void whole_spoil(struct reply *r, enum fault fault, const struct usage *used)
{
	static const size_t drops[] = {1};

	if (fault == FAULT_DRIP) {
		r->streams = true;
		reply_piece(r, used->output, used->thinking);
		split(r, drops, LENGTH(drops));
		r->gap_us = 1000000;
		return;
	}
	if (fault != FAULT_CUT && fault != FAULT_GARBAGE && fault != FAULT_STALL)
		return;
	r->body.len /= 2;
	r->streams = fault != FAULT_GARBAGE;
	r->ending = fault == FAULT_STALL ? END_STALL : END_CUT;
	reply_piece(r, used->output, used->thinking);
}
