/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pico.h - money: int64_t pico-dollars (1e-12 $), exact up to 9.2 million dollars. Pure.
 *
 * A rate is pico-dollars for one unit; $1 per million tokens is 1,000,000 a token.
 * Nothing here goes through a double. The checked operations return false and
 * leave *out alone when the result does not fit. */
#ifndef MONEY_PICO_H
#define MONEY_PICO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

#define PICO_DOLLAR INT64_C(1000000000000)
#define PICO_CENT (PICO_DOLLAR / 100)
#define PICO_PER_M_DOLLAR INT64_C(1000000)	/* rate of $1 per million */
#define PICO_MAX INT64_MAX
#define PICO_TEXT 48		/* room for any pico_format*() */

bool pico_add(int64_t a, int64_t b, int64_t *out);
bool pico_sub(int64_t a, int64_t b, int64_t *out);
bool pico_mul(int64_t rate, int64_t units, int64_t *out);
/* Not over PICO_MAX: for bounds, where too much is as good as infinite. Both at least 0. */
int64_t pico_add_capped(int64_t a, int64_t b);
int64_t pico_mul_capped(int64_t rate, int64_t units);
/* value * num / den, rounded half to even, once. den at least 1; false if it does not fit. */
bool pico_scale(int64_t value, int64_t num, int64_t den, int64_t *out);

/* Decimal dollars ("12", "-0.5", "1.5e-7", as JSON writes numbers) to pico-dollars.
 * ERR_USAGE if it is no number, ERR_LIMIT if it does not fit or has a digit
 * other than 0 past the twelfth decimal. */
MUST_USE enum err_code pico_parse(struct slice text, int64_t *out, struct err *e);
/* The same, rounded once (half to even) where there are more than twelve decimals: for floats of others. */
MUST_USE enum err_code pico_parse_rounded(struct slice text, int64_t *out, struct err *e);
/* Decimal dollars per million units to a rate. Digits past the sixth decimal
 * are rounded half to even (once); below zero is ERR_USAGE. */
MUST_USE enum err_code pico_rate_parse(struct slice text, int64_t *out, struct err *e);
/* Decimal cents, as Anthropic's cost report has them; more than ten decimals are ERR_LIMIT unless zeros. */
MUST_USE enum err_code pico_cents_parse(struct slice text, int64_t *out, struct err *e);

/* Exact, no trailing zeros: "0", "-0.5", "0.0123456". */
void pico_format(int64_t pico, char out[PICO_TEXT]);
/* For people: "$4.82", "$0.41", "-$3.00", "$0.00" only for nothing at all;
 * "<$0.01" below a cent. Cents are rounded half to even. */
void pico_format_short(int64_t pico, char out[PICO_TEXT]);
/* The same, with all its digits below a cent: a limit is not "<$0.01". */
void pico_format_cap(int64_t pico, char out[PICO_TEXT]);
/* For people who watch it accrue: four decimals, "$0.0041", "<$0.0001". */
void pico_format_fine(int64_t pico, char out[PICO_TEXT]);
/* A rate as dollars per million: "3", "0.075". */
void pico_rate_format(int64_t rate, char out[PICO_TEXT]);

#endif
