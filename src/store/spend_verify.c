/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The proof that the roll-ups are the sums of the booked calls. One pass over the ledger
 * adds every call to every sum it belongs to, in memory; then each row of the roll-up is
 * looked up there. Grouping in SQL sorted the whole ledger once for each dimension. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/slice.h"
#include "store/spend.h"
#include "store/sql.h"

/* In the order of the roll-up's columns. */
enum { CALLS, INPUT, CACHE_READ, WRITE_5M, WRITE_30M, WRITE_1H, WRITE_12H, OUTPUT, TOOL_USES, COST, ESTIMATED, UNPRICED, SAVED, AMOUNTS };

struct sum {
	int64_t day, v[AMOUNTS];
	enum spend_by dim;
	char *name;
};

/* Open addressing; a slot without a name is free. size is a power of two. */
struct sums {
	struct sum *slot;
	size_t size, count;
};

static struct sum *slot_of(const struct sums *t, enum spend_by dim, int64_t day, const char *name)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ (uint64_t)dim ^ ((uint64_t)day << 8);
	const char *c;
	size_t i;

	for (c = name; *c != '\0'; c++)
		h = (h ^ (unsigned char)*c) * UINT64_C(1099511628211);
	h *= UINT64_C(1099511628211);
	for (i = (size_t)(h ^ (h >> 32)) & (t->size - 1);; i = (i + 1) & (t->size - 1)) {
		struct sum *s = &t->slot[i];

		if (s->name == NULL || (s->day == day && s->dim == dim && strcmp(s->name, name) == 0))
			return s;
	}
}

static void grow(struct sums *t)
{
	struct sums bigger = {.size = t->size > 0 ? t->size * 2 : 1024, .count = t->count};
	size_t i;

	bigger.slot = xcalloc(bigger.size, sizeof *bigger.slot);
	for (i = 0; i < t->size; i++)
		if (t->slot[i].name != NULL)
			*slot_of(&bigger, t->slot[i].dim, t->slot[i].day, t->slot[i].name) = t->slot[i];
	free(t->slot);
	*t = bigger;
}

static void sums_release(struct sums *t)
{
	size_t i;

	for (i = 0; i < t->size; i++)
		free(t->slot[i].name);
	free(t->slot);
}

static bool add(struct sums *t, enum spend_by dim, int64_t day, const char *name, const int64_t v[AMOUNTS])
{
	struct sum *s;
	int i;

	if (t->count * 2 >= t->size)
		grow(t);
	s = slot_of(t, dim, day, name);
	if (s->name == NULL) {
		*s = (struct sum){.dim = dim, .day = day, .name = xstrdup(name)};
		t->count++;
	}
	for (i = 0; i < AMOUNTS; i++)
		if (__builtin_add_overflow(s->v[i], v[i], &s->v[i]))
			return false;
	return true;
}

static const char *text(sqlite3_stmt *st, int col)
{
	const unsigned char *s = sqlite3_column_text(st, col);

	return s != NULL ? (const char *)s : "";
}

/* Columns: day, hour, proved, vendor, key, model, agent, goal, task, then the amounts from INPUT
 * to TOOL_USES, cost, unpriced, saved. */
static bool add_call(struct sums *t, sqlite3_stmt *st)
{
	int64_t v[AMOUNTS] = {[CALLS] = 1}, day = col_int(st, 0), proved = col_int(st, 2);
	const struct {
		enum spend_by dim;
		int col;
		bool always;	/* else only with a name, or an id other than 0 */
	} dims[] = {{SPEND_VENDOR, 3, true}, {SPEND_KEY, 4, true}, {SPEND_MODEL, 5, true}, {SPEND_AGENT, 6, false}, {SPEND_GOAL, 7, false}, {SPEND_TASK, 8, false}};
	bool ok;
	size_t i;

	for (i = INPUT; i <= TOOL_USES; i++)
		v[i] = col_int(st, 9 + (int)i - INPUT);
	v[proved ? COST : ESTIMATED] = col_int(st, 17);
	v[UNPRICED] = col_int(st, 18);
	v[SAVED] = col_int(st, 19);
	ok = add(t, SPEND_WORKSPACE, day, "", v) && add(t, SPEND_WORKSPACE, SPEND_ALL_TIME, "", v) && add(t, SPEND_HOUR, col_int(st, 1), "", v);
	for (i = 0; i < LENGTH(dims) && ok; i++) {
		const char *name = text(st, dims[i].col);

		if (dims[i].always || (name[0] != '\0' && strcmp(name, "0") != 0))
			ok = add(t, dims[i].dim, day, name, v) && add(t, dims[i].dim, SPEND_ALL_TIME, name, v);
	}
	return ok;
}

