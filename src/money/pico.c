/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "money/pico.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

__extension__ typedef __int128 wide;

bool pico_add(int64_t a, int64_t b, int64_t *out)
{
	int64_t r;

	if (__builtin_add_overflow(a, b, &r))
		return false;
	*out = r;
	return true;
}

bool pico_sub(int64_t a, int64_t b, int64_t *out)
{
	int64_t r;

	if (__builtin_sub_overflow(a, b, &r))
		return false;
	*out = r;
	return true;
}

bool pico_mul(int64_t rate, int64_t units, int64_t *out)
{
	int64_t r;

	if (__builtin_mul_overflow(rate, units, &r))
		return false;
	*out = r;
	return true;
}

int64_t pico_add_capped(int64_t a, int64_t b)
{
	int64_t r;

	return pico_add(a, b, &r) ? r : PICO_MAX;
}

int64_t pico_mul_capped(int64_t rate, int64_t units)
{
	int64_t r;

	return pico_mul(rate, units, &r) ? r : PICO_MAX;
}

bool pico_scale(int64_t value, int64_t num, int64_t den, int64_t *out)
{
	wide product = (wide)value * num, quotient = product / den, rest = product % den;
	wide twice = (rest < 0 ? -rest : rest) * 2;

	if (twice > den || (twice == den && quotient % 2 != 0))
		quotient += product < 0 ? -1 : 1;
	if (quotient > INT64_MAX || quotient < INT64_MIN)
		return false;
	*out = (int64_t)quotient;
	return true;
}

/* --- reading -------------------------------------------------------------- */

/* A decimal number as its digits: value = 0.d1 d2 d3 ... * 10^point. */
struct decimal {
	char digits[64];	/* without leading zeros; values 0 to 9 */
	size_t count;
	long point;
	bool is_negative;
	bool has_more;		/* digits other than 0 did not fit into digits */
};

static void take_digit(struct decimal *d, int digit, bool is_fraction)
{
	if (d->count == 0 && digit == 0) {
		d->point -= is_fraction;
		return;
	}
	if (d->count < sizeof d->digits)
		d->digits[d->count++] = (char)digit;
	else if (digit != 0)
		d->has_more = true;
	d->point += !is_fraction;
}

static bool take_exponent(struct slice s, size_t i, struct decimal *d)
{
	long exponent = 0, sign = 1;

	if (i < s.len && (s.p[i] == '-' || s.p[i] == '+'))
		sign = s.p[i++] == '-' ? -1 : 1;
	if (i == s.len)
		return false;
	for (; i < s.len; i++) {
		if (!isdigit((unsigned char)s.p[i]))
			return false;
		if (exponent < 100000)
			exponent = exponent * 10 + (s.p[i] - '0');
	}
	d->point += sign * exponent;
	return true;
}

static bool read_decimal(struct slice s, struct decimal *d)
{
	size_t i = 0, start;

	*d = (struct decimal){.count = 0};
	if (s.len > 4096)
		return false;
	if (i < s.len && s.p[i] == '-')
		d->is_negative = true, i++;
	for (start = i; i < s.len && isdigit((unsigned char)s.p[i]); i++)
		take_digit(d, s.p[i] - '0', false);
	if (i == start)
		return false;
	if (i < s.len && s.p[i] == '.') {
		for (start = ++i; i < s.len && isdigit((unsigned char)s.p[i]); i++)
			take_digit(d, s.p[i] - '0', true);
		if (i == start)
			return false;
	}
	if (i < s.len && (s.p[i] == 'e' || s.p[i] == 'E'))
		return take_exponent(s, i + 1, d);
	return i == s.len;
}

/* Half to even, judged by the digits from `from` on. */
static bool rounds_up(const struct decimal *d, long from, int64_t whole)
{
	size_t i;

	if (from < 0 || (size_t)from >= d->count || d->digits[from] < 5)
		return false;
	if (d->digits[from] > 5 || d->has_more)
		return true;
	for (i = (size_t)from + 1; i < d->count; i++)
		if (d->digits[i] != 0)
			return true;
	return whole % 2 != 0;
}

static bool has_rest(const struct decimal *d, long from)
{
	size_t i;

	for (i = from < 0 ? 0 : (size_t)from; i < d->count; i++)
		if (d->digits[i] != 0)
			return true;
	return d->has_more;
}

