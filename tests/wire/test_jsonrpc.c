/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/split.h"

#include <inttypes.h>

#include "wire/jsonrpc.h"

static enum err_code note(void *user, const struct jsonrpc_message *m)
{
	static const char *const kinds[] = {"request", "notification", "response"};
	struct buf *out = user;

	buf_addf(out, "[%s", kinds[m->kind]);
	if (m->id_raw.len > 0)
		buf_addf(out, " id=%.*s", (int)m->id_raw.len, m->id_raw.p);
	if (m->method[0] != '\0')
		buf_addf(out, " %s", m->method);
	if (m->params.len > 0)
		buf_addf(out, " params=%.*s", (int)m->params.len, m->params.p);
	if (m->result.len > 0)
		buf_addf(out, " result=%.*s", (int)m->result.len, m->result.p);
	if (m->error.len > 0)
		buf_addf(out, " error=%" PRId64, m->error_code);
	buf_adds(out, "]");
	return ERR_OK;
}

static void run(void *user, const struct slice *cut, size_t count, struct buf *out)
{
	struct jsonrpc *p = jsonrpc_new(128, note, out);
	enum err_code code = ERR_OK;
	size_t i;

	(void)user;
	for (i = 0; i < count && code == ERR_OK; i++)
		code = jsonrpc_feed(p, cut[i].p, cut[i].len, NULL);
	if (code == ERR_OK)
		code = jsonrpc_end(p, NULL);
	buf_adds(out, err_name(code));
	jsonrpc_free(p);
}

static void check_lines(const char *bytes, const char *wanted)
{
	struct slice whole = slice_of(bytes);
	struct buf got;

	buf_init(&got, 0);
	run(NULL, &whole, 1, &got);
	assert_string_equal(buf_text(&got), wanted);
	buf_release(&got);
	split_check(run, NULL, whole, 1);
}

static void test_a_message_is_told_by_its_members(void **state)
{
	(void)state;
	check_lines("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\",\"params\":{\"a\":1}}\n"
	            "{\"jsonrpc\":\"2.0\",\"method\":\"n\\u0065w\"}\r\n\n  \n"
	            "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"result\":{}}\n"
	            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,\"message\":\"no\"}}\n",
	    "[request id=1 tools/list params={\"a\":1}][notification new][response id=\"x\" result={}][response id=null error=-32700]ok");
}

static void test_null_beside_an_answer_is_no_answer(void **state)
{
	(void)state;
	check_lines("{\"jsonrpc\":\"2.0\",\"id\":4,\"result\":{},\"error\":null}\n{\"jsonrpc\":\"2.0\",\"id\":5,\"result\":null,\"error\":{\"code\":1}}\n",
	    "[response id=4 result={}][response id=5 error=1]ok");
	check_lines("{\"jsonrpc\":\"2.0\",\"id\":4,\"result\":null}\n", "[response id=4 result=null]ok");
}

static void test_what_is_no_message_breaks_the_line(void **state)
{
	static const char *const bad[] = {"hello\n", "[]\n", "{\"id\":1,\"result\":1}\n", "{\"jsonrpc\":\"2.0\",\"id\":1}\n",
	    "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"x\"}\n", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\",\"result\":1}\n",
	    "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1,\"error\":{\"code\":1}}\n", "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{}}\n",
	    "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"result\":1}\n", "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1}"};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++)
		check_lines(bad[i], "protocol");
}

static void test_a_line_over_the_bound_is_a_limit(void **state)
{
	char line[256];

	(void)state;
	memset(line, ' ', sizeof line);
	line[sizeof line - 1] = '\0';
	check_lines(line, "limit");
}

static void test_writers_give_what_the_reader_takes(void **state)
{
	struct buf out;
	struct slice none = {NULL, 0};

	(void)state;
	buf_init(&out, 0);
	jsonrpc_write_request(&out, 7, "tools/call", slice_of("{\"x\":1}"));
	jsonrpc_write_notification(&out, "notifications/\"odd\"", none);
	jsonrpc_write_result(&out, slice_of("\"q\""), slice_of("[1]"));
	jsonrpc_write_error(&out, none, JSONRPC_PARSE_ERROR, "bad", none);
	check_lines(buf_text(&out), "[request id=7 tools/call params={\"x\":1}][notification notifications/\"odd\"][response id=\"q\" result=[1]][response id=null error=-32700]ok");
	buf_release(&out);
}

static void test_whole_numbers_are_read_as_ids(void **state)
{
	struct jsonrpc_message m;
	struct err e = {0};

	(void)state;
	check_ok(jsonrpc_read(slice_of(" {\"jsonrpc\":\"2.0\",\"id\":42,\"result\":1} "), &m, &e), &e);
	assert_true(m.has_int_id);
	assert_int_equal(m.id, 42);
	assert_int_equal(m.whole.p[0], '{');
	check_ok(jsonrpc_read(slice_of("{\"jsonrpc\":\"2.0\",\"id\":4.5,\"result\":1}"), &m, &e), &e);
	assert_false(m.has_int_id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_message_is_told_by_its_members),
		cmocka_unit_test(test_null_beside_an_answer_is_no_answer),
		cmocka_unit_test(test_what_is_no_message_breaks_the_line),
		cmocka_unit_test(test_a_line_over_the_bound_is_a_limit),
		cmocka_unit_test(test_writers_give_what_the_reader_takes),
		cmocka_unit_test(test_whole_numbers_are_read_as_ids),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
