/* SPDX-License-Identifier: GPL-3.0-or-later */
/* goal.h - what the person asks of the office. */
#ifndef MODEL_GOAL_H
#define MODEL_GOAL_H

#include <stdint.h>

#include "model/record.h"

enum goal_state { GOAL_PLANNING, GOAL_PLAN_PENDING, GOAL_ACTIVE, GOAL_PAUSED, GOAL_DONE, GOAL_FAILED, GOAL_CANCELLED, GOAL_STATES };

struct goal {
	int64_t id;
	enum goal_state state;
	enum goal_state before_pause;	/* where resume goes back to */
	char *text;			/* the person's words */
	char agent[NAME_MAX_BYTES];	/* who gets it without a plan, or "" */
	int64_t cap_pd;			/* worst case of all its calls; 0: none of its own */
	int64_t created_us, ended_us;
	char *report;			/* the closing words, or NULL */
	char why[TITLE_MAX_BYTES];	/* why paused or failed, or "" */
};
void goal_release(struct goal *g);

/* A file that the person put to it. */
struct goal_attachment {
	char name[TITLE_MAX_BYTES];
	char *text;			/* UTF-8; NULL: purged */
};
void goal_attachment_release(struct goal_attachment *a);

#endif
