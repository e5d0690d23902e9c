/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prefix.h - prompts' beginnings, remembered for a while: the prompt cache.
 *
 * A prompt is a row of blocks in the order tools, system, messages. Each block
 * adds its tokens and is chained into a hash of all before it, so that equal
 * hashes mean equal beginnings. Breakpoints say where a beginning is worth
 * remembering; a later prompt that begins alike reads it instead of paying for
 * it again. One lookup looks only so many blocks back from each breakpoint.
 * Thread: any (a lock inside). Time is handed in. */
#ifndef PRACTICE_PREFIX_H
#define PRACTICE_PREFIX_H

#include <stdint.h>

#include "base/hash.h"
#include "practice/prices.h"

#define PREFIX_BREAKPOINTS 4
#define PREFIX_LOOKBACK 20

enum prefix_life {
	LIFE_NONE,
	LIFE_5M, LIFE_1H,	/* Anthropic, Bedrock */
	LIFE_30M, LIFE_12H,	/* OpenAI */
	LIFE_FREE,		/* 30 minutes, and writing it costs nothing: it stays fresh input */
};

struct prompt_block {
	struct hash upto;	/* of everything up to and with this block */
	int64_t bytes;		/* billable bytes up to and with this block */
	enum prefix_life mark;	/* a breakpoint stands after this block */
};
struct prompt {
	struct prompt_block *block;
	size_t n, room;
	size_t marks;
	size_t lookback;	/* blocks; PREFIX_LOOKBACK unless set otherwise */
};

/* scope tells models and accounts apart. */
void prompt_init(struct prompt *p, const char *scope);
void prompt_release(struct prompt *p);
/* content is hashed; bytes of it are billable. */
void prompt_add(struct prompt *p, const char *place, struct slice content, size_t billable_bytes, enum prefix_life mark);
/* Bytes / 4 rounded up: the one definition of a token. */
int64_t tokens_of(int64_t bytes);
int64_t prompt_tokens(const struct prompt *p);

struct prefixes;
struct prefixes *prefixes_new(void);
void prefixes_free(struct prefixes *c);
/* Fill the input buckets of u for p, and remember its marked beginnings that
 * are at least min_tokens long. The buckets add up to prompt_tokens(). */
void prefixes_use(struct prefixes *c, const struct prompt *p, int64_t min_tokens, int64_t now_us, struct usage *u);

#endif
