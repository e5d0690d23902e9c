/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/split.h"

#include "wire/sse.h"

#define MAX 64

static enum err_code note(void *user, const struct sse_event *ev)
{
	struct buf *out = user;

	buf_adds(out, "[");
	buf_add_slice(out, ev->type);
	buf_adds(out, "|");
	buf_add_slice(out, ev->data);
	buf_adds(out, "|");
	buf_add_slice(out, ev->id);
	buf_adds(out, "]");
	return ERR_OK;
}

static void run(void *user, const struct slice *cut, size_t count, struct buf *out)
{
	struct sse *p = sse_new(MAX, note, out);
	enum err_code code = ERR_OK;
	size_t i;

	(void)user;
	for (i = 0; i < count && code == ERR_OK; i++)
		code = sse_feed(p, cut[i].p, cut[i].len, NULL);
	if (code == ERR_OK)
		code = sse_end(p, NULL);
	buf_adds(out, err_name(code));
	sse_free(p);
}

static void check_stream(const char *bytes, const char *wanted)
{
	struct slice whole = slice_of(bytes);
	struct buf got;

	buf_init(&got, 0);
	run(NULL, &whole, 1, &got);
	assert_string_equal(buf_text(&got), wanted);
	buf_release(&got);
	split_check(run, NULL, whole, 1);
}

static void test_events_end_at_a_blank_line(void **state)
{
	(void)state;
	check_stream("event: a\ndata: 1\n\ndata: 2\n\n", "[a|1|][message|2|]ok");
}

static void test_cr_lf_and_crlf_all_end_a_line(void **state)
{
	(void)state;
	check_stream("data: 1\r\n\r\ndata: 2\r\rdata: 3\n\ndata: 4\r\n\n", "[message|1|][message|2|][message|3|][message|4|]ok");
}

static void test_data_lines_are_joined_with_newlines(void **state)
{
	(void)state;
	check_stream("data: a\ndata\ndata:  b\n\n", "[message|a\n\n b|]ok");
}

static void test_comments_retry_and_unknown_fields_are_skipped(void **state)
{
	(void)state;
	check_stream(": hello\nretry: 5\nfoo: bar\ndata:x\n\n", "[message|x|]ok");
}

static void test_one_byte_order_mark_is_skipped(void **state)
{
	(void)state;
	check_stream("\xEF\xBB\xBF" "data: x\n\n\xEF\xBB\xBF" "data: y\n\n", "[message|x|]ok");
}

static void test_the_id_stays_until_the_next(void **state)
{
	(void)state;
	check_stream("id: 7\ndata: a\n\ndata: b\n\nid\ndata: c\n\n", "[message|a|7][message|b|7][message|c|]ok");
}

static void test_an_event_without_data_is_no_event(void **state)
{
	(void)state;
	check_stream("event: ping\n\n\n\ndata: x\n\n", "[message|x|]ok");
}

static void test_an_unfinished_event_is_dropped(void **state)
{
	(void)state;
	check_stream("data: x\n\ndata: y\n", "[message|x|]ok");
}

static void test_a_line_over_the_bound_is_a_limit(void **state)
{
	char bytes[200] = "data: ok\n\ndata: ";

	(void)state;
	memset(bytes + strlen(bytes), 'x', MAX);
	check_stream(bytes, "[message|ok|]limit");
}

static void test_an_event_over_the_bound_is_a_limit(void **state)
{
	(void)state;
	check_stream("data: 123456789 123456789 123456789\ndata: 123456789 123456789 12345678\n\n", "[message|123456789 123456789 123456789\n123456789 123456789 12345678|]ok");
	check_stream("data: 123456789 123456789 123456789 123456\ndata: 123456789 123456789 123456789\n\n", "limit");
}

static enum err_code refuse(void *user, const struct sse_event *ev)
{
	(void)ev;
	return ++*(int *)user < 2 ? ERR_OK : ERR_CANCELLED;
}

static void test_a_failure_of_the_reader_stays(void **state)
{
	int calls = 0;
	struct sse *p = sse_new(MAX, refuse, &calls);
	struct err e = {0};

	(void)state;
	check_code(sse_feed(p, "data: 1\n\ndata: 2\n\ndata: 3\n\n", 27, &e), ERR_CANCELLED, &e);
	assert_int_equal(calls, 2);
	check_code(sse_feed(p, "data: 4\n\n", 9, &e), ERR_CANCELLED, &e);
	check_code(sse_end(p, &e), ERR_CANCELLED, &e);
	assert_int_equal(calls, 2);
	sse_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events_end_at_a_blank_line),
		cmocka_unit_test(test_cr_lf_and_crlf_all_end_a_line),
		cmocka_unit_test(test_data_lines_are_joined_with_newlines),
		cmocka_unit_test(test_comments_retry_and_unknown_fields_are_skipped),
		cmocka_unit_test(test_one_byte_order_mark_is_skipped),
		cmocka_unit_test(test_the_id_stays_until_the_next),
		cmocka_unit_test(test_an_event_without_data_is_no_event),
		cmocka_unit_test(test_an_unfinished_event_is_dropped),
		cmocka_unit_test(test_a_line_over_the_bound_is_a_limit),
		cmocka_unit_test(test_an_event_over_the_bound_is_a_limit),
		cmocka_unit_test(test_a_failure_of_the_reader_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
