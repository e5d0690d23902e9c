/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ledger: I3 (held before sent, never over a cap), I4 (every call is booked), I9 (sums are sums). */
#include "store/office.h"

#include "store/key.h"
#include "store/key_report.h"
#include "store/reuse.h"

static void set_cap(struct office *o, enum cap_scope scope, const char *ref, enum cap_window w, int64_t limit_pd)
{
	struct cap c = {.scope = scope, .window = w, .limit_pd = limit_pd, .created_us = NOON};

	snprintf(c.ref, sizeof c.ref, "%s", ref);
	check_ok(cap_set(o->s, &c, "kim", NOON, &o->e), &o->e);
}

/* Held at that minute, by that task (of the same agent). */
static void call_at(struct office *o, int64_t task, int minute)
{
	struct call c = a_call(o, CENT);

	c.task = task;
	check_ok(call_hold(o->s, &c, NULL, NOON + minute * INT64_C(60000000), NULL, &o->e), &o->e);
}

static void test_how_soon_calls_follow_each_other(void **state)
{
	static const int minutes[] = {0, 2, 4, 30, 31, 200};	/* of one task: soon, soon, later, soon, over */
	struct office *o = *state;
	struct cache_reuse prefix, history;
	size_t i;

	check_ok(calls_reuse(o->s, "Ada", NOON, &prefix, &history, &o->e), &o->e);
	assert_int_equal(prefix.soon + prefix.later + prefix.ended, 0);
	for (i = 0; i < LENGTH(minutes); i++)
		call_at(o, o->task, minutes[i]);
	/* the last one may still get another */
	check_ok(calls_reuse(o->s, "Ada", NOON + 210 * INT64_C(60000000), &prefix, &history, &o->e), &o->e);
	assert_true(history.soon == 3 && history.later == 1 && history.ended == 1);
	assert_memory_equal(&prefix, &history, sizeof prefix);
	check_ok(calls_reuse(o->s, "Ada", NOON + 300 * INT64_C(60000000), &prefix, &history, &o->e), &o->e);
	assert_int_equal(history.ended, 2);
	check_ok(calls_reuse(o->s, "Sam", NOON, &prefix, &history, &o->e), &o->e);
	assert_int_equal(prefix.soon + prefix.later + prefix.ended, 0);
}

static void test_what_a_vendor_says_of_a_key_is_kept_as_it_was_last(void **state)
{
	struct office *o = *state;
	struct key k = {.label = "main", .vendor = "anthropic", .created_us = NOON};
	struct key_report r;
	struct key_limit l = {.kind = "requests", .limit = 50, .remaining = 49, .at_us = NOON};

	check_ok(key_add(o->s, &k, "kim", &o->e), &o->e);
	check_ok(key_report_get(o->s, k.id, &r, &o->e), &o->e);
	assert_true(r.limits_n == 0 && r.service[0] == '\0' && r.trouble[0] == '\0');
	check_ok(key_report_limit(o->s, k.id, &l, &o->e), &o->e);
	l.remaining = 12;
	check_ok(key_report_limit(o->s, k.id, &l, &o->e), &o->e);
	check_ok(key_report_service(o->s, k.id, "priority", NOON, &o->e), &o->e);
	check_ok(key_report_trouble(o->s, k.id, "own_limit", "spend limit reached", NOON + 1, &o->e), &o->e);
	check_ok(key_report_get(o->s, k.id, &r, &o->e), &o->e);
	assert_true(r.limits_n == 1 && r.limit[0].limit == 50 && r.limit[0].remaining == 12);
	assert_string_equal(r.service, "priority");
	assert_string_equal(r.trouble, "own_limit");
	assert_int_equal(r.trouble_us, NOON + 1);
}

static void test_hold_is_stored_before_anything_is_sent(void **state)
{
	struct office *o = *state;
	struct call c = a_call(o, 5 * CENT), got;

	check_ok(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), &o->e);
	check_ok(call_get(o->s, c.id, &got, &o->e), &o->e);
	assert_int_equal(got.state, CALL_HELD);
	assert_int_equal(got.hold_pd, 5 * CENT);
	assert_int_equal(got.day, clock_day_number(NOON));
	assert_string_equal(got.key_label, "main");
	assert_int_equal(got.cost_pd, 0);
}

