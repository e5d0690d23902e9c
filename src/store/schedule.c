/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/schedule.h"

#include <inttypes.h>

#include "store/sql.h"

#define COLUMNS "id, agent, text, every_us, at_minute, days, is_on, created_us, next_us, last_us, goal, why"

static bool read_schedule(sqlite3_stmt *st, void *row)
{
	struct schedule *r = row;

	r->id = col_int(st, 0);
	COL_TEXT(st, 1, r->agent);
	r->text = col_dup(st, 2);
	r->every_us = col_int(st, 3);
	r->at_minute = (int)col_int(st, 4);
	r->days = (unsigned)col_int(st, 5);
	r->on = col_int(st, 6) != 0;
	r->created_us = col_int(st, 7);
	r->next_us = col_int(st, 8);
	r->last_us = col_int(st, 9);
	r->goal = col_int(st, 10);
	COL_TEXT(st, 11, r->why);
	return r->every_us >= EVERY_MIN_US && r->at_minute >= -1 && r->at_minute < 1440;
}

static void release(void *row) { schedule_release(row); }
static const struct row_kind schedules = {.size = sizeof(struct schedule), .read = read_schedule, .release = release};

static enum err_code note(struct store *s, const char *kind, const char *who, int64_t id, int64_t now_us, struct err *e)
{
	char ref[NAME_MAX_BYTES];

	return journal_add(s, kind, who, ref_text(ref, 'S', id, 0), NULL, now_us, e);
}

enum err_code schedule_add(struct store *s, struct schedule *r, const char *who, int64_t now_us, struct err *e)
{
	int64_t count = 0;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_int(s, &count, e, "SELECT COUNT(*) FROM schedule", "");
	if (rc == ERR_OK && count >= SCHEDULES_MAX)
		rc = err_set(e, ERR_LIMIT, "there are %d schedules already", SCHEDULES_MAX);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "INSERT INTO schedule(agent, text, every_us, at_minute, days, is_on, created_us, next_us, last_us, goal, why) VALUES(?, ?, ?, ?, ?, ?, ?, ?, 0, 0, '')",
			"ttiddiii", r->agent, r->text, r->every_us, r->at_minute, (int)r->days, (int64_t)r->on, r->created_us, r->next_us);
	if (rc == ERR_OK) {
		r->id = sqlite3_last_insert_rowid(s->db);
		rc = note(s, "schedule_added", who, r->id, now_us, e);
	}
	return store_end(s, rc, e);
}

enum err_code schedule_get(struct store *s, int64_t id, struct schedule *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM schedule WHERE id = ?", "i", id);

	return rc != ERR_OK ? rc : sql_fetch(s, st, &schedules, out, e, "schedule S%" PRId64, id);
}

enum err_code schedule_list(struct store *s, struct schedule *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM schedule ORDER BY id LIMIT ?", "d", limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &schedules, rows, limit, n, e);
}

enum err_code schedule_list_due(struct store *s, int64_t now_us, struct schedule *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM schedule WHERE is_on = 1 AND next_us <= ? ORDER BY next_us, id LIMIT ?", "id", now_us, limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &schedules, rows, limit, n, e);
}

enum err_code schedule_next_due(struct store *s, int64_t *at_us, struct err *e)
{
	return sql_int(s, at_us, e, "SELECT COALESCE(MIN(next_us), 0) FROM schedule WHERE is_on = 1", "");
}

static enum err_code change(struct store *s, enum err_code rc, int64_t id, const char *kind, const char *who, int64_t now_us, struct err *e)
{
	if (rc == ERR_OK && sqlite3_changes(s->db) != 1)
		rc = err_set(e, ERR_MISSING, "there is no schedule S%" PRId64, id);
	if (rc == ERR_OK)
		rc = note(s, kind, who, id, now_us, e);
	return store_end(s, rc, e);
}

enum err_code schedule_switch(struct store *s, int64_t id, int64_t next_us, const char *who, int64_t now_us, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "UPDATE schedule SET is_on = ?, next_us = ?, why = '' WHERE id = ?", "dii", (int)(next_us != 0), next_us, id);
	return change(s, rc, id, next_us != 0 ? "schedule_on" : "schedule_off", who, now_us, e);
}

enum err_code schedule_ran(struct store *s, const struct schedule *r, int64_t next_us, int64_t now_us, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	if (r->why[0] != '\0')
		rc = sql_run(s, e, "UPDATE schedule SET next_us = ?, why = ? WHERE id = ? AND is_on = 1 AND next_us = ?", "itii", next_us, r->why, r->id, r->next_us);
	else
		rc = sql_run(s, e, "UPDATE schedule SET next_us = ?, last_us = ?, goal = ?, why = '' WHERE id = ? AND is_on = 1 AND next_us = ?", "iiiii", next_us, now_us, r->goal,
			r->id, r->next_us);
	if (rc == ERR_OK && sqlite3_changes(s->db) != 1)
		rc = err_set(e, ERR_CONFLICT, "schedule S%" PRId64 " ran already", r->id);
	if (rc == ERR_OK)
		rc = note(s, r->why[0] != '\0' ? "schedule_skipped" : "schedule_ran", "worker", r->id, now_us, e);
	return store_end(s, rc, e);
}

enum err_code schedule_remove(struct store *s, int64_t id, const char *who, int64_t now_us, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "DELETE FROM schedule WHERE id = ?", "i", id);
	return change(s, rc, id, "schedule_removed", who, now_us, e);
}
