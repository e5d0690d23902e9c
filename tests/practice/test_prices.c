/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "base/slice.h"
#include "practice/models.h"
#include "practice/prices.h"

static void test_rates_are_read_exactly_and_rounded_half_to_even(void **state)
{
	static const struct {
		const char *text;
		int64_t rate;
	} rows[] = {{"5", 5000000}, {"0.125", 125000}, {"0.01", 10000}, {"0.000001", 1}, {"0.0000005", 0}, {"0.0000015", 2}, {"0.0000025", 2},
	    {"0.00000251", 3}, {"0.00000249", 2}, {"0.0000035000", 4}, {"12.5", 12500000}};
	int64_t rate;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		assert_true(rate_parse(rows[i].text, &rate));
		assert_int_equal(rate, rows[i].rate);
	}
}

static void test_what_is_no_decimal_number_is_no_rate(void **state)
{
	static const char *const bad[] = {"", ".", "1.", ".5", "-1", "1e3", "1.2.3", " 1", "1 ", "99999999999999999999"};
	int64_t rate;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++)
		assert_false(rate_parse(bad[i], &rate));
}

static void test_scaling_rounds_half_to_even(void **state)
{
	(void)state;
	assert_int_equal(rate_scale(10000, 11, 10), 11000);
	assert_int_equal(rate_scale(5, 1, 2), 2);
	assert_int_equal(rate_scale(7, 1, 2), 4);
	assert_int_equal(rate_scale(INT64_C(4000000000000000000), 2, 4), INT64_C(2000000000000000000));
}

static void test_a_call_is_the_sum_of_its_buckets(void **state)
{
	const struct usage u = {.input = 1000, .cache_read = 20000, .write_5m = 300, .write_1h = 40, .output = 555};
	int64_t pico;

	(void)state;
	assert_true(price_call("claude-opus-5", &u, false, &pico));
	assert_int_equal(pico, INT64_C(1000) * 5000000 + INT64_C(20000) * 500000 + INT64_C(300) * 6250000 + INT64_C(40) * 10000000 + INT64_C(555) * 25000000);
	assert_true(price_call("claude-opus-5", &u, true, &pico));
	assert_int_equal(pico, (INT64_C(1000) * 5000000 + INT64_C(20000) * 500000 + INT64_C(300) * 6250000 + INT64_C(40) * 10000000 + INT64_C(555) * 25000000) / 10 * 11);
}

static void test_haiku_reprices_the_whole_request_above_its_step(void **state)
{
	struct usage u = {.input = 40000, .cache_read = 50000, .write_5m = 6000, .write_1h = 4000, .output = 1000};
	int64_t at, above;

	(void)state;
	assert_true(price_call("claude-haiku-5-5", &u, false, &at));
	assert_int_equal(at, INT64_C(40000) * 100000 + INT64_C(50000) * 10000 + INT64_C(6000) * 125000 + INT64_C(4000) * 200000 + INT64_C(1000) * 500000);
	u.input++;
	assert_true(price_call("claude-haiku-5-5", &u, false, &above));
	assert_int_equal(above, INT64_C(40001) * 500000 + INT64_C(50000) * 50000 + INT64_C(6000) * 625000 + INT64_C(4000) * 1000000 + INT64_C(1000) * 2500000);
}

static void test_an_unknown_model_or_a_sum_too_large_has_no_price(void **state)
{
	const struct usage one = {.input = 1}, huge = {.input = INT64_MAX / 1000};
	int64_t pico;

	(void)state;
	assert_false(price_call("claude-opus-99", &one, false, &pico));
	assert_false(price_call("claude-opus-5", &huge, false, &pico));
}

static void test_every_model_that_is_served_has_a_price(void **state)
{
	const struct usage u = {.input = 1, .output = 1};
	int64_t pico;
	size_t i;

	(void)state;
	for (i = 0; models[i].id != NULL; i++)
		assert_true(price_call(models[i].id, &u, false, &pico) && pico > 0);
	assert_int_equal(models_count(), i);
}

static void test_money_is_written_exactly_without_zeros_at_the_end(void **state)
{
	static const struct {
		int64_t pico;
		const char *text;
	} rows[] = {{0, "0"}, {1, "0.000000000001"}, {12345600000, "0.0123456"}, {INT64_C(2000000000000), "2"}, {INT64_C(10500000000000), "10.5"},
	    {INT64_MAX, "9223372.036854775807"}, {-1500000000000, "-1.5"}};
	char text[MONEY_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		money_text(rows[i].pico, text);
		assert_string_equal(text, rows[i].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates_are_read_exactly_and_rounded_half_to_even),
		cmocka_unit_test(test_what_is_no_decimal_number_is_no_rate),
		cmocka_unit_test(test_scaling_rounds_half_to_even),
		cmocka_unit_test(test_a_call_is_the_sum_of_its_buckets),
		cmocka_unit_test(test_haiku_reprices_the_whole_request_above_its_step),
		cmocka_unit_test(test_an_unknown_model_or_a_sum_too_large_has_no_price),
		cmocka_unit_test(test_every_model_that_is_served_has_a_price),
		cmocka_unit_test(test_money_is_written_exactly_without_zeros_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
