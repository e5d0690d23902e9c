/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations on connectors, their tools, agents and tiers. What a person trusts
 * is signed here: the connector's command, each tool's definition and effect. */
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
#include "store/agent.h"
#include "store/connector.h"
#include "store/incident.h"
#include "store/key.h"
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

enum err_code op_take_connector(struct hands *h, struct desk_job *j, struct connector_record *c, struct err *e)
{
	struct tool *tools = NULL;
	int n = 0;
	enum err_code rc = check_name(c->name, e);

	if (rc == ERR_OK)
		rc = worker_probe_connector(h, c, &tools, &n, e);
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
	tools_free(tools, n);
	return rc;
}

enum err_code op_connector_test(struct hands *h, struct desk_job *j, struct err *e)
{
	struct connector_record c = {0};
	struct tool *tools = NULL;
	int n = 0, i;
	enum err_code rc = connector_by_name(h->store, j->op.name, &c, e);

	if (rc == ERR_OK)
		rc = worker_probe_connector(h, &c, &tools, &n, e);
	for (i = 0; i < n && rc == ERR_OK; i++) {
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

static enum err_code trust(struct hands *h, struct desk_job *j, bool new_pin, struct err *e)
{
	struct tool t = {0};
	char ref[NAME_MAX_BYTES];
	enum err_code rc = tool_by_name(h->store, j->op.name, j->op.tool, &t, e);

	if (rc == ERR_OK && j->op.has_hash && !hash_same(&j->op.hash, &t.definition)) {
		err_set(e, ERR_CONFLICT, "the tool %s.%s has changed again since that hash", t.connector_name, t.name);
		rc = err_mend(e, ERR_CONFLICT, "look at it: claviger connector show %s %s", t.connector_name, t.name);
	}
	if (rc == ERR_OK && new_pin)
		t.pinned = t.definition;
	else if (rc == ERR_OK)
		t.effect = j->op.effect;
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
	return trust(h, j, true, e);
}

enum err_code op_connector_effect(struct hands *h, struct desk_job *j, struct err *e)
{
	return trust(h, j, false, e);
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

static enum err_code take_tools(struct agent *a, const char *json, struct err *e)
{
	cJSON *list = NULL, *item;
	enum err_code rc = json_parse(slice_of(json), &list, e);

	if (rc != ERR_OK)
		return rc;
	a->tools_n = 0;
	a->tools_narrowed = true;
	cJSON_ArrayForEach(item, list) {
		if (!cJSON_IsString(item) || !policy_pattern_ok(item->valuestring) || strlen(item->valuestring) >= sizeof a->tools[0]) {
			rc = err_set(e, ERR_USAGE, "a tool is named CONNECTOR.TOOL, CONNECTOR.* or *");
			break;
		}
		if (a->tools_n == AGENT_TOOLS) {
			rc = err_set(e, ERR_LIMIT, "an agent has at most %d tools on its list", AGENT_TOOLS);
			break;
		}
		snprintf(a->tools[a->tools_n++], sizeof a->tools[0], "%s", item->valuestring);
	}
	cJSON_Delete(list);
	return rc;
}

static enum err_code sign_agent(struct hands *h, struct agent *a, struct err *e)
{
	struct buf b;
	enum err_code rc = hands_need_vault(h, e);

	if (rc != ERR_OK)
		return rc;
	buf_init(&b, 0);
	agent_bytes(h->workspace, a, &b);
	rc = vault_mac(h->vault, VAULT_AGENT, b.p, b.len, &a->mac, e);
	buf_release(&b);
	return rc;
}

static void put_or_any(char *out, size_t room, const char *value)
{
	if (*value != '\0')
		snprintf(out, room, "%s", strcmp(value, "any") == 0 ? "" : value);
}

/* Whose models from the next turn on: history is converted when it is sent. A model
 * and a key of another vendor would mean nothing there. */
static enum err_code take_vendor(struct hands *h, struct agent *a, const struct op *op, struct err *e)
{
	char was[NAME_MAX_BYTES];
	struct key k;
	enum err_code rc = ERR_OK;

	memcpy(was, a->vendor, sizeof was);
	put_or_any(a->vendor, sizeof a->vendor, op->vendor);
	put_or_any(a->key, sizeof a->key, op->key);
	if (op->vendor[0] != '\0' && op->key[0] == '\0' && strcmp(was, a->vendor) != 0)
		a->key[0] = '\0';
	if (op->key[0] != '\0' && a->key[0] != '\0') {
		rc = key_by_label(h->store, a->key, &k, e);
		if (rc == ERR_MISSING) {
			err_set(e, rc, "no key is called %.60s", a->key);
			err_mend(e, rc, "see: claviger key list");
		} else if (rc == ERR_OK && op->vendor[0] != '\0' && strcmp(a->vendor, k.vendor) != 0) {
			err_set(e, ERR_USAGE, "key %.60s is one of %s", k.label, k.vendor);
			rc = err_mend(e, ERR_USAGE, "leave --vendor away: the key says it");
		}
		if (rc == ERR_OK)
			snprintf(a->vendor, sizeof a->vendor, "%s", k.vendor);
	}
	if (strcmp(was, a->vendor) != 0)
		a->model[0] = '\0';
	put_or_any(a->model, sizeof a->model, op->model);
	return rc;
}

enum err_code op_agent_set(struct hands *h, struct desk_job *j, struct err *e)
{
	struct op *op = &j->op;
	struct agent a = {0};
	enum err_code rc = agent_get(h->store, op->name, &a, e);

	if (rc == ERR_OK && op->has_tier)
		a.tier = op->tier;
	if (rc == ERR_OK)
		rc = take_vendor(h, &a, op, e);
	if (rc == ERR_OK && op->has_pause)
		a.paused = op->pause;
	if (rc == ERR_OK && op->text != NULL) {
		free(a.prompt);
		a.prompt = xstrdup(op->text);
	}
	if (rc == ERR_OK && op->tools != NULL)
		rc = take_tools(&a, op->tools, e);
	if (rc == ERR_OK && op->tools != NULL)
		rc = sign_agent(h, &a, e);
	if (rc == ERR_OK)
		rc = agent_set(h->store, &a, e);
	/* what waited for its key may have another one now */
	if (rc == ERR_OK && (op->vendor[0] != '\0' || op->key[0] != '\0'))
		rc = worker_wake_tasks(h, ON_KEY, e);
	agent_release(&a);
	return rc;
}

enum err_code op_tier_set(struct hands *h, struct desk_job *j, struct err *e)
{
	return tier_set(h->store, j->op.vendor, j->op.tier, j->op.model, e);
}
