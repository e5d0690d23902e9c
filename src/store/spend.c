/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/spend.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "store/sql.h"

const char *const spend_by_names[SPEND_DIMENSIONS] = {"workspace", "vendor", "key", "model", "agent", "goal", "task", "day", "hour"};

#define SUMS "sum(calls), sum(input), sum(cache_read), sum(write_5m), sum(write_30m), sum(write_1h), sum(write_12h), sum(output), sum(tool_uses), sum(cost_pd)," \
	" sum(estimated_pd), sum(unpriced), sum(saved_pd)"

static bool read_sums(sqlite3_stmt *st, void *row)
{
	struct spend_row *r = row;
	struct call_tokens *t = &r->tokens;
	int64_t *const out[] = {&r->calls, &t->input, &t->cache_read, &t->write_5m, &t->write_30m, &t->write_1h, &t->write_12h, &t->output, &t->tool_uses, &r->cost_pd,
		&r->estimated_pd, &r->unpriced_calls, &r->saved_pd};
	size_t i;

	COL_TEXT(st, 0, r->name);
	for (i = 0; i < LENGTH(out); i++)
		*out[i] = col_int(st, 1 + (int)i);
	return true;
}

static const struct row_kind sums = {.size = sizeof(struct spend_row), .read = read_sums};

#define DAYS_MAX INT64_C(10000000)	/* no clock goes that far: "until whenever" */

#define SUM_DAYS_MAX 3700

static void range(int64_t *since, int64_t *until)
{
	if (*since == SPEND_ALL_TIME)
		*until = SPEND_ALL_TIME;
	else if (*since < 0)
		*since = 0;
}

/* --- what is in flight, laid over the rows -------------------------------- */

static const char *const flight_name[SPEND_DIMENSIONS] = {
#define IN_FLIGHT(name) "SELECT " name ", sum(hold_pd) FROM call INDEXED BY call_open WHERE state IN ('held', 'sent') AND day BETWEEN ? AND ? GROUP BY 1"
	[SPEND_WORKSPACE] = IN_FLIGHT("''"), [SPEND_VENDOR] = IN_FLIGHT("vendor"), [SPEND_KEY] = IN_FLIGHT("key_label"), [SPEND_MODEL] = IN_FLIGHT("model"),
	[SPEND_AGENT] = IN_FLIGHT("agent"), [SPEND_GOAL] = IN_FLIGHT("goal"), [SPEND_TASK] = IN_FLIGHT("task"), [SPEND_DAY] = IN_FLIGHT("day"),
	[SPEND_HOUR] = IN_FLIGHT("held_us / 3600000000"),
};

/* Days and hours come as numbers, the rest as names. */
static void spell(enum spend_by by, char name[MODEL_ID_BYTES])
{
	char when[DATE_TEXT];
	long long n;

	if ((by != SPEND_DAY && by != SPEND_HOUR) || sscanf(name, "%lld", &n) != 1)
		return;
	date_rfc3339((int64_t)n * (by == SPEND_DAY ? US_PER_DAY : 3600 * US_PER_S), when);
	snprintf(name, MODEL_ID_BYTES, by == SPEND_DAY ? "%.10s" : "%.16sZ", when);
}

static enum err_code lay_held(struct store *s, enum spend_by by, int64_t since, int64_t until, struct spend_row *rows, int limit, int *n, struct err *e)
{
	bool all = since == SPEND_ALL_TIME;
	struct err own = {0};
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, flight_name[by], "ii", all ? INT64_C(0) : since, all ? INT64_MAX : until);
	int got, i;

	if (rc != ERR_OK)
		return rc;
	while ((got = sql_step(s, st, &own)) == 1) {
		char name[MODEL_ID_BYTES];

		COL_TEXT(st, 0, name);
		if (name[0] == '\0' && by != SPEND_WORKSPACE)
			continue;
		if (strcmp(name, "0") == 0 && (by == SPEND_GOAL || by == SPEND_TASK))
			continue;
		for (i = 0; i < *n && strcmp(rows[i].name, name) != 0; i++)
			;
		if (i == *n) {
			if (*n == limit)
				continue;
			memset(&rows[i], 0, sizeof rows[i]);
			memcpy(rows[i].name, name, sizeof name);
			*n += 1;
		}
		rows[i].held_pd = col_int(st, 1);
	}
	if (got < 0 && e != NULL)
		*e = own;
	return got < 0 ? own.code : ERR_OK;
}

