/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/approval.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crash.h"
#include "base/memory.h"
#include "base/random.h"
#include "store/firing.h"
#include "store/sql.h"

#define DROPPED_AT_ONCE 16
#define COLUMNS "a.id, a.version, a.kind, a.state, a.goal, a.task, a.agent, a.tool_use_id, a.connector, a.tool, v.definition, a.effect, a.credential, v.target, v.summary," \
	" v.nonce, v.hash, v.bind, a.provenance, v.flags, a.worst_case_pd, a.created_us, a.expires_us, a.decided_us, a.fire_us, a.decided_by, a.reason, v.context, a.replaces," \
	" (SELECT mac FROM proposal p WHERE p.approval = a.id AND p.version = v.version), "
#define JOINED " JOIN version v ON v.approval = a.id AND v.version = a.version "
#define PAYLOAD 30		/* behind those */
#define LIST_FROM "SELECT " COLUMNS "NULL FROM approval a "
#define IS_OPEN "a.state IN ('pending', 'approved', 'holding', 'firing', 'unknown', 'changes_asked')"	/* word for word the index's */

static bool read_row(sqlite3_stmt *st, void *row)
{
	struct approval *a = row;
	int kind = col_name(st, 2, approval_kind_names, APPROVAL_KINDS);
	int state = life_state(&approval_life, (const char *)sqlite3_column_text(st, 3));
	int effect = effect_parse((const char *)sqlite3_column_text(st, 11));
	bool good;

	a->id = col_int(st, 0);
	a->version = (int)col_int(st, 1);
	a->kind = (enum approval_kind)kind;
	a->state = (enum approval_state)state;
	a->goal = col_int(st, 4);
	a->task = col_int(st, 5);
	COL_TEXT(st, 6, a->agent);
	COL_TEXT(st, 7, a->tool_use_id);
	COL_TEXT(st, 8, a->connector);
	COL_TEXT(st, 9, a->tool);
	good = col_hash(st, 10, &a->definition);
	a->effect = (enum effect)effect;
	a->credential = col_int(st, 12);
	COL_TEXT(st, 13, a->target);
	COL_TEXT(st, 14, a->summary);
	good = good && sqlite3_column_bytes(st, 15) == sizeof a->nonce;
	if (good)
		memcpy(a->nonce, sqlite3_column_blob(st, 15), sizeof a->nonce);
	good = good && col_hash(st, 16, &a->hash) && col_hash(st, 17, &a->bind);
	a->provenance = col_dup(st, 18);
	a->flags = col_dup(st, 19);
	a->worst_case_pd = col_int(st, 20);
	a->created_us = col_int(st, 21);
	a->expires_us = col_int(st, 22);
	a->decided_us = col_int(st, 23);
	a->fire_us = col_int(st, 24);
	COL_TEXT(st, 25, a->decided_by);
	COL_TEXT(st, 26, a->reason);
	a->context = col_dup(st, 27);
	a->replaces = col_int(st, 28);
	a->is_signed = sqlite3_column_type(st, 29) == SQLITE_BLOB && col_hash(st, 29, &a->mac);
	if (sqlite3_column_type(st, PAYLOAD) == SQLITE_BLOB) {
		a->payload_len = (size_t)sqlite3_column_bytes(st, PAYLOAD);
		a->payload = xmalloc(a->payload_len + 1);
		if (a->payload_len > 0)
			memcpy(a->payload, sqlite3_column_blob(st, PAYLOAD), a->payload_len);
		a->payload[a->payload_len] = '\0';
	}
	return good && kind >= 0 && state >= 0 && effect >= 0;
}

static void release(void *row) { approval_release(row); }
static const struct row_kind approvals = {.size = sizeof(struct approval), .read = read_row, .release = release};

static enum err_code put_version(struct store *s, struct approval *a, struct slice payload, int64_t now_us, struct err *e)
{
	struct slice nonce = {(const char *)a->nonce, sizeof a->nonce};
	struct slice bytes = {payload.p != NULL ? payload.p : "", payload.len};

	random_bytes(a->nonce, sizeof a->nonce);
	a->hash = hash_slice(bytes);
	a->bind = approval_bind(s->workspace, a);
	return sql_run(s, e, "INSERT INTO version VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "idhttnsshhin", a->id, a->version, &a->definition, a->target, a->summary, a->flags, &bytes,
		&nonce, &a->hash, &a->bind, now_us, a->context);
}

