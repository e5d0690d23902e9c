/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/price.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/rollup.h"
#include "store/sql.h"

void price_record_release(struct price_record *r)
{
	free(r->body);
	memset(r, 0, sizeof *r);
}

static bool read_head(sqlite3_stmt *st, void *row)
{
	struct price_record *r = row;
	int kind = col_name(st, 1, price_kind_names, PRICE_KINDS);

	*r = (struct price_record){.id = col_int(st, 0), .kind = (enum price_kind)kind, .added_us = col_int(st, 4), .removed_us = col_int(st, 5)};
	COL_TEXT(st, 2, r->title);
	COL_TEXT(st, 3, r->who);
	return kind >= 0;
}

static const struct row_kind heads = {.size = sizeof(struct price_record), .read = read_head};

enum err_code price_add(struct store *s, struct price_record *r, struct err *e)
{
	char ref[NAME_MAX_BYTES];
	struct hash what;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "INSERT INTO price(kind, title, body, who, added_us, removed_us) VALUES(?, ?, ?, ?, ?, 0)", "tttti", price_kind_names[r->kind], r->title, r->body,
		r->who, r->added_us);
	r->id = sqlite3_last_insert_rowid(s->db);
	what = hash_bytes(r->body, strlen(r->body));
	if (rc == ERR_OK)
		rc = journal_add(s, "price", r->who, ref_text(ref, 'P', r->id, 0), &what, r->added_us, e);
	return store_end(s, rc, e);
}

enum err_code price_remove(struct store *s, int64_t id, const char *who, int64_t now_us, struct err *e)
{
	char ref[NAME_MAX_BYTES];
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "UPDATE price SET removed_us = ? WHERE id = ? AND removed_us = 0", "ii", now_us, id);
	if (rc == ERR_OK && sqlite3_changes(s->db) != 1) {
		err_set(e, ERR_MISSING, "there is no price %lld of yours", (long long)id);
		rc = err_mend(e, ERR_MISSING, "`claviger price list` lists them");
	}
	if (rc == ERR_OK)
		rc = journal_add(s, "price_removed", who, ref_text(ref, 'P', id, 0), NULL, now_us, e);
	return store_end(s, rc, e);
}

enum err_code price_list(struct store *s, int64_t after_id, struct price_record *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT id, kind, title, who, added_us, removed_us FROM price INDEXED BY price_live WHERE removed_us = 0 AND id > ? ORDER BY id LIMIT ?", "id",
		after_id, limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &heads, rows, limit, n, e);
}

enum err_code price_state(struct store *s, int64_t *state, struct err *e)
{
	/* each document adds its id once it is there, and one more once it is gone: the sum only rises */
	return sql_int(s, state, e, "SELECT coalesce(sum(id + (removed_us > 0)), 0) FROM price", "");
}

enum err_code price_book(struct store *s, const struct book *base, enum price_kind upto, struct book **out, struct err *e)
{
	struct book *b = book_copy(base);
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT id, kind, body FROM price INDEXED BY price_live WHERE removed_us = 0 ORDER BY id", "");
	int got = 0;

	*out = NULL;
	while (rc == ERR_OK && (got = sql_step(s, st, e)) == 1) {
		int kind = col_name(st, 1, price_kind_names, PRICE_KINDS);

		if (kind < 0 || kind > (int)upto)
			continue;
		rc = book_parse(b, slice_make(sqlite3_column_text(st, 2), (size_t)sqlite3_column_bytes(st, 2)), e);
		if (rc != ERR_OK) {
			err_context(e, "price P%lld of this workspace", (long long)col_int(st, 0));
			sql_done(st);
		}
	}
	if (rc == ERR_OK && got < 0)
		rc = e != NULL ? e->code : ERR_IO;
	if (rc == ERR_OK)
		*out = b;
	else
		book_free(b);
	return rc;
}

enum err_code price_youngest(struct store *s, const char *today, char from[BOOK_DATE], int *count, struct err *e)
{
	struct err own = {0};
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT body FROM price INDEXED BY price_live WHERE removed_us = 0 ORDER BY id", "");
	int got;

	from[0] = '\0';
	*count = 0;
	if (rc != ERR_OK)
		return rc;
	while ((got = sql_step(s, st, &own)) == 1) {
		book_youngest(slice_make(sqlite3_column_text(st, 0), (size_t)sqlite3_column_bytes(st, 0)), today, from);
		*count += 1;
	}
	if (got < 0 && e != NULL)
		*e = own;
	return got < 0 ? own.code : ERR_OK;
}

enum err_code price_month(struct store *s, const char *vendor, int64_t now_us, int64_t *month_pd, struct err *e)
{
	int64_t first, last;

	window_days(WINDOW_MONTH, now_us, &first, &last);
	return rollup_spent(s, SCOPE_VENDOR, vendor, first, last, month_pd, e);
}
