/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AWS's public suite, step by step, where it is at hand; and cases of our own,
 * whose signatures were made with an independent signer. */
#include "check.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/json.h"
#include "wire/sigv4.h"

#define FIELDS 40

struct request {
	struct sigv4_ask ask;
	struct sigv4_field field[FIELDS];
	char region[64], service[64], hex[HASH_HEX];
};

static void slurp(const char *folder, const char *name, struct buf *out)
{
	char path[1024];
	struct err e = {0};

	snprintf(path, sizeof path, "%s/%s", folder, name);
	buf_init(out, 1 << 20);
	check_ok(file_read(path, out, &e), &e);
}

static void add_field(struct request *r, struct slice name, struct slice value)
{
	assert_true(r->ask.field_count < FIELDS);
	r->field[r->ask.field_count++] = (struct sigv4_field){name, value};
}

/* "GET /path HTTP/1.1", fields (a line that begins with a blank goes on), a blank line, body. */
static void take_request(struct request *r, struct slice text)
{
	const char *p = text.p, *end = text.p + text.len, *line_end = memchr(p, '\n', text.len), *blank = memchr(p, ' ', text.len);

	if (line_end == NULL)
		line_end = end;
	r->ask.method = slice_make(p, (size_t)(blank - p));
	r->ask.target = slice_make(blank + 1, (size_t)(line_end - blank) - 1 - strlen(" HTTP/1.1"));
	for (p = line_end + 1; p < end && *p != '\n'; p = line_end + 1) {
		const char *colon = memchr(p, ':', (size_t)(end - p));

		line_end = memchr(p, '\n', (size_t)(end - p));
		while (line_end != NULL && line_end + 1 < end && line_end[1] == ' ')
			line_end = memchr(line_end + 1, '\n', (size_t)(end - line_end) - 1);
		if (line_end == NULL)
			line_end = end;
		add_field(r, slice_make(p, (size_t)(colon - p)), slice_make(colon + 1, (size_t)(line_end - colon) - 1));
	}
	r->ask.body = p < end ? slice_make(p + 1, (size_t)(end - p) - 1) : slice_of("");
}

/* The signer's own fields. */
static void take_context(struct request *r, const cJSON *c)
{
	const cJSON *credentials = json_object(c, "credentials");
	const char *token = json_text(credentials, "token"), *at = json_text(c, "timestamp");
	struct hash body = hash_slice(r->ask.body);
	size_t i, n = 0;

	for (i = 0; at[i] != '\0' && n + 1 < SIGV4_TIME; i++)
		if (strchr("-:", at[i]) == NULL)
			r->ask.time[n++] = at[i];
	snprintf(r->region, sizeof r->region, "%s", json_text(c, "region"));
	snprintf(r->service, sizeof r->service, "%s", json_text(c, "service"));
	r->ask.region = r->region;
	r->ask.service = r->service;
	r->ask.keep_path = !json_bool(c, "normalize", true);
	add_field(r, slice_of("X-Amz-Date"), slice_of(r->ask.time));
	if (token != NULL && !json_bool(c, "omit_session_token", false))
		add_field(r, slice_of("X-Amz-Security-Token"), slice_of(token));
	hash_to_hex(&body, r->hex);
	if (json_bool(c, "sign_body", false))
		add_field(r, slice_of("x-amz-content-sha256"), slice_of(r->hex));
	r->ask.field = r->field;
}

static void check_text(const char *folder, const char *name, const struct buf *got)
{
	struct buf wanted;

	slurp(folder, name, &wanted);
	if (strcmp(buf_text(&wanted), buf_text(got)) != 0)
		fail_msg("%s/%s:\n%s\nnot:\n%s", folder, name, buf_text(got), buf_text(&wanted));
	buf_release(&wanted);
}

static void check_case(const char *folder)
{
	struct request r = {.ask = {.field_count = 0}};
	struct buf context, request, canonical, text, auth, prefixed, signature;
	uint8_t key[HASH_BYTES];
	struct err e = {0};
	cJSON *c;

	slurp(folder, "context.json", &context);
	slurp(folder, "request.txt", &request);
	check_ok(json_parse(buf_slice(&context), &c, &e), &e);
	take_request(&r, buf_slice(&request));
	take_context(&r, c);
	buf_init(&canonical, 0);
	buf_init(&text, 0);
	buf_init(&auth, 0);
	buf_init(&prefixed, 0);
	buf_init(&signature, 0);
	sigv4_canonical(&r.ask, &canonical);
	check_text(folder, "header-canonical-request.txt", &canonical);
	sigv4_to_sign(&r.ask, buf_slice(&canonical), &text);
	check_text(folder, "header-string-to-sign.txt", &text);
	buf_addf(&prefixed, "AWS4%s", json_text(json_object(c, "credentials"), "secret_access_key"));
	sigv4_derive(buf_slice(&prefixed), &r.ask, key);
	sigv4_authorization(&r.ask, key, slice_of(json_text(json_object(c, "credentials"), "access_key_id")), &auth);
	assert_non_null(strstr(buf_text(&auth), "Signature="));
	buf_adds(&signature, strstr(buf_text(&auth), "Signature=") + strlen("Signature="));
	check_text(folder, "header-signature.txt", &signature);
	cJSON_Delete(c);
	buf_release(&context);
	buf_release(&request);
	buf_release(&canonical);
	buf_release(&text);
	buf_release(&auth);
	buf_release(&prefixed);
	buf_release(&signature);
}

