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
/* Take one use, inside the transaction of the decision. ERR_REFUSED if none is left, it
 * is revoked or over, or the journal knows no such rule with that MAC. Uses are counted
 * from the decisions too: setting the counter back gives none. */
MUST_USE enum err_code rule_use(struct store *s, int64_t id, int64_t now_us, struct err *e);
MUST_USE enum err_code rule_revoke(struct store *s, int64_t id, const char *who, int64_t now_us, struct err *e);
/* The rules of that agent and tool that live are revoked: one rejection ends them. *n: how many. */
MUST_USE enum err_code rule_end_like(struct store *s, const char *agent, const char *tool, const char *who, int64_t now_us, int *n, struct err *e);
/* Ids of the approvals it decided, newest first. */
MUST_USE enum err_code rule_decided(struct store *s, int64_t id, int64_t *approvals, int limit, int *n, struct err *e);
/* How often in a row, up to 20 and counted from the newest, persons approved that agent's call of
 * the tool as it was proposed; an edit, a rejection or a rule's decision ends the row. */
MUST_USE enum err_code rule_streak(struct store *s, const char *agent, const char *connector, const char *tool, int *n, struct err *e);
/* Signed anew (another vault root); the journal says so. */
MUST_USE enum err_code rule_set_mac(struct store *s, int64_t id, const struct hash *mac, struct err *e);

#endif
