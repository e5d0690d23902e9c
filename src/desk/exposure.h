/* SPDX-License-Identifier: GPL-3.0-or-later */
/* exposure.h - the most that can still be spent, whatever happens: what the caps that
 * cover it leave, with what is held for calls in flight. It is a true bound as each call
 * is held at its worst case before it leaves; only a vendor that bills more than its
 * bound goes over it (that key pauses then).
 *
 * Thread  any with its own store. Errors  what cannot be read counts as no limit. */
#ifndef DESK_EXPOSURE_H
#define DESK_EXPOSURE_H

#include "model/cap.h"
#include "store/store.h"

struct exposure {
	bool has_today, has_total;	/* false: nothing limits it */
	int64_t today_pd, total_pd;	/* until the day ends; ever */
	int64_t free_pd;		/* of today_pd: not held for calls in flight yet */
	char today_by[NAME_MAX_BYTES], total_by[NAME_MAX_BYTES];	/* "workspace, day"; "the keys' own" for several */
};
/* Of the whole office (goal 0), or of one goal. */
void exposure_of(struct store *s, int64_t goal, int64_t now_us, struct exposure *out);
/* Under one cap of all n: no more than the workspace's caps and, for a key, its vendor's leave.
 * vendor: of the key a cap of scope key is about, or "". */
int64_t exposure_under(const struct cap *all, int n, const struct cap *c, const char *vendor);
/* "at most $4.97 more today (workspace, day), $20.00 in all (goal 3, total)", or what is missing. */
void exposure_words(const struct exposure *x, char out[TITLE_MAX_BYTES]);

#endif
