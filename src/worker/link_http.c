/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/link_http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "vault/vault.h"
#include "wire/jsonrpc.h"
#include "wire/request.h"
#include "wire/sse.h"
#include "worker/hands.h"
#include "worker/link_secret.h"
#include "worker/link_token.h"
#include "worker/links.h"
#include "worker/private.h"
#include "worker/transport.h"

#define CONNECT_US (10 * US_PER_S)
#define ANSWER_US (3 * 60 * 60 * US_PER_S)	/* the connector's own limits are shorter, also with all the questions of a call to the person */

/* One client's way out. */
struct carrier {
	struct hands *h;
	struct connector *client;
	int64_t connector;
	struct wire_url url;
	char *ca_file;
	struct posting *first;
	struct token_wait wait;
	bool is_waiting;	/* for an access token, which its postings without a transfer wait for */
};

/* One message on its way. */
struct posting {
	struct posting *next;
	struct carrier *carrier;
	uint64_t id;
	struct wire_request request;
	struct transfer *transfer;	/* NULL: it waits for an access token */
	struct hash token;		/* which it was sent with */
	bool may_repeat;		/* an answer of 401 to it says that nothing was done, and it is no effect */
	struct sse *events;	/* NULL: the answer is one JSON text */
	struct buf body;
	bool is_answered;
};

static char *setting(const struct connector_record *c, const char *name)
{
	cJSON *tree = NULL;
	const char *s;
	char *out;

	if (c->settings == NULL || json_parse(slice_of(c->settings), &tree, NULL) != ERR_OK)
		return NULL;
	s = json_text(tree, name);
	out = s != NULL ? xstrdup(s) : NULL;
	cJSON_Delete(tree);
	return out;
}

bool link_is_remote(const struct connector_record *c)
{
	char *url = c->type == CONNECTOR_MCP ? setting(c, "url") : NULL;
	bool yes = url != NULL;

	free(url);
	return yes;
}

void link_remote_host(const struct connector_record *c, char *out, size_t room)
{
	char *text = c->type == CONNECTOR_MCP ? setting(c, "url") : NULL;
	struct wire_url url;

	out[0] = '\0';
	if (text != NULL && wire_url_parse(text, &url, NULL) == ERR_OK)
		snprintf(out, room, "%s", url.host);
	free(text);
}

/* --- what comes back --------------------------------------------------------------- */

/* Kept until the next tick, or the end of the transfer: a client that fails cancels its
 * transfers, which can't be done from inside one. The answer ends it, whatever the
 * server thinks. */
static enum err_code on_event(void *user, const struct sse_event *ev)
{
	struct posting *p = user;
	struct jsonrpc_message m;

	if (ev->data.len == 0 || !slice_is(ev->type, "message"))
		return ERR_OK;
	buf_add_slice(&p->body, ev->data);
	buf_addc(&p->body, '\0');
	if (p->body.over)
		return ERR_LIMIT;
	p->is_answered = jsonrpc_read(ev->data, &m, NULL) == ERR_OK && m.kind == JSONRPC_RESPONSE;
	connector_post_news(p->carrier->client);
	return p->is_answered ? ERR_CANCELLED : ERR_OK;
}

static void on_head(void *user, int status, const struct wire_answer_header *h, size_t n)
{
	struct posting *p = user;
	char session[256];
	size_t i;

	for (i = 0; i < n; i++) {
		if (slice_is(h[i].name, "mcp-session-id") && h[i].value.len < sizeof session && status < 300) {
			snprintf(session, sizeof session, "%.*s", (int)h[i].value.len, h[i].value.p);
			connector_set_session(p->carrier->client, session);
		}
		if (slice_is(h[i].name, "content-type") && h[i].value.len >= 17 && strncasecmp(h[i].value.p, "text/event-stream", 17) == 0 && p->events == NULL)
			p->events = sse_new(CONNECTOR_MESSAGE_MAX, on_event, p);
	}
}

static enum err_code on_body(void *user, const void *bytes, size_t n, struct err *e)
{
	struct posting *p = user;

