/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks are unions with one member. A cache point is a block of its own behind
 * what it covers. What only the model's maker knows (thinking, effort) travels in
 * additionalModelRequestFields. */
#include <string.h>

#include "vendor/anthropic.h"
#include "vendor/bedrock.h"

/* A cache point is refused by models that know none. */
static bool takes_points(const struct prompt *p)
{
	return strstr(p->model, "anthropic.") != NULL || strstr(p->model, "amazon.nova") != NULL;
}

/* Points that may still be sent: the first of the prefix, the last of the messages. */
struct points {
	size_t prefix_left, message_left, message_skip;
	bool short_sent;
};

static struct points plan(const struct prompt *p)
{
	struct points m = {.short_sent = false};
	size_t i, k, prefix = 0, messages = 0;

	if (!takes_points(p))
		return m;
	for (i = 0; i < p->tool_count; i++)
		prefix += p->tool[i].cache != CACHE_NONE;
	for (i = 0; i < p->system_count; i++)
		prefix += p->system[i].cache != CACHE_NONE && p->system[i].len > 0;
	for (i = 0; i < p->message_count; i++)
		for (k = 0; k < p->message[i].count; k++)
			messages += p->message[i].part[k].cache != CACHE_NONE;
	m.prefix_left = PROMPT_MARKS_MAX - (messages > 0);
	if (prefix < m.prefix_left)
		m.prefix_left = prefix;
	m.message_left = PROMPT_MARKS_MAX - m.prefix_left;
	m.message_skip = messages > m.message_left ? messages - m.message_left : 0;
	return m;
}

static void put_point(struct json_out *j, struct points *m, size_t *left, enum cache_mark cache)
{
	if (cache == CACHE_NONE || *left == 0)
		return;
	(*left)--;
	m->short_sent = m->short_sent || cache == CACHE_5M;
	json_open(j, NULL, '{');
	json_open(j, "cachePoint", '{');
	json_put_text(j, "type", "default");
	if (cache == CACHE_1H && !m->short_sent)
		json_put_text(j, "ttl", "1h");
	json_close(j, '}');
	json_close(j, '}');
}

static void put_text(struct json_out *j, struct slice text)
{
	json_open(j, NULL, '{');
	json_put_slice(j, "text", text);
	json_close(j, '}');
}

/* --- tools and system ----------------------------------------------------- */

static bool uses_tools(const struct prompt *p)
{
	size_t i, k;

	if (p->choice != CHOICE_NONE)
		return p->tool_count > 0;
	for (i = 0; i < p->message_count; i++)	/* "none" is not a choice here; without tools only history may hold none */
		for (k = 0; k < p->message[i].count; k++)
			if (p->message[i].part[k].kind == PART_TOOL_USE || p->message[i].part[k].kind == PART_TOOL_RESULT)
				return p->tool_count > 0;
	return false;
}

static bool is_forced(const struct prompt *p, const struct model_rules *rules)
{
	return (p->choice == CHOICE_ANY || p->choice == CHOICE_TOOL) && !rules->refuses_forced_tool;
}

static void put_tools(struct json_out *j, const struct prompt *p, const struct model_rules *rules, struct points *m)
{
	size_t i;

	if (!uses_tools(p))
		return;
	json_open(j, "toolConfig", '{');
	json_open(j, "tools", '[');
	for (i = 0; i < p->tool_count; i++) {
		json_open(j, NULL, '{');
		json_open(j, "toolSpec", '{');
		json_put_text(j, "name", p->tool[i].name);
		if (p->tool[i].description != NULL && p->tool[i].description[0] != '\0')
			json_put_text(j, "description", p->tool[i].description);
		json_open(j, "inputSchema", '{');
		json_put_raw(j, "json", slice_of(p->tool[i].schema));
		json_close(j, '}');
		json_close(j, '}');
		json_close(j, '}');
		put_point(j, m, &m->prefix_left, p->tool[i].cache);
	}
	json_close(j, ']');
	if (is_forced(p, rules)) {
		bool is_named = p->choice == CHOICE_TOOL && p->choice_tool != NULL;

		json_open(j, "toolChoice", '{');
		json_open(j, is_named ? "tool" : "any", '{');
		if (is_named)
			json_put_text(j, "name", p->choice_tool);
		json_close(j, '}');
		json_close(j, '}');
	}
	json_close(j, '}');
}

