/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/question.h"

#include <inttypes.h>
#include <stdlib.h>

#include "store/sql.h"

#define COLUMNS "id, connector, tool, task, message, schema, state, answer, who, why, asked_us, until_us, ended_us, mac"

static bool read_question(sqlite3_stmt *st, void *row)
{
	struct question *q = row;
	int state = life_state(&question_life, (const char *)sqlite3_column_text(st, 6));

	q->id = col_int(st, 0);
	COL_TEXT(st, 1, q->connector);
	COL_TEXT(st, 2, q->tool);
	q->task = col_int(st, 3);
	q->message = col_dup(st, 4);
	q->schema = col_dup(st, 5);
	q->state = (enum question_state)state;
	q->answer = col_dup(st, 7);
	COL_TEXT(st, 8, q->who);
	COL_TEXT(st, 9, q->why);
	q->asked_us = col_int(st, 10);
	q->until_us = col_int(st, 11);
	q->ended_us = col_int(st, 12);
	return state >= 0 && col_hash(st, 13, &q->mac);
}

static void release(void *row) { question_release(row); }
static const struct row_kind questions = {.size = sizeof(struct question), .read = read_question, .release = release};

enum err_code question_add(struct store *s, struct question *q, int64_t epoch, struct err *e)
{
	static const struct hash none;
	char ref[NAME_MAX_BYTES];
	struct hash what;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "INSERT INTO question(connector, tool, task, message, schema, state, asked_us, until_us, epoch, mac) VALUES(?, ?, ?, ?, ?, 'open', ?, ?, ?, ?)", "ttittiiih",
		q->connector, q->tool, q->task, q->message, q->schema, q->asked_us, q->until_us, epoch, &none);
	if (rc == ERR_OK) {
		q->id = sqlite3_last_insert_rowid(s->db);
		what = question_hash(s->workspace, q);
		rc = journal_add(s, "question", q->connector, ref_text(ref, 'Q', q->id, 0), &what, q->asked_us, e);
	}
	return store_end(s, rc, e);
}

enum err_code question_get(struct store *s, int64_t id, struct question *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM question WHERE id = ?", "i", id);

	return rc != ERR_OK ? rc : sql_fetch(s, st, &questions, out, e, "question Q%" PRId64, id);
}

enum err_code question_list(struct store *s, bool open_only, struct question *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	if (open_only)
		rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM question INDEXED BY question_open WHERE state = 'open' ORDER BY id LIMIT ?", "d", limit);
	else
		rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM question ORDER BY id DESC LIMIT ?", "d", limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &questions, rows, limit, n, e);
}

enum err_code question_count(struct store *s, int *n, int64_t *oldest_us, struct err *e)
{
	int64_t count = 0;
	enum err_code rc = sql_int(s, &count, e, "SELECT count(*) FROM question INDEXED BY question_open WHERE state = 'open'", "");

	*oldest_us = 0;
	if (rc == ERR_OK && count > 0)
		rc = sql_int(s, oldest_us, e, "SELECT asked_us FROM question INDEXED BY question_open WHERE state = 'open' ORDER BY id LIMIT 1", "");
	*n = (int)count;
	return rc;
}

static enum err_code put_end(struct store *s, const struct question *q, const struct hash *what, struct err *e)
{
	char ref[NAME_MAX_BYTES];
	enum err_code rc = sql_run(s, e, "UPDATE question SET state = ?, answer = ?, who = ?, why = ?, ended_us = ?, mac = ? WHERE id = ?", "tnttihi", life_name(&question_life, (int)q->state),
		q->answer, q->who, q->why, q->ended_us, &q->mac, q->id);

	return rc == ERR_OK ? journal_add(s, "answer", q->who[0] != '\0' ? q->who : "worker", ref_text(ref, 'Q', q->id, 0), what, q->ended_us, e) : rc;
}

enum err_code question_answer(struct store *s, const struct question *q, struct err *e)
{
	struct question now = {0};
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = question_get(s, q->id, &now, e);
	if (rc == ERR_OK && now.state != QUESTION_OPEN)
		rc = err_set(e, ERR_CONFLICT, "question Q%" PRId64 " is %s already", q->id, life_name(&question_life, (int)now.state));
	if (rc == ERR_OK)
		rc = put_end(s, q, &q->mac, e);	/* the MAC covers the answer, and says nothing of it */
	question_release(&now);
	return store_end(s, rc, e);
}

enum err_code question_end(struct store *s, int64_t id, enum question_state state, const char *why, int64_t now_us, struct err *e)
{
	struct question q = {0};
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = question_get(s, id, &q, e);
	if (rc == ERR_OK && life_allows(&question_life, (int)q.state, (int)state) && (q.state == QUESTION_OPEN || q.answer != NULL)) {
		free(q.answer);
		q.answer = NULL;
		q.state = state;
		q.ended_us = now_us;
		q.who[0] = '\0';
		sqlite3_snprintf((int)sizeof q.why, q.why, "%s", why);
		rc = put_end(s, &q, NULL, e);
	}
	question_release(&q);
	return store_end(s, rc, e);
}

enum err_code question_handed(struct store *s, int64_t id, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	return store_end(s, sql_run(s, e, "UPDATE question SET answer = NULL WHERE id = ?", "i", id), e);
}
