/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Standing rules: a decision given beforehand. Only a person with the vault open
 * makes one; ending one needs no vault. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "desk/job.h"
#include "desk/team.h"
#include "model/connector.h"
#include "office/standing.h"
#include "store/connector.h"
#include "store/rule.h"
#include "vault/vault.h"

static enum err_code sign(struct hands *h, struct rule *r, struct err *e)
{
	struct buf b;
	enum err_code rc;

	buf_init(&b, 0);
	rule_bytes(h->workspace, r, &b);
	rc = vault_mac(h->vault, VAULT_RULE, b.p, b.len, &r->mac, e);
	buf_release(&b);
	return rc;
}

/* What no rule may cover is said when it is made, not found out later. */
static enum err_code check_tool(const struct tool *t, const struct rule *r, struct err *e)
{
	if (t->state != TOOL_KNOWN || !hash_same(&t->definition, &t->pinned)) {
		err_set(e, ERR_REFUSED, "the tool %s has changed since you trusted it", r->tool);
		return err_mend(e, ERR_REFUSED, "look at it, then: claviger connector release %s %s", t->connector_name, t->name);
	}
	if (t->effect == EFFECT_READ)
		return err_set(e, ERR_REFUSED, "the tool %s only reads: nobody is asked for that", r->tool);
	if (t->effect == EFFECT_DESTROY)
		return err_set(e, ERR_REFUSED, "the tool %s destroys: a person decides each time", r->tool);
	if (t->effect == EFFECT_SEND && r->patterns == NULL) {
		err_set(e, ERR_REFUSED, "the tool %s sends what cannot be called back", r->tool);
		return err_mend(e, ERR_REFUSED, "say to whom with --when FIELD=GLOB");
	}
	return ERR_OK;
}

/* By name or role; a rule is one agent's. */
static enum err_code take_agent(struct hands *h, const char *word, struct rule *r, struct err *e)
{
	struct agent a = {0};
	enum err_code rc = team_find(h->store, word, &a, e);

	snprintf(r->agent, sizeof r->agent, "%s", a.name);
	agent_release(&a);
	return rc;
}

enum err_code op_rule_add(struct hands *h, struct desk_job *j, struct err *e)
{
	struct vault_slot slot = vault_slot(h->vault);
	struct rule r = {.uses = j->op.count, .max_pd = j->op.money_pd, .until_us = j->op.until_us, .slot = slot.index, .created_us = clock_now_us()};
	struct tool t = {0};
	enum err_code rc = take_agent(h, j->op.name, &r, e);

	snprintf(r.tool, sizeof r.tool, "%s.%s", j->op.connector, j->op.tool);
	snprintf(r.person, sizeof r.person, "%s", slot.name);
	r.patterns = j->op.text != NULL ? xstrdup(j->op.text) : NULL;
	if (rc == ERR_OK && r.patterns != NULL)
		rc = standing_check_patterns(slice_of(r.patterns), e);
	if (rc == ERR_OK && r.until_us != 0 && r.until_us <= r.created_us)
		rc = err_set(e, ERR_USAGE, "the rule would be over already");
	if (rc == ERR_OK && r.until_us == 0 && r.uses == 0)
		rc = err_set(e, ERR_USAGE, "a rule has an end: a number of uses or a time");
	if (rc == ERR_OK)
		rc = tool_by_name(h->store, j->op.connector, j->op.tool, &t, e);
	if (rc == ERR_OK) {
		r.definition = t.pinned;
		r.effect = t.effect;
		rc = check_tool(&t, &r, e);
	}
	if (rc == ERR_OK)
		rc = sign(h, &r, e);
	if (rc == ERR_OK)
		rc = rule_add(h->store, &r, r.created_us, e);
	j->out.id = r.id;
	tool_release(&t);
	rule_release(&r);
	return rc;
}

enum err_code op_rule_revoke(struct hands *h, struct desk_job *j, struct err *e)
{
	j->out.id = j->op.id;
	return rule_revoke(h->store, j->op.id, h->who, clock_now_us(), e);
}
