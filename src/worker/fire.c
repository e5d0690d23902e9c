/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Carrying approved actions out, once.
 *
 * The intent is written in the transaction that checks the decision (I1): its
 * MAC, the payload's hash and bind, the journal's last word. `sent` is durable
 * before the first byte leaves. Whatever goes wrong after that ends in a state
 * that says what is known: fired, failed, or unknown; never in a second try (I2).
 * A decision that does not verify never fires, and an incident says so. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "base/memory.h"
#include "model/incident.h"
#include "office/plan.h"
#include "office/policy.h"
#include "store/approval.h"
#include "store/connector.h"
#include "store/goal.h"
#include "store/incident.h"
#include "store/store.h"
#include "store/task.h"
#include "vault/vault.h"
#include "worker/private.h"
#include "worker/steps.h"

#define DUE_MAX 16
#define FAULTS_MAX 3

/* --- may it? ------------------------------------------------------------------------ */

static enum err_code check_one(struct hands *h, const struct approval *a, const struct hash *bind, const struct decision *d, struct err *e)
{
	struct buf b;
	enum err_code rc;

	if (d->verdict != VERDICT_APPROVE || d->approval != a->id || d->version != a->version)
		return err_set(e, ERR_AUTH, "the decision is not about this version");
	if (!hash_same(&a->hash, &d->hash))
		return err_set(e, ERR_AUTH, "the payload is not the one that was decided on");
	if (!hash_same(bind, &a->bind) || !hash_same(bind, &d->bind))
		return err_set(e, ERR_AUTH, "the action is not the one that was decided on");
	buf_init(&b, 0);
	decision_bytes(h->workspace, d, &b);
	rc = vault_mac_check(h->vault, VAULT_DECISION, b.p, b.len, &d->mac, e);
	buf_release(&b);
	return rc == ERR_AUTH ? err_set(e, rc, "the decision is not signed by this vault") : rc;
}

/* Where two persons are asked for, the word of each is looked at. */
static enum err_code check_persons(struct hands *h, const struct approval *a, const struct hash *bind, struct err *e)
{
	struct decision rows[DECISIONS_MAX];
	int need = policy_persons(&h->persons, a), n = 0, i;
	enum err_code rc;

	if (need < 2)
		return ERR_OK;
	rc = decisions_in_force(h->store, a->id, a->version, rows, &n, e);
	for (i = 0; rc == ERR_OK && i < n; i++)
		rc = check_one(h, a, bind, &rows[i], e);
	if (rc == ERR_OK && decisions_persons(rows, n) < need)
		rc = err_set(e, ERR_AUTH, "two persons have to approve it, and one did");
	return rc;
}

enum err_code fire_verify(void *user, const struct approval *a, const struct decision *d, struct err *e)
{
	struct hands *h = user;
	struct hash hash = hash_bytes(a->payload, a->payload_len), bind = approval_bind(h->workspace, a);
	enum err_code rc = ERR_OK;

	if (!hash_same(&hash, &a->hash))
		rc = err_set(e, ERR_AUTH, "the payload is not the one that was decided on");
	if (rc == ERR_OK)
		rc = check_one(h, a, &bind, d, e);
	if (rc == ERR_OK)
		rc = hands_verify_proposal(h, a, e);
	return rc == ERR_OK ? check_persons(h, a, &bind, e) : rc;
}

/* It must not fire: say so where a person looks, and take it off the queue. */
static void refuse(struct worker *w, const struct approval *a, const struct err *why)
{
	struct incident i = {.at_us = clock_now_us()};
	struct firing before = {0};
	bool fired = firing_of(w->h.store, a->id, a->version, &before, NULL) == ERR_OK;
	struct err e = {0};

	snprintf(i.kind, sizeof i.kind, "refused_firing");
	snprintf(i.ref, sizeof i.ref, "A%lldv%d", (long long)a->id, a->version);
	snprintf(i.text, sizeof i.text, "approval A%lld was not fired: %.200s", (long long)a->id, why->text);
	err_ignore(incident_add(w->h.store, &i, NULL));
	firing_release(&before);
	/* without a right decision it is a question again; fired once, it is over */
	if (approval_move(w->h.store, a->id, a->version, fired ? APPROVAL_WITHDRAWN : APPROVAL_PENDING, "worker", why->text, clock_now_us(), &e) != ERR_OK)
		log_line(LOG_ERROR, "approval %lld: %s", (long long)a->id, e.text);
}

