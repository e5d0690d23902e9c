/* SPDX-License-Identifier: GPL-3.0-or-later */
/* task.h - one piece of work by one agent. The CEO's planning of a goal is a
 * task of its own kind, so that its turns and cost are kept like any other's. */
#ifndef MODEL_TASK_H
#define MODEL_TASK_H

#include <stdbool.h>
#include <stdint.h>

#include "model/record.h"

enum task_kind { TASK_WORK, TASK_PLAN };
enum task_state { TASK_BLOCKED, TASK_READY, TASK_RUNNING, TASK_WAITING, TASK_PAUSED, TASK_DONE, TASK_FAILED, TASK_CANCELLED, TASK_STATES };
/* Who the next move belongs to while waiting, or why it is paused. */
enum task_on { ON_NOTHING, ON_PERSON, ON_VENDOR, ON_CONNECTOR, ON_TASK, ON_CAP, ON_KEY, ON_ERROR, TASK_ONS };
extern const char *const task_on_names[TASK_ONS];	/* "", "person", "vendor" ... */
enum tier { TIER_ROUTINE, TIER_STANDARD, TIER_TOP, TIERS };
extern const char *const tier_names[TIERS];

struct task {
	int64_t id, goal;
	enum task_kind kind;
	enum task_state state;
	enum task_on on;
	char agent[NAME_MAX_BYTES];
	char title[TITLE_MAX_BYTES];
	char *instructions;
	enum tier tier;
	int turns;			/* model calls that came back */
	int64_t cost_pd;		/* settled and cut calls */
	int64_t cap_pd;			/* 0: none of its own */
	char *result;			/* the agent's closing text, or NULL */
	char why[TITLE_MAX_BYTES];	/* of paused, failed, waiting: words for the person */
	int64_t created_us, started_us, ended_us;
	int64_t retry_us;		/* waiting on the vendor until then; 0: not */
	int64_t blocked_by[16];		/* task ids not yet done; filled by reads */
	int blocked_n;
	bool read_untrusted;		/* this agent has read outside text in this task */
};
void task_release(struct task *t);

/* One entry of a task's history: what a prompt is rebuilt from. */
/* A note is for people. A summary is what a smaller model made of something too long to be shown;
 * its tool_use_id says of what (office/shorten.h). */
enum entry_kind { ENTRY_USER, ENTRY_ASSISTANT, ENTRY_TOOL_RESULT, ENTRY_NOTE, ENTRY_SUMMARY };
struct entry {
	int64_t id, task;
	int seq;			/* 1, 2, 3 ... within the task */
	enum entry_kind kind;
	int64_t call;			/* the call that produced an assistant entry or a summary, or 0 */
	char tool_use_id[NAME_MAX_BYTES * 2];	/* of a tool result */
	bool is_error, untrusted;
	char source[TITLE_MAX_BYTES];	/* provenance of a tool result: "repo__read_file docs/a.md" */
	char *body;			/* JSON parts of an assistant entry (model/reply.h), else plain text */
	int64_t created_us;
};
void entry_release(struct entry *n);

#endif
