/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pacer.h - how fast a key may be used, by what its vendor's answers say. Pure.
 *
 * A vendor fills its limits up again all the time: at `reset` they are full. So what
 * is missing now is there after its share of that time, and a call that waits so
 * long is not refused. What a vendor did not say never holds a call back.
 *
 * Thread  any; a plain value, all zero at first. */
#ifndef VENDOR_PACER_H
#define VENDOR_PACER_H

#include "vendor/vendor.h"

#define PACER_SHORTEST_US INT64_C(50000)
/* Before its first answer nobody knows what a key is allowed: so many go ahead, and the others
 * follow when it is in, or when it lets itself be waited for. */
#define PACER_FIRST_CALLS 4
#define PACER_FIRST_US INT64_C(5000000)

struct pacer_limit {
	bool is_known;
	int64_t limit, left;	/* limit 0: not said; only then left counts */
	int64_t fill_us;	/* that an empty one takes until it is full */
	int64_t full_us;	/* when it is full again */
};
struct pacer {
	struct pacer_limit limit[VENDOR_LIMITS];
	int64_t not_before_us;		/* the vendor asked to wait until then */
	int64_t taken, learned;		/* tickets: of the last call that went, of the last whose answer told more */
	int64_t open;			/* calls that went and have no answer yet */
	bool is_heard;			/* an answer came */
	int64_t first_us;		/* when the first of the calls before it went */
};

/* What an answer's headers say, of any status. ticket: p->taken as it was when its
 * call went. Answers overtake each other: what an older call's says of the past makes
 * nothing larger, and calls without an answer may not be counted in it. */
void pacer_learn(struct pacer *p, int64_t ticket, const struct vendor_limit said[VENDOR_LIMITS], int64_t now_us);
/* A call that went ended without an answer. */
void pacer_lost(struct pacer *p);
/* A vendor's own wait holds for everything on the key. */
void pacer_hold_off(struct pacer *p, int64_t until_us);
/* 0: a call with so many fresh input tokens may go, and is counted. Else how long it
 * has to wait (then nothing is counted), and in *kind which limit it waits for
 * (VENDOR_LIMITS: the vendor asked for it, or pacer_is_first()). */
int64_t pacer_take(struct pacer *p, int64_t input_tokens, int64_t now_us, enum vendor_limit_kind *kind);
/* The first calls on the key have no answer yet, and no more may go. */
bool pacer_is_first(const struct pacer *p, int64_t now_us);

#endif
