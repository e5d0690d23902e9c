/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/incident.h"

#include <inttypes.h>
#include <stdio.h>

#include "store/sql.h"

#define COLUMNS "id, kind, ref, text, at_us, resolved_us, resolution, cap_scope, cap_ref, cap_win, need_pd"

static bool read_incident(sqlite3_stmt *st, void *row)
{
	struct incident *i = row;

	i->id = col_int(st, 0);
	COL_TEXT(st, 1, i->kind);
	COL_TEXT(st, 2, i->ref);
	COL_TEXT(st, 3, i->text);
	i->at_us = col_int(st, 4);
	i->resolved_us = col_int(st, 5);
	COL_TEXT(st, 6, i->resolution);
	i->has_cap = col_name(st, 7, cap_scope_names, CAP_SCOPES) >= 0;
	i->scope = i->has_cap ? (enum cap_scope)col_name(st, 7, cap_scope_names, CAP_SCOPES) : SCOPE_WORKSPACE;
	COL_TEXT(st, 8, i->cap_ref);
	i->window = i->has_cap ? (enum cap_window)col_name(st, 9, cap_window_names, CAP_WINDOWS) : WINDOW_DAY;
	i->need_pd = col_int(st, 10);
	return (int)i->window >= 0;
}

static const struct row_kind incidents = {.size = sizeof(struct incident), .read = read_incident};

static enum err_code insert(struct store *s, struct incident *i, struct err *e)
{
	enum err_code rc = sql_run(s, e, "INSERT INTO incident(kind, ref, text, at_us, resolved_us, resolution, cap_scope, cap_ref, cap_win, need_pd)"
		" VALUES(?, ?, ?, ?, 0, '', ?, ?, ?, ?)", "tttittti", i->kind, i->ref, i->text, i->at_us, i->has_cap ? cap_scope_names[i->scope] : "",
		i->cap_ref, i->has_cap ? cap_window_names[i->window] : "", i->need_pd);

	if (rc == ERR_OK)
		i->id = sqlite3_last_insert_rowid(s->db);
	return rc;
}

enum err_code incident_add_once(struct store *s, struct incident *i, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_int(s, &i->id, e, "SELECT id FROM incident INDEXED BY incident_ref WHERE kind = ? AND ref = ? LIMIT 1", "tt", i->kind, i->ref);
	if (rc == ERR_MISSING)
		rc = insert(s, i, e);
	return store_end(s, rc, e);
}

enum err_code incident_add(struct store *s, struct incident *i, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_int(s, &i->id, e, "SELECT id FROM incident INDEXED BY incident_open WHERE kind = ? AND ref = ? AND resolved_us = 0", "tt", i->kind, i->ref);
	if (rc == ERR_MISSING)
		rc = insert(s, i, e);
	else if (rc == ERR_OK && i->has_cap)	/* how high it would have to be is what the last one says */
		rc = sql_run(s, e, "UPDATE incident SET text = ?, need_pd = ? WHERE id = ?", "tii", i->text, i->need_pd, i->id);
	return store_end(s, rc, e);
}

enum err_code incident_get(struct store *s, int64_t id, struct incident *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM incident WHERE id = ?", "i", id);

	return rc != ERR_OK ? rc : sql_fetch(s, st, &incidents, out, e, "incident %" PRId64, id);
}

enum err_code incident_list(struct store *s, bool open_only, struct incident *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	if (open_only)
		rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM incident INDEXED BY incident_open WHERE resolved_us = 0 ORDER BY id DESC LIMIT ?", "d", limit);
	else
		rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM incident ORDER BY id DESC LIMIT ?", "d", limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &incidents, rows, limit, n, e);
}

enum err_code incident_resolve(struct store *s, int64_t id, const char *as, const char *who, int64_t now_us, struct err *e)
{
	char words[TITLE_MAX_BYTES];
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	snprintf(words, sizeof words, "%.60s, by %.180s", as, who);
	rc = sql_run(s, e, "UPDATE incident SET resolved_us = ?, resolution = ? WHERE id = ? AND resolved_us = 0", "iti", now_us, words, id);
	if (rc == ERR_OK && sqlite3_changes(s->db) != 1)
		rc = err_set(e, ERR_MISSING, "there is no open incident %" PRId64, id);
	return store_end(s, rc, e);
}

enum err_code incident_close(struct store *s, const char *kind, const char *ref, const char *as, const char *who, int64_t now_us, struct err *e)
{
	char words[TITLE_MAX_BYTES];
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	snprintf(words, sizeof words, "%.60s, by %.180s", as, who);
	rc = sql_run(s, e, "UPDATE incident INDEXED BY incident_open SET resolved_us = ?, resolution = ? WHERE kind = ? AND ref = ? AND resolved_us = 0", "ittt", now_us, words, kind, ref);
	return store_end(s, rc, e);
}