	if (p->events != NULL)
		return sse_feed(p->events, bytes, n, e);
	buf_add(&p->body, bytes, n);
	return p->body.over ? err_set(e, ERR_LIMIT, "the server's answer is too long") : ERR_OK;
}

static void posting_drop(struct posting *p)
{
	struct posting **at;

	for (at = &p->carrier->first; *at != p; at = &(*at)->next)
		continue;
	*at = p->next;
	sse_free(p->events);
	buf_release(&p->body);
	wire_request_release(&p->request);
	free(p);
}

static void hand_over(struct carrier *c, uint64_t id, struct slice messages)
{
	size_t at, n;

	for (at = 0; at < messages.len; at += n + 1) {
		n = strnlen(messages.p + at, messages.len - at);
		connector_post_message(c->client, id, slice_make(messages.p + at, n), clock_steady_us());
	}
}

/* What stands whole in answers that go on: a server may ask something there. Handing it
 * over may end any of the postings, so each time the list is looked at anew. */
static void deliver(void *user)
{
	struct carrier *c = user;
	struct posting *p;

	do {
		for (p = c->first; p != NULL && (p->events == NULL || p->body.len == 0); p = p->next)
			;
		if (p != NULL) {
			struct buf body = p->body;
			uint64_t id = p->id;

			buf_init(&p->body, CONNECTOR_MESSAGE_MAX);
			hand_over(c, id, buf_slice(&body));
			buf_release(&body);
		}
	} while (p != NULL);
}

static enum err_code send_or_wait(struct posting *p, struct err *e);

/* Not taken with its access token, which then is no good: with another, once. */
static bool goes_again(struct posting *p, int status)
{
	struct carrier *c = p->carrier;
	struct tokens *t = links_tokens(c->h->worker->links);
	struct err e = {0};

	if (status >= 200 && status < 300)
		tokens_taken(t, c->connector, &p->token);
	if (status != 401 || !tokens_refused(t, c->connector, &p->token) || !p->may_repeat)
		return false;
	p->may_repeat = false;
	p->transfer = NULL;
	sse_free(p->events);
	p->events = NULL;
	buf_clear(&p->body);
	return send_or_wait(p, &e) == ERR_OK;
}

static void on_done(void *user, const struct transfer_end *end)
{
	struct posting *p = user;
	struct carrier *c = p->carrier;
	bool whole = end->result == TRANSFER_WHOLE || p->is_answered;
	struct connector_post_end over = {.id = p->id, .status = end->status, .left = end->result != TRANSFER_NOT_SENT, .why = end->err.text};
	struct buf body;

	if (end->result == TRANSFER_WHOLE && goes_again(p, end->status))
		return;
	body = p->body;
	p->body = (struct buf){0};
	posting_drop(p);
	if (whole)
		hand_over(c, over.id, buf_slice(&body));
	buf_release(&body);
	connector_post_ended(c->client, &over, clock_steady_us());
}

static const struct transfer_ops ops = {on_head, on_body, on_done};

/* --- what goes out -------------------------------------------------------------------- */

static void build(const struct carrier *c, const struct connector_post *m, struct wire_request *r)
{
	wire_request_init(r, "POST", &c->url, c->url.prefix[0] != '\0' ? "" : "/");
	wire_request_header(r, "Content-Type", "application/json");
	wire_request_header(r, "Accept", "application/json, text/event-stream");
	if (m->version != NULL)
		wire_request_header(r, "MCP-Protocol-Version", m->version);
	if (m->method != NULL && m->is_modern)
		wire_request_header(r, "Mcp-Method", m->method);
	if (m->name != NULL && m->is_modern)
		wire_request_header(r, "Mcp-Name", m->name);
	if (m->session != NULL)
		wire_request_header(r, "Mcp-Session-Id", m->session);
	buf_add_slice(&r->body, m->body);
}

