/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations on the team. An agent's list of tools is signed: it is what a person
 * gave them. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "desk/data.h"
#include "desk/job.h"
#include "desk/team.h"
#include "office/policy.h"
#include "store/key.h"
#include "store/store.h"
#include "store/task.h"
#include "vault/vault.h"

#define PROMPT_MAX ((size_t)32 << 10)
#define AGENTS_MAX 32	/* what the worker takes up */
#define TURNS 20	/* of an agent nobody said otherwise of */
#define TASKS_MAX 256

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
	enum err_code rc = team_find(h->store, op->name, &a, e);

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

/* --- more and fewer of them ------------------------------------------------------- */

static enum err_code check_word(const char *what, const char *word, struct err *e)
{
	const char *c;

	for (c = word; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_')
			break;
	if (*c == '\0' && isalnum((unsigned char)word[0]) && strlen(word) <= 32)
		return ERR_OK;
	return err_set(e, ERR_USAGE, "%s is 1 to 32 letters, digits, - and _", what);
}

/* What was given, or the prompt that comes with the program for that role, or a line. */
static enum err_code take_prompt(struct hands *h, const struct op *op, struct agent *a, struct err *e)
{
	struct buf b;
	char *file;

	if (op->text != NULL) {
		if (strlen(op->text) > PROMPT_MAX || op->text[0] == '\0' || !utf8_valid(slice_of(op->text)))
			return err_set(e, ERR_USAGE, "a prompt is UTF-8 text of at most %zu bytes", PROMPT_MAX);
		a->prompt = xstrdup(op->text);
		return ERR_OK;
	}
	buf_init(&b, PROMPT_MAX);
	file = xasprintf("prompts/%s.txt", a->role);
	if (strcmp(a->role, "office") != 0 && data_read(h->home, file, &b, NULL) == ERR_OK && b.len > 0)
		a->prompt = buf_take(&b);
	else
		a->prompt = xasprintf("Your part in the office: %s\n\nDo what the task says and no more, and report what you did and what is open.\n", a->title);
	buf_release(&b);
	free(file);
	return ERR_OK;
}

static enum err_code check_place(struct hands *h, const struct agent *a, struct err *e)
{
	struct agent *rows = xcalloc(AGENTS_MAX + 1, sizeof *rows);
	int n = 0, i;
	enum err_code rc = agent_list(h->store, rows, AGENTS_MAX + 1, &n, e);

	if (rc == ERR_OK && n >= AGENTS_MAX)
		rc = err_set(e, ERR_LIMIT, "a team has at most %d agents", AGENTS_MAX);
	for (i = 0; i < n; i++) {
		if (rc == ERR_OK && strcasecmp(rows[i].name, a->name) == 0)
			rc = err_set(e, ERR_CONFLICT, "there is an agent named %s already", rows[i].name);
		if (rc == ERR_OK && strcmp(a->role, "ceo") == 0 && strcmp(rows[i].role, "ceo") == 0)
			rc = err_set(e, ERR_CONFLICT, "%s is the CEO, and there is one", rows[i].name);
		agent_release(&rows[i]);
	}
	free(rows);
	return rc;
}

enum err_code op_agent_add(struct hands *h, struct desk_job *j, struct err *e)
{
	struct op *op = &j->op;
	struct agent a = {.tier = op->has_tier ? op->tier : TIER_STANDARD, .max_turns = op->count > 0 ? (int)op->count : TURNS, .cap_pd = op->money_pd};
	enum err_code rc = check_word("an agent's name", op->name, e);

	if (rc == ERR_OK)
		rc = check_word("a role", op->role, e);
	if (rc != ERR_OK)
		return rc;
	snprintf(a.name, sizeof a.name, "%s", op->name);
	snprintf(a.role, sizeof a.role, "%s", op->role);
	snprintf(a.title, sizeof a.title, "%s", op->title[0] != '\0' ? op->title : op->role);
	snprintf(a.vendor, sizeof a.vendor, "%s", op->vendor);
	snprintf(a.model, sizeof a.model, "%s", op->model);
	rc = check_place(h, &a, e);
	if (rc == ERR_OK)
		rc = take_prompt(h, op, &a, e);
	if (rc == ERR_OK && op->tools != NULL)
		rc = take_tools(&a, op->tools, e);
	if (rc == ERR_OK)
		rc = store_begin(h->store, e);
	if (rc == ERR_OK) {
		rc = agent_add(h->store, &a, e);	/* gives the id, which is signed too */
		if (rc == ERR_OK)
			rc = sign_agent(h, &a, e);
		if (rc == ERR_OK)
			rc = agent_set(h->store, &a, e);
		if (rc == ERR_OK)
			rc = store_commit(h->store, e);
		else
			store_rollback(h->store);
	}
	j->out.id = rc == ERR_OK ? a.id : 0;
	agent_release(&a);
	return rc;
}

/* Work in an agent's hands would have nobody to go on with it. */
static enum err_code check_free(struct hands *h, const char *name, struct err *e)
{
	struct task *rows = xcalloc(TASKS_MAX, sizeof *rows);
	int n = 0, i;
	enum err_code rc = task_list(h->store, 0, TASKS_OPEN, 0, rows, TASKS_MAX, &n, e);

	for (i = 0; i < n; i++) {
		if (rc == ERR_OK && strcmp(rows[i].agent, name) == 0) {
			err_set(e, ERR_CONFLICT, "%s is at work on T%lld", name, (long long)rows[i].id);
			rc = err_mend(e, ERR_CONFLICT, "let it end, or cancel it");
		}
		task_release(&rows[i]);
	}
	free(rows);
	return rc;
}

enum err_code op_agent_remove(struct hands *h, struct desk_job *j, struct err *e)
{
	struct agent a = {0};
	enum err_code rc = team_find(h->store, j->op.name, &a, e);

	if (rc == ERR_OK && strcmp(a.role, "ceo") == 0)
		rc = err_set(e, ERR_CONFLICT, "without its CEO the office could plan nothing");
	if (rc == ERR_OK)
		rc = check_free(h, a.name, e);
	if (rc == ERR_OK)
		rc = agent_remove(h->store, a.id, e);
	agent_release(&a);
	return rc;
}
