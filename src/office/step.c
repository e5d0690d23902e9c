/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A reply is looked at call by call (step_reply, judge). Whatever can't be done
 * is answered in words that the agent can act on; only what would go on for
 * ever, or can't be mended by another turn, fails the task. */
#include "config.h"

#include "office/step.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "office/plan_bounds.h"
#include "office/policy.h"
#include "office/preview.h"
#include "office/step_past.h"

/* --- one call ------------------------------------------------------------------ */

struct judging {
	const struct step_facts *f;
	const struct reply *r;
	struct step *out;
	struct past *past;
	int reads, proposals, plans, questions;
};

static void refuse(struct step_action *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void refuse(struct step_action *a, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	free(a->text);
	a->what = STEP_REFUSE;
	a->text = xstrdup(text);
}

static void fail(struct step *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void fail(struct step *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->why, sizeof s->why, fmt, ap);
	va_end(ap);
	s->state = TASK_FAILED;
}

static bool refuse_state(struct step_action *a, const char *name)
{
	if (a->offer == NULL)
		refuse(a, "There is no tool named %.64s. Use one of the tools you were given, by its exact name.", name);
	else if (a->offer->state == OFFER_NOT_GRANTED)
		refuse(a, "The tool %.64s is not granted to you. Use your own tools, or say in your report what is missing.", name);
	else if (a->offer->state == OFFER_QUARANTINED)
		refuse(a, "The tool %.64s is in quarantine until a person has looked at its definition. Go on without it, or say what is missing.", name);
	else if (a->offer->state == OFFER_PLANNING)
		refuse(a, "While planning only reading is possible; put the use of %.64s into a task of the plan.", name);
	return a->offer == NULL || a->offer->state != OFFER_OPEN;
}

static bool refuse_arguments(struct judging *j, struct step_action *a)
{
	struct err e = {0};

	if (a->arguments.len > j->f->limits->argument_bytes) {
		refuse(a, "The arguments are longer than %zu bytes. Split the work into smaller calls.", j->f->limits->argument_bytes);
		return true;
	}
	if (payload_gate(a->arguments, &e) == ERR_OK)
		return false;
	if (j->r->stop == STOP_MAX_TOKENS)
		refuse(a, "Your reply reached its length limit inside this call, so nothing was done. Send it again in smaller pieces.");
	else
		refuse(a, "The arguments are not acceptable (%s). Send one JSON object as the tool's schema asks.", e.text);
	return true;
}

/* alone in the office, the CEO does the work too */
static enum err_code read_plan(const struct step_facts *f, struct slice payload, struct plan *out, struct err *e)
{
	enum err_code rc = plan_parse(payload, f->team, f->team_n, f->team_n <= 1, f->limits, out, e);

	if (rc != ERR_OK)
		return rc;
	rc = plan_check_money(out, f->goal, e);
	if (rc == ERR_OK)
		rc = plan_check_tools(out, f->team, f->team_n, f->offers, e);
	if (rc != ERR_OK)
		plan_free(out);
	return rc;
}

static void judge_plan(struct judging *j, struct step_action *a)
{
	const struct step_facts *f = j->f;
	struct err e = {0};
	int refused;

	if (j->plans > 0) {
		refuse(a, "One plan at a time: the other one of this reply is being looked at.");
		return;
	}
	if (f->plans_before >= f->limits->plans_per_goal) {
		fail(j->out, "%d plans for this goal were sent back", f->plans_before);
		refuse(a, "Too many plans for this goal were sent back.");
		return;
	}
	if (read_plan(f, a->arguments, &j->out->plan, &e) != ERR_OK) {
		refused = past_plans_refused(j->past) + 1;
		if (refused >= f->limits->plans_refused)
			fail(j->out, "%d plans in a row did not hold; the last: %.180s", refused, e.text);
		refuse(a, STEP_NO_PLAN "%s. Submit the whole plan again, corrected.", e.text);
		return;
	}
	a->what = STEP_PLAN;
	j->plans++;
}

static void judge_question(struct judging *j, struct step_action *a)
{
	cJSON *args = NULL;
	const char *q;

	if (j->questions > 0) {
		refuse(a, "One question at a time; put what you need to know into one.");
	} else if (json_parse(a->arguments, &args, NULL) == ERR_OK && (q = json_text(args, "question")) != NULL && q[0] != '\0' &&
	    strlen(q) <= j->f->limits->summary_bytes) {
		a->what = STEP_ASK;
		a->text = xstrdup(q);
		j->questions++;
	} else {
		refuse(a, "ask_person needs a `question` of at most %zu bytes.", j->f->limits->summary_bytes);
	}
	cJSON_Delete(args);
}

static void judge_tool(struct judging *j, struct step_action *a)
{
	const struct office_limits *l = j->f->limits;

	a->effect = policy_effect_of_call(a->offer->tool->effect, a->offer->type, a->arguments, slice_of(j->f->goal->text));
	if (a->effect == EFFECT_READ) {
		if (j->reads == l->reads_per_turn) {
			refuse(a, "More than %d reads in one reply. Read the rest in your next reply.", l->reads_per_turn);
			return;
		}
		a->what = STEP_READ;
		j->reads++;
		return;
	}
	if (a->offer->tool->effect == EFFECT_READ && j->f->task->kind == TASK_PLAN) {
		refuse(a, "While planning only reading is possible, and that address is not in the goal; put it into a task of the plan.");
		return;
	}
	if (past_rejected(j->past, a->offer->name, a->arguments)) {
		refuse(a, "You proposed exactly this before and the person rejected it, asked for changes, or put their own version in its place. Follow that, or go on without it.");
	} else if (j->proposals == l->proposals_per_turn) {
		refuse(a, "More than %d actions in one reply. Propose the rest once these are decided.", l->proposals_per_turn);
	} else {
		a->what = STEP_PROPOSE;
		j->proposals++;
	}
}

static bool twin_before(const struct step *s, const struct step_action *a)
{
	const struct step_action *o;

	for (o = s->actions; o < a; o++)
		if (o->what != STEP_REFUSE && o->offer == a->offer && slice_eq(o->arguments, a->arguments))
			return true;
	return false;
}

static void judge(struct judging *j, const struct prompt_part *call, struct step_action *a)
{
	int times;

	*a = (struct step_action){.what = STEP_REFUSE, .id = call->id, .arguments = slice_make(call->bytes, call->len)};
	a->offer = offers_find(j->f->offers, call->name);
	if (refuse_state(a, call->name) || refuse_arguments(j, a))
		return;
	if (twin_before(j->out, a)) {
		refuse(a, "The same call stands in this reply twice; the other one counts.");
		return;
	}
	times = past_in_a_row(j->past, call->name, a->arguments) + 1;
	if (times >= j->f->limits->same_call) {
		fail(j->out, "it made the same call with the same arguments %d times in a row", times);
		refuse(a, "The same call with the same arguments came %d times in a row.", times);
		return;
	}
	switch (a->offer->kind) {
	case OFFER_SUBMIT_PLAN: judge_plan(j, a); break;
	case OFFER_ASK_PERSON: judge_question(j, a); break;
	default: judge_tool(j, a); break;
	}
}

/* --- the whole reply -------------------------------------------------------------- */

static void nudge(struct judging *j, const char *words, const char *why_failed)
{
	if (past_nudges(j->past) >= j->f->limits->cut_replies) {
		fail(j->out, "%s", why_failed);
		return;
	}
	j->out->state = TASK_READY;
	j->out->nudge = xasprintf("%s%s", STEP_NUDGE, words);
}

/* A reply without calls: the closing words, or something that another turn may mend. */
static void without_calls(struct judging *j)
{
	struct buf text;

	if (j->r->stop == STOP_PAUSE) {
		j->out->state = TASK_READY;
		return;
	}
	if (j->r->stop == STOP_MAX_TOKENS || j->r->stop == STOP_NONE) {
		nudge(j, "Your reply was cut at its length limit. Go on from where it stopped, in fewer words and smaller calls; nothing of an unfinished call was used.",
		    "its replies were cut at their length limit again and again");
		return;
	}
	buf_init(&text, 0);
	reply_text(j->r, &text);
	if (text.len == 0) {
		nudge(j, "Your reply was empty. Use a tool, or close the task with your report.", "its replies were empty");
	} else if (j->f->task->kind == TASK_PLAN) {
		nudge(j, "Planning ends with the tool submit_plan. Submit the plan, or ask the person with ask_person.", "it gave no plan");
	} else {
		j->out->state = TASK_DONE;
		j->out->result = buf_take(&text);
	}
	buf_release(&text);
}

static int turns_allowed(const struct step_facts *f)
{
	int most = f->limits->turns_per_task;

	return f->agent->max_turns > 0 && f->agent->max_turns < most ? f->agent->max_turns : most;
}

static void stand(struct judging *j)
{
	struct step *s = j->out;
	int people = j->proposals + j->plans + j->questions;

	if (s->state == TASK_FAILED)
		return;
	s->state = step_open(j->reads, people, &s->on);
	if (s->on == ON_CONNECTOR)
		snprintf(s->why, sizeof s->why, "reading");
	else if (s->on == ON_PERSON && j->questions > 0)
		snprintf(s->why, sizeof s->why, "asks you a question");
	else if (s->on == ON_PERSON && j->plans > 0)
		snprintf(s->why, sizeof s->why, "its plan waits for your decision");
	else if (s->on == ON_PERSON)
		snprintf(s->why, sizeof s->why, "%d action%s for your decision", people, people == 1 ? " waits" : "s wait");
}

static void drop_actions(struct step *s)
{
	size_t i;

	for (i = 0; i < s->actions_n; i++)
		if (s->actions[i].what != STEP_REFUSE)
			refuse(&s->actions[i], "The task has ended; this was not done.");
	plan_free(&s->plan);
}

void step_reply(const struct step_facts *f, const struct reply *r, struct step *out)
{
	struct judging j = {.f = f, .r = r, .out = out};
	size_t i, calls = 0;

	*out = (struct step){.state = TASK_READY};
	for (i = 0; i < r->count; i++)
		calls += r->part[i].kind == PART_TOOL_USE;
	j.past = past_new(f->entries, f->entries_n);
	if (r->stop == STOP_REFUSAL)
		fail(out, "the model refused to go on");
	else if (r->stop == STOP_CONTEXT_FULL)
		fail(out, "the task's history is too long for the model");
	else if (calls == 0)
		without_calls(&j);
	out->actions = calls > 0 ? xcalloc(calls, sizeof *out->actions) : NULL;
	for (i = 0; i < r->count; i++)
		if (r->part[i].kind == PART_TOOL_USE)
			judge(&j, &r->part[i], &out->actions[out->actions_n++]);
	if (calls > 0)
		stand(&j);
	if ((out->state == TASK_READY || out->state == TASK_WAITING) && f->task->turns >= turns_allowed(f))
		fail(out, "it used all of its %d turns without coming to an end", turns_allowed(f));
	if (out->state == TASK_FAILED) {
		out->on = ON_NOTHING;
		drop_actions(out);
	}
	past_free(j.past);
}

void step_release(struct step *s)
{
	size_t i;

	for (i = 0; i < s->actions_n; i++)
		free(s->actions[i].text);
	free(s->actions);
	free(s->result);
	free(s->nudge);
	plan_free(&s->plan);
	*s = (struct step){0};
}

enum task_state step_open(int reads_open, int people_open, enum task_on *on)
{
	*on = reads_open > 0 ? ON_CONNECTOR : people_open > 0 ? ON_PERSON : ON_NOTHING;
	return *on == ON_NOTHING ? TASK_READY : TASK_WAITING;
}
