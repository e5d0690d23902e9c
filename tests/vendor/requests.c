/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bodies of requests by every wire, a line each: WIRE TAB JSON. The vendors' own types
 * judge them (types.sh). */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "vendor/vendor.h"

static const struct {
	const char *vendor, *api, *model, *thinking;
} wires[] = {
	{"anthropic", "messages", "claude-opus-5", "{\"type\":\"thinking\",\"thinking\":\"Hm.\",\"signature\":\"c2ln\"}"},
	{"anthropic", "messages", "claude-sonnet-4-5", NULL},
	{"anthropic", "messages", "claude-haiku-5-5", NULL},
	{"openai", "responses", "gpt-6.1-terra", "{\"type\":\"reasoning\",\"id\":\"rs_1\",\"summary\":[],\"encrypted_content\":\"e\"}"},
	{"openai", "responses", "gpt-4.1", NULL},
	{"openai", "chat", "gpt-5.5", NULL},
	{"bedrock", "converse", "global.anthropic.claude-opus-5", "{\"reasoningContent\":{\"reasoningText\":{\"text\":\"Hm.\",\"signature\":\"s\"}}}"},
	{"bedrock", "converse", "amazon.nova-pro-v1:0", NULL},
	{"bedrock", "messages", "global.anthropic.claude-opus-5", NULL},
};

static void history(struct prompt *p, size_t w, enum prompt_tool_choice choice)
{
	prompt_init(p, wires[w].model, 4096);
	prompt_set_user(p, "u-1");
	prompt_set_cache_key(p, "k-1");
	prompt_choose_tool(p, choice, choice == CHOICE_TOOL ? "repo__read" : NULL);
	prompt_add_tool(p, "repo__read", "Reads a file.", slice_of("{\"type\":\"object\",\"properties\":{\"path\":{\"type\":\"string\"}},\"required\":[\"path\"]}"), CACHE_NONE);
	prompt_add_tool(p, "ask_person", "Asks.", slice_of("{\"type\":\"object\"}"), CACHE_1H);
	prompt_add_system(p, slice_of("Rules."), CACHE_NONE);
	prompt_add_system(p, slice_of("You are Ada."), CACHE_1H);
	prompt_add_message(p, ROLE_USER);
	prompt_add_text(p, slice_of("Look at a\tfile \xE2\x9C\x93."));
	prompt_add_message(p, ROLE_ASSISTANT);
	if (wires[w].thinking != NULL)
		prompt_add_opaque(p, wires[w].vendor, wires[w].model, slice_of(wires[w].thinking));
	prompt_add_text(p, slice_of("I look."));
	prompt_add_tool_use(p, "call_1", "repo__read", slice_of("{\"path\":\"a\"}"));
	prompt_add_tool_use(p, "call_2", "repo__read", slice_of("no JSON"));
	prompt_add_message(p, ROLE_USER);
	prompt_add_tool_result(p, "call_1", slice_of("text"), false);
	prompt_add_tool_result(p, "call_2", slice_of(""), true);
	prompt_mark_last(p, CACHE_5M);
	prompt_add_text(p, slice_of("Go on."));
	prompt_mark_last(p, CACHE_5M);
}

static void print_one(const struct rules *rules, size_t w, int k)
{
	static const enum prompt_tool_choice choices[] = {CHOICE_AUTO, CHOICE_ANY, CHOICE_NONE, CHOICE_TOOL};
	static const enum service_tier tiers[] = {SERVICE_STANDARD, SERVICE_FLEX, SERVICE_PRIORITY, SERVICE_STANDARD};
	const struct vendor *v = vendor_find_api(wires[w].vendor, wires[w].api);
	struct model_rules r;
	struct vendor_place at;
	struct wire_request req;
	struct prompt p;
	struct err e = {0};

	history(&p, w, choices[k]);
	p.thinking = (enum prompt_thinking)(k % 3);
	p.effort = k == 0 ? EFFORT_DEFAULT : k == 1 ? EFFORT_LOW : EFFORT_HIGH;
	p.service = tiers[k];
	rules_find(rules, v->name, wires[w].model, &r);
	r.show_thinking = k == 2;
	if (vendor_place_make(v, "", "", &at, &e) != ERR_OK || v->encode(&at, &p, &r, true, &req, &e) != ERR_OK) {
		fprintf(stderr, "%s/%s: %s\n", v->name, v->api, e.text);
		exit(1);
	}
	printf("%s/%s\t%s\n", v->name, v->api, buf_text(&req.body));
	wire_request_release(&req);
	prompt_release(&p);
}

int main(int argc, char **argv)
{
	struct rules *rules = rules_new();
	struct buf models;
	struct err e = {0};
	size_t w;
	int k;

	buf_init(&models, 1 << 20);
	if (argc != 2 || file_read(argv[1], &models, &e) != ERR_OK || rules_parse(rules, buf_slice(&models), &e) != ERR_OK)
		return 2;
	for (w = 0; w < LENGTH(wires); w++)
		for (k = 0; k < 4; k++)
			print_one(rules, w, k);
	buf_release(&models);
	rules_free(rules);
	return 0;
}