static enum err_code query_rows(struct store *s, sqlite3_stmt **st, enum spend_by by, int64_t since, int64_t until, int limit, struct err *e)
{
	if (by == SPEND_DAY)
		return sql_query(s, st, e, "SELECT * FROM (SELECT day AS at, " SUMS " FROM rollup WHERE dim = 0 AND day BETWEEN max(?, 0) AND ? GROUP BY day ORDER BY day DESC LIMIT ?)"
			" ORDER BY at", "iid", since, since == SPEND_ALL_TIME ? INT64_MAX : until, limit);
	if (by == SPEND_HOUR)
		return sql_query(s, st, e, "SELECT * FROM (SELECT day AS at, " SUMS " FROM rollup WHERE dim = 8 AND day BETWEEN ? AND ? GROUP BY day ORDER BY day DESC LIMIT ?)"
			" ORDER BY at", "iid", since == SPEND_ALL_TIME ? INT64_C(0) : since, since == SPEND_ALL_TIME ? INT64_MAX : until, limit);
	return sql_query(s, st, e, "SELECT name, " SUMS " FROM rollup WHERE dim = ? AND day BETWEEN ? AND ? GROUP BY name ORDER BY sum(cost_pd + estimated_pd) DESC, name LIMIT ?",
		"diid", (int)by, since, until, limit);
}

/* Dearest first, as the ordered query has it. */
static int by_cost(const void *a, const void *b)
{
	const struct spend_row *x = a, *y = b;
	int64_t cx = x->cost_pd + x->estimated_pd, cy = y->cost_pd + y->estimated_pd;

	return cx != cy ? (cx < cy ? 1 : -1) : strcmp(x->name, y->name);
}

/* One day (or all time) by name, which is what the meter asks for: its rows are the answer
 * as they stand, so nothing is grouped. *n is limit where there may be more: then not. */
static enum err_code one_day(struct store *s, enum spend_by by, int64_t day, struct spend_row *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT name, calls, input, cache_read, write_5m, write_30m, write_1h, write_12h, output, tool_uses, cost_pd, estimated_pd,"
		" unpriced, saved_pd FROM rollup WHERE dim = ? AND day = ? LIMIT ?", "did", (int)by, day, limit);

	if (rc == ERR_OK)
		rc = sql_list(s, st, &sums, rows, limit, n, e);
	if (rc == ERR_OK && *n > 1)
		qsort(rows, (size_t)*n, sizeof *rows, by_cost);
	return rc;
}

#define FEW_NAMES 64

static void add_row(sqlite3_stmt *st, struct spend_row *r)
{
	struct call_tokens *t = &r->tokens;
	int64_t *const out[] = {&r->calls, &t->input, &t->cache_read, &t->write_5m, &t->write_30m, &t->write_1h, &t->write_12h, &t->output, &t->tool_uses, &r->cost_pd,
		&r->estimated_pd, &r->unpriced_calls, &r->saved_pd};
	size_t i;

	for (i = 0; i < LENGTH(out); i++)
		*out[i] += col_int(st, 1 + (int)i);
}

/* Some days by name, while the names are few: their rows are added up as they come, which
 * costs little over reading them. *n is limit where there may be more: then not. */
