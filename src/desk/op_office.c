/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations on connectors, their tools, and tiers. What a person trusts is
 * signed here: the connector's command, each tool's definition and effect. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/path.h"
#include "desk/job.h"
#include "office/policy.h"
#include "store/connector.h"
#include "store/incident.h"
#include "store/store.h"
#include "store/tier.h"
#include "vault/vault.h"

static enum err_code sign_connector(struct hands *h, struct connector_record *c, struct err *e)
{
	struct buf b;
	enum err_code rc;

	buf_init(&b, 0);
	connector_bytes(h->workspace, c, &b);
	rc = vault_mac(h->vault, VAULT_CONNECTOR, b.p, b.len, &c->mac, e);
	buf_release(&b);
	return rc;
}

static enum err_code sign_tool(struct hands *h, struct tool *t, struct err *e)
{
	struct buf b;
	enum err_code rc;

	buf_init(&b, 0);
	tool_bytes(h->workspace, t, &b);
	rc = vault_mac(h->vault, VAULT_PIN, b.p, b.len, &t->mac, e);
	buf_release(&b);
	return rc;
}

static void tools_free(struct tool *v, int n)
{
	int i;

	for (i = 0; i < n; i++)
		tool_release(&v[i]);
	free(v);
}

static void tools_json(const struct tool *v, int n, struct desk_job *j)
{
	struct json_out o;
	struct buf b;
	char hash[HASH_TEXT];
	int i;

	buf_init(&b, 0);
	json_start(&o, &b);
	json_open(&o, NULL, '[');
	for (i = 0; i < n; i++) {
		hash_to_text(&v[i].definition, hash);
		json_open(&o, NULL, '{');
		json_put_text(&o, "name", v[i].name);
		json_put_text(&o, "effect", effect_names[v[i].effect]);
		json_put_text(&o, "state", tool_state_names[v[i].state]);
		json_put_text(&o, "hash", hash);
		json_close(&o, '}');
	}
	json_close(&o, ']');
	j->out.json = buf_take(&b);
	snprintf(j->out.text, sizeof j->out.text, "%d tool%s", n, n == 1 ? "" : "s");
}

/* Trust every tool as it is now, in the connector's own transaction. */
static enum err_code pin_all(struct hands *h, struct connector_record *c, struct tool *v, int n, struct err *e)
{
	enum err_code rc = ERR_OK;
	int i;

	for (i = 0; i < n && rc == ERR_OK; i++) {
		v[i].connector = c->id;
		v[i].state = TOOL_KNOWN;
		v[i].pinned = v[i].definition;
		rc = sign_tool(h, &v[i], e);
		if (rc == ERR_OK)
			rc = tool_put(h->store, &v[i], clock_now_us(), e);
	}
	return rc;
}

static enum err_code check_name(const char *name, struct err *e)
{
	const char *c;

	for (c = name; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
			break;
	if (*c == '\0' && c != name && strlen(name) <= 32 && isalnum((unsigned char)name[0]))
		return ERR_OK;
	err_set(e, ERR_USAGE, "a connector's name is 1 to 32 letters, digits, - and _");
	return err_mend(e, ERR_USAGE, "choose another name");
}

static enum err_code check_root(struct hands *h, const char *root, char **out, struct err *e)
{
	if (root == NULL) {
		err_set(e, ERR_USAGE, "a codebase needs its folder");
		return err_mend(e, ERR_USAGE, "--root DIR");
	}
	*out = realpath(root, NULL);
	if (*out == NULL)
		return err_sys(e, ERR_USAGE, "the folder %.120s", root);
	if (path_is_inside(*out, h->home) || path_is_inside(h->home, *out)) {
		free(*out);
		*out = NULL;
		err_set(e, ERR_USAGE, "the root may neither contain the Claviger home nor lie in it");
		return err_mend(e, ERR_USAGE, "choose another folder");
	}
	return ERR_OK;
}

enum err_code op_connector_add(struct hands *h, struct desk_job *j, struct err *e)
{
	struct connector_record c = {.type = j->op.connector_type, .created_us = clock_now_us()};
	enum err_code rc = ERR_OK;

	snprintf(c.name, sizeof c.name, "%s", j->op.name);
	if (c.type == CONNECTOR_CODEBASE)
		rc = check_root(h, j->op.root, &c.root, e);
	c.command = j->op.command != NULL ? xstrdup(j->op.command) : NULL;
	c.settings = j->op.settings != NULL ? xstrdup(j->op.settings) : NULL;
	if (rc == ERR_OK)
		rc = op_take_connector(h, j, &c, e);
	connector_record_release(&c);
	return rc;
}

/* Did it not come up for want of the secret that it gets only once it is there? */
static bool wants_secret(const struct connector_record *c, enum err_code rc)
{
	return c->type == CONNECTOR_MCP && (rc == ERR_AUTH || (rc != ERR_OK && c->settings != NULL && strstr(c->settings, "\"secret_env\":") != NULL));
}

enum err_code op_take_connector(struct hands *h, struct desk_job *j, struct connector_record *c, struct err *e)
{
	struct tool *tools = NULL;
	bool later = false;
	int n = 0;
	enum err_code rc = check_name(c->name, e);

