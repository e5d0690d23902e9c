/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What tasks do next.
 *
 * Everything that decides is in the database: a task is taken up by looking at
 * its history, not at what this process remembers. The last assistant entry is
 * either answered in full (then the next call follows) or some of its tool
 * calls are open (then they are looked at again: reads are run, proposals
 * become approvals, ended approvals become results). So a worker that comes
 * after a crash goes on where the last one was cut off. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "office/step.h"
#include "store/approval.h"
#include "store/store.h"
#include "store/task.h"
#include "worker/private.h"
#include "worker/steps.h"

#define OPEN_TASKS_MAX 256

struct work *work_of(struct worker *w, int64_t task)
{
	struct work *k;

	for (k = w->works; k != NULL; k = k->next)
		if (k->task == task)
			return k;
	return NULL;
}

static struct work *work_new(struct worker *w, int64_t task)
{
	struct work *k = work_of(w, task);

	if (k == NULL) {
		k = xcalloc(1, sizeof *k);
		k->w = w;
		k->task = task;
		k->next = w->works;
		w->works = k;
		w->works_n++;
	}
	return k;
}

void work_drop(struct work *k)
{
	struct work **at;

	for (at = &k->w->works; *at != k; at = &(*at)->next)
		continue;
	*at = k->next;
	k->w->works_n--;
	free(k);
}

static bool is_busy(const struct work *k)
{
	return k->turn != NULL || k->reads_open > 0;
}

/* --- states ---------------------------------------------------------------------- */

void work_pause(struct worker *w, int64_t task, enum task_on on, const char *why)
{
	struct task t = {0};
	struct err e = {0};
	enum task_state to = w->stopping ? TASK_READY : TASK_PAUSED;

	/* a person may have cancelled or paused it meanwhile: theirs stands */
	if (task_get(w->h.store, task, &t, &e) != ERR_OK || t.state != TASK_RUNNING) {
		task_release(&t);
		return;
	}
	if (task_move(w->h.store, task, to, w->stopping ? ON_NOTHING : on, w->stopping ? "" : why, clock_now_us(), &e) != ERR_OK)
		log_line(LOG_ERROR, "task %lld could not be paused: %s", (long long)task, e.text);
	task_release(&t);
	w->look = true;
}

enum err_code work_end_task(struct worker *w, const struct task *t, enum task_state to, const char *words, const char *why, struct err *e)
{
	struct store *s = w->h.store;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	if (words != NULL)
		rc = task_set_result(s, t->id, words, e);
	if (rc == ERR_OK)
		rc = task_move(s, t->id, to, ON_NOTHING, why, clock_now_us(), e);
	if (rc == ERR_OK)
		rc = approval_drop_asked(s, t->id, t->agent, clock_now_us(), e);
	if (rc == ERR_OK)
		rc = worker_goal_progress(&w->h, t->goal, e);
	if (rc == ERR_OK)
		return store_commit(s, e);
	store_rollback(s);
	return rc;
}

/* --- answers --------------------------------------------------------------------- */

enum err_code work_answer(struct worker *w, int64_t task, const char *tool_use_id, const char *text, bool is_error, const char *source, struct err *e)
{
	struct entry n = {.task = task, .kind = ENTRY_TOOL_RESULT, .is_error = is_error, .untrusted = source != NULL, .created_us = clock_now_us()};
	enum err_code rc;

	snprintf(n.tool_use_id, sizeof n.tool_use_id, "%s", tool_use_id);
	snprintf(n.source, sizeof n.source, "%s", source != NULL ? source : "");
	n.body = xstrdup(text);
	rc = entry_add(w->h.store, &n, e);
	if (rc == ERR_OK && source != NULL)
		rc = task_mark_untrusted(w->h.store, task, e);
	entry_release(&n);
	return rc;
}

/* --- one task ---------------------------------------------------------------------- */

static void fail(struct work *k, const struct err *e)
{
	log_line(LOG_ERROR, "task %lld: %s", (long long)k->task, e->text);
	work_pause(k->w, k->task, ON_ERROR, e->text);
}

