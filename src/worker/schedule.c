/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work that comes round. A schedule makes a goal and nothing more: what that costs
 * is held, capped and approved like any other. Times missed while nobody worked or
 * the vault was locked are one run, not many. */
#include "worker/schedule.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "model/move.h"
#include "model/schedule.h"
#include "store/agent.h"
#include "store/goal.h"
#include "store/schedule.h"
#include "store/store.h"
#include "store/task.h"
#include "worker/private.h"

#define DUE_MAX 16
#define LOOK_DAYS 800	/* ahead: every interval and every set of days meets within that */

/* --- goals -------------------------------------------------------------------------- */

/* The first line, cut between characters. */
static void title_of(const char *before, const char *text, char out[TITLE_MAX_BYTES])
{
	struct slice s = slice_make(text, strcspn(text, "\r\n"));
	size_t used = strlen(before), n;

	snprintf(out, TITLE_MAX_BYTES, "%s", before);
	while (s.len > 0 && (n = utf8_sequence(s)) > 0 && used + n < 100) {
		memcpy(out + used, s.p, n);
		used += n;
		s.p += n;
		s.len -= n;
	}
	out[used] = '\0';
}

enum err_code worker_goal_new(struct hands *h, const char *text, const struct agent *a, bool planned, int64_t cap_pd, int64_t *id, struct err *e)
{
	struct goal g = {.state = planned ? GOAL_PLANNING : GOAL_ACTIVE, .cap_pd = cap_pd, .created_us = clock_now_us()};
	struct task t = {.kind = planned ? TASK_PLAN : TASK_WORK, .state = TASK_READY, .created_us = g.created_us, .tier = a->tier};
	enum err_code rc = store_begin(h->store, e);

	if (rc != ERR_OK)
		return rc;
	g.text = xstrdup(text);
	if (!planned)
		snprintf(g.agent, sizeof g.agent, "%s", a->name);
	rc = goal_add(h->store, &g, e);
	t.goal = g.id;
	t.instructions = g.text;
	snprintf(t.agent, sizeof t.agent, "%s", a->name);
	title_of(planned ? "Plan: " : "", text, t.title);
	if (rc == ERR_OK)
		rc = task_add(h->store, &t, e);
	if (rc == ERR_OK)
		rc = store_commit(h->store, e);
	else
		store_rollback(h->store);
	*id = g.id;
	free(g.text);
	return rc;
}

/* --- when ----------------------------------------------------------------------------- */

static bool is_on_day(const struct schedule *s, int64_t day)
{
	return (s->days & 1U << ((day + 3) % 7)) != 0;	/* day 0 was a Thursday */
}

static int64_t next_at_time(const struct schedule *s, int64_t after_us)
{
	int64_t first = clock_day_number(s->created_us), every = s->every_us / US_PER_DAY, day = clock_day_number(after_us), end = day + LOOK_DAYS;

	for (; day < end; day++) {
		int64_t at = clock_day_minute(day, s->at_minute);

		if (at > after_us && day >= first && (day - first) % every == 0 && is_on_day(s, day))
			return at;
	}
	return 0;
}

int64_t worker_schedule_next(const struct schedule *s, int64_t after_us)
{
	int64_t at, end = after_us + LOOK_DAYS * US_PER_DAY;

	if (s->at_minute >= 0)
		return next_at_time(s, after_us);
	at = s->created_us;
	if (after_us >= at)
		at += ((after_us - at) / s->every_us + 1) * s->every_us;
	for (; at < end; at += s->every_us)
		if (is_on_day(s, clock_day_number(at)))
			return at;
	return 0;
}

/* --- due ------------------------------------------------------------------------------ */

static bool is_at_work(struct worker *w, const struct schedule *s)
{
	struct goal g = {0};
	bool open = s->goal != 0 && goal_get(w->h.store, s->goal, &g, NULL) == ERR_OK && g.state != GOAL_DONE && g.state != GOAL_FAILED && g.state != GOAL_CANCELLED;

	goal_release(&g);
	return open;
}

/* What it is told beside its words: what was there at the last run was seen then. */
static char *words_of(const struct schedule *s)
{
	char last[20];

	if (s->last_us == 0)
		return xasprintf("%s\n\n(This comes round by itself; it is the first time.)", s->text);
	clock_local(s->last_us, last);
	return xasprintf("%s\n\n(This comes round by itself. It was last done at %s: what was there then has been dealt with, so look at what is new since.)", s->text, last);
}

static enum err_code run(struct worker *w, struct schedule *s, int64_t now, struct err *e)
{
	struct agent a = {0};
	char *words;
	enum err_code rc = store_begin(w->h.store, e);

	if (rc != ERR_OK)
		return rc;
	s->why[0] = '\0';
	if (is_at_work(w, s))
		snprintf(s->why, sizeof s->why, "not begun anew: G%lld is still worked on", (long long)s->goal);
	else if (agent_get(w->h.store, s->agent, &a, NULL) != ERR_OK)
		snprintf(s->why, sizeof s->why, "there is no agent %s any more", s->agent);
	if (s->why[0] == '\0') {
		words = words_of(s);
		rc = worker_goal_new(&w->h, words, &a, strcmp(a.role, "ceo") == 0, 0, &s->goal, e);
		free(words);
	}
	if (rc == ERR_OK)
		rc = schedule_ran(w->h.store, s, worker_schedule_next(s, now), now, e);
	agent_release(&a);
	if (rc == ERR_OK)
		return store_commit(w->h.store, e);
	store_rollback(w->h.store);
	return rc;
}

void schedule_tick(struct worker *w)
{
	struct schedule rows[DUE_MAX];
	int64_t now = clock_now_us();
	int n = 0, i;

	memset(rows, 0, sizeof rows);
	if (schedule_list_due(w->h.store, now, rows, DUE_MAX, &n, NULL) != ERR_OK)
		n = 0;
	for (i = 0; i < n; i++) {
		struct err e = {0};
		enum err_code rc = run(w, &rows[i], now, &e);

		if (rc != ERR_OK && rc != ERR_CONFLICT)
			log_line(LOG_ERROR, "schedule %lld: %s", (long long)rows[i].id, e.text);
		w->look |= rc == ERR_OK;
		schedule_release(&rows[i]);
	}
}
