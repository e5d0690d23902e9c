/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cap.h - the arithmetic of spending limits. Pure: the sums come from the store,
 * the windows' edges from the caller, as they depend on the workspace's zone.
 * Scopes and windows are model/cap.h's; here a cap is three numbers. */
#ifndef MONEY_CAP_H
#define MONEY_CAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One cap and what its window holds so far, in pico-dollars; none below 0. */
struct cap_state {
	int64_t limit, booked, held;
};

/* What may still be held; never below 0. */
int64_t cap_left(int64_t limit, int64_t booked, int64_t held);
/* What may still be spent at most: what is free, and what is held. Where the limit was lowered
 * under it, what is held all the same. */
int64_t cap_most(int64_t limit, int64_t booked, int64_t held);
bool cap_fits(int64_t limit, int64_t booked, int64_t held, int64_t wanted);
/* Of several caps, the index of the tightest (first on a tie); caps_count at least 1. */
size_t cap_tightest(const struct cap_state *caps, size_t caps_count);

/* booked + held as whole per cent of the limit, rounded down; a limit of 0 is 100. At most 999. */
int cap_percent(int64_t limit, int64_t booked, int64_t held);
/* The highest of the ascending warn levels (per cent) that is reached, or 0. */
int cap_warn_level(int64_t limit, int64_t booked, int64_t held, const int *levels, size_t count);

/* The most output tokens for which input_pico + tokens * output_rate stays within
 * left, at most wanted; 0 if that is less than useful_min (or than wanted, where
 * wanted itself is less). output_rate 0 or less gives wanted if input_pico fits. */
int64_t cap_shrink_output(int64_t left, int64_t input_pico, int64_t output_rate, int64_t wanted, int64_t useful_min);
#define CAP_USEFUL_OUTPUT 512	/* tokens: below that an answer is cut more often than not */

#endif
