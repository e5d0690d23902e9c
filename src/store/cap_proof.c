/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A MAC shows that a limit was set by a person; it can't show that one is missing.
 * The journal can: each limit that was set and not removed must be there, and be the
 * one that was set last. The same for a goal's, task's or agent's own limit, which
 * may be given while the vault is locked: it is what the journal says it is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/cap.h"
#include "store/rollup.h"
#include "store/sql.h"

/* Long names share a beginning, so they end in a digest. */
void cap_name(enum cap_scope scope, const char *ref, enum cap_window window, char out[NAME_MAX_BYTES])
{
	char short_ref[48];

	if (strlen(ref) <= 40) {
		snprintf(short_ref, sizeof short_ref, "%s", ref);
	} else {
		struct hash h = hash_bytes(ref, strlen(ref));

		snprintf(short_ref, sizeof short_ref, "%.30s~%02x%02x%02x%02x", ref, h.b[0], h.b[1], h.b[2], h.b[3]);
	}
	snprintf(out, NAME_MAX_BYTES, "%s %s %s", cap_scope_names[scope], short_ref, cap_window_names[window]);
}

struct hash cap_what(const struct cap *c)
{
	struct hash_fields *h = hash_fields_new("claviger cap change 1");

	hash_field_text(h, c->ref);
	hash_field_int(h, c->limit_pd);
	hash_field_int(h, c->warn_percent);
	hash_field(h, c->mac.b, sizeof c->mac.b);
	return hash_fields_end(h);
}

/* --- caps ---------------------------------------------------------------- */

static enum err_code not_as_set(const char *name, struct err *e)
{
	err_set(e, ERR_AUTH, "the cap %.60s is not the one that was set: something else changed the database", name);
	return err_mend(e, ERR_AUTH, "set it again: claviger cap set");
}

/* What the journal last said of a name: ERR_MISSING if nothing. */
static enum err_code last_said(struct store *s, const char *name, char kind[NAME_MAX_BYTES], struct hash *what, struct err *e)
{
	struct err own = {0};
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT kind, what FROM journal INDEXED BY journal_cap WHERE kind IN ('cap', 'cap_removed', 'own_cap') AND ref = ?"
		" ORDER BY seq DESC LIMIT 1", "t", name);
	int got;

	if (rc != ERR_OK)
		return rc;
	got = sql_step(s, st, &own);
	if (got < 0 && e != NULL)
		*e = own;
	if (got <= 0)
		return got < 0 ? own.code : ERR_MISSING;
	col_text(st, 0, kind, NAME_MAX_BYTES);
	got = col_hash(st, 1, what);
	sql_done(st);
	return got ? ERR_OK : sql_damaged(e);
}

/* Every row is what was set last under its name; *n rows are there. */
static enum err_code check_rows(struct store *s, int64_t *n, struct err *e)
{
	struct cap rows[32];
	int64_t after = 0;
	enum err_code rc;
	int i, got;

	*n = 0;
	do {
		rc = cap_list_after(s, after, rows, LENGTH(rows), &got, e);
		for (i = 0; rc == ERR_OK && i < got; i++) {
			char name[NAME_MAX_BYTES], kind[NAME_MAX_BYTES];
			struct hash what = cap_what(&rows[i]), said;

			after = rows[i].id;
			*n += 1;
			cap_name(rows[i].scope, rows[i].ref, rows[i].window, name);
			rc = last_said(s, name, kind, &said, e);
			if (rc == ERR_MISSING || (rc == ERR_OK && (strcmp(kind, "cap") != 0 || !hash_same(&said, &what))))
				rc = not_as_set(name, e);
		}
	} while (rc == ERR_OK && got == LENGTH(rows));
	return rc;
}

#define STANDING "FROM (SELECT ref, max(seq), kind FROM journal INDEXED BY journal_cap WHERE kind IN ('cap', 'cap_removed', 'own_cap') GROUP BY ref) WHERE kind = 'cap'"

