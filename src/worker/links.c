/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A link is a connector's record that is being used: its running client, the
 * calls that wait for it to come up, and a backoff when it keeps failing. A
 * call is checked twice against what a person trusted: the stored pin carries
 * a vault MAC, and the client refuses a tool whose definition has another hash. */
#include "worker/links.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "model/incident.h"
#include "store/connector.h"
#include "store/incident.h"
#include "vault/vault.h"
#include "wire/retry.h"
#include "worker/hands.h"
#include "worker/link_ask.h"
#include "worker/link_start.h"
#include "worker/link_token.h"
#include "worker/links_inside.h"

void links_answers(struct links *l)
{
	asks_look(l->asks);
}

void links_drop_questions(struct links *l, const char *why)
{
	asks_cancel(l->asks, why);
}

struct links *links_new(struct hands *h)
{
	struct links *l = xcalloc(1, sizeof *l);

	l->h = h;
	l->asks = asks_new(h);
	l->tokens = tokens_new(h);
	return l;
}

struct tokens *links_tokens(struct links *l)
{
	return l->tokens;
}

static void waiting_free(struct waiting *q)
{
	free(q->tool);
	free(q->args);
	free(q->key);
	free(q);
}

static void tell_not_sent(link_done *done, void *user, const char *why)
{
	struct tool_outcome o = {.result = TOOL_NOT_SENT, .text = slice_of(why)};

	done(user, &o);
}

void link_fail_waiting(struct link *k, const char *why)
{
	struct waiting *q, *next;

	q = k->waiting;
	k->waiting = NULL;
	for (; q != NULL; q = next) {
		next = q->next;
		tell_not_sent(q->done, q->user, why);
		waiting_free(q);
	}
}

void links_stop(struct links *l)
{
	struct link *k, *next;

	k = l->first;
	l->first = NULL;
	for (; k != NULL; k = next) {
		next = k->next;
		link_fail_waiting(k, "the connector was stopped");
		link_keep_log(l->h, k->client);
		connector_free(k->client);
		free(k);
	}
}

void links_free(struct links *l)
{
	if (l == NULL)
		return;
	links_stop(l);
	asks_free(l->asks);
	tokens_free(l->tokens);
	free(l);
}

/* --- what a server says now against what was trusted ------------------------- */

/* It is not what a person trusted: they should look, and no call goes out before they did. */
static void note_change(struct links *l, const struct tool *t)
{
	static const struct hash none;
	struct incident i = {.at_us = clock_now_us()};

	if (t->state != TOOL_QUARANTINED || hash_same(&t->pinned, &none) || hash_same(&t->pinned, &t->definition))
		return;
	snprintf(i.kind, sizeof i.kind, "tool_changed");
	snprintf(i.ref, sizeof i.ref, "%.31s.%.31s", t->connector_name, t->name);
	snprintf(i.text, sizeof i.text, "what %.40s says of its tool has changed: it is not used until you look (claviger connector show %.60s %.60s)", i.ref,
		t->connector_name, t->name);
	err_ignore(incident_add(l->h->store, &i, NULL));
}

static void compare_listing(struct links *l, struct link *k)
{
	size_t i, n = connector_tool_count(k->client);
	enum err_code rc = store_begin(l->h->store, NULL);	/* one transaction for a flood of them */

	for (i = 0; rc == ERR_OK && i < n; i++) {
		struct tool t;

		if (!link_tool(k->id, k->name, k->type, connector_tool(k->client, i), &t))
			continue;
		/* a tool never seen before is stored quarantined: nobody has trusted it */
		rc = tool_put(l->h->store, &t, clock_now_us(), NULL);
		if (rc == ERR_OK)
			note_change(l, &t);
		tool_release(&t);
	}
	if (rc == ERR_OK)
		err_ignore(store_commit(l->h->store, NULL));
	else
		store_rollback(l->h->store);
	k->seen = connector_tools_generation(k->client);
}

static enum err_code check_tool(struct hands *h, const struct tool *t, struct err *e)
{
	struct buf b;
	enum err_code rc = hands_need_vault(h, e);

