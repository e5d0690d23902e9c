/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Teams to start with, and what a month of one is likely to cost. */
#include "desk/query_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "desk/data.h"
#include "model/schedule.h"
#include "money/book.h"
#include "money/usage.h"
#include "office/template.h"
#include "office/when.h"

/* A usual task, for the estimate only: six calls over a prefix of 8,000 tokens that
 * is written to the cache once and read five times, with 1,200 new tokens and 500 of
 * output in each. Agents differ; the meter tells what is true. */
static const int64_t usual_task[BUCKETS] = {[BUCKET_INPUT] = 7200, [BUCKET_CACHE_READ] = 40000, [BUCKET_WRITE_5M] = 8000, [BUCKET_OUTPUT] = 3000};

enum err_code answer_templates(struct ask *a, struct err *e)
{
	char **names = data_templates(a->options->home);

	(void)e;
	json_open(a->j, NULL, '[');
	for (char **name = names; *name != NULL; name++) {
		struct template *t = NULL;
		struct err bad;

		json_open(a->j, NULL, '{');
		json_put_text(a->j, "name", *name);
		if (data_template(a->options->home, *name, &t, &bad) == ERR_OK) {
			json_put_text(a->j, "title", t->title);
			json_put_text(a->j, "industry", t->industry);
			json_put_int(a->j, "agents", t->agents_n);
			template_release(t);
			free(t);
		} else {
			json_put_text(a->j, "problem", bad.text);
		}
		json_close(a->j, '}');
	}
	json_close(a->j, ']');
	data_names_free(names);
	return ERR_OK;
}

/* What n usual tasks cost with that model; below 0: it has no price. */
static int64_t cost_of(const struct book *book, const char *vendor, const char *model, int64_t n)
{
	struct usage_line line = {.tier = SERVICE_STANDARD, .region = REGION_GLOBAL};
	struct price_time now = {clock_now_us(), 0};
	struct usage_list list = {.count = 0};
	struct quote q;
	int64_t total;

	usage_line_set_model(&line, model, strlen(model));
	memcpy(line.u.n, usual_task, sizeof line.u.n);
	usage_list_add(&list, &line);
	price_usage(book, vendor, &list, now, &q);
	if (q.is_unpriced) {	/* a vendor that does not bill such writes apart: they are input */
		list.line[0].u.n[BUCKET_INPUT] += list.line[0].u.n[BUCKET_WRITE_5M];
		list.line[0].u.n[BUCKET_WRITE_5M] = 0;
		price_usage(book, vendor, &list, now, &q);
	}
	return q.is_unpriced || q.is_over || __builtin_mul_overflow(q.total_pico, n, &total) ? -1 : total;
}

static void put_vendor_cost(const struct ask *a, const struct template *t, const struct book *book, const cJSON *vendor)
{
	int64_t by_tier[TIERS] = {0}, all = 0;
	bool known = true;

	for (int tier = 0; tier < TIERS; tier++) {
		const char *model = json_text(json_object(vendor, tier_names[tier]), "model");
		int64_t tasks = 0;

		for (int i = 0; i < t->agents_n; i++)
			tasks += (int)t->agents[i].tier == tier ? t->tasks[i] : 0;
		by_tier[tier] = tasks == 0 ? 0 : model != NULL ? cost_of(book, vendor->string, model, tasks) : -1;
		known = known && by_tier[tier] >= 0;
		all += by_tier[tier];
	}
	json_open(a->j, NULL, '{');
	json_put_text(a->j, "vendor", vendor->string);
	for (int tier = 0; tier < TIERS; tier++) {
		if (by_tier[tier] >= 0)
			put_money(a->j, tier_names[tier], by_tier[tier]);
		else
			json_put_null(a->j, tier_names[tier]);
	}
	if (known)
		put_money(a->j, "month_usd", all);
	else
		json_put_null(a->j, "month_usd");
	json_close(a->j, '}');
}

static enum err_code put_cost(struct ask *a, const struct template *t, struct err *e)
{
	const struct book *book;
	struct book *own = NULL;
	cJSON *models = NULL;
	const cJSON *vendors, *vendor;
	struct buf text;
	enum err_code code;

	buf_init(&text, 0);
	code = data_read(a->options->home, "models.json", &text, e);
	if (code == ERR_OK)
		code = json_parse(buf_slice(&text), &models, e);
	buf_release(&text);
	if (code == ERR_OK)
		code = query_book(a, &book, &own, e);
	json_open(a->j, "expected_month", '[');
	vendors = json_object(models, "tiers");
	cJSON_ArrayForEach(vendor, vendors)
		if (code == ERR_OK && strchr(vendor->string, '/') == NULL)	/* "openai/chat" is a wire, not who bills */
			put_vendor_cost(a, t, book, vendor);
	json_close(a->j, ']');
	book_free(own);
	cJSON_Delete(models);
	return code;
}

static void put_schedules(struct json_out *j, const struct template *t)
{
	char when[WHEN_TEXT];

	json_open(j, "schedules", '[');
	for (int i = 0; i < t->schedules_n; i++) {
		when_text(&t->schedules[i], when);
		json_open(j, NULL, '{');
		json_put_text(j, "agent", t->schedules[i].agent);
		json_put_text(j, "when", when);
		json_put_text(j, "text", t->schedules[i].text);
		json_close(j, '}');
	}
	json_close(j, ']');
}

enum err_code answer_template(struct ask *a, struct err *e)
{
	struct template *t = NULL;
	enum err_code code = data_template(a->options->home, a->q->name, &t, e);

	if (code != ERR_OK)
		return code;
	json_open(a->j, NULL, '{');
	json_put_text(a->j, "name", t->name);
	json_put_text(a->j, "title", t->title);
	json_put_text(a->j, "industry", t->industry);
	json_open(a->j, "agents", '[');
	for (int i = 0; i < t->agents_n; i++) {
		json_open(a->j, NULL, '{');
		put_agent(a->j, &t->agents[i], true);
		json_put_int(a->j, "tasks_per_month", t->tasks[i]);
		json_close(a->j, '}');
	}
	json_close(a->j, ']');
	json_open(a->j, "goals", '[');
	for (int i = 0; i < t->goals_n; i++)
		json_put_text(a->j, NULL, t->goals[i]);
	json_close(a->j, ']');
	put_schedules(a->j, t);
	code = put_cost(a, t, e);
	json_close(a->j, '}');
	template_release(t);
	free(t);
	return code;
}
