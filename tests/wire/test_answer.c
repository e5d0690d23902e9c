/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdio.h>

#include "wire/answer.h"

static size_t split(char *head, struct wire_answer_header h[8])
{
	return wire_answer_split(head, strlen(head), h, 8);
}

static void test_a_head_is_taken_apart_whatever_ends_its_lines(void **state)
{
	char head[] = "HTTP/1.1 200 OK\r\nRequest-ID: \t req_1 \t\r\nno colon here\nX-Empty:\n: no name\r\nLast: a:b";
	struct wire_answer_header h[8];

	(void)state;
	assert_int_equal(split(head, h), 3);
	assert_true(slice_is(wire_answer_get(h, 3, "request-id"), "req_1"));
	assert_true(slice_is(wire_answer_get(h, 3, "REQUEST-ID"), "req_1"));
	assert_true(slice_is(h[0].name, "request-id"));
	assert_int_equal(wire_answer_get(h, 3, "x-empty").len, 0);
	assert_true(slice_is(wire_answer_get(h, 3, "last"), "a:b"));
	assert_int_equal(wire_answer_get(h, 3, "absent").len, 0);
}

static void test_no_more_headers_than_there_is_room(void **state)
{
	char head[] = "a: 1\nb: 2\nc: 3\n";
	struct wire_answer_header h[2];

	(void)state;
	assert_int_equal(wire_answer_split(head, strlen(head), h, 2), 2);
	assert_true(slice_is(h[1].name, "b"));
	assert_int_equal(wire_answer_split(head, 0, h, 2), 0);
}

static void test_an_answer_that_two_could_read_differently_is_not_taken(void **state)
{
	static const struct {
		const char *head;
		bool is_bad;
	} cases[] = {
		{"content-length: 5\r\n", false}, {"transfer-encoding: chunked\r\n", false}, {"content-encoding: identity\r\n", false}, {"", false},
		{"content-length: 5\r\ncontent-length: 5\r\n", false}, {"content-length: 5\r\nContent-Length: 6\r\n", true},
		{"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", true}, {"content-length: 5\r\ntransfer-encoding: identity\r\n", true},
		{"content-encoding: gzip\r\n", true}, {"Content-Encoding: identity, gzip\r\n", true},
	};
	struct wire_answer_header h[8];
	char head[128];
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		snprintf(head, sizeof head, "%s", cases[i].head);
		assert_int_equal(wire_answer_framing(h, split(head, h)) != NULL, cases[i].is_bad);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_head_is_taken_apart_whatever_ends_its_lines), cmocka_unit_test(test_no_more_headers_than_there_is_room),
		cmocka_unit_test(test_an_answer_that_two_could_read_differently_is_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
