/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/task.h"

#include <stdio.h>

#include "base/crash.h"
#include "store/cap.h"
#include "store/sql.h"

#define COLUMNS_WITH(instructions, result) "task.id, task.goal, task.kind, task.state, task.waits_on, task.agent, task.title, " instructions ", task.tier, task.turns," \
	" task.cost_pd, task.cap_pd, " result ", task.why, task.created_us, task.started_us, task.ended_us, task.retry_us, task.read_untrusted"
#define COLUMNS COLUMNS_WITH("task.instructions", "task.result")
#define HEADS COLUMNS_WITH("NULL", "NULL")
#define OPEN "task.state IN ('blocked', 'ready', 'running', 'waiting', 'paused')"

static bool read_task(sqlite3_stmt *st, void *row)
{
	struct task *t = row;
	int state = life_state(&task_life, (const char *)sqlite3_column_text(st, 3));
	int on = col_name(st, 4, task_on_names, TASK_ONS);
	int tier = col_name(st, 8, tier_names, TIERS);

	t->id = col_int(st, 0);
	t->goal = col_int(st, 1);
	t->kind = (enum task_kind)col_int(st, 2);
	t->state = (enum task_state)state;
	t->on = (enum task_on)on;
	COL_TEXT(st, 5, t->agent);
	COL_TEXT(st, 6, t->title);
	t->instructions = col_dup(st, 7);
	t->tier = (enum tier)tier;
	t->turns = (int)col_int(st, 9);
	t->cost_pd = col_int(st, 10);
	t->cap_pd = col_int(st, 11);
	t->result = col_dup(st, 12);
	COL_TEXT(st, 13, t->why);
	t->created_us = col_int(st, 14);
	t->started_us = col_int(st, 15);
	t->ended_us = col_int(st, 16);
	t->retry_us = col_int(st, 17);
	t->read_untrusted = col_int(st, 18) != 0;
	return state >= 0 && on >= 0 && tier >= 0 && (t->kind == TASK_WORK || t->kind == TASK_PLAN);
}

static void release(void *row) { task_release(row); }
static const struct row_kind tasks = {.size = sizeof(struct task), .read = read_task, .release = release};

static enum err_code fill_blockers(struct store *s, struct task *t, struct err *e)
{
	struct err own = {0};
	sqlite3_stmt *st;
	enum err_code rc;
	int got;

	if (t->state != TASK_BLOCKED && t->state != TASK_PAUSED)
		return ERR_OK;
	rc = sql_query(s, &st, e, "SELECT d.needs FROM depends d JOIN task n ON n.id = d.needs WHERE d.task = ? AND n.state <> 'done' ORDER BY d.needs LIMIT ?", "id", t->id,
		(int)LENGTH(t->blocked_by));
	if (rc != ERR_OK)
		return rc;
	while ((got = sql_step(s, st, &own)) == 1)
		t->blocked_by[t->blocked_n++] = col_int(st, 0);
	if (got < 0 && e != NULL)
		*e = own;
	return got < 0 ? own.code : ERR_OK;
}

static enum err_code rows_of(struct store *s, sqlite3_stmt *st, struct task *rows, int limit, int *n, struct err *e)
{
	enum err_code rc = sql_list(s, st, &tasks, rows, limit, n, e);
	int i;

	for (i = 0; rc == ERR_OK && i < *n; i++)
		rc = fill_blockers(s, &rows[i], e);
	for (; rc != ERR_OK && *n > 0; *n -= 1)
		task_release(&rows[*n - 1]);
	return rc;
}

enum err_code task_add(struct store *s, struct task *t, struct err *e)
{
	char number[24];
	enum err_code rc;

	if (t->state != TASK_BLOCKED && t->state != TASK_READY)
		return err_set(e, ERR_ILLEGAL, "a new task cannot be %s", life_name(&task_life, t->state));
	rc = store_begin(s, e);
	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "INSERT INTO task(goal, kind, state, waits_on, agent, title, instructions, tier, turns, cost_pd, cap_pd, result, why, created_us, started_us,"
		" ended_us, retry_us, read_untrusted) VALUES(?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, NULL, ?, ?, 0, 0, 0, ?)", "idttttntitid", t->goal, (int)t->kind,
		life_name(&task_life, t->state), t->state == TASK_BLOCKED ? task_on_names[ON_TASK] : "", t->agent, t->title, t->instructions, tier_names[t->tier], t->cap_pd, t->why,
		t->created_us, (int)t->read_untrusted);
	if (rc == ERR_OK)
		t->id = sqlite3_last_insert_rowid(s->db);
	if (rc == ERR_OK && t->cap_pd > 0)
		rc = own_cap_note(s, SCOPE_TASK, number_text(number, t->id), t->cap_pd, "", t->created_us, e);
	return store_end(s, rc, e);
}

