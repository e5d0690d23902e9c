/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "desk/mcp_file.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/memory.h"

/* ${NAME:-default} to its default. False: a variable without one; its name goes to missing. */
static bool expand(const char *text, struct buf *out, struct buf *missing)
{
	const char *p = text, *start, *end, *given;

	while ((start = strstr(p, "${")) != NULL && (end = strchr(start, '}')) != NULL) {
		buf_add(out, p, (size_t)(start - p));
		given = strstr(start, ":-");
		if (given == NULL || given > end) {
			buf_addf(missing, "%s%.*s", missing->len > 0 ? ", " : "", (int)(end - start - 2), start + 2);
			return false;
		}
		buf_add(out, given + 2, (size_t)(end - given - 2));
		p = end + 1;
	}
	buf_adds(out, p);
	return true;
}

static void put_expanded(struct json_out *j, const char *before, const char *text, struct buf *missing)
{
	struct buf b;

	buf_init(&b, 0);
	buf_adds(&b, before);
	(void)expand(text, &b, missing);
	json_put_slice(j, NULL, buf_slice(&b));
	buf_release(&b);
}

/* A name that a secret usually has: its value stays in the file. */
static bool names_a_secret(const char *name)
{
	static const char *const words[] = {"TOKEN", "SECRET", "PASSWORD", "PASSWD", "API_KEY", "APIKEY", "ACCESS_KEY", "CREDENTIAL", "_PAT"};
	size_t i;

	for (i = 0; i < LENGTH(words); i++)
		if (strcasestr(name, words[i]) != NULL)
			return true;
	return false;
}

static char *argv_of(const cJSON *entry, struct buf *missing)
{
	const char *command = json_text(entry, "command");
	const cJSON *a;
	struct json_out j;
	struct buf b;

	if (command == NULL)
		return NULL;
	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '[');
	put_expanded(&j, "", command, missing);
	cJSON_ArrayForEach(a, json_array(entry, "args"))
		if (cJSON_IsString(a))
			put_expanded(&j, "", a->valuestring, missing);
	json_close(&j, ']');
	return buf_take(&b);
}

static char *env_of(const cJSON *entry, struct buf *missing)
{
	const cJSON *v;
	struct json_out j;
	struct buf b, name;

	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '[');
	cJSON_ArrayForEach(v, json_object(entry, "env")) {
		if (!cJSON_IsString(v))
			continue;
		if (names_a_secret(v->string)) {
			buf_addf(missing, "%s%s (a secret)", missing->len > 0 ? ", " : "", v->string);
			continue;
		}
		buf_init(&name, 0);
		buf_addf(&name, "%s=", v->string);
		put_expanded(&j, buf_text(&name), v->valuestring, missing);
		buf_release(&name);
	}
	json_close(&j, ']');
	return buf_take(&b);
}

static struct hash hash_of(const char *name, struct slice raw)
{
	struct hash_fields *h = hash_fields_new("claviger mcp entry");
	char *bytes = xstrndup(raw.p, raw.len);

	hash_field_text(h, name);
	hash_field_text(h, bytes);
	free(bytes);
	return hash_fields_end(h);
}

static void take_entry(struct mcp_entry *out, const cJSON *entry, struct slice raw)
{
	struct buf missing;

	buf_init(&missing, 400);
	*out = (struct mcp_entry){.name = xstrdup(entry->string), .hash = hash_of(entry->string, raw)};
	out->command = argv_of(entry, &missing);
	out->env = env_of(entry, &missing);
	if (json_text(entry, "url") != NULL)
		out->url = xstrdup(json_text(entry, "url"));
	if (missing.len > 0)
		out->missing = xasprintf("it needs values that are not taken from the environment: %s", buf_text(&missing));
	else if (out->command == NULL)
		out->missing = out->url == NULL ? xstrdup("it names no command") : xasprintf("it is reached over HTTP: add it with --url %s", out->url);
	buf_release(&missing);
}

enum err_code mcp_file_read(struct slice text, struct mcp_file *out, struct err *e)
{
	const char *path[] = {"mcpServers", NULL, NULL};
	const cJSON *entry, *servers = NULL;
	cJSON *tree = NULL;
	enum err_code code = json_parse(text, &tree, e);
	struct slice raw;

	*out = (struct mcp_file){.n = 0};
	if (code == ERR_OK)
		servers = json_object(tree, "mcpServers");
	if (code == ERR_OK && servers == NULL)
		code = err_set(e, ERR_PROTO, "the file has no object mcpServers");
	cJSON_ArrayForEach(entry, servers) {
		path[1] = entry->string;
		if (!cJSON_IsObject(entry) || !json_find(text, path, &raw)) {
			code = err_set(e, ERR_PROTO, "an entry of mcpServers is no object");
			break;
		}
		if (out->n == MCP_ENTRIES) {
			code = err_set(e, ERR_LIMIT, "the file names more than %d servers", MCP_ENTRIES);
			break;
		}
		take_entry(&out->v[out->n++], entry, raw);
	}
	cJSON_Delete(tree);
	if (code != ERR_OK)
		mcp_file_release(out);
	return code;
}

void mcp_file_release(struct mcp_file *f)
{
	int i;

	for (i = 0; i < f->n; i++) {
		free(f->v[i].name);
		free(f->v[i].command);
		free(f->v[i].env);
		free(f->v[i].url);
		free(f->v[i].missing);
	}
	f->n = 0;
}
