/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/rule.h"

#include <inttypes.h>
#include <stdio.h>

#include "store/sql.h"

#define ENDED_MAX 32
#define COLUMNS "id, agent, tool, definition, effect, patterns, uses, used, max_pd, until_us, slot, person, created_us, revoked_us, mac"
#define LIVE "revoked_us = 0 AND (until_us = 0 OR until_us > ?1) AND (uses = 0 OR used < uses)"

static bool read_rule(sqlite3_stmt *st, void *row)
{
	struct rule *r = row;
	int effect = effect_parse((const char *)sqlite3_column_text(st, 4));

	r->id = col_int(st, 0);
	COL_TEXT(st, 1, r->agent);
	COL_TEXT(st, 2, r->tool);
	r->effect = (enum effect)effect;
	r->patterns = col_dup(st, 5);
	r->uses = col_int(st, 6);
	r->used = col_int(st, 7);
	r->max_pd = col_int(st, 8);
	r->until_us = col_int(st, 9);
	r->slot = (int)col_int(st, 10);
	COL_TEXT(st, 11, r->person);
	r->created_us = col_int(st, 12);
	r->revoked_us = col_int(st, 13);
	return effect >= 0 && col_hash(st, 3, &r->definition) && col_hash(st, 14, &r->mac);
}

static void release(void *row) { rule_release(row); }
static const struct row_kind rules = {.size = sizeof(struct rule), .read = read_rule, .release = release};

enum err_code rule_add(struct store *s, struct rule *r, int64_t now_us, struct err *e)
{
	char ref[NAME_MAX_BYTES];
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "INSERT INTO rule(agent, tool, definition, effect, patterns, uses, used, max_pd, until_us, slot, person, created_us, revoked_us, mac)"
		" VALUES(?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, ?, 0, ?)", "tthtniiidtih", r->agent, r->tool, &r->definition, effect_names[r->effect], r->patterns, r->uses, r->max_pd, r->until_us,
		r->slot, r->person, r->created_us, &r->mac);
	if (rc == ERR_OK) {
		r->id = sqlite3_last_insert_rowid(s->db);
		rc = journal_add(s, "rule", r->person, ref_text(ref, 'R', r->id, 0), &r->mac, now_us, e);
	}
	if (rc == ERR_OK)
		rc = journal_sign_head(s, now_us, e);
	return store_end(s, rc, e);
}

enum err_code rule_get(struct store *s, int64_t id, struct rule *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM rule WHERE id = ?", "i", id);

	return rc != ERR_OK ? rc : sql_fetch(s, st, &rules, out, e, "rule R%" PRId64, id);
}

enum err_code rule_list(struct store *s, bool live_only, int64_t now_us, struct rule *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	if (live_only)
		rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM rule INDEXED BY rule_live WHERE " LIVE " ORDER BY id DESC LIMIT ?2", "id", now_us, limit);
	else
		rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM rule ORDER BY id DESC LIMIT ?", "d", limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &rules, rows, limit, n, e);
}

enum err_code rule_list_for(struct store *s, const char *agent, const char *tool, int64_t now_us, struct rule *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM rule INDEXED BY rule_live WHERE " LIVE " AND agent = ?2 AND tool = ?3 ORDER BY id LIMIT ?4", "ittd", now_us, agent, tool, limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &rules, rows, limit, n, e);
}

/* The last thing the journal says of it must be that a person made it, or signed it anew. */
static enum err_code check_journal(struct store *s, int64_t id, struct err *e)
{
	char ref[NAME_MAX_BYTES];
	int64_t n = 0;
	enum err_code rc = sql_int(s, &n, e, "SELECT count(*) FROM rule r WHERE r.id = ? AND (SELECT j.kind IN ('rule', 'rule_signed') AND j.what = r.mac FROM journal j INDEXED BY journal_ref"
		" WHERE j.ref = ? AND j.kind <> 'call' ORDER BY j.seq DESC LIMIT 1)", "it", id, ref_text(ref, 'R', id, 0));

	return rc == ERR_OK && n != 1 ? err_set(e, ERR_REFUSED, "rule R%" PRId64 " decides nothing: the journal does not know it as it is", id) : rc;
}

