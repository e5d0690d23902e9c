/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/goal.h"

#include "store/cap.h"
#include "store/sql.h"

#define COLUMNS "id, state, before_pause, text, agent, cap_pd, created_us, ended_us, report, why"
#define HEADS "id, state, before_pause, substr(text, 1, 300), agent, cap_pd, created_us, ended_us, NULL, why"
#define OPEN "state IN ('planning', 'plan_pending', 'active', 'paused')"

static bool read_goal(sqlite3_stmt *st, void *row)
{
	struct goal *g = row;
	int state = life_state(&goal_life, (const char *)sqlite3_column_text(st, 1));
	int before = life_state(&goal_life, (const char *)sqlite3_column_text(st, 2));

	g->id = col_int(st, 0);
	g->state = (enum goal_state)state;
	g->before_pause = (enum goal_state)before;
	g->text = col_dup(st, 3);
	COL_TEXT(st, 4, g->agent);
	g->cap_pd = col_int(st, 5);
	g->created_us = col_int(st, 6);
	g->ended_us = col_int(st, 7);
	g->report = col_dup(st, 8);
	COL_TEXT(st, 9, g->why);
	return state >= 0 && before >= 0;
}

static void release(void *row) { goal_release(row); }
static const struct row_kind goals = {.size = sizeof(struct goal), .read = read_goal, .release = release};

enum err_code goal_add(struct store *s, struct goal *g, struct err *e)
{
	char number[24];
	enum err_code rc;

	if (g->state != GOAL_PLANNING && g->state != GOAL_ACTIVE)
		return err_set(e, ERR_ILLEGAL, "a new goal cannot be %s", life_name(&goal_life, g->state));
	rc = store_begin(s, e);
	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "INSERT INTO goal(state, before_pause, text, agent, cap_pd, created_us, ended_us, report, why) VALUES(?, ?, ?, ?, ?, ?, 0, NULL, ?)", "ttttiit",
		life_name(&goal_life, g->state), life_name(&goal_life, g->state), g->text, g->agent, g->cap_pd, g->created_us, g->why);
	if (rc == ERR_OK)
		g->id = sqlite3_last_insert_rowid(s->db);
	if (rc == ERR_OK && g->cap_pd > 0)
		rc = own_cap_note(s, SCOPE_GOAL, number_text(number, g->id), g->cap_pd, "", g->created_us, e);
	return store_end(s, rc, e);
}

enum err_code goal_get(struct store *s, int64_t id, struct goal *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM goal WHERE id = ?", "i", id);

	return rc != ERR_OK ? rc : sql_fetch(s, st, &goals, out, e, "goal G%lld", (long long)id);
}

enum err_code goal_list(struct store *s, enum goal_filter which, int64_t before_id, struct goal *rows, int limit, int *n, struct err *e)
{
	int64_t before = before_id > 0 ? before_id : INT64_MAX;
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	if (which == GOALS_OPEN)
		rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM goal INDEXED BY goal_open WHERE id < ? AND " OPEN " ORDER BY id DESC LIMIT ?", "id", before, limit);
	else
		rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM goal WHERE id < ? ORDER BY id DESC LIMIT ?", "id", before, limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &goals, rows, limit, n, e);
}

enum err_code goal_ended(struct store *s, int64_t since_us, struct goal *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT " HEADS " FROM goal INDEXED BY goal_ended WHERE ended_us > 0 AND ended_us > ? ORDER BY ended_us DESC LIMIT ?", "id", since_us, limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &goals, rows, limit, n, e);
}

/* Each open task of it is paused, or blocked by one that is. */
enum err_code goal_stuck(struct store *s, struct goal *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT " HEADS " FROM goal WHERE state IN ('planning', 'active') AND id IN (SELECT task.goal FROM task INDEXED BY task_open"
		" WHERE task.state IN ('blocked', 'ready', 'running', 'waiting', 'paused') GROUP BY task.goal"
		" HAVING sum(task.state NOT IN ('blocked', 'paused')) = 0 AND sum(task.state = 'paused' AND task.waits_on <> 'person') > 0) ORDER BY id DESC LIMIT ?", "d", limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &goals, rows, limit, n, e);
}

enum err_code goal_move(struct store *s, int64_t id, enum goal_state to, const char *why, int64_t now_us, struct err *e)
{
	struct goal g = {0};
	bool ends = to == GOAL_DONE || to == GOAL_FAILED || to == GOAL_CANCELLED;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = goal_get(s, id, &g, e);
	if (rc == ERR_OK)
		rc = life_check(&goal_life, id, g.state, to, e);
	if (rc == ERR_OK && g.state == GOAL_PAUSED && !ends && to != g.before_pause)
		rc = err_set(e, ERR_ILLEGAL, "goal G%lld was %s before its pause and goes back to that", (long long)id, life_name(&goal_life, g.before_pause));
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE goal SET state = ?, before_pause = ?, why = ?, ended_us = ? WHERE id = ?", "tttii", life_name(&goal_life, to),
			life_name(&goal_life, to == GOAL_PAUSED ? g.state : to), why, ends ? now_us : INT64_C(0), id);
	goal_release(&g);
	return store_end(s, rc, e);
}

/* One statement on one row: ERR_MISSING if there is no such goal. */
static enum err_code changed_one(struct store *s, enum err_code rc, int64_t id, struct err *e)
{
	if (rc == ERR_OK && sqlite3_changes(s->db) != 1)
		rc = err_set(e, ERR_MISSING, "there is no goal G%lld", (long long)id);
	return store_end(s, rc, e);
}

enum err_code goal_set_report(struct store *s, int64_t id, const char *report, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	return rc != ERR_OK ? rc : changed_one(s, sql_run(s, e, "UPDATE goal SET report = ? WHERE id = ?", "ni", report, id), id, e);
}

enum err_code goal_set_cap(struct store *s, int64_t id, int64_t cap_pd, const char *who, int64_t now_us, struct err *e)
{
	char number[24];
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = own_cap_note(s, SCOPE_GOAL, number_text(number, id), cap_pd, who, now_us, e);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE goal SET cap_pd = ? WHERE id = ?", "ii", cap_pd, id);
	return changed_one(s, rc, id, e);
}

enum err_code goal_counts(struct store *s, int counts[GOAL_STATES], struct err *e)
{
	sqlite3_stmt *st;
	struct err own = {0};
	enum err_code rc = sql_query(s, &st, e, "SELECT state, count(*) FROM goal INDEXED BY goal_open WHERE " OPEN " GROUP BY state", "");
	int got, i;

	for (i = 0; i < GOAL_STATES; i++)
		counts[i] = 0;
	if (rc != ERR_OK)
		return rc;
	while ((got = sql_step(s, st, &own)) == 1) {
		i = life_state(&goal_life, (const char *)sqlite3_column_text(st, 0));
		if (i >= 0)
			counts[i] = sqlite3_column_int(st, 1);
	}
	if (got < 0 && e != NULL)
		*e = own;
	return got < 0 ? own.code : ERR_OK;
}
