/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Signatures judged as AWS judges them, and the binary stream as it writes it. */
#include "check.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "practice/eventstream.h"
#include "practice/sigv4.h"

static const struct aws_pair pairs[] = {{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}, {NULL, NULL}};

static void header(struct request *q, const char *name, const char *value)
{
	headers_add(&q->headers, name, value);
}

/* The first case of AWS's own suite. */
static struct request vanilla(void)
{
	struct request q = {.method = "GET", .target = "/", .body = slice_of("")};

	header(&q, "Host", "example.amazonaws.com");
	header(&q, "X-Amz-Date", "20150830T123600Z");
	header(&q, "Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, "
				    "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
	assert_true(date_parse("2015-08-30T12:36:00Z", &q.now_us));
	return q;
}

static void assert_judged(const struct request *q, const char *service, const char *region, const char *error)
{
	struct aws_caller who = {.id = ""};
	struct aws_no n = {.type = "good"};
	bool ok = sigv4_check(q, pairs, service, region, &who, &n);

	assert_string_equal(n.type, error);
	assert_int_equal(ok, strcmp(error, "good") == 0);
	if (ok) {
		assert_string_equal(who.id, "AKIDEXAMPLE");
		assert_string_equal(who.region, "us-east-1");
	}
}

static void test_a_published_signature_holds(void **state)
{
	struct request q = vanilla();

	(void)state;
	assert_judged(&q, "service", "us-east-1", "good");
	assert_judged(&q, "service", NULL, "good");
	assert_judged(&q, "bedrock", NULL, "InvalidSignatureException");
	assert_judged(&q, "service", "eu-west-1", "InvalidSignatureException");
	headers_release(&q.headers);
}

static void test_what_is_touched_after_signing_is_refused(void **state)
{
	struct request q = vanilla();

	(void)state;
	q.target = "/?x=1";
	assert_judged(&q, "service", NULL, "InvalidSignatureException");
	q.target = "/";
	q.body = slice_of("x");
	assert_judged(&q, "service", NULL, "InvalidSignatureException");
	q.body = slice_of("");
	q.method = "POST";
	assert_judged(&q, "service", NULL, "InvalidSignatureException");
	q.method = "GET";
	header(&q, "x-amz-security-token", "not signed");
	assert_judged(&q, "service", NULL, "InvalidSignatureException");
	headers_release(&q.headers);
}

static void test_a_clock_may_be_five_minutes_off_and_no_more(void **state)
{
	struct request q = vanilla();
	int64_t signed_us = q.now_us;

	(void)state;
	q.now_us = signed_us + SIGV4_SKEW_US;
	assert_judged(&q, "service", NULL, "good");
	q.now_us = signed_us - SIGV4_SKEW_US;
	assert_judged(&q, "service", NULL, "good");
	q.now_us = signed_us + SIGV4_SKEW_US + US_PER_S;
	assert_judged(&q, "service", NULL, "InvalidSignatureException");
	q.now_us = signed_us - SIGV4_SKEW_US - US_PER_S;
	assert_judged(&q, "service", NULL, "InvalidSignatureException");
	headers_release(&q.headers);
}

static void test_headers_that_are_no_signature_are_told_apart(void **state)
{
	static const struct {
		const char *header, *error;
	} rows[] = {{"Basic abc", "IncompleteSignatureException"}, {"AWS4-HMAC-SHA256 Credential=A/B/C", "IncompleteSignatureException"},
	    {"AWS4-HMAC-SHA256 Credential=AKIDOTHER/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=00", "UnrecognizedClientException"},
	    {"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150831/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=00", "InvalidSignatureException"},
	    {"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=x-amz-date, Signature=00", "InvalidSignatureException"},
	    {"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=x-amz-date;host, Signature=00", "InvalidSignatureException"}};
	struct request q;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(rows); i++) {
		q = (struct request){.method = "GET", .target = "/", .body = slice_of("")};
		header(&q, "Host", "h");
		header(&q, "X-Amz-Date", "20150830T123600Z");
		header(&q, "Authorization", rows[i].header);
		assert_true(date_parse("2015-08-30T12:36:00Z", &q.now_us));
		assert_judged(&q, "service", NULL, rows[i].error);
		headers_release(&q.headers);
	}
	q = (struct request){.method = "GET", .target = "/", .body = slice_of("")};
	assert_judged(&q, "service", NULL, "MissingAuthenticationTokenException");
}

