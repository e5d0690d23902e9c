/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The price book as it is in force, what lies over the published prices, and quotes. */
#include "desk/query_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "desk/data.h"
#include "money/book.h"
#include "store/price.h"
#include "store/spend.h"

#define UNPRICED_ROWS 2000
#define MARK 160

/* --- prices --------------------------------------------------------------------------------- */

/* The workspace's book, or one of our own (*own, to be freed). */
enum err_code query_book(struct ask *a, const struct book **book, struct book **own, struct err *e)
{
	enum err_code code = ERR_OK;

	*own = NULL;
	if (a->desk == NULL)
		code = data_book(a->options->home, own, e);
	*book = a->desk != NULL ? desk_book(a->desk) : *own;
	return code;
}

static void put_card(struct json_out *j, const struct rate_card *card)
{
	for (int b = 0; b < BUCKETS; b++) {
		char text[PICO_TEXT];

		if (card->rate[b] == RATE_UNKNOWN) {
			json_put_null(j, bucket_names[b]);
		} else if (b == BUCKET_WEB_SEARCH) {
			put_money(j, bucket_names[b], card->rate[b]);
		} else {
			pico_rate_format(card->rate[b], text);
			json_put_text(j, bucket_names[b], text);
		}
	}
}

/* "10% over $1000 a month", "" where nothing was taken off. */
static void say_mark(const struct rates *r, char out[MARK])
{
	char percent[PICO_TEXT], over[PICO_TEXT] = "";

	out[0] = '\0';
	pico_format(r->off_ppm * (PICO_DOLLAR / 10000), percent);
	pico_format(r->over_pd, over);
	if (r->off_ppm > 0)
		snprintf(out, MARK, "%s%s off%s%s%s", percent, "%", r->over_pd > 0 ? " over $" : "", r->over_pd > 0 ? over : "", r->over_pd > 0 ? " a month" : "");
	else if (r->kind != PRICE_PUBLISHED)
		snprintf(out, MARK, "%s%s%s%s", price_kind_names[r->kind], r->over_pd > 0 ? " over $" : "", r->over_pd > 0 ? over : "", r->over_pd > 0 ? " a month" : "");
}

static void put_price(struct json_out *j, const struct rates *r, enum service_tier tier, enum region_class region)
{
	char mark[MARK];

	say_mark(r, mark);
	json_open(j, NULL, '{');
	json_put_text(j, "vendor", r->vendor);
	json_put_text(j, "model", r->model);
	json_put_text(j, "service_tier", service_tier_names[tier]);
	json_put_text(j, "region_class", region_class_names[region]);
	put_card(j, &r->base);
	if (r->step_over > 0) {
		json_open(j, "long_prompts", '{');
		json_put_int(j, "over_tokens", r->step_over);
		put_card(j, &r->step);
		json_close(j, '}');
	}
	put_word(j, "from", r->from);
	json_put_text(j, "kind", price_kind_names[r->kind]);
	put_word(j, "mark", mark);
	put_word(j, "source", r->source);
	json_close(j, '}');
}

/* Has an earlier row the same model, tier and region? Each is shown once, as it is in force. */
static bool is_shown(const struct book *book, size_t i, const struct rates *r, enum service_tier tier, enum region_class region)
{
	enum service_tier t;
	enum region_class where;
	struct rates x;

	while (i-- > 0)
		if (book_row(book, i, &x, &t, &where) && t == tier && where == region && strcmp(x.model, r->model) == 0 && strcmp(x.vendor, r->vendor) == 0)
			return true;
	return false;
}

static bool is_wanted(const struct book *book, const struct query *q, const struct rates *r)
{
	char wanted[USAGE_MODEL];

	if (q->vendor != NULL && strcmp(q->vendor, r->vendor) != 0)
		return false;
	if (q->name == NULL)
		return true;
	(void)book_resolve(book, r->vendor, q->name, wanted, NULL);
	return strcmp(wanted, r->model) == 0;
}

static bool is_known_card(const struct rates *r)
{
	for (int i = 0; i < BUCKETS; i++)
		if (r->base.rate[i] != RATE_UNKNOWN)
			return true;
	return false;
}

/* What this month's volume so far makes of the prices; 0 without a workspace. */
static struct price_time price_when(struct ask *a, const char *vendor)
{
	struct price_time when = {a->q->since_us > 0 ? a->q->since_us : clock_now_us(), 0};

