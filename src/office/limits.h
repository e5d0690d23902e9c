/* SPDX-License-Identifier: GPL-3.0-or-later */
/* limits.h - the bounds of the office: against loops, busy-work and texts
 * without end. Plain values; a worker may lower or raise them from its
 * configuration. Pure. */
#ifndef OFFICE_LIMITS_H
#define OFFICE_LIMITS_H

#include <stddef.h>

#define PLAN_DEPENDS 16			/* per task: what struct task can hold */

struct office_limits {
	int turns_per_task;		/* model calls; an agent's max_turns may be lower */
	int tasks_per_goal;
	int plan_depth;			/* longest chain of dependencies */
	int plans_per_goal;		/* plans that a person may send back before the goal fails */
	int plans_refused;		/* plans in a row that did not hold, before planning fails */
	int replans_per_goal;		/* how often the CEO may plan again after tasks of its plan failed */
	int reads_per_turn, proposals_per_turn;
	int same_call;			/* the same call with the same arguments: this many in a row is a loop */
	int cut_replies;		/* replies in a row that ran into max_tokens */
	size_t argument_bytes;		/* of one tool call */
	size_t title_bytes, instruction_bytes, summary_bytes;
	size_t tool_result_bytes;	/* shown to the agent; the rest is cut, and it is told so */
	size_t attachment_bytes;	/* of all reading matter together */
	size_t history_bytes;		/* of tool results in a history; past that the oldest are left out, down to half */
	int whole_turns;		/* the latest replies whose results always stay */
	size_t small_result_bytes;	/* what is shorter stays */
};

extern const struct office_limits office_limits_default;

#endif
