/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One history, as each wire's decoder left it, sent by every wire: text, calls and
 * results are all there, in order; thinking goes back to its own maker only. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "vendor/vendor.h"

static const struct {
	const char *vendor, *api, *model;
	const char *thinking_vendor;	/* whose blocks it makes; NULL: it makes none */
	const char *thinking;		/* such a block */
	const char *call_id;
} wires[] = {
	{"anthropic", "messages", "claude-sonnet-5-5", "anthropic", "{\"type\":\"thinking\",\"thinking\":\"hm-anthropic\",\"signature\":\"sig\"}", "toolu_01AbC"},
	{"openai", "responses", "gpt-6.1-terra", "openai", "{\"type\":\"reasoning\",\"id\":\"rs_1\",\"summary\":[],\"encrypted_content\":\"hm-openai\"}", "call_9zY"},
	{"openai", "chat", "llama-local", NULL, NULL, "functions.read:0"},
	{"bedrock", "converse", "global.anthropic.claude-sonnet-5-5", "bedrock", "{\"reasoningContent\":{\"reasoningText\":{\"text\":\"hm-bedrock\",\"signature\":\"sig\"}}}", "tooluse_kZ-1_x"},
	{"bedrock", "messages", "global.anthropic.claude-haiku-5-5", "bedrock", "{\"type\":\"thinking\",\"thinking\":\"hm-bedrock-messages\",\"signature\":\"sig\"}", "toolu_bdrk_01"},
};
#define WIRES LENGTH(wires)

static void fill(struct prompt *p, size_t from, const char *model)
{
	prompt_init(p, model, 1000);
	prompt_add_tool(p, "read", "Reads.", slice_of("{\"type\":\"object\"}"), CACHE_NONE);
	prompt_add_message(p, ROLE_USER);
	prompt_add_text(p, slice_of("first-question"));
	prompt_add_message(p, ROLE_ASSISTANT);
	if (wires[from].thinking != NULL)
		prompt_add_opaque(p, wires[from].thinking_vendor, wires[from].model, slice_of(wires[from].thinking));
	prompt_add_text(p, slice_of("I look."));
	prompt_add_tool_use(p, wires[from].call_id, "read", slice_of("{\"path\":\"a-path\",\"n\":1.50}"));
	prompt_add_tool_use(p, "second_call", "read", slice_of("{\"path\":\"b-path\"}"));
	prompt_add_message(p, ROLE_USER);
	prompt_add_tool_result(p, wires[from].call_id, slice_of("a-result"), false);
	prompt_add_tool_result(p, "second_call", slice_of("b-result"), true);
	/* a turn of nothing but thinking: it vanishes elsewhere, and its neighbours stay apart or become one */
	if (wires[from].thinking != NULL) {
		prompt_add_message(p, ROLE_ASSISTANT);
		prompt_add_opaque(p, wires[from].thinking_vendor, wires[from].model, slice_of(wires[from].thinking));
	}
	prompt_add_message(p, ROLE_USER);
	prompt_add_text(p, slice_of("last-question"));
}

static void check_order(const char *body, const char *const *words, size_t n)
{
	const char *at = body;
	size_t i;

	for (i = 0; i < n; i++) {
		at = strstr(at, words[i]);
		if (at == NULL)
			fail_msg("no %s at its place in %s", words[i], body);
	}
}

/* Roles take turns, and none is empty. */
static void check_turns(const char *body)
{
	const cJSON *m, *list;
	const char *last = "";
	cJSON *t = NULL;
	struct err e = {0};

	check_ok(json_parse(slice_of(body), &t, &e), &e);
	list = json_array(t, "messages");
	cJSON_ArrayForEach(m, list) {
		assert_string_not_equal(json_text(m, "role"), last);
		last = json_text(m, "role");
		assert_true(cJSON_GetArraySize(json_array(m, "content")) > 0);
	}
	cJSON_Delete(t);
}

static void check_pair(size_t from, size_t to)
{
	static const struct model_rules rules = {.tokens_permille = 1000};
	const struct vendor *v = vendor_find_api(wires[to].vendor, wires[to].api);
	char id[VENDOR_CALL_ID];
	struct vendor_place at;
	struct wire_request r;
	struct prompt p;
	struct err e = {0};
	bool own = from == to && wires[to].thinking != NULL;
	const char *body;
	size_t calls = 0;

	fill(&p, from, wires[to].model);
	check_ok(vendor_place_make(v, "", "", &at, &e), &e);
	check_ok(v->encode(&at, &p, &rules, true, &r, &e), &e);
	body = buf_text(&r.body);
	check_ok(json_gate(slice_of(body), &e), &e);
	vendor_call_id(wires[from].call_id, id);
	assert_int_equal(strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"), strlen(id));
	{
		const char *const words[] = {"first-question", "I look.", id, "a-path", "1.50", "second_call", "b-path", id, "a-result", "second_call", "b-result", "last-question"};

		/* one member may stand before or after another in a block, but blocks keep their order */
		const char *const blocks[] = {words[0], words[1], words[3], words[6], words[8], words[10], words[11]};

		check_order(body, blocks, LENGTH(blocks));
		for (const char *c = strstr(body, id); c != NULL; c = strstr(c + 1, id))
			calls++;
	}
	assert_int_equal(calls, 2);	/* the call and its result, by one name */
	assert_int_equal(strstr(body, "hm-") != NULL, own);
	if (strcmp(wires[to].api, "converse") == 0)
		check_turns(body);
	if (strcmp(wires[to].vendor, "openai") == 0)
		assert_non_null(strstr(body, "error: b-result"));
	wire_request_release(&r);
	prompt_release(&p);
}

static void test_every_history_by_every_wire(void **state)
{
	size_t from, to;

	(void)state;
	for (from = 0; from < WIRES; from++)
		for (to = 0; to < WIRES; to++)
			check_pair(from, to);
}

static void test_ids_that_are_refused_elsewhere_get_a_stand_in(void **state)
{
	char a[VENDOR_CALL_ID], b[VENDOR_CALL_ID], again[VENDOR_CALL_ID], most[80];

	(void)state;
	assert_string_equal(vendor_call_id("call_1-x", a), "call_1-x");
	vendor_call_id("functions.read:0", a);
	vendor_call_id("functions.read:1", b);
	assert_string_not_equal(a, b);
	assert_string_equal(vendor_call_id("functions.read:0", again), a);
	memset(most, 'x', sizeof most);
	most[65] = '\0';
	assert_string_not_equal(vendor_call_id(most, a), most);
	most[64] = '\0';
	assert_string_equal(vendor_call_id(most, a), most);
	assert_true(strlen(vendor_call_id("", a)) > 5 && strlen(vendor_call_id(NULL, b)) > 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_history_by_every_wire),
		cmocka_unit_test(test_ids_that_are_refused_elsewhere_get_a_stand_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
