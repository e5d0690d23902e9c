/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connector/outcome.h"

#include <inttypes.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "wire/jsonrpc.h"

/* As much of s as fits, never half a character. */
static void add_bounded(struct tool_outcome *o, struct buf *text, const char *s)
{
	size_t n = strlen(s), left = text->len < CONNECTOR_TEXT_MAX ? CONNECTOR_TEXT_MAX - text->len : 0;

	if (n > left) {
		o->text_is_cut = true;
		n = left;
		while (n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80)
			n--;
	}
	buf_add(text, s, n);
}

/* What is no text is named, so that the model knows it was there. */
static void add_content(struct tool_outcome *o, struct buf *text, const cJSON *part)
{
	const char *type = json_text(part, "type"), *s = json_text(part, "text");
	const cJSON *resource = json_object(part, "resource");

	if (text->len > 0 && text->p[text->len - 1] != '\n')
		add_bounded(o, text, "\n");
	if (type != NULL && strcmp(type, "text") == 0 && s != NULL) {
		add_bounded(o, text, s);
		return;
	}
	if (type != NULL && strcmp(type, "resource") == 0 && (s = json_text(resource, "text")) != NULL) {
		add_bounded(o, text, s);
		return;
	}
	add_bounded(o, text, "[");
	add_bounded(o, text, type != NULL ? type : "content of no known kind");
	s = json_text(part, "uri");
	if (s == NULL)
		s = json_text(part, "mimeType");
	if (s == NULL)
		s = json_text(resource, "uri");
	if (s != NULL) {
		add_bounded(o, text, ": ");
		add_bounded(o, text, s);
	}
	add_bounded(o, text, "]");
}

/* 2026-07-28: it wants to be told something first. Forms are not filled in here, so
 * it is told in words: the call can be made again with what it wants, if its arguments take it. */
static void add_asked(struct tool_outcome *o, struct buf *text, const cJSON *tree)
{
	const cJSON *requests = json_object(tree, "inputRequests"), *r, *field;

	add_bounded(o, text, "Nothing was done: it asks for more first, which is not answered here.");
	cJSON_ArrayForEach(r, requests) {
		const cJSON *params = json_object(r, "params"), *fields = json_object(json_object(params, "requestedSchema"), "properties");
		const char *message = json_text(params, "message");

		if (message != NULL) {
			add_bounded(o, text, "\nIt says: ");
			add_bounded(o, text, message);
		}
		cJSON_ArrayForEach(field, fields) {
			const char *words = json_text(field, "description");

			add_bounded(o, text, "\n- ");
			add_bounded(o, text, field->string);
			add_bounded(o, text, words != NULL ? ": " : "");
			add_bounded(o, text, words != NULL ? words : "");
		}
	}
}

void outcome_of_result(struct tool_outcome *o, struct slice result, struct buf *text)
{
	static const char *const structured[] = {"structuredContent", NULL};
	const char *type;
	const cJSON *part;
	struct err ignored;
	cJSON *tree;

	*o = (struct tool_outcome){.result = TOOL_OK, .raw = result};
	if (json_parse(result, &tree, &ignored) != ERR_OK || !cJSON_IsObject(tree)) {
		o->result = TOOL_UNKNOWN;
		buf_adds(text, "its answer is no result");
		o->text = buf_slice(text);
		cJSON_Delete(tree);
		return;
	}
	cJSON_ArrayForEach(part, json_array(tree, "content"))
		add_content(o, text, part);
	type = json_text(tree, "resultType");
	if (type != NULL && strcmp(type, "input_required") == 0) {
		o->result = TOOL_ASKS;
		add_asked(o, text, tree);
	} else if (json_bool(tree, "isError", false))
		o->result = TOOL_FAILED;
	else if (type != NULL && strcmp(type, "complete") != 0)
		o->result = TOOL_UNKNOWN;
	if (!json_find(result, structured, &o->structured))
		o->structured = (struct slice){NULL, 0};
	if (text->len == 0 && o->structured.len > 0) {
		size_t n = o->structured.len < CONNECTOR_TEXT_MAX ? o->structured.len : CONNECTOR_TEXT_MAX;

		o->text_is_cut = n < o->structured.len;
		while (n > 0 && o->text_is_cut && ((unsigned char)o->structured.p[n] & 0xC0) == 0x80)
			n--;
		buf_add(text, o->structured.p, n);
	}
	o->text = buf_slice(text);
	cJSON_Delete(tree);
}

/* Errors that say the call was not even begun. Anything else of a server that
 * is not ours may come from the middle of an effect. */
static bool was_not_begun(int64_t code)
{
	return code == JSONRPC_PARSE_ERROR || code == JSONRPC_INVALID_REQUEST || code == JSONRPC_METHOD_NOT_FOUND || code == JSONRPC_INVALID_PARAMS ||
	       (code <= -32020 && code >= -32022);	/* 2026-07-28: header mismatch, missing capability, unsupported version */
}

void outcome_of_error(struct tool_outcome *o, struct slice error, int64_t error_code, bool is_ours, struct buf *text)
{
	struct err ignored;
	const char *message;
	cJSON *tree;

	*o = (struct tool_outcome){.result = is_ours || was_not_begun(error_code) ? TOOL_FAILED : TOOL_UNKNOWN, .raw = error};
	buf_addf(text, "error %" PRId64, error_code);
	if (json_parse(error, &tree, &ignored) == ERR_OK && (message = json_text(tree, "message")) != NULL) {
		buf_adds(text, ": ");
		add_bounded(o, text, message);
	}
	cJSON_Delete(tree);
	o->text = buf_slice(text);
}
