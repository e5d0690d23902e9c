/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Filling the snapshot. The rows are read afresh when the store says that
 * somebody committed, when the wish changed, or when the minute did; between
 * these only the live board is looked at. A part's generation rises when its
 * values differ, so that a commit that changes nothing on the screen draws nothing. */
#include "desk/snapshot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "desk/desk_private.h"
#include "desk/meter.h"
#include "desk/shown.h"
#include "model/move.h"
#include "store/agent.h"
#include "store/approval.h"
#include "store/goal.h"
#include "store/journal.h"
#include "store/key.h"
#include "store/lease.h"
#include "store/question.h"
#include "store/schedule.h"
#include "store/store.h"
#include "store/task.h"

#define ROWS_MAX 200

static int at_most(int n, int most)
{
	return n < 0 ? 0 : n > most ? most : n;
}

void snapshot_changed(struct snapshot *s, unsigned parts)
{
	int i;

	for (i = 0; i < SNAP_PARTS; i++)
		if (parts & 1u << i)
			s->generation[i]++;
}

bool snapshot_swap(void **rows, int *n, void *fresh, int fresh_n, size_t size)
{
	bool same = *n == fresh_n && (fresh_n == 0 || memcmp(*rows, fresh, (size_t)fresh_n * size) == 0);

	free(*rows);
	*rows = fresh;
	*n = fresh_n;
	return !same;
}

/* --- tasks -------------------------------------------------------------------------- */

static void fill_task(struct desk *d, const struct task *t, struct task_row *r)
{
	struct agent a = {0};

	r->id = t->id;
	r->goal = t->goal;
	r->cost_pd = t->cost_pd;
	r->kind = t->kind;
	r->state = t->state;
	r->on = t->on;
	r->turns = t->turns;
	r->since_us = t->ended_us != 0 ? t->ended_us : t->started_us != 0 ? t->started_us : t->created_us;
	snprintf(r->agent, sizeof r->agent, "%s", t->agent);
	snprintf(r->title, sizeof r->title, "%s", t->title);
	snprintf(r->why, sizeof r->why, "%s", t->why);
	if (agent_get(d->store, t->agent, &a, NULL) == ERR_OK)
		snprintf(r->role, sizeof r->role, "%s", a.role);
	agent_release(&a);
}

static bool passes(const struct task *t, const char *filter)
{
	return filter[0] == '\0' || strcasestr(t->title, filter) != NULL || strcasestr(t->agent, filter) != NULL ||
	    strcasestr(life_name(&task_life, t->state), filter) != NULL;
}

/* Page by page to one more than is on the screen, which tells whether the list goes on: as far as a
 * person has scrolled, no further. Without a filter the last rows are all that is looked at; who
 * filters looks at many to find some. */
static void fill_tasks(struct desk *d, const struct wish *w, struct snapshot *s)
{
	int rows = at_most(w->task_rows, ROWS_MAX), offset = at_most(w->task_offset, 100000), last = offset + rows + 1, n = 0, i, passed = 0, counts[TASK_STATES] = {0};
	int at_once = w->task_filter[0] == '\0' ? at_most(last, ROWS_MAX) : ROWS_MAX;
	struct task *page = xcalloc((size_t)at_once, sizeof *page);
	struct task_row *fresh = xcalloc((size_t)rows + 1, sizeof *fresh);
	int64_t before = 0, total = 0;
	bool more = true;

	while (more && passed < last && task_heads(d->store, before, page, at_once, &n, NULL) == ERR_OK) {
		more = n == at_once;
		for (i = 0; i < n; i++) {
			before = page[i].id;
			if (passed < last && passes(&page[i], w->task_filter) && ++passed > offset && passed < last)
				fill_task(d, &page[i], &fresh[passed - offset - 1]);
			task_release(&page[i]);
		}
		memset(page, 0, (size_t)at_once * sizeof *page);
	}
	free(page);
	if (task_counts(d->store, counts, NULL) == ERR_OK)
		for (s->tasks_active = 0, i = 0; i < TASK_STATES; i++)
			s->tasks_active += counts[i];
	s->tasks_total = w->task_filter[0] == '\0' && task_total(d->store, &total, NULL) == ERR_OK ? (int)total : passed;
	if (snapshot_swap((void **)&s->tasks, &s->tasks_n, fresh, at_most(passed - offset, rows), sizeof *fresh))
		snapshot_changed(s, SNAP_TASKS);
}

/* --- approvals ------------------------------------------------------------------------ */

