/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker thread's loop.
 *
 * It sleeps in one place, transport_wait(), on: libcurl's sockets, the
 * connectors' pipes, the store's watch (another process committed) and a wake
 * fd (a job was posted). `look` says that something may have become possible;
 * without it nothing is read from the database, so that an idle worker and one
 * that only streams cost nothing. */
#include "worker/worker.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/wake.h"
#include "store/approval.h"
#include "store/lease.h"
#include "store/request.h"
#include "store/schedule.h"
#include "store/store.h"
#include "store/task.h"
#include "vault/vault.h"
#include "vendor/rules.h"
#include "worker/link_start.h"
#include "worker/private.h"
#include "worker/schedule.h"
#include "worker/steps.h"

#define FDS_MAX TRANSPORT_FDS_MAX
#define BOARD_TELL_US (50 * US_PER_MS)
#define LEASE_RETRY_US (60 * US_PER_S)
#define LEASE_SOON_US (200 * US_PER_MS)
#define LEASE_SOON_TRIES 5
#define REST_US (60 * US_PER_S)

void worker_tell(struct worker *w)
{
	wake_signal(w->o.wake_fd);
}

void worker_poke(struct worker *w)
{
	w->look = true;
}

/* --- the lease ---------------------------------------------------------------------- */

static enum err_code take_lease(struct worker *w, struct err *e)
{
	struct sweep swept;
	enum err_code rc;

	if (w->has_lease)
		return ERR_OK;
	rc = lease_take(w->h.store, w->o.holder, clock_now_us(), &w->epoch, e);
	if (rc != ERR_OK)
		return rc;
	rc = store_sweep(w->h.store, w->epoch, clock_now_us(), &swept, e);
	if (rc == ERR_OK && w->mode == WORKER_RUN)
		rc = board_make(&w->board, w->h.paths->board, w->epoch, e);
	if (rc != ERR_OK) {
		err_ignore(lease_release(w->h.store, NULL));
		return rc;
	}
	log_line(LOG_NOTE, "works, epoch %lld: %d calls cut, %d released, %d firings unknown, %d unsent", (long long)w->epoch, swept.cut, swept.released, swept.unknown, swept.unfired);
	w->has_lease = w->look = true;
	(void)hands_vault_is_current(&w->h);
	return ERR_OK;
}

static void release_lease(struct worker *w)
{
	if (!w->has_lease)
		return;
	board_free(w->board);
	w->board = NULL;
	w->has_lease = false;
	err_ignore(store_checkpoint(w->h.store, CHECKPOINT_IF_LARGE, NULL, NULL));
	err_ignore(lease_release(w->h.store, NULL));
	log_line(LOG_NOTE, "works no more, epoch %lld", (long long)w->epoch);
	worker_tell(w);
}

static void pump(struct worker *w, int64_t most_us);

/* Let what is in flight end, then cut the rest and book it. */
void worker_wind_down(struct worker *w, int64_t grace_us)
{
	int64_t until = clock_steady_us() + grace_us;

	w->stopping = true;
	links_drop_questions(w->links, "the worker stopped before it was answered");
	while (worker_in_hand(w) && clock_steady_us() < until)
		pump(w, until - clock_steady_us());
	work_stop_all(w, "the worker stops");
	serve_free(w);
	links_stop(w->links);
	while (w->works != NULL) {
		work_pause(w, w->works->task, ON_NOTHING, "");
		work_drop(w->works);
	}
	release_lease(w);
	w->stopping = false;
}

enum err_code worker_set_mode(struct worker *w, enum worker_mode mode, int64_t grace_us, struct err *e)
{
	enum err_code rc = ERR_OK;

	if (mode == WORKER_RUN) {
		enum worker_mode before = w->mode;

		if (w->mode != WORKER_RUN) {
			w->mode = WORKER_RUN;
			w->calls = w->cost_pd = 0;
		}
		w->frozen = false;
		if (w->has_lease && w->board == NULL)
			rc = board_make(&w->board, w->h.paths->board, w->epoch, e);
		else
			rc = take_lease(w, e);
		if (rc != ERR_OK) {
			w->mode = before;
			disk_refused(w);
		}
	} else {
		w->mode = mode;
		worker_wind_down(w, grace_us);
		disk_forget(w);
	}
	w->look |= rc == ERR_OK;
	worker_tell(w);
	return rc;
}

void worker_take_over_when_free(struct worker *w, bool yes)
{
	w->take_over = yes;
	w->next_try_us = 0;
}

/* Somebody waits for the worker, and it may be us: for a request's sake, or to
 * take over from one that has gone. */
