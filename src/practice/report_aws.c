/* SPDX-License-Identifier: GPL-3.0-or-later */
/* AWS Cost Explorer: GetCostAndUsage, signed for ce in us-east-1. Claude is billed
 * as a Marketplace service of its own, the rest as Amazon Bedrock. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/json.h"
#include "base/memory.h"
#include "practice/bedrock_id.h"
#include "practice/report.h"
#include "practice/wire_bedrock.h"

#define TARGET "AWSInsightsIndexService.GetCostAndUsage"
#define PAGE 14		/* periods in one answer */
#define GROUPS 2

enum step { STEP_DAY, STEP_MONTH, STEP_HOUR };
struct asked {
	const cJSON *body;
	enum step step;
	const char *group[GROUPS];	/* dimensions */
	size_t groups;
	size_t first;
};

static bool bad(struct reply *r, const char *text)
{
	struct json_out j;

	r->status = 400;
	buf_clear(&r->body);
	json_start(&j, &r->body);
	json_open(&j, NULL, '{');
	json_put_text(&j, "__type", "ValidationException");
	json_put_text(&j, "message", text);
	json_close(&j, '}');
	return false;
}

/* --- what a sale is called ------------------------------------------------------------ */

static void service_of(const struct sale *s, char *out, size_t size)
{
	struct bedrock_id b;
	char *p;

	if (!bedrock_id_read(s->model, &b) || !b.is_claude) {
		snprintf(out, size, "Amazon Bedrock");
		return;
	}
	snprintf(out, size, "%s (Amazon Bedrock Edition)", b.model);
	/* claude-opus-5-5 is Claude Opus 5.5 there. */
	for (p = out; *p != '\0' && *p != '('; p++)
		if (*p == '-')
			*p = p[1] >= '0' && p[1] <= '9' && p > out && p[-1] >= '0' && p[-1] <= '9' ? '.' : ' ';
	for (p = out; *p != '\0' && *p != '('; p++)
		if (*p >= 'a' && *p <= 'z' && (p == out || p[-1] == ' '))
			*p = (char)(*p - 32);
}

static const char *const type_words[BUCKETS] = {[BUCKET_INPUT] = "input-tokens", [BUCKET_READ] = "cache-read-input-token-count",
    [BUCKET_WRITE_5M] = "cache-write-input-token-count", [BUCKET_WRITE_1H] = "cache-write-1h-input-token-count", [BUCKET_WRITE_30M] = "cache-write-input-token-count",
    [BUCKET_WRITE_12H] = "cache-write-input-token-count", [BUCKET_OUTPUT] = "output-tokens"};

static bool is_grouped(const struct asked *a, const char *dimension)
{
	size_t i;

	for (i = 0; i < a->groups; i++)
		if (strcmp(a->group[i], dimension) == 0)
			return true;
	return false;
}

/* {Dimensions{Key, Values[]}}, And[], Or[], Not{}: only SERVICE is known. */
static bool lets(const cJSON *filter, const char *service)
{
	const cJSON *d = json_object(filter, "Dimensions"), *v;

	if (filter == NULL)
		return true;
	if (json_object(filter, "Not") != NULL)
		return !lets(json_object(filter, "Not"), service);
	cJSON_ArrayForEach(v, json_array(filter, "Or"))
		if (lets(v, service))
			return true;
	if (json_array(filter, "Or") != NULL)
		return false;
	cJSON_ArrayForEach(v, json_array(filter, "And"))
		if (!lets(v, service))
			return false;
	if (d == NULL || json_text(d, "Key") == NULL || strcmp(json_text(d, "Key"), "SERVICE") != 0)
		return true;
	cJSON_ArrayForEach(v, json_array(d, "Values"))
		if (cJSON_IsString(v) && strcmp(v->valuestring, service) == 0)
			return true;
	return false;
}

static bool row_key(const void *user, const struct sale *s, char key[REPORT_KEY])
{
	const struct asked *a = user;
	char service[128];

	service_of(s, service, sizeof service);
	snprintf(key, REPORT_KEY, "%s\n%s", is_grouped(a, "SERVICE") ? service : "", is_grouped(a, "USAGE_TYPE") ? s->model : "");
	return lets(json_object(a->body, "Filter"), service);
}

/* --- what is asked ----------------------------------------------------------------------- */

