/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a schedule comes round, by a clock that is given: days, zones, clocks that jump. */
#include "check.h"

#include "base/clock.h"
#include "base/date.h"
#include "base/memory.h"
#include "office/when.h"
#include "worker/worker.h"

static int64_t at(const char *text)
{
	int64_t us = 0;

	assert_true(date_parse(text, &us));
	return us;
}

static struct schedule made(const char *created, const char *every, const char *time, const char *days)
{
	struct schedule s = {.created_us = at(created)};
	struct err e = {0};

	check_ok(when_read(&s, every, time, days, &e), &e);
	return s;
}

static void assert_next(const struct schedule *s, const char *after, const char *wanted)
{
	char got[DATE_TEXT];

	date_rfc3339(worker_schedule_next(s, at(after)), got);
	if (strncmp(got, wanted, strlen(wanted)) != 0)
		fail_msg("after %s it is %s, not %s", after, got, wanted);
}

static void test_intervals_keep_their_grid_however_many_were_missed(void **state)
{
	struct schedule s = made("2026-03-02T08:10:00Z", "30m", NULL, NULL);

	(void)state;
	assert_next(&s, "2026-03-02T08:10:00Z", "2026-03-02T08:40:00");
	assert_next(&s, "2026-03-02T08:39:59Z", "2026-03-02T08:40:00");
	assert_next(&s, "2026-03-05T11:11:11Z", "2026-03-05T11:40:00");	/* one run for days of missed ones */
}

static void test_intervals_rest_on_other_days(void **state)
{
	struct schedule s = made("2026-03-06T20:00:00Z", "2h", NULL, "mon-fri");	/* a Friday */

	(void)state;
	clock_use_zone("UTC");
	assert_next(&s, "2026-03-06T21:00:00Z", "2026-03-06T22:00:00");
	assert_next(&s, "2026-03-06T22:00:00Z", "2026-03-09T00:00:00");
}

static void test_times_of_the_day_are_the_zones(void **state)
{
	struct schedule s = made("2026-03-26T12:00:00Z", "1d", "07:00", NULL);

	(void)state;
	clock_use_zone("Europe/Berlin");
	assert_next(&s, "2026-03-26T12:00:00Z", "2026-03-27T06:00:00");	/* UTC+1 */
	assert_next(&s, "2026-03-28T06:00:00Z", "2026-03-29T05:00:00");	/* UTC+2 from that night on */
	assert_next(&s, "2026-10-24T05:00:00Z", "2026-10-25T06:00:00");	/* and back */
	clock_use_zone("UTC");
}

static void test_a_time_the_clocks_leave_out_or_repeat_is_one_run(void **state)
{
	struct schedule s = made("2026-03-01T12:00:00Z", "1d", "02:30", NULL);
	int64_t t, last;
	int n = 0;

	(void)state;
	clock_use_zone("Europe/Berlin");
	for (t = at("2026-03-27T12:00:00Z"); (t = worker_schedule_next(&s, t)) < at("2026-03-31T12:00:00Z");)
		n++;
	assert_int_equal(n, 4);
	n = 0;
	for (t = last = at("2026-10-23T12:00:00Z"); (t = worker_schedule_next(&s, t)) < at("2026-10-27T12:00:00Z"); last = t) {
		assert_true(t > last);
		n++;
	}
	assert_int_equal(n, 4);
	clock_use_zone("UTC");
}

static void test_every_second_week_on_two_days(void **state)
{
	struct schedule s = made("2026-03-02T12:00:00Z", "2w", "09:00", NULL);

	(void)state;
	clock_use_zone("UTC");
	assert_next(&s, "2026-03-02T12:00:00Z", "2026-03-16T09:00:00");
	s = made("2026-03-02T12:00:00Z", "1d", "09:00", "tue,sat-sun");
	assert_next(&s, "2026-03-02T12:00:00Z", "2026-03-03T09:00:00");
	assert_next(&s, "2026-03-03T09:00:00Z", "2026-03-07T09:00:00");
	assert_next(&s, "2026-03-08T09:00:00Z", "2026-03-10T09:00:00");
	s = made("2026-03-02T12:00:00Z", "1w", "09:00", "tue");	/* counted from a Monday: never a Tuesday */
	assert_int_equal(worker_schedule_next(&s, at("2026-03-02T12:00:00Z")), 0);
}

static void test_words_that_are_no_time_are_refused(void **state)
{
	static const char *const cases[][3] = {{"1m", NULL, NULL}, {"0d", "07:00", NULL}, {"1x", NULL, NULL}, {"", NULL, NULL}, {"367d", "07:00", NULL},
		{"1d", NULL, NULL}, {"30m", "07:00", NULL}, {"1d", "7:00", NULL}, {"1d", "24:00", NULL}, {"1d", "07:60", NULL}, {"1d", "07:00", "monday"},
		{"1d", "07:00", ""}, {"1d", "07:00", "mon,"}, {"99999999d", "07:00", NULL}};
	struct schedule s = {0};
	struct err e = {0};
	char text[WHEN_TEXT];
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++)
		check_code(when_read(&s, cases[i][0], cases[i][1], cases[i][2], &e), ERR_USAGE, &e);
	s = made("2026-03-02T12:00:00Z", "1d", "07:05", "fri-mon");
	when_text(&s, text);
	assert_string_equal(text, "every 1d at 07:05 on mon,fri-sun");
	s = made("2026-03-02T12:00:00Z", "90m", NULL, NULL);
	when_text(&s, text);
	assert_string_equal(text, "every 90m");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_intervals_keep_their_grid_however_many_were_missed),
		cmocka_unit_test(test_intervals_rest_on_other_days),
		cmocka_unit_test(test_times_of_the_day_are_the_zones),
		cmocka_unit_test(test_a_time_the_clocks_leave_out_or_repeat_is_one_run),
		cmocka_unit_test(test_every_second_week_on_two_days),
		cmocka_unit_test(test_words_that_are_no_time_are_refused),
	};

	clock_use_zone("UTC");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
