/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/json.h"
#include "base/memory.h"
#include "model/prompt.h"
#include "model/reply.h"
#include "office/context.h"
#include "office/plan.h"
#include "office/policy.h"
#include "office/preview.h"
#include "office/provenance.h"
#include "office/step.h"
#include "store/approval.h"
#include "store/connector.h"
#include "store/call.h"
#include "store/goal.h"
#include "store/store.h"
#include "store/task.h"

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
			if (r.part[k].kind == PART_TOOL_USE && strcmp(r.part[k].name, "ask_person") == 0 && !is_answered(f, at, r.part[k].id)) {
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

/* --- proposing ------------------------------------------------------------------------ */

static int64_t last_hold(struct worker *w, int64_t task)
{
	struct call_filter filter = {.task = task};
	struct call c = {0};
	int n = 0;

	return call_list(w->h.store, &filter, &c, 1, &n, NULL) == ERR_OK && n == 1 ? c.hold_pd : 0;
}

/* What the agent had before it: the goal's attachments, which every task shows, then
 * its own history. The array is the caller's; what is in it is borrowed. */
static struct entry *read_so_far(const struct facts *f)
{
	struct entry *v = xcalloc((size_t)(f->attached_n + f->entries_n + 1), sizeof *v);
	int i;

	for (i = 0; i < f->attached_n; i++) {
		v[i] = (struct entry){.kind = ENTRY_TOOL_RESULT, .untrusted = true, .body = f->attached[i].text};
		snprintf(v[i].source, sizeof v[i].source, "attachment %.200s", f->attached[i].name);
	}
	for (i = 0; i < f->entries_n; i++) {
		struct entry *n = &v[f->attached_n + i];

		*n = f->entries[i];
		if (n->kind == ENTRY_SUMMARY)	/* what it says was read, too */
			n->kind = ENTRY_TOOL_RESULT;
	}
	return v;
}

/* Through whose account or folder it would go: another one of the same name is another matter. */
static enum err_code take_identity(struct worker *w, struct approval *a, struct err *e)
{
	struct connector_record c = {0};
	enum err_code rc = connector_by_name(w->h.store, a->connector, &c, e);

	if (rc == ERR_OK)
		a->credential = connector_identity(w->h.workspace, &c);
	connector_record_release(&c);
	return rc;
}

/* With its signature, in one. */
static enum err_code put_proposal(struct worker *w, struct approval *a, struct err *e)
{
	struct store *s = w->h.store;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = approval_add(s, a, e);
	if (rc == ERR_OK)
		rc = hands_sign_proposal(&w->h, a, e);
	if (rc == ERR_OK)
		return store_commit(s, e);
	store_rollback(s);
	return rc;
}

/* The approval of which this is the new version that a person asked for; 0: none. */
static int64_t asked_before(struct worker *w, const struct approval *a)
{
	struct approval old = {0};
	int64_t id = approval_changes_asked(w->h.store, a->task, a->kind, a->connector, a->tool, &old, NULL) == ERR_OK ? old.id : 0;

	approval_release(&old);
	return id;
}

/* check: what the connector's check said of it, raw JSON, or empty; schema: of a tool of
 * others, whose own words of its fields are shown, or NULL. */
static enum err_code propose(struct worker *w, const struct facts *f, struct approval *a, struct slice payload, struct slice check, const char *schema, struct err *e)
{
	struct provenance prov = {0};
	struct entry *read;
	enum err_code rc = a->kind == APPROVAL_ACTION ? take_identity(w, a, e) : ERR_OK;

	if (rc != ERR_OK)
		return rc;
	a->state = APPROVAL_PENDING;
	a->goal = f->task.goal;
	a->task = f->task.id;
	snprintf(a->agent, sizeof a->agent, "%s", f->agent.name);
	a->payload = xstrndup(payload.p, payload.len);
	a->payload_len = payload.len;
	preview_summary(a, a->summary);
	read = read_so_far(f);
	provenance_make(payload, a->effect, read, (size_t)(f->attached_n + f->entries_n), slice_of(f->goal.text), &prov);
	free(read);
	a->provenance = prov.sources != NULL ? xstrdup(prov.sources) : NULL;
	a->flags = prov.flags != NULL ? xstrdup(prov.flags) : NULL;
	a->context = context_make(&prov, check, schema, payload);
	a->worst_case_pd = last_hold(w, f->task.id);
	if (a->kind == APPROVAL_PLAN && plan_cost(payload) > a->worst_case_pd)
		a->worst_case_pd = plan_cost(payload);
	a->replaces = asked_before(w, a);
	a->created_us = clock_now_us();
	a->expires_us = w->o.expire_after_h > 0 ? a->created_us + w->o.expire_after_h * 3600 * US_PER_S : 0;
	rc = put_proposal(w, a, e);
	crash_point("approval.pending");
	/* who asked for changes looks at what came of it: no rule does that for them */
	if (rc == ERR_OK && a->kind == APPROVAL_ACTION && a->replaces == 0 && policy_persons(&w->h.persons, a) == 1)
		standing_decide(w, a, prov.read_untrusted);
	provenance_release(&prov);
	return rc;
}

static enum err_code propose_plan(struct worker *w, const struct facts *f, const struct step_action *s, struct err *e)
{
	struct approval a = {.kind = APPROVAL_PLAN, .effect = EFFECT_WRITE};
	struct store *st = w->h.store;
	enum err_code rc = store_begin(st, e);

	if (rc != ERR_OK)
		return rc;
	snprintf(a.tool_use_id, sizeof a.tool_use_id, "%s", s->id);
	rc = propose(w, f, &a, s->arguments, slice_of(""), NULL, e);
	if (rc == ERR_OK && f->goal.state == GOAL_PLANNING)
		rc = goal_move(st, f->goal.id, GOAL_PLAN_PENDING, "", clock_now_us(), e);
	approval_release(&a);
	if (rc == ERR_OK)
		return store_commit(st, e);
	store_rollback(st);
	return rc;
}

/* --- tools --------------------------------------------------------------------------- */

/* One connector call under way for a task: a read, or the check of a proposal. */
struct reading {
	struct work *k;
	char id[NAME_MAX_BYTES * 2];
	char source[TITLE_MAX_BYTES];
	bool is_check, is_codebase;
	struct approval a;		/* of a check: what will be proposed */
	char *args;
	size_t args_len;
};

static void reading_free(struct reading *r)
{
	approval_release(&r->a);
	free(r->args);
	free(r);
}

static void say_source(const struct step_action *s, char out[TITLE_MAX_BYTES])
{
	static const char *const telling[] = {"path", "query", "id", "url"};
	cJSON *args = NULL;
	const char *word = NULL;
	size_t i;

	if (json_parse(s->arguments, &args, NULL) == ERR_OK)
		for (i = 0; i < LENGTH(telling) && word == NULL; i++)
			word = json_text(args, telling[i]);
	snprintf(out, TITLE_MAX_BYTES, "%s%s%.180s", s->offer->name, word != NULL ? " " : "", word != NULL ? word : "");
	cJSON_Delete(args);
}

static void copy_text(const struct tool_outcome *o, struct buf *out)
{
	buf_add(out, o->text.p, o->text.len);
	if (o->text_is_cut)
		buf_adds(out, "\n[cut here: there is more]");
}

/* A repository's own advice came along (servers/codebase/advice.h): whose text it is, is said in our words. */
static void note_advice(struct reading *r, const struct tool_outcome *o)
{
	size_t n = strlen(r->source);
	cJSON *t = NULL;

	if (r->is_codebase && o->structured.len > 0 && json_parse(o->structured, &t, NULL) == ERR_OK && cJSON_GetArraySize(json_array(t, "advice")) > 0)
		snprintf(r->source + n, sizeof r->source - n, ", with AGENTS.md");
	cJSON_Delete(t);
}

static void on_read(void *user, const struct tool_outcome *o)
{
	struct reading *r = user;
	struct work *k = r->k;
	struct buf text;
	struct err e = {0};
	bool is_theirs;

	buf_init(&text, CONNECTOR_TEXT_MAX + 64);
	copy_text(o, &text);
	note_advice(r, o);
	/* what the server says in an error is outside text like the rest; the other endings have words of ours */
	is_theirs = o->result == TOOL_OK || o->result == TOOL_FAILED || o->result == TOOL_ASKS;
	if (!k->w->stopping && work_answer(k->w, k->task, r->id, buf_text(&text), o->result != TOOL_OK, is_theirs ? r->source : NULL, &e) != ERR_OK)
		work_pause(k->w, k->task, ON_ERROR, e.text);
	buf_release(&text);
	reading_free(r);
	work_read_done(k);
}

/* What the target is like now; it goes into bind, so that a decision on one
 * state of it does not fire on another. */
static void take_target(struct approval *a, struct slice structured)
{
	cJSON *t = NULL;
	const char *target;

	if (structured.len == 0 || json_parse(structured, &t, NULL) != ERR_OK)
		return;
	target = json_text(t, "target");
	if (target != NULL)
		snprintf(a->target, sizeof a->target, "%s", target);
	cJSON_Delete(t);
}

static void on_check(void *user, const struct tool_outcome *o)
{
	struct reading *r = user;
	struct work *k = r->k;
	struct facts f;
	struct err e = {0};
	enum err_code rc = ERR_OK;

	if (k->w->stopping) {
		reading_free(r);
		work_read_done(k);
		return;
	}
	if (o->result == TOOL_OK) {
		take_target(&r->a, o->structured);
		rc = facts_load(k->w, k->task, &f, &e);
		if (rc == ERR_OK)
			rc = propose(k->w, &f, &r->a, slice_make(r->args, r->args_len), o->structured, NULL, &e);
		facts_release(&f);
	} else {
		char *text = xstrndup(o->text.p, o->text.len);

		rc = work_answer(k->w, k->task, r->id, text, true, NULL, &e);
		free(text);
	}
	if (rc != ERR_OK)
		work_pause(k->w, k->task, ON_ERROR, e.text);
	reading_free(r);
	work_read_done(k);
}

static void name_action(const struct step_action *s, struct approval *a)
{
	const struct tool *t = s->offer->tool;

	a->kind = APPROVAL_ACTION;
	a->effect = s->effect;
	a->definition = t->pinned;
	snprintf(a->tool_use_id, sizeof a->tool_use_id, "%s", s->id);
	snprintf(a->connector, sizeof a->connector, "%s", t->connector_name);
	snprintf(a->tool, sizeof a->tool, "%s", t->name);
}

/* A server of others can't be asked what would come of a call: the person judges
 * by the arguments, which is all that there is. */
static enum err_code propose_unchecked(struct worker *w, const struct facts *f, const struct step_action *s, struct turn_calls *out, struct err *e)
{
	struct approval a = {.kind = APPROVAL_ACTION};
	enum err_code rc;

	name_action(s, &a);
	rc = propose(w, f, &a, s->arguments, slice_of(""), s->offer->tool->schema, e);
	approval_release(&a);
	out->people_open++;
	snprintf(out->why, sizeof out->why, "a proposal waits for your word");
	return rc;
}

static enum err_code call_tool(struct work *k, const struct step_action *s, bool is_check, struct err *e)
{
	struct worker *w = k->w;
	struct reading *r = xcalloc(1, sizeof *r);
	struct link_call c = {.tool = s->offer->tool, .task = k->task, .mode = is_check ? CONNECTOR_CHECK : CONNECTOR_CALL};
	struct err why = {0};
	enum err_code rc;

	r->k = k;
	r->is_check = is_check;
	r->is_codebase = s->offer->type == CONNECTOR_CODEBASE;
	snprintf(r->id, sizeof r->id, "%s", s->id);
	say_source(s, r->source);
	r->args = xstrndup(s->arguments.p, s->arguments.len);
	r->args_len = s->arguments.len;
	c.args = slice_make(r->args, r->args_len);
	if (is_check)
		name_action(s, &r->a);
	rc = links_call(w->links, &c, is_check ? on_check : on_read, r, &why);
	if (rc == ERR_OK) {
		k->reads_open++;
		return ERR_OK;
	}
	reading_free(r);
	return work_answer(w, k->task, s->id, why.text, true, NULL, e);
}

static enum err_code ask_person(struct worker *w, const struct facts *f, const struct step_action *s, struct err *e)
{
	struct entry n = {.task = f->task.id, .kind = ENTRY_NOTE, .created_us = clock_now_us()};
	enum err_code rc;

	n.body = xasprintf("%s asks: %s", f->agent.name, s->text);
	rc = entry_add(w->h.store, &n, e);
	entry_release(&n);
	return rc;
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
		return call_tool(k, s, false, e);
	case STEP_PROPOSE:
		return s->offer->type == CONNECTOR_MCP ? propose_unchecked(k->w, f, s, out, e) : call_tool(k, s, true, e);
	case STEP_PLAN:
		out->people_open++;
		snprintf(out->why, sizeof out->why, "its plan waits for your word");
		return propose_plan(k->w, f, s, e);
	case STEP_ASK:
		out->people_open++;
		snprintf(out->why, sizeof out->why, "asks: %.240s", s->text);
		return ask_person(k->w, f, s, e);
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
				open = strcmp(r.part[i].name, "ask_person") == 0;
			out->people_open += open;
		}
		prompt_release(&p);
	}
	asked_release(&asked);
	return rc;
}
