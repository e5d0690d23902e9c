/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server asks the person (asking_server.py), in both eras. */
#include "check.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"
#include "connector/connector.h"
#include "connector/loop.h"

#define SERVER TOP_SRCDIR "/tests/connector/asking_server.py"
#define CONFINE TOP_BUILDDIR "/libexec/claviger/claviger-confine"

/* A person: takes questions as long as there is somebody, and answers when told to. */
struct person {
	bool away;
	int asked, over;
	uint64_t open[8];
	int open_n;
	uint64_t call;
	char message[256], schema[1024];
};

static bool asks(void *user, const struct connector_question *q)
{
	struct person *p = user;

	p->asked++;
	p->call = q->call;
	snprintf(p->message, sizeof p->message, "%s", q->message);
	snprintf(p->schema, sizeof p->schema, "%.*s", (int)q->schema.len, q->schema.p);
	if (!p->away)
		p->open[p->open_n++] = q->id;
	return !p->away;
}

static void over(void *user, uint64_t question, const char *why)
{
	struct person *p = user;
	int i;

	assert_non_null(why);
	p->over++;
	for (i = 0; i < p->open_n && p->open[i] != question; i++)
		;
	assert_true(i < p->open_n);
	p->open[i] = p->open[--p->open_n];
}

static const struct connector_asker asker = {asks, over};

static struct connector *running(const char *era, struct person *p)
{
	static const char *const read_paths[] = {TOP_SRCDIR "/tests/connector", NULL};
	const char *const argv[] = {"python3", SERVER, era, NULL};
	struct connector_spec spec = {.argv = argv, .read_paths = read_paths, .confine = CONFINE};
	struct connector *c = connector_new("asking");
	struct err e = {0};

	memset(p, 0, sizeof *p);
	connector_on_question(c, &asker, p);
	check_ok(connector_start(c, &spec, clock_steady_us(), &e), &e);
	until_life(c, LIFE_RUNNING);
	assert_int_equal(p->asked, 0);	/* it asked while nothing was called: refused */
	return c;
}

static uint64_t ask(struct connector *c, const char *tool, int64_t limit_us, struct answer *a)
{
	struct connector_call call = {.tool = tool, .args = slice_of("{\"x\":\"1\"}"), .limit_us = limit_us};
	struct err e = {0};
	uint64_t id;

	*a = (struct answer){.count = 0};
	check_ok(connector_call(c, &call, clock_steady_us(), on_done, a, &id, &e), &e);
	return id;
}

static void until_asked(struct connector *c, const struct person *p, int n)
{
	int64_t end = clock_steady_us() + PATIENCE;

	while (p->open_n < n && clock_steady_us() < end)
		turn(c);
	assert_int_equal(p->open_n, n);
}

static void answer(struct connector *c, struct person *p, enum connector_verdict verdict, const char *content)
{
	connector_answer(c, p->open[--p->open_n], verdict, slice_of(content), clock_steady_us());
}

static void test_the_answer_reaches_the_server_and_the_call_goes_on(void **state)
{
	static const char *const eras[] = {"older", "modern"};
	static const char *const wanted[] = {"{\"action\": \"accept\", \"content\": {\"city\": \"Rome\"}}", "{\"a \\\"key\\\"\": {\"action\": \"accept\", \"content\": {\"city\": \"Rome\"}}}"};
	struct person p;
	struct answer a;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(eras); i++) {
		struct connector *c = running(eras[i], &p);
		uint64_t id = ask(c, "ask", 0, &a);

		until_asked(c, &p, 1);
		assert_int_equal(p.call, id);
		assert_string_equal(p.message, "Where to?");
		assert_non_null(strstr(p.schema, "\"required\": [\"city\"]"));
		answer(c, &p, CONNECTOR_ACCEPT, "{\"city\":\"Rome\"}");
		until_answer(c, &a);
		assert_int_equal(a.result, TOOL_OK);
		assert_string_equal(a.text, wanted[i]);
		assert_int_equal(p.over, 0);
		connector_free(c);
	}
}

static void test_two_questions_one_after_the_other_or_together(void **state)
{
	struct person p;
	struct answer a;
	struct connector *c = running("older", &p);

	(void)state;
	ask(c, "two", 0, &a);
	until_asked(c, &p, 1);
	answer(c, &p, CONNECTOR_DECLINE, "");
	until_asked(c, &p, 1);
	answer(c, &p, CONNECTOR_CANCEL, "");
	until_answer(c, &a);
	assert_string_equal(a.text, "[{\"action\": \"decline\"}, {\"action\": \"cancel\"}]");
	connector_free(c);

	c = running("modern", &p);
	ask(c, "two", 0, &a);
	until_asked(c, &p, 2);
	answer(c, &p, CONNECTOR_DECLINE, "");
	assert_int_equal(a.count, 0);
	answer(c, &p, CONNECTOR_ACCEPT, "{\"city\":\"Oslo\"}");
	until_answer(c, &a);
	assert_string_equal(a.text, "{\"b\": {\"action\": \"decline\"}, \"a \\\"key\\\"\": {\"action\": \"accept\", \"content\": {\"city\": \"Oslo\"}}}");
	connector_free(c);
}

