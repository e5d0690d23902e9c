/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The meter pane: what it says at every size, by snapshots and keys. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "base/clock.h"
#include "base/text.h"
#include "console/face_state.h"
#include "fake_desk.h"
#include "money/pico.h"

static struct face f;
static struct grid *g;
static const struct console_options options = {.hides = HIDES_CONTENT};
static int64_t now;

static void open_at(int cols, int rows, bool ascii)
{
	struct err e;

	g = grid_new(cols, rows, ascii);
	now = INT64_C(1795425600) * US_PER_S;
	face_init(&f, fake_desk(), &options, g, NULL);
	check_ok(face_keymap(&f, &e), &e);
	face_time(&f, now, now);
	face_refresh(&f);
	face_key(&f, '3', false);
	face_draw(&f);
}

static void close_it(void)
{
	face_release(&f);
	grid_free(g);
}

static void press(const char *keys)
{
	for (; *keys != '\0'; keys++)
		face_key(&f, *keys, false);
	face_draw(&f);
}

static struct live_call *fly(int i, int64_t low, int64_t high)
{
	struct live_call *l = &fake.world.live[i];

	*l = (struct live_call){.call = 90 + i, .task = 13, .cost_low_pd = low, .cost_high_pd = high, .hold_pd = high, .output_tokens = 120};
	snprintf(l->agent, sizeof l->agent, "Sam");
	snprintf(l->vendor, sizeof l->vendor, "openai");
	snprintf(l->model, sizeof l->model, "gpt-6.1-terra");
	fake.world.live_n = fake.world.calls_in_flight = i + 1;
	fake.world.meter_total.live_calls = i + 1;
	fake.world.meter_total.live_pd += low;
	fake.world.meter_total.live_high_pd += high;
	fake.world.meter[1].live_calls = i + 1;
	fake.world.meter[1].live_pd += low;
	fake.world.meter[1].live_high_pd += high;
	return l;
}

static int start(void **state)
{
	int i;

	(void)state;
	memset(&fake, 0, sizeof fake);
	fake.unlocked = true;
	fake_rich();
	fake.world.calls_in_flight = 0;
	fake.world.month_pd = 120 * PICO_DOLLAR;
	fake.world.month_projection_pd = 180 * PICO_DOLLAR;
	snprintf(fake.world.price_date, sizeof fake.world.price_date, "2026-11-22");
	for (i = 0; i < 3; i++) {
		fake.world.meter[i].today_pd = fake.world.meter[i].cost_pd;
		fake.world.meter[i].month_pd = (i + 1) * 20 * PICO_DOLLAR;
		fake.world.meter[i].calls = 7;
		fake.world.meter[i].cache_hit_percent = 83;
	}
	fake.world.meter_total.cost_pd = fake.world.meter_total.today_pd = 482 * PICO_CENT;
	fake.world.meter_total.cache_hit_percent = 70;
	return 0;
}

static bool is_shown(const char *words)
{
	struct buf b;
	bool is;

	buf_init(&b, 0);
	grid_dump(g, &b);
	is = strstr(buf_text(&b), words) != NULL;
	buf_release(&b);
	return is;
}

static void check_shows(const char *words)
{
	struct buf b;

	if (is_shown(words))
		return;
	buf_init(&b, 0);
	grid_dump(g, &b);
	fail_msg("not on the screen: %s\n%s", words, buf_text(&b));
}

static void test_a_small_pane_has_bars_pace_and_what_runs(void **state)
{
	(void)state;
	fly(0, 33 * PICO_CENT / 100, 41 * PICO_CENT);
	open_at(80, 24, true);
	check_shows("anthropic    $0.44 of 5.00");
	check_shows("openai      $1.42~ of 3.00");
	check_shows("[#################.]   98%");
	check_shows("$0.0600/min");
	check_shows("1 call $0.0033 to $0.4100");
	check_shows("day ~$6.10  month ~$180.00");
	close_it();
}

