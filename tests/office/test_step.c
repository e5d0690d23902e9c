/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "check.h"

#include "office/step.h"
#include "office/office_fixture.h"

static struct step_facts facts_of(struct office *o)
{
	return (struct step_facts){.limits = &office_limits_default, .goal = &o->goal, .task = &o->task, .agent = &o->team[o->task.kind == TASK_PLAN ? 0 : 1],
	    .team = o->team, .team_n = LENGTH(o->team), .offers = &o->offers, .entries = o->entries, .entries_n = o->entries_n};
}

static void take(struct office *o, struct said *s, struct step *out)
{
	struct step_facts f = facts_of(o);

	step_reply(&f, &s->reply, out);
}

#define BEGIN(kind_) \
	struct office o; \
	struct said s; \
	struct step step; \
	(void)state; \
	fixture_init(&o, kind_)
#define END() (step_release(&step), said_release(&s), fixture_release(&o))

static void test_a_reply_without_calls_ends_the_task(void **state)
{
	BEGIN(TASK_WORK);
	said_init(&s, "Done: docs/a.md is right.", STOP_END);
	take(&o, &s, &step);
	assert_int_equal(step.state, TASK_DONE);
	assert_string_equal(step.result, "Done: docs/a.md is right.");
	assert_int_equal(step.actions_n, 0);
	END();
}

static void test_reads_and_writes_of_one_reply_go_their_own_ways(void **state)
{
	BEGIN(TASK_WORK);
	said_init(&s, "Reading, and a patch.", STOP_TOOL_USE);
	said_call(&s, "t1", "repo__read_file", "{\"path\":\"a\"}");
	said_call(&s, "t2", "repo__propose_patch", "{\"diff\":\"x\"}");
	said_call(&s, "t3", "repo__search", "{\"text\":\"a\"}");
	said_call(&s, "t4", "mail__send_mail", "{\"to\":\"dana@example.com\"}");
	take(&o, &s, &step);
	assert_int_equal(step.actions_n, 4);
	assert_int_equal(step.actions[0].what, STEP_READ);
	assert_int_equal(step.actions[1].what, STEP_PROPOSE);
	assert_int_equal(step.actions[2].what, STEP_READ);
	assert_int_equal(step.actions[3].what, STEP_PROPOSE);
	assert_string_equal(step.actions[3].id, "t4");
	assert_string_equal(step.actions[3].offer->tool->name, "send_mail");
	assert_true(slice_is(step.actions[1].arguments, "{\"diff\":\"x\"}"));
	assert_int_equal(step.state, TASK_WAITING);
	assert_int_equal(step.on, ON_CONNECTOR);
	END();
}

static void test_proposals_alone_wait_for_the_person(void **state)
{
	BEGIN(TASK_WORK);
	said_init(&s, NULL, STOP_TOOL_USE);
	said_call(&s, "t1", "repo__propose_patch", "{\"diff\":\"x\"}");
	take(&o, &s, &step);
	assert_int_equal(step.state, TASK_WAITING);
	assert_int_equal(step.on, ON_PERSON);
	assert_string_equal(step.why, "1 action waits for your decision");
	END();
}

static void test_calls_that_may_not_be_made_are_refused_in_words(void **state)
{
	static const struct {
		const char *name, *input, *words;
	} rows[] = {
		{"repo__delete", "{}", "no tool named repo__delete"},
		{"mail__list", "{}", "not granted"},
		{"repo__changed", "{}", "quarantine"},
		{"submit_plan", "{}", "no tool named submit_plan"},
		{"repo__read_file", "{\"a\":1,\"a\":2}", "not acceptable"},
		{"repo__read_file", "{\"a\":\"\\ud800\"}", "not acceptable"},
		{"repo__read_file", "[1]", "not acceptable"},
		{"repo__read_file", "{\"a\":", "not acceptable"},
		{"ask_person", "{}", "needs a `question`"},
		{"ask_person", "{\"question\":\"\"}", "needs a `question`"},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		BEGIN(TASK_WORK);
		said_init(&s, NULL, STOP_TOOL_USE);
		said_call(&s, "t1", rows[i].name, rows[i].input);
		take(&o, &s, &step);
		assert_int_equal(step.actions_n, 1);
		assert_int_equal(step.actions[0].what, STEP_REFUSE);
		if (strstr(step.actions[0].text, rows[i].words) == NULL)
			fail_msg("row %zu says \"%s\"", i, step.actions[0].text);
		assert_int_equal(step.state, TASK_READY);
		END();
	}
}