/* Both in one transaction: there is always one of the two to look at. */
static enum err_code supersede(struct store *s, const struct approval *a, struct err *e)
{
	char by[NAME_MAX_BYTES];
	struct approval old = {0};
	enum err_code rc = approval_get(s, a->replaces, false, &old, e);

	snprintf(by, sizeof by, "A%" PRId64 " came in its place", a->id);
	if (rc == ERR_OK && old.state != APPROVAL_CHANGES_ASKED)
		rc = err_set(e, ERR_ILLEGAL, "approval A%" PRId64 " is %s: nothing replaces it", old.id, life_name(&approval_life, old.state));
	if (rc == ERR_OK)
		rc = approval_move(s, old.id, old.version, APPROVAL_SUPERSEDED, a->agent, by, a->created_us, e);
	approval_release(&old);
	return rc;
}

enum err_code approval_add(struct store *s, struct approval *a, struct err *e)
{
	enum err_code rc;

	if (a->state != APPROVAL_PROPOSED && a->state != APPROVAL_PENDING)
		return err_set(e, ERR_ILLEGAL, "a new approval cannot be %s", life_name(&approval_life, a->state));
	rc = store_begin(s, e);
	if (rc != ERR_OK)
		return rc;
	a->version = 1;
	rc = sql_run(s, e, "INSERT INTO approval(version, kind, state, goal, task, agent, tool_use_id, connector, tool, effect, credential, provenance, worst_case_pd, created_us,"
		" expires_us, decided_us, fire_us, decided_by, reason, replaces) VALUES(1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, '', '', ?)", "ttiitttttiniiii", approval_kind_names[a->kind],
		life_name(&approval_life, a->state), a->goal, a->task, a->agent, a->tool_use_id, a->connector, a->tool, effect_names[a->effect], a->credential, a->provenance,
		a->worst_case_pd, a->created_us, a->expires_us, a->replaces);
	if (rc == ERR_OK) {
		a->id = sqlite3_last_insert_rowid(s->db);
		rc = put_version(s, a, slice_make(a->payload, a->payload_len), a->created_us, e);
	}
	if (rc == ERR_OK && a->replaces != 0)
		rc = supersede(s, a, e);
	crash_point("approval.added");
	return store_end(s, rc, e);
}

enum err_code approval_set_mac(struct store *s, int64_t id, const struct hash *mac, struct err *e)
{
	return sql_run(s, e, "INSERT OR REPLACE INTO proposal SELECT id, version, ? FROM approval WHERE id = ?", "hi", mac, id);
}

enum err_code approval_get(struct store *s, int64_t id, bool with_payload, struct approval *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	if (with_payload)
		rc = sql_query(s, &st, e, "SELECT " COLUMNS "v.payload FROM approval a" JOINED "WHERE a.id = ?", "i", id);
	else
		rc = sql_query(s, &st, e, LIST_FROM JOINED "WHERE a.id = ?", "i", id);
	return rc != ERR_OK ? rc : sql_fetch(s, st, &approvals, out, e, "approval A%" PRId64, id);
}

enum err_code approval_get_version(struct store *s, int64_t id, int version, struct approval *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " COLUMNS "v.payload FROM approval a JOIN version v ON v.approval = a.id AND v.version = ? WHERE a.id = ?", "di", version, id);

	if (rc == ERR_OK)
		rc = sql_fetch(s, st, &approvals, out, e, "version %d of approval A%" PRId64, version, id);
	if (rc == ERR_OK)
		out->version = version;
	return rc;
}

enum err_code approval_list(struct store *s, enum approval_filter which, int64_t before_id, struct approval *rows, int limit, int *n, struct err *e)
{
	static const char *const text[] = {
		[APPROVALS_PENDING] = LIST_FROM "INDEXED BY approval_pending" JOINED "WHERE a.state = 'pending' AND a.id > ? ORDER BY a.id LIMIT ?",
		[APPROVALS_OPEN] = LIST_FROM "INDEXED BY approval_open" JOINED "WHERE " IS_OPEN " AND a.id < ? ORDER BY a.id DESC LIMIT ?",
		[APPROVALS_ALL] = LIST_FROM JOINED "WHERE a.id < ? ORDER BY a.id DESC LIMIT ?",
		[APPROVALS_QUEUE] = LIST_FROM "INDEXED BY approval_queue" JOINED "WHERE a.state IN ('approved', 'holding') AND a.id > ? ORDER BY a.id LIMIT ?",
	};
	bool upwards = which == APPROVALS_PENDING || which == APPROVALS_QUEUE;
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, text[which], "id", before_id > 0 || upwards ? before_id : INT64_MAX, limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &approvals, rows, limit, n, e);
}