static void test_i3_hold_that_passes_a_cap_is_refused_and_named(void **state)
{
	struct office *o = *state;
	struct call c = a_call(o, 6 * CENT);
	struct hold_refusal why;

	set_cap(o, SCOPE_WORKSPACE, "", WINDOW_DAY, 100 * CENT);
	set_cap(o, SCOPE_VENDOR, "anthropic", WINDOW_DAY, 10 * CENT);
	set_cap(o, SCOPE_VENDOR, "openai", WINDOW_DAY, CENT);
	check_ok(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), &o->e);
	c = a_call(o, 5 * CENT);
	check_code(call_hold(o->s, &c, NULL, NOON, &why, &o->e), ERR_REFUSED, &o->e);
	assert_int_equal(why.scope, SCOPE_VENDOR);
	assert_string_equal(why.ref, "anthropic");
	assert_int_equal(why.limit_pd, 10 * CENT);
	assert_int_equal(why.held_pd, 6 * CENT);
	assert_int_equal(why.spent_pd, 0);
	assert_int_equal(why.asked_pd, 5 * CENT);
	c = a_call(o, 4 * CENT);
	check_ok(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), &o->e);	/* to the last pico-dollar */
}

static void test_i3_each_scope_and_window_is_kept(void **state)
{
	static const struct { enum cap_scope scope; const char *ref; } scopes[] = {
		{SCOPE_WORKSPACE, ""}, {SCOPE_VENDOR, "anthropic"}, {SCOPE_KEY, "main"}, {SCOPE_AGENT, "Ada"}, {SCOPE_GOAL, "1"}, {SCOPE_TASK, "1"}};
	struct office *o = *state;
	struct hold_refusal why;
	size_t i;
	int w;

	booked(o, 2 * CENT);
	for (i = 0; i < LENGTH(scopes); i++)
		for (w = 0; w < CAP_WINDOWS; w++) {
			struct call c = a_call(o, 2 * CENT);
			struct cap row;
			int n;

			set_cap(o, scopes[i].scope, scopes[i].ref, (enum cap_window)w, 3 * CENT);
			check_code(call_hold(o->s, &c, NULL, NOON, &why, &o->e), ERR_REFUSED, &o->e);
			assert_int_equal(why.scope, scopes[i].scope);
			assert_int_equal(why.spent_pd, 2 * CENT);
			check_ok(cap_list(o->s, NOON, &row, 1, &n, &o->e), &o->e);
			assert_int_equal(row.spent_pd, 2 * CENT);
			check_ok(cap_remove(o->s, row.id, "kim", NOON, &o->e), &o->e);
		}
}

static void test_i3_a_new_day_or_month_begins_at_nothing(void **state)
{
	struct office *o = *state;
	struct call c = a_call(o, 2 * CENT);

	booked(o, 2 * CENT);
	set_cap(o, SCOPE_WORKSPACE, "", WINDOW_DAY, 3 * CENT);
	check_code(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), ERR_REFUSED, &o->e);
	check_ok(call_hold(o->s, &c, NULL, clock_day_end(NOON), NULL, &o->e), &o->e);
	set_cap(o, SCOPE_WORKSPACE, "", WINDOW_MONTH, 5 * CENT);
	c = a_call(o, 2 * CENT);
	check_code(call_hold(o->s, &c, NULL, clock_day_end(NOON) + US_PER_DAY, NULL, &o->e), ERR_REFUSED, &o->e);
	check_ok(call_hold(o->s, &c, NULL, clock_month_end(NOON), NULL, &o->e), &o->e);
}

static void test_i3_own_caps_of_goal_task_and_agent(void **state)
{
	struct office *o = *state;
	struct call c = a_call(o, 2 * CENT);
	struct hold_refusal why;

	check_ok(goal_set_cap(o->s, o->goal, CENT, "kim", NOON, &o->e), &o->e);
	check_code(call_hold(o->s, &c, NULL, NOON, &why, &o->e), ERR_REFUSED, &o->e);
	assert_int_equal(why.scope, SCOPE_GOAL);
	assert_int_equal(why.cap, 0);
	check_ok(goal_set_cap(o->s, o->goal, 0, "kim", NOON, &o->e), &o->e);
	check_ok(task_set_cap(o->s, o->task, CENT, "kim", NOON, &o->e), &o->e);
	check_code(call_hold(o->s, &c, NULL, NOON, &why, &o->e), ERR_REFUSED, &o->e);
	assert_int_equal(why.scope, SCOPE_TASK);
	check_ok(task_set_cap(o->s, o->task, 0, "kim", NOON, &o->e), &o->e);
	check_ok(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), &o->e);
}

