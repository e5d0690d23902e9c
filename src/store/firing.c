/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Carrying decisions out.
 *
 * Nothing fires on the word of the approval's state alone. The journal's last entry
 * about the version must be the very decision (or that an intent of it never left),
 * so that a row set back by hand, or a decision taken back, fires nothing. */
#include "store/firing.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/crash.h"
#include "store/decision.h"
#include "store/lease.h"
#include "store/sql.h"

#define FIRING "id, approval, version, idempotency_key, epoch, begun_us, ended_us, sent, receipt"

static bool read_firing(sqlite3_stmt *st, void *row)
{
	struct firing *f = row;

	f->id = col_int(st, 0);
	f->approval = col_int(st, 1);
	f->version = (int)col_int(st, 2);
	COL_TEXT(st, 3, f->idempotency_key);
	f->epoch = col_int(st, 4);
	f->begun_us = col_int(st, 5);
	f->ended_us = col_int(st, 6);
	f->sent = col_int(st, 7) != 0;
	f->receipt = col_dup(st, 8);
	return true;
}

static void release(void *row) { firing_release(row); }
static const struct row_kind firings = {.size = sizeof(struct firing), .read = read_firing, .release = release};

/* --- firings -------------------------------------------------------------- */

/* The last thing the journal says of this version must be this decision, or that an
 * intent under it never left. */
static enum err_code check_journal(struct store *s, const struct approval *a, const struct decision *d, const char *ref, struct err *e)
{
	struct hash want = decision_hash(s, d), said = {{0}};
	char kind[NAME_MAX_BYTES] = "";
	struct err own = {0};
	sqlite3_stmt *st;
	bool agrees = false;
	enum err_code rc = sql_query(s, &st, e, "SELECT kind, what FROM journal INDEXED BY journal_ref WHERE ref = ? AND kind <> 'call' ORDER BY seq DESC LIMIT 1", "t", ref);
	int got;

	if (rc != ERR_OK)
		return rc;
	got = sql_step(s, st, &own);
	if (got == 1) {
		COL_TEXT(st, 0, kind);
		agrees = col_hash(st, 1, &said) && hash_same(&said, &want) && (strcmp(kind, "decision") == 0 || strcmp(kind, "unfired") == 0);
		sql_done(st);
	}
	if (got < 0) {
		if (e != NULL)
			*e = own;
		return own.code;
	}
	return agrees ? ERR_OK : err_set(e, ERR_REFUSED, "approval A%" PRId64 " is not fired: the journal's last word on it is no decision to do so", a->id);
}

static enum err_code check_may_fire(struct store *s, const struct approval *a, int version, int64_t now_us, struct decision *d, struct err *e)
{
	char ref[NAME_MAX_BYTES];
	int64_t n = 0;
	enum err_code rc;

	if (a->version != version)
		return err_set(e, ERR_CONFLICT, "approval A%" PRId64 " has changed: it is at version %d, not %d", a->id, a->version, version);
	if (a->state != APPROVAL_APPROVED && a->state != APPROVAL_HOLDING)
		return err_set(e, ERR_CONFLICT, "approval A%" PRId64 " is %s", a->id, life_name(&approval_life, a->state));
	if (a->fire_us > now_us)
		return err_set(e, ERR_REFUSED, "approval A%" PRId64 " can still be taken back", a->id);
	rc = decision_get(s, a->id, version, d, e);
	if (rc == ERR_MISSING || (rc == ERR_OK && d->verdict != VERDICT_APPROVE))
		return err_set(e, ERR_REFUSED, "approval A%" PRId64 " has no decision that approves it", a->id);
	if (rc == ERR_OK)
		rc = check_journal(s, a, d, ref_text(ref, 'A', a->id, version), e);
	if (rc == ERR_OK)
		rc = sql_int(s, &n, e, "SELECT count(*) FROM firing WHERE approval = ? AND version = ? AND unsent = 0", "id", a->id, version);
	if (rc == ERR_OK && n > 0)
		rc = err_set(e, ERR_REFUSED, "approval A%" PRId64 " was fired before: never twice", a->id);
	return rc;
}

