/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/builtin.h"
#include "base/json.h"
#include "practice/script.h"

static const char *reply_of(const char *rules, struct talk *t, char *text, size_t size)
{
	struct script *s;
	struct scripted r;
	struct err e = {0};
	char doc[4000];

	snprintf(doc, sizeof doc, "{\"format\":1,\"rules\":[%s]}", rules);
	check_ok(script_new(&s, slice_of(doc), &e), &e);
	script_reply(s, t, &r);
	snprintf(text, size, "%s", r.text);
	scripted_release(&r);
	script_free(s);
	return text;
}

static void test_rules_are_tried_in_order_and_groups_fill_templates(void **state)
{
	struct talk t;
	char text[400];

	(void)state;
	talk_init(&t);
	talk_set_system(&t, slice_of("You are Ada.\nrole: engineer\n"));
	talk_set_user(&t, slice_of("please paint it green"));
	assert_string_equal(t.role, "engineer");
	assert_string_equal(reply_of("{\"when\":{\"role\":\"ceo\"},\"reply\":{\"text\":\"no\"}},"
	    "{\"when\":{\"role\":[\"x\",\"eng*\"],\"user\":\"paint it (?<colour>\\\\w+)\",\"turn\":0},\"set\":{\"a\":\"{{colour}}!\"},"
	    "\"reply\":{\"text\":\"{{role}} paints {{a}} {{or('', 'it''s')}}\"}}", &t, text, sizeof text), "engineer paints green! it's");
	talk_release(&t);
}

static void test_a_function_without_an_answer_passes_the_rule_by(void **state)
{
	struct talk t;
	char text[400];

	(void)state;
	talk_init(&t);
	assert_string_equal(reply_of("{\"reply\":{\"text\":\"{{pick_file('*')}}\"}},{\"set\":{\"x\":[\"{{read_path()}}\",\"none\"]},\"reply\":{\"text\":\"{{x}}\"}}",
	    &t, text, sizeof text), "none");
	talk_release(&t);
}

static void test_at_is_one_connector_that_offers_all(void **state)
{
	struct script *s;
	struct scripted r;
	struct err e = {0};
	struct talk t;

	(void)state;
	talk_init(&t);
	talk_add_tool(&t, "mail__list_files");
	talk_add_tool(&t, "code__list_files");
	talk_add_tool(&t, "code__read_file");
	check_ok(script_new(&s, slice_of("{\"format\":1,\"rules\":[{\"when\":{\"tools\":[\"@__list_files\",\"@__read_file\"],\"not_called\":\"@__list_files\"},"
	    "\"reply\":{\"calls\":[{\"tool\":\"@__list_files\",\"input\":{\"limit\":5,\"x\":[true,null,\"{{connector}}\"]}}]}}]}"), &e), &e);
	script_reply(s, &t, &r);
	assert_int_equal(r.calls, 1);
	assert_string_equal(r.call[0].tool, "code__list_files");
	assert_string_equal(r.call[0].input, "{\"limit\":5,\"x\":[true,null,\"code\"]}");
	scripted_release(&r);
	script_free(s);
	talk_release(&t);
}

static void test_a_broken_script_says_where(void **state)
{
	static const struct {
		const char *rules, *words;
	} rows[] = {
		{"{\"when\":{\"usre\":\"x\"},\"reply\":{}}", "rules[0]: when.usre: no such member"},
		{"{\"name\":\"n\",\"when\":{\"user\":\"(\"},\"reply\":{}}", "rules[0] (n): when.user: "},
		{"{\"reply\":{\"text\":\"{{nobody}}\"}}", "rules[0]: reply.text: no group or variable nobody"},
		{"{\"reply\":{\"text\":\"{{first(user}}\"}}", "rules[0]: reply.text: a comma or ) is missing"},
		{"{\"reply\":{\"text\":\"{{blob()}}\"}}", "rules[0]: reply.text: blob takes 1 to 1 arguments"},
		{"{\"reply\":{\"text\":\"{{find(user, '(')}}\"}}", "rules[0]: reply.text: "},
		{"{\"reply\":{\"stop\":\"tired\"}}", "rules[0]: reply.stop: wants a stop reason"},
		{"{\"reply\":{\"calls\":[{\"tool\":\"@__x\",\"input\":{}}]}}", "rules[0]: reply.calls: call 1: @ needs"},
		{"{\"reply\":{}},{\"when\":{}}", "rules[1]: wants an object with a reply"},
	};
	char doc[400];
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		struct script *s = NULL;
		struct err e = {0};

		snprintf(doc, sizeof doc, "{\"format\":1,\"rules\":[%s]}", rows[i].rules);
		check_code(script_new(&s, slice_of(doc), &e), ERR_PROTO, &e);
		assert_null(s);
		if (strncmp(e.text, rows[i].words, strlen(rows[i].words)) != 0)
			fail_msg("%s is not %s", e.text, rows[i].words);
	}
}

