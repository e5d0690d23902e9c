/* SPDX-License-Identifier: GPL-3.0-or-later */
/* agent.h - the team. */
#ifndef STORE_AGENT_H
#define STORE_AGENT_H

#include "model/agent.h"
#include "store/store.h"

MUST_USE enum err_code agent_add(struct store *s, struct agent *a, struct err *e);	/* ERR_CONFLICT if the name is in use */
MUST_USE enum err_code agent_get(struct store *s, const char *name, struct agent *out, struct err *e);
MUST_USE enum err_code agent_list(struct store *s, struct agent *rows, int limit, int *n, struct err *e);	/* in order of id */
MUST_USE enum err_code agent_set(struct store *s, const struct agent *a, struct err *e);	/* all of it, by id */
/* After a rekey: the same tool list, signed anew. */
MUST_USE enum err_code agent_set_mac(struct store *s, int64_t id, const struct hash *mac, struct err *e);
MUST_USE enum err_code agent_remove(struct store *s, int64_t id, struct err *e);

#endif