static enum err_code put_intent(struct store *s, const struct approval *a, struct firing *f, const struct hash *what, struct err *e)
{
	char ref[NAME_MAX_BYTES];
	enum err_code rc = approval_put_state(s, a, APPROVAL_FIRING, NULL, e);

	if (rc == ERR_OK)
		rc = sql_run(s, e, "INSERT INTO firing(approval, version, idempotency_key, epoch, begun_us, ended_us, sent, unsent, receipt) VALUES(?, ?, ?, ?, ?, 0, 0, 0, NULL)", "idtii",
			a->id, a->version, f->idempotency_key, f->epoch, f->begun_us);
	if (rc == ERR_OK) {
		f->id = sqlite3_last_insert_rowid(s->db);
		rc = journal_add(s, "firing", "worker", ref_text(ref, 'A', a->id, a->version), what, f->begun_us, e);
	}
	return rc;
}

enum err_code firing_begin(struct store *s, int64_t approval, int version, const char *idempotency_key, int64_t epoch, int64_t now_us,
	firing_verify *verify, void *user, struct firing *out, struct err *e)
{
	struct firing f = {.approval = approval, .version = version, .epoch = epoch, .begun_us = now_us};
	struct approval a = {0};
	struct decision d;
	struct hash what;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	snprintf(f.idempotency_key, sizeof f.idempotency_key, "%s", idempotency_key);
	rc = lease_check(s, epoch, e);
	if (rc == ERR_OK)
		rc = approval_get(s, approval, true, &a, e);
	if (rc == ERR_OK)
		rc = check_may_fire(s, &a, version, now_us, &d, e);
	if (rc == ERR_OK && a.payload == NULL)
		rc = err_set(e, ERR_REFUSED, "approval A%" PRId64 " has no payload any more", approval);
	if (rc == ERR_OK)
		rc = verify(user, &a, &d, e);
	if (rc == ERR_OK) {
		what = decision_hash(s, &d);
		crash_point("firing.before");
		rc = put_intent(s, &a, &f, &what, e);
	}
	approval_release(&a);
	rc = store_end(s, rc, e);
	crash_point("firing.begun");
	if (rc == ERR_OK && out != NULL)
		*out = f;
	return rc;
}

static enum err_code get_open(struct store *s, int64_t id, struct firing *f, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " FIRING " FROM firing WHERE id = ?", "i", id);

	if (rc == ERR_OK)
		rc = sql_fetch(s, st, &firings, f, e, "firing %" PRId64, id);
	if (rc == ERR_OK && f->ended_us != 0)
		rc = err_set(e, ERR_ILLEGAL, "that firing has ended already");
	return rc;
}

enum err_code firing_mark_sent(struct store *s, int64_t firing, int64_t epoch, int64_t now_us, struct err *e)
{
	struct firing f = {0};
	enum err_code rc = store_begin(s, e);

	(void)now_us;
	if (rc != ERR_OK)
		return rc;
	rc = lease_check(s, epoch, e);
	if (rc == ERR_OK)
		rc = get_open(s, firing, &f, e);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE firing SET sent = 1 WHERE id = ?", "i", firing);
	firing_release(&f);
	rc = store_end(s, rc, e);
	crash_point("firing.sent");
	return rc;
}

enum err_code firing_end(struct store *s, int64_t firing, enum approval_state to, const char *receipt, const char *reason, int64_t epoch, int64_t now_us, struct err *e)
{
	char ref[NAME_MAX_BYTES];
	struct firing f = {0};
	struct approval a = {0};
	struct hash what = hash_slice(slice_of(receipt));
	enum err_code rc;

