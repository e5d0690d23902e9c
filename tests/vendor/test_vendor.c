/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdio.h>

#include "vendor/vendor.h"

#define NOW (INT64_C(1795424400) * 1000000)
#define S INT64_C(1000000)

static void classify(int status, const char *type, const char *message, const struct wire_answer_header *h, size_t n, struct vendor_error *out)
{
	char body[512];

	snprintf(body, sizeof body, "{\"type\":\"error\",\"error\":{\"type\":\"%s\",\"message\":\"%s\"},\"request_id\":\"req_body\"}", type, message);
	vendor_find("anthropic")->classify(status, h, n, slice_of(body), NOW, out);
}

static void test_errors_are_told_apart(void **state)
{
	static const struct {
		int status;
		const char *type, *message;
		enum trouble meaning;
		bool is_retryable;
	} cases[] = {
		{400, "invalid_request_error", "messages: at least one message is required", TROUBLE_INVALID, false},
		{400, "invalid_request_error", "You have reached your specified API usage limits.", TROUBLE_OWN_LIMIT, false},
		{400, "invalid_request_error", "Your credit balance is too low", TROUBLE_NO_CREDIT, false},
		{400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum", TROUBLE_TOO_LONG, false},
		{401, "authentication_error", "invalid x-api-key", TROUBLE_BAD_KEY, false},
		{402, "billing_error", "zzz", TROUBLE_NO_CREDIT, false},
		{403, "permission_error", "zzz", TROUBLE_NO_PERMISSION, false},
		{404, "not_found_error", "model: claude-x", TROUBLE_MODEL_GONE, false},
		{413, "request_too_large", "zzz", TROUBLE_TOO_LONG, false},
		{429, "rate_limit_error", "zzz", TROUBLE_SLOW_DOWN, false},
		{500, "api_error", "zzz", TROUBLE_SERVER, true},
		{504, "timeout_error", "zzz", TROUBLE_SERVER, true},
		{529, "overloaded_error", "Overloaded", TROUBLE_OVERLOADED, true},
		{503, "brand_new_error", "zzz", TROUBLE_SERVER, true},
		{418, "brand_new_error", "zzz", TROUBLE_INVALID, false},
		{302, "brand_new_error", "zzz", TROUBLE_BROKEN, false},
	};
	struct vendor_error v;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		classify(cases[i].status, cases[i].type, cases[i].message, NULL, 0, &v);
		if (v.meaning != cases[i].meaning || v.is_retryable != cases[i].is_retryable)
			fail_msg("%d %s: %s", cases[i].status, cases[i].message, trouble_names[v.meaning]);
		assert_string_equal(v.type, cases[i].type);
		assert_string_equal(v.request_id, "req_body");
		assert_true(v.sentence[0] != '\0');
		assert_null(strstr(v.sentence, cases[i].message));
	}
}

static void test_the_vendors_own_wait_is_taken(void **state)
{
	const struct wire_answer_header wait[] = {{slice_of("Retry-After"), slice_of("12")}, {slice_of("Request-Id"), slice_of("req_1")}};
	const struct wire_answer_header no[] = {{slice_of("x-should-retry"), slice_of("false")}}, yes[] = {{slice_of("x-should-retry"), slice_of("true")}};
	struct vendor_error v;

	(void)state;
	classify(429, "rate_limit_error", "no", wait, 2, &v);
	assert_true(v.is_retryable && v.has_wait);
	assert_int_equal(v.wait_us, 12 * S);
	assert_string_equal(v.request_id, "req_1");
	classify(529, "overloaded_error", "no", no, 1, &v);
	assert_false(v.is_retryable);
	classify(400, "invalid_request_error", "no", yes, 1, &v);
	assert_true(v.is_retryable);
	classify(401, "authentication_error", "no", yes, 1, &v);
	assert_false(v.is_retryable);
}

static void test_a_body_that_is_no_json_is_judged_by_its_status(void **state)
{
	const struct vendor *a = vendor_find("anthropic");
	struct vendor_error v;

	(void)state;
	a->classify(401, NULL, 0, slice_of("<html>"), NOW, &v);
	assert_int_equal(v.meaning, TROUBLE_BAD_KEY);
	assert_string_equal(v.type, "");
	a->classify(502, NULL, 0, slice_of(""), NOW, &v);
	assert_int_equal(v.meaning, TROUBLE_SERVER);
	assert_true(v.is_retryable);
	a->classify(429, NULL, 0, slice_of("{\"error\":\"text\"}"), NOW, &v);
	assert_int_equal(v.meaning, TROUBLE_SLOW_DOWN);
}