static void test_a_refused_call_beside_a_good_one_does_not_stop_it(void **state)
{
	BEGIN(TASK_WORK);
	said_init(&s, NULL, STOP_TOOL_USE);
	said_call(&s, "t1", "nothing", "{}");
	said_call(&s, "t2", "repo__propose_patch", "{\"diff\":\"x\"}");
	take(&o, &s, &step);
	assert_int_equal(step.actions[0].what, STEP_REFUSE);
	assert_int_equal(step.actions[1].what, STEP_PROPOSE);
	assert_int_equal(step.on, ON_PERSON);
	END();
}

static void test_reads_and_proposals_of_one_reply_are_bounded(void **state)
{
	struct office_limits tight = office_limits_default;
	struct step_facts f;

	BEGIN(TASK_WORK);
	tight.reads_per_turn = 2;
	tight.proposals_per_turn = 1;
	said_init(&s, NULL, STOP_TOOL_USE);
	said_call(&s, "t1", "repo__read_file", "{\"path\":\"a\"}");
	said_call(&s, "t2", "repo__read_file", "{\"path\":\"b\"}");
	said_call(&s, "t3", "repo__read_file", "{\"path\":\"c\"}");
	said_call(&s, "t4", "repo__propose_patch", "{\"diff\":\"1\"}");
	said_call(&s, "t5", "repo__propose_patch", "{\"diff\":\"2\"}");
	f = facts_of(&o);
	f.limits = &tight;
	step_reply(&f, &s.reply, &step);
	assert_int_equal(step.actions[1].what, STEP_READ);
	assert_int_equal(step.actions[2].what, STEP_REFUSE);
	assert_int_equal(step.actions[3].what, STEP_PROPOSE);
	assert_int_equal(step.actions[4].what, STEP_REFUSE);
	END();
}

static void test_the_same_call_twice_in_one_reply_counts_once(void **state)
{
	BEGIN(TASK_WORK);
	said_init(&s, NULL, STOP_TOOL_USE);
	said_call(&s, "t1", "repo__propose_patch", "{\"diff\":\"x\"}");
	said_call(&s, "t2", "repo__propose_patch", "{\"diff\":\"x\"}");
	take(&o, &s, &step);
	assert_int_equal(step.actions[0].what, STEP_PROPOSE);
	assert_int_equal(step.actions[1].what, STEP_REFUSE);
	END();
}

static void test_the_same_call_three_times_in_a_row_is_a_loop(void **state)
{
	BEGIN(TASK_WORK);
	fixture_turn(&o, "t1", "repo__read_file", "{\"path\":\"a\"}", "text", false);
	fixture_turn(&o, "t2", "repo__read_file", "{\"path\":\"a\"}", "text", false);
	said_init(&s, NULL, STOP_TOOL_USE);
	said_call(&s, "t3", "repo__read_file", "{\"path\":\"a\"}");
	take(&o, &s, &step);
	assert_int_equal(step.state, TASK_FAILED);
	assert_non_null(strstr(step.why, "3 times in a row"));
	assert_int_equal(step.actions[0].what, STEP_REFUSE);
	END();
}

static void test_coming_back_to_a_file_is_no_loop(void **state)
{
	BEGIN(TASK_WORK);
	fixture_turn(&o, "t1", "repo__read_file", "{\"path\":\"a\"}", "text", false);
	fixture_turn(&o, "t2", "repo__read_file", "{\"path\":\"a\"}", "text", false);
	fixture_turn(&o, "t3", "repo__read_file", "{\"path\":\"b\"}", "text", false);
	said_init(&s, NULL, STOP_TOOL_USE);
	said_call(&s, "t4", "repo__read_file", "{\"path\":\"a\"}");
	take(&o, &s, &step);
	assert_int_equal(step.actions[0].what, STEP_READ);
	assert_int_equal(step.state, TASK_WAITING);
	END();
}