/* All that can be answered without a person is: where does the task stand? */
static enum err_code conclude(struct work *k, const struct facts *f, const struct turn_calls *c, struct err *e)
{
	struct worker *w = k->w;
	enum task_on on = ON_NOTHING;
	enum task_state to;

	if (k->reads_open > 0)
		return ERR_OK;
	to = step_open(0, c->people_open, &on);
	if (to == TASK_READY)
		on = ON_NOTHING;
	w->look = true;
	return task_move(w->h.store, f->task.id, to, on, to == TASK_WAITING ? c->why : "", clock_now_us(), e);
}

static enum err_code carry_out(struct work *k, struct facts *f, struct err *e)
{
	struct worker *w = k->w;
	struct turn_calls c;
	enum err_code rc = steps_take(k, f, &c, e);

	if (rc == ERR_OK && c.ends) {
		rc = work_end_task(w, &f->task, c.end_state, c.result, c.why, e);
		w->look = true;
	} else if (rc == ERR_OK && c.goes_on) {
		rc = turn_start(k, f, e);	/* a pause of the model's: send it back unchanged */
	} else if (rc == ERR_OK) {
		rc = conclude(k, f, &c, e);
	}
	steps_release(&c);
	return rc;
}

/* Take the task up where its history ends. */
static void go_on(struct work *k)
{
	struct facts f;
	struct err e = {0};
	enum err_code rc = facts_load(k->w, k->task, &f, &e);

	if (rc == ERR_OK)
		rc = hands_verify_agent(&k->w->h, &f.agent, &e);
	if (rc == ERR_OK && f.agent.paused) {
		work_pause(k->w, k->task, ON_PERSON, "its agent is paused");
	} else if (rc == ERR_OK) {
		rc = steps_open_calls(&f) ? carry_out(k, &f, &e) : turn_start(k, &f, &e);
	}
	if (rc != ERR_OK)
		fail(k, &e);
	facts_release(&f);
}

void work_reply(struct work *k)
{
	go_on(k);
	k->w->look = true;
	worker_tell(k->w);
}

void work_read_done(struct work *k)
{
	struct facts f;
	struct err e = {0};
	enum err_code rc;

	if (--k->reads_open > 0 || k->w->stopping)
		return;
	rc = facts_load(k->w, k->task, &f, &e);
	if (rc == ERR_OK && f.task.state == TASK_RUNNING) {
		struct turn_calls c;

		rc = steps_count_open(k->w, &f, &c, &e);
		if (rc == ERR_OK)
			rc = conclude(k, &f, &c, &e);
		steps_release(&c);
	}
	if (rc != ERR_OK)
		fail(k, &e);
	facts_release(&f);
	k->w->look = true;
	worker_tell(k->w);
}

enum err_code work_settle(struct worker *w, int64_t task, struct err *e)
{
	struct facts f;
	struct turn_calls c = {0};
	enum err_code rc = facts_load(w, task, &f, e);

	if (rc == ERR_OK && f.task.state == TASK_WAITING && f.task.on == ON_PERSON) {
		rc = store_begin(w->h.store, e);
		if (rc == ERR_OK) {
			rc = steps_settle(w, &f, &c, e);
			if (rc == ERR_OK && c.people_open == 0 && c.settled) {
				rc = task_move(w->h.store, task, TASK_READY, ON_NOTHING, "", clock_now_us(), e);
				w->look = true;
			}
			if (rc == ERR_OK)
				rc = store_commit(w->h.store, e);
			else
				store_rollback(w->h.store);
		}
	}
	steps_release(&c);
	facts_release(&f);
	return rc;
}

enum err_code worker_wake_tasks(struct hands *h, enum task_on on, struct err *e)
{
	struct task *rows = xcalloc(OPEN_TASKS_MAX, sizeof *rows);
	int n = 0, i;
	enum err_code rc = task_list(h->store, 0, TASKS_OPEN, 0, rows, OPEN_TASKS_MAX, &n, e);

