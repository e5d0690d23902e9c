/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "base/builtin.h"
#include "money/book.h"
#include "vendor/rules.h"

static struct rules *builtin_rules(void)
{
	const struct builtin *f = builtin_find(data_files, "models.json");
	struct rules *r = rules_new();
	struct err e = {0};

	assert_non_null(f);
	check_ok(rules_parse(r, slice_make(f->bytes, f->len), &e), &e);
	return r;
}

static void test_dated_and_hosted_names_are_the_same_model(void **state)
{
	static const struct {
		const char *vendor, *name, *model;
	} good[] = {
		{"anthropic", "claude-opus-5-5", "claude-opus-5-5"}, {"anthropic", "claude-haiku-4-5-20251001", "claude-haiku-4-5"},
		{"bedrock", "us.anthropic.claude-opus-4-5-20251101-v1:0", "claude-opus-4-5"}, {"bedrock", "anthropic.claude-opus-4-6-v1", "claude-opus-4-6"},
		{"openai", "gpt-6-sol-2026-09-22", "gpt-6-sol"}, {"openai", "gpt-4o-mini-2024-07-18", "gpt-4o-mini"},
		{"bedrock", "us.openai.gpt-5.6-sol", "gpt-5.6-sol"}, {"bedrock", "eu.amazon.nova-pro-v1:0", "amazon.nova-pro"},
	};
	static const char *const unknown[] = {"claude-opus-5-5-fast", "claude-opus", "claude-opus-55", "x"};
	struct rules *r = builtin_rules();
	struct model_rules m;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(good); i++) {
		rules_find(r, good[i].vendor, good[i].name, &m);
		assert_true(m.is_known);
		assert_string_equal(m.model, good[i].model);
	}
	for (i = 0; i < LENGTH(unknown); i++) {
		rules_find(r, "anthropic", unknown[i], &m);
		assert_false(m.is_known);
		assert_string_equal(m.model, unknown[i]);
		assert_int_equal(m.thinking, THINK_NONE);
		assert_false(m.has_effort);
	}
	assert_true(rules_same_model("claude-haiku-4-5", "claude-haiku-4-5-20251001"));
	assert_false(rules_same_model("claude-opus-5", "claude-opus-5-5"));
	rules_free(r);
}

static void test_every_tier_has_a_model_with_a_price(void **state)
{
	static const char *const vendors[] = {"anthropic", "openai", "bedrock", "openai"}, *const apis[] = {"", "responses", "converse", "chat"};
	const struct builtin *f = builtin_find(data_files, "prices.json");
	struct rules *r = builtin_rules();
	struct book *b = book_new();
	struct err e = {0};
	size_t i;
	int t;

	(void)state;
	check_ok(book_parse(b, slice_make(f->bytes, f->len), &e), &e);
	for (i = 0; i < LENGTH(vendors); i++) {
		for (t = 0; t < TIERS; t++) {
			const char *model;
			char id[USAGE_MODEL];
			int64_t most;

			assert_true(rules_tier(r, vendors[i], apis[i], (enum tier)t, &model, &most));
			assert_true(most >= 1024 && most <= 32768);
			if (!book_resolve(b, vendors[i], model, id, NULL))
				fail_msg("%s has no price", model);
			if (strcmp(apis[i], "chat") == 0 && strncmp(model, "gpt-6", 5) == 0)
				fail_msg("%s refuses tools on Chat", model);
		}
	}
	book_free(b);
	rules_free(r);
}

static void test_every_described_model_has_a_price(void **state)
{
	const struct builtin *f = builtin_find(data_files, "prices.json");
	struct rules *r = builtin_rules();
	struct book *b = book_new();
	struct err e = {0};
	const char *model;
	size_t i;

	(void)state;
	check_ok(book_parse(b, slice_make(f->bytes, f->len), &e), &e);
	for (i = 0; (model = rules_model(r, "anthropic", i)) != NULL; i++) {
		char id[USAGE_MODEL];

		assert_true(book_resolve(b, "anthropic", model, id, NULL));
	}
	assert_true(i > 15);
	book_free(b);
	rules_free(r);
}

static void test_a_later_file_wins_and_leaves_the_rest(void **state)
{
	struct rules *r = builtin_rules();
	struct model_rules m;
	struct err e = {0};
	const char *model;
	int64_t most;

	(void)state;
	check_ok(rules_parse(r, slice_of("{\"schema\":1,\"models\":[{\"vendor\":\"anthropic\",\"model\":\"claude-opus-5-5\",\"thinking\":\"adaptive\"}],"
	                                 "\"tiers\":{\"anthropic\":{\"top\":{\"model\":\"claude-fable-5-2\",\"max_tokens\":2000}}}}"), &e), &e);
	rules_find(r, "anthropic", "claude-opus-5-5", &m);
	assert_int_equal(m.thinking, THINK_ADAPTIVE);
	assert_true(rules_tier(r, "anthropic", "", TIER_TOP, &model, &most));
	assert_string_equal(model, "claude-fable-5-2");
	assert_int_equal(most, 2000);
	assert_true(rules_tier(r, "anthropic", "", TIER_ROUTINE, &model, &most));
	assert_string_equal(model, "claude-haiku-5-5");
	assert_false(rules_tier(r, "nobody", NULL, TIER_TOP, &model, &most));
	rules_free(r);
}

static void test_a_broken_file_leaves_the_rules_as_they_were(void **state)
{
	static const char *const bad[] = {"{}", "{\"schema\":1,\"models\":[{}]}", "{\"schema\":1,\"models\":[{\"vendor\":\"v\",\"model\":\"m\",\"thinking\":\"deep\"}]}",
	    "{\"schema\":1,\"models\":[{\"vendor\":\"v\",\"model\":\"m\",\"effort\":3}]}", "{\"schema\":1,\"models\":[{\"vendor\":\"v\",\"model\":\"m\",\"context\":-1}]}",
	    "{\"schema\":1,\"models\":[{\"vendor\":\"v\",\"model\":\"m\"}],\"tiers\":{\"v\":{\"top\":{\"model\":\"m\"}}}}"};
	struct rules *r = builtin_rules();
	struct model_rules m;
	struct err e = {0};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++)
		check_code(rules_parse(r, slice_of(bad[i]), &e), ERR_USAGE, &e);
	rules_find(r, "v", "m", &m);
	assert_false(m.is_known);
	rules_free(r);
}

static void test_what_ends_and_what_pays_is_said(void **state)
{
	struct rules *r = builtin_rules();
	struct model_rules m;

	(void)state;
	rules_find(r, "openai", "o3", &m);
	assert_string_equal(m.ends, "2026-12-11");
	assert_false(m.pays_cache_writes);
	rules_find(r, "openai", "gpt-6-sol", &m);
	assert_string_equal(m.ends, "");
	assert_true(m.pays_cache_writes);
	rules_find(r, "bedrock", "anthropic.claude-opus-5-5", &m);
	assert_true(m.needs_profile);
	rules_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dated_and_hosted_names_are_the_same_model),
		cmocka_unit_test(test_every_tier_has_a_model_with_a_price),
		cmocka_unit_test(test_every_described_model_has_a_price),
		cmocka_unit_test(test_a_later_file_wins_and_leaves_the_rest),
		cmocka_unit_test(test_what_ends_and_what_pays_is_said),
		cmocka_unit_test(test_a_broken_file_leaves_the_rules_as_they_were),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
