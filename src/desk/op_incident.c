/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person answers to an incident: raise the limit it is about (signed by this
 * process's own vault, like any limit), or keep things as they are. And what a cut
 * call really cost, when they know it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "desk/job.h"
#include "model/incident.h"
#include "money/pico.h"
#include "office/cap_raise.h"
#include "store/agent.h"
#include "store/approval.h"
#include "store/call.h"
#include "store/cap.h"
#include "store/goal.h"
#include "store/incident.h"
#include "store/store.h"
#include "store/task.h"

/* The row of the cap table, or id 0. */
static enum err_code find_cap(struct hands *h, const struct incident *i, struct cap *out, struct err *e)
{
	struct cap *rows = xcalloc(CAPS_MAX, sizeof *rows);
	int n = 0, k;
	enum err_code rc = cap_list(h->store, clock_now_us(), rows, CAPS_MAX, &n, e);

	memset(out, 0, sizeof *out);
	for (k = 0; rc == ERR_OK && k < n; k++)
		if (rows[k].scope == i->scope && rows[k].window == i->window && strcmp(rows[k].ref, i->cap_ref) == 0)
			*out = rows[k];
	free(rows);
	return rc;
}

/* A goal's, task's or agent's own limit: read it (set 0), or set it and read it. */
static enum err_code own_limit(struct hands *h, const struct incident *i, int64_t set_pd, int64_t *limit_pd, struct err *e)
{
	int64_t id = i->scope == SCOPE_GOAL || i->scope == SCOPE_TASK ? strtoll(i->cap_ref, NULL, 10) : 0, now = clock_now_us();
	struct agent a = {0};
	struct goal g = {0};
	struct task t = {0};
	enum err_code rc = ERR_OK;

	*limit_pd = 0;
	if (i->scope == SCOPE_GOAL && i->window == WINDOW_TOTAL) {
		rc = set_pd > 0 ? goal_set_cap(h->store, id, set_pd, h->who, now, e) : ERR_OK;
		if (rc == ERR_OK && (rc = goal_get(h->store, id, &g, e)) == ERR_OK)
			*limit_pd = g.cap_pd;
		goal_release(&g);
	} else if (i->scope == SCOPE_TASK && i->window == WINDOW_TOTAL) {
		rc = set_pd > 0 ? task_set_cap(h->store, id, set_pd, h->who, now, e) : ERR_OK;
		if (rc == ERR_OK && (rc = task_get(h->store, id, &t, e)) == ERR_OK)
			*limit_pd = t.cap_pd;
		task_release(&t);
	} else if (i->scope == SCOPE_AGENT && i->window == WINDOW_DAY) {
		rc = agent_get(h->store, i->cap_ref, &a, e);
		if (rc == ERR_OK && set_pd > 0) {
			rc = own_cap_note(h->store, SCOPE_AGENT, a.name, set_pd, h->who, now, e);
			a.cap_pd = set_pd;
			if (rc == ERR_OK)
				rc = agent_set(h->store, &a, e);
		}
		*limit_pd = rc == ERR_OK ? a.cap_pd : 0;
		agent_release(&a);
		rc = rc == ERR_MISSING ? ERR_OK : rc;
	}
	return rc;
}

static enum err_code check_raise(int64_t was, int64_t to, struct err *e)
{
	char text[PICO_TEXT];

	if (to > was)
		return ERR_OK;
	pico_format(was, text);
	err_set(e, ERR_USAGE, "the limit is $%s already", text);
	return err_mend(e, ERR_USAGE, "--usd X with more than that, or: claviger cap set");
}

static enum err_code raise_it(struct hands *h, struct desk_job *j, const struct incident *i, struct err *e)
{
	bool changed = strcmp(i->kind, "cap_changed") == 0;
	int64_t own = 0, to = j->op.money_pd, was;
	char from_text[PICO_TEXT], to_text[PICO_TEXT];
	struct cap c;
	enum err_code rc = find_cap(h, i, &c, e);

	if (rc == ERR_OK)
		rc = own_limit(h, i, 0, &own, e);
	if (rc != ERR_OK)
		return rc;
	if (c.id == 0 && own == 0 && !changed) {
		err_set(e, ERR_MISSING, "there is no such limit any more");
		return err_mend(e, ERR_MISSING, "claviger incident resolve %lld --as keep", (long long)i->id);
	}
	was = c.id != 0 && (own == 0 || c.limit_pd < own) ? c.limit_pd : own;
	if (to == 0)
		to = changed ? was : cap_raise_usual(was, i->need_pd);
	if (to == 0)
		return err_set(e, ERR_USAGE, "say how much it shall be: --usd X");
	rc = changed ? ERR_OK : check_raise(was, to, e);
	if (rc == ERR_OK && c.id != 0 && (c.limit_pd < to || changed)) {
		c.limit_pd = to;
		c.created_us = clock_now_us();
		rc = op_sign_cap(h, &c, e);
		if (rc == ERR_OK)
			rc = cap_set(h->store, &c, h->who, c.created_us, e);
	}
	if (rc == ERR_OK && (own > 0 || changed) && (own < to || changed))
		rc = own_limit(h, i, to, &own, e);
	pico_format_cap(was, from_text);
	pico_format_cap(to, to_text);
	if (rc == ERR_OK)
		snprintf(j->out.text, sizeof j->out.text, "%s %s%s%s: %s, was %s", cap_scope_names[i->scope], i->cap_ref, i->cap_ref[0] != '\0' ? " " : "",
	    cap_window_names[i->window], to_text, from_text);
	return rc;
}

enum err_code op_withdraw_raise(struct hands *h, enum cap_scope scope, const char *ref, enum cap_window window, const char *why, struct err *e)
{
	struct cap_raise r = {.scope = scope, .window = window};
	char target[TITLE_MAX_BYTES];
	struct approval a = {0};
	enum err_code rc;

	snprintf(r.ref, sizeof r.ref, "%s", ref);
	cap_raise_target(&r, target);
	rc = approval_pending_on(h->store, APPROVAL_CAP, target, &a, NULL);
	if (rc == ERR_OK)
		rc = approval_move(h->store, a.id, a.version, APPROVAL_WITHDRAWN, h->who, why, clock_now_us(), e);
	approval_release(&a);
	return rc == ERR_MISSING ? ERR_OK : rc;
}

enum err_code op_answer_raise(struct hands *h, struct desk_job *j, const struct approval *a, bool is_yes, struct err *e)
{
	struct cap_raise r;
	struct incident i = {.has_cap = true};
	char target[TITLE_MAX_BYTES] = "", name[NAME_MAX_BYTES];
	enum err_code rc = cap_raise_parse(slice_make(a->payload, a->payload_len), &r, e);

	if (rc == ERR_OK) {
		cap_raise_target(&r, target);
		cap_name(r.scope, r.ref, r.window, name);
	}
	if (strcmp(target, a->target) != 0)	/* edited: of the target as it was put */
		snprintf(name, sizeof name, "%.63s", a->target + sizeof CAP_RAISE_TARGET - 1);
	if (!is_yes)
		return incident_close(h->store, "cap", name, "kept as it is", h->who, clock_now_us(), e);
	if (rc != ERR_OK)
		return rc;
	if (strcmp(target, a->target) != 0)	/* an edit may change how high, not which */
		return err_set(e, ERR_USAGE, "this is about another limit than the one that stopped the office: claviger cap set sets any");
	i.scope = r.scope;
	i.window = r.window;
	i.need_pd = r.need_pd;
	snprintf(i.kind, sizeof i.kind, "cap");
	snprintf(i.cap_ref, sizeof i.cap_ref, "%s", r.ref);
	j->op.money_pd = r.to_pd;
	rc = raise_it(h, j, &i, e);
	return rc == ERR_OK ? incident_close(h->store, "cap", name, j->out.text, h->who, clock_now_us(), e) : rc;
}

enum err_code op_incident_resolve(struct hands *h, struct desk_job *j, struct err *e)
{
	bool raise = strcmp(j->op.name, "raise") == 0;
	struct incident i = {0};
	enum err_code rc = store_begin(h->store, e);

	if (rc != ERR_OK)
		return rc;
	rc = incident_get(h->store, j->op.id, &i, e);
	if (rc == ERR_OK && i.resolved_us != 0)
		rc = err_set(e, ERR_CONFLICT, "incident %lld is resolved already: %.150s", (long long)i.id, i.resolution);
	if (rc == ERR_OK && raise && !i.has_cap) {
		err_set(e, ERR_USAGE, "incident %lld is about no limit of yours", (long long)i.id);
		rc = err_mend(e, ERR_USAGE, "--as keep says that you have seen it");
	}
	if (rc == ERR_OK && raise)
		rc = hands_need_vault(h, e);
	if (rc == ERR_OK && raise)
		rc = raise_it(h, j, &i, e);
	if (rc == ERR_OK)
		rc = incident_resolve(h->store, i.id, raise ? j->out.text : "kept as it is", h->who, clock_now_us(), e);
	if (rc == ERR_OK && i.has_cap && strcmp(i.kind, "cap") == 0)
		rc = op_withdraw_raise(h, i.scope, i.cap_ref, i.window, "answered as an incident", e);
	if (rc == ERR_OK)
		rc = store_commit(h->store, e);
	else
		store_rollback(h->store);
	j->out.id = i.id;
	return rc == ERR_OK && raise ? worker_wake_tasks(h, ON_CAP, e) : rc;
}

enum err_code op_call_settle(struct hands *h, struct desk_job *j, struct err *e)
{
	char text[PICO_TEXT];
	enum err_code rc = call_settle_cut(h->store, j->op.id, j->op.money_pd, h->who, clock_now_us(), e);

	pico_format(j->op.money_pd, text);
	if (rc == ERR_OK)
		snprintf(j->out.text, sizeof j->out.text, "cost $%s", text);
	j->out.id = j->op.id;
	return rc == ERR_OK ? worker_wake_tasks(h, ON_CAP, e) : rc;
}
