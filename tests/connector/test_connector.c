/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The client against a server that misbehaves (fake_server.py), through the real claviger-confine. */
#include "check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "connector/connector.h"
#include "connector/loop.h"

#define FAKE TOP_SRCDIR "/tests/connector/fake_server.py"
#define CONFINE TOP_BUILDDIR "/libexec/claviger/claviger-confine"
static struct connector_spec spec_of(const char *const *argv)
{
	static const char *const read_paths[] = {TOP_SRCDIR "/tests/connector", NULL};

	return (struct connector_spec){.argv = argv, .read_paths = read_paths, .confine = CONFINE};
}

static struct connector *launch(const char *mode)
{
	const char *const argv[] = {"python3", FAKE, mode, NULL};
	struct connector_spec spec = spec_of(argv);
	struct connector *c = connector_new("fake");
	struct err e = {0};

	check_ok(connector_start(c, &spec, clock_steady_us(), &e), &e);
	return c;
}

static struct connector *running(const char *mode)
{
	struct connector *c = launch(mode);

	until_life(c, LIFE_RUNNING);
	return c;
}

static void ask(struct connector *c, const char *tool, const char *args, int64_t limit_us, struct answer *a)
{
	struct connector_call call = {.tool = tool, .args = slice_of(args), .task = 12, .limit_us = limit_us};
	struct err e = {0};

	*a = (struct answer){.count = 0};
	check_ok(connector_call(c, &call, clock_steady_us(), on_done, a, NULL, &e), &e);
	assert_int_equal(a->count, 0);	/* never from inside the call */
}

static struct answer asked(struct connector *c, const char *tool, const char *args)
{
	struct answer a;

	ask(c, tool, args, 0, &a);
	until_answer(c, &a);
	return a;
}

static void test_speaks_to_an_older_server(void **state)
{
	struct connector *c = running("plain");
	struct answer a = asked(c, "echo", "{\"x\":\"hello\"}");

	(void)state;
	assert_string_equal(connector_protocol(c), "2025-06-18");
	assert_int_equal(a.result, TOOL_OK);
	assert_string_equal(a.text, "HELLO");
	connector_free(c);
}

static void test_speaks_to_a_newer_server_without_handshake(void **state)
{
	struct connector *c = running("modern");
	struct answer a = asked(c, "echo", "{\"x\":\"hello\"}");

	(void)state;
	assert_string_equal(connector_protocol(c), "2026-07-28");
	assert_string_equal(a.text, "HELLO");
	connector_free(c);
}

static void test_newlines_between_tokens_do_not_break_the_line(void **state)
{
	struct connector *c = running("plain");
	struct answer a = asked(c, "echo", "{\n\t\"x\":\r\n \"a\\nb\"\n}");

	(void)state;
	assert_int_equal(a.result, TOOL_OK);
	assert_string_equal(a.text, "A\nB");
	connector_free(c);
}

static void test_pages_of_tools_are_joined_in_order(void **state)
{
	struct connector *c = running("pages");

	(void)state;
	assert_int_equal(connector_tool_count(c), 5);
	assert_string_equal(connector_tool(c, 4)->name, "t4");
	connector_free(c);
}

static void test_a_list_without_end_stops_the_server(void **state)
{
	struct connector *c = launch("no_end");

	(void)state;
	until_life(c, LIFE_FAILING);
	assert_non_null(strstr(connector_reason(c), "does not end"));
	connector_free(c);
}

static void test_names_out_of_bounds_are_left_out(void **state)
{
	struct connector *c = running("names");

	(void)state;
	assert_int_equal(connector_tool_count(c), 2);
	assert_string_equal(connector_tool(c, 0)->name, "ok");
	assert_string_equal(connector_tool(c, 1)->name, "fine.2");
	connector_free(c);
}

static void test_a_strangers_hints_never_lower_an_effect(void **state)
{
	struct connector *c = running("hints");

	(void)state;
	assert_int_equal(connector_tool_find(c, "soft")->effect, EFFECT_SEND);
	assert_false(connector_tool_find(c, "soft")->says_destructive);
	assert_true(connector_tool_find(c, "hard")->says_destructive);
	connector_free(c);
}