enum err_code task_depend(struct store *s, int64_t task, int64_t on, struct err *e)
{
	int64_t n = 0;
	enum err_code rc;

	if (task == on)
		return err_set(e, ERR_USAGE, "task T%lld cannot wait for itself", (long long)task);
	rc = store_begin(s, e);
	if (rc != ERR_OK)
		return rc;
	rc = sql_int(s, &n, e, "SELECT a.goal = b.goal FROM task a, task b WHERE a.id = ? AND b.id = ?", "ii", task, on);
	if (rc == ERR_MISSING || (rc == ERR_OK && n == 0))
		rc = err_set(e, rc == ERR_OK ? ERR_USAGE : rc, "T%lld and T%lld are not tasks of one goal", (long long)task, (long long)on);
	if (rc == ERR_OK)
		rc = sql_int(s, &n, e, "WITH RECURSIVE up(id) AS (SELECT ?1 UNION SELECT d.needs FROM depends d JOIN up ON d.task = up.id) SELECT count(*) FROM up WHERE id = ?2", "ii",
			on, task);
	if (rc == ERR_OK && n > 0)
		rc = err_set(e, ERR_USAGE, "T%lld and T%lld would wait for each other", (long long)task, (long long)on);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "INSERT OR IGNORE INTO depends VALUES(?, ?)", "ii", task, on);
	return store_end(s, rc, e);
}

enum err_code task_get(struct store *s, int64_t id, struct task *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM task WHERE id = ?", "i", id);

	if (rc == ERR_OK)
		rc = sql_fetch(s, st, &tasks, out, e, "task T%lld", (long long)id);
	if (rc == ERR_OK && (rc = fill_blockers(s, out, e)) != ERR_OK)
		task_release(out);
	return rc;
}

enum err_code task_needed(struct store *s, int64_t task, struct task *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM depends d JOIN task ON task.id = d.needs WHERE d.task = ? ORDER BY d.needs LIMIT ?", "id", task, limit);

	*n = 0;
	return rc != ERR_OK ? rc : rows_of(s, st, rows, limit, n, e);
}

enum err_code task_list(struct store *s, int64_t goal, enum task_filter which, int64_t before_id, struct task *rows, int limit, int *n, struct err *e)
{
	int64_t before = before_id > 0 ? before_id : INT64_MAX;
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	if (goal != 0 && which == TASKS_OPEN)
		rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM task INDEXED BY task_goal WHERE goal = ? AND id < ? AND " OPEN " ORDER BY id DESC LIMIT ?", "iid", goal, before, limit);
	else if (goal != 0)
		rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM task INDEXED BY task_goal WHERE goal = ? AND id < ? ORDER BY id DESC LIMIT ?", "iid", goal, before, limit);
	else if (which == TASKS_OPEN)
		rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM task INDEXED BY task_open WHERE id < ? AND " OPEN " ORDER BY id DESC LIMIT ?", "id", before, limit);
	else
		rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM task WHERE id < ? ORDER BY id DESC LIMIT ?", "id", before, limit);
	return rc != ERR_OK ? rc : rows_of(s, st, rows, limit, n, e);
}

enum err_code task_heads(struct store *s, int64_t before_id, struct task *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " HEADS " FROM task WHERE id < ? ORDER BY id DESC LIMIT ?", "id", before_id > 0 ? before_id : INT64_MAX, limit);

	*n = 0;
	return rc != ERR_OK ? rc : rows_of(s, st, rows, limit, n, e);
}

enum err_code task_total(struct store *s, int64_t *n, struct err *e)
{
	return sql_int(s, n, e, "SELECT count(*) FROM task", "");
}

enum err_code task_move(struct store *s, int64_t id, enum task_state to, enum task_on on, const char *why, int64_t now_us, struct err *e)
{
	struct task t = {0};
	bool ends = to == TASK_DONE || to == TASK_FAILED || to == TASK_CANCELLED;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = task_get(s, id, &t, e);
	if (rc == ERR_OK)
		rc = life_check(&task_life, id, t.state, to, e);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE task SET state = ?, waits_on = ?, why = ?, started_us = ?, ended_us = ?, retry_us = iif(? IN ('waiting', 'paused'), retry_us, 0) WHERE id = ?",
			"tttiiti", life_name(&task_life, to), task_on_names[on], why, to == TASK_RUNNING && t.started_us == 0 ? now_us : t.started_us, ends ? now_us : INT64_C(0),
			life_name(&task_life, to), id);
	crash_point("task.moved");
	task_release(&t);
	return store_end(s, rc, e);
}

enum err_code task_unblock(struct store *s, int64_t goal, int64_t now_us, int *n, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	(void)now_us;
	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "UPDATE task SET state = 'ready', waits_on = '', why = '' WHERE goal = ? AND state = 'blocked' AND NOT EXISTS"
		" (SELECT 1 FROM depends d JOIN task b ON b.id = d.needs WHERE d.task = task.id AND b.state <> 'done')", "i", goal);
	if (n != NULL)
		*n = rc == ERR_OK ? sqlite3_changes(s->db) : 0;
	return store_end(s, rc, e);
}

