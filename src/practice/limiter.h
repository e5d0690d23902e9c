/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limiter.h - so many requests in so long a time, filled up again all the while. */
#ifndef PRACTICE_LIMITER_H
#define PRACTICE_LIMITER_H

#include <stdbool.h>
#include <stdint.h>

struct limiter;

struct limiter_state {
	int64_t limit, left;
	int64_t full_us;	/* from now until all are there again */
	int64_t one_us;		/* from now until one is there; 0: it is */
};

struct limiter *limiter_new(int64_t requests, int64_t window_us);
void limiter_free(struct limiter *l);
/* One request; false: over the limit, and nothing is taken. Any thread. */
bool limiter_take(struct limiter *l, int64_t now_us, struct limiter_state *out);

#endif
