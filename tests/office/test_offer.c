/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "check.h"

#include "office/office_fixture.h"

static bool well_formed(const char *s)
{
	return s[0] != '\0' && strlen(s) <= 64 && s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")] == '\0';
}

static void test_plain_names_are_joined(void **state)
{
	char name[OFFER_NAME];

	(void)state;
	offer_name("repo", "read_file", name);
	assert_string_equal(name, "repo__read_file");
}

static void test_odd_names_become_well_formed_and_stay_apart(void **state)
{
	static const char *const names[][2] = {
		{"repo", "read.file"}, {"repo", "read/file"}, {"re po", "read_file"}, {"r\xC3\xA4", "x"}, {"a__b", "c"}, {"a", "b__c"}, {"x", ""},
		{"a-connector-with-a-name-of-fifty-bytes-or-even-more", "a-tool-with-a-long-name-that-ends-in-one"},
		{"a-connector-with-a-name-of-fifty-bytes-or-even-more", "a-tool-with-a-long-name-that-ends-in-two"},
	};
	char made[LENGTH(names)][OFFER_NAME];
	size_t i, k;

	(void)state;
	for (i = 0; i < LENGTH(names); i++) {
		offer_name(names[i][0], names[i][1], made[i]);
		assert_true(well_formed(made[i]));
		for (k = 0; k < i; k++)
			assert_string_not_equal(made[i], made[k]);
	}
}

static void test_two_tools_never_share_a_name(void **state)
{
	struct connector_record connectors[] = {{.id = 1, .name = "a_", .type = CONNECTOR_MCP}, {.id = 2, .name = "a", .type = CONNECTOR_MCP}};
	struct agent agent = {.name = "Ada"};
	struct task task = {.kind = TASK_WORK};
	struct tool tools[2];
	struct offers o;
	size_t i;

	(void)state;
	fixture_tool(&tools[0], 1, 1, "a_", "b", EFFECT_SEND);
	fixture_tool(&tools[1], 2, 2, "a", "_b", EFFECT_SEND);
	offers_make(&o, &agent, &task, tools, 2, connectors, 2);
	assert_int_equal(o.n, 3);
	assert_string_not_equal(o.v[1].name, o.v[2].name);
	for (i = 1; i < 3; i++) {
		assert_true(well_formed(o.v[i].name));
		assert_ptr_equal(offers_find(&o, o.v[i].name), &o.v[i]);
	}
	assert_null(offers_find(&o, "a___b"));
	offers_release(&o);
}

static void test_states_say_why_a_tool_may_not_be_called(void **state)
{
	struct office o;

	(void)state;
	fixture_init(&o, TASK_WORK);
	assert_int_equal(offers_find(&o.offers, "repo__read_file")->state, OFFER_OPEN);
	assert_int_equal(offers_find(&o.offers, "repo__changed")->state, OFFER_QUARANTINED);
	assert_int_equal(offers_find(&o.offers, "mail__list")->state, OFFER_NOT_GRANTED);
	o.tools[0].state = TOOL_QUARANTINED;
	memset(&o.tools[5].pinned, 0, sizeof o.tools[5].pinned);
	memset(&o.tools[5].definition, 0, sizeof o.tools[5].definition);
	fixture_offers(&o, 1);
	assert_int_equal(offers_find(&o.offers, "repo__read_file")->state, OFFER_QUARANTINED);
	assert_int_equal(offers_find(&o.offers, "repo__search")->state, OFFER_QUARANTINED);	/* never pinned */
	o.connectors[0].state = LINK_UNTRUSTED;
	fixture_offers(&o, 1);
	assert_null(offers_find(&o.offers, "repo__search"));
	fixture_release(&o);
}

static void test_planning_offers_reads_only(void **state)
{
	struct office o;

	(void)state;
	fixture_init(&o, TASK_PLAN);
	assert_int_equal(offers_find(&o.offers, "repo__read_file")->state, OFFER_OPEN);
	assert_int_equal(offers_find(&o.offers, "repo__propose_patch")->state, OFFER_PLANNING);
	assert_int_equal(offers_find(&o.offers, "submit_plan")->kind, OFFER_SUBMIT_PLAN);
	fixture_release(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_names_are_joined),
		cmocka_unit_test(test_odd_names_become_well_formed_and_stay_apart),
		cmocka_unit_test(test_two_tools_never_share_a_name),
		cmocka_unit_test(test_states_say_why_a_tool_may_not_be_called),
		cmocka_unit_test(test_planning_offers_reads_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
