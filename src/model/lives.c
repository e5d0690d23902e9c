/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of legal moves. One row a state: what it may become. */
#include "base/slice.h"
#include "model/approval.h"
#include "model/call.h"
#include "model/connector.h"
#include "model/goal.h"
#include "model/key.h"
#include "model/move.h"
#include "model/question.h"
#include "model/request.h"
#include "model/task.h"

#define B(s) (UINT32_C(1) << (s))
#define LIFE(var, word, c, count, name_list, moves) \
	const struct life var = {.noun = word, .letter = c, .states = count, .names = name_list, .next = moves}

static const char *const goal_names[GOAL_STATES] = {"planning", "plan_pending", "active", "paused", "done", "failed", "cancelled"};
static const uint32_t goal_moves[GOAL_STATES] = {
	[GOAL_PLANNING] = B(GOAL_PLAN_PENDING) | B(GOAL_ACTIVE) | B(GOAL_PAUSED) | B(GOAL_FAILED) | B(GOAL_CANCELLED),
	[GOAL_PLAN_PENDING] = B(GOAL_PLANNING) | B(GOAL_ACTIVE) | B(GOAL_PAUSED) | B(GOAL_FAILED) | B(GOAL_CANCELLED),
	[GOAL_ACTIVE] = B(GOAL_PAUSED) | B(GOAL_DONE) | B(GOAL_FAILED) | B(GOAL_CANCELLED),
	[GOAL_PAUSED] = B(GOAL_PLANNING) | B(GOAL_PLAN_PENDING) | B(GOAL_ACTIVE) | B(GOAL_FAILED) | B(GOAL_CANCELLED),
	[GOAL_FAILED] = B(GOAL_ACTIVE) | B(GOAL_PLANNING),	/* a person retries a task of it */
};
LIFE(goal_life, "goal", 'G', GOAL_STATES, goal_names, goal_moves);

static const char *const task_names[TASK_STATES] = {"blocked", "ready", "running", "waiting", "paused", "done", "failed", "cancelled"};
static const uint32_t task_moves[TASK_STATES] = {
	[TASK_BLOCKED] = B(TASK_READY) | B(TASK_PAUSED) | B(TASK_FAILED) | B(TASK_CANCELLED),
	[TASK_READY] = B(TASK_RUNNING) | B(TASK_WAITING) | B(TASK_PAUSED) | B(TASK_FAILED) | B(TASK_CANCELLED),
	[TASK_RUNNING] = B(TASK_READY) | B(TASK_WAITING) | B(TASK_PAUSED) | B(TASK_DONE) | B(TASK_FAILED) | B(TASK_CANCELLED),
	[TASK_WAITING] = B(TASK_READY) | B(TASK_RUNNING) | B(TASK_PAUSED) | B(TASK_DONE) | B(TASK_FAILED) | B(TASK_CANCELLED),
	[TASK_PAUSED] = B(TASK_READY) | B(TASK_BLOCKED) | B(TASK_WAITING) | B(TASK_FAILED) | B(TASK_CANCELLED),
	[TASK_FAILED] = B(TASK_READY) | B(TASK_CANCELLED),	/* a person retries */
};
LIFE(task_life, "task", 'T', TASK_STATES, task_names, task_moves);

static const char *const call_names[CALL_STATES] = {"held", "sent", "settled", "refused", "cut", "released"};
static const uint32_t call_moves[CALL_STATES] = {
	[CALL_HELD] = B(CALL_SENT) | B(CALL_RELEASED),
	[CALL_SENT] = B(CALL_SETTLED) | B(CALL_REFUSED) | B(CALL_CUT),
	[CALL_CUT] = B(CALL_SETTLED),	/* by a statement or a person */
};
LIFE(call_life, "call", 'C', CALL_STATES, call_names, call_moves);

static const char *const approval_names[APPROVAL_STATES] = {"proposed", "pending", "approved", "holding", "firing", "fired", "failed", "unknown",
	"not_fired", "rejected", "expired", "superseded", "withdrawn", "changes_asked"};
