/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "check.h"

#include <stdio.h>

#include "office/policy.h"

static void test_effects_of_unknown_servers_are_send(void **state)
{
	(void)state;
	assert_int_equal(policy_effect(CONNECTOR_CODEBASE, "read", false), EFFECT_READ);
	assert_int_equal(policy_effect(CONNECTOR_CRM, "write", false), EFFECT_WRITE);
	assert_int_equal(policy_effect(CONNECTOR_INBOX, "Read", false), EFFECT_SEND);
	assert_int_equal(policy_effect(CONNECTOR_INBOX, NULL, false), EFFECT_SEND);
	assert_int_equal(policy_effect(CONNECTOR_MCP, "read", false), EFFECT_SEND);
}

static void test_annotations_raise_and_never_lower(void **state)
{
	(void)state;
	assert_int_equal(policy_effect(CONNECTOR_MCP, "read", true), EFFECT_DESTROY);
	assert_int_equal(policy_effect(CONNECTOR_CODEBASE, "write", true), EFFECT_DESTROY);
	assert_int_equal(policy_effect(CONNECTOR_CODEBASE, "destroy", false), EFFECT_DESTROY);
}

static void test_only_reads_need_no_decision(void **state)
{
	(void)state;
	assert_false(policy_needs_decision(EFFECT_READ));
	assert_true(policy_needs_decision(EFFECT_WRITE));
	assert_true(policy_needs_decision(EFFECT_SEND));
	assert_true(policy_needs_decision(EFFECT_DESTROY));
}

static void test_patterns_cover_what_they_name(void **state)
{
	static const struct {
		const char *pattern;
		bool ok, covers;	/* the tool repo.read_file of a codebase */
	} rows[] = {
		{"*", true, true}, {"repo.*", true, true}, {"repo.read_file", true, true}, {"type:codebase.*", true, true}, {"type:codebase.read_file", true, true},
		{"repo.read", true, false}, {"repository.*", true, false}, {"type:crm.*", true, false}, {"type:codebase.write", true, false}, {"Repo.*", true, false},
		{"", false, false}, {"repo", false, false}, {"repo.", false, false}, {".x", false, false}, {"re*.x", false, false}, {"repo.read_*", false, false},
		{"type:none.*", false, false}, {"type:codebase", false, false}, {"**", false, false}, {"repo.a b", false, false},
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		print_message("%s\n", rows[i].pattern);
		assert_int_equal(policy_pattern_ok(rows[i].pattern), rows[i].ok);
		assert_int_equal(policy_pattern_covers(rows[i].pattern, CONNECTOR_CODEBASE, "repo", "read_file"), rows[i].covers);
	}
}

static void test_a_new_connector_is_everyones_until_narrowed(void **state)
{
	struct agent a = {.tools = {"type:crm.*"}, .tools_n = 1};

	(void)state;
	assert_true(policy_granted(&a, CONNECTOR_CODEBASE, "repo", "read_file"));
	a.tools_narrowed = true;
	assert_false(policy_granted(&a, CONNECTOR_CODEBASE, "repo", "read_file"));
	assert_true(policy_granted(&a, CONNECTOR_CRM, "people", "find"));
	a.tools_n = 0;
	assert_false(policy_granted(&a, CONNECTOR_CRM, "people", "find"));
}

static bool needs_yes(enum effect effect, const char *payload, const char *goal, char *context, const char *said, struct typed_yes *out)
{
	char bytes[512];
	struct approval a = {.kind = APPROVAL_ACTION, .effect = effect, .payload = bytes, .payload_len = strlen(payload), .context = context, .is_signed = true};

	snprintf(bytes, sizeof bytes, "%s", payload);
	return policy_needs_typed_yes(&a, slice_of(goal), said, out);
}

