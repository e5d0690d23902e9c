/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of the Tasks pane act on all that is marked, and one line says what came of it. */
#include <stdio.h>

#include "face_fixture.h"

/* T14 waiting, T13 running, T12 waiting, T11 done, T10 failed: newest first. */
static int start(void **state)
{
	(void)state;
	world_begin();
	fake_rich();
	world_open();
	press("1");
	return 0;
}

static void outcome_of(int ticket, enum op_kind kind, const char *failed)
{
	struct outcome o = {.ticket = (uint32_t)ticket, .kind = kind};

	if (failed != NULL)
		err_set(&o.err, ERR_ILLEGAL, "%s", failed);
	face_outcome(&f, &o);
	frame();
}

static void check_asked(enum op_kind kind, const int *ids, int n)
{
	int i;

	assert_int_equal(fake.asked_n, n);
	for (i = 0; i < n; i++) {
		assert_int_equal(fake.asked[i].kind, kind);
		assert_int_equal(fake.asked[i].id, ids[i]);
	}
}

static void test_stop_asks_once_for_all(void **state)
{
	static const int ids[] = {14, 13, 11};

	(void)state;
	press("  j ");
	assert_true(on_screen("3 marked"));
	press("x");
	assert_true(on_screen("y stops these 3 for good: T14 T13 T11;"));
	assert_int_equal(fake.asked_n, 0);
	press("y");
	check_asked(OP_TASK_CANCEL, ids, 3);
	assert_false(on_screen("marked"));
	outcome_of(1, OP_TASK_CANCEL, NULL);
	outcome_of(3, OP_TASK_CANCEL, "task T11 is done and cannot become cancelled");
	outcome_of(2, OP_TASK_CANCEL, NULL);
	assert_true(on_screen("\n Stopped 2: T14 T13. Not T11: it is done and cannot become cancelled\n"));
}

static void test_another_key_stops_none_and_keeps_the_marks(void **state)
{
	(void)state;
	press("  xn");
	assert_int_equal(fake.asked_n, 0);
	assert_true(on_screen("Nothing was done."));
	assert_true(on_screen("2 marked"));
}

static void test_one_mark_is_acted_on_not_the_cursor(void **state)
{
	static const int ids[] = {14};

	(void)state;
	press(" jjx");
	assert_true(on_screen("y stops T14 for good; another key does not."));
	press("y");
	check_asked(OP_TASK_CANCEL, ids, 1);
}

static void test_retry_says_why_some_were_not(void **state)
{
	static const int ids[] = {14, 13, 11, 10};

	(void)state;
	press("  jGk");
	press(" ");
	press(" r");		/* the last row stays under the cursor */
	check_asked(OP_TASK_RETRY, ids, 4);
	outcome_of(1, OP_TASK_RETRY, "task T14 is waiting: only a failed or paused one can be retried");
	outcome_of(2, OP_TASK_RETRY, "task T13 is running: only a failed or paused one can be retried");
	outcome_of(3, OP_TASK_RETRY, "the disk is full");
	outcome_of(4, OP_TASK_RETRY, NULL);
	assert_true(on_screen("\n Trying again 1: T10. Not 3: T14: it is waiting: only a failed or paused one"));
}

static void test_pause_goes_one_way_for_all(void **state)
{
	static const int all[] = {14, 13, 12};

	(void)state;
	fake.world.tasks[1].state = TASK_PAUSED;
	face_refresh(&f);
	press("jjvggv");	/* from T12 up to T14 */
	assert_true(on_screen("3 marked"));
	press("p");
	check_asked(OP_TASK_PAUSE, all, 3);
	outcome_of(1, OP_TASK_PAUSE, NULL);
	outcome_of(2, OP_TASK_PAUSE, "task T13 is paused and cannot become paused");
	outcome_of(3, OP_TASK_PAUSE, NULL);
	assert_true(on_screen("\n Paused 2: T14 T12. Not T13: it is paused and cannot become paused\n"));
}

static void test_all_that_are_paused_go_on(void **state)
{
	static const int ids[] = {14, 13};

	(void)state;
	fake.world.tasks[0].state = fake.world.tasks[1].state = TASK_PAUSED;
	face_refresh(&f);
	press("  p");
	check_asked(OP_TASK_RESUME, ids, 2);
	outcome_of(1, OP_TASK_RESUME, NULL);
	outcome_of(2, OP_TASK_RESUME, NULL);
	assert_true(on_screen("\n Going on 2: T14 T13\n"));
}

static void test_what_is_for_one_is_for_the_one_under_the_cursor(void **state)
{
	(void)state;
	press("  s");
	assert_true(on_screen("To T12:"));
	face_key(&f, K_ESC, false);
	frame();
	assert_true(on_screen("2 marked"));
}

static void test_a_mark_that_the_filter_hides_is_not_acted_on(void **state)
{
	(void)state;
	press("  ");
	fake.world.tasks++;	/* T14 is not in the list any more */
	fake.world.tasks_n = fake.world.tasks_total = 4;
	fake_changed(SNAP_TASKS);
	face_refresh(&f);
	press("x");
	assert_true(on_screen("1 that is marked is not in this list"));
	assert_int_equal(fake.asked_n, 0);
	face_key(&f, K_ESC, false);
	press("gx");
	assert_true(on_screen("y stops T13 for good"));
}

static void test_more_than_the_pane_shows(void **state)
{
	(void)state;
	grid_resize(g, 46, 9);	/* two rows of tasks */
	face_resized(&f);
	press("     ");
	assert_true(on_screen("5 marked"));
	press("r");
	assert_int_equal(fake.asked_n, 5);
}

static void test_the_next_waits_until_all_is_known(void **state)
{
	(void)state;
	press("  r");
	press("G r");
	assert_int_equal(fake.asked_n, 2);
	assert_true(on_screen("still on their way"));
	assert_true(on_screen("1 marked"));
}

#define SEVERAL(t) cmocka_unit_test_setup_teardown(t, start, world_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SEVERAL(test_stop_asks_once_for_all),
		SEVERAL(test_another_key_stops_none_and_keeps_the_marks),
		SEVERAL(test_one_mark_is_acted_on_not_the_cursor),
		SEVERAL(test_retry_says_why_some_were_not),
		SEVERAL(test_pause_goes_one_way_for_all),
		SEVERAL(test_all_that_are_paused_go_on),
		SEVERAL(test_what_is_for_one_is_for_the_one_under_the_cursor),
		SEVERAL(test_a_mark_that_the_filter_hides_is_not_acted_on),
		SEVERAL(test_more_than_the_pane_shows),
		SEVERAL(test_the_next_waits_until_all_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
