/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <time.h>

#include "base/date.h"
#include "base/hash.h"

static void test_rfc3339_round_trip(void **state)
{
	static const char *const samples[] = {"1970-01-01T00:00:00.000000Z", "2024-02-29T23:59:59.999999Z", "2026-11-23T09:01:02.000003Z", "1999-12-31T12:00:00.500000Z"};
	char out[DATE_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(samples); i++) {
		int64_t at;

		assert_true(date_parse(samples[i], &at));
		date_rfc3339(at, out);
		assert_string_equal(out, samples[i]);
	}
}

static void test_days_agree_with_the_c_library(void **state)
{
	int64_t day;

	(void)state;
	for (day = -40000; day < 60000; day += 13) {
		time_t t = (time_t)(day * 86400);
		struct tm tm;
		char ours[11], theirs[11];

		gmtime_r(&t, &tm);
		strftime(theirs, sizeof theirs, "%Y-%m-%d", &tm);
		date_day(day * 86400 * 1000000, ours);
		assert_string_equal(ours, theirs);
		assert_int_equal(date_days_from_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday), day);
	}
}

static void test_http_dates_agree_with_the_c_library(void **state)
{
	int64_t at;

	(void)state;
	for (at = -2000000000; at < 4000000000; at += 7654321) {
		time_t t = (time_t)at;
		struct tm tm;
		char ours[DATE_HTTP], theirs[64];
		int64_t back;

		gmtime_r(&t, &tm);
		strftime(theirs, sizeof theirs, "%a, %d %b %Y %H:%M:%S GMT", &tm);
		date_http(at * 1000000, ours);
		assert_string_equal(ours, theirs);
		assert_true(date_parse_http(ours, &back) && back == at * 1000000);
	}
}

static void test_parse_reads_offsets_and_refuses_nonsense(void **state)
{
	int64_t at, utc;

	(void)state;
	assert_true(date_parse("2026-11-23T10:00:00+01:00", &at));
	assert_true(date_parse("2026-11-23T09:00:00Z", &utc));
	assert_int_equal(at, utc);
	assert_true(date_parse_http("Mon, 23 Nov 2026 09:00:00 GMT", &at));
	assert_int_equal(at, utc);
	assert_false(date_parse("2026-13-01", &at));
	assert_false(date_parse("2026-11-23T25:00:00Z", &at));
	assert_false(date_parse("2026-11-23T09:00:00", &at));
	assert_false(date_parse("yesterday", &at));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rfc3339_round_trip),
		cmocka_unit_test(test_days_agree_with_the_c_library),
		cmocka_unit_test(test_http_dates_agree_with_the_c_library),
		cmocka_unit_test(test_parse_reads_offsets_and_refuses_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
