/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rollup.h - the sums that go with each booking. For this room only. */
#ifndef STORE_ROLLUP_H
#define STORE_ROLLUP_H

#include "model/cap.h"
#include "store/call.h"
#include "store/spend.h"

/* Add an ended call to every sum it belongs to; inside the caller's transaction. */
MUST_USE enum err_code rollup_book(struct store *s, const struct call *c, struct err *e);
/* A cut call of was_pd is now settled at c->cost_pd. */
MUST_USE enum err_code rollup_correct(struct store *s, const struct call *c, int64_t was_pd, struct err *e);

/* Days first..last of the window that holds now_us; first is SPEND_ALL_TIME for the total. */
void window_days(enum cap_window w, int64_t now_us, int64_t *first, int64_t *last);
/* Booked (proved or not) and in flight of one scope's name in those days. */
MUST_USE enum err_code rollup_spent(struct store *s, enum cap_scope scope, const char *ref, int64_t first, int64_t last, int64_t *spent_pd, struct err *e);
MUST_USE enum err_code rollup_held(struct store *s, enum cap_scope scope, const char *ref, int64_t first, int64_t last, int64_t *held_pd, struct err *e);

/* Rows of the cap table in order of id, without their sums; whether one covers the call. */
MUST_USE enum err_code cap_list_after(struct store *s, int64_t after_id, struct cap *rows, int limit, int *n, struct err *e);
bool cap_covers(const struct cap *cap, const struct call *c);
/* What the journal says of a cap. */
struct hash cap_what(const struct cap *c);

/* What every cap that covers c leaves (INT64_MAX without one), and the tightest of them. */
MUST_USE enum err_code hold_room(struct store *s, const struct call *c, const struct cap_guard *guard, int64_t now_us, int64_t *room_pd, struct hold_refusal *tightest,
	struct err *e);

#endif
