/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spend.h - what was spent, from roll-ups kept in the bookings' own transactions.
 * Never sums the ledger but for spend_verify(). */
#ifndef STORE_SPEND_H
#define STORE_SPEND_H

#include "model/call.h"
#include "store/store.h"

enum spend_by { SPEND_WORKSPACE, SPEND_VENDOR, SPEND_KEY, SPEND_MODEL, SPEND_AGENT, SPEND_GOAL, SPEND_TASK, SPEND_DAY, SPEND_HOUR, SPEND_DIMENSIONS };
extern const char *const spend_by_names[SPEND_DIMENSIONS];	/* "workspace", "vendor", "key" ... */

struct spend_row {
	char name[MODEL_ID_BYTES];	/* vendor, key label, model, agent, goal or task id; "2026-11-23"; "2026-11-23T14:00Z" */
	int64_t calls;			/* settled, cut and refused */
	struct call_tokens tokens;
	int64_t cost_pd;		/* proved by the vendor's usage */
	int64_t estimated_pd;		/* counted but not proved: cut calls at their bound, and estimates. Disjoint from cost_pd */
	int64_t held_pd;		/* in flight now */
	int64_t unpriced_calls, saved_pd;
};

/* Days (of the workspace's zone) since_day..until_day, both included, of
 * clock_day_number(); SPEND_ALL_TIME as since_day: all there is. Dearest first; days and
 * hours in order of time, the last `limit` of them. An hour is one of UTC. */
#define SPEND_ALL_TIME INT64_C(-1)
MUST_USE enum err_code spend_by(struct store *s, enum spend_by by, int64_t since_day, int64_t until_day, struct spend_row *rows, int limit, int *n, struct err *e);
/* One name's sum; name "" for the workspace. */
MUST_USE enum err_code spend_of(struct store *s, enum spend_by by, const char *name, int64_t since_day, int64_t until_day, struct spend_row *out, struct err *e);
/* The workspace's day. */
MUST_USE enum err_code spend_total(struct store *s, int64_t day, struct spend_row *out, struct err *e);
/* What one name cost in those days, proved or not: a look-up a day, however long the history. */
MUST_USE enum err_code spend_cost(struct store *s, enum spend_by by, const char *name, int64_t since_day, int64_t until_day, int64_t *pd, struct err *e);
/* Booked in each of the last 60 minutes, by vendor, in no order; pd[59] is the minute that holds now_us. */
#define SPEND_MINUTES 60
struct spend_minutes {
	char vendor[NAME_MAX_BYTES];
	int64_t pd[SPEND_MINUTES];
};
MUST_USE enum err_code spend_minutes(struct store *s, int64_t now_us, struct spend_minutes *rows, int limit, int *n, struct err *e);
/* Recompute every roll-up from the ledger and compare (doctor; grows with history).
 * ERR_PROTO names the first that differs. */
MUST_USE enum err_code spend_verify(struct store *s, struct err *e);

#endif