static void try_lease(struct worker *w, bool changed)
{
	int64_t now = clock_steady_us();
	struct err e;

	if (w->has_lease)
		return;
	if (w->mode == WORKER_SERVE && w->serve_wanted) {
		w->serve_wanted = take_lease(w, &e) != ERR_OK;
	} else if (w->take_over && w->h.vault != NULL && (changed || now >= w->next_try_us)) {
		/* one that goes tells so a moment before it lets go of the lock */
		w->soon_tries = changed ? LEASE_SOON_TRIES : w->soon_tries > 0 ? w->soon_tries - 1 : 0;
		w->next_try_us = now + (w->soon_tries > 0 ? LEASE_SOON_US : LEASE_RETRY_US);
		if (worker_set_mode(w, WORKER_RUN, 0, &e) == ERR_OK)
			worker_tell(w);
	}
}

/* --- one round ------------------------------------------------------------------------ */

static void run_jobs(struct worker *w)
{
	struct job *j;

	while ((j = mailbox_take(w->mail)) != NULL) {
		j->run(j, &w->h);
		mailbox_return(w->mail, j);
		worker_tell(w);
	}
}

static void office_round(struct worker *w)
{
	w->look = false;
	atomic_fetch_add(&w->rounds, 1);
	if (!w->has_lease)
		return;
	serve_tick(w);
	links_answers(w->links);
	if (w->mode == WORKER_RUN && w->h.vault != NULL && !w->frozen) {
		schedule_tick(w);
		tidy_tick(w);
		prove_tick(w);
		expire_tick(w);
		fire_tick(w);
		work_tick(w);
	} else if (w->mode == WORKER_SERVE && !serve_busy(w)) {
		release_lease(w);
	}
}

/* Steady time at which something is due by the clock. */
static int64_t next_due(struct worker *w)
{
	int64_t now = clock_now_us(), steady = clock_steady_us(), at, best = INT64_MAX;

	if (w->has_lease && w->mode == WORKER_RUN && w->h.vault != NULL && !w->frozen) {
		if (task_next_due(w->h.store, &at, NULL) == ERR_OK && at != 0)
			best = at;
		if (approvals_next_due(w->h.store, &at, NULL) == ERR_OK && at != 0 && at < best)
			best = at;
		if (approvals_next_expiry(w->h.store, &at, NULL) == ERR_OK && at != 0 && at < best)
			best = at;
		if (schedule_next_due(w->h.store, &at, NULL) == ERR_OK && at != 0 && at < best)
			best = at;
	}
	if (best != INT64_MAX)
		best = steady + (best > now ? best - now : 0);
	return best;
}

static int64_t min64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t sleep_for(struct worker *w, int64_t most_us)
{
	int64_t steady = clock_steady_us(), at = steady + most_us;

	if (w->look)
		return 0;
	at = min64(at, w->due_us);
	if (w->take_over && !w->has_lease && w->h.vault != NULL)
		at = min64(at, w->next_try_us);
	at = min64(at, disk_deadline(w));
	at = min64(at, links_deadline(w->links));
	if (transport_in_flight(w->transport) > 0)
		at = min64(at, steady + US_PER_S);	/* the time limits are ours to keep */
	if (w->board_dirty)
		at = min64(at, w->board_told_us + BOARD_TELL_US);
	return at > steady ? at - steady : 0;
}

static void pump(struct worker *w, int64_t most_us)
{
	struct pollfd fds[FDS_MAX];
	size_t n = 0, links_from;
	int store_fd = store_watch_fd(w->h.store);
	int64_t steady;
	struct err e = {0};
	bool changed;

	fds[n++] = (struct pollfd){.fd = w->poke_fd, .events = POLLIN};
	if (store_fd >= 0)
		fds[n++] = (struct pollfd){.fd = store_fd, .events = POLLIN};
	links_from = n;
	n += links_fds(w->links, fds + n, FDS_MAX - n);
	if (store_sync(w->h.store, &e) != ERR_OK)	/* one for all that was booked in this round */
		log_line(LOG_ERROR, "%s", e.text);
	transport_wait(w->transport, fds, n, sleep_for(w, most_us));
	steady = clock_steady_us();
	wake_drain(w->poke_fd);
	changed = store_changed(w->h.store);
	if (changed) {
		w->look = true;
		worker_tell(w);
	}
	links_ready(w->links, fds + links_from, n - links_from, steady);
	links_tick(w->links, steady);
	transport_run(w->transport, steady);
	turn_heads_look(w, steady);
	if (w->board_dirty && steady - w->board_told_us >= BOARD_TELL_US) {
		w->board_dirty = false;
		w->board_told_us = steady;
		worker_tell(w);
	}
	if (steady >= w->due_us) {
		w->due_us = INT64_MAX;
		w->look = true;
	}
	if (!w->stopping)
		try_lease(w, changed);
}

static void *thread_main(void *arg)
{
	struct worker *w = arg;

	while (!atomic_load(&w->quit)) {
		run_jobs(w);
		if (w->look) {
			office_round(w);
			w->due_us = next_due(w);
			worker_tell(w);
		}
		disk_look(w);
		if (!atomic_load(&w->quit))
			pump(w, REST_US);
		disk_look(w);
		disk_tick(w, clock_steady_us());
	}
	run_jobs(w);
	worker_wind_down(w, 0);
	hands_unlock(&w->h, NULL);
	return NULL;
}

