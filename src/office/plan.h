/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan.h - the CEO's plan for a goal: the payload of submit_plan, checked.
 *
 * The payload: {"summary":"...", "tasks":[{"key":"a", "title":"...",
 * "instructions":"...", "agent":"NAME or ROLE", "depends_on":["KEY"...],
 * "tier":"routine|standard|top", "expected_cost_usd":"0.12" or 0.12}]}.
 *
 * Errors  ERR_PROTO for JSON that does not pass the gate, ERR_USAGE or ERR_LIMIT
 *         for what the CEO can mend; the text is a sentence for the CEO. */
#ifndef OFFICE_PLAN_H
#define OFFICE_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "model/agent.h"
#include "model/goal.h"
#include "model/task.h"
#include "office/limits.h"

struct plan_task {
	char key[NAME_MAX_BYTES];
	char title[TITLE_MAX_BYTES];
	char *instructions;
	char agent[NAME_MAX_BYTES];	/* the name, also where the payload gave a role */
	enum tier tier;			/* the agent's where the payload gave none */
	int depends[PLAN_DEPENDS];	/* indices into tasks */
	int depends_n;
	int level;			/* 0: depends on nothing; else one more than the highest it depends on */
	bool has_cost;
	char cost_raw[32];		/* the digits as written, without quotes */
	int64_t cost_pd;
};
struct plan {
	char *summary;
	struct plan_task *tasks;	/* in the order written */
	int tasks_n;
	int64_t cost_pd;		/* sum of the expected costs */
	int costs_n;			/* how many tasks gave one */
};

/* team may be NULL with team_n 0: then agents are taken as written (previews of
 * a plan whose team has changed since). ceo_works: the CEO may take tasks. */
MUST_USE enum err_code plan_parse(struct slice payload, const struct agent *team, size_t team_n, bool ceo_works, const struct office_limits *limits,
    struct plan *out, struct err *e);
/* What a plan's payload expects to cost; 0 if it does not say, or is no plan. */
int64_t plan_cost(struct slice payload);
void plan_free(struct plan *p);		/* what it owns; empty after */

/* Task i as a record without an id: `ready` if it depends on nothing, else
 * `blocked`. Its dependencies are plan->tasks[i].depends. task_release() it. */
void plan_make_task(const struct plan *p, int i, const struct goal *g, int64_t now_us, struct task *out);

#endif
