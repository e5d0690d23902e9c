/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/dump.h"

#include <stdio.h>
#include <string.h>

#include "store/sql.h"

#define COLUMNS_MAX 64
#define SEALED_TABLE "sealed"

enum err_code dump_tables(struct store *s, char (*names)[DUMP_NAME], int max, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> '" SEALED_TABLE "' ORDER BY name", "");
	int got = 0;

	*n = 0;
	while (rc == ERR_OK && *n < max && (got = sql_step(s, st, e)) == 1)
		col_text(st, 0, names[(*n)++], DUMP_NAME);
	if (rc == ERR_OK && got == 1)
		sql_done(st);
	return rc == ERR_OK && got < 0 ? ERR_IO : rc;
}

static void read_value(sqlite3_stmt *st, int col, struct dump_value *v)
{
	v->column = sqlite3_column_name(st, col);
	v->bytes = slice_make(NULL, 0);
	switch (sqlite3_column_type(st, col)) {
	case SQLITE_INTEGER:
		v->type = DUMP_INT;
		v->n = sqlite3_column_int64(st, col);
		break;
	case SQLITE_TEXT:
		v->type = DUMP_TEXT;
		v->bytes.p = (const char *)sqlite3_column_text(st, col);
		v->bytes.len = (size_t)sqlite3_column_bytes(st, col);
		break;
	case SQLITE_BLOB:
		v->type = DUMP_BYTES;
		v->bytes.p = sqlite3_column_blob(st, col);
		v->bytes.len = (size_t)sqlite3_column_bytes(st, col);
		break;
	default:
		v->type = DUMP_NULL;
	}
}

static enum err_code say_head(sqlite3_stmt *st, int columns, dump_row *head, void *user, struct err *e)
{
	struct dump_value v[COLUMNS_MAX];
	int i;

	for (i = 0; i < columns; i++)
		v[i] = (struct dump_value){.column = sqlite3_column_name(st, i), .type = DUMP_NULL};
	return head(user, v, columns, e);
}

/* The name comes from dump_tables(): no cached statement, and none that a caller could widen. */
enum err_code dump_table(struct store *s, const char *table, dump_row *head, dump_row *row, void *user, struct err *e)
{
	struct dump_value v[COLUMNS_MAX];
	sqlite3_stmt *st = NULL;
	char *text;
	int columns, got, i;
	enum err_code rc;

	if (strcmp(table, SEALED_TABLE) == 0)
		return err_set(e, ERR_REFUSED, "sealed values are not exported");
	text = sqlite3_mprintf("SELECT * FROM \"%w\"", table);
	got = text != NULL ? sqlite3_prepare_v2(s->db, text, -1, &st, NULL) : SQLITE_NOMEM;
	sqlite3_free(text);
	if (got != SQLITE_OK)
		return sql_error(s, got, e);
	columns = sqlite3_column_count(st);
	rc = columns <= COLUMNS_MAX ? say_head(st, columns, head, user, e) : err_set(e, ERR_LIMIT, "the table %.60s has too many columns", table);
	while (rc == ERR_OK && (got = sqlite3_step(st)) == SQLITE_ROW) {
		for (i = 0; i < columns; i++)
			read_value(st, i, &v[i]);
		rc = row(user, v, columns, e);
	}
	if (rc == ERR_OK && got != SQLITE_DONE)
		rc = sql_error(s, got, e);
	sqlite3_finalize(st);
	return rc;
}
