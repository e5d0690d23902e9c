/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order of the prefix is tools, system, messages, and the cache matches from
 * its start: so they are written in that order, stable parts first. */
#include <string.h>

#include "base/json.h"
#include "vendor/anthropic.h"

#define API_VERSION "2023-06-01"
#define BUDGET_MIN 1024

/* How many cache marks may still be sent, and whether a short one was: the long
 * ones must stand before the short ones. */
struct marks {
	size_t prefix_left, message_left;
	size_t message_skip;	/* the first so many marks in messages are left out */
	bool short_sent;
};

static bool can_carry(const struct prompt_part *part)
{
	return part->cache != CACHE_NONE && part->kind != PART_OPAQUE && (part->len > 0 || part->kind != PART_TEXT);
}

static struct marks plan_marks(const struct prompt *p)
{
	size_t i, k, prefix = 0, messages = 0;
	struct marks m = {.short_sent = false};

	for (i = 0; i < p->tool_count; i++)
		prefix += p->tool[i].cache != CACHE_NONE;
	for (i = 0; i < p->system_count; i++)
		prefix += p->system[i].cache != CACHE_NONE && p->system[i].len > 0;
	for (i = 0; i < p->message_count; i++)
		for (k = 0; k < p->message[i].count; k++)
			messages += can_carry(&p->message[i].part[k]);
	m.prefix_left = PROMPT_MARKS_MAX - (messages > 0);
	if (prefix < m.prefix_left)
		m.prefix_left = prefix;
	m.message_left = PROMPT_MARKS_MAX - m.prefix_left;
	m.message_skip = messages > m.message_left ? messages - m.message_left : 0;
	return m;
}

static void put_mark(struct json_out *j, struct marks *m, size_t *left, enum cache_mark cache)
{
	if (cache == CACHE_NONE || *left == 0)
		return;
	(*left)--;
	if (cache == CACHE_5M)
		m->short_sent = true;
	json_open(j, "cache_control", '{');
	json_put_text(j, "type", "ephemeral");
	if (cache == CACHE_1H && !m->short_sent)
		json_put_text(j, "ttl", "1h");
	json_close(j, '}');
}

static enum err_code put_tools(struct json_out *j, const struct prompt *p, struct marks *m, struct err *e)
{
	size_t i;

	if (p->tool_count == 0)
		return ERR_OK;
	json_open(j, "tools", '[');
	for (i = 0; i < p->tool_count; i++) {
		struct slice schema = slice_of(p->tool[i].schema);

		if (json_gate(schema, e) != ERR_OK || schema.p[strspn(schema.p, " \t\r\n")] != '{')
			return err_set(e, ERR_USAGE, "tool %zu has a schema that is no JSON object", i + 1);
		json_open(j, NULL, '{');
		json_put_text(j, "name", p->tool[i].name);
		json_put_text(j, "description", p->tool[i].description);
		json_put_raw(j, "input_schema", schema);
		put_mark(j, m, &m->prefix_left, p->tool[i].cache);
		json_close(j, '}');
	}
	json_close(j, ']');
	return ERR_OK;
}

static void put_system(struct json_out *j, const struct prompt *p, struct marks *m)
{
	size_t i;
	bool has_text = false;

	for (i = 0; i < p->system_count; i++)
		has_text = has_text || p->system[i].len > 0;
	if (!has_text)
		return;
	json_open(j, "system", '[');
	for (i = 0; i < p->system_count; i++) {
		if (p->system[i].len == 0)
			continue;
		json_open(j, NULL, '{');
		json_put_text(j, "type", "text");
		json_put_slice(j, "text", slice_make(p->system[i].text, p->system[i].len));
		put_mark(j, m, &m->prefix_left, p->system[i].cache);
		json_close(j, '}');
	}
	json_close(j, ']');
}

/* --- messages ------------------------------------------------------------- */

