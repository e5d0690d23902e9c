/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "desk/verb.h"

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* What is parsed borrows argv until the next parse. */
static enum err_code parse(const char *const *words, struct verb_words *w, struct err *e)
{
	static char *argv[32];
	int n = 0;

	err_clear(e);
	for (; words[n] != NULL; n++) {
		free(argv[n]);
		argv[n] = strdup(words[n]);
	}
	free(argv[n]);
	argv[n] = NULL;
	return verb_parse(n, argv, w, e);
}

static enum err_code to_op(const char *const *argv, struct op *op, struct err *e)
{
	struct verb_words w;
	enum err_code code = parse(argv, &w, e);

	*op = (struct op){.kind = OP_NONE};
	return code == ERR_OK ? w.verb->to_op(&w, op, e) : code;
}

static enum err_code to_query(const char *const *argv, struct query *q, struct err *e)
{
	static struct verb_words w;
	enum err_code code = parse(argv, &w, e);

	*q = (struct query){.id = 0};
	return code == ERR_OK ? w.verb->to_query(&w, q, e) : code;
}

static void test_every_row_can_be_asked_for(void **state)
{
	(void)state;
	for (const struct verb *v = verb_table; v->path != NULL; v++) {
		assert_ptr_equal(verb_find(v->path), v);
		assert_non_null(v->help);
		assert_int_equal((v->to_op != NULL) + (v->to_query != NULL), (v->flags & VERB_FACE) != 0 ? 0 : 1);
		assert_true(v->words_max < 0 || v->words_max >= v->words_min);
		for (const struct verb_option *o = v->options; o != NULL && o->name != NULL; o++)
			for (const struct verb_option *g = verb_globals; g->name != NULL; g++)
				assert_string_not_equal(o->name, g->name);
	}
}

static void test_no_words_are_the_console(void **state)
{
	struct verb_words w;
	struct err e;

	(void)state;
	check_ok(parse(WORDS(NULL), &w, &e), &e);
	assert_string_equal(w.verb->path, "attach");
	check_ok(parse(WORDS("--plain", "--color=never"), &w, &e), &e);
	assert_string_equal(w.verb->path, "attach");
	assert_non_null(verb_value(&w, "--plain"));
	assert_string_equal(verb_value(&w, "--color"), "never");
}

static void test_common_options_stand_before_and_after_the_verb(void **state)
{
	struct verb_words w;
	struct err e;

	(void)state;
	check_ok(parse(WORDS("-w", "acme", "goal", "--home=/h", "list", "--json"), &w, &e), &e);
	assert_string_equal(w.verb->path, "goal list");
	assert_string_equal(verb_value(&w, "--workspace"), "acme");
	assert_string_equal(verb_value(&w, "--home"), "/h");
	assert_non_null(verb_value(&w, "--json"));
	check_ok(parse(WORDS("--json", "spend", "--json", "-wa", "-w", "b"), &w, &e), &e);
	assert_string_equal(verb_value(&w, "--workspace"), "b");
}

static void test_a_value_that_looks_like_an_option_is_a_value(void **state)
{
	struct op op;
	struct err e;

	(void)state;
	check_ok(to_op(WORDS("approval", "reject", "7", "--reason", "--json is what I wanted"), &op, &e), &e);
	assert_string_equal(op.text, "--json is what I wanted");
	assert_int_equal(op.id, 7);
	op_release(&op);
}

static void test_long_names_may_be_cut_while_unique(void **state)
{
	struct verb_words w;
	struct err e;

	(void)state;
	check_ok(parse(WORDS("spend", "--sin", "2026-11-01"), &w, &e), &e);
	assert_string_equal(verb_value(&w, "--since"), "2026-11-01");
	check_code(parse(WORDS("price", "quote", "--cache-write", "1", "--vendor", "v", "--model", "m"), &w, &e), ERR_USAGE, &e);
}

static void test_unknown_verbs_name_the_nearest(void **state)
{
	struct verb_words w;
	struct err e;

	(void)state;
	check_code(parse(WORDS("spand"), &w, &e), ERR_USAGE, &e);
	assert_non_null(strstr(e.mend, "'spend'"));
	check_code(parse(WORDS("goal", "lst"), &w, &e), ERR_USAGE, &e);
	assert_non_null(strstr(e.mend, "'goal list'"));
	check_code(parse(WORDS("gaol", "list"), &w, &e), ERR_USAGE, &e);
	assert_non_null(strstr(e.mend, "goal"));
	check_code(parse(WORDS("statement", "compare"), &w, &e), ERR_USAGE, &e);
	assert_non_null(strstr(e.text, "statement"));
}

static void test_unknown_options_name_the_nearest(void **state)
{
	struct verb_words w;
	struct err e;

	(void)state;
	check_code(parse(WORDS("run", "--until-idel"), &w, &e), ERR_USAGE, &e);
	assert_non_null(strstr(e.mend, "--until-idle"));
	check_code(parse(WORDS("run", "-x"), &w, &e), ERR_USAGE, &e);
}

