/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "money/statement.h"

#include <string.h>

#include "base/date.h"
#include "check.h"
#include "money/pico.h"

static struct statement s;
static struct err e;

static enum err_code parse(const char *text)
{
	statement_release(&s);
	return statement_parse(slice_of(text), &s, &e);
}

static int64_t of_day(int day)
{
	int64_t number = date_days_from_civil(2026, 11, day);
	size_t i;

	for (i = 0; i < s.count; i++)
		if (s.day[i].day == number)
			return s.day[i].pico;
	return -1;
}

#define BUCKET(from, to, rows) "{\"starting_at\":\"2026-11-" from "T00:00:00Z\",\"ending_at\":\"2026-11-" to "T00:00:00Z\",\"results\":[" rows "]}"
#define ROW(cents) "{\"currency\":\"USD\",\"amount\":\"" cents "\",\"workspace_id\":null}"
#define PAGE(buckets, more) "{\"data\":[" buckets "],\"has_more\":" more ",\"next_page\":null}"

static void test_anthropic_counts_in_cents_as_strings(void **state)
{
	(void)state;
	check_ok(parse(PAGE(BUCKET("20", "21", ROW("123.45") "," ROW("0.0000000001")) "," BUCKET("21", "22", ""), "true")), &e);
	assert_int_equal(s.count, 2);
	assert_int_equal(of_day(20), 123 * PICO_CENT + 45 * PICO_CENT / 100 + 1);
	assert_int_equal(of_day(21), 0);	/* reported, and nothing */
	assert_true(s.has_more);
}

#define OPENAI(from, to, rows) "{\"object\":\"bucket\",\"start_time\":" from ",\"end_time\":" to ",\"results\":[" rows "]}"
static void test_openai_floats_are_read_from_their_digits(void **state)
{
	(void)state;
	/* 1794960000: 2026-11-18 */
	check_ok(parse("{\"object\":\"page\",\"data\":[" OPENAI("1794960000", "1795046400",
		"{\"amount\":{\"value\":0.1,\"currency\":\"usd\"}},{\"amount\":{\"value\":0.20000000000000001,\"currency\":\"usd\"}},"
		"{\"amount\":{\"value\":1.5e-7,\"currency\":\"usd\"}},{\"amount\":{\"value\":-0.05,\"currency\":\"usd\"}}") "],\"has_more\":false}"), &e);
	assert_int_equal(s.count, 1);
	assert_int_equal(of_day(18), PICO_DOLLAR / 4 + 150000);
	assert_false(s.has_more);
}

static void test_aws_groups_are_added_up(void **state)
{
	(void)state;
	check_ok(parse("{\"ResultsByTime\":[{\"TimePeriod\":{\"Start\":\"2026-11-20\",\"End\":\"2026-11-21\"},\"Estimated\":true,\"Total\":{},\"Groups\":["
		"{\"Keys\":[\"a\"],\"Metrics\":{\"UnblendedCost\":{\"Amount\":\"1.25\",\"Unit\":\"USD\"}}},"
		"{\"Keys\":[\"b\"],\"Metrics\":{\"UnblendedCost\":{\"Amount\":\"0.0000000000004\",\"Unit\":\"USD\"}}}]},"
		"{\"TimePeriod\":{\"Start\":\"2026-11-21\",\"End\":\"2026-11-22\"},\"Estimated\":false,\"Total\":{\"UnblendedCost\":{\"Amount\":\"2\",\"Unit\":\"USD\"}},\"Groups\":[]}]}"), &e);
	assert_int_equal(of_day(20), PICO_DOLLAR + PICO_DOLLAR / 4);
	assert_int_equal(of_day(21), 2 * PICO_DOLLAR);
	assert_true(s.day[0].is_estimate);
	assert_false(s.day[1].is_estimate);
}