/* I11: the pin is checked at the call, against what the server says now. */
static void test_i11_a_changed_definition_is_refused_at_the_call(void **state)
{
	struct connector *c = running("changes");
	struct hash pin = connector_tool_find(c, "echo")->hash;
	unsigned generation = connector_tools_generation(c);
	struct connector_call call = {.tool = "echo", .args = slice_of("{}"), .pin = &pin};
	int64_t end = clock_steady_us() + PATIENCE;
	struct answer a = {.count = 0};
	struct err e = {0};

	(void)state;
	check_ok(connector_call(c, &call, clock_steady_us(), on_done, &a, NULL, &e), &e);
	until_answer(c, &a);
	while (connector_tools_generation(c) == generation && clock_steady_us() < end)
		turn(c);
	assert_int_equal(connector_tools_generation(c), generation + 1);
	check_code(connector_call(c, &call, clock_steady_us(), on_done, &a, NULL, &e), ERR_CONFLICT, &e);
	assert_non_null(strstr(connector_tool_find(c, "echo")->definition, "something else"));
	connector_free(c);
}

static void test_the_definition_hash_is_the_same_at_every_start(void **state)
{
	struct connector *one = running("plain"), *two = running("plain");

	(void)state;
	assert_true(hash_same(&connector_tool_find(one, "echo")->hash, &connector_tool_find(two, "echo")->hash));
	assert_false(hash_same(&connector_tool_find(one, "echo")->hash, &connector_tool_find(two, "slow")->hash));
	connector_free(one);
	connector_free(two);
}

/* I2: what a crash leaves is unknown, not failed, and never sent again. */
static void test_i2_death_in_the_middle_of_a_call_is_unknown(void **state)
{
	struct connector *c = running("plain");
	struct answer a = asked(c, "die", "{}");

	(void)state;
	assert_int_equal(a.result, TOOL_UNKNOWN);
	assert_int_equal(connector_life(c), LIFE_FAILING);
	assert_string_equal(connector_reason(c), "it ended");
	connector_free(c);
}

static void test_i2_a_call_that_never_left_is_not_sent(void **state)
{
	struct connector *c = running("plugged");
	char *filler = xmalloc(1 << 20);
	struct answer first, second;
	char *args;

	(void)state;
	/* The server reads no more: the first call fills the pipe, the second never enters it. */
	memset(filler, 'x', (1 << 20) - 1);
	filler[(1 << 20) - 1] = '\0';
	args = xasprintf("{\"x\":\"%s\"}", filler);
	ask(c, "slow", args, 0, &first);
	ask(c, "echo", "{}", 0, &second);
	connector_stop(c, clock_steady_us());
	assert_int_equal(first.result, TOOL_UNKNOWN);
	assert_int_equal(second.result, TOOL_NOT_SENT);
	assert_int_equal(first.count + second.count, 2);
	free(args);
	free(filler);
	connector_free(c);
}

static void test_no_answer_in_time_is_unknown_and_the_server_lives_on(void **state)
{
	struct connector *c = running("plain");
	struct answer a;

	(void)state;
	ask(c, "slow", "{}", 100 * US_PER_MS, &a);
	until_answer(c, &a);
	assert_int_equal(a.result, TOOL_UNKNOWN);
	a = asked(c, "echo", "{\"x\":\"still here\"}");
	assert_string_equal(a.text, "STILL HERE");
	connector_free(c);
}

static void test_answers_to_other_ids_are_dropped(void **state)
{
	struct connector *c = running("plain");
	struct answer a = asked(c, "wrong", "{}");

	(void)state;
	assert_string_equal(a.text, "right");
	connector_free(c);
}

static void test_errors_keep_apart_what_was_not_begun(void **state)
{
	struct connector *c = running("plain");
	struct answer a;

	(void)state;
	assert_int_equal(asked(c, "vague", "{}").result, TOOL_UNKNOWN);
	assert_int_equal(asked(c, "invalid", "{}").result, TOOL_FAILED);
	assert_int_equal(asked(c, "says_error", "{}").result, TOOL_FAILED);
	a = asked(c, "ask", "{}");
	assert_int_equal(a.result, TOOL_ASKS);
	assert_non_null(strstr(a.text, "It says: Which account?\n- account: its number"));
	connector_free(c);
}

static void test_contents_are_joined_and_others_named(void **state)
{
	struct connector *c = running("plain");
	struct answer a = asked(c, "parts", "{}");

	(void)state;
	assert_string_equal(a.text, "one\n[image: image/png]\ntwo\nthree");
	assert_string_equal(a.structured, "{\"n\": 1.5}");
	connector_free(c);
}

static void test_i2_what_does_not_fit_its_promise_is_unknown_and_says_why(void **state)
{
	struct connector *c = running("promises");
	struct answer a = asked(c, "kept", "{}");

	(void)state;
	assert_int_equal(a.result, TOOL_OK);
	a = asked(c, "broken", "{}");
	assert_int_equal(a.result, TOOL_UNKNOWN);
	assert_string_equal(a.text, "its answer is not what its outputSchema promises (n is of another type): what it did is not known");
	a = asked(c, "error", "{}");	/* of an error nothing was promised */
	assert_int_equal(a.result, TOOL_FAILED);
	connector_free(c);
}

