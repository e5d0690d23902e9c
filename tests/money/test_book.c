/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdio.h>

#include "base/builtin.h"
#include "base/date.h"
#include "money/book.h"
#include "money/pico.h"

#define HEAD "{\"schema\":1,\"read\":\"2026-01-02\","

static struct price_time day(const char *text)
{
	struct price_time when = {0, 0};

	assert_true(date_parse(text, &when.at_us));
	return when;
}

static struct book *builtin_book(void)
{
	const struct builtin *f = builtin_find(data_files, "prices.json");
	struct book *b = book_new();
	struct err e = {0};

	assert_non_null(f);
	check_ok(book_parse(b, slice_make(f->bytes, f->len), &e), &e);
	return b;
}

static void test_every_row_is_sourced_and_dated(void **state)
{
	struct book *b = builtin_book();
	struct rates r;
	size_t i;

	(void)state;
	assert_true(book_row_count(b) > 250);
	for (i = 0; book_row(b, i, &r, NULL, NULL); i++) {
		assert_true(strlen(r.source) > 3);
		assert_int_equal(strlen(r.from), 10);
		assert_true(r.from_us <= day("2026-12-31").at_us);
	}
	assert_int_equal(i, book_row_count(b));
	book_free(b);
}

static void test_names_of_vendors_come_to_ids(void **state)
{
	static const struct {
		const char *vendor, *name, *id;
		enum region_class region;
	} good[] = {
		{"anthropic", "claude-opus-5-5", "claude-opus-5-5", REGION_GLOBAL},
		{"anthropic", "claude-haiku-4-5-20251001", "claude-haiku-4-5", REGION_GLOBAL},
		{"anthropic", "claude-sonnet-4-5-latest", "claude-sonnet-4-5", REGION_GLOBAL},
		{"openai", "gpt-5.5-2026-04-01", "gpt-5.5", REGION_GLOBAL},
		{"bedrock", "global.anthropic.claude-opus-5-5", "anthropic.claude-opus-5-5", REGION_GLOBAL},
		{"bedrock", "eu.anthropic.claude-opus-5-5", "anthropic.claude-opus-5-5", REGION_LOCAL},
		{"bedrock", "anthropic.claude-opus-5-5", "anthropic.claude-opus-5-5", REGION_LOCAL},
		{"bedrock", "us.anthropic.claude-opus-4-6", "anthropic.claude-opus-4-6-v1", REGION_LOCAL},
		{"bedrock", "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-5-5", "anthropic.claude-sonnet-5-5", REGION_LOCAL},
		{"bedrock", "amazon.nova-micro-v1:0", "amazon.nova-micro-v1:0", REGION_LOCAL},
	};
	static const char *const unknown[] = {"claude-opus-5-5-mini", "claude-opus-5-5x", "claude-opus", "gpt-5.5", "", "claude-opus-5-5-2026"};
	struct book *b = builtin_book();
	enum region_class region;
	char id[USAGE_MODEL];
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(good); i++) {
		if (!book_resolve(b, good[i].vendor, good[i].name, id, &region) || strcmp(id, good[i].id) != 0 || region != good[i].region)
			fail_msg("%s is %s", good[i].name, id);
	}
	for (i = 0; i < LENGTH(unknown); i++) {
		assert_false(book_resolve(b, "anthropic", unknown[i], id, NULL));
		assert_string_equal(id, unknown[i]);
	}
	assert_false(book_resolve(b, "openai", "gpt-4o-2024-05-13", id, NULL));
	book_free(b);
}

static void test_the_row_in_force_is_found_by_date(void **state)
{
	struct book *b = builtin_book();
	struct rates r;

	(void)state;
	assert_false(book_find(b, "anthropic", "claude-haiku-5-5", SERVICE_STANDARD, REGION_GLOBAL, day("2026-10-06"), &r));
	assert_true(book_find(b, "anthropic", "claude-haiku-5-5", SERVICE_STANDARD, REGION_GLOBAL, day("2026-10-07"), &r));
	assert_int_equal(r.step_over, 100000);
	assert_true(book_find(b, "openai", "gpt-5.6-sol", SERVICE_STANDARD, REGION_GLOBAL, day("2026-08-20"), &r));
	assert_int_equal(r.base.rate[BUCKET_INPUT], 5000000);
	assert_true(book_find(b, "openai", "gpt-5.6-sol", SERVICE_STANDARD, REGION_GLOBAL, day("2026-11-21"), &r));
	assert_int_equal(r.base.rate[BUCKET_INPUT], 4000000);
	assert_true(book_find(b, "openai", "gpt-5.6-sol", SERVICE_STANDARD, REGION_GLOBAL, day("2026-11-22"), &r));
	assert_int_equal(r.base.rate[BUCKET_INPUT], 5000000);
	book_free(b);
}

