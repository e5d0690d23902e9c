/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chat Completions, for servers that speak nothing newer (and they differ: what is
 * not old and common goes only to OpenAI itself). Messages hold text; tool calls
 * hang on an assistant message; each result is a message of its own. */
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
		json_open(j, "function", '{');
		json_put_text(j, "name", p->tool[i].name);
		json_put_text(j, "description", p->tool[i].description);
		json_put_raw(j, "parameters", slice_of(p->tool[i].schema));
		json_close(j, '}');
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
		json_open(j, "function", '{');
		json_put_text(j, "name", p->choice_tool);
		json_close(j, '}');
		json_close(j, '}');
	}
}

/* --- messages ------------------------------------------------------------- */

static void put_text_message(struct json_out *j, const char *role, const struct buf *text)
{
	json_open(j, NULL, '{');
	json_put_text(j, "role", role);
	json_put_slice(j, "content", buf_slice(text));
	json_close(j, '}');
}

static void join(struct buf *text, const char *p, size_t len)
{
	if (len == 0)
		return;
	buf_adds(text, text->len > 0 ? "\n\n" : "");
	buf_add(text, p, len);
}

static void put_system(struct json_out *j, const struct prompt *p)
{
	struct buf text;
	size_t i;

	buf_init(&text, PROMPT_BYTES + 64);
	for (i = 0; i < p->system_count; i++)
		join(&text, p->system[i].text, p->system[i].len);
	if (text.len > 0)
		put_text_message(j, "system", &text);
	buf_release(&text);
}

static void put_result(struct json_out *j, const struct prompt_part *part)
{
	char id[VENDOR_CALL_ID];

	json_open(j, NULL, '{');
	json_put_text(j, "role", "tool");
	json_put_text(j, "tool_call_id", vendor_call_id(part->id, id));
	openai_put_result(j, "content", part);
	json_close(j, '}');
}

/* Results first: they answer the calls of the message before. */
static void put_user(struct json_out *j, const struct prompt_message *m)
{
	struct buf text;
	size_t i;

	buf_init(&text, PROMPT_BYTES + 64);
	for (i = 0; i < m->count; i++) {
		if (m->part[i].kind == PART_TOOL_RESULT)
			put_result(j, &m->part[i]);
		else if (m->part[i].kind == PART_TEXT)
			join(&text, m->part[i].bytes, m->part[i].len);
	}
	if (text.len > 0)
		put_text_message(j, "user", &text);
	buf_release(&text);
}

static void put_calls(struct json_out *j, const struct prompt_message *m)
{
	char id[VENDOR_CALL_ID];
	size_t i;

	json_open(j, "tool_calls", '[');
	for (i = 0; i < m->count; i++) {
		if (m->part[i].kind != PART_TOOL_USE)
			continue;
		json_open(j, NULL, '{');
		json_put_text(j, "id", vendor_call_id(m->part[i].id, id));
		json_put_text(j, "type", "function");
		json_open(j, "function", '{');
		json_put_text(j, "name", m->part[i].name);
		json_put_slice(j, "arguments", openai_arguments(&m->part[i]));
		json_close(j, '}');
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void put_assistant(struct json_out *j, const struct prompt_message *m)
{
	struct buf text;
	size_t i, calls = 0;

	buf_init(&text, PROMPT_BYTES + 64);
	for (i = 0; i < m->count; i++) {
		calls += m->part[i].kind == PART_TOOL_USE;
		if (m->part[i].kind == PART_TEXT)
			join(&text, m->part[i].bytes, m->part[i].len);
	}
	if (text.len > 0 || calls > 0) {
		json_open(j, NULL, '{');
		json_put_text(j, "role", "assistant");
		if (text.len > 0)
			json_put_slice(j, "content", buf_slice(&text));
		else
			json_put_null(j, "content");
		if (calls > 0)
			put_calls(j, m);
		json_close(j, '}');
	}
	buf_release(&text);
}

/* --- the request ---------------------------------------------------------- */

enum err_code openai_chat_encode(const struct vendor_place *at, const struct prompt *p, const struct model_rules *rules, bool is_stream,
    struct wire_request *out, struct err *e)
{
	const char *effort = openai_effort(p, rules);
	struct json_out j;
	size_t i;
	enum err_code code;

	wire_request_init(out, "POST", &at->url, openai_path(at, "/v1/chat/completions", "/chat/completions?" OPENAI_AZURE_VERSION));
	wire_request_header(out, "content-type", "application/json");
	wire_request_header(out, "accept", is_stream ? "text/event-stream" : "application/json");
	code = openai_check(p, e);
	if (code != ERR_OK)
		return code;
	json_start(&j, &out->body);
	json_open(&j, NULL, '{');
	json_put_text(&j, "model", p->model);
	/* the old name is what every server knows, but OpenAI's reasoning models refuse it */
	json_put_int(&j, at->is_home || rules->has_effort ? "max_completion_tokens" : "max_tokens", p->max_tokens);
	json_put_bool(&j, "stream", is_stream);
	if (is_stream) {
		json_open(&j, "stream_options", '{');
		json_put_bool(&j, "include_usage", true);
		if (at->is_home)
			json_put_bool(&j, "include_obfuscation", false);
		json_close(&j, '}');
	}
	openai_put_common(&j, at, p, rules);
	if (effort != NULL)
		json_put_text(&j, "reasoning_effort", effort);
	put_tools(&j, p);
	put_choice(&j, p, rules);
	json_open(&j, "messages", '[');
	put_system(&j, p);
	for (i = 0; i < p->message_count; i++) {
		if (p->message[i].role == ROLE_USER)
			put_user(&j, &p->message[i]);
		else
			put_assistant(&j, &p->message[i]);
	}
	json_close(&j, ']');
	json_close(&j, '}');
	return wire_request_is_sound(out) ? ERR_OK : err_set(e, ERR_LIMIT, "the request is larger than one may be");
}
