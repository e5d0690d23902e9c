/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A standing rule covers what it names and nothing that is in doubt. */
#include <string.h>

#include "check.h"
#include "office/standing.h"

#define NOW INT64_C(1000000)

static struct rule rule_of(const char *patterns)
{
	struct rule r = {.agent = "Ada", .tool = "repo.patch", .effect = EFFECT_WRITE, .until_us = NOW + 1};

	r.patterns = (char *)(uintptr_t)patterns;
	r.definition.b[0] = 7;
	return r;
}

static struct approval action_of(const char *payload)
{
	struct approval a = {.kind = APPROVAL_ACTION, .effect = EFFECT_WRITE, .agent = "Ada", .connector = "repo", .tool = "patch"};

	a.payload = (char *)(uintptr_t)payload;
	a.payload_len = strlen(payload);
	a.definition.b[0] = 7;
	return a;
}

static bool covers(const char *patterns, const char *payload)
{
	struct rule r = rule_of(patterns);
	struct approval a = action_of(payload);

	return standing_covers(&r, &a, false, NOW);
}

static void test_patterns_cover_the_fields_they_name(void **state)
{
	static const struct {
		const char *patterns, *payload;
		bool covers;
	} rows[] = {
		{NULL, "{}", true},
		{"{\"path\":\"docs/" "*\"}", "{\"path\":\"docs/a.md\"}", true},
		{"{\"path\":\"docs/" "*\"}", "{\"path\":\"src/a.c\"}", false},
		{"{\"path\":\"docs/" "*\"}", "{\"Path\":\"docs/a.md\"}", false},
		{"{\"path\":\"docs/" "*\"}", "{}", false},
		{"{\"path\":\"*\"}", "{\"path\":null}", false},
		{"{\"path\":\"*\"}", "{\"path\":{}}", false},
		{"{\"n\":\"1?\"}", "{\"n\":12}", true},
		{"{\"n\":\"12\"}", "{\"n\":12.0}", false},	/* as it is written */
		{"{\"ok\":\"true\"}", "{\"ok\":true}", true},
		{"{\"to.address\":\"*@example.com\"}", "{\"to\":{\"address\":\"dana@example.com\"}}", true},
		{"{\"to.address\":\"*@example.com\"}", "{\"to.address\":\"dana@example.com\",\"to\":{\"address\":\"x@example.org\"}}", true},
		{"{\"to\":\"*@example.com\"}", "{\"to\":[\"dana@example.com\",\"kim@example.com\"]}", true},
		{"{\"to\":\"*@example.com\"}", "{\"to\":[\"dana@example.com\",\"x@example.org\"]}", false},
		{"{\"to\":\"*@example.com\"}", "{\"to\":[]}", false},
		{"{\"to\":\"*\"}", "{\"to\":[[\"a\"]]}", false},
		{"{\"to\":\"d\\u0061na\"}", "{\"to\":\"dan\\u0061\"}", true},	/* the text, however it is escaped */
		{"{\"a\":\"1\",\"b\":\"2\"}", "{\"a\":\"1\",\"b\":\"3\"}", false},
		{"[]", "{}", false}, {"{}", "{}", false}, {"{\"a\":1}", "{\"a\":1}", false}, {"not JSON", "{}", false},
		{NULL, "{\"a\":1,\"a\":2}", false}, {NULL, "{\"a\":\"\\ud800\"}", false}, {NULL, "", false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		print_message("%s on %s\n", rows[i].patterns != NULL ? rows[i].patterns : "anything", rows[i].payload);
		assert_int_equal(covers(rows[i].patterns, rows[i].payload), rows[i].covers);
	}
}

static void test_everything_the_rule_was_made_for_must_be_the_same(void **state)
{
	struct rule r = rule_of(NULL);
	struct approval a = action_of("{}");

	(void)state;
	assert_true(standing_covers(&r, &a, true, NOW));	/* a write: untrusted text is no bar */
	assert_false(standing_covers(&r, &a, false, NOW + 1));	/* over */
	a.definition.b[0] = 8;
	assert_false(standing_covers(&r, &a, false, NOW));
	a = action_of("{}");
	strcpy(a.agent, "Kai");
	assert_false(standing_covers(&r, &a, false, NOW));
	a = action_of("{}");
	strcpy(a.tool, "patch2");
	assert_false(standing_covers(&r, &a, false, NOW));
	a = action_of("{}");
	r.revoked_us = 1;
	assert_false(standing_covers(&r, &a, false, NOW));
	r = rule_of(NULL);
	a.effect = EFFECT_SEND;
	assert_false(standing_covers(&r, &a, false, NOW));	/* another effect than it was made for */
}

static void test_never_destroy_never_data_out_after_outside_text(void **state)
{
	struct rule r = rule_of(NULL);
	struct approval a = action_of("{\"to\":\"dana@example.com\"}");

	(void)state;
	r.effect = a.effect = EFFECT_DESTROY;
	assert_false(standing_covers(&r, &a, false, NOW));
	r.effect = a.effect = EFFECT_SEND;
	assert_false(standing_covers(&r, &a, false, NOW));	/* to anybody at all: too wide */
	r = rule_of("{\"to\":\"dana@example.com\"}");
	r.effect = EFFECT_SEND;
	assert_true(standing_covers(&r, &a, false, NOW));
	assert_false(standing_covers(&r, &a, true, NOW));
	a.kind = APPROVAL_PLAN;
	assert_false(standing_covers(&r, &a, false, NOW));
}

static void test_money_in_doubt_is_over_the_line(void **state)
{
	static const struct {
		const char *payload;
		bool ok;	/* with $10 as the most */
	} rows[] = {
		{"{\"amount\":10}", true}, {"{\"amount\":10.000000000001}", false}, {"{\"amount\":1e1}", true}, {"{\"amount\":1e9}", false}, {"{\"amount\":-1}", false},
		{"{\"amount\":\"9.99\"}", true}, {"{\"amount\":\"$9.99\"}", true}, {"{\"amount\":\"12.00 USD\"}", false}, {"{\"amount\":\"1,250\"}", false},
		{"{\"amount\":1,\"lines\":[{\"fee\":99}]}", false}, {"{\"amount\":1,\"lines\":[{\"fee\":2}]}", true},
		{"{\"amount\":1,\"on\":\"2026-11-26\"}", false}, {"{\"amount\":1,\"note\":\"room 1250\"}", true}, {"{\"note\":\"no sum\"}", false}, {"{}", false},
		{"{\"amount\":99999999999999999999999}", false}, {"{\"amount\":1,\"amount\":1}", false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		print_message("%s\n", rows[i].payload);
		assert_int_equal(standing_money_ok(slice_of(rows[i].payload), INT64_C(10000000000000)), rows[i].ok);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patterns_cover_the_fields_they_name),
		cmocka_unit_test(test_everything_the_rule_was_made_for_must_be_the_same),
		cmocka_unit_test(test_never_destroy_never_data_out_after_outside_text),
		cmocka_unit_test(test_money_in_doubt_is_over_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
