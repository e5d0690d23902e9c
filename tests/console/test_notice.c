/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words above the keys: whole on a narrow screen too, and what they cover has not been shown. */
#include <stdio.h>

#include "face_fixture.h"

#define HEAD "The vault is open; the journal ends with lunar-crystal-poppy-barn (entry 1234)"
#define LINES 6

static void open_at(int cols, int rows)
{
	world_begin();
	fake_rich();
	world_open();
	grid_resize(g, cols, rows);
	face_resized(&f);
	frame();
}

static void check_head_is_whole(int cols, int rows)
{
	open_at(cols, rows);
	face_say(&f, ROLE_NORMAL, HEAD);
	frame();
	assert_true(on_screen("lunar-crystal-poppy-barn"));
	assert_true(on_screen("1234)"));
	assert_true(on_screen("q quit"));
	assert_true(on_screen(">T14"));
	world_close(NULL);
}

static void test_the_four_words_are_whole_on_a_narrow_screen(void **state)
{
	(void)state;
	check_head_is_whole(46, 20);
	check_head_is_whole(46, 14);
	check_head_is_whole(40, 10);
}

static void test_the_rows_come_back_with_the_next_key(void **state)
{
	(void)state;
	open_at(46, 10);	/* four rows of tasks */
	assert_true(on_screen("T11"));
	face_say(&f, ROLE_NORMAL, HEAD);
	frame();
	assert_false(on_screen("T11"));
	press("k");
	assert_true(on_screen("T11"));
	assert_false(on_screen("1234)"));
	face_say(&f, ROLE_NORMAL, HEAD);
	frame();
	wait_ms(11000);		/* or by themselves */
	assert_true(on_screen("T11"));
}

static void test_the_cursor_stays_in_sight(void **state)
{
	(void)state;
	open_at(46, 10);
	press("jjj");
	assert_true(on_screen(">T11"));
	face_say(&f, ROLE_NORMAL, HEAD);
	frame();
	assert_true(on_screen(">T11"));
}

static void test_a_question_is_whole_and_a_short_one_takes_one_row(void **state)
{
	(void)state;
	open_at(46, 12);
	press("    x");
	assert_true(on_screen("y stops these 4 for good: T14 T13 T12 T11;"));
	assert_true(on_screen("another key none."));
	press("n");
	assert_true(on_screen("\n Nothing was done."));
	face_key(&f, K_ESC, false);
	press("gx");
	assert_true(on_screen("\n y stops T14 for good; another key does not.\n"));
}

static void test_what_is_asked_for_stands_above_what_is_typed(void **state)
{
	(void)state;
	open_at(40, 12);
	press("2");
	wait_ms(700);
	press("n");
	assert_true(on_screen("\n Reject A1. Why? (the agent reads it)\n"));
	press("because it was sent to Dana before");
	assert_true(on_screen("\n because it was sent to Dana before\n"));
	face_key(&f, K_ESC, false);
	frame();
	grid_resize(g, 80, 24);
	face_resized(&f);
	press("n");
	press("twice");
	assert_true(on_screen("\n Reject A1. Why? (the agent reads it) twice\n"));
}

static void test_a_connectors_question_says_the_key(void **state)
{
	(void)state;
	open_at(46, 12);
	fake.world.questions = 1;
	snprintf(fake.world.question_of, sizeof fake.world.question_of, "a-connector-with-a-long-name");
	fake_changed(SNAP_STATUS);
	refresh();
	assert_true(on_screen("Press Q: "));
	assert_true(on_screen("you something."));
}

static void test_below_eight_rows_more_words_take_no_room(void **state)
{
	(void)state;
	open_at(46, 8);
	face_say(&f, ROLE_NORMAL, HEAD);
	frame();
	assert_true(on_screen(">T14"));
}

/* Is A1 shown whole in a full view of so many rows, without a key? */
static bool is_shown_in(int rows, const char *words)
{
	static struct shown_line lines[LINES];
	static char text[LINES][24];
	int i;

	world_begin();
	fake_approvals(1);
	for (i = 0; i < LINES; i++) {
		snprintf(text[i], sizeof text[i], "line %d of the mail", i + 1);
		lines[i] = (struct shown_line){SHOWN_FIELD, text[i]};
	}
	fake.world.preview = (struct shown){lines, LINES};
	world_open();
	grid_resize(g, 46, rows);
	face_resized(&f);
	press("2");
	wait_ms(700);
	face_key(&f, K_ENTER, false);
	if (words != NULL)
		face_say(&f, ROLE_NORMAL, "%s", words);
	frame();
	wait_ms(700);
	return decider_find(&f.decider, &fake.world.approvals[0]) != NULL;
}

static void test_what_the_words_cover_has_not_been_shown(void **state)
{
	int rows = 9;

	(void)state;
	while (!is_shown_in(rows, NULL) && rows < 60) {
		world_close(NULL);
		rows++;
	}
	assert_in_range(rows, 12, 59);
	world_close(NULL);
	assert_false(is_shown_in(rows, HEAD));
	press("y");
	assert_int_equal(fake.asked_n, 0);
	face_key(&f, 'k', false);	/* the words go, the rest is there */
	f.said[0] = '\0';
	f.status_dirty = true;
	frame();
	assert_non_null(decider_find(&f.decider, &fake.world.approvals[0]));
	world_close(NULL);
}

#define CLOSES(t) cmocka_unit_test_teardown(t, world_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_four_words_are_whole_on_a_narrow_screen),
		CLOSES(test_the_rows_come_back_with_the_next_key),
		CLOSES(test_the_cursor_stays_in_sight),
		CLOSES(test_a_question_is_whole_and_a_short_one_takes_one_row),
		CLOSES(test_what_is_asked_for_stands_above_what_is_typed),
		CLOSES(test_a_connectors_question_says_the_key),
		CLOSES(test_below_eight_rows_more_words_take_no_room),
		cmocka_unit_test(test_what_the_words_cover_has_not_been_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
