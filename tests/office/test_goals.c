/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A fixed set of twenty goals (tests/data/goals), with the teams that come along and
 * the tools of our connectors. What a model proposes as a plan either holds (within
 * its bounds, for agents of the team, with tools they have), or is answered by a
 * sentence that says what to mend, which the CEO's next turn holds. */
#include "config.h"

#include "check.h"

#include "base/builtin.h"
#include "base/json.h"
#include "model/prompt.h"
#include "money/pico.h"
#include "office/prompt.h"
#include "office/step.h"
#include "office/template.h"
#include "office/office_fixture.h"

#define GOALS 20
#define FILE_BYTES ((size_t)256 << 10)

static const struct { int64_t connector; const char *name; enum effect effect; } ours[] = {
	{1, "list_files", EFFECT_READ}, {1, "read_file", EFFECT_READ}, {1, "search", EFFECT_READ}, {1, "propose_patch", EFFECT_WRITE},
	{2, "search", EFFECT_READ}, {2, "threads", EFFECT_READ}, {2, "read", EFFECT_READ}, {2, "send_mail", EFFECT_SEND}, {2, "draft", EFFECT_WRITE},
	{3, "search_records", EFFECT_READ}, {3, "update_record", EFFECT_WRITE}, {3, "add_note", EFFECT_WRITE},
};

struct set {
	cJSON *tree;
	struct template team;
	struct connector_record connectors[3];
	struct tool tools[LENGTH(ours)];
	struct office o;	/* its goal, task and history; the team and tools are ours */
};

static int set_up(void **state)
{
	static const char *const names[] = {"repo", "post", "crm"};
	static const enum connector_type types[] = {CONNECTOR_CODEBASE, CONNECTOR_INBOX, CONNECTOR_CRM};
	struct set *s = xcalloc(1, sizeof *s);
	char *bytes = xmalloc(FILE_BYTES);
	FILE *f = fopen(TOP_SRCDIR "/tests/data/goals/goals.json", "r");
	struct err e = {0};
	size_t i;

	assert_non_null(f);
	i = fread(bytes, 1, FILE_BYTES, f);
	fclose(f);
	check_ok(json_parse(slice_make(bytes, i), &s->tree, &e), &e);
	free(bytes);
	for (i = 0; i < LENGTH(names); i++) {
		s->connectors[i] = (struct connector_record){.id = (int64_t)i + 1, .type = types[i], .state = LINK_RUNNING};
		snprintf(s->connectors[i].name, sizeof s->connectors[i].name, "%s", names[i]);
	}
	for (i = 0; i < LENGTH(ours); i++)
		fixture_tool(&s->tools[i], 100 + (int64_t)i, ours[i].connector, names[ours[i].connector - 1], ours[i].name, ours[i].effect);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct set *s = *state;

	cJSON_Delete(s->tree);
	free(s);
	return 0;
}

/* The office of one goal: its template's team, planning. */
static void begin(struct set *s, const cJSON *goal)
{
	char file[TITLE_MAX_BYTES];
	const struct builtin *b;
	struct err e = {0};
	int i;

	snprintf(file, sizeof file, "templates/%s.json", json_text(goal, "template"));
	b = builtin_find(data_files, file);
	assert_non_null(b);
	check_ok(template_parse(slice_make(b->bytes, b->len), &s->team, &e), &e);
	fixture_init(&s->o, TASK_PLAN);
	s->o.goal.text = json_member(goal, "goal")->valuestring;
	check_ok(pico_parse(slice_of(json_text(goal, "cap_usd")), &s->o.goal.cap_pd, &e), &e);
	for (i = 1; i < s->team.agents_n; i++)
		s->team.agents[i].tools_narrowed = true;
	offers_release(&s->o.offers);
	offers_make(&s->o.offers, &s->team.agents[0], &s->o.task, s->tools, LENGTH(s->tools), s->connectors, LENGTH(s->connectors));
}

static void end(struct set *s)
{
	fixture_release(&s->o);
	template_release(&s->team);
}

static struct step_facts facts_of(struct set *s)
{
	return (struct step_facts){.limits = &office_limits_default, .goal = &s->o.goal, .task = &s->o.task, .agent = &s->team.agents[0], .team = s->team.agents,
	    .team_n = (size_t)s->team.agents_n, .offers = &s->o.offers, .entries = s->o.entries, .entries_n = s->o.entries_n};
}

