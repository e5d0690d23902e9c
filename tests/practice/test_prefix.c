/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "practice/prefix.h"

#define MIN 100

static void add(struct prompt *p, const char *text, size_t bytes, enum prefix_life mark)
{
	prompt_add(p, "user", slice_of(text), bytes, mark);
}

/* tools 1000 bytes, system 2000 (marked), then turns of 400 bytes each, the last marked. */
static void talk(struct prompt *p, const char *scope, const char *system, int turns, enum prefix_life system_life)
{
	char text[32];
	int i;

	prompt_init(p, scope);
	add(p, "tools", 1000, LIFE_NONE);
	add(p, system, 2000, system_life);
	for (i = 0; i < turns; i++) {
		snprintf(text, sizeof text, "turn %d", i);
		add(p, text, 401, i + 1 == turns ? LIFE_5M : LIFE_NONE);
	}
}

static struct usage use(struct prefixes *c, const char *scope, const char *system, int turns, enum prefix_life life, int64_t now_us)
{
	struct usage u = {0};
	struct prompt p;

	talk(&p, scope, system, turns, life);
	prefixes_use(c, &p, MIN, now_us, &u);
	assert_int_equal(u.input + u.cache_read + u.write_5m + u.write_1h, prompt_tokens(&p));
	prompt_release(&p);
	return u;
}

static void test_what_was_written_once_is_read_later(void **state)
{
	struct prefixes *c = prefixes_new();
	struct usage u;

	(void)state;
	u = use(c, "a", "s", 1, LIFE_1H, 0);
	assert_int_equal(u.cache_read, 0);
	assert_int_equal(u.write_1h, 750);
	assert_int_equal(u.write_5m, tokens_of(3401) - 750);
	u = use(c, "a", "s", 3, LIFE_1H, US_PER_S);
	assert_int_equal(u.cache_read, tokens_of(3401));
	assert_int_equal(u.write_1h, 0);
	assert_int_equal(u.write_5m, tokens_of(3000 + 3 * 401) - tokens_of(3401));
	assert_int_equal(u.input, 0);
	prefixes_free(c);
}

static void test_another_account_or_another_beginning_reads_nothing(void **state)
{
	struct prefixes *c = prefixes_new();

	(void)state;
	(void)use(c, "a", "s", 1, LIFE_5M, 0);
	assert_int_equal(use(c, "b", "s", 1, LIFE_5M, 1).cache_read, 0);
	assert_int_equal(use(c, "a", "other", 1, LIFE_5M, 1).cache_read, 0);
	assert_int_equal(use(c, "a", "s", 1, LIFE_5M, 1).cache_read, tokens_of(3401));
	prefixes_free(c);
}

static void test_a_prefix_ends_after_its_life_and_a_read_prolongs_it(void **state)
{
	struct prefixes *c = prefixes_new();
	int64_t minute = 60 * US_PER_S;

	(void)state;
	(void)use(c, "a", "s", 1, LIFE_5M, 0);
	assert_true(use(c, "a", "s", 1, LIFE_5M, 4 * minute).cache_read > 0);
	assert_true(use(c, "a", "s", 1, LIFE_5M, 8 * minute).cache_read > 0);
	assert_int_equal(use(c, "a", "s", 1, LIFE_5M, 14 * minute).cache_read, 0);
	(void)use(c, "h", "s", 1, LIFE_1H, 0);
	assert_int_equal(use(c, "h", "s", 1, LIFE_1H, 30 * minute).cache_read, 750);
	prefixes_free(c);
}

static void test_a_short_prefix_is_not_remembered(void **state)
{
	struct prefixes *c = prefixes_new();
	struct usage u = {0};
	struct prompt p;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		prompt_init(&p, "a");
		add(&p, "short", 4 * MIN - 4, LIFE_5M);
		prefixes_use(c, &p, MIN, i, &u);
		assert_int_equal(u.cache_read + u.write_5m, 0);
		assert_int_equal(u.input, MIN - 1);
		prompt_release(&p);
	}
	prefixes_free(c);
}

static void test_a_breakpoint_looks_back_twenty_blocks(void **state)
{
	struct prefixes *c = prefixes_new();

	(void)state;
	(void)use(c, "a", "s", 1, LIFE_NONE, 0);
	assert_int_equal(use(c, "a", "s", 20, LIFE_NONE, 1).cache_read, tokens_of(3401));
	prefixes_free(c);
	c = prefixes_new();
	(void)use(c, "a", "s", 1, LIFE_NONE, 0);
	assert_int_equal(use(c, "a", "s", 22, LIFE_NONE, 1).cache_read, 0);
	prefixes_free(c);
}

static void test_without_breakpoints_all_input_is_fresh(void **state)
{
	struct prefixes *c = prefixes_new();
	struct usage u = {0};
	struct prompt p;

	(void)state;
	(void)use(c, "a", "s", 1, LIFE_5M, 0);
	prompt_init(&p, "a");
	add(&p, "tools", 1000, LIFE_NONE);
	prefixes_use(c, &p, MIN, 1, &u);
	assert_int_equal(u.input, 250);
	assert_int_equal(u.cache_read + u.write_5m + u.write_1h, 0);
	prompt_release(&p);
	prefixes_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_written_once_is_read_later),
		cmocka_unit_test(test_another_account_or_another_beginning_reads_nothing),
		cmocka_unit_test(test_a_prefix_ends_after_its_life_and_a_read_prolongs_it),
		cmocka_unit_test(test_a_short_prefix_is_not_remembered),
		cmocka_unit_test(test_a_breakpoint_looks_back_twenty_blocks),
		cmocka_unit_test(test_without_breakpoints_all_input_is_fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