static void test_a_hopeless_pattern_ends(void **state)
{
	struct talk t;
	char text[100];

	(void)state;
	talk_init(&t);
	talk_set_user(&t, slice_of("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"));
	assert_string_equal(reply_of("{\"when\":{\"user\":\"^(a+)+$\"},\"reply\":{\"text\":\"matched\"}},{\"reply\":{\"text\":\"passed by\"}}", &t, text, sizeof text),
	    "passed by");
	talk_release(&t);
}

/* --- the default script ----------------------------------------------------------- */

static struct script *default_script(void)
{
	const struct builtin *own = builtin_find(data_files, "practice/default.json");
	struct script *s = NULL;
	struct err e = {0};

	check_ok(script_new(&s, slice_make(own->bytes, own->len), &e), &e);
	return s;
}

/* An engineer with a repository; answers are given as the office frames them. */
static void engineer(struct talk *t, const char *goal)
{
	char text[1000];

	talk_init(t);
	talk_set_system(t, slice_of("You are Ada.\nrole: engineer\n"));
	snprintf(text, sizeof text, "The person's goal G1:\n%s\n\nYour task T1, a part of that goal: do it\nServe it.\n", goal);
	talk_set_user(t, slice_of(text));
	talk_add_tool(t, "repo__list_files");
	talk_add_tool(t, "repo__read_file");
	talk_add_tool(t, "repo__propose_patch");
}

/* Lets the script call a tool and answers it. */
static void step(struct script *s, struct talk *t, const char *tool, const char *answer, bool is_error, struct scripted *r)
{
	char id[32];

	script_reply(s, t, r);
	if (r->calls != 1)
		fail_msg("no call but: %s", r->text);
	assert_string_equal(r->call[0].tool, tool);
	snprintf(id, sizeof id, "id%zu", t->calls);
	talk_add_call(t, id, r->call[0].tool, r->call[0].input);
	assert_true(talk_add_result(t, id, slice_of(answer), is_error));
	t->answered = true;
	t->turns++;
}

static void test_the_engineer_reads_the_named_file_and_mends_it(void **state)
{
	struct script *s = default_script();
	struct scripted r;
	struct talk t;

	(void)state;
	engineer(&t, "Correct the spelling of \"recieve\" in docs/guide.md");
	step(s, &t, "repo__list_files", "<data id=\"0123456789ab\" from=\"repo\">\nREADME.md\ndocs/guide.md\nlink (symbolic link)\n(more; cursor: \"x\")\n</data 0123456789ab>", false, &r);
	scripted_release(&r);
	step(s, &t, "repo__read_file",
	    "<data id=\"0123456789ab\" from=\"repo\">\nblob: 55c211ded44cfd56e9ffdbb7b5c8f1f2f0ea0ee5\npath: docs/guide.md\n\n# Guide\n\nYou will recieve a number.\nIt is the count.\n</data 0123456789ab>",
	    false, &r);
	assert_string_equal(r.call[0].input, "{\"path\":\"docs/guide.md\"}");
	scripted_release(&r);
	/* that blob is not this content: nothing near its end can be told, so no patch of so short a file */
	script_reply(s, &t, &r);
	assert_int_equal(r.calls, 0);
	scripted_release(&r);
	assert_true(talk_add_result(&t, "id1", slice_of("blob: b1def3da4a3975c15f2b95ec86d90500b8694e2c\npath: docs/guide.md\n\n# Guide\n\nYou will recieve a number.\nIt is the count.\n"), false));
	step(s, &t, "repo__propose_patch", "Rejected by the person. Their reason: too terse\nNothing was done.", true, &r);
	assert_non_null(strstr(r.call[0].input, "-You will recieve a number.\\n+You will receive a number.\\n"));
	assert_non_null(strstr(r.call[0].input, "b1def3da4a3975c15f2b95ec86d90500b8694e2c"));
	scripted_release(&r);
	step(s, &t, "repo__propose_patch", "Approved and carried out.\nThe answer:\n{}", false, &r);
	assert_non_null(strstr(r.call[0].input, "too terse"));
	scripted_release(&r);
	script_reply(s, &t, &r);
	assert_int_equal(r.calls, 0);
	assert_non_null(strstr(r.text, "docs/guide.md is changed"));
	scripted_release(&r);
	talk_release(&t);
	script_free(s);
}

