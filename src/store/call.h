/* SPDX-License-Identifier: GPL-3.0-or-later */
/* call.h - the ledger: holds, bookings and the roll-ups that go with them (I3, I4).
 *
 * Each function is one durable transaction (or part of the caller's). epoch is the
 * worker's: ERR_CONFLICT if it is not the current one (store/lease.h). The zone of
 * day and month is the process's (clock_use_zone). */
#ifndef STORE_CALL_H
#define STORE_CALL_H

#include "model/call.h"
#include "model/cap.h"
#include "store/store.h"

/* Says whether a cap's MAC is right. NULL guard: no check (tests). */
struct cap_guard {
	enum err_code (*verify)(void *user, const struct cap *c, struct err *e);
	void *user;
};

/* Which limit did not hold. cap 0: the goal's, task's or agent's own cap_pd. */
struct hold_refusal {
	int64_t cap;
	enum cap_scope scope;
	char ref[NAME_MAX_BYTES];
	enum cap_window window;
	int64_t limit_pd, spent_pd, held_pd, asked_pd;
};

/* Reserve c->hold_pd against every cap that covers c: booked + held + asked <= limit
 * for each, else ERR_REFUSED with the tightest in *why (may be NULL) and nothing
 * held. ERR_AUTH: a limit is not the one that was set; *why names it if it is a goal's,
 * task's or agent's own (else its limit_pd is 0). c: all that is known before sending, with c->epoch; id, state, held_us and
 * day come back. ERR_AUTH if the guard refuses a cap. */
MUST_USE enum err_code call_hold(struct store *s, struct call *c, const struct cap_guard *guard, int64_t now_us, struct hold_refusal *why, struct err *e);
/* What could still be held for c before a cap refuses (INT64_MAX without caps). c->hold_pd is not looked at. */
MUST_USE enum err_code call_room(struct store *s, const struct call *c, const struct cap_guard *guard, int64_t now_us, int64_t *room_pd, struct err *e);
/* Before the first byte leaves. */
MUST_USE enum err_code call_sent(struct store *s, int64_t id, int64_t epoch, int64_t now_us, struct err *e);
MUST_USE enum err_code call_first_byte(struct store *s, int64_t id, int64_t epoch, int64_t now_us, struct err *e);
MUST_USE enum err_code call_request_id(struct store *s, int64_t id, int64_t epoch, const char *request_id, struct err *e);
/* The end: c->state is settled, refused, cut or released. Taken from c: id, epoch,
 * tokens, cost_pd (a cut call: its bound, never under what was held; refused and
 * released: 0), estimate_pd, saved_pd, unpriced, estimated, price_from,
 * stop_reason, http_status, error, and request_id and first_byte_us if given.
 * Ledger, roll-ups, the task's and the key's sums and the journal in one transaction. */
MUST_USE enum err_code call_settle(struct store *s, const struct call *c, int64_t now_us, struct err *e);
/* A statement or a person says what a cut call really cost. */
MUST_USE enum err_code call_settle_cut(struct store *s, int64_t id, int64_t cost_pd, const char *who, int64_t now_us, struct err *e);

MUST_USE enum err_code call_get(struct store *s, int64_t id, struct call *out, struct err *e);
struct call_filter {
	int64_t task;		/* 0: of all */
	int64_t since_us;	/* held at or after; 0: no bound */
	int64_t before_id;	/* only older ones; 0 for the newest */
};
MUST_USE enum err_code call_list(struct store *s, const struct call_filter *f, struct call *rows, int limit, int *n, struct err *e);
/* In order of id after after_id, for reports that walk the ledger; call_span() says from where to where. */
MUST_USE enum err_code call_walk(struct store *s, int64_t after_id, struct call *rows, int limit, int *n, struct err *e);
/* The lowest and the highest id of those held in since_us..until_us (both included); 0 and 0 if there is none. Others may
 * lie between, as a clock may have been set. */
MUST_USE enum err_code call_span(struct store *s, int64_t since_us, int64_t until_us, int64_t *first, int64_t *last, struct err *e);
/* Held and sent, oldest first; *n may be less than there are. */
MUST_USE enum err_code call_in_flight(struct store *s, struct call *rows, int limit, int *n, struct err *e);
/* Cut calls that still count at their bound, oldest first after after_id. */
MUST_USE enum err_code call_list_cut(struct store *s, int64_t after_id, struct call *rows, int limit, int *n, struct err *e);

#endif
