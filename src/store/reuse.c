/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/reuse.h"

#include <string.h>

#include "base/clock.h"
#include "store/sql.h"

#define SOON_US (5 * 60 * US_PER_S)
#define LATER_US (3600 * US_PER_S)
#define TASKS_SEEN 64

/* Newest first: next_us is when the call behind this one went, 0: there is none yet. */
static void count(struct cache_reuse *r, int64_t at_us, int64_t next_us, int64_t now_us)
{
	int64_t gap = (next_us > 0 ? next_us : now_us) - at_us;

	if (gap > LATER_US)
		r->ended++;
	else if (next_us > 0 && gap <= SOON_US)
		r->soon++;
	else if (next_us > 0)
		r->later++;
}

enum err_code calls_reuse(struct store *s, const char *agent, int64_t now_us, struct cache_reuse *prefix, struct cache_reuse *history, struct err *e)
{
	struct {
		int64_t task, at_us;
	} seen[TASKS_SEEN];
	int64_t last_us = 0;
	size_t n = 0, i;
	sqlite3_stmt *st;
	int got;
	enum err_code rc = sql_query(s, &st, e, "SELECT task, held_us FROM (SELECT id, agent, task, held_us FROM call ORDER BY id DESC LIMIT 256) WHERE agent = ? ORDER BY id DESC", "t", agent);

	memset(prefix, 0, sizeof *prefix);
	memset(history, 0, sizeof *history);
	if (rc != ERR_OK)
		return rc;
	while ((got = sql_step(s, st, e)) == 1) {
		int64_t task = col_int(st, 0), at_us = col_int(st, 1);

		count(prefix, at_us, last_us, now_us);
		last_us = at_us;
		for (i = 0; i < n && seen[i].task != task; i++)
			continue;
		if (i == TASKS_SEEN)
			continue;
		count(history, at_us, i < n ? seen[i].at_us : 0, now_us);
		seen[i].task = task;
		seen[i].at_us = at_us;
		n += i == n;
	}
	return got < 0 ? ERR_IO : ERR_OK;
}
