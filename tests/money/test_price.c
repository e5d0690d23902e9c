/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdio.h>

#include "base/builtin.h"
#include "base/date.h"
#include "base/file.h"
#include "base/json.h"
#include "money/book.h"
#include "money/pico.h"

__extension__ typedef __int128 wide;

static struct book *builtin_book(void)
{
	const struct builtin *f = builtin_find(data_files, "prices.json");
	struct book *b = book_new();
	struct err e = {0};

	assert_non_null(f);
	check_ok(book_parse(b, slice_make(f->bytes, f->len), &e), &e);
	return b;
}

static struct price_time day(const char *text)
{
	struct price_time when = {0, 0};

	assert_true(date_parse(text, &when.at_us));
	return when;
}

/* --- the twenty ----------------------------------------------------------- */

static void read_lines(const cJSON *lines, struct usage_list *out)
{
	const cJSON *l;

	memset(out, 0, sizeof *out);
	cJSON_ArrayForEach(l, lines) {
		struct usage_line line = {.tier = SERVICE_STANDARD};
		const char *model = json_text(l, "model");
		int b;

		usage_line_set_model(&line, model, strlen(model));
		if (json_text(l, "tier") != NULL)
			assert_true(service_tier_from_name(json_text(l, "tier"), &line.tier));
		if (json_text(l, "region") != NULL)
			line.region = REGION_LOCAL;
		for (b = 0; b < BUCKETS; b++)
			(void)json_int(l, bucket_names[b], &line.u.n[b]);
		usage_list_add(out, &line);
	}
}

static void test_I9_twenty_totals_worked_out_by_hand(void **state)
{
	struct book *b = builtin_book();
	const cJSON *rec;
	cJSON *t;
	struct buf text;
	struct err e = {0};
	static const char *const own[] = {"book", NULL};
	struct slice raw;
	int n = 0;

	(void)state;
	buf_init(&text, 0);
	check_ok(file_read(TOP_SRCDIR "/tests/data/money/usage-20.json", &text, &e), &e);
	check_ok(json_parse(buf_slice(&text), &t, &e), &e);
	assert_true(json_find(buf_slice(&text), own, &raw));
	check_ok(book_parse(b, raw, &e), &e);
	cJSON_ArrayForEach(rec, json_array(t, "records")) {
		struct usage_list list;
		struct quote q;
		char total[PICO_TEXT];

		read_lines(json_array(rec, "lines"), &list);
		price_usage(b, json_text(rec, "vendor"), &list, day(json_text(rec, "at")), &q);
		pico_format(q.total_pico, total);
		if (strcmp(total, json_text(rec, "total")) != 0 || strcmp(q.price_from, json_text(rec, "price_from")) != 0 ||
		    q.is_unpriced != json_bool(rec, "unpriced", false))
			fail_msg("%s: %s from %s%s", json_text(rec, "name"), total, q.price_from, q.is_unpriced ? ", unpriced" : "");
		n++;
	}
	assert_int_equal(n, 20);
	cJSON_Delete(t);
	buf_release(&text);
	book_free(b);
}

/* --- the formula ---------------------------------------------------------- */

static void one_line(struct usage_list *l, const char *model, int64_t input, int64_t output)
{
	struct usage_line line = {.tier = SERVICE_STANDARD};

	memset(l, 0, sizeof *l);
	usage_line_set_model(&line, model, strlen(model));
	line.u.n[BUCKET_INPUT] = input;
	line.u.n[BUCKET_OUTPUT] = output;
	usage_list_add(l, &line);
}

static void test_a_bucket_without_a_rate_is_unpriced_and_the_rest_is_counted(void **state)
{
	struct book *b = builtin_book();
	struct usage_list l;
	struct quote q;

	(void)state;
	one_line(&l, "claude-opus-5", 1000, 0);
	l.line[0].tier = SERVICE_BATCH;
	l.line[0].u.n[BUCKET_CACHE_READ] = 10;
	price_usage(b, "anthropic", &l, day("2026-11-23"), &q);
	assert_true(q.is_unpriced);
	assert_int_equal(q.total_pico, 1000 * 5 * PICO_PER_M_DOLLAR / 2);
	assert_int_equal(q.line[0].rate[BUCKET_CACHE_READ], RATE_UNKNOWN);
	book_free(b);
}

static void test_a_tier_without_long_prompt_prices_is_not_priced_short(void **state)
{
	struct book *b = builtin_book();
	struct usage_list l;
	struct quote q;

	(void)state;
	one_line(&l, "claude-haiku-5-5", 100001, 1);
	l.line[0].tier = SERVICE_BATCH;
	price_usage(b, "anthropic", &l, day("2026-11-23"), &q);
	assert_true(q.is_unpriced);
	assert_true(q.line[0].is_step);
	assert_int_equal(q.total_pico, 0);
	book_free(b);
}