/* Blocks of other vendors or models are left out: they would be refused. */
static bool is_sent(const struct anthropic_dialect *as, const struct prompt *p, const struct prompt_part *part)
{
	static const char *const type[] = {"type", NULL};
	struct slice raw;

	if (part->kind == PART_TEXT)
		return part->len > 0;
	if (part->kind != PART_OPAQUE)
		return true;
	if (part->name == NULL || strcmp(part->name, as->vendor) != 0 || json_gate(slice_make(part->bytes, part->len), NULL) != ERR_OK ||
	    !json_find(slice_make(part->bytes, part->len), type, &raw))
		return false;
	return part->id == NULL || part->id[0] == '\0' || rules_same_model(part->id, p->model);
}

/* An input that is no JSON object was answered with an error; the vendor still
 * wants an object there. */
static struct slice input_of(const struct prompt_part *part)
{
	struct slice raw = slice_make(part->bytes, part->len);

	if (json_gate(raw, NULL) != ERR_OK || raw.p[strspn(raw.p, " \t\r\n")] != '{')
		return slice_of("{}");
	return raw;
}

static void put_part(struct json_out *j, const struct prompt_part *part, struct marks *m)
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
		json_put_text(j, "type", "text");
		json_put_slice(j, "text", bytes);
		break;
	case PART_TOOL_USE:
		json_put_text(j, "type", "tool_use");
		json_put_text(j, "id", vendor_call_id(part->id, id));
		json_put_text(j, "name", part->name);
		json_put_raw(j, "input", input_of(part));
		break;
	case PART_TOOL_RESULT:
		json_put_text(j, "type", "tool_result");
		json_put_text(j, "tool_use_id", vendor_call_id(part->id, id));
		if (bytes.len > 0)
			json_put_slice(j, "content", bytes);
		if (part->is_error)
			json_put_bool(j, "is_error", true);
		break;
	case PART_OPAQUE:
		break;
	}
	if (can_carry(part)) {
		if (m->message_skip > 0)
			m->message_skip--;
		else
			put_mark(j, m, &m->message_left, part->cache);
	}
	json_close(j, '}');
}

static void put_messages(struct json_out *j, const struct anthropic_dialect *as, const struct prompt *p, struct marks *m)
{
	size_t i, k;

	json_open(j, "messages", '[');
	for (i = 0; i < p->message_count; i++) {
		const struct prompt_message *msg = &p->message[i];
		size_t sent = 0;

		for (k = 0; k < msg->count; k++)
			sent += is_sent(as, p, &msg->part[k]);
		if (sent == 0)
			continue;
		json_open(j, NULL, '{');
		json_put_text(j, "role", msg->role == ROLE_USER ? "user" : "assistant");
		json_open(j, "content", '[');
		for (k = 0; k < msg->count; k++)
			if (is_sent(as, p, &msg->part[k]))
				put_part(j, &msg->part[k], m);
		json_close(j, ']');
		json_close(j, '}');
	}
	json_close(j, ']');
}

/* --- switches ------------------------------------------------------------- */

static bool is_forced(const struct prompt *p, const struct model_rules *rules)
{
	return (p->choice == CHOICE_ANY || p->choice == CHOICE_TOOL) && !rules->refuses_forced_tool;
}

static void put_choice(struct json_out *j, const struct prompt *p, const struct model_rules *rules)
{
	if (p->tool_count == 0 || p->choice == CHOICE_AUTO || (p->choice != CHOICE_NONE && !is_forced(p, rules)))
		return;
	json_open(j, "tool_choice", '{');
	if (p->choice == CHOICE_NONE) {
		json_put_text(j, "type", "none");
	} else if (p->choice == CHOICE_TOOL && p->choice_tool != NULL) {
		json_put_text(j, "type", "tool");
		json_put_text(j, "name", p->choice_tool);
	} else {
		json_put_text(j, "type", "any");
	}
	json_close(j, '}');
}

static void open_thinking(struct json_out *j, const char *type, bool show)
{
	json_open(j, "thinking", '{');
	json_put_text(j, "type", type);
	if (show)
		json_put_text(j, "display", "summarized");
}

static bool may_switch_off(const struct prompt *p, const struct model_rules *rules)
{
	enum prompt_effort effort = p->effort != EFFORT_DEFAULT ? p->effort : rules->effort_default;

	return rules->effort_off_most == EFFORT_DEFAULT || effort <= rules->effort_off_most;
}

