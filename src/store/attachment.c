/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/attachment.h"

#include "store/sql.h"

static bool read_attachment(sqlite3_stmt *st, void *row)
{
	struct goal_attachment *a = row;

	COL_TEXT(st, 0, a->name);
	a->text = col_dup(st, 1);
	return true;
}

static void release(void *row) { goal_attachment_release(row); }
static const struct row_kind attachments = {.size = sizeof(struct goal_attachment), .read = read_attachment, .release = release};

enum err_code attachment_add(struct store *s, int64_t goal, const char *name, const char *text, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	return store_end(s, sql_run(s, e, "INSERT INTO attachment(goal, name, body) VALUES(?, ?, ?)", "itt", goal, name, text), e);
}

enum err_code attachment_list(struct store *s, int64_t goal, struct goal_attachment *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT name, body FROM attachment WHERE goal = ? ORDER BY id LIMIT ?", "id", goal, limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &attachments, rows, limit, n, e);
}
