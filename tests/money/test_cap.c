/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "base/slice.h"
#include "money/cap.h"
#include "money/pico.h"

static void test_what_is_left_is_never_below_nothing(void **state)
{
	(void)state;
	assert_int_equal(cap_left(100, 30, 20), 50);
	assert_int_equal(cap_most(100, 30, 20), 70);
	assert_int_equal(cap_most(40, 30, 20), 20);	/* lowered under what is held */
	assert_int_equal(cap_most(20, 30, 0), 0);
	assert_int_equal(cap_left(100, 90, 20), 0);
	assert_int_equal(cap_left(0, 0, 0), 0);
	assert_int_equal(cap_left(PICO_MAX, PICO_MAX, PICO_MAX), 0);
}

static void test_I3_a_hold_fits_up_to_the_last_pico(void **state)
{
	(void)state;
	assert_true(cap_fits(100, 30, 20, 50));
	assert_false(cap_fits(100, 30, 20, 51));
	assert_true(cap_fits(100, 100, 0, 0));
	assert_false(cap_fits(100, 101, 0, 0));
	assert_false(cap_fits(PICO_MAX, PICO_MAX, 0, PICO_MAX));
}

static void test_the_tightest_cap_is_found(void **state)
{
	const struct cap_state caps[] = {{100, 10, 0}, {50, 0, 20}, {90, 60, 0}, {1000, 970, 0}};

	(void)state;
	assert_int_equal(cap_tightest(caps, LENGTH(caps)), 1);
	assert_int_equal(cap_tightest(caps, 1), 0);
}

static void test_warn_levels_are_reached_not_rounded_to(void **state)
{
	static const int levels[] = {50, 80, 95};

	(void)state;
	assert_int_equal(cap_warn_level(1000, 499, 0, levels, 3), 0);
	assert_int_equal(cap_warn_level(1000, 400, 100, levels, 3), 50);
	assert_int_equal(cap_warn_level(1000, 799, 0, levels, 3), 50);
	assert_int_equal(cap_warn_level(1000, 2000, 0, levels, 3), 95);
	assert_int_equal(cap_percent(0, 0, 0), 100);
	assert_int_equal(cap_percent(1, PICO_MAX, 0), 999);
}

static void test_I3_output_shrinks_until_it_fits(void **state)
{
	int64_t left = 10 * PICO_DOLLAR / 1000, rate = 20 * PICO_PER_M_DOLLAR, most;

	(void)state;
	assert_int_equal(cap_shrink_output(left, 0, rate, 400, 100), 400);
	most = cap_shrink_output(left, 0, rate, 4096, 100);
	assert_int_equal(most, 500);
	assert_int_equal(cap_shrink_output(left, 1, rate, 4096, 100), 499);
	assert_int_equal(cap_shrink_output(left, left, rate, 4096, 100), 0);
	assert_int_equal(cap_shrink_output(left, 0, rate, 4096, 501), 0);
	assert_int_equal(cap_shrink_output(left, left + 1, 0, 4096, 1), 0);
	assert_int_equal(cap_shrink_output(left, left, 0, 4096, 1), 4096);
	assert_true(most * rate <= left && (most + 1) * rate > left);
}

static void test_a_small_answer_that_fits_is_not_refused(void **state)
{
	(void)state;
	assert_int_equal(cap_shrink_output(PICO_DOLLAR, 0, 1, 16, CAP_USEFUL_OUTPUT), 16);
	assert_int_equal(cap_shrink_output(15, 0, 1, 16, CAP_USEFUL_OUTPUT), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_left_is_never_below_nothing),
		cmocka_unit_test(test_I3_a_hold_fits_up_to_the_last_pico),
		cmocka_unit_test(test_the_tightest_cap_is_found),
		cmocka_unit_test(test_warn_levels_are_reached_not_rounded_to),
		cmocka_unit_test(test_I3_output_shrinks_until_it_fits),
		cmocka_unit_test(test_a_small_answer_that_fits_is_not_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
