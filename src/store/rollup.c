/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row per dimension, name and day, and one for all time (day -1), changed in
 * the transaction that books the call: so the meter and the caps never sum the
 * ledger. What is in flight is no roll-up: those few rows have an index. */
#include "store/rollup.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/crash.h"
#include "store/sql.h"

#define MINUTES_KEPT 120

static const enum spend_by of_scope[CAP_SCOPES] = {
	[SCOPE_WORKSPACE] = SPEND_WORKSPACE, [SCOPE_VENDOR] = SPEND_VENDOR, [SCOPE_KEY] = SPEND_KEY,
	[SCOPE_AGENT] = SPEND_AGENT, [SCOPE_GOAL] = SPEND_GOAL, [SCOPE_TASK] = SPEND_TASK,
};

/* The name under which the call counts in a dimension; NULL if it does not. */
static const char *name_in(const struct call *c, enum spend_by dim, char number[24])
{
	switch (dim) {
	case SPEND_WORKSPACE:
	case SPEND_HOUR:
		return "";
	case SPEND_VENDOR:
		return c->vendor;
	case SPEND_KEY:
		return c->key_label;
	case SPEND_MODEL:
		return c->model;
	case SPEND_AGENT:
		return c->agent[0] != '\0' ? c->agent : NULL;
	case SPEND_GOAL:
	case SPEND_TASK:
		snprintf(number, 24, "%" PRId64, dim == SPEND_GOAL ? c->goal : c->task);
		return (dim == SPEND_GOAL ? c->goal : c->task) > 0 ? number : NULL;
	default:
		return NULL;	/* days are the workspace's rows */
	}
}

/* What one call adds. */
struct amount {
	int64_t calls, cost, estimated, unpriced, saved;
	struct call_tokens t;
};

static enum err_code add(struct store *s, enum spend_by dim, int64_t day, const char *name, const struct amount *a, struct err *e)
{
	return sql_run(s, e, "INSERT INTO rollup VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) ON CONFLICT DO UPDATE SET"
		" calls = calls + ?4, input = input + ?5, cache_read = cache_read + ?6, write_5m = write_5m + ?7, write_30m = write_30m + ?8, write_1h = write_1h + ?9,"
		" write_12h = write_12h + ?10, output = output + ?11, tool_uses = tool_uses + ?12, cost_pd = cost_pd + ?13, estimated_pd = estimated_pd + ?14,"
		" unpriced = unpriced + ?15, saved_pd = saved_pd + ?16", "ditiiiiiiiiiiiii", (int)dim, day, name, a->calls, a->t.input, a->t.cache_read, a->t.write_5m, a->t.write_30m,
		a->t.write_1h, a->t.write_12h, a->t.output, a->t.tool_uses, a->cost, a->estimated, a->unpriced, a->saved);
}

static enum err_code add_everywhere(struct store *s, const struct call *c, const struct amount *a, struct err *e)
{
	enum err_code rc = ERR_OK;
	char number[24];
	int dim;

	for (dim = 0; dim < SPEND_DAY && rc == ERR_OK; dim++) {
		const char *name = name_in(c, (enum spend_by)dim, number);

		if (name == NULL)
			continue;
		rc = add(s, (enum spend_by)dim, c->day, name, a, e);
		if (rc == ERR_OK)
			rc = add(s, (enum spend_by)dim, SPEND_ALL_TIME, name, a, e);
	}
	crash_point("rollup.half");
	return rc == ERR_OK ? add(s, SPEND_HOUR, c->held_us / (3600 * US_PER_S), "", a, e) : rc;
}

enum err_code rollup_book(struct store *s, const struct call *c, struct err *e)
{
	bool proved = c->state == CALL_SETTLED && !c->estimated && !c->unpriced;
	int64_t minute = c->ended_us / (60 * US_PER_S);
	struct amount a = {.calls = 1, .unpriced = c->unpriced, .saved = c->saved_pd, .t = c->tokens};
	enum err_code rc;

	*(proved ? &a.cost : &a.estimated) = c->cost_pd;
	rc = add_everywhere(s, c, &a, e);
	if (rc == ERR_OK && c->cost_pd > 0)
		rc = sql_run(s, e, "INSERT INTO minute VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET pd = pd + ?3", "iti", minute, c->vendor, c->cost_pd);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "DELETE FROM minute WHERE minute < ?1 - ?2 OR minute > ?1", "ii", minute, (int64_t)MINUTES_KEPT);	/* those of a clock that ran ahead, too */
	return rc;
}

enum err_code rollup_correct(struct store *s, const struct call *c, int64_t was_pd, struct err *e)
{
	struct amount a = {.cost = c->cost_pd, .estimated = -was_pd};

	return add_everywhere(s, c, &a, e);
}

void window_days(enum cap_window w, int64_t now_us, int64_t *first, int64_t *last)
{
	*first = *last = w == WINDOW_TOTAL ? SPEND_ALL_TIME : clock_day_number(now_us);
	if (w == WINDOW_MONTH) {
		*first = clock_day_number(clock_month_start(now_us));
		*last = clock_day_number(clock_month_end(now_us)) - 1;
	}
}

/* At most 31 look-ups: a month has no row of its own. */
enum err_code rollup_spent(struct store *s, enum cap_scope scope, const char *ref, int64_t first, int64_t last, int64_t *spent_pd, struct err *e)
{
	enum err_code rc = ERR_OK;
	int64_t day;

	*spent_pd = 0;
	for (day = first; day <= last && rc == ERR_OK; day++) {
		int64_t pd = 0;

		rc = sql_int(s, &pd, e, "SELECT cost_pd + estimated_pd FROM rollup WHERE dim = ? AND day = ? AND name = ?", "dit", (int)of_scope[scope], day, ref);
		if (rc == ERR_MISSING)
			rc = ERR_OK;
		else if (rc == ERR_OK && __builtin_add_overflow(*spent_pd, pd, spent_pd))
			rc = err_set(e, ERR_LIMIT, "the sums are over what can be counted");
	}
	return rc;
}

#define HELD "SELECT coalesce(sum(hold_pd), 0) FROM call INDEXED BY call_open WHERE state IN ('held', 'sent') AND day BETWEEN ? AND ? AND "
enum err_code rollup_held(struct store *s, enum cap_scope scope, const char *ref, int64_t first, int64_t last, int64_t *held_pd, struct err *e)
{
	static const char *const by[CAP_SCOPES] = {
		[SCOPE_WORKSPACE] = HELD "? = ''",
		[SCOPE_VENDOR] = HELD "vendor = ?",
		[SCOPE_KEY] = HELD "key_label = ?",
		[SCOPE_AGENT] = HELD "agent = ?",
		[SCOPE_GOAL] = HELD "goal = CAST(? AS INTEGER)",
		[SCOPE_TASK] = HELD "task = CAST(? AS INTEGER)",
	};

	return sql_int(s, held_pd, e, by[scope], "iit", first == SPEND_ALL_TIME ? INT64_C(0) : first, first == SPEND_ALL_TIME ? INT64_MAX : last, ref);
}
