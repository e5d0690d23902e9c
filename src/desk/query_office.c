/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Workspaces, people, teams, connectors. */
#include "desk/query_private.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/path.h"
#include "desk/data.h"
#include "desk/team.h"
#include "model/connector.h"
#include "model/move.h"
#include "office/when.h"
#include "store/approval.h"
#include "store/connector.h"
#include "store/schedule.h"
#include "store/goal.h"
#include "store/lease.h"
#include "store/spend.h"
#include "store/tier.h"
#include "vault/vault.h"

#define AGENTS_MAX 256
#define TOOLS_MAX 1024
#define NAMES_MAX 1024
#define MANY 256

/* --- workspaces ----------------------------------------------------------------- */

static enum err_code put_counts(struct json_out *j, struct store *s, struct err *e)
{
	struct spend_row all = {.calls = 0};
	int goals[GOAL_STATES] = {0}, pending = 0, open = 0;
	int64_t oldest = 0;
	enum err_code code = goal_counts(s, goals, e);

	if (code == ERR_OK)
		code = approval_count_pending(s, &pending, &oldest, e);
	if (code == ERR_OK)
		code = spend_of(s, SPEND_WORKSPACE, "", SPEND_ALL_TIME, clock_day_number(clock_now_us()), &all, e);
	if (code != ERR_OK)
		return code;
	for (int i = 0; i < GOAL_STATES; i++)
		open += goals[i];
	json_put_int(j, "goals_open", open);
	json_put_int(j, "pending", pending);
	put_time(j, "oldest_pending", oldest);
	json_put_int(j, "calls", all.calls);
	put_money(j, "cost_usd", all.cost_pd);
	put_money(j, "estimated_usd", all.estimated_pd);
	return ERR_OK;
}

