/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "money/pico.h"
#include "office/plan.h"

static const struct agent team[] = {
	{.id = 1, .name = "Mira", .role = "ceo", .tier = TIER_TOP},
	{.id = 2, .name = "Ada", .role = "engineer", .tier = TIER_STANDARD},
	{.id = 3, .name = "Ben", .role = "engineer", .tier = TIER_ROUTINE},
	{.id = 4, .name = "Sam", .role = "support", .tier = TIER_ROUTINE, .paused = true},
};

#define TASK(key, agent, more) "{\"key\":\"" key "\",\"title\":\"Title\",\"instructions\":\"Do " key "\",\"agent\":\"" agent "\"" more "}"
#define PLAN(tasks) "{\"summary\":\"s\",\"tasks\":[" tasks "]}"

static enum err_code parse(const char *text, struct plan *out, struct err *e)
{
	return plan_parse(slice_of(text), team, LENGTH(team), false, &office_limits_default, out, e);
}

static void test_a_plan_is_read(void **state)
{
	static const char text[] = PLAN(TASK("read", "Ada", ",\"depends_on\":[],\"expected_cost_usd\":0.10") ","
	    TASK("fix", "engineer", ",\"depends_on\":[\"read\"],\"tier\":\"top\",\"expected_cost_usd\":\"0.300\"") ","
	    TASK("note", "ben", ",\"depends_on\":[\"fix\",\"read\"]"));
	struct plan p;
	struct err e = {0};

	(void)state;
	check_ok(parse(text, &p, &e), &e);
	assert_int_equal(p.tasks_n, 3);
	assert_string_equal(p.summary, "s");
	assert_string_equal(p.tasks[1].agent, "Ada");
	assert_string_equal(p.tasks[2].agent, "Ben");
	assert_int_equal(p.tasks[0].tier, TIER_STANDARD);
	assert_int_equal(p.tasks[1].tier, TIER_TOP);
	assert_int_equal(p.tasks[2].tier, TIER_ROUTINE);
	assert_int_equal(p.tasks[2].depends_n, 2);
	assert_int_equal(p.tasks[2].depends[0], 1);
	assert_int_equal(p.tasks[0].level, 0);
	assert_int_equal(p.tasks[1].level, 1);
	assert_int_equal(p.tasks[2].level, 2);
	assert_string_equal(p.tasks[1].cost_raw, "0.300");
	assert_int_equal(p.costs_n, 2);
	assert_int_equal(p.cost_pd, 4 * PICO_DOLLAR / 10);
	plan_free(&p);
}

static void test_dependencies_may_point_down_the_list(void **state)
{
	struct plan p;
	struct err e = {0};

	(void)state;
	check_ok(parse(PLAN(TASK("b", "Ada", ",\"depends_on\":[\"a\"]") "," TASK("a", "Ada", "")), &p, &e), &e);
	assert_int_equal(p.tasks[0].depends[0], 1);
	assert_int_equal(p.tasks[0].level, 1);
	plan_free(&p);
}

static void test_costs_never_pass_through_a_double(void **state)
{
	struct plan p;
	struct err e = {0};

	(void)state;
	check_ok(parse(PLAN(TASK("a", "Ada", ",\"expected_cost_usd\":0.1") "," TASK("b", "Ada", ",\"expected_cost_usd\":0.2")), &p, &e), &e);
	assert_int_equal(p.cost_pd, 3 * PICO_DOLLAR / 10);
	plan_free(&p);
}

