/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each lever saved, against the same calls without it, and what cache misses cost.
 *
 *   caching       as booked: the call with every prompt token fresh, less the call
 *   cheaper tier  a routine call at the model that the standard tier means (not the top
 *                 one's: nobody would have sent routine work there), less the call
 *   own prices    the published price of that day, less what was booked, by the mark the
 *                 booking carries: own rates, discount, volume tier, import
 *   cache misses  tokens that the call before in the same task had sent to the same model
 *                 already, and that were not read from the cache: what they cost above a read
 *
 * A what-if lays a document in the price book's schema over the book in force and prices
 * every call of the time again, month by month: a report; nothing is written. */
#include "desk/query_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "desk/data.h"
#include "desk/ledger.h"
#include "model/call.h"
#include "money/book.h"
#include "store/tier.h"

#define WHAT_IF_BYTES ((size_t)8 << 20)
#define MODELS_MAX 512
#define VENDORS_MAX 16
#define TASKS_SEEN 4096		/* tasks whose last prompt is remembered */

enum lever { LEVER_CACHING, LEVER_TIER, LEVER_OWN, LEVER_DISCOUNT, LEVER_VOLUME, LEVER_IMPORT, LEVERS };
static const struct {
	const char *name, *mark;	/* mark: how price_from ends for it */
} levers[LEVERS] = {
	[LEVER_CACHING] = {"caching", NULL}, [LEVER_TIER] = {"cheaper_tier", NULL}, [LEVER_OWN] = {"own_rates", "(own)"},
	[LEVER_DISCOUNT] = {"discount", "(discount)"}, [LEVER_VOLUME] = {"volume_tier", "(volume)"}, [LEVER_IMPORT] = {"imported_prices", "(import)"},
};

struct model_sum {
	char vendor[NAME_MAX_BYTES], model[MODEL_ID_BYTES];
	int64_t calls, booked_pd, then_pd, unpriced;
};

/* A vendor's month as the what-if would have had it. */
struct month {
	char vendor[NAME_MAX_BYTES];
	int64_t start_us, end_us, pd;
};

struct savings {
	struct ask *a;
	const struct book *book, *published;
	struct book *what_if;		/* NULL without one */
	cJSON *tiers;			/* models.json: vendor, tier, {model} */
	struct { int64_t calls, pd; } lever[LEVERS];
	int64_t calls, booked_pd, unrated, missed_calls, missed_tokens, missed_pd;
	struct { int64_t task, prompt; char model[MODEL_ID_BYTES]; } last[TASKS_SEEN];	/* by task, those that hash alike push each other out */
	struct month month[VENDORS_MAX];
	int months;
	struct model_sum model[MODELS_MAX];
	int models;
	int64_t then_pd, then_unpriced;
};

static void add(struct savings *s, enum lever l, int64_t pd)
{
	s->lever[l].calls += pd != 0;
	s->lever[l].pd += pd;
}

/* --- the levers --------------------------------------------------------------- */

/* Which lever the booking's mark names; LEVERS: the published price. */
static enum lever lever_of(const struct call *c)
{
	for (int l = LEVER_OWN; l < LEVERS; l++)
		if (strstr(c->price_from, levers[l].mark) != NULL)
			return (enum lever)l;
	return LEVERS;
}

static void weigh_price(struct savings *s, const struct call *c)
{
	enum lever l = lever_of(c);
	struct quote list;

	if (l == LEVERS)
		return;
	ledger_price(s->published, c, 0, &list);
	if (list.is_unpriced || list.is_over)
		s->unrated++;	/* nobody publishes a price to compare with */
	else
		add(s, l, list.total_pico - c->cost_pd);
}

static void weigh_tier(struct savings *s, const struct call *c)
{
	char own[MODEL_ID_BYTES] = "", asked[USAGE_MODEL], better[USAGE_MODEL];
	const char *usual = json_text(json_object(json_object(json_object(s->tiers, "tiers"), c->vendor), tier_names[TIER_STANDARD]), "model");
	struct usage_list list;
	struct quote then, now;

	if (c->tier != TIER_ROUTINE)
		return;
	if (tier_get(s->a->store, c->vendor, TIER_STANDARD, own, NULL) == ERR_OK && own[0] != '\0')
		usual = own;
	if (usual == NULL)
		return;
	(void)book_resolve(s->book, c->vendor, c->model, asked, NULL);
	(void)book_resolve(s->book, c->vendor, usual, better, NULL);
	if (strcmp(asked, better) == 0)
		return;
	/* both at one book, so that other levers do not count twice */
	ledger_usage(c, usual, &list);
	price_usage(s->published, c->vendor, &list, (struct price_time){c->held_us, 0}, &then);
	ledger_price(s->published, c, 0, &now);
	if (then.is_unpriced || now.is_unpriced || then.is_over || now.is_over)
		s->unrated++;
	else
		add(s, LEVER_TIER, then.total_pico - now.total_pico);
}

/* Tokens sent before and not read back: first those written again, then fresh ones. */
static void weigh_misses(struct savings *s, const struct call *c)
{
	size_t at = (size_t)c->task % TASKS_SEEN;
	int64_t prompt = ledger_tokens(c) - c->tokens.output, missed = 0, left;
	struct quote q;
	int b;

	if (c->task == 0 || prompt == 0)
		return;
	if (s->last[at].task == c->task && strcmp(s->last[at].model, c->model) == 0)
		missed = (s->last[at].prompt < prompt ? s->last[at].prompt : prompt) - c->tokens.cache_read;
	s->last[at].task = c->task;
	s->last[at].prompt = prompt;
	memcpy(s->last[at].model, c->model, sizeof s->last[at].model);
	if (missed <= 0)
		return;
	ledger_price(s->book, c, 0, &q);
	if (q.line[0].rate[BUCKET_CACHE_READ] == RATE_UNKNOWN)
		return;		/* this model has no cache to miss */
	left = missed;
	for (b = BUCKET_WRITE_12H; b >= BUCKET_INPUT && left > 0; b--) {
		int64_t n = b == BUCKET_CACHE_READ ? 0 : q.line[0].u.n[b] < left ? q.line[0].u.n[b] : left;

		if (n > 0 && q.line[0].rate[b] != RATE_UNKNOWN)
			s->missed_pd += n * (q.line[0].rate[b] - q.line[0].rate[BUCKET_CACHE_READ]);
		left -= n;
	}
	s->missed_calls++;
	s->missed_tokens += missed;
}

/* --- the what-if ---------------------------------------------------------------- */

static struct month *month_of(struct savings *s, const struct call *c)
{
	struct month *m = NULL;

	for (int i = 0; i < s->months; i++)
		if (strcmp(s->month[i].vendor, c->vendor) == 0)
			m = &s->month[i];
	if (m == NULL) {
		if (s->months == VENDORS_MAX)
			return NULL;
		m = &s->month[s->months++];
		memcpy(m->vendor, c->vendor, sizeof m->vendor);
	}
	if (c->held_us >= m->end_us || c->held_us < m->start_us) {
		m->start_us = clock_month_start(c->held_us);
		m->end_us = clock_month_end(c->held_us);
		m->pd = 0;
	}
	return m;
}

static struct model_sum *model_of(struct savings *s, const struct call *c)
{
	struct model_sum *m;

	for (int i = 0; i < s->models; i++)
		if (strcmp(s->model[i].model, c->model) == 0 && strcmp(s->model[i].vendor, c->vendor) == 0)
			return &s->model[i];
	if (s->models == MODELS_MAX)
		return NULL;
	m = &s->model[s->models++];
	memcpy(m->vendor, c->vendor, sizeof m->vendor);
	memcpy(m->model, c->model, sizeof m->model);
	return m;
}

static void what_if(struct savings *s, const struct call *c)
{
	struct model_sum *sum = model_of(s, c);
	struct month *m = month_of(s, c);
	int64_t then = c->cost_pd;	/* bounds and what cannot be priced stay as booked */
	bool unpriced = false;
	struct quote q;

	if (c->state == CALL_SETTLED && !c->estimated) {
		ledger_price(s->what_if, c, m != NULL ? m->pd : 0, &q);
		unpriced = q.is_unpriced || q.is_over;
		if (!unpriced)
			then = q.total_pico;
	}
	if (m != NULL)
		m->pd += then;
	s->then_pd += then;
	s->then_unpriced += unpriced;
	if (sum != NULL) {
		sum->calls++;
		sum->booked_pd += c->cost_pd;
		sum->then_pd += then;
		sum->unpriced += unpriced;
	}
}

static enum err_code weigh(void *user, const struct call *c, struct err *e)
{
	struct savings *s = user;

	(void)e;
	s->calls++;
	s->booked_pd += c->cost_pd;
	if (s->what_if != NULL)
		what_if(s, c);
	if (c->state != CALL_SETTLED || c->estimated || c->unpriced) {
		s->unrated++;
		return ERR_OK;
	}
	add(s, LEVER_CACHING, c->saved_pd);
	weigh_price(s, c);
	weigh_tier(s, c);
	weigh_misses(s, c);
	return ERR_OK;
}

/* --- the report ------------------------------------------------------------------- */

static void put_what_if(const struct savings *s, struct json_out *j)
{
	json_open(j, "what_if", '{');
	json_put_text(j, "file", s->a->q->name);
	put_money(j, "booked_usd", s->booked_pd);
	put_money(j, "would_cost_usd", s->then_pd);
	put_money(j, "difference_usd", s->then_pd - s->booked_pd);
	json_put_int(j, "unpriced_calls", s->then_unpriced);
	json_open(j, "by_model", '[');
	for (int i = 0; i < s->models; i++) {
		const struct model_sum *m = &s->model[i];

		json_open(j, NULL, '{');
		json_put_text(j, "vendor", m->vendor);
		json_put_text(j, "model", m->model);
		json_put_int(j, "calls", m->calls);
		put_money(j, "booked_usd", m->booked_pd);
		put_money(j, "would_cost_usd", m->then_pd);
		put_money(j, "difference_usd", m->then_pd - m->booked_pd);
		json_put_int(j, "unpriced_calls", m->unpriced);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_close(j, '}');
}

static void put_report(const struct savings *s, struct json_out *j)
{
	int64_t now = clock_now_us(), total = 0;

	json_open(j, NULL, '{');
	put_time(j, "since", s->a->q->since_us);
	put_time(j, "until", s->a->q->until_us > 0 ? s->a->q->until_us : now);
	json_put_int(j, "calls", s->calls);
	put_money(j, "booked_usd", s->booked_pd);
	json_open(j, "levers", '[');
	for (int l = 0; l < LEVERS; l++) {
		json_open(j, NULL, '{');
		json_put_text(j, "lever", levers[l].name);
		json_put_int(j, "calls", s->lever[l].calls);
		put_money(j, "saved_usd", s->lever[l].pd);
		json_close(j, '}');
		total += s->lever[l].pd;
	}
	json_close(j, ']');
	put_money(j, "saved_usd", total);
	json_open(j, "cache_misses", '{');
	json_put_int(j, "calls", s->missed_calls);
	json_put_int(j, "tokens", s->missed_tokens);
	put_money(j, "lost_usd", s->missed_pd);
	json_close(j, '}');
	json_put_int(j, "not_compared_calls", s->unrated);
	if (s->what_if != NULL)
		put_what_if(s, j);
	json_close(j, '}');
}

static enum err_code read_what_if(struct savings *s, const char *path, struct err *e)
{
	struct buf text;
	enum err_code code;

	buf_init(&text, WHAT_IF_BYTES);
	code = file_read(path, &text, e);
	if (code == ERR_OK) {
		s->what_if = book_copy(s->book);
		code = book_parse(s->what_if, buf_slice(&text), e);
		if (code != ERR_OK)
			err_mend(e, code, "a what-if is a file in the schema of data/prices.json, with \"kind\": \"own\"");
	}
	buf_release(&text);
	return code;
}

static enum err_code read_tiers(struct savings *s, struct err *e)
{
	struct buf text;
	enum err_code code;

	buf_init(&text, WHAT_IF_BYTES);
	code = data_read(s->a->options->home, "models.json", &text, e);
	if (code == ERR_OK)
		code = json_parse(buf_slice(&text), &s->tiers, e);
	buf_release(&text);
	return code;
}

enum err_code answer_savings(struct ask *a, struct err *e)
{
	struct savings *s = xcalloc(1, sizeof *s);
	struct ledger_span span = {.since_us = a->q->since_us, .until_us = a->q->until_us};
	enum err_code code;

	s->a = a;
	s->book = desk_book(a->desk);
	s->published = desk_published(a->desk);
	code = read_tiers(s, e);
	if (code == ERR_OK && a->q->name != NULL)
		code = read_what_if(s, a->q->name, e);
	if (code == ERR_OK)
		code = ledger_walk(a->store, &span, weigh, s, e);
	if (code == ERR_OK)
		put_report(s, a->j);
	book_free(s->what_if);
	cJSON_Delete(s->tiers);
	free(s);
	return code;
}
