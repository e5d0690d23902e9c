/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations on the vault and the worker itself. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "desk/job.h"
#include "model/request.h"
#include "store/lease.h"
#include "store/request.h"
#include "store/store.h"
#include "vault/vault.h"

enum err_code op_unlock(struct hands *h, struct desk_job *j, struct err *e)
{
	struct vault *v;
	enum err_code rc;

	if (j->secret == NULL)
		return err_set(e, ERR_LOCKED, "no passphrase was given");
	rc = vault_open(&v, h->paths->vault, j->secret->p, j->secret->len, e);
	if (rc == ERR_OK && strcmp(vault_workspace(v), h->workspace) != 0) {
		vault_close(v);
		return err_set(e, ERR_AUTH, "the vault belongs to another workspace");
	}
	if (rc == ERR_OK)
		hands_unlock(h, v);
	return rc;
}

/* Does another process hold the lease? Then it must hear of it too. */
static bool is_elsewhere(struct hands *h)
{
	struct worker_status s;
	struct lease l;

	worker_status(h->worker, &s);
	return !s.holds_lease && lease_show(h->store, &l, NULL) == ERR_OK && l.alive;
}

static enum err_code ask_elsewhere(struct hands *h, struct desk_job *j, enum request_kind kind, struct err *e)
{
	return request_ask(h->store, kind, 0, clock_now_us(), &j->request, e);
}

enum err_code op_lock_keys(struct hands *h, struct desk_job *j, struct err *e)
{
	struct worker_status s;

	worker_status(h->worker, &s);
	if (s.holds_lease)
		worker_panic(h->worker);	/* calls are cut and booked, the vault closed */
	hands_unlock(h, NULL);
	snprintf(j->out.text, sizeof j->out.text, "the vault is locked");
	return is_elsewhere(h) ? ask_elsewhere(h, j, REQUEST_LOCK_KEYS, e) : ERR_OK;
}

enum err_code op_panic(struct hands *h, struct desk_job *j, struct err *e)
{
	int n = worker_panic(h->worker);

	snprintf(j->out.text, sizeof j->out.text, "stopped %d call%s; nothing new starts; the vault is locked", n, n == 1 ? "" : "s");
	return is_elsewhere(h) ? ask_elsewhere(h, j, REQUEST_PANIC, e) : ERR_OK;
}

enum err_code op_worker_start(struct hands *h, struct desk_job *j, struct err *e)
{
	enum err_code rc = worker_set_mode(h->worker, WORKER_RUN, 0, e);

	/* a console stays attached and takes over when the other one goes */
	worker_take_over_when_free(h->worker, j->op.has_pause);
	return rc;
}

enum err_code op_worker_stop(struct hands *h, struct desk_job *j, struct err *e)
{
	worker_take_over_when_free(h->worker, false);
	return worker_set_mode(h->worker, WORKER_JOBS, j->op.money_pd, e);
}