	if (a->q->quote.month_pd >= 0)
		when.month_pd = a->q->quote.month_pd;
	else if (a->store != NULL && price_month(a->store, vendor, when.at_us, &when.month_pd, NULL) != ERR_OK)
		when.month_pd = 0;
	return when;
}

/* --- models that nobody has priced ---------------------------------------- */

static bool is_priced_now(const struct book *book, const char *model)
{
	static const char *const vendors[] = {"anthropic", "openai", "bedrock"};
	struct rates r;

	for (size_t i = 0; i < LENGTH(vendors); i++)
		if (book_find(book, vendors[i], model, SERVICE_STANDARD, REGION_GLOBAL, (struct price_time){clock_now_us(), 0}, &r))
			return true;
	return false;
}

static enum err_code answer_unpriced(struct ask *a, const struct book *book, struct err *e)
{
	struct spend_row *rows = xcalloc(UNPRICED_ROWS, sizeof *rows);
	int n = 0;
	enum err_code code = ERR_OK;

	if (a->store != NULL)
		code = spend_by(a->store, SPEND_MODEL, SPEND_ALL_TIME, SPEND_ALL_TIME, rows, UNPRICED_ROWS, &n, e);
	json_open(a->j, NULL, '[');
	for (int i = 0; i < n; i++) {
		if (rows[i].unpriced_calls == 0)
			continue;
		json_open(a->j, NULL, '{');
		json_put_text(a->j, "model", rows[i].name);
		json_put_int(a->j, "unpriced_calls", rows[i].unpriced_calls);
		put_money(a->j, "counted_usd", rows[i].estimated_pd);
		json_put_bool(a->j, "priced_now", is_priced_now(book, rows[i].name));
		json_close(a->j, '}');
	}
	json_close(a->j, ']');
	free(rows);
	return code;
}

enum err_code answer_prices(struct ask *a, struct err *e)
{
	const struct query *q = a->q;
	const struct book *book;
	struct book *own;
	enum service_tier tier;
	enum region_class region;
	struct rates r, now;
	int shown = 0;
	enum err_code code = query_book(a, &book, &own, e);

	if (code != ERR_OK || q->all) {
		if (code == ERR_OK)
			code = answer_unpriced(a, book, e);
		book_free(own);
		return code;
	}
	json_open(a->j, NULL, '[');
	for (size_t i = 0; book_row(book, i, &r, &tier, &region); i++) {
		if (!is_wanted(book, q, &r) || is_shown(book, i, &r, tier, region) ||
		    !book_find(book, r.vendor, r.model, tier, region, price_when(a, r.vendor), &now) || !is_known_card(&now))
			continue;
		put_price(a->j, &now, tier, region);
		shown++;
	}
	json_close(a->j, ']');
	book_free(own);
	if (shown > 0)
		return ERR_OK;
	err_set(e, ERR_MISSING, "no price is known for '%.60s'", q->name != NULL ? q->name : q->vendor != NULL ? q->vendor : "anything");
	return err_mend(e, ERR_MISSING, "`claviger price show` lists the models");
}

/* --- what the workspace lays over it ---------------------------------------- */

enum err_code answer_price_list(struct ask *a, struct err *e)
{
	struct price_record rows[64];
	int64_t after = 0;
	int n = 0;
	enum err_code code;

	json_open(a->j, NULL, '[');
	do {
		code = price_list(a->store, after, rows, LENGTH(rows), &n, e);
		for (int i = 0; code == ERR_OK && i < n; i++) {
			after = rows[i].id;
			json_open(a->j, NULL, '{');
			json_put_int(a->j, "id", rows[i].id);
			json_put_text(a->j, "kind", price_kind_names[rows[i].kind]);
			json_put_text(a->j, "title", rows[i].title);
			put_word(a->j, "by", rows[i].who);
			put_time(a->j, "added", rows[i].added_us);
			json_close(a->j, '}');
		}
	} while (code == ERR_OK && n == LENGTH(rows));
	json_close(a->j, ']');
	return code;
}

/* --- quotes ------------------------------------------------------------------- */

static enum err_code quote_usage(const struct query *q, struct usage_list *list, struct err *e)
{
	const int64_t counts[BUCKETS] = {
		[BUCKET_INPUT] = q->quote.input, [BUCKET_CACHE_READ] = q->quote.cache_read, [BUCKET_WRITE_5M] = q->quote.write_5m,
		[BUCKET_WRITE_30M] = q->quote.write_30m, [BUCKET_WRITE_1H] = q->quote.write_1h, [BUCKET_WRITE_12H] = q->quote.write_12h,
		[BUCKET_OUTPUT] = q->quote.output, [BUCKET_WEB_SEARCH] = q->quote.web_search,
	};
	struct usage_line line = {.tier = q->quote.batch ? SERVICE_BATCH : SERVICE_STANDARD, .region = REGION_GLOBAL};
	int r;

