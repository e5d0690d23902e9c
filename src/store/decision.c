/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decisions: written once, never changed. Where two persons are asked for, the
 * first approval leaves the question open and stands beside it; the second, by
 * another slot of the vault, approves it. What stands is read off the journal:
 * the decisions on a version since something else was last said of it. */
#include "store/decision.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/crash.h"
#include "base/date.h"
#include "store/firing.h"
#include "store/sql.h"

#define DECISION "d.id, d.approval, d.version, d.verdict, d.hash, d.bind, d.slot, d.person, d.place, d.reason, d.rule, d.at_us, d.mac, d.shown_ms, d.said"

static bool read_decision(sqlite3_stmt *st, void *row)
{
	struct decision *d = row;

	d->id = col_int(st, 0);
	d->approval = col_int(st, 1);
	d->version = (int)col_int(st, 2);
	d->verdict = (enum verdict)col_int(st, 3);
	d->slot = (int)col_int(st, 6);
	COL_TEXT(st, 7, d->person);
	COL_TEXT(st, 8, d->where);
	COL_TEXT(st, 9, d->reason);
	d->rule = col_int(st, 10);
	d->at_us = col_int(st, 11);
	d->shown_ms = col_int(st, 13);
	COL_TEXT(st, 14, d->said);
	return d->verdict < VERDICTS && col_hash(st, 4, &d->hash) && col_hash(st, 5, &d->bind) && col_hash(st, 12, &d->mac);
}

static const struct row_kind decisions = {.size = sizeof(struct decision), .read = read_decision};

struct hash decision_hash(const struct store *s, const struct decision *d)
{
	struct buf b;
	struct hash h;

	buf_init(&b, 0);
	decision_bytes(s->workspace, d, &b);
	buf_add(&b, d->mac.b, sizeof d->mac.b);
	h = hash_slice(buf_slice(&b));
	buf_release(&b);
	return h;
}

/* --- decisions ------------------------------------------------------------ */

static enum err_code check_decision(const struct approval *a, const struct decision *d, struct err *e)
{
	if (a->version != d->version || !hash_same(&a->hash, &d->hash) || !hash_same(&a->bind, &d->bind))
		return err_set(e, ERR_CONFLICT, "approval A%" PRId64 " has changed since it was looked at", a->id);
	if (a->state != APPROVAL_PENDING)	/* a no that comes second is no decision either: there is undo */
		return approval_decided_err(a, e);
	if (d->rule > 0 && d->persons > 1)
		return err_set(e, ERR_REFUSED, "a rule does not decide what two persons are asked about");
	return ERR_OK;
}

enum err_code approval_decided_err(const struct approval *a, struct err *e)
{
	char at[DATE_TEXT];

	if (a->decided_us == 0)
		return err_set(e, ERR_CONFLICT, "approval A%" PRId64 " is %s already", a->id, life_name(&approval_life, a->state));
	date_rfc3339(a->decided_us, at);
	return err_set(e, ERR_CONFLICT, "approval A%" PRId64 " is %s already: by %.80s, %.19sZ", a->id, life_name(&approval_life, a->state), a->decided_by, at);
}

/* Of the journal's last words on a version: the decisions, up to anything else but a try to fire. */
static enum err_code said_of(struct store *s, const char *ref, struct hash *what, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT kind, what FROM journal INDEXED BY journal_ref WHERE ref = ? AND kind <> 'call' ORDER BY seq DESC", "t", ref);
	int got = 0;

	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while (*n < limit && (got = sql_step(s, st, e)) == 1) {
		char kind[NAME_MAX_BYTES];

		COL_TEXT(st, 0, kind);
		if (strcmp(kind, "decision") == 0)
			*n += col_hash(st, 1, &what[*n]);
		else if (strcmp(kind, "firing") != 0 && strcmp(kind, "unfired") != 0)
			break;
	}
	if (got == 1)
		sql_done(st);
	return got < 0 ? (e != NULL ? e->code : ERR_IO) : ERR_OK;
}

