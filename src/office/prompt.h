/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prompt.h - the next turn of a task as a vendor-neutral prompt. Pure.
 *
 * Stable prefix first, so that vendors' caches hit: tools, in the order of the
 * offers; system (the office's rules, the agent's part with its `role: ROLE`
 * line, the team for the CEO); then messages. The first message holds the goal,
 * the task, reading matter and the day the task began; nothing before the history changes from
 * turn to turn, and turn n+1 repeats turn n's messages byte for byte. But a history
 * that grows past limits->history_bytes is compacted in one step: the oldest long results give way to a
 * line that says so, and to what a model of the routine tier made of them (office/shorten.h), and
 * stay away. The agent can read again; what it had read still counts as read.
 *
 * Text from outside stands between <data id="ID" from="SOURCE"> and </data ID>,
 * each on a line of its own, ID being 12 hex digits of a hash over the text: it can't close
 * its own frame. Between them the text is verbatim. Calls of an assistant entry that have no
 * result entry get one that says so; ENTRY_NOTE is for people and is left out. */
#ifndef OFFICE_PROMPT_H
#define OFFICE_PROMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "model/agent.h"
#include "model/goal.h"
#include "model/prompt.h"
#include "model/task.h"
#include "office/limits.h"
#include "office/offer.h"

/* A file the person attached to the goal. */
struct attachment {
	const char *name;
	struct slice text;
};
struct prompt_facts {
	const struct office_limits *limits;
	const char *workspace;		/* its name */
	struct slice rules;		/* data/prompts/office.txt */
	struct slice summary_rules;	/* data/prompts/summary.txt */
	const struct agent *agent;
	const struct agent *team;	/* by id; shown to a planning CEO */
	size_t team_n;
	const struct goal *goal;
	const struct task *task;	/* started_us (or created_us) gives the day */
	const struct task *needed;	/* finished tasks it depended on: their results are shown */
	size_t needed_n;
	const struct attachment *attachments;
	size_t attachments_n;
	const struct entry *entries;	/* history, by seq */
	size_t entries_n;
	const struct offers *offers;
	const char *model;		/* as the vendor names it */
	int64_t max_tokens;
	int64_t cache_min_tokens;	/* the model's shortest cacheable prefix; 0: no breakpoints */
	enum cache_mark prefix_cache, history_cache;	/* of tools and system, of messages: what pays; NONE: not kept */
};

/* out is initialised here: prompt_release() it. ERR_PROTO if an assistant entry can't be read
 * back, ERR_LIMIT if the whole passes the prompt's bound. */
MUST_USE enum err_code office_prompt(struct prompt *out, const struct prompt_facts *f, struct err *e);

struct buf;
/* The frame around text from outside, as above; cut to max bytes with a note. */
void prompt_frame(struct buf *out, struct slice text, const char *source, size_t max);

#endif
