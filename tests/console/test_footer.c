/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The footer names the keys that would come to something where the cursor stands. */
#include "face_fixture.h"

static void start_at(const char *pane, int cols)
{
	world_begin();
	fake_rich();
	world_open();
	grid_resize(g, cols, 24);
	face_resized(&f);
	press(pane);
}

static void check_foot(const char *has, const char *lacks)
{
	frame();
	assert_true(on_screen(has));
	assert_false(on_screen(lacks));
}

static void test_a_task_by_its_state(void **state)
{
	(void)state;
	start_at("1", 120);
	check_foot("x stop", "r retry");
	check_foot("p pause", "r retry");
	press("jjj");		/* done */
	check_foot("a new goal", "x stop");
	check_foot("Enter open", "p pause");
	check_foot("Enter open", "s speak");
	press("j");		/* failed */
	check_foot("r retry", "s speak");
	world_close(NULL);
}

static void test_marked_tasks_are_not_spoken_to(void **state)
{
	(void)state;
	start_at("1", 120);
	press("  ");
	check_foot("x stop", "s speak");
	check_foot("r retry", "s speak");
	check_foot("Enter open", "s speak");
	world_close(NULL);
}

static void test_a_question_by_its_state(void **state)
{
	int i;
	static const struct { enum approval_state state; const char *has, *lacks; } rows[] = {
		{APPROVAL_PENDING, "y approve", "w what became of it"},
		{APPROVAL_PENDING, "n reject", "z take back"},
		{APPROVAL_HOLDING, "z take back", "y approve"},
		{APPROVAL_UNKNOWN, "w what became of it", "n reject"},
		{APPROVAL_FAILED, "e edit", "y approve"},
	};

	(void)state;
	for (i = 0; i < (int)(sizeof rows / sizeof *rows); i++) {
		start_at("2", 120);
		fake.world.approvals[0].state = rows[i].state;
		press("g");
		check_foot(rows[i].has, rows[i].lacks);
		world_close(NULL);
	}
}

static void test_nothing_to_decide_no_keys_for_it(void **state)
{
	(void)state;
	world_begin();
	fake_rich();
	fake.world.approvals_n = fake.world.approvals_total = fake.world.pending = 0;
	world_open();
	press("2");
	check_foot("Nothing waits for you.", "y approve");
	check_foot("q quit", "Enter open");
	world_close(NULL);
}

/* `/` is named where it does something. */
static void test_find_is_named_where_it_finds(void **state)
{
	(void)state;
	start_at("1", 160);
	check_foot("/ filter", "/ find");
	press("2");
	check_foot("y approve", "/ filter");
	press("4");
	check_foot("q quit", "/ filter");
	world_close(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_task_by_its_state),
		cmocka_unit_test(test_marked_tasks_are_not_spoken_to),
		cmocka_unit_test(test_a_question_by_its_state),
		cmocka_unit_test(test_nothing_to_decide_no_keys_for_it),
		cmocka_unit_test(test_find_is_named_where_it_finds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
