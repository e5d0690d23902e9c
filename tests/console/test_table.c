/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A table that is wider than the screen keeps its columns: what does not fit comes below. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "console/table.h"

#define COLUMNS "id=K label vendor note cost_usd=$ why"
static const char rows[] = "[{\"id\":1,\"label\":\"a-rather-long-label\",\"vendor\":\"anthropic\",\"note\":\"\",\"cost_usd\":\"1.5\",\"why\":\"nothing accepts the connection\"},"
	"{\"id\":2,\"label\":\"main\",\"vendor\":\"openai\",\"note\":null,\"cost_usd\":\"0\",\"why\":null}]";

static void expect_lines(int room, const char *const *lines)
{
	struct sheet sh = {0};
	struct err e;
	int i;

	assert_int_equal(table_write(&sh, slice_of(rows), COLUMNS, room, &e), ERR_OK);
	for (i = 0; lines[i] != NULL; i++) {
		assert_true(i < sh.n);
		assert_string_equal(sh.v[i].text, lines[i]);
	}
	assert_int_equal(sh.n, i);
	sheet_release(&sh);
}

static void test_without_a_limit_it_is_as_wide_as_it_is(void **state)
{
	static const char *const lines[] = {
		"id  label                vendor     note  cost usd  why                           ",
		"K1  a-rather-long-label  anthropic           $1.50  nothing accepts the connection",
		"K2  main                 openai              $0.00                                ", NULL};

	(void)state;
	expect_lines(0, lines);
	expect_lines(82, lines);
}

static void test_columns_in_which_nothing_stands_give_way_first(void **state)
{
	static const char *const lines[] = {
		"id  label                vendor     cost usd  why                           ",
		"K1  a-rather-long-label  anthropic     $1.50  nothing accepts the connection",
		"K2  main                 openai        $0.00                                ", NULL};

	(void)state;
	expect_lines(81, lines);
	expect_lines(76, lines);
}

static void test_what_does_not_fit_stands_below_with_its_name(void **state)
{
	static const char *const lines[] = {
		"id  label                vendor   ",
		"K1  a-rather-long-label  anthropic",
		"cost usd $1.50",
		"why nothing accepts the connection",
		"K2  main                 openai   ",
		"cost usd $0.00", NULL};

	(void)state;
	expect_lines(42, lines);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_a_limit_it_is_as_wide_as_it_is),
		cmocka_unit_test(test_columns_in_which_nothing_stands_give_way_first),
		cmocka_unit_test(test_what_does_not_fit_stands_below_with_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
