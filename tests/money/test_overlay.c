/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lies over the published prices: own rates, imports, discounts, volume tiers. */
#include "check.h"

#include <stdio.h>

#include "base/builtin.h"
#include "base/date.h"
#include "money/book.h"
#include "money/pico.h"

#define DOC(kind, rest) "{\"schema\":1,\"kind\":\"" kind "\",\"read\":\"2026-11-26\"," rest "}"
#define RATE(model, more, rates) "{\"vendor\":\"anthropic\",\"model\":\"" model "\"," more "\"source\":\"x\",\"rates\":{" rates "}}"

static struct book *book_with(const char *const *docs, size_t n)
{
	const struct builtin *f = builtin_find(data_files, "prices.json");
	struct book *b = book_new(), *copy;
	struct err e = {0};
	size_t i;

	check_ok(book_parse(b, slice_make(f->bytes, f->len), &e), &e);
	for (i = 0; i < n; i++) {
		/* a copy takes what the original does not have, and outlives it */
		copy = book_copy(b);
		book_free(b);
		b = copy;
		check_ok(book_parse(b, slice_of(docs[i]), &e), &e);
	}
	return b;
}

static struct rates at(const struct book *b, const char *model, const char *when, int64_t month_usd)
{
	struct price_time t = {0, month_usd * PICO_DOLLAR};
	struct rates r;

	assert_true(date_parse(when, &t.at_us));
	assert_true(book_find(b, "anthropic", model, SERVICE_STANDARD, REGION_GLOBAL, t, &r));
	return r;
}

static void test_own_rates_win_over_imports_whatever_came_last(void **state)
{
	static const char *const docs[] = {
		DOC("own", "\"prices\":[" RATE("claude-opus-5-5", "\"from\":\"2026-11-10\",", "\"input\":\"3\"") "]"),
		DOC("import", "\"prices\":[" RATE("claude-opus-5-5", "\"from\":\"2026-11-05\",", "\"input\":\"9\",\"output\":\"19\"") "]"),
	};
	struct book *b = book_with(docs, 2);
	struct rates r;

	(void)state;
	r = at(b, "claude-opus-5-5", "2026-11-04", 0);
	assert_int_equal(r.kind, PRICE_PUBLISHED);
	assert_int_equal(r.base.rate[BUCKET_INPUT], 4000000);
	r = at(b, "claude-opus-5-5", "2026-11-09", 0);
	assert_int_equal(r.kind, PRICE_IMPORT);
	assert_int_equal(r.base.rate[BUCKET_INPUT], 9000000);
	r = at(b, "claude-opus-5-5", "2026-11-10", 0);
	assert_int_equal(r.kind, PRICE_OWN);
	assert_int_equal(r.base.rate[BUCKET_INPUT], 3000000);
	assert_int_equal(r.base.rate[BUCKET_OUTPUT], 19000000);
	assert_int_equal(r.base.rate[BUCKET_CACHE_READ], 200000);
	book_free(b);
}

static void test_a_rate_without_long_prompts_leaves_them_without_a_price(void **state)
{
	static const char *const docs[] = {DOC("own", "\"prices\":[" RATE("claude-haiku-5-5", "\"from\":\"2026-11-01\",", "\"input\":\"0.08\"") "]"),
		DOC("own", "\"prices\":[{\"vendor\":\"anthropic\",\"model\":\"claude-haiku-5-5\",\"from\":\"2026-11-20\",\"source\":\"x\",\"rates\":{\"input\":\"0.08\"},"
			"\"step\":{\"over\":100000,\"rates\":{\"input\":\"0.4\"}}}]")};
	struct book *b = book_with(docs, 2);
	struct rates r = at(b, "claude-haiku-5-5", "2026-11-02", 0);

	(void)state;
	assert_int_equal(r.step_over, 100000);
	assert_int_equal(r.step.rate[BUCKET_INPUT], RATE_UNKNOWN);
	assert_int_equal(r.step.rate[BUCKET_OUTPUT], 2500000);	/* not priced by it: as published */
	r = at(b, "claude-haiku-5-5", "2026-11-20", 0);
	assert_int_equal(r.step.rate[BUCKET_INPUT], 400000);
	book_free(b);
}

