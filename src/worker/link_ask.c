/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/link_ask.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "model/elicit.h"
#include "model/incident.h"
#include "store/incident.h"
#include "store/question.h"
#include "vault/vault.h"
#include "worker/hands.h"
#include "worker/private.h"

#define OPEN_MAX 16	/* in a workspace: a person has so much patience */

struct open_question {
	struct connector *client;
	uint64_t question;	/* the client's number of it */
	int64_t id;		/* of its row */
	int64_t until_us;	/* steady */
};

struct asks {
	struct hands *h;
	struct open_question v[OPEN_MAX];
	int n;
};

struct asks *asks_new(struct hands *h)
{
	struct asks *a = xcalloc(1, sizeof *a);

	a->h = h;
	return a;
}

void asks_free(struct asks *a)
{
	free(a);
}

bool asks_put(struct asks *a, struct connector *client, const struct connector_question *q, const char *tool, int64_t task)
{
	struct worker *w = a->h->worker;
	int64_t within_us = w->o.question_within_s * US_PER_S;
	struct question row = {.task = task, .asked_us = clock_now_us()};
	struct err e = {0};
	enum err_code rc;

	if (within_us == 0 || a->n == OPEN_MAX || w->stopping)
		return false;
	snprintf(row.connector, sizeof row.connector, "%s", connector_name(client));
	snprintf(row.tool, sizeof row.tool, "%s", tool);
	row.until_us = row.asked_us + within_us;
	row.message = xstrdup(q->message);
	row.schema = xstrndup(q->schema.p, q->schema.len);
	rc = question_add(a->h->store, &row, w->epoch, &e);
	if (rc == ERR_OK)
		a->v[a->n++] = (struct open_question){client, q->id, row.id, clock_steady_us() + within_us};
	else
		log_line(LOG_ERROR, "connector %s asks, and it cannot be kept: %s", row.connector, e.text);
	question_release(&row);
	worker_tell(w);
	return rc == ERR_OK;
}

static struct open_question take(struct asks *a, int i)
{
	struct open_question o = a->v[i];

	a->v[i] = a->v[--a->n];
	return o;
}

void asks_over(struct asks *a, const struct connector *client, uint64_t question, const char *why)
{
	int i;

	for (i = 0; i < a->n; i++)
		if (a->v[i].client == client && a->v[i].question == question) {
			err_ignore(question_end(a->h->store, take(a, i).id, QUESTION_CANCELLED, why, clock_now_us(), NULL));
			worker_tell(a->h->worker);
			return;
		}
}

/* --- answers --------------------------------------------------------------------- */

static enum err_code check(struct asks *a, const struct question *q, struct err *e)
{
	struct elicit form;
	struct buf b;
	enum err_code rc;

	if (q->answer == NULL || q->schema == NULL)
		return err_set(e, ERR_MISSING, "the answer is gone");
	buf_init(&b, 0);
	question_bytes(a->h->workspace, q, &b);
	rc = vault_mac_check(a->h->vault, VAULT_ANSWER, b.p, b.len, &q->mac, e);
	buf_release(&b);
	if (rc != ERR_OK)
		return rc == ERR_AUTH ? err_set(e, rc, "the answer is not signed by this vault") : rc;
	rc = elicit_read(slice_of(q->schema), &form, e);
	if (rc == ERR_OK)
		rc = elicit_check(&form, slice_of(q->answer), e);
	elicit_release(&form);
	return rc;
}

static void refuse(struct asks *a, const struct question *q, const struct err *why)
{
	struct incident i = {.at_us = clock_now_us()};

	snprintf(i.kind, sizeof i.kind, "refused_answer");
	snprintf(i.ref, sizeof i.ref, "Q%lld", (long long)q->id);
	snprintf(i.text, sizeof i.text, "the answer to question Q%lld did not go out: %.180s", (long long)q->id, why->text);
	err_ignore(incident_add(a->h->store, &i, NULL));
	err_ignore(question_end(a->h->store, q->id, QUESTION_CANCELLED, why->text, clock_now_us(), NULL));
}

static void hand_on(struct asks *a, int i, const struct question *q)
{
	enum connector_verdict verdict = q->state == QUESTION_ACCEPTED ? CONNECTOR_ACCEPT : q->state == QUESTION_DECLINED ? CONNECTOR_DECLINE : CONNECTOR_CANCEL;
	struct open_question o;
	struct err e = {0};

	/* while the vault is locked an answer cannot be checked: it waits as the question did */
	if (q->state == QUESTION_OPEN || !hands_vault_is_current(a->h) || a->h->vault == NULL)
		return;
	if (verdict == CONNECTOR_ACCEPT && check(a, q, &e) != ERR_OK) {
		refuse(a, q, &e);
		verdict = CONNECTOR_CANCEL;
	}
	o = take(a, i);
	/* before the server has it: a crash in between ends the call, and it is never given twice */
	if (verdict == CONNECTOR_ACCEPT)
		err_ignore(question_handed(a->h->store, q->id, NULL));
	connector_answer(o.client, o.question, verdict, slice_of(verdict == CONNECTOR_ACCEPT ? q->answer : ""), clock_steady_us());
}

void asks_look(struct asks *a)
{
	struct question q = {0};
	int i;

	for (i = a->n - 1; i >= 0; i--) {
		if (i >= a->n || question_get(a->h->store, a->v[i].id, &q, NULL) != ERR_OK)
			continue;
		hand_on(a, i, &q);
		question_release(&q);
		q = (struct question){0};
	}
}

/* --- time ---------------------------------------------------------------------------- */

int64_t asks_deadline(const struct asks *a)
{
	int64_t at = INT64_MAX;
	int i;

	for (i = 0; i < a->n; i++)
		if (a->v[i].until_us < at)
			at = a->v[i].until_us;
	return at;
}

static void end_one(struct asks *a, int i, enum question_state state, const char *why)
{
	struct open_question o = take(a, i);

	err_ignore(question_end(a->h->store, o.id, state, why, clock_now_us(), NULL));
	connector_answer(o.client, o.question, CONNECTOR_CANCEL, slice_of(""), clock_steady_us());
	worker_tell(a->h->worker);
}

void asks_tick(struct asks *a, int64_t steady_us)
{
	int i;

	for (i = a->n - 1; i >= 0; i--)
		if (i < a->n && a->v[i].until_us <= steady_us)
			end_one(a, i, QUESTION_EXPIRED, "nobody answered in time");
}

void asks_cancel(struct asks *a, const char *why)
{
	while (a->n > 0)
		end_one(a, a->n - 1, QUESTION_CANCELLED, why);
}
