/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goals, tasks and their transcripts. */
#include "desk/query_private.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "model/goal.h"
#include "model/move.h"
#include "store/goal.h"
#include "store/spend.h"
#include "store/task.h"

#define GOALS_MAX 2000
#define TASKS_MAX 5000
#define ENTRY_PAGE 128

/* --- tasks ----------------------------------------------------------------------- */

void put_task(struct json_out *j, const struct task *t)
{
	json_put_int(j, "id", t->id);
	json_put_int(j, "goal", t->goal);
	json_put_text(j, "kind", t->kind == TASK_PLAN ? "plan" : "work");
	json_put_text(j, "title", t->title);
	json_put_text(j, "agent", t->agent);
	json_put_text(j, "state", life_name(&task_life, (int)t->state));
	put_word(j, "waiting_on", task_on_names[t->on]);
	json_open(j, "blocked_by", '[');
	for (int i = 0; i < t->blocked_n; i++)
		json_put_int(j, NULL, t->blocked_by[i]);
	json_close(j, ']');
	json_put_text(j, "tier", tier_names[t->tier]);
	json_put_int(j, "turns", t->turns);
	put_money(j, "cost_usd", t->cost_pd);
	put_word(j, "why", t->why);
	put_word(j, "result", t->result);
	put_time(j, "created", t->created_us);
	put_time(j, "started", t->started_us);
	put_time(j, "ended", t->ended_us);
	put_time(j, "retry_at", t->retry_us);
}

static enum err_code page_tasks(const struct ask *a, int64_t before, void *rows, int room, int *n, struct err *e)
{
	return task_list(a->store, a->q->id, a->q->all ? TASKS_ALL : TASKS_OPEN, before, rows, room, n, e);
}

/* Tasks as an array under name (NULL: the document itself); those of a->q->id. */
static enum err_code put_tasks(struct ask *a, const char *name, int *n_done, int *n_all, struct err *e)
{
	static const struct pages pages = {page_tasks, sizeof(struct task), offsetof(struct task, id)};
	struct task *rows = NULL;
	void *read = NULL;
	int n = 0, done = 0;
	enum err_code code = read_pages(a, &pages, a->q->limit > 0 ? a->q->limit : TASKS_MAX, &read, &n, e);

	rows = read;
	json_open(a->j, name, '[');
	for (int i = 0; i < n; i++) {
		json_open(a->j, NULL, '{');
		put_task(a->j, &rows[i]);
		json_close(a->j, '}');
		done += rows[i].state == TASK_DONE;
		task_release(&rows[i]);
	}
	json_close(a->j, ']');
	free(rows);
	if (n_done != NULL)
		*n_done = done;
	if (n_all != NULL)
		*n_all = n;
	return code;
}

enum err_code answer_tasks(struct ask *a, struct err *e)
{
	struct goal g;
	enum err_code code = ERR_OK;

	if (a->q->id > 0) {
		code = goal_get(a->store, a->q->id, &g, e);
		if (code != ERR_OK)
			return code;
		goal_release(&g);
	}
	return put_tasks(a, NULL, NULL, NULL, e);
}

static const char *const entry_names[] = {[ENTRY_USER] = "user", [ENTRY_ASSISTANT] = "assistant", [ENTRY_TOOL_RESULT] = "tool_result", [ENTRY_NOTE] = "note",
	[ENTRY_SUMMARY] = "summary"};

static void put_entry(struct json_out *j, const struct entry *n)
{
	json_open(j, NULL, '{');
	json_put_int(j, "seq", n->seq);
	json_put_text(j, "kind", entry_names[n->kind]);
	put_time(j, "time", n->created_us);
	if (n->call > 0)
		json_put_int(j, "call", n->call);
	if (n->kind == ENTRY_TOOL_RESULT) {
		json_put_text(j, "tool_use_id", n->tool_use_id);
		json_put_bool(j, "is_error", n->is_error);
	}
	if (n->kind == ENTRY_TOOL_RESULT || n->kind == ENTRY_SUMMARY) {
		json_put_bool(j, "untrusted", n->untrusted);
		put_word(j, "source", n->source);
	}
	/* A body that was purged is null. */
	if (n->kind == ENTRY_ASSISTANT)
		put_raw(j, "parts", n->body, "null");
	else
		json_put_text(j, "text", n->body);
	json_close(j, '}');
}

static enum err_code put_transcript(struct ask *a, int64_t task, struct err *e)
{
	struct entry *rows = xcalloc(ENTRY_PAGE, sizeof *rows);
	int n = 0, after = 0;
	enum err_code code;

