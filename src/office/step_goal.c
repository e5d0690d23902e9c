/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"
#include "office/step.h"

/* state[] is what each task's state will be once the moves are made. */
struct look {
	const struct task *tasks;
	size_t n;
	enum task_state *state;
	struct step_goal *out;
};

static bool ended(enum task_state s)
{
	return s == TASK_DONE || s == TASK_FAILED || s == TASK_CANCELLED;
}

static size_t by_id(const struct look *l, int64_t id)
{
	size_t i;

	for (i = 0; i < l->n && l->tasks[i].id != id; i++)
		;
	return i;
}

static void move(struct look *l, size_t i, enum task_state to, int64_t because)
{
	struct step_move *m = &l->out->moves[l->out->moves_n++];

	*m = (struct step_move){.task = l->tasks[i].id, .state = to};
	if (to == TASK_CANCELLED)
		snprintf(m->why, sizeof m->why, "T%" PRId64 ", which it needs, did not succeed", because);
	l->state[i] = to;
}

/* One look at a blocked task; true if it moved. */
static bool unblock(struct look *l, size_t i)
{
	const struct task *t = &l->tasks[i];
	bool free_to_go = true;
	int k;

	for (k = 0; k < t->blocked_n; k++) {
		size_t b = by_id(l, t->blocked_by[k]);

		if (b == l->n || l->state[b] == TASK_FAILED || l->state[b] == TASK_CANCELLED) {
			move(l, i, TASK_CANCELLED, t->blocked_by[k]);
			return true;
		}
		free_to_go = free_to_go && l->state[b] == TASK_DONE;
	}
	if (free_to_go)
		move(l, i, TASK_READY, 0);
	return free_to_go;
}

static void unblock_all(struct look *l)
{
	bool moved = true;
	size_t i;

	while (moved) {
		moved = false;
		for (i = 0; i < l->n; i++)
			if (l->state[i] == TASK_BLOCKED && unblock(l, i))
				moved = true;
	}
}

static char *report(const struct look *l)
{
	struct buf b;
	size_t i, works = 0;

	for (i = 0; i < l->n; i++)
		works += l->tasks[i].kind == TASK_WORK;
	buf_init(&b, 0);
	for (i = 0; i < l->n; i++) {
		const struct task *t = &l->tasks[i];

		if (t->kind != TASK_WORK)
			continue;
		if (works > 1)
			buf_addf(&b, "%sT%" PRId64 " %s (%s): %s\n", b.len > 0 ? "\n\n" : "", t->id, t->title, t->agent,
			    l->state[i] == TASK_DONE ? "done" : l->state[i] == TASK_FAILED ? "failed" : "cancelled");
		if (l->state[i] == TASK_DONE)
			buf_adds(&b, t->result != NULL ? t->result : "");
		else
			buf_adds(&b, t->why);
	}
	return buf_take(&b);
}

/* Where the tasks of the last plan begin: behind the last planning task, unless that
 * gave out none (then the CEO saw nothing left to do). */
static size_t last_plan(const struct look *l)
{
	size_t i, from = 0;

	for (i = l->n; i-- > 0;)
		if (l->tasks[i].kind == TASK_PLAN) {
			from = i + 1;
			break;
		}
	for (i = from; i < l->n; i++)
		if (l->tasks[i].kind == TASK_WORK)
			return from;
	return 0;
}

/* How many tasks end so, from there on; the first of them in *which. */
static size_t count(const struct look *l, size_t from, enum task_state s, size_t *which)
{
	size_t i, n = 0;

	for (i = from; i < l->n; i++)
		if (l->tasks[i].kind == TASK_WORK && l->state[i] == s && n++ == 0)
			*which = i;
	return n;
}

/* What the CEO is told when it may plan again. Results are the agents' words, and stay
 * where they stand; a reason is ours. */
static char *again(const struct look *l)
{
	struct buf b;
	size_t i;

	buf_init(&b, 0);
	buf_adds(&b, "The plan for this goal did not get there:\n");
	for (i = 0; i < l->n; i++) {
		const struct task *t = &l->tasks[i];

		if (t->kind == TASK_WORK)
			buf_addf(&b, "- T%" PRId64 " %s (%s): %s%s%s\n", t->id, t->title, t->agent,
			    l->state[i] == TASK_DONE ? "done" : l->state[i] == TASK_FAILED ? "failed" : "cancelled", l->state[i] != TASK_DONE && t->why[0] != '\0' ? ", " : "",
			    l->state[i] != TASK_DONE ? t->why : "");
	}
	buf_adds(&b, "What is done stays done. If the rest can be reached in another way, submit a plan for the rest alone. If not, reply without a plan and say why.");
	return buf_take(&b);
}

static bool may_plan_again(const struct look *l)
{
	size_t i;
	int plans = 0;

	for (i = 0; i < l->n; i++)
		plans += l->tasks[i].kind == TASK_PLAN;
	return plans > 0 && plans <= office_limits_default.replans_per_goal;
}

static void end_active(struct look *l)
{
	struct step_goal *out = l->out;
	size_t i, first = 0, works = 0, from = last_plan(l);

	for (i = 0; i < l->n; i++) {
		if (!ended(l->state[i]))
			return;
		works += l->tasks[i].kind == TASK_WORK;
	}
	if (works == 0)
		return;
	if (count(l, from, TASK_FAILED, &first) > 0 && may_plan_again(l)) {
		out->plan_again = again(l);
		return;
	}
	out->report = report(l);
	if (count(l, from, TASK_FAILED, &first) > 0) {
		out->state = GOAL_FAILED;
		snprintf(out->why, sizeof out->why, "T%" PRId64 " failed: %.200s", l->tasks[first].id, l->tasks[first].why);
	} else if (count(l, from, TASK_DONE, &first) > 0) {
		out->state = GOAL_DONE;
	} else {
		out->state = GOAL_CANCELLED;
		snprintf(out->why, sizeof out->why, "all of its tasks were cancelled");
	}
}

/* The last planning task is the one that counts: a goal may have been planned again. */
static void end_planning(struct look *l)
{
	size_t i, last = l->n;

	for (i = 0; i < l->n; i++)
		if (l->tasks[i].kind == TASK_PLAN)
			last = i;
	if (last == l->n)
		return;
	if (l->state[last] == TASK_FAILED) {
		l->out->state = GOAL_FAILED;
		snprintf(l->out->why, sizeof l->out->why, "planning failed: %.200s", l->tasks[last].why);
	} else if (l->state[last] == TASK_CANCELLED) {
		l->out->state = GOAL_CANCELLED;
		snprintf(l->out->why, sizeof l->out->why, "its planning was cancelled");
	}
}

void step_goal(const struct goal *g, const struct task *tasks, size_t tasks_n, struct step_goal *out)
{
	struct look l = {tasks, tasks_n, NULL, out};
	size_t i;

	*out = (struct step_goal){.state = g->state};
	if (tasks_n == 0)
		return;
	l.state = xcalloc(tasks_n, sizeof *l.state);
	out->moves = xcalloc(tasks_n, sizeof *out->moves);
	for (i = 0; i < tasks_n; i++)
		l.state[i] = tasks[i].state;
	if (g->state == GOAL_ACTIVE) {
		unblock_all(&l);
		end_active(&l);
	} else if (g->state == GOAL_PLANNING || g->state == GOAL_PLAN_PENDING) {
		end_planning(&l);
	}
	free(l.state);
}

void step_goal_release(struct step_goal *s)
{
	free(s->report);
	free(s->plan_again);
	free(s->moves);
	*s = (struct step_goal){0};
}