/* The CEO submits it; step is to be released. */
static void submit(struct set *s, const char *plan, struct step *step)
{
	struct step_facts f = facts_of(s);
	struct said said;

	said_init(&said, "Here is the plan.", STOP_TOOL_USE);
	said_call(&said, "t1", "submit_plan", plan);
	step_reply(&f, &said.reply, step);
	if (step->plan.tasks_n == 0)	/* it is answered: a turn of the history */
		fixture_assistant(&s->o, &said);
	else
		said_release(&said);
}

static void check_holds(struct set *s, const struct plan *p)
{
	int64_t sum = 0;
	int i, k;

	assert_in_range(p->tasks_n, 1, office_limits_default.tasks_per_goal);
	for (i = 0; i < p->tasks_n; i++) {
		for (k = 1; k < s->team.agents_n && strcmp(s->team.agents[k].name, p->tasks[i].agent) != 0; k++)
			;
		assert_true(k < s->team.agents_n);	/* one of the team, and not the CEO */
		assert_true(p->tasks[i].level < office_limits_default.plan_depth);
		sum += p->tasks[i].cost_pd;
	}
	assert_true(sum <= s->o.goal.cap_pd);
}

/* The words of the answer stand in what the model is sent next. */
static void check_next_turn(struct set *s, const char *words)
{
	struct prompt_facts f = {.limits = &office_limits_default, .workspace = "acme", .rules = slice_of("The rules."), .agent = &s->team.agents[0],
	    .team = s->team.agents, .team_n = (size_t)s->team.agents_n, .goal = &s->o.goal, .task = &s->o.task, .entries = s->o.entries, .entries_n = s->o.entries_n,
	    .offers = &s->o.offers, .model = "m-1", .max_tokens = 1000};
	const struct prompt_message *m;
	struct prompt p;
	struct err e = {0};

	check_ok(office_prompt(&p, &f, &e), &e);
	m = &p.message[p.message_count - 1];
	assert_int_equal(m->part[0].kind, PART_TOOL_RESULT);
	assert_true(m->part[0].is_error);
	assert_non_null(strstr(m->part[0].bytes, words));
	prompt_release(&p);
}

/* A plan that has to be mended, and then the good one. */
static void check_bad(struct set *s, const char *plan, const char *says, const char *why)
{
	struct step step;

	submit(s, plan, &step);
	if (step.actions_n != 1 || step.actions[0].what != STEP_REFUSE || step.actions[0].text == NULL || strstr(step.actions[0].text, says) == NULL)
		fail_msg("%s, \"%s\": is answered by \"%s\", not \"%s\"", s->o.goal.text, why, step.actions_n > 0 && step.actions[0].text != NULL ? step.actions[0].text : "", says);
	assert_int_equal(strncmp(step.actions[0].text, "The plan was not accepted: ", 27), 0);
	assert_int_equal(step.state, TASK_READY);
	fixture_result(&s->o, "t1", step.actions[0].text, true, NULL);
	check_next_turn(s, says);
	step_release(&step);
}

static void check_good(struct set *s, const char *plan)
{
	struct step step;

	submit(s, plan, &step);
	if (step.actions[0].what != STEP_PLAN)
		fail_msg("%s: %s", s->o.goal.text, step.actions[0].text);
	check_holds(s, &step.plan);
	step_release(&step);
}

static void test_recorded_plans_hold_or_say_what_to_mend(void **state)
{
	struct set *s = *state;
	const cJSON *goal, *bad;
	int n = 0, bads = 0;

	cJSON_ArrayForEach(goal, json_array(s->tree, "goals")) {
		char *good = cJSON_PrintUnformatted(json_member(goal, "plan"));

		begin(s, goal);
		cJSON_ArrayForEach(bad, json_array(goal, "bad")) {
			char *plan = cJSON_PrintUnformatted(json_member(bad, "plan"));

			check_bad(s, plan, json_text(bad, "says"), json_text(bad, "why"));
			cJSON_free(plan);
			bads++;
		}
		check_good(s, good);
		cJSON_free(good);
		end(s);
		n++;
	}
	assert_int_equal(n, GOALS);
	assert_true(bads >= GOALS);
}

/* --- the usual mistakes, made in each of the good plans --------------------------- */

static void put(cJSON *task, const char *name, cJSON *value)
{
	cJSON_DeleteItemFromObjectCaseSensitive(task, name);
	cJSON_AddItemToObject(task, name, value);
}

