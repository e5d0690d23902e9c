/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What makes a request a 400 (or 404), in the order the vendor looks: the model
 * first, then the members one by one, then the messages. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json.h"
#include "practice/anthropic.h"

#define MAX_MESSAGES 100000

bool no_set(struct no *n, int status, const char *type, const char *fmt, ...)
{
	va_list ap;

	n->status = status;
	n->type = type;
	va_start(ap, fmt);
	vsnprintf(n->text, sizeof n->text, fmt, ap);
	va_end(ap);
	return false;
}

bool no_bad(struct no *n, const char *fmt, ...)
{
	va_list ap;

	n->status = 400;
	n->type = "invalid_request_error";
	va_start(ap, fmt);
	vsnprintf(n->text, sizeof n->text, fmt, ap);
	va_end(ap);
	return false;
}

static bool is_one_of(const char *text, const char *const *list)
{
	for (; text != NULL && *list != NULL; list++)
		if (strcmp(text, *list) == 0)
			return true;
	return false;
}

static bool check_members(struct ask *a, struct no *n)
{
	static const char *const known[] = {"model", "max_tokens", "messages", "system", "tools", "tool_choice", "thinking", "output_config", "metadata",
	    "service_tier", "inference_geo", "speed", "cache_control", "stop_sequences", "stream", "container", "temperature", "top_p", "top_k", "fallbacks",
	    "context_management", "mcp_servers", "diagnostics", "fallback_credit_token", "betas", NULL};
	const cJSON *v;

	cJSON_ArrayForEach(v, a->body)
		if (!is_one_of(v->string, known))
			return no_bad(n, "%.60s: Extra inputs are not permitted", v->string);
	return true;
}

static bool check_model(struct ask *a, struct no *n)
{
	const char *id = json_text(a->body, "model");

	if (a->model != NULL)
		return true;
	if (id == NULL || *id == '\0')
		return no_bad(n, "model: Field required");
	a->model = model_find(id);
	return a->model != NULL || no_set(n, 404, "not_found_error", "model: %.100s", id);
}

static bool check_max_tokens(struct ask *a, struct no *n)
{
	const cJSON *stream = json_member(a->body, "stream");

	a->streams = json_bool(a->body, "stream", false);
	if (stream != NULL && !cJSON_IsBool(stream))
		return no_bad(n, "stream: Input should be a valid boolean");
	if (a->is_count && json_member(a->body, "max_tokens") == NULL)
		return true;
	if (json_member(a->body, "max_tokens") == NULL)
		return no_bad(n, "max_tokens: Field required");
	if (!json_int(a->body, "max_tokens", &a->max_tokens) || a->max_tokens < 0)
		return no_bad(n, "max_tokens: Input should be a valid integer of at least 0");
	if (a->max_tokens > a->model->max_output)
		return no_bad(n, "max_tokens: %lld > %lld, which is the maximum allowed number of output tokens for %s", (long long)a->max_tokens,
		    (long long)a->model->max_output, a->model->id);
	return true;
}

static bool check_sampling(struct ask *a, struct no *n)
{
	static const char *const names[] = {"temperature", "top_p", "top_k"};
	const cJSON *v;
	size_t i;

	for (i = 0; i < LENGTH(names); i++) {
		v = json_member(a->body, names[i]);
		if (v == NULL)
			continue;
		if (a->is_new)
			return no_bad(n, "%s: Extra inputs are not permitted", names[i]);
		if (!cJSON_IsNumber(v) || v->valuedouble < 0 || (i < 2 && v->valuedouble > 1))
			return no_bad(n, "%s: Input should be a number in its range", names[i]);
		if ((a->model->rules & RULE_NO_SAMPLING) && !(i < 2 && v->valuedouble >= 1))
			return no_bad(n, "%s: only the default is supported on %s", names[i], a->model->id);
	}
	return true;
}

static bool check_effort(struct ask *a, const char **effort, struct no *n)
{
	static const char *const known[] = {"low", "medium", "high", "xhigh", "max", NULL};
	const cJSON *config = json_member(a->body, "output_config"), *format;

	*effort = json_text(config, "effort");
	if (config != NULL && !cJSON_IsObject(config))
		return no_bad(n, "output_config: Input should be an object");
	if (json_member(config, "effort") != NULL && !is_one_of(*effort, known))
		return no_bad(n, "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'");
	format = json_member(config, "format");
	if (format != NULL && (json_text(format, "type") == NULL || strcmp(json_text(format, "type"), "json_schema") != 0 || json_object(format, "schema") == NULL))
		return no_bad(n, "output_config.format: Input should have type 'json_schema' and a schema");
	return true;
}

