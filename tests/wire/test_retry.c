/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "wire/retry.h"

#define NOW (INT64_C(1795424400) * 1000000)	/* 2026-11-23T09:00:00Z */
#define S INT64_C(1000000)

static struct wire_retry read1(const char *name, const char *value)
{
	struct wire_answer_header h = {slice_of(name), slice_of(value)};

	return wire_retry_read(&h, 1, NOW);
}

static void test_seconds_milliseconds_and_dates_are_read(void **state)
{
	static const struct {
		const char *name, *value;
		int64_t us;
	} good[] = {
		{"Retry-After", "3", 3 * S}, {"retry-after", " 1.5 ", 3 * S / 2}, {"retry-after", "0.0000001", 1}, {"retry-after", "0", 0},
		{"Retry-After-Ms", "250", S / 4}, {"retry-after-ms", "0.5", 500}, {"retry-after", "Mon, 23 Nov 2026 09:00:30 GMT", 30 * S},
		{"retry-after", "Mon, 23 Nov 2026 08:00:00 GMT", 0}, {"retry-after", "99999999999999999999", WIRE_WAIT_MAX_US},
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(good); i++) {
		struct wire_retry r = read1(good[i].name, good[i].value);

		assert_true(r.has_wait);
		assert_int_equal(r.wait_us, good[i].us);
		assert_int_equal(r.should, -1);
	}
}

static void test_what_can_not_be_read_was_not_said(void **state)
{
	static const char *const bad[] = {"", "-1", "soon", "1s", ".", "1e3", "Mon, 99"};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++) {
		assert_false(read1("retry-after", bad[i]).has_wait);
		assert_int_equal(read1("retry-after", bad[i]).wait_us, 0);
	}
	assert_false(wire_retry_read(NULL, 0, NOW).has_wait);
}

static void test_milliseconds_win_and_should_retry_is_read(void **state)
{
	const struct wire_answer_header h[] = {{slice_of("retry-after"), slice_of("9")}, {slice_of("x-should-retry"), slice_of("false")}, {slice_of("retry-after-ms"), slice_of("10")}};
	struct wire_retry r = wire_retry_read(h, LENGTH(h), NOW);

	(void)state;
	assert_int_equal(r.wait_us, 10000);
	assert_int_equal(r.should, 0);
	assert_int_equal(read1("X-Should-Retry", "true").should, 1);
}

static void test_durations_and_resets_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t us;
	} good[] = {{"12s", 12 * S}, {"20ms", 20000}, {"6m0s", 360 * S}, {"1h2m3s", 3723 * S}, {"1.5s", 3 * S / 2}, {"999999h", WIRE_WAIT_MAX_US}};
	static const char *const bad[] = {"", "12", "s", "1x", "1s2"};
	int64_t us;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(good); i++) {
		assert_true(wire_duration_parse(slice_of(good[i].text), &us));
		assert_int_equal(us, good[i].us);
	}
	for (i = 0; i < LENGTH(bad); i++)
		assert_false(wire_duration_parse(slice_of(bad[i]), &us));
	assert_true(wire_reset_parse(slice_of("2026-11-23T09:01:00Z"), NOW, &us));
	assert_int_equal(us, 60 * S);
	assert_true(wire_reset_parse(slice_of("2026-11-23T08:01:00Z"), NOW, &us));
	assert_int_equal(us, 0);
	assert_false(wire_reset_parse(slice_of("later"), NOW, &us));
}

static void test_backoff_doubles_up_to_a_minute(void **state)
{
	unsigned i;

	(void)state;
	assert_int_equal(wire_backoff_us(0, 0), S);
	assert_int_equal(wire_backoff_us(3, 0), 8 * S);
	assert_int_equal(wire_backoff_us(60, 0), 60 * S);
	for (i = 0; i < 4000; i += 7) {
		assert_true(wire_backoff_us(2, i) <= 4 * S);
		assert_true(wire_backoff_us(2, i) > 3 * S);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_seconds_milliseconds_and_dates_are_read),
		cmocka_unit_test(test_what_can_not_be_read_was_not_said),
		cmocka_unit_test(test_milliseconds_win_and_should_retry_is_read),
		cmocka_unit_test(test_durations_and_resets_are_read),
		cmocka_unit_test(test_backoff_doubles_up_to_a_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