/* A server may repeat what it was sent: nothing that looks like a credential is taken over. */
static void test_I5_own_words_repeat_no_key(void **state)
{
	static const struct { const char *said, *kept; } cases[] = {
		{"Incorrect API key provided: sk-proj-abcdefghij0123456789. See your account.", "Incorrect API key provided: [key]. See your account."},
		{"Incorrect API key provided: sk-pr****6789.", "Incorrect API key provided: [key]."},
		{"x-api-key: sk-ant-api03-AAAA\nis invalid", "x-api-key: [key] is invalid"},
		{"Bearer ABSKQmVkcm9ja0FQSUtleS1hYmNk is unknown", "Bearer [key] is unknown"},
		{"signature of wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "signature of [key]"},
		{"model claude-sonnet-4-5-20250929-v1 is not for you", "model claude-sonnet-4-5-20250929-v1 is not for you"},
		{"You have reached your specified API usage limits.", "You have reached your specified API usage limits."},
	};
	const struct vendor *all[] = {vendor_find("anthropic"), vendor_find("openai"), vendor_find("bedrock")};
	struct vendor_error v;
	char out[256], small[32];

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		vendor_words(cases[i].said, out, sizeof out);
		assert_string_equal(out, cases[i].kept);
		vendor_words(cases[i].said, small, sizeof small);
		assert_true(strlen(small) < sizeof small);
	}
	vendor_words(NULL, out, sizeof out);
	assert_string_equal(out, "");
	/* no vendor's classify() lets one through */
	for (size_t i = 0; i < LENGTH(all); i++) {
		all[i]->classify(401, NULL, 0, slice_of("{\"error\":{\"type\":\"x\",\"message\":\"bad sk-proj-abcdefghij0123456789\"},\"message\":\"bad sk-proj-abcdefghij0123456789\"}"), NOW, &v);
		assert_null(strstr(v.message, "sk-proj-"));
		assert_non_null(strstr(v.message, "[key]"));
		vendor_own_words(&v, out, sizeof out);
		assert_non_null(strstr(out, "own words: bad [key]"));
	}
}

static void test_words_from_outside_become_tokens(void **state)
{
	struct vendor_error v;
	char t[8];

	(void)state;
	classify(400, "odd\\n\\u001b[31m typ\\u00e9", "x", NULL, 0, &v);
	assert_string_equal(v.type, "odd[31mtyp");
	vendor_token(slice_of("a b\tc\x80" "defghi"), t, sizeof t);
	assert_string_equal(t, "abcdefg");
}

static void test_errors_inside_a_stream_keep_their_meaning(void **state)
{
	const struct reply_event ev = {.kind = REPLY_ERROR, .trouble = TROUBLE_OVERLOADED, .name = slice_of("overloaded_error"), .text = slice_of("Overloaded")};
	struct vendor_error v;

	(void)state;
	vendor_find("anthropic")->classify_event(&ev, &v);
	assert_int_equal(v.meaning, TROUBLE_OVERLOADED);
	assert_true(v.is_retryable);
	assert_string_equal(v.type, "overloaded_error");
	assert_string_equal(v.message, "Overloaded");
}

/* --- models ---------------------------------------------------------------- */

static void note_model(void *user, const struct listed_model *m)
{
	struct buf *out = user;

	buf_addf(out, "%s|%s|%lld|%lld;", m->id, m->name, (long long)m->context_tokens, (long long)m->max_output_tokens);
}

static void test_the_list_of_models_is_asked_for_and_read(void **state)
{
	const struct vendor *a = vendor_find("anthropic");
	struct vendor_place base;
	struct wire_request r;
	struct buf out;
	struct err e = {0};
	char next[RULES_MODEL];

	(void)state;
	buf_init(&out, 0);
	check_ok(vendor_place_make(vendor_find("anthropic"), "http://127.0.0.1:8080", "", &base, &e), &e);
	a->list_models(&base, NULL, &r);
	assert_string_equal(r.path, "/v1/models?limit=1000");
	assert_string_equal(r.method, "GET");
	assert_true(wire_request_is_sound(&r));
	wire_request_release(&r);
	a->list_models(&base, "claude x&y", &r);
	assert_string_equal(r.path, "/v1/models?limit=1000&after_id=claude%20x%26y");
	wire_request_release(&r);
	check_ok(a->parse_models(slice_of("{\"data\":[{\"id\":\"claude-a\",\"display_name\":\"A\",\"max_input_tokens\":200000,\"max_tokens\":64000},{\"id\":\"claude-b\"},{}],"
	                                  "\"has_more\":true,\"last_id\":\"claude-b\"}"), note_model, &out, next, &e), &e);
	assert_string_equal(buf_text(&out), "claude-a|A|200000|64000;claude-b|claude-b|0|0;");
	assert_string_equal(next, "claude-b");
	check_ok(a->parse_models(slice_of("{\"data\":[],\"has_more\":false,\"last_id\":\"x\"}"), note_model, &out, next, &e), &e);
	assert_string_equal(next, "");
	check_code(a->parse_models(slice_of("{}"), note_model, &out, next, &e), ERR_PROTO, &e);
	buf_release(&out);
}