static bool check_enabled(struct ask *a, const cJSON *thinking, struct no *n)
{
	int64_t budget = 0;

	if (a->model->rules & RULE_NO_ENABLED)
		return no_bad(n, "thinking.type: 'enabled' is not supported on %s; use 'adaptive'", a->model->id);
	if (a->model->rules & RULE_NO_BUDGET)
		return no_bad(n, "thinking.budget_tokens: not supported on %s", a->model->id);
	if (!json_int(thinking, "budget_tokens", &budget) || budget < 1024)
		return no_bad(n, "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024");
	if (!a->is_count && budget >= a->max_tokens)
		return no_bad(n, "`max_tokens` must be greater than `thinking.budget_tokens`");
	a->thinks = true;
	return true;
}

static bool check_disabled(struct ask *a, const char *effort, struct no *n)
{
	if (a->model->rules & RULE_NO_DISABLED)
		return no_bad(n, "thinking.type: 'disabled' is not supported on %s%s", a->model->id, a->model->rules & RULE_BETWEEN ? "; use 'between_tools'" : "");
	if ((a->model->rules & RULE_CALM_OFF) && effort != NULL && (strcmp(effort, "xhigh") == 0 || strcmp(effort, "max") == 0))
		return no_bad(n, "thinking.type: 'disabled' needs output_config.effort 'high' or below on %s", a->model->id);
	a->thinks = false;
	return true;
}

static bool check_thinking(struct ask *a, struct no *n)
{
	static const char *const shows[] = {"summarized", "omitted", NULL};
	const cJSON *t = json_member(a->body, "thinking");
	const char *type = json_text(t, "type"), *show = json_text(t, "display"), *effort;

	a->thinks = (a->model->rules & RULE_THINKS) != 0;
	a->is_silent = show != NULL ? strcmp(show, "omitted") == 0 : (a->model->rules & RULE_SILENT) != 0;
	if (!check_effort(a, &effort, n))
		return false;
	if (t == NULL)
		return true;
	if (type == NULL)
		return no_bad(n, "thinking.type: Field required");
	if (json_member(t, "display") != NULL && !is_one_of(show, shows))
		return no_bad(n, "thinking.display: Input should be 'summarized' or 'omitted'");
	if (strcmp(type, "enabled") == 0)
		return check_enabled(a, t, n);
	if (json_member(t, "budget_tokens") != NULL)
		return no_bad(n, "thinking.%.20s.budget_tokens: Extra inputs are not permitted", type);
	if (strcmp(type, "disabled") == 0)
		return check_disabled(a, effort, n);
	if (strcmp(type, "between_tools") == 0 && (a->model->rules & RULE_BETWEEN)) {
		a->thinks = false;
		return true;
	}
	if (strcmp(type, "adaptive") != 0)
		return no_bad(n, "thinking: Input tag '%.20s' found using 'type' does not match any of the expected tags", type);
	a->thinks = true;
	return true;
}

static bool check_tool(const cJSON *tool, size_t i, const cJSON *tools, struct no *n)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
	const char *name = json_text(tool, "name"), *type = json_text(tool, "type");
	const cJSON *schema = json_object(tool, "input_schema"), *other;

	if (type != NULL && strcmp(type, "custom") != 0)
		return no_bad(n, "tools.%zu.type: server tools are not available here", i);
	if (name == NULL || *name == '\0' || strlen(name) > 128 || name[strspn(name, letters)] != '\0')
		return no_bad(n, "tools.%zu.custom.name: String should match pattern '^[a-zA-Z0-9_-]{1,128}$'", i);
	if (schema == NULL)
		return no_bad(n, "tools.%zu.custom.input_schema: Field required", i);
	if (json_text(schema, "type") == NULL || strcmp(json_text(schema, "type"), "object") != 0)
		return no_bad(n, "tools.%zu.custom.input_schema.type: Input should be 'object'", i);
	cJSON_ArrayForEach(other, tools) {
		if (other == tool)
			break;
		if (strcmp(json_text(other, "name"), name) == 0)
			return no_bad(n, "tools: Tool names must be unique.");
	}
	return true;
}

