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
#include "connector/grant.h"
#include "office/policy.h"
#include "store/connector.h"
#include "vault/vault.h"
#include "wire/retry.h"
#include "worker/hands.h"

struct waiting {
	struct waiting *next;
	struct link_call call;
	char *tool, *args, *key;
	struct hash pin;
	link_done *done;
	void *user;
};

struct link {
	struct link *next;
	char name[NAME_MAX_BYTES];
	int64_t id;
	struct connector *client;
	unsigned seen;			/* generation of the listing that was compared */
	unsigned failures;
	int64_t not_before_us;		/* steady: backoff */
	struct waiting *waiting;
};

struct links {
	struct hands *h;
	struct link *first;
	int in_flight;
};

struct flying {
	struct links *l;
	link_done *done;
	void *user;
};

struct links *links_new(struct hands *h)
{
	struct links *l = xcalloc(1, sizeof *l);

	l->h = h;
	return l;
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

/* Give up on what waits for it. */
static void fail_waiting(struct link *k, const char *why)
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
		fail_waiting(k, "the connector was stopped");
		connector_free(k->client);
		free(k);
	}
}

void links_free(struct links *l)
{
	if (l == NULL)
		return;
	links_stop(l);
	free(l);
}

/* --- starting ---------------------------------------------------------------- */

static enum err_code check_record(struct hands *h, const struct connector_record *c, struct err *e)
{
	struct buf b;
	enum err_code rc;

	if (c->state == LINK_UNTRUSTED)
		return err_set(e, ERR_REFUSED, "connector %s is not trusted: %s", c->name, c->why);
	buf_init(&b, 0);
	connector_bytes(h->workspace, c, &b);
	rc = vault_mac_check(h->vault, VAULT_CONNECTOR, b.p, b.len, &c->mac, e);
	buf_release(&b);
	if (rc == ERR_AUTH)
		err_set(e, rc, "the record of connector %s is not signed by this vault", c->name);
	return rc;
}

/* Start the client of a record that has been checked. */
static enum err_code start(struct hands *h, const struct connector_record *c, struct connector *client, struct err *e)
{
	struct grant g = {0};
	struct connector_spec spec = {.may_run_unconfined = c->unconfined_ok, .is_ours = true};
	char *program = NULL, *confine = path_helper("claviger-confine"), *folder = workspace_connector_folder(h->paths, c->name);
	static const char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", NULL};
	enum err_code rc = ERR_OK;

	if (c->type != CONNECTOR_CODEBASE)
		rc = err_set(e, ERR_USAGE, "connectors of type %s are not built into this version", connector_type_names[c->type]);
	program = path_helper("claviger-codebase");
	if (rc == ERR_OK && (program == NULL || confine == NULL)) {
		err_set(e, ERR_MISSING, "the helper programs are not beside claviger");
		rc = err_mend(e, ERR_MISSING, "install or build it whole");
	}
	if (rc == ERR_OK)
		rc = grant_codebase(&g, program, c->root, h->home, folder, e);
	if (rc == ERR_OK) {
		spec.argv = (const char *const *)g.argv;
		spec.env = environment;
		spec.read_paths = (const char *const *)g.read_paths;
		spec.write_paths = (const char *const *)g.write_paths;
		spec.confine = confine;
		rc = connector_start(client, &spec, clock_steady_us(), e);
	}
	grant_release(&g);
	free(program);
	free(confine);
	free(folder);
	return rc;
}

static struct link *find(struct links *l, const char *name)
{
	struct link *k;

	for (k = l->first; k != NULL; k = k->next)
		if (strcmp(k->name, name) == 0)
			return k;
	return NULL;
}

static enum err_code open_link(struct links *l, const char *name, struct link **out, struct err *e)
{
	struct connector_record c = {0};
	struct link *k = find(l, name);
	int64_t now = clock_steady_us();
	enum err_code rc;

	*out = k;
	if (k != NULL && (connector_life(k->client) == LIFE_RUNNING || connector_life(k->client) == LIFE_STARTING))
		return ERR_OK;
	if (k != NULL && connector_life(k->client) == LIFE_STOPPING)
		return err_set(e, ERR_CONFLICT, "connector %s is being stopped", name);
	if (k != NULL && now < k->not_before_us)
		return err_set(e, ERR_IO, "connector %s failed: %s", name, connector_reason(k->client));
	rc = hands_need_vault(l->h, e);
	if (rc == ERR_OK)
		rc = connector_by_name(l->h->store, name, &c, e);
	if (rc == ERR_OK)
		rc = check_record(l->h, &c, e);
	if (rc == ERR_OK && k == NULL) {
		k = xcalloc(1, sizeof *k);
		snprintf(k->name, sizeof k->name, "%s", name);
		k->id = c.id;
		k->client = connector_new(name);
		k->next = l->first;
		l->first = k;
		*out = k;
	}
	if (rc == ERR_OK)
		rc = start(l->h, &c, k->client, e);
	if (rc != ERR_OK && k != NULL) {
		k->not_before_us = now + wire_backoff_us(k->failures++, 0);
		if (c.id != 0 && c.state != LINK_FAILING)
			err_ignore(connector_move(l->h->store, c.id, LINK_FAILING, e != NULL ? e->text : "", clock_now_us(), NULL));
	}
	connector_record_release(&c);
	return rc;
}

/* --- what a server says now against what was trusted ------------------------- */

