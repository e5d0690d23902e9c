/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Both of OpenAI's wires: recorded streams, requests, errors. */
#include "check.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "vendor/transcript.h"
#include "wire/split.h"

static void run(void *user, const struct slice *cut, size_t count, struct buf *out)
{
	transcript_run(user, true, cut, count, out);
}

/* Every cut leaves the vendor's usage or an estimate, unless the vendor said why it gave nothing. */
static void check_cuts(const struct vendor *v, struct slice bytes, const char *path)
{
	size_t n;

	for (n = 0; n <= bytes.len; n++) {
		struct slice part = slice_make(bytes.p, n);
		struct buf got;

		buf_init(&got, 0);
		transcript_run(v, true, &part, 1, &got);
		if (strstr(buf_text(&got), "usage ") == NULL && strstr(buf_text(&got), "error ") == NULL)
			fail_msg("%s cut at %zu: %s", path, n, buf_text(&got));
		buf_release(&got);
	}
}

static int check_folder(const struct vendor *v, const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int n = 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		char path[1024];
		struct buf bytes, wanted, got;
		struct err e = {0};
		struct slice whole;
		size_t len = strlen(entry->d_name);

		if (len < 4 || strcmp(entry->d_name + len - 4, ".sse") != 0)
			continue;
		buf_init(&bytes, 1 << 20);
		buf_init(&wanted, 1 << 20);
		buf_init(&got, 0);
		snprintf(path, sizeof path, "%s/%.*s.expected", folder, (int)len - 4, entry->d_name);
		check_ok(file_read(path, &wanted, &e), &e);
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		check_ok(file_read(path, &bytes, &e), &e);
		whole = buf_slice(&bytes);
		transcript_run(v, true, &whole, 1, &got);
		if (strcmp(buf_text(&got), buf_text(&wanted)) != 0)
			fail_msg("%s:\n%s\nnot:\n%s", path, buf_text(&got), buf_text(&wanted));
		split_check(run, (void *)(uintptr_t)v, whole, 1);
		check_cuts(v, whole, path);
		buf_release(&bytes);
		buf_release(&wanted);
		buf_release(&got);
		n++;
	}
	if (dir != NULL)
		closedir(dir);
	return n;
}

static void test_recorded_responses(void **state)
{
	(void)state;
	assert_int_equal(check_folder(vendor_find("openai"), TOP_SRCDIR "/tests/data/openai"), 3);
}

static void test_recorded_chats(void **state)
{
	(void)state;
	assert_int_equal(check_folder(vendor_find_api("openai", "chat"), TOP_SRCDIR "/tests/data/chat"), 4);
}

static void check_body(const char *api, const char *body, const char *wanted)
{
	struct slice whole = slice_of(body);
	struct buf got;

	buf_init(&got, 0);
	transcript_run(vendor_find_api("openai", api), false, &whole, 1, &got);
	assert_string_equal(buf_text(&got), wanted);
	buf_release(&got);
}

static void test_bodies_that_were_not_streamed(void **state)
{
	(void)state;
	check_body("responses", "{\"id\":\"r\",\"model\":\"m\",\"status\":\"completed\",\"output\":[{\"type\":\"message\",\"content\":[{\"type\":\"refusal\",\"refusal\":\"No.\"}]}],"
		"\"usage\":{\"input_tokens\":5,\"output_tokens\":2}}",
	    "started m \"r\"\ntext \"No.\"\nend\nusage m input=5 output=2\nstop refusal \"completed\"\n-- ok\n");
	check_body("chat", "{\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"message\":{\"content\":\"Yes.\"},\"finish_reason\":\"stop\"}],"
		"\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":4}}}",
	    "started m \"c\"\ntext \"Yes.\"\nusage m input=1 cache_read=4 output=2\nend\nstop end \"stop\"\n-- ok\n");
	check_body("chat", "{\"hello\":1}", "-- protocol\n");
}

