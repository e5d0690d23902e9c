/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server that is reached over HTTP: each message is posted by a carrier, which
 * the worker brings. What is said is talk.c's as with a child; what differs is how a
 * message leaves, and what an HTTP status means where no message came back. */
#include <stdio.h>
#include <string.h>

#include "connector/inside.h"

#define MODERN "2026-07-28"

static const char *method_of(const struct pending *p)
{
	static const char *const methods[] = {[ASKED_DISCOVER] = "server/discover", [ASKED_INITIALIZE] = "initialize", [ASKED_TOOLS] = "tools/list",
		[ASKED_CALL] = "tools/call"};

	return methods[p->asked];
}

enum err_code connector_start_remote(struct connector *c, const struct connector_carrier *carrier, void *user, int64_t now_us, struct err *e)
{
	if (c->life != LIFE_STOPPED && c->life != LIFE_FAILING) {
		carrier->gone(user);
		return err_set(e, ERR_ILLEGAL, "the connector is not at rest");
	}
	connector_forget(c);
	c->is_ours = false;
	c->carrier = carrier;
	c->carrier_user = user;
	c->now_us = now_us;
	c->life = LIFE_STARTING;
	talk_begin(c);
	return ERR_OK;
}

void remote_post(struct connector *c, struct pending *p, const char *name, const struct buf *message)
{
	bool modern = c->is_modern || (p != NULL && p->asked == ASKED_DISCOVER);
	struct connector_post m = {.id = p != NULL ? (uint64_t)p->id : 0, .body = buf_slice(message), .method = p != NULL ? method_of(p) : NULL, .name = name,
		.is_modern = modern, .version = modern ? MODERN : c->protocol[0] != '\0' ? c->protocol : NULL, .session = c->session[0] != '\0' ? c->session : NULL, .may_repeat = p == NULL || !p->is_effect};
	struct err e = {0};

	if (c->carrier->send(c->carrier_user, &m, &e) == ERR_OK) {
		if (p != NULL)
			p->left = true;
		return;
	}
	if (p == NULL)
		return;
	/* not from inside: it ends at the next tick, and nothing left */
	p->until_us = c->now_us;
	c->wants_credential = e.code == ERR_AUTH;
	snprintf(c->trouble, sizeof c->trouble, "%.150s", e.text);
}

void remote_drop(struct connector *c, uint64_t id)
{
	if (c->carrier != NULL)
		c->carrier->drop(c->carrier_user, id);
}

void connector_post_news(struct connector *c)
{
	c->has_news = true;
}

void remote_deliver(struct connector *c)
{
	bool has_news = c->has_news;

	c->has_news = false;
	if (has_news && c->carrier != NULL && c->carrier->deliver != NULL)
		c->carrier->deliver(c->carrier_user);
}

void connector_set_session(struct connector *c, const char *session)
{
	size_t n = strlen(session), i;

	if (c->is_modern || n == 0 || n >= sizeof c->session)
		return;
	for (i = 0; i < n; i++)
		if (session[i] < 0x21 || session[i] > 0x7E)
			return;
	memcpy(c->session, session, n + 1);
}

void connector_post_message(struct connector *c, uint64_t id, struct slice json, int64_t now_us)
{
	struct jsonrpc_message m;

	if (c->life != LIFE_STARTING && c->life != LIFE_RUNNING)
		return;
	c->now_us = now_us;
	c->unasked += json.len;
	if (c->unasked > UNASKED_MAX) {
		connector_fail(c, "it talks without end and answers nothing");
		return;
	}
	/* an answer counts for the request it answers only; others may stand in no stream but their own */
	if (jsonrpc_read(json, &m, NULL) != ERR_OK || (m.kind == JSONRPC_RESPONSE && (!m.has_int_id || (uint64_t)m.id != id)))
		return;
	c->post_id = (int64_t)id;
	(void)talk_message(c, &m);
	c->post_id = 0;
}

static void refused(struct connector *c, const struct connector_post_end *end)
{
	char why[160];

	c->wants_credential = end->wants_credential || end->status == 401 || end->status == 403;
	if (end->wants_credential)
		snprintf(why, sizeof why, "%.150s", end->why);
	else if (c->wants_credential)
		snprintf(why, sizeof why, "it wants another credential (HTTP %d)", end->status);
	else if (end->status != 0)
		snprintf(why, sizeof why, "it answered with HTTP %d and nothing that can be read", end->status);
	else
		snprintf(why, sizeof why, "it cannot be reached: %.120s", end->why);
	connector_fail(c, why);
}

static void end_call(struct connector *c, struct pending *p, const struct connector_post_end *end)
{
	struct tool_outcome o = {.result = TOOL_UNKNOWN};
	char text[200];

	if (!end->left)
		o.result = TOOL_NOT_SENT;
	else if (end->status >= 400 && end->status < 500)
		o.result = TOOL_FAILED;	/* refused before it was begun */
	if (end->status != 0)
		snprintf(text, sizeof text, "the server answered with HTTP %d and no result", end->status);
	else
		snprintf(text, sizeof text, "no answer: %.150s", end->why);
	o.text = slice_of(text);
	pending_end(c, p, &o);
}

void connector_post_ended(struct connector *c, const struct connector_post_end *end, int64_t now_us)
{
	struct pending *p = pending_find(c, (int64_t)end->id);
	struct tool_outcome nothing = {.result = TOOL_NOT_SENT};

	if (p == NULL || (c->life != LIFE_STARTING && c->life != LIFE_RUNNING))
		return;
	c->now_us = now_us;
	p->left = end->left;
	if (p->asked == ASKED_CALL) {
		end_call(c, p, end);
	} else if (p->asked == ASKED_DISCOVER && end->status != 0 && end->status != 401 && end->status != 403) {
		pending_end(c, p, &nothing);
		talk_older(c);	/* an older server says 4xx, each in its way */
	} else {
		refused(c, end);
	}
}

bool connector_wants_credential(const struct connector *c)
{
	return c->life == LIFE_FAILING && c->wants_credential;
}
