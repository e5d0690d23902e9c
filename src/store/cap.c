/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Caps as rows, and how much room they leave for a call. */
#include "store/cap.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "store/rollup.h"
#include "store/sql.h"

#define COLUMNS "id, scope, ref, win, limit_pd, warn_percent, created_us, mac"
#define CAPS_READ 64	/* at a time */

static bool read_cap(sqlite3_stmt *st, void *row)
{
	struct cap *c = row;
	int scope = col_name(st, 1, cap_scope_names, CAP_SCOPES);
	int window = col_name(st, 3, cap_window_names, CAP_WINDOWS);

	c->id = col_int(st, 0);
	c->scope = (enum cap_scope)scope;
	COL_TEXT(st, 2, c->ref);
	c->window = (enum cap_window)window;
	c->limit_pd = col_int(st, 4);
	c->warn_percent = (int)col_int(st, 5);
	c->created_us = col_int(st, 6);
	return scope >= 0 && window >= 0 && col_hash(st, 7, &c->mac);
}

static const struct row_kind caps = {.size = sizeof(struct cap), .read = read_cap};

enum err_code cap_list_after(struct store *s, int64_t after_id, struct cap *rows, int limit, int *n, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc;

	*n = 0;
	rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM cap WHERE id > ? ORDER BY id LIMIT ?", "id", after_id, limit);
	return rc != ERR_OK ? rc : sql_list(s, st, &caps, rows, limit, n, e);
}

/* What approvals have set aside under it; but for one task, whose own next call it is for. */
static enum err_code promised(struct store *s, const struct cap *c, int64_t but_task, int64_t *pd, struct err *e)
{
	static const char *const where[CAP_SCOPES] = {
		[SCOPE_WORKSPACE] = "SELECT coalesce(sum(pd), 0) FROM promise WHERE task <> ? AND ? IS NOT NULL",
		[SCOPE_VENDOR] = "SELECT coalesce(sum(pd), 0) FROM promise WHERE task <> ? AND vendor = ?",
		[SCOPE_KEY] = "SELECT coalesce(sum(pd), 0) FROM promise WHERE task <> ? AND key_label = ?",
		[SCOPE_AGENT] = "SELECT coalesce(sum(pd), 0) FROM promise WHERE task <> ? AND agent = ?",
		[SCOPE_GOAL] = "SELECT coalesce(sum(pd), 0) FROM promise WHERE task <> ? AND goal = CAST(? AS INTEGER)",
		[SCOPE_TASK] = "SELECT coalesce(sum(pd), 0) FROM promise WHERE task <> ? AND task = CAST(? AS INTEGER)",
	};

	*pd = 0;
	return (int)c->scope < CAP_SCOPES ? sql_int(s, pd, e, where[c->scope], "it", but_task, c->ref) : ERR_OK;
}

static enum err_code fill_but(struct store *s, struct cap *c, int64_t but_task, int64_t now_us, struct err *e)
{
	int64_t first, last, aside = 0;
	enum err_code rc;

	window_days(c->window, now_us, &first, &last);
	rc = rollup_spent(s, c->scope, c->ref, first, last, &c->spent_pd, e);
	if (rc == ERR_OK)
		rc = rollup_held(s, c->scope, c->ref, first, last, &c->held_pd, e);
	if (rc == ERR_OK)
		rc = promised(s, c, but_task, &aside, e);
	if (__builtin_add_overflow(c->held_pd, aside, &c->held_pd))
		c->held_pd = INT64_MAX;
	return rc;
}

static enum err_code fill(struct store *s, struct cap *c, int64_t now_us, struct err *e)
{
	return fill_but(s, c, 0, now_us, e);
}

/* --- the room a call has ------------------------------------------------- */