/* --- bounds ---------------------------------------------------------------- */

static void test_I3_the_input_bound_covers_every_byte_and_quarter(void **state)
{
	const struct vendor *a = vendor_find("anthropic");
	const struct model_rules none = {.tokens_permille = 1300};
	struct vendor_place base;
	struct prompt p;
	struct wire_request r;
	struct err e = {0};
	int64_t empty, filled;
	char text[2000];

	(void)state;
	check_ok(vendor_place_make(vendor_find("anthropic"), "https://api.example.com", "", &base, &e), &e);
	prompt_init(&p, "claude-haiku-5-5", 10);
	prompt_add_message(&p, ROLE_USER);
	empty = vendor_input_bound(&p);
	memset(text, '\x01', sizeof text);	/* the worst for JSON: six bytes each */
	prompt_add_text(&p, slice_make(text, sizeof text));
	filled = vendor_input_bound(&p);
	assert_true(filled - empty >= (int64_t)sizeof text);
	check_ok(a->encode(&base, &p, &none, true, &r, &e), &e);
	assert_true(filled >= (int64_t)r.body.len / 4);
	assert_true(vendor_input_guess(&p, &none) <= filled * 2);
	wire_request_release(&r);
	prompt_add_tool(&p, "look", "looks", slice_of("{}"), CACHE_NONE);
	assert_true(vendor_input_bound(&p) > filled + 500);
	prompt_release(&p);
}

static void test_a_count_of_the_vendor_gets_a_margin(void **state)
{
	(void)state;
	assert_int_equal(vendor_count_bound(1000), 1084);
	assert_int_equal(vendor_count_bound(-5), 64);
	assert_int_equal(vendor_count_bound(INT64_MAX), USAGE_TOKENS_MAX);
}

static void test_vendors_are_found_by_name(void **state)
{
	(void)state;
	assert_string_equal(vendor_find("anthropic")->base_url, "https://api.anthropic.com");
	assert_null(vendor_find("nobody"));
	assert_ptr_equal(vendor_at(0), vendor_find("anthropic"));
	assert_null(vendor_at(99));
}

static void test_every_trouble_has_its_words(void **state)
{
	int t;

	(void)state;
	for (t = TROUBLE_BAD_KEY; t < TROUBLES; t++) {
		assert_true(strlen(trouble_sentence((enum trouble)t)) > 10);
		assert_true(strlen(trouble_names[t]) > 3);
	}
}

static void test_limits_are_read_from_headers(void **state)
{
	static const struct wire_answer_header h[] = {
		{{"anthropic-ratelimit-requests-limit", 34}, {"50", 2}},
		{{"anthropic-ratelimit-requests-remaining", 38}, {"49", 2}},
		{{"anthropic-ratelimit-requests-reset", 34}, {"1970-01-01T00:00:10Z", 20}},
		{{"anthropic-ratelimit-tokens-remaining", 36}, {"many", 4}},
	};
	struct vendor_limit l[VENDOR_LIMITS];

	(void)state;
	vendor_find("anthropic")->limits(h, LENGTH(h), 4000000, l);
	assert_true(l[LIMIT_REQUESTS].is_said && l[LIMIT_REQUESTS].limit == 50 && l[LIMIT_REQUESTS].remaining == 49);
	assert_int_equal(l[LIMIT_REQUESTS].reset_us, 6000000);
	assert_false(l[LIMIT_TOKENS].is_said || l[LIMIT_INPUT_TOKENS].is_said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_errors_are_told_apart),
		cmocka_unit_test(test_the_vendors_own_wait_is_taken),
		cmocka_unit_test(test_a_body_that_is_no_json_is_judged_by_its_status),
		cmocka_unit_test(test_I5_own_words_repeat_no_key),
		cmocka_unit_test(test_words_from_outside_become_tokens),
		cmocka_unit_test(test_errors_inside_a_stream_keep_their_meaning),
		cmocka_unit_test(test_the_list_of_models_is_asked_for_and_read),
		cmocka_unit_test(test_I3_the_input_bound_covers_every_byte_and_quarter),
		cmocka_unit_test(test_a_count_of_the_vendor_gets_a_margin),
		cmocka_unit_test(test_vendors_are_found_by_name),
		cmocka_unit_test(test_every_trouble_has_its_words),
		cmocka_unit_test(test_limits_are_read_from_headers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
