/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/crm/book/book.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

struct book {
	sqlite3 *db;
};

/* --- the file ------------------------------------------------------------------------- */

static enum err_code broken(struct book *b, struct err *e)
{
	return err_set(e, ERR_IO, "the book of records: %s", sqlite3_errmsg(b->db));
}

static enum err_code script(struct book *b, const char *sql, struct err *e)
{
	return sqlite3_exec(b->db, sql, NULL, NULL, NULL) == SQLITE_OK ? ERR_OK : broken(b, e);
}

static const char schema[] =
	"PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA trusted_schema=OFF;"
	"BEGIN IMMEDIATE;"
	"CREATE TABLE IF NOT EXISTS record(id INTEGER PRIMARY KEY AUTOINCREMENT, kind INTEGER NOT NULL, revision INTEGER NOT NULL,"
	" created_us INTEGER NOT NULL, updated_us INTEGER NOT NULL) STRICT;"
	"CREATE TABLE IF NOT EXISTS field(record INTEGER NOT NULL REFERENCES record(id), name TEXT NOT NULL, value TEXT NOT NULL,"
	" PRIMARY KEY(record, name)) STRICT, WITHOUT ROWID;"
	"CREATE INDEX IF NOT EXISTS field_value ON field(name, value COLLATE NOCASE);"
	"CREATE TABLE IF NOT EXISTS note(id INTEGER PRIMARY KEY AUTOINCREMENT, record INTEGER NOT NULL REFERENCES record(id), at_us INTEGER NOT NULL,"
	" task INTEGER NOT NULL, text TEXT NOT NULL) STRICT;"
	"CREATE INDEX IF NOT EXISTS note_record ON note(record, id);"
	"CREATE TABLE IF NOT EXISTS receipt(key TEXT PRIMARY KEY, json TEXT NOT NULL) STRICT, WITHOUT ROWID;"
	"PRAGMA user_version=1;"
	"COMMIT;";

enum err_code book_open(struct book **out, const char *path, struct err *e)
{
	struct book *b = xcalloc(1, sizeof *b);
	enum err_code code = ERR_OK;

	if (sqlite3_open_v2(path, &b->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW, NULL) != SQLITE_OK) {
		code = err_set(e, ERR_IO, "the book of records cannot be opened");
	} else {
		sqlite3_busy_timeout(b->db, 5000);
		code = script(b, schema, e);
	}
	if (code != ERR_OK) {
		book_close(b);
		b = NULL;
	}
	*out = b;
	return code;
}

void book_close(struct book *b)
{
	if (b == NULL)
		return;
	sqlite3_close(b->db);
	free(b);
}

static sqlite3_stmt *prepare(struct book *b, const char *sql)
{
	sqlite3_stmt *st = NULL;

	return sqlite3_prepare_v2(b->db, sql, -1, &st, NULL) == SQLITE_OK ? st : NULL;
}

static void bind_text(sqlite3_stmt *st, int at, const char *text)
{
	sqlite3_bind_text(st, at, text, -1, SQLITE_TRANSIENT);
}

/* Runs to its end, and finalises it. */
static enum err_code finish(struct book *b, sqlite3_stmt *st, struct err *e)
{
	int rc = st != NULL ? sqlite3_step(st) : SQLITE_ERROR;

	if (sqlite3_finalize(st) != SQLITE_OK || (rc != SQLITE_DONE && rc != SQLITE_ROW))
		return broken(b, e);
	return ERR_OK;
}

enum err_code book_begin(struct book *b, struct err *e)
{
	return script(b, "BEGIN IMMEDIATE", e);
}

enum err_code book_end(struct book *b, enum err_code code, struct err *e)
{
	if (code == ERR_OK)
		code = script(b, "COMMIT", e);
	if (code != ERR_OK && !sqlite3_get_autocommit(b->db))
		(void)script(b, "ROLLBACK", NULL);
	return code;
}

/* --- reading ---------------------------------------------------------------------------- */

/* st's row: id, kind, revision, created_us, updated_us. */
static enum err_code read_record(struct book *b, sqlite3_stmt *st, struct record *out, struct err *e)
{
	sqlite3_stmt *fields = prepare(b, "SELECT name, value FROM field WHERE record = ? ORDER BY name");
	int kind = sqlite3_column_int(st, 1);

