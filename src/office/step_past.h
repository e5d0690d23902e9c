/* SPDX-License-Identifier: GPL-3.0-or-later */
/* step_past.h - private to step*.c: what a task's history says about loops. */
#ifndef OFFICE_STEP_PAST_H
#define OFFICE_STEP_PAST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "model/task.h"

/* Words that a rejection's result begins with: how a later look finds it. */
#define STEP_REJECTED "Rejected by the person"
#define STEP_CHANGES "The person asks for changes before they decide"
/* Of the answer to a plan that does not hold. */
#define STEP_NO_PLAN "The plan was not accepted: "
/* And those of a proposal that a person put another version in the place of. */
#define STEP_FIRED "Approved and carried out."
#define STEP_FAILED "Approved, but carrying it out failed."
#define STEP_EDITED "\nThe person edited it first: your original is withdrawn."

struct past;	/* the assistant entries, read back; entries stay the caller's */

struct past *past_new(const struct entry *entries, size_t n);
void past_free(struct past *p);
/* In how many of the latest assistant entries, without a gap, the call stands. */
int past_in_a_row(const struct past *p, const char *name, struct slice arguments);
/* Was the very same call rejected by the person at any time, sent back for changes, or withdrawn by their edit? */
bool past_rejected(const struct past *p, const char *name, struct slice arguments);
/* How many plans did not hold since a person last had one before them. */
int past_plans_refused(const struct past *p);
/* How many of the latest replies were answered by a nudge only. */
int past_nudges(const struct past *p);

#endif