static void put_system(struct json_out *j, const struct prompt *p, struct points *m)
{
	bool has_text = false;
	size_t i;

	for (i = 0; i < p->system_count; i++)
		has_text = has_text || p->system[i].len > 0;
	if (!has_text)
		return;
	json_open(j, "system", '[');
	for (i = 0; i < p->system_count; i++) {
		if (p->system[i].len == 0)
			continue;
		put_text(j, slice_make(p->system[i].text, p->system[i].len));
		put_point(j, m, &m->prefix_left, p->system[i].cache);
	}
	json_close(j, ']');
}

/* --- messages ------------------------------------------------------------- */

/* Blank text is refused. */
static bool is_blank(const struct prompt_part *part)
{
	size_t i;

	for (i = 0; i < part->len; i++)
		if (strchr(" \t\r\n", part->bytes[i]) == NULL)
			return false;
	return true;
}

static bool is_sent(const struct prompt *p, const struct prompt_part *part)
{
	static const char *const shape[] = {"reasoningContent", NULL};
	struct slice raw = slice_make(part->bytes, part->len), inside;

	if (part->kind == PART_TEXT)
		return !is_blank(part);
	if (part->kind != PART_OPAQUE)
		return true;
	if (part->name == NULL || strcmp(part->name, "bedrock") != 0 || json_gate(raw, NULL) != ERR_OK || !json_find(raw, shape, &inside))
		return false;
	return part->id != NULL && strcmp(part->id, p->model) == 0;
}

static struct slice input_of(const struct prompt_part *part)
{
	struct slice raw = slice_make(part->bytes, part->len);

	return json_gate(raw, NULL) == ERR_OK && raw.p[strspn(raw.p, " \t\r\n")] == '{' ? raw : slice_of("{}");
}

static void put_result(struct json_out *j, const struct prompt_part *part)
{
	char id[VENDOR_CALL_ID];

	json_open(j, "toolResult", '{');
	json_put_text(j, "toolUseId", vendor_call_id(part->id, id));
	json_open(j, "content", '[');
	put_text(j, is_blank(part) ? slice_of("(nothing)") : slice_make(part->bytes, part->len));
	json_close(j, ']');
	json_put_text(j, "status", part->is_error ? "error" : "success");
	json_close(j, '}');
}

static void put_part(struct json_out *j, const struct prompt_part *part, struct points *m)
{
	char id[VENDOR_CALL_ID];
	struct slice bytes = slice_make(part->bytes, part->len);

	if (part->kind == PART_OPAQUE) {
		json_put_raw(j, NULL, bytes);
		return;
	}
	json_open(j, NULL, '{');
	if (part->kind == PART_TEXT) {
		json_put_slice(j, "text", bytes);
	} else if (part->kind == PART_TOOL_USE) {
		json_open(j, "toolUse", '{');
		json_put_text(j, "toolUseId", vendor_call_id(part->id, id));
		json_put_text(j, "name", part->name);
		json_put_raw(j, "input", input_of(part));
		json_close(j, '}');
	} else {
		put_result(j, part);
	}
	json_close(j, '}');
	if (part->cache == CACHE_NONE)
		return;
	if (m->message_skip > 0)
		m->message_skip--;
	else
		put_point(j, m, &m->message_left, part->cache);
}

/* Roles have to take turns: where a message is left out, its neighbours become one. */
static void put_messages(struct json_out *j, const struct prompt *p, struct points *m)
{
	bool is_open = false;
	enum prompt_role role = ROLE_USER;
	size_t i, k;

	json_open(j, "messages", '[');
	for (i = 0; i < p->message_count; i++) {
		const struct prompt_message *msg = &p->message[i];

		for (k = 0; k < msg->count; k++) {
			if (!is_sent(p, &msg->part[k]))
				continue;
			if (is_open && msg->role != role) {
				json_close(j, ']');
				json_close(j, '}');
				is_open = false;
			}
			if (!is_open) {
				json_open(j, NULL, '{');
				json_put_text(j, "role", msg->role == ROLE_USER ? "user" : "assistant");
				json_open(j, "content", '[');
			}
			is_open = true;
			role = msg->role;
			put_part(j, &msg->part[k], m);
		}
	}
	if (is_open) {
		json_close(j, ']');
		json_close(j, '}');
	}
	json_close(j, ']');
}

