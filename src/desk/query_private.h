/* SPDX-License-Identifier: GPL-3.0-or-later */
/* query_private.h - what the files of query_*.c share: the question at hand, and
 * how money, times and ids are written. */
#ifndef DESK_QUERY_PRIVATE_H
#define DESK_QUERY_PRIVATE_H

#include "base/json.h"
#include "base/memory.h"
#include "desk/desk_private.h"
#include "desk/query.h"
#include "model/agent.h"
#include "model/task.h"
#include "money/pico.h"
#include "store/store.h"

struct ask {
	struct desk *desk;		/* NULL for kinds that need no workspace */
	struct store *store;		/* NULL with it */
	const struct desk_options *options;
	const struct query *q;
	struct json_out *j;
};
typedef enum err_code answer_fn(struct ask *a, struct err *e);

answer_fn answer_workspaces, answer_workspace, answer_persons, answer_templates, answer_template, answer_agents, answer_agent, answer_tiers, answer_schedules, answer_connectors, answer_connector, answer_tools, answer_questions, answer_question,
    answer_keys, answer_goals, answer_goal, answer_goal_report, answer_tasks, answer_task, answer_approvals, answer_approval, answer_rules, answer_data, answer_meter, answer_spend, answer_focus, answer_calls, answer_call_export, answer_savings, answer_caps,
    answer_prices, answer_price_list, answer_quote, answer_journal, answer_journal_verify, answer_journal_head, answer_incidents, answer_statement, answer_watch, answer_doctor;

/* Where a day of the workspace's zone begins (UTC microseconds). */
int64_t query_day_start(int64_t day);
void put_money(struct json_out *j, const char *name, int64_t pd);
void put_time(struct json_out *j, const char *name, int64_t at_us);	/* 0: null */
void put_word(struct json_out *j, const char *name, const char *text);	/* NULL and "": null */
/* Raw JSON if it is whole, else empty ("[]", "{}"). */
void put_raw(struct json_out *j, const char *name, const char *json, const char *empty);

/* All rows of a list that comes in pages, oldest first: at most limit, the newest
 * ones. page reads up to room rows older than before (0: the newest), newest first. */
typedef enum err_code page_fn(const struct ask *a, int64_t before, void *rows, int room, int *n, struct err *e);
struct pages {
	page_fn *page;
	size_t size;		/* of a row */
	size_t id_offset;	/* of its int64_t id */
};
/* *rows is the caller's, to be released one by one and freed. */
MUST_USE enum err_code read_pages(const struct ask *a, const struct pages *p, int limit, void **rows, int *n, struct err *e);

/* The members of an agent's object. */
void put_agent(struct json_out *j, const struct agent *g, bool whole);
/* The prices of the workspace, or of the home where there is none: *own is to be freed. */
MUST_USE enum err_code query_book(struct ask *a, const struct book **book, struct book **own, struct err *e);

/* The members of a task's object, for lists and `show`. */
void put_task(struct json_out *j, const struct task *t);

#endif