static void test_i3_cut_call_counts_at_its_full_bound(void **state)
{
	struct office *o = *state;
	struct call c = a_call(o, 8 * CENT), got;

	set_cap(o, SCOPE_WORKSPACE, "", WINDOW_DAY, 10 * CENT);
	check_ok(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), &o->e);
	check_ok(call_sent(o->s, c.id, o->epoch, NOON, &o->e), &o->e);
	c.estimate_pd = CENT;
	settle(o, &c, CALL_CUT, CENT);
	check_ok(call_get(o->s, c.id, &got, &o->e), &o->e);
	assert_int_equal(got.cost_pd, 8 * CENT);
	assert_int_equal(got.estimate_pd, CENT);
	c = a_call(o, 3 * CENT);
	check_code(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), ERR_REFUSED, &o->e);
	check_ok(call_settle_cut(o->s, got.id, CENT, "kim", NOON, &o->e), &o->e);
	check_ok(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), &o->e);
	check_code(call_settle_cut(o->s, got.id, CENT, "kim", NOON, &o->e), ERR_ILLEGAL, &o->e);
	check_ok(spend_verify(o->s, &o->e), &o->e);
}

static enum err_code refuse_mac(void *user, const struct cap *c, struct err *e)
{
	(void)user;
	return c->limit_pd == 77 ? err_set(e, ERR_AUTH, "no") : ERR_OK;
}

static void test_i3_cap_with_a_bad_mac_lets_nothing_be_held(void **state)
{
	struct office *o = *state;
	struct cap_guard guard = {refuse_mac, NULL};
	struct call c = a_call(o, 1), rows[4];
	int n;

	set_cap(o, SCOPE_WORKSPACE, "", WINDOW_DAY, 100 * CENT);
	check_ok(call_hold(o->s, &c, &guard, NOON, NULL, &o->e), &o->e);
	set_cap(o, SCOPE_VENDOR, "openai", WINDOW_DAY, 77);
	check_ok(call_hold(o->s, &c, &guard, NOON, NULL, &o->e), &o->e);	/* it does not cover this call */
	set_cap(o, SCOPE_VENDOR, "anthropic", WINDOW_DAY, 77);
	check_code(call_hold(o->s, &c, &guard, NOON, NULL, &o->e), ERR_AUTH, &o->e);
	check_ok(call_in_flight(o->s, rows, 4, &n, &o->e), &o->e);
	assert_int_equal(n, 2);
}

static void test_stale_epoch_books_nothing(void **state)
{
	struct office *o = *state;
	struct call c = a_call(o, CENT);

	check_ok(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), &o->e);
	assert_int_equal(tamper(o, "UPDATE lease SET epoch = epoch + 1"), SQLITE_OK);
	check_code(call_sent(o->s, c.id, o->epoch, NOON, &o->e), ERR_CONFLICT, &o->e);
	c.state = CALL_RELEASED;
	check_code(call_settle(o->s, &c, NOON, &o->e), ERR_CONFLICT, &o->e);
	c = a_call(o, CENT);
	check_code(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), ERR_CONFLICT, &o->e);
}

static void test_every_move_of_a_call_is_checked(void **state)
{
	struct office *o = *state;
	int from, to;

	for (from = 0; from < CALL_STATES; from++)
		for (to = CALL_SETTLED; to < CALL_STATES; to++) {
			struct call c = a_call(o, CENT), end;
			bool legal = life_allows(&call_life, from, to);

			check_ok(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), &o->e);
			if (from != CALL_HELD && from != CALL_RELEASED)
				check_ok(call_sent(o->s, c.id, o->epoch, NOON, &o->e), &o->e);
			end = c;
			if (from > CALL_SENT) {
				end.state = (enum call_state)from;
				check_ok(call_settle(o->s, &end, NOON, &o->e), &o->e);
			}
			end.state = (enum call_state)to;
			if (from == CALL_CUT && to == CALL_SETTLED)
				legal = true;
			check_code(call_settle(o->s, &end, NOON, &o->e), legal ? ERR_OK : ERR_ILLEGAL, &o->e);
		}
}

