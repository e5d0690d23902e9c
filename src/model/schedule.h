/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule.h - work that comes round: a schedule makes tasks, and never a model call by itself. */
#ifndef MODEL_SCHEDULE_H
#define MODEL_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/record.h"

#define EVERY_DAY 127U		/* all bits of days */
#define EVERY_MIN_US (INT64_C(300) * 1000000)
#define EVERY_MAX_US (INT64_C(366) * 86400 * 1000000)

struct schedule {
	int64_t id;
	char agent[NAME_MAX_BYTES];	/* the CEO plans the text as a goal; anybody else gets it as one task */
	char *text;
	int64_t every_us;		/* whole days if at_minute is given */
	int at_minute;			/* of the day in the workspace's zone; -1: not given */
	unsigned days;			/* bit 0 is Monday; on no other day */
	bool on;
	int64_t created_us;		/* what intervals are counted from */
	int64_t next_us, last_us;	/* next is 0 while it is off */
	int64_t goal;			/* what it made last, 0: nothing yet */
	char why[TITLE_MAX_BYTES];	/* why it did not run the last time, or "" */
};
void schedule_release(struct schedule *s);

#endif
