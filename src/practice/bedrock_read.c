/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Converse's unions, turned into the blocks of the Messages API. A cache point is
 * a block of its own behind what it covers; there it becomes a mark on that block. */
#include "practice/bedrock.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/json.h"

bool aws_bad(struct aws_no *n, const char *fmt, ...)
{
	va_list ap;

	n->status = 400;
	n->type = "ValidationException";
	va_start(ap, fmt);
	vsnprintf(n->text, sizeof n->text, fmt, ap);
	va_end(ap);
	return false;
}

static cJSON *block(const char *type)
{
	cJSON *b = cJSON_CreateObject();

	cJSON_AddStringToObject(b, "type", type);
	return b;
}

static void add_copy(cJSON *to, const char *name, const cJSON *v)
{
	if (v != NULL)
		cJSON_AddItemToObject(to, name, cJSON_Duplicate(v, true));
}

static void add_string(cJSON *to, const char *name, const char *text)
{
	cJSON_AddStringToObject(to, name, text != NULL ? text : "");
}

/* The last block of what went before becomes a breakpoint. */
static bool mark_last(cJSON *list, const cJSON *point, struct aws_no *n)
{
	const char *type = json_text(point, "type"), *ttl = json_text(point, "ttl");
	cJSON *last = cJSON_GetArrayItem(list, cJSON_GetArraySize(list) - 1), *c;

	if (type == NULL || strcmp(type, "default") != 0)
		return aws_bad(n, "1 validation error detected: Value at 'cachePoint.type' failed to satisfy constraint: Member must satisfy enum value set: [default]");
	if (last == NULL)
		return aws_bad(n, "A cachePoint cannot be the first block: it covers what stands before it.");
	if (json_member(last, "cache_control") != NULL)
		return aws_bad(n, "Two cachePoint blocks stand in a row.");
	c = cJSON_AddObjectToObject(last, "cache_control");
	cJSON_AddStringToObject(c, "type", "ephemeral");
	if (ttl != NULL)
		cJSON_AddStringToObject(c, "ttl", ttl);
	return true;
}

static cJSON *result_block(const cJSON *result, struct aws_no *n)
{
	cJSON *b = block("tool_result"), *content = cJSON_CreateArray(), *part;
	const char *status = json_text(result, "status");
	const cJSON *v;
	char *text;

	add_string(b, "tool_use_id", json_text(result, "toolUseId"));
	cJSON_ArrayForEach(v, json_array(result, "content")) {
		if (json_text(v, "text") != NULL) {
			part = block("text");
			add_string(part, "text", json_text(v, "text"));
		} else if (json_member(v, "json") != NULL) {
			part = block("text");
			text = cJSON_PrintUnformatted(json_member(v, "json"));
			add_string(part, "text", text);
			cJSON_free(text);
		} else if (json_object(v, "image") != NULL) {
			part = block("image");
			add_copy(part, "source", json_object(v, "image"));
		} else {
			aws_bad(n, "The toolResult content wants one of text, json and image.");
			cJSON_Delete(content);
			cJSON_Delete(b);
			return NULL;
		}
		cJSON_AddItemToArray(content, part);
	}
	cJSON_AddItemToObject(b, "content", content);
	if (status != NULL && strcmp(status, "error") == 0)
		cJSON_AddBoolToObject(b, "is_error", true);
	return b;
}

static cJSON *reasoning_block(const cJSON *reasoning)
{
	const cJSON *text = json_object(reasoning, "reasoningText");
	cJSON *b = block(text != NULL ? "thinking" : "redacted_thinking");

	if (text != NULL) {
		add_string(b, "thinking", json_text(text, "text"));
		add_string(b, "signature", json_text(text, "signature"));
	} else {
		add_string(b, "data", json_text(reasoning, "redactedContent"));
	}
	return b;
}

