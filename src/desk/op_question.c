/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A person's answer to what a connector's server asks: made of what was typed,
 * checked against the form, signed by this process's own vault. The worker, which
 * may be another process, hands it on. */
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "desk/job.h"
#include "model/elicit.h"
#include "model/move.h"
#include "store/question.h"
#include "vault/vault.h"

static enum err_code get_open(struct hands *h, int64_t id, struct question *q, struct err *e)
{
	enum err_code rc = question_get(h->store, id, q, e);

	if (rc != ERR_OK || q->state == QUESTION_OPEN)
		return rc;
	return err_set(e, ERR_CONFLICT, "question Q%lld is %s already", (long long)id, life_name(&question_life, (int)q->state));
}

static enum err_code fill(struct question *q, const char *typed, struct err *e)
{
	struct elicit form;
	struct buf b;
	enum err_code rc = elicit_read(slice_of(q->schema != NULL ? q->schema : ""), &form, e);

	buf_init(&b, 0);
	if (rc == ERR_OK)
		rc = elicit_fill(&form, slice_of(typed != NULL ? typed : "{}"), &b, e);
	elicit_release(&form);
	if (rc == ERR_OK)
		q->answer = buf_take(&b);
	buf_release(&b);
	return rc == ERR_USAGE ? err_mend(e, rc, "see what it asks: claviger connector question Q%lld", (long long)q->id) : rc;
}

static enum err_code sign(struct hands *h, struct question *q, struct err *e)
{
	struct buf b;
	enum err_code rc;

	buf_init(&b, 0);
	question_bytes(h->workspace, q, &b);
	rc = vault_mac(h->vault, VAULT_ANSWER, b.p, b.len, &q->mac, e);
	buf_release(&b);
	return rc;
}

enum err_code op_connector_answer(struct hands *h, struct desk_job *j, struct err *e)
{
	struct question q = {0};
	enum err_code rc = get_open(h, j->op.id, &q, e);

	q.state = j->op.answer;
	if (rc == ERR_OK && q.state == QUESTION_ACCEPTED)
		rc = fill(&q, j->op.tools, e);
	q.ended_us = clock_now_us();
	snprintf(q.who, sizeof q.who, "%s", h->who);
	if (rc == ERR_OK)
		rc = sign(h, &q, e);
	if (rc == ERR_OK)
		rc = question_answer(h->store, &q, e);
	if (rc == ERR_OK)
		snprintf(j->out.text, sizeof j->out.text, q.state == QUESTION_ACCEPTED ? "Q%lld is answered: %s gets what you filled in" : q.state == QUESTION_DECLINED ?
		    "Q%lld is declined: %s gets a no" : "Q%lld is cancelled: %s gets no answer", (long long)q.id, q.connector);
	question_release(&q);
	return rc;
}
