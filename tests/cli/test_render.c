/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <string.h>

#include "base/clock.h"
#include "cli/private.h"

static void expect_rendered(const char *json, const char *columns, int cols, const char *wanted)
{
	cJSON *doc = NULL;
	struct buf out;
	struct err e;

	buf_init(&out, 0);
	check_ok(json_parse(slice_of(json), &doc, &e), &e);
	render_document(&out, doc, columns, cols);
	assert_string_equal(buf_text(&out), wanted);
	cJSON_Delete(doc);
	buf_release(&out);
}

static void expect_shown(const char *verb, const char *json, const char *wanted)
{
	cJSON *doc = NULL;
	struct buf out;
	struct err e;

	buf_init(&out, 0);
	check_ok(json_parse(slice_of(json), &doc, &e), &e);
	assert_non_null(show_find(verb));
	show_find(verb)(&out, doc, false);
	assert_string_equal(buf_text(&out), wanted);
	cJSON_Delete(doc);
	buf_release(&out);
}

static void test_columns_have_their_forms(void **state)
{
	(void)state;
	expect_rendered("[{\"id\":3,\"state\":\"done\",\"turns\":12,\"cost_usd\":\"1.5\",\"goal\":0},{\"id\":14,\"state\":\"ready\",\"turns\":7,\"cost_usd\":\"0.004\",\"goal\":0}]",
	    "id=T goal=G state turns=% cost_usd=$", 0,
	    "ID   STATE  TURNS    COST\n"
	    "T3   done      12   $1.50\n"
	    "T14  ready      7  <$0.01\n");
}

static void test_times_are_shown_in_the_zone(void **state)
{
	(void)state;
	clock_use_zone("UTC");
	expect_rendered("[{\"created\":\"2026-11-23T09:05:00.000000Z\"}]", NULL, 0, "CREATED\n2026-11-23 09:05\n");
}

static void test_a_narrow_terminal_cuts_the_widest_column(void **state)
{
	(void)state;
	expect_rendered("[{\"id\":1,\"text\":\"a long text that does not fit\"}]", "id=G text", 20,
	    "ID  TEXT\n"
	    "G1  a long text tha…\n");
}

static void test_outside_text_cannot_move_the_cursor(void **state)
{
	cJSON *doc = NULL;
	struct buf out;
	struct err e;

	(void)state;
	buf_init(&out, 0);
	check_ok(json_parse(slice_of("[{\"text\":\"a\\u001b[2Jb\\rc\\nd\\u202ee\"}]"), &doc, &e), &e);
	render_document(&out, doc, NULL, 0);
	assert_null(strchr(buf_text(&out), '\033'));
	assert_null(strchr(buf_text(&out), '\r'));
	assert_null(strstr(buf_text(&out), "\xe2\x80\xae"));
	/* A head and one row: the newline inside made no third. */
	assert_ptr_equal(strchr(strchr(buf_text(&out), '\n') + 1, '\n') + 1, buf_text(&out) + out.len);
	cJSON_Delete(doc);
	buf_release(&out);
}

static void test_an_empty_list_says_so(void **state)
{
	(void)state;
	expect_rendered("[]", "id=C limit_usd=$", 0, "None.\n");
}

static void test_objects_are_names_and_values(void **state)
{
	(void)state;
	expect_rendered("{\"name\":\"acme\",\"cost_usd\":\"0.0123456\",\"worker\":null,\"ok\":true,\"tools\":[\"a\",\"b\"]}", NULL, 0,
	    "name:     acme\n"
	    "cost_usd: $0.0123456\n"
	    "ok:       yes\n"
	    "tools:    a, b\n");
}

static void test_an_approval_is_shown_whole_with_its_marks(void **state)
{
	(void)state;
	expect_shown("approval show",
	    "{\"id\":7,\"state\":\"fired\",\"payload\":\"x\",\"preview\":[{\"role\":\"field\",\"name\":\"title\",\"text\":\"T\"},{\"role\":\"add\",\"text\":\"+new\"},"
	    "{\"role\":\"note\",\"text\":\"ends in blanks\"},{\"role\":\"warn\",\"text\":\"careful\"}],\"receipt\":\"commit 1\"}",
	    "id:      7\nstate:   fired\n\nWhat would be done, the whole of it:\ntitle: T\n+new\n  ^ ends in blanks\n! careful\n\nReceipt:\n  commit 1\n");
}

static void test_spending_ends_in_its_total(void **state)
{
	(void)state;
	expect_shown("spend",
	    "{\"by\":\"vendor\",\"rows\":[{\"vendor\":\"anthropic\",\"calls\":2,\"cost_usd\":\"0.25\"}],\"total\":{\"calls\":2,\"cost_usd\":\"0.25\"}}",
	    "VENDOR     CALLS   COST\n"
	    "anthropic      2  $0.25\n"
	    "total          2  $0.25\n");
}

static void test_csv_quotes_and_disarms_formulas(void **state)
{
	cJSON *doc = NULL;
	struct buf out;
	struct err e;

	(void)state;
	buf_init(&out, 0);
	check_ok(json_parse(slice_of("{\"rows\":[{\"model\":\"a,\\\"b\\\"\",\"calls\":1},{\"model\":\"=1+1\",\"calls\":2}]}"), &doc, &e), &e);
	show_csv(&out, doc);
	assert_string_equal(buf_text(&out), "model,calls\n\"a,\"\"b\"\"\",1\n'=1+1,2\n");
	cJSON_Delete(doc);
	buf_release(&out);
}

static void test_help_names_every_verb_and_option(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	help_program(&out);
	for (const struct verb *v = verb_table; v->path != NULL; v++)
		assert_non_null(strstr(buf_text(&out), v->path));
	for (const struct verb *v = verb_table; v->path != NULL; v++) {
		buf_clear(&out);
		help_verb(&out, v);
		for (const struct verb_option *o = v->options; o != NULL && o->name != NULL; o++)
			assert_non_null(strstr(buf_text(&out), o->name));
	}
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_columns_have_their_forms),
		cmocka_unit_test(test_times_are_shown_in_the_zone),
		cmocka_unit_test(test_a_narrow_terminal_cuts_the_widest_column),
		cmocka_unit_test(test_outside_text_cannot_move_the_cursor),
		cmocka_unit_test(test_an_empty_list_says_so),
		cmocka_unit_test(test_objects_are_names_and_values),
		cmocka_unit_test(test_an_approval_is_shown_whole_with_its_marks),
		cmocka_unit_test(test_spending_ends_in_its_total),
		cmocka_unit_test(test_csv_quotes_and_disarms_formulas),
		cmocka_unit_test(test_help_names_every_verb_and_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
