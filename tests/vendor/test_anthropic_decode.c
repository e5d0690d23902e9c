/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "vendor/transcript.h"
#include "wire/split.h"

#define STREAMS TOP_SRCDIR "/tests/data/sse"

static const struct vendor *anthropic(void)
{
	const struct vendor *v = vendor_find("anthropic");

	assert_non_null(v);
	return v;
}

static void run(void *user, const struct slice *cut, size_t count, struct buf *out)
{
	(void)user;
	transcript_run(anthropic(), true, cut, count, out);
}

static void load(const char *path, struct buf *out)
{
	struct err e = {0};

	buf_init(out, 0);
	if (file_read(path, out, &e) != ERR_OK)
		fail_msg("%s: %s", path, e.text);
}

static int ends_with(const char *name, const char *end)
{
	return strlen(name) > strlen(end) && strcmp(name + strlen(name) - strlen(end), end) == 0;
}

/* Call fn for each file in folder that ends so; the number of them, or -1. */
static int each_file(const char *folder, const char *end, void (*fn)(const char *path))
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int n = 0;

	if (dir == NULL)
		return -1;
	while ((entry = readdir(dir)) != NULL) {
		char path[1024];

		if (!ends_with(entry->d_name, end))
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		fn(path);
		n++;
	}
	closedir(dir);
	return n;
}

/* --- our own streams: what is said, and the same for any split ------------- */

/* Every cut leaves the vendor's usage or an estimate above nothing, unless the vendor said why it gave none. */
static void check_cuts(const char *path)
{
	struct buf bytes, got;
	size_t n;

	load(path, &bytes);
	buf_init(&got, 0);
	for (n = 0; n <= bytes.len; n++) {
		struct slice part = slice_make(bytes.p, n);

		buf_clear(&got);
		run(NULL, &part, 1, &got);
		if (strstr(buf_text(&got), "usage ") == NULL && strstr(buf_text(&got), "error ") == NULL && strstr(buf_text(&got), "-- protocol") == NULL)
			fail_msg("%s cut at %zu: %s", path, n, buf_text(&got));
	}
	buf_release(&bytes);
	buf_release(&got);
}

static void test_I4_every_cut_of_every_stream_leaves_usage(void **state)
{
	(void)state;
	assert_true(each_file(TOP_SRCDIR "/tests/data/sse", ".sse", check_cuts) > 20);
}

static void check_written(const char *path)
{
	struct buf bytes, wanted, got;
	struct slice whole;
	char expected[1024];

	snprintf(expected, sizeof expected, "%.*s.expected", (int)(strlen(path) - 4), path);
	load(path, &bytes);
	buf_init(&got, 0);
	whole = buf_slice(&bytes);
	run(NULL, &whole, 1, &got);
	if (getenv("WRITE_EXPECTED") != NULL) {
		struct err e = {0};

		check_ok(file_replace(expected, buf_slice(&got), 0644, &e), &e);
	}
	load(expected, &wanted);
	if (strcmp(buf_text(&got), buf_text(&wanted)) != 0)
		fail_msg("%s:\n%s\nnot:\n%s", path, buf_text(&got), buf_text(&wanted));
	buf_release(&bytes);
	buf_release(&wanted);
	buf_release(&got);
}

static void check_split(const char *path)
{
	struct buf bytes;

	load(path, &bytes);
	split_check(run, NULL, buf_slice(&bytes), 1 + bytes.len / 4000);
	buf_release(&bytes);
}

static void test_streams_say_what_was_written_down(void **state)
{
	(void)state;
	assert_true(each_file(STREAMS, ".sse", check_written) >= 27);
}

static void test_streams_say_the_same_for_any_split(void **state)
{
	(void)state;
	assert_true(each_file(STREAMS, ".sse", check_split) >= 27);
}

static void test_public_streams_say_the_same_for_any_split(void **state)
{
	const char *shared = getenv("CLAVIGER_SHARED");
	char folder[1024];
	int n;

	(void)state;
	snprintf(folder, sizeof folder, "%s/vectors/sse/anthropic", shared != NULL ? shared : TOP_SRCDIR "/../shared");
	n = each_file(folder, ".txt", check_split);
	if (n < 0) {
		print_message("no public streams there: skipped\n");
		skip();
	}
	n += each_file(folder, ".sse", check_split);
	assert_true(n >= 5);
}

/* --- whole bodies ----------------------------------------------------------- */

static void check_body(const char *body, const char *wanted)
{
	struct slice whole = slice_of(body);
	struct buf got;

	buf_init(&got, 0);
	transcript_run(anthropic(), false, &whole, 1, &got);
	assert_string_equal(buf_text(&got), wanted);
	buf_release(&got);
}

static void test_a_body_that_was_not_streamed_says_the_same_things(void **state)
{
	(void)state;
	check_body("{\"id\":\"msg_1\",\"type\":\"message\",\"model\":\"claude-haiku-5-5\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"hm\",\"signature\":\"s\"},"
	           "{\"type\":\"text\",\"text\":\"Hi\"},{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"look\",\"input\":{\"n\": 1.50}}],"
	           "\"stop_reason\":\"tool_use\",\"usage\":{\"input_tokens\":9,\"output_tokens\":4}}",
	    "started claude-haiku-5-5 \"msg_1\"\nusage claude-haiku-5-5 input=9 output=4\n"
	    "opaque claude-haiku-5-5 anthropic \"{\\\"type\\\":\\\"thinking\\\",\\\"thinking\\\":\\\"hm\\\",\\\"signature\\\":\\\"s\\\"}\"\n"
	    "text \"Hi\"\nend\ntool t1 look\ncall t1 look \"{\\\"n\\\": 1.50}\"\nstop tool_use \"tool_use\"\n-- ok\n");
}