static void test_the_canonical_request_encodes_the_path_once_more(void **state)
{
	struct request q = {.method = "POST", .target = "/model/x-v1%3A0/a:b/./c//../d/converse?b=2%20x&a=1&a&b=%31", .body = slice_of("")};
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	header(&q, "Host", "h");
	header(&q, "My-Name", "  two   words ");
	header(&q, "my-name", "again");
	sigv4_canonical(&q, "host;my-name", &out);
	assert_string_equal(buf_text(&out),
	    "POST\n/model/x-v1%253A0/a%3Ab/d/converse\na=&a=1&b=1&b=2%20x\nhost:h\nmy-name:two words,again\n\nhost;my-name\n"
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	buf_release(&out);
	headers_release(&q.headers);
}

/* --- AWS's suite, from the shared vectors ------------------------------------------ */

static char *slurp(const char *dir, const char *name, const char *file)
{
	char *path = xasprintf("%s/%s/%s", dir, name, file);
	struct buf text;
	struct err e;
	char *out = NULL;

	buf_init(&text, 0);
	if (file_read(path, &text, &e) == ERR_OK)
		out = buf_take(&text);
	buf_release(&text);
	free(path);
	return out;
}

/* "GET /x HTTP/1.1", headers (a value may go on in the next line), a blank line, the body. */
static bool read_request(char *text, struct request *q)
{
	char *line = strsep(&text, "\n"), *colon;

	q->method = strsep(&line, " ");
	q->target = line;
	colon = line != NULL ? strstr(line, " HTTP/1.1") : NULL;
	if (colon == NULL)
		return false;
	*colon = '\0';
	while (text != NULL && *text != '\0' && *text != '\n') {
		line = strsep(&text, "\n");
		if (*line == ' ' && q->headers.n > 0) {
			char **value = &q->headers.h[q->headers.n - 1].value, *more = xasprintf("%s %s", *value, line);

			free(*value);
			*value = more;
			continue;
		}
		colon = strchr(line, ':');
		if (colon == NULL)
			return false;
		*colon = '\0';
		header(q, line, colon + 1);
	}
	q->body = slice_of(text != NULL && *text == '\n' ? text + 1 : "");
	return true;
}

/* All but the paths that S3 alone leaves as they are, and a token that nobody signed. */
static void test_every_case_of_the_suite_is_accepted(void **state)
{
	const char *shared = getenv("CLAVIGER_SHARED");
	char *dir = xasprintf("%s/vectors/sigv4/v4", shared != NULL ? shared : "");
	DIR *d = shared != NULL ? opendir(dir) : NULL;
	struct dirent *entry;
	size_t cases = 0;

	(void)state;
	if (d == NULL) {
		free(dir);
		print_message("skipped: CLAVIGER_SHARED has no vectors/sigv4/v4\n");
		skip();
	}
	while ((entry = readdir(d)) != NULL) {
		char *context = slurp(dir, entry->d_name, "context.json"), *text = slurp(dir, entry->d_name, "header-signed-request.txt");
		struct request q = {.method = NULL};
		cJSON *json = NULL;

		if (context != NULL && text != NULL && json_parse(slice_of(context), &json, NULL) == ERR_OK && json_bool(json, "normalize", true) &&
		    !json_bool(json, "omit_session_token", false) && read_request(text, &q)) {
			assert_true(date_parse(json_text(json, "timestamp"), &q.now_us));
			assert_judged(&q, "service", "us-east-1", "good");
			cases++;
		}
		headers_release(&q.headers);
		cJSON_Delete(json);
		free(context);
		free(text);
	}
	closedir(d);
	free(dir);
	print_message("%zu cases of the suite\n", cases);
	assert_true(cases > 20);
}

/* --- the stream ----------------------------------------------------------------------- */

static void test_check_sums_are_those_of_zlib(void **state)
{
	(void)state;
	assert_int_equal(crc32_of(slice_of("123456789")), 0xCBF43926U);
	assert_int_equal(crc32_of(slice_of("")), 0);
}

static void test_a_message_is_laid_out_as_described(void **state)
{
	static const char payload[] = "{\"a\":1}";
	struct buf out;
	const unsigned char *p;
	uint32_t total, headers;

	(void)state;
	buf_init(&out, 0);
	eventstream_add(&out, "event", "metadata", slice_of(payload));
	p = (const unsigned char *)out.p;
	total = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	headers = (uint32_t)p[4] << 24 | (uint32_t)p[5] << 16 | (uint32_t)p[6] << 8 | p[7];
	assert_int_equal(total, out.len);
	assert_int_equal(total - headers - 16, sizeof payload - 1);
	assert_int_equal(crc32_of(slice_make(out.p, 8)), (uint32_t)p[8] << 24 | (uint32_t)p[9] << 16 | (uint32_t)p[10] << 8 | p[11]);
	p += total - 4;
	assert_int_equal(crc32_of(slice_make(out.p, total - 4)), (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3]);
	assert_memory_equal(out.p + 12, "\x0b:event-type\x07\x00\x08metadata", 23);
	assert_memory_equal(out.p + 12 + headers, payload, sizeof payload - 1);
	buf_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_published_signature_holds),
		cmocka_unit_test(test_what_is_touched_after_signing_is_refused),
		cmocka_unit_test(test_a_clock_may_be_five_minutes_off_and_no_more),
		cmocka_unit_test(test_headers_that_are_no_signature_are_told_apart),
		cmocka_unit_test(test_the_canonical_request_encodes_the_path_once_more),
		cmocka_unit_test(test_every_case_of_the_suite_is_accepted),
		cmocka_unit_test(test_check_sums_are_those_of_zlib),
		cmocka_unit_test(test_a_message_is_laid_out_as_described),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