/* One union; NULL with n filled if it is none of the known. */
static cJSON *content_block(const cJSON *v, struct aws_no *n)
{
	const cJSON *use = json_object(v, "toolUse"), *source;
	cJSON *b;

	if (cJSON_GetArraySize(v) != 1) {
		aws_bad(n, "A ContentBlock must have exactly one member.");
		return NULL;
	}
	if (json_object(v, "toolResult") != NULL)
		return result_block(json_object(v, "toolResult"), n);
	if (json_object(v, "reasoningContent") != NULL)
		return reasoning_block(json_object(v, "reasoningContent"));
	if (use != NULL) {
		b = block("tool_use");
		add_string(b, "id", json_text(use, "toolUseId"));
		add_string(b, "name", json_text(use, "name"));
		add_copy(b, "input", json_object(use, "input"));
		return b;
	}
	source = json_object(v, "image") != NULL ? json_object(v, "image") : json_object(v, "document");
	if (source != NULL) {
		b = block(json_object(v, "image") != NULL ? "image" : "document");
		add_copy(b, "source", source);
		return b;
	}
	if (json_text(v, "text") == NULL) {
		aws_bad(n, "ContentBlock '%.40s' is not available here.", cJSON_GetArrayItem(v, 0)->string);
		return NULL;
	}
	if (json_text(v, "text")[strspn(json_text(v, "text"), " \t\r\n")] == '\0') {
		aws_bad(n, "The text field in the ContentBlock object is blank. Add text to the text field, and try again.");
		return NULL;
	}
	b = block("text");
	add_string(b, "text", json_text(v, "text"));
	return b;
}

static bool read_blocks(const cJSON *from, cJSON *to, struct aws_no *n)
{
	const cJSON *v;
	cJSON *b;

	cJSON_ArrayForEach(v, from) {
		if (json_object(v, "cachePoint") != NULL) {
			if (!mark_last(to, json_object(v, "cachePoint"), n))
				return false;
			continue;
		}
		b = content_block(v, n);
		if (b == NULL)
			return false;
		cJSON_AddItemToArray(to, b);
	}
	return true;
}

static bool read_messages(const cJSON *converse, cJSON *body, struct aws_no *n)
{
	const cJSON *messages = json_array(converse, "messages"), *m;
	cJSON *to = cJSON_AddArrayToObject(body, "messages"), *out, *content;
	const char *role, *last = NULL;

	if (cJSON_GetArraySize(messages) == 0)
		return aws_bad(n, "1 validation error detected: Value at 'messages' failed to satisfy constraint: Member must not be empty");
	cJSON_ArrayForEach(m, messages) {
		role = json_text(m, "role");
		if (role == NULL || (strcmp(role, "user") != 0 && strcmp(role, "assistant") != 0))
			return aws_bad(n, "1 validation error detected: Value at 'messages.role' failed to satisfy constraint: Member must satisfy enum value set: "
					  "[user, assistant]");
		if (last == NULL && strcmp(role, "user") != 0)
			return aws_bad(n, "A conversation must start with a user message. Try again with a conversation that starts with a user message.");
		if (last != NULL && strcmp(role, last) == 0)
			return aws_bad(n, "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and "
					  "assistant roles and try again.");
		if (cJSON_GetArraySize(json_array(m, "content")) == 0)
			return aws_bad(n, "The content field in the Message object is empty. Add a ContentBlock object to the content field and try again.");
		out = cJSON_CreateObject();
		cJSON_AddItemToArray(to, out);
		add_string(out, "role", role);
		content = cJSON_AddArrayToObject(out, "content");
		if (!read_blocks(json_array(m, "content"), content, n))
			return false;
		last = role;
	}
	return true;
}

