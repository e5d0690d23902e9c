/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A verb's words to the question they ask. */
#include "desk/verb_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/slice.h"
#include "store/spend.h"

static const struct {
	const char *path;
	enum query_kind kind;
} kinds[] = {
	{"workspace list", QUERY_WORKSPACE_LIST}, {"workspace show", QUERY_WORKSPACE_SHOW}, {"person list", QUERY_PERSON_LIST},
	{"template list", QUERY_TEMPLATE_LIST}, {"template show", QUERY_TEMPLATE_SHOW}, {"agent list", QUERY_AGENT_LIST}, {"agent show", QUERY_AGENT_SHOW},
	{"tier list", QUERY_TIER_LIST}, {"schedule list", QUERY_SCHEDULE_LIST}, {"data show", QUERY_DATA}, {"doctor", QUERY_DOCTOR}, {"key list", QUERY_KEY_LIST}, {"goal list", QUERY_GOAL_LIST}, {"goal show", QUERY_GOAL_SHOW},
	{"goal report", QUERY_GOAL_REPORT}, {"task list", QUERY_TASK_LIST}, {"task show", QUERY_TASK_SHOW}, {"connector list", QUERY_CONNECTOR_LIST},
	{"connector tools", QUERY_CONNECTOR_TOOLS}, {"connector show", QUERY_CONNECTOR_SHOW}, {"connector questions", QUERY_QUESTION_LIST}, {"connector question", QUERY_QUESTION_SHOW}, {"approval list", QUERY_APPROVAL_LIST}, {"approval show", QUERY_APPROVAL_SHOW}, {"rule list", QUERY_RULE_LIST}, {"spend", QUERY_SPEND}, {"meter", QUERY_METER},
	{"call list", QUERY_CALL_LIST}, {"savings", QUERY_SAVINGS}, {"price show", QUERY_PRICE_SHOW}, {"price list", QUERY_PRICE_LIST}, {"price quote", QUERY_PRICE_QUOTE}, {"cap list", QUERY_CAP_LIST},
	{"incident list", QUERY_INCIDENT_LIST}, {"watch", QUERY_WATCH}, {"journal list", QUERY_JOURNAL_LIST}, {"journal verify", QUERY_JOURNAL_VERIFY},
	{"journal head", QUERY_JOURNAL_HEAD},
};

static enum err_code optional_time(const struct verb_words *w, const char *option, int64_t *out, struct err *e)
{
	const char *value = verb_value(w, option);

	return value != NULL ? verb_time(option, value, out, e) : ERR_OK;
}

/* A bare date and "today" are days of the workspace's zone, which is not known here. */
static enum err_code time_or_day(const struct verb_words *w, const char *option, int64_t *out_us, int64_t *out_day, struct err *e)
{
	const char *value = verb_value(w, option);
	int64_t at;

	if (value != NULL && strcmp(value, "today") == 0)
		*out_day = QUERY_TODAY;
	else if (value != NULL && strlen(value) == 10 && date_parse(value, &at))
		*out_day = at / US_PER_DAY;
	else
		return optional_time(w, option, out_us, e);
	return ERR_OK;
}

enum err_code ask_plain(const struct verb_words *w, struct query *q, struct err *e)
{
	(void)e;
	for (size_t i = 0; i < LENGTH(kinds); i++)
		if (strcmp(kinds[i].path, w->verb->path) == 0)
			q->kind = kinds[i].kind;
	return ERR_OK;
}

enum err_code ask_named(const struct verb_words *w, struct query *q, struct err *e)
{
	q->name = w->words > 0 ? w->word[0] : NULL;
	return ask_plain(w, q, e);
}

enum err_code ask_connector(const struct verb_words *w, struct query *q, struct err *e)
{
	q->tool = w->words > 1 ? w->word[1] : NULL;
	return ask_named(w, q, e);
}

static enum err_code ask_id(const struct verb_words *w, char letter, struct query *q, struct err *e)
{
	enum err_code code = ask_plain(w, q, e);

	return code == ERR_OK ? verb_id(w, 0, letter, &q->id, e) : code;
}

enum err_code ask_goal(const struct verb_words *w, struct query *q, struct err *e)
{
	return ask_id(w, 'G', q, e);
}

enum err_code ask_task(const struct verb_words *w, struct query *q, struct err *e)
{
	return ask_id(w, 'T', q, e);
}

enum err_code ask_question(const struct verb_words *w, struct query *q, struct err *e)
{
	return ask_id(w, 'Q', q, e);
}

enum err_code ask_approval(const struct verb_words *w, struct query *q, struct err *e)
{
	return ask_id(w, 'A', q, e);
}

/* An option that names a record: "--goal 3". */
static enum err_code option_id(const struct verb_words *w, const char *option, char letter, int64_t *out, struct err *e)
{
	struct verb_words one = {.words = 1};

	one.word[0] = verb_value(w, option);
	return one.word[0] != NULL ? verb_id(&one, 0, letter, out, e) : ERR_OK;
}

enum err_code ask_task_list(const struct verb_words *w, struct query *q, struct err *e)
{
	q->all = true;
	(void)ask_plain(w, q, e);
	return option_id(w, "--goal", 'G', &q->id, e);
}

enum err_code ask_list(const struct verb_words *w, struct query *q, struct err *e)
{
	q->all = verb_value(w, "--all") != NULL || verb_value(w, "--report") != NULL;
	return ask_plain(w, q, e);
}

enum err_code ask_since(const struct verb_words *w, struct query *q, struct err *e)
{
	(void)ask_plain(w, q, e);
	return time_or_day(w, "--since", &q->since_us, &q->since_day, e);
}

enum err_code ask_spend(const struct verb_words *w, struct query *q, struct err *e)
{
	enum err_code code = ask_since(w, q, e);
	int i;