static void test_sending_to_a_stranger_needs_the_word_typed(void **state)
{
	static char sender[] = "{\"verified\":[\"Dana@example.com\"]}", reply[] = "{\"verified\":[],\"recipients\":[\"y@example.net\"]}";
	static const char mail[] = "{\"to\":\"dana@example.com\",\"subject\":\"see a.example\",\"body\":\"Hello, https://b.example/x or eve@example.net\"}";
	static const char two[] = "{\"to\":[\"dana@example.com\",\"x@example.net\"],\"bcc\":\"z@example.net\",\"body\":\"Hello\"}";
	struct typed_yes y;

	(void)state;
	assert_true(needs_yes(EFFECT_SEND, mail, "answer the mail", NULL, NULL, &y));
	assert_non_null(strstr(y.why, "dana@example.com"));
	assert_string_equal(y.value, "dana@example.com");
	assert_int_equal(y.strangers, 1);	/* what a mail says is not where it goes */
	assert_false(needs_yes(EFFECT_SEND, mail, "answer the mail of Dana@Example.com please", NULL, NULL, &y));
	assert_string_equal(y.why, "");
	assert_false(needs_yes(EFFECT_SEND, mail, "answer the mail", sender, NULL, &y));
	assert_true(needs_yes(EFFECT_SEND, two, "answer the mail", sender, NULL, &y));
	assert_string_equal(y.value, "x@example.net");
	assert_int_equal(y.strangers, 2);
	assert_true(needs_yes(EFFECT_SEND, two, "answer the mail", sender, "x@example.net\n", &y));
	assert_string_equal(y.value, "z@example.net");
	assert_false(needs_yes(EFFECT_SEND, two, "answer the mail", sender, "x@example.net\nz@example.net\n", &y));
	assert_true(needs_yes(EFFECT_SEND, two, "answer the mail", sender, "x@example.netz@example.net\n", &y));
	assert_true(needs_yes(EFFECT_SEND, mail, "write to xdana@example.com", NULL, NULL, &y));
	/* who gets it where only the connector knows */
	assert_true(needs_yes(EFFECT_SEND, "{\"thread\":7,\"body\":\"ok\"}", "answer", reply, NULL, &y));
	assert_string_equal(y.value, "y@example.net");
	/* without `to` everything counts, wherever it stands */
	assert_true(needs_yes(EFFECT_SEND, "{\"url\":\"https://b.example/x\",\"body\":\"ok\"}", "post it", NULL, NULL, &y));
	assert_string_equal(y.value, "https://b.example/x");
}

static void test_a_send_without_a_recipient_needs_the_word_typed(void **state)
{
	struct typed_yes y;

	(void)state;
	assert_true(needs_yes(EFFECT_SEND, "{\"channel\":\"all\"}", "post it", NULL, NULL, &y));
	assert_non_null(strstr(y.why, "no recipient"));
	assert_string_equal(y.value, "");
	assert_true(needs_yes(EFFECT_SEND, "not JSON", "post it", NULL, "all\n", &y));
}

static void test_destroying_always_and_writing_never_needs_the_word_typed(void **state)
{
	struct approval plan = {.kind = APPROVAL_PLAN, .effect = EFFECT_DESTROY};
	struct typed_yes y;

	(void)state;
	assert_true(needs_yes(EFFECT_DESTROY, "{\"to\":\"dana@example.com\"}", "dana@example.com", NULL, "dana@example.com\n", &y));
	assert_false(needs_yes(EFFECT_WRITE, "{\"to\":\"dana@example.com\"}", "", NULL, NULL, &y));
	assert_false(policy_needs_typed_yes(&plan, slice_of(""), NULL, &y));
}

static void test_a_fetch_whose_address_the_model_chose_is_a_send(void **state)
{
	static const char args[] = "{\"url\":\"https://b.example/?q=secret\"}";

	(void)state;
	assert_int_equal(policy_effect_of_call(EFFECT_READ, CONNECTOR_MCP, slice_of(args), slice_of("look it up")), EFFECT_SEND);
	assert_int_equal(policy_effect_of_call(EFFECT_READ, CONNECTOR_MCP, slice_of(args), slice_of("read https://b.example/?q=secret")), EFFECT_READ);
	assert_int_equal(policy_effect_of_call(EFFECT_READ, CONNECTOR_MCP, slice_of(args), slice_of("read https://b.example/")), EFFECT_SEND);
	assert_int_equal(policy_effect_of_call(EFFECT_READ, CONNECTOR_MCP, slice_of("{\"path\":\"docs/a.md\"}"), slice_of("")), EFFECT_READ);
	assert_int_equal(policy_effect_of_call(EFFECT_READ, CONNECTOR_CODEBASE, slice_of(args), slice_of("")), EFFECT_READ);
	assert_int_equal(policy_effect_of_call(EFFECT_DESTROY, CONNECTOR_MCP, slice_of(args), slice_of("")), EFFECT_DESTROY);
}

