/* SPDX-License-Identifier: GPL-3.0-or-later */
/* team.h - whom a person means by a word: an agent's name, or the role that one of them has.
 * Every verb that takes an agent takes either. Thread: any with a connection to the store. */
#ifndef DESK_TEAM_H
#define DESK_TEAM_H

#include "store/agent.h"

/* A name goes before a role. ERR_MISSING if it is neither, ERR_USAGE naming the agents if several have the
 * role; *a is empty then. The caller releases it. */
MUST_USE enum err_code team_find(struct store *s, const char *word, struct agent *a, struct err *e);

#endif
