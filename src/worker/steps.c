/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "model/prompt.h"
#include "model/reply.h"
#include "office/step.h"
#include "store/approval.h"
#include "store/call.h"
#include "store/goal.h"
#include "store/task.h"
#include "worker/steps_do.h"

#define APPROVALS_OF_TASK 128

void steps_release(struct turn_calls *c)
{
	free(c->result);
	memset(c, 0, sizeof *c);
}

/* --- the last reply ------------------------------------------------------------- */

/* Index of the last assistant entry, -1 if there is none. */
static int last_reply(const struct facts *f)
{
	int i;

	for (i = f->entries_n - 1; i >= 0; i--)
		if (f->entries[i].kind == ENTRY_ASSISTANT)
			return i;
	return -1;
}

static bool is_answered(const struct facts *f, int from, const char *id)
{
	int i;

	for (i = from + 1; i < f->entries_n; i++)
		if (f->entries[i].kind == ENTRY_TOOL_RESULT && strcmp(f->entries[i].tool_use_id, id) == 0)
			return true;
	return false;
}

/* A reply made again from its entry; its parts are held by p. */
static enum err_code rebuild(const struct facts *f, int at, struct prompt *p, struct reply *r, struct err *e)
{
	enum err_code rc;
	size_t i;

	prompt_init(p, "", 1);
	prompt_add_message(p, ROLE_ASSISTANT);
	reply_init(r);
	rc = parts_from_json(slice_of(f->entries[at].body != NULL ? f->entries[at].body : "[]"), p, e);
	if (rc != ERR_OK)
		return rc;
	r->part = p->message[0].part;
	r->count = p->message[0].count;
	for (i = 0; i < r->count; i++)
		r->has_tool_use |= r->part[i].kind == PART_TOOL_USE;
	r->stop = r->has_tool_use ? STOP_TOOL_USE : STOP_END;
	return ERR_OK;
}

static void read_stop(struct store *s, int64_t call, struct reply *r)
{
	struct call c = {0};
	int i;

	if (call_get(s, call, &c, NULL) != ERR_OK)
		return;
	for (i = 0; i < STOP_REASONS; i++)
		if (strcmp(stop_reason_names[i], c.stop_reason) == 0)
			r->stop = (enum stop_reason)i;
}

bool steps_open_calls(const struct facts *f)
{
	int at = last_reply(f), i;
	struct prompt p;
	struct reply r;
	bool open = false;
	size_t k;

	if (at < 0)
		return false;
	if (rebuild(f, at, &p, &r, NULL) == ERR_OK) {
		for (k = 0; k < r.count; k++)
			open |= r.part[k].kind == PART_TOOL_USE && !is_answered(f, at, r.part[k].id);
		if (!r.has_tool_use) {
			open = true;
			for (i = at + 1; i < f->entries_n; i++)
				if (f->entries[i].kind != ENTRY_NOTE && f->entries[i].kind != ENTRY_SUMMARY)
					open = false;
		}
	}
	prompt_release(&p);
	return open;
}

const char *steps_open_question(const struct facts *f)
{
	static _Thread_local char id[NAME_MAX_BYTES * 2];
	int at = last_reply(f);
	struct prompt p;
	struct reply r;
	bool found = false;
	size_t k;

	if (at < 0)
		return NULL;
	if (rebuild(f, at, &p, &r, NULL) == ERR_OK)
		for (k = 0; k < r.count && !found; k++)
			if (r.part[k].kind == PART_TOOL_USE && strcmp(r.part[k].name, "steps_ask_person") == 0 && !is_answered(f, at, r.part[k].id)) {
				snprintf(id, sizeof id, "%s", r.part[k].id);
				found = true;
			}
	prompt_release(&p);
	return found ? id : NULL;
}

/* --- approvals of the task ----------------------------------------------------------- */

struct asked {
	struct approval *v;
	int n;
};

static enum err_code asked_load(struct worker *w, int64_t task, struct asked *a, struct err *e)
{
	a->v = xcalloc(APPROVALS_OF_TASK, sizeof *a->v);
	a->n = 0;
	return approval_list_of_task(w->h.store, task, a->v, APPROVALS_OF_TASK, &a->n, e);
}

