/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/file.h"
#include "base/json.h"
#include "wire/evs.h"
#include "wire/split.h"

#define MAX ((size_t)1 << 20)

static enum err_code note(void *user, const struct evs_message *m)
{
	struct buf *out = user;
	size_t i;

	for (i = 0; i < m->header_count; i++) {
		const struct evs_header *h = &m->header[i];

		buf_addf(out, "%.*s/%d=", (int)h->name.len, h->name.p, (int)h->type);
		if (h->type == EVS_BYTES || h->type == EVS_TEXT || h->type == EVS_UUID)
			json_quote(out, h->bytes);
		else
			buf_addf(out, "%" PRId64, h->number);
		buf_addc(out, ' ');
	}
	json_quote(out, m->payload);
	buf_addc(out, '\n');
	return ERR_OK;
}

static void run(void *user, const struct slice *cut, size_t count, struct buf *out)
{
	struct evs *p = evs_new(MAX, note, out);
	enum err_code code = ERR_OK;
	size_t i;

	(void)user;
	for (i = 0; i < count && code == ERR_OK; i++)
		code = evs_feed(p, cut[i].p, cut[i].len, NULL);
	if (code == ERR_OK)
		code = evs_end(p, NULL);
	buf_addf(out, "-- %s\n", err_name(code));
	evs_free(p);
}

/* --- messages of our own -------------------------------------------------- */

static void put32(struct buf *b, uint32_t n)
{
	const char bytes[4] = {(char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n};

	buf_add(b, bytes, 4);
}

static void put_message(struct buf *b, struct slice headers, const char *payload)
{
	struct buf one;

	buf_init(&one, 0);
	put32(&one, (uint32_t)(16 + headers.len + strlen(payload)));
	put32(&one, (uint32_t)headers.len);
	put32(&one, (uint32_t)crc32(0, (const Bytef *)one.p, 8));
	buf_add_slice(&one, headers);
	buf_adds(&one, payload);
	put32(&one, (uint32_t)crc32(0, (const Bytef *)one.p, (uInt)one.len));
	buf_add_slice(b, buf_slice(&one));
	buf_release(&one);
}

static void check_stream(const struct buf *bytes, const char *wanted)
{
	struct slice whole = buf_slice(bytes);
	struct buf got;

	buf_init(&got, 0);
	run(NULL, &whole, 1, &got);
	assert_string_equal(buf_text(&got), wanted);
	buf_release(&got);
	split_check(run, NULL, whole, 1);
}

static void check_message(const char *headers, size_t len, const char *wanted)
{
	struct buf b;

	buf_init(&b, 0);
	put_message(&b, slice_make(headers, len), "p");
	check_stream(&b, wanted);
	buf_release(&b);
}
#define check_headers(text, wanted) check_message(text, sizeof(text) - 1, wanted)

static void test_headers_of_each_type(void **state)
{
	(void)state;
	check_headers("", "\"p\"\n-- ok\n");
	check_headers("\1a\0\1b\1", "a/0=1 b/1=0 \"p\"\n-- ok\n");
	check_headers("\1a\2\377\1b\3\377\376\1c\4\200\0\0\0\1d\5\0\0\0\0\0\0\0\11", "a/2=-1 b/3=-2 c/4=-2147483648 d/5=9 \"p\"\n-- ok\n");
	check_headers("\1a\6\0\2xy\1b\7\0\0\1c\10\0\0\0\0\0\0\1\0", "a/6=\"xy\" b/7=\"\" c/8=256 \"p\"\n-- ok\n");
	check_headers("\1a\11" "0123456789abcdef", "a/9=\"0123456789abcdef\" \"p\"\n-- ok\n");
}

static void test_headers_that_cannot_be(void **state)
{
	(void)state;
	check_headers("\0\0", "-- protocol\n");
	check_headers("\1a", "-- protocol\n");
	check_headers("\1a\12", "-- protocol\n");
	check_headers("\1a\377", "-- protocol\n");
	check_headers("\1a\7\0\2x", "-- protocol\n");
	check_headers("\1a\4\0\0\0", "-- protocol\n");
	check_headers("\11a\0", "-- protocol\n");
	check_headers("\1a\0\1a\1", "-- protocol\n");
}

static void test_lengths_are_believed_only_after_their_checksum(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	put32(&b, 0xFFFFFFFF);
	put32(&b, 0);
	put32(&b, 0);
	check_stream(&b, "-- protocol\n");
	buf_clear(&b);
	put32(&b, 0xFFFFFFFF);
	put32(&b, 0);
	put32(&b, (uint32_t)crc32(0, (const Bytef *)b.p, 8));
	check_stream(&b, "-- limit\n");
	buf_clear(&b);
	put32(&b, 20);
	put32(&b, 5);
	put32(&b, (uint32_t)crc32(0, (const Bytef *)b.p, 8));
	check_stream(&b, "-- protocol\n");
	buf_release(&b);
}

static void test_a_changed_bit_is_never_a_message(void **state)
{
	struct buf b;
	size_t i;

	(void)state;
	buf_init(&b, 0);
	put_message(&b, slice_make("\1a\7\0\1x", 6), "{\"text\":1}");
	for (i = 0; i < b.len * 8; i++) {
		struct slice whole = buf_slice(&b);
		struct buf got;

		buf_init(&got, 0);
		b.p[i / 8] = (char)(b.p[i / 8] ^ (1 << i % 8));
		run(NULL, &whole, 1, &got);
		assert_int_equal(strncmp(buf_text(&got), "-- ", 3), 0);
		assert_string_not_equal(buf_text(&got), "-- ok\n");
		b.p[i / 8] = (char)(b.p[i / 8] ^ (1 << i % 8));
		buf_release(&got);
	}
	buf_release(&b);
}

static void test_an_early_end_is_seen(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 0);
	put_message(&b, slice_of(""), "one");
	put_message(&b, slice_of(""), "two");
	b.len -= 1;
	check_stream(&b, "\"one\"\n-- protocol\n");
	buf_release(&b);
}