static void fill_approval(const struct approval *a, struct approval_row *r)
{
	*r = (struct approval_row){.id = a->id, .task = a->task, .goal = a->goal, .created_us = a->created_us, .fire_us = a->fire_us,
		.worst_case_pd = a->worst_case_pd, .version = a->version, .kind = a->kind, .state = a->state, .effect = a->effect, .hash = a->hash,
		.from_untrusted = a->provenance != NULL && strcmp(a->provenance, "[]") != 0};
	snprintf(r->agent, sizeof r->agent, "%s", a->agent);
	snprintf(r->connector, sizeof r->connector, "%s", a->connector);
	snprintf(r->tool, sizeof r->tool, "%s", a->tool);
	snprintf(r->summary, sizeof r->summary, "%s", a->summary);
}

static void fill_approvals(struct desk *d, const struct wish *w, struct snapshot *s)
{
	int rows = at_most(w->approval_rows, ROWS_MAX), n = 0, i, k = 0;
	struct approval *page = xcalloc((size_t)rows + 1, sizeof *page);
	struct approval_row *fresh = xcalloc((size_t)rows + 1, sizeof *fresh);
	int64_t oldest = 0;

	if (approval_page(d->store, w->approvals_all, w->approval_offset, page, rows, &n, NULL) != ERR_OK)
		n = 0;
	for (i = 0; i < n; i++) {
		fill_approval(&page[i], &fresh[k++]);
		approval_release(&page[i]);
	}
	free(page);
	if (approval_count_open(d->store, w->approvals_all, &s->approvals_total, &s->unknown, NULL) != ERR_OK)
		s->approvals_total = w->approval_offset + n;
	err_ignore(approval_count_pending(d->store, &s->pending, &oldest, NULL));
	s->oldest_pending_us = s->pending > 0 ? oldest : 0;
	if (snapshot_swap((void **)&s->approvals, &s->approvals_n, fresh, k, sizeof *fresh))
		snapshot_changed(s, SNAP_APPROVALS);
}

/* --- keys, log, status -------------------------------------------------------------------- */

/* The status line names one key that does no work: a revoked one before a failing one. */
static void note_refused(struct snapshot *s, const struct key *rows, int n)
{
	char was[NAME_MAX_BYTES];
	int i;

	memcpy(was, s->key_refused, sizeof was);
	s->key_refused[0] = '\0';
	s->is_key_revoked = false;
	for (i = 0; i < n && !s->is_key_revoked; i++) {
		if (rows[i].state != KEY_REVOKED && (rows[i].state != KEY_FAILING || s->key_refused[0] != '\0'))
			continue;
		snprintf(s->key_refused, sizeof s->key_refused, "%s", rows[i].label);
		s->is_key_revoked = rows[i].state == KEY_REVOKED;
	}
	if (strcmp(was, s->key_refused) != 0)
		snapshot_changed(s, SNAP_STATUS);
}

static void fill_keys(struct desk *d, const struct wish *w, struct snapshot *s)
{
	struct key page[64];
	int rows = at_most(w->key_rows, 64), n = 0, i, k = 0;
	struct key_row *fresh = xcalloc((size_t)rows + 1, sizeof *fresh);

	if (key_list(d->store, page, LENGTH(page), &n, NULL) != ERR_OK)
		n = 0;
	for (i = w->key_offset; i < n && k < rows; i++, k++) {
		struct key_row *r = &fresh[k];

		*r = (struct key_row){.id = page[i].id, .last_used_us = page[i].last_used_us, .last_check_us = page[i].last_check_us, .cost_pd = page[i].cost_pd,
			.calls = page[i].calls, .version = page[i].version, .state = page[i].state};
		snprintf(r->label, sizeof r->label, "%s", page[i].label);
		snprintf(r->vendor, sizeof r->vendor, "%s", page[i].vendor);
		snprintf(r->fingerprint, sizeof r->fingerprint, "%s", page[i].fingerprint);
		snprintf(r->why, sizeof r->why, "%s", page[i].why);
		snprintf(r->host, sizeof r->host, "%s", page[i].host);
		(void)key_note(&page[i], clock_now_us(), r->note);
	}
	s->keys_total = n;
	note_refused(s, page, n);
	if (snapshot_swap((void **)&s->keys, &s->keys_n, fresh, k, sizeof *fresh))
		snapshot_changed(s, SNAP_KEYS);
}

