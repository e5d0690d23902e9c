/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step_goal(): what becomes of a goal and of its blocked tasks. */
#include "config.h"

#include "check.h"

#include "office/step.h"

#define WORK(id_, state_, ...) {.id = id_, .kind = TASK_WORK, .state = state_, .title = "t", .agent = "Ada", ##__VA_ARGS__}

static void run(enum goal_state s, const struct task *tasks, size_t n, struct step_goal *out)
{
	struct goal g = {.id = 1, .state = s};

	step_goal(&g, tasks, n, out);
}

static void test_a_goal_of_one_task_takes_over_its_result(void **state)
{
	char result[] = "All good.";
	const struct task tasks[] = {{.id = 1, .kind = TASK_PLAN, .state = TASK_DONE}, WORK(2, TASK_DONE, .result = result)};
	struct step_goal out;

	(void)state;
	run(GOAL_ACTIVE, tasks, 2, &out);
	assert_int_equal(out.state, GOAL_DONE);
	assert_string_equal(out.report, "All good.");
	assert_int_equal(out.moves_n, 0);
	step_goal_release(&out);
}

static void test_the_report_holds_every_result(void **state)
{
	char one[] = "First.", two[] = "Second.";
	const struct task tasks[] = {WORK(2, TASK_DONE, .result = one), WORK(3, TASK_DONE, .result = two)};
	struct step_goal out;

	(void)state;
	run(GOAL_ACTIVE, tasks, 2, &out);
	assert_int_equal(out.state, GOAL_DONE);
	assert_string_equal(out.report, "T2 t (Ada): done\nFirst.\n\nT3 t (Ada): done\nSecond.");
	step_goal_release(&out);
}

static void test_tasks_are_set_free_when_what_they_need_is_done(void **state)
{
	const struct task tasks[] = {WORK(2, TASK_DONE), WORK(3, TASK_BLOCKED, .blocked_by = {2}, .blocked_n = 1), WORK(4, TASK_BLOCKED),
	    WORK(5, TASK_BLOCKED, .blocked_by = {3, 2}, .blocked_n = 2)};
	struct step_goal out;

	(void)state;
	run(GOAL_ACTIVE, tasks, 4, &out);
	assert_int_equal(out.state, GOAL_ACTIVE);
	assert_int_equal(out.moves_n, 2);
	assert_int_equal(out.moves[0].task, 3);
	assert_int_equal(out.moves[0].state, TASK_READY);
	assert_int_equal(out.moves[1].task, 4);
	step_goal_release(&out);
}

static void test_what_depends_on_a_failure_is_cancelled_all_the_way_down(void **state)
{
	const struct task tasks[] = {WORK(5, TASK_BLOCKED, .blocked_by = {4}, .blocked_n = 1), WORK(4, TASK_BLOCKED, .blocked_by = {2, 3}, .blocked_n = 2),
	    WORK(2, TASK_FAILED, .why = "it broke"), WORK(3, TASK_DONE)};
	struct step_goal out;

	(void)state;
	run(GOAL_ACTIVE, tasks, 4, &out);
	assert_int_equal(out.moves_n, 2);
	assert_int_equal(out.moves[0].task, 4);
	assert_int_equal(out.moves[0].state, TASK_CANCELLED);
	assert_string_equal(out.moves[0].why, "T2, which it needs, did not succeed");
	assert_int_equal(out.moves[1].task, 5);
	assert_int_equal(out.state, GOAL_FAILED);
	assert_string_equal(out.why, "T2 failed: it broke");
	assert_non_null(strstr(out.report, "T3 t (Ada): done"));
	step_goal_release(&out);
}

