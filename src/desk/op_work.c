/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Operations on goals and tasks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "desk/exposure.h"
#include "desk/job.h"
#include "desk/team.h"
#include "model/move.h"
#include "money/pico.h"
#include "store/approval.h"
#include "store/attachment.h"
#include "store/goal.h"
#include "store/store.h"
#include "store/task.h"

#define GOAL_TEXT_MAX ((size_t)64 << 10)
#define TASKS_OF_GOAL 256

enum err_code op_first_agent(struct hands *h, const char *name, struct agent *a, struct err *e)
{
	return team_find(h->store, name[0] == '\0' ? "ceo" : name, a, e);
}

static void put_money(struct json_out *j, const char *name, bool is_known, int64_t pd)
{
	char text[PICO_TEXT];

	pico_format(pd, text);
	if (is_known)
		json_put_text(j, name, text);
	else
		json_put_null(j, name);
}

/* What it may cost at the very most, before it begins. */
static void say_exposure(struct hands *h, struct desk_job *j, int64_t goal)
{
	struct exposure x;
	struct json_out out;
	struct buf b;

	exposure_of(h->store, goal, clock_now_us(), &x);
	exposure_words(&x, j->out.text);
	buf_init(&b, 0);
	json_start(&out, &b);
	json_open(&out, NULL, '{');
	json_put_int(&out, "goal", goal);
	put_money(&out, "exposure_today_usd", x.has_today, x.today_pd);
	put_money(&out, "exposure_total_usd", x.has_total, x.total_pd);
	json_put_text(&out, "exposure", j->out.text);
	json_close(&out, '}');
	j->out.json = buf_take(&b);
}

static enum err_code attach(struct hands *h, int64_t goal, const char *files, struct err *e)
{
	cJSON *list = NULL;
	const cJSON *m;
	enum err_code rc = json_parse(slice_of(files), &list, e);

	cJSON_ArrayForEach(m, list)
		if (rc == ERR_OK)
			rc = attachment_add(h->store, goal, json_text(m, "name"), json_text(m, "text"), e);
	cJSON_Delete(list);
	return rc;
}

enum err_code op_goal_add(struct hands *h, struct desk_job *j, struct err *e)
{
	struct op *op = &j->op;
	struct agent a = {0};
	enum err_code rc;

	if (op->text == NULL || op->text[strspn(op->text, " \t\r\n")] == '\0')
		return err_set(e, ERR_USAGE, "a goal needs some words");
	if (strlen(op->text) > GOAL_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "the goal is longer than %zu bytes", GOAL_TEXT_MAX);
	if (!utf8_valid(slice_of(op->text)))
		return err_set(e, ERR_USAGE, "the goal is not UTF-8 text");
	rc = op_first_agent(h, op->name, &a, e);
	if (rc == ERR_OK)
		rc = store_begin(h->store, e);
	if (rc == ERR_OK) {
		rc = worker_goal_new(h, op->text, &a, !op->no_plan, op->money_pd, &j->out.id, e);
		if (rc == ERR_OK && op->tools != NULL)
			rc = attach(h, j->out.id, op->tools, e);
		if (rc == ERR_OK)
			rc = store_commit(h->store, e);
		else
			store_rollback(h->store);
	}
	agent_release(&a);
	if (rc == ERR_OK)
		say_exposure(h, j, j->out.id);
	return rc;
}

/* Questions about a task that is over have nobody to ask them for. */
static enum err_code withdraw_approvals(struct hands *h, int64_t task, const char *why, struct err *e)
{
	struct approval *rows = xcalloc(128, sizeof *rows);
	int n = 0, i;
	enum err_code rc = approval_list_of_task(h->store, task, rows, 128, &n, e);

	for (i = 0; i < n; i++) {
		bool open = rows[i].state == APPROVAL_PENDING || rows[i].state == APPROVAL_APPROVED || rows[i].state == APPROVAL_HOLDING ||
			rows[i].state == APPROVAL_CHANGES_ASKED;

		if (rc == ERR_OK && open)
			rc = approval_move(h->store, rows[i].id, rows[i].version, APPROVAL_WITHDRAWN, h->who, why, clock_now_us(), e);
		approval_release(&rows[i]);
	}
	free(rows);
	return rc;
}

static enum err_code cancel_task(struct hands *h, const struct task *t, const char *why, struct err *e)
{
	enum err_code rc = task_move(h->store, t->id, TASK_CANCELLED, ON_NOTHING, why, clock_now_us(), e);

	return rc == ERR_OK ? withdraw_approvals(h, t->id, why, e) : rc;
}

static enum err_code in_one(struct hands *h, enum err_code rc, struct err *e)
{
	if (rc == ERR_OK)
		return store_commit(h->store, e);
	store_rollback(h->store);
	return rc;
}

