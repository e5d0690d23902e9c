/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A full disk, or one that fails. Whatever was in hand could not be written down, so nothing
 * may go on from it: calls end or are cut, the lease is let go, and once a write succeeds the
 * worker begins as after a crash. Without that each thing that failed would try for itself,
 * at once and for ever. */
#include <pthread.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/store.h"
#include "worker/private.h"

#define GRACE_US (5 * US_PER_S)
#define FIRST_US (1 * US_PER_S)		/* doubles with each try */
#define LAST_US (30 * US_PER_S)

static void keep(struct worker *w, const struct err *e, int tries)
{
	int64_t wait = tries > 5 ? LAST_US : FIRST_US << (tries > 0 ? tries - 1 : 0);

	pthread_mutex_lock(&w->disk.lock);
	w->disk.err = *e;
	w->disk.tries = tries;
	pthread_mutex_unlock(&w->disk.lock);
	w->disk.due_us = clock_steady_us() + (wait < LAST_US ? wait : LAST_US);
	atomic_fetch_add(&w->rounds, 1);	/* who waits for a change shall look */
	worker_tell(w);
}

enum err_code worker_fault(struct worker *w, int *tries, struct err *e)
{
	pthread_mutex_lock(&w->disk.lock);
	*e = w->disk.err;
	*tries = w->disk.tries;
	pthread_mutex_unlock(&w->disk.lock);
	return e->code;
}

void disk_look(struct worker *w)
{
	int64_t again = clock_steady_us() + FIRST_US;
	struct err e;

	/* something may have been passed over that could not be read just then */
	if (store_stumbled(w->h.store) && w->due_us > again)
		w->due_us = again;
	if (!w->has_lease || w->mode != WORKER_RUN || w->stopping)
		return;
	if (store_fault(w->h.store, &e) == ERR_OK) {
		if (w->disk.tries > 0)
			keep(w, &e, 0);
		return;
	}
	log_line(LOG_ERROR, "nothing can be written down: %s", e.text);
	keep(w, &e, w->disk.tries + 1);
	worker_wind_down(w, GRACE_US);
}

void disk_refused(struct worker *w)
{
	struct err e;

	if (store_fault(w->h.store, &e) != ERR_OK)
		keep(w, &e, w->disk.tries + 1);
}

void disk_forget(struct worker *w)
{
	struct err none = {0};

	if (w->disk.tries > 0)
		keep(w, &none, 0);
}

int64_t disk_deadline(const struct worker *w)
{
	bool is_wanted = w->mode == WORKER_RUN || (w->take_over && w->h.vault != NULL);

	return w->disk.tries > 0 && !w->has_lease && is_wanted ? w->disk.due_us : INT64_MAX;
}

void disk_tick(struct worker *w, int64_t steady_us)
{
	struct err e = {0};
	enum err_code rc;

	if (steady_us < disk_deadline(w))
		return;
	if (store_try(w->h.store, &e) != ERR_OK) {
		keep(w, &e, w->disk.tries + 1);
		return;
	}
	rc = worker_set_mode(w, WORKER_RUN, 0, &e);
	if (rc == ERR_OK)
		log_line(LOG_NOTE, "it can be written again");
	else if (store_fault(w->h.store, NULL) == ERR_OK)
		disk_forget(w);		/* somebody else works */
}
