/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The team, and which model a tier means. */
#include "store/agent.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/buf.h"
#include "store/cap.h"
#include "store/sql.h"
#include "store/tier.h"

#define COLUMNS "id, name, role, title, prompt, tier, vendor, model, tools, tools_narrowed, paused, max_turns, cap_pd, mac, key"

/* Tool patterns are kept one a line. */
static bool split_tools(struct agent *a, const char *lines)
{
	while (*lines != '\0') {
		size_t n = strcspn(lines, "\n");

		if (a->tools_n == AGENT_TOOLS || n >= sizeof a->tools[0])
			return false;
		memcpy(a->tools[a->tools_n], lines, n);
		a->tools[a->tools_n++][n] = '\0';
		lines += n + (lines[n] == '\n');
	}
	return true;
}

static enum err_code join_tools(const struct agent *a, struct buf *b, struct err *e)
{
	int i;

	for (i = 0; i < a->tools_n && i < AGENT_TOOLS; i++) {
		if (a->tools[i][0] == '\0' || strchr(a->tools[i], '\n') != NULL)
			return err_set(e, ERR_USAGE, "a tool's name cannot be empty or hold a line break");
		buf_addf(b, "%s\n", a->tools[i]);
	}
	return ERR_OK;
}

static bool read_agent(sqlite3_stmt *st, void *row)
{
	struct agent *a = row;
	int tier = col_name(st, 5, tier_names, TIERS);
	const char *tools = (const char *)sqlite3_column_text(st, 8);

	a->id = col_int(st, 0);
	COL_TEXT(st, 1, a->name);
	COL_TEXT(st, 2, a->role);
	COL_TEXT(st, 3, a->title);
	a->prompt = col_dup(st, 4);
	a->tier = (enum tier)tier;
	COL_TEXT(st, 6, a->vendor);
	COL_TEXT(st, 7, a->model);
	a->tools_narrowed = col_int(st, 9) != 0;
	a->paused = col_int(st, 10) != 0;
	a->max_turns = (int)col_int(st, 11);
	a->cap_pd = col_int(st, 12);
	COL_TEXT(st, 14, a->key);
	return tier >= 0 && tools != NULL && split_tools(a, tools) && col_hash(st, 13, &a->mac);
}

static void release(void *row) { agent_release(row); }
static const struct row_kind agents = {.size = sizeof(struct agent), .read = read_agent, .release = release};

enum err_code agent_add(struct store *s, struct agent *a, struct err *e)
{
	struct buf tools;
	enum err_code rc;

	buf_init(&tools, 0);
	rc = join_tools(a, &tools, e);
	if (rc == ERR_OK && (rc = store_begin(s, e)) == ERR_OK) {
		rc = sql_run(s, e, "INSERT INTO agent(name, role, title, prompt, tier, vendor, model, tools, tools_narrowed, paused, max_turns, cap_pd, mac, key)"
			" VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "tttnttttdddiht", a->name, a->role, a->title, a->prompt, tier_names[a->tier], a->vendor, a->model, buf_text(&tools),
			(int)a->tools_narrowed, (int)a->paused, a->max_turns, a->cap_pd, &a->mac, a->key);
		if (rc == ERR_CONFLICT)
			rc = err_set(e, rc, "there is an agent named %s already", a->name);
		if (rc == ERR_OK)
			a->id = sqlite3_last_insert_rowid(s->db);
		if (rc == ERR_OK && a->cap_pd > 0)
			rc = own_cap_note(s, SCOPE_AGENT, a->name, a->cap_pd, "", clock_now_us(), e);
		rc = store_end(s, rc, e);
	}
	buf_release(&tools);
	return rc;
}

/* Its name and limit as they stand; an agent that is not there is told by the update. */
static enum err_code own_before(struct store *s, int64_t id, char name[NAME_MAX_BYTES], int64_t *cap_pd, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT name, cap_pd FROM agent WHERE id = ?", "i", id);
	int got;

	name[0] = '\0';
	*cap_pd = 0;
	if (rc != ERR_OK)
		return rc;
	got = sql_step(s, st, e);
	if (got == 1) {
		col_text(st, 0, name, NAME_MAX_BYTES);
		*cap_pd = col_int(st, 1);
		sql_done(st);
	}
	return got < 0 ? ERR_IO : ERR_OK;
}