/* --- requests ------------------------------------------------------------- */

static void fill(struct prompt *p)
{
	prompt_init(p, "gpt-6-sol", 100);
	prompt_set_user(p, "u1");
	prompt_set_cache_key(p, "agent-7");
	prompt_add_system(p, slice_of("Be brief."), CACHE_5M);
	prompt_add_tool(p, "one", "It does.", slice_of("{\"type\":\"object\"}"), CACHE_NONE);
	prompt_add_message(p, ROLE_USER);
	prompt_add_text(p, slice_of("Do it"));
	prompt_add_message(p, ROLE_ASSISTANT);
	prompt_add_opaque(p, "openai", "gpt-6-sol", slice_of("{\"type\":\"reasoning\",\"id\":\"rs\",\"summary\":[],\"encrypted_content\":\"e\"}"));
	prompt_add_opaque(p, "anthropic", "claude-opus-5-5", slice_of("{\"type\":\"thinking\"}"));
	prompt_add_tool_use(p, "call_1", "one", slice_of("{\"n\":1.50}"));
	prompt_add_message(p, ROLE_USER);
	prompt_add_tool_result(p, "call_1", slice_of("no file"), true);
	prompt_add_text(p, slice_of("Go on"));
}

static void check_request(const char *api, const char *base, const char *path, const char *wanted)
{
	static const struct model_rules rules = {.has_effort = true, .thinking = THINK_DEFAULT_ON, .tokens_permille = 1000};
	const struct vendor *v = vendor_find_api("openai", api);
	struct vendor_place at;
	struct wire_request r;
	struct prompt p;
	struct err e = {0};

	fill(&p);
	check_ok(vendor_place_make(v, base, "", &at, &e), &e);
	check_ok(v->encode(&at, &p, &rules, true, &r, &e), &e);
	assert_string_equal(r.path, path);
	assert_string_equal(buf_text(&r.body), wanted);
	check_ok(json_gate(buf_slice(&r.body), &e), &e);
	wire_request_release(&r);
	prompt_release(&p);
}

static void test_a_request_by_responses(void **state)
{
	(void)state;
	check_request("responses", "", "/v1/responses",
	    "{\"model\":\"gpt-6-sol\",\"max_output_tokens\":100,\"stream\":true,\"store\":false,\"service_tier\":\"default\",\"prompt_cache_key\":\"agent-7\","
	    "\"safety_identifier\":\"u1\",\"stream_options\":{\"include_obfuscation\":false},\"include\":[\"reasoning.encrypted_content\"],"
	    "\"tools\":[{\"type\":\"function\",\"name\":\"one\",\"description\":\"It does.\",\"parameters\":{\"type\":\"object\"},\"strict\":false}],"
	    "\"instructions\":\"Be brief.\",\"input\":[{\"role\":\"user\",\"content\":\"Do it\"},"
	    "{\"type\":\"reasoning\",\"id\":\"rs\",\"summary\":[],\"encrypted_content\":\"e\"},"
	    "{\"type\":\"function_call\",\"call_id\":\"call_1\",\"name\":\"one\",\"arguments\":\"{\\\"n\\\":1.50}\"},"
	    "{\"type\":\"function_call_output\",\"call_id\":\"call_1\",\"output\":\"error: no file\"},{\"role\":\"user\",\"content\":\"Go on\"}]}");
}

static void test_other_servers_get_nothing_of_openais_own(void **state)
{
	(void)state;
	check_request("chat", "http://127.0.0.1:11434/v1", "/v1/chat/completions",
	    "{\"model\":\"gpt-6-sol\",\"max_completion_tokens\":100,\"stream\":true,\"stream_options\":{\"include_usage\":true},"
	    "\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"one\",\"description\":\"It does.\",\"parameters\":{\"type\":\"object\"}}}],"
	    "\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":\"Do it\"},"
	    "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\"one\",\"arguments\":\"{\\\"n\\\":1.50}\"}}]},"
	    "{\"role\":\"tool\",\"tool_call_id\":\"call_1\",\"content\":\"error: no file\"},{\"role\":\"user\",\"content\":\"Go on\"}]}");
}

