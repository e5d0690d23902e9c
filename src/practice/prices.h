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
#include <stddef.h>
#include <stdint.h>

/* What one call used; the buckets are disjoint: input is fresh input only. */
struct usage {
	int64_t input, cache_read, write_5m, write_1h, write_30m, write_12h, output;
	int64_t thinking;	/* part of output, not priced apart */
};
enum bucket { BUCKET_INPUT, BUCKET_READ, BUCKET_WRITE_5M, BUCKET_WRITE_1H, BUCKET_WRITE_30M, BUCKET_WRITE_12H, BUCKET_OUTPUT, BUCKETS };
int64_t usage_bucket(const struct usage *u, enum bucket b);
int64_t usage_prompt(const struct usage *u);	/* all but the output */

enum service { SERVICE_DEFAULT, SERVICE_FLEX, SERVICE_PRIORITY };
struct terms {
	enum service service;
	bool is_regional;	/* Anthropic's inference_geo "us", OpenAI's regional hosts: 1.1 times every rate */
};
#define MONEY_TEXT 32

/* The call's price and what each bucket adds to it; false for a model without a
 * price on those terms, or a sum past int64_t. A Bedrock id carries its own
 * region class: "global." or another. */
bool price_lines(const char *vendor, const char *model, const struct usage *u, const struct terms *t, int64_t line[BUCKETS], int64_t *pico);
bool price_call(const char *vendor, const char *model, const struct usage *u, const struct terms *t, int64_t *pico);
/* Does the list have a price for that service? */
bool price_offers(const char *model, enum service service);
/* "0.125" dollars a million tokens, as pico-dollars a token; false if it is no
 * decimal number. Digits past the sixth decimal are rounded half to even. */
bool rate_parse(const char *text, int64_t *rate);
/* rate * num / den, rounded half to even; den > 0, rate and num >= 0. */
int64_t rate_scale(int64_t rate, int64_t num, int64_t den);
/* "0.0123456": exact, no zeros at the end, no exponent. */
void money_text(int64_t pico, char out[MONEY_TEXT]);

/* --- the list, price_list.c ----------------------------------------------------- */

/* Dollars a million tokens, as the vendor publishes them (2026-11-23); NULL is not offered. */
struct card {
	const char *rate[BUCKETS];
};
struct listed {
	const char *vendor, *model;
	struct card card;
	int64_t step;		/* prompt tokens above which the whole request costs more; 0 is none */
	struct card above;	/* at these rates, or, if there are none, 2 times the input and 3/2 the output */
	unsigned offers;	/* services besides the default one: 1 << enum service */
	int priority_num, priority_den;		/* what SERVICE_PRIORITY multiplies every rate with; 0 is 2/1 */
	bool priority_above;	/* also above the step */
};
extern const struct listed price_list[];	/* ends with a NULL model */

#endif
