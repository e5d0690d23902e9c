/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools themselves: reads, checks of what will be proposed, and the question to the person. */
#include "worker/steps_do.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "store/approval.h"
#include "store/task.h"

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
			rc = steps_propose(k->w, &f, &r->a, slice_make(r->args, r->args_len), o->structured, NULL, &e);
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
enum err_code steps_propose_unchecked(struct worker *w, const struct facts *f, const struct step_action *s, struct turn_calls *out, struct err *e)
{
	struct approval a = {.kind = APPROVAL_ACTION};
	enum err_code rc;

	name_action(s, &a);
	rc = steps_propose(w, f, &a, s->arguments, slice_of(""), s->offer->tool->schema, e);
	approval_release(&a);
	out->people_open++;
	snprintf(out->why, sizeof out->why, "a proposal waits for your word");
	return rc;
}

enum err_code steps_call_tool(struct work *k, const struct step_action *s, bool is_check, struct err *e)
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

enum err_code steps_ask_person(struct worker *w, const struct facts *f, const struct step_action *s, struct err *e)
{
	struct entry n = {.task = f->task.id, .kind = ENTRY_NOTE, .created_us = clock_now_us()};
	enum err_code rc;

	n.body = xasprintf("%s asks: %s", f->agent.name, s->text);
	rc = entry_add(w->h.store, &n, e);
	entry_release(&n);
	return rc;
}
