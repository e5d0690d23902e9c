/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schedule.h - schedules that are due become goals. Only worker/ includes it; what
 * desk/ needs is in worker.h. */
#ifndef WORKER_SCHEDULE_H
#define WORKER_SCHEDULE_H

struct worker;

/* Each due schedule makes one goal, however often it was missed; none while its
 * last one is still worked on. Called with the vault open only. */
void schedule_tick(struct worker *w);

#endif
