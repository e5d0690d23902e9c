/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/builtin.h"
#include "base/memory.h"
#include "money/pico.h"
#include "office/policy.h"
#include "office/template.h"

#define AGENT(name, role, more) "{\"name\":\"" name "\",\"role\":\"" role "\",\"title\":\"t\",\"prompt\":\"p\",\"tier\":\"standard\"" more "}"
#define TEMPLATE(agents) "{\"format\":1,\"name\":\"x\",\"title\":\"t\",\"industry\":\"i\",\"agents\":[" agents "]}"
#define CEO AGENT("Mira", "ceo", "")
#define SCHEDULE(members) "{\"format\":1,\"name\":\"x\",\"title\":\"t\",\"industry\":\"i\",\"agents\":[" CEO "],\"schedules\":[" members "]}"

static int set_up(void **state)
{
	*state = xcalloc(1, sizeof(struct template));
	return 0;
}

static int tear_down(void **state)
{
	template_release(*state);
	free(*state);
	return 0;
}

/* What every team that comes with the program has to have. */
static void check_team(struct template *t, const struct builtin *file)
{
	struct err e = {0};
	int i, k;

	check_ok(template_parse(slice_make(file->bytes, file->len), t, &e), &e);
	assert_int_equal(strncmp(file->name + strlen("templates/"), t->name, strlen(t->name)), 0);
	assert_true(t->agents_n >= 4);
	assert_true(t->goals_n >= 3);
	assert_true(t->schedules_n >= 2);
	for (i = 0; i < t->agents_n; i++) {
		const struct builtin *prompt = builtin_find(data_files, t->prompt_files[i]);

		assert_non_null(prompt);
		check_ok(template_prompt(t, i, slice_make(prompt->bytes, prompt->len), &e), &e);
		assert_true(strlen(t->agents[i].prompt) > 500);
		assert_true(t->agents[i].cap_pd > 0);
		assert_true(t->agents[i].max_turns > 0);
		assert_true(t->agents[i].tools_n > 0);
		assert_true(t->tasks[i] > 0);
	}
	for (k = 0; k < t->schedules_n; k++) {
		assert_false(t->schedules[k].on);
		assert_int_equal(t->schedules[k].next_us, 0);
	}
}

static void test_the_teams_that_come_along_are_complete(void **state)
{
	const struct builtin *file;
	int n = 0;

	for (file = data_files; file->name != NULL; file++)
		if (strncmp(file->name, "templates/", 10) == 0) {
			check_team(*state, file);
			template_release(*state);
			n++;
		}
	assert_true(n >= 8);
}

static void test_schedules_are_read(void **state)
{
	static const char text[] = "{\"format\":1,\"name\":\"x\",\"title\":\"t\",\"industry\":\"i\",\"agents\":[" CEO "],\"schedules\":["
		"{\"agent\":\"Mira\",\"every\":\"1d\",\"at\":\"07:30\",\"days\":\"mon-fri\",\"text\":\"look\"}]}";
	struct template *t = *state;
	struct err e = {0};

	check_ok(template_parse(slice_of(text), t, &e), &e);
	assert_int_equal(t->schedules_n, 1);
	assert_int_equal(t->schedules[0].at_minute, 450);
	assert_int_equal(t->schedules[0].days, 31);
	assert_string_equal(t->schedules[0].text, "look");
}

static void test_fields_of_an_agent_are_read(void **state)
{
	static const char text[] = TEMPLATE(CEO "," AGENT("Ada", "engineer", ",\"tools\":[\"type:codebase.*\",\"repo.read_file\"],\"only_these_tools\":true,"
	    "\"max_turns\":7,\"cap_usd\":\"2.50\",\"vendor\":\"anthropic\",\"model\":\"m-1\""));
	struct template *t = *state;
	const struct agent *a = &t->agents[1];
	struct err e = {0};

	check_ok(template_parse(slice_of(text), t, &e), &e);
	assert_int_equal(t->agents_n, 2);
	assert_string_equal(a->name, "Ada");
	assert_string_equal(a->role, "engineer");
	assert_int_equal(a->tier, TIER_STANDARD);
	assert_int_equal(a->tools_n, 2);
	assert_string_equal(a->tools[1], "repo.read_file");
	assert_true(a->tools_narrowed);
	assert_int_equal(a->max_turns, 7);
	assert_int_equal(a->cap_pd, 5 * PICO_DOLLAR / 2);
	assert_string_equal(a->vendor, "anthropic");
	assert_string_equal(a->model, "m-1");
	assert_string_equal(a->prompt, "p");
	assert_false(t->agents[0].tools_narrowed);
}