enum err_code approval_pending_on(struct store *s, enum approval_kind kind, const char *target, struct approval *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, LIST_FROM "INDEXED BY approval_pending" JOINED "WHERE a.state = 'pending' AND a.kind = ? AND v.target = ? ORDER BY a.id LIMIT 1", "tt",
		approval_kind_names[kind], target);

	return rc != ERR_OK ? rc : sql_fetch(s, st, &approvals, out, e, "a question about %s", target);
}

enum err_code approval_page(struct store *s, bool all, int skip, struct approval *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	/* the ids first, from the index alone: what is skipped is never read */
	rc = sql_query(s, &st, e, all ? LIST_FROM JOINED "WHERE a.id IN (SELECT id FROM approval ORDER BY id DESC LIMIT ? OFFSET ?) ORDER BY a.id DESC" :
		LIST_FROM JOINED "WHERE a.id IN (SELECT a.id FROM approval a INDEXED BY approval_open WHERE " IS_OPEN " ORDER BY a.id DESC LIMIT ? OFFSET ?) ORDER BY a.id DESC", "dd", limit, skip);
	return rc != ERR_OK ? rc : sql_list(s, st, &approvals, rows, limit, n, e);
}

enum err_code approval_count_open(struct store *s, bool all, int *count, int *unknown, struct err *e)
{
	int64_t n = 0, u = 0;
	enum err_code rc = sql_int(s, &n, e, all ? "SELECT count(*) FROM approval" : "SELECT count(*) FROM approval a INDEXED BY approval_open WHERE " IS_OPEN, "");

	if (rc == ERR_OK)
		rc = sql_int(s, &u, e, "SELECT count(*) FROM approval INDEXED BY approval_unknown WHERE state = 'unknown'", "");
	*count = (int)n;
	*unknown = (int)u;
	return rc;
}

enum err_code approval_list_unknown(struct store *s, struct approval *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, LIST_FROM "INDEXED BY approval_unknown" JOINED "WHERE a.state = 'unknown' ORDER BY a.id LIMIT ?", "d", limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &approvals, rows, limit, n, e);
}

enum err_code approval_list_of_task(struct store *s, int64_t task, struct approval *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, LIST_FROM "INDEXED BY approval_task" JOINED "WHERE a.task = ? AND a.task > 0 ORDER BY a.id DESC LIMIT ?", "id", task, limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &approvals, rows, limit, n, e);
}

enum err_code approval_changes_asked(struct store *s, int64_t task, enum approval_kind kind, const char *connector, const char *tool, struct approval *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, LIST_FROM "INDEXED BY approval_task" JOINED "WHERE a.task = ? AND a.task > 0 AND a.state = 'changes_asked' AND a.kind = ? AND a.connector = ?"
		" AND a.tool = ? ORDER BY a.id LIMIT 1", "ittt", task, approval_kind_names[kind], connector, tool);

	return rc != ERR_OK ? rc : sql_fetch(s, st, &approvals, out, e, "a call of %s.%s whose changes were asked for", connector, tool);
}

enum err_code approval_count_pending(struct store *s, int *count, int64_t *oldest_us, struct err *e)
{
	int64_t n = 0;
	enum err_code rc = sql_int(s, &n, e, "SELECT count(*) FROM approval INDEXED BY approval_pending WHERE state = 'pending'", "");

	*count = (int)n;
	*oldest_us = 0;
	if (rc == ERR_OK && n > 0)
		rc = sql_int(s, oldest_us, e, "SELECT created_us FROM approval INDEXED BY approval_pending WHERE state = 'pending' ORDER BY id LIMIT 1", "");
	return rc;
}

