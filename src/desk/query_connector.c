/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One connector, and one of its tools: what a person trusted beside what is said now. */
#include "desk/query_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "model/connector.h"
#include "model/move.h"
#include "office/policy.h"
#include "store/connector.h"

#define TOOLS_MAX 512
#define LOG_MAX ((size_t)64 << 10)

/* Each member of the definition that is not what it was. trusted is NULL where it was not kept, or not kept well. */
static void put_changes(struct json_out *j, const char *trusted, const char *said)
{
	static const char *const parts[] = {"title", "description", "inputSchema", "outputSchema", "annotations", "effect"};

	json_open(j, "changes", '[');
	for (size_t i = 0; trusted != NULL && said != NULL && i < LENGTH(parts); i++) {
		const char *path[] = {parts[i], NULL};
		struct slice was = {NULL, 0}, now = {NULL, 0};
		bool had = json_find(slice_of(trusted), path, &was), has = json_find(slice_of(said), path, &now);

		if (had == has && (!had || (was.len == now.len && memcmp(was.p, now.p, was.len) == 0)))
			continue;
		json_open(j, NULL, '{');
		json_put_text(j, "part", parts[i]);
		json_put_raw(j, "was", had ? was : slice_of("null"));
		json_put_raw(j, "now", has ? now : slice_of("null"));
		json_close(j, '}');
	}
	json_close(j, ']');
}

static bool is_of_hash(const char *text, const struct hash *hash)
{
	struct hash h;

	if (text == NULL)
		return false;
	h = hash_bytes(text, strlen(text));
	return hash_same(&h, hash);
}

static enum err_code answer_tool(struct ask *a, struct err *e)
{
	struct tool t = {0};
	char hash[HASH_TEXT], pinned[HASH_TEXT];
	static const struct hash none;
	enum err_code code = tool_by_name(a->store, a->q->name, a->q->tool, &t, e);

	if (code != ERR_OK)
		return code;
	hash_to_text(&t.definition, hash);
	hash_to_text(&t.pinned, pinned);
	json_open(a->j, NULL, '{');
	json_put_text(a->j, "connector", t.connector_name);
	json_put_text(a->j, "name", t.name);
	json_put_text(a->j, "effect", effect_names[t.effect]);
	json_put_text(a->j, "state", tool_state_names[t.state]);
	json_put_text(a->j, "hash", hash);
	put_word(a->j, "trusted_hash", hash_same(&t.pinned, &none) ? NULL : pinned);
	json_put_text(a->j, "description", t.description);
	put_changes(a->j, is_of_hash(t.trusted, &t.pinned) ? t.trusted : NULL, t.said);
	json_put_bool(a->j, "calls_itself_destructive", policy_calls_itself_destructive(t.said));
	put_raw(a->j, "definition", t.said, "null");
	json_close(a->j, '}');
	tool_release(&t);
	return ERR_OK;
}

static void put_log(struct ask *a, const char *name)
{
	char *path = xasprintf("%s/%s.log", a->desk->where.connectors, name);
	struct buf b;

	buf_init(&b, LOG_MAX);
	err_ignore(file_read(path, &b, NULL));
	json_put_slice(a->j, "log", buf_slice(&b));
	buf_release(&b);
	free(path);
}

static void put_tools(struct json_out *j, const struct tool *tools, int n)
{
	int i;

	json_open(j, "tools", '[');
	for (i = 0; i < n; i++) {
		json_open(j, NULL, '{');
		json_put_text(j, "name", tools[i].name);
		json_put_text(j, "effect", effect_names[tools[i].effect]);
		json_put_text(j, "state", tool_state_names[tools[i].state]);
		json_close(j, '}');
	}
	json_close(j, ']');
}

enum err_code answer_connector(struct ask *a, struct err *e)
{
	struct connector_record c = {0};
	struct tool *tools;
	int n = 0, i;
	enum err_code code;

	if (a->q->tool != NULL)
		return answer_tool(a, e);
	code = connector_by_name(a->store, a->q->name, &c, e);
	if (code != ERR_OK)
		return code;
	tools = xcalloc(TOOLS_MAX, sizeof *tools);
	code = tool_list(a->store, c.id, tools, TOOLS_MAX, &n, e);
	json_open(a->j, NULL, '{');
	json_put_int(a->j, "id", c.id);
	json_put_text(a->j, "name", c.name);
	json_put_text(a->j, "type", connector_type_names[c.type]);
	json_put_text(a->j, "state", life_name(&link_life, (int)c.state));
	put_word(a->j, "why", c.why);
	json_put_text(a->j, "root", c.root);
	put_raw(a->j, "command", c.command, "null");
	put_raw(a->j, "granted", c.settings, "{}");
	put_time(a->j, "created", c.created_us);
	put_tools(a->j, tools, n);
	put_log(a, c.name);
	json_close(a->j, '}');
	for (i = 0; i < n; i++)
		tool_release(&tools[i]);
	free(tools);
	connector_record_release(&c);
	return code;
}