/* It can't be begun (its connector won't come up, its task is not where it should
 * be): nothing left, so it is a question again, and the worker does not go round
 * on it for ever. */
static void give_back(struct worker *w, const struct approval *a, const struct err *why)
{
	w->fire_faults = 0;
	err_ignore(approval_move(w->h.store, a->id, a->version, APPROVAL_PENDING, "worker", why->text, clock_now_us(), NULL));
}

static enum err_code idempotency_key(struct worker *w, const struct approval *a, char out[HASH_HEX], struct err *e)
{
	struct hash mac;
	enum err_code rc = vault_mac(w->h.vault, VAULT_IDEMPOTENCY, a->bind.b, sizeof a->bind.b, &mac, e);

	if (rc == ERR_OK)
		hash_to_hex(&mac, out);
	return rc;
}

static enum err_code begin(struct worker *w, const struct approval *a, struct firing *out, char key[HASH_HEX], struct err *e)
{
	enum err_code rc = idempotency_key(w, a, key, e);

	if (rc == ERR_OK)
		rc = firing_begin(w->h.store, a->id, a->version, key, w->epoch, clock_now_us(), fire_verify, &w->h, out, e);
	if (rc == ERR_OK)
		crash_point("firing.intent");
	return rc;
}

/* --- plans ---------------------------------------------------------------------------- */

static enum err_code make_tasks(struct worker *w, const struct approval *a, const struct facts *f, struct err *e)
{
	struct store *s = w->h.store;
	struct plan p = {0};
	int64_t *ids = NULL, now = clock_now_us();
	int i, k;
	enum err_code rc = plan_parse(slice_make(a->payload, a->payload_len), f->team, (size_t)f->team_n, f->team_n <= 1, &office_limits_default, &p, e);

	if (rc == ERR_OK)
		ids = xcalloc((size_t)p.tasks_n, sizeof *ids);
	for (i = 0; rc == ERR_OK && i < p.tasks_n; i++) {
		struct task t = {0};

		plan_make_task(&p, i, &f->goal, now, &t);
		rc = task_add(s, &t, e);
		ids[i] = t.id;
		task_release(&t);
	}
	for (i = 0; rc == ERR_OK && i < p.tasks_n; i++)
		for (k = 0; rc == ERR_OK && k < p.tasks[i].depends_n; k++)
			rc = task_depend(s, ids[i], ids[p.tasks[i].depends[k]], e);
	free(ids);
	plan_free(&p);
	return rc;
}

/* A plan is carried out inside the database: one transaction, nothing leaves. */
static enum err_code fire_plan(struct worker *w, const struct approval *row, struct err *e)
{
	struct store *s = w->h.store;
	struct approval a = {0};
	struct firing fired = {0};
	struct facts f = {0};
	char key[HASH_HEX];
	enum err_code rc = approval_get(s, row->id, true, &a, e);

	if (rc == ERR_OK)
		rc = facts_load(w, a.task, &f, e);
	if (rc == ERR_OK)
		rc = store_begin(s, e);
	if (rc == ERR_OK) {
		rc = begin(w, &a, &fired, key, e);
		if (rc == ERR_OK)
			rc = make_tasks(w, &a, &f, e);
		if (rc == ERR_OK)
			rc = firing_end(s, fired.id, APPROVAL_FIRED, "{\"planned\":true}", "", w->epoch, clock_now_us(), e);
		if (rc == ERR_OK)
			rc = work_answer(w, a.task, a.tool_use_id, "The plan was approved; its tasks were given out.", false, NULL, e);
		if (rc == ERR_OK && f.goal.state != GOAL_ACTIVE)
			rc = goal_move(s, a.goal, GOAL_ACTIVE, "", clock_now_us(), e);
		if (rc == ERR_OK)
			rc = work_end_task(w, &f.task, TASK_DONE, "planned", "", e);
		if (rc == ERR_OK)
			rc = store_commit(s, e);
		else
			store_rollback(s);
	}
	firing_release(&fired);
	facts_release(&f);
	approval_release(&a);
	return rc;
}

/* The person's own process has set the limit with its yes; what is left is to say that it was done. */
static enum err_code fire_raise(struct worker *w, const struct approval *row, struct err *e)
{
	struct store *s = w->h.store;
	struct approval a = {0};
	struct firing fired = {0};
	char key[HASH_HEX];
	enum err_code rc = approval_get(s, row->id, true, &a, e);