static void test_what_was_rejected_is_not_put_to_the_person_again(void **state)
{
	BEGIN(TASK_WORK);
	fixture_turn(&o, "t1", "repo__propose_patch", "{\"diff\":\"x\"}", "Rejected by the person. Their reason: too long\n", true);
	fixture_turn(&o, "t2", "repo__read_file", "{\"path\":\"b\"}", "text", false);
	said_init(&s, NULL, STOP_TOOL_USE);
	said_call(&s, "t3", "repo__propose_patch", "{\"diff\":\"x\"}");
	said_call(&s, "t4", "repo__propose_patch", "{\"diff\":\"y\"}");
	take(&o, &s, &step);
	assert_int_equal(step.actions[0].what, STEP_REFUSE);
	assert_non_null(strstr(step.actions[0].text, "rejected"));
	assert_int_equal(step.actions[1].what, STEP_PROPOSE);
	END();
}

static void test_what_was_sent_back_for_changes_is_not_put_unchanged(void **state)
{
	BEGIN(TASK_WORK);
	fixture_turn(&o, "t1", "repo__propose_patch", "{\"diff\":\"x\"}", "The person asks for changes before they decide. Their words: shorter\n", true);
	said_init(&s, NULL, STOP_TOOL_USE);
	said_call(&s, "t3", "repo__propose_patch", "{\"diff\":\"x\"}");
	said_call(&s, "t4", "repo__propose_patch", "{\"diff\":\"y\"}");
	take(&o, &s, &step);
	assert_int_equal(step.actions[0].what, STEP_REFUSE);
	assert_non_null(strstr(step.actions[0].text, "asked for changes"));
	assert_int_equal(step.actions[1].what, STEP_PROPOSE);
	END();
}

/* One ends it, the other keeps it alive: the agent can tell them apart. */
static void test_a_rejection_and_asked_changes_are_told_apart(void **state)
{
	struct approval a = {.kind = APPROVAL_ACTION, .version = 1, .state = APPROVAL_REJECTED, .reason = "no"};
	struct step_result no, changes;

	(void)state;
	step_outcome(&a, NULL, &office_limits_default, &no);
	a.state = APPROVAL_CHANGES_ASKED;
	step_outcome(&a, NULL, &office_limits_default, &changes);
	assert_non_null(strstr(no.text, "don't propose it again"));
	assert_null(strstr(changes.text, "don't"));
	assert_non_null(strstr(changes.text, "propose the new version"));
	assert_null(strstr(no.text, "new version"));
	step_result_release(&no);
	step_result_release(&changes);
}

static void test_what_failed_may_be_proposed_again(void **state)
{
	BEGIN(TASK_WORK);
	fixture_turn(&o, "t1", "repo__propose_patch", "{\"diff\":\"x\"}", "Approved, but carrying it out failed.", true);
	said_init(&s, NULL, STOP_TOOL_USE);
	said_call(&s, "t2", "repo__propose_patch", "{\"diff\":\"x\"}");
	take(&o, &s, &step);
	assert_int_equal(step.actions[0].what, STEP_PROPOSE);
	END();
}

static void test_a_task_out_of_turns_fails_and_does_nothing_more(void **state)
{
	BEGIN(TASK_WORK);
	o.team[1].max_turns = 4;
	o.task.turns = 4;
	said_init(&s, NULL, STOP_TOOL_USE);
	said_call(&s, "t1", "repo__propose_patch", "{\"diff\":\"x\"}");
	take(&o, &s, &step);
	assert_int_equal(step.state, TASK_FAILED);
	assert_non_null(strstr(step.why, "all of its 4 turns"));
	assert_int_equal(step.actions[0].what, STEP_REFUSE);
	assert_int_equal(step.on, ON_NOTHING);
	END();
}

static void test_the_last_turn_may_still_be_the_report(void **state)
{
	BEGIN(TASK_WORK);
	o.task.turns = office_limits_default.turns_per_task;
	said_init(&s, "The report.", STOP_END);
	take(&o, &s, &step);
	assert_int_equal(step.state, TASK_DONE);
	END();
}

static void test_a_cut_reply_is_nudged_and_then_fails(void **state)
{
	BEGIN(TASK_WORK);
	said_init(&s, "This goes on and", STOP_MAX_TOKENS);
	take(&o, &s, &step);
	assert_int_equal(step.state, TASK_READY);
	assert_int_equal(strncmp(step.nudge, STEP_NUDGE, strlen(STEP_NUDGE)), 0);
	while (step.state == TASK_READY) {
		assert_true(o.entries_n < 10);
		fixture_assistant(&o, &s);
		fixture_entry(&o, ENTRY_USER, step.nudge);
		step_release(&step);
		said_init(&s, "and on", STOP_MAX_TOKENS);
		take(&o, &s, &step);
	}
	assert_int_equal(step.state, TASK_FAILED);
	assert_non_null(strstr(step.why, "length limit"));
	assert_int_equal(o.entries_n, 2 * (size_t)office_limits_default.cut_replies);
	END();
}

