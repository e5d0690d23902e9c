/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steps.h - the tool calls of a task's last reply: what office/step.h decides
 * about each is carried out here. Only worker/ includes it. */
#ifndef WORKER_STEPS_H
#define WORKER_STEPS_H

#include "worker/private.h"

struct turn_calls {
	bool ends;			/* the task is over */
	enum task_state end_state;	/* done or failed */
	char *result;			/* of done */
	bool goes_on;			/* call the model again with the history as it is */
	int people_open;		/* calls that wait for a person */
	bool settled;			/* steps_settle() has answered one, or there was none open */
	char why[TITLE_MAX_BYTES];
};
void steps_release(struct turn_calls *c);

/* Is the last thing that happened a reply that has not been dealt with in full? */
bool steps_open_calls(const struct facts *f);
/* Deal with it: reads are started (k->reads_open), proposals become approvals,
 * refusals are answered. */
MUST_USE enum err_code steps_take(struct work *k, struct facts *f, struct turn_calls *out, struct err *e);
/* Only count what is open. */
MUST_USE enum err_code steps_count_open(struct worker *w, const struct facts *f, struct turn_calls *out, struct err *e);
/* Turn ended approvals into answers, inside the caller's transaction. */
MUST_USE enum err_code steps_settle(struct worker *w, const struct facts *f, struct turn_calls *out, struct err *e);
/* Id of the unanswered question to the person, or NULL. */
const char *steps_open_question(const struct facts *f);

/* work.c, for steps.c. source NULL: our own words, else outside text from there. */
MUST_USE enum err_code work_answer(struct worker *w, int64_t task, const char *tool_use_id, const char *text, bool is_error, const char *source, struct err *e);
MUST_USE enum err_code work_end_task(struct worker *w, const struct task *t, enum task_state to, const char *words, const char *why, struct err *e);
void work_read_done(struct work *k);

#endif