static enum err_code send_now(struct posting *p, struct err *e)
{
	struct carrier *c = p->carrier;
	struct transfer_limits limits = {.connect_us = CONNECT_US, .first_byte_us = ANSWER_US, .silence_us = ANSWER_US, .total_us = ANSWER_US, .ca_file = c->ca_file};
	struct header secret = {.count = 0};
	enum err_code rc = link_secret_header(c->h, c->connector, c->url.host, &p->request, &secret, e);

	p->token = tokens_mark(links_tokens(c->h->worker->links), c->connector);
	if (rc == ERR_OK)
		rc = transfer_start(c->h->worker->transport, &p->request, &secret, &limits, &ops, p, &p->transfer, e);
	header_release(&secret);
	return rc;
}

static enum err_code send_or_wait(struct posting *p, struct err *e)
{
	struct carrier *c = p->carrier;
	struct tokens *t = links_tokens(c->h->worker->links);
	enum err_code rc = tokens_need(t, c->connector, c->url.host, e);

	if (rc != ERR_CANCELLED)
		return rc == ERR_OK ? send_now(p, e) : rc;
	if (!c->is_waiting)
		tokens_wait(t, &c->wait);
	c->is_waiting = true;
	return ERR_OK;
}

/* The token has come, or will not. Whatever ends may end others: each time the list is looked at anew. */
static void on_token(void *user)
{
	struct carrier *c = user;
	struct posting *p;

	c->is_waiting = false;
	do {
		struct err e = {0};

		for (p = c->first; p != NULL && p->transfer != NULL; p = p->next)
			;
		if (p != NULL && send_or_wait(p, &e) != ERR_OK) {
			struct connector_post_end over = {.id = p->id, .why = e.text, .wants_credential = e.code == ERR_AUTH};

			posting_drop(p);
			connector_post_ended(c->client, &over, clock_steady_us());
		}
	} while (p != NULL && !c->is_waiting);
}

static enum err_code send_post(void *user, const struct connector_post *m, struct err *e)
{
	struct carrier *c = user;
	struct posting *p = xcalloc(1, sizeof *p);
	enum err_code rc;

	*p = (struct posting){.next = c->first, .carrier = c, .id = m->id, .may_repeat = m->may_repeat};
	build(c, m, &p->request);
	buf_init(&p->body, CONNECTOR_MESSAGE_MAX);
	c->first = p;
	rc = wire_request_is_sound(&p->request) ? send_or_wait(p, e) : err_set(e, ERR_LIMIT, "the message does not fit in a request");
	if (rc != ERR_OK)
		posting_drop(p);
	return rc;
}

/* Closing the stream is how a request over HTTP is cancelled. */
static void drop_post(void *user, uint64_t id)
{
	struct carrier *c = user;
	struct posting *p, *next;

	for (p = c->first; p != NULL; p = next) {
		next = p->next;
		if ((id == 0 || p->id == id) && p->transfer != NULL)
			transfer_cancel(p->transfer, "no longer wanted");
		else if (id == 0 || p->id == id)
			posting_drop(p);
	}
}

static void gone(void *user)
{
	struct carrier *c = user;

	drop_post(c, 0);
	tokens_unwait(links_tokens(c->h->worker->links), &c->wait);
	free(c->ca_file);
	free(c);
}

enum err_code link_http_start(struct hands *h, const struct connector_record *c, struct connector *client, struct err *e)
{
	static const struct connector_carrier carries = {send_post, drop_post, gone, deliver};
	struct carrier *k = xcalloc(1, sizeof *k);
	char *url = setting(c, "url");
	enum err_code rc = wire_url_parse(url != NULL ? url : "", &k->url, e);

	*k = (struct carrier){.h = h, .client = client, .connector = c->id, .url = k->url, .ca_file = setting(c, "ca_file")};
	k->wait = (struct token_wait){.connector = c->id, .done = on_token, .user = k};
	free(url);
	if (rc != ERR_OK) {
		free(k->ca_file);
		free(k);
		return rc;
	}
	return connector_start_remote(client, &carries, k, clock_steady_us(), e);
}