/* --- the face's side -------------------------------------------------------------------- */

enum err_code worker_start(struct worker **out, const struct worker_options *o, struct err *e)
{
	struct worker *w = xcalloc(1, sizeof *w);
	sigset_t all, before;
	enum err_code rc;
	int failed;

	*out = NULL;
	w->o = *o;
	w->h = (struct hands){.store = o->store, .book = o->book, .published = o->book, .paths = o->paths, .home = o->home,
		.workspace = store_workspace(o->store), .persons = o->persons, .worker = w};
	snprintf(w->h.where, sizeof w->h.where, "%s", o->where);
	snprintf(w->h.who, sizeof w->h.who, "%s", o->where);
	w->key_file = xstrdup(o->key_file != NULL ? o->key_file : "");
	w->h.key_file = w->key_file;
	w->rules = rules_new();
	w->h.rules = w->rules;
	w->mail = mailbox_new();
	pthread_mutex_init(&w->disk.lock, NULL);
	w->poke_fd = wake_new();
	rc = w->poke_fd < 0 ? err_sys(e, ERR_IO, "the worker thread could not be started") : ERR_OK;
	w->due_us = INT64_MAX;
	w->links = links_new(&w->h);
	if (rc == ERR_OK)
		rc = rules_parse(w->rules, slice_of(o->models_json), e);
	if (rc == ERR_OK)
		rc = transport_new(&w->transport, o->proxy, o->ca_file, e);
	if (rc == ERR_OK) {
		/* signals are the face's */
		sigfillset(&all);
		pthread_sigmask(SIG_SETMASK, &all, &before);
		failed = pthread_create(&w->thread, NULL, thread_main, w);
		pthread_sigmask(SIG_SETMASK, &before, NULL);
		if (failed != 0)
			rc = err_set(e, ERR_MEMORY, "the worker thread could not be started");
	}
	if (rc != ERR_OK) {
		w->o.store = NULL;	/* stays the caller's */
		w->h.store = NULL;
		worker_free(w);
		return rc;
	}
	*out = w;
	return ERR_OK;
}

bool worker_post(struct worker *w, struct job *j)
{
	if (!mailbox_post(w->mail, j))
		return false;
	wake_signal(w->poke_fd);
	return true;
}

unsigned worker_rounds(const struct worker *w)
{
	return atomic_load(&w->rounds);
}

struct job *worker_collect(struct worker *w)
{
	return mailbox_collect(w->mail);
}

void worker_finish(struct worker *w)
{
	atomic_store(&w->quit, true);
	wake_signal(w->poke_fd);
	pthread_join(w->thread, NULL);
}

void worker_free(struct worker *w)
{
	if (w == NULL)
		return;
	links_free(w->links);
	prove_free(w);
	prices_free(w);
	pace_free(w);
	transport_free(w->transport);
	free(w->key_file);
	store_close(w->h.store);
	rules_free(w->rules);
	mailbox_free(w->mail);
	pthread_mutex_destroy(&w->disk.lock);
	if (w->poke_fd >= 0)
		close(w->poke_fd);
	free(w);
}

/* --- from jobs ------------------------------------------------------------------------------ */

void worker_want_serving(struct worker *w)
{
	w->serve_wanted = true;
	if (w->mode == WORKER_JOBS)
		w->mode = WORKER_SERVE;
	w->look = true;
}

int worker_panic(struct worker *w)
{
	int n = (int)worker_calls_in_flight(w);

	w->frozen = true;
	work_stop_all(w, "panic: everything was stopped");
	links_stop(w->links);
	hands_unlock(&w->h, NULL);
	worker_tell(w);
	return n;
}

enum err_code worker_say(struct hands *h, int64_t task, const char *words, struct err *e)
{
	struct worker *w = h->worker;
	struct facts f;
	struct entry n = {.task = task, .kind = ENTRY_USER, .created_us = clock_now_us()};
	enum err_code rc = facts_load(w, task, &f, e);
	const char *question;

	if (rc == ERR_OK && (f.task.state == TASK_DONE || f.task.state == TASK_FAILED || f.task.state == TASK_CANCELLED)) {
		rc = err_set(e, ERR_ILLEGAL, "task T%lld has ended", (long long)task);
		err_mend(e, rc, "give the office a new goal");
	}
	if (rc == ERR_OK && (question = steps_open_question(&f)) != NULL) {
		rc = work_answer(w, task, question, words, false, NULL, e);
		if (rc == ERR_OK)
			rc = work_settle(w, task, e);
	} else if (rc == ERR_OK) {
		n.body = xstrdup(words);
		rc = entry_add(h->store, &n, e);
		entry_release(&n);
	}
	facts_release(&f);
	w->look = true;
	return rc;
}

enum err_code worker_probe_connector(struct hands *h, const struct connector_record *c, struct tool **tools, int *n, struct err *e)
{
	return link_probe(h, c, tools, n, e);
}
