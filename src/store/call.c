/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/call.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/crash.h"
#include "store/lease.h"
#include "store/rollup.h"
#include "store/sql.h"

#define COLUMNS "id, state, cause, goal, task, agent, vendor, key, key_version, key_label, model, tier, epoch, request_id, input, cache_read, write_5m, write_30m, write_1h," \
	" write_12h, output, tool_uses, hold_pd, cost_pd, estimate_pd, saved_pd, unpriced, estimated, price_from, stop_reason, http_status, error, held_us, sent_us, ended_us," \
	" first_byte_us, day, service_tier, region_class"
#define HOLD_MAX INT64_C(1000000000000000000)	/* a million dollars; keeps every sum of holds in range */

static bool read_call(sqlite3_stmt *st, void *row)
{
	struct call *c = row;
	int state = life_state(&call_life, (const char *)sqlite3_column_text(st, 1));
	int cause = col_name(st, 2, call_cause_names, CALL_CAUSES);
	int tier = col_name(st, 11, tier_names, TIERS);
	int64_t *const tokens[] = {&c->tokens.input, &c->tokens.cache_read, &c->tokens.write_5m, &c->tokens.write_30m, &c->tokens.write_1h, &c->tokens.write_12h,
		&c->tokens.output, &c->tokens.tool_uses};
	size_t i;

	c->id = col_int(st, 0);
	c->state = (enum call_state)state;
	c->cause = (enum call_cause)cause;
	c->goal = col_int(st, 3);
	c->task = col_int(st, 4);
	COL_TEXT(st, 5, c->agent);
	COL_TEXT(st, 6, c->vendor);
	c->key = col_int(st, 7);
	c->key_version = (int)col_int(st, 8);
	COL_TEXT(st, 9, c->key_label);
	COL_TEXT(st, 10, c->model);
	c->tier = (enum tier)tier;
	c->epoch = col_int(st, 12);
	COL_TEXT(st, 13, c->request_id);
	for (i = 0; i < LENGTH(tokens); i++)
		*tokens[i] = col_int(st, 14 + (int)i);
	c->hold_pd = col_int(st, 22);
	c->cost_pd = col_int(st, 23);
	c->estimate_pd = col_int(st, 24);
	c->saved_pd = col_int(st, 25);
	c->unpriced = col_int(st, 26) != 0;
	c->estimated = col_int(st, 27) != 0;
	COL_TEXT(st, 28, c->price_from);
	COL_TEXT(st, 29, c->stop_reason);
	c->http_status = (int)col_int(st, 30);
	COL_TEXT(st, 31, c->error);
	c->held_us = col_int(st, 32);
	c->sent_us = col_int(st, 33);
	c->ended_us = col_int(st, 34);
	c->first_byte_us = col_int(st, 35);
	c->day = col_int(st, 36);
	COL_TEXT(st, 37, c->service_tier);
	COL_TEXT(st, 38, c->region_class);
	return state >= 0 && cause >= 0 && tier >= 0;
}

static const struct row_kind calls = {.size = sizeof(struct call), .read = read_call};

enum err_code call_get(struct store *s, int64_t id, struct call *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM call WHERE id = ?", "i", id);

	return rc != ERR_OK ? rc : sql_fetch(s, st, &calls, out, e, "call C%" PRId64, id);
}

/* A call that is still the worker's to change. */
static enum err_code get_own(struct store *s, int64_t id, int64_t epoch, struct call *out, struct err *e)
{
	enum err_code rc = lease_check(s, epoch, e);

	return rc != ERR_OK ? rc : call_get(s, id, out, e);
}

/* The row is made here and filled by the booking; nothing of an answer is in it. */
static enum err_code insert(struct store *s, struct call *c, struct err *e)
{
	enum err_code rc = sql_run(s, e, "INSERT INTO call(state, cause, goal, task, agent, vendor, key, key_version, key_label, model, tier, epoch, request_id, input, cache_read,"
		" write_5m, write_30m, write_1h, write_12h, output, tool_uses, hold_pd, cost_pd, estimate_pd, saved_pd, unpriced, estimated, price_from, stop_reason, http_status,"
		" error, held_us, sent_us, ended_us, first_byte_us, day) VALUES('held', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0, 0, 0, 0, 0, 0, 0, 0, ?, 0, 0, 0, ?, 0, ?, '', 0, '',"
		" ?, 0, 0, 0, ?)", "tiittidtttiidtii", call_cause_names[c->cause], c->goal, c->task, c->agent, c->vendor, c->key, c->key_version, c->key_label, c->model,
		tier_names[c->tier], c->epoch, c->hold_pd, (int)c->unpriced, c->price_from, c->held_us, c->day);