enum err_code decisions_in_force(struct store *s, int64_t approval, int version, struct decision rows[DECISIONS_MAX], int *n, struct err *e)
{
	struct decision all[DECISIONS_MAX * 2];
	struct hash what[DECISIONS_MAX];
	char ref[NAME_MAX_BYTES];
	sqlite3_stmt *st;
	int said = 0, all_n = 0, i, k;
	enum err_code rc = said_of(s, ref_text(ref, 'A', approval, version), what, DECISIONS_MAX, &said, e);

	*n = 0;
	if (rc == ERR_OK)
		rc = sql_query(s, &st, e, "SELECT " DECISION " FROM decision d WHERE approval = ? AND version = ? ORDER BY id DESC LIMIT ?", "idd", approval, version, (int)LENGTH(all));
	if (rc == ERR_OK)
		rc = sql_list(s, st, &decisions, all, LENGTH(all), &all_n, e);
	for (i = 0; rc == ERR_OK && i < all_n; i++) {
		struct hash h = decision_hash(s, &all[i]);

		for (k = 0; k < said && !hash_same(&what[k], &h); k++)
			;
		if (k < said && *n < DECISIONS_MAX)
			rows[(*n)++] = all[i];
	}
	return rc;
}

int decisions_persons(const struct decision *rows, int n)
{
	int i, k, persons = 0;

	for (i = 0; i < n; i++) {
		for (k = 0; k < i && (rows[k].slot != rows[i].slot || rows[k].verdict != VERDICT_APPROVE); k++)
			;
		persons += k == i && rows[i].verdict == VERDICT_APPROVE && rows[i].rule == 0;
	}
	return persons;
}

/* Is this the word that is still missing? *is_last false: one more person is asked. */
static enum err_code check_persons(struct store *s, const struct decision *d, bool *is_last, struct err *e)
{
	struct decision rows[DECISIONS_MAX + 1];
	int n = 0, i;
	enum err_code rc = decisions_in_force(s, d->approval, d->version, rows, &n, e);

	for (i = 0; rc == ERR_OK && i < n; i++)
		if (rows[i].slot == d->slot && rows[i].verdict == VERDICT_APPROVE)
			rc = err_set(e, ERR_CONFLICT, "you have approved A%" PRId64 " already; another person is asked too", d->approval);
	rows[n++] = *d;
	*is_last = decisions_persons(rows, n) >= d->persons;
	return rc;
}

static enum err_code put_decision(struct store *s, struct decision *d, struct err *e)
{
	enum err_code rc = sql_run(s, e, "INSERT INTO decision(approval, version, verdict, hash, bind, slot, person, place, reason, rule, at_us, mac, shown_ms, said)"
		" VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "iddhhdtttiihit", d->approval, d->version, (int)d->verdict, &d->hash, &d->bind, d->slot, d->person, d->where, d->reason, d->rule,
		d->at_us, &d->mac, d->shown_ms, d->said);

	if (rc == ERR_OK)
		d->id = sqlite3_last_insert_rowid(s->db);
	return rc;
}

/* Going on was agreed to: what it may cost is kept free until the task's next call is
 * held. It never stops an approval; what is on the paper says what is left. */
static enum err_code set_aside(struct store *s, const struct approval *a, int64_t now_us, struct err *e)
{
	if (a->kind != APPROVAL_ACTION || a->task == 0 || a->worst_case_pd <= 0)
		return ERR_OK;
	return sql_run(s, e, "INSERT OR REPLACE INTO promise SELECT ?, ?, ?, ?, coalesce(c.vendor, ''), coalesce(c.key_label, ''), ?, ? FROM (SELECT 1)"
		" LEFT JOIN (SELECT vendor, key_label FROM call INDEXED BY call_task WHERE task = ? AND task > 0 ORDER BY id DESC LIMIT 1) c", "iiitiii", a->task, a->id, a->goal, a->agent,
		a->worst_case_pd, now_us, a->task);
}

