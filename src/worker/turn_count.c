/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The vendor's own count of a prompt's tokens: free, and asked only where our
 * own bound (a token a byte) does not fit under a cap. */
#include <stdlib.h>

#include "worker/turn.h"

static void on_head(void *user, int status, const struct wire_answer_header *h, size_t n)
{
	struct turn *t = user;

	(void)h;
	(void)n;
	t->status = status;
}

static enum err_code on_body(void *user, const void *p, size_t n, struct err *e)
{
	struct turn *t = user;

	(void)e;
	buf_add(&t->answer.body, p, n);
	return ERR_OK;
}

/* No count is no reason to stop: the hold then shrinks the answer instead. */
static void on_done(void *user, const struct transfer_end *end)
{
	struct turn *t = user;
	int64_t tokens = 0;

	t->transfer = NULL;
	if (end->cancelled) {
		work_pause(t->k->w, t->call.task, ON_PERSON, end->err.text);
		turn_free(t);
		return;
	}
	if (end->result == TRANSFER_WHOLE && end->status == 200 && t->v->parse_count(buf_slice(&t->answer.body), &tokens, NULL) == ERR_OK && tokens > 0)
		t->k->counted = tokens;
	else
		t->k->counted = vendor_input_bound(&t->prompt);
	t->status = 0;
	buf_clear(&t->answer.body);
	turn_go(t);
}

enum err_code turn_count(struct turn *t)
{
	static const struct transfer_ops ops = {.head = on_head, .body = on_body, .done = on_done};
	struct wire_request req;
	enum err_code rc = t->v->count_tokens(&t->at, &t->prompt, &t->rules, &req, NULL);
	if (rc == ERR_OK)
		rc = turn_send(t, &req, &ops, NULL);
	wire_request_release(&req);
	return rc;
}
