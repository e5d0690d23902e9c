/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step.h - the office's state machine: facts and what happened in, what is to
 * be done out. The worker carries it out and writes it down. Pure. */
#ifndef OFFICE_STEP_H
#define OFFICE_STEP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "model/approval.h"
#include "model/goal.h"
#include "model/reply.h"
#include "model/task.h"
#include "office/limits.h"
#include "office/offer.h"
#include "office/plan.h"

/* --- after a reply -------------------------------------------------------- */

struct step_facts {
	const struct office_limits *limits;
	const struct goal *goal;
	const struct task *task;	/* its turns count this reply already */
	const struct agent *agent;
	const struct agent *team;
	size_t team_n;
	const struct offers *offers;
	const struct entry *entries;	/* history before this reply, oldest first */
	size_t entries_n;
	int plans_before;		/* plans of this goal that a person sent back */
};

enum step_do {
	STEP_READ,	/* run the tool now; its result is a tool-result entry */
	STEP_PROPOSE,	/* make an approval over the arguments */
	STEP_PLAN,	/* make an approval of kind plan; step.plan is filled */
	STEP_ASK,	/* show text to the person and wait for their words */
	STEP_REFUSE	/* answer the call with text, is_error */
};
struct step_action {
	enum step_do what;
	const char *id;			/* tool_use_id; borrowed from the reply */
	const struct offer *offer;	/* borrowed from the facts; NULL if unknown */
	struct slice arguments;		/* borrowed from the reply: the exact bytes */
	enum effect effect;		/* of PROPOSE: the tool's, or more (policy_effect_of_call) */
	char *text;			/* owned: of ASK and REFUSE */
};
struct step {
	struct step_action *actions;	/* one for each call, in the reply's order */
	size_t actions_n;
	struct plan plan;		/* of STEP_PLAN */
	enum task_state state;		/* done, failed, ready, waiting */
	enum task_on on;		/* of waiting: connector (reads first), then person */
	char why[TITLE_MAX_BYTES];	/* of failed and waiting, in our words */
	char *result;			/* of done: the agent's closing text */
	char *nudge;			/* of ready: words to add as a user entry, or NULL */
};
/* r: a whole reply without trouble; its text and tool calls are looked at. */
void step_reply(const struct step_facts *f, const struct reply *r, struct step *out);
void step_release(struct step *s);

/* What a nudge of step_reply() begins with: entries that are the office's own
 * words to the agent, not the person's. */
#define STEP_NUDGE "[office] "

/* Where the task stands while that many of the turn's calls have no result:
 * ready when none is left. */
enum task_state step_open(int reads_open, int people_open, enum task_on *on);

/* --- after a decision, a firing, a read ----------------------------------- */

/* The result that answers the agent's call. */
struct step_result {
	bool has_result;	/* false: nothing to tell yet, the task goes on waiting (pending ... firing, unknown, superseded) */
	bool is_error;
	bool untrusted;		/* text holds what an outside system answered */
	char *text;		/* owned */
};
/* By a->state. receipt: what the outside system answered, or NULL. For a plan,
 * approved is final and rejected gives the reason. Needs a->payload where the
 * person edited it (version > 1). */
void step_outcome(const struct approval *a, const char *receipt, const struct office_limits *limits, struct step_result *out);
/* The person's answer to a STEP_ASK. */
void step_answer(const char *words, struct step_result *out);
void step_result_release(struct step_result *r);

/* --- the goal --------------------------------------------------------------- */

struct step_move {
	int64_t task;
	enum task_state state;		/* ready, or cancelled */
	char why[TITLE_MAX_BYTES];
};
struct step_goal {
	enum goal_state state;		/* the goal's own if nothing changes */
	char why[TITLE_MAX_BYTES];
	char *report;			/* of done and failed; owned */
	char *plan_again;		/* tasks of the plan failed, and the CEO may plan anew: what it is told; owned. The state stays */
	struct step_move *moves;	/* of blocked tasks */
	size_t moves_n;
};
/* tasks: all of the goal, with blocked_by as read. A task blocked by one that
 * failed or was cancelled is cancelled, and so on down; when the last task has
 * ended the goal is done, or failed if one was; after a plan that was made again only
 * what came of that counts. Call again after the moves. */
void step_goal(const struct goal *g, const struct task *tasks, size_t tasks_n, struct step_goal *out);
void step_goal_release(struct step_goal *s);

#endif
