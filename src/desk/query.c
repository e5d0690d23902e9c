/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which function answers which question, and what the answers share. */
#include "desk/query.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "desk/query_private.h"

#define PAGE 256

void put_money(struct json_out *j, const char *name, int64_t pd)
{
	char text[PICO_TEXT];

	pico_format(pd, text);
	json_put_text(j, name, text);
}

void put_time(struct json_out *j, const char *name, int64_t at_us)
{
	char text[DATE_TEXT];

	if (at_us <= 0) {
		json_put_null(j, name);
		return;
	}
	date_rfc3339(at_us, text);
	json_put_text(j, name, text);
}

void put_word(struct json_out *j, const char *name, const char *text)
{
	json_put_text(j, name, text != NULL && text[0] != '\0' ? text : NULL);
}

void put_raw(struct json_out *j, const char *name, const char *json, const char *empty)
{
	if (json == NULL || json_gate(slice_of(json), NULL) != ERR_OK)
		json = empty;
	json_put_raw(j, name, slice_of(json));
}

static void reverse(char *rows, size_t size, int n)
{
	char *held = xmalloc(size);

	for (int i = 0, k = n - 1; i < k; i++, k--) {
		memcpy(held, rows + (size_t)i * size, size);
		memcpy(rows + (size_t)i * size, rows + (size_t)k * size, size);
		memcpy(rows + (size_t)k * size, held, size);
	}
	free(held);
}

enum err_code read_pages(const struct ask *a, const struct pages *p, int limit, void **rows, int *n, struct err *e)
{
	char *all = NULL;
	int64_t before = 0;
	int have = 0, got = 0;
	enum err_code code = ERR_OK;

	do {
		int room = limit - have < PAGE ? limit - have : PAGE;

		all = xreallocarray(all, (size_t)have + PAGE, p->size);
		got = 0;
		code = p->page(a, before, all + (size_t)have * p->size, room, &got, e);
		if (code != ERR_OK)
			break;
		have += got;
		if (got > 0)
			memcpy(&before, all + ((size_t)have - 1) * p->size + p->id_offset, sizeof before);
	} while (got == PAGE && have < limit);
	if (have > 1)
		reverse(all, p->size, have);
	*rows = all;
	*n = have;	/* also after a failure: they are to be released */
	return code;
}

static const struct answer {
	answer_fn *fn;
	bool needs_workspace;
} answers[QUERY_KINDS] = {
	[QUERY_WORKSPACE_LIST] = {answer_workspaces, false},
	[QUERY_WORKSPACE_SHOW] = {answer_workspace, true},
	[QUERY_PERSON_LIST] = {answer_persons, true},
	[QUERY_TEMPLATE_LIST] = {answer_templates, false},
	[QUERY_TEMPLATE_SHOW] = {answer_template, false},
	[QUERY_AGENT_LIST] = {answer_agents, true},
	[QUERY_AGENT_SHOW] = {answer_agent, true},
	[QUERY_TIER_LIST] = {answer_tiers, true},
	[QUERY_SCHEDULE_LIST] = {answer_schedules, true},
	[QUERY_KEY_LIST] = {answer_keys, true},
	[QUERY_GOAL_LIST] = {answer_goals, true},
	[QUERY_GOAL_SHOW] = {answer_goal, true},
	[QUERY_GOAL_REPORT] = {answer_goal_report, true},
	[QUERY_TASK_LIST] = {answer_tasks, true},
	[QUERY_TASK_SHOW] = {answer_task, true},
	[QUERY_APPROVAL_LIST] = {answer_approvals, true},
	[QUERY_APPROVAL_SHOW] = {answer_approval, true},
	[QUERY_RULE_LIST] = {answer_rules, true},
	[QUERY_CONNECTOR_LIST] = {answer_connectors, true},
	[QUERY_CONNECTOR_TOOLS] = {answer_tools, true},
	[QUERY_CONNECTOR_SHOW] = {answer_connector, true},
	[QUERY_QUESTION_LIST] = {answer_questions, true},
	[QUERY_QUESTION_SHOW] = {answer_question, true},
	[QUERY_SPEND] = {answer_spend, true},
	[QUERY_SPEND_FOCUS] = {answer_focus, true},
	[QUERY_SAVINGS] = {answer_savings, true},
	[QUERY_CALL_EXPORT] = {answer_call_export, true},
	[QUERY_CALL_LIST] = {answer_calls, true},
	[QUERY_CAP_LIST] = {answer_caps, true},
	[QUERY_PRICE_SHOW] = {answer_prices, false},
	[QUERY_PRICE_LIST] = {answer_price_list, true},
	[QUERY_PRICE_QUOTE] = {answer_quote, false},
	[QUERY_JOURNAL_LIST] = {answer_journal, true},
	[QUERY_JOURNAL_VERIFY] = {answer_journal_verify, true},
	[QUERY_JOURNAL_HEAD] = {answer_journal_head, true},
	[QUERY_INCIDENT_LIST] = {answer_incidents, true},
	[QUERY_STATEMENT] = {answer_statement, true},
	[QUERY_DATA] = {answer_data, true},
	[QUERY_WATCH] = {answer_watch, true}, [QUERY_METER] = {answer_meter, true},
	[QUERY_DOCTOR] = {answer_doctor, false},
};

int64_t query_day_start(int64_t day)
{
	int64_t noon = day * US_PER_DAY + US_PER_DAY / 2;
	int64_t off = clock_day_number(noon) - day;	/* zones far from UTC put that noon into a neighbouring day */

	return clock_day_start(noon - off * US_PER_DAY);
}

/* Days are the workspace's, whose zone is known only now. */
static void find_days(struct query *q)
{
	int64_t today = clock_day_number(clock_now_us());

	if (q->since_day != 0)
		q->since_us = query_day_start(q->since_day == QUERY_TODAY ? today : q->since_day);
	if (q->until_day != 0)
		q->until_us = query_day_start((q->until_day == QUERY_TODAY ? today : q->until_day) + 1) - 1;
}

enum err_code desk_query(struct desk *d, const struct desk_options *o, const struct query *q, struct buf *out, struct err *e)
{
	const struct desk_options none = {.home = NULL};
	struct query found = *q;
	struct json_out j;
	struct ask a = {.desk = d, .store = d != NULL ? desk_store(d) : NULL, .options = o != NULL ? o : &none, .q = &found, .j = &j};
	const struct answer *answer = q->kind < QUERY_KINDS ? &answers[q->kind] : NULL;
	enum err_code code;

	find_days(&found);
	buf_clear(out);
	json_start(&j, out);
	if (answer == NULL || answer->fn == NULL || (answer->needs_workspace && d == NULL))
		return err_set(e, ERR_USAGE, "that question needs a workspace");
	code = answer->fn(&a, e);
	if (code == ERR_OK && out->over)
		code = err_set(e, ERR_LIMIT, "the answer is too long");
	if (code != ERR_OK)
		buf_clear(out);
	return code;
}
