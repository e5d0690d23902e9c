/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one formula: for each line, sum over buckets of count times rate. The
 * rates were rounded once when the book was read, so nothing is rounded here. */
#include <stdio.h>
#include <string.h>

#include "money/book_rows.h"
#include "money/pico.h"

static void price_line(const struct book *b, const char *vendor, const struct usage_line *line, struct price_time when, struct quote_line *out, bool *is_over)
{
	struct rates found;
	const struct rates *row = book_find(b, vendor, line->model, line->tier, line->region, when, &found) ? &found : NULL;
	const struct rate_card *card = NULL;
	int i;

	memset(out, 0, sizeof *out);
	(void)book_resolve(b, vendor, line->model, out->model, &out->region);
	if (line->region > out->region)
		out->region = line->region;
	out->tier = line->tier;
	out->u = line->u;
	out->is_estimated = line->is_estimated;
	if (row != NULL) {
		out->is_step = row->step_over > 0 && usage_prompt_tokens(&line->u) > row->step_over;
		card = out->is_step ? &row->step : &row->base;
		memcpy(out->from, row->from, sizeof out->from);
		out->kind = row->kind;
		out->off_ppm = row->off_ppm;
		out->over_pd = row->over_pd;
	}
	for (i = 0; i < BUCKETS; i++) {
		out->rate[i] = card != NULL ? card->rate[i] : RATE_UNKNOWN;
		if (line->u.n[i] <= 0)
			continue;
		if (out->rate[i] == RATE_UNKNOWN) {
			out->is_unpriced = true;
		} else if (!pico_mul(out->rate[i], line->u.n[i], &out->pico[i]) || !pico_add(out->total_pico, out->pico[i], &out->total_pico)) {
			out->pico[i] = out->total_pico = PICO_MAX;
			*is_over = true;
		}
	}
	out->is_unpriced = out->is_unpriced || row == NULL;
}

void price_usage(const struct book *b, const char *vendor, const struct usage_list *usage, struct price_time when, struct quote *out)
{
	size_t i;

	memset(out, 0, sizeof *out);
	for (i = 0; i < usage->count; i++) {
		struct quote_line *line = &out->line[out->count++];

		price_line(b, vendor, &usage->line[i], when, line, &out->is_over);
		if (!pico_add(out->total_pico, line->total_pico, &out->total_pico))
			out->is_over = true;
		out->is_unpriced = out->is_unpriced || line->is_unpriced;
		out->is_estimated = out->is_estimated || line->is_estimated;
		if (strcmp(line->from, out->price_from) > 0)
			memcpy(out->price_from, line->from, sizeof out->price_from);
	}
	if (out->is_over)
		out->total_pico = PICO_MAX;
}

void price_from_text(const struct quote *q, char out[PRICE_FROM])
{
	const char *mark = "";
	size_t i;

	for (i = 0; i < q->count; i++) {	/* the strongest of the lines' marks */
		const struct quote_line *l = &q->line[i];

		if (l->over_pd > 0)
			mark = " (volume)";
		else if (l->off_ppm > 0 && mark[0] == '\0')
			mark = " (discount)";
	}
	for (i = 0; i < q->count && mark[0] == '\0'; i++)
		if (q->line[i].kind != PRICE_PUBLISHED)
			mark = q->line[i].kind == PRICE_OWN ? " (own)" : q->line[i].kind == PRICE_IMPORT ? " (import)" : " (home)";
	snprintf(out, PRICE_FROM, "%s%s", q->price_from, q->price_from[0] != '\0' ? mark : "");
}

/* --- the worst case ------------------------------------------------------- */

/* The dearer of base and step; unknown where either that may apply is unknown. */
static int64_t worst_rate(const struct rates *row, enum bucket bucket, bool may_step)
{
	int64_t base = row->base.rate[bucket], step = may_step ? row->step.rate[bucket] : base;

	if (base == RATE_UNKNOWN || step == RATE_UNKNOWN)
		return RATE_UNKNOWN;
	return step > base ? step : base;
}

static int64_t dearest_write(const struct rate_card *card)
{
	int64_t most = RATE_UNKNOWN;
	enum bucket i;

	for (i = BUCKET_WRITE_5M; i <= BUCKET_WRITE_12H; i++)
		if (card->rate[i] > most)
			most = card->rate[i];
	return most;
}

/* What a token of input can cost at most under this row. A row that knows some
 * lifetimes of writes is taken to know all that the vendor sells. */
static int64_t worst_input(const struct rates *row, bool may_step, bool may_cache)
{
	int64_t most = worst_rate(row, BUCKET_INPUT, may_step), write = RATE_UNKNOWN;
	enum bucket i;

	if (most == RATE_UNKNOWN || !may_cache)
		return most;
	for (i = BUCKET_WRITE_5M; i <= BUCKET_WRITE_12H; i++) {
		int64_t rate = worst_rate(row, i, may_step);

		if (rate == RATE_UNKNOWN && row->base.rate[i] != RATE_UNKNOWN)
			return RATE_UNKNOWN;	/* known below the step only */
		if (rate > write)
			write = rate;
	}
	if (write == RATE_UNKNOWN)
		return RATE_UNKNOWN;
	return write > most ? write : most;
}

static int64_t or_dearest(int64_t rate, int64_t dearest, bool *is_unpriced)
{
	if (rate != RATE_UNKNOWN)
		return rate;
	*is_unpriced = true;
	return dearest != RATE_UNKNOWN ? dearest : PICO_MAX;	/* an empty book holds everything back */
}

void price_bound(const struct book *b, const struct bound_query *q, struct price_time when, struct price_bound *out)
{
	struct rates found;
	const struct rates *row = book_find(b, q->vendor, q->model, q->tier, q->region, when, &found) ? &found : NULL;
	int64_t dearest_in = b->dearest.rate[BUCKET_INPUT], in = RATE_UNKNOWN, op = RATE_UNKNOWN, search = RATE_UNKNOWN;
	int64_t write = dearest_write(&b->dearest);

	memset(out, 0, sizeof *out);
	if (q->may_cache && write > dearest_in)
		dearest_in = write;
	if (row != NULL) {
		bool may_step = row->step_over > 0 && q->input_tokens > row->step_over;

		in = worst_input(row, may_step, q->may_cache);
		op = worst_rate(row, BUCKET_OUTPUT, may_step);
		search = worst_rate(row, BUCKET_WEB_SEARCH, may_step);
		memcpy(out->price_from, row->from, sizeof out->price_from);
	}
	out->input_rate = or_dearest(in, dearest_in, &out->is_unpriced);
	out->output_rate = or_dearest(op, b->dearest.rate[BUCKET_OUTPUT], &out->is_unpriced);
	out->total_pico = pico_add_capped(pico_mul_capped(out->input_rate, q->input_tokens), pico_mul_capped(out->output_rate, q->max_output_tokens));
	if (q->web_searches > 0) {
		search = or_dearest(search, b->dearest.rate[BUCKET_WEB_SEARCH], &out->is_unpriced);
		out->total_pico = pico_add_capped(out->total_pico, pico_mul_capped(search, q->web_searches));
	}
}