bool cap_covers(const struct cap *cap, const struct call *c)
{
	char number[24];

	switch (cap->scope) {
	case SCOPE_WORKSPACE:
		return true;
	case SCOPE_VENDOR:
		return strcmp(cap->ref, c->vendor) == 0;
	case SCOPE_KEY:
		return strcmp(cap->ref, c->key_label) == 0;
	case SCOPE_AGENT:
		return strcmp(cap->ref, c->agent) == 0;
	case SCOPE_GOAL:
	case SCOPE_TASK:
		snprintf(number, sizeof number, "%" PRId64, cap->scope == SCOPE_GOAL ? c->goal : c->task);
		return strcmp(cap->ref, number) == 0;
	default:
		return true;	/* an unknown scope must not loosen anything */
	}
}

/* limit - spent - held, never below 0 and never over what int64_t holds. */
static int64_t left(const struct cap *c)
{
	int64_t used;

	if (__builtin_add_overflow(c->spent_pd, c->held_pd, &used) || used >= c->limit_pd)
		return 0;
	return c->limit_pd - used;
}

static void note_tightest(const struct cap *c, int64_t *room_pd, struct hold_refusal *tightest)
{
	if (left(c) >= *room_pd)
		return;
	*room_pd = left(c);
	*tightest = (struct hold_refusal){.cap = c->id, .scope = c->scope, .window = c->window, .limit_pd = c->limit_pd, .spent_pd = c->spent_pd, .held_pd = c->held_pd};
	memcpy(tightest->ref, c->ref, sizeof tightest->ref);
}

/* The record's own cap_pd, looked at like a row of the cap table. */
static enum err_code own_cap(struct store *s, enum cap_scope scope, enum cap_window window, const char *ref, int64_t limit_pd, int64_t task, int64_t now_us, int64_t *room_pd,
	struct hold_refusal *tightest, struct err *e)
{
	struct cap c = {.scope = scope, .window = window, .limit_pd = limit_pd};
	enum err_code rc;

	snprintf(c.ref, sizeof c.ref, "%s", ref);
	rc = own_cap_check(s, scope, ref, limit_pd, e);
	if (rc == ERR_AUTH) {
		*tightest = (struct hold_refusal){.scope = scope, .window = window, .limit_pd = limit_pd};
		memcpy(tightest->ref, c.ref, sizeof tightest->ref);
	}
	if (limit_pd == 0 || rc != ERR_OK)
		return rc;
	rc = fill_but(s, &c, task, now_us, e);
	if (rc == ERR_OK)
		note_tightest(&c, room_pd, tightest);
	return rc;
}

static enum err_code own_caps(struct store *s, const struct call *c, int64_t now_us, int64_t *room_pd, struct hold_refusal *tightest, struct err *e)
{
	char number[24];
	int64_t limit = 0;
	enum err_code rc = ERR_OK;

	if (c->goal > 0) {
		snprintf(number, sizeof number, "%" PRId64, c->goal);
		rc = sql_int(s, &limit, e, "SELECT cap_pd FROM goal WHERE id = ?", "i", c->goal);
		if (rc == ERR_OK)
			rc = own_cap(s, SCOPE_GOAL, WINDOW_TOTAL, number, limit, c->task, now_us, room_pd, tightest, e);
	}
	if (rc == ERR_OK && c->task > 0) {
		snprintf(number, sizeof number, "%" PRId64, c->task);
		rc = sql_int(s, &limit, e, "SELECT cap_pd FROM task WHERE id = ?", "i", c->task);
		if (rc == ERR_OK)
			rc = own_cap(s, SCOPE_TASK, WINDOW_TOTAL, number, limit, c->task, now_us, room_pd, tightest, e);
	}
	if (rc == ERR_OK && c->agent[0] != '\0') {
		rc = sql_int(s, &limit, e, "SELECT cap_pd FROM agent WHERE name = ?", "t", c->agent);
		if (rc == ERR_MISSING)
			rc = ERR_OK;	/* removed while its call was prepared: the other caps stand */
		else if (rc == ERR_OK)
			rc = own_cap(s, SCOPE_AGENT, WINDOW_DAY, c->agent, limit, c->task, now_us, room_pd, tightest, e);
	}
	return rc;
}

