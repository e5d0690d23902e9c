/* SPDX-License-Identifier: GPL-3.0-or-later */
/* query.h - questions that change nothing, answered as JSON (cli-contract.md
 * names every field). The command line prints the document or draws a table of
 * it; nothing else renders records to text twice.
 *
 * Thread  the face's; reads the desk's read-only connection. Bounded. */
#ifndef DESK_QUERY_H
#define DESK_QUERY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "desk/desk.h"

#define QUERY_TODAY INT64_C(-1)	/* as since_day or until_day */

enum query_kind {
	QUERY_WORKSPACE_LIST, QUERY_WORKSPACE_SHOW, QUERY_PERSON_LIST,
	QUERY_TEMPLATE_LIST, QUERY_TEMPLATE_SHOW, QUERY_AGENT_LIST, QUERY_AGENT_SHOW, QUERY_TIER_LIST, QUERY_SCHEDULE_LIST,
	QUERY_KEY_LIST, QUERY_GOAL_LIST, QUERY_GOAL_SHOW, QUERY_GOAL_REPORT, QUERY_TASK_LIST, QUERY_TASK_SHOW,
	QUERY_APPROVAL_LIST, QUERY_APPROVAL_SHOW, QUERY_RULE_LIST, QUERY_CONNECTOR_LIST, QUERY_CONNECTOR_TOOLS, QUERY_CONNECTOR_SHOW, QUERY_QUESTION_LIST, QUERY_QUESTION_SHOW,
	QUERY_DATA, QUERY_METER, QUERY_SPEND, QUERY_SPEND_FOCUS, QUERY_CALL_LIST, QUERY_CALL_EXPORT, QUERY_SAVINGS, QUERY_CAP_LIST, QUERY_PRICE_SHOW, QUERY_PRICE_LIST, QUERY_PRICE_QUOTE,
	QUERY_JOURNAL_LIST, QUERY_JOURNAL_VERIFY, QUERY_JOURNAL_HEAD, QUERY_INCIDENT_LIST, QUERY_STATEMENT, QUERY_WATCH, QUERY_DOCTOR,
	QUERY_KINDS
};

struct query {
	enum query_kind kind;
	int64_t id;			/* of `show`; task or goal filter of lists, 0: all */
	const char *name;		/* agent, key, connector, template, model */
	const char *tool;		/* connector show; NULL: the connector itself */
	const char *vendor;
	const char *by;			/* spend: dimension */
	int64_t since_us, until_us;	/* 0: open */
	int64_t since_day, until_day;	/* the same as days of the workspace's zone, both included (clock_day_number()); 0: not given so */
	bool all;
	int limit;			/* 0: the query's own */
	struct {			/* price quote: disjoint buckets */
		int64_t input, cache_read, write_5m, write_30m, write_1h, write_12h, output, web_search;
		int64_t month_pd;	/* spent in the month so far, for volume tiers; below 0: as it is */
		bool batch;
		const char *service_tier, *region_class;
	} quote;
};

/* Write the document to out (cleared first). ERR_MISSING: no such thing. d may
 * be NULL for the kinds that need no workspace (workspace and template lists,
 * prices, doctor); o tells the home then. */
MUST_USE enum err_code desk_query(struct desk *d, const struct desk_options *o, const struct query *q, struct buf *out, struct err *e);

#endif