static int64_t month_after(int64_t at_us)
{
	char day[11];
	int year, month;

	date_day(at_us, day);
	year = (int)strtol(day, NULL, 10);
	month = (int)strtol(day + 5, NULL, 10);
	return date_days_from_civil(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) * US_PER_DAY;
}

static bool set_periods(struct report *rep, enum step step, int64_t from, int64_t to)
{
	int64_t at, next;

	if (step != STEP_MONTH)
		return report_periods(rep, from, to, step == STEP_DAY ? US_PER_DAY : 3600 * US_PER_S);
	for (at = from; at < to; at = next) {
		next = month_after(at) < to ? month_after(at) : to;
		rep->period = xreallocarray(rep->period, rep->periods + 1, sizeof *rep->period);
		rep->period[rep->periods++] = (struct period){at, next};
	}
	return rep->periods > 0;
}

static bool read_groups(struct asked *a)
{
	const cJSON *g;

	cJSON_ArrayForEach(g, json_array(a->body, "GroupBy")) {
		const char *type = json_text(g, "Type"), *key = json_text(g, "Key");

		if (a->groups == GROUPS || type == NULL || strcmp(type, "DIMENSION") != 0 || key == NULL || (strcmp(key, "SERVICE") != 0 && strcmp(key, "USAGE_TYPE") != 0))
			return false;
		a->group[a->groups++] = key;
	}
	return true;
}

static bool read_asked(struct asked *a, struct report *rep, struct reply *r)
{
	static const char *const steps[] = {[STEP_DAY] = "DAILY", [STEP_MONTH] = "MONTHLY", [STEP_HOUR] = "HOURLY"};
	const cJSON *period = json_object(a->body, "TimePeriod");
	const char *step = json_text(a->body, "Granularity"), *from = json_text(period, "Start"), *to = json_text(period, "End"), *token = json_text(a->body, "NextPageToken");
	int64_t from_us, to_us;
	size_t i;

	for (i = 0; i < LENGTH(steps) && (step == NULL || strcmp(step, steps[i]) != 0); i++)
		;
	if (i == LENGTH(steps))
		return bad(r, "Granularity must be one of DAILY, MONTHLY and HOURLY.");
	a->step = (enum step)i;
	if (cJSON_GetArraySize(json_array(a->body, "Metrics")) == 0)
		return bad(r, "Metrics must be given.");
	if (!read_groups(a))
		return bad(r, "GroupBy: at most two of the dimensions SERVICE and USAGE_TYPE are available.");
	if (from == NULL || to == NULL || !date_parse(from, &from_us) || !date_parse(to, &to_us) || (a->step != STEP_HOUR && (strlen(from) != 10 || strlen(to) != 10)))
		return bad(r, "Start and End must be dates, YYYY-MM-DD.");
	if (token != NULL)
		a->first = (size_t)strtoul(token, NULL, 10);
	return set_periods(rep, a->step, from_us, to_us) || bad(r, "Start date (and hour) should be before end date (and hour)");
}

/* --- the answer ----------------------------------------------------------------------------- */

static void put_metrics(struct json_out *j, const struct asked *a, const char *name, int64_t pico, int64_t tokens)
{
	const cJSON *m;
	char amount[MONEY_TEXT];

	json_open(j, name, '{');
	cJSON_ArrayForEach(m, json_array(a->body, "Metrics")) {
		bool is_quantity = cJSON_IsString(m) && strcmp(m->valuestring, "UsageQuantity") == 0;

		if (!cJSON_IsString(m))
			continue;
		json_open(j, m->valuestring, '{');
		/* Tokens are sold by the thousand: 1e12 pico of a thousand is one. */
		money_text(is_quantity ? tokens * INT64_C(1000000000) : pico, amount);
		json_put_text(j, "Amount", amount);
		json_put_text(j, "Unit", is_quantity ? "1K tokens" : "USD");
		json_close(j, '}');
	}
	json_close(j, '}');
}

static void put_group(struct json_out *j, const struct asked *a, const struct report_cell *c, const char *type, int64_t pico, int64_t tokens)
{
	char service[128], *usage = xasprintf("USE1-%s-%s", c->sample.model, type);
	size_t i;

	service_of(&c->sample, service, sizeof service);
	json_open(j, NULL, '{');
	json_open(j, "Keys", '[');
	for (i = 0; i < a->groups; i++)
		json_put_text(j, NULL, strcmp(a->group[i], "SERVICE") == 0 ? service : usage);
	json_close(j, ']');
	put_metrics(j, a, "Metrics", pico, tokens);
	json_close(j, '}');
	free(usage);
}

