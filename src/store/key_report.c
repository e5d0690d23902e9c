/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/key_report.h"

#include <string.h>

#include "store/sql.h"

enum err_code key_report_limit(struct store *s, int64_t key, const struct key_limit *l, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "INSERT INTO key_limit(key, kind, lim, remaining, at_us) VALUES(?, ?, ?, ?, ?)"
		" ON CONFLICT(key, kind) DO UPDATE SET lim = excluded.lim, remaining = excluded.remaining, at_us = excluded.at_us",
		"itiii", key, l->kind, l->limit, l->remaining, l->at_us);
	return store_end(s, rc, e);
}

enum err_code key_report_service(struct store *s, int64_t key, const char *service, int64_t now_us, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "INSERT INTO key_report(key, service, service_us, trouble, trouble_text, trouble_us) VALUES(?, ?, ?, '', '', 0)"
		" ON CONFLICT(key) DO UPDATE SET service = excluded.service, service_us = excluded.service_us", "iti", key, service, now_us);
	return store_end(s, rc, e);
}

enum err_code key_report_trouble(struct store *s, int64_t key, const char *trouble, const char *text, int64_t now_us, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "INSERT INTO key_report(key, service, service_us, trouble, trouble_text, trouble_us) VALUES(?, '', 0, ?, ?, ?)"
		" ON CONFLICT(key) DO UPDATE SET trouble = excluded.trouble, trouble_text = excluded.trouble_text, trouble_us = excluded.trouble_us",
		"itti", key, trouble, text, now_us);
	return store_end(s, rc, e);
}

static bool read_limit(sqlite3_stmt *st, void *row)
{
	struct key_limit *l = row;

	COL_TEXT(st, 0, l->kind);
	l->limit = col_int(st, 1);
	l->remaining = col_int(st, 2);
	l->at_us = col_int(st, 3);
	return true;
}

static bool read_report(sqlite3_stmt *st, void *row)
{
	struct key_report *r = row;

	COL_TEXT(st, 0, r->service);
	r->service_us = col_int(st, 1);
	COL_TEXT(st, 2, r->trouble);
	COL_TEXT(st, 3, r->trouble_text);
	r->trouble_us = col_int(st, 4);
	return true;
}

static const struct row_kind limits = {.size = sizeof(struct key_limit), .read = read_limit};
static const struct row_kind reports = {.size = sizeof(struct key_report), .read = read_report};

enum err_code key_report_get(struct store *s, int64_t key, struct key_report *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT service, service_us, trouble, trouble_text, trouble_us FROM key_report WHERE key = ?", "i", key);
	int n = 0;

	memset(out, 0, sizeof *out);
	if (rc == ERR_OK)
		rc = sql_fetch(s, st, &reports, out, e, "report on the key");
	if (rc == ERR_MISSING) {
		err_clear(e);
		rc = ERR_OK;
	}
	out->key = key;
	if (rc == ERR_OK)
		rc = sql_query(s, &st, e, "SELECT kind, lim, remaining, at_us FROM key_limit WHERE key = ? ORDER BY kind LIMIT ?", "id", key, KEY_LIMITS_MAX);
	if (rc == ERR_OK)
		rc = sql_list(s, st, &limits, out->limit, KEY_LIMITS_MAX, &n, e);
	out->limits_n = n;
	return rc;
}