static void test_a_total_too_large_to_count_says_so(void **state)
{
	struct book *b = builtin_book();
	struct usage_list l;
	struct quote q;

	(void)state;
	one_line(&l, "claude-opus-5-5", USAGE_TOKENS_MAX, USAGE_TOKENS_MAX);
	price_usage(b, "anthropic", &l, day("2026-11-23"), &q);
	assert_true(q.is_over);
	assert_int_equal(q.total_pico, PICO_MAX);
	book_free(b);
}

static uint64_t next(uint64_t *x)
{
	*x ^= *x << 13, *x ^= *x >> 7, *x ^= *x << 17;
	return *x;
}

static void random_list(uint64_t *x, struct usage_list *l)
{
	static const char *const models[] = {"claude-opus-5-5", "claude-haiku-5-5", "claude-sonnet-5-5", "claude-haiku-4-5-20251001", "claude-nobody-1"};
	size_t lines = 1 + next(x) % USAGE_LINES, i, b;

	memset(l, 0, sizeof *l);
	for (i = 0; i < lines; i++) {
		struct usage_line line = {.tier = SERVICE_STANDARD};
		const char *model = models[next(x) % LENGTH(models)];

		usage_line_set_model(&line, model, strlen(model));
		line.region = next(x) % 4 == 0 ? REGION_LOCAL : REGION_GLOBAL;
		for (b = 0; b < BUCKETS; b++)
			line.u.n[b] = next(x) % 3 ? (int64_t)(next(x) % 200000) : 0;
		usage_list_add(l, &line);
	}
}

static void test_I9_the_total_is_the_sum_of_counts_times_rates(void **state)
{
	struct book *b = builtin_book();
	uint64_t x = 88172645463325252u;
	int round;

	(void)state;
	for (round = 0; round < 3000; round++) {
		struct usage_list l;
		struct quote q;
		wide total = 0;
		size_t i, k;

		random_list(&x, &l);
		price_usage(b, "anthropic", &l, day("2026-11-23"), &q);
		assert_int_equal(q.count, l.count);
		for (i = 0; i < q.count; i++)
			for (k = 0; k < BUCKETS; k++)
				if (q.line[i].rate[k] != RATE_UNKNOWN)
					total += (wide)q.line[i].rate[k] * l.line[i].u.n[k];
		assert_true(total == q.total_pico);
	}
	book_free(b);
}

/* --- the bound ------------------------------------------------------------ */

static void bound(const struct book *b, const char *vendor, const char *model, int64_t in, int64_t out, bool may_cache, struct price_bound *p)
{
	const struct bound_query q = {.vendor = vendor, .model = model, .input_tokens = in, .max_output_tokens = out, .may_cache = may_cache};

	price_bound(b, &q, day("2026-11-23"), p);
}

static void test_I3_a_bound_takes_the_dearest_write(void **state)
{
	struct book *b = builtin_book();
	struct price_bound p;

	(void)state;
	bound(b, "anthropic", "claude-opus-5-5", 1000, 100, false, &p);
	assert_int_equal(p.total_pico, (1000 * 4 + 100 * 20) * PICO_PER_M_DOLLAR);
	bound(b, "anthropic", "claude-opus-5-5", 1000, 100, true, &p);
	assert_int_equal(p.total_pico, (1000 * 8 + 100 * 20) * PICO_PER_M_DOLLAR);
	assert_false(p.is_unpriced);
	assert_string_equal(p.price_from, "2026-09-22");
	book_free(b);
}

static void test_I3_a_bound_takes_the_step_if_the_prompt_could_reach_it(void **state)
{
	struct book *b = builtin_book();
	struct price_bound p;

	(void)state;
	bound(b, "anthropic", "claude-haiku-5-5", 100000, 10, false, &p);
	assert_int_equal(p.total_pico, INT64_C(100000) * 100000 + 10 * 500000);
	bound(b, "anthropic", "claude-haiku-5-5", 100001, 10, false, &p);
	assert_int_equal(p.total_pico, INT64_C(100001) * 500000 + 10 * 2500000);
	book_free(b);
}

