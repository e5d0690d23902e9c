/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a link comes to a running client: from its record as it is now, with its access
 * token where its secret is a grant, and anew when either has changed. */
#include "worker/links_inside.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/connector.h"
#include "wire/retry.h"
#include "worker/hands.h"
#include "worker/link_ask.h"
#include "worker/link_http.h"
#include "worker/link_secret.h"
#include "worker/link_start.h"
#include "worker/link_token.h"

/* --- what its server asks the person ------------------------------------------------ */

static bool on_question(void *user, const struct connector_question *q)
{
	struct link *k = user;
	const struct flying *f = k->l->flying;

	while (f != NULL && (f->k != k || f->id != q->call))
		f = f->next;
	return asks_put(k->l->asks, k->client, q, f != NULL ? f->tool : "", f != NULL ? f->task : 0);
}

static void on_question_over(void *user, uint64_t question, const char *why)
{
	struct link *k = user;

	asks_over(k->l->asks, k->client, question, why);
}

static struct connector *client_new(struct link *k)
{
	static const struct connector_asker asker = {on_question, on_question_over};
	struct connector *c = connector_new(k->name);

	connector_on_question(c, &asker, k);
	return c;
}

/* --- starting ---------------------------------------------------------------- */

static struct link *find(struct links *l, const char *name)
{
	struct link *k;

	for (k = l->first; k != NULL; k = k->next)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

bool link_is_flying(const struct links *l, const struct link *k)
{
	const struct flying *f = l->flying;

	while (f != NULL && f->k != k)
		f = f->next;
	return f != NULL;
}

/* Runs, with what is on record now; a new secret or another record of that name
 * means a new start, once nothing is under way. */
static bool is_as_recorded(struct links *l, struct link *k)
{
	struct connector_record c = {0};
	struct hash secret = link_secret_mark(l->h, k->id);
	bool same;

	if (connector_by_name(l->h->store, k->name, &c, NULL) != ERR_OK)
		return true;	/* removed meanwhile: check_tool() has found its tool, so let it end */
	same = c.id == k->id && hash_same(&c.mac, &k->mac) && hash_same(&secret, &k->secret);
	connector_record_release(&c);
	if (same || link_is_flying(l, k) || k->waiting != NULL)
		return true;
	link_keep_log(l->h, k->client);
	connector_free(k->client);
	k->client = client_new(k);
	k->seen = 0;
	return false;
}

/* A child gets its access token when it is started. ERR_CANCELLED: it has not come yet. */
static enum err_code need_token(struct links *l, struct link *k, struct err *e)
{
	enum err_code rc = k->is_remote ? ERR_OK : tokens_need(l->tokens, k->id, "", e);

	k->wants_token = rc == ERR_CANCELLED;
	return rc;
}

static struct link *add(struct links *l, const char *name)
{
	struct link *k = xcalloc(1, sizeof *k);

	snprintf(k->name, sizeof k->name, "%s", name);
	k->l = l;
	k->client = client_new(k);
	k->next = l->first;
	l->first = k;
	return k;
}

/* From its record, as it is now; *at is made if it was not there yet. */
static enum err_code start(struct links *l, struct link **at, const char *name, struct err *e)
{
	struct connector_record c = {0};
	struct link *k = *at;
	enum err_code rc = hands_need_vault(l->h, e);

	if (rc == ERR_OK)
		rc = connector_by_name(l->h->store, name, &c, e);
	if (rc == ERR_OK)
		rc = link_check_record(l->h, &c, e);
	if (rc == ERR_OK) {
		if (k == NULL)
			k = *at = add(l, name);
		k->id = c.id;
		k->type = c.type;
		k->mac = c.mac;
		k->is_remote = link_is_remote(&c);
		rc = need_token(l, k, e);
	}
	if (rc == ERR_OK) {
		k->secret = link_secret_mark(l->h, c.id);
		rc = link_start(l->h, &c, k->client, e);
		k->was_started = rc == ERR_OK;
	}
	if (rc != ERR_OK && rc != ERR_CANCELLED && k != NULL) {
		k->not_before_us = clock_steady_us() + wire_backoff_us(k->failures++, 0);
		if (c.id != 0 && c.state != LINK_FAILING)
			err_ignore(connector_move(l->h->store, c.id, LINK_FAILING, e != NULL ? e->text : "", clock_now_us(), NULL));
	}
	connector_record_release(&c);
	return rc;
}

enum err_code link_open(struct links *l, const char *name, struct link **out, struct err *e)
{
	struct link *k = find(l, name);
	bool runs = k != NULL && (connector_life(k->client) == LIFE_RUNNING || connector_life(k->client) == LIFE_STARTING);
	enum err_code rc = ERR_OK;

	*out = k;
	if (runs)
		rc = need_token(l, k, e);
	if (rc != ERR_OK)
		return rc == ERR_CANCELLED ? ERR_OK : rc;
	if (runs && is_as_recorded(l, k))
		return ERR_OK;
	if (k != NULL && k->wants_token)
		return ERR_OK;
	if (k != NULL && connector_life(k->client) == LIFE_STOPPING)
		return err_set(e, ERR_CONFLICT, "connector %s is being stopped", name);
	if (k != NULL && clock_steady_us() < k->not_before_us)
		return err_set(e, ERR_IO, "connector %s failed: %s", name, connector_reason(k->client));
	rc = start(l, out, name, e);
	return rc == ERR_CANCELLED ? ERR_OK : rc;
}

void link_go_on(struct links *l, struct link *k)
{
	char why[TITLE_MAX_BYTES];
	struct err e = {0};
	enum err_code rc;

	if (tokens_is_asked(l->tokens, k->id) || link_is_flying(l, k))
		return;
	k->wants_token = false;
	link_keep_log(l->h, k->client);
	connector_free(k->client);
	k->client = client_new(k);
	k->seen = 0;
	rc = start(l, &k, k->name, &e);
	if (rc == ERR_OK || rc == ERR_CANCELLED)
		return;
	snprintf(why, sizeof why, "connector %s failed: %.160s", k->name, e.text);
	link_fail_waiting(k, why);
}