	if (q->quote.service_tier != NULL && !service_tier_from_name(q->quote.service_tier, &line.tier)) {
		err_set(e, ERR_USAGE, "--service-tier '%.40s' is none", q->quote.service_tier);
		return err_mend(e, ERR_USAGE, "one of standard, batch, flex, priority, fast");
	}
	if (q->quote.batch && line.tier != SERVICE_BATCH) {
		err_set(e, ERR_USAGE, "--batch and --service-tier contradict each other");
		return err_mend(e, ERR_USAGE, "give one of them");
	}
	if (q->quote.region_class != NULL) {
		for (r = 0; r < REGION_CLASSES && strcmp(region_class_names[r], q->quote.region_class) != 0; r++)
			;
		if (r == REGION_CLASSES) {
			err_set(e, ERR_USAGE, "--region-class '%.40s' is none", q->quote.region_class);
			return err_mend(e, ERR_USAGE, "global or regional");
		}
		line.region = (enum region_class)r;
	}
	usage_line_set_model(&line, q->name, strlen(q->name));
	memcpy(line.u.n, counts, sizeof line.u.n);
	*list = (struct usage_list){.count = 0};
	usage_list_add(list, &line);
	return ERR_OK;
}

static void put_quote_line(struct json_out *j, const struct quote_line *l)
{
	for (int b = 0; b < BUCKETS; b++) {
		char rate[PICO_TEXT];

		if (l->u.n[b] == 0)
			continue;
		pico_rate_format(l->rate[b], rate);
		json_open(j, NULL, '{');
		json_put_text(j, "model", l->model);
		json_put_text(j, "service_tier", service_tier_names[l->tier]);
		json_put_text(j, "region_class", region_class_names[l->region]);
		json_put_text(j, "bucket", bucket_names[b]);
		json_put_int(j, "tokens", l->u.n[b]);
		json_put_text(j, "usd_per_million", rate);
		put_money(j, "cost_usd", l->pico[b]);
		json_put_bool(j, "long_prompt", l->is_step);
		put_word(j, "from", l->from);
		json_close(j, '}');
	}
}

static enum err_code no_price(const struct query *q, const struct quote *quote, struct err *e)
{
	const struct quote_line *l = &quote->line[0];
	int b;

	for (b = 0; b < BUCKETS && (l->u.n[b] == 0 || l->rate[b] != RATE_UNKNOWN); b++)
		;
	if (l->from[0] == '\0' || b == BUCKETS)
		err_set(e, ERR_MISSING, "no price is known for '%.60s' at '%.30s' (%s, %s)", q->name, q->vendor, service_tier_names[l->tier], region_class_names[l->region]);
	else
		err_set(e, ERR_MISSING, "no price is known for %s of '%.60s' (%s, %s%s)", bucket_names[b], l->model, service_tier_names[l->tier], region_class_names[l->region],
		    l->is_step ? ", a long prompt" : "");
	return err_mend(e, ERR_MISSING, "`claviger price show` lists what is known, `price set` sets one");
}

enum err_code answer_quote(struct ask *a, struct err *e)
{
	const struct query *q = a->q;
	const struct book *book;
	struct book *own = NULL;
	struct usage_list list;
	struct quote quote;
	char from[PRICE_FROM];
	enum err_code code = quote_usage(q, &list, e);

	if (code == ERR_OK)
		code = query_book(a, &book, &own, e);
	if (code != ERR_OK)
		return code;
	price_usage(book, q->vendor, &list, price_when(a, q->vendor), &quote);
	if (quote.is_unpriced || quote.count == 0 || quote.line[0].from[0] == '\0') {
		code = no_price(q, &quote, e);
	} else if (quote.is_over) {
		code = err_set(e, ERR_LIMIT, "the sum is too large to be counted");
	} else {
		price_from_text(&quote, from);
		json_open(a->j, NULL, '{');
		put_money(a->j, "cost_usd", quote.total_pico);
		json_open(a->j, "lines", '[');
		for (size_t i = 0; i < quote.count; i++)
			put_quote_line(a->j, &quote.line[i]);
		json_close(a->j, ']');
		put_word(a->j, "price_from", from);
		json_close(a->j, '}');
	}
	book_free(own);
	return code;
}
