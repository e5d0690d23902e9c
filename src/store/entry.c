/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The entries of a task's history. */
#include "store/sql.h"
#include "store/task.h"

#define COLUMNS "id, task, seq, kind, call, tool_use_id, is_error, untrusted, source, body, created_us"

static bool read_row(sqlite3_stmt *st, void *row)
{
	struct entry *n = row;

	n->id = col_int(st, 0);
	n->task = col_int(st, 1);
	n->seq = (int)col_int(st, 2);
	n->kind = (enum entry_kind)col_int(st, 3);
	n->call = col_int(st, 4);
	COL_TEXT(st, 5, n->tool_use_id);
	n->is_error = col_int(st, 6) != 0;
	n->untrusted = col_int(st, 7) != 0;
	COL_TEXT(st, 8, n->source);
	n->body = col_dup(st, 9);
	n->created_us = col_int(st, 10);
	return n->kind <= ENTRY_SUMMARY;
}

static void release(void *row) { entry_release(row); }
static const struct row_kind entries = {.size = sizeof(struct entry), .read = read_row, .release = release};

enum err_code entry_add(struct store *s, struct entry *n, struct err *e)
{
	int64_t seq = 0;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_int(s, &seq, e, "SELECT coalesce(max(seq), 0) + 1 FROM entry WHERE task = ?", "i", n->task);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "INSERT INTO entry(task, seq, kind, call, tool_use_id, is_error, untrusted, source, body, created_us) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			"iiditddtni", n->task, seq, (int)n->kind, n->call, n->tool_use_id, (int)n->is_error, (int)n->untrusted, n->source, n->body, n->created_us);
	if (rc == ERR_OK) {
		n->seq = (int)seq;
		n->id = sqlite3_last_insert_rowid(s->db);
	}
	return store_end(s, rc, e);
}

enum err_code entry_get(struct store *s, int64_t id, struct entry *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM entry WHERE id = ?", "i", id);

	return rc != ERR_OK ? rc : sql_fetch(s, st, &entries, out, e, "entry %lld", (long long)id);
}

enum err_code entry_list(struct store *s, int64_t task, int after_seq, struct entry *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM entry WHERE task = ? AND seq > ? ORDER BY seq LIMIT ?", "idd", task, after_seq, limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &entries, rows, limit, n, e);
}

enum err_code entry_tail(struct store *s, int64_t task, struct entry *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;
	int i;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM entry WHERE task = ? ORDER BY seq DESC LIMIT ?", "id", task, limit);
	if (rc == ERR_OK)
		rc = sql_list(s, st, &entries, rows, limit, n, e);
	for (i = 0; i < *n / 2; i++) {
		struct entry t = rows[i];

		rows[i] = rows[*n - 1 - i];
		rows[*n - 1 - i] = t;
	}
	return rc;
}