/* The row and what it does to the question. */
static enum err_code take_decision(struct store *s, struct approval *a, struct decision *d, const char *by, bool is_last, struct err *e)
{
	static const enum approval_state becomes[VERDICTS] = {
		[VERDICT_APPROVE] = APPROVAL_APPROVED, [VERDICT_REJECT] = APPROVAL_REJECTED, [VERDICT_CHANGES] = APPROVAL_CHANGES_ASKED};
	enum approval_state to = becomes[d->verdict];
	char first[TITLE_MAX_BYTES];
	enum err_code rc = put_decision(s, d, e);

	crash_point("decision.row");
	if (rc != ERR_OK)
		return rc;
	if (!is_last) {	/* decided_us stays 0: it still waits */
		snprintf(first, sizeof first, "%.180s, and waits for another person", by);
		return sql_run(s, e, "UPDATE approval SET decided_by = ? WHERE id = ?", "ti", first, a->id);
	}
	rc = approval_put_state(s, a, to, d->reason, e);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE approval SET decided_us = ?, decided_by = ?, fire_us = 0 WHERE id = ?", "iti", d->at_us, by, a->id);
	return rc == ERR_OK && to == APPROVAL_APPROVED ? set_aside(s, a, d->at_us, e) : rc;
}

/* Both names, where two were asked for. */
static void say_by(struct store *s, const struct decision *d, char by[TITLE_MAX_BYTES])
{
	struct decision rows[DECISIONS_MAX];
	int n = 0;

	if (d->rule > 0)
		snprintf(by, TITLE_MAX_BYTES, "rule R%" PRId64, d->rule);
	else if (d->persons > 1 && d->verdict == VERDICT_APPROVE && decisions_in_force(s, d->approval, d->version, rows, &n, NULL) == ERR_OK && n > 0)
		snprintf(by, TITLE_MAX_BYTES, "%.40s and %.40s (%.120s)", rows[0].person, d->person, d->where);
	else
		snprintf(by, TITLE_MAX_BYTES, "%s (%.180s)", d->person, d->where);
}

enum err_code decision_add(struct store *s, struct decision *d, int64_t now_us, struct err *e)
{
	char by[TITLE_MAX_BYTES], ref[NAME_MAX_BYTES];
	struct approval a = {0};
	struct hash what = decision_hash(s, d);
	bool is_last = true;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	say_by(s, d, by);
	rc = approval_get(s, d->approval, false, &a, e);
	if (rc == ERR_OK)
		rc = check_decision(&a, d, e);
	if (rc == ERR_OK && d->persons > 1 && d->verdict == VERDICT_APPROVE)
		rc = check_persons(s, d, &is_last, e);
	if (rc == ERR_OK)
		rc = take_decision(s, &a, d, by, is_last, e);
	if (rc == ERR_OK)
		rc = journal_add(s, "decision", by, ref_text(ref, 'A', a.id, a.version), &what, now_us, e);
	if (rc == ERR_OK)
		rc = journal_sign_head(s, now_us, e);
	approval_release(&a);
	rc = store_end(s, rc, e);
	d->is_last = is_last;
	crash_point("decision.added");
	return rc;
}

enum err_code decision_list(struct store *s, int64_t approval, struct decision *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT " DECISION " FROM decision d WHERE approval = ? ORDER BY id LIMIT ?", "id", approval, limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &decisions, rows, limit, n, e);
}

enum err_code decision_get(struct store *s, int64_t approval, int version, struct decision *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " DECISION " FROM decision d WHERE approval = ? AND version = ? ORDER BY id DESC LIMIT 1", "id", approval, version);

	return rc != ERR_OK ? rc : sql_fetch(s, st, &decisions, out, e, "decision on A%" PRId64 " version %d", approval, version);
}

enum err_code decision_last_like(struct store *s, const char *connector, const char *tool, struct decision *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " DECISION " FROM approval a INDEXED BY approval_like JOIN decision d ON d.approval = a.id AND d.version = a.version"
		" WHERE a.connector = ? AND a.tool = ? AND a.decided_us > 0 ORDER BY a.decided_us DESC, d.id DESC LIMIT 1", "tt", connector, tool);

	return rc != ERR_OK ? rc : sql_fetch(s, st, &decisions, out, e, "decision on a call of %s.%s", connector, tool);
}