struct last_usage {
	struct usage_list u;
	bool seen;
};

static enum err_code keep_usage(void *user, const struct reply_event *ev)
{
	struct last_usage *l = user;

	if (ev->kind == REPLY_USAGE) {
		l->u = *ev->usage;
		l->seen = true;
	}
	return ERR_OK;
}

/* Usage of an answer, or the estimate where it was cut. */
static enum region_class billed(const struct vendor *v, const struct vendor_place *at, bool is_stream, const char *body)
{
	struct last_usage l = {.seen = false};
	struct decoder *d = v->decoder_new(&(struct vendor_asked){.model = "m", .input_tokens = 9, .is_stream = is_stream, .billed = at->billed}, keep_usage, &l);
	struct err e = {0};

	err_ignore(v->feed(d, body, strlen(body), &e));
	err_ignore(v->end(d, &e));
	v->decoder_free(d);
	assert_true(l.seen);
	return l.u.line[0].region;
}

static void test_a_regional_host_is_openais_own_at_its_price(void **state)
{
	static const char whole[] = "{\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"message\":{\"content\":\"Yes.\"},\"finish_reason\":\"stop\"}],"
		"\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2}}";
	static const char *const strangers[] = {"https://eu.api.openai.com.evil.example", "https://x.eu.api.openai.com", "https://evilapi.openai.com", "http://127.0.0.1:1"};
	const struct vendor *v = vendor_find_api("openai", "chat");
	struct vendor_place at;
	struct err e = {0};
	size_t i;

	(void)state;
	check_ok(vendor_place_make(v, "https://eu.api.openai.com/v1", "", &at, &e), &e);
	assert_true(at.is_home && at.billed == REGION_LOCAL && at.key_header == KEY_BEARER);
	assert_int_equal(billed(v, &at, false, whole), REGION_LOCAL);
	assert_int_equal(billed(v, &at, true, "data: {\"choices\":[{\"delta\":{\"content\":\"Hi\"}}]}\n\n"), REGION_LOCAL);
	check_ok(vendor_place_make(v, "https://api.openai.com", "", &at, &e), &e);
	assert_true(at.is_home && at.billed == REGION_GLOBAL);
	assert_int_equal(billed(v, &at, false, whole), REGION_GLOBAL);
	for (i = 0; i < LENGTH(strangers); i++) {
		check_ok(vendor_place_make(v, strangers[i], "", &at, &e), &e);
		assert_true(!at.is_home && at.billed == REGION_GLOBAL);
	}
	check_ok(vendor_place_make(vendor_find("anthropic"), "https://eu.api.anthropic.com", "", &at, &e), &e);
	assert_true(!at.is_home && at.billed == REGION_GLOBAL);
}

static void check_azure(const char *api, const char *base, const char *path, const char *models)
{
	static const struct model_rules rules = {.tokens_permille = 1000};
	const struct vendor *v = vendor_find_api("openai", api);
	struct vendor_place at;
	struct wire_request r;
	struct prompt p;
	struct err e = {0};
	struct buf url;

	fill(&p);
	buf_init(&url, 1024);
	check_ok(vendor_place_make(v, base, "", &at, &e), &e);
	assert_true(at.is_azure && !at.is_home && at.key_header == KEY_API_KEY);
	check_ok(v->encode(&at, &p, &rules, true, &r, &e), &e);
	wire_request_url(&r, &url);
	assert_string_equal(buf_text(&url), path);
	assert_null(strstr(buf_text(&r.body), "\"store\""));
	wire_request_release(&r);
	buf_clear(&url);
	v->list_models(&at, NULL, &r);
	wire_request_url(&r, &url);
	assert_string_equal(buf_text(&url), models);
	wire_request_release(&r);
	buf_release(&url);
	prompt_release(&p);
}

