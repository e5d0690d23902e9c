/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <inttypes.h>
#include <stdio.h>

#include "money/pico.h"

static void test_dollars_are_read_exactly(void **state)
{
	static const struct {
		const char *text;
		int64_t pico;
	} good[] = {
		{"0", 0}, {"-0", 0}, {"1", PICO_DOLLAR}, {"0.0123456", INT64_C(12345600000)}, {"-2.5", -5 * PICO_DOLLAR / 2}, {"0.000000000001", 1},
		{"1e-12", 1}, {"3e2", 300 * PICO_DOLLAR}, {"1.50E+1", 15 * PICO_DOLLAR}, {"00012.300", INT64_C(12300000000000)}, {"0.10000000000000000000", PICO_DOLLAR / 10},
		{"9223372.036854775807", INT64_MAX}, {"-9223372.036854775807", -INT64_MAX}, {"0e999999999", 0}, {"1.2e-2", INT64_C(12000000000)},
	};
	struct err e = {0};
	int64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(good); i++) {
		check_ok(pico_parse(slice_of(good[i].text), &v, &e), &e);
		assert_int_equal(v, good[i].pico);
	}
}

static void test_what_is_no_number_is_refused(void **state)
{
	static const char *const bad[] = {"", "-", ".", "1.", ".5", "+1", "1e", "1e+", "$1", "1,5", "0x1", " 1", "1 ", "NaN", "--1", "1.2.3"};
	struct err e = {0};
	int64_t v = 7;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++)
		check_code(pico_parse(slice_of(bad[i]), &v, &e), ERR_USAGE, &e);
	assert_int_equal(v, 7);
}

static void test_what_can_not_be_kept_exactly_is_refused(void **state)
{
	static const char *const bad[] = {"0.0000000000001", "1e-13", "9223372.036854775808", "10000000", "1e20", "1e999999999", "0.1000000000000000000000001"};
	struct err e = {0};
	int64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++)
		check_code(pico_parse(slice_of(bad[i]), &v, &e), ERR_LIMIT, &e);
}

static void test_rates_are_rounded_once_half_to_even(void **state)
{
	static const struct {
		const char *text;
		int64_t rate;
	} good[] = {
		{"1", PICO_PER_M_DOLLAR}, {"0.075", 75000}, {"10000", INT64_C(10000000000)}, {"0.0000005", 0}, {"0.0000015", 2}, {"0.0000025", 2},
		{"0.00000050000000000000000001", 1}, {"0.0000014999999", 1}, {"0.00000005", 0}, {"5e-7", 0}, {"0.0000099999999", 10},
		{"0.000000500000000000000000000000000000000000000000000000000000000000000000000000001", 1},
	};
	struct err e = {0};
	int64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(good); i++) {
		check_ok(pico_rate_parse(slice_of(good[i].text), &v, &e), &e);
		assert_int_equal(v, good[i].rate);
	}
	check_code(pico_rate_parse(slice_of("-1"), &v, &e), ERR_USAGE, &e);
	check_ok(pico_cents_parse(slice_of("123.45"), &v, &e), &e);
	assert_int_equal(v, INT64_C(1234500000000));
}

static void test_exact_text_reads_back(void **state)
{
	static const struct {
		int64_t pico;
		const char *text;
	} good[] = {{0, "0"}, {1, "0.000000000001"}, {PICO_DOLLAR, "1"}, {-PICO_DOLLAR / 2, "-0.5"}, {INT64_C(12345600000), "0.0123456"},
	    {INT64_MAX, "9223372.036854775807"}, {-INT64_MAX, "-9223372.036854775807"}, {INT64_MIN, "-9223372.036854775808"}};
	struct err e = {0};
	char text[PICO_TEXT];
	uint64_t x = 88172645463325252u;
	int64_t v;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(good); i++) {
		pico_format(good[i].pico, text);
		assert_string_equal(text, good[i].text);
	}
	for (i = 0; i < 20000; i++) {
		int64_t n;

		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		n = (int64_t)(x >> (1 + x % 50)) * (x % 2 ? 1 : -1);
		pico_format(n, text);
		check_ok(pico_parse(slice_of(text), &v, &e), &e);
		assert_int_equal(v, n);
	}
}

static void test_people_never_see_nothing_for_something(void **state)
{
	static const struct {
		int64_t pico;
		const char *text, *fine;
	} good[] = {
		{0, "$0.00", "$0.0000"}, {1, "<$0.01", "<$0.0001"}, {PICO_CENT - 1, "<$0.01", "$0.0100"}, {PICO_CENT, "$0.01", "$0.0100"}, {-1, "-<$0.01", "-<$0.0001"},
		{41 * PICO_CENT, "$0.41", "$0.4100"}, {482 * PICO_CENT, "$4.82", "$4.8200"}, {-3 * PICO_DOLLAR, "-$3.00", "-$3.0000"},
		{15 * PICO_CENT / 10, "$0.02", "$0.0150"}, {25 * PICO_CENT / 10, "$0.02", "$0.0250"}, {25 * PICO_CENT / 10 + 1, "$0.03", "$0.0250"},
		{999 * PICO_CENT / 10 + 9 * PICO_DOLLAR, "$10.00", "$9.9990"}, {INT64_MAX, "$9223372.04", "$9223372.0369"},
	};
	char text[PICO_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(good); i++) {
		pico_format_short(good[i].pico, text);
		assert_string_equal(text, good[i].text);
		pico_format_fine(good[i].pico, text);
		assert_string_equal(text, good[i].fine);
	}
	pico_rate_format(75000, text);
	assert_string_equal(text, "0.075");
}

static void test_overflow_is_noticed(void **state)
{
	int64_t v = 5;

	(void)state;
	assert_false(pico_add(INT64_MAX, 1, &v));
	assert_false(pico_sub(INT64_MIN, 1, &v));
	assert_false(pico_mul(INT64_MAX, 2, &v));
	assert_int_equal(v, 5);
	assert_true(pico_mul(3000000, 1000, &v));
	assert_int_equal(v, INT64_C(3000000000));
	assert_int_equal(pico_mul_capped(INT64_MAX, 2), PICO_MAX);
	assert_int_equal(pico_add_capped(PICO_MAX, PICO_MAX), PICO_MAX);
}

static void test_scaling_rounds_half_to_even(void **state)
{
	static const struct {
		int64_t v, num, den, out;
	} good[] = {{5, 1, 10, 0}, {15, 1, 10, 2}, {25, 1, 10, 2}, {26, 1, 10, 3}, {-15, 1, 10, -2}, {-25, 1, 10, -2}, {INT64_MAX, 3, 3, INT64_MAX}, {10, 11, 10, 11}};
	int64_t out;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(good); i++) {
		assert_true(pico_scale(good[i].v, good[i].num, good[i].den, &out));
		assert_int_equal(out, good[i].out);
	}
	assert_false(pico_scale(INT64_MAX, 2, 1, &out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dollars_are_read_exactly),
		cmocka_unit_test(test_what_is_no_number_is_refused),
		cmocka_unit_test(test_what_can_not_be_kept_exactly_is_refused),
		cmocka_unit_test(test_rates_are_rounded_once_half_to_even),
		cmocka_unit_test(test_exact_text_reads_back),
		cmocka_unit_test(test_people_never_see_nothing_for_something),
		cmocka_unit_test(test_overflow_is_noticed),
		cmocka_unit_test(test_scaling_rounds_half_to_even),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