enum err_code approvals_due(struct store *s, int64_t now_us, struct approval *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, LIST_FROM "INDEXED BY approval_queue" JOINED "WHERE a.state IN ('approved', 'holding') AND a.fire_us <= ? ORDER BY a.id LIMIT ?", "id", now_us, limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &approvals, rows, limit, n, e);
}

enum err_code approvals_next_due(struct store *s, int64_t *at_us, struct err *e)
{
	return sql_int(s, at_us, e, "SELECT coalesce(min(max(fire_us, 1)), 0) FROM approval INDEXED BY approval_queue WHERE state IN ('approved', 'holding')", "");
}

enum err_code approvals_expired(struct store *s, int64_t now_us, struct approval *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, LIST_FROM "INDEXED BY approval_expires" JOINED "WHERE a.state = 'pending' AND a.expires_us > 0 AND a.expires_us <= ? ORDER BY a.expires_us LIMIT ?",
		"id", now_us, limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &approvals, rows, limit, n, e);
}

enum err_code approvals_next_expiry(struct store *s, int64_t *at_us, struct err *e)
{
	return sql_int(s, at_us, e, "SELECT coalesce(min(expires_us), 0) FROM approval INDEXED BY approval_expires WHERE state = 'pending' AND expires_us > 0", "");
}

enum err_code approval_count_armed(struct store *s, int *count, struct err *e)
{
	int64_t n = 0;
	enum err_code rc = sql_int(s, &n, e, "SELECT count(*) FROM approval a INDEXED BY approval_open WHERE " IS_OPEN
		" AND state IN ('approved', 'holding', 'firing')", "");

	*count = (int)n;
	return rc;
}

/* --- after the first version ---------------------------------------------- */

static void replace_text(char **text, const char *with)
{
	free(*text);
	*text = with != NULL ? xstrdup(with) : NULL;
}

enum err_code approval_new_version(struct store *s, int64_t id, int version, struct slice payload, const char *summary, const char *flags, const char *context, const char *who,
	int64_t now_us, struct approval *out, struct err *e)
{
	char ref[NAME_MAX_BYTES];
	struct approval a = {0};
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = approval_get_current(s, id, version, &a, e);
	if (rc == ERR_OK && a.state != APPROVAL_PENDING && a.state != APPROVAL_FAILED)
		rc = err_set(e, ERR_ILLEGAL, "approval A%" PRId64 " is %s and cannot be edited", id, life_name(&approval_life, a.state));
	if (rc == ERR_OK) {
		a.version++;
		a.state = APPROVAL_PENDING;
		if (summary != NULL)
			snprintf(a.summary, sizeof a.summary, "%s", summary);
		if (flags != NULL)
			replace_text(&a.flags, flags);
		replace_text(&a.context, context);
		a.decided_us = a.fire_us = 0;
		a.decided_by[0] = a.reason[0] = '\0';
		rc = put_version(s, &a, payload, now_us, e);
	}
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE approval SET version = ?, state = 'pending', decided_us = 0, decided_by = '', fire_us = 0, reason = '' WHERE id = ?", "di", a.version, id);
	if (rc == ERR_OK)
		rc = journal_add(s, "edited", who, ref_text(ref, 'A', id, a.version), &a.bind, now_us, e);
	rc = store_end(s, rc, e);
	if (rc == ERR_OK && out != NULL)
		*out = a;
	else
		approval_release(&a);
	return rc;
}

enum err_code approval_drop_asked(struct store *s, int64_t task, const char *who, int64_t now_us, struct err *e)
{
	struct approval rows[DROPPED_AT_ONCE];
	sqlite3_stmt *st;
	int n = 0, i;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	do {
		rc = sql_query(s, &st, e, LIST_FROM "INDEXED BY approval_task" JOINED "WHERE a.task = ? AND a.task > 0 AND a.state = 'changes_asked' ORDER BY a.id LIMIT ?", "id", task, DROPPED_AT_ONCE);
		if (rc == ERR_OK)
			rc = sql_list(s, st, &approvals, rows, DROPPED_AT_ONCE, &n, e);
		for (i = 0; i < n; i++) {
			if (rc == ERR_OK)
				rc = approval_move(s, rows[i].id, rows[i].version, APPROVAL_WITHDRAWN, who, "its task ended without a new version", now_us, e);
			approval_release(&rows[i]);
		}
	} while (rc == ERR_OK && n == DROPPED_AT_ONCE);
	return store_end(s, rc, e);
}
