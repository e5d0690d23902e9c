/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connector/tools.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "model/record.h"

#define DEFINITION_MAX ((size_t)256 << 10)	/* bytes of one tool */
#define ALL_MAX ((size_t)4 << 20)		/* bytes of all of them */

/* --- one form for every spelling ------------------------------------------------- */

static const char *skip_blanks(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* p is at a quote; what follows its partner. */
static const char *skip_string(const char *p)
{
	for (p++; *p != '"'; p++)
		if (*p == '\\')
			p++;
	return p + 1;
}

/* The end of the value at p (no blanks before it). The text passed the gate. */
static const char *skip_value(const char *p)
{
	int depth = 0;

	do {
		p = skip_blanks(p);
		if (*p == '"') {
			p = skip_string(p);
		} else if (*p == '{' || *p == '[') {
			depth++;
			p++;
		} else if (*p == '}' || *p == ']') {
			depth--;
			p++;
		} else if (*p == ',' || *p == ':') {
			p++;
		} else {
			p += strcspn(p, ",:]} \t\r\n");
		}
	} while (depth > 0);
	return p;
}

struct member {
	struct slice name, value;	/* raw */
};

static int by_name(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	size_t n = x->name.len < y->name.len ? x->name.len : y->name.len;
	int order = memcmp(x->name.p, y->name.p, n);

	return order != 0 ? order : (x->name.len > y->name.len) - (x->name.len < y->name.len);
}

static const char *canonical(const char *p, struct buf *out);

static const char *canonical_object(const char *p, struct buf *out)
{
	struct member *m = NULL;
	size_t count = 0, i;

	p = skip_blanks(p + 1);
	while (*p != '}') {
		struct member one;
		const char *end = skip_string(p);

		one.name = slice_make(p, (size_t)(end - p));
		p = skip_blanks(skip_blanks(end) + 1);
		end = skip_value(p);
		one.value = slice_make(p, (size_t)(end - p));
		m = xreallocarray(m, count + 1, sizeof *m);
		m[count++] = one;
		p = skip_blanks(end);
		if (*p == ',')
			p = skip_blanks(p + 1);
	}
	if (count > 1)
		qsort(m, count, sizeof *m, by_name);
	buf_addc(out, '{');
	for (i = 0; i < count; i++) {
		if (i > 0)
			buf_addc(out, ',');
		buf_add_slice(out, m[i].name);
		buf_addc(out, ':');
		canonical(m[i].value.p, out);
	}
	buf_addc(out, '}');
	free(m);
	return p + 1;
}

static const char *canonical_array(const char *p, struct buf *out)
{
	bool first = true;

	buf_addc(out, '[');
	for (p = skip_blanks(p + 1); *p != ']'; first = false) {
		if (!first)
			buf_addc(out, ',');
		p = skip_blanks(canonical(p, out));
		if (*p == ',')
			p = skip_blanks(p + 1);
	}
	buf_addc(out, ']');
	return p + 1;
}

/* Depth is bounded by the gate. */
static const char *canonical(const char *p, struct buf *out)
{
	const char *end;

	p = skip_blanks(p);
	if (*p == '{')
		return canonical_object(p, out);
	if (*p == '[')
		return canonical_array(p, out);
	end = skip_value(p);
	buf_add(out, p, (size_t)(end - p));
	return end;
}

void tools_canonical(struct slice value, struct buf *out)
{
	char *text = xstrndup(value.p, value.len);	/* ends in NUL, where every scan stops */

	canonical(text, out);
	free(text);
}

/* --- the list ---------------------------------------------------------------------- */

static bool name_is_fine(const char *name)
{
	return name != NULL && *name != '\0' && strlen(name) < NAME_MAX_BYTES &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/") == strlen(name);
}

static enum effect declared(const cJSON *tool)
{
	const char *word = json_text(json_object(tool, "_meta"), "claviger/effect");
	int effect = word != NULL ? effect_parse(word) : -1;

	return effect >= 0 ? (enum effect)effect : EFFECT_SEND;
}

/* Everything of the definition that a model or a person may go by. */
static char *define(struct slice raw, enum effect effect, bool is_ours)
{
	static const char *const parts[] = {"annotations", "description", "inputSchema", "name", "outputSchema", "title"};
	struct buf b;
	size_t i;

	buf_init(&b, DEFINITION_MAX + 1024);
	buf_addc(&b, '{');
	for (i = 0; i < LENGTH(parts); i++) {
		const char *const path[] = {parts[i], NULL};
		struct slice value;

		if (!json_find(raw, path, &value))
			continue;
		buf_addf(&b, "%s\"%s\":", b.len > 1 ? "," : "", parts[i]);
		tools_canonical(value, &b);
	}
	if (is_ours)
		buf_addf(&b, ",\"effect\":\"%s\"", effect_names[effect]);
	buf_addc(&b, '}');
	return buf_take(&b);
}

static void take_tool(struct tool_list *l, struct slice raw, const cJSON *tool, bool is_ours)
{
	static const char *const schema_path[] = {"inputSchema", NULL};
	const cJSON *hints = json_object(tool, "annotations");
	const char *name = json_text(tool, "name"), *description = json_text(tool, "description");
	struct connector_tool *t;
	struct slice schema;
	struct buf b;

	if (!name_is_fine(name) || raw.len > DEFINITION_MAX || json_object(tool, "inputSchema") == NULL || tool_list_find(l, name) != NULL) {
		l->skipped++;
		return;
	}
	l->tools = xreallocarray(l->tools, l->count + 1, sizeof *l->tools);
	t = &l->tools[l->count++];
	*t = (struct connector_tool){.name = xstrdup(name), .description = xstrdup(description != NULL ? description : "")};
	t->effect = is_ours ? declared(tool) : EFFECT_SEND;
	t->definition = define(raw, t->effect, is_ours);
	t->hash = hash_bytes(t->definition, strlen(t->definition));
	t->says_destructive = !json_bool(hints, "readOnlyHint", false) && json_bool(hints, "destructiveHint", true);
	buf_init(&b, DEFINITION_MAX);
	if (json_find(raw, schema_path, &schema))
		tools_canonical(schema, &b);
	t->input_schema = buf_take(&b);
}

enum err_code tool_list_add(struct tool_list *l, struct slice result, bool is_ours, struct err *e)
{
	static const char *const tools_path[] = {"tools", NULL};
	const cJSON *tool;
	struct slice array;
	enum err_code code;
	char *text;
	const char *p;
	cJSON *tree;
	size_t total = 0, i;

	code = json_parse(result, &tree, e);
	if (code != ERR_OK)
		return code;
	if (json_array(tree, "tools") == NULL || !json_find(result, tools_path, &array)) {
		cJSON_Delete(tree);
		return err_set(e, ERR_PROTO, "its list of tools is no list");
	}
	for (i = 0; i < l->count; i++)
		total += strlen(l->tools[i].definition);
	/* The tree and the raw text side by side: the hash is over the raw. */
	text = xstrndup(array.p, array.len);
	p = skip_blanks(text + 1);
	cJSON_ArrayForEach(tool, json_array(tree, "tools")) {
		const char *end = skip_value(p);
		struct slice raw = slice_make(p, (size_t)(end - p));

		total += raw.len;
		if (l->count == CONNECTOR_TOOLS_MAX || total > ALL_MAX) {
			code = err_set(e, ERR_LIMIT, "it lists more tools than can be taken");
			break;
		}
		if (cJSON_IsObject(tool))
			take_tool(l, raw, tool, is_ours);
		else
			l->skipped++;
		p = skip_blanks(end);
		p = skip_blanks(p + (*p == ','));
	}
	free(text);
	cJSON_Delete(tree);
	return code;
}

void tool_list_release(struct tool_list *l)
{
	size_t i;

	for (i = 0; i < l->count; i++) {
		free(l->tools[i].name);
		free(l->tools[i].description);
		free(l->tools[i].input_schema);
		free(l->tools[i].definition);
	}
	free(l->tools);
	*l = (struct tool_list){0};
}

const struct connector_tool *tool_list_find(const struct tool_list *l, const char *name)
{
	size_t i;

	for (i = 0; i < l->count; i++)
		if (strcmp(l->tools[i].name, name) == 0)
			return &l->tools[i];
	return NULL;
}