/* Rows of before, or of another hand: nothing beside the payload vouches for anything. */
static void test_an_unsigned_proposal_is_asked_about_strictly(void **state)
{
	char payload[] = "{\"to\":[\"dana@example.com\"]}", context[] = "{\"verified\":[\"dana@example.com\"]}";
	struct approval a = {.kind = APPROVAL_ACTION, .effect = EFFECT_SEND, .payload = payload, .payload_len = strlen(payload), .context = context, .worst_case_pd = 1};
	const struct person_line line = {.effect = EFFECTS, .over_pd = 100}, none = {.effect = EFFECTS};
	struct typed_yes y;

	(void)state;
	assert_true(policy_needs_typed_yes(&a, slice_of("write to dana@example.com"), NULL, &y));
	assert_string_equal(y.value, "dana@example.com");
	assert_false(policy_needs_typed_yes(&a, slice_of(""), "dana@example.com\n", &y));
	assert_int_equal(policy_persons(&line, &a), 2);
	assert_int_equal(policy_persons(&none, &a), 1);
	a.is_signed = true;
	assert_false(policy_needs_typed_yes(&a, slice_of("write to dana@example.com"), NULL, &y));
	assert_false(policy_needs_typed_yes(&a, slice_of(""), NULL, &y));
	assert_int_equal(policy_persons(&line, &a), 1);
}

static void test_rules_never_decide_what_could_carry_data_out(void **state)
{
	struct approval a = {.kind = APPROVAL_ACTION, .effect = EFFECT_SEND, .is_signed = true};

	(void)state;
	assert_true(policy_rule_may_decide(&a, false));
	assert_false(policy_rule_may_decide(&a, true));
	a.effect = EFFECT_WRITE;
	assert_true(policy_rule_may_decide(&a, true));
	a.effect = EFFECT_DESTROY;
	assert_false(policy_rule_may_decide(&a, false));
	a = (struct approval){.kind = APPROVAL_PLAN, .effect = EFFECT_WRITE};
	assert_false(policy_rule_may_decide(&a, false));
}

static void test_globs(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool matches;
	} rows[] = {
		{"", "", true}, {"*", "", true}, {"*", "abc", true}, {"a*c", "abc", true}, {"a*c", "abd", false}, {"a?c", "abc", true}, {"a?c", "ac", false},
		{"docs/" "*.md", "docs/api.md", true}, {"docs/" "*.md", "src/docs/api.md", false}, {"*a*b*", "xxaxxbxx", true}, {"*aab", "aaaab", true}, {"a", "A", false},
		{"a", "", false}, {"", "a", false}, {"a**", "a", true},
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		print_message("%s on %s\n", rows[i].pattern, rows[i].text);
		assert_int_equal(policy_glob(rows[i].pattern, slice_of(rows[i].text)), rows[i].matches);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_effects_of_unknown_servers_are_send),
		cmocka_unit_test(test_annotations_raise_and_never_lower),
		cmocka_unit_test(test_only_reads_need_no_decision),
		cmocka_unit_test(test_patterns_cover_what_they_name),
		cmocka_unit_test(test_a_new_connector_is_everyones_until_narrowed),
		cmocka_unit_test(test_sending_to_a_stranger_needs_the_word_typed),
		cmocka_unit_test(test_a_send_without_a_recipient_needs_the_word_typed),
		cmocka_unit_test(test_a_fetch_whose_address_the_model_chose_is_a_send),
		cmocka_unit_test(test_destroying_always_and_writing_never_needs_the_word_typed),
		cmocka_unit_test(test_an_unsigned_proposal_is_asked_about_strictly), cmocka_unit_test(test_rules_never_decide_what_could_carry_data_out),
		cmocka_unit_test(test_globs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