static void asked_release(struct asked *a)
{
	int i;

	for (i = 0; i < a->n; i++)
		approval_release(&a->v[i]);
	free(a->v);
}

/* The newest one about that tool call. */
static const struct approval *asked_find(const struct asked *a, const char *tool_use_id)
{
	const struct approval *best = NULL;
	int i;

	for (i = 0; i < a->n; i++)
		if (strcmp(a->v[i].tool_use_id, tool_use_id) == 0 && (best == NULL || a->v[i].id > best->id))
			best = &a->v[i];
	return best;
}

/* --- all of it ---------------------------------------------------------------------- */

static enum err_code take_one(struct work *k, struct facts *f, const struct asked *asked, const struct step_action *s, struct turn_calls *out, struct err *e)
{
	const struct approval *a = asked_find(asked, s->id);

	if (a != NULL) {	/* asked before a restart: its end becomes the answer */
		out->people_open++;
		return ERR_OK;
	}
	switch (s->what) {
	case STEP_READ:
		return steps_call_tool(k, s, false, e);
	case STEP_PROPOSE:
		return s->offer->type == CONNECTOR_MCP ? steps_propose_unchecked(k->w, f, s, out, e) : steps_call_tool(k, s, true, e);
	case STEP_PLAN:
		out->people_open++;
		snprintf(out->why, sizeof out->why, "its plan waits for your word");
		return steps_propose_plan(k->w, f, s, e);
	case STEP_ASK:
		out->people_open++;
		snprintf(out->why, sizeof out->why, "asks: %.240s", s->text);
		return steps_ask_person(k->w, f, s, e);
	case STEP_REFUSE:
		return work_answer(k->w, k->task, s->id, s->text, true, NULL, e);
	}
	return ERR_OK;
}

static int count_plans_sent_back(const struct asked *asked)
{
	int i, n = 0;

	for (i = 0; i < asked->n; i++)
		n += asked->v[i].kind == APPROVAL_PLAN && (asked->v[i].state == APPROVAL_REJECTED || asked->v[i].state == APPROVAL_CHANGES_ASKED ||
			asked->v[i].state == APPROVAL_SUPERSEDED);
	return n;
}

static enum err_code add_nudge(struct worker *w, int64_t task, const char *words, struct err *e)
{
	struct entry n = {.task = task, .kind = ENTRY_USER, .created_us = clock_now_us()};
	enum err_code rc;

	n.body = xstrdup(words);
	rc = entry_add(w->h.store, &n, e);
	entry_release(&n);
	return rc;
}

static enum err_code follow(struct work *k, struct facts *f, const struct step *step, const struct asked *asked, int at, struct turn_calls *out, struct err *e)
{
	enum err_code rc = ERR_OK;
	size_t i;

	if (step->actions_n == 0 || step->state == TASK_DONE || step->state == TASK_FAILED) {
		out->ends = step->state == TASK_DONE || step->state == TASK_FAILED;
		out->end_state = step->state;
		out->result = step->result != NULL ? xstrdup(step->result) : NULL;
		snprintf(out->why, sizeof out->why, "%s", step->why);
		if (!out->ends && step->nudge != NULL)
			return add_nudge(k->w, k->task, step->nudge, e);
		out->goes_on = !out->ends;
		return ERR_OK;
	}
	for (i = 0; i < step->actions_n && rc == ERR_OK; i++)
		if (!is_answered(f, at, step->actions[i].id))
			rc = take_one(k, f, asked, &step->actions[i], out, e);
	if (rc == ERR_OK && step->nudge != NULL)
		rc = add_nudge(k->w, k->task, step->nudge, e);
	return rc;
}

enum err_code steps_take(struct work *k, struct facts *f, struct turn_calls *out, struct err *e)
{
	struct step_facts facts = {.limits = &office_limits_default, .goal = &f->goal, .task = &f->task, .agent = &f->agent, .team = f->team,
		.team_n = (size_t)f->team_n, .offers = &f->offers, .entries = f->entries};
	struct prompt p;
	struct reply r;
	struct asked asked;
	struct step step;
	int at = last_reply(f);
	enum err_code rc;

