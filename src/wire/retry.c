/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/retry.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/date.h"

#define US INT64_C(1000000)

static struct slice trim(struct slice s)
{
	while (s.len > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
		s.p++, s.len--;
	while (s.len > 0 && isspace((unsigned char)s.p[s.len - 1]))
		s.len--;
	return s;
}

static int64_t capped(int64_t us)
{
	return us < 0 ? 0 : us > WIRE_WAIT_MAX_US ? WIRE_WAIT_MAX_US : us;
}

/* Decimal digits with an optional fraction, times unit_us, rounded up; stops at
 * the first other byte. *used is 0 if there was no digit. */
static int64_t read_decimal(struct slice s, int64_t unit_us, size_t *used)
{
	int64_t whole = 0, fraction = 0, scale = 1;
	size_t i;
	bool has_digit = false, has_rest = false;

	for (i = 0; i < s.len && isdigit((unsigned char)s.p[i]); i++) {
		has_digit = true;
		if (whole <= WIRE_WAIT_MAX_US)
			whole = whole * 10 + (s.p[i] - '0');
	}
	if (i < s.len && s.p[i] == '.') {
		for (i++; i < s.len && isdigit((unsigned char)s.p[i]); i++) {
			has_digit = true;
			if (scale < US) {
				fraction = fraction * 10 + (s.p[i] - '0');
				scale *= 10;
			} else if (s.p[i] != '0') {
				has_rest = true;
			}
		}
	}
	*used = has_digit ? i : 0;
	if (whole > WIRE_WAIT_MAX_US / unit_us)
		return WIRE_WAIT_MAX_US;
	/* fraction < 1e6 and a unit is at most an hour: below 2^63 */
	return capped(whole * unit_us + (fraction * unit_us + scale - 1) / scale + has_rest);
}

bool wire_seconds_parse(struct slice text, int64_t *out_us)
{
	struct slice s = trim(text);
	size_t used;
	int64_t us = read_decimal(s, US, &used);

	if (used == 0 || used != s.len)
		return false;
	*out_us = us;
	return true;
}

bool wire_duration_parse(struct slice text, int64_t *out_us)
{
	static const struct {
		const char *name;
		int64_t us;
	} units[] = {{"ms", 1000}, {"us", 1}, {"h", 3600 * US}, {"m", 60 * US}, {"s", US}};
	struct slice s = trim(text);
	int64_t sum = 0;

	if (s.len == 0)
		return false;
	while (s.len > 0) {
		size_t used, i, n = 0;
		int64_t unit = 0;

		(void)read_decimal(s, 1, &used);
		if (used == 0)
			return false;
		for (i = 0; i < LENGTH(units) && unit == 0; i++) {
			n = strlen(units[i].name);
			if (s.len - used >= n && memcmp(s.p + used, units[i].name, n) == 0)
				unit = units[i].us;
		}
		if (unit == 0)
			return false;
		sum = capped(sum + read_decimal(slice_make(s.p, used), unit, &used));
		s = slice_make(s.p + used + n, s.len - used - n);
	}
	*out_us = sum;
	return true;
}

/* The slice as a C string in out, if it fits. */
static bool as_text(struct slice s, char *out, size_t room)
{
	if (s.len == 0 || s.len >= room || memchr(s.p, '\0', s.len) != NULL)
		return false;
	memcpy(out, s.p, s.len);
	out[s.len] = '\0';
	return true;
}

bool wire_reset_parse(struct slice text, int64_t now_us, int64_t *out_wait_us)
{
	char s[48];
	int64_t at;

	if (!as_text(trim(text), s, sizeof s) || !date_parse(s, &at))
		return false;
	*out_wait_us = capped(at - now_us);
	return true;
}

struct wire_retry wire_retry_read(const struct wire_answer_header *h, size_t count, int64_t now_us)
{
	struct wire_retry r = {.should = -1};
	struct slice ms = wire_answer_get(h, count, "retry-after-ms"), after = wire_answer_get(h, count, "retry-after");
	struct slice should = wire_answer_get(h, count, "x-should-retry");
	char date[48];
	int64_t at;
	size_t used;

	if (slice_is(should, "true"))
		r.should = 1;
	else if (slice_is(should, "false"))
		r.should = 0;
	r.wait_us = read_decimal(ms, 1000, &used);
	if (ms.len > 0 && used == ms.len) {
		r.has_wait = true;
	} else if (wire_seconds_parse(after, &r.wait_us)) {
		r.has_wait = true;
	} else if (as_text(after, date, sizeof date) && date_parse_http(date, &at)) {
		r.has_wait = true;
		r.wait_us = capped(at - now_us);
	} else {
		r.wait_us = 0;
	}
	return r;
}

int64_t wire_backoff_us(unsigned attempt, uint32_t spread)
{
	int64_t whole = attempt < 6 ? US << attempt : 60 * US;

	return whole - whole / 4 * (int64_t)(spread % 1024) / 1024;
}