	json_open(a->j, "transcript", '[');
	do {
		code = entry_list(a->store, task, after, rows, ENTRY_PAGE, &n, e);
		for (int i = 0; code == ERR_OK && i < n; i++) {
			put_entry(a->j, &rows[i]);
			after = rows[i].seq;
			entry_release(&rows[i]);
		}
	} while (code == ERR_OK && n == ENTRY_PAGE);
	json_close(a->j, ']');
	free(rows);
	return code;
}

enum err_code answer_task(struct ask *a, struct err *e)
{
	struct task t;
	enum err_code code = task_get(a->store, a->q->id, &t, e);

	if (code != ERR_OK)
		return code;
	json_open(a->j, NULL, '{');
	put_task(a->j, &t);
	json_put_text(a->j, "instructions", t.instructions);
	code = put_transcript(a, t.id, e);
	json_close(a->j, '}');
	task_release(&t);
	return code;
}

/* --- goals ------------------------------------------------------------------------- */

static enum err_code put_goal(struct ask *a, const struct goal *g, struct err *e)
{
	struct spend_row spent = {.calls = 0};
	char id[24];
	enum err_code code;

	snprintf(id, sizeof id, "%lld", (long long)g->id);
	code = spend_of(a->store, SPEND_GOAL, id, SPEND_ALL_TIME, clock_day_number(clock_now_us()), &spent, e);
	json_put_int(a->j, "id", g->id);
	json_put_text(a->j, "state", life_name(&goal_life, (int)g->state));
	json_put_text(a->j, "text", g->text);
	put_word(a->j, "agent", g->agent);
	put_word(a->j, "why", g->why);
	put_time(a->j, "created", g->created_us);
	put_time(a->j, "ended", g->ended_us);
	json_put_int(a->j, "calls", spent.calls);
	put_money(a->j, "cost_usd", spent.cost_pd);
	put_money(a->j, "estimated_usd", spent.estimated_pd);
	put_money(a->j, "held_usd", spent.held_pd);
	if (g->cap_pd > 0)
		put_money(a->j, "cap_usd", g->cap_pd);
	else
		json_put_null(a->j, "cap_usd");
	return code;
}

static enum err_code page_goals(const struct ask *a, int64_t before, void *rows, int room, int *n, struct err *e)
{
	return goal_list(a->store, GOALS_ALL, before, rows, room, n, e);
}

enum err_code answer_goals(struct ask *a, struct err *e)
{
	static const struct pages pages = {page_goals, sizeof(struct goal), offsetof(struct goal, id)};
	struct goal *rows;
	void *read = NULL;
	int n = 0;
	enum err_code code = read_pages(a, &pages, a->q->limit > 0 ? a->q->limit : GOALS_MAX, &read, &n, e);

	rows = read;
	json_open(a->j, NULL, '[');
	for (int i = 0; i < n; i++) {
		int all = 0, open = 0, failed = 0;

		if (code == ERR_OK)
			code = task_count_of_goal(a->store, rows[i].id, &all, &open, &failed, e);
		json_open(a->j, NULL, '{');
		if (code == ERR_OK)
			code = put_goal(a, &rows[i], e);
		json_put_int(a->j, "tasks", all);
		json_put_int(a->j, "done", all - open - failed);
		json_put_int(a->j, "failed", failed);
		json_close(a->j, '}');
		goal_release(&rows[i]);
	}
	json_close(a->j, ']');
	free(rows);
	return code;
}

/* `show` and `report` differ in what a script wants first; both have the tasks. */
static enum err_code whole_goal(struct ask *a, bool is_report, struct err *e)
{
	struct query of_goal = *a->q;
	struct goal g;
	int done = 0, all = 0;
	enum err_code code = goal_get(a->store, a->q->id, &g, e);

	if (code != ERR_OK)
		return code;
	of_goal.all = true;
	a->q = &of_goal;
	json_open(a->j, NULL, '{');
	code = put_goal(a, &g, e);
	if (is_report || g.report != NULL)
		json_put_text(a->j, "report", g.report);
	if (code == ERR_OK)
		code = put_tasks(a, "tasks", &done, &all, e);
	json_put_int(a->j, "tasks_done", done);
	json_put_int(a->j, "tasks_all", all);
	json_close(a->j, '}');
	goal_release(&g);
	return code;
}

enum err_code answer_goal(struct ask *a, struct err *e)
{
	return whole_goal(a, false, e);
}

enum err_code answer_goal_report(struct ask *a, struct err *e)
{
	return whole_goal(a, true, e);
}
