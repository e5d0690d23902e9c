/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The goals that ended last, and those that stand still: a console that is open
 * tells them when they come new (console/news.c). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "desk/desk_private.h"
#include "desk/meter.h"
#include "money/pico.h"
#include "store/goal.h"
#include "store/spend.h"

int64_t goal_cost(struct store *s, int64_t goal, bool *is_estimated)
{
	struct spend_row spent = {.calls = 0};
	char id[24];

	snprintf(id, sizeof id, "%lld", (long long)goal);
	if (spend_of(s, SPEND_GOAL, id, SPEND_ALL_TIME, clock_day_number(clock_now_us()), &spent, NULL) != ERR_OK)
		spent = (struct spend_row){.calls = 0};
	*is_estimated = spent.estimated_pd > 0;
	return pico_add_capped(spent.cost_pd, spent.estimated_pd);
}

/* Looked up once: an end does not change, and what it cost is booked before it. */
static bool known(const struct snapshot *s, struct goal_end *g)
{
	int i;

	for (i = 0; i < s->ends_n; i++)
		if (s->ends[i].id == g->id && s->ends[i].ended_us == g->ended_us) {
			*g = s->ends[i];
			return true;
		}
	return false;
}

static void take(struct desk *d, const struct snapshot *s, struct goal *rows, int n, struct goal_end *out)
{
	int i;

	for (i = 0; i < n; i++) {
		out[i] = (struct goal_end){.id = rows[i].id, .ended_us = rows[i].ended_us, .state = rows[i].state};
		if (!known(s, &out[i])) {
			out[i].cost_pd = goal_cost(d->store, rows[i].id, &out[i].is_estimated);
			snprintf(out[i].text, sizeof out[i].text, "%s", rows[i].text != NULL ? rows[i].text : "");
		}
		goal_release(&rows[i]);
	}
}

void snapshot_goals(struct desk *d, struct snapshot *s)
{
	struct goal rows[GOAL_ENDS / 2];
	struct goal_end fresh[GOAL_ENDS];
	int n = 0, all;

	memset(rows, 0, sizeof rows);
	memset(fresh, 0, sizeof fresh);
	if (goal_ended(d->store, 0, rows, GOAL_ENDS / 2, &n, NULL) != ERR_OK)
		n = 0;
	take(d, s, rows, n, fresh);
	all = n;
	memset(rows, 0, sizeof rows);
	if (goal_stuck(d->store, rows, GOAL_ENDS / 2, &n, NULL) != ERR_OK)
		n = 0;
	take(d, s, rows, n, fresh + all);
	all += n;
	if (all != s->ends_n || memcmp(fresh, s->ends, sizeof fresh) != 0)
		snapshot_changed(s, SNAP_STATUS);
	memcpy(s->ends, fresh, sizeof fresh);
	s->ends_n = all;
}
