/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Servers that a .mcp.json names: listed, and taken one at a time, each by the
 * hash of the entry that the person was shown. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "desk/job.h"
#include "desk/mcp_file.h"
#include "model/connector.h"

static void list_entries(const struct mcp_file *f, struct desk_job *j)
{
	char hash[HASH_TEXT];
	struct json_out o;
	struct buf b;
	int i;

	buf_init(&b, 0);
	json_start(&o, &b);
	json_open(&o, NULL, '[');
	for (i = 0; i < f->n; i++) {
		const struct mcp_entry *m = &f->v[i];

		hash_to_text(&m->hash, hash);
		json_open(&o, NULL, '{');
		json_put_text(&o, "name", m->name);
		json_put_raw(&o, "command", slice_of(m->command != NULL ? m->command : "null"));
		json_put_raw(&o, "env", slice_of(m->env));
		json_put_text(&o, "url", m->url);
		json_put_text(&o, "missing", m->missing);
		json_put_text(&o, "hash", hash);
		json_close(&o, '}');
	}
	json_close(&o, ']');
	j->out.json = buf_take(&b);
}

/* The entry's variables and what the person grants beside them, as one object. */
static char *settings_of(const struct mcp_entry *m, const char *granted)
{
	const cJSON *v;
	struct json_out o;
	cJSON *tree = NULL, *own = NULL;
	struct buf b;

	err_ignore(json_parse(slice_of(granted != NULL ? granted : "{}"), &tree, NULL));
	err_ignore(json_parse(slice_of(m->env), &own, NULL));
	buf_init(&b, 0);
	json_start(&o, &b);
	json_open(&o, NULL, '{');
	json_open(&o, "env", '[');
	cJSON_ArrayForEach(v, own)
		json_put_text(&o, NULL, v->valuestring);
	cJSON_ArrayForEach(v, json_array(tree, "env"))
		json_put_text(&o, NULL, v->valuestring);
	json_close(&o, ']');
	cJSON_ArrayForEach(v, tree) {
		static const char *const kept[] = {"read", "write", "network"};
		const char *path[] = {v->string, NULL};
		struct slice raw;

		for (size_t i = 0; i < LENGTH(kept); i++)
			if (strcmp(kept[i], v->string) == 0 && json_find(slice_of(granted), path, &raw))
				json_put_raw(&o, v->string, raw);
	}
	json_close(&o, '}');
	cJSON_Delete(tree);
	cJSON_Delete(own);
	return buf_take(&b);
}

static enum err_code take(struct hands *h, struct desk_job *j, const struct mcp_entry *m, struct err *e)
{
	struct connector_record c = {.type = CONNECTOR_MCP, .created_us = clock_now_us()};
	enum err_code rc;

	if (!hash_same(&m->hash, &j->op.hash)) {
		err_set(e, ERR_CONFLICT, "the entry %.60s is not the one of that hash", m->name);
		return err_mend(e, ERR_CONFLICT, "look at it again: claviger connector import FILE");
	}
	if (m->missing != NULL) {
		err_set(e, ERR_REFUSED, "%s", m->missing);
		return err_mend(e, ERR_REFUSED, "claviger connector add NAME --type mcp --env NAME=VALUE ... -- CMD ARG...");
	}
	snprintf(c.name, sizeof c.name, "%s", j->op.connector);
	c.command = xstrdup(m->command);
	c.settings = settings_of(m, j->op.settings);
	rc = op_take_connector(h, j, &c, e);
	connector_record_release(&c);
	return rc;
}

enum err_code op_connector_import(struct hands *h, struct desk_job *j, struct err *e)
{
	struct mcp_file *f = xcalloc(1, sizeof *f);
	enum err_code rc = mcp_file_read(slice_of(j->op.text), f, e);
	int i;

	if (rc == ERR_OK && j->op.name[0] == '\0') {
		list_entries(f, j);
	} else if (rc == ERR_OK) {
		for (i = 0; i < f->n && strcmp(f->v[i].name, j->op.name) != 0; i++)
			;
		rc = i < f->n ? take(h, j, &f->v[i], e) : err_set(e, ERR_MISSING, "the file names no server %.60s", j->op.name);
	}
	mcp_file_release(f);
	free(f);
	return rc;
}
