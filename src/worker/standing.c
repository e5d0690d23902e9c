/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standing rules at work. The person signed the rule once; here its signature is
 * checked again for each proposal it covers, one use is taken, and the decision
 * is signed and written as a person's is, all in one transaction. From there on
 * it is a decision like any other: bound to the bytes, checked again when it
 * fires, taken back with z inside its window. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "office/standing.h"
#include "store/approval.h"
#include "store/rule.h"
#include "store/store.h"
#include "vault/vault.h"
#include "worker/private.h"

#define RULES_MAX 32

static bool is_signed(struct worker *w, const struct rule *r)
{
	struct buf b;
	bool ok;

	buf_init(&b, 0);
	rule_bytes(w->h.workspace, r, &b);
	ok = vault_mac_check(w->h.vault, VAULT_RULE, b.p, b.len, &r->mac, NULL) == ERR_OK;
	buf_release(&b);
	if (!ok)
		log_line(LOG_ERROR, "rule %lld is not signed by this vault: it decides nothing", (long long)r->id);
	return ok;
}

static enum err_code sign(struct worker *w, struct decision *d, struct err *e)
{
	struct buf b;
	enum err_code rc;

	buf_init(&b, 0);
	decision_bytes(w->h.workspace, d, &b);
	rc = vault_mac(w->h.vault, VAULT_DECISION, b.p, b.len, &d->mac, e);
	buf_release(&b);
	return rc;
}

static enum err_code decide_by(struct worker *w, const struct approval *a, const struct rule *r, struct err *e)
{
	struct store *s = w->h.store;
	struct decision d = {.approval = a->id, .version = a->version, .verdict = VERDICT_APPROVE, .hash = a->hash, .bind = a->bind, .slot = r->slot, .rule = r->id,
		.at_us = clock_now_us()};
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	snprintf(d.person, sizeof d.person, "%s", r->person);
	snprintf(d.where, sizeof d.where, "standing rule R%lld", (long long)r->id);
	rc = rule_use(s, r->id, d.at_us, e);
	if (rc == ERR_OK)
		rc = sign(w, &d, e);
	if (rc == ERR_OK)
		rc = decision_add(s, &d, d.at_us, e);
	if (rc == ERR_OK)
		return store_commit(s, e);
	store_rollback(s);
	return rc;
}

void standing_decide(struct worker *w, const struct approval *a, bool read_untrusted)
{
	struct rule rows[RULES_MAX] = {0};
	char tool[NAME_MAX_BYTES * 2];
	int64_t now_us = clock_now_us();
	bool decided = false;
	int n = 0, i;

	snprintf(tool, sizeof tool, "%s.%s", a->connector, a->tool);
	if (w->h.vault == NULL || rule_list_for(w->h.store, a->agent, tool, now_us, rows, RULES_MAX, &n, NULL) != ERR_OK)
		return;
	for (i = 0; i < n; i++) {
		struct err e = {0};

		if (!decided && standing_covers(&rows[i], a, read_untrusted, now_us) && is_signed(w, &rows[i])) {
			decided = decide_by(w, a, &rows[i], &e) == ERR_OK;
			if (!decided)
				log_line(LOG_NOTE, "approval %lld waits for a person: %s", (long long)a->id, e.text);
		}
		rule_release(&rows[i]);
	}
	w->look |= decided;
}
