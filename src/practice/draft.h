/* SPDX-License-Identifier: GPL-3.0-or-later */
/* draft.h - a script's reply as a row of blocks, before a wire writes it down.
 *
 * Cut to the tokens and stop sequences that were asked for, and counted. Every
 * wire writes the same draft in its own words, so a script works over all.
 * Thread: one request's own. Borrows the scripted reply and the request's JSON. */
#ifndef PRACTICE_DRAFT_H
#define PRACTICE_DRAFT_H

#include <cjson/cJSON.h>

#include "practice/http.h"

enum draft_kind { DRAFT_THINKING, DRAFT_TEXT, DRAFT_TOOL };
struct draft_block {
	enum draft_kind kind;
	struct slice body;	/* text, thinking or the input's JSON */
	const char *name;	/* of the tool */
	char id[48];
	bool is_cut;
};
struct draft_ask {
	int64_t max_tokens;	/* 0 is none at all */
	bool thinks;
	bool is_alone;		/* at most one tool call */
	const cJSON *stops;	/* array of texts, or NULL */
	const char *forced;	/* the tool that must be called if the script calls none; NULL */
	const cJSON *forced_schema;
	const cJSON *format;	/* the schema of the text that is wanted; NULL */
	const char *call_id;	/* how the ids of tool calls begin */
	enum fault fault;
};
struct draft {
	const struct draft_ask *ask;
	struct draft_block *block;
	size_t n;
	struct usage used;
	const char *stop;		/* in Anthropic's words: end_turn, tool_use, max_tokens, stop_sequence, refusal, ... */
	const char *stop_sequence;
	int64_t sent_bytes, thought_bytes;	/* billable, written so far */
	size_t events;
};

/* used: the input buckets, filled already. May put a forced call into s. */
void draft_make(struct draft *d, const struct draft_ask *a, struct scripted *s, const struct usage *used);
void draft_release(struct draft *d);
/* What the next delta of a block takes: whole characters. 0 at the end. */
size_t draft_step(const struct draft_block *b, size_t at);
/* So much of that block has been written. */
void draft_sent(struct draft *d, const struct draft_block *b, size_t bytes);
/* The piece that was just written, with what is billed by now. */
void draft_piece(struct draft *d, struct reply *r);
/* Everything is billed from here on: the closing events carry the usage. */
void draft_all_sent(struct draft *d);

/* Faults of a finished stream. garbage and error are what a wire sends then;
 * closing is how many pieces end it after its last delta. */
struct spoiling {
	struct slice garbage, error;
	struct slice failed;	/* the end of a stream that failed; as error if there is none */
	size_t closing;
};
void stream_spoil(struct reply *r, enum fault fault, const struct spoiling *s);
/* The same for a body sent whole. */
void whole_spoil(struct reply *r, enum fault fault, const struct usage *used);

/* The least JSON value a schema lets pass. */
void schema_sample(const cJSON *schema, struct buf *out);
/* A prefix and 24 digits nobody can guess. */
void make_id(const char *prefix, char *out, size_t size);

#endif