static bool check_tools(struct ask *a, struct no *n)
{
	const cJSON *tools = json_member(a->body, "tools"), *tool;
	size_t i = 0;

	if (tools != NULL && !cJSON_IsArray(tools))
		return no_bad(n, "tools: Input should be a valid array");
	cJSON_ArrayForEach(tool, tools)
		if (!check_tool(tool, i++, tools, n))
			return false;
	return true;
}

static bool has_tool(const struct ask *a, const char *name)
{
	const cJSON *tool;

	cJSON_ArrayForEach(tool, json_array(a->body, "tools"))
		if (strcmp(json_text(tool, "name"), name) == 0)
			return true;
	return false;
}

static bool check_tool_choice(struct ask *a, struct no *n)
{
	static const char *const known[] = {"auto", "any", "tool", "none", NULL};
	const cJSON *choice = json_member(a->body, "tool_choice");
	const char *type = json_text(choice, "type"), *name = json_text(choice, "name");

	if (choice == NULL)
		return true;
	if (!is_one_of(type, known))
		return no_bad(n, "tool_choice: Input tag should be 'auto', 'any', 'tool' or 'none'");
	a->is_alone = json_bool(choice, "disable_parallel_tool_use", false);
	if (strcmp(type, "auto") == 0 || strcmp(type, "none") == 0)
		return true;
	if (a->model->rules & RULE_NO_FORCED_TOOL)
		return no_bad(n, "tool_choice: '%s' is not supported on %s; use 'auto' or 'none'", type, a->model->id);
	if (a->thinks && json_member(a->body, "thinking") != NULL)
		return no_bad(n, "Thinking may not be enabled when tool_choice forces tool use.");
	a->thinks = false;
	if (cJSON_GetArraySize(json_array(a->body, "tools")) == 0)
		return no_bad(n, "tool_choice: tools must be given");
	if (strcmp(type, "tool") == 0 && (name == NULL || !has_tool(a, name)))
		return no_bad(n, "tool_choice.name: Tool '%.128s' not found in provided tools", name != NULL ? name : "");
	a->forced = strcmp(type, "tool") == 0 ? name : "*";
	return true;
}

static bool check_rest(struct ask *a, struct no *n)
{
	static const char *const tiers[] = {"auto", "standard_only", NULL}, *const geos[] = {"global", "us", NULL};
	const cJSON *stops = json_member(a->body, "stop_sequences"), *v;
	const char *geo = json_text(a->body, "inference_geo"), *speed = json_text(a->body, "speed");

	if (json_member(a->body, "service_tier") != NULL && !is_one_of(json_text(a->body, "service_tier"), tiers))
		return no_bad(n, "service_tier: Input should be 'auto' or 'standard_only'");
	if (json_member(a->body, "inference_geo") != NULL && (!is_one_of(geo, geos) || !(a->model->rules & RULE_GEO)))
		return no_bad(n, "inference_geo: not supported on %s, or neither 'global' nor 'us'", a->model->id);
	a->us_only = geo != NULL && strcmp(geo, "us") == 0;
	if (json_member(a->body, "speed") != NULL && (speed == NULL || strcmp(speed, "standard") != 0))
		return no_bad(n, "speed: only 'standard' is available to this organization");
	if (stops != NULL && !cJSON_IsArray(stops))
		return no_bad(n, "stop_sequences: Input should be a valid array");
	cJSON_ArrayForEach(v, stops)
		if (!cJSON_IsString(v) || v->valuestring[strspn(v->valuestring, " \t\r\n")] == '\0')
			return no_bad(n, "stop_sequences: each stop sequence must contain non-whitespace");
	return true;
}

/* --- messages ------------------------------------------------------------------ */