static enum err_code add_ledger(struct store *s, struct sums *t, struct err *e)
{
	struct err own = {0};
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT day, held_us / 3600000000, state = 'settled' AND estimated = 0 AND unpriced = 0, vendor, key_label, model, agent, goal, task,"
		" input, cache_read, write_5m, write_30m, write_1h, write_12h, output, tool_uses, cost_pd, unpriced, saved_pd FROM call NOT INDEXED"
		" WHERE state IN ('settled', 'refused', 'cut')", "");
	int got = 0;

	if (rc != ERR_OK)
		return rc;
	while ((got = sql_step(s, st, &own)) == 1)
		if (!add_call(t, st)) {
			sql_done(st);
			return err_set(e, ERR_LIMIT, "the sums are over what can be counted");
		}
	if (got < 0 && e != NULL)
		*e = own;
	return got < 0 ? own.code : ERR_OK;
}

/* An hour's row keeps its calls and all that they cost; a cut call that was settled has moved
 * between proved and estimated since. */
static bool is_same(const struct sum *s, const int64_t v[AMOUNTS])
{
	if (s->name == NULL)
		return false;
	if (s->dim == SPEND_HOUR)
		return s->v[CALLS] == v[CALLS] && s->v[COST] + s->v[ESTIMATED] == v[COST] + v[ESTIMATED];
	return memcmp(s->v, v, sizeof s->v) == 0;
}

static enum err_code differ(enum spend_by dim, struct err *e)
{
	return err_set(e, ERR_PROTO, "the sums by %s are not those of the booked calls", spend_by_names[dim]);
}

static enum err_code compare_rows(struct store *s, const struct sums *t, struct err *e)
{
	struct err own = {0};
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT dim, day, name, calls, input, cache_read, write_5m, write_30m, write_1h, write_12h, output, tool_uses, cost_pd, estimated_pd,"
		" unpriced, saved_pd FROM rollup", "");
	size_t rows = 0;
	int got = 0;

	if (rc != ERR_OK)
		return rc;
	while ((got = sql_step(s, st, &own)) == 1) {
		int64_t v[AMOUNTS], dim = col_int(st, 0);
		int i;

		for (i = 0; i < AMOUNTS; i++)
			v[i] = col_int(st, 3 + i);
		if (dim < 0 || dim >= SPEND_DIMENSIONS || !is_same(slot_of(t, (enum spend_by)dim, col_int(st, 1), text(st, 2)), v)) {
			sql_done(st);
			return differ(dim >= 0 && dim < SPEND_DIMENSIONS ? (enum spend_by)dim : SPEND_WORKSPACE, e);
		}
		rows++;
	}
	if (got < 0) {
		if (e != NULL)
			*e = own;
		return own.code;
	}
	return rows == t->count ? ERR_OK : err_set(e, ERR_PROTO, "%zu sums of the booked calls have no row", t->count - rows);
}

/* What a task is said to have cost. */
static enum err_code compare_tasks(struct store *s, const struct sums *t, struct err *e)
{
	struct err own = {0};
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT id, cost_pd FROM task", "");
	int got = 0;

	if (rc != ERR_OK)
		return rc;
	while ((got = sql_step(s, st, &own)) == 1) {
		const struct sum *sum = slot_of(t, SPEND_TASK, SPEND_ALL_TIME, text(st, 0));

		if (col_int(st, 1) != (sum->name != NULL ? sum->v[COST] + sum->v[ESTIMATED] : 0)) {
			sql_done(st);
			return err_set(e, ERR_PROTO, "the cost of a task is not that of its calls");
		}
	}
	if (got < 0 && e != NULL)
		*e = own;
	return got < 0 ? own.code : ERR_OK;
}

enum err_code spend_verify(struct store *s, struct err *e)
{
	bool own = sqlite3_get_autocommit(s->db) != 0;	/* one state of the file for all comparisons */
	struct sums t = {.size = 0};
	enum err_code rc = own ? store_view_begin(s, e) : ERR_OK;

	if (rc != ERR_OK)
		return rc;
	grow(&t);
	rc = add_ledger(s, &t, e);
	if (rc == ERR_OK)
		rc = compare_rows(s, &t, e);
	if (rc == ERR_OK)
		rc = compare_tasks(s, &t, e);
	sums_release(&t);
	if (own)
		store_view_end(s);
	return rc;
}
