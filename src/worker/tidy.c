/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Content that has had its time goes, where the person set one. */
#include "base/clock.h"
#include "base/log.h"
#include "store/purge.h"
#include "worker/private.h"

#define TIDY_EVERY_US (3600 * US_PER_S)

void tidy_tick(struct worker *w)
{
	int64_t now = clock_now_us(), steady = clock_steady_us();
	struct purge_count n;
	struct err e = {0};

	if (w->o.purge_after_days <= 0 || (w->tidy_us != 0 && steady < w->tidy_us))
		return;
	w->tidy_us = steady + TIDY_EVERY_US;
	if (store_purge(w->h.store, now - w->o.purge_after_days * US_PER_DAY, "the worker, by setting", now, &n, &e) != ERR_OK)
		log_line(LOG_ERROR, "old content could not be purged: %s", e.text);
	else if (n.tasks + n.entries + n.payloads + n.receipts > 0)
		err_ignore(store_checkpoint(w->h.store, CHECKPOINT_TRUNCATE, NULL, NULL));
}