	memset(out, 0, sizeof *out);
	rc = asked_load(k->w, f->task.id, &asked, e);
	if (rc == ERR_OK && (rc = rebuild(f, at, &p, &r, e)) == ERR_OK) {
		read_stop(k->w->h.store, f->entries[at].call, &r);
		facts.entries_n = (size_t)at;
		facts.plans_before = count_plans_sent_back(&asked);
		step_reply(&facts, &r, &step);
		rc = follow(k, f, &step, &asked, at, out, e);
		step_release(&step);
		prompt_release(&p);
	}
	asked_release(&asked);
	if (out->people_open > 0 && out->why[0] == '\0')
		snprintf(out->why, sizeof out->why, "a proposal waits for your word");
	return rc;
}

enum err_code steps_count_open(struct worker *w, const struct facts *f, struct turn_calls *out, struct err *e)
{
	int at = last_reply(f);
	struct prompt p;
	struct reply r;
	enum err_code rc;
	size_t i;

	(void)w;
	memset(out, 0, sizeof *out);
	if (at < 0)
		return ERR_OK;
	rc = rebuild(f, at, &p, &r, e);
	for (i = 0; rc == ERR_OK && i < r.count; i++)
		out->people_open += r.part[i].kind == PART_TOOL_USE && !is_answered(f, at, r.part[i].id);
	snprintf(out->why, sizeof out->why, "a proposal waits for your word");
	prompt_release(&p);
	return rc;
}

/* The answer of one ended approval; *open if it has not ended. */
static enum err_code settle_one(struct worker *w, const struct facts *f, const struct approval *a, bool *open, struct err *e)
{
	struct approval whole = {0};
	struct firing fired = {0};
	struct step_result r = {0};
	enum err_code rc = approval_get(w->h.store, a->id, true, &whole, e);

	*open = true;
	if (rc == ERR_OK) {
		bool has = firing_of(w->h.store, a->id, a->version, &fired, NULL) == ERR_OK;

		step_outcome(&whole, has ? fired.receipt : NULL, &office_limits_default, &r);
		if (r.has_result) {
			char source[TITLE_MAX_BYTES];

			*open = false;
			snprintf(source, sizeof source, "%s.%s receipt of A%lld", a->connector, a->tool, (long long)a->id);
			rc = work_answer(w, f->task.id, a->tool_use_id, r.text, r.is_error, r.untrusted ? source : NULL, e);
		}
		if (rc == ERR_OK && r.has_result && a->kind == APPROVAL_PLAN && f->goal.state == GOAL_PLAN_PENDING && whole.state != APPROVAL_FIRED)
			rc = goal_move(w->h.store, f->goal.id, GOAL_PLANNING, "", clock_now_us(), e);
	}
	step_result_release(&r);
	firing_release(&fired);
	approval_release(&whole);
	return rc;
}

enum err_code steps_settle(struct worker *w, const struct facts *f, struct turn_calls *out, struct err *e)
{
	int at = last_reply(f);
	struct prompt p;
	struct reply r;
	struct asked asked;
	enum err_code rc;
	size_t i;

	memset(out, 0, sizeof *out);
	if (at < 0)
		return ERR_OK;
	rc = asked_load(w, f->task.id, &asked, e);
	if (rc == ERR_OK && (rc = rebuild(f, at, &p, &r, e)) == ERR_OK) {
		out->settled = true;
		for (i = 0; rc == ERR_OK && i < r.count; i++) {
			const struct approval *a;
			bool open = true;

			if (r.part[i].kind != PART_TOOL_USE || is_answered(f, at, r.part[i].id))
				continue;
			a = asked_find(&asked, r.part[i].id);
			if (a != NULL)
				rc = settle_one(w, f, a, &open, e);
			else	/* a question waits; a read that was cut off is run again */
				open = strcmp(r.part[i].name, "steps_ask_person") == 0;
			out->people_open += open;
		}
		prompt_release(&p);
	}
	asked_release(&asked);
	return rc;
}
