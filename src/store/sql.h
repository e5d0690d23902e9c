/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sql.h - how the files of this room talk to SQLite. Nobody else includes it (but this room's tests).
 *
 * Statements are prepared once per connection and found by the address of their
 * text: pass string literals. Binding types: i int64_t, d int or enum, t text
 * (NULL is ''), n text or NULL, h const struct hash *, s const struct slice * (a blob;
 * p NULL is NULL). A query is stepped to its end or given to sql_done(). */
#ifndef STORE_SQL_H
#define STORE_SQL_H

#include <sqlite3.h>
#include <stdarg.h>

#include "base/builtin.h"
#include "base/hash.h"
#include "base/slice.h"
#include "model/move.h"
#include "model/record.h"
#include "store/journal.h"
#include "store/store.h"

#define STATEMENTS 512	/* a power of two, above the number of literals in the room */

struct store {
	sqlite3 *db;
	char *folder;
	enum store_mode mode;
	int depth;		/* of transactions */
	bool is_soon;		/* the open transaction was begun by store_begin_soon() */
	bool behind;		/* something committed is not on the disk yet */
	bool disk_failed;
	struct err fault;	/* store_fault() */
	bool stumbled;		/* store_stumbled() */
	int changes;		/* of the connection, when the transaction began */
	int gate_fd, tick_fd, watch_fd, lease_fd;
	int64_t seen;		/* data_version at the last store_changed() */
	char workspace[33], name[NAME_MAX_BYTES], zone[NAME_MAX_BYTES];
	journal_mac *mac;
	void *mac_user;
	struct {
		const char *text;
		sqlite3_stmt *st;
	} cache[STATEMENTS];
};

/* --- errors: SQLite's code in our words --------------------------------- */
enum err_code sql_error(struct store *s, int code, struct err *e);
enum err_code sql_damaged(struct err *e);

/* --- statements --------------------------------------------------------- */
MUST_USE enum err_code sql_query(struct store *s, sqlite3_stmt **st, struct err *e, const char *text, const char *types, ...);
/* 1 a row, 0 the end, -1 failed (*e filled); after 0 and -1 the statement is reset. */
int sql_step(struct store *s, sqlite3_stmt *st, struct err *e);
void sql_done(sqlite3_stmt *st);
/* No rows come back. */
MUST_USE enum err_code sql_run(struct store *s, struct err *e, const char *text, const char *types, ...);
/* First column of the first row; ERR_MISSING (with no words) if there is no row. */
MUST_USE enum err_code sql_int(struct store *s, int64_t *out, struct err *e, const char *text, const char *types, ...);
/* Several statements at once, for pragmas and migrations. */
MUST_USE enum err_code sql_script(struct store *s, const char *text, struct err *e);

/* --- records ------------------------------------------------------------ */
struct row_kind {
	size_t size;
	bool (*read)(sqlite3_stmt *st, void *row);	/* false: the row is damaged */
	void (*release)(void *row);			/* may be NULL */
};
/* Both take over st. After a failure *n is 0 and nothing is owned. */
MUST_USE enum err_code sql_list(struct store *s, sqlite3_stmt *st, const struct row_kind *k, void *rows, int limit, int *n, struct err *e);
/* ERR_MISSING "there is no WHAT" when there is no row. */
MUST_USE enum err_code sql_fetch(struct store *s, sqlite3_stmt *st, const struct row_kind *k, void *row, struct err *e, const char *what, ...) PRINTF_LIKE(6, 7);

/* --- columns ------------------------------------------------------------ */
void col_text(sqlite3_stmt *st, int col, char *out, size_t size);
#define COL_TEXT(st, col, array) col_text(st, col, array, sizeof(array))
char *col_dup(sqlite3_stmt *st, int col);	/* NULL stays NULL */
bool col_hash(sqlite3_stmt *st, int col, struct hash *out);
/* Index of the word in names; -1 if it is none of them. */
int col_name(sqlite3_stmt *st, int col, const char *const *names, int count);
static inline int64_t col_int(sqlite3_stmt *st, int col) { return sqlite3_column_int64(st, col); }

/* Ends the operation's own transaction: commit if rc is ERR_OK, else roll back; gives what came of it. */
MUST_USE enum err_code store_end(struct store *s, enum err_code rc, struct err *e);

/* --- opening (schema.c is made from *.sql) ------------------------------- */
extern const struct builtin store_sql[];
/* Bring the database to the table's last version; fresh: it has none yet. */
MUST_USE enum err_code schema_bring(struct store *s, const struct builtin *table, bool fresh, struct err *e);
int schema_last(const struct builtin *table);
MUST_USE enum err_code gate_enter(struct store *s, struct err *e);
void gate_leave(struct store *s);

/* --- shared by aggregates ----------------------------------------------- */
/* "A7v1" and the like into out. */
static inline const char *number_text(char out[24], int64_t n)
{
	sqlite3_snprintf(24, out, "%lld", (long long)n);
	return out;
}
const char *ref_text(char out[NAME_MAX_BYTES], char letter, int64_t id, int version);

#endif