	if (rc != ERR_OK)
		return rc;
	if (t->state != TOOL_KNOWN || !hash_same(&t->definition, &t->pinned)) {
		err_set(e, ERR_CONFLICT, "the tool %s.%s has changed since a person trusted it", t->connector_name, t->name);
		return err_mend(e, ERR_CONFLICT, "look at it: claviger connector show %s %s", t->connector_name, t->name);
	}
	buf_init(&b, 0);
	tool_bytes(h->workspace, t, &b);
	rc = vault_mac_check(h->vault, VAULT_PIN, b.p, b.len, &t->mac, e);
	buf_release(&b);
	if (rc == ERR_AUTH)
		err_set(e, rc, "the pin of tool %s.%s is not signed by this vault", t->connector_name, t->name);
	return rc;
}

/* --- calls -------------------------------------------------------------------- */

static void on_done(void *user, uint64_t id, const struct tool_outcome *o)
{
	struct flying *f = user, **at;

	(void)id;
	for (at = &f->l->flying; *at != f; at = &(*at)->next)
		continue;
	*at = f->next;
	f->l->in_flight--;
	f->done(f->user, o);
	free(f);
}

static void call_now(struct links *l, struct link *k, struct waiting *q)
{
	struct connector_call c = {.tool = q->tool, .args = q->call.args, .pin = &q->pin, .task = q->call.task, .idempotency_key = q->key,
		.mode = q->call.mode};
	struct flying *f = xcalloc(1, sizeof *f);
	struct err e = {0};

	*f = (struct flying){.next = l->flying, .l = l, .k = k, .task = q->call.task, .is_effect = q->key != NULL || q->call.mode != CONNECTOR_CALL,
		.done = q->done, .user = q->user};
	snprintf(f->tool, sizeof f->tool, "%s", q->tool);
	if (connector_call(k->client, &c, clock_steady_us(), on_done, f, &f->id, &e) == ERR_OK) {
		l->flying = f;
		l->in_flight++;
	} else {
		free(f);
		tell_not_sent(q->done, q->user, e.text);
	}
	waiting_free(q);
}

enum err_code links_call(struct links *l, const struct link_call *c, link_done *done, void *user, struct err *e)
{
	struct link *k;
	struct waiting *q, **at;
	enum err_code rc = check_tool(l->h, c->tool, e);

	if (rc == ERR_OK)
		rc = link_open(l, c->tool->connector_name, &k, e);
	if (rc != ERR_OK)
		return rc;
	q = xcalloc(1, sizeof *q);
	q->tool = xstrdup(c->tool->name);
	q->args = xstrndup(c->args.p, c->args.len);
	q->key = c->idempotency_key != NULL ? xstrdup(c->idempotency_key) : NULL;
	q->pin = c->tool->pinned;
	q->call = *c;
	q->call.args = slice_make(q->args, c->args.len);
	q->done = done;
	q->user = user;
	/* even for a running one: done is never called from inside */
	for (at = &k->waiting; *at != NULL; at = &(*at)->next)
		continue;
	*at = q;
	return ERR_OK;
}

enum err_code links_prepare(struct links *l, const struct tool *tool, struct err *e)
{
	const struct connector_tool *said;
	struct link *k;
	enum err_code rc = check_tool(l->h, tool, e);

	if (rc == ERR_OK)
		rc = link_open(l, tool->connector_name, &k, e);
	if (rc != ERR_OK)
		return rc;
	if (k->wants_token || connector_life(k->client) != LIFE_RUNNING)
		return err_set(e, ERR_CANCELLED, "connector %s is starting", tool->connector_name);
	said = connector_tool_find(k->client, tool->name);
	if (said == NULL)
		return err_set(e, ERR_MISSING, "connector %s no longer offers %s", tool->connector_name, tool->name);
	if (!hash_same(&said->hash, &tool->pinned)) {
		err_set(e, ERR_CONFLICT, "the tool %s.%s has changed since a person trusted it", tool->connector_name, tool->name);
		return err_mend(e, ERR_CONFLICT, "look at it: claviger connector show %s %s", tool->connector_name, tool->name);
	}
	return ERR_OK;
}