static void test_bad_templates_are_refused_with_their_place(void **state)
{
	static const struct {
		const char *text;
		enum err_code code;
		const char *words;
	} rows[] = {
		{"[]", ERR_PROTO, "template.format"},
		{"{\"format\":2}", ERR_PROTO, "template.format"},
		{"{\"format\":1,\"format\":1}", ERR_PROTO, "JSON"},
		{"{\"format\":1,\"name\":\"x\",\"title\":\"t\",\"industry\":\"i\"}", ERR_PROTO, "template.agents"},
		{TEMPLATE(""), ERR_PROTO, "template.agents"},
		{TEMPLATE(AGENT("Ada", "engineer", "")), ERR_PROTO, "role \"ceo\", 0 have"},
		{TEMPLATE(CEO "," AGENT("Mia", "ceo", "")), ERR_PROTO, "role \"ceo\", 2 have"},
		{TEMPLATE(CEO "," AGENT("mira", "engineer", "")), ERR_PROTO, "agents[1].name"},
		{TEMPLATE(CEO "," AGENT("A da", "engineer", "")), ERR_PROTO, "agents[1]"},
		{TEMPLATE(CEO "," AGENT("-x", "engineer", "")), ERR_PROTO, "agents[1]"},
		{TEMPLATE(CEO "," AGENT("", "engineer", "")), ERR_PROTO, "agents[1].name: empty"},
		{TEMPLATE(CEO ",7"), ERR_PROTO, "agents[1]"},
		{TEMPLATE(AGENT("Mira", "ceo", ",\"tool\":[]")), ERR_PROTO, "agents[0]: member number 6"},
		{TEMPLATE(AGENT("Mira", "ceo", ",\"tools\":[\"x\"]")), ERR_PROTO, "agents[0].tools[0]"},
		{TEMPLATE(AGENT("Mira", "ceo", ",\"tools\":[\"type:mail.*\"]")), ERR_PROTO, "agents[0].tools[0]"},
		{TEMPLATE(AGENT("Mira", "ceo", ",\"tools\":\"*\"")), ERR_PROTO, "agents[0].tools"},
		{TEMPLATE(AGENT("Mira", "ceo", ",\"only_these_tools\":\"yes\"")), ERR_PROTO, "only_these_tools"},
		{TEMPLATE(AGENT("Mira", "ceo", ",\"max_turns\":0")), ERR_PROTO, "max_turns"},
		{TEMPLATE(AGENT("Mira", "ceo", ",\"max_turns\":1.5")), ERR_PROTO, "max_turns"},
		{TEMPLATE(AGENT("Mira", "ceo", ",\"cap_usd\":\"-1\"")), ERR_PROTO, "cap_usd"},
		{TEMPLATE(AGENT("Mira", "ceo", ",\"cap_usd\":1.5")), ERR_PROTO, "cap_usd"},
		{TEMPLATE(AGENT("Mira", "ceo", ",\"prompt_file\":\"prompts/ceo.txt\"")), ERR_PROTO, "either prompt or prompt_file"},
		{TEMPLATE("{\"name\":\"Mira\",\"role\":\"ceo\",\"title\":\"t\",\"tier\":\"top\",\"prompt_file\":\"../x\"}"), ERR_PROTO, "prompt_file"},
		{TEMPLATE("{\"name\":\"Mira\",\"role\":\"ceo\",\"title\":\"t\",\"tier\":\"top\",\"prompt_file\":\"/x\"}"), ERR_PROTO, "prompt_file"},
		{TEMPLATE("{\"name\":\"Mira\",\"role\":\"ceo\",\"title\":\"t\",\"tier\":\"best\",\"prompt\":\"p\"}"), ERR_PROTO, "agents[0].tier"},
		{TEMPLATE(AGENT("Mira", "ceo", ",\"tasks_per_month\":-1")), ERR_PROTO, "tasks_per_month"},
		{SCHEDULE("7"), ERR_PROTO, "schedules[0]"},
		{SCHEDULE("{\"agent\":\"Ada\",\"every\":\"2h\",\"text\":\"x\"}"), ERR_PROTO, "schedules[0].agent"},
		{SCHEDULE("{\"agent\":\"Mira\",\"every\":\"1d\",\"text\":\"x\"}"), ERR_PROTO, "schedules[0]: whole days"},
		{SCHEDULE("{\"agent\":\"Mira\",\"every\":\"2h\"}"), ERR_PROTO, "schedules[0]: every and text"},
		{SCHEDULE("{\"agent\":\"Mira\",\"every\":\"2h\",\"text\":\"x\",\"on\":true}"), ERR_PROTO, "schedules[0]: member number 4"},
		{TEMPLATE("{\"name\":\"Mira\",\"role\":\"ceo\",\"title\":\"a\\nb\",\"tier\":\"top\",\"prompt\":\"p\"}"), ERR_LIMIT, "agents[0].title"},
	};
	struct template *t = *state;
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		struct err e = {0};

		check_code(template_parse(slice_of(rows[i].text), t, &e), rows[i].code, &e);
		if (strstr(e.text, rows[i].words) == NULL)
			fail_msg("row %zu says \"%s\", not \"%s\"", i, e.text, rows[i].words);
		assert_int_equal(t->agents_n, 0);
	}
}

static void test_prompt_files_must_hold_text(void **state)
{
	struct template *t = *state;
	struct err e = {0};

	check_ok(template_parse(slice_of(TEMPLATE(CEO)), t, &e), &e);
	check_code(template_prompt(t, 0, slice_of(""), &e), ERR_PROTO, &e);
	check_code(template_prompt(t, 0, slice_of("\xFF"), &e), ERR_PROTO, &e);
	check_code(template_prompt(t, 0, slice_make("a\0b", 3), &e), ERR_PROTO, &e);
	assert_string_equal(t->agents[0].prompt, "p");
	check_ok(template_prompt(t, 0, slice_make("newer", 3), &e), &e);
	assert_string_equal(t->agents[0].prompt, "new");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_teams_that_come_along_are_complete, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_schedules_are_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_fields_of_an_agent_are_read, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bad_templates_are_refused_with_their_place, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_prompt_files_must_hold_text, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
