/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the worker has in hand, and whether anything could go on without a person. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "store/approval.h"
#include "store/task.h"
#include "worker/private.h"

size_t worker_calls_in_flight(const struct worker *w)
{
	const struct work *k;
	size_t n = 0;

	for (k = w->works; k != NULL; k = k->next)
		n += k->turn != NULL;
	return n;
}

bool worker_in_hand(const struct worker *w)
{
	return worker_calls_in_flight(w) > 0 || links_in_flight(w->links) > 0 || w->shots > 0 || serve_busy(w);
}

static bool may_go_on(struct worker *w, struct worker_status *out)
{
	struct task *rows = xcalloc(256, sizeof *rows);
	bool possible = false;
	int64_t at = 0;
	int n = 0, i;

	if (task_next_ready(w->h.store, rows, 1, &n, NULL) == ERR_OK && n > 0) {
		possible = true;
		task_release(&rows[0]);
	}
	if (task_next_due(w->h.store, &at, NULL) == ERR_OK && at != 0)
		possible = true;
	at = 0;
	if (approvals_next_due(w->h.store, &at, NULL) == ERR_OK && at != 0)
		possible = true;
	n = 0;
	memset(rows, 0, 256 * sizeof *rows);
	if (task_list(w->h.store, 0, TASKS_OPEN, 0, rows, 256, &n, NULL) != ERR_OK)
		n = 0;
	for (i = 0; i < n; i++) {
		out->waits_cap |= rows[i].state == TASK_PAUSED && rows[i].on == ON_CAP;
		out->waits_key |= rows[i].state == TASK_PAUSED && rows[i].on == ON_KEY;
		task_release(&rows[i]);
	}
	free(rows);
	return possible;
}

void worker_status(struct worker *w, struct worker_status *out)
{
	*out = (struct worker_status){.mode = w->mode, .holds_lease = w->has_lease, .is_unlocked = w->h.vault != NULL,
		.calls_in_flight = (int)worker_calls_in_flight(w), .calls = w->calls, .cost_pd = w->cost_pd};
	out->is_idle = !may_go_on(w, out) && !worker_in_hand(w) && !w->look && w->disk.tries == 0;
}