static void fill_log(struct desk *d, const struct wish *w, struct snapshot *s)
{
	struct journal_entry head, page[ROWS_MAX];
	int rows = at_most(w->log_rows, ROWS_MAX), n = 0, i;
	struct log_row *fresh = xcalloc((size_t)rows + 1, sizeof *fresh);

	s->log_total = 0;
	if (rows > 0 && journal_head(d->store, &head, NULL) == ERR_OK && head.seq > 0) {
		s->log_total = head.seq > INT32_MAX ? INT32_MAX : (int)head.seq;
		if (journal_list(d->store, head.seq - w->log_offset + 1, page, rows, &n, NULL) != ERR_OK)
			n = 0;
	}
	for (i = 0; i < n; i++) {
		fresh[i].seq = page[i].seq;
		fresh[i].at_us = page[i].at_us;
		snprintf(fresh[i].kind, sizeof fresh[i].kind, "%s", page[i].kind);
		snprintf(fresh[i].who, sizeof fresh[i].who, "%s", page[i].who);
		snprintf(fresh[i].ref, sizeof fresh[i].ref, "%s", page[i].ref);
	}
	if (snapshot_swap((void **)&s->log, &s->log_n, fresh, n, sizeof *fresh))
		snapshot_changed(s, SNAP_LOG);
}

static void fill_fault(struct desk *d, struct snapshot *s)
{
	struct err e;
	int tries;

	s->fault[0] = '\0';
	if (d->worker != NULL && worker_fault(d->worker, &tries, &e) != ERR_OK)
		snprintf(s->fault, sizeof s->fault, "%.140s%s%.80s", e.text, e.mend[0] != '\0' ? "; " : "", e.mend);
}

static void fill_notice(struct snapshot *s)
{
	int i;

	s->notice[0] = '\0';
	for (i = 0; i < s->approvals_n && s->notice[0] == '\0'; i++)
		if (s->approvals[i].state == APPROVAL_UNKNOWN)
			snprintf(s->notice, sizeof s->notice, "A%lld: nobody knows whether it was done. Look there, then w settles it.", (long long)s->approvals[i].id);
	for (i = 0; i < s->tasks_n && s->notice[0] == '\0' && s->pending == 0; i++)
		if (s->tasks[i].state == TASK_PAUSED || s->tasks[i].state == TASK_FAILED)
			snprintf(s->notice, sizeof s->notice, "T%lld %s: %.180s", (long long)s->tasks[i].id, life_name(&task_life, s->tasks[i].state), s->tasks[i].why);
}

/* Paused goals wait for a person: they hold nothing open. */
static bool has_work(struct desk *d, const int counts[GOAL_STATES])
{
	int64_t due = 0;

	return counts[GOAL_PLANNING] + counts[GOAL_PLAN_PENDING] + counts[GOAL_ACTIVE] > 0 || schedule_next_due(d->store, &due, NULL) != ERR_OK || due != 0;
}

static void fill_question(struct desk *d, struct snapshot *s)
{
	struct question q = {0};
	int64_t was = s->question, oldest = 0;
	int count = s->questions, n = 0;

	err_ignore(question_count(d->store, &s->questions, &oldest, NULL));
	s->oldest_question_us = oldest;
	s->question = 0;
	if (s->questions > 0 && question_list(d->store, true, &q, 1, &n, NULL) == ERR_OK && n == 1) {
		s->question = q.id;
		snprintf(s->question_of, sizeof s->question_of, "%s", q.connector);
	}
	question_release(&q);
	if (was != s->question || count != s->questions)
		snapshot_changed(s, SNAP_STATUS);
}

static void fill_status(struct desk *d, struct snapshot *s)
{
	struct lease l = {0};
	int counts[GOAL_STATES] = {0}, i;
	bool unlocked = desk_unlocked(d);
	char before[TITLE_MAX_BYTES], notice[TITLE_MAX_BYTES], fault[TITLE_MAX_BYTES];
	int worker = s->worker, pending = s->pending, open = s->goals_open;

	snprintf(before, sizeof before, "%s", s->worker_holder);
	snprintf(notice, sizeof notice, "%s", s->notice);
	snprintf(fault, sizeof fault, "%s", s->fault);
	snprintf(s->workspace, sizeof s->workspace, "%s", d->name);
	if (lease_show(d->store, &l, NULL) == ERR_OK && l.alive) {
		bool ours = d->worker != NULL && strcmp(l.holder, d->holder) == 0;

		s->worker = ours ? WORKER_OURS : WORKER_OTHER;
		snprintf(s->worker_holder, sizeof s->worker_holder, "%s", l.holder);
	} else {
		s->worker = WORKER_NONE;
		s->worker_holder[0] = '\0';
	}
	if (goal_counts(d->store, counts, NULL) == ERR_OK)
		for (s->goals_open = 0, i = 0; i < GOAL_STATES; i++)
			s->goals_open += counts[i];
	s->has_work = has_work(d, counts);
	fill_fault(d, s);
	fill_notice(s);
	fill_question(d, s);
	if (worker != (int)s->worker || strcmp(before, s->worker_holder) != 0 || s->unlocked != unlocked || strcmp(notice, s->notice) != 0 ||
	    strcmp(fault, s->fault) != 0 || pending != s->pending || open != s->goals_open)
		snapshot_changed(s, SNAP_STATUS);
	s->unlocked = unlocked;
}

