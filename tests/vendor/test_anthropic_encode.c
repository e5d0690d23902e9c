/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdio.h>

#include "base/builtin.h"
#include "base/json.h"
#include "vendor/vendor.h"

static struct rules *rules;
static struct vendor_place base;

static int set_up(void **state)
{
	const struct builtin *f = builtin_find(data_files, "models.json");
	struct err e = {0};

	(void)state;
	rules = rules_new();
	return f == NULL || rules_parse(rules, slice_make(f->bytes, f->len), &e) != ERR_OK || vendor_place_make(vendor_find("anthropic"), "https://api.anthropic.com/v1", "", &base, &e) != ERR_OK;
}

static int tear_down(void **state)
{
	(void)state;
	rules_free(rules);
	return 0;
}

static void encode(const struct prompt *p, struct wire_request *r)
{
	struct model_rules m;
	struct err e = {0};

	rules_find(rules, "anthropic", p->model, &m);
	check_ok(vendor_find("anthropic")->encode(&base, p, &m, true, r, &e), &e);
	check_ok(json_gate(buf_slice(&r->body), &e), &e);
}

/* The raw value at a path of names in the encoded body, "" if absent. */
static void check_value(const struct prompt *p, const char *const *path, const char *wanted)
{
	struct wire_request r;
	struct slice raw = {NULL, 0};

	encode(p, &r);
	if (!json_find(buf_slice(&r.body), path, &raw))
		raw.len = 0;
	if (!slice_is(raw, wanted))
		fail_msg("%s: %.*s, not %s", p->model, (int)raw.len, raw.len > 0 ? raw.p : "", wanted);
	wire_request_release(&r);
}
#define PATH(...) (const char *const[]){__VA_ARGS__, NULL}

static void simple(struct prompt *p, const char *model)
{
	prompt_init(p, model, 4096);
	prompt_add_message(p, ROLE_USER);
	prompt_add_text(p, slice_of("hello"));
}

static void test_a_prompt_is_written_in_the_order_caches_match(void **state)
{
	struct prompt p;
	struct wire_request r;

	(void)state;
	prompt_init(&p, "claude-haiku-5-5", 100);
	prompt_set_user(&p, "w1");
	prompt_add_system(&p, slice_of("be brief"), CACHE_5M);
	prompt_add_tool(&p, "look", "looks", slice_of("{\"type\": \"object\"}"), CACHE_NONE);
	prompt_add_message(&p, ROLE_USER);
	prompt_add_text(&p, slice_of("a \"b\"\n"));
	prompt_add_message(&p, ROLE_ASSISTANT);
	prompt_add_tool_use(&p, "t1", "look", slice_of("{\"n\": 1.50}"));
	prompt_add_message(&p, ROLE_USER);
	prompt_add_tool_result(&p, "t1", slice_of("no"), true);
	encode(&p, &r);
	assert_string_equal(buf_text(&r.body),
	    "{\"model\":\"claude-haiku-5-5\",\"max_tokens\":100,\"stream\":true,\"metadata\":{\"user_id\":\"w1\"},"
	    "\"tools\":[{\"name\":\"look\",\"description\":\"looks\",\"input_schema\":{\"type\": \"object\"}}],"
	    "\"system\":[{\"type\":\"text\",\"text\":\"be brief\",\"cache_control\":{\"type\":\"ephemeral\"}}],"
	    "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a \\\"b\\\"\\n\"}]},"
	    "{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"look\",\"input\":{\"n\": 1.50}}]},"
	    "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"t1\",\"content\":\"no\",\"is_error\":true}]}]}");
	assert_string_equal(r.path, "/v1/messages");
	assert_string_equal(r.host, "api.anthropic.com");
	assert_string_equal(wire_request_get(&r, "anthropic-version"), "2023-06-01");
	assert_string_equal(wire_request_get(&r, "accept"), "text/event-stream");
	wire_request_release(&r);
	prompt_release(&p);
}

static void test_I5_a_request_holds_no_key(void **state)
{
	struct prompt p;
	struct wire_request r;

	(void)state;
	simple(&p, "claude-haiku-5-5");
	encode(&p, &r);
	assert_null(wire_request_get(&r, "x-api-key"));
	assert_null(wire_request_get(&r, "authorization"));
	wire_request_release(&r);
	prompt_release(&p);
}