static void test_a_message_too_long_stops_the_server(void **state)
{
	struct connector *c = running("plain");
	struct answer a = asked(c, "huge", "{}");

	(void)state;
	assert_int_equal(a.result, TOOL_UNKNOWN);
	assert_string_equal(connector_reason(c), "it sent a message that is too long");
	connector_free(c);
}

static void test_garbage_stops_the_server(void **state)
{
	struct connector *c = launch("garbage");

	(void)state;
	until_life(c, LIFE_FAILING);
	assert_string_equal(connector_reason(c), "it sent what is no JSON-RPC");
	connector_free(c);
}

static void test_a_line_without_end_stops_the_server(void **state)
{
	struct connector *c = launch("endless");

	(void)state;
	until_life(c, LIFE_FAILING);
	assert_string_equal(connector_reason(c), "it sent a message that is too long");
	connector_free(c);
}

static void test_what_does_not_end_stops_the_server(void **state)
{
	static const struct {
		const char *mode, *reason;
	} cases[] = {{"flood", "it lists more tools than can be taken"}, {"relists", "it changes its tools without end"},
		{"chatter", "it talks without end and answers nothing"}, {"schema", "it sent what is no JSON-RPC"}};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		struct connector *c = launch(cases[i].mode);

		until_life(c, LIFE_FAILING);
		assert_string_equal(connector_reason(c), cases[i].reason);
		connector_free(c);
	}
}

static void test_a_slow_drip_is_read_to_its_end(void **state)
{
	struct connector *c = running("drip");

	(void)state;
	assert_non_null(connector_tool_find(c, "echo"));
	connector_free(c);
}

static void test_requests_of_the_server_are_refused(void **state)
{
	struct connector *c = running("requests");

	(void)state;
	assert_true(connector_tool_count(c) > 0);
	connector_free(c);
}

static void test_an_unknown_version_is_refused(void **state)
{
	struct connector *c = launch("old");

	(void)state;
	until_life(c, LIFE_FAILING);
	assert_non_null(strstr(connector_reason(c), "version of MCP"));
	connector_free(c);
}

static void test_a_server_that_dies_of_discover_starts_the_second_time(void **state)
{
	const char *const argv[] = {"python3", FAKE, "exits_at_discover", NULL};
	struct connector_spec spec = spec_of(argv);
	struct connector *c = launch("exits_at_discover");
	struct err e = {0};

	(void)state;
	until_life(c, LIFE_FAILING);
	check_ok(connector_start(c, &spec, clock_steady_us(), &e), &e);
	until_life(c, LIFE_RUNNING);
	assert_string_equal(connector_protocol(c), "2025-06-18");
	connector_free(c);
}

static void test_stderr_is_kept_and_bounded(void **state)
{
	struct connector *c = running("noisy");
	int64_t end = clock_steady_us() + PATIENCE;
	struct slice log;

	(void)state;
	do {
		turn(c);
		log = connector_log(c);
	} while ((log.len < 7 || memcmp(log.p + log.len - 7, "THE END", 7) != 0) && clock_steady_us() < end);
	assert_int_equal(log.len, CONNECTOR_LOG_MAX);
	assert_memory_equal(log.p + log.len - 7, "THE END", 7);
	connector_free(c);
}

static void test_stop_ends_a_server_that_listens(void **state)
{
	struct connector *c = running("plain");
	int64_t start = clock_steady_us();

	(void)state;
	connector_stop(c, start);
	until_life(c, LIFE_STOPPED);
	assert_true(clock_steady_us() - start < 2 * US_PER_S);
	assert_int_equal(connector_fds(c, (struct connector_fd[CONNECTOR_FDS]){{0, 0}}), 0);
	connector_free(c);
}

static void test_stop_ends_a_server_that_does_not_listen(void **state)
{
	struct connector *c = launch("deaf");

	(void)state;
	connector_stop(c, clock_steady_us());
	until_life(c, LIFE_STOPPED);
	assert_int_equal(connector_life(c), LIFE_STOPPED);
	connector_free(c);
}