static void test_the_engineer_says_so_when_there_is_nothing(void **state)
{
	struct script *s = default_script();
	struct scripted r;
	struct talk t;

	(void)state;
	engineer(&t, "Anything");
	step(s, &t, "repo__list_files", "(the repository has no commits yet)\n", false, &r);
	scripted_release(&r);
	script_reply(s, &t, &r);
	assert_int_equal(r.calls, 0);
	assert_non_null(strstr(r.text, "empty"));
	scripted_release(&r);
	talk_release(&t);
	script_free(s);
}

static void test_a_file_that_cannot_be_read_gives_way_to_another(void **state)
{
	struct script *s = default_script();
	struct scripted r;
	struct talk t;

	(void)state;
	engineer(&t, "Anything");
	step(s, &t, "repo__list_files", "logo.png\nREADME\n\"odd\\tname.md\"\n", false, &r);
	scripted_release(&r);
	step(s, &t, "repo__read_file", "that file is binary; only text is read", true, &r);
	assert_string_equal(r.call[0].input, "{\"path\":\"README\"}");
	scripted_release(&r);
	step(s, &t, "repo__read_file", "x", true, &r);
	assert_string_equal(r.call[0].input, "{\"path\":\"odd\\tname.md\"}");
	scripted_release(&r);
	talk_release(&t);
	script_free(s);
}

static void test_the_ceo_plans_for_the_team_and_heeds_a_rejection(void **state)
{
	struct script *s = default_script();
	struct scripted r;
	struct talk t;
	cJSON *plan;
	struct err e = {0};

	(void)state;
	talk_init(&t);
	talk_set_system(&t, slice_of("You are Cora.\nrole: ceo\n\nThe team. Give every task to one of them, by name or role:\n"
	    "- ada, role engineer: Engineer. Tier standard. Tools: repo__read_file\n- wim, role writer: Writer. Tier routine. Tools: none\n"));
	talk_set_user(&t, slice_of("Today is 2026-11-23.\n\nThe person's goal G1:\nMake it \"nice\"\n\nPlan this goal: look.\n"));
	talk_add_tool(&t, "repo__list_files");
	talk_add_tool(&t, "submit_plan");
	step(s, &t, "repo__list_files", "a\nb\n", false, &r);
	scripted_release(&r);
	step(s, &t, "submit_plan", "Rejected by the person. Their reason: be bolder\nMake a plan that follows it.", true, &r);
	check_ok(json_parse(slice_of(r.call[0].input), &plan, &e), &e);
	assert_int_equal(cJSON_GetArraySize(json_array(plan, "tasks")), 3);
	assert_string_equal(json_text(cJSON_GetArrayItem(json_array(plan, "tasks"), 0), "agent"), "ada");
	assert_string_equal(json_text(cJSON_GetArrayItem(json_array(plan, "tasks"), 2), "agent"), "wim");
	assert_non_null(strstr(json_text(cJSON_GetArrayItem(json_array(plan, "tasks"), 0), "title"), "Make it \"nice\""));
	cJSON_Delete(plan);
	scripted_release(&r);
	step(s, &t, "submit_plan", "The plan is approved. The tasks have been made.", false, &r);
	assert_non_null(strstr(r.call[0].input, "be bolder"));
	scripted_release(&r);
	script_reply(s, &t, &r);
	assert_int_equal(r.calls, 0);
	scripted_release(&r);
	talk_release(&t);
	script_free(s);
}

static void test_who_has_no_tools_closes_in_words(void **state)
{
	struct script *s = default_script();
	struct scripted r;
	struct talk t;

	(void)state;
	talk_init(&t);
	talk_set_system(&t, slice_of("role: oracle"));
	talk_set_user(&t, slice_of("What now?"));
	script_reply(s, &t, &r);
	assert_int_equal(r.calls, 0);
	assert_non_null(strstr(r.text, "What now?"));
	scripted_release(&r);
	talk_release(&t);
	script_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules_are_tried_in_order_and_groups_fill_templates),
		cmocka_unit_test(test_a_function_without_an_answer_passes_the_rule_by),
		cmocka_unit_test(test_at_is_one_connector_that_offers_all),
		cmocka_unit_test(test_a_broken_script_says_where),
		cmocka_unit_test(test_a_hopeless_pattern_ends),
		cmocka_unit_test(test_the_engineer_reads_the_named_file_and_mends_it),
		cmocka_unit_test(test_the_engineer_says_so_when_there_is_nothing),
		cmocka_unit_test(test_a_file_that_cannot_be_read_gives_way_to_another),
		cmocka_unit_test(test_the_ceo_plans_for_the_team_and_heeds_a_rejection),
		cmocka_unit_test(test_who_has_no_tools_closes_in_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