static bool read_tools(const cJSON *converse, cJSON *body, struct aws_no *n)
{
	const cJSON *config = json_object(converse, "toolConfig"), *v, *spec, *choice = json_object(config, "toolChoice");
	cJSON *to, *tool, *c;

	if (config == NULL)
		return true;
	if (cJSON_GetArraySize(json_array(config, "tools")) == 0)
		return aws_bad(n, "1 validation error detected: Value at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or equal to 1");
	to = cJSON_AddArrayToObject(body, "tools");
	cJSON_ArrayForEach(v, json_array(config, "tools")) {
		if (json_object(v, "cachePoint") != NULL) {
			if (!mark_last(to, json_object(v, "cachePoint"), n))
				return false;
			continue;
		}
		spec = json_object(v, "toolSpec");
		if (spec == NULL)
			return aws_bad(n, "Only toolSpec and cachePoint are available in toolConfig.tools.");
		tool = cJSON_CreateObject();
		cJSON_AddItemToArray(to, tool);
		add_string(tool, "name", json_text(spec, "name"));
		add_copy(tool, "description", json_member(spec, "description"));
		add_copy(tool, "input_schema", json_object(json_object(spec, "inputSchema"), "json"));
	}
	if (choice == NULL)
		return true;
	c = cJSON_AddObjectToObject(body, "tool_choice");
	add_string(c, "type", json_object(choice, "auto") != NULL ? "auto" : json_object(choice, "any") != NULL ? "any" : json_object(choice, "tool") != NULL ? "tool" : "");
	add_copy(c, "name", json_member(json_object(choice, "tool"), "name"));
	return true;
}

static bool has_tool_blocks(const cJSON *body)
{
	const cJSON *m, *b;

	cJSON_ArrayForEach(m, json_array(body, "messages"))
		cJSON_ArrayForEach(b, json_array(m, "content"))
			if (strncmp(json_text(b, "type"), "tool_", 5) == 0)
				return true;
	return false;
}

static bool read_settings(const cJSON *converse, const struct model *m, bool is_count, cJSON *body, struct aws_no *n)
{
	static const struct {
		const char *from, *to;
	} names[] = {{"maxTokens", "max_tokens"}, {"temperature", "temperature"}, {"topP", "top_p"}, {"stopSequences", "stop_sequences"}};
	const cJSON *config = json_object(converse, "inferenceConfig"), *v;
	const char *tier = json_text(json_object(converse, "serviceTier"), "type"), *effort = json_text(json_object(converse, "outputConfig"), "effort");
	size_t i;

	if (tier != NULL && strcmp(tier, "default") != 0)
		return aws_bad(n, "The service tier '%.20s' is not available for this model.", tier);
	for (i = 0; i < LENGTH(names); i++)
		add_copy(body, names[i].to, json_member(config, names[i].from));
	if (json_member(body, "max_tokens") == NULL && !is_count)
		cJSON_AddNumberToObject(body, "max_tokens", (double)m->max_output);
	if (effort != NULL)
		add_string(cJSON_AddObjectToObject(body, "output_config"), "effort", effort);
	cJSON_ArrayForEach(v, json_object(converse, "additionalModelRequestFields"))
		if (strcmp(v->string, "anthropic_beta") != 0 && json_member(body, v->string) == NULL)
			add_copy(body, v->string, v);
	return true;
}

cJSON *converse_read(const cJSON *converse, const struct model *m, bool is_count, struct aws_no *n)
{
	cJSON *body = cJSON_CreateObject(), *system;
	bool ok = read_messages(converse, body, n) && read_tools(converse, body, n) && read_settings(converse, m, is_count, body, n);

	if (ok && json_array(converse, "system") != NULL) {
		system = cJSON_AddArrayToObject(body, "system");
		ok = read_blocks(json_array(converse, "system"), system, n);
	}
	if (ok && json_member(body, "tools") == NULL && has_tool_blocks(body))
		ok = aws_bad(n, "The toolConfig field must be defined when using toolUse and toolResult content blocks.");
	if (!ok) {
		cJSON_Delete(body);
		return NULL;
	}
	return body;
}
