/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan_bounds.h - what a plan that can be read must keep to besides its form: the
 * goal's money, and tools that are there. Pure.
 *
 * A word CONNECTOR__TOOL in a title or in instructions is taken for a tool's name if
 * there is such a tool, or if one of its halves is that of a tool there is: code and
 * prose have double underscores of their own.
 *
 * Errors  ERR_USAGE or ERR_LIMIT; the text is a sentence for the CEO. */
#ifndef OFFICE_PLAN_BOUNDS_H
#define OFFICE_PLAN_BOUNDS_H

#include "base/err.h"
#include "model/agent.h"
#include "model/goal.h"
#include "office/offer.h"
#include "office/plan.h"

/* The expected costs stay within the goal's own cap, if it has one. */
MUST_USE enum err_code plan_check_money(const struct plan *p, const struct goal *g, struct err *e);
/* Tasks name only tools that are there and that their agents may use. offers: of any
 * agent's; who may use what is looked up in the team. */
MUST_USE enum err_code plan_check_tools(const struct plan *p, const struct agent *team, size_t team_n, const struct offers *offers, struct err *e);

#endif
