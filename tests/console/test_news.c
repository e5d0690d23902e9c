/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A goal that ends while the console is open is told, once, in one line. */
#include <stdio.h>

#include "face_fixture.h"
#include "money/pico.h"

static void goal(int64_t id, enum goal_state state, int64_t cents, const char *text)
{
	struct goal_end *e = fake.world.ends;

	memmove(e + 1, e, (GOAL_ENDS - 1) * sizeof *e);
	*e = (struct goal_end){.id = id, .state = state, .ended_us = state >= GOAL_DONE ? now : 0, .cost_pd = cents * PICO_CENT};
	snprintf(e->text, sizeof e->text, "%s", text);
	if (fake.world.ends_n < GOAL_ENDS)
		fake.world.ends_n++;
	fake_changed(SNAP_STATUS);
}

static void key(int k)
{
	face_key(&f, k, false);
	frame();
}

static int start(void **state)
{
	(void)state;
	world_begin();
	fake_approvals(1);
	goal(1, GOAL_DONE, 5, "what ended before anybody looked");
	world_open();
	wait_ms(1000);
	return 0;
}

static void expect_line(const char *words)
{
	assert_true(on_screen(words));
}

static void test_it_says_number_end_cost_and_words(void **state)
{
	(void)state;
	assert_int_equal(f.said[0], '\0');	/* what ended before is no news */
	goal(3, GOAL_DONE, 12, "Answer the three newest leads");
	refresh();
	expect_line("\n G3 done ($0.12): Answer the three newest leads  R: report\n");
	assert_false(f.wants_bell && f.focus_known);
	wait_ms(11000);
	expect_line("\n 1 approval waits. Press 2 to review.\n");
	refresh();
	assert_int_equal(f.said[0], '\0');	/* told once */
}

static void test_long_words_give_way_at_46_columns(void **state)
{
	(void)state;
	grid_resize(g, 46, 14);
	face_resized(&f);
	goal(3, GOAL_FAILED, 12, "Answer the three newest leads and mend the typo that they mention");
	refresh();
	expect_line("\n G3 failed ($0.12): Answer the th~  R: report\n");
}

static void test_several_at_once_are_one_line(void **state)
{
	(void)state;
	goal(3, GOAL_DONE, 12, "Answer the leads");
	goal(4, GOAL_FAILED, 30, "Mend the typo");
	refresh();
	expect_line("\n 2 goals ($0.42): G4 failed, G3 done\n");
}

static void test_one_that_stands_still_is_told_again_when_it_does_again(void **state)
{
	(void)state;
	goal(5, GOAL_ACTIVE, 7, "Answer the leads");
	refresh();
	expect_line("\n G5 stuck ($0.07): Answer the leads");
	wait_ms(11000);
	memmove(fake.world.ends, fake.world.ends + 1, sizeof *fake.world.ends);
	fake.world.ends_n--;
	fake_changed(SNAP_STATUS);
	refresh();
	goal(5, GOAL_ACTIVE, 9, "Answer the leads");
	refresh();
	expect_line("\n G5 stuck ($0.09)");
}

static void test_it_waits_for_who_is_typing(void **state)
{
	(void)state;
	key('a');
	key('x');
	goal(3, GOAL_DONE, 12, "Answer the leads");
	refresh();
	assert_int_equal(f.said[0], '\0');
	key(K_ESC);
	expect_line("\n G3 done ($0.12)");
}

static void test_it_does_not_talk_over_what_was_just_said(void **state)
{
	(void)state;
	face_say(&f, ROLE_NORMAL, "A1 is approved.");
	goal(3, GOAL_DONE, 12, "Answer the leads");
	refresh();
	expect_line("A1 is approved.");
	assert_true(face_wake_us(&f) <= now + 3 * US_PER_S);
	wait_ms(3000);
	expect_line("\n G3 done ($0.12)");
	key('j');		/* was on its way */
	expect_line("\n G3 done ($0.12)");
	wait_ms(1000);
	key('j');
	assert_int_equal(f.said[0], '\0');
}

static void test_a_locked_screen_says_no_words_and_keeps_the_news(void **state)
{
	(void)state;
	key('L');
	goal(3, GOAL_DONE, 12, "Answer the leads");
	refresh();
	assert_int_equal(f.said[0], '\0');
	f.screen_locked = false;
	wait_ms(1000);
	expect_line("\n G3 done ($0.12): Answer the leads");
}

static void test_r_asks_for_the_report(void **state)
{
	(void)state;
	goal(3, GOAL_DONE, 12, "Answer the leads");
	refresh();
	key('R');
	expect_line("What came of G3");
}

#define NEWS(t) cmocka_unit_test_setup_teardown(t, start, world_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		NEWS(test_it_says_number_end_cost_and_words),
		NEWS(test_long_words_give_way_at_46_columns),
		NEWS(test_several_at_once_are_one_line),
		NEWS(test_one_that_stands_still_is_told_again_when_it_does_again),
		NEWS(test_it_waits_for_who_is_typing),
		NEWS(test_it_does_not_talk_over_what_was_just_said),
		NEWS(test_a_locked_screen_says_no_words_and_keeps_the_news),
		NEWS(test_r_asks_for_the_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
