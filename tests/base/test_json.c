/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"

static void test_gate_passes_plain_json(void **state)
{
	static const char *const good[] = {"{}", "[]", "0", "-1.5e+3", "\"\\ud83d\\ude00\"", " {\"a\":[1,{\"a\":null}],\"b\":true} ", "\"\xC3\xA9\""};
	struct err e = {0};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(good); i++)
		check_ok(json_gate(slice_of(good[i]), &e), &e);
}

static void test_gate_refuses_what_two_readers_could_read_differently(void **state)
{
	static const char *const bad[] = {"", "{", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00x\"",
	    "\"\xC0\x80\"", "\"\xED\xA0\x80\"", "01", "1.", "[1,]", "{\"a\":1,}", "1 2", "tru", "\"\n\"", "NaN", "{a:1}", "'x'", "\"\\x\""};
	struct err e = {0};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++)
		check_code(json_gate(slice_of(bad[i]), &e), ERR_PROTO, &e);
}

static void test_gate_bounds_depth(void **state)
{
	char deep[2 * JSON_DEPTH + 3];
	struct err e = {0};
	int i;

	(void)state;
	for (i = 0; i < JSON_DEPTH; i++)
		deep[i] = '[', deep[2 * JSON_DEPTH - 1 - i] = ']';
	deep[2 * JSON_DEPTH] = '\0';
	check_ok(json_gate(slice_of(deep), &e), &e);
	for (i = 0; i <= JSON_DEPTH; i++)
		deep[i] = '[', deep[2 * JSON_DEPTH + 1 - i] = ']';
	deep[2 * JSON_DEPTH + 2] = '\0';
	check_code(json_gate(slice_of(deep), &e), ERR_PROTO, &e);
}

static void test_find_gives_raw_digits(void **state)
{
	static const char text[] = "{\"x\":[10,{\"price\":0.10000000000000000001}],\"\\u0079\":\"q\"}";
	static const char *const path[] = {"x", "1", "price", NULL}, *const escaped[] = {"y", NULL}, *const absent[] = {"x", "2", NULL};
	struct slice raw;

	(void)state;
	assert_true(json_find(slice_of(text), path, &raw));
	assert_true(slice_is(raw, "0.10000000000000000001"));
	assert_true(json_find(slice_of(text), escaped, &raw));
	assert_true(slice_is(raw, "\"q\""));
	assert_false(json_find(slice_of(text), absent, &raw));
}

static void test_writer_escapes_and_separates(void **state)
{
	struct json_out j;
	struct buf b;
	struct err e = {0};

	(void)state;
	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	json_put_text(&j, "a", "q\"\\\n\x01\xFF");
	json_open(&j, "l", '[');
	json_put_int(&j, NULL, -3);
	json_put_null(&j, NULL);
	json_close(&j, ']');
	json_put_bool(&j, "t", true);
	json_close(&j, '}');
	assert_string_equal(buf_text(&b), "{\"a\":\"q\\\"\\\\\\n\\u0001\xEF\xBF\xBD\",\"l\":[-3,null],\"t\":true}");
	check_ok(json_gate(buf_slice(&b), &e), &e);
	buf_release(&b);
}

static void test_counts_come_as_whole_numbers(void **state)
{
	struct err e = {0};
	cJSON *t;
	int64_t n = 7;

	(void)state;
	check_ok(json_parse(slice_of("{\"n\":12,\"f\":1.5,\"s\":\"x\",\"N\":3}"), &t, &e), &e);
	assert_true(json_int(t, "n", &n));
	assert_int_equal(n, 12);
	assert_false(json_int(t, "f", &n));
	assert_false(json_int(t, "s", &n));
	assert_string_equal(json_text(t, "s"), "x");
	assert_null(json_text(t, "n"));
	cJSON_Delete(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gate_passes_plain_json),
		cmocka_unit_test(test_gate_refuses_what_two_readers_could_read_differently),
		cmocka_unit_test(test_gate_bounds_depth),
		cmocka_unit_test(test_find_gives_raw_digits),
		cmocka_unit_test(test_writer_escapes_and_separates),
		cmocka_unit_test(test_counts_come_as_whole_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
