/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A goal's own next state, after one of its tasks has ended: done with its page, failed,
 * or planned again. office/step.h decides; this carries it out. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "model/move.h"
#include "office/page.h"
#include "office/step.h"
#include "store/approval.h"
#include "store/goal.h"
#include "store/task.h"
#include "worker/private.h"

#define TASKS_MAX 256		/* of one goal */
#define APPROVALS_MAX 512	/* of one goal, on its page */

static int by_task(const void *a, const void *b)
{
	const struct task *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static int by_approval(const void *a, const void *b)
{
	const struct approval *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* What the goal came to, on one page. */
static enum err_code set_page(struct store *s, int64_t goal, const char *report, const struct task *tasks, int tasks_n, struct err *e)
{
	struct approval *rows = xcalloc(APPROVALS_MAX, sizeof *rows);
	int n = 0, got, i;
	enum err_code rc = ERR_OK;
	char *page;

	for (i = 0; i < tasks_n && rc == ERR_OK; i++) {
		rc = approval_list_of_task(s, tasks[i].id, rows + n, APPROVALS_MAX - n, &got, e);
		n += rc == ERR_OK ? got : 0;
	}
	qsort(rows, (size_t)n, sizeof *rows, by_approval);
	page = goal_page(report, tasks, (size_t)tasks_n, rows, (size_t)n);
	if (rc == ERR_OK)
		rc = goal_set_report(s, goal, page, e);
	for (i = 0; i < n; i++)
		approval_release(&rows[i]);
	free(rows);
	free(page);
	return rc;
}

/* The CEO looks at what failed; the goal stays as it is meanwhile. */
static enum err_code plan_again(struct store *s, const struct goal *g, const struct task *rows, int n, char *words, struct err *e)
{
	struct task t = {.goal = g->id, .kind = TASK_PLAN, .state = TASK_READY, .created_us = clock_now_us(), .instructions = words};
	int i;

	for (i = 0; i < n && rows[i].kind != TASK_PLAN; i++)
		;
	if (i == n)
		return ERR_OK;
	t.tier = rows[i].tier;
	snprintf(t.agent, sizeof t.agent, "%s", rows[i].agent);
	snprintf(t.title, sizeof t.title, "Plan again: what failed");
	return task_add(s, &t, e);
}

enum err_code worker_goal_progress(struct hands *h, int64_t goal, struct err *e)
{
	struct store *s = h->store;
	struct task *rows = xcalloc(TASKS_MAX, sizeof *rows);
	struct goal g = {0};
	struct step_goal out = {0};
	int64_t now = clock_now_us();
	size_t m;
	int n = 0, i;
	enum err_code rc = task_unblock(s, goal, now, NULL, e);

	if (rc == ERR_OK)
		rc = goal_get(s, goal, &g, e);
	if (rc == ERR_OK)
		rc = task_list(s, goal, TASKS_ALL, 0, rows, TASKS_MAX, &n, e);
	if (rc == ERR_OK) {
		qsort(rows, (size_t)n, sizeof *rows, by_task);	/* lists come newest first; a goal is told from its start */
		step_goal(&g, rows, (size_t)n, &out);
	}
	for (m = 0; rc == ERR_OK && m < out.moves_n; m++)
		rc = task_move(s, out.moves[m].task, out.moves[m].state, ON_NOTHING, out.moves[m].why, now, e);
	if (rc == ERR_OK && out.plan_again != NULL)
		rc = plan_again(s, &g, rows, n, out.plan_again, e);
	if (rc == ERR_OK && out.state != g.state && life_allows(&goal_life, g.state, out.state)) {
		rc = goal_move(s, goal, out.state, out.why, now, e);
		if (rc == ERR_OK && out.report != NULL)
			rc = set_page(s, goal, out.report, rows, n, e);
	}
	for (i = 0; i < n; i++)
		task_release(&rows[i]);
	step_goal_release(&out);
	goal_release(&g);
	free(rows);
	return rc;
}