void links_cancel_reads(struct links *l, int64_t task)
{
	struct flying *f = l->flying;

	while (f != NULL) {
		bool its = f->task == task && !f->is_effect;

		if (its)
			connector_cancel(f->k->client, f->id);
		f = its ? l->flying : f->next;	/* the list moved: look again */
	}
}

int links_in_flight(const struct links *l)
{
	const struct link *k;
	int n = l->in_flight;

	for (k = l->first; k != NULL; k = k->next)
		n += k->waiting != NULL;
	return n + tokens_in_flight(l->tokens);	/* a new refresh token may be on its way */
}

/* --- the loop ------------------------------------------------------------------ */

size_t links_fds(const struct links *l, struct pollfd *out, size_t max)
{
	struct connector_fd fds[CONNECTOR_FDS];
	const struct link *k;
	size_t n = 0, i, m;

	for (k = l->first; k != NULL; k = k->next) {
		m = connector_fds(k->client, fds);
		for (i = 0; i < m && n < max; i++)
			out[n++] = (struct pollfd){.fd = fds[i].fd, .events = fds[i].events};
	}
	return n;
}

void links_ready(struct links *l, const struct pollfd *fds, size_t n, int64_t steady_us)
{
	struct connector_fd own[CONNECTOR_FDS];
	struct link *k;
	size_t i, j, m;

	for (k = l->first; k != NULL; k = k->next) {
		m = connector_fds(k->client, own);
		for (j = 0; j < m; j++)
			for (i = 0; i < n; i++)
				if (fds[i].fd == own[j].fd && fds[i].revents != 0)
					connector_ready(k->client, own[j].fd, steady_us);
	}
}

int64_t links_deadline(const struct links *l)
{
	const struct link *k;
	int64_t at = asks_deadline(l->asks), d = tokens_deadline(l->tokens);

	at = d < at ? d : at;
	for (k = l->first; k != NULL; k = k->next) {
		if (k->wants_token && !link_is_flying(l, k) && !tokens_is_asked(l->tokens, k->id))
			return 0;
		/* a running one with calls waiting: now */
		d = k->waiting != NULL && !k->wants_token && connector_life(k->client) == LIFE_RUNNING ? 0 : connector_deadline(k->client);
		if (d < at)
			at = d;
	}
	return at;
}

static void note_state(struct links *l, struct link *k)
{
	struct connector_record c = {0};
	enum link_state now_is = connector_life(k->client) == LIFE_RUNNING ? LINK_RUNNING : LINK_FAILING;

	if (connector_get(l->h->store, k->id, &c, NULL) == ERR_OK && c.state != now_is && c.state != LINK_UNTRUSTED)
		err_ignore(connector_move(l->h->store, k->id, now_is, now_is == LINK_RUNNING ? "" : connector_reason(k->client), clock_now_us(), NULL));
	connector_record_release(&c);
}

void links_tick(struct links *l, int64_t steady_us)
{
	struct link *k;

	asks_tick(l->asks, steady_us);
	tokens_tick(l->tokens, steady_us);
	for (k = l->first; k != NULL; k = k->next) {
		if (k->wants_token)
			link_go_on(l, k);
		if (connector_deadline(k->client) <= steady_us)
			connector_tick(k->client, steady_us);
		switch (connector_life(k->client)) {
		case LIFE_RUNNING:
			if (k->seen != connector_tools_generation(k->client)) {
				compare_listing(l, k);
				note_state(l, k);
				k->failures = 0;
			}
			while (k->waiting != NULL && !k->wants_token) {
				struct waiting *q = k->waiting;

				k->waiting = q->next;
				call_now(l, k, q);
			}
			break;
		case LIFE_FAILING:
		case LIFE_STOPPED:
			/* one that died while it started, with nobody waiting, backs off too */
			if (k->seen != 0 || (k->waiting != NULL && !k->wants_token) || k->was_started) {
				char why[TITLE_MAX_BYTES];

				k->seen = 0;
				k->was_started = false;
				k->not_before_us = steady_us + wire_backoff_us(k->failures++, 0);
				snprintf(why, sizeof why, "connector %s failed: %s", k->name, connector_reason(k->client));
				note_state(l, k);
				link_keep_log(l->h, k->client);
				link_fail_waiting(k, why);
			}
			break;
		default:
			break;
		}
	}
}