static void test_a_wide_pane_is_a_table(void **state)
{
	(void)state;
	fly(0, PICO_CENT, 41 * PICO_CENT);
	fly(1, PICO_CENT, 9 * PICO_CENT);
	open_at(80, 24, true);
	press("+");
	check_shows("now     today     month  cap");
	check_shows("openai        $0.02 to $0.50    $1.44~   $40.02~  [####......]  47% $3.00");
	check_shows("all ");
	check_shows("2 calls run: at least $0.0200, at most $0.5000");
	check_shows("C90 Sam gpt-6.1-terra");
	check_shows("at least $0.0100, at most $0.4100");
	close_it();
	open_at(160, 50, false);
	press("+");
	check_shows("last hour");
	check_shows("an hour ago");
	check_shows("83%");
	close_it();
}

static void test_what_is_not_sure_is_said_in_words(void **state)
{
	(void)state;
	fake.world.meter_total.unpriced = 2;
	fake.world.meter_total.estimated_pd = 12 * PICO_CENT;
	fake.world.price_overlays = 2;
	fly(0, 0, 41 * PICO_CENT)->is_unpriced = true;
	open_at(160, 50, true);
	press("+");
	check_shows("2 calls have no price");
	check_shows("$0.12 of it is estimated");
	check_shows("no price, at most $0.4100");
	check_shows("prices of 2026-11-22, 2 of your own");
	close_it();
}

static void test_keys_choose_period_and_group(void **state)
{
	static const char *const names[] = {"key", "model", "agent", "goal", "task", "vendor"};
	int i;

	(void)state;
	open_at(80, 24, true);
	for (i = 0; i < 6; i++) {
		char words[32];

		press("b");
		assert_int_equal(f.wish.meter_by, (i + 1) % 6);
		snprintf(words, sizeof words, "today by %s", names[i]);
		check_shows(words);
	}
	press("]");
	assert_int_equal(f.wish.meter_period, PERIOD_MONTH);
	press("]]");
	assert_int_equal(f.wish.meter_period, PERIOD_TODAY);
	press("[+");
	assert_int_equal(f.wish.meter_period, PERIOD_ALL);
	check_shows("all time");
	check_shows("in all $4.82");
	close_it();
}

static void test_a_goals_words_are_content(void **state)
{
	(void)state;
	snprintf(fake.world.meter[0].name, sizeof fake.world.meter[0].name, "3");
	snprintf(fake.world.meter[0].title, sizeof fake.world.meter[0].title, "Buy the rival");
	open_at(160, 50, true);
	press("bbbb");
	check_shows("G3 Buy the rival");
	close_it();
	fake.unlocked = false;
	open_at(160, 50, true);
	press("bbbb");
	check_shows("G3");
	assert_false(is_shown("rival"));
	close_it();
}

static void test_every_size_is_drawn(void **state)
{
	int cols, rows, i;

	(void)state;
	for (i = 0; i < 20; i++)
		fly(i, PICO_CENT, 41 * PICO_CENT);
	fake.world.meter_total.unpriced = 2;
	for (cols = 40; cols <= 200; cols += 7)
		for (rows = 8; rows <= 60; rows += 5) {
			open_at(cols, rows, rows % 2 == 0);
			check_shows("anthropic");
			press("+");
			check_shows("anthropic");
			press("jj");
			press("G");
			close_it();
		}
}

static void test_nothing_spent_is_said(void **state)
{
	(void)state;
	fake.world.meter_n = 0;
	open_at(40, 10, true);
	check_shows("Nothing spent today.");
	close_it();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_a_small_pane_has_bars_pace_and_what_runs, start),
		cmocka_unit_test_setup(test_a_wide_pane_is_a_table, start),
		cmocka_unit_test_setup(test_what_is_not_sure_is_said_in_words, start),
		cmocka_unit_test_setup(test_keys_choose_period_and_group, start),
		cmocka_unit_test_setup(test_a_goals_words_are_content, start),
		cmocka_unit_test_setup(test_every_size_is_drawn, start),
		cmocka_unit_test_setup(test_nothing_spent_is_said, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