enum err_code hold_room(struct store *s, const struct call *c, const struct cap_guard *guard, int64_t now_us, int64_t *room_pd, struct hold_refusal *tightest, struct err *e)
{
	struct cap rows[CAPS_READ];
	int64_t after = 0;
	enum err_code rc;
	int i, n;

	*room_pd = INT64_MAX;
	memset(tightest, 0, sizeof *tightest);
	rc = cap_check_journal(s, e);
	if (rc == ERR_OK)
		rc = own_caps(s, c, now_us, room_pd, tightest, e);
	do {
		if (rc == ERR_OK)
			rc = cap_list_after(s, after, rows, CAPS_READ, &n, e);
		for (i = 0; rc == ERR_OK && i < n; i++) {
			after = rows[i].id;
			if (!cap_covers(&rows[i], c))
				continue;
			if (guard != NULL && guard->verify(guard->user, &rows[i], e) != ERR_OK)
				return err_set(e, ERR_AUTH, "the %s cap %.60s was not set by anybody with the vault open", cap_scope_names[rows[i].scope], rows[i].ref);
			rc = fill_but(s, &rows[i], c->task, now_us, e);
			if (rc == ERR_OK)
				note_tightest(&rows[i], room_pd, tightest);
		}
	} while (rc == ERR_OK && n == CAPS_READ);
	return rc;
}

/* --- rows ---------------------------------------------------------------- */

static enum err_code note(struct store *s, const char *kind, const struct cap *c, const char *who, int64_t now_us, struct err *e)
{
	char ref[NAME_MAX_BYTES];
	struct hash what = cap_what(c);
	enum err_code rc;

	cap_name(c->scope, c->ref, c->window, ref);
	rc = journal_add(s, kind, who, ref, &what, now_us, e);
	return rc == ERR_OK ? journal_sign_head(s, now_us, e) : rc;
}

enum err_code cap_set(struct store *s, struct cap *c, const char *who, int64_t now_us, struct err *e)
{
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "INSERT INTO cap(scope, ref, win, limit_pd, warn_percent, created_us, mac) VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT(scope, ref, win) DO UPDATE SET"
		" limit_pd = excluded.limit_pd, warn_percent = excluded.warn_percent, created_us = excluded.created_us, mac = excluded.mac", "tttidih", cap_scope_names[c->scope],
		c->ref, cap_window_names[c->window], c->limit_pd, c->warn_percent, c->created_us, &c->mac);
	if (rc == ERR_OK)
		rc = sql_int(s, &c->id, e, "SELECT id FROM cap WHERE scope = ? AND ref = ? AND win = ?", "ttt", cap_scope_names[c->scope], c->ref, cap_window_names[c->window]);
	if (rc == ERR_OK)
		rc = note(s, "cap", c, who, now_us, e);
	return store_end(s, rc, e);
}

enum err_code cap_get(struct store *s, int64_t id, int64_t now_us, struct cap *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT " COLUMNS " FROM cap WHERE id = ?", "i", id);

	if (rc == ERR_OK)
		rc = sql_fetch(s, st, &caps, out, e, "cap %" PRId64, id);
	return rc == ERR_OK ? fill(s, out, now_us, e) : rc;
}

enum err_code cap_list(struct store *s, int64_t now_us, struct cap *rows, int limit, int *n, struct err *e)
{
	enum err_code rc = cap_list_after(s, 0, rows, limit, n, e);
	int i;

	for (i = 0; rc == ERR_OK && i < *n; i++)
		rc = fill(s, &rows[i], now_us, e);
	return rc;
}

enum err_code cap_remove(struct store *s, int64_t id, const char *who, int64_t now_us, struct err *e)
{
	struct cap c;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = cap_get(s, id, now_us, &c, e);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "DELETE FROM cap WHERE id = ?", "i", id);
	if (rc == ERR_OK)
		rc = note(s, "cap_removed", &c, who, now_us, e);
	return store_end(s, rc, e);
}