static void test_azure_has_another_header_and_older_addresses(void **state)
{
	(void)state;
	check_azure("responses", "https://mine.openai.azure.com/openai/v1/", "https://mine.openai.azure.com/openai/v1/responses", "https://mine.openai.azure.com/openai/v1/models");
	check_azure("chat", "https://mine.openai.azure.com/openai/v1", "https://mine.openai.azure.com/openai/v1/chat/completions", "https://mine.openai.azure.com/openai/v1/models");
	check_azure("chat", "https://mine.openai.azure.com/openai/deployments/my-gpt", "https://mine.openai.azure.com/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21",
	    "https://mine.openai.azure.com/openai/models?api-version=2024-10-21");
}

/* --- errors --------------------------------------------------------------- */

static void test_errors_are_told_apart(void **state)
{
	static const struct {
		int status;
		const char *body;
		enum trouble meaning;
		bool is_retryable;
	} cases[] = {
		{429, "{\"error\":{\"message\":\"quota\",\"type\":\"insufficient_quota\",\"param\":null,\"code\":\"insufficient_quota\"}}", TROUBLE_NO_CREDIT, false},
		{429, "{\"error\":{\"message\":\"slow\",\"type\":\"requests\",\"code\":\"rate_limit_exceeded\"}}", TROUBLE_SLOW_DOWN, true},
		{401, "{\"error\":{\"message\":\"bad\",\"type\":\"invalid_request_error\",\"code\":\"invalid_api_key\"}}", TROUBLE_BAD_KEY, false},
		{404, "{\"error\":{\"message\":\"none\",\"code\":\"model_not_found\"}}", TROUBLE_MODEL_GONE, false},
		{400, "{\"error\":{\"message\":\"long\",\"code\":\"context_length_exceeded\"}}", TROUBLE_TOO_LONG, false},
		{400, "{\"error\":\"the request exceeds the available context size\"}", TROUBLE_TOO_LONG, false},
		{400, "{\"message\":\"odd\",\"code\":400}", TROUBLE_INVALID, false},
		{403, "", TROUBLE_NO_PERMISSION, false},
		{503, "<html>", TROUBLE_OVERLOADED, true},
		{500, "{}", TROUBLE_SERVER, true},
	};
	struct vendor_error x;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		vendor_find("openai")->classify(cases[i].status, NULL, 0, slice_of(cases[i].body), 0, &x);
		assert_string_equal(trouble_names[x.meaning], trouble_names[cases[i].meaning]);
		assert_int_equal(x.is_retryable, cases[i].is_retryable);
	}
}

static void test_limits_are_durations(void **state)
{
	static const struct wire_answer_header h[] = {{{"x-ratelimit-remaining-tokens", 28}, {"149984", 6}}, {{"x-ratelimit-reset-tokens", 24}, {"6m0s", 4}}};
	struct vendor_limit l[VENDOR_LIMITS];

	(void)state;
	vendor_find("openai")->limits(h, LENGTH(h), 0, l);
	assert_true(l[LIMIT_TOKENS].is_said && l[LIMIT_TOKENS].remaining == 149984 && l[LIMIT_TOKENS].reset_us == INT64_C(360000000));
	assert_false(l[LIMIT_REQUESTS].is_said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded_responses),
		cmocka_unit_test(test_recorded_chats),
		cmocka_unit_test(test_bodies_that_were_not_streamed),
		cmocka_unit_test(test_a_request_by_responses),
		cmocka_unit_test(test_a_regional_host_is_openais_own_at_its_price),
		cmocka_unit_test(test_azure_has_another_header_and_older_addresses),
		cmocka_unit_test(test_other_servers_get_nothing_of_openais_own),
		cmocka_unit_test(test_errors_are_told_apart),
		cmocka_unit_test(test_limits_are_durations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