	q->by = verb_value(w, "--by") != NULL ? verb_value(w, "--by") : "vendor";
	for (i = SPEND_VENDOR; i < SPEND_DIMENSIONS && strcmp(spend_by_names[i], q->by) != 0; i++)
		;
	if (i == SPEND_DIMENSIONS) {
		err_set(e, ERR_USAGE, "--by '%.40s' is none", q->by);
		return err_mend(e, ERR_USAGE, "one of vendor, key, model, agent, goal, task, day, hour");
	}
	if (verb_value(w, "--focus") != NULL)
		q->kind = QUERY_SPEND_FOCUS;
	return code == ERR_OK ? time_or_day(w, "--until", &q->until_us, &q->until_day, e) : code;
}

enum err_code ask_meter(const struct verb_words *w, struct query *q, struct err *e)
{
	const char *period = verb_value(w, "--period");
	int i;

	(void)ask_plain(w, q, e);
	q->by = verb_value(w, "--by") != NULL ? verb_value(w, "--by") : "vendor";
	q->name = period != NULL ? period : "today";
	for (i = SPEND_VENDOR; i < SPEND_DAY && strcmp(spend_by_names[i], q->by) != 0; i++)
		;
	if (i == SPEND_DAY) {
		err_set(e, ERR_USAGE, "--by '%.40s' is none", q->by);
		return err_mend(e, ERR_USAGE, "one of vendor, key, model, agent, goal, task");
	}
	if (strcmp(q->name, "today") != 0 && strcmp(q->name, "month") != 0 && strcmp(q->name, "all") != 0) {
		err_set(e, ERR_USAGE, "--period '%.40s' is none", q->name);
		return err_mend(e, ERR_USAGE, "one of today, month, all");
	}
	return ERR_OK;
}

enum err_code ask_savings(const struct verb_words *w, struct query *q, struct err *e)
{
	enum err_code code = ask_since(w, q, e);

	q->name = verb_value(w, "--what-if");
	return code == ERR_OK ? time_or_day(w, "--until", &q->until_us, &q->until_day, e) : code;
}

enum err_code ask_call_list(const struct verb_words *w, struct query *q, struct err *e)
{
	enum err_code code = ask_since(w, q, e);

	if (verb_value(w, "--jsonl") != NULL)
		q->kind = QUERY_CALL_EXPORT;
	if (code == ERR_OK)
		code = time_or_day(w, "--until", &q->until_us, &q->until_day, e);
	return code == ERR_OK ? option_id(w, "--task", 'T', &q->id, e) : code;
}

enum err_code ask_price_show(const struct verb_words *w, struct query *q, struct err *e)
{
	(void)ask_named(w, q, e);
	q->vendor = verb_value(w, "--vendor");
	q->all = verb_value(w, "--unpriced") != NULL;
	q->quote.month_pd = -1;
	return optional_time(w, "--at", &q->since_us, e);
}

static enum err_code read_count(const struct verb_words *w, const char *option, int64_t *out, struct err *e)
{
	const char *value = verb_value(w, option);
	char *end;

	if (value == NULL)
		return ERR_OK;
	errno = 0;
	*out = strtoll(value, &end, 10);
	if (errno == 0 && end != value && *end == '\0' && *out >= 0 && *out <= INT64_C(1) << 40)
		return ERR_OK;
	err_set(e, ERR_USAGE, "%s: '%.40s' is no count", option, value);
	return err_mend(e, ERR_USAGE, "write a whole number of tokens");
}

enum err_code ask_price_quote(const struct verb_words *w, struct query *q, struct err *e)
{
	const struct { const char *option; int64_t *out; } counts[] = {
		{"--input", &q->quote.input}, {"--cache-read", &q->quote.cache_read}, {"--cache-write-5m", &q->quote.write_5m},
		{"--cache-write-30m", &q->quote.write_30m}, {"--cache-write-1h", &q->quote.write_1h}, {"--cache-write-12h", &q->quote.write_12h},
		{"--output", &q->quote.output}, {"--web-search", &q->quote.web_search},
	};
	enum err_code code = ask_plain(w, q, e);

	for (size_t i = 0; code == ERR_OK && i < LENGTH(counts); i++)
		code = read_count(w, counts[i].option, counts[i].out, e);
	q->quote.month_pd = -1;
	if (code == ERR_OK && verb_value(w, "--month-spent") != NULL)
		code = verb_money("--month-spent", verb_value(w, "--month-spent"), &q->quote.month_pd, e);
	q->vendor = verb_value(w, "--vendor");
	q->name = verb_value(w, "--model");
	q->quote.batch = verb_value(w, "--batch") != NULL;
	q->quote.service_tier = verb_value(w, "--service-tier");
	q->quote.region_class = verb_value(w, "--region-class");
	return code == ERR_OK ? optional_time(w, "--at", &q->since_us, e) : code;
}

/* Statements go by days of UTC, as the vendors do. */
enum err_code verb_utc_day(const struct verb_words *w, const char *option, int64_t *out_us, struct err *e)
{
	const char *value = verb_value(w, option);

	if (value == NULL || (strlen(value) == 10 && date_parse(value, out_us)))
		return ERR_OK;
	err_set(e, ERR_USAGE, "%s '%.40s' is no date", option, value);
	return err_mend(e, ERR_USAGE, "a day of UTC: 2026-11-23");
}

enum err_code ask_statement(const struct verb_words *w, struct query *q, struct err *e)
{
	enum err_code code = verb_utc_day(w, "--from", &q->since_us, e);

	q->kind = QUERY_STATEMENT;
	q->vendor = verb_value(w, "--vendor");
	return code == ERR_OK ? verb_utc_day(w, "--to", &q->until_us, e) : code;
}
