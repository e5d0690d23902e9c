/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/inbox/effect.h"

#include <stdio.h>

#include "servers/common/receipt.h"

static void answer_receipt(struct mcp_reply *r, struct slice receipt, bool again)
{
	/* The receipt is an object that we wrote: one member more before its end. */
	buf_add(&r->structured, receipt.p, receipt.len - 1);
	buf_addf(&r->structured, ",\"already_done\":%s}", again ? "true" : "false");
	buf_adds(&r->text, again ? "This was done already, and is not done twice: " : "Done: ");
	buf_add_slice(&r->text, buf_slice(&r->structured));
}

/* A trace proves that it was done. That there is none proves nothing: a mail may be
 * on its way, or its copy may have been moved. */
static void answer_proof(struct mcp_reply *r, bool fired, struct slice receipt)
{
	struct json_out j;

	json_start(&j, &r->structured);
	json_open(&j, NULL, '{');
	if (fired) {
		json_put_bool(&j, "fired", true);
		json_put_raw(&j, "receipt", receipt);
	} else {
		json_put_null(&j, "fired");
	}
	json_close(&j, '}');
	buf_adds(&r->text, fired ? "It was done." : "Nothing shows whether it was done.");
}

bool effect_known(struct inbox *in, const struct mcp_call *call, effect_trace *trace, struct mcp_reply *r, enum err_code *code, struct err *e)
{
	struct buf receipt;
	struct err why = {0};
	bool fired, begun;

	*code = ERR_OK;
	if (call->is_check)
		return false;
	if (call->key[0] == '\0') {
		*code = err_set(e, ERR_USAGE, "only the office may do this: _meta names no idempotency key");
		return true;
	}
	buf_init(&receipt, (size_t)64 << 10);
	fired = receipt_find(in->state, call->key, &receipt);
	begun = !fired && receipt_was_begun(in->state, call->key);
	if (!fired && trace != NULL && (call->is_prove || begun)) {
		fired = trace(in, call, &receipt);
		if (fired)
			err_ignore(receipt_keep(in->state, call->key, buf_slice(&receipt), NULL));
	}
	if (call->is_prove)
		answer_proof(r, fired, buf_slice(&receipt));
	else if (fired)
		answer_receipt(r, buf_slice(&receipt), true);
	else if (begun) {
		err_set(&why, ERR_CONFLICT, "this was begun before, and nothing shows how it ended");
		effect_unknown(r, &why);
	}
	buf_release(&receipt);
	return call->is_prove || fired || begun;
}

void effect_done(struct inbox *in, const struct mcp_call *call, struct slice receipt, struct mcp_reply *r)
{
	/* It is done: a receipt that cannot be kept is no failure. */
	err_ignore(receipt_keep(in->state, call->key, receipt, NULL));
	answer_receipt(r, receipt, false);
}

void effect_unknown(struct mcp_reply *r, const struct err *why)
{
	r->is_unknown = true;
	buf_addf(&r->text, "%s.", why->text);
}

void effect_checked(struct mcp_reply *r, const char *target, const char *verified, struct slice about, const char *words)
{
	struct json_out j;

	json_start(&j, &r->structured);
	json_open(&j, NULL, '{');
	json_put_bool(&j, "ok", true);
	if (target != NULL)
		json_put_text(&j, "target", target);
	if (about.len > 0)
		json_put_raw(&j, "about", about);
	if (verified != NULL) {
		json_open(&j, "verified", '[');
		json_put_text(&j, NULL, verified);
		json_close(&j, ']');
	}
	json_close(&j, '}');
	buf_adds(&r->text, words);
}

void effect_put_mail(struct json_out *j, const char *name, const struct mail_head *h)
{
	char text[400];

	snprintf(text, sizeof text, "%.30s, %.150s: %.180s", h->date, h->from, h->subject);
	json_put_text(j, name, text);
}