enum err_code agent_set(struct store *s, const struct agent *a, struct err *e)
{
	char was[NAME_MAX_BYTES];
	int64_t was_pd;
	struct buf tools;
	enum err_code rc;

	buf_init(&tools, 0);
	rc = join_tools(a, &tools, e);
	if (rc == ERR_OK && (rc = store_begin(s, e)) == ERR_OK) {
		rc = own_before(s, a->id, was, &was_pd, e);
		if (rc == ERR_OK)
			rc = sql_run(s, e, "UPDATE agent SET name = ?, role = ?, title = ?, prompt = ?, tier = ?, vendor = ?, model = ?, tools = ?, tools_narrowed = ?, paused = ?, max_turns = ?,"
			" cap_pd = ?, mac = ?, key = ? WHERE id = ?", "tttnttttdddihti", a->name, a->role, a->title, a->prompt, tier_names[a->tier], a->vendor, a->model, buf_text(&tools),
			(int)a->tools_narrowed, (int)a->paused, a->max_turns, a->cap_pd, &a->mac, a->key, a->id);
		if (rc == ERR_OK && sqlite3_changes(s->db) != 1)
			rc = err_set(e, ERR_MISSING, "there is no agent %s", a->name);
		/* only a change is written down: a limit that came from elsewhere stays a foreign one */
		if (rc == ERR_OK && (was_pd != a->cap_pd || strcmp(was, a->name) != 0))
			rc = own_cap_note(s, SCOPE_AGENT, a->name, a->cap_pd, "", clock_now_us(), e);
		rc = store_end(s, rc, e);
	}
	buf_release(&tools);
	return rc;
}

enum err_code agent_set_mac(struct store *s, int64_t id, const struct hash *mac, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "UPDATE agent SET mac = ? WHERE id = ?", "hi", mac, id);
	if (rc == ERR_OK && sqlite3_changes(s->db) != 1)
		rc = err_set(e, ERR_MISSING, "there is no agent %" PRId64, id);
	return store_end(s, rc, e);
}

enum err_code agent_get(struct store *s, const char *name, struct agent *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM agent WHERE name = ?", "t", name);

	return rc != ERR_OK ? rc : sql_fetch(s, st, &agents, out, e, "agent %s", name);
}

enum err_code agent_list(struct store *s, struct agent *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM agent ORDER BY id LIMIT ?", "d", limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &agents, rows, limit, n, e);
}

enum err_code agent_remove(struct store *s, int64_t id, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "DELETE FROM agent WHERE id = ?", "i", id);
	if (rc == ERR_OK && sqlite3_changes(s->db) != 1)
		rc = err_set(e, ERR_MISSING, "there is no such agent");
	return store_end(s, rc, e);
}

/* --- tiers ---------------------------------------------------------------- */

static bool read_tier(sqlite3_stmt *st, void *row)
{
	struct tier_row *t = row;
	int tier = col_name(st, 1, tier_names, TIERS);

	COL_TEXT(st, 0, t->vendor);
	t->tier = (enum tier)tier;
	COL_TEXT(st, 2, t->model);
	return tier >= 0;
}

static const struct row_kind tiers = {.size = sizeof(struct tier_row), .read = read_tier};

enum err_code tier_set(struct store *s, const char *vendor, enum tier tier, const char *model, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = model[0] == '\0' ? sql_run(s, e, "DELETE FROM tier WHERE vendor = ? AND tier = ?", "tt", vendor, tier_names[tier])
		: sql_run(s, e, "INSERT INTO tier VALUES(?, ?, ?) ON CONFLICT(vendor, tier) DO UPDATE SET model = excluded.model", "ttt", vendor, tier_names[tier], model);
	return store_end(s, rc, e);
}

enum err_code tier_get(struct store *s, const char *vendor, enum tier tier, char model[MODEL_ID_BYTES], struct err *e)
{
	struct tier_row t;
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT vendor, tier, model FROM tier WHERE vendor = ? AND tier = ?", "tt", vendor, tier_names[tier]);
	int n = 0;

	model[0] = '\0';
	if (rc == ERR_OK)
		rc = sql_list(s, st, &tiers, &t, 1, &n, e);
	if (n == 1)
		memcpy(model, t.model, MODEL_ID_BYTES);
	return rc;
}

enum err_code tier_list(struct store *s, struct tier_row *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT vendor, tier, model FROM tier ORDER BY vendor, tier LIMIT ?", "d", limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &tiers, rows, limit, n, e);
}
