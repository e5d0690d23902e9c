/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The prefix that is cached is tools, instructions, input: written in that order,
 * stable parts first. Nothing is kept at the vendor (store is false), so reasoning
 * items travel back with each call, as they came. */
#include <string.h>

#include "vendor/openai.h"

static void put_tools(struct json_out *j, const struct prompt *p)
{
	size_t i;

	if (p->tool_count == 0)
		return;
	json_open(j, "tools", '[');
	for (i = 0; i < p->tool_count; i++) {
		json_open(j, NULL, '{');
		json_put_text(j, "type", "function");
		json_put_text(j, "name", p->tool[i].name);
		json_put_text(j, "description", p->tool[i].description);
		json_put_raw(j, "parameters", slice_of(p->tool[i].schema));
		json_put_bool(j, "strict", false);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void put_choice(struct json_out *j, const struct prompt *p, const struct model_rules *rules)
{
	if (p->tool_count == 0 || p->choice == CHOICE_AUTO)
		return;
	if (p->choice == CHOICE_NONE) {
		json_put_text(j, "tool_choice", "none");
	} else if (rules->refuses_forced_tool) {
		return;
	} else if (p->choice == CHOICE_ANY || p->choice_tool == NULL) {
		json_put_text(j, "tool_choice", "required");
	} else {
		json_open(j, "tool_choice", '{');
		json_put_text(j, "type", "function");
		json_put_text(j, "name", p->choice_tool);
		json_close(j, '}');
	}
}

static void put_instructions(struct json_out *j, const struct prompt *p)
{
	struct buf text;
	size_t i;

	buf_init(&text, PROMPT_BYTES + 64);
	for (i = 0; i < p->system_count; i++) {
		if (p->system[i].len == 0)
			continue;
		buf_adds(&text, text.len > 0 ? "\n\n" : "");
		buf_add(&text, p->system[i].text, p->system[i].len);
	}
	if (text.len > 0)
		json_put_slice(j, "instructions", buf_slice(&text));
	buf_release(&text);
}

/* --- input ---------------------------------------------------------------- */

static bool is_sent(const struct prompt *p, const struct prompt_part *part)
{
	if (part->kind == PART_TEXT)
		return part->len > 0;
	if (part->kind != PART_OPAQUE)
		return true;
	if (part->name == NULL || strcmp(part->name, "openai") != 0 || json_gate(slice_make(part->bytes, part->len), NULL) != ERR_OK)
		return false;
	return part->id == NULL || part->id[0] == '\0' || rules_same_model(part->id, p->model);
}

static void put_part(struct json_out *j, enum prompt_role role, const struct prompt_part *part)
{
	char id[VENDOR_CALL_ID];
	struct slice bytes = slice_make(part->bytes, part->len);

	if (part->kind == PART_OPAQUE) {
		json_put_raw(j, NULL, bytes);
		return;
	}
	json_open(j, NULL, '{');
	switch (part->kind) {
	case PART_TEXT:
		json_put_text(j, "role", role == ROLE_USER ? "user" : "assistant");
		json_put_slice(j, "content", bytes);
		break;
	case PART_TOOL_USE:
		json_put_text(j, "type", "function_call");
		json_put_text(j, "call_id", vendor_call_id(part->id, id));
		json_put_text(j, "name", part->name);
		json_put_slice(j, "arguments", openai_arguments(part));
		break;
	case PART_TOOL_RESULT:
		json_put_text(j, "type", "function_call_output");
		json_put_text(j, "call_id", vendor_call_id(part->id, id));
		openai_put_result(j, "output", part);
		break;
	case PART_OPAQUE:
		break;
	}
	json_close(j, '}');
}

static void put_input(struct json_out *j, const struct prompt *p)
{
	size_t i, k;

	json_open(j, "input", '[');
	for (i = 0; i < p->message_count; i++)
		for (k = 0; k < p->message[i].count; k++)
			if (is_sent(p, &p->message[i].part[k]))
				put_part(j, p->message[i].role, &p->message[i].part[k]);
	json_close(j, ']');
}

/* --- the request ---------------------------------------------------------- */

static void put_reasoning(struct json_out *j, const struct vendor_place *at, const struct prompt *p, const struct model_rules *rules)
{
	const char *effort = openai_effort(p, rules);

	if (effort != NULL || rules->show_thinking) {
		json_open(j, "reasoning", '{');
		if (effort != NULL)
			json_put_text(j, "effort", effort);
		if (rules->show_thinking)
			json_put_text(j, "summary", "auto");
		json_close(j, '}');
	}
	if (at->is_home && rules->has_effort) {
		json_open(j, "include", '[');
		json_put_text(j, NULL, "reasoning.encrypted_content");
		json_close(j, ']');
	}
}

enum err_code openai_responses_encode(const struct vendor_place *at, const struct prompt *p, const struct model_rules *rules, bool is_stream,
    struct wire_request *out, struct err *e)
{
	struct json_out j;
	enum err_code code;

	wire_request_init(out, "POST", &at->url, "/v1/responses");
	wire_request_header(out, "content-type", "application/json");
	wire_request_header(out, "accept", is_stream ? "text/event-stream" : "application/json");
	code = openai_check(p, e);
	if (code != ERR_OK)
		return code;
	json_start(&j, &out->body);
	json_open(&j, NULL, '{');
	json_put_text(&j, "model", p->model);
	json_put_int(&j, "max_output_tokens", p->max_tokens);
	json_put_bool(&j, "stream", is_stream);
	openai_put_common(&j, at, p, rules);
	if (at->is_home && is_stream) {
		json_open(&j, "stream_options", '{');
		json_put_bool(&j, "include_obfuscation", false);
		json_close(&j, '}');
	}
	put_reasoning(&j, at, p, rules);
	put_tools(&j, p);
	put_choice(&j, p, rules);
	put_instructions(&j, p);
	put_input(&j, p);
	json_close(&j, '}');
	return wire_request_is_sound(out) ? ERR_OK : err_set(e, ERR_LIMIT, "the request is larger than one may be");
}