static void test_i5_a_child_inherits_only_what_is_granted(void **state)
{
	const char *const argv[] = {"python3", FAKE, "plain", NULL}, *const env[] = {"ZONE=UTC", NULL};
	struct connector_spec spec = spec_of(argv);
	struct connector *c = connector_new("fake");
	struct secret *value = secret_new(32);
	struct answer a;
	struct err e = {0};

	(void)state;
	assert_non_null(value);
	assert_int_equal(secret_set(value, "s3cret", 6), 0);
	setenv("ANTHROPIC_API_KEY", "must not be seen", 1);
	spec.env = env;
	spec.secret_env = "TOKEN";
	spec.secret_env_value = value;
	check_ok(connector_start(c, &spec, clock_steady_us(), &e), &e);
	until_life(c, LIFE_RUNNING);
	a = asked(c, "env", "{}");
	assert_string_equal(a.text, "{\"env\": [\"LANG\", \"PATH\", \"TOKEN\", \"ZONE\"], \"fds\": [], \"token\": \"s3cret\"}");
	unsetenv("ANTHROPIC_API_KEY");
	secret_free(value);
	connector_free(c);
}

static void test_calls_need_a_running_server_and_a_known_tool(void **state)
{
	struct connector *c = connector_new("fake");
	struct connector_call call = {.tool = "echo", .args = slice_of("{}")};
	struct answer a = {.count = 0};
	struct err e = {0};

	(void)state;
	check_code(connector_call(c, &call, 0, on_done, &a, NULL, &e), ERR_ILLEGAL, &e);
	connector_free(c);
	c = running("plain");
	call.tool = "no_such";
	check_code(connector_call(c, &call, clock_steady_us(), on_done, &a, NULL, &e), ERR_MISSING, &e);
	assert_int_equal(a.count, 0);
	connector_free(c);
}

static void test_a_program_that_is_not_there_fails_with_a_reason(void **state)
{
	const char *const argv[] = {"no-such-program-anywhere", NULL};
	struct connector_spec spec = spec_of(argv);
	struct connector *c = connector_new("fake");
	struct err e = {0};

	(void)state;
	check_code(connector_start(c, &spec, clock_steady_us(), &e), ERR_MISSING, &e);
	assert_int_equal(connector_life(c), LIFE_FAILING);
	assert_string_equal(connector_reason(c), "the connector's program is not there");
	connector_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_speaks_to_an_older_server),
		cmocka_unit_test(test_speaks_to_a_newer_server_without_handshake),
		cmocka_unit_test(test_newlines_between_tokens_do_not_break_the_line),
		cmocka_unit_test(test_pages_of_tools_are_joined_in_order),
		cmocka_unit_test(test_a_list_without_end_stops_the_server),
		cmocka_unit_test(test_names_out_of_bounds_are_left_out),
		cmocka_unit_test(test_a_strangers_hints_never_lower_an_effect),
		cmocka_unit_test(test_i11_a_changed_definition_is_refused_at_the_call),
		cmocka_unit_test(test_the_definition_hash_is_the_same_at_every_start),
		cmocka_unit_test(test_i2_death_in_the_middle_of_a_call_is_unknown),
		cmocka_unit_test(test_i2_a_call_that_never_left_is_not_sent),
		cmocka_unit_test(test_no_answer_in_time_is_unknown_and_the_server_lives_on),
		cmocka_unit_test(test_answers_to_other_ids_are_dropped),
		cmocka_unit_test(test_errors_keep_apart_what_was_not_begun),
		cmocka_unit_test(test_contents_are_joined_and_others_named),
		cmocka_unit_test(test_i2_what_does_not_fit_its_promise_is_unknown_and_says_why),
		cmocka_unit_test(test_a_message_too_long_stops_the_server),
		cmocka_unit_test(test_garbage_stops_the_server),
		cmocka_unit_test(test_a_line_without_end_stops_the_server),
		cmocka_unit_test(test_what_does_not_end_stops_the_server),
		cmocka_unit_test(test_a_slow_drip_is_read_to_its_end),
		cmocka_unit_test(test_requests_of_the_server_are_refused),
		cmocka_unit_test(test_an_unknown_version_is_refused),
		cmocka_unit_test(test_a_server_that_dies_of_discover_starts_the_second_time),
		cmocka_unit_test(test_stderr_is_kept_and_bounded),
		cmocka_unit_test(test_stop_ends_a_server_that_listens),
		cmocka_unit_test(test_stop_ends_a_server_that_does_not_listen),
		cmocka_unit_test(test_i5_a_child_inherits_only_what_is_granted),
		cmocka_unit_test(test_calls_need_a_running_server_and_a_known_tool),
		cmocka_unit_test(test_a_program_that_is_not_there_fails_with_a_reason),
	};
	struct err e = {0};

	signal(SIGPIPE, SIG_IGN);
	if (access("/usr/bin/python3", X_OK) != 0) {
		printf("skipped: there is no python3 for the misbehaving server\n");
		return 77;
	}
	if (memory_secure_init(&e) != ERR_OK) {
		printf("skipped: %s\n", e.text);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