	for (i = 0; i < n; i++) {
		if (rc == ERR_OK && rows[i].state == TASK_PAUSED && rows[i].on == on)
			rc = task_move(h->store, rows[i].id, TASK_READY, ON_NOTHING, "", clock_now_us(), e);
		task_release(&rows[i]);
	}
	free(rows);
	h->worker->look = true;
	return rc;
}

/* --- the tick ------------------------------------------------------------------------ */

/* A person may have cancelled or paused what we are working on. */
static void check_works(struct worker *w)
{
	struct work *k, *next;

	for (k = w->works; k != NULL; k = next) {
		struct task t = {0};
		bool ours;

		next = k->next;
		ours = task_get(w->h.store, k->task, &t, NULL) == ERR_OK && t.state == TASK_RUNNING;
		if (!ours && k->turn != NULL)
			turn_stop(k->turn, "the task was stopped");
		if (!ours && k->reads_open > 0)
			links_cancel_reads(w->links, k->task);
		if (!is_busy(k) && !ours && !(k->tries > 0 && t.state == TASK_WAITING && t.on == ON_VENDOR) && !(k->tries > 0 && t.state == TASK_READY))
			work_drop(k);
		task_release(&t);
	}
}

static void take_up_due(struct worker *w)
{
	struct task rows[16];
	int n = 0, i;

	memset(rows, 0, sizeof rows);
	if (task_list_due(w->h.store, clock_now_us(), rows, LENGTH(rows), &n, NULL) != ERR_OK)
		return;
	for (i = 0; i < n; i++) {
		err_ignore(task_move(w->h.store, rows[i].id, TASK_READY, ON_NOTHING, "", clock_now_us(), NULL));
		task_release(&rows[i]);
	}
}

/* Decisions may have been made by any process: look at who waits for a person. */
static void settle_waiting(struct worker *w)
{
	struct task *rows = xcalloc(OPEN_TASKS_MAX, sizeof *rows);
	struct err e = {0};
	int n = 0, i;

	if (task_list(w->h.store, 0, TASKS_OPEN, 0, rows, OPEN_TASKS_MAX, &n, NULL) != ERR_OK)
		n = 0;
	for (i = 0; i < n; i++) {
		if (rows[i].state == TASK_WAITING && rows[i].on == ON_PERSON && work_settle(w, rows[i].id, &e) != ERR_OK)
			log_line(LOG_ERROR, "task %lld: %s", (long long)rows[i].id, e.text);
		task_release(&rows[i]);
	}
	free(rows);
}

static void start_ready(struct worker *w)
{
	struct task rows[WORK_MAX];
	struct err e = {0};
	int n = 0, i, busy = 0;
	struct work *k;

	for (k = w->works; k != NULL; k = k->next)
		busy += is_busy(k);
	memset(rows, 0, sizeof rows);
	if (task_next_ready(w->h.store, rows, WORK_MAX, &n, NULL) != ERR_OK)
		n = 0;
	for (i = 0; i < n; i++) {
		k = work_of(w, rows[i].id);
		if (busy < WORK_MAX && (k == NULL || !is_busy(k))) {
			if (task_move(w->h.store, rows[i].id, TASK_RUNNING, ON_NOTHING, "", clock_now_us(), &e) == ERR_OK) {
				go_on(work_new(w, rows[i].id));
				busy++;
			} else {
				log_line(LOG_ERROR, "task %lld: %s", (long long)rows[i].id, e.text);
			}
		}
		task_release(&rows[i]);
	}
}

void work_tick(struct worker *w)
{
	turn_stop_dead(w);
	check_works(w);
	turn_caps_look(w);
	take_up_due(w);
	settle_waiting(w);
	start_ready(w);
}

void work_stop_all(struct worker *w, const char *why)
{
	struct work *k, *next;

	for (k = w->works; k != NULL; k = next) {
		next = k->next;
		if (k->turn != NULL)
			turn_stop(k->turn, why);
		else if (k->reads_open > 0)
			work_pause(w, k->task, ON_PERSON, why);
	}
}