static void test_i9_rollups_are_the_sum_of_their_rows(void **state)
{
	struct office *o = *state;
	struct spend_row rows[8];
	struct call c;
	struct spend_minutes minutes[2];
	int64_t cost;
	struct task t;
	int i, n;

	for (i = 1; i <= 9; i++)
		booked(o, i * CENT);
	c = a_call(o, 4 * CENT);
	snprintf(c.vendor, sizeof c.vendor, "openai");
	check_ok(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), &o->e);
	check_ok(spend_verify(o->s, &o->e), &o->e);
	check_ok(spend_by(o->s, SPEND_VENDOR, clock_day_number(NOON), clock_day_number(NOON), rows, 8, &n, &o->e), &o->e);
	assert_int_equal(n, 2);
	assert_string_equal(rows[0].name, "anthropic");
	assert_int_equal(rows[0].calls, 9);
	assert_int_equal(rows[0].cost_pd, 45 * CENT);
	assert_int_equal(rows[0].tokens.input, 900);
	assert_string_equal(rows[1].name, "openai");
	assert_int_equal(rows[1].held_pd, 4 * CENT);
	check_ok(spend_by(o->s, SPEND_DAY, SPEND_ALL_TIME, SPEND_ALL_TIME, rows, 8, &n, &o->e), &o->e);
	assert_int_equal(n, 1);
	assert_string_equal(rows[0].name, "2026-11-23");
	assert_int_equal(rows[0].held_pd, 4 * CENT);
	check_ok(spend_by(o->s, SPEND_HOUR, clock_day_number(NOON), clock_day_number(NOON), rows, 8, &n, &o->e), &o->e);
	assert_int_equal(n, 1);
	assert_string_equal(rows[0].name, "2026-11-23T12:00Z");
	check_ok(spend_total(o->s, clock_day_number(NOON), &rows[0], &o->e), &o->e);
	assert_int_equal(rows[0].cost_pd, 45 * CENT);
	assert_int_equal(rows[0].held_pd, 4 * CENT);
	check_ok(spend_minutes(o->s, NOON + US_PER_S, minutes, 2, &n, &o->e), &o->e);
	assert_int_equal(n, 1);
	assert_string_equal(minutes[0].vendor, "anthropic");
	assert_int_equal(minutes[0].pd[59], 45 * CENT);
	assert_int_equal(minutes[0].pd[58], 0);
	check_ok(spend_cost(o->s, SPEND_VENDOR, "anthropic", clock_day_number(NOON) - 30, clock_day_number(NOON), &cost, &o->e), &o->e);
	assert_int_equal(cost, 45 * CENT);
	check_ok(spend_cost(o->s, SPEND_VENDOR, "openai", SPEND_ALL_TIME, 0, &cost, &o->e), &o->e);
	assert_int_equal(cost, 0);
	check_ok(task_get(o->s, o->task, &t, &o->e), &o->e);
	assert_int_equal(t.cost_pd, 45 * CENT);
	task_release(&t);
}

/* Whatever the clock does, a call belongs to the day in which it was held, and no sum loses it. */
static void test_a_clock_that_jumps_loses_nothing(void **state)
{
	static const int64_t jumps[] = {0, -2 * 3600, 400 * 86400, -86400, 5, -400 * 86400, 86400};	/* seconds from noon */
	struct office *o = *state;
	struct spend_minutes minutes[2];
	struct spend_row r;
	struct call rows[16], got;
	size_t i, k;
	int n = 0, found;

	for (i = 0; i < LENGTH(jumps); i++) {
		int64_t at = NOON + jumps[i] * US_PER_S;
		struct call c = a_call(o, 4 * CENT);

		check_ok(call_hold(o->s, &c, NULL, at, NULL, &o->e), &o->e);
		check_ok(call_sent(o->s, c.id, o->epoch, at, &o->e), &o->e);
		c.state = CALL_SETTLED;
		c.cost_pd = CENT;
		/* the clock is set again before the answer is in */
		check_ok(call_settle(o->s, &c, NOON + jumps[(i + 1) % LENGTH(jumps)] * US_PER_S, &o->e), &o->e);
		check_ok(call_get(o->s, c.id, &got, &o->e), &o->e);
		assert_int_equal(got.day, clock_day_number(at));
		check_ok(spend_minutes(o->s, got.ended_us, minutes, 2, &n, &o->e), &o->e);
		assert_int_equal(n, 1);
		assert_true(minutes[0].pd[59] >= CENT);
		check_ok(spend_verify(o->s, &o->e), &o->e);
	}
	check_ok(spend_of(o->s, SPEND_VENDOR, "anthropic", SPEND_ALL_TIME, 0, &r, &o->e), &o->e);
	assert_int_equal(r.calls, LENGTH(jumps));
	check_ok(spend_total(o->s, clock_day_number(NOON), &r, &o->e), &o->e);
	assert_int_equal(r.calls, 3);
	for (i = 0; i < LENGTH(jumps); i++) {	/* those from a time on: all of them, and no other */
		struct call_filter f = {.since_us = NOON + jumps[i] * US_PER_S};

		check_ok(call_list(o->s, &f, rows, LENGTH(rows), &n, &o->e), &o->e);
		for (found = 0, k = 0; k < LENGTH(jumps); k++)
			found += jumps[k] >= jumps[i];
		assert_int_equal(n, found);
	}
}