static void test_csv_adds_the_lines_of_a_day(void **state)
{
	(void)state;
	check_ok(parse("date,service,cost,currency\r\n2026-11-20,\"a, b\",1.5,USD\r\n2026-11-20,c,0.25,USD\n\n2026-11-22,d,3,usd\n"), &e);
	assert_int_equal(s.count, 2);
	assert_int_equal(of_day(20), PICO_DOLLAR * 7 / 4);
	assert_int_equal(of_day(22), 3 * PICO_DOLLAR);
	check_code(parse("date,cost\n2026-11-20,1.5\nyesterday,2\n"), ERR_PROTO, &e);
	assert_non_null(strstr(e.text, "line 3"));
	check_code(parse("what,is,this\n1,2,3\n"), ERR_PROTO, &e);
	check_code(parse(""), ERR_PROTO, &e);
}

static void test_overlapping_pages_count_once_and_must_agree(void **state)
{
	(void)state;
	check_ok(parse("[" PAGE(BUCKET("20", "21", ROW("100")) "," BUCKET("21", "22", ROW("7")), "true") ","
		PAGE(BUCKET("21", "22", ROW("7")) "," BUCKET("22", "23", ROW("9")), "false") "]"), &e);
	assert_int_equal(s.count, 3);
	assert_int_equal(of_day(21), 7 * PICO_CENT);
	assert_false(s.has_more);
	check_code(parse("[" PAGE(BUCKET("21", "22", ROW("7")), "true") "," PAGE(BUCKET("21", "22", ROW("8")), "false") "]"), ERR_PROTO, &e);
	assert_non_null(strstr(e.text, "2026-11-21"));
}

static void test_what_cannot_be_compared_is_said(void **state)
{
	(void)state;
	check_code(parse(PAGE("{\"starting_at\":\"2026-11-20T00:00:00Z\",\"ending_at\":\"2026-11-21T00:00:00Z\",\"results\":[{\"currency\":\"EUR\",\"amount\":\"1\"}]}", "false")), ERR_USAGE, &e);
	assert_non_null(strstr(e.text, "EUR"));
	check_code(parse(PAGE("{\"starting_at\":\"2026-11-20T00:00:00Z\",\"ending_at\":\"2026-11-20T01:00:00Z\",\"results\":[]}", "false")), ERR_USAGE, &e);
	check_code(parse(PAGE(BUCKET("20", "21", "{\"currency\":\"USD\"}"), "false")), ERR_PROTO, &e);
	check_code(parse(PAGE(BUCKET("20", "21", ROW("much")), "false")), ERR_PROTO, &e);
	check_code(parse("{\"data\":[{}]}"), ERR_PROTO, &e);
	check_code(parse("{\"error\":{}}"), ERR_PROTO, &e);
	check_code(parse("{\"data\":[],\"data\":[]}"), ERR_PROTO, &e);
	check_ok(parse(PAGE("", "false")), &e);
	assert_int_equal(s.count, 0);
}

static void test_gap_is_rounded_to_a_tenth_of_a_percent(void **state)
{
	(void)state;
	assert_int_equal(statement_gap_permille(968, 1000), 32);
	assert_int_equal(statement_gap_permille(1032, 1000), 32);
	assert_int_equal(statement_gap_permille(0, 1000), 1000);
	assert_int_equal(statement_gap_permille(5, 0), -1);
	assert_int_equal(statement_gap_permille(9995, 10000), 1);	/* half up */
}

static int forget(void **state)
{
	(void)state;
	statement_release(&s);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_anthropic_counts_in_cents_as_strings),
		cmocka_unit_test(test_openai_floats_are_read_from_their_digits),
		cmocka_unit_test(test_aws_groups_are_added_up),
		cmocka_unit_test(test_csv_adds_the_lines_of_a_day),
		cmocka_unit_test(test_overlapping_pages_count_once_and_must_agree),
		cmocka_unit_test(test_what_cannot_be_compared_is_said),
		cmocka_unit_test(test_gap_is_rounded_to_a_tenth_of_a_percent),
	};

	return cmocka_run_group_tests(tests, NULL, forget);
}