static bool check_block(const struct ask *a, const cJSON *b, const char *role, const char *where, struct no *n)
{
	static const char *const known[] = {"text", "image", "document", "search_result", "thinking", "redacted_thinking", "tool_use", "tool_result",
	    "server_tool_use", "web_search_tool_result", "web_fetch_tool_result", "code_execution_tool_result", "bash_code_execution_tool_result",
	    "text_editor_code_execution_tool_result", "tool_search_tool_result", "container_upload", "mid_conv_system", NULL};
	const char *type = json_text(b, "type"), *text;
	bool assistant = strcmp(role, "assistant") == 0;

	if (!is_one_of(type, known))
		return no_bad(n, "%s: Input tag '%.40s' found using 'type' does not match any of the expected tags", where, type != NULL ? type : "");
	if (strcmp(type, "text") == 0) {
		text = json_text(b, "text");
		if (text == NULL)
			return no_bad(n, "%s.text.text: Field required", where);
		if (*text == '\0')
			return no_bad(n, "messages: text content blocks must be non-empty");
		if (a->is_new && !assistant && cJSON_GetArraySize(json_array(b, "citations")) > 0)
			return no_bad(n, "%s.text.citations: not permitted in user messages", where);
	}
	if (a->is_new && assistant && strcmp(type, "document") == 0)
		return no_bad(n, "%s: document blocks are not permitted in assistant messages", where);
	if (strcmp(type, "tool_use") == 0 && (!assistant || json_text(b, "id") == NULL || json_text(b, "name") == NULL || json_object(b, "input") == NULL))
		return no_bad(n, "%s.tool_use: wants id, name and an input object, in an assistant message", where);
	if (strcmp(type, "tool_result") == 0 && (assistant || json_text(b, "tool_use_id") == NULL))
		return no_bad(n, "%s.tool_result: wants a tool_use_id, in a user message", where);
	if (strcmp(type, "thinking") == 0 && (!assistant || json_text(b, "thinking") == NULL || json_text(b, "signature") == NULL))
		return no_bad(n, "%s.thinking: wants thinking and signature, in an assistant message", where);
	if (strcmp(type, "thinking") == 0 && json_member(b, "cache_control") != NULL)
		return no_bad(n, "%s.thinking.cache_control: Extra inputs are not permitted", where);
	return true;
}

static bool check_signature(const struct ask *a, const cJSON *b, const char *where, struct no *n)
{
	char sign[HASH_HEX];

	if (strcmp(json_text(b, "type"), "thinking") != 0)
		return true;
	think_sign(a->model, json_text(b, "thinking"), sign);
	return strcmp(sign, json_text(b, "signature")) == 0 || no_bad(n, "%s: Invalid `signature` in `thinking` block", where);
}

static bool has_block(const cJSON *content, const char *type, const char *id_name, const char *id)
{
	const cJSON *b;

	cJSON_ArrayForEach(b, content)
		if (cJSON_IsObject(b) && json_text(b, "type") != NULL && strcmp(json_text(b, "type"), type) == 0 && json_text(b, id_name) != NULL &&
		    strcmp(json_text(b, id_name), id) == 0)
			return true;
	return false;
}

/* Tool calls and their results come in pairs, one message after the other. */
static bool check_pairs(const cJSON *before, const cJSON *m, size_t i, struct no *n)
{
	const cJSON *b, *last = json_array(before, "content"), *content = json_array(m, "content");
	const char *type;

	cJSON_ArrayForEach(b, content) {
		type = json_text(b, "type");
		if (type != NULL && strcmp(type, "tool_result") == 0 && !has_block(last, "tool_use", "id", json_text(b, "tool_use_id")))
			return no_bad(n,
			    "messages.%zu: unexpected `tool_use_id` found in `tool_result` blocks: %.60s. Each `tool_result` block must have a corresponding "
			    "`tool_use` block in the previous message.", i, json_text(b, "tool_use_id"));
	}
	cJSON_ArrayForEach(b, last) {
		type = json_text(b, "type");
		if (type != NULL && strcmp(type, "tool_use") == 0 && !has_block(content, "tool_result", "tool_use_id", json_text(b, "id")))
			return no_bad(n,
			    "messages.%zu: `tool_use` ids were found without `tool_result` blocks immediately after: %.60s. Each `tool_use` block must have a "
			    "corresponding `tool_result` block in the next message.", i - 1, json_text(b, "id"));
	}
	return true;
}

