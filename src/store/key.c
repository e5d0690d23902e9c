/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/key.h"

#include <inttypes.h>
#include <stdio.h>

#include "store/sql.h"

#define COLUMNS "id, version, label, vendor, kind, fingerprint, base_url, host, region, state, why, created_us, last_used_us, last_check_us, calls, cost_pd, api, proxy, ca_file, rotated_us, expires_us"

static bool read_key(sqlite3_stmt *st, void *row)
{
	struct key *k = row;
	int kind = col_name(st, 4, key_kind_names, KEY_KINDS);
	int api = col_name(st, 16, key_api_names, KEY_APIS);
	int state = life_state(&key_life, (const char *)sqlite3_column_text(st, 9));

	k->id = col_int(st, 0);
	k->version = (int)col_int(st, 1);
	COL_TEXT(st, 2, k->label);
	COL_TEXT(st, 3, k->vendor);
	k->kind = (enum key_kind)kind;
	COL_TEXT(st, 5, k->fingerprint);
	COL_TEXT(st, 6, k->base_url);
	COL_TEXT(st, 7, k->host);
	COL_TEXT(st, 8, k->region);
	k->state = (enum key_state)state;
	COL_TEXT(st, 10, k->why);
	k->created_us = col_int(st, 11);
	k->last_used_us = col_int(st, 12);
	k->last_check_us = col_int(st, 13);
	k->calls = col_int(st, 14);
	k->cost_pd = col_int(st, 15);
	k->api = (enum key_api)api;
	COL_TEXT(st, 17, k->proxy);
	COL_TEXT(st, 18, k->ca_file);
	k->rotated_us = col_int(st, 19);
	k->expires_us = col_int(st, 20);
	return kind >= 0 && state >= 0 && api >= 0;
}

static const struct row_kind keys = {.size = sizeof(struct key), .read = read_key};

static enum err_code note(struct store *s, const char *kind, const char *who, int64_t id, int version, const char *fact, int64_t now_us, struct err *e)
{
	char ref[NAME_MAX_BYTES];
	struct hash what = hash_slice(slice_of(fact));

	return journal_add(s, kind, who, ref_text(ref, 'K', id, version), &what, now_us, e);
}

enum err_code key_add(struct store *s, struct key *k, const char *who, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	k->version = 1;
	rc = sql_run(s, e, "INSERT INTO key(version, label, vendor, kind, fingerprint, base_url, host, region, state, why, created_us, last_used_us, last_check_us, calls, cost_pd,"
		" removed_us, api, proxy, ca_file, rotated_us, expires_us) VALUES(1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, 0, 0, 0, ?, ?, ?, 0, ?)", "tttttttttiittti", k->label, k->vendor, key_kind_names[k->kind], k->fingerprint, k->base_url, k->host,
		k->region, life_name(&key_life, k->state), k->why, k->created_us, k->last_check_us, key_api_names[k->api], k->proxy, k->ca_file, k->expires_us);
	if (rc == ERR_CONFLICT)
		rc = err_set(e, rc, "there is a key labelled %s already", k->label);
	if (rc == ERR_OK) {
		k->id = sqlite3_last_insert_rowid(s->db);
		rc = note(s, "key_added", who, k->id, 1, k->fingerprint, k->created_us, e);
	}
	return store_end(s, rc, e);
}

enum err_code key_get(struct store *s, int64_t id, struct key *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM key WHERE id = ?", "i", id);

	return rc != ERR_OK ? rc : sql_fetch(s, st, &keys, out, e, "key K%" PRId64, id);
}

enum err_code key_by_label(struct store *s, const char *label, struct key *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM key WHERE label = ? AND removed_us = 0", "t", label);

	return rc != ERR_OK ? rc : sql_fetch(s, st, &keys, out, e, "key labelled %s", label);
}

enum err_code key_list(struct store *s, struct key *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM key WHERE removed_us = 0 ORDER BY id LIMIT ?", "d", limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &keys, rows, limit, n, e);
}

enum err_code key_move(struct store *s, int64_t id, enum key_state to, const char *why, int64_t now_us, struct err *e)
{
	struct key k;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = key_get(s, id, &k, e);
	if (rc == ERR_OK && k.state != to) {
		rc = life_check(&key_life, id, k.state, to, e);
		if (rc == ERR_OK)	/* only what changes the state is on record, not each good check */
			rc = note(s, life_name(&key_life, to), "worker", id, k.version, why, now_us, e);
	}
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE key SET state = ?, why = ? WHERE id = ?", "tti", life_name(&key_life, to), why, id);
	return store_end(s, rc, e);
}

enum err_code key_rotate(struct store *s, int64_t id, const char *fingerprint, enum key_kind kind, int64_t expires_us, const char *who, int64_t now_us, int *version, struct err *e)
{
	struct key k;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = key_get(s, id, &k, e);
	if (rc == ERR_OK && k.state != KEY_UNTESTED)
		rc = life_check(&key_life, id, k.state, KEY_UNTESTED, e);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE key SET version = version + 1, fingerprint = ?, kind = ?, expires_us = ?, rotated_us = ?, state = 'untested', why = ''"
			" WHERE id = ?", "ttiii", fingerprint, key_kind_names[kind], expires_us, now_us, id);
	if (rc == ERR_OK)
		rc = note(s, "key_rotated", who, id, k.version + 1, fingerprint, now_us, e);
	if (rc == ERR_OK)
		*version = k.version + 1;
	return store_end(s, rc, e);
}