/* Few names are added up as they are read, many by the database: the sums are the same. */
static void test_some_days_are_summed_by_name(void **state)
{
	struct office *o = *state;
	struct spend_row *rows = calloc(100, sizeof *rows);
	int64_t day = clock_day_number(NOON);
	int names, i, n;

	for (names = 10; names <= 70; names += 60) {
		for (i = names == 10 ? 0 : 10; i < names; i++) {
			int k;

			for (k = 0; k < 2; k++) {
				struct call c = a_call(o, 5 * CENT);

				snprintf(c.model, sizeof c.model, "model-%03d", i);
				check_ok(call_hold(o->s, &c, NULL, NOON + k * US_PER_DAY, NULL, &o->e), &o->e);
				check_ok(call_sent(o->s, c.id, o->epoch, NOON, &o->e), &o->e);
				c.state = CALL_SETTLED;
				c.cost_pd = CENT + i;
				check_ok(call_settle(o->s, &c, NOON + k * US_PER_DAY, &o->e), &o->e);
			}
		}
		check_ok(spend_by(o->s, SPEND_MODEL, day, day + 1, rows, 100, &n, &o->e), &o->e);
		assert_int_equal(n, names);
		for (i = 0; i < n; i++) {	/* dearest first */
			assert_int_equal(rows[i].calls, 2);
			assert_int_equal(rows[i].cost_pd, 2 * (CENT + names - 1 - i));
		}
		check_ok(spend_by(o->s, SPEND_MODEL, day, day + 1, rows, 5, &n, &o->e), &o->e);
		assert_int_equal(n, 5);
		assert_int_equal(rows[0].cost_pd, 2 * (CENT + names - 1));
	}
	free(rows);
}

static void test_i9_a_changed_sum_or_row_is_found(void **state)
{
	struct office *o = *state;

	booked(o, CENT);
	assert_int_equal(tamper(o, "UPDATE rollup SET cost_pd = cost_pd - 1 WHERE dim = 2 AND day >= 0"), SQLITE_OK);
	check_code(spend_verify(o->s, &o->e), ERR_PROTO, &o->e);
	assert_non_null(strstr(o->e.text, "key"));
	assert_int_equal(tamper(o, "UPDATE rollup SET cost_pd = cost_pd + 1 WHERE dim = 2 AND day >= 0"), SQLITE_OK);
	check_ok(spend_verify(o->s, &o->e), &o->e);
	assert_int_equal(tamper(o, "INSERT INTO rollup SELECT dim, day, 'other', calls, input, cache_read, write_5m, write_30m, write_1h, write_12h, output, tool_uses, cost_pd,"
		" estimated_pd, unpriced, saved_pd FROM rollup WHERE dim = 1"), SQLITE_OK);
	check_code(spend_verify(o->s, &o->e), ERR_PROTO, &o->e);
}

static void test_what_a_call_was_billed_as_is_kept(void **state)
{
	struct office *o = *state;
	struct call c = a_call(o, 4 * CENT), got;

	check_ok(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), &o->e);
	check_ok(call_sent(o->s, c.id, o->epoch, NOON, &o->e), &o->e);
	c.state = CALL_SETTLED;
	c.cost_pd = CENT;
	snprintf(c.service_tier, sizeof c.service_tier, "flex");
	snprintf(c.region_class, sizeof c.region_class, "regional");
	check_ok(call_settle(o->s, &c, NOON, &o->e), &o->e);
	check_ok(call_get(o->s, c.id, &got, &o->e), &o->e);
	assert_string_equal(got.service_tier, "flex");
	assert_string_equal(got.region_class, "regional");
}

static void test_unpriced_and_estimated_are_never_shown_as_proved(void **state)
{
	struct office *o = *state;
	struct call c = a_call(o, 2 * CENT);
	struct spend_row r;

	check_ok(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), &o->e);
	check_ok(call_sent(o->s, c.id, o->epoch, NOON, &o->e), &o->e);
	c.unpriced = true;
	settle(o, &c, CALL_SETTLED, CENT);
	check_ok(spend_total(o->s, c.day, &r, &o->e), &o->e);
	assert_int_equal(r.cost_pd, 0);
	assert_int_equal(r.estimated_pd, CENT);
	assert_int_equal(r.unpriced_calls, 1);
}

