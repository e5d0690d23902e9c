/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decisions. Each is signed by this process's own vault, over the hash and bind
 * of the version that was looked at, and written in one transaction. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "desk/job.h"
#include "model/move.h"
#include "office/context.h"
#include "office/policy.h"
#include "office/preview.h"
#include "store/approval.h"
#include "store/goal.h"
#include "store/rule.h"
#include "store/store.h"
#include "store/task.h"
#include "vault/vault.h"

#define TRACED 1000	/* entries of a task that are looked through */

static enum err_code sign(struct hands *h, struct decision *d, struct err *e)
{
	struct buf b;
	enum err_code rc;

	buf_init(&b, 0);
	decision_bytes(h->workspace, d, &b);
	rc = vault_mac(h->vault, VAULT_DECISION, b.p, b.len, &d->mac, e);
	buf_release(&b);
	return rc;
}

static enum err_code decide(struct hands *h, const struct approval *a, struct decision *d, struct err *e)
{
	struct vault_slot slot = vault_slot(h->vault);
	enum err_code rc;

	d->approval = a->id;
	d->version = a->version;
	d->hash = a->hash;
	d->bind = a->bind;
	d->slot = slot.index;
	d->at_us = clock_now_us();
	d->persons = policy_persons(&h->persons, a);
	snprintf(d->person, sizeof d->person, "%s", slot.name);
	snprintf(d->where, sizeof d->where, "%s", h->where);
	rc = sign(h, d, e);
	return rc == ERR_OK ? decision_add(h->store, d, d->at_us, e) : rc;
}

static enum err_code get_pending(struct hands *h, const struct op *op, struct approval *a, struct err *e)
{
	enum err_code rc = approval_get(h->store, op->id, true, a, e);

	if (rc == ERR_OK && op->has_hash && !hash_same(&op->hash, &a->hash)) {
		err_set(e, ERR_CONFLICT, "approval A%lld has changed since it was shown (version %d)", (long long)a->id, a->version);
		return err_mend(e, ERR_CONFLICT, "look at it again: claviger approval show A%lld", (long long)a->id);
	}
	if (rc == ERR_OK && a->state != APPROVAL_PENDING)
		rc = approval_decided_err(a, e);
	return rc;
}

/* What is signed must be what was shown: the payload still makes that hash, and
 * passes the gate it is shown through. */
static enum err_code check_payload(struct hands *h, const struct approval *a, struct err *e)
{
	struct hash hash, bind;

	if (a->payload == NULL)
		return err_set(e, ERR_MISSING, "the content of approval A%lld is gone", (long long)a->id);
	hash = hash_bytes(a->payload, a->payload_len);
	bind = approval_bind(h->workspace, a);
	if (!hash_same(&hash, &a->hash) || !hash_same(&bind, &a->bind))
		return err_set(e, ERR_CONFLICT, "approval A%lld was changed outside Claviger: it cannot be decided on", (long long)a->id);
	return payload_gate(slice_make(a->payload, a->payload_len), e);
}

/* At the keyboard the word was typed; a command line writes each stranger out. */
static enum err_code check_typed(struct hands *h, const struct op *op, const struct approval *a, struct err *e)
{
	struct typed_yes need;
	struct goal g = {0};
	bool needed;

	err_ignore(goal_get(h->store, a->goal, &g, NULL));
	needed = policy_needs_typed_yes(a, slice_of(g.text != NULL ? g.text : ""), op->said, &need);
	goal_release(&g);
	if (!needed || op->typed_yes || (op->by_hash && need.value[0] == '\0'))
		return ERR_OK;
	err_set(e, ERR_REFUSED, "%s", need.why);
	if (op->by_hash)
		return err_mend(e, ERR_REFUSED, "if it is to go there: --yes-to '%.100s' beside the hash", need.value);
	return err_mend(e, ERR_REFUSED, "type yes to approve it");
}

/* Kept with the decision: the word, or the recipients as they were written out. */
static void say_said(const struct op *op, char out[TITLE_MAX_BYTES])
{
	size_t i;

	snprintf(out, TITLE_MAX_BYTES, "%s", op->typed_yes ? "yes" : op->said != NULL ? op->said : "");
	for (i = 0; out[i] != '\0'; i++)
		if (out[i] == '\n')
			out[i] = out[i + 1] == '\0' ? '\0' : ' ';
}

/* A limit is raised in the very transaction of the yes, signed by the same vault. */
static enum err_code say_yes(struct hands *h, struct desk_job *j, const struct approval *a, struct decision *d, struct err *e)
{
	enum err_code rc = store_begin(h->store, e);