	if (to != APPROVAL_FIRED && to != APPROVAL_FAILED && to != APPROVAL_UNKNOWN)
		return err_set(e, ERR_ILLEGAL, "a firing cannot end as %s", life_name(&approval_life, to));
	rc = store_begin(s, e);
	if (rc != ERR_OK)
		return rc;
	rc = lease_check(s, epoch, e);
	if (rc == ERR_OK)
		rc = get_open(s, firing, &f, e);
	if (rc == ERR_OK)
		rc = approval_get(s, f.approval, false, &a, e);
	if (rc == ERR_OK)
		rc = approval_put_state(s, &a, to, reason, e);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE firing SET ended_us = ?, receipt = ? WHERE id = ?", "ini", now_us, receipt, firing);
	crash_point("firing.receipt");
	if (rc == ERR_OK)
		rc = journal_add(s, life_name(&approval_life, to), "worker", ref_text(ref, 'A', f.approval, f.version), &what, now_us, e);
	firing_release(&f);
	approval_release(&a);
	rc = store_end(s, rc, e);
	crash_point("firing.ended");
	return rc;
}

enum err_code firing_proved(struct store *s, int64_t approval, int version, bool fired, const char *receipt, int64_t epoch, int64_t now_us, struct err *e)
{
	char ref[NAME_MAX_BYTES], who[TITLE_MAX_BYTES];
	struct approval a = {0};
	struct hash what = hash_slice(slice_of(fired ? receipt : NULL));
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = lease_check(s, epoch, e);
	if (rc == ERR_OK)
		rc = approval_get(s, approval, false, &a, e);
	if (rc == ERR_OK && a.state != APPROVAL_UNKNOWN)
		rc = err_set(e, ERR_CONFLICT, "approval A%" PRId64 " is %s", approval, life_name(&approval_life, a.state));
	if (rc == ERR_OK && fired)
		rc = sql_run(s, e, "UPDATE firing SET receipt = ? WHERE approval = ? AND version = ? AND unsent = 0", "nid", receipt, approval, version);
	if (rc == ERR_OK)
		rc = journal_add(s, fired ? "proved_fired" : "proved_not_fired", a.connector, ref_text(ref, 'A', approval, version), &what, now_us, e);
	crash_point("proof.row");
	if (rc == ERR_OK) {
		snprintf(who, sizeof who, "connector %s", a.connector);
		rc = approval_settle(s, approval, version, fired ? APPROVAL_FIRED : APPROVAL_NOT_FIRED, who, NULL, now_us, e);
	}
	approval_release(&a);
	return store_end(s, rc, e);
}

enum err_code firing_of(struct store *s, int64_t approval, int version, struct firing *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " FIRING " FROM firing WHERE approval = ? AND version = ? ORDER BY id DESC LIMIT 1", "id", approval, version);

	return rc != ERR_OK ? rc : sql_fetch(s, st, &firings, out, e, "firing of A%" PRId64, approval);
}

/* --- for the sweep -------------------------------------------------------- */

enum err_code firing_list_open(struct store *s, struct firing *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT " FIRING " FROM firing INDEXED BY firing_open WHERE ended_us = 0 ORDER BY id LIMIT ?", "d", limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &firings, rows, limit, n, e);
}

enum err_code firing_unsend(struct store *s, const struct firing *f, int64_t now_us, struct err *e)
{
	char ref[NAME_MAX_BYTES];
	struct approval a = {0};
	struct decision d;
	struct hash what;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = approval_get(s, f->approval, false, &a, e);
	if (rc == ERR_OK)
		rc = decision_get(s, f->approval, f->version, &d, e);
	if (rc == ERR_OK)
		rc = approval_put_state(s, &a, APPROVAL_APPROVED, NULL, e);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE firing SET unsent = 1, ended_us = ? WHERE id = ?", "ii", now_us, f->id);
	if (rc == ERR_OK) {
		what = decision_hash(s, &d);
		rc = journal_add(s, "unfired", "worker", ref_text(ref, 'A', f->approval, f->version), &what, now_us, e);
	}
	approval_release(&a);
	return store_end(s, rc, e);
}
