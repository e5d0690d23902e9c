/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prices.h - the practice vendor's own price list and its own arithmetic.
 *
 * Written apart from the office's money/ on purpose: two books that were made
 * by the same code would agree even when both are wrong. Money is int64_t
 * pico-dollars (1e-12 $); a rate is pico-dollars a token ($1 a million tokens is
 * 1,000,000). Rounding is half to even, once per rate. Pure. */
#ifndef PRACTICE_PRICES_H
#define PRACTICE_PRICES_H

#include <stdbool.h>
#include <stdint.h>

/* What one call used; the buckets are disjoint: input is fresh input only. */
struct usage {
	int64_t input, cache_read, write_5m, write_1h, output;
	int64_t thinking;	/* part of output, not priced apart */
};
#define MONEY_TEXT 32

/* The whole call's price; false for a model without a price or a sum past
 * int64_t. us_only is Anthropic's inference_geo "us" (1.1 times every rate). */
bool price_call(const char *model, const struct usage *u, bool us_only, int64_t *pico);
/* "0.125" dollars a million tokens, as pico-dollars a token; false if it is no
 * decimal number. Digits past the sixth decimal are rounded half to even. */
bool rate_parse(const char *text, int64_t *rate);
/* rate * num / den, rounded half to even; den > 0, rate and num >= 0. */
int64_t rate_scale(int64_t rate, int64_t num, int64_t den);
/* "0.0123456": exact, no zeros at the end, no exponent. */
void money_text(int64_t pico, char out[MONEY_TEXT]);

#endif
