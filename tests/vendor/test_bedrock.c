/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bedrock's wires; the binary stream is made here, message by message. */
#include "check.h"

#include <stdlib.h>
#include <zlib.h>

#include "vendor/transcript.h"
#include "wire/split.h"

#define MODEL "eu.anthropic.claude-opus-5-5"

static void put32(struct buf *b, size_t n)
{
	const char bytes[4] = {(char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n};

	buf_add(b, bytes, 4);
}

static void put_text(struct buf *b, const char *name, const char *value)
{
	buf_addc(b, (char)strlen(name));
	buf_adds(b, name);
	buf_addc(b, 7);
	buf_addc(b, 0);
	buf_addc(b, (char)strlen(value));
	buf_adds(b, value);
}

static void put_event(struct buf *out, const char *kind, const char *type, const char *payload)
{
	struct buf h, m;

	buf_init(&h, 0);
	buf_init(&m, 0);
	put_text(&h, ":message-type", kind);
	put_text(&h, strcmp(kind, "event") == 0 ? ":event-type" : ":exception-type", type);
	put32(&m, 16 + h.len + strlen(payload));
	put32(&m, h.len);
	put32(&m, crc32(0, (const Bytef *)m.p, 8));
	buf_add_slice(&m, buf_slice(&h));
	buf_adds(&m, payload);
	put32(&m, crc32(0, (const Bytef *)m.p, (uInt)m.len));
	buf_add_slice(out, buf_slice(&m));
	buf_release(&h);
	buf_release(&m);
}

static void put_stream(struct buf *b)
{
	put_event(b, "event", "messageStart", "{\"role\":\"assistant\",\"p\":\"abc\"}");
	put_event(b, "event", "contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"reasoningContent\":{\"text\":\"Hm.\"}}}");
	put_event(b, "event", "contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"reasoningContent\":{\"signature\":\"s==\"}}}");
	put_event(b, "event", "contentBlockStop", "{\"contentBlockIndex\":0}");
	put_event(b, "event", "contentBlockDelta", "{\"contentBlockIndex\":1,\"delta\":{\"text\":\"I look.\"}}");
	put_event(b, "event", "contentBlockStop", "{\"contentBlockIndex\":1}");
	put_event(b, "event", "contentBlockStart", "{\"contentBlockIndex\":2,\"start\":{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"one\"}}}");
	put_event(b, "event", "contentBlockDelta", "{\"contentBlockIndex\":2,\"delta\":{\"toolUse\":{\"input\":\"{\\\"n\\\":\"}}}");
	put_event(b, "event", "contentBlockDelta", "{\"contentBlockIndex\":2,\"delta\":{\"toolUse\":{\"input\":\"1}\"}}}");
	put_event(b, "event", "contentBlockStop", "{\"contentBlockIndex\":2}");
	put_event(b, "event", "messageStop", "{\"stopReason\":\"tool_use\"}");
	put_event(b, "event", "metadata", "{\"usage\":{\"inputTokens\":10,\"outputTokens\":20,\"totalTokens\":330,\"cacheReadInputTokens\":200,\"cacheWriteInputTokens\":100,"
		"\"cacheDetails\":[{\"ttl\":\"1h\",\"inputTokens\":60},{\"ttl\":\"5m\",\"inputTokens\":40}]},\"metrics\":{\"latencyMs\":1}}");
}

static const char stream_says[] =
	"started asked\nthinking \"Hm.\"\nopaque asked bedrock \"{\\\"reasoningContent\\\":{\\\"reasoningText\\\":{\\\"text\\\":\\\"Hm.\\\",\\\"signature\\\":\\\"s==\\\"}}}\"\n"
	"text \"I look.\"\nend\ntool t1 one\ninput t1 one \"{\\\"n\\\":\"\ninput t1 one \"1}\"\ncall t1 one \"{\\\"n\\\":1}\"\n"
	"usage asked input=10 cache_read=200 cache_write_5m=40 cache_write_1h=60 output=20\nstop tool_use \"tool_use\"\n-- ok\n";

static void run(void *user, const struct slice *cut, size_t count, struct buf *out)
{
	(void)user;
	transcript_run(vendor_find("bedrock"), true, cut, count, out);
}

static void test_a_stream_for_any_split_and_cut(void **state)
{
	struct buf b, got;
	struct slice whole;
	size_t n;

	(void)state;
	buf_init(&b, 0);
	buf_init(&got, 0);
	put_stream(&b);
	whole = buf_slice(&b);
	run(NULL, &whole, 1, &got);
	assert_string_equal(buf_text(&got), stream_says);
	split_check(run, NULL, whole, 1);
	for (n = 0; n < b.len; n++) {
		struct slice part = slice_make(b.p, n);

		buf_clear(&got);
		run(NULL, &part, 1, &got);
		assert_non_null(strstr(buf_text(&got), "usage asked"));
	}
	buf_release(&b);
	buf_release(&got);
}

static void test_an_exception_in_the_stream(void **state)
{
	struct buf b, got;
	struct slice whole;

	(void)state;
	buf_init(&b, 0);
	buf_init(&got, 0);
	put_event(&b, "event", "contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"text\":\"Half\"}}");
	put_event(&b, "exception", "throttlingException", "{\"message\":\"Too many tokens\"}");
	whole = buf_slice(&b);
	run(NULL, &whole, 1, &got);
	assert_string_equal(buf_text(&got), "text \"Half\"\nerror slow_down throttlingException \"Too many tokens\"\nusage asked estimated input=1000 output=1\n-- ok\n");
	buf_release(&b);
	buf_release(&got);
}

static void test_a_body_that_was_not_streamed(void **state)
{
	struct slice whole = slice_of("{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[{\"text\":\"Yes.\"},{\"toolUse\":{\"toolUseId\":\"t\",\"name\":\"one\",\"input\":{\"a\":1.50}}}]}},"
		"\"stopReason\":\"tool_use\",\"usage\":{\"inputTokens\":3,\"outputTokens\":4,\"totalTokens\":7},\"serviceTier\":{\"type\":\"flex\"}}");
	struct buf got;

	(void)state;
	buf_init(&got, 0);
	transcript_run(vendor_find("bedrock"), false, &whole, 1, &got);
	assert_string_equal(buf_text(&got), "started asked\ntext \"Yes.\"\nend\ntool t one\ncall t one \"{\\\"a\\\":1.50}\"\nusage asked flex input=3 output=4\nstop tool_use \"tool_use\"\n-- ok\n");
	buf_release(&got);
}

/* --- requests ------------------------------------------------------------- */

static void test_a_request_by_converse(void **state)
{
	static const struct model_rules rules = {.has_effort = true, .thinking = THINK_ALWAYS, .tokens_permille = 1000};
	const struct vendor *v = vendor_find("bedrock");
	struct vendor_place at;
	struct wire_request r;
	struct prompt p;
	struct err e = {0};

	(void)state;
	prompt_init(&p, "arn:aws:bedrock:eu-west-1:1:x/" MODEL "-v1:0", 100);
	p.effort = EFFORT_LOW;
	prompt_add_system(&p, slice_of("Be brief."), CACHE_1H);
	prompt_add_tool(&p, "one", "It does.", slice_of("{\"type\":\"object\"}"), CACHE_NONE);
	prompt_add_message(&p, ROLE_USER);
	prompt_add_text(&p, slice_of("Do it"));
	prompt_add_message(&p, ROLE_ASSISTANT);
	prompt_add_opaque(&p, "anthropic", "claude-opus-5-5", slice_of("{\"type\":\"thinking\"}"));
	prompt_add_opaque(&p, "bedrock", "arn:aws:bedrock:eu-west-1:1:x/" MODEL "-v1:0", slice_of("{\"reasoningContent\":{\"redactedContent\":\"eA==\"}}"));
	prompt_add_text(&p, slice_of(" \n"));
	prompt_add_tool_use(&p, "call_1", "one", slice_of("[]"));
	prompt_add_message(&p, ROLE_USER);
	prompt_add_tool_result(&p, "call_1", slice_of(""), true);
	prompt_mark_last(&p, CACHE_5M);
	check_ok(vendor_place_make(v, "", "eu-west-1", &at, &e), &e);
	check_ok(v->encode(&at, &p, &rules, true, &r, &e), &e);
	assert_string_equal(r.host, "bedrock-runtime.eu-west-1.amazonaws.com");
	assert_string_equal(r.path, "/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Ax%2Feu.anthropic.claude-opus-5-5-v1%3A0/converse-stream");
	assert_string_equal(r.sign_service, "bedrock");
	assert_string_equal(r.sign_region, "eu-west-1");
	assert_string_equal(buf_text(&r.body),
	    "{\"toolConfig\":{\"tools\":[{\"toolSpec\":{\"name\":\"one\",\"description\":\"It does.\",\"inputSchema\":{\"json\":{\"type\":\"object\"}}}}]},"
	    "\"system\":[{\"text\":\"Be brief.\"},{\"cachePoint\":{\"type\":\"default\",\"ttl\":\"1h\"}}],"
	    "\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Do it\"}]},"
	    "{\"role\":\"assistant\",\"content\":[{\"reasoningContent\":{\"redactedContent\":\"eA==\"}},{\"toolUse\":{\"toolUseId\":\"call_1\",\"name\":\"one\",\"input\":{}}}]},"
	    "{\"role\":\"user\",\"content\":[{\"toolResult\":{\"toolUseId\":\"call_1\",\"content\":[{\"text\":\"(nothing)\"}],\"status\":\"error\"}},{\"cachePoint\":{\"type\":\"default\"}}]}],"
	    "\"inferenceConfig\":{\"maxTokens\":100},\"additionalModelRequestFields\":{\"output_config\":{\"effort\":\"low\"}}}");
	wire_request_release(&r);
	check_ok(v->count_tokens(&at, &p, &rules, &r, &e), &e);
	assert_null(strstr(buf_text(&r.body), "cachePoint"));
	check_ok(json_gate(buf_slice(&r.body), &e), &e);
	wire_request_release(&r);
	v->list_models(&at, NULL, &r);
	assert_string_equal(r.host, "bedrock.eu-west-1.amazonaws.com");
	wire_request_release(&r);
	prompt_release(&p);
}

static void test_messages_on_bedrock_book_the_profile(void **state)
{
	struct slice whole = slice_of("{\"type\":\"message\",\"id\":\"m\",\"model\":\"claude-opus-5-5\",\"content\":[{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"s\"}],"
		"\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":5,\"output_tokens\":6}}");
	struct buf got;

	(void)state;
	buf_init(&got, 0);
	transcript_run(vendor_find_api("bedrock", "messages"), false, &whole, 1, &got);
	assert_non_null(strstr(buf_text(&got), "usage asked input=5 output=6"));
	assert_non_null(strstr(buf_text(&got), "opaque asked bedrock"));
	buf_release(&got);
}

static void test_the_region_is_given_or_read_from_the_host(void **state)
{
	const struct vendor *v = vendor_find("bedrock");
	struct vendor_place at;
	struct err e = {0};

	(void)state;
	check_ok(vendor_place_make(v, "https://bedrock-runtime.ap-south-1.amazonaws.com", "", &at, &e), &e);
	assert_string_equal(at.region, "ap-south-1");
	check_ok(vendor_place_make(v, "http://127.0.0.1:9", "eu-west-2", &at, &e), &e);
	assert_string_equal(at.region, "eu-west-2");
	assert_false(at.is_home);
	check_ok(vendor_place_make(v, NULL, NULL, &at, &e), &e);
	assert_true(at.is_home);
	assert_string_equal(at.url.host, "bedrock-runtime.us-east-1.amazonaws.com");
	check_code(vendor_place_make(v, NULL, "evil.example/", &at, &e), ERR_USAGE, &e);
}

/* --- errors --------------------------------------------------------------- */

static void check_error(int status, const char *type, const char *body, enum trouble meaning, bool is_retryable)
{
	const struct wire_answer_header h[] = {{slice_of("x-amzn-errortype"), slice_of(type)}, {slice_of("x-amzn-requestid"), slice_of("req-1")},
		{slice_of("date"), slice_of("Mon, 23 Nov 2026 09:15:00 GMT")}};
	struct vendor_error x;

	vendor_find("bedrock")->classify(status, h, LENGTH(h), slice_of(body), 0, &x);
	if (x.meaning != meaning || x.is_retryable != is_retryable)
		fail_msg("%s %s: %s %d", type, body, trouble_names[x.meaning], x.is_retryable);
	assert_string_equal(x.request_id, "req-1");
	assert_true(x.has_date && x.date_us == INT64_C(1795425300) * 1000000);
}

static void test_errors_are_told_apart(void **state)
{
	(void)state;
	check_error(429, "ThrottlingException:http://internal.amazon.com/coral/", "{\"message\":\"slow\"}", TROUBLE_SLOW_DOWN, true);
	check_error(403, "ExpiredTokenException", "{\"message\":\"The security token included in the request is expired\"}", TROUBLE_BAD_KEY, false);
	check_error(403, "InvalidSignatureException", "{\"message\":\"Signature expired: 20261123T080000Z is now earlier than 20261123T091000Z\"}", TROUBLE_CLOCK, false);
	check_error(403, "", "{\"__type\":\"com.amazon.coral.service#UnrecognizedClientException\",\"Message\":\"no\"}", TROUBLE_BAD_KEY, false);
	check_error(403, "AccessDeniedException", "{\"message\":\"Authentication failed: Please make sure your API Key is valid.\"}", TROUBLE_BAD_KEY, false);
	check_error(403, "AccessDeniedException", "{}", TROUBLE_NO_PERMISSION, false);
	check_error(400, "ValidationException", "{\"message\":\"Input is too long for requested model.\"}", TROUBLE_TOO_LONG, false);
	check_error(400, "ValidationException", "{\"message\":\"Invocation of model ID x with on-demand throughput isn't supported.\"}", TROUBLE_MODEL_GONE, false);
	check_error(424, "ModelErrorException", "{}", TROUBLE_SERVER, true);
	check_error(503, "", "", TROUBLE_OVERLOADED, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_stream_for_any_split_and_cut),
		cmocka_unit_test(test_an_exception_in_the_stream),
		cmocka_unit_test(test_a_body_that_was_not_streamed),
		cmocka_unit_test(test_a_request_by_converse),
		cmocka_unit_test(test_messages_on_bedrock_book_the_profile),
		cmocka_unit_test(test_the_region_is_given_or_read_from_the_host),
		cmocka_unit_test(test_errors_are_told_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
