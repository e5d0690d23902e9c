/* SPDX-License-Identifier: GPL-3.0-or-later */
/* standing.h - does a standing rule cover one action? Pure.
 *
 * What is in doubt is not covered: the person is asked then, as without a rule. */
#ifndef OFFICE_STANDING_H
#define OFFICE_STANDING_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "model/approval.h"
#include "model/rule.h"

/* The patterns are a JSON object of field to glob (policy_glob). A field is a
 * member's name, or names with dots between them ("to.address"). A text is
 * compared by its bytes, a number or a truth value as it is written; a list
 * must have elements and each must match; a member that is absent, null or an
 * object matches nothing. ERR_USAGE in words if it is not such an object. */
MUST_USE enum err_code standing_check_patterns(struct slice patterns, struct err *e);

/* No number anywhere in the payload is above most_pd or below zero, and there is
 * one. A text that is written like a number counts as one. */
bool standing_money_ok(struct slice payload, int64_t most_pd);

/* May r decide a by itself? Agent, tool, definition, effect, patterns, money and
 * end, and what policy_rule_may_decide() says. Its MAC, its uses and whether it
 * was revoked are the caller's. A `send` needs at least one pattern. */
bool standing_covers(const struct rule *r, const struct approval *a, bool read_untrusted, int64_t now_us);

#endif
