/* SPDX-License-Identifier: GPL-3.0-or-later */
/* template.h - an industry team, read from data/templates/NAME.json. Pure: the
 * caller brings the bytes, of the template and of each prompt file it names.
 *
 * The file: {"format":1, "name", "title", "industry", "agents":[{"name","role",
 * "title","prompt" or "prompt_file","tier","tools":[...],"only_these_tools",
 * "max_turns","cap_usd","vendor","model","tasks_per_month"}], "goals":["..."],
 * "schedules":[{"agent","every","at","days","text"}]}. claviger-template(5) says it for people.
 * Unknown members are errors: a typo must not silently take a tool away.
 *
 * Errors  ERR_PROTO or ERR_LIMIT with the place: "agents[2].tier: ...". */
#ifndef OFFICE_TEMPLATE_H
#define OFFICE_TEMPLATE_H

#include "base/err.h"
#include "base/slice.h"
#include "model/agent.h"
#include "model/schedule.h"

#define TEMPLATE_BYTES ((size_t)256 << 10)
#define TEMPLATE_AGENTS 32
#define TEMPLATE_GOALS 16
#define TEMPLATE_SCHEDULES 16
#define TEMPLATE_TASKS 100000
#define PROMPT_FILE_BYTES ((size_t)32 << 10)

struct template {
	char name[NAME_MAX_BYTES], title[TITLE_MAX_BYTES], industry[NAME_MAX_BYTES];
	struct agent agents[TEMPLATE_AGENTS];	/* ids are 0; exactly one has the role "ceo" */
	/* "prompts/ceo.txt": read it and hand it to template_prompt(). "" if the
	 * prompt was in the template itself. */
	char prompt_files[TEMPLATE_AGENTS][TITLE_MAX_BYTES];
	int agents_n;
	char *goals[TEMPLATE_GOALS];		/* samples, to be offered */
	int goals_n;
	int tasks[TEMPLATE_AGENTS];		/* that the agent is expected to get in a month: for the estimate of its cost */
	struct schedule schedules[TEMPLATE_SCHEDULES];	/* off; ids and times are 0 */
	int schedules_n;
};

/* *out is empty after a failure. struct template is large (some 300 KiB): heap. */
MUST_USE enum err_code template_parse(struct slice bytes, struct template *out, struct err *e);
/* Copy the text of agent i's prompt file in. ERR_LIMIT if too long, ERR_PROTO
 * if it is empty or no UTF-8. */
MUST_USE enum err_code template_prompt(struct template *t, int i, struct slice text, struct err *e);
void template_release(struct template *t);

#endif