/* How many cases a folder of the suite has; -1 if it is not there. */
static int check_folder(const char *name)
{
	const char *shared = getenv("CLAVIGER_SHARED");
	char folder[512], path[1024];
	struct dirent *entry;
	int n = 0;
	DIR *dir;

	snprintf(folder, sizeof folder, "%s/vectors/sigv4/%s", shared != NULL ? shared : TOP_SRCDIR "/../shared", name);
	dir = opendir(folder);
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(path, sizeof path, "%s/%s/context.json", folder, entry->d_name);
		if (!file_exists(path))
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		check_case(path);
		n++;
	}
	if (dir != NULL)
		closedir(dir);
	return dir != NULL ? n : -1;
}

static void test_the_public_suite(void **state)
{
	int n = check_folder("v4");

	(void)state;
	if (n < 0) {
		print_message("no vectors/sigv4/v4 there: skipped\n");
		skip();
	}
	assert_int_equal(n, 38);
}

static void test_paths_as_bedrock_has_them(void **state)
{
	int n = check_folder("bedrock-generated");

	(void)state;
	if (n < 0) {
		print_message("no vectors/sigv4/bedrock-generated there: skipped\n");
		skip();
	}
	assert_int_equal(n, 8);
}

/* --- the older suite, as botocore has it: one request, its steps and what came of it --- */

static void check_classic(const char *folder, const char *name)
{
	struct request r = {.ask = {.field_count = 0}};
	struct buf request, wanted, canonical, text, auth;
	const char *token;
	uint8_t key[HASH_BYTES];
	char file[300];

	snprintf(file, sizeof file, "%s.req", name);
	slurp(folder, file, &request);
	take_request(&r, buf_slice(&request));
	snprintf(file, sizeof file, "%s.creq", name);
	slurp(folder, file, &wanted);
	token = strstr(buf_text(&wanted), "\nx-amz-security-token:");
	if (token != NULL && strcasestr(buf_text(&request), "x-amz-security-token:") == NULL) {	/* of the signer, not of the request */
		token = strchr(token, ':') + 1;
		add_field(&r, slice_of("X-Amz-Security-Token"), slice_make(token, strcspn(token, "\n")));
	}
	snprintf(r.ask.time, sizeof r.ask.time, "20150830T123600Z");
	r.ask.region = "us-east-1";
	r.ask.service = "service";
	r.ask.field = r.field;
	buf_init(&canonical, 0);
	buf_init(&text, 0);
	buf_init(&auth, 0);
	sigv4_canonical(&r.ask, &canonical);
	snprintf(file, sizeof file, "%s.creq", name);
	check_text(folder, file, &canonical);
	sigv4_to_sign(&r.ask, buf_slice(&canonical), &text);
	snprintf(file, sizeof file, "%s.sts", name);
	check_text(folder, file, &text);
	sigv4_derive(slice_of("AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"), &r.ask, key);
	sigv4_authorization(&r.ask, key, slice_of("AKIDEXAMPLE"), &auth);
	snprintf(file, sizeof file, "%s.authz", name);
	check_text(folder, file, &auth);
	buf_release(&request);
	buf_release(&wanted);
	buf_release(&canonical);
	buf_release(&text);
	buf_release(&auth);
}

/* Cases lie in folders of their name, some of them a folder deeper. */
static int walk_classic(const char *folder, int depth)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int n = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char path[1024], request[1400];

		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		snprintf(request, sizeof request, "%s/%s.req", path, entry->d_name);
		if (entry->d_name[0] == '.')
			continue;
		if (file_exists(request)) {
			check_classic(path, entry->d_name);
			n++;
		} else if (depth > 0) {
			n += walk_classic(path, depth - 1);
		}
	}
	if (dir != NULL)
		closedir(dir);
	return n;
}

static void vectors_path(const char *name, char *out, size_t room)
{
	const char *shared = getenv("CLAVIGER_SHARED");

	snprintf(out, room, "%s/vectors/sigv4/%s", shared != NULL ? shared : TOP_SRCDIR "/../shared", name);
}

static void test_the_classic_suite(void **state)
{
	char folder[512];
	int n;

	(void)state;
	vectors_path("v4-classic-botocore", folder, sizeof folder);
	n = walk_classic(folder, 1);
	if (n == 0) {
		print_message("no vectors/sigv4/v4-classic-botocore there: skipped\n");
		skip();
	}
	assert_int_equal(n, 34);
}