static void test_the_best_fitting_discount_is_taken_off_once_and_not_off_own_rates(void **state)
{
	static const char *const docs[] = {DOC("own", "\"prices\":[" RATE("claude-opus-5-5", "\"from\":\"2026-11-01\",", "\"output\":\"16\"") "],\"discounts\":["
		"{\"vendor\":\"anthropic\",\"percent\":\"5\",\"from\":\"2026-11-01\"},"
		"{\"vendor\":\"anthropic\",\"percent\":\"10\",\"from\":\"2026-11-01\",\"over_usd\":\"1000\"},"
		"{\"vendor\":\"anthropic\",\"model\":\"claude-sonnet-5-5\",\"percent\":\"33.3333\",\"from\":\"2026-11-01\"},"
		"{\"vendor\":\"anthropic\",\"percent\":\"0\",\"from\":\"2026-12-01\"}]")};
	struct book *b = book_with(docs, 1);
	struct rates r = at(b, "claude-opus-5-5", "2026-11-02", 999);

	(void)state;
	assert_int_equal(r.off_ppm, 50000);
	assert_int_equal(r.base.rate[BUCKET_INPUT], 3800000);
	assert_int_equal(r.base.rate[BUCKET_OUTPUT], 16000000);
	r = at(b, "claude-opus-5-5", "2026-11-02", 1000);
	assert_int_equal(r.over_pd, 1000 * PICO_DOLLAR);
	assert_int_equal(r.base.rate[BUCKET_INPUT], 3600000);
	r = at(b, "claude-sonnet-5-5", "2026-11-02", 5000);
	assert_int_equal(r.base.rate[BUCKET_INPUT], 1333334);	/* 2 less 33.3333%, half to even */
	assert_int_equal(at(b, "claude-opus-5-5", "2026-12-01", 5000).base.rate[BUCKET_INPUT], 4000000);
	assert_int_equal(at(b, "claude-opus-5-5", "2026-10-31", 5000).base.rate[BUCKET_INPUT], 4000000);
	book_free(b);
}

static void test_own_volume_tiers_and_a_start_inside_a_day(void **state)
{
	static const char *const docs[] = {DOC("own", "\"prices\":[" RATE("claude-opus-5-5", "\"from\":\"2026-11-01\",", "\"input\":\"3.9\"") ","
		RATE("claude-opus-5-5", "\"from\":\"2026-11-01\",\"over_usd\":\"2500.5\",", "\"input\":\"3.1\"") ","
		RATE("claude-opus-5-5", "\"from\":\"2026-11-15T12:00:00Z\",", "\"input\":\"2.5\"") "]")};
	struct book *b = book_with(docs, 1);

	(void)state;
	assert_int_equal(at(b, "claude-opus-5-5", "2026-11-02", 2500).base.rate[BUCKET_INPUT], 3900000);
	assert_int_equal(at(b, "claude-opus-5-5", "2026-11-02", 2501).base.rate[BUCKET_INPUT], 3100000);
	assert_int_equal(at(b, "claude-opus-5-5", "2026-11-15T11:59:59Z", 2501).base.rate[BUCKET_INPUT], 3100000);
	assert_int_equal(at(b, "claude-opus-5-5", "2026-11-15T12:00:00Z", 2501).base.rate[BUCKET_INPUT], 2500000);
	book_free(b);
}

