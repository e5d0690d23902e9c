/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "office/limits.h"

const struct office_limits office_limits_default = {
	.turns_per_task = 30,
	.tasks_per_goal = 20,
	.plan_depth = 8,
	.plans_per_goal = 6,
	.plans_refused = 5,
	.replans_per_goal = 1,
	.reads_per_turn = 16,
	.proposals_per_turn = 8,
	.same_call = 3,
	.cut_replies = 2,
	.argument_bytes = (size_t)512 << 10,
	.title_bytes = 120,
	.instruction_bytes = 8000,
	.summary_bytes = 4000,
	.tool_result_bytes = (size_t)64 << 10,
	.attachment_bytes = (size_t)256 << 10,
	.history_bytes = (size_t)320 << 10,
	.whole_turns = 4,
	.small_result_bytes = 600,
};
