/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/journal.h"

#include <stdio.h>
#include <string.h>

#include "base/crash.h"
#include "store/sql.h"

static bool read_entry(sqlite3_stmt *st, void *row)
{
	struct journal_entry *j = row;

	j->seq = col_int(st, 0);
	j->at_us = col_int(st, 1);
	COL_TEXT(st, 2, j->kind);
	COL_TEXT(st, 3, j->who);
	COL_TEXT(st, 4, j->ref);
	return col_hash(st, 5, &j->what) && col_hash(st, 6, &j->prev) && col_hash(st, 7, &j->hash);
}

static const struct row_kind entries = {.size = sizeof(struct journal_entry), .read = read_entry};

enum err_code journal_head(struct store *s, struct journal_entry *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;
	int n;

	memset(out, 0, sizeof *out);
	rc = sql_query(s, &st, e, "SELECT seq, at_us, kind, who, ref, what, prev, hash FROM journal ORDER BY seq DESC LIMIT 1", "");
	return rc != ERR_OK ? rc : sql_list(s, st, &entries, out, 1, &n, e);
}

enum err_code journal_add(struct store *s, const char *kind, const char *who, const char *ref, const struct hash *what, int64_t now_us, struct err *e)
{
	struct journal_entry head, j = {.at_us = now_us};
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	snprintf(j.kind, sizeof j.kind, "%s", kind);
	snprintf(j.who, sizeof j.who, "%s", who != NULL ? who : "");
	snprintf(j.ref, sizeof j.ref, "%s", ref != NULL ? ref : "");
	if (what != NULL)
		j.what = *what;
	rc = journal_head(s, &head, e);
	if (rc == ERR_OK) {
		j.seq = head.seq + 1;
		j.prev = head.hash;
		j.hash = journal_hash(&j);
		rc = sql_run(s, e, "INSERT INTO journal VALUES(?, ?, ?, ?, ?, ?, ?, ?)", "iittthhh", j.seq, j.at_us, j.kind, j.who, j.ref, &j.what, &j.prev, &j.hash);
	}
	crash_point("journal.added");
	return store_end(s, rc, e);
}

void journal_set_signer(struct store *s, journal_mac *mac, void *user)
{
	s->mac = mac;
	s->mac_user = user;
}

enum err_code journal_sign_head(struct store *s, int64_t now_us, struct err *e)
{
	struct journal_entry head;
	struct hash mac;
	enum err_code rc;

	if (s->mac == NULL)
		return ERR_OK;
	rc = store_begin(s, e);
	if (rc != ERR_OK)
		return rc;
	rc = journal_head(s, &head, e);
	if (rc == ERR_OK && s->mac(s->mac_user, &head.hash, head.seq, &mac) != 0)
		rc = err_set(e, ERR_LOCKED, "the journal's head cannot be signed: the vault is locked");
	if (rc == ERR_OK)
		rc = sql_run(s, e, "INSERT INTO seal(seq, head, mac, at_us) VALUES(?, ?, ?, ?)", "ihhi", head.seq, &head.hash, &mac, now_us);
	return store_end(s, rc, e);
}

enum err_code journal_list(struct store *s, int64_t before_seq, struct journal_entry *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT seq, at_us, kind, who, ref, what, prev, hash FROM journal WHERE seq < ? ORDER BY seq DESC LIMIT ?", "id",
		before_seq > 0 ? before_seq : INT64_MAX, limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &entries, rows, limit, n, e);
}

static bool read_seal(sqlite3_stmt *st, void *row)
{
	struct journal_seal *l = row;

	l->seq = col_int(st, 0);
	l->at_us = col_int(st, 3);
	return col_hash(st, 1, &l->head) && col_hash(st, 2, &l->mac);
}

static const struct row_kind seals = {.size = sizeof(struct journal_seal), .read = read_seal};

enum err_code journal_seal_last(struct store *s, struct journal_seal *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT seq, head, mac, at_us FROM seal ORDER BY id DESC LIMIT 1", "");

	return rc != ERR_OK ? rc : sql_fetch(s, st, &seals, out, e, "signed head of the journal");
}

bool journal_follows(const struct journal_entry *prev, const struct journal_entry *next)
{
	static const struct hash zero;
	struct hash h = journal_hash(next);

	return next->seq == (prev != NULL ? prev->seq : 0) + 1 && hash_same(&next->prev, prev != NULL ? &prev->hash : &zero) && hash_same(&h, &next->hash);
}

static enum err_code broken(int64_t seq, int64_t *first_bad, struct err *e)
{
	if (first_bad != NULL)
		*first_bad = seq;
	return err_set(e, ERR_PROTO, "the journal is broken at entry %lld", (long long)seq);
}

static enum err_code walk(struct store *s, int64_t *first_bad, struct err *e)
{
	struct journal_entry prev = {0}, next;
	struct err own = {0};
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT seq, at_us, kind, who, ref, what, prev, hash FROM journal ORDER BY seq", "");
	int got;

	if (rc != ERR_OK)
		return rc;
	while ((got = sql_step(s, st, &own)) == 1) {
		memset(&next, 0, sizeof next);
		if (!read_entry(st, &next) || !journal_follows(prev.seq > 0 ? &prev : NULL, &next)) {
			sql_done(st);
			return broken(prev.seq + 1, first_bad, e);
		}
		prev = next;
	}
	if (got < 0 && e != NULL)
		*e = own;
	return got < 0 ? own.code : ERR_OK;
}

enum err_code journal_verify(struct store *s, int64_t *first_bad, struct err *e)
{
	enum err_code rc;
	int64_t seq = 0;

	if (first_bad != NULL)
		*first_bad = 0;
	rc = walk(s, first_bad, e);
	if (rc != ERR_OK)
		return rc;
	/* a signed head that the chain does not have: its end was cut off, or it was made anew */
	rc = sql_int(s, &seq, e, "SELECT l.seq FROM seal l LEFT JOIN journal j ON j.seq = l.seq WHERE l.seq > 0 AND (j.hash IS NULL OR j.hash <> l.head) ORDER BY l.seq LIMIT 1", "");
	if (rc == ERR_OK)
		return broken(seq, first_bad, e);
	return rc == ERR_MISSING ? ERR_OK : rc;
}