	*out = (struct record){.id = sqlite3_column_int64(st, 0), .kind = (enum record_kind)kind, .revision = sqlite3_column_int64(st, 2),
		.created_us = sqlite3_column_int64(st, 3), .updated_us = sqlite3_column_int64(st, 4)};
	if (fields == NULL || kind < 0 || kind >= RECORD_KINDS) {
		sqlite3_finalize(fields);
		return broken(b, e);
	}
	sqlite3_bind_int64(fields, 1, out->id);
	while (sqlite3_step(fields) == SQLITE_ROW)
		err_ignore(record_set(out, (const char *)sqlite3_column_text(fields, 0), (const char *)sqlite3_column_text(fields, 1), NULL));
	if (sqlite3_finalize(fields) == SQLITE_OK)
		return ERR_OK;
	record_release(out);
	return broken(b, e);
}

enum err_code book_get(struct book *b, enum record_kind kind, int64_t id, struct record *out, struct err *e)
{
	sqlite3_stmt *st = prepare(b, "SELECT id, kind, revision, created_us, updated_us FROM record WHERE id = ? AND kind = ?");
	enum err_code code;
	int rc;

	*out = (struct record){.fields_n = 0};
	if (st == NULL)
		return broken(b, e);
	sqlite3_bind_int64(st, 1, id);
	sqlite3_bind_int(st, 2, (int)kind);
	rc = sqlite3_step(st);
	code = rc == SQLITE_ROW ? read_record(b, st, out, e) : rc == SQLITE_DONE ? err_set(e, ERR_MISSING, "there is no %s/%" PRId64, record_kind_names[kind], id) : broken(b, e);
	sqlite3_finalize(st);
	return code;
}

enum err_code book_twin(struct book *b, const struct record *r, int64_t *id, struct err *e)
{
	const char *name = r->kind == RECORD_CONTACT && record_get(r, "email") != NULL ? "email" : record_titles[r->kind];
	sqlite3_stmt *st = prepare(b, "SELECT f.record FROM field f JOIN record r ON r.id = f.record WHERE f.name = ? AND f.value = ? COLLATE NOCASE"
		" AND r.kind = ? AND r.id <> ? LIMIT 1");

	*id = 0;
	if (st == NULL)
		return broken(b, e);
	bind_text(st, 1, name);
	bind_text(st, 2, record_get(r, name) != NULL ? record_get(r, name) : "");
	sqlite3_bind_int(st, 3, (int)r->kind);
	sqlite3_bind_int64(st, 4, r->id);
	if (sqlite3_step(st) == SQLITE_ROW)
		*id = sqlite3_column_int64(st, 0);
	return sqlite3_finalize(st) == SQLITE_OK ? ERR_OK : broken(b, e);
}

/* Text between two %, the pattern's own characters taken literally. */
static char *like_of(const char *text)
{
	struct buf b;

	buf_init(&b, 0);
	buf_addc(&b, '%');
	for (; *text != '\0'; text++) {
		if (*text == '%' || *text == '_' || *text == '\\')
			buf_addc(&b, '\\');
		buf_addc(&b, *text);
	}
	buf_addc(&b, '%');
	return buf_take(&b);
}

enum err_code book_search(struct book *b, const struct book_filter *f, crm_row *row, void *user, bool *more, struct err *e)
{
	sqlite3_stmt *st = prepare(b, "SELECT id, kind, revision, created_us, updated_us FROM record r WHERE id > ?1 AND (?2 < 0 OR kind = ?2) AND updated_us >= ?3"
		" AND (?4 IS NULL OR EXISTS(SELECT 1 FROM field WHERE record = r.id AND value LIKE ?4 ESCAPE '\\'))"
		" AND (?5 IS NULL OR EXISTS(SELECT 1 FROM field WHERE record = r.id AND name = ?5 AND value = ?6 COLLATE NOCASE)) ORDER BY id LIMIT ?7");
	char *like = f->text != NULL ? like_of(f->text) : NULL;
	enum err_code code = ERR_OK;
	int n = 0, rc = SQLITE_ERROR;

	*more = false;
	if (st != NULL) {
		sqlite3_bind_int64(st, 1, f->after_id);
		sqlite3_bind_int(st, 2, f->kind);
		sqlite3_bind_int64(st, 3, f->changed_since_us);
		bind_text(st, 4, like);
		bind_text(st, 5, f->field);
		bind_text(st, 6, f->value);
		sqlite3_bind_int(st, 7, f->limit + 1);
		while (code == ERR_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
			struct record r;

			if (n++ == f->limit) {
				*more = true;
				rc = SQLITE_DONE;
				break;
			}
			code = read_record(b, st, &r, e);
			if (code == ERR_OK) {
				row(user, &r);
				record_release(&r);
			}
		}
	}
	sqlite3_finalize(st);
	free(like);
	return code == ERR_OK && rc != SQLITE_DONE ? broken(b, e) : code;
}