	if (rc == ERR_OK)
		c->id = sqlite3_last_insert_rowid(s->db);
	return rc;
}

enum err_code call_hold(struct store *s, struct call *c, const struct cap_guard *guard, int64_t now_us, struct hold_refusal *why, struct err *e)
{
	struct hold_refusal tightest;
	int64_t room = 0;
	enum err_code rc;

	if (c->hold_pd < 0 || c->hold_pd > HOLD_MAX)
		return err_set(e, ERR_LIMIT, "a hold must be between nothing and a million dollars");
	rc = store_begin(s, e);
	if (rc != ERR_OK)
		return rc;
	rc = lease_check(s, c->epoch, e);
	if (rc == ERR_OK)
		rc = hold_room(s, c, guard, now_us, &room, &tightest, e);
	if (rc == ERR_AUTH && why != NULL)
		*why = tightest;
	if (rc == ERR_OK && c->hold_pd > room) {
		tightest.asked_pd = c->hold_pd;
		if (why != NULL)
			*why = tightest;
		rc = err_set(e, ERR_REFUSED, "the %s cap%s%s (%s) has no room for this call", cap_scope_names[tightest.scope], tightest.ref[0] != '\0' ? " of " : "",
			tightest.ref, cap_window_names[tightest.window]);
	}
	if (rc == ERR_OK) {
		c->state = CALL_HELD;
		c->held_us = now_us;
		c->day = clock_day_number(now_us);
		crash_point("call.hold.before");
		rc = insert(s, c, e);
		if (rc == ERR_OK && c->task > 0)	/* what an approval had set aside for it is held now */
			rc = sql_run(s, e, "DELETE FROM promise WHERE task = ?", "i", c->task);
		crash_point("call.hold.written");
	}
	rc = store_end(s, rc, e);
	crash_point("call.held");
	return rc;
}

enum err_code call_room(struct store *s, const struct call *c, const struct cap_guard *guard, int64_t now_us, int64_t *room_pd, struct err *e)
{
	struct hold_refusal tightest;

	return hold_room(s, c, guard, now_us, room_pd, &tightest, e);
}

enum err_code call_sent(struct store *s, int64_t id, int64_t epoch, int64_t now_us, struct err *e)
{
	struct call c;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = get_own(s, id, epoch, &c, e);
	if (rc == ERR_OK)
		rc = life_check(&call_life, id, c.state, CALL_SENT, e);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE call SET state = 'sent', sent_us = ? WHERE id = ?", "ii", now_us, id);
	crash_point("call.sent.before");
	rc = store_end(s, rc, e);
	crash_point("call.sent");
	return rc;
}

static enum err_code in_flight_only(struct store *s, int64_t id, int64_t epoch, struct err *e)
{
	struct call c;
	enum err_code rc = get_own(s, id, epoch, &c, e);

	if (rc == ERR_OK && c.state != CALL_SENT)
		rc = err_set(e, ERR_ILLEGAL, "call C%" PRId64 " is %s, not sent", id, life_name(&call_life, c.state));
	return rc;
}

enum err_code call_first_byte(struct store *s, int64_t id, int64_t epoch, int64_t now_us, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = in_flight_only(s, id, epoch, e);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE call SET first_byte_us = ? WHERE id = ?", "ii", now_us, id);
	return store_end(s, rc, e);
}

enum err_code call_request_id(struct store *s, int64_t id, int64_t epoch, const char *request_id, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = in_flight_only(s, id, epoch, e);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE call SET request_id = ? WHERE id = ?", "ti", request_id, id);
	return store_end(s, rc, e);
}

/* What the journal says of a booking: every fact of its bill. */
static struct hash bill(const struct call *c)
{
	struct hash_fields *h = hash_fields_new("claviger call 1");

	hash_field_int(h, c->id);
	hash_field_text(h, life_name(&call_life, c->state));
	hash_field_text(h, c->vendor);
	hash_field_int(h, c->key);
	hash_field_text(h, c->model);
	hash_field_text(h, c->request_id);
	hash_field_int(h, c->tokens.input);
	hash_field_int(h, c->tokens.cache_read);
	hash_field_int(h, c->tokens.write_5m);
	hash_field_int(h, c->tokens.write_30m);
	hash_field_int(h, c->tokens.write_1h);
	hash_field_int(h, c->tokens.write_12h);
	hash_field_int(h, c->tokens.output);
	hash_field_int(h, c->tokens.tool_uses);
	hash_field_int(h, c->cost_pd);
	hash_field_int(h, c->day);
	return hash_fields_end(h);
}