static void test_half_a_verb_lists_its_words(void **state)
{
	struct verb_words w;
	struct err e;

	(void)state;
	check_code(parse(WORDS("cap"), &w, &e), ERR_USAGE, &e);
	assert_string_equal(e.mend, "one of set, list, remove");
}

static void test_missing_and_surplus_words_are_refused(void **state)
{
	struct verb_words w;
	struct err e;

	(void)state;
	check_code(parse(WORDS("goal", "show"), &w, &e), ERR_USAGE, &e);
	check_code(parse(WORDS("goal", "show", "1", "2"), &w, &e), ERR_USAGE, &e);
	check_code(parse(WORDS("approval", "approve", "1"), &w, &e), ERR_USAGE, &e);
	assert_non_null(strstr(e.text, "--hash"));
	check_code(parse(WORDS("run", "--for"), &w, &e), ERR_USAGE, &e);
	check_code(parse(WORDS("run", "--until-idle=yes"), &w, &e), ERR_USAGE, &e);
	check_code(parse(WORDS("run", "--for", "1", "--for", "2"), &w, &e), ERR_USAGE, &e);
}

static void test_help_needs_nothing_else(void **state)
{
	struct verb_words w;
	struct err e;

	(void)state;
	check_ok(parse(WORDS("approval", "approve", "--help"), &w, &e), &e);
	assert_string_equal(w.verb->path, "approval approve");
	check_ok(parse(WORDS("goal", "--help"), &w, &e), &e);
	assert_null(w.verb);
	assert_string_equal(w.word[0], "goal");
	check_ok(parse(WORDS("-h"), &w, &e), &e);
	assert_null(w.verb);
	assert_int_equal(w.words, 0);
}

static void test_two_dashes_end_the_options(void **state)
{
	struct op op;
	struct verb_words w;
	struct err e;

	(void)state;
	check_ok(to_op(WORDS("goal", "add", "--cap", "0.25", "--", "-h", "is", "missing"), &op, &e), &e);
	assert_string_equal(op.text, "-h is missing");
	assert_int_equal(op.money_pd, INT64_C(250000000000));
	op_release(&op);
	check_ok(parse(WORDS("connector", "add", "x", "--type", "mcp", "--", "server", "--json"), &w, &e), &e);
	assert_null(verb_value(&w, "--json"));
	assert_string_equal(w.rest[1], "--json");
	check_ok(to_op(WORDS("connector", "add", "x", "--type", "mcp", "--", "server", "--a b"), &op, &e), &e);
	assert_string_equal(op.command, "[\"server\",\"--a b\"]");
	op_release(&op);
}

static void test_ids_have_their_letter_or_none(void **state)
{
	struct op op;
	struct err e;

	(void)state;
	check_ok(to_op(WORDS("task", "cancel", "T12"), &op, &e), &e);
	assert_int_equal(op.id, 12);
	check_ok(to_op(WORDS("task", "cancel", "12"), &op, &e), &e);
	assert_int_equal(op.kind, OP_TASK_CANCEL);
	check_code(to_op(WORDS("task", "cancel", "G12"), &op, &e), ERR_USAGE, &e);
	check_code(to_op(WORDS("task", "cancel", "0"), &op, &e), ERR_USAGE, &e);
}

static void test_caps_name_scope_window_and_money(void **state)
{
	struct op op;
	struct err e;

	(void)state;
	check_ok(to_op(WORDS("cap", "set", "--scope", "goal:G3", "--window", "total", "--usd", "1.5", "--warn", "90"), &op, &e), &e);
	assert_int_equal(op.cap.scope, SCOPE_GOAL);
	assert_string_equal(op.cap.ref, "3");
	assert_int_equal(op.cap.window, WINDOW_TOTAL);
	assert_int_equal(op.cap.limit_pd, INT64_C(1500000000000));
	assert_int_equal(op.cap.warn_percent, 90);
	check_code(to_op(WORDS("cap", "set", "--scope", "workspace:x", "--window", "day", "--usd", "1"), &op, &e), ERR_USAGE, &e);
	check_code(to_op(WORDS("cap", "set", "--scope", "vendor", "--window", "day", "--usd", "1"), &op, &e), ERR_USAGE, &e);
	check_code(to_op(WORDS("cap", "set", "--scope", "workspace", "--window", "week", "--usd", "1"), &op, &e), ERR_USAGE, &e);
	check_code(to_op(WORDS("cap", "set", "--scope", "workspace", "--window", "day", "--usd", "-1"), &op, &e), ERR_USAGE, &e);
	check_code(to_op(WORDS("cap", "set", "--scope", "workspace", "--window", "day", "--usd", "lots"), &op, &e), ERR_USAGE, &e);
}

static void test_a_hash_is_read_whole_or_refused(void **state)
{
	char hash[] = "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff", cut[] = "sha256:0011";
	struct op op;
	struct err e;

	(void)state;
	check_ok(to_op(WORDS("approval", "approve", "A7", "--hash", hash), &op, &e), &e);
	assert_true(op.has_hash);
	assert_int_equal(op.hash.b[1], 0x11);
	op_release(&op);
	check_code(to_op(WORDS("approval", "approve", "A7", "--hash", cut), &op, &e), ERR_USAGE, &e);
	op_release(&op);
}