enum err_code book_notes(struct book *b, int64_t record, crm_note *note, void *user, struct err *e)
{
	sqlite3_stmt *st = prepare(b, "SELECT at_us, text FROM (SELECT id, at_us, text FROM note WHERE record = ? ORDER BY id DESC LIMIT 100) ORDER BY id");

	if (st == NULL)
		return broken(b, e);
	sqlite3_bind_int64(st, 1, record);
	while (sqlite3_step(st) == SQLITE_ROW)
		note(user, sqlite3_column_int64(st, 0), (const char *)sqlite3_column_text(st, 1));
	return sqlite3_finalize(st) == SQLITE_OK ? ERR_OK : broken(b, e);
}

/* --- changing ---------------------------------------------------------------------------- */

static enum err_code put_fields(struct book *b, const struct record *r, struct err *e)
{
	sqlite3_stmt *st = prepare(b, "DELETE FROM field WHERE record = ?");
	enum err_code code;
	int i;

	if (st != NULL)
		sqlite3_bind_int64(st, 1, r->id);
	code = finish(b, st, e);
	for (i = 0; code == ERR_OK && i < r->fields_n; i++) {
		st = prepare(b, "INSERT INTO field(record, name, value) VALUES(?, ?, ?)");
		if (st != NULL) {
			sqlite3_bind_int64(st, 1, r->id);
			bind_text(st, 2, r->fields[i].name);
			bind_text(st, 3, r->fields[i].value);
		}
		code = finish(b, st, e);
	}
	return code;
}

enum err_code book_add(struct book *b, struct record *r, int64_t now_us, struct err *e)
{
	sqlite3_stmt *st = prepare(b, "INSERT INTO record(kind, revision, created_us, updated_us) VALUES(?, 1, ?2, ?2)");
	enum err_code code;

	if (st != NULL) {
		sqlite3_bind_int(st, 1, (int)r->kind);
		sqlite3_bind_int64(st, 2, now_us);
	}
	code = finish(b, st, e);
	r->id = sqlite3_last_insert_rowid(b->db);
	r->revision = 1;
	return code == ERR_OK ? put_fields(b, r, e) : code;
}

static enum err_code touch(struct book *b, int64_t id, int64_t now_us, struct err *e)
{
	sqlite3_stmt *st = prepare(b, "UPDATE record SET revision = revision + 1, updated_us = ? WHERE id = ?");

	if (st != NULL) {
		sqlite3_bind_int64(st, 1, now_us);
		sqlite3_bind_int64(st, 2, id);
	}
	return finish(b, st, e);
}

enum err_code book_put(struct book *b, struct record *r, int64_t now_us, struct err *e)
{
	enum err_code code = touch(b, r->id, now_us, e);

	r->revision++;
	return code == ERR_OK ? put_fields(b, r, e) : code;
}

enum err_code book_add_note(struct book *b, int64_t record, const char *text, int64_t task, int64_t now_us, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code code;

	if (text[0] == '\0' || strlen(text) > NOTE_MAX || text_holds_control(text))
		return err_set(e, ERR_USAGE, "a note must be text of 1 to %d bytes", NOTE_MAX);
	st = prepare(b, "INSERT INTO note(record, at_us, task, text) VALUES(?, ?, ?, ?)");
	if (st != NULL) {
		sqlite3_bind_int64(st, 1, record);
		sqlite3_bind_int64(st, 2, now_us);
		sqlite3_bind_int64(st, 3, task);
		bind_text(st, 4, text);
	}
	code = finish(b, st, e);
	return code == ERR_OK ? touch(b, record, now_us, e) : code;
}

enum err_code book_keep_receipt(struct book *b, const char *key, const char *json, struct err *e)
{
	sqlite3_stmt *st = prepare(b, "INSERT INTO receipt(key, json) VALUES(?, ?)");

	if (st != NULL) {
		bind_text(st, 1, key);
		bind_text(st, 2, json);
	}
	return finish(b, st, e);
}

bool book_receipt(struct book *b, const char *key, struct buf *json)
{
	sqlite3_stmt *st = prepare(b, "SELECT json FROM receipt WHERE key = ?");
	bool found;

	if (st == NULL)
		return false;
	bind_text(st, 1, key);
	found = sqlite3_step(st) == SQLITE_ROW;
	if (found)
		buf_adds(json, (const char *)sqlite3_column_text(st, 0));
	sqlite3_finalize(st);
	return found;
}