	if (rc == ERR_OK) {
		rc = worker_probe_connector(h, c, &tools, &n, e);
		later = wants_secret(c, rc);
		if (later)
			rc = ERR_OK;
	}
	if (rc == ERR_OK)
		rc = sign_connector(h, c, e);
	if (rc == ERR_OK)
		rc = store_begin(h->store, e);
	if (rc == ERR_OK) {
		rc = connector_add(h->store, c, h->who, e);
		if (rc == ERR_OK)
			rc = pin_all(h, c, tools, n, e);
		if (rc == ERR_OK)
			rc = store_commit(h->store, e);
		else
			store_rollback(h->store);
	}
	j->out.id = c->id;
	if (rc == ERR_OK)
		tools_json(tools, n, j);
	if (rc == ERR_OK && later)
		snprintf(j->out.text, sizeof j->out.text, "it wants its secret first: claviger connector secret %s token, then: claviger connector test %s", c->name, c->name);
	tools_free(tools, n);
	return rc;
}

enum err_code op_connector_test(struct hands *h, struct desk_job *j, struct err *e)
{
	struct connector_record c = {0};
	struct tool *tools = NULL, known = {0};
	int n = 0, known_n = 0, i;
	enum err_code rc = connector_by_name(h->store, j->op.name, &c, e);

	if (rc == ERR_OK)
		rc = worker_probe_connector(h, &c, &tools, &n, e);
	/* the first look at a server that could not be looked at when it was added */
	if (rc == ERR_OK && c.type == CONNECTOR_MCP)
		rc = tool_list(h->store, c.id, &known, 1, &known_n, e);
	if (known_n > 0)
		tool_release(&known);
	else if (rc == ERR_OK && c.type == CONNECTOR_MCP)
		rc = pin_all(h, &c, tools, n, e);
	for (i = 0; i < n && rc == ERR_OK && (known_n > 0 || c.type != CONNECTOR_MCP); i++) {
		tools[i].connector = c.id;
		tools[i].state = TOOL_QUARANTINED;	/* what is stored decides, if it is known */
		rc = tool_put(h->store, &tools[i], clock_now_us(), e);
	}
	if (rc == ERR_OK)
		tools_json(tools, n, j);
	tools_free(tools, n);
	connector_record_release(&c);
	return rc;
}

/* What a server says of its tool may raise an alarm and never lowers one: one that newly calls
 * itself destructive is held to that until a person says otherwise, and they are told either way. */
static void heed_alarm(struct desk_job *j, struct tool *t, bool new_pin)
{
	bool is_new;

	if (!policy_calls_itself_destructive(t->said))
		return;
	is_new = new_pin && !policy_calls_itself_destructive(t->trusted);
	if (is_new)
		t->effect = EFFECT_DESTROY;
	snprintf(j->out.text, sizeof j->out.text, "warning: %s.%s calls itself destructive%s; it is held to %s", t->connector_name, t->name,
	    is_new ? ", and did not when you trusted it" : "", effect_names[t->effect]);
}

static enum err_code trust(struct hands *h, struct desk_job *j, const char *tool, bool new_pin, struct err *e)
{
	struct tool t = {0};
	char ref[NAME_MAX_BYTES];
	enum err_code rc = tool_by_name(h->store, j->op.name, tool, &t, e);

	if (rc == ERR_OK && j->op.has_hash && !hash_same(&j->op.hash, &t.definition)) {
		err_set(e, ERR_CONFLICT, "the tool %s.%s has changed again since that hash", t.connector_name, t.name);
		rc = err_mend(e, ERR_CONFLICT, "look at it: claviger connector show %s %s", t.connector_name, t.name);
	}
	if (rc == ERR_OK && !new_pin)
		t.effect = j->op.effect;
	if (rc == ERR_OK)
		heed_alarm(j, &t, new_pin);
	if (rc == ERR_OK && new_pin)
		t.pinned = t.definition;
	if (rc == ERR_OK)
		rc = sign_tool(h, &t, e);
	if (rc == ERR_OK)
		rc = tool_pin(h->store, &t, h->who, clock_now_us(), e);
	if (rc == ERR_OK) {
		snprintf(ref, sizeof ref, "%.31s.%.31s", t.connector_name, t.name);
		rc = incident_close(h->store, "tool_changed", ref, new_pin ? "trusted as it is now" : "looked at", h->who, clock_now_us(), e);
	}
	tool_release(&t);
	return rc;
}

enum err_code op_connector_release(struct hands *h, struct desk_job *j, struct err *e)
{
	return trust(h, j, j->op.tool, true, e);
}

/* All of them or none. */
enum err_code op_connector_effect(struct hands *h, struct desk_job *j, struct err *e)
{
	cJSON *list = NULL;
	const cJSON *m;
	enum err_code rc = json_parse(slice_of(j->op.tools != NULL ? j->op.tools : "[]"), &list, e);

	if (rc == ERR_OK)
		rc = store_begin(h->store, e);
	if (rc == ERR_OK) {
		cJSON_ArrayForEach(m, list)
			if (rc == ERR_OK)
				rc = cJSON_IsString(m) ? trust(h, j, m->valuestring, false, e) : err_set(e, ERR_USAGE, "a tool is named by a text");
		if (rc == ERR_OK)
			rc = store_commit(h->store, e);
		else
			store_rollback(h->store);
	}
	cJSON_Delete(list);
	return rc;
}

enum err_code op_connector_remove(struct hands *h, struct desk_job *j, struct err *e)
{
	struct connector_record c = {0};
	enum err_code rc = connector_by_name(h->store, j->op.name, &c, e);

	if (rc == ERR_OK)
		rc = connector_remove(h->store, c.id, h->who, clock_now_us(), e);
	connector_record_release(&c);
	return rc;
}

enum err_code op_tier_set(struct hands *h, struct desk_job *j, struct err *e)
{
	return tier_set(h->store, j->op.vendor, j->op.tier, j->op.model, e);
}
