/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule.h - standing decisions. The worker checks the MAC and the match; the store keeps count. */
#ifndef STORE_RULE_H
#define STORE_RULE_H

#include "model/rule.h"
#include "store/store.h"

MUST_USE enum err_code rule_add(struct store *s, struct rule *r, int64_t now_us, struct err *e);
MUST_USE enum err_code rule_get(struct store *s, int64_t id, struct rule *out, struct err *e);
MUST_USE enum err_code rule_list(struct store *s, bool live_only, int64_t now_us, struct rule *rows, int limit, int *n, struct err *e);
/* Live rules of that agent and tool ("connector.tool"). */
MUST_USE enum err_code rule_list_for(struct store *s, const char *agent, const char *tool, int64_t now_us, struct rule *rows, int limit, int *n, struct err *e);
/* Take one use; ERR_REFUSED if none is left, or it is revoked or over. */
MUST_USE enum err_code rule_use(struct store *s, int64_t id, int64_t now_us, struct err *e);
MUST_USE enum err_code rule_revoke(struct store *s, int64_t id, const char *who, int64_t now_us, struct err *e);
MUST_USE enum err_code rule_set_mac(struct store *s, int64_t id, const struct hash *mac, struct err *e);

#endif