/* --- all of it -------------------------------------------------------------------------------- */

static void fill_texts(struct desk *d, const struct wish *w, struct snapshot *s)
{
	if (w->transcript_task != 0) {
		shown_transcript(d->store, w->transcript_task, &s->transcript);
		snapshot_changed(s, SNAP_TRANSCRIPT);
	} else if (s->transcript.n > 0) {
		shown_clear(&s->transcript);
	}
	if (w->detail_approval != 0) {
		shown_approval(d->store, w->detail_approval, s);
		snapshot_changed(s, SNAP_DETAIL);
	}
}

enum err_code desk_refresh(struct desk *d, const struct wish *w, struct snapshot *s, struct err *e)
{
	int64_t now = clock_now_us(), minute = now / (60 * US_PER_S);
	bool fresh = s->generation[0] == 0, stale;
	enum err_code rc = ERR_OK;

	stale = store_changed(d->store) || fresh || minute != d->refreshed_minute || memcmp(w, &d->refreshed_for, sizeof *w) != 0 || s->unlocked != desk_unlocked(d);
	s->now_us = now;
	if (stale) {
		rc = store_view_begin(d->store, e);
		if (rc != ERR_OK)
			return rc == ERR_CONFLICT ? ERR_OK : rc;	/* somebody commits just now: the old frame stands */
		fill_tasks(d, w, s);
		fill_approvals(d, w, s);
		meter_fill(d, w, s);
		fill_keys(d, w, s);
		fill_log(d, w, s);
		fill_status(d, s);
		snapshot_goals(d, s);
		fill_texts(d, w, s);
		store_view_end(d->store);
		if (fresh) {
			shown_back(d->store, d->last_looked_us, &s->back);
			snapshot_changed(s, (1u << SNAP_PARTS) - 1);
		}
		if (minute != d->refreshed_minute)
			snapshot_changed(s, SNAP_STATUS | SNAP_TASKS | SNAP_APPROVALS | SNAP_KEYS);
		d->refreshed_minute = minute;
		d->refreshed_for = *w;
		s->live_n = -1;		/* overlay the new rows */
	}
	meter_overlay(d, (int)w->meter_by, s);
	return ERR_OK;
}

enum err_code meter_read(struct desk *d, const struct wish *w, struct snapshot *s, struct err *e)
{
	enum err_code rc = store_view_begin(d->store, e);

	if (rc != ERR_OK)
		return rc;
	s->now_us = clock_now_us();
	meter_fill(d, w, s);
	fill_status(d, s);
	store_view_end(d->store);
	s->live_n = -1;
	meter_overlay(d, (int)w->meter_by, s);
	return ERR_OK;
}

void snapshot_release(struct snapshot *s)
{
	free(s->tasks);
	free(s->approvals);
	free(s->meter);
	free(s->keys);
	free(s->log);
	shown_clear(&s->transcript);
	shown_clear(&s->preview);
	shown_clear(&s->raw);
	shown_clear(&s->facts);
	shown_clear(&s->back);
	free(s->agents_words);
	memset(s, 0, sizeof *s);
}

static void looked_run(struct job *job, struct hands *h)
{
	char text[32];

	(void)job;
	snprintf(text, sizeof text, "%lld", (long long)clock_now_us());
	err_ignore(store_setting_set(h->store, "last_looked_us", text, NULL));
}

void desk_looked(struct desk *d)
{
	struct desk_job *j;

	if (d->worker == NULL)
		return;
	j = xcalloc(1, sizeof *j);
	j->job.run = looked_run;
	j->is_internal = true;
	if (!worker_post(d->worker, &j->job))
		free(j);
}
