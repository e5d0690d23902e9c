/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mailbox.h - the one thing that crosses between a face and its worker thread:
 * jobs in, the same jobs done out. A bounded queue each way under one lock that
 * is held for a few pointer moves only.
 *
 * A job is the face's record; run() is called on the worker thread with the
 * worker's hands and fills the record's answer. It comes back through the other
 * queue exactly once. Whoever holds the job owns it. */
#ifndef WORKER_MAILBOX_H
#define WORKER_MAILBOX_H

#include <stdbool.h>

#define MAILBOX_JOBS 64

struct hands;			/* worker/hands.h */

struct job {
	/* On the worker thread. The job must be finished when it returns. */
	void (*run)(struct job *j, struct hands *h);
	struct job *next;	/* the mailbox's */
};

struct mailbox;

struct mailbox *mailbox_new(void);	/* never NULL */
void mailbox_free(struct mailbox *m);	/* both queues must be empty */

/* Main thread: false when full (the job stays the caller's). */
bool mailbox_post(struct mailbox *m, struct job *j);
/* Worker thread: NULL if none. */
struct job *mailbox_take(struct mailbox *m);
/* Worker thread: hand a finished job back. */
void mailbox_return(struct mailbox *m, struct job *j);
/* Main thread: a finished job, or NULL. */
struct job *mailbox_collect(struct mailbox *m);

#endif