/* The sums outside the roll-ups, and the journal. */
static enum err_code book(struct store *s, const struct call *c, int64_t delta_pd, int calls_delta, const char *who, int64_t now_us, struct err *e)
{
	char ref[NAME_MAX_BYTES];
	struct hash what = bill(c);
	enum err_code rc = ERR_OK;

	if (c->task > 0)
		rc = sql_run(s, e, "UPDATE task SET cost_pd = cost_pd + ? WHERE id = ?", "ii", delta_pd, c->task);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE key SET calls = calls + ?, cost_pd = cost_pd + ? WHERE id = ?", "dii", calls_delta, delta_pd, c->key);
	return rc == ERR_OK ? journal_add(s, "call", who, ref_text(ref, 'C', c->id, 0), &what, now_us, e) : rc;
}

static enum err_code check_amounts(const struct call *c, struct err *e)
{
	if (c->state != CALL_SETTLED && c->state != CALL_REFUSED && c->state != CALL_CUT && c->state != CALL_RELEASED)
		return err_set(e, ERR_ILLEGAL, "a call cannot end as %s", life_name(&call_life, c->state));
	if (c->cost_pd < 0 || c->cost_pd > HOLD_MAX)
		return err_set(e, ERR_LIMIT, "a call's cost is out of range");
	if (c->cost_pd != 0 && (c->state == CALL_REFUSED || c->state == CALL_RELEASED))
		return err_set(e, ERR_ILLEGAL, "a %s call costs nothing", life_name(&call_life, c->state));
	return ERR_OK;
}

static enum err_code update_ended(struct store *s, const struct call *c, struct err *e)
{
	return sql_run(s, e, "UPDATE call SET state = ?, request_id = ?, input = ?, cache_read = ?, write_5m = ?, write_30m = ?, write_1h = ?, write_12h = ?, output = ?, tool_uses = ?,"
		" cost_pd = ?, estimate_pd = ?, saved_pd = ?, unpriced = ?, estimated = ?, price_from = ?, stop_reason = ?, http_status = ?, error = ?, ended_us = ?,"
		" first_byte_us = ?, service_tier = ?, region_class = ? WHERE id = ?", "ttiiiiiiiiiiiddttdtiitti", life_name(&call_life, c->state), c->request_id, c->tokens.input, c->tokens.cache_read, c->tokens.write_5m,
		c->tokens.write_30m, c->tokens.write_1h, c->tokens.write_12h, c->tokens.output, c->tokens.tool_uses, c->cost_pd, c->estimate_pd, c->saved_pd, (int)c->unpriced,
		(int)c->estimated, c->price_from, c->stop_reason, c->http_status, c->error, c->ended_us, c->first_byte_us,
		c->service_tier, c->region_class, c->id);
}

/* The row as it was, with what the end brings. */
static struct call ended(const struct call *was, const struct call *end, int64_t now_us)
{
	struct call c = *was;

	c.state = end->state;
	c.tokens = end->tokens;
	c.cost_pd = end->state == CALL_CUT && end->cost_pd < was->hold_pd ? was->hold_pd : end->cost_pd;
	c.estimate_pd = end->estimate_pd;
	c.saved_pd = end->saved_pd;
	c.unpriced = end->unpriced;
	c.estimated = end->estimated;
	c.http_status = end->http_status;
	memcpy(c.price_from, end->price_from, sizeof c.price_from);
	memcpy(c.service_tier, end->service_tier, sizeof c.service_tier);
	memcpy(c.region_class, end->region_class, sizeof c.region_class);
	memcpy(c.stop_reason, end->stop_reason, sizeof c.stop_reason);
	memcpy(c.error, end->error, sizeof c.error);
	if (end->request_id[0] != '\0')
		memcpy(c.request_id, end->request_id, sizeof c.request_id);
	if (end->first_byte_us != 0)
		c.first_byte_us = end->first_byte_us;
	c.ended_us = now_us;
	return c;
}

enum err_code call_settle(struct store *s, const struct call *end, int64_t now_us, struct err *e)
{
	struct call was, c;
	enum err_code rc = check_amounts(end, e);