static void test_a_month_whose_volume_tier_is_reached_in_the_middle_of_a_day(void **state)
{
	/* 10% off once the month is over $10. Each call: 100,000 in at 4 and 100,000 out at 20 dollars a million,
	 * which is 0.4 + 2 = 2.4 dollars. The month stands at 2.4, 4.8, 7.2, 9.6, 12: the fifth
	 * call is held at 9.6 and pays in full; from the sixth on 2.16 each. Eight calls: 5 x 2.4 + 3 x 2.16 = 18.48. */
	static const char *const docs[] = {DOC("own", "\"prices\":[],\"discounts\":[{\"vendor\":\"anthropic\",\"percent\":\"10\",\"from\":\"2026-11-01\",\"over_usd\":\"10\"}]")};
	struct book *b = book_with(docs, 1);
	struct price_time t = {0, 0};
	char from[PRICE_FROM], total[PICO_TEXT];
	int i;

	(void)state;
	for (i = 0; i < 8; i++) {
		struct usage_list l = {.count = 0};
		struct usage_line line = {.tier = SERVICE_STANDARD};
		struct price_bound hold;
		struct bound_query ask = {.vendor = "anthropic", .model = "claude-opus-5-5", .input_tokens = 100000, .max_output_tokens = 100000};
		struct quote q;

		assert_true(date_parse("2026-11-20T09:00:00Z", &t.at_us));
		t.at_us += i * INT64_C(3600000000);
		usage_line_set_model(&line, "claude-opus-5-5", 15);
		line.u.n[BUCKET_INPUT] = line.u.n[BUCKET_OUTPUT] = 100000;
		usage_list_add(&l, &line);
		price_bound(b, &ask, t, &hold);
		price_usage(b, "anthropic", &l, t, &q);
		assert_int_equal(hold.total_pico, q.total_pico);	/* what is held is what is billed */
		price_from_text(&q, from);
		assert_string_equal(from, i < 5 ? "2026-09-22" : "2026-11-01 (volume)");
		t.month_pd += q.total_pico;
	}
	pico_format(t.month_pd, total);
	assert_string_equal(total, "18.48");
	book_free(b);
}

static void test_odd_documents_are_refused_whole(void **state)
{
	static const char *const bad[] = {
		DOC("nobody", "\"prices\":[]"),
		DOC("own", "\"prices\":[],\"discounts\":[{\"vendor\":\"anthropic\",\"percent\":\"101\",\"from\":\"2026-11-01\"}]"),
		DOC("own", "\"prices\":[],\"discounts\":[{\"vendor\":\"anthropic\",\"percent\":\"-1\",\"from\":\"2026-11-01\"}]"),
		DOC("own", "\"prices\":[],\"discounts\":[{\"vendor\":\"anthropic\",\"percent\":10,\"from\":\"2026-11-01\"}]"),
		DOC("own", "\"prices\":[],\"discounts\":[{\"vendor\":\"anthropic\",\"percent\":\"10\"}]"),
		DOC("own", "\"prices\":[" RATE("m", "\"from\":\"2026-11-15T12:00:00+01:00\",", "\"input\":\"1\"") "]"),
		DOC("own", "\"prices\":[" RATE("m", "\"over_usd\":\"-5\",", "\"input\":\"1\"") "]"),
	};
	struct book *b = book_with(NULL, 0);
	size_t rows = book_row_count(b), i;
	struct discount d;
	struct err e;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++)
		check_code(book_parse(b, slice_of(bad[i]), &e), ERR_USAGE, &e);
	assert_int_equal(book_row_count(b), rows);
	assert_false(book_discount(b, 0, &d));
	book_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_rates_win_over_imports_whatever_came_last),
		cmocka_unit_test(test_a_rate_without_long_prompts_leaves_them_without_a_price),
		cmocka_unit_test(test_the_best_fitting_discount_is_taken_off_once_and_not_off_own_rates),
		cmocka_unit_test(test_own_volume_tiers_and_a_start_inside_a_day),
		cmocka_unit_test(test_a_month_whose_volume_tier_is_reached_in_the_middle_of_a_day),
		cmocka_unit_test(test_odd_documents_are_refused_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
