/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker without a screen: `claviger run`. The face's thread only waits,
 * asks its worker thread how it stands, and tells what happened. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/date.h"
#include "base/json.h"
#include "desk/desk_private.h"
#include "store/approval.h"
#include "store/journal.h"
#include "store/lease.h"
#include "store/store.h"

#define LEASE_WAIT_US (5 * US_PER_S)
#define STOP_GRACE_US (5 * US_PER_S)
#define EVENTS_AT_ONCE 64
#define FAULT_TRIES 3

/* Another verb may hold the lease for a moment: wait for that, not for a worker. */
static enum err_code begin(struct desk *d, struct err *e)
{
	int64_t until = clock_steady_us() + LEASE_WAIT_US;

	for (;;) {
		struct op op = {.kind = OP_WORKER_START};
		struct outcome out = {0};
		enum err_code rc = desk_do(d, &op, NULL, &out);

		*e = out.err;
		outcome_release(&out);
		if (rc != ERR_CONFLICT || clock_steady_us() >= until)
			return rc;
		poll(NULL, 0, 100);
	}
}

static void tell_entry(const struct run_options *o, const struct journal_entry *j)
{
	struct json_out out;
	struct buf b;
	char when[DATE_TEXT];

	buf_init(&b, 8192);
	date_rfc3339(j->at_us, when);
	json_start(&out, &b);
	json_open(&out, NULL, '{');
	json_put_text(&out, "time", when);
	json_put_text(&out, "event", j->kind);
	json_put_text(&out, "ref", j->ref);
	json_put_text(&out, "who", j->who);
	json_put_int(&out, "seq", j->seq);
	json_close(&out, '}');
	o->event(o->user, buf_text(&b));
	buf_release(&b);
}

/* What the journal gained since *seq, oldest first. */
static void tell_events(struct desk *d, const struct run_options *o, int64_t *seq)
{
	struct journal_entry rows[EVENTS_AT_ONCE];
	int n = 0, i;

	if (!o->events || journal_list(d->store, 0, rows, EVENTS_AT_ONCE, &n, NULL) != ERR_OK)
		return;
	for (i = n - 1; i >= 0; i--)
		if (rows[i].seq > *seq) {
			tell_entry(o, &rows[i]);
			*seq = rows[i].seq;
		}
}

/* A database that takes nothing: who runs until idle is told at the end, all others now. */
static bool has_fault(struct desk *d, const struct run_options *o, bool *told, struct err *e)
{
	int tries;

	if (worker_fault(d->worker, &tries, e) == ERR_OK) {
		*told = false;
		return false;
	}
	if (!o->until_idle && !*told)
		o->trouble(o->user, e);
	*told = true;
	return o->until_idle && tries >= FAULT_TRIES;
}

static const char *why_idle(const struct worker_status *s)
{
	return s->waits_key ? "revoked" : s->waits_cap ? "cap" : "idle";
}

/* NULL: go on. */
static const char *is_over(struct desk *d, const struct run_options *o, int64_t until, struct worker_status *s)
{
	struct pollfd stop = {.fd = o->stop_fd, .events = POLLIN};

	if (o->stop_fd >= 0 && poll(&stop, 1, 0) > 0)
		return "signal";
	d->rounds_seen = worker_rounds(d->worker);
	if (desk_status(d, s, NULL) != ERR_OK)
		return "signal";
	if (!s->is_unlocked)
		return "locked";
	if (s->mode != WORKER_RUN)
		return "signal";
	if (until != 0 && clock_steady_us() >= until)
		return "time";
	return o->until_idle && s->is_idle ? why_idle(s) : NULL;
}

/* Until the worker has gone round again, or the time is up, or a signal came. */
static void await_change(struct desk *d, const struct run_options *o, int64_t until)
{
	unsigned rounds = d->rounds_seen;
	struct pollfd stop = {.fd = o->stop_fd, .events = POLLIN};

	while (worker_rounds(d->worker) == rounds) {
		int64_t left = until != 0 ? until - clock_steady_us() : US_PER_S;

		if (left <= 0 || (o->stop_fd >= 0 && poll(&stop, 1, 0) > 0))
			return;
		desk_wait(d, o->stop_fd, left > US_PER_S ? 1000 : (int)(left / US_PER_MS) + 1);
		desk_collect(d);
	}
}

enum err_code desk_run(struct desk *d, const struct run_options *o, struct run_result *r, struct err *e)
{
	int64_t until = o->for_s > 0 ? clock_steady_us() + o->for_s * US_PER_S : 0, seq = 0, oldest;
	struct worker_status s = {0};
	struct journal_entry head;
	struct op stop = {.kind = OP_WORKER_STOP, .money_pd = STOP_GRACE_US};
	struct outcome out = {0};
	struct err local = {0}, fault = {0};
	bool told = false;
	int pending = 0;
	enum err_code rc = begin(d, e != NULL ? e : &local);

	*r = (struct run_result){0};
	if (rc != ERR_OK)
		return rc;
	if (journal_head(d->store, &head, NULL) == ERR_OK)
		seq = head.seq;
	while ((r->stopped = has_fault(d, o, &told, &fault) ? "fault" : is_over(d, o, until, &s)) == NULL) {
		await_change(d, o, until);
		tell_events(d, o, &seq);
	}
	rc = desk_do(d, &stop, NULL, &out);
	if (rc != ERR_OK && e != NULL)
		*e = out.err;
	outcome_release(&out);
	if (desk_status(d, &s, NULL) == ERR_OK) {
		r->calls = s.calls;
		r->cost_pd = s.cost_pd;
	}
	tell_events(d, o, &seq);
	if (approval_count_pending(d->store, &pending, &oldest, NULL) == ERR_OK)
		r->pending_approvals = pending;
	if (fault.code != ERR_OK && strcmp(r->stopped, "fault") == 0) {
		rc = fault.code;
		if (e != NULL)
			*e = fault;
	}
	return rc;
}
