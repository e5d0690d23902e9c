/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/request.h"

#include <inttypes.h>

#include "base/crash.h"
#include "store/lease.h"
#include "store/sql.h"

#define COLUMNS "id, kind, state, ref, asked_us, ended_us, code, answer, args"

static bool read_request(sqlite3_stmt *st, void *row)
{
	struct request *r = row;
	int kind = col_name(st, 1, request_kind_names, REQUEST_KINDS);
	int state = life_state(&request_life, (const char *)sqlite3_column_text(st, 2));

	r->id = col_int(st, 0);
	r->kind = (enum request_kind)kind;
	r->state = (enum request_state)state;
	r->ref = col_int(st, 3);
	r->asked_us = col_int(st, 4);
	r->ended_us = col_int(st, 5);
	r->code = (enum err_code)col_int(st, 6);
	COL_TEXT(st, 7, r->answer);
	COL_TEXT(st, 8, r->args);
	return kind >= 0 && state >= 0 && r->code < ERR_CODES;
}

static const struct row_kind requests = {.size = sizeof(struct request), .read = read_request};

enum err_code request_ask(struct store *s, enum request_kind kind, int64_t ref, const char *args, int64_t now_us, int64_t *id, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "INSERT INTO request(kind, state, ref, asked_us, ended_us, epoch, code, answer, args) VALUES(?, 'asked', ?, ?, 0, 0, 0, '', ?)", "tiit", request_kind_names[kind],
		ref, now_us, args);
	if (rc == ERR_OK)
		*id = sqlite3_last_insert_rowid(s->db);
	return store_end(s, rc, e);
}

enum err_code request_get(struct store *s, int64_t id, struct request *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM request WHERE id = ?", "i", id);

	return rc != ERR_OK ? rc : sql_fetch(s, st, &requests, out, e, "request Q%" PRId64, id);
}

static enum err_code first_asked(struct store *s, struct request *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM request INDEXED BY request_asked WHERE state = 'asked' ORDER BY id LIMIT 1", "");

	return rc != ERR_OK ? rc : sql_fetch(s, st, &requests, out, e, "request that waits");
}

enum err_code request_next(struct store *s, int64_t epoch, int64_t now_us, struct request *out, struct err *e)
{
	enum err_code rc = first_asked(s, out, e);

	(void)now_us;
	if (rc != ERR_OK)
		return rc;
	rc = store_begin(s, e);
	if (rc != ERR_OK)
		return rc;
	rc = lease_check(s, epoch, e);
	if (rc == ERR_OK)
		rc = first_asked(s, out, e);	/* again: it may have been withdrawn just now */
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE request SET state = 'taken', epoch = ? WHERE id = ?", "ii", epoch, out->id);
	rc = store_end(s, rc, e);
	if (rc == ERR_OK)
		out->state = REQUEST_TAKEN;
	crash_point("request.taken");
	return rc;
}

/* From a state to another, if it is in it; the outcome goes with it. */
static enum err_code end(struct store *s, int64_t id, enum request_state to, enum err_code code, const char *answer, int64_t now_us, struct err *e)
{
	struct request r;
	enum err_code rc = request_get(s, id, &r, e);

	if (rc == ERR_OK && to == REQUEST_WITHDRAWN && r.state != REQUEST_ASKED)
		rc = err_set(e, ERR_CONFLICT, "request Q%" PRId64 " is %s already", id, life_name(&request_life, r.state));
	if (rc == ERR_OK)
		rc = life_check(&request_life, id, r.state, to, e);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE request SET state = ?, code = ?, answer = ?, ended_us = ? WHERE id = ?", "tdtii", life_name(&request_life, to), (int)code, answer, now_us, id);
	return rc;
}

enum err_code request_end(struct store *s, int64_t id, int64_t epoch, enum err_code code, const char *answer, int64_t now_us, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = lease_check(s, epoch, e);
	if (rc == ERR_OK)
		rc = end(s, id, code == ERR_OK ? REQUEST_DONE : REQUEST_FAILED, code, answer, now_us, e);
	return store_end(s, rc, e);
}

enum err_code request_withdraw(struct store *s, int64_t id, int64_t now_us, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	return rc != ERR_OK ? rc : store_end(s, end(s, id, REQUEST_WITHDRAWN, ERR_OK, "", now_us, e), e);
}