/* A rate that is missing above a model's step would hold at the dearest of the book, as if nothing were known. */
static void test_a_long_prompt_of_each_tiers_model_has_a_price(void **state)
{
	const struct builtin *f = builtin_find(data_files, "models.json");
	struct book *b = builtin_book();
	const cJSON *vendor, *tier;
	struct price_bound p;
	char name[32];
	cJSON *t;
	int seen = 0;

	(void)state;
	assert_int_equal(json_parse(slice_make(f->bytes, f->len), &t, NULL), ERR_OK);
	cJSON_ArrayForEach(vendor, cJSON_GetObjectItemCaseSensitive(t, "tiers"))
		cJSON_ArrayForEach(tier, vendor) {
			snprintf(name, sizeof name, "%.*s", (int)strcspn(vendor->string, "/"), vendor->string);
			bound(b, name, json_text(tier, "model"), 500000, 1000, true, &p);
			if (p.is_unpriced)
				fail_msg("%s at %s", json_text(tier, "model"), name);
			seen++;
		}
	assert_true(seen >= 12);
	cJSON_Delete(t);
	book_free(b);
}

static void test_I4_an_unpriced_model_is_held_at_the_dearest_rate(void **state)
{
	struct book *b = builtin_book();
	struct price_bound p, known;
	struct rates r;
	size_t i;

	(void)state;
	bound(b, "anthropic", "claude-unheard-of-9", 1000, 1000, false, &p);
	assert_true(p.is_unpriced);
	assert_string_equal(p.price_from, "");
	for (i = 0; book_row(b, i, &r, NULL, NULL); i++) {
		bound(b, r.vendor, r.model, 1000, 1000, false, &known);
		assert_true(known.total_pico <= p.total_pico);
		assert_true(known.total_pico > 0);
	}
	book_free(b);
	b = book_new();
	bound(b, "anthropic", "claude-opus-5-5", 1, 1, false, &p);
	assert_true(p.is_unpriced);
	assert_int_equal(p.total_pico, PICO_MAX);
	book_free(b);
}

static void test_I3_no_usage_within_the_bound_costs_more_than_it(void **state)
{
	struct book *b = builtin_book();
	uint64_t x = 362436069u;
	int round;

	(void)state;
	for (round = 0; round < 3000; round++) {
		struct usage_list l;
		struct quote q;
		struct price_bound p;
		struct bound_query ask = {.vendor = "anthropic", .may_cache = true};

		random_list(&x, &l);
		l.count = 1;
		ask.model = l.line[0].model;
		ask.region = l.line[0].region;
		ask.input_tokens = usage_prompt_tokens(&l.line[0].u) + (int64_t)(next(&x) % 3);
		ask.max_output_tokens = l.line[0].u.n[BUCKET_OUTPUT];
		ask.web_searches = l.line[0].u.n[BUCKET_WEB_SEARCH];
		price_usage(b, "anthropic", &l, day("2026-11-23"), &q);
		price_bound(b, &ask, day("2026-11-23"), &p);
		assert_true(q.total_pico <= p.total_pico);
	}
	book_free(b);
}

/* --- lists ---------------------------------------------------------------- */

static void test_a_full_list_loses_no_token(void **state)
{
	struct usage_list l = {.count = 0};
	struct usage sum;
	int i;

	(void)state;
	for (i = 0; i < 3 * USAGE_LINES; i++) {
		struct usage_line line = {.tier = SERVICE_STANDARD};
		char model[16];

		snprintf(model, sizeof model, "m%d", i % 12);
		usage_line_set_model(&line, model, strlen(model));
		line.u.n[BUCKET_OUTPUT] = 10 + i;
		usage_list_add(&l, &line);
	}
	sum = usage_list_sum(&l);
	assert_int_equal(l.count, USAGE_LINES);
	assert_int_equal(sum.n[BUCKET_OUTPUT], 24 * 10 + 23 * 24 / 2);
	assert_true(l.line[0].is_estimated);
	assert_true(l.line[USAGE_LINES - 1].is_estimated);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_I9_twenty_totals_worked_out_by_hand),
		cmocka_unit_test(test_a_bucket_without_a_rate_is_unpriced_and_the_rest_is_counted),
		cmocka_unit_test(test_a_tier_without_long_prompt_prices_is_not_priced_short),
		cmocka_unit_test(test_a_total_too_large_to_count_says_so),
		cmocka_unit_test(test_I9_the_total_is_the_sum_of_counts_times_rates),
		cmocka_unit_test(test_I3_a_bound_takes_the_dearest_write),
		cmocka_unit_test(test_I3_a_bound_takes_the_step_if_the_prompt_could_reach_it),
		cmocka_unit_test(test_a_long_prompt_of_each_tiers_model_has_a_price),
		cmocka_unit_test(test_I4_an_unpriced_model_is_held_at_the_dearest_rate),
		cmocka_unit_test(test_I3_no_usage_within_the_bound_costs_more_than_it),
		cmocka_unit_test(test_a_full_list_loses_no_token),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
