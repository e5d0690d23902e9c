/* SPDX-License-Identifier: GPL-3.0-or-later */
/* office_fixture.h - a small office for tests: two connectors, six tools, a
 * team of three, and a way to write replies and histories down. Used by
 * test_step and test_prompt. */
#ifndef OFFICE_FIXTURE_H
#define OFFICE_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"
#include "model/goal.h"
#include "model/connector.h"
#include "model/reply.h"
#include "office/limits.h"
#include "office/offer.h"

#define HISTORY 64

struct office {
	struct connector_record connectors[2];
	struct tool tools[6];
	struct agent team[3];
	struct goal goal;
	struct task task;
	struct offers offers;
	struct entry entries[HISTORY];
	size_t entries_n;
};

static inline void fixture_tool(struct tool *t, int64_t id, int64_t connector, const char *connector_name, const char *name, enum effect effect)
{
	static char schema[] = "{\"type\":\"object\"}", words[] = "A tool.";

	*t = (struct tool){.id = id, .connector = connector, .effect = effect, .state = TOOL_KNOWN, .description = words, .schema = schema};
	snprintf(t->connector_name, sizeof t->connector_name, "%s", connector_name);
	snprintf(t->name, sizeof t->name, "%s", name);
	memset(&t->definition, (int)id, sizeof t->definition);
	t->pinned = t->definition;
}

static inline void fixture_offers(struct office *o, int agent)
{
	offers_release(&o->offers);
	offers_make(&o->offers, &o->team[agent], &o->task, o->tools, LENGTH(o->tools), o->connectors, LENGTH(o->connectors));
}

/* kind decides who works: the CEO plans (agent 0), Ada works (agent 1). */
static inline void fixture_init(struct office *o, enum task_kind kind)
{
	static char goal[] = "Fix the docs", todo[] = "Correct docs/a.md", prompt[] = "You read and change code.";

	memset(o, 0, sizeof *o);
	o->connectors[0] = (struct connector_record){.id = 1, .name = "repo", .type = CONNECTOR_CODEBASE, .state = LINK_RUNNING};
	o->connectors[1] = (struct connector_record){.id = 2, .name = "mail", .type = CONNECTOR_INBOX, .state = LINK_STOPPED};
	fixture_tool(&o->tools[0], 11, 1, "repo", "read_file", EFFECT_READ);
	fixture_tool(&o->tools[1], 12, 1, "repo", "propose_patch", EFFECT_WRITE);
	fixture_tool(&o->tools[2], 13, 2, "mail", "send_mail", EFFECT_SEND);
	fixture_tool(&o->tools[3], 14, 2, "mail", "list", EFFECT_READ);
	fixture_tool(&o->tools[4], 15, 1, "repo", "changed", EFFECT_READ);
	memset(&o->tools[4].pinned, 99, sizeof o->tools[4].pinned);
	fixture_tool(&o->tools[5], 16, 1, "repo", "search", EFFECT_READ);
	o->team[0] = (struct agent){.id = 1, .name = "Mira", .role = "ceo", .title = "Plans", .prompt = prompt, .tier = TIER_TOP};
	o->team[1] = (struct agent){.id = 2, .name = "Ada", .role = "engineer", .title = "Codes", .prompt = prompt, .tier = TIER_STANDARD, .tools_narrowed = true,
	    .tools = {"type:codebase.*", "mail.send_mail"}, .tools_n = 2};
	o->team[2] = (struct agent){.id = 3, .name = "Sam", .role = "support", .title = "Answers", .prompt = prompt, .tier = TIER_ROUTINE, .paused = true};
	o->goal = (struct goal){.id = 3, .state = GOAL_ACTIVE, .text = goal};
	o->task = (struct task){.id = 12, .goal = 3, .kind = kind, .state = TASK_RUNNING, .title = "Docs", .instructions = todo, .turns = 1,
	    .created_us = INT64_C(1795392000000000), .started_us = INT64_C(1795392000000000)};
	fixture_offers(o, kind == TASK_PLAN ? 0 : 1);
}

static inline void fixture_release(struct office *o)
{
	size_t i;

	for (i = 0; i < o->entries_n; i++)
		entry_release(&o->entries[i]);
	offers_release(&o->offers);
}

/* --- replies ------------------------------------------------------------------- */

struct said {
	struct prompt_part parts[24];
	struct reply reply;
};

static inline void said_init(struct said *s, const char *text, enum stop_reason stop)
{
	memset(s, 0, sizeof *s);
	s->reply.part = s->parts;
	s->reply.stop = stop;
	if (text != NULL)
		s->parts[s->reply.count++] = (struct prompt_part){.kind = PART_TEXT, .bytes = xstrdup(text), .len = strlen(text)};
}

static inline void said_call(struct said *s, const char *id, const char *name, const char *input)
{
	s->parts[s->reply.count++] = (struct prompt_part){.kind = PART_TOOL_USE, .id = xstrdup(id), .name = xstrdup(name), .bytes = xstrdup(input), .len = strlen(input)};
	s->reply.has_tool_use = true;
}

static inline void said_release(struct said *s)
{
	size_t i;

	for (i = 0; i < s->reply.count; i++) {
		free(s->parts[i].id);
		free(s->parts[i].name);
		free(s->parts[i].bytes);
	}
	s->reply.count = 0;
}

/* --- histories -------------------------------------------------------------------- */

static inline struct entry *fixture_entry(struct office *o, enum entry_kind kind, const char *body)
{
	struct entry *n = &o->entries[o->entries_n++];

	*n = (struct entry){.id = (int64_t)o->entries_n, .task = o->task.id, .seq = (int)o->entries_n, .kind = kind, .body = xstrdup(body)};
	return n;
}

/* Takes s over. */
static inline void fixture_assistant(struct office *o, struct said *s)
{
	struct buf b;

	buf_init(&b, 0);
	parts_to_json(s->parts, s->reply.count, &b);
	fixture_entry(o, ENTRY_ASSISTANT, buf_text(&b));
	buf_release(&b);
	said_release(s);
}

static inline void fixture_result(struct office *o, const char *id, const char *text, bool is_error, const char *source)
{
	struct entry *n = fixture_entry(o, ENTRY_TOOL_RESULT, text);

	snprintf(n->tool_use_id, sizeof n->tool_use_id, "%s", id);
	n->is_error = is_error;
	n->untrusted = source != NULL;
	snprintf(n->source, sizeof n->source, "%s", source != NULL ? source : "");
}

/* An assistant turn of one call, and its result. */
static inline void fixture_turn(struct office *o, const char *id, const char *name, const char *input, const char *result, bool is_error)
{
	struct said s;

	said_init(&s, "I look.", STOP_TOOL_USE);
	said_call(&s, id, name, input);
	fixture_assistant(o, &s);
	fixture_result(o, id, result, is_error, is_error ? NULL : "repo__read_file docs/a.md");
}

#endif