static void test_a_price_that_is_not_known_for_a_region_is_not_the_global_one(void **state)
{
	struct book *b = builtin_book();
	struct rates r;

	(void)state;
	assert_true(book_find(b, "openai", "o3", SERVICE_STANDARD, REGION_GLOBAL, day("2026-11-23"), &r));
	assert_false(book_find(b, "openai", "o3", SERVICE_STANDARD, REGION_LOCAL, day("2026-11-23"), &r));
	assert_true(book_find(b, "anthropic", "claude-haiku-4-5", SERVICE_STANDARD, REGION_LOCAL, day("2026-11-23"), &r));
	book_free(b);
}

static void test_an_overlay_wins_from_its_own_date_on(void **state)
{
	struct book *b = builtin_book();
	struct err e = {0};
	struct rates r;

	(void)state;
	check_ok(book_parse(b, slice_of(HEAD "\"prices\":[{\"vendor\":\"anthropic\",\"model\":\"claude-opus-5-5\",\"from\":\"2026-11-01\",\"source\":\"our contract\",\"rates\":{\"input\":\"3.2\",\"output\":\"16\"}}]}"), &e), &e);
	assert_true(book_find(b, "anthropic", "claude-opus-5-5", SERVICE_STANDARD, REGION_GLOBAL, day("2026-10-31"), &r));
	assert_int_equal(r.base.rate[BUCKET_INPUT], 4000000);
	assert_int_equal(r.kind, PRICE_PUBLISHED);
	assert_true(book_find(b, "anthropic", "claude-opus-5-5", SERVICE_STANDARD, REGION_GLOBAL, day("2026-11-01"), &r));
	assert_int_equal(r.base.rate[BUCKET_INPUT], 3200000);
	assert_int_equal(r.base.rate[BUCKET_CACHE_READ], 200000);	/* what it does not price keeps its price */
	assert_int_equal(r.kind, PRICE_HOME);
	assert_string_equal(r.source, "our contract");
	book_free(b);
}

static void test_a_broken_file_leaves_the_book_as_it_was(void **state)
{
	static const char *const bad[] = {
		"{}", "{\"schema\":2,\"read\":\"2026-01-02\",\"prices\":[]}", "{\"schema\":1,\"prices\":[]}", HEAD "\"prices\":{}}", HEAD "\"prices\":[{}]}",
		HEAD "\"prices\":[{\"vendor\":\"v\",\"model\":\"m\"}]}",
		HEAD "\"prices\":[{\"vendor\":\"v\",\"model\":\"m\",\"rates\":{\"input\":3}}]}",
		HEAD "\"prices\":[{\"vendor\":\"v\",\"model\":\"m\",\"rates\":{\"input\":\"-3\"}}]}",
		HEAD "\"prices\":[{\"vendor\":\"v\",\"model\":\"m\",\"rates\":{\"inputs\":\"3\"}}]}",
		HEAD "\"prices\":[{\"vendor\":\"v\",\"model\":\"m\",\"from\":\"soon\",\"rates\":{\"input\":\"3\"}}]}",
		HEAD "\"prices\":[{\"vendor\":\"v\",\"model\":\"m\",\"tier\":\"gold\",\"rates\":{\"input\":\"3\"}}]}",
		HEAD "\"prices\":[{\"vendor\":\"v\",\"model\":\"m\",\"region\":\"moon\",\"rates\":{\"input\":\"3\"}}]}",
		HEAD "\"prices\":[{\"vendor\":\"v\",\"model\":\"m\",\"rates\":{},\"step\":{\"rates\":{}}}]}",
		HEAD "\"prices\":[{\"vendor\":\"v\",\"model\":\"ok\",\"rates\":{\"input\":\"3\"}},{\"vendor\":\"v\"}]}",
		HEAD "\"ids\":{\"v\":{\"region\":\"moon\"}},\"prices\":[]}", HEAD "\"ids\":{\"v\":{\"prefixes\":{\"a\":1}}},\"prices\":[]}",
	};
	struct book *b = builtin_book();
	struct err e = {0};
	size_t i, before = book_row_count(b);

	(void)state;
	for (i = 0; i < LENGTH(bad); i++) {
		check_code(book_parse(b, slice_of(bad[i]), &e), ERR_USAGE, &e);
		assert_int_equal(book_row_count(b), before);
	}
	check_code(book_parse(b, slice_of("{\"schema\":1,\"schema\":1}"), &e), ERR_PROTO, &e);
	book_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row_is_sourced_and_dated),
		cmocka_unit_test(test_names_of_vendors_come_to_ids),
		cmocka_unit_test(test_the_row_in_force_is_found_by_date),
		cmocka_unit_test(test_a_price_that_is_not_known_for_a_region_is_not_the_global_one),
		cmocka_unit_test(test_an_overlay_wins_from_its_own_date_on),
		cmocka_unit_test(test_a_broken_file_leaves_the_book_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