static void of_nobody(cJSON *plan, cJSON *task) { (void)plan; put(task, "agent", cJSON_CreateString("Assistant")); }
static void of_the_ceo(cJSON *plan, cJSON *task) { (void)plan; put(task, "agent", cJSON_CreateString("ceo")); }
static void with_a_tool_of_others(cJSON *plan, cJSON *task) { (void)plan; put(task, "instructions", cJSON_CreateString("Answer with `outlook__send_mail`.")); }
static void with_a_tool_made_up(cJSON *plan, cJSON *task) { (void)plan; put(task, "instructions", cJSON_CreateString("Look it up with crm__run_sql first.")); }
static void too_dear(cJSON *plan, cJSON *task) { (void)plan; put(task, "expected_cost_usd", cJSON_CreateString("5.01")); }
static void empty(cJSON *plan, cJSON *task) { (void)plan; put(task, "instructions", cJSON_CreateString("")); }
static void on_nothing(cJSON *plan, cJSON *task) { const char *const on[] = {"research"}; (void)plan; put(task, "depends_on", cJSON_CreateStringArray(on, 1)); }
static void on_itself(cJSON *plan, cJSON *task) { const char *const on[] = {task->child->valuestring}; (void)plan; put(task, "depends_on", cJSON_CreateStringArray(on, 1)); }
static void without_summary(cJSON *plan, cJSON *task) { (void)task; cJSON_DeleteItemFromObjectCaseSensitive(plan, "summary"); }

static void twice(cJSON *plan, cJSON *task)
{
	cJSON *again = cJSON_Duplicate(task, true);

	put(again, "key", cJSON_CreateString("again"));
	cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(plan, "tasks"), again);
}

static void too_many(cJSON *plan, cJSON *task)
{
	char key[16];
	int i;

	for (i = 0; i < 21; i++) {
		cJSON *more = cJSON_Duplicate(task, true);

		snprintf(key, sizeof key, "m%d", i);
		put(more, "key", cJSON_CreateString(key));
		cJSON_AddItemToArray(cJSON_GetObjectItemCaseSensitive(plan, "tasks"), more);
	}
}

static void test_the_usual_mistakes_are_answered_in_every_goal(void **state)
{
	static const struct {
		void (*make)(cJSON *plan, cJSON *task);
		const char *says;
	} mistakes[] = {
		{of_nobody, "Assistant, who is not on the team"}, {of_the_ceo, "for yourself"}, {with_a_tool_of_others, "outlook__send_mail, and there is none"},
		{with_a_tool_made_up, "crm__run_sql, and there is none"}, {too_dear, "may cost at most $5"}, {empty, "needs `instructions`"},
		{on_nothing, "depends on research, which is no key"}, {on_itself, "depends on itself"}, {without_summary, "needs a `summary`"}, {twice, "are the same"},
		{too_many, "at most 20 are allowed"},
	};
	struct set *s = *state;
	const cJSON *goal;
	size_t i;

	cJSON_ArrayForEach(goal, json_array(s->tree, "goals"))
		for (i = 0; i < LENGTH(mistakes); i++) {
			cJSON *plan = cJSON_Duplicate(json_member(goal, "plan"), true);
			char *text, *good = cJSON_PrintUnformatted(json_member(goal, "plan"));

			mistakes[i].make(plan, cJSON_GetArrayItem(json_member(plan, "tasks"), 0));
			text = cJSON_PrintUnformatted(plan);
			begin(s, goal);
			check_bad(s, text, mistakes[i].says, "");
			check_good(s, good);
			end(s);
			cJSON_free(text);
			cJSON_free(good);
			cJSON_Delete(plan);
		}
}

static void test_plans_that_never_hold_end_the_planning(void **state)
{
	struct set *s = *state;
	struct step step;
	char plan[128];
	int i;

	begin(s, cJSON_GetArrayItem(json_array(s->tree, "goals"), 0));
	for (i = 1; i <= office_limits_default.plans_refused; i++) {
		snprintf(plan, sizeof plan, "{\"summary\":\"plan %d\",\"tasks\":[]}", i);
		submit(s, plan, &step);
		assert_int_equal(step.state, i < office_limits_default.plans_refused ? TASK_READY : TASK_FAILED);
		if (step.state == TASK_FAILED)
			assert_non_null(strstr(step.why, "5 plans in a row did not hold; the last: The plan needs `tasks`"));
		else
			fixture_result(&s->o, "t1", step.actions[0].text, true, NULL);
		step_release(&step);
	}
	end(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded_plans_hold_or_say_what_to_mend),
		cmocka_unit_test(test_the_usual_mistakes_are_answered_in_every_goal),
		cmocka_unit_test(test_plans_that_never_hold_end_the_planning),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