static void test_thinking_is_asked_for_as_each_model_takes_it(void **state)
{
	static const struct {
		const char *model;
		enum prompt_thinking want;
		enum prompt_effort effort;
		const char *sent, *config;
	} cases[] = {
		{"claude-haiku-5-5", THINKING_ON, EFFORT_LOW, "", "{\"effort\":\"low\"}"},
		{"claude-haiku-4-5-20251001", THINKING_ON, EFFORT_LOW, "{\"type\":\"enabled\",\"budget_tokens\":2048}", ""},
		{"claude-haiku-4-5", THINKING_DEFAULT, EFFORT_DEFAULT, "", ""},
		{"claude-opus-4-8", THINKING_ON, EFFORT_DEFAULT, "{\"type\":\"adaptive\"}", ""},
		{"claude-opus-4-8", THINKING_OFF, EFFORT_DEFAULT, "", ""},
		{"claude-sonnet-5", THINKING_OFF, EFFORT_DEFAULT, "{\"type\":\"disabled\"}", ""},
		{"claude-opus-5", THINKING_OFF, EFFORT_HIGH, "{\"type\":\"disabled\"}", "{\"effort\":\"high\"}"},
		{"claude-opus-5", THINKING_OFF, EFFORT_MAX, "", "{\"effort\":\"max\"}"},
		{"claude-opus-5-5", THINKING_OFF, EFFORT_DEFAULT, "{\"type\":\"adaptive\",\"display\":\"summarized\"}", ""},
		{"claude-fable-5-2", THINKING_OFF, EFFORT_XHIGH, "", "{\"effort\":\"xhigh\"}"},
		{"claude-unheard-of-9", THINKING_ON, EFFORT_MAX, "", ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		struct prompt p;

		simple(&p, cases[i].model);
		p.thinking = cases[i].want;
		p.effort = cases[i].effort;
		check_value(&p, PATH("thinking"), cases[i].sent);
		check_value(&p, PATH("output_config"), cases[i].config);
		check_value(&p, PATH("temperature"), "");
		prompt_release(&p);
	}
}

static void test_a_budget_leaves_room_for_an_answer(void **state)
{
	struct prompt p;

	(void)state;
	simple(&p, "claude-haiku-4-5");
	p.thinking = THINKING_ON;
	p.max_tokens = 1024;
	check_value(&p, PATH("thinking"), "");
	p.max_tokens = 1025;
	check_value(&p, PATH("thinking"), "{\"type\":\"enabled\",\"budget_tokens\":1024}");
	prompt_release(&p);
}

static void test_a_forced_tool_is_asked_for_only_where_it_is_taken(void **state)
{
	struct prompt p;

	(void)state;
	simple(&p, "claude-haiku-5-5");
	prompt_choose_tool(&p, CHOICE_ANY, NULL);
	check_value(&p, PATH("tool_choice"), "");
	prompt_add_tool(&p, "look", "", slice_of("{}"), CACHE_NONE);
	check_value(&p, PATH("tool_choice"), "{\"type\":\"any\"}");
	prompt_choose_tool(&p, CHOICE_TOOL, "look");
	check_value(&p, PATH("tool_choice"), "{\"type\":\"tool\",\"name\":\"look\"}");
	prompt_set_model(&p, "claude-opus-5-5");
	check_value(&p, PATH("tool_choice"), "");
	prompt_choose_tool(&p, CHOICE_NONE, NULL);
	check_value(&p, PATH("tool_choice"), "{\"type\":\"none\"}");
	prompt_release(&p);
}

static size_t count_of(const struct wire_request *r, const char *what)
{
	const char *at = buf_text(&r->body);
	size_t n = 0;

	for (; (at = strstr(at, what)) != NULL; at++)
		n++;
	return n;
}

static void test_no_more_than_four_cache_marks_are_sent(void **state)
{
	struct prompt p;
	struct wire_request r;
	int i;

	(void)state;
	prompt_init(&p, "claude-haiku-5-5", 100);
	prompt_add_tool(&p, "look", "", slice_of("{}"), CACHE_1H);
	prompt_add_system(&p, slice_of("one"), CACHE_1H);
	prompt_add_system(&p, slice_of("two"), CACHE_5M);
	for (i = 0; i < 6; i++) {
		char text[16];

		snprintf(text, sizeof text, "m%d", i);
		prompt_add_message(&p, i % 2 ? ROLE_ASSISTANT : ROLE_USER);
		prompt_add_text(&p, slice_of(text));
		prompt_mark_last(&p, CACHE_1H);
	}
	assert_int_equal(prompt_cache_marks(&p), 9);
	encode(&p, &r);
	assert_int_equal(count_of(&r, "cache_control"), 4);
	assert_int_equal(count_of(&r, "\"ttl\":\"1h\""), 2);	/* a long one may not follow a short one */
	assert_non_null(strstr(buf_text(&r.body), "\"m5\",\"cache_control\""));
	wire_request_release(&r);
	prompt_release(&p);
}

static void test_thinking_goes_back_byte_for_byte_to_its_model_only(void **state)
{
	static const char block[] = "{\"type\":\"thinking\", \"thinking\":\"a\\u00e9\",\"signature\":\"x==\"}";
	struct prompt p;

	(void)state;
	simple(&p, "claude-opus-5-5");
	prompt_add_message(&p, ROLE_ASSISTANT);
	prompt_add_opaque(&p, "anthropic", "claude-opus-5-5", slice_of(block));
	prompt_add_opaque(&p, "openai", "gpt-6-sol", slice_of("{}"));
	prompt_add_text(&p, slice_of("hm"));
	check_value(&p, PATH("messages", "1", "content", "0"), block);
	check_value(&p, PATH("messages", "1", "content", "1"), "{\"type\":\"text\",\"text\":\"hm\"}");
	prompt_set_model(&p, "claude-opus-5");
	check_value(&p, PATH("messages", "1", "content", "0"), "{\"type\":\"text\",\"text\":\"hm\"}");
	prompt_set_model(&p, "claude-opus-5-5-20260922");
	check_value(&p, PATH("messages", "1", "content", "0"), block);
	prompt_release(&p);
}

static void test_what_the_vendor_would_refuse_is_left_out(void **state)
{
	struct prompt p;

	(void)state;
	simple(&p, "claude-haiku-5-5");
	prompt_add_message(&p, ROLE_ASSISTANT);
	prompt_add_text(&p, slice_of(""));
	prompt_add_message(&p, ROLE_USER);
	check_value(&p, PATH("messages", "1"), "");
	prompt_add_message(&p, ROLE_ASSISTANT);
	prompt_add_tool_use(&p, "t1", "look", slice_of("{\"a\":1,\"a\":2}"));
	check_value(&p, PATH("messages", "1", "content", "0", "input"), "{}");
	prompt_add_tool_result(&p, "t1", slice_make("a\0b", 3), false);
	check_value(&p, PATH("messages", "1", "content", "1", "content"), "\"a\\u001ab\"");
	prompt_release(&p);
}

static void test_a_prompt_that_can_not_be_sent_is_refused(void **state)
{
	const struct vendor *v = vendor_find("anthropic");
	struct model_rules m;
	struct prompt p;
	struct wire_request r;
	struct err e = {0};

	(void)state;
	rules_find(rules, "anthropic", "claude-haiku-5-5", &m);
	simple(&p, "claude-haiku-5-5");
	p.max_tokens = 0;
	check_code(v->encode(&base, &p, &m, true, &r, &e), ERR_USAGE, &e);
	wire_request_release(&r);
	p.max_tokens = 10;
	prompt_add_tool(&p, "look", "", slice_of("[]"), CACHE_NONE);
	check_code(v->encode(&base, &p, &m, true, &r, &e), ERR_USAGE, &e);
	wire_request_release(&r);
	p.over = true;
	check_code(v->encode(&base, &p, &m, true, &r, &e), ERR_LIMIT, &e);
	wire_request_release(&r);
	prompt_release(&p);
}

static void test_counting_asks_without_output(void **state)
{
	const struct vendor *v = vendor_find("anthropic");
	struct model_rules m;
	struct prompt p;
	struct wire_request r;
	struct err e = {0};
	int64_t n;

	(void)state;
	rules_find(rules, "anthropic", "claude-haiku-5-5", &m);
	simple(&p, "claude-haiku-5-5");
	check_ok(v->count_tokens(&base, &p, &m, &r, &e), &e);
	assert_string_equal(r.path, "/v1/messages/count_tokens");
	assert_string_equal(buf_text(&r.body), "{\"model\":\"claude-haiku-5-5\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"hello\"}]}]}");
	check_ok(v->parse_count(slice_of("{\"input_tokens\": 12}"), &n, &e), &e);
	assert_int_equal(n, 12);
	check_code(v->parse_count(slice_of("{\"input_tokens\": -1}"), &n, &e), ERR_PROTO, &e);
	wire_request_release(&r);
	prompt_release(&p);
}

static void test_a_prompt_over_its_bounds_says_so(void **state)
{
	struct prompt p;
	int i;

	(void)state;
	prompt_init(&p, "m", 1);
	for (i = 0; i < PROMPT_SYSTEM_MAX; i++)
		prompt_add_system(&p, slice_of("x"), CACHE_NONE);
	assert_false(p.over);
	prompt_add_system(&p, slice_of("x"), CACHE_NONE);
	assert_true(p.over);
	assert_int_equal(p.system_count, PROMPT_SYSTEM_MAX);
	prompt_release(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_prompt_is_written_in_the_order_caches_match),
		cmocka_unit_test(test_I5_a_request_holds_no_key),
		cmocka_unit_test(test_thinking_is_asked_for_as_each_model_takes_it),
		cmocka_unit_test(test_a_budget_leaves_room_for_an_answer),
		cmocka_unit_test(test_a_forced_tool_is_asked_for_only_where_it_is_taken),
		cmocka_unit_test(test_no_more_than_four_cache_marks_are_sent),
		cmocka_unit_test(test_thinking_goes_back_byte_for_byte_to_its_model_only),
		cmocka_unit_test(test_what_the_vendor_would_refuse_is_left_out),
		cmocka_unit_test(test_a_prompt_that_can_not_be_sent_is_refused),
		cmocka_unit_test(test_counting_asks_without_output),
		cmocka_unit_test(test_a_prompt_over_its_bounds_says_so),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
