/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A proposal: what it is bound to, what it is judged by, and both signed. */
#include "worker/steps_do.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/memory.h"
#include "office/context.h"
#include "office/plan.h"
#include "office/policy.h"
#include "office/preview.h"
#include "office/provenance.h"
#include "store/approval.h"
#include "store/call.h"
#include "store/connector.h"
#include "store/goal.h"
#include "store/store.h"

static int64_t last_hold(struct worker *w, int64_t task)
{
	struct call_filter filter = {.task = task};
	struct call c = {0};
	int n = 0;

	return call_list(w->h.store, &filter, &c, 1, &n, NULL) == ERR_OK && n == 1 ? c.hold_pd : 0;
}

/* What the agent had before it: the goal's attachments, which every task shows, then
 * its own history. The array is the caller's; what is in it is borrowed. */
static struct entry *read_so_far(const struct facts *f)
{
	struct entry *v = xcalloc((size_t)(f->attached_n + f->entries_n + 1), sizeof *v);
	int i;

	for (i = 0; i < f->attached_n; i++) {
		v[i] = (struct entry){.kind = ENTRY_TOOL_RESULT, .untrusted = true, .body = f->attached[i].text};
		snprintf(v[i].source, sizeof v[i].source, "attachment %.200s", f->attached[i].name);
	}
	for (i = 0; i < f->entries_n; i++) {
		struct entry *n = &v[f->attached_n + i];

		*n = f->entries[i];
		if (n->kind == ENTRY_SUMMARY)	/* what it says was read, too */
			n->kind = ENTRY_TOOL_RESULT;
	}
	return v;
}

/* Through whose account or folder it would go: another one of the same name is another matter. */
static enum err_code take_identity(struct worker *w, struct approval *a, struct err *e)
{
	struct connector_record c = {0};
	enum err_code rc = connector_by_name(w->h.store, a->connector, &c, e);

	if (rc == ERR_OK)
		a->credential = connector_identity(w->h.workspace, &c);
	connector_record_release(&c);
	return rc;
}

/* With its signature, in one. */
static enum err_code put_proposal(struct worker *w, struct approval *a, struct err *e)
{
	struct store *s = w->h.store;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = approval_add(s, a, e);
	if (rc == ERR_OK)
		rc = hands_sign_proposal(&w->h, a, e);
	if (rc == ERR_OK)
		return store_commit(s, e);
	store_rollback(s);
	return rc;
}

/* The approval of which this is the new version that a person asked for; 0: none. */
static int64_t asked_before(struct worker *w, const struct approval *a)
{
	struct approval old = {0};
	int64_t id = approval_changes_asked(w->h.store, a->task, a->kind, a->connector, a->tool, &old, NULL) == ERR_OK ? old.id : 0;

	approval_release(&old);
	return id;
}

/* check: what the connector's check said of it, raw JSON, or empty; schema: of a tool of
 * others, whose own words of its fields are shown, or NULL. */
enum err_code steps_propose(struct worker *w, const struct facts *f, struct approval *a, struct slice payload, struct slice check, const char *schema, struct err *e)
{
	struct provenance prov = {0};
	struct entry *read;
	enum err_code rc = a->kind == APPROVAL_ACTION ? take_identity(w, a, e) : ERR_OK;

	if (rc != ERR_OK)
		return rc;
	a->state = APPROVAL_PENDING;
	a->goal = f->task.goal;
	a->task = f->task.id;
	snprintf(a->agent, sizeof a->agent, "%s", f->agent.name);
	a->payload = xstrndup(payload.p, payload.len);
	a->payload_len = payload.len;
	preview_summary(a, a->summary);
	read = read_so_far(f);
	provenance_make(payload, a->effect, read, (size_t)(f->attached_n + f->entries_n), slice_of(f->goal.text), &prov);
	free(read);
	a->provenance = prov.sources != NULL ? xstrdup(prov.sources) : NULL;
	a->flags = prov.flags != NULL ? xstrdup(prov.flags) : NULL;
	a->context = context_make(&prov, check, schema, payload);
	a->worst_case_pd = last_hold(w, f->task.id);
	if (a->kind == APPROVAL_PLAN && plan_cost(payload) > a->worst_case_pd)
		a->worst_case_pd = plan_cost(payload);
	a->replaces = asked_before(w, a);
	a->created_us = clock_now_us();
	a->expires_us = w->o.expire_after_h > 0 ? a->created_us + w->o.expire_after_h * 3600 * US_PER_S : 0;
	rc = put_proposal(w, a, e);
	crash_point("approval.pending");
	/* who asked for changes looks at what came of it: no rule does that for them */
	if (rc == ERR_OK && a->kind == APPROVAL_ACTION && a->replaces == 0 && policy_persons(&w->h.persons, a) == 1)
		standing_decide(w, a, prov.read_untrusted);
	provenance_release(&prov);
	return rc;
}

enum err_code steps_propose_plan(struct worker *w, const struct facts *f, const struct step_action *s, struct err *e)
{
	struct approval a = {.kind = APPROVAL_PLAN, .effect = EFFECT_WRITE};
	struct store *st = w->h.store;
	enum err_code rc = store_begin(st, e);

	if (rc != ERR_OK)
		return rc;
	snprintf(a.tool_use_id, sizeof a.tool_use_id, "%s", s->id);
	rc = steps_propose(w, f, &a, s->arguments, slice_of(""), NULL, e);
	if (rc == ERR_OK && f->goal.state == GOAL_PLANNING)
		rc = goal_move(st, f->goal.id, GOAL_PLAN_PENDING, "", clock_now_us(), e);
	approval_release(&a);
	if (rc == ERR_OK)
		return store_commit(st, e);
	store_rollback(st);
	return rc;
}