/* --- public messages ------------------------------------------------------ */

static int each(const char *folder, const char *prefix, enum err_code wanted)
{
	const char *shared = getenv("CLAVIGER_SHARED");
	char path[1024];
	struct dirent *entry;
	int n = 0;
	DIR *dir;

	snprintf(path, sizeof path, "%s/vectors/eventstream/%s", shared != NULL ? shared : TOP_SRCDIR "/../shared", folder);
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char end[32];
		struct buf bytes, got;
		struct slice whole;
		struct err e = {0};
		bool is_bad = strncmp(entry->d_name, "corrupted", 9) == 0 || strncmp(entry->d_name, "invalid", 7) == 0 || strncmp(entry->d_name, "duplicate", 9) == 0;

		if (entry->d_name[0] == '.' || strncmp(entry->d_name, prefix, strlen(prefix)) != 0 || strstr(entry->d_name, ".json") != NULL || is_bad != (wanted != ERR_OK))
			continue;
		snprintf(path, sizeof path, "%s/vectors/eventstream/%s/%s", shared != NULL ? shared : TOP_SRCDIR "/../shared", folder, entry->d_name);
		buf_init(&bytes, MAX);
		buf_init(&got, 0);
		check_ok(file_read(path, &bytes, &e), &e);
		whole = buf_slice(&bytes);
		run(NULL, &whole, 1, &got);
		snprintf(end, sizeof end, "-- %s\n", err_name(wanted));
		if (strlen(buf_text(&got)) < strlen(end) || strcmp(buf_text(&got) + got.len - strlen(end), end) != 0)
			fail_msg("%s: %s", path, buf_text(&got));
		split_check(run, NULL, whole, 1);
		buf_release(&bytes);
		buf_release(&got);
		n++;
	}
	if (dir != NULL)
		closedir(dir);
	return dir != NULL ? n : -1;
}

static void test_public_messages(void **state)
{
	int n = each("aws-sdk-go/encoded/positive", "", ERR_OK);

	(void)state;
	if (n < 0) {
		print_message("no vectors/eventstream there: skipped\n");
		skip();
	}
	assert_int_equal(n, 5);
	assert_int_equal(each("aws-sdk-go/encoded/negative", "", ERR_PROTO), 4);
	assert_int_equal(each("smithy-rs", "valid", ERR_OK), 3);
	assert_int_equal(each("smithy-rs", "invalid", ERR_PROTO), 8);
	assert_true(each("botocore", "", ERR_OK) >= 8);
	assert_true(each("botocore", "", ERR_PROTO) >= 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers_of_each_type),
		cmocka_unit_test(test_headers_that_cannot_be),
		cmocka_unit_test(test_lengths_are_believed_only_after_their_checksum),
		cmocka_unit_test(test_a_changed_bit_is_never_a_message),
		cmocka_unit_test(test_an_early_end_is_seen),
		cmocka_unit_test(test_public_messages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
