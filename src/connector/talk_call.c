/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A call as it is said: tools/call, the same once more with a person's answers, and
 * that it is no longer wanted. */
#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"
#include "connector/inside.h"

#define CALL_US INT64_C(60000000)

/* A newline between tokens would end the message early. Inside strings there
 * is none: the gate refuses raw control characters there. */
static void put_args(struct json_out *j, struct slice args)
{
	char *copy = xstrndup(args.p != NULL ? args.p : "{}", args.p != NULL ? args.len : 2);
	char *p;

	for (p = copy; *p != '\0'; p++)
		if (*p == '\n' || *p == '\r')
			*p = ' ';
	json_put_raw(j, "arguments", slice_of(copy));
	free(copy);
}

static void put_meta(struct json_out *j, const struct connector *c, const struct connector_call *call)
{
	if (!c->is_modern && !c->is_ours)
		return;
	json_open(j, "_meta", '{');
	if (c->is_modern)
		talk_put_modern(j, c);
	if (c->is_ours && call->task > 0)
		json_put_int(j, "claviger/task", call->task);
	if (c->is_ours && call->idempotency_key != NULL)
		json_put_text(j, "claviger/idempotency_key", call->idempotency_key);
	if (c->is_ours && call->mode != CONNECTOR_CALL)
		json_put_bool(j, call->mode == CONNECTOR_CHECK ? "claviger/check" : "claviger/prove", true);
	json_close(j, '}');
}

static void send_call(struct connector *c, struct pending *p, const struct connector_call *call)
{
	struct json_out j;
	struct buf params, b;

	buf_init(&params, 0);
	json_start(&j, &params);
	json_open(&j, NULL, '{');
	json_put_text(&j, "name", call->tool);
	put_args(&j, call->args);
	if (p->rounds > 0) {
		json_open(&j, "inputResponses", '{');
		buf_add_slice(&params, buf_slice(&p->replies));
		json_close(&j, '}');
		if (p->state != NULL)
			json_put_raw(&j, "requestState", slice_of(p->state));
	}
	put_meta(&j, c, call);
	json_close(&j, '}');
	buf_init(&b, 0);
	jsonrpc_write_request(&b, p->id, "tools/call", buf_slice(&params));
	pending_sent(c, p, call->tool, &b);
	buf_release(&b);
	buf_release(&params);
}

struct pending *talk_call(struct connector *c, const struct connector_call *call)
{
	struct pending *p = pending_add(c, ASKED_CALL, call->limit_us > 0 ? call->limit_us : CALL_US);

	p->tool = xstrdup(call->tool);
	p->is_effect = call->idempotency_key != NULL;
	if (c->is_modern && !c->is_ours) {
		p->args = xstrndup(call->args.p != NULL ? call->args.p : "{}", call->args.p != NULL ? call->args.len : 2);
	}
	send_call(c, p, call);
	return p;
}

/* The server has said that it did nothing yet: this is the same call going on, under a
 * new id as the protocol has it, and no second one. */
void talk_again(struct connector *c, struct pending *p)
{
	struct connector_call call = {.tool = p->tool, .args = slice_of(p->args)};

	p->id = ++c->next_id;
	p->rounds++;
	p->is_held = p->left = false;
	p->until_us = c->now_us + p->limit_us;
	send_call(c, p, &call);
	buf_clear(&p->replies);
}

void talk_cancelled(struct connector *c, int64_t id)
{
	struct json_out j;
	struct buf params, b;

	buf_init(&params, 0);
	json_start(&j, &params);
	json_open(&j, NULL, '{');
	json_put_int(&j, "requestId", id);
	json_put_text(&j, "reason", "no longer wanted");
	if (c->is_modern) {
		json_open(&j, "_meta", '{');
		talk_put_modern(&j, c);
		json_close(&j, '}');
	}
	json_close(&j, '}');
	buf_init(&b, 0);
	jsonrpc_write_notification(&b, "notifications/cancelled", buf_slice(&params));
	connector_queue(c, &b);
	buf_release(&b);
	buf_release(&params);
}
