/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/sql.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* SQLite's own message may quote what is in the file, so it is never passed on. */
static enum err_code in_words(const struct store *s, int code, struct err *e)
{
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return err_set(e, ERR_CONFLICT, "the database is busy");
	case SQLITE_FULL:
		err_set(e, ERR_IO, "disk full: nothing of this was written to %s", s->folder);
		return err_mend(e, ERR_IO, "free some space there and try again");
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return sql_damaged(e);
	case SQLITE_NOMEM:
		return err_set(e, ERR_MEMORY, "the database is out of memory");
	case SQLITE_CONSTRAINT:
		return code == SQLITE_CONSTRAINT_TRIGGER ? err_set(e, ERR_ILLEGAL, "the database refuses to change what is on record")
			: code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ? err_set(e, ERR_CONFLICT, "there is one already")
			: code == SQLITE_CONSTRAINT_FOREIGNKEY ? err_set(e, ERR_MISSING, "it refers to a record that is not there")
			: err_set(e, ERR_ILLEGAL, "the database refuses a value (%d)", code);
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_CANTOPEN:
		return err_set(e, ERR_IO, "the database in %s cannot be written: %s", s->folder, sqlite3_errstr(code));
	default:
		return err_set(e, ERR_IO, "the database in %s: %s (%d)", s->folder, sqlite3_errstr(code), code);
	}
}

/* What no other statement would fare better with. */
static bool is_of_the_disk(int kind)
{
	switch (kind) {
	case SQLITE_FULL: case SQLITE_IOERR: case SQLITE_READONLY: case SQLITE_PERM: case SQLITE_CANTOPEN:
	case SQLITE_CORRUPT: case SQLITE_NOTADB: case SQLITE_BUSY: case SQLITE_LOCKED:
		return true;
	default:
		return false;
	}
}

enum err_code sql_error(struct store *s, int code, struct err *e)
{
	struct err own = {0};
	enum err_code rc = in_words(s, code, &own);

	if (is_of_the_disk(code & 0xff)) {
		s->stumbled = true;
		if (s->depth > 0)
			s->fault = own;
	}
	if (e != NULL)
		*e = own;
	return rc;
}

enum err_code sql_damaged(struct err *e)
{
	err_set(e, ERR_PROTO, "the database is damaged, or is not a Claviger database");
	return err_mend(e, ERR_PROTO, "restore a backup: claviger workspace restore FILE");
}

static sqlite3_stmt *prepared(struct store *s, const char *text, struct err *e)
{
	size_t i = ((uintptr_t)text >> 3) % STATEMENTS;
	size_t tried;
	int rc;

	for (tried = 0; tried < STATEMENTS && s->cache[i].text != NULL; tried++, i = (i + 1) % STATEMENTS)
		if (s->cache[i].text == text)
			return s->cache[i].st;
	if (tried == STATEMENTS) {
		err_set(e, ERR_LIMIT, "too many kinds of statements");
		return NULL;
	}
	rc = sqlite3_prepare_v3(s->db, text, -1, SQLITE_PREPARE_PERSISTENT, &s->cache[i].st, NULL);
	if (rc != SQLITE_OK) {
		sql_error(s, sqlite3_extended_errcode(s->db), e);
		return NULL;
	}
	s->cache[i].text = text;
	return s->cache[i].st;
}

static void bind(sqlite3_stmt *st, const char *types, va_list ap)
{
	int i;

	for (i = 1; *types != '\0'; types++, i++) {
		const struct slice *b;
		const char *t;

		switch (*types) {
		case 'i':
			sqlite3_bind_int64(st, i, va_arg(ap, int64_t));
			break;
		case 'd':
			sqlite3_bind_int(st, i, va_arg(ap, int));
			break;
		case 't':
		case 'n':
			t = va_arg(ap, const char *);
			sqlite3_bind_text(st, i, t != NULL || *types == 'n' ? t : "", -1, SQLITE_STATIC);
			break;
		case 'h':
			sqlite3_bind_blob(st, i, va_arg(ap, const struct hash *)->b, HASH_BYTES, SQLITE_STATIC);
			break;
		case 's':
			b = va_arg(ap, const struct slice *);
			if (b->p != NULL)
				sqlite3_bind_blob64(st, i, b->p, b->len, SQLITE_STATIC);
			else
				sqlite3_bind_null(st, i);
			break;
		}
	}
}

static enum err_code query(struct store *s, sqlite3_stmt **st, struct err *e, const char *text, const char *types, va_list ap)
{
	*st = prepared(s, text, e);
	if (*st == NULL)
		return e != NULL && e->code != ERR_OK ? e->code : ERR_IO;
	bind(*st, types, ap);
	return ERR_OK;
}

enum err_code sql_query(struct store *s, sqlite3_stmt **st, struct err *e, const char *text, const char *types, ...)
{
	enum err_code rc;
	struct err own = {0};
	va_list ap;