	if (rc == ERR_OK)
		rc = store_begin(s, e);
	if (rc == ERR_OK) {
		rc = begin(w, &a, &fired, key, e);
		if (rc == ERR_OK)
			rc = firing_end(s, fired.id, APPROVAL_FIRED, "{\"raised\":true}", "", w->epoch, clock_now_us(), e);
		if (rc == ERR_OK)
			rc = store_commit(s, e);
		else
			store_rollback(s);
	}
	firing_release(&fired);
	approval_release(&a);
	return rc;
}

/* --- actions --------------------------------------------------------------------------- */

struct shot {
	struct worker *w;
	int64_t firing, approval, task;
};

static void on_fired(void *user, const struct tool_outcome *o)
{
	static const struct {
		enum approval_state to;
		const char *why;	/* NULL: the connector's own words */
	} ends[] = {
		[TOOL_OK] = {APPROVAL_FIRED, ""},
		[TOOL_FAILED] = {APPROVAL_FAILED, NULL},
		[TOOL_NOT_SENT] = {APPROVAL_FAILED, NULL},
		[TOOL_UNKNOWN] = {APPROVAL_UNKNOWN, "no answer came: it may or may not have been done"},
		[TOOL_ASKS] = {APPROVAL_FAILED, NULL},
	};
	struct shot *x = user;
	struct worker *w = x->w;
	struct err e = {0};
	char *text = xstrndup(o->text.p != NULL ? o->text.p : "", o->text.len < 900 ? o->text.len : 900);
	char *receipt = o->structured.len > 0 ? xstrndup(o->structured.p, o->structured.len) : xstrdup(text);

	crash_point("firing.answered");
	if (firing_end(w->h.store, x->firing, ends[o->result].to, o->result == TOOL_OK ? receipt : NULL, ends[o->result].why != NULL && !o->is_misfit ? ends[o->result].why : text,
		w->epoch, clock_now_us(), &e) != ERR_OK)
		log_line(LOG_ERROR, "approval %lld: its end could not be written: %s", (long long)x->approval, e.text);
	crash_point("firing.receipt");
	w->shots--;
	if (work_settle(w, x->task, &e) != ERR_OK)
		log_line(LOG_ERROR, "task %lld: %s", (long long)x->task, e.text);
	w->look = true;
	worker_tell(w);
	free(text);
	free(receipt);
	free(x);
}

static enum err_code shoot(struct worker *w, const struct approval *a, const struct tool *tool, struct err *e)
{
	struct link_call c = {.tool = tool, .args = slice_make(a->payload, a->payload_len), .task = a->task, .mode = CONNECTOR_CALL};
	struct firing fired = {0};
	struct shot *x;
	struct err why = {0};
	char key[HASH_HEX];
	enum err_code rc = begin(w, a, &fired, key, e);

	if (rc != ERR_OK)
		return rc;
	x = xcalloc(1, sizeof *x);
	*x = (struct shot){w, fired.id, a->id, a->task};
	rc = firing_mark_sent(w->h.store, fired.id, w->epoch, clock_now_us(), e);
	crash_point("firing.sent");
	c.idempotency_key = key;
	if (rc == ERR_OK)
		rc = links_call(w->links, &c, on_fired, x, &why);
	if (rc == ERR_OK) {
		w->shots++;
	} else {
		/* nothing left us: that much is certain */
		err_ignore(firing_end(w->h.store, fired.id, APPROVAL_FAILED, NULL, why.text[0] != '\0' ? why.text : "it could not be sent", w->epoch, clock_now_us(), NULL));
		free(x);
		err_ignore(work_settle(w, a->task, NULL));
	}
	firing_release(&fired);
	return ERR_OK;
}

enum err_code fire_fits(const struct approval *a, const struct tool *tool, struct err *e)
{
	if (strcmp(tool->connector_name, a->connector) != 0 || strcmp(tool->name, a->tool) != 0 || !hash_same(&tool->pinned, &a->definition))
		return err_set(e, ERR_AUTH, "the tool %s.%s is not the one it was proposed for", a->connector, a->tool);
	/* a fetch is put to a person as a send (policy_effect_of_call) */
	if (tool->effect != a->effect && policy_effect_of_call(tool->effect, CONNECTOR_MCP, slice_make(a->payload, a->payload_len), slice_of("")) != a->effect)
		return err_set(e, ERR_AUTH, "the effect of %s.%s was changed since", a->connector, a->tool);
	return ERR_OK;
}