	if (rc == ERR_OK)
		rc = store_begin(s, e);
	if (rc != ERR_OK)
		return rc;
	rc = get_own(s, end->id, end->epoch, &was, e);
	if (rc == ERR_OK)
		rc = life_check(&call_life, end->id, was.state, end->state, e);
	if (rc == ERR_OK) {
		c = ended(&was, end, now_us);
		crash_point("call.settle.before");
		rc = update_ended(s, &c, e);
		crash_point("call.settle.row");
		if (rc == ERR_OK && c.state != CALL_RELEASED)
			rc = rollup_book(s, &c, e);
		crash_point("call.settle.rollup");
		if (rc == ERR_OK && c.state != CALL_RELEASED)
			rc = book(s, &c, c.cost_pd, 1, "worker", now_us, e);
	}
	rc = store_end(s, rc, e);
	crash_point("call.settled");
	return rc;
}

enum err_code call_settle_cut(struct store *s, int64_t id, int64_t cost_pd, const char *who, int64_t now_us, struct err *e)
{
	struct call c;
	int64_t was;
	enum err_code rc;

	if (cost_pd < 0 || cost_pd > HOLD_MAX)
		return err_set(e, ERR_LIMIT, "a call's cost is out of range");
	rc = store_begin(s, e);
	if (rc != ERR_OK)
		return rc;
	rc = call_get(s, id, &c, e);
	if (rc == ERR_OK && c.state != CALL_CUT)
		rc = err_set(e, ERR_ILLEGAL, "call C%" PRId64 " is %s, not cut", id, life_name(&call_life, c.state));
	if (rc == ERR_OK) {
		was = c.cost_pd;
		c.state = CALL_SETTLED;
		c.cost_pd = cost_pd;
		rc = sql_run(s, e, "UPDATE call SET state = 'settled', cost_pd = ?, estimated = 0, unpriced = 0 WHERE id = ?", "ii", cost_pd, id);
		if (rc == ERR_OK)
			rc = rollup_correct(s, &c, was, e);
		if (rc == ERR_OK)
			rc = book(s, &c, cost_pd - was, 0, who, now_us, e);
	}
	return store_end(s, rc, e);
}

enum err_code call_list(struct store *s, const struct call_filter *f, struct call *rows, int limit, int *n, struct err *e)
{
	int64_t before = f->before_id > 0 ? f->before_id : INT64_MAX, first = 0, last = INT64_MAX;
	sqlite3_stmt *st;
	enum err_code rc = ERR_OK;

	*n = 0;
	if (f->since_us > 0)	/* not by ids alone: a clock may have been set back */
		rc = call_span(s, f->since_us, INT64_MAX, &first, &last, e);
	if (rc != ERR_OK)
		return rc;
	if (f->task > 0)
		rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM call INDEXED BY call_task WHERE task = ? AND task > 0 AND id < ? AND held_us >= ? ORDER BY id DESC LIMIT ?", "iiid", f->task,
			before, f->since_us, limit);
	else
		rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM call NOT INDEXED WHERE id < ? AND id BETWEEN ? AND ? AND held_us >= ? ORDER BY id DESC LIMIT ?", "iiiid", before, first, last,
			f->since_us, limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &calls, rows, limit, n, e);
}

enum err_code call_walk(struct store *s, int64_t after_id, struct call *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM call WHERE id > ? ORDER BY id LIMIT ?", "id", after_id, limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &calls, rows, limit, n, e);
}

enum err_code call_span(struct store *s, int64_t since_us, int64_t until_us, int64_t *first, int64_t *last, struct err *e)
{
	enum err_code rc = sql_int(s, first, e, "SELECT coalesce(min(id), 0) FROM call INDEXED BY call_held WHERE held_us BETWEEN ? AND ?", "ii", since_us, until_us);

	return rc == ERR_OK ? sql_int(s, last, e, "SELECT coalesce(max(id), 0) FROM call INDEXED BY call_held WHERE held_us BETWEEN ? AND ?", "ii", since_us, until_us) : rc;
}

enum err_code call_in_flight(struct store *s, struct call *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM call INDEXED BY call_open WHERE state IN ('held', 'sent') ORDER BY id LIMIT ?", "d", limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &calls, rows, limit, n, e);
}

enum err_code call_list_cut(struct store *s, int64_t after_id, struct call *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM call INDEXED BY call_cut WHERE state = 'cut' AND id > ? ORDER BY id LIMIT ?", "id", after_id, limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &calls, rows, limit, n, e);
}
