/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule.h - schedules in the store. */
#ifndef STORE_SCHEDULE_H
#define STORE_SCHEDULE_H

#include "model/schedule.h"
#include "store/store.h"

#define SCHEDULES_MAX 100	/* of a workspace */

/* Everything of s but id is given; id comes back. ERR_LIMIT. */
MUST_USE enum err_code schedule_add(struct store *s, struct schedule *row, const char *who, int64_t now_us, struct err *e);
MUST_USE enum err_code schedule_get(struct store *s, int64_t id, struct schedule *out, struct err *e);
MUST_USE enum err_code schedule_list(struct store *s, struct schedule *rows, int limit, int *n, struct err *e);
/* Those that are on and due, the longest due first. */
MUST_USE enum err_code schedule_list_due(struct store *s, int64_t now_us, struct schedule *rows, int limit, int *n, struct err *e);
/* The earliest next_us of those that are on; 0: none. */
MUST_USE enum err_code schedule_next_due(struct store *s, int64_t *at_us, struct err *e);
/* next_us 0 switches it off. */
MUST_USE enum err_code schedule_switch(struct store *s, int64_t id, int64_t next_us, const char *who, int64_t now_us, struct err *e);
/* It was due at row->next_us and made row->goal (0: nothing, for row->why). Once for
 * each due time: ERR_CONFLICT if another was here first. */
MUST_USE enum err_code schedule_ran(struct store *s, const struct schedule *row, int64_t next_us, int64_t now_us, struct err *e);
MUST_USE enum err_code schedule_remove(struct store *s, int64_t id, const char *who, int64_t now_us, struct err *e);

#endif