enum err_code cap_set_mac(struct store *s, int64_t id, const struct hash *mac, struct err *e)
{
	int64_t now = clock_now_us();
	char name[NAME_MAX_BYTES];
	struct cap c;
	struct hash what;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = sql_run(s, e, "UPDATE cap SET mac = ? WHERE id = ?", "hi", mac, id);
	if (rc == ERR_OK)
		rc = cap_get(s, id, now, &c, e);
	if (rc == ERR_OK) {	/* its head is signed by whoever signs anew */
		what = cap_what(&c);
		cap_name(c.scope, c.ref, c.window, name);
		rc = journal_add(s, "cap", "a new root", name, &what, now, e);
	}
	return store_end(s, rc, e);
}

/* --- who is near --------------------------------------------------------- */

static const struct { enum cap_scope scope; enum cap_window window; const char *sql; } own[] = {
	{SCOPE_GOAL, WINDOW_TOTAL, "SELECT cap_pd FROM goal WHERE id = CAST(? AS INTEGER)"},
	{SCOPE_TASK, WINDOW_TOTAL, "SELECT cap_pd FROM task WHERE id = CAST(? AS INTEGER)"},
	{SCOPE_AGENT, WINDOW_DAY, "SELECT cap_pd FROM agent WHERE name = ?"}};

enum err_code cap_own(struct store *s, enum cap_scope scope, enum cap_window window, const char *ref, int64_t *limit_pd, struct err *e)
{
	enum err_code rc = ERR_OK;
	size_t i;

	*limit_pd = 0;
	for (i = 0; i < LENGTH(own); i++)
		if (own[i].scope == scope && own[i].window == window)
			rc = sql_int(s, limit_pd, e, own[i].sql, "t", ref);
	return rc == ERR_MISSING ? ERR_OK : rc;
}

enum err_code cap_own_state(struct store *s, struct cap *c, struct err *e)
{
	enum err_code rc = cap_own(s, c->scope, c->window, c->ref, &c->limit_pd, e);

	return rc == ERR_OK ? fill(s, c, clock_now_us(), e) : rc;
}

static enum err_code each_own(struct store *s, const struct call *c, int64_t now_us, struct cap rows[3], int *n, struct err *e)
{
	enum err_code rc = ERR_OK;
	size_t i;

	for (i = 0; i < LENGTH(own) && rc == ERR_OK; i++) {
		struct cap *r = &rows[*n];

		memset(r, 0, sizeof *r);
		r->scope = own[i].scope;
		r->window = own[i].window;
		r->warn_percent = CAP_WARN_USUAL;
		if (own[i].scope == SCOPE_AGENT)
			snprintf(r->ref, sizeof r->ref, "%s", c->agent);
		else
			snprintf(r->ref, sizeof r->ref, "%" PRId64, own[i].scope == SCOPE_GOAL ? c->goal : c->task);
		rc = sql_int(s, &r->limit_pd, e, own[i].sql, "t", r->ref);
		if (rc == ERR_MISSING || r->limit_pd == 0) {
			rc = rc == ERR_MISSING ? ERR_OK : rc;
			continue;
		}
		if (rc == ERR_OK)
			rc = fill(s, r, now_us, e);
		*n += rc == ERR_OK;
	}
	return rc;
}

enum err_code cap_covering(struct store *s, const struct call *c, int64_t now_us, struct cap *rows, int limit, int *n, struct err *e)
{
	struct cap page[CAPS_READ];
	int64_t after = 0;
	enum err_code rc;
	int i, got = 0;

	*n = 0;
	if (limit < 3)
		return err_set(e, ERR_LIMIT, "room for three caps at least");
	rc = each_own(s, c, now_us, rows, n, e);
	do {
		if (rc == ERR_OK)
			rc = cap_list_after(s, after, page, CAPS_READ, &got, e);
		for (i = 0; rc == ERR_OK && i < got; i++) {
			after = page[i].id;
			if (!cap_covers(&page[i], c) || *n == limit)
				continue;
			rc = fill(s, &page[i], now_us, e);
			if (rc == ERR_OK)
				rows[(*n)++] = page[i];
		}
	} while (rc == ERR_OK && got == CAPS_READ);
	return rc;
}