/* A plan's task is ready again while its plan is pending if a worker died between
 * asking and going to rest: it has to be taken up to go to rest. */
enum err_code task_next_ready(struct store *s, struct task *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM task INDEXED BY task_ready JOIN goal ON goal.id = task.goal WHERE task.state = 'ready'"
		" AND (goal.state = 'active' OR (task.kind = 1 AND goal.state IN ('planning', 'plan_pending'))) ORDER BY task.id LIMIT ?", "d", limit);
	return rc != ERR_OK ? rc : rows_of(s, st, rows, limit, n, e);
}

enum err_code task_list_due(struct store *s, int64_t now_us, struct task *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM task INDEXED BY task_due WHERE retry_us > 0 AND retry_us <= ? AND state = 'waiting' ORDER BY retry_us LIMIT ?", "id", now_us,
		limit);
	return rc != ERR_OK ? rc : rows_of(s, st, rows, limit, n, e);
}

enum err_code task_next_due(struct store *s, int64_t *at_us, struct err *e)
{
	return sql_int(s, at_us, e, "SELECT coalesce(min(retry_us), 0) FROM task INDEXED BY task_due WHERE retry_us > 0 AND state = 'waiting'", "");
}

static enum err_code changed_one(struct store *s, enum err_code rc, int64_t id, struct err *e)
{
	if (rc == ERR_OK && sqlite3_changes(s->db) != 1)
		rc = err_set(e, ERR_MISSING, "there is no task T%lld", (long long)id);
	return store_end(s, rc, e);
}

enum err_code task_set_retry(struct store *s, int64_t id, int64_t retry_us, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	return rc != ERR_OK ? rc : changed_one(s, sql_run(s, e, "UPDATE task SET retry_us = ? WHERE id = ?", "ii", retry_us, id), id, e);
}

enum err_code task_count_turn(struct store *s, int64_t id, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	return rc != ERR_OK ? rc : changed_one(s, sql_run(s, e, "UPDATE task SET turns = turns + 1 WHERE id = ?", "i", id), id, e);
}

enum err_code task_set_result(struct store *s, int64_t id, const char *result, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	return rc != ERR_OK ? rc : changed_one(s, sql_run(s, e, "UPDATE task SET result = ? WHERE id = ?", "ni", result, id), id, e);
}

enum err_code task_set_tier(struct store *s, int64_t id, enum tier tier, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	return rc != ERR_OK ? rc : changed_one(s, sql_run(s, e, "UPDATE task SET tier = ? WHERE id = ?", "ti", tier_names[tier], id), id, e);
}

enum err_code task_set_cap(struct store *s, int64_t id, int64_t cap_pd, const char *who, int64_t now_us, struct err *e)
{
	char number[24];
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = own_cap_note(s, SCOPE_TASK, number_text(number, id), cap_pd, who, now_us, e);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE task SET cap_pd = ? WHERE id = ?", "ii", cap_pd, id);
	return changed_one(s, rc, id, e);
}

enum err_code task_mark_untrusted(struct store *s, int64_t id, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	return rc != ERR_OK ? rc : changed_one(s, sql_run(s, e, "UPDATE task SET read_untrusted = 1 WHERE id = ?", "i", id), id, e);
}

enum err_code task_counts(struct store *s, int counts[TASK_STATES], struct err *e)
{
	struct err own = {0};
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT state, count(*) FROM task INDEXED BY task_open WHERE " OPEN " GROUP BY state", "");
	int got, i;

	for (i = 0; i < TASK_STATES; i++)
		counts[i] = 0;
	if (rc != ERR_OK)
		return rc;
	while ((got = sql_step(s, st, &own)) == 1) {
		i = life_state(&task_life, (const char *)sqlite3_column_text(st, 0));
		if (i >= 0)
			counts[i] = sqlite3_column_int(st, 1);
	}
	if (got < 0 && e != NULL)
		*e = own;
	return got < 0 ? own.code : ERR_OK;
}

enum err_code task_count_of_goal(struct store *s, int64_t goal, int *all, int *open, int *failed, struct err *e)
{
	struct err own = {0};
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT count(*), coalesce(sum(" OPEN "), 0), coalesce(sum(state = 'failed'), 0) FROM task WHERE goal = ?", "i", goal);
	int got;

	if (rc != ERR_OK)
		return rc;
	got = sql_step(s, st, &own);
	if (got != 1) {
		if (e != NULL)
			*e = own;
		return own.code;
	}
	*all = sqlite3_column_int(st, 0);
	*open = sqlite3_column_int(st, 1);
	*failed = sqlite3_column_int(st, 2);
	sql_done(st);
	return ERR_OK;
}
