/* SPDX-License-Identifier: GPL-3.0-or-later */
/* steps_do.h - what steps.c has done about one tool call: steps_propose.c makes approvals,
 * steps_tools.c calls connectors. Only these include it. */
#ifndef WORKER_STEPS_DO_H
#define WORKER_STEPS_DO_H

#include "base/slice.h"
#include "office/step.h"
#include "worker/steps.h"

/* Put a before the person, with what it is judged by, signed. payload: the exact bytes; check and
 * schema (both may be empty or NULL): what the connector said of them, and what they have to be like. */
MUST_USE enum err_code steps_propose(struct worker *w, const struct facts *f, struct approval *a, struct slice payload, struct slice check, const char *schema, struct err *e);
MUST_USE enum err_code steps_propose_plan(struct worker *w, const struct facts *f, const struct step_action *s, struct err *e);

/* A tool whose connector cannot say beforehand what it would do. */
MUST_USE enum err_code steps_propose_unchecked(struct worker *w, const struct facts *f, const struct step_action *s, struct turn_calls *out, struct err *e);
/* A read; or (is_check) what a proposal would do, which is proposed when the answer has come. */
MUST_USE enum err_code steps_call_tool(struct work *k, const struct step_action *s, bool is_check, struct err *e);
MUST_USE enum err_code steps_ask_person(struct worker *w, const struct facts *f, const struct step_action *s, struct err *e);

#endif