static void test_a_call_cut_by_the_length_limit_is_not_made(void **state)
{
	BEGIN(TASK_WORK);
	said_init(&s, NULL, STOP_MAX_TOKENS);
	said_call(&s, "t1", "repo__propose_patch", "{\"diff\":\"x");
	take(&o, &s, &step);
	assert_int_equal(step.actions[0].what, STEP_REFUSE);
	assert_non_null(strstr(step.actions[0].text, "length limit"));
	assert_int_equal(step.state, TASK_READY);
	END();
}

static void test_ends_that_no_turn_can_mend_fail(void **state)
{
	static const enum stop_reason stops[] = {STOP_REFUSAL, STOP_CONTEXT_FULL};
	size_t i;

	for (i = 0; i < LENGTH(stops); i++) {
		BEGIN(TASK_WORK);
		said_init(&s, "I can't", stops[i]);
		said_call(&s, "t1", "repo__propose_patch", "{\"diff\":\"x\"}");
		take(&o, &s, &step);
		assert_int_equal(step.state, TASK_FAILED);
		assert_int_equal(step.actions[0].what, STEP_REFUSE);
		END();
	}
}

static void test_empty_replies_are_nudged(void **state)
{
	BEGIN(TASK_WORK);
	said_init(&s, NULL, STOP_END);
	take(&o, &s, &step);
	assert_int_equal(step.state, TASK_READY);
	assert_non_null(strstr(step.nudge, "empty"));
	END();
}

static void test_a_paused_reply_goes_on_unchanged(void **state)
{
	BEGIN(TASK_WORK);
	said_init(&s, "thinking", STOP_PAUSE);
	take(&o, &s, &step);
	assert_int_equal(step.state, TASK_READY);
	assert_null(step.nudge);
	END();
}

#define GOOD_PLAN "{\"summary\":\"s\",\"tasks\":[{\"key\":\"a\",\"title\":\"t\",\"instructions\":\"i\",\"agent\":\"Ada\"}]}"

static void test_a_good_plan_waits_for_the_person(void **state)
{
	BEGIN(TASK_PLAN);
	said_init(&s, "My plan.", STOP_TOOL_USE);
	said_call(&s, "t1", "submit_plan", GOOD_PLAN);
	said_call(&s, "t2", "submit_plan", "{\"summary\":\"other\",\"tasks\":[]}");
	take(&o, &s, &step);
	assert_int_equal(step.actions[0].what, STEP_PLAN);
	assert_int_equal(step.actions[1].what, STEP_REFUSE);
	assert_int_equal(step.plan.tasks_n, 1);
	assert_string_equal(step.plan.tasks[0].agent, "Ada");
	assert_int_equal(step.on, ON_PERSON);
	END();
}

static void test_a_bad_plan_goes_back_with_the_reason(void **state)
{
	BEGIN(TASK_PLAN);
	said_init(&s, NULL, STOP_TOOL_USE);
	said_call(&s, "t1", "submit_plan", "{\"summary\":\"s\",\"tasks\":[{\"key\":\"a\",\"title\":\"t\",\"instructions\":\"i\",\"agent\":\"Sam\"}]}");
	take(&o, &s, &step);
	assert_int_equal(step.actions[0].what, STEP_REFUSE);
	assert_non_null(strstr(step.actions[0].text, "Sam, who is paused"));
	assert_int_equal(step.state, TASK_READY);
	END();
}

static void test_too_many_plans_sent_back_fail_the_planning(void **state)
{
	struct step_facts f;

	BEGIN(TASK_PLAN);
	said_init(&s, NULL, STOP_TOOL_USE);
	said_call(&s, "t1", "submit_plan", GOOD_PLAN);
	f = facts_of(&o);
	f.plans_before = office_limits_default.plans_per_goal;
	step_reply(&f, &s.reply, &step);
	assert_int_equal(step.state, TASK_FAILED);
	assert_int_equal(step.plan.tasks_n, 0);
	END();
}

