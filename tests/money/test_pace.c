/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stddef.h>

#include "money/pace.h"
#include "money/pico.h"

#define HOUR INT64_C(3600000000)

static int64_t minutes[PACE_MINUTES];

static void fill(int64_t old, int64_t last_five)
{
	int i;

	for (i = 0; i < PACE_MINUTES; i++)
		minutes[i] = i < PACE_MINUTES - PACE_RATE_MINUTES ? old : last_five;
}

static void test_the_rate_is_of_the_last_five_minutes_and_what_runs(void **state)
{
	(void)state;
	fill(1000, 6 * PICO_CENT);
	assert_int_equal(pace_rate(minutes, 0), 6 * PICO_CENT);
	assert_int_equal(pace_rate(minutes, 5 * PICO_CENT), 7 * PICO_CENT);
	fill(9 * PICO_CENT, 0);
	assert_int_equal(pace_rate(minutes, 0), 0);
}

static void test_the_day_ends_at_the_last_hours_pace(void **state)
{
	(void)state;
	fill(PICO_CENT, PICO_CENT);	/* 60 cents an hour */
	assert_int_equal(pace_day(minutes, 0, 2 * PICO_DOLLAR, 10 * HOUR, 20 * HOUR), 8 * PICO_DOLLAR);
	/* a call in flight is spent already, and part of the pace */
	assert_int_equal(pace_day(minutes, 40 * PICO_CENT, 2 * PICO_DOLLAR, 10 * HOUR, 20 * HOUR), 2 * PICO_DOLLAR + 40 * PICO_CENT + 10 * PICO_DOLLAR);
	/* the hour that a daylight-saving day lacks is not waited for: the end says it */
	assert_int_equal(pace_day(minutes, 0, 0, 0, 23 * HOUR), 23 * 60 * PICO_CENT);
	fill(0, 0);
	assert_int_equal(pace_day(minutes, 0, 2 * PICO_DOLLAR, 10 * HOUR, 20 * HOUR), 2 * PICO_DOLLAR);
}

static void test_an_end_that_has_passed_adds_nothing(void **state)
{
	(void)state;
	fill(PICO_CENT, PICO_CENT);
	assert_int_equal(pace_day(minutes, 0, PICO_DOLLAR, 20 * HOUR, 20 * HOUR), PICO_DOLLAR);
	assert_int_equal(pace_day(minutes, 0, PICO_DOLLAR, 21 * HOUR, 20 * HOUR), PICO_DOLLAR);
	assert_int_equal(pace_month(PICO_DOLLAR, PICO_DOLLAR, 29, 0), 2 * PICO_DOLLAR);
}

static void test_the_month_goes_on_at_the_mean_of_its_days(void **state)
{
	(void)state;
	/* nine days for $18, today $2, twenty to go: $2 a day */
	assert_int_equal(pace_month(18 * PICO_DOLLAR, 2 * PICO_DOLLAR, 9, 20), 60 * PICO_DOLLAR);
	/* begun today */
	assert_int_equal(pace_month(0, 3 * PICO_DOLLAR, 0, 4), 15 * PICO_DOLLAR);
}

static void test_nothing_goes_over_what_can_be_counted(void **state)
{
	(void)state;
	fill(PICO_MAX / 2, PICO_MAX / 2);
	assert_int_equal(pace_rate(minutes, PICO_MAX), PICO_MAX / PACE_RATE_MINUTES);
	assert_int_equal(pace_day(minutes, PICO_MAX, PICO_MAX, 0, 24 * HOUR), PICO_MAX);
	assert_int_equal(pace_month(PICO_MAX, PICO_MAX, 0, 30), PICO_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_rate_is_of_the_last_five_minutes_and_what_runs),
		cmocka_unit_test(test_the_day_ends_at_the_last_hours_pace),
		cmocka_unit_test(test_an_end_that_has_passed_adds_nothing),
		cmocka_unit_test(test_the_month_goes_on_at_the_mean_of_its_days),
		cmocka_unit_test(test_nothing_goes_over_what_can_be_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
