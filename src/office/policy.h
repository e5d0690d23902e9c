/* SPDX-License-Identifier: GPL-3.0-or-later */
/* policy.h - who may use what, what needs a decision, and what needs more than
 * a key press. Pure. */
#ifndef OFFICE_POLICY_H
#define OFFICE_POLICY_H

#include <stdbool.h>

#include "base/slice.h"
#include "model/agent.h"
#include "model/approval.h"
#include "model/connector.h"

/* What a tool is held to do. Our own connectors declare it and are believed; a
 * word that is missing or unknown, and anything by another server, is `send`.
 * destructive_hint (an annotation) may raise it to `destroy`: annotations raise
 * an alarm and never lower one. A person's own setting comes after this. */
enum effect policy_effect(enum connector_type type, const char *declared, bool destructive_hint);

/* Everything but a read is put to a person (or to a rule of theirs). */
/* Does a tool's definition (canonical JSON; NULL: not kept) say in so many words that it
 * destroys? An alarm to be shown; that it does not say so means nothing. */
bool policy_calls_itself_destructive(const char *definition);
bool policy_needs_decision(enum effect effect);

/* Does one pattern of an agent's list cover the tool? "*", "repo.*",
 * "repo.read_file", "type:codebase.*", "type:codebase.read_file". */
bool policy_pattern_covers(const char *pattern, enum connector_type type, const char *connector, const char *tool);
/* Is the pattern well formed? */
bool policy_pattern_ok(const char *pattern);
/* May the agent be offered the tool? Its list covers it, or nobody has narrowed
 * the list yet, so that a new connector's tools go to every agent. */
bool policy_granted(const struct agent *a, enum connector_type type, const char *connector, const char *tool);

/* The word `yes` must be typed for: destroy; and send, unless each recipient
 * stands in the goal's text or is the verified sender of the thread being
 * answered (the connector's check says so: office/context.h). A send in which no
 * recipient can be found needs it too. Recipients are the addresses, links and
 * hosts of the payload; in what has a member `to` the subject, the body and the
 * ids of other messages are left out of it. In an unsigned proposal neither goal nor
 * context vouches for anybody. said: values that a person has
 * written out one by one, each on a line (NULL: none): they are no strangers. */
struct typed_yes {
	char why[TITLE_MAX_BYTES];	/* in our words, "" if not needed */
	char value[TITLE_MAX_BYTES];	/* the first stranger, raw; "" if it is not about one */
	int strangers;
};
bool policy_needs_typed_yes(const struct approval *a, struct slice goal_text, const char *said, struct typed_yes *out);
/* The same for the effect that a call of a tool gets: a read to which the model
 * gives an address to fetch that is not in the goal sends what it likes there. */
enum effect policy_effect_of_call(enum effect effect, enum connector_type type, struct slice arguments, struct slice goal_text);

/* From where on a second person is asked: from this effect on (EFFECTS: never),
 * or where going on costs more than that (0: never). */
struct person_line {
	enum effect effect;
	int64_t over_pd;
};
/* How many persons must approve it: 1 or 2. The cost of an unsigned proposal is held to be above the line. */
int policy_persons(const struct person_line *line, const struct approval *a);

/* May a standing rule decide it without a person? Never a plan, a cap, a rule
 * or a destroy; never a send by an agent that has read untrusted text. */
bool policy_rule_may_decide(const struct approval *a, bool read_untrusted);
/* One glob of a rule: * and ? over bytes, case-sensitive. */
bool policy_glob(const char *pattern, struct slice text);

#endif
