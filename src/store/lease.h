/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lease.h - one worker per workspace: a kernel lock, never a clock.
 *
 * Taking the lease raises the epoch. Booking and firing writes name their epoch
 * and are refused (ERR_CONFLICT) once it is no longer the current one. */
#ifndef STORE_LEASE_H
#define STORE_LEASE_H

#include "model/record.h"
#include "store/store.h"

/* holder is for display: "run (pid 71, user@host)". ERR_CONFLICT, naming the
 * holder, if it is taken. The lock lives as long as s or until released. */
MUST_USE enum err_code lease_take(struct store *s, const char *holder, int64_t now_us, int64_t *epoch, struct err *e);
MUST_USE enum err_code lease_release(struct store *s, struct err *e);	/* fine if not held */

/* The lock alone, for a folder that is to go: no epoch rises, and the database may be
 * damaged. ERR_CONFLICT, naming the holder if it can. The lock is the caller's to close. */
MUST_USE enum err_code lease_bar(const char *folder, int *lock, struct err *e);

struct lease {
	int64_t epoch, since_us;
	char holder[TITLE_MAX_BYTES];	/* "" : nobody since a clean stop */
	bool alive;			/* some process holds the lock (asked without taking it) */
};
MUST_USE enum err_code lease_show(struct store *s, struct lease *out, struct err *e);
/* ERR_CONFLICT if epoch is not the current one. Cheap; inside a transaction it holds to its end. */
MUST_USE enum err_code lease_check(struct store *s, int64_t epoch, struct err *e);

/* What earlier epochs left, in one transaction: calls held -> released, sent -> cut
 * (at the full bound); firings whose intent was never marked sent go back to
 * approved, the others to unknown; tasks running -> ready; requests taken -> failed. */
struct sweep {
	int released, cut, unfired, unknown, tasks, requests;
	int64_t cut_pd;
};
MUST_USE enum err_code store_sweep(struct store *s, int64_t epoch, int64_t now_us, struct sweep *report, struct err *e);

#endif