static void test_rounds_go_on_with_the_servers_own_state(void **state)
{
	struct person p;
	struct answer a;
	struct connector *c = running("modern", &p);

	(void)state;
	ask(c, "again", 0, &a);
	until_asked(c, &p, 1);
	answer(c, &p, CONNECTOR_DECLINE, "");
	until_asked(c, &p, 1);
	answer(c, &p, CONNECTOR_DECLINE, "");
	until_answer(c, &a);
	assert_string_equal(a.text, "{\"b\": {\"action\": \"decline\"}}");
	ask(c, "state_only", 0, &a);
	until_answer(c, &a);
	assert_int_equal(a.result, TOOL_OK);
	assert_string_equal(a.text, "{}");
	connector_free(c);
}

static void test_what_is_not_understood_is_declined_unasked(void **state)
{
	static const char *const tools[] = {"nested", "bad_enum", "huge", "long", "url", "no_words"};
	static const char *const eras[] = {"older", "modern"};
	struct person p;
	struct answer a;
	size_t i, k;

	(void)state;
	for (k = 0; k < LENGTH(eras); k++) {
		struct connector *c = running(eras[k], &p);

		for (i = 0; i < LENGTH(tools); i++) {
			ask(c, tools[i], 0, &a);
			until_answer(c, &a);
			if (strstr(a.text, "{\"action\": \"decline\"}") == NULL)
				fail_msg("%s %s: %s", eras[k], tools[i], a.text);
		}
		assert_int_equal(p.asked, 0);
		connector_free(c);
	}
}

static void test_a_server_that_asks_without_end_is_stopped(void **state)
{
	struct person p;
	struct answer a;
	struct connector *c = running("older", &p);

	(void)state;
	p.away = true;
	ask(c, "thousand", 0, &a);
	until_answer(c, &a);
	assert_int_equal(p.asked, CONNECTOR_ASKS_MAX);
	assert_int_equal(a.result, TOOL_UNKNOWN);
	assert_string_equal(connector_reason(c), "it asks without end");
	connector_free(c);

	c = running("modern", &p);
	p.away = true;
	ask(c, "thousand", 0, &a);
	until_answer(c, &a);
	assert_int_equal(p.asked, CONNECTOR_ASKS_MAX);
	assert_int_equal(a.result, TOOL_ASKS);
	connector_free(c);
}

static void test_the_calls_time_stands_still_while_the_person_thinks(void **state)
{
	static const char *const eras[] = {"older", "modern"};
	struct person p;
	struct answer a;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(eras); i++) {
		struct connector *c = running(eras[i], &p);
		int64_t limit = 300 * US_PER_MS, until;

		ask(c, "ask", limit, &a);
		until_asked(c, &p, 1);
		for (until = clock_steady_us() + 2 * limit; clock_steady_us() < until;)
			turn(c);
		assert_int_equal(a.count, 0);
		answer(c, &p, CONNECTOR_DECLINE, "");
		until_answer(c, &a);
		assert_int_equal(a.result, TOOL_OK);
		connector_free(c);
	}
}

static void test_a_question_ends_with_its_call_or_when_it_is_taken_back(void **state)
{
	static const char *const tools[] = {"takes_back", "answers_anyway"};
	struct person p;
	struct answer a;
	struct connector *c = running("older", &p);
	uint64_t id;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(tools); i++) {
		ask(c, tools[i], 0, &a);
		until_answer(c, &a);
		assert_int_equal(p.over, i + 1);
		assert_int_equal(p.open_n, 0);
	}
	id = ask(c, "ask", 0, &a);
	until_asked(c, &p, 1);
	connector_cancel(c, id);
	assert_int_equal(a.result, TOOL_UNKNOWN);
	assert_int_equal(p.over, 3);
	connector_free(c);

	/* the newer era: the server has said that it did nothing */
	c = running("modern", &p);
	id = ask(c, "ask", 0, &a);
	until_asked(c, &p, 1);
	connector_cancel(c, id);
	assert_int_equal(a.result, TOOL_FAILED);
	assert_int_equal(p.over, 1);
	ask(c, "ask", 0, &a);
	until_asked(c, &p, 1);
	connector_stop(c, clock_steady_us());
	assert_int_equal(a.result, TOOL_FAILED);
	assert_int_equal(p.over, 2);
	connector_free(c);
}

static void test_several_calls_at_once_share_the_standstill(void **state)
{
	struct person p;
	struct answer a, b;
	struct connector *c = running("older", &p);

	(void)state;
	ask(c, "ask", 400 * US_PER_MS, &a);
	ask(c, "echo", 400 * US_PER_MS, &b);
	until_asked(c, &p, 1);
	assert_int_equal(p.call, 0);	/* on pipes it cannot be told */
	answer(c, &p, CONNECTOR_DECLINE, "");
	until_answer(c, &a);
	assert_int_equal(a.result, TOOL_OK);
	connector_free(c);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_answer_reaches_the_server_and_the_call_goes_on),
		cmocka_unit_test(test_two_questions_one_after_the_other_or_together),
		cmocka_unit_test(test_rounds_go_on_with_the_servers_own_state),
		cmocka_unit_test(test_what_is_not_understood_is_declined_unasked),
		cmocka_unit_test(test_a_server_that_asks_without_end_is_stopped),
		cmocka_unit_test(test_the_calls_time_stands_still_while_the_person_thinks),
		cmocka_unit_test(test_a_question_ends_with_its_call_or_when_it_is_taken_back),
		cmocka_unit_test(test_several_calls_at_once_share_the_standstill),
	};
	struct err e = {0};

	signal(SIGPIPE, SIG_IGN);
	if (access("/usr/bin/python3", X_OK) != 0) {
		printf("skipped: there is no python3 for the server\n");
		return 77;
	}
	if (memory_secure_init(&e) != ERR_OK) {
		printf("skipped: %s\n", e.text);
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