static void test_faults_are_sentences_for_the_ceo(void **state)
{
	static const struct {
		const char *text;
		enum err_code code;
		const char *words;
	} rows[] = {
		{"{", ERR_PROTO, "JSON"},
		{PLAN(TASK("a", "Ada", ",\"agent\":\"Ben\"")), ERR_PROTO, "JSON"},
		{"[]", ERR_USAGE, "`summary` and `tasks`"},
		{"{\"summary\":\"s\",\"tasks\":[]}", ERR_USAGE, "at least one task"},
		{"{\"tasks\":[1]}", ERR_USAGE, "`summary`"},
		{"{\"summary\":\"s\",\"tasks\":[1]}", ERR_USAGE, "Task number 1 must be an object"},
		{"{\"summary\":\"s\",\"tasks\":[],\"note\":1}", ERR_USAGE, "nothing else"},
		{PLAN(TASK("", "Ada", "")), ERR_USAGE, "needs a `key`"},
		{PLAN(TASK("a b", "Ada", "")), ERR_USAGE, "needs a `key`"},
		{PLAN(TASK("a", "Ada", "") "," TASK("a", "Ada", "")), ERR_USAGE, "The key a is used by two tasks"},
		{PLAN(TASK("a", "Ada", "") ",{\"key\":\"b\",\"title\":\"Other\",\"instructions\":\"Do a\",\"agent\":\"Ada\"}"), ERR_USAGE, "Tasks a and b are the same"},
		{PLAN(TASK("a", "Zoe", "")), ERR_USAGE, "Zoe, who is not on the team"},
		{PLAN(TASK("a", "Sam", "")), ERR_USAGE, "Sam, who is paused"},
		{PLAN(TASK("a", "support", "")), ERR_USAGE, "Sam, who is paused"},
		{PLAN(TASK("a", "ceo", "")), ERR_USAGE, "for yourself"},
		{PLAN(TASK("a", "Ada", ",\"depends_on\":[\"a\"]")), ERR_USAGE, "depends on itself"},
		{PLAN(TASK("a", "Ada", ",\"depends_on\":[\"x\"]")), ERR_USAGE, "no key of this plan"},
		{PLAN(TASK("a", "Ada", ",\"depends_on\":[7]")), ERR_USAGE, "no key of this plan"},
		{PLAN(TASK("a", "Ada", ",\"depends_on\":\"b\"")), ERR_USAGE, "must be a list"},
		{PLAN(TASK("a", "Ada", "") "," TASK("b", "Ada", ",\"depends_on\":[\"a\",\"a\"]")), ERR_USAGE, "depends on a twice"},
		{PLAN(TASK("a", "Ada", ",\"depends_on\":[\"c\"]") "," TASK("b", "Ada", ",\"depends_on\":[\"a\"]") "," TASK("c", "Ada", ",\"depends_on\":[\"b\"]")),
		    ERR_USAGE, "circle"},
		{PLAN(TASK("a", "Ada", ",\"tier\":\"best\"")), ERR_USAGE, "tier of task a"},
		{PLAN(TASK("a", "Ada", ",\"tier\":1")), ERR_USAGE, "tier of task a"},
		{PLAN(TASK("a", "Ada", ",\"expected_cost_usd\":\"$1\"")), ERR_USAGE, "expected cost of task a"},
		{PLAN(TASK("a", "Ada", ",\"expected_cost_usd\":-1")), ERR_USAGE, "expected cost of task a"},
		{PLAN(TASK("a", "Ada", ",\"expected_cost_usd\":[1]")), ERR_USAGE, "expected cost of task a"},
		{PLAN(TASK("a", "Ada", ",\"expected_cost_usd\":1e30")), ERR_USAGE, "expected cost of task a"},
		{PLAN(TASK("a", "Ada", ",\"hidden\":\"x\"")), ERR_USAGE, "a member that plans do not have"},
		{PLAN("{\"key\":\"a\",\"title\":\"x\\ny\",\"instructions\":\"i\",\"agent\":\"Ada\"}"), ERR_USAGE, "`title` of one line"},
		{PLAN("{\"key\":\"a\",\"title\":\"x\",\"instructions\":\"\",\"agent\":\"Ada\"}"), ERR_USAGE, "`instructions`"},
		{PLAN("{\"key\":\"a\",\"title\":\"x\",\"instructions\":\"i\"}"), ERR_USAGE, "needs an `agent`"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		struct err e = {0};
		struct plan p;

		check_code(parse(rows[i].text, &p, &e), rows[i].code, &e);
		if (strstr(e.text, rows[i].words) == NULL)
			fail_msg("row %zu says \"%s\", not \"%s\"", i, e.text, rows[i].words);
		assert_null(p.tasks);
		assert_null(p.summary);
	}
}

/* n tasks, each depending on the one before if chained. */
static char *long_plan(int n, bool chained)
{
	struct buf b;
	int i;

	buf_init(&b, 0);
	buf_adds(&b, "{\"summary\":\"s\",\"tasks\":[");
	for (i = 0; i < n; i++) {
		buf_addf(&b, "%s{\"key\":\"k%d\",\"title\":\"t\",\"instructions\":\"i%d\",\"agent\":\"Ada\"", i > 0 ? "," : "", i, i);
		if (chained && i > 0)
			buf_addf(&b, ",\"depends_on\":[\"k%d\"]", i - 1);
		buf_adds(&b, "}");
	}
	buf_adds(&b, "]}");
	return buf_take(&b);
}

static void check_long(int n, bool chained, enum err_code wanted)
{
	char *text = long_plan(n, chained);
	struct err e = {0};
	struct plan p;

	check_code(parse(text, &p, &e), wanted, &e);
	plan_free(&p);
	free(text);
}

static void test_size_and_depth_are_bounded(void **state)
{
	(void)state;
	check_long(office_limits_default.tasks_per_goal, false, ERR_OK);
	check_long(office_limits_default.tasks_per_goal + 1, false, ERR_LIMIT);
	check_long(office_limits_default.plan_depth, true, ERR_OK);
	check_long(office_limits_default.plan_depth + 1, true, ERR_LIMIT);
	assert_true(office_limits_default.plan_depth < office_limits_default.tasks_per_goal);
}

static void test_lengths_are_bounded(void **state)
{
	struct office_limits tight = office_limits_default;
	struct err e = {0};
	struct plan p;

	(void)state;
	tight.instruction_bytes = 3;
	check_code(plan_parse(slice_of(PLAN(TASK("a", "Ada", ""))), team, LENGTH(team), false, &tight, &p, &e), ERR_LIMIT, &e);
	tight = office_limits_default;
	tight.title_bytes = 4;
	check_code(plan_parse(slice_of(PLAN(TASK("a", "Ada", ""))), team, LENGTH(team), false, &tight, &p, &e), ERR_LIMIT, &e);
}

static void test_the_ceo_works_where_it_may(void **state)
{
	struct err e = {0};
	struct plan p;

	(void)state;
	check_ok(plan_parse(slice_of(PLAN(TASK("a", "ceo", ""))), team, 1, true, &office_limits_default, &p, &e), &e);
	assert_string_equal(p.tasks[0].agent, "Mira");
	plan_free(&p);
}

static void test_tasks_are_made_ready_or_blocked(void **state)
{
	struct goal g = {.id = 9};
	struct task t;
	struct plan p;
	struct err e = {0};

	(void)state;
	check_ok(parse(PLAN(TASK("a", "Ada", ",\"tier\":\"routine\"") "," TASK("b", "Ben", ",\"depends_on\":[\"a\"]")), &p, &e), &e);
	plan_make_task(&p, 0, &g, 77, &t);
	assert_int_equal(t.state, TASK_READY);
	assert_int_equal(t.goal, 9);
	assert_int_equal(t.kind, TASK_WORK);
	assert_int_equal(t.tier, TIER_ROUTINE);
	assert_int_equal(t.created_us, 77);
	assert_string_equal(t.agent, "Ada");
	assert_string_equal(t.instructions, "Do a");
	task_release(&t);
	plan_make_task(&p, 1, &g, 77, &t);
	assert_int_equal(t.state, TASK_BLOCKED);
	assert_int_equal(t.on, ON_TASK);
	task_release(&t);
	plan_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_plan_is_read),
		cmocka_unit_test(test_dependencies_may_point_down_the_list),
		cmocka_unit_test(test_costs_never_pass_through_a_double),
		cmocka_unit_test(test_faults_are_sentences_for_the_ceo),
		cmocka_unit_test(test_size_and_depth_are_bounded),
		cmocka_unit_test(test_lengths_are_bounded),
		cmocka_unit_test(test_the_ceo_works_where_it_may),
		cmocka_unit_test(test_tasks_are_made_ready_or_blocked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