/* One signed POST with a session token and the body's hash, from another SDK's tests. */
static void test_a_post_to_mantle(void **state)
{
	struct buf file, canonical, auth, prefixed;
	const cJSON *credentials, *request, *expected;
	char path[512], hex[HASH_HEX], hash[HASH_HEX];
	struct sigv4_ask a = {.field_count = 0};
	struct hash body, canon;
	uint8_t key[HASH_BYTES];
	struct err e = {0};
	cJSON *t;

	(void)state;
	vectors_path("openai-bedrock-mantle-sigv4.json", path, sizeof path);
	if (!file_exists(path)) {
		print_message("no %s: skipped\n", path);
		skip();
	}
	buf_init(&file, 1 << 20);
	check_ok(file_read(path, &file, &e), &e);
	check_ok(json_parse(buf_slice(&file), &t, &e), &e);
	credentials = json_object(t, "credentials");
	request = json_object(t, "request");
	expected = json_object(t, "expected");
	a.method = slice_of(json_text(request, "method"));
	a.target = slice_of("/openai/v1/responses");
	a.body = slice_of(json_text(request, "body"));
	snprintf(a.time, sizeof a.time, "%s", json_text(expected, "date"));
	a.region = json_text(t, "region");
	a.service = json_text(t, "service");
	body = hash_slice(a.body);
	hash_to_hex(&body, hex);
	assert_string_equal(hex, json_text(expected, "payloadHash"));
	{
		const struct sigv4_field field[] = {{slice_of("content-type"), slice_of(json_text(request, "contentType"))}, {slice_of("host"), slice_of("bedrock-mantle.us-east-1.api.aws")},
			{slice_of("x-amz-content-sha256"), slice_of(hex)}, {slice_of("x-amz-date"), slice_of(a.time)},
			{slice_of("x-amz-security-token"), slice_of(json_text(credentials, "sessionToken"))}};

		a.field = field;
		a.field_count = LENGTH(field);
		buf_init(&canonical, 0);
		buf_init(&auth, 0);
		buf_init(&prefixed, 0);
		sigv4_canonical(&a, &canonical);
		canon = hash_slice(buf_slice(&canonical));
		hash_to_hex(&canon, hash);
		assert_string_equal(hash, json_text(expected, "canonicalRequestHash"));
		buf_addf(&prefixed, "AWS4%s", json_text(credentials, "secretAccessKey"));
		sigv4_derive(buf_slice(&prefixed), &a, key);
		sigv4_authorization(&a, key, slice_of(json_text(credentials, "accessKeyId")), &auth);
		assert_string_equal(buf_text(&auth), json_text(expected, "authorization"));
	}
	cJSON_Delete(t);
	buf_release(&file);
	buf_release(&canonical);
	buf_release(&auth);
	buf_release(&prefixed);
}

/* --- our own -------------------------------------------------------------- */

static void check_own(const char *name, const char *target, const char *body, bool has_token, const char *wanted)
{
	struct sigv4_field field[] = {{slice_of("host"), slice_of("bedrock-runtime.eu-west-3.amazonaws.com")}, {slice_of("x-amz-date"), slice_of("20261123T091500Z")},
		{slice_of("Content-Type"), slice_of("  application/json ")}, {slice_of("x-amz-security-token"), slice_of("own-token/1+2==")}};
	struct sigv4_ask a = {.method = slice_of("POST"), .target = slice_of(target), .field = field, .field_count = has_token ? 4 : 3, .body = slice_of(body),
		.time = "20261123T091500Z", .region = "eu-west-3", .service = "bedrock"};
	uint8_t key[HASH_BYTES];
	struct buf out;

	buf_init(&out, 0);
	sigv4_derive(slice_of("AWS4ownsecret/0123456789+abcdefghijklmnopq"), &a, key);
	sigv4_authorization(&a, key, slice_of("AKIAOWNCASE123456789"), &out);
	if (strcmp(buf_text(&out), wanted) != 0)
		fail_msg("%s: %s", name, buf_text(&out));
	buf_release(&out);
}

#include "data/sigv4/own.inc"

static void test_own_cases(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(own); i++)
		check_own(own[i].name, own[i].target, own[i].body, own[i].has_token, own[i].wanted);
}

static void test_the_time_is_utc(void **state)
{
	char at[SIGV4_TIME];

	(void)state;
	sigv4_time(INT64_C(1795425300) * 1000000 + 999999, at);
	assert_string_equal(at, "20261123T091500Z");
	sigv4_time(-1, at);
	assert_string_equal(at, "19700101T000000Z");
}

static void test_what_proxies_change_is_not_signed(void **state)
{
	(void)state;
	assert_false(sigv4_is_signed("User-Agent") || sigv4_is_signed("proxy-authorization") || sigv4_is_signed("Expect"));
	assert_true(sigv4_is_signed("content-type") && sigv4_is_signed("x-amz-date"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_public_suite),
		cmocka_unit_test(test_paths_as_bedrock_has_them),
		cmocka_unit_test(test_the_classic_suite),
		cmocka_unit_test(test_a_post_to_mantle),
		cmocka_unit_test(test_own_cases),
		cmocka_unit_test(test_the_time_is_utc),
		cmocka_unit_test(test_what_proxies_change_is_not_signed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