#define ENDED_UNFIRED (B(APPROVAL_REJECTED) | B(APPROVAL_EXPIRED) | B(APPROVAL_SUPERSEDED) | B(APPROVAL_WITHDRAWN))
static const uint32_t approval_moves[APPROVAL_STATES] = {
	[APPROVAL_PROPOSED] = B(APPROVAL_PENDING) | B(APPROVAL_WITHDRAWN),
	[APPROVAL_PENDING] = B(APPROVAL_APPROVED) | B(APPROVAL_CHANGES_ASKED) | ENDED_UNFIRED,
	[APPROVAL_APPROVED] = B(APPROVAL_HOLDING) | B(APPROVAL_FIRING) | B(APPROVAL_PENDING) | ENDED_UNFIRED,
	[APPROVAL_HOLDING] = B(APPROVAL_FIRING) | B(APPROVAL_PENDING) | ENDED_UNFIRED,
	/* approved again: only by a sweep that finds an intent whose first byte was never let go */
	[APPROVAL_FIRING] = B(APPROVAL_FIRED) | B(APPROVAL_FAILED) | B(APPROVAL_UNKNOWN) | B(APPROVAL_APPROVED),
	[APPROVAL_FAILED] = B(APPROVAL_SUPERSEDED) | B(APPROVAL_PENDING),	/* pending: only as a new version */
	[APPROVAL_UNKNOWN] = B(APPROVAL_FIRED) | B(APPROVAL_NOT_FIRED),
	[APPROVAL_CHANGES_ASKED] = B(APPROVAL_SUPERSEDED) | B(APPROVAL_WITHDRAWN),	/* by another one, or by the end of its task */
};
LIFE(approval_life, "approval", 'A', APPROVAL_STATES, approval_names, approval_moves);

static const char *const key_names[KEY_STATES] = {"untested", "active", "failing", "revoked", "retired"};
static const uint32_t key_moves[KEY_STATES] = {
	[KEY_UNTESTED] = B(KEY_ACTIVE) | B(KEY_FAILING) | B(KEY_REVOKED) | B(KEY_RETIRED),
	[KEY_ACTIVE] = B(KEY_FAILING) | B(KEY_REVOKED) | B(KEY_RETIRED) | B(KEY_UNTESTED),
	[KEY_FAILING] = B(KEY_ACTIVE) | B(KEY_REVOKED) | B(KEY_RETIRED) | B(KEY_UNTESTED),
	[KEY_REVOKED] = B(KEY_RETIRED) | B(KEY_UNTESTED) | B(KEY_ACTIVE),	/* a new version is untested; the vendor may take a key back into service */
};
LIFE(key_life, "key", 'K', KEY_STATES, key_names, key_moves);

static const char *const connector_names[LINK_STATES] = {"stopped", "running", "failing", "untrusted"};
static const uint32_t connector_moves[LINK_STATES] = {
	[LINK_STOPPED] = B(LINK_RUNNING) | B(LINK_FAILING) | B(LINK_UNTRUSTED),
	[LINK_RUNNING] = B(LINK_STOPPED) | B(LINK_FAILING) | B(LINK_UNTRUSTED),
	[LINK_FAILING] = B(LINK_RUNNING) | B(LINK_STOPPED) | B(LINK_UNTRUSTED),
	[LINK_UNTRUSTED] = B(LINK_STOPPED),
};
LIFE(link_life, "connector", 'N', LINK_STATES, connector_names, connector_moves);

static const char *const request_names[REQUEST_STATES] = {"asked", "taken", "done", "failed", "withdrawn"};
static const uint32_t request_moves[REQUEST_STATES] = {
	[REQUEST_ASKED] = B(REQUEST_TAKEN) | B(REQUEST_WITHDRAWN),
	[REQUEST_TAKEN] = B(REQUEST_DONE) | B(REQUEST_FAILED),
};
LIFE(request_life, "request", 'Q', REQUEST_STATES, request_names, request_moves);

static const char *const question_names[QUESTION_STATES] = {"open", "accepted", "declined", "cancelled", "expired"};
static const uint32_t question_moves[QUESTION_STATES] = {
	[QUESTION_OPEN] = B(QUESTION_ACCEPTED) | B(QUESTION_DECLINED) | B(QUESTION_CANCELLED) | B(QUESTION_EXPIRED),
	/* an answer that could not be handed over any more */
	[QUESTION_ACCEPTED] = B(QUESTION_CANCELLED),
	[QUESTION_DECLINED] = B(QUESTION_CANCELLED),
};
LIFE(question_life, "question", 'Q', QUESTION_STATES, question_names, question_moves);