	if (rc != ERR_OK)
		return rc;
	rc = decide(h, a, d, e);
	if (rc == ERR_OK && a->kind == APPROVAL_CAP && d->is_last)
		rc = op_answer_raise(h, j, a, true, e);
	if (rc == ERR_OK)
		return store_commit(h->store, e);
	store_rollback(h->store);
	return rc;
}

enum err_code op_approve(struct hands *h, struct desk_job *j, struct err *e)
{
	struct decision d = {.verdict = VERDICT_APPROVE, .shown_ms = j->op.shown_ms};
	struct approval a = {0};
	bool is_cap;
	enum err_code rc;

	if (!j->op.has_hash)
		return err_set(e, ERR_USAGE, "an approval names the hash of what was shown");
	say_said(&j->op, d.said);
	rc = get_pending(h, &j->op, &a, e);
	if (rc == ERR_OK)
		rc = check_payload(h, &a, e);
	if (rc == ERR_OK)
		rc = hands_verify_proposal(h, &a, e);
	if (rc == ERR_OK)
		rc = check_typed(h, &j->op, &a, e);
	if (rc == ERR_OK)
		rc = say_yes(h, j, &a, &d, e);
	if (rc == ERR_OK && !d.is_last)
		snprintf(j->out.text, sizeof j->out.text, "your yes to A%lld is written down; it waits for another person's", (long long)a.id);
	j->out.id = a.id;
	j->out.version = a.version;
	is_cap = a.kind == APPROVAL_CAP && d.is_last;
	approval_release(&a);
	return rc == ERR_OK && is_cap ? worker_wake_tasks(h, ON_CAP, e) : rc;
}

/* One rejection ends the standing rules for what was rejected. */
static enum err_code end_rules(struct hands *h, const struct approval *a, int *n, struct err *e)
{
	char tool[NAME_MAX_BYTES * 2];

	*n = 0;
	snprintf(tool, sizeof tool, "%s.%s", a->connector, a->tool);
	return a->kind == APPROVAL_ACTION ? rule_end_like(h->store, a->agent, tool, h->who, clock_now_us(), n, e) : ERR_OK;
}

enum err_code op_reject(struct hands *h, struct desk_job *j, struct err *e)
{
	struct decision d = {.verdict = VERDICT_REJECT, .shown_ms = j->op.shown_ms};
	struct approval a = {0};
	int ended = 0;
	enum err_code rc = get_pending(h, &j->op, &a, e);

	if (rc == ERR_OK)
		rc = store_begin(h->store, e);
	if (rc == ERR_OK) {
		snprintf(d.reason, sizeof d.reason, "%s", j->op.text != NULL ? j->op.text : "");
		rc = decide(h, &a, &d, e);
		if (rc == ERR_OK)
			rc = end_rules(h, &a, &ended, e);
		if (rc == ERR_OK && a.kind == APPROVAL_CAP)
			rc = op_answer_raise(h, j, &a, false, e);
		if (rc == ERR_OK)
			rc = store_commit(h->store, e);
		else
			store_rollback(h->store);
	}
	if (rc == ERR_OK && ended > 0)
		snprintf(j->out.text, sizeof j->out.text, "rejected; %d standing rule%s for it ended with that", ended, ended == 1 ? "" : "s");
	j->out.id = a.id;
	j->out.version = a.version;
	approval_release(&a);
	return rc;
}

/* Not a no: its agent is woken with the words, and what it makes of them is put to the person anew. */
enum err_code op_ask_changes(struct hands *h, struct desk_job *j, struct err *e)
{
	struct decision d = {.verdict = VERDICT_CHANGES, .shown_ms = j->op.shown_ms};
	const char *words = j->op.text != NULL ? j->op.text : "";
	struct approval a = {0};
	enum err_code rc = ERR_OK;

	if (words[strspn(words, " \t\r\n")] == '\0')
		return err_set(e, ERR_USAGE, "say what is to be different: the agent has nothing else to go by");
	rc = get_pending(h, &j->op, &a, e);
	if (rc == ERR_OK && (a.kind != APPROVAL_ACTION && a.kind != APPROVAL_PLAN))
		rc = err_set(e, ERR_USAGE, "approval A%lld is about a limit: it is approved or rejected", (long long)a.id);
	if (rc == ERR_OK && a.task == 0)
		rc = err_set(e, ERR_USAGE, "approval A%lld is no agent's: nobody could change it", (long long)a.id);
	if (rc == ERR_OK) {
		snprintf(d.reason, sizeof d.reason, "%s", words);
		rc = decide(h, &a, &d, e);
	}
	j->out.id = a.id;
	j->out.version = a.version;
	approval_release(&a);
	return rc;
}