void anthropic_put_thinking(struct json_out *j, const struct prompt *p, const struct model_rules *rules)
{
	int64_t budget = p->max_tokens / 2 > BUDGET_MIN ? p->max_tokens / 2 : BUDGET_MIN;

	switch (rules->thinking) {
	case THINK_NONE:
		return;
	case THINK_BUDGET:	/* neither with a forced tool nor with less room than a budget takes */
		if (p->thinking != THINKING_ON || is_forced(p, rules) || budget >= p->max_tokens)
			return;
		open_thinking(j, "enabled", rules->show_thinking);
		json_put_int(j, "budget_tokens", budget);
		break;
	case THINK_ADAPTIVE:
		if (p->thinking != THINKING_ON || is_forced(p, rules))
			return;
		open_thinking(j, "adaptive", rules->show_thinking);
		break;
	case THINK_DEFAULT_ON:
		if (p->thinking == THINKING_OFF && may_switch_off(p, rules))
			open_thinking(j, "disabled", false);
		else if (rules->show_thinking)
			open_thinking(j, "adaptive", true);
		else
			return;
		break;
	case THINK_ALWAYS:
		if (!rules->show_thinking)
			return;
		open_thinking(j, "adaptive", true);
		break;
	}
	json_close(j, '}');
}

void anthropic_put_effort(struct json_out *j, const struct prompt *p, const struct model_rules *rules)
{
	if (!rules->has_effort || p->effort == EFFORT_DEFAULT)
		return;
	json_open(j, "output_config", '{');
	json_put_text(j, "effort", prompt_effort_names[p->effort]);
	json_close(j, '}');
}

/* --- requests ------------------------------------------------------------- */

static enum err_code encode(const struct anthropic_dialect *as, const struct vendor_place *at, const struct prompt *p, const struct model_rules *rules,
    bool is_call, bool is_stream, struct wire_request *out, struct err *e)
{
	struct marks m = plan_marks(p);
	struct json_out j;
	enum err_code code;

	wire_request_init(out, "POST", &at->url, is_call ? as->path : as->count_path);
	if (as->sign_service != NULL)
		wire_request_sign_for(out, as->sign_service, at->region);
	wire_request_header(out, "content-type", "application/json");
	wire_request_header(out, "accept", is_stream ? "text/event-stream" : "application/json");
	wire_request_header(out, "anthropic-version", API_VERSION);
	if (p->over)
		return err_set(e, ERR_LIMIT, "the prompt is larger than one may be");
	if (is_call && p->max_tokens < 1)
		return err_set(e, ERR_USAGE, "the prompt allows no output");
	json_start(&j, &out->body);
	json_open(&j, NULL, '{');
	json_put_text(&j, "model", p->model);
	if (is_call) {
		json_put_int(&j, "max_tokens", p->max_tokens);
		json_put_bool(&j, "stream", is_stream);
		if (p->user_id != NULL) {
			json_open(&j, "metadata", '{');
			json_put_text(&j, "user_id", p->user_id);
			json_close(&j, '}');
		}
	}
	code = put_tools(&j, p, &m, e);
	if (code != ERR_OK)
		return code;
	put_choice(&j, p, rules);
	anthropic_put_thinking(&j, p, rules);
	anthropic_put_effort(&j, p, rules);
	put_system(&j, p, &m);
	put_messages(&j, as, p, &m);
	json_close(&j, '}');
	return wire_request_is_sound(out) ? ERR_OK : err_set(e, ERR_LIMIT, "the request is larger than one may be");
}

enum err_code anthropic_encode_as(const struct anthropic_dialect *as, const struct vendor_place *at, const struct prompt *p,
    const struct model_rules *rules, bool is_stream, struct wire_request *out, struct err *e)
{
	return encode(as, at, p, rules, true, is_stream, out, e);
}

enum err_code anthropic_count_as(const struct anthropic_dialect *as, const struct vendor_place *at, const struct prompt *p,
    const struct model_rules *rules, struct wire_request *out, struct err *e)
{
	return encode(as, at, p, rules, false, false, out, e);
}
