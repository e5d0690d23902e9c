/* SPDX-License-Identifier: GPL-3.0-or-later */
/* offer.h - the tools one agent may call in one task, under the names that the
 * model sees, and what became of those it may not call. prompt.h shows the
 * offered ones to the model; step.h looks its calls up here.
 *
 * A tool is CONNECTOR__TOOL; a name that is no ^[a-zA-Z0-9_-]{1,64}$ that way, or
 * would stand for two tools, is shortened and ends in eight hex digits of a hash
 * of both names. The table is the way back: names are never taken apart. */
#ifndef OFFICE_OFFER_H
#define OFFICE_OFFER_H

#include <stdbool.h>
#include <stddef.h>

#include "model/agent.h"
#include "model/connector.h"
#include "model/task.h"

#define OFFER_NAME 65

enum offer_kind { OFFER_TOOL, OFFER_SUBMIT_PLAN, OFFER_ASK_PERSON };
enum offer_state {
	OFFER_OPEN,		/* may be called */
	OFFER_NOT_GRANTED,	/* not on the agent's list */
	OFFER_QUARANTINED,	/* its definition changed since a person trusted it, or was never pinned */
	OFFER_PLANNING		/* not a read, and this task is for planning */
};
struct offer {
	char name[OFFER_NAME];
	enum offer_kind kind;
	enum offer_state state;
	const struct tool *tool;	/* borrowed; NULL for the office's own two */
	enum connector_type type;
};
struct offers {
	struct offer *v;		/* the office's own first, then by name: a stable order */
	size_t n;
};

/* tools and connectors stay the caller's and must outlive out. A tool whose
 * connector is not in the list, or is untrusted, is left out. */
void offers_make(struct offers *out, const struct agent *agent, const struct task *task, const struct tool *tools, size_t tools_n,
    const struct connector_record *connectors, size_t connectors_n);
void offers_release(struct offers *o);
/* By the name a model used; NULL if there is none. */
const struct offer *offers_find(const struct offers *o, const char *name);

/* Whether agent could call it in a task of its own, at once or as a proposal: what a
 * planner needs to know of others. */
bool offer_usable(const struct agent *agent, const struct offer *o);
/* Of these, whether it is one the agent is meant for: its list covers it, or it has none. */
bool offer_meant(const struct agent *agent, const struct offer *o);

/* Name of one tool without a table (no collision known): for show. */
void offer_name(const char *connector, const char *tool, char out[OFFER_NAME]);

#endif
