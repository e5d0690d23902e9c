/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One row per dimension, name and day, and one for all time (day -1), changed in
 * the transaction that books the call: so the meter and the caps never sum the
 * ledger. What is in flight is no roll-up: those few rows have an index. */
#include "store/rollup.h"

#include "base/clock.h"
#include "store/sql.h"

#define MINUTES_KEPT 120

static const enum spend_by of_scope[CAP_SCOPES] = {
	[SCOPE_WORKSPACE] = SPEND_WORKSPACE, [SCOPE_VENDOR] = SPEND_VENDOR, [SCOPE_KEY] = SPEND_KEY,
	[SCOPE_AGENT] = SPEND_AGENT, [SCOPE_GOAL] = SPEND_GOAL, [SCOPE_TASK] = SPEND_TASK,
};

/* What one call adds. */
struct amount {
	int64_t calls, cost, estimated, unpriced, saved;
	struct call_tokens t;
};

/* A day's row and the one for all time; a name that is NULL has none. */
#define ROWS(dim, name) "(" dim ", ?14, " name "), (" dim ", -1, " name "), "
#define DIMENSIONS ROWS("0", "''") ROWS("1", "?15") ROWS("2", "?16") ROWS("3", "?17") ROWS("4", "?18") ROWS("5", "?19") ROWS("6", "?20") "(8, ?21, '')"
_Static_assert(SPEND_WORKSPACE == 0 && SPEND_VENDOR == 1 && SPEND_KEY == 2 && SPEND_MODEL == 3 && SPEND_AGENT == 4 && SPEND_GOAL == 5 && SPEND_TASK == 6 && SPEND_HOUR == 8 &&
    SPEND_ALL_TIME == -1, "the rows are written out above");

/* In one statement: it is the dearest part of a booking. Days are the workspace's rows. */
static enum err_code add_everywhere(struct store *s, const struct call *c, const struct amount *a, struct err *e)
{
	char goal[24], task[24];

	return sql_run(s, e, "INSERT INTO rollup SELECT column1, column2, column3, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13 FROM (VALUES " DIMENSIONS ")"
		" WHERE column3 IS NOT NULL ON CONFLICT DO UPDATE SET calls = calls + ?1, input = input + ?2, cache_read = cache_read + ?3, write_5m = write_5m + ?4,"
		" write_30m = write_30m + ?5, write_1h = write_1h + ?6, write_12h = write_12h + ?7, output = output + ?8, tool_uses = tool_uses + ?9, cost_pd = cost_pd + ?10,"
		" estimated_pd = estimated_pd + ?11, unpriced = unpriced + ?12, saved_pd = saved_pd + ?13", "iiiiiiiiiiiiiitttnnni", a->calls, a->t.input, a->t.cache_read,
		a->t.write_5m, a->t.write_30m, a->t.write_1h, a->t.write_12h, a->t.output, a->t.tool_uses, a->cost, a->estimated, a->unpriced, a->saved, c->day, c->vendor,
		c->key_label, c->model, c->agent[0] != '\0' ? c->agent : NULL, c->goal > 0 ? number_text(goal, c->goal) : NULL, c->task > 0 ? number_text(task, c->task) : NULL,
		c->held_us / (3600 * US_PER_S));
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