enum err_code key_touch(struct store *s, int64_t id, int64_t used_us, int64_t checked_us, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "UPDATE key SET last_used_us = iif(?1 = 0, last_used_us, ?1), last_check_us = iif(?2 = 0, last_check_us, ?2) WHERE id = ?3", "iii", used_us, checked_us, id);
	return store_end(s, rc, e);
}

enum err_code key_remove(struct store *s, int64_t id, const char *who, int64_t now_us, struct err *e)
{
	struct key k;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = key_get(s, id, &k, e);
	if (rc == ERR_OK)
		rc = sealed_drop(s, "key", id, e);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE key SET state = 'retired', removed_us = ? WHERE id = ?", "ii", now_us, id);
	if (rc == ERR_OK)
		rc = note(s, "key_removed", who, id, k.version, k.fingerprint, now_us, e);
	return store_end(s, rc, e);
}

/* --- sealed values -------------------------------------------------------- */

enum err_code key_seal(struct store *s, int64_t id, int version, struct slice sealed, struct err *e)
{
	return sealed_put(s, "key", id, version, "", sealed, e);
}

enum err_code key_sealed(struct store *s, int64_t id, int version, struct buf *out, struct err *e)
{
	return sealed_get(s, "key", id, version, "", out, e);
}

enum err_code key_drop_old(struct store *s, int64_t id, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "DELETE FROM sealed WHERE kind = 'key' AND owner = ?1 AND version < (SELECT version FROM key WHERE id = ?1)", "i", id);
	return store_end(s, rc, e);
}

enum err_code sealed_put(struct store *s, const char *kind, int64_t owner, int version, const char *field, struct slice sealed, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "INSERT INTO sealed(kind, owner, version, field, bytes) VALUES(?, ?, ?, ?, ?) ON CONFLICT(kind, owner, version, field) DO UPDATE SET bytes = excluded.bytes",
		"tidts", kind, owner, version, field, &sealed);
	return store_end(s, rc, e);
}

/* One row's bytes (the last column) appended to out. */
static enum err_code bytes_of(struct store *s, sqlite3_stmt *st, int col, struct sealed_row *row, struct buf *out, const char *what, struct err *e)
{
	struct err own = {0};
	int got = sql_step(s, st, &own);

	if (got == 0)
		return err_set(e, ERR_MISSING, "there is no %s", what);
	if (got < 0) {
		if (e != NULL)
			*e = own;
		return own.code;
	}
	if (row != NULL) {
		row->id = col_int(st, 0);
		COL_TEXT(st, 1, row->kind);
		row->owner = col_int(st, 2);
		row->version = (int)col_int(st, 3);
		COL_TEXT(st, 4, row->field);
	}
	buf_add(out, sqlite3_column_blob(st, col), (size_t)sqlite3_column_bytes(st, col));
	sql_done(st);
	return out->over ? err_set(e, ERR_LIMIT, "a sealed value is too long") : ERR_OK;
}

enum err_code sealed_get(struct store *s, const char *kind, int64_t owner, int version, const char *field, struct buf *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT bytes FROM sealed WHERE kind = ? AND owner = ? AND version = ? AND field = ?", "tidt", kind, owner, version, field);

	return rc != ERR_OK ? rc : bytes_of(s, st, 0, NULL, out, "sealed value of it", e);
}

enum err_code sealed_drop(struct store *s, const char *kind, int64_t owner, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	return store_end(s, sql_run(s, e, "DELETE FROM sealed WHERE kind = ? AND owner = ?", "ti", kind, owner), e);
}

enum err_code sealed_next(struct store *s, int64_t after_id, struct sealed_row *row, struct buf *sealed, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT id, kind, owner, version, field, bytes FROM sealed WHERE id > ? ORDER BY id LIMIT 1", "i", after_id);

	return rc != ERR_OK ? rc : bytes_of(s, st, 5, row, sealed, "further sealed value", e);
}

enum err_code key_set_fingerprint(struct store *s, int64_t id, const char *fingerprint, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "UPDATE key SET fingerprint = ? WHERE id = ?", "ti", fingerprint, id);
	if (rc == ERR_OK && sqlite3_changes(s->db) != 1)
		rc = err_set(e, ERR_MISSING, "there is no key K%" PRId64, id);
	return store_end(s, rc, e);
}

enum err_code sealed_replace(struct store *s, int64_t id, struct slice sealed, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "UPDATE sealed SET bytes = ? WHERE id = ?", "si", &sealed, id);
	if (rc == ERR_OK && sqlite3_changes(s->db) != 1)
		rc = err_set(e, ERR_MISSING, "that sealed value is gone");
	return store_end(s, rc, e);
}