/* Where the values of an edited payload come from is asked anew; the words "from
 * your goal" are judged by the same goal. */
static void trace_edited(struct hands *h, const struct approval *a, struct slice payload, char **flags, char **context)
{
	struct entry *rows = xcalloc(TRACED, sizeof *rows);
	struct provenance prov = {0};
	struct goal g = {0};
	int n = 0, i;

	err_ignore(goal_get(h->store, a->goal, &g, NULL));
	if (entry_tail(h->store, a->task, rows, TRACED, &n, NULL) != ERR_OK)
		n = 0;
	provenance_make(payload, a->effect, rows, (size_t)n, slice_of(g.text != NULL ? g.text : ""), &prov);
	*flags = xstrdup(prov.flags != NULL ? prov.flags : "[]");
	*context = context_edited(a->context, &prov);
	for (i = 0; i < n; i++)
		entry_release(&rows[i]);
	free(rows);
	provenance_release(&prov);
	goal_release(&g);
}

/* Signed if the one before it was: an edit vouches for nothing that nobody vouched for. */
static enum err_code put_edited(struct hands *h, const struct approval *a, struct slice payload, const char *summary, const char *flags, const char *context, struct approval *next,
	struct err *e)
{
	enum err_code rc = store_begin(h->store, e);

	if (rc != ERR_OK)
		return rc;
	rc = approval_new_version(h->store, a->id, a->version, payload, summary, flags, context, h->who, clock_now_us(), next, e);
	if (rc == ERR_OK && a->is_signed)
		rc = hands_sign_proposal(h, next, e);
	if (rc == ERR_OK)
		return store_commit(h->store, e);
	store_rollback(h->store);
	return rc;
}

enum err_code op_edit(struct hands *h, struct desk_job *j, struct err *e)
{
	struct approval a = {0}, next = {0};
	char *flags = NULL, *context = NULL;
	struct slice payload = slice_of(j->op.text != NULL ? j->op.text : "");
	enum err_code rc = get_pending(h, &j->op, &a, e);

	if (rc == ERR_OK)
		rc = hands_verify_proposal(h, &a, e);
	if (rc == ERR_OK)
		rc = payload_gate(payload, e);
	if (rc == ERR_OK && a.payload != NULL && slice_eq(payload, slice_make(a.payload, a.payload_len)))
		rc = err_set(e, ERR_USAGE, "nothing was changed");
	if (rc == ERR_OK) {
		struct approval shown = a;
		char summary[TITLE_MAX_BYTES];

		shown.payload = j->op.text;
		shown.payload_len = payload.len;
		preview_summary(&shown, summary);
		trace_edited(h, &a, payload, &flags, &context);
		rc = put_edited(h, &a, payload, summary, flags, context, &next, e);
	}
	free(flags);
	free(context);
	j->out.id = a.id;
	j->out.version = next.version;
	approval_release(&next);
	approval_release(&a);
	return rc;
}

enum err_code op_undo(struct hands *h, struct desk_job *j, struct err *e)
{
	struct approval a = {0};
	enum err_code rc = approval_get(h->store, j->op.id, false, &a, e);

	if (rc == ERR_OK && a.state != APPROVAL_HOLDING && a.state != APPROVAL_APPROVED)
		rc = err_set(e, ERR_CONFLICT, "approval A%lld is %s: too late to take it back", (long long)a.id, life_name(&approval_life, a.state));
	if (rc == ERR_OK && a.kind == APPROVAL_CAP)
		rc = err_set(e, ERR_CONFLICT, "the limit of A%lld was raised with the yes: claviger cap set lowers it", (long long)a.id);
	if (rc == ERR_OK)
		rc = approval_move(h->store, a.id, a.version, APPROVAL_PENDING, h->who, "taken back", clock_now_us(), e);
	j->out.id = a.id;
	approval_release(&a);
	return rc;
}

enum err_code op_settle(struct hands *h, struct desk_job *j, struct err *e)
{
	struct approval a = {0};
	enum err_code rc = approval_get(h->store, j->op.id, false, &a, e);

	if (rc == ERR_OK && a.state != APPROVAL_UNKNOWN)
		rc = err_set(e, ERR_CONFLICT, "approval A%lld is %s, not unknown", (long long)a.id, life_name(&approval_life, a.state));
	if (rc == ERR_OK)
		rc = approval_settle(h->store, a.id, a.version, j->op.fired ? APPROVAL_FIRED : APPROVAL_NOT_FIRED, h->who, j->op.text, clock_now_us(), e);
	j->out.id = a.id;
	approval_release(&a);
	return rc;
}