static enum err_code some_days(struct store *s, enum spend_by by, int64_t since, int64_t until, struct spend_row *rows, int limit, int *n, struct err *e)
{
	int most = limit < FEW_NAMES ? limit : FEW_NAMES, got, i;
	struct err own = {0};
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT name, calls, input, cache_read, write_5m, write_30m, write_1h, write_12h, output, tool_uses, cost_pd, estimated_pd,"
		" unpriced, saved_pd FROM rollup WHERE dim = ? AND day BETWEEN ? AND ?", "dii", (int)by, since, until);

	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while ((got = sql_step(s, st, &own)) == 1) {
		const char *name = (const char *)sqlite3_column_text(st, 0);

		for (i = 0; i < *n && strcmp(rows[i].name, name != NULL ? name : "") != 0; i++)
			;
		if (i == most) {
			sql_done(st);
			*n = limit;
			return ERR_OK;
		}
		if (i == *n) {
			memset(&rows[i], 0, sizeof rows[i]);
			COL_TEXT(st, 0, rows[i].name);
			*n += 1;
		}
		add_row(st, &rows[i]);
	}
	if (got < 0) {
		if (e != NULL)
			*e = own;
		return own.code;
	}
	if (*n > 1)
		qsort(rows, (size_t)*n, sizeof *rows, by_cost);
	return ERR_OK;
}

/* First UTC hour of the zone's day: found by asking the clock about noon of it. */
static int64_t first_hour(int64_t day)
{
	int64_t noon = day * US_PER_DAY + US_PER_DAY / 2;
	int64_t off = clock_day_number(noon) - day;	/* zones far from UTC put that noon into a neighbouring day */

	return clock_day_start(noon - off * US_PER_DAY) / (3600 * US_PER_S);
}

enum err_code spend_by(struct store *s, enum spend_by by, int64_t since_day, int64_t until_day, struct spend_row *rows, int limit, int *n, struct err *e)
{
	int64_t since = since_day, until = until_day;
	sqlite3_stmt *st;
	enum err_code rc;
	int i;

	*n = 0;
	range(&since, &until);
	if (by < SPEND_DAY) {
		rc = since == until ? one_day(s, by, since, rows, limit, n, e) : some_days(s, by, since, until, rows, limit, n, e);
		if (rc == ERR_OK && *n < limit)
			rc = lay_held(s, by, since, until, rows, limit, n, e);
		if (rc != ERR_OK)
			*n = 0;
		if (rc != ERR_OK || *n < limit)
			return rc;
	}
	if (by == SPEND_HOUR && since != SPEND_ALL_TIME)
		rc = query_rows(s, &st, by, first_hour(since), until > DAYS_MAX ? INT64_MAX : first_hour(until + 1) - 1, limit, e);
	else
		rc = query_rows(s, &st, by, since, until, limit, e);
	if (rc == ERR_OK)
		rc = sql_list(s, st, &sums, rows, limit, n, e);
	if (rc == ERR_OK)
		rc = lay_held(s, by, since, until, rows, limit, n, e);
	for (i = 0; i < *n; i++)
		spell(by, rows[i].name);
	if (rc != ERR_OK)
		*n = 0;
	return rc;
}

enum err_code spend_of(struct store *s, enum spend_by by, const char *name, int64_t since_day, int64_t until_day, struct spend_row *out, struct err *e)
{
	static const char text[] = "SELECT ?3, " SUMS " FROM rollup WHERE dim = ?1 AND name = ?3 AND day = ?2";
	int64_t since = since_day, until = until_day, day;
	struct spend_row flight[64];
	enum err_code rc = ERR_OK;
	int i, n = 0;

