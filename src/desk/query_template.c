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

/* By tier; below 0: no price is known. The sum comes back, below 0 likewise. */
static int64_t vendor_month(const struct template *t, const struct book *book, const cJSON *vendor, int64_t by_tier[TIERS])
{
	int64_t all = 0;
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
	return known ? all : -1;
}

static void put_known(struct json_out *j, const char *name, int64_t pd)
{
	if (pd >= 0)
		put_money(j, name, pd);
	else
		json_put_null(j, name);
}

/* What estimates are made of: the models of each vendor's tiers, and prices. */
struct basis {
	cJSON *models;
	const struct book *book;
	struct book *own;
};

static enum err_code basis_open(struct ask *a, struct basis *b, struct err *e)
{
	struct buf text;
	enum err_code code;

	*b = (struct basis){NULL, NULL, NULL};
	buf_init(&text, 0);
	code = data_read(a->options->home, "models.json", &text, e);
	if (code == ERR_OK)
		code = json_parse(buf_slice(&text), &b->models, e);
	buf_release(&text);
	return code == ERR_OK ? query_book(a, &b->book, &b->own, e) : code;
}

static void basis_release(struct basis *b)
{
	book_free(b->own);
	cJSON_Delete(b->models);
}

static bool is_vendor(const cJSON *tiers)
{
	return strchr(tiers->string, '/') == NULL;	/* "openai/chat" is a wire, not who bills */
}

/* A month with the cheapest and with the dearest vendor's models; below 0: not known. */
static void month_range(const struct basis *b, const struct template *t, int64_t *from, int64_t *to)
{
	const cJSON *vendors = json_object(b->models, "tiers"), *vendor;
	int64_t by_tier[TIERS];

	*from = *to = -1;
	cJSON_ArrayForEach(vendor, vendors) {
		int64_t pd = is_vendor(vendor) ? vendor_month(t, b->book, vendor, by_tier) : -1;

		if (pd >= 0 && (*from < 0 || pd < *from))
			*from = pd;
		if (pd > *to)
			*to = pd;
	}
}

static void put_one_template(struct ask *a, const struct basis *b, const char *name)
{
	struct template *t = NULL;
	struct err bad;
	int64_t from, to;

	json_open(a->j, NULL, '{');
	json_put_text(a->j, "name", name);
	if (data_template(a->options->home, name, &t, &bad) == ERR_OK) {
		month_range(b, t, &from, &to);
		json_put_text(a->j, "title", t->title);
		json_put_text(a->j, "industry", t->industry);
		json_put_int(a->j, "agents", t->agents_n);
		put_known(a->j, "month_usd_from", from);
		put_known(a->j, "month_usd_to", to);
		template_release(t);
		free(t);
	} else {
		json_put_text(a->j, "problem", bad.text);
	}
	json_close(a->j, '}');
}

enum err_code answer_templates(struct ask *a, struct err *e)
{
	char **names = data_templates(a->options->home);
	struct basis b;
	enum err_code code = basis_open(a, &b, e);

	json_open(a->j, NULL, '[');
	for (char **name = names; code == ERR_OK && *name != NULL; name++)
		put_one_template(a, &b, *name);
	json_close(a->j, ']');
	basis_release(&b);
	data_names_free(names);
	return code;
}

static enum err_code put_cost(struct ask *a, const struct template *t, struct err *e)
{
	const cJSON *vendors, *vendor;
	int64_t by_tier[TIERS], all;
	struct basis b;
	enum err_code code = basis_open(a, &b, e);

	json_open(a->j, "expected_month", '[');
	vendors = code == ERR_OK ? json_object(b.models, "tiers") : NULL;
	cJSON_ArrayForEach(vendor, vendors) {
		if (!is_vendor(vendor))
			continue;
		all = vendor_month(t, b.book, vendor, by_tier);
		json_open(a->j, NULL, '{');
		json_put_text(a->j, "vendor", vendor->string);
		for (int tier = 0; tier < TIERS; tier++)
			put_known(a->j, tier_names[tier], by_tier[tier]);
		put_known(a->j, "month_usd", all);
		json_close(a->j, '}');
	}
	json_close(a->j, ']');
	basis_release(&b);
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