static void test_booked_calls_do_not_change_even_by_sql(void **state)
{
	struct office *o = *state;

	booked(o, CENT);
	assert_int_not_equal(tamper(o, "UPDATE call SET cost_pd = 0"), SQLITE_OK);
	assert_int_not_equal(tamper(o, "DELETE FROM call"), SQLITE_OK);
	check_ok(spend_verify(o->s, &o->e), &o->e);
}

static void test_lists_are_bounded_and_newest_first(void **state)
{
	struct office *o = *state;
	struct call rows[4];
	struct call_filter f = {.task = o->task};
	int i, n;

	for (i = 0; i < 6; i++)
		booked(o, CENT);
	check_ok(call_list(o->s, &f, rows, 4, &n, &o->e), &o->e);
	assert_int_equal(n, 4);
	assert_int_equal(rows[0].id, 6);
	f.before_id = rows[3].id;
	check_ok(call_list(o->s, &f, rows, 4, &n, &o->e), &o->e);
	assert_int_equal(n, 2);
	assert_int_equal(rows[1].id, 1);
	f = (struct call_filter){.since_us = NOON + 1};
	check_ok(call_list(o->s, &f, rows, 4, &n, &o->e), &o->e);
	assert_int_equal(n, 0);
}

static void test_request_id_and_first_byte_only_while_in_flight(void **state)
{
	struct office *o = *state;
	struct call c = a_call(o, CENT), got;

	check_ok(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), &o->e);
	check_code(call_request_id(o->s, c.id, o->epoch, "req_1", &o->e), ERR_ILLEGAL, &o->e);
	check_ok(call_sent(o->s, c.id, o->epoch, NOON, &o->e), &o->e);
	check_ok(call_request_id(o->s, c.id, o->epoch, "req_1", &o->e), &o->e);
	check_ok(call_first_byte(o->s, c.id, o->epoch, NOON + 5, &o->e), &o->e);
	settle(o, &c, CALL_SETTLED, 1);
	check_ok(call_get(o->s, c.id, &got, &o->e), &o->e);
	assert_string_equal(got.request_id, "req_1");
	assert_int_equal(got.first_byte_us, NOON + 5);
}

static void test_amounts_out_of_range_are_refused(void **state)
{
	struct office *o = *state;
	struct call c = a_call(o, -1);

	check_code(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), ERR_LIMIT, &o->e);
	c.hold_pd = INT64_MAX;
	check_code(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), ERR_LIMIT, &o->e);
	c = a_call(o, CENT);
	check_ok(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), &o->e);
	c.state = CALL_RELEASED;
	c.cost_pd = 1;
	check_code(call_settle(o->s, &c, NOON, &o->e), ERR_ILLEGAL, &o->e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		office_test(test_hold_is_stored_before_anything_is_sent),
		office_test(test_how_soon_calls_follow_each_other),
		office_test(test_what_a_vendor_says_of_a_key_is_kept_as_it_was_last),
		office_test(test_i3_hold_that_passes_a_cap_is_refused_and_named),
		office_test(test_i3_each_scope_and_window_is_kept),
		office_test(test_i3_a_new_day_or_month_begins_at_nothing),
		office_test(test_i3_own_caps_of_goal_task_and_agent),
		office_test(test_i3_cut_call_counts_at_its_full_bound),
		office_test(test_i3_cap_with_a_bad_mac_lets_nothing_be_held),
		office_test(test_stale_epoch_books_nothing),
		office_test(test_every_move_of_a_call_is_checked),
		office_test(test_i9_rollups_are_the_sum_of_their_rows),
		office_test(test_a_clock_that_jumps_loses_nothing),
		office_test(test_some_days_are_summed_by_name),
		office_test(test_i9_a_changed_sum_or_row_is_found),
		office_test(test_what_a_call_was_billed_as_is_kept),
		office_test(test_unpriced_and_estimated_are_never_shown_as_proved),
		office_test(test_booked_calls_do_not_change_even_by_sql),
		office_test(test_lists_are_bounded_and_newest_first),
		office_test(test_request_id_and_first_byte_only_while_in_flight),
		office_test(test_amounts_out_of_range_are_refused),
	};

	setenv("TZ", "UTC", 1);
	clock_use_zone("UTC");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
