/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/statement.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "store/sql.h"

enum err_code statement_put(struct store *s, const char *vendor, const struct statement *from, int64_t from_day, int64_t to_day, const struct hash *what,
	const char *who, int64_t now_us, int *days, struct err *e)
{
	enum err_code rc = store_begin(s, e);
	size_t i;

	*days = 0;
	if (rc != ERR_OK)
		return rc;
	for (i = 0; rc == ERR_OK && i < from->count; i++) {
		const struct statement_day *d = &from->day[i];

		if (d->day < from_day || d->day > to_day)
			continue;
		rc = sql_run(s, e, "INSERT INTO statement VALUES(?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE SET pd = ?3, is_estimate = ?4, imported_us = ?5", "tiidi", vendor,
			d->day, d->pico, (int)d->is_estimate, now_us);
		*days += rc == ERR_OK;
	}
	if (rc == ERR_OK)
		rc = journal_add(s, "statement", who, vendor, what, now_us, e);
	return store_end(s, rc, e);
}

/* Ids rise with the time of the hold: the first that may have ended at or after at_us. */
static enum err_code first_since(struct store *s, int64_t at_us, int64_t *id, struct err *e)
{
	int64_t low = 1, high = 0;
	enum err_code rc = sql_int(s, &high, e, "SELECT coalesce(max(id), 0) + 1 FROM call", "");

	while (rc == ERR_OK && low < high) {
		int64_t mid = low + (high - low) / 2, held = 0;

		rc = sql_int(s, &held, e, "SELECT held_us FROM call WHERE id >= ? ORDER BY id LIMIT 1", "i", mid);
		if (rc == ERR_OK && held < at_us)
			low = mid + 1;
		else
			high = mid;
	}
	*id = low;
	return rc;
}

static struct statement_row *row_of(struct statement_row *rows, int limit, int *n, int64_t day)
{
	int at = *n;

	while (at > 0 && rows[at - 1].day > day)
		at--;
	if (at > 0 && rows[at - 1].day == day)
		return &rows[at - 1];
	if (*n == limit)
		return NULL;
	memmove(&rows[at + 1], &rows[at], (size_t)(*n - at) * sizeof *rows);
	memset(&rows[at], 0, sizeof rows[at]);
	rows[at].day = day;
	*n += 1;
	return &rows[at];
}

static enum err_code too_many(sqlite3_stmt *st, struct err *e)
{
	sql_done(st);
	err_set(e, ERR_LIMIT, "too many days to compare at once");
	return err_mend(e, ERR_LIMIT, "give --from and --to");
}

#define BOOKED "state IN ('settled', 'cut')"
#define LONGEST_US (2 * US_PER_DAY)	/* no call lasts longer: where to begin reading */

static enum err_code ours(struct store *s, const char *vendor, int64_t from_day, int64_t to_day, struct statement_row *rows, int limit, int *n, struct err *e)
{
	struct err own = {0};
	sqlite3_stmt *st;
	int64_t first = 1;
	enum err_code rc = first_since(s, from_day * US_PER_DAY - LONGEST_US, &first, e);
	int got;

	if (rc == ERR_OK)
		rc = sql_query(s, &st, e, "SELECT ended_us / 86400000000, count(*), sum(cost_pd), sum(state = 'cut'), sum(iif(state = 'cut' OR estimated, cost_pd, 0)),"
			" sum(unpriced), sum(iif(unpriced, cost_pd, 0)), sum(iif(held_us / 86400000000 < ended_us / 86400000000, cost_pd, 0)) FROM call"
			" WHERE id >= ? AND vendor = ? AND " BOOKED " AND ended_us >= ? AND ended_us < ? GROUP BY 1", "itii", first, vendor, from_day * US_PER_DAY,
			(to_day + 1) * US_PER_DAY);
	if (rc != ERR_OK)
		return rc;
	while ((got = sql_step(s, st, &own)) == 1) {
		struct statement_row *r = row_of(rows, limit, n, col_int(st, 0));

		if (r == NULL)
			return too_many(st, e);
		r->calls = col_int(st, 1);
		r->ours_pd = col_int(st, 2);
		r->cut_calls = col_int(st, 3);
		r->estimated_pd = col_int(st, 4);
		r->unpriced_calls = col_int(st, 5);
		r->unpriced_pd = col_int(st, 6);
		r->turned_pd = col_int(st, 7);
	}
	if (got < 0 && e != NULL)
		*e = own;
	return got < 0 ? own.code : ERR_OK;
}

enum err_code statement_compare(struct store *s, const char *vendor, int64_t from_day, int64_t to_day, struct statement_row *rows, int limit, int *n, struct err *e)
{
	struct err own = {0};
	sqlite3_stmt *st;
	enum err_code rc;
	int got;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT day, pd, is_estimate FROM statement WHERE vendor = ? AND day BETWEEN ? AND ? ORDER BY day", "tii", vendor, from_day, to_day);
	if (rc != ERR_OK)
		return rc;
	while ((got = sql_step(s, st, &own)) == 1) {
		struct statement_row *r = row_of(rows, limit, n, col_int(st, 0));

		if (r == NULL)
			return too_many(st, e);
		r->is_reported = true;
		r->theirs_pd = col_int(st, 1);
		r->is_estimate = col_int(st, 2) != 0;
	}
	if (got < 0 && e != NULL)
		*e = own;
	return got < 0 ? own.code : ours(s, vendor, from_day, to_day, rows, limit, n, e);
}