	memset(out, 0, sizeof *out);
	if (by >= SPEND_DAY)
		return err_set(e, ERR_USAGE, "a day or an hour is not a name to sum by");
	range(&since, &until);
	if (until - since > SUM_DAYS_MAX)
		return err_set(e, ERR_LIMIT, "a sum over more than %d days: ask for all time", SUM_DAYS_MAX);
	for (day = since; day <= until && rc == ERR_OK; day++) {
		struct spend_row one;
		sqlite3_stmt *st;
		int got;

		rc = sql_query(s, &st, e, text, "dit", (int)by, day, name);
		if (rc == ERR_OK)
			rc = sql_list(s, st, &sums, &one, 1, &got, e);
		if (rc != ERR_OK)
			break;
		out->calls += one.calls;
		out->tokens.input += one.tokens.input;
		out->tokens.cache_read += one.tokens.cache_read;
		out->tokens.write_5m += one.tokens.write_5m;
		out->tokens.write_30m += one.tokens.write_30m;
		out->tokens.write_1h += one.tokens.write_1h;
		out->tokens.write_12h += one.tokens.write_12h;
		out->tokens.output += one.tokens.output;
		out->tokens.tool_uses += one.tokens.tool_uses;
		out->cost_pd += one.cost_pd;
		out->estimated_pd += one.estimated_pd;
		out->unpriced_calls += one.unpriced_calls;
		out->saved_pd += one.saved_pd;
	}
	snprintf(out->name, sizeof out->name, "%s", name);
	if (rc == ERR_OK)
		rc = lay_held(s, by, since, until, flight, LENGTH(flight), &n, e);
	for (i = 0; i < n; i++)
		if (strcmp(flight[i].name, name) == 0)
			out->held_pd = flight[i].held_pd;
	return rc;
}

enum err_code spend_total(struct store *s, int64_t day, struct spend_row *out, struct err *e)
{
	return spend_of(s, SPEND_WORKSPACE, "", day, day, out, e);
}

enum err_code spend_cost(struct store *s, enum spend_by by, const char *name, int64_t since_day, int64_t until_day, int64_t *pd, struct err *e)
{
	int64_t since = since_day, until = until_day, day;
	enum err_code rc = ERR_OK;

	*pd = 0;
	range(&since, &until);
	if (by >= SPEND_DAY || until - since > SUM_DAYS_MAX)
		return err_set(e, ERR_USAGE, "no such sum");
	for (day = since; day <= until && rc == ERR_OK; day++) {
		int64_t one = 0;

		rc = sql_int(s, &one, e, "SELECT cost_pd + estimated_pd FROM rollup WHERE dim = ? AND day = ? AND name = ?", "dit", (int)by, day, name);
		if (rc == ERR_MISSING)
			rc = ERR_OK;
		else if (rc == ERR_OK && __builtin_add_overflow(*pd, one, pd))
			rc = err_set(e, ERR_LIMIT, "the sums are over what can be counted");
	}
	return rc;
}

enum err_code spend_minutes(struct store *s, int64_t now_us, struct spend_minutes *rows, int limit, int *n, struct err *e)
{
	int64_t last = now_us / (60 * US_PER_S);
	struct err own = {0};
	sqlite3_stmt *st;
	enum err_code rc;
	int got, i;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT minute, vendor, pd FROM minute WHERE minute BETWEEN ? AND ?", "ii", last - (SPEND_MINUTES - 1), last);
	if (rc != ERR_OK)
		return rc;
	while ((got = sql_step(s, st, &own)) == 1) {
		char vendor[NAME_MAX_BYTES];

		COL_TEXT(st, 1, vendor);
		for (i = 0; i < *n && strcmp(rows[i].vendor, vendor) != 0; i++)
			;
		if (i == *n && *n == limit)
			continue;
		if (i == *n) {
			memset(&rows[i], 0, sizeof rows[i]);
			memcpy(rows[(*n)++].vendor, vendor, sizeof vendor);
		}
		rows[i].pd[col_int(st, 0) - (last - (SPEND_MINUTES - 1))] = col_int(st, 2);
	}
	if (got < 0 && e != NULL)
		*e = own;
	return got < 0 ? own.code : ERR_OK;
}