static void test_planning_reads_but_does_not_write(void **state)
{
	BEGIN(TASK_PLAN);
	said_init(&s, NULL, STOP_TOOL_USE);
	said_call(&s, "t1", "repo__propose_patch", "{\"diff\":\"x\"}");
	said_call(&s, "t2", "repo__read_file", "{\"path\":\"a\"}");
	take(&o, &s, &step);
	assert_int_equal(step.actions[0].what, STEP_REFUSE);
	assert_non_null(strstr(step.actions[0].text, "While planning"));
	assert_int_equal(step.actions[1].what, STEP_READ);
	END();
}

static void test_planning_without_a_plan_is_nudged(void **state)
{
	BEGIN(TASK_PLAN);
	said_init(&s, "Sounds easy.", STOP_END);
	take(&o, &s, &step);
	assert_int_equal(step.state, TASK_READY);
	assert_non_null(strstr(step.nudge, "submit_plan"));
	END();
}

static void test_one_question_at_a_time(void **state)
{
	BEGIN(TASK_WORK);
	said_init(&s, NULL, STOP_TOOL_USE);
	said_call(&s, "t1", "ask_person", "{\"question\":\"Which?\"}");
	said_call(&s, "t2", "ask_person", "{\"question\":\"And when?\"}");
	take(&o, &s, &step);
	assert_int_equal(step.actions[0].what, STEP_ASK);
	assert_string_equal(step.actions[0].text, "Which?");
	assert_int_equal(step.actions[1].what, STEP_REFUSE);
	assert_string_equal(step.why, "asks you a question");
	END();
}

static void test_a_task_is_ready_when_all_its_calls_have_results(void **state)
{
	enum task_on on;

	(void)state;
	assert_int_equal(step_open(2, 1, &on), TASK_WAITING);
	assert_int_equal(on, ON_CONNECTOR);
	assert_int_equal(step_open(0, 1, &on), TASK_WAITING);
	assert_int_equal(on, ON_PERSON);
	assert_int_equal(step_open(0, 0, &on), TASK_READY);
	assert_int_equal(on, ON_NOTHING);
}

/* --- outcomes ------------------------------------------------------------------- */

static void test_outcomes_of_an_action(void **state)
{
	static const struct {
		enum approval_state s;
		bool has, is_error;
		const char *words;
	} rows[] = {
		{APPROVAL_PROPOSED, false, false, NULL}, {APPROVAL_PENDING, false, false, NULL}, {APPROVAL_APPROVED, false, false, NULL},
		{APPROVAL_HOLDING, false, false, NULL}, {APPROVAL_FIRING, false, false, NULL}, {APPROVAL_UNKNOWN, false, false, NULL},
		{APPROVAL_SUPERSEDED, false, false, NULL}, {APPROVAL_FIRED, true, false, "Approved and carried out.\nThe answer:\nok 7"},
		{APPROVAL_FAILED, true, true, "Why: too short"}, {APPROVAL_NOT_FIRED, true, true, "was not carried out"},
		{APPROVAL_REJECTED, true, true, "Rejected by the person. Their reason: too short"}, {APPROVAL_EXPIRED, true, true, "Nobody decided"},
		{APPROVAL_WITHDRAWN, true, true, "Withdrawn"}, {APPROVAL_CHANGES_ASKED, true, true, "asks for changes before they decide. Their words: too short"},
	};
	size_t i;

	(void)state;
	assert_int_equal(LENGTH(rows), APPROVAL_STATES);
	for (i = 0; i < LENGTH(rows); i++) {
		struct approval a = {.kind = APPROVAL_ACTION, .version = 1, .state = rows[i].s, .reason = "too short"};
		struct step_result r;

		step_outcome(&a, "ok 7", &office_limits_default, &r);
		assert_int_equal(r.has_result, rows[i].has);
		assert_int_equal(r.is_error, rows[i].is_error);
		if (rows[i].has && strstr(r.text, rows[i].words) == NULL)
			fail_msg("row %zu says \"%s\"", i, r.text);
		assert_int_equal(r.untrusted, rows[i].s == APPROVAL_FIRED || rows[i].s == APPROVAL_FAILED);
		step_result_release(&r);
	}
}