/* There are more in the journal than in the table: which one? */
static enum err_code name_missing(struct store *s, struct err *e)
{
	char names[64][NAME_MAX_BYTES], own[NAME_MAX_BYTES];
	struct cap *rows = xcalloc(CAPS_MAX, sizeof *rows);
	struct err ours = {0};
	sqlite3_stmt *st;
	int n = 0, rows_n = 0, i, k;
	enum err_code rc = cap_list_after(s, 0, rows, CAPS_MAX, &rows_n, e);

	if (rc == ERR_OK)
		rc = sql_query(s, &st, e, "SELECT ref " STANDING " LIMIT 64", "");
	while (rc == ERR_OK && sql_step(s, st, &ours) == 1)
		col_text(st, 0, names[n++], NAME_MAX_BYTES);
	for (i = 0; rc == ERR_OK && i < n; i++) {
		for (k = 0; k < rows_n; k++) {
			cap_name(rows[k].scope, rows[k].ref, rows[k].window, own);
			if (strcmp(own, names[i]) == 0)
				break;
		}
		if (k == rows_n)
			rc = not_as_set(names[i], e);
	}
	free(rows);
	return rc == ERR_OK ? not_as_set("of some scope", e) : rc;
}

enum err_code cap_check_journal(struct store *s, struct err *e)
{
	int64_t rows = 0, said = 0;
	enum err_code rc = check_rows(s, &rows, e);

	if (rc == ERR_OK)
		rc = sql_int(s, &said, e, "SELECT count(*) " STANDING, "");
	return rc == ERR_OK && rows != said ? name_missing(s, e) : rc;
}

enum err_code cap_last_change(struct store *s, int64_t *seq, struct err *e)
{
	return sql_int(s, seq, e, "SELECT coalesce(max(seq), 0) FROM journal INDEXED BY journal_cap WHERE kind IN ('cap', 'cap_removed', 'own_cap')", "");
}

/* --- own caps ------------------------------------------------------------ */

static struct hash own_what(const char *name, int64_t cap_pd)
{
	struct hash_fields *h = hash_fields_new("claviger own cap 1");

	hash_field_text(h, name);
	hash_field_int(h, cap_pd);
	return hash_fields_end(h);
}

static void own_name(enum cap_scope scope, const char *ref, char out[NAME_MAX_BYTES])
{
	char name[NAME_MAX_BYTES];

	cap_name(scope, ref, scope == SCOPE_AGENT ? WINDOW_DAY : WINDOW_TOTAL, name);
	snprintf(out, NAME_MAX_BYTES, "own %.58s", name);
}

enum err_code own_cap_note(struct store *s, enum cap_scope scope, const char *ref, int64_t cap_pd, const char *who, int64_t now_us, struct err *e)
{
	char name[NAME_MAX_BYTES];
	struct hash what;

	own_name(scope, ref, name);
	what = own_what(name, cap_pd);
	return journal_add(s, "own_cap", who, name, &what, now_us, e);
}

enum err_code own_cap_check(struct store *s, enum cap_scope scope, const char *ref, int64_t cap_pd, struct err *e)
{
	char name[NAME_MAX_BYTES], kind[NAME_MAX_BYTES];
	struct hash said, what;
	enum err_code rc;

	own_name(scope, ref, name);
	what = own_what(name, cap_pd);
	rc = last_said(s, name, kind, &said, e);
	if (rc == ERR_MISSING)	/* never set; or by a version that did not write it down */
		return ERR_OK;
	if (rc != ERR_OK || hash_same(&said, &what))
		return rc;
	err_set(e, ERR_AUTH, "the limit of %s %.40s is not the one that was set: something else changed the database", cap_scope_names[scope], ref);
	return err_mend(e, ERR_AUTH, "say what it is: claviger incident list, then claviger incident resolve ID --as raise --usd X");
}