enum err_code rule_use(struct store *s, int64_t id, int64_t now_us, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = check_journal(s, id, e);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE rule SET used = used + 1 WHERE " LIVE " AND id = ?2 AND (uses = 0 OR uses > (SELECT count(*) FROM decision INDEXED BY decision_rule WHERE rule = ?2 AND rule > 0))",
			"ii", now_us, id);
	if (rc == ERR_OK && sqlite3_changes(s->db) != 1)
		rc = err_set(e, ERR_REFUSED, "rule R%" PRId64 " is over, used up or revoked", id);
	return store_end(s, rc, e);
}

enum err_code rule_revoke(struct store *s, int64_t id, const char *who, int64_t now_us, struct err *e)
{
	char ref[NAME_MAX_BYTES];
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "UPDATE rule SET revoked_us = ? WHERE id = ? AND revoked_us = 0", "ii", now_us, id);
	if (rc == ERR_OK && sqlite3_changes(s->db) != 1)
		rc = err_set(e, ERR_MISSING, "there is no standing rule R%" PRId64, id);
	if (rc == ERR_OK)
		rc = journal_add(s, "rule_revoked", who, ref_text(ref, 'R', id, 0), NULL, now_us, e);
	return store_end(s, rc, e);
}

enum err_code rule_end_like(struct store *s, const char *agent, const char *tool, const char *who, int64_t now_us, int *n, struct err *e)
{
	struct rule rows[ENDED_MAX] = {0};
	enum err_code rc = store_begin(s, e);
	int i;

	*n = 0;
	if (rc != ERR_OK)
		return rc;
	rc = rule_list_for(s, agent, tool, now_us, rows, ENDED_MAX, n, e);
	for (i = 0; i < *n; i++) {
		if (rc == ERR_OK)
			rc = rule_revoke(s, rows[i].id, who, now_us, e);
		rule_release(&rows[i]);
	}
	return store_end(s, rc, e);
}

static bool read_id(sqlite3_stmt *st, void *row)
{
	*(int64_t *)row = col_int(st, 0);
	return true;
}

enum err_code rule_decided(struct store *s, int64_t id, int64_t *approvals, int limit, int *n, struct err *e)
{
	static const struct row_kind ids = {.size = sizeof(int64_t), .read = read_id};
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT approval FROM decision INDEXED BY decision_rule WHERE rule = ? AND rule > 0 ORDER BY id DESC LIMIT ?", "id", id, limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &ids, approvals, limit, n, e);
}

enum err_code rule_streak(struct store *s, const char *agent, const char *connector, const char *tool, int *n, struct err *e)
{
	struct err own = {0};
	sqlite3_stmt *st;
	bool goes_on = true;
	int got = 0;
	enum err_code rc = sql_query(s, &st, e, "SELECT a.agent = ?3, a.version, d.verdict, d.rule FROM approval a INDEXED BY approval_like JOIN decision d ON d.approval = a.id AND d.version = a.version"
		" WHERE a.connector = ?1 AND a.tool = ?2 AND a.decided_us > 0 ORDER BY a.decided_us DESC, d.id DESC LIMIT 20", "ttt", connector, tool, agent);

	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while (goes_on && (got = sql_step(s, st, &own)) == 1) {
		if (col_int(st, 0) == 0)
			continue;	/* another agent's */
		goes_on = col_int(st, 1) == 1 && col_int(st, 2) == VERDICT_APPROVE && col_int(st, 3) == 0;
		*n += goes_on;
	}
	if (!goes_on)
		sql_done(st);
	if (got < 0 && e != NULL)
		*e = own;
	return got < 0 ? own.code : ERR_OK;
}

enum err_code rule_set_mac(struct store *s, int64_t id, const struct hash *mac, struct err *e)
{
	char ref[NAME_MAX_BYTES];
	struct journal_entry head;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "UPDATE rule SET mac = ? WHERE id = ?", "hi", mac, id);
	if (rc == ERR_OK && sqlite3_changes(s->db) != 1)
		rc = err_set(e, ERR_MISSING, "there is no rule R%" PRId64, id);
	if (rc == ERR_OK)
		rc = journal_head(s, &head, e);	/* of the same transaction: its time is near enough */
	if (rc == ERR_OK)
		rc = journal_add(s, "rule_signed", "", ref_text(ref, 'R', id, 0), mac, head.at_us, e);
	return store_end(s, rc, e);
}
