/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdio.h>

#include "office/key_choice.h"

#define NOW INT64_C(1000)

static struct key make(const char *label, const char *vendor, enum key_state state, int64_t calls)
{
	struct key k = {.state = state, .calls = calls};

	snprintf(k.label, sizeof k.label, "%s", label);
	snprintf(k.vendor, sizeof k.vendor, "%s", vendor);
	return k;
}

static void check_choice(const struct key *rows, size_t n, const char *vendor, const char *label, enum failover f, int key, int first)
{
	struct key_choice c = key_choose(rows, n, vendor, label, f, NOW);

	if (c.key != key || c.first != first || c.steps_in != (key >= 0 && key != first))
		fail_msg("%s/%s %s: key %d, first %d", vendor, label, failover_names[f], c.key, c.first);
}

static void test_the_first_that_works_or_worked(void **state)
{
	struct key rows[] = {make("never", "anthropic", KEY_REVOKED, 0), make("admin", "anthropic", KEY_ACTIVE, 0), make("gone", "anthropic", KEY_RETIRED, 9),
		make("a", "anthropic", KEY_ACTIVE, 5), make("o", "openai", KEY_UNTESTED, 0), make("b", "anthropic", KEY_ACTIVE, 0)};

	(void)state;
	rows[1].kind = KEY_KIND_ADMIN;
	check_choice(rows, 6, "", "", FAILOVER_OFF, 3, 3);
	check_choice(rows, 6, "openai", "", FAILOVER_OFF, 4, 4);
	check_choice(rows, 6, "anthropic", "b", FAILOVER_OFF, 5, 5);
	check_choice(rows, 6, "bedrock", "", FAILOVER_ANY, -1, -1);
	check_choice(rows, 6, "", "nobody", FAILOVER_ANY, -1, -1);
	check_choice(rows, 0, "", "", FAILOVER_ANY, -1, -1);
}

static void test_another_steps_in_only_by_setting(void **state)
{
	struct key rows[] = {make("a", "anthropic", KEY_FAILING, 5), make("o", "openai", KEY_ACTIVE, 0), make("b", "anthropic", KEY_ACTIVE, 0)};

	(void)state;
	check_choice(rows, 3, "", "", FAILOVER_OFF, -1, 0);
	check_choice(rows, 3, "", "", FAILOVER_VENDOR, 2, 0);
	check_choice(rows, 3, "", "", FAILOVER_ANY, 2, 0);	/* its own vendor's first */
	rows[2].state = KEY_REVOKED;
	check_choice(rows, 3, "", "", FAILOVER_VENDOR, -1, 0);
	check_choice(rows, 3, "", "", FAILOVER_ANY, 1, 0);
	check_choice(rows, 3, "anthropic", "a", FAILOVER_ANY, 1, 0);
	rows[0].state = KEY_ACTIVE;
	check_choice(rows, 3, "", "", FAILOVER_ANY, 0, 0);
}

static void test_a_session_that_ended(void **state)
{
	struct key rows[] = {make("a", "bedrock", KEY_ACTIVE, 5), make("b", "bedrock", KEY_ACTIVE, 0)};
	char why[TITLE_MAX_BYTES];
	struct key_choice c;

	(void)state;
	rows[0].expires_us = NOW;
	check_choice(rows, 2, "", "", FAILOVER_OFF, -1, 0);
	check_choice(rows, 2, "", "", FAILOVER_VENDOR, 1, 0);
	c = key_choose(rows, 2, "", "", FAILOVER_OFF, NOW);
	key_choice_why(rows, &c, "", "", NOW, why);
	assert_string_equal(why, "the session of key a has ended: rotate it");
	c.first = -1;
	key_choice_why(rows, &c, "openai", "", NOW, why);
	assert_string_equal(why, "no key for openai: add one");
	key_choice_why(rows, &c, "", "x", NOW, why);
	assert_string_equal(why, "no key is called x: give the agent another");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_first_that_works_or_worked),
		cmocka_unit_test(test_another_steps_in_only_by_setting),
		cmocka_unit_test(test_a_session_that_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