static void put_one_workspace(struct json_out *j, const char *name, const struct workspace_paths *w)
{
	struct store *s = NULL;
	struct err e;

	err_clear(&e);
	json_open(j, NULL, '{');
	json_put_text(j, "name", name);
	json_put_text(j, "folder", w->folder);
	/* One that cannot be read is listed all the same, with the reason. */
	if (store_open(&s, w->folder, STORE_READ, &e) != ERR_OK || put_counts(j, s, &e) != ERR_OK)
		json_put_text(j, "problem", e.text);
	store_close(s);
	json_close(j, '}');
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

enum err_code answer_workspaces(struct ask *a, struct err *e)
{
	struct paths p;
	char *names[NAMES_MAX];
	int n = 0;
	DIR *d;
	struct dirent *entry;
	enum err_code code = paths_find(&p, a->options->home, e);

	if (code != ERR_OK)
		return code;
	d = opendir(p.workspaces);
	while (d != NULL && n < NAMES_MAX && (entry = readdir(d)) != NULL)
		if (path_workspace_name_ok(entry->d_name))
			names[n++] = xstrdup(entry->d_name);
	if (d != NULL)
		closedir(d);
	qsort(names, (size_t)n, sizeof *names, by_name);
	json_open(a->j, NULL, '[');
	for (int i = 0; i < n; i++) {
		struct workspace_paths w;

		if (workspace_paths_find(&w, &p, names[i], NULL) == ERR_OK) {
			if (file_exists(w.database))
				put_one_workspace(a->j, names[i], &w);
			workspace_paths_release(&w);
		}
		free(names[i]);
	}
	json_close(a->j, ']');
	paths_release(&p);
	return ERR_OK;
}

enum err_code answer_workspace(struct ask *a, struct err *e)
{
	struct lease lease;
	enum err_code code = lease_show(a->store, &lease, e);

	if (code != ERR_OK)
		return code;
	json_open(a->j, NULL, '{');
	json_put_text(a->j, "name", desk_workspace(a->desk));
	json_put_text(a->j, "folder", desk_folder(a->desk));
	json_put_text(a->j, "id", store_workspace(a->store));
	put_word(a->j, "timezone", store_zone(a->store));
	put_word(a->j, "worker", lease.alive ? lease.holder : NULL);
	put_time(a->j, "worker_since", lease.alive ? lease.since_us : 0);
	code = put_counts(a->j, a->store, e);
	json_close(a->j, '}');
	return code;
}

enum err_code answer_persons(struct ask *a, struct err *e)
{
	struct vault_slot slots[VAULT_SLOTS];
	char *path = xasprintf("%s/vault.key", desk_folder(a->desk));
	int n = 0;
	enum err_code code = vault_slot_list(path, slots, &n, e);

	free(path);
	if (code != ERR_OK)
		return code;
	json_open(a->j, NULL, '[');
	for (int i = 0; i < n; i++) {
		json_open(a->j, NULL, '{');
		json_put_int(a->j, "slot", slots[i].index);
		json_put_text(a->j, "name", slots[i].name);
		json_put_bool(a->j, "key_file", slots[i].has_file);
		put_time(a->j, "created", slots[i].created_us);
		json_close(a->j, '}');
	}
	json_close(a->j, ']');
	return ERR_OK;
}

/* --- teams -------------------------------------------------------------------------- */

void put_agent(struct json_out *j, const struct agent *g, bool whole)
{
	json_put_text(j, "name", g->name);
	json_put_text(j, "role", g->role);
	json_put_text(j, "title", g->title);
	json_put_text(j, "tier", tier_names[g->tier]);
	put_word(j, "vendor", g->vendor);
	put_word(j, "key", g->key);
	put_word(j, "model", g->model);
	json_put_bool(j, "paused", g->paused);
	json_put_int(j, "max_turns", g->max_turns);
	if (g->cap_pd > 0)
		put_money(j, "cap_usd", g->cap_pd);
	else
		json_put_null(j, "cap_usd");
	json_open(j, "tools", '[');
	for (int i = 0; i < g->tools_n; i++)
		json_put_text(j, NULL, g->tools[i]);
	json_close(j, ']');
	json_put_bool(j, "only_these_tools", g->tools_narrowed);
	if (whole)
		json_put_text(j, "prompt", g->prompt);
}

enum err_code answer_agents(struct ask *a, struct err *e)
{
	struct agent *rows = xcalloc(AGENTS_MAX, sizeof *rows);
	int n = 0;
	enum err_code code = agent_list(a->store, rows, AGENTS_MAX, &n, e);

	json_open(a->j, NULL, '[');
	for (int i = 0; i < n; i++) {
		json_open(a->j, NULL, '{');
		put_agent(a->j, &rows[i], false);
		json_close(a->j, '}');
		agent_release(&rows[i]);
	}
	json_close(a->j, ']');
	free(rows);
	return code;
}

enum err_code answer_agent(struct ask *a, struct err *e)
{
	struct agent g;
	enum err_code code = team_find(a->store, a->q->name, &g, e);

	if (code != ERR_OK)
		return code;
	json_open(a->j, NULL, '{');
	put_agent(a->j, &g, true);
	json_close(a->j, '}');
	agent_release(&g);
	return ERR_OK;
}

/* The day models.json knows that the model is shut down; "" for none. */
static const char *end_of(const cJSON *models, const char *model)
{
	const cJSON *m;

	cJSON_ArrayForEach(m, json_array(models, "models"))
		if (json_text(m, "model") != NULL && strcmp(json_text(m, "model"), model) == 0)
			return json_text(m, "ends");
	return NULL;
}

static void put_tier(struct json_out *j, const cJSON *models, const char *vendor, const char *tier, const char *model, const char *set_by)
{
	json_open(j, NULL, '{');
	json_put_text(j, "vendor", vendor);
	json_put_text(j, "tier", tier);
	json_put_text(j, "model", model);
	json_put_text(j, "set_by", set_by);
	put_word(j, "ends", end_of(models, model));
	json_close(j, '}');
}

/* Which of the person's rows says what the tier means; NULL: none does. */
static const struct tier_row *set_tier(const struct tier_row *rows, int n, const char *vendor, int tier)
{
	for (int i = 0; i < n; i++)
		if ((int)rows[i].tier == tier && strcmp(rows[i].vendor, vendor) == 0)
			return &rows[i];
	return NULL;
}

/* What models.json says, laid over by what the person said. */
enum err_code answer_tiers(struct ask *a, struct err *e)
{
	struct tier_row rows[MANY];
	struct buf text;
	cJSON *models = NULL;
	const cJSON *vendor;
	int n = 0;
	enum err_code code = tier_list(a->store, rows, MANY, &n, e);

	buf_init(&text, 0);
	if (code == ERR_OK)
		code = data_read(a->options->home, "models.json", &text, e);
	if (code == ERR_OK)
		code = json_parse(buf_slice(&text), &models, e);
	buf_release(&text);
	if (code != ERR_OK)
		return code;
	json_open(a->j, NULL, '[');
	cJSON_ArrayForEach(vendor, json_object(models, "tiers"))
		for (int t = 0; t < TIERS; t++) {
			const struct tier_row *own = set_tier(rows, n, vendor->string, t);
			const char *model = own != NULL ? own->model : json_text(json_object(vendor, tier_names[t]), "model");

			if (model != NULL)
				put_tier(a->j, models, vendor->string, tier_names[t], model, own != NULL ? "person" : "models.json");
		}
	/* A vendor that models.json does not know. */
	for (int i = 0; i < n; i++)
		if (json_object(json_object(models, "tiers"), rows[i].vendor) == NULL)
			put_tier(a->j, models, rows[i].vendor, tier_names[rows[i].tier], rows[i].model, "person");
	json_close(a->j, ']');
	cJSON_Delete(models);
	return ERR_OK;
}

/* --- schedules ------------------------------------------------------------------------- */

enum err_code answer_schedules(struct ask *a, struct err *e)
{
	struct schedule *rows = xcalloc(SCHEDULES_MAX, sizeof *rows);
	char when[WHEN_TEXT];
	int n = 0;
	enum err_code code = schedule_list(a->store, rows, SCHEDULES_MAX, &n, e);

	json_open(a->j, NULL, '[');
	for (int i = 0; i < n; i++) {
		when_text(&rows[i], when);
		json_open(a->j, NULL, '{');
		json_put_int(a->j, "id", rows[i].id);
		json_put_bool(a->j, "on", rows[i].on);
		json_put_text(a->j, "agent", rows[i].agent);
		json_put_text(a->j, "when", when);
		json_put_text(a->j, "text", rows[i].text);
		put_time(a->j, "next", rows[i].next_us);
		put_time(a->j, "last", rows[i].last_us);
		if (rows[i].goal > 0)
			json_put_int(a->j, "goal", rows[i].goal);
		else
			json_put_null(a->j, "goal");
		put_word(a->j, "why", rows[i].why);
		json_close(a->j, '}');
		schedule_release(&rows[i]);
	}
	json_close(a->j, ']');
	free(rows);
	return code;
}

/* --- connectors ------------------------------------------------------------------------ */

enum err_code answer_connectors(struct ask *a, struct err *e)
{
	struct connector_record rows[MANY];
	struct tool *tools = xcalloc(TOOLS_MAX, sizeof *tools);
	int n = 0, tools_n = 0;
	enum err_code code = connector_list(a->store, rows, MANY, &n, e);

	if (code == ERR_OK)
		code = tool_list(a->store, 0, tools, TOOLS_MAX, &tools_n, e);
	json_open(a->j, NULL, '[');
	for (int i = 0; i < n; i++) {
		int mine = 0, quarantined = 0;

		for (int k = 0; k < tools_n; k++) {
			mine += tools[k].connector == rows[i].id;
			quarantined += tools[k].connector == rows[i].id && tools[k].state == TOOL_QUARANTINED;
		}
		json_open(a->j, NULL, '{');
		json_put_int(a->j, "id", rows[i].id);
		json_put_text(a->j, "name", rows[i].name);
		json_put_text(a->j, "type", connector_type_names[rows[i].type]);
		json_put_text(a->j, "state", life_name(&link_life, (int)rows[i].state));
		put_word(a->j, "why", rows[i].why);
		json_put_text(a->j, "root", rows[i].root);
		put_raw(a->j, "command", rows[i].command, "null");
		json_put_int(a->j, "tools", mine);
		json_put_int(a->j, "quarantined", quarantined);
		put_time(a->j, "created", rows[i].created_us);
		json_close(a->j, '}');
		connector_record_release(&rows[i]);
	}
	json_close(a->j, ']');
	for (int k = 0; k < tools_n; k++)
		tool_release(&tools[k]);
	free(tools);
	return code;
}

enum err_code answer_tools(struct ask *a, struct err *e)
{
	struct connector_record c;
	struct tool *tools;
	int n = 0;
	enum err_code code = connector_by_name(a->store, a->q->name, &c, e);

	if (code != ERR_OK)
		return code;
	tools = xcalloc(TOOLS_MAX, sizeof *tools);
	code = tool_list(a->store, c.id, tools, TOOLS_MAX, &n, e);
	json_open(a->j, NULL, '[');
	for (int i = 0; i < n; i++) {
		char hash[HASH_TEXT];

		hash_to_text(&tools[i].definition, hash);
		json_open(a->j, NULL, '{');
		json_put_text(a->j, "name", tools[i].name);
		json_put_text(a->j, "effect", effect_names[tools[i].effect]);
		json_put_text(a->j, "state", tool_state_names[tools[i].state]);
		json_put_text(a->j, "hash", hash);
		json_put_text(a->j, "description", tools[i].description);
		json_close(a->j, '}');
		tool_release(&tools[i]);
	}
	json_close(a->j, ']');
	free(tools);
	connector_record_release(&c);
	return code;
}