enum err_code op_goal_pause(struct hands *h, struct desk_job *j, struct err *e)
{
	return goal_move(h->store, j->op.id, GOAL_PAUSED, "paused by a person", clock_now_us(), e);
}

enum err_code op_goal_resume(struct hands *h, struct desk_job *j, struct err *e)
{
	struct goal g = {0};
	enum err_code rc = goal_get(h->store, j->op.id, &g, e);

	if (rc == ERR_OK && g.state != GOAL_PAUSED)
		rc = err_set(e, ERR_ILLEGAL, "goal G%lld is not paused", (long long)j->op.id);
	if (rc == ERR_OK)
		rc = goal_move(h->store, j->op.id, g.before_pause, "", clock_now_us(), e);
	goal_release(&g);
	return rc;
}

enum err_code op_goal_cancel(struct hands *h, struct desk_job *j, struct err *e)
{
	struct task *rows = xcalloc(TASKS_OF_GOAL, sizeof *rows);
	int n = 0, i;
	enum err_code rc = store_begin(h->store, e);

	if (rc == ERR_OK) {
		rc = goal_move(h->store, j->op.id, GOAL_CANCELLED, "cancelled by a person", clock_now_us(), e);
		if (rc == ERR_OK)
			rc = task_list(h->store, j->op.id, TASKS_OPEN, 0, rows, TASKS_OF_GOAL, &n, e);
		for (i = 0; i < n; i++) {
			if (rc == ERR_OK)
				rc = cancel_task(h, &rows[i], "the goal was cancelled", e);
			task_release(&rows[i]);
		}
		rc = in_one(h, rc, e);
	}
	free(rows);
	return rc;
}

enum err_code op_task_say(struct hands *h, struct desk_job *j, struct err *e)
{
	if (j->op.text == NULL || j->op.text[0] == '\0')
		return err_set(e, ERR_USAGE, "there is nothing to say");
	if (strlen(j->op.text) > GOAL_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "that is longer than %zu bytes", GOAL_TEXT_MAX);
	if (!utf8_valid(slice_of(j->op.text)))
		return err_set(e, ERR_USAGE, "that is not UTF-8 text");
	return worker_say(h, j->op.id, j->op.text, e);
}

enum err_code op_task_cancel(struct hands *h, struct desk_job *j, struct err *e)
{
	struct task t = {0};
	enum err_code rc = task_get(h->store, j->op.id, &t, e);

	if (rc == ERR_OK)
		rc = store_begin(h->store, e);
	if (rc == ERR_OK) {
		rc = cancel_task(h, &t, "cancelled by a person", e);
		if (rc == ERR_OK)
			rc = worker_goal_progress(h, t.goal, e);
		rc = in_one(h, rc, e);
	}
	task_release(&t);
	return rc;
}

enum err_code op_task_retry(struct hands *h, struct desk_job *j, struct err *e)
{
	struct task t = {0};
	struct goal g = {0};
	enum err_code rc = task_get(h->store, j->op.id, &t, e);

	if (rc == ERR_OK && t.state != TASK_FAILED && t.state != TASK_PAUSED)
		rc = err_set(e, ERR_ILLEGAL, "task T%lld is %s: only a failed or paused one can be retried", (long long)t.id, life_name(&task_life, t.state));
	if (rc == ERR_OK)
		rc = goal_get(h->store, t.goal, &g, e);
	if (rc == ERR_OK)
		rc = store_begin(h->store, e);
	if (rc == ERR_OK) {
		if (g.state == GOAL_FAILED)
			rc = goal_move(h->store, g.id, t.kind == TASK_PLAN ? GOAL_PLANNING : GOAL_ACTIVE, "", clock_now_us(), e);
		if (rc == ERR_OK)
			rc = task_move(h->store, t.id, TASK_READY, ON_NOTHING, "", clock_now_us(), e);
		rc = in_one(h, rc, e);
	}
	goal_release(&g);
	task_release(&t);
	return rc;
}

enum err_code op_task_pause(struct hands *h, struct desk_job *j, struct err *e)
{
	return task_move(h->store, j->op.id, TASK_PAUSED, ON_PERSON, "paused by a person", clock_now_us(), e);
}

enum err_code op_task_resume(struct hands *h, struct desk_job *j, struct err *e)
{
	struct task t = {0};
	enum err_code rc = task_get(h->store, j->op.id, &t, e);

	if (rc == ERR_OK && t.state != TASK_PAUSED)
		rc = err_set(e, ERR_ILLEGAL, "task T%lld is not paused", (long long)t.id);
	if (rc == ERR_OK)
		rc = task_move(h->store, t.id, t.blocked_n > 0 ? TASK_BLOCKED : TASK_READY, ON_NOTHING, "", clock_now_us(), e);
	task_release(&t);
	return rc;
}

enum err_code op_task_tier(struct hands *h, struct desk_job *j, struct err *e)
{
	return task_set_tier(h->store, j->op.id, j->op.tier, e);
}