/* Is the connector of that name the very record that it was proposed for? */
static enum err_code check_connector(struct worker *w, const struct approval *a, struct err *e)
{
	struct connector_record c = {0};
	enum err_code rc = connector_by_name(w->h.store, a->connector, &c, e);

	if (rc == ERR_OK && a->credential != 0 && connector_identity(w->h.workspace, &c) != a->credential)
		rc = err_set(e, ERR_AUTH, "connector %s is not the one it was proposed for: reject it, and it is proposed anew", a->connector);
	connector_record_release(&c);
	return rc;
}

/* ERR_CANCELLED: its connector is still starting, come again. */
static enum err_code fire_action(struct worker *w, const struct approval *row, struct err *e)
{
	struct approval a = {0};
	struct tool tool = {0};
	enum err_code rc = approval_get(w->h.store, row->id, true, &a, e);

	if (rc == ERR_OK)
		rc = tool_by_name(w->h.store, a.connector, a.tool, &tool, e);
	if (rc == ERR_OK)
		rc = fire_fits(&a, &tool, e);
	if (rc == ERR_OK)
		rc = check_connector(w, &a, e);
	if (rc == ERR_OK)
		rc = links_prepare(w->links, &tool, e);
	if (rc == ERR_OK)
		rc = shoot(w, &a, &tool, e);
	tool_release(&tool);
	approval_release(&a);
	return rc;
}

/* --- the queue -------------------------------------------------------------------------- */

/* What was approved gets its undo window; a plan and a limit have none, as nothing leaves. */
static void open_windows(struct worker *w)
{
	struct approval rows[DUE_MAX];
	int64_t window_us = w->o.undo_window_s * US_PER_S;
	int n = 0, i;

	memset(rows, 0, sizeof rows);
	if (window_us == 0 || approval_list(w->h.store, APPROVALS_QUEUE, 0, rows, DUE_MAX, &n, NULL) != ERR_OK)
		return;
	for (i = 0; i < n; i++) {
		if (rows[i].state == APPROVAL_APPROVED && rows[i].kind == APPROVAL_ACTION)
			err_ignore(approval_hold(w->h.store, rows[i].id, rows[i].version, clock_now_us() + window_us, NULL));
		approval_release(&rows[i]);
	}
}

void fire_tick(struct worker *w)
{
	struct approval rows[DUE_MAX];
	int n = 0, i;

	open_windows(w);
	memset(rows, 0, sizeof rows);
	if (approvals_due(w->h.store, clock_now_us(), rows, DUE_MAX, &n, NULL) != ERR_OK)
		n = 0;
	for (i = 0; i < n; i++) {
		struct err e = {0};
		enum err_code rc = rows[i].kind == APPROVAL_PLAN ? fire_plan(w, &rows[i], &e) : rows[i].kind == APPROVAL_CAP ? fire_raise(w, &rows[i], &e) : fire_action(w, &rows[i], &e);

		if (rc == ERR_OK) {
			w->look = true;
			w->fire_faults = 0;
		} else if (rc == ERR_AUTH || rc == ERR_REFUSED || rc == ERR_CONFLICT || rc == ERR_MISSING) {
			refuse(w, &rows[i], &e);
		} else if (rc != ERR_CANCELLED) {
			log_line(LOG_ERROR, "approval %lld: %s", (long long)rows[i].id, e.text);
			if (++w->fire_faults > FAULTS_MAX)
				give_back(w, &rows[i], &e);
		}
		approval_release(&rows[i]);
	}
}

/* Time that is over is no yes: the question ends, and the agent is told. */
void expire_tick(struct worker *w)
{
	struct approval rows[DUE_MAX];
	int n = 0, i;

	memset(rows, 0, sizeof rows);
	if (approvals_expired(w->h.store, clock_now_us(), rows, DUE_MAX, &n, NULL) != ERR_OK)
		n = 0;
	for (i = 0; i < n; i++) {
		struct err e = {0};

		if (approval_move(w->h.store, rows[i].id, rows[i].version, APPROVAL_EXPIRED, "worker", "nobody decided in time", clock_now_us(), &e) == ERR_OK)
			err_ignore(work_settle(w, rows[i].task, NULL));
		else
			log_line(LOG_ERROR, "approval %lld: %s", (long long)rows[i].id, e.text);
		w->look = true;
		approval_release(&rows[i]);
	}
}

int fire_in_flight(const struct worker *w)
{
	return w->shots;
}