static void test_times_are_dates_or_so_long_ago(void **state)
{
	struct query q;
	struct err e;
	int64_t now = clock_now_us();

	(void)state;
	check_ok(to_query(WORDS("spend", "--since", "2026-11-23"), &q, &e), &e);
	assert_int_equal(q.since_day, INT64_C(1795392000000000) / US_PER_DAY);	/* of the workspace's zone */
	assert_int_equal(q.since_us, 0);
	q = (struct query){.id = 0};
	check_ok(to_query(WORDS("spend", "--since", "2026-11-23T00:00:00Z", "--until", "today"), &q, &e), &e);
	assert_int_equal(q.since_us, INT64_C(1795392000000000));
	assert_int_equal(q.until_day, QUERY_TODAY);
	q = (struct query){.id = 0};
	check_ok(to_query(WORDS("spend", "--since", "12h", "--by", "model"), &q, &e), &e);
	assert_true(q.since_us >= now - 12 * 3600 * US_PER_S && q.since_us <= clock_now_us() - 12 * 3600 * US_PER_S);
	assert_string_equal(q.by, "model");
	check_code(to_query(WORDS("spend", "--since", "soon"), &q, &e), ERR_USAGE, &e);
	check_code(to_query(WORDS("spend", "--by", "colour"), &q, &e), ERR_USAGE, &e);
}

static void test_quotes_take_whole_counts_only(void **state)
{
	struct query q;
	struct err e;

	(void)state;
	check_ok(to_query(WORDS("price", "quote", "--vendor", "anthropic", "--model", "m", "--input", "1000", "--cache-write-1h", "7"), &q, &e), &e);
	assert_int_equal(q.quote.input, 1000);
	assert_int_equal(q.quote.write_1h, 7);
	check_code(to_query(WORDS("price", "quote", "--vendor", "anthropic", "--model", "m", "--input", "1e3"), &q, &e), ERR_USAGE, &e);
	check_code(to_query(WORDS("price", "quote", "--vendor", "anthropic", "--model", "m", "--input", "-1"), &q, &e), ERR_USAGE, &e);
}

static void test_a_line_splits_as_in_a_shell(void **state)
{
	char line[] = " goal add 'it''s' \"a \\\"b\\\" c\" d\\ e '' ", open[] = "say \"hello";
	char *argv[8];
	struct err e;
	int argc;

	(void)state;
	check_ok(verb_split(line, argv, 8, &argc, &e), &e);
	assert_int_equal(argc, 6);
	assert_string_equal(argv[2], "its");
	assert_string_equal(argv[3], "a \"b\" c");
	assert_string_equal(argv[4], "d e");
	assert_string_equal(argv[5], "");
	check_code(verb_split(open, argv, 8, &argc, &e), ERR_USAGE, &e);
}

static void test_agents_are_paused_or_resumed_not_both(void **state)
{
	struct op op;
	struct err e;

	(void)state;
	check_ok(to_op(WORDS("agent", "set", "Ada", "--tool", "repo.read_file", "--tool", "repo.search", "--tier", "top", "--pause"), &op, &e), &e);
	assert_string_equal(op.tools, "[\"repo.read_file\",\"repo.search\"]");
	assert_true(op.has_tier && op.tier == TIER_TOP && op.has_pause && op.pause);
	op_release(&op);
	check_code(to_op(WORDS("agent", "set", "Ada", "--pause", "--resume"), &op, &e), ERR_USAGE, &e);
	op_release(&op);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_row_can_be_asked_for),
		cmocka_unit_test(test_no_words_are_the_console),
		cmocka_unit_test(test_common_options_stand_before_and_after_the_verb),
		cmocka_unit_test(test_a_value_that_looks_like_an_option_is_a_value),
		cmocka_unit_test(test_long_names_may_be_cut_while_unique),
		cmocka_unit_test(test_unknown_verbs_name_the_nearest),
		cmocka_unit_test(test_unknown_options_name_the_nearest),
		cmocka_unit_test(test_half_a_verb_lists_its_words),
		cmocka_unit_test(test_missing_and_surplus_words_are_refused),
		cmocka_unit_test(test_help_needs_nothing_else),
		cmocka_unit_test(test_two_dashes_end_the_options),
		cmocka_unit_test(test_ids_have_their_letter_or_none),
		cmocka_unit_test(test_caps_name_scope_window_and_money),
		cmocka_unit_test(test_a_hash_is_read_whole_or_refused),
		cmocka_unit_test(test_times_are_dates_or_so_long_ago),
		cmocka_unit_test(test_quotes_take_whole_counts_only),
		cmocka_unit_test(test_a_line_splits_as_in_a_shell),
		cmocka_unit_test(test_agents_are_paused_or_resumed_not_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