/* The number times 10^scale as an int64. */
static enum err_code parse_scaled(struct slice text, long scale, bool may_round, int64_t *out, struct err *e)
{
	struct decimal d;
	long cut, i;
	int64_t v = 0;

	if (!read_decimal(text, &d))
		return err_set(e, ERR_USAGE, "not a decimal number");
	cut = d.point + scale;		/* so many digits stand before the cut */
	if (d.count > 0 && cut > 19)
		return err_set(e, ERR_LIMIT, "an amount too large to count");
	for (i = 0; i < cut && d.count > 0; i++) {
		int64_t digit = (size_t)i < d.count ? d.digits[i] : 0;

		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, digit, &v))
			return err_set(e, ERR_LIMIT, "an amount too large to count");
	}
	if (!may_round && has_rest(&d, cut))
		return err_set(e, ERR_LIMIT, "an amount with more decimals than are counted");
	if (may_round && rounds_up(&d, cut, v) && !pico_add(v, 1, &v))
		return err_set(e, ERR_LIMIT, "an amount too large to count");
	*out = d.is_negative ? -v : v;
	return ERR_OK;
}

enum err_code pico_parse(struct slice text, int64_t *out, struct err *e)
{
	return parse_scaled(text, 12, false, out, e);
}

enum err_code pico_parse_rounded(struct slice text, int64_t *out, struct err *e)
{
	return parse_scaled(text, 12, true, out, e);
}

enum err_code pico_cents_parse(struct slice text, int64_t *out, struct err *e)
{
	return parse_scaled(text, 10, false, out, e);
}

enum err_code pico_rate_parse(struct slice text, int64_t *out, struct err *e)
{
	int64_t rate;
	enum err_code code = parse_scaled(text, 6, true, &rate, e);

	if (code != ERR_OK)
		return code;
	if (rate < 0)
		return err_set(e, ERR_USAGE, "a rate below zero");
	*out = rate;
	return ERR_OK;
}

/* --- writing -------------------------------------------------------------- */

static uint64_t size_of(int64_t v)
{
	return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

static void format_scaled(int64_t value, int decimals, char out[PICO_TEXT])
{
	uint64_t unit = 1, v = size_of(value);
	size_t len;
	int i;

	for (i = 0; i < decimals; i++)
		unit *= 10;
	snprintf(out, PICO_TEXT, "%s%" PRIu64 ".%0*" PRIu64, value < 0 ? "-" : "", v / unit, decimals, v % unit);
	len = strlen(out);
	while (out[len - 1] == '0')
		out[--len] = '\0';
	if (out[len - 1] == '.')
		out[--len] = '\0';
}

void pico_format(int64_t pico, char out[PICO_TEXT])
{
	format_scaled(pico, 12, out);
}

void pico_rate_format(int64_t rate, char out[PICO_TEXT])
{
	format_scaled(rate, 6, out);
}

/* "$4.82": rounded half to even to so many decimals, never to nothing. */
static void format_people(int64_t pico, int decimals, char out[PICO_TEXT])
{
	uint64_t unit = (uint64_t)PICO_DOLLAR, whole = 1, v = size_of(pico), n, rest;
	const char *sign = pico < 0 ? "-" : "";
	int i;

	for (i = 0; i < decimals; i++)
		unit /= 10, whole *= 10;
	if (v != 0 && v < unit) {
		snprintf(out, PICO_TEXT, "%s<$0.%0*d", sign, decimals, 1);
		return;
	}
	n = v / unit;
	rest = v % unit;
	if (rest > unit / 2 || (rest == unit / 2 && n % 2 != 0))
		n++;
	snprintf(out, PICO_TEXT, "%s$%" PRIu64 ".%0*" PRIu64, sign, n / whole, decimals, n % whole);
}

void pico_format_short(int64_t pico, char out[PICO_TEXT])
{
	format_people(pico, 2, out);
}

void pico_format_cap(int64_t pico, char out[PICO_TEXT])
{
	char exact[PICO_TEXT];

	if (pico <= 0 || pico >= PICO_CENT) {
		pico_format_short(pico, out);
		return;
	}
	pico_format(pico, exact);
	snprintf(out, PICO_TEXT, "$%.*s", PICO_TEXT - 2, exact);
}

void pico_format_fine(int64_t pico, char out[PICO_TEXT])
{
	format_people(pico, 4, out);
}
