/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "base/slice.h"
#include "practice/models.h"
#include "practice/bedrock_id.h"
#include "practice/openai.h"
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
	assert_true(price_call("anthropic", "claude-opus-5", &u, &(struct terms){0}, &pico));
	assert_int_equal(pico, INT64_C(1000) * 5000000 + INT64_C(20000) * 500000 + INT64_C(300) * 6250000 + INT64_C(40) * 10000000 + INT64_C(555) * 25000000);
	assert_true(price_call("anthropic", "claude-opus-5", &u, &(struct terms){.is_regional = true}, &pico));
	assert_int_equal(pico, (INT64_C(1000) * 5000000 + INT64_C(20000) * 500000 + INT64_C(300) * 6250000 + INT64_C(40) * 10000000 + INT64_C(555) * 25000000) / 10 * 11);
}

static void test_haiku_reprices_the_whole_request_above_its_step(void **state)
{
	struct usage u = {.input = 40000, .cache_read = 50000, .write_5m = 6000, .write_1h = 4000, .output = 1000};
	int64_t at, above;

	(void)state;
	assert_true(price_call("anthropic", "claude-haiku-5-5", &u, &(struct terms){0}, &at));
	assert_int_equal(at, INT64_C(40000) * 100000 + INT64_C(50000) * 10000 + INT64_C(6000) * 125000 + INT64_C(4000) * 200000 + INT64_C(1000) * 500000);
	u.input++;
	assert_true(price_call("anthropic", "claude-haiku-5-5", &u, &(struct terms){0}, &above));
	assert_int_equal(above, INT64_C(40001) * 500000 + INT64_C(50000) * 50000 + INT64_C(6000) * 625000 + INT64_C(4000) * 1000000 + INT64_C(1000) * 2500000);
}

static void test_an_unknown_model_or_a_sum_too_large_has_no_price(void **state)
{
	const struct usage one = {.input = 1}, huge = {.input = INT64_MAX / 1000};
	int64_t pico;

	(void)state;
	assert_false(price_call("anthropic", "claude-opus-99", &one, &(struct terms){0}, &pico));
	assert_false(price_call("anthropic", "claude-opus-5", &huge, &(struct terms){0}, &pico));
}

static void test_every_model_that_is_served_has_a_price(void **state)
{
	const struct usage u = {.input = 1, .output = 1};
	int64_t pico;
	size_t i;

	(void)state;
	for (i = 0; models[i].id != NULL; i++)
		assert_true(price_call("anthropic", models[i].id, &u, &(struct terms){0}, &pico) && pico > 0);
	assert_int_equal(models_count(), i);
}

static int64_t price(const char *vendor, const char *model, const struct usage *u, struct terms t)
{
	int64_t pico;

	return price_call(vendor, model, u, &t, &pico) ? pico : -1;
}

static void test_gpt_reprices_the_whole_request_above_its_step(void **state)
{
	struct usage u = {.input = 200000, .cache_read = 70000, .write_30m = 2000, .output = 1000};

	(void)state;
	assert_int_equal(price("openai", "gpt-6.1-terra", &u, (struct terms){0}),
	    INT64_C(200000) * 1000000 + INT64_C(70000) * 50000 + INT64_C(2000) * 1250000 + INT64_C(1000) * 5000000);
	u.input++;
	assert_int_equal(price("openai", "gpt-6.1-terra", &u, (struct terms){0}),
	    INT64_C(200001) * 2000000 + INT64_C(70000) * 100000 + INT64_C(2000) * 2500000 + INT64_C(1000) * 7500000);
	assert_int_equal(price("openai", "gpt-6.1-terra", &u, (struct terms){.service = SERVICE_FLEX}),
	    INT64_C(200001) * 1000000 + INT64_C(70000) * 50000 + INT64_C(2000) * 1250000 + INT64_C(1000) * 3750000);
}

static void test_services_and_regions_have_their_factors(void **state)
{
	const struct usage u = {.input = 1000, .cache_read = 1000, .output = 1000};

	(void)state;
	assert_int_equal(price("openai", "gpt-5.4", &u, (struct terms){.is_regional = true}), INT64_C(1000) * (2750000 + 275000 + 16500000));
	assert_int_equal(price("openai", "gpt-5.4", &u, (struct terms){.service = SERVICE_PRIORITY}), INT64_C(1000) * (5000000 + 500000 + 30000000));
	assert_int_equal(price("openai", "gpt-5.5", &u, (struct terms){.service = SERVICE_PRIORITY}), INT64_C(1000) * (12500000 + 1250000 + 75000000));
	assert_int_equal(price("openai", "gpt-5-mini", &u, (struct terms){.service = SERVICE_PRIORITY}), INT64_C(1000) * (450000 + 45000 + 3600000));
	assert_int_equal(price("openai", "gpt-5.4-nano", &u, (struct terms){.service = SERVICE_PRIORITY}), -1);
}

