/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations on keys and caps. A key's free test goes over the network: it is a
 * request row, served by whoever is the worker (this process if nobody is). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "desk/job.h"
#include "model/move.h"
#include "model/request.h"
#include "store/cap.h"
#include "store/incident.h"
#include "store/key.h"
#include "store/request.h"
#include "store/store.h"
#include "vault/vault.h"
#include "worker/keys.h"

static enum err_code ask_test(struct hands *h, struct desk_job *j, const struct key *k, struct err *e)
{
	enum err_code rc = request_ask(h->store, REQUEST_KEY_TEST, k->id, "", clock_now_us(), &j->request, e);

	if (rc == ERR_OK)
		worker_want_serving(h->worker);
	return rc;
}

enum err_code op_key_add(struct hands *h, struct desk_job *j, struct err *e)
{
	struct key k = {.kind = j->op.admin ? KEY_KIND_ADMIN : KEY_KIND_API};
	enum err_code rc;

	if (j->secret == NULL)
		return err_set(e, ERR_USAGE, "no key was given");
	snprintf(k.label, sizeof k.label, "%s", j->op.name);
	snprintf(k.vendor, sizeof k.vendor, "%s", j->op.vendor);
	snprintf(k.base_url, sizeof k.base_url, "%s", j->op.base_url);
	snprintf(k.region, sizeof k.region, "%s", j->op.region);
	k.api = j->op.api;
	snprintf(k.proxy, sizeof k.proxy, "%s", j->op.proxy);
	snprintf(k.ca_file, sizeof k.ca_file, "%s", j->op.ca_file);
	rc = keys_add(h, &k, j->secret, e);
	j->out.id = rc == ERR_OK ? k.id : 0;
	if (rc == ERR_OK)
		snprintf(j->op.name, sizeof j->op.name, "%s", k.label);
	return rc == ERR_OK ? ask_test(h, j, &k, e) : rc;
}

enum err_code op_key_rotate(struct hands *h, struct desk_job *j, struct err *e)
{
	struct key k = {0};
	enum err_code rc;

	if (j->secret == NULL)
		return err_set(e, ERR_USAGE, "no key was given");
	rc = keys_rotate(h, j->op.name, j->secret, &k, e);
	j->out.id = rc == ERR_OK ? k.id : 0;
	return rc == ERR_OK ? ask_test(h, j, &k, e) : rc;
}

static enum err_code find(struct hands *h, struct desk_job *j, struct key *k, struct err *e)
{
	enum err_code rc = key_by_label(h->store, j->op.name, k, e);

	if (rc == ERR_MISSING) {
		err_set(e, rc, "no key is called %.60s", j->op.name);
		err_mend(e, rc, "see: claviger key list");
	}
	j->out.id = rc == ERR_OK ? k->id : 0;
	return rc;
}

enum err_code op_key_test(struct hands *h, struct desk_job *j, struct err *e)
{
	struct key k;
	enum err_code rc = find(h, j, &k, e);

	return rc == ERR_OK ? ask_test(h, j, &k, e) : rc;
}

enum err_code op_key_models(struct hands *h, struct desk_job *j, struct err *e)
{
	return op_key_test(h, j, e);
}

enum err_code op_key_retire(struct hands *h, struct desk_job *j, struct err *e)
{
	struct key k;
	enum err_code rc = find(h, j, &k, e);

	if (rc == ERR_OK)
		rc = key_move(h->store, k.id, KEY_RETIRED, "retired by a person", clock_now_us(), e);
	if (rc == ERR_OK)
		snprintf(j->out.text, sizeof j->out.text, "%s is retired here; revoke it for good at %s", k.label, keys_console(k.vendor));
	return rc;
}

enum err_code op_key_remove(struct hands *h, struct desk_job *j, struct err *e)
{
	struct key k;
	bool done = true;
	enum err_code rc = find(h, j, &k, e);

	if (rc == ERR_OK)
		rc = key_remove(h->store, k.id, h->who, clock_now_us(), e);
	/* what was deleted stays readable in the write-ahead log until it is cut */
	if (rc == ERR_OK)
		rc = store_checkpoint(h->store, CHECKPOINT_TRUNCATE, &done, e);
	if (rc == ERR_OK)
		snprintf(j->out.text, sizeof j->out.text, "%s is removed%s; revoke it for good at %s", k.label,
		    done ? "" : " (another console holds the log open: its sealed bytes go when that ends)", keys_console(k.vendor));
	return rc;
}

enum err_code op_sign_cap(struct hands *h, struct cap *c, struct err *e)
{
	struct buf b;
	enum err_code rc;

	buf_init(&b, 4096);
	cap_bytes(h->workspace, c, &b);
	rc = vault_mac(h->vault, VAULT_CAP, b.p, b.len, &c->mac, e);
	buf_release(&b);
	return rc;
}

/* Setting the limit anew answers what was asked about it. */
static enum err_code close_incidents(struct hands *h, const struct cap *c, struct err *e)
{
	char name[NAME_MAX_BYTES];
	enum err_code rc;

	cap_name(c->scope, c->ref, c->window, name);
	rc = incident_close(h->store, "cap", name, "set anew", h->who, c->created_us, e);
	if (rc == ERR_OK)
		rc = op_withdraw_raise(h, c->scope, c->ref, c->window, "the limit was set anew", e);
	return rc == ERR_OK ? incident_close(h->store, "cap_changed", "", "set anew", h->who, c->created_us, e) : rc;
}

enum err_code op_cap_set(struct hands *h, struct desk_job *j, struct err *e)
{
	struct cap c = j->op.cap;
	enum err_code rc;

	if (c.limit_pd < 0)
		return err_set(e, ERR_USAGE, "a cap cannot be below zero");
	c.created_us = clock_now_us();
	if (c.warn_percent == 0)
		c.warn_percent = 80;
	rc = op_sign_cap(h, &c, e);
	if (rc == ERR_OK)
		rc = cap_set(h->store, &c, h->who, c.created_us, e);
	if (rc == ERR_OK)
		rc = close_incidents(h, &c, e);
	j->out.id = c.id;
	return rc == ERR_OK ? worker_wake_tasks(h, ON_CAP, e) : rc;
}

enum err_code op_cap_remove(struct hands *h, struct desk_job *j, struct err *e)
{
	enum err_code rc = cap_remove(h->store, j->op.id, h->who, clock_now_us(), e);

	return rc == ERR_OK ? worker_wake_tasks(h, ON_CAP, e) : rc;
}
