/* SPDX-License-Identifier: GPL-3.0-or-later */
/* page.h - what a goal came to, on one page for the person: the agents' own reports,
 * then what was approved and carried out, what was refused and why, what is open or
 * not known, and what it cost. Pure. */
#ifndef OFFICE_PAGE_H
#define OFFICE_PAGE_H

#include <stddef.h>

#include "model/approval.h"
#include "model/task.h"

#define PAGE_BYTES ((size_t)24 << 10)

/* report: of step_goal(), or NULL. tasks and approvals: all of the goal, oldest
 * first. The page is the caller's. */
char *goal_page(const char *report, const struct task *tasks, size_t tasks_n, const struct approval *approvals, size_t approvals_n);

#endif
