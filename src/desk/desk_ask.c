/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a face to the worker thread and back: jobs asked for, those whose request rows
 * still wait for the worker of another process, and their outcomes. */
#include "desk/desk.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/wake.h"
#include "desk/desk_private.h"
#include "model/request.h"
#include "store/lease.h"
#include "store/request.h"
#include "store/store.h"

#define UNTAKEN_US (5 * US_PER_S)	/* a request nobody took up by then is withdrawn */

void desk_job_free(struct desk_job *j)
{
	op_release(&j->op);
	outcome_release(&j->out);
	secret_free(j->secret);
	free(j);
}

static void append(struct desk_job **list, struct desk_job *j)
{
	j->next = NULL;
	while (*list != NULL)
		list = &(*list)->next;
	*list = j;
}

uint32_t desk_ask(struct desk *d, struct op *op, struct secret *secret)
{
	struct desk_job *j = xcalloc(1, sizeof *j);

	j->job.run = desk_job_run;
	j->op = *op;
	op->text = op->root = op->command = op->tools = NULL;
	j->secret = secret;
	j->out.ticket = ++d->tickets;
	j->out.kind = j->op.kind;
	j->asked_us = clock_steady_us();
	if (desk_start_worker(d, &j->out.err) == ERR_OK) {
		if (worker_post(d->worker, &j->job))
			return d->tickets;
		err_set(&j->out.err, ERR_LIMIT, "too much is being asked at once");
	}
	append(&d->ready, j);
	wake_signal(d->wake_fd);
	return d->tickets;
}

static void take_in(struct desk *d, struct desk_job *j)
{
	bool ok = j->out.err.code == ERR_OK;

	switch (j->op.kind) {
	case OP_UNLOCK:
		d->unlocked |= ok;
		break;
	case OP_LOCK_KEYS:
	case OP_PANIC:
		d->unlocked = false;
		break;
	default:
		break;
	}
	append(ok && j->request != 0 ? &d->waiting : &d->ready, j);
}

/* Taking a request back writes, so it is a job too. */
static void withdraw_run(struct job *job, struct hands *h)
{
	struct desk_job *j = (struct desk_job *)job;

	j->out.err.code = request_withdraw(h->store, j->request, clock_now_us(), &j->out.err);
}

static void say_untaken(struct desk *d, struct desk_job *j)
{
	struct lease l;

	if (lease_show(d->store, &l, NULL) == ERR_OK && l.alive)
		err_set(&j->out.err, ERR_CONFLICT, "the worker (%.80s) did not take the request up", l.holder);
	else
		err_set(&j->out.err, ERR_CONFLICT, "nobody took the request up");
	err_mend(&j->out.err, ERR_CONFLICT, "try again, or stop the other one");
}

/* True once j's request has its outcome. */
static bool look_at_request(struct desk *d, struct desk_job *j)
{
	struct request r;

	if (request_get(d->store, j->request, &r, NULL) != ERR_OK)
		return false;
	switch (r.state) {
	case REQUEST_DONE:
		snprintf(j->out.text, sizeof j->out.text, "%.1000s", r.answer);
		return true;
	case REQUEST_FAILED:
		err_set(&j->out.err, r.code != ERR_OK ? r.code : ERR_NET, "%.250s", r.answer);
		snprintf(j->out.text, sizeof j->out.text, "%.1000s", r.answer);
		return true;
	case REQUEST_WITHDRAWN:
		say_untaken(d, j);
		return true;
	case REQUEST_ASKED:
		if (!j->is_internal && clock_steady_us() - j->asked_us > UNTAKEN_US) {
			struct desk_job *w = xcalloc(1, sizeof *w);

			j->is_internal = true;	/* asked for once */
			w->job.run = withdraw_run;
			w->is_internal = true;
			w->request = j->request;
			if (!worker_post(d->worker, &w->job))
				desk_job_free(w);
		}
		return false;
	default:
		return false;
	}
}

void desk_set_timer(struct desk *d, int64_t after_us)
{
	struct itimerspec t = {.it_value = {after_us / US_PER_S, after_us % US_PER_S * 1000}};

	timerfd_settime(d->timer_fd, 0, &t, NULL);
}

void desk_collect(struct desk *d)
{
	struct desk_job **at, *j;
	struct job *job;
	uint64_t ticks;

	wake_drain(d->wake_fd);
	if (read(d->timer_fd, &ticks, sizeof ticks) < 0 && errno != EAGAIN)
		return;
	while (d->worker != NULL && (job = worker_collect(d->worker)) != NULL) {
		j = (struct desk_job *)job;
		if (j->is_internal && j->op.kind == OP_NONE)
			desk_job_free(j);
		else
			take_in(d, j);
	}
	for (at = &d->waiting; (j = *at) != NULL;) {
		if (look_at_request(d, j)) {
			*at = j->next;
			append(&d->ready, j);
		} else {
			at = &j->next;
		}
	}
	/* a request has a time limit */
	if (d->waiting != NULL)
		desk_set_timer(d, US_PER_S / 5);
}

bool desk_outcome(struct desk *d, struct outcome *out)
{
	struct desk_job *j;

	desk_collect(d);
	j = d->ready;
	if (j == NULL)
		return false;
	d->ready = j->next;
	*out = j->out;
	j->out.json = NULL;
	desk_job_free(j);
	return true;
}

void desk_wait(struct desk *d, int other_fd, int ms)
{
	struct pollfd p[3] = {{.fd = d->epoll_fd, .events = POLLIN}, {.fd = store_watch_fd(d->store), .events = POLLIN}, {.fd = other_fd, .events = POLLIN}};

	if (d->ready != NULL)
		return;
	if (poll(p, 3, ms) > 0 && p[1].revents != 0)
		(void)store_changed(d->store);
}

enum err_code desk_do(struct desk *d, struct op *op, struct secret *secret, struct outcome *out)
{
	uint32_t ticket = desk_ask(d, op, secret);

	for (;;) {
		while (desk_outcome(d, out)) {
			if (out->ticket == ticket)
				return out->err.code;
			outcome_release(out);
		}
		desk_wait(d, -1, 1000);
	}
}

/* --- the status of our own worker -------------------------------------------------- */

static void status_run(struct job *job, struct hands *h)
{
	struct desk_job *j = (struct desk_job *)job;

	worker_status(h->worker, &j->status);
	j->out.id = 1;
}

enum err_code desk_status(struct desk *d, struct worker_status *out, struct err *e)
{
	struct desk_job *j = xcalloc(1, sizeof *j);
	struct job *job;

	j->job.run = status_run;
	j->is_internal = true;
	if (d->worker == NULL || !worker_post(d->worker, &j->job)) {
		free(j);
		return err_set(e, ERR_LIMIT, "the worker does not answer");
	}
	for (;;) {
		while ((job = worker_collect(d->worker)) != NULL) {
			struct desk_job *got = (struct desk_job *)job;

			if (got == j) {
				*out = j->status;
				desk_job_free(j);
				return ERR_OK;
			}
			if (got->is_internal && got->op.kind == OP_NONE)
				desk_job_free(got);
			else
				take_in(d, got);
		}
		desk_wait(d, -1, 1000);
		wake_drain(d->wake_fd);
	}
}