static bool check_message(const struct ask *a, const cJSON *m, size_t i, bool is_last, struct no *n)
{
	static const char *const roles[] = {"user", "assistant", "system", NULL};
	const char *role = json_text(m, "role");
	const cJSON *content = json_member(m, "content"), *b;
	char where[64];
	size_t k = 0;

	if (!is_one_of(role, roles))
		return no_bad(n, "messages.%zu.role: Input should be 'user', 'assistant' or 'system'", i);
	if (i == 0 && strcmp(role, "user") != 0)
		return no_bad(n, "messages: first message must use the \"user\" role");
	if (!cJSON_IsString(content) && !cJSON_IsArray(content))
		return no_bad(n, "messages.%zu.content: Input should be a valid string or array", i);
	if ((cJSON_IsString(content) ? content->valuestring[0] == '\0' : cJSON_GetArraySize(content) == 0) && !(is_last && strcmp(role, "assistant") == 0))
		return no_bad(n, "messages.%zu: all messages must have non-empty content except for the optional final assistant message", i);
	if (cJSON_IsArray(content))
		cJSON_ArrayForEach(b, content) {
			snprintf(where, sizeof where, "messages.%zu.content.%zu", i, k++);
			if (!check_block(a, b, role, where, n) || !check_signature(a, b, where, n))
				return false;
		}
	return true;
}

static bool check_messages(struct ask *a, struct no *n)
{
	const cJSON *messages = json_member(a->body, "messages"), *m, *before = NULL, *system = json_member(a->body, "system"), *b;
	size_t i = 0;

	if (!cJSON_IsArray(messages))
		return no_bad(n, messages == NULL ? "messages: Field required" : "messages: Input should be a valid array");
	if (cJSON_GetArraySize(messages) == 0 || cJSON_GetArraySize(messages) > MAX_MESSAGES)
		return no_bad(n, "messages: at least one message is required, and at most 100,000");
	if (system != NULL && !cJSON_IsString(system) && !cJSON_IsArray(system))
		return no_bad(n, "system: Input should be a valid string or array");
	if (cJSON_IsArray(system))
		cJSON_ArrayForEach(b, system)
			if (json_text(b, "text") == NULL || json_text(b, "text")[0] == '\0' || json_text(b, "type") == NULL || strcmp(json_text(b, "type"), "text") != 0)
				return no_bad(n, "system: text content blocks must be non-empty");
	cJSON_ArrayForEach(m, messages) {
		if (!check_message(a, m, i, m->next == NULL, n) || !check_pairs(before, m, i, n))
			return false;
		before = m;
		i++;
	}
	return true;
}

static bool check_version(struct ask *a, const struct request *q, struct no *n)
{
	const char *version = headers_get(&q->headers, "anthropic-version");

	if (version == NULL)
		return no_bad(n, "anthropic-version: header is required");
	a->is_new = strcmp(version, "2026-10-21") == 0;
	return a->is_new || strcmp(version, "2023-06-01") == 0 || no_bad(n, "anthropic-version: \"%.40s\" is not a valid version", version);
}

bool ask_read_body(struct ask *a, cJSON *body, const struct model *m, bool is_count, struct no *n)
{
	static bool (*const checks[])(struct ask *a, struct no *n) = {check_members, check_model, check_max_tokens, check_sampling, check_thinking, check_tools,
	    check_tool_choice, check_rest, check_messages};
	size_t i;

	*a = (struct ask){.is_count = is_count, .is_new = a->is_new, .body = body, .model = m};
	talk_init(&a->talk);
	for (i = 0; i < LENGTH(checks); i++)
		if (!checks[i](a, n))
			return false;
	return true;
}

bool ask_read(struct ask *a, const struct request *q, bool is_count, struct no *n)
{
	struct err e = {0};
	cJSON *body = NULL;

	*a = (struct ask){.is_count = is_count};
	if (!check_version(a, q, n))
		return false;
	if (json_parse(q->body, &body, &e) != ERR_OK || !cJSON_IsObject(body)) {
		cJSON_Delete(body);
		return no_bad(n, "The request body is not valid JSON: %s", e.text);
	}
	return ask_read_body(a, body, NULL, is_count, n);
}

void ask_release(struct ask *a)
{
	cJSON_Delete(a->body);
	talk_release(&a->talk);
	prompt_release(&a->prompt);
	*a = (struct ask){0};
}
