/* SPDX-License-Identifier: GPL-3.0-or-later */
/* goal.h - goals in the store. See store/store.h for what all operations share. */
#ifndef STORE_GOAL_H
#define STORE_GOAL_H

#include "model/goal.h"
#include "store/store.h"

enum goal_filter { GOALS_OPEN, GOALS_ALL };	/* open: not done, failed or cancelled */

/* Everything of g but id is given; id comes back. State: planning or active. */
MUST_USE enum err_code goal_add(struct store *s, struct goal *g, struct err *e);
MUST_USE enum err_code goal_get(struct store *s, int64_t id, struct goal *out, struct err *e);
/* before_id: only older ones; 0 for the newest. */
MUST_USE enum err_code goal_list(struct store *s, enum goal_filter which, int64_t before_id, struct goal *rows, int limit, int *n, struct err *e);
/* Those that ended after since_us, the last first; and those of which nothing goes on by itself though no
 * person paused it, the newest first. For a line each: the text cut, no report. */
MUST_USE enum err_code goal_ended(struct store *s, int64_t since_us, struct goal *rows, int limit, int *n, struct err *e);
MUST_USE enum err_code goal_stuck(struct store *s, struct goal *rows, int limit, int *n, struct err *e);
/* From paused only back to where it was, or to an end. why may be NULL. */
MUST_USE enum err_code goal_move(struct store *s, int64_t id, enum goal_state to, const char *why, int64_t now_us, struct err *e);
MUST_USE enum err_code goal_set_report(struct store *s, int64_t id, const char *report, struct err *e);
MUST_USE enum err_code goal_set_cap(struct store *s, int64_t id, int64_t cap_pd, const char *who, int64_t now_us, struct err *e);
/* Counts of open goals by state (the final ones stay 0). */
MUST_USE enum err_code goal_counts(struct store *s, int counts[GOAL_STATES], struct err *e);

#endif