/* --- the request ---------------------------------------------------------- */

static void put_more(struct json_out *j, const struct prompt *p, const struct model_rules *rules)
{
	if (p->service == SERVICE_FLEX || p->service == SERVICE_PRIORITY) {
		json_open(j, "serviceTier", '{');
		json_put_text(j, "type", service_tier_names[p->service]);
		json_close(j, '}');
	}
	if (strstr(p->model, "anthropic.") == NULL)
		return;
	json_open(j, "additionalModelRequestFields", '{');
	anthropic_put_thinking(j, p, rules);
	anthropic_put_effort(j, p, rules);
	json_close(j, '}');
}

static enum err_code start(const struct vendor_place *at, const char *call, const struct prompt *p, struct wire_request *out, struct err *e)
{
	struct buf path;
	size_t i;

	buf_init(&path, 4096);
	buf_adds(&path, "/model/");
	wire_percent(&path, slice_of(p->model));
	buf_adds(&path, call);
	wire_request_init(out, "POST", &at->url, buf_text(&path));
	buf_release(&path);
	wire_request_header(out, "content-type", "application/json");
	wire_request_sign_for(out, "bedrock", at->region);
	if (p->over)
		return err_set(e, ERR_LIMIT, "the prompt is larger than one may be");
	for (i = 0; i < p->tool_count; i++) {
		struct slice schema = slice_of(p->tool[i].schema);

		if (json_gate(schema, NULL) != ERR_OK || schema.p[strspn(schema.p, " \t\r\n")] != '{')
			return err_set(e, ERR_USAGE, "tool %zu has a schema that is no JSON object", i + 1);
	}
	return ERR_OK;
}

static enum err_code finish(const struct wire_request *out, struct err *e)
{
	return wire_request_is_sound(out) ? ERR_OK : err_set(e, ERR_LIMIT, "the request is larger than one may be");
}

enum err_code bedrock_converse_encode(const struct vendor_place *at, const struct prompt *p, const struct model_rules *rules, bool is_stream,
    struct wire_request *out, struct err *e)
{
	struct points m = plan(p);
	struct json_out j;
	enum err_code code = start(at, is_stream ? "/converse-stream" : "/converse", p, out, e);

	wire_request_header(out, "accept", is_stream ? "application/vnd.amazon.eventstream" : "application/json");
	if (code != ERR_OK)
		return code;
	if (p->max_tokens < 1)
		return err_set(e, ERR_USAGE, "the prompt allows no output");
	json_start(&j, &out->body);
	json_open(&j, NULL, '{');
	put_tools(&j, p, rules, &m);
	put_system(&j, p, &m);
	put_messages(&j, p, &m);
	json_open(&j, "inferenceConfig", '{');
	json_put_int(&j, "maxTokens", p->max_tokens);
	json_close(&j, '}');
	put_more(&j, p, rules);
	json_close(&j, '}');
	return finish(out, e);
}

enum err_code bedrock_count_tokens(const struct vendor_place *at, const struct prompt *p, const struct model_rules *rules,
    struct wire_request *out, struct err *e)
{
	struct points none = {.short_sent = false};
	struct json_out j;
	enum err_code code = start(at, "/count-tokens", p, out, e);

	wire_request_header(out, "accept", "application/json");
	if (code != ERR_OK)
		return code;
	json_start(&j, &out->body);
	json_open(&j, NULL, '{');
	json_open(&j, "input", '{');
	json_open(&j, "converse", '{');
	put_tools(&j, p, rules, &none);
	put_system(&j, p, &none);
	none.message_skip = SIZE_MAX;
	put_messages(&j, p, &none);
	json_close(&j, '}');
	json_close(&j, '}');
	json_close(&j, '}');
	return finish(out, e);
}
