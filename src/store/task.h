/* SPDX-License-Identifier: GPL-3.0-or-later */
/* task.h - tasks, what they wait for, and their histories. */
#ifndef STORE_TASK_H
#define STORE_TASK_H

#include "model/task.h"
#include "store/store.h"

enum task_filter { TASKS_OPEN, TASKS_ALL };	/* open: not done, failed or cancelled */

/* State: blocked, ready or (kind plan) ready. id comes back. */
MUST_USE enum err_code task_add(struct store *s, struct task *t, struct err *e);
/* task waits for on. Same goal; ERR_USAGE for itself or a circle. */
MUST_USE enum err_code task_depend(struct store *s, int64_t task, int64_t on, struct err *e);
/* The tasks that it depends on, oldest first. */
MUST_USE enum err_code task_needed(struct store *s, int64_t task, struct task *rows, int limit, int *n, struct err *e);
MUST_USE enum err_code task_get(struct store *s, int64_t id, struct task *out, struct err *e);
/* goal 0: of all goals. before_id: only older ones; 0 for the newest. */
MUST_USE enum err_code task_list(struct store *s, int64_t goal, enum task_filter which, int64_t before_id, struct task *rows, int limit, int *n, struct err *e);
/* As task_list() of all, for a list on a screen: without instructions and result, which may be long. */
MUST_USE enum err_code task_heads(struct store *s, int64_t before_id, struct task *rows, int limit, int *n, struct err *e);
MUST_USE enum err_code task_total(struct store *s, int64_t *n, struct err *e);
MUST_USE enum err_code task_move(struct store *s, int64_t id, enum task_state to, enum task_on on, const char *why, int64_t now_us, struct err *e);
/* Blocked tasks of the goal whose dependencies are all done become ready; *n (may be NULL) is how many. */
MUST_USE enum err_code task_unblock(struct store *s, int64_t goal, int64_t now_us, int *n, struct err *e);
/* Ready tasks that may run: work of active goals; planning also of planning ones. Oldest first. */
MUST_USE enum err_code task_next_ready(struct store *s, struct task *rows, int limit, int *n, struct err *e);
/* Until when a task waits on the vendor (0: takes it back); those due, soonest first. */
MUST_USE enum err_code task_set_retry(struct store *s, int64_t id, int64_t retry_us, struct err *e);
MUST_USE enum err_code task_list_due(struct store *s, int64_t now_us, struct task *rows, int limit, int *n, struct err *e);
/* When the next one is due; 0 if none waits. */
MUST_USE enum err_code task_next_due(struct store *s, int64_t *at_us, struct err *e);
MUST_USE enum err_code task_count_turn(struct store *s, int64_t id, struct err *e);
MUST_USE enum err_code task_set_result(struct store *s, int64_t id, const char *result, struct err *e);
MUST_USE enum err_code task_set_tier(struct store *s, int64_t id, enum tier tier, struct err *e);
MUST_USE enum err_code task_set_cap(struct store *s, int64_t id, int64_t cap_pd, const char *who, int64_t now_us, struct err *e);
/* It has read outside text; never taken back. */
MUST_USE enum err_code task_mark_untrusted(struct store *s, int64_t id, struct err *e);
MUST_USE enum err_code task_counts(struct store *s, int counts[TASK_STATES], struct err *e);	/* of open tasks */
/* All tasks of the goal, and how many of them are not done, failed or cancelled. */
MUST_USE enum err_code task_count_of_goal(struct store *s, int64_t goal, int *all, int *open, int *failed, struct err *e);

/* n->seq and n->id come back. */
MUST_USE enum err_code entry_add(struct store *s, struct entry *n, struct err *e);
MUST_USE enum err_code entry_get(struct store *s, int64_t id, struct entry *out, struct err *e);
/* Oldest first, those after after_seq. body is NULL once purged. */
MUST_USE enum err_code entry_list(struct store *s, int64_t task, int after_seq, struct entry *rows, int limit, int *n, struct err *e);
/* The last ones, oldest of them first. */
MUST_USE enum err_code entry_tail(struct store *s, int64_t task, struct entry *rows, int limit, int *n, struct err *e);

#endif
