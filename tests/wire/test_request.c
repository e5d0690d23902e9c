/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "wire/request.h"

static void test_base_urls_are_taken_apart(void **state)
{
	static const struct {
		const char *text, *host, *prefix;
		uint16_t port;
		bool is_plain;
	} good[] = {
		{"https://API.example.com", "api.example.com", "", 443, false},
		{"https://api.example.com/v1/", "api.example.com", "", 443, false},
		{"https://example.com:8443/anthropic/v1", "example.com", "/anthropic", 8443, false},
		{"http://localhost:8080", "localhost", "", 8080, true},
		{"http://127.0.0.1:9/", "127.0.0.1", "", 9, true},
		{"http://[::1]:99/x", "::1", "/x", 99, true},
		{"http://a.localhost/v1", "a.localhost", "", 80, true},
	};
	struct wire_url u;
	struct err e = {0};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(good); i++) {
		check_ok(wire_url_parse(good[i].text, &u, &e), &e);
		assert_string_equal(u.host, good[i].host);
		assert_string_equal(u.prefix, good[i].prefix);
		assert_int_equal(u.port, good[i].port);
		assert_int_equal(u.is_plain, good[i].is_plain);
	}
}

static void test_urls_that_could_leak_a_key_are_refused(void **state)
{
	static const char *const bad[] = {"http://example.com", "http://127.0.0.1.example.com", "http://localhost.example.com", "ftp://x", "https://", "https://:443",
	    "https://u:p@example.com", "https://example.com/?a=b", "https://example.com#x", "https://example.com:0", "https://example.com:65536", "https://example.com:",
	    "https://exa mple.com", "https://example.com\r\nx", "https://[::1", "https://ex%61mple.com", "http://127.1", "example.com", ""};
	struct wire_url u;
	struct err e = {0};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(bad); i++) {
		check_code(wire_url_parse(bad[i], &u, &e), ERR_USAGE, &e);
		assert_string_equal(u.host, "");
	}
}

static void test_a_request_is_written_out(void **state)
{
	struct wire_url u;
	struct wire_request r;
	struct buf url;
	struct err e = {0};
	char authority[300];

	(void)state;
	buf_init(&url, 0);
	check_ok(wire_url_parse("https://example.com:8443/p/v1", &u, &e), &e);
	wire_request_init(&r, "POST", &u, "/v1/messages?x=1");
	wire_request_header(&r, "Content-Type", "text/plain");
	wire_request_header(&r, "content-type", "application/json");
	wire_request_url(&r, &url);
	wire_request_authority(&r, authority, sizeof authority);
	assert_string_equal(buf_text(&url), "https://example.com:8443/p/v1/messages?x=1");
	assert_string_equal(authority, "example.com:8443");
	assert_int_equal(r.header_count, 1);
	assert_string_equal(wire_request_get(&r, "CONTENT-TYPE"), "application/json");
	assert_true(wire_request_is_sound(&r));
	wire_request_release(&r);
	assert_false(wire_request_is_sound(&r));
	buf_release(&url);
}

static void test_a_header_can_not_bring_a_second_one(void **state)
{
	static const struct {
		const char *name, *value;
	} bad[] = {{"x", "a\r\nb: c"}, {"x:y", "a"}, {"", "a"}, {"x y", "a"}, {"x", "\xC3\xA9"}, {"x", "\x7F"}};
	struct wire_url u;
	struct err e = {0};
	size_t i;

	(void)state;
	check_ok(wire_url_parse("https://example.com", &u, &e), &e);
	for (i = 0; i < LENGTH(bad); i++) {
		struct wire_request r;

		wire_request_init(&r, "GET", &u, "/");
		wire_request_header(&r, bad[i].name, bad[i].value);
		assert_false(wire_request_is_sound(&r));
		assert_int_equal(r.header_count, 0);
		wire_request_release(&r);
	}
}

static void test_a_path_with_a_blank_is_not_sound(void **state)
{
	struct wire_url u;
	struct wire_request r;
	struct buf b;
	struct err e = {0};

	(void)state;
	check_ok(wire_url_parse("https://example.com", &u, &e), &e);
	wire_request_init(&r, "GET", &u, "/a b");
	assert_false(wire_request_is_sound(&r));
	wire_request_release(&r);
	buf_init(&b, 0);
	wire_percent(&b, slice_make("a b/:\0~", 7));
	assert_string_equal(buf_text(&b), "a%20b%2F%3A%00~");
	buf_release(&b);
}

static void test_the_two_hosts_of_bedrock_are_one_service(void **state)
{
	(void)state;
	assert_true(wire_host_is_same_service("api.example.com", "api.example.com"));
	assert_true(wire_host_is_same_service("bedrock-runtime.us-east-1.amazonaws.com", "bedrock.us-east-1.amazonaws.com"));
	assert_false(wire_host_is_same_service("bedrock-runtime.us-east-1.amazonaws.com", "bedrock.us-east-2.amazonaws.com"));
	assert_false(wire_host_is_same_service("bedrock-runtime.us-east-1.amazonaws.com", "bedrock.us-east-1.amazonaws.com.example"));
	assert_false(wire_host_is_same_service("bedrock-runtime.us-east-1.evil.amazonaws.com", "bedrock.us-east-1.evil.amazonaws.com"));
	assert_false(wire_host_is_same_service("s3.us-east-1.amazonaws.com", "bedrock.us-east-1.amazonaws.com"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base_urls_are_taken_apart),
		cmocka_unit_test(test_urls_that_could_leak_a_key_are_refused),
		cmocka_unit_test(test_a_request_is_written_out),
		cmocka_unit_test(test_a_header_can_not_bring_a_second_one),
		cmocka_unit_test(test_a_path_with_a_blank_is_not_sound),
		cmocka_unit_test(test_the_two_hosts_of_bedrock_are_one_service),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
