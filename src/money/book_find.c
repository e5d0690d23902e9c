/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which rows are in force, and what they come to together. Of each kind (published,
 * home, import, own) one row stands; they are laid over each other bucket by bucket,
 * and a discount is taken off what is not the person's own rate. */
#include <string.h>

#include "money/book_rows.h"
#include "money/pico.h"

const char *const price_kind_names[PRICE_KINDS] = {"published", "home", "import", "own"};

/* Is r a better answer than best, both fitting and of one kind. */
static bool is_better(const struct book_row *r, const struct book_row *best)
{
	if (best == NULL || r->from_us != best->from_us)
		return best == NULL || r->from_us > best->from_us;
	if (r->over_pd != best->over_pd)
		return r->over_pd > best->over_pd;
	if (r->layer != best->layer)
		return r->layer > best->layer;
	return best->region == ANY_REGION;
}

static void pick(const struct book *b, const char *vendor, const char *id, enum service_tier tier, enum region_class region,
    struct price_time when, const struct book_row *best[PRICE_KINDS])
{
	size_t i;

	for (i = 0; i < b->count; i++) {
		const struct book_row *r = &b->row[i];

		if (r->tier == tier && r->from_us <= when.at_us && r->over_pd <= when.month_pd && (r->region == ANY_REGION || r->region == (int)region) &&
		    strcmp(r->model, id) == 0 && strcmp(r->vendor, vendor) == 0 && is_better(r, best[r->kind]))
			best[r->kind] = r;
	}
}

static bool is_better_discount(const struct discount *d, const struct discount *best)
{
	if (best == NULL || (d->model[0] != '\0') != (best->model[0] != '\0'))
		return best == NULL || d->model[0] != '\0';
	if (d->from_us != best->from_us)
		return d->from_us > best->from_us;
	return d->over_pd >= best->over_pd;	/* the later file on a tie */
}

static const struct discount *discount_of(const struct book *b, const char *vendor, const char *id, struct price_time when)
{
	const struct discount *best = NULL;
	size_t i;

	for (i = 0; i < b->off_count; i++) {
		const struct discount *d = &b->off[i];

		if (d->from_us <= when.at_us && d->over_pd <= when.month_pd && strcmp(d->vendor, vendor) == 0 &&
		    (d->model[0] == '\0' || strcmp(d->model, id) == 0) && is_better_discount(d, best))
			best = d;
	}
	return best;
}

/* The prompt size from which long prices hold: the uppermost row's that has one. */
static int64_t step_of(const struct book_row *const best[PRICE_KINDS])
{
	for (int k = PRICE_KINDS; k-- > 0;)
		if (best[k] != NULL && best[k]->step_over > 0)
			return best[k]->step_over;
	return 0;
}

/* What one row says of a bucket for prompts over `over`; false if it says nothing.
 * A price without a step, of a model that has one, says "not known". */
static bool long_rate(const struct book_row *r, int bucket, int64_t over, int64_t *rate)
{
	if (r->step_over == over && (r->step.rate[bucket] != RATE_UNKNOWN || r->base.rate[bucket] != RATE_UNKNOWN)) {
		*rate = r->step.rate[bucket];
		return true;
	}
	*rate = RATE_UNKNOWN;
	return r->base.rate[bucket] != RATE_UNKNOWN;
}

static int64_t less(int64_t rate, int64_t off_ppm)
{
	int64_t out = rate;

	if (rate != RATE_UNKNOWN && off_ppm > 0)
		(void)pico_scale(rate, 1000000 - off_ppm, 1000000, &out);	/* cannot grow */
	return out;
}

static void merge(const struct book_row *const best[PRICE_KINDS], int64_t off_ppm, struct rates *out)
{
	int bucket, k;

	out->step_over = step_of(best);
	for (bucket = 0; bucket < BUCKETS; bucket++) {
		out->base.rate[bucket] = out->step.rate[bucket] = RATE_UNKNOWN;
		for (k = PRICE_KINDS; k-- > 0;)
			if (best[k] != NULL && best[k]->base.rate[bucket] != RATE_UNKNOWN) {
				out->base.rate[bucket] = less(best[k]->base.rate[bucket], k == PRICE_OWN ? 0 : off_ppm);
				break;
			}
		for (k = PRICE_KINDS; k-- > 0 && out->step_over > 0;)
			if (best[k] != NULL && long_rate(best[k], bucket, out->step_over, &out->step.rate[bucket])) {
				out->step.rate[bucket] = less(out->step.rate[bucket], k == PRICE_OWN ? 0 : off_ppm);
				break;
			}
	}
}

static void fill_rates(const struct book_row *r, struct rates *out)
{
	*out = (struct rates){
		.vendor = r->vendor, .model = r->model, .from_us = r->from_us, .source = r->source,
		.kind = r->kind, .over_pd = r->over_pd, .base = r->base, .step_over = r->step_over, .step = r->step,
	};
	memcpy(out->from, r->from, sizeof out->from);
}

static void take_discount(const struct discount *d, struct rates *out)
{
	if (d == NULL || d->off_ppm == 0)
		return;
	out->off_ppm = d->off_ppm;
	if (d->over_pd > 0)
		out->over_pd = d->over_pd;
	if (d->from_us > out->from_us) {
		out->from_us = d->from_us;
		memcpy(out->from, d->from, sizeof out->from);
	}
}

bool book_find(const struct book *b, const char *vendor, const char *model, enum service_tier tier, enum region_class region,
    struct price_time when, struct rates *out)
{
	const struct book_row *best[PRICE_KINDS] = {NULL}, *top = NULL;
	enum region_class said;
	char id[USAGE_MODEL];
	int k;

	if (!book_resolve(b, vendor, model, id, &said))
		return false;
	pick(b, vendor, id, tier, said > region ? said : region, when, best);
	for (k = 0; k < PRICE_KINDS; k++)
		if (best[k] != NULL)
			top = best[k];
	if (top == NULL)
		return false;
	fill_rates(top, out);
	take_discount(discount_of(b, vendor, id, when), out);
	merge(best, out->off_ppm, out);
	return true;
}

bool book_row(const struct book *b, size_t i, struct rates *out, enum service_tier *tier, enum region_class *region)
{
	if (i >= b->count)
		return false;
	fill_rates(&b->row[i], out);
	if (tier != NULL)
		*tier = b->row[i].tier;
	if (region != NULL)
		*region = b->row[i].region == REGION_LOCAL ? REGION_LOCAL : REGION_GLOBAL;
	return true;
}

bool book_discount(const struct book *b, size_t i, struct discount *out)
{
	if (i >= b->off_count)
		return false;
	*out = b->off[i];
	return true;
}