static void test_priority_above_the_step_has_no_price_unless_it_is_published(void **state)
{
	const struct usage u = {.input = 272001, .output = 1};

	(void)state;
	assert_int_equal(price("openai", "gpt-5.4", &u, (struct terms){.service = SERVICE_PRIORITY}), -1);
	assert_int_equal(price("openai", "gpt-6.1-sol", &u, (struct terms){.service = SERVICE_PRIORITY}), INT64_C(272001) * 8000000 + 30000000);
}

static void test_a_bedrock_profile_has_the_price_of_its_geography(void **state)
{
	const struct usage u = {.input = 1000, .cache_read = 1000, .write_5m = 1000, .write_1h = 1000, .output = 1000};

	(void)state;
	assert_int_equal(price("bedrock", "global.anthropic.claude-opus-5-5", &u, (struct terms){0}), INT64_C(1000) * (4000000 + 200000 + 5000000 + 8000000 + 20000000));
	assert_int_equal(price("bedrock", "us.anthropic.claude-opus-5-5", &u, (struct terms){0}), INT64_C(1000) * (4400000 + 220000 + 5500000 + 8800000 + 22000000));
	assert_int_equal(price("bedrock", "anthropic.claude-haiku-4-5-20251001-v1:0", &u, (struct terms){0}), INT64_C(1000) * (1100000 + 110000 + 1375000 + 2200000 + 5500000));
	assert_int_equal(price("bedrock", "amazon.nova-pro-v1:0", &u, (struct terms){0}), INT64_C(1000) * (800000 + 200000 + 3200000));
	assert_int_equal(price("bedrock", "us.openai.gpt-5.6-terra", &(struct usage){.input = 1000, .output = 1000}, (struct terms){0}), INT64_C(1000) * (2200000 + 13200000));
}

static void test_bedrock_ids_are_taken_apart(void **state)
{
	static const struct {
		const char *id, *prefix, *maker, *model;
	} rows[] = {{"global.anthropic.claude-opus-5-5", "global", "anthropic", "claude-opus-5-5"}, {"amazon.nova-pro-v1:0", "", "amazon", "nova-pro"},
	    {"us.anthropic.claude-sonnet-4-5-20250929-v1:0", "us", "anthropic", "claude-sonnet-4-5"}, {"anthropic.claude-opus-4-6-v1", "", "anthropic", "claude-opus-4-6"},
	    {"openai.gpt-5.6-sol", "", "openai", "gpt-5.6-sol"},
	    {"arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.anthropic.claude-opus-5", "eu", "anthropic", "claude-opus-5"}};
	struct bedrock_id b;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		assert_true(bedrock_id_read(rows[i].id, &b));
		assert_string_equal(b.prefix, rows[i].prefix);
		assert_string_equal(b.maker, rows[i].maker);
		assert_string_equal(b.model, rows[i].model);
	}
	assert_false(bedrock_id_read("claude", &b));
	assert_false(bedrock_id_read("us.claude", &b));
	assert_false(bedrock_id_read(".x", &b));
	assert_false(bedrock_id_read("arn:aws:bedrock", &b));
}

static void test_every_gpt_that_is_served_has_a_price(void **state)
{
	const struct usage u = {.input = 1, .output = 1};
	size_t i;

	(void)state;
	for (i = 0; gpts[i].id != NULL; i++)
		assert_true(price("openai", gpts[i].id, &u, (struct terms){0}) > 0);
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
		cmocka_unit_test(test_gpt_reprices_the_whole_request_above_its_step),
		cmocka_unit_test(test_services_and_regions_have_their_factors),
		cmocka_unit_test(test_priority_above_the_step_has_no_price_unless_it_is_published),
		cmocka_unit_test(test_a_bedrock_profile_has_the_price_of_its_geography),
		cmocka_unit_test(test_bedrock_ids_are_taken_apart),
		cmocka_unit_test(test_every_gpt_that_is_served_has_a_price),
		cmocka_unit_test(test_money_is_written_exactly_without_zeros_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