static void test_an_error_body_is_an_error(void **state)
{
	(void)state;
	check_body("{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"no\"}}", "error server api_error \"no\"\n-- ok\n");
	check_body("", "usage asked estimated input=1000\n-- net\n");
	check_body("<html>", "-- protocol\n");
	check_body("{\"type\":\"message\",\"id\":\"m\",\"content\":3}", "started \"m\"\n-- protocol\n");
}

/* --- into a reply ----------------------------------------------------------- */

static enum err_code take(void *r, const struct reply_event *ev)
{
	return reply_take(r, ev, NULL);
}

static void decode(const char *name, struct reply *r)
{
	const struct vendor *v = anthropic();
	struct decoder *d = v->decoder_new(&(struct vendor_asked){.model = "asked", .input_tokens = 1000, .is_stream = true}, take, r);
	struct buf bytes;
	char path[1024];

	snprintf(path, sizeof path, STREAMS "/%s.sse", name);
	load(path, &bytes);
	reply_init(r);
	(void)!v->feed(d, bytes.p, bytes.len, NULL);
	(void)!v->end(d, NULL);
	v->decoder_free(d);
	buf_release(&bytes);
}

static void test_I4_a_cut_stream_keeps_the_usage_it_saw(void **state)
{
	struct reply r;
	struct buf text;

	(void)state;
	decode("cut-in-text", &r);
	assert_int_equal(r.stop, STOP_NONE);
	assert_true(r.has_usage);
	assert_int_equal(r.usage.line[0].u.n[BUCKET_INPUT], 2000);
	assert_int_equal(r.usage.line[0].u.n[BUCKET_CACHE_READ], 800);
	buf_init(&text, 0);
	reply_text(&r, &text);
	assert_string_equal(buf_text(&text), "It was go");
	buf_release(&text);
	reply_release(&r);
}

static void test_a_reply_goes_through_the_store_unchanged(void **state)
{
	static const char *const names[] = {"thinking", "parallel-tools", "server-tool", "text-with-pings"};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(names); i++) {
		struct reply r;
		struct prompt p;
		struct buf first, second;
		struct err e = {0};

		decode(names[i], &r);
		assert_true(r.count > 0);
		buf_init(&first, 0);
		buf_init(&second, 0);
		parts_to_json(r.part, r.count, &first);
		prompt_init(&p, "claude-opus-5-5", 100);
		prompt_add_message(&p, ROLE_ASSISTANT);
		check_ok(parts_from_json(buf_slice(&first), &p, &e), &e);
		assert_int_equal(p.message[0].count, r.count);
		parts_to_json(p.message[0].part, p.message[0].count, &second);
		assert_string_equal(buf_text(&first), buf_text(&second));
		prompt_release(&p);
		reply_release(&r);
		buf_release(&first);
		buf_release(&second);
	}
}

static void test_a_long_text_is_joined_from_its_pieces(void **state)
{
	struct reply r;
	struct reply_event ev = {.kind = REPLY_TEXT, .text = slice_of("0123456789")};
	struct err e = {0};
	int i;

	(void)state;
	reply_init(&r);
	for (i = 0; i < 1000; i++)
		check_ok(reply_take(&r, &ev, &e), &e);
	assert_int_equal(r.count, 1);
	assert_int_equal(r.part[0].len, 10000);
	for (i = 0; i < 10000; i++)
		assert_int_equal(r.part[0].bytes[i], '0' + i % 10);
	reply_release(&r);
}

static void test_a_reply_without_end_is_a_limit(void **state)
{
	static char piece[1 << 20];
	struct reply r;
	struct reply_event ev = {.kind = REPLY_TEXT, .text = slice_make(piece, sizeof piece)};
	struct err e = {0};
	int i;

	(void)state;
	memset(piece, 'x', sizeof piece);
	reply_init(&r);
	for (i = 0; i < (int)(REPLY_BYTES / sizeof piece); i++)
		check_ok(reply_take(&r, &ev, &e), &e);
	check_code(reply_take(&r, &ev, &e), ERR_LIMIT, &e);
	reply_release(&r);
}

static void test_stored_parts_that_are_broken_are_refused(void **state)
{
	static const char *const bad[] = {"{}", "[{}]", "[{\"kind\":\"x\",\"bytes\":\"\"}]", "[{\"kind\":\"tool_use\",\"bytes\":\"{}\"}]", "[", "[{\"kind\":\"opaque\",\"bytes\":\"{}\"}]"};
	struct prompt p;
	struct err e = {0};
	size_t i;

	(void)state;
	prompt_init(&p, "m", 1);
	prompt_add_message(&p, ROLE_USER);
	for (i = 0; i < LENGTH(bad); i++)
		check_code(parts_from_json(slice_of(bad[i]), &p, &e), ERR_PROTO, &e);
	assert_int_equal(p.message[0].count, 0);
	prompt_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams_say_what_was_written_down),
		cmocka_unit_test(test_streams_say_the_same_for_any_split),
		cmocka_unit_test(test_public_streams_say_the_same_for_any_split),
		cmocka_unit_test(test_a_body_that_was_not_streamed_says_the_same_things),
		cmocka_unit_test(test_an_error_body_is_an_error),
		cmocka_unit_test(test_I4_every_cut_of_every_stream_leaves_usage),
		cmocka_unit_test(test_I4_a_cut_stream_keeps_the_usage_it_saw),
		cmocka_unit_test(test_a_reply_goes_through_the_store_unchanged),
		cmocka_unit_test(test_a_long_text_is_joined_from_its_pieces),
		cmocka_unit_test(test_a_reply_without_end_is_a_limit),
		cmocka_unit_test(test_stored_parts_that_are_broken_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