static void put_groups(struct json_out *j, const struct asked *a, const struct report_cell *c)
{
	if (!is_grouped(a, "USAGE_TYPE")) {
		put_group(j, a, c, "", report_sum(c->pico), report_sum(c->tokens));
		return;
	}
	for (enum bucket b = 0; b < BUCKETS; b++)
		if (c->tokens[b] > 0)
			put_group(j, a, c, type_words[b], c->pico[b], c->tokens[b]);
}

static void put_time(struct json_out *j, const struct asked *a, const char *name, int64_t at_us)
{
	char text[DATE_TEXT], day[11];

	date_rfc3339(at_us, text);
	date_day(at_us, day);
	snprintf(text + 19, sizeof text - 19, "Z");
	json_put_text(j, name, a->step == STEP_HOUR ? text : day);
}

static void put_period(struct json_out *j, const struct asked *a, const struct report *rep, size_t i, int64_t now_us)
{
	int64_t pico = 0, tokens = 0;
	size_t c;

	json_open(j, NULL, '{');
	json_open(j, "TimePeriod", '{');
	put_time(j, a, "Start", rep->period[i].from_us);
	put_time(j, a, "End", rep->period[i].to_us);
	json_close(j, '}');
	for (c = 0; c < rep->cells; c++)
		if (rep->cell[c].period == i) {
			pico += report_sum(rep->cell[c].pico);
			tokens += report_sum(rep->cell[c].tokens);
		}
	if (a->groups == 0) {
		put_metrics(j, a, "Total", pico, tokens);
	} else {
		json_open(j, "Total", '{');
		json_close(j, '}');
	}
	json_open(j, "Groups", '[');
	for (c = 0; a->groups > 0 && c < rep->cells; c++)
		if (rep->cell[c].period == i)
			put_groups(j, a, &rep->cell[c]);
	json_close(j, ']');
	json_put_bool(j, "Estimated", rep->period[i].to_us > now_us - US_PER_DAY);
	json_close(j, '}');
}

static void write_answer(const struct asked *a, const struct report *rep, const struct request *q, struct reply *r)
{
	struct json_out j;
	char token[32];
	size_t i;

	json_start(&j, &r->body);
	json_open(&j, NULL, '{');
	if (a->groups > 0) {
		json_open(&j, "GroupDefinitions", '[');
		for (i = 0; i < a->groups; i++) {
			json_open(&j, NULL, '{');
			json_put_text(&j, "Type", "DIMENSION");
			json_put_text(&j, "Key", a->group[i]);
			json_close(&j, '}');
		}
		json_close(&j, ']');
	}
	json_open(&j, "ResultsByTime", '[');
	for (i = a->first; i < rep->periods && i < a->first + PAGE; i++)
		put_period(&j, a, rep, i, q->now_us);
	json_close(&j, ']');
	json_open(&j, "DimensionValueAttributes", '[');
	json_close(&j, ']');
	if (a->first + PAGE < rep->periods) {
		snprintf(token, sizeof token, "%zu", a->first + PAGE);
		json_put_text(&j, "NextPageToken", token);
	}
	json_close(&j, '}');
}

void report_aws_cost(struct practice *p, const struct request *q, struct reply *r)
{
	const char *target = headers_get(&q->headers, "x-amz-target");
	struct asked a = {.body = NULL};
	struct report rep = {0};
	struct aws_caller who;
	cJSON *body = NULL;

	if (target == NULL) {
		not_here(p, q, r);
		return;
	}
	r->type = "application/x-amz-json-1.1";
	if (!aws_admit(p, q, r, "ce", "us-east-1", false, &who) || aws_befall(r, faults_pick(p->faults, NULL, q->body, true)))
		return;
	if (strcmp(target, TARGET) != 0) {
		bad(r, "Only GetCostAndUsage is available.");
	} else if (json_parse(q->body, &body, NULL) != ERR_OK) {
		bad(r, "The request body is not valid JSON.");
	} else {
		a.body = body;
		if (read_asked(&a, &rep, r)) {
			report_gather(&rep, p, "bedrock", row_key, &a);
			write_answer(&a, &rep, q, r);
		}
	}
	report_release(&rep);
	cJSON_Delete(body);
}
