/* SPDX-License-Identifier: GPL-3.0-or-later */
/* connector.h - connectors, their tools and pins. */
#ifndef STORE_CONNECTOR_H
#define STORE_CONNECTOR_H

#include "model/connector.h"
#include "store/store.h"

MUST_USE enum err_code connector_add(struct store *s, struct connector_record *c, const char *who, struct err *e);	/* ERR_CONFLICT if the name is in use */
MUST_USE enum err_code connector_get(struct store *s, int64_t id, struct connector_record *out, struct err *e);
MUST_USE enum err_code connector_by_name(struct store *s, const char *name, struct connector_record *out, struct err *e);
MUST_USE enum err_code connector_list(struct store *s, struct connector_record *rows, int limit, int *n, struct err *e);	/* in order of id */
MUST_USE enum err_code connector_move(struct store *s, int64_t id, enum link_state to, const char *why, int64_t now_us, struct err *e);
/* root, command, unconfined_ok and mac; by id. */
MUST_USE enum err_code connector_set(struct store *s, const struct connector_record *c, const char *who, int64_t now_us, struct err *e);
MUST_USE enum err_code connector_remove(struct store *s, int64_t id, const char *who, int64_t now_us, struct err *e);	/* and its tools and secrets */

/* After a rekey: the same record, the same pin, signed anew. */
MUST_USE enum err_code connector_set_mac(struct store *s, int64_t id, const struct hash *mac, struct err *e);
MUST_USE enum err_code tool_set_mac(struct store *s, int64_t id, const struct hash *mac, struct err *e);

/* What a server says now, by (connector, name). A tool seen first is stored as given (effect, state, pin,
 * mac). A known one keeps effect, pin and mac; if definition is not the pin it becomes quarantined, in the
 * journal too; if it is, its state stays. t comes back as it stands. */
MUST_USE enum err_code tool_put(struct store *s, struct tool *t, int64_t now_us, struct err *e);
/* A person trusts what it says now, with this effect: pinned, effect, mac of t; known again. */
MUST_USE enum err_code tool_pin(struct store *s, const struct tool *t, const char *who, int64_t now_us, struct err *e);
MUST_USE enum err_code tool_list(struct store *s, int64_t connector, struct tool *rows, int limit, int *n, struct err *e);	/* 0: of all; by name */
MUST_USE enum err_code tool_by_name(struct store *s, const char *connector, const char *name, struct tool *out, struct err *e);
/* The server no longer offers it. */
MUST_USE enum err_code tool_drop(struct store *s, int64_t id, struct err *e);

#endif