static void compare_listing(struct links *l, struct link *k)
{
	int64_t now = clock_now_us();
	size_t i, n = connector_tool_count(k->client);

	for (i = 0; i < n; i++) {
		const struct connector_tool *said = connector_tool(k->client, i);
		struct tool t = {.connector = k->id, .state = TOOL_QUARANTINED, .definition = said->hash};

		if (strlen(said->name) >= sizeof t.name)
			continue;
		snprintf(t.connector_name, sizeof t.connector_name, "%s", k->name);
		snprintf(t.name, sizeof t.name, "%s", said->name);
		t.effect = policy_effect(CONNECTOR_CODEBASE, effect_names[said->effect], said->says_destructive);
		t.description = xstrdup(said->description);
		t.schema = xstrdup(said->input_schema);
		/* a tool never seen before is stored quarantined: nobody has trusted it */
		err_ignore(tool_put(l->h->store, &t, now, NULL));
		tool_release(&t);
	}
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
		return err_mend(e, ERR_CONFLICT, "look at it: claviger connector release %s %s", t->connector_name, t->name);
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
	struct flying *f = user;

	(void)id;
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
	uint64_t id;

	*f = (struct flying){l, q->done, q->user};
	if (connector_call(k->client, &c, clock_steady_us(), on_done, f, &id, &e) == ERR_OK) {
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
		rc = open_link(l, c->tool->connector_name, &k, e);
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
		rc = open_link(l, tool->connector_name, &k, e);
	if (rc != ERR_OK)
		return rc;
	if (connector_life(k->client) != LIFE_RUNNING)
		return err_set(e, ERR_CANCELLED, "connector %s is starting", tool->connector_name);
	said = connector_tool_find(k->client, tool->name);
	if (said == NULL)
		return err_set(e, ERR_MISSING, "connector %s no longer offers %s", tool->connector_name, tool->name);
	if (!hash_same(&said->hash, &tool->pinned)) {
		err_set(e, ERR_CONFLICT, "the tool %s.%s has changed since a person trusted it", tool->connector_name, tool->name);
		return err_mend(e, ERR_CONFLICT, "look at it: claviger connector tools %s", tool->connector_name);
	}
	return ERR_OK;
}

int links_in_flight(const struct links *l)
{
	const struct link *k;
	int n = l->in_flight;

	for (k = l->first; k != NULL; k = k->next)
		n += k->waiting != NULL;
	return n;
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
	int64_t at = INT64_MAX, d;

	for (k = l->first; k != NULL; k = k->next) {
		/* a running one with calls waiting: now */
		d = k->waiting != NULL && connector_life(k->client) == LIFE_RUNNING ? 0 : connector_deadline(k->client);
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

	for (k = l->first; k != NULL; k = k->next) {
		if (connector_deadline(k->client) <= steady_us)
			connector_tick(k->client, steady_us);
		switch (connector_life(k->client)) {
		case LIFE_RUNNING:
			if (k->seen != connector_tools_generation(k->client)) {
				compare_listing(l, k);
				note_state(l, k);
				k->failures = 0;
			}
			while (k->waiting != NULL) {
				struct waiting *q = k->waiting;

				k->waiting = q->next;
				call_now(l, k, q);
			}
			break;
		case LIFE_FAILING:
		case LIFE_STOPPED:
			if (k->seen != 0 || k->waiting != NULL) {
				char why[TITLE_MAX_BYTES];

				k->seen = 0;
				k->not_before_us = steady_us + wire_backoff_us(k->failures++, 0);
				snprintf(why, sizeof why, "connector %s failed: %s", k->name, connector_reason(k->client));
				note_state(l, k);
				fail_waiting(k, why);
			}
			break;
		default:
			break;
		}
	}
}

/* --- apart ----------------------------------------------------------------------- */

static void run_until_listed(struct connector *c, int64_t until)
{
	while (connector_life(c) == LIFE_STARTING && clock_steady_us() < until) {
		struct connector_fd own[CONNECTOR_FDS];
		struct pollfd p[CONNECTOR_FDS];
		size_t i, n = connector_fds(c, own);

		for (i = 0; i < n; i++)
			p[i] = (struct pollfd){.fd = own[i].fd, .events = own[i].events};
		if (poll(p, (nfds_t)n, 100) > 0)
			for (i = 0; i < n; i++)
				if (p[i].revents != 0)
					connector_ready(c, p[i].fd, clock_steady_us());
		connector_tick(c, clock_steady_us());
	}
}

enum err_code links_probe(struct hands *h, const struct connector_record *c, struct tool **tools, int *n, struct err *e)
{
	struct connector *client = connector_new(c->name);
	enum err_code rc = start(h, c, client, e);
	size_t i, count;

	*tools = NULL;
	*n = 0;
	if (rc == ERR_OK) {
		run_until_listed(client, clock_steady_us() + 20 * US_PER_S);
		if (connector_life(client) != LIFE_RUNNING)
			rc = err_set(e, ERR_IO, "connector %s did not come up: %s", c->name, connector_reason(client));
	}
	count = rc == ERR_OK ? connector_tool_count(client) : 0;
	*tools = count > 0 ? xcalloc(count, sizeof **tools) : NULL;
	for (i = 0; i < count; i++) {
		const struct connector_tool *said = connector_tool(client, i);
		struct tool *t = &(*tools)[*n];

		if (strlen(said->name) >= sizeof t->name)
			continue;
		t->connector = c->id;
		snprintf(t->connector_name, sizeof t->connector_name, "%s", c->name);
		snprintf(t->name, sizeof t->name, "%s", said->name);
		t->effect = policy_effect(c->type, effect_names[said->effect], said->says_destructive);
		t->description = xstrdup(said->description);
		t->schema = xstrdup(said->input_schema);
		t->definition = said->hash;
		(*n)++;
	}
	connector_free(client);
	return rc;
}