	va_start(ap, types);
	rc = query(s, st, &own, text, types, ap);
	va_end(ap);
	if (rc != ERR_OK && e != NULL)
		*e = own;
	return rc;
}

void sql_done(sqlite3_stmt *st)
{
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);	/* they point into the caller's memory */
}

int sql_step(struct store *s, sqlite3_stmt *st, struct err *e)
{
	int rc = sqlite3_step(st);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		sql_error(s, sqlite3_extended_errcode(s->db), e);
	sql_done(st);
	return rc == SQLITE_DONE ? 0 : -1;
}

enum err_code sql_run(struct store *s, struct err *e, const char *text, const char *types, ...)
{
	struct err own = {0};
	sqlite3_stmt *st;
	enum err_code rc;
	va_list ap;
	int got;

	va_start(ap, types);
	rc = query(s, &st, &own, text, types, ap);
	va_end(ap);
	if (rc == ERR_OK) {
		while ((got = sql_step(s, st, &own)) == 1)
			;
		rc = got == 0 ? ERR_OK : own.code;
	}
	if (rc != ERR_OK && e != NULL)
		*e = own;
	return rc;
}

enum err_code sql_int(struct store *s, int64_t *out, struct err *e, const char *text, const char *types, ...)
{
	struct err own = {0};
	sqlite3_stmt *st;
	enum err_code rc;
	va_list ap;
	int got;

	va_start(ap, types);
	rc = query(s, &st, &own, text, types, ap);
	va_end(ap);
	if (rc == ERR_OK) {
		got = sql_step(s, st, &own);
		if (got == 1) {
			*out = sqlite3_column_int64(st, 0);
			sql_done(st);
		}
		rc = got == 1 ? ERR_OK : got == 0 ? err_set(&own, ERR_MISSING, "no such record") : own.code;
	}
	if (rc != ERR_OK && e != NULL)
		*e = own;
	return rc;
}

enum err_code sql_script(struct store *s, const char *text, struct err *e)
{
	return sqlite3_exec(s->db, text, NULL, NULL, NULL) == SQLITE_OK ? ERR_OK : sql_error(s, sqlite3_extended_errcode(s->db), e);
}

enum err_code sql_list(struct store *s, sqlite3_stmt *st, const struct row_kind *k, void *rows, int limit, int *n, struct err *e)
{
	struct err own = {0};
	enum err_code rc = ERR_OK;
	char *at = rows;
	int got = 0;

	*n = 0;
	while (*n < limit && (got = sql_step(s, st, &own)) == 1) {
		memset(at, 0, k->size);
		*n += 1;
		if (!k->read(st, at)) {
			rc = sql_damaged(&own);
			break;
		}
		at += k->size;
	}
	if (got == 1)
		sql_done(st);
	else if (got < 0)
		rc = own.code;
	if (limit <= 0)
		sql_done(st);
	if (rc != ERR_OK && e != NULL)
		*e = own;
	for (; rc != ERR_OK && *n > 0; *n -= 1)
		if (k->release != NULL)
			k->release((char *)rows + (size_t)(*n - 1) * k->size);
	return rc;
}

enum err_code sql_fetch(struct store *s, sqlite3_stmt *st, const struct row_kind *k, void *row, struct err *e, const char *what, ...)
{
	int n;
	char words[TITLE_MAX_BYTES];
	enum err_code rc = sql_list(s, st, k, row, 1, &n, e);
	va_list ap;

	if (rc != ERR_OK || n == 1)
		return rc;
	memset(row, 0, k->size);
	va_start(ap, what);
	vsnprintf(words, sizeof words, what, ap);
	va_end(ap);
	return err_set(e, ERR_MISSING, "there is no %s", words);
}

void col_text(sqlite3_stmt *st, int col, char *out, size_t size)
{
	const unsigned char *t = sqlite3_column_text(st, col);

	snprintf(out, size, "%s", t != NULL ? (const char *)t : "");
}

char *col_dup(sqlite3_stmt *st, int col)
{
	const unsigned char *t = sqlite3_column_text(st, col);

	return t != NULL ? xstrdup((const char *)t) : NULL;
}

bool col_hash(sqlite3_stmt *st, int col, struct hash *out)
{
	if (sqlite3_column_bytes(st, col) != HASH_BYTES)
		return false;
	memcpy(out->b, sqlite3_column_blob(st, col), HASH_BYTES);
	return true;
}

int col_name(sqlite3_stmt *st, int col, const char *const *names, int count)
{
	const char *t = (const char *)sqlite3_column_text(st, col);
	int i;

	for (i = 0; t != NULL && i < count; i++)
		if (strcmp(names[i], t) == 0)
			return i;
	return -1;
}

const char *ref_text(char out[NAME_MAX_BYTES], char letter, int64_t id, int version)
{
	if (version > 0)
		snprintf(out, NAME_MAX_BYTES, "%c%" PRId64 "v%d", letter, id, version);
	else
		snprintf(out, NAME_MAX_BYTES, "%c%" PRId64, letter, id);
	return out;
}