static void test_an_edit_is_told_with_the_edited_version(void **state)
{
	char payload[] = "{\"diff\":\"shorter\"}";
	struct approval a = {.kind = APPROVAL_ACTION, .version = 2, .state = APPROVAL_FIRED, .payload = payload, .payload_len = strlen(payload)};
	struct step_result r;

	(void)state;
	step_outcome(&a, NULL, &office_limits_default, &r);
	assert_non_null(strstr(r.text, "don't propose the original again"));
	assert_non_null(strstr(r.text, payload));
	assert_false(r.untrusted);
	step_result_release(&r);
}

static void test_long_receipts_are_cut_with_a_note(void **state)
{
	struct office_limits tight = office_limits_default;
	struct approval a = {.kind = APPROVAL_ACTION, .version = 1, .state = APPROVAL_FIRED};
	struct step_result r;

	(void)state;
	tight.tool_result_bytes = 4;
	step_outcome(&a, "0123456789", &tight, &r);
	assert_non_null(strstr(r.text, "0123\n[cut: 4 of 10 bytes shown]"));
	step_result_release(&r);
}

static void test_outcomes_of_a_plan(void **state)
{
	struct approval a = {.kind = APPROVAL_PLAN, .version = 1, .state = APPROVAL_APPROVED};
	struct step_result r;

	(void)state;
	step_outcome(&a, NULL, &office_limits_default, &r);
	assert_true(r.has_result);
	assert_false(r.is_error);
	step_result_release(&r);
	a.state = APPROVAL_REJECTED;
	step_outcome(&a, NULL, &office_limits_default, &r);
	assert_true(r.is_error);
	assert_non_null(strstr(r.text, "don't submit this plan again"));
	step_result_release(&r);
	a.state = APPROVAL_CHANGES_ASKED;
	step_outcome(&a, NULL, &office_limits_default, &r);
	assert_true(r.is_error);
	assert_non_null(strstr(r.text, "submit the whole plan again"));
	step_result_release(&r);
	step_answer("The second one", &r);
	assert_true(r.has_result);
	assert_non_null(strstr(r.text, "The second one"));
	step_result_release(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_reply_without_calls_ends_the_task),
		cmocka_unit_test(test_reads_and_writes_of_one_reply_go_their_own_ways),
		cmocka_unit_test(test_proposals_alone_wait_for_the_person),
		cmocka_unit_test(test_calls_that_may_not_be_made_are_refused_in_words),
		cmocka_unit_test(test_a_refused_call_beside_a_good_one_does_not_stop_it),
		cmocka_unit_test(test_reads_and_proposals_of_one_reply_are_bounded),
		cmocka_unit_test(test_the_same_call_twice_in_one_reply_counts_once),
		cmocka_unit_test(test_the_same_call_three_times_in_a_row_is_a_loop),
		cmocka_unit_test(test_coming_back_to_a_file_is_no_loop),
		cmocka_unit_test(test_what_was_rejected_is_not_put_to_the_person_again),
		cmocka_unit_test(test_what_was_sent_back_for_changes_is_not_put_unchanged),
		cmocka_unit_test(test_a_rejection_and_asked_changes_are_told_apart),
		cmocka_unit_test(test_what_failed_may_be_proposed_again),
		cmocka_unit_test(test_a_task_out_of_turns_fails_and_does_nothing_more),
		cmocka_unit_test(test_the_last_turn_may_still_be_the_report),
		cmocka_unit_test(test_a_cut_reply_is_nudged_and_then_fails),
		cmocka_unit_test(test_a_call_cut_by_the_length_limit_is_not_made),
		cmocka_unit_test(test_ends_that_no_turn_can_mend_fail),
		cmocka_unit_test(test_empty_replies_are_nudged),
		cmocka_unit_test(test_a_paused_reply_goes_on_unchanged),
		cmocka_unit_test(test_a_good_plan_waits_for_the_person),
		cmocka_unit_test(test_a_bad_plan_goes_back_with_the_reason),
		cmocka_unit_test(test_too_many_plans_sent_back_fail_the_planning),
		cmocka_unit_test(test_planning_reads_but_does_not_write),
		cmocka_unit_test(test_planning_without_a_plan_is_nudged),
		cmocka_unit_test(test_one_question_at_a_time),
		cmocka_unit_test(test_a_task_is_ready_when_all_its_calls_have_results),
		cmocka_unit_test(test_outcomes_of_an_action),
		cmocka_unit_test(test_an_edit_is_told_with_the_edited_version),
		cmocka_unit_test(test_long_receipts_are_cut_with_a_note),
		cmocka_unit_test(test_outcomes_of_a_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