static void test_a_failed_plan_is_made_again_once(void **state)
{
	const struct task tasks[] = {{.id = 1, .kind = TASK_PLAN, .state = TASK_DONE}, WORK(2, TASK_DONE), WORK(3, TASK_FAILED, .why = "it broke"),
	    {.id = 4, .kind = TASK_PLAN, .state = TASK_RUNNING}, WORK(5, TASK_DONE)};
	struct task late[LENGTH(tasks)];
	struct step_goal out;

	(void)state;
	run(GOAL_ACTIVE, tasks, 3, &out);
	assert_int_equal(out.state, GOAL_ACTIVE);
	assert_non_null(strstr(out.plan_again, "- T3 t (Ada): failed, it broke\n"));
	assert_null(out.report);
	step_goal_release(&out);
	run(GOAL_ACTIVE, tasks, 4, &out);	/* it is at it */
	assert_null(out.plan_again);
	assert_int_equal(out.state, GOAL_ACTIVE);
	step_goal_release(&out);
	memcpy(late, tasks, sizeof late);
	late[3].state = TASK_DONE;
	run(GOAL_ACTIVE, late, 4, &out);	/* it saw no other way */
	assert_int_equal(out.state, GOAL_FAILED);
	assert_null(out.plan_again);
	step_goal_release(&out);
	run(GOAL_ACTIVE, late, 5, &out);	/* the second plan got there */
	assert_int_equal(out.state, GOAL_DONE);
	step_goal_release(&out);
	late[4].state = TASK_FAILED;
	run(GOAL_ACTIVE, late, 5, &out);	/* nor did the second: that is the end of it */
	assert_int_equal(out.state, GOAL_FAILED);
	assert_null(out.plan_again);
	step_goal_release(&out);
}

static void test_a_goal_goes_on_while_a_task_is_alive(void **state)
{
	static const enum task_state alive[] = {TASK_READY, TASK_RUNNING, TASK_WAITING, TASK_PAUSED};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(alive); i++) {
		const struct task tasks[] = {WORK(2, TASK_FAILED), WORK(3, alive[i])};
		struct step_goal out;

		run(GOAL_ACTIVE, tasks, 2, &out);
		assert_int_equal(out.state, GOAL_ACTIVE);
		assert_null(out.report);
		step_goal_release(&out);
	}
}

static void test_a_goal_whose_tasks_were_all_cancelled_is_cancelled(void **state)
{
	const struct task tasks[] = {WORK(2, TASK_CANCELLED), WORK(3, TASK_CANCELLED)};
	struct step_goal out;

	(void)state;
	run(GOAL_ACTIVE, tasks, 2, &out);
	assert_int_equal(out.state, GOAL_CANCELLED);
	step_goal_release(&out);
}

static void test_failed_planning_fails_the_goal(void **state)
{
	const struct task tasks[] = {{.id = 1, .kind = TASK_PLAN, .state = TASK_FAILED, .why = "no plan"}, {.id = 2, .kind = TASK_PLAN, .state = TASK_RUNNING}};
	struct step_goal out;

	(void)state;
	run(GOAL_PLANNING, tasks, 1, &out);
	assert_int_equal(out.state, GOAL_FAILED);
	assert_string_equal(out.why, "planning failed: no plan");
	step_goal_release(&out);
	run(GOAL_PLANNING, tasks, 2, &out);
	assert_int_equal(out.state, GOAL_PLANNING);
	step_goal_release(&out);
}

static void test_paused_and_ended_goals_are_left_alone(void **state)
{
	static const enum goal_state still[] = {GOAL_PAUSED, GOAL_DONE, GOAL_FAILED, GOAL_CANCELLED};
	const struct task tasks[] = {WORK(2, TASK_DONE), WORK(3, TASK_BLOCKED, .blocked_by = {2}, .blocked_n = 1)};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(still); i++) {
		struct step_goal out;

		run(still[i], tasks, 2, &out);
		assert_int_equal(out.state, still[i]);
		assert_int_equal(out.moves_n, 0);
		step_goal_release(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_goal_of_one_task_takes_over_its_result),
		cmocka_unit_test(test_the_report_holds_every_result),
		cmocka_unit_test(test_tasks_are_set_free_when_what_they_need_is_done),
		cmocka_unit_test(test_what_depends_on_a_failure_is_cancelled_all_the_way_down),
		cmocka_unit_test(test_a_failed_plan_is_made_again_once),
		cmocka_unit_test(test_a_goal_goes_on_while_a_task_is_alive),
		cmocka_unit_test(test_a_goal_whose_tasks_were_all_cancelled_is_cancelled),
		cmocka_unit_test(test_failed_planning_fails_the_goal),
		cmocka_unit_test(test_paused_and_ended_goals_are_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
