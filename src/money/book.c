/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "money/book.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "money/book_rows.h"

struct book *book_new(void)
{
	struct book *b = xcalloc(1, sizeof *b);

	for (int i = 0; i < BUCKETS; i++)
		b->dearest.rate[i] = RATE_UNKNOWN;
	return b;
}

void book_row_release(struct book_row *r)
{
	free(r->vendor);
	free(r->model);
	free(r->source);
	memset(r, 0, sizeof *r);
}

void id_rules_release(struct id_rules *r)
{
	size_t i;

	for (i = 0; i < r->prefix_count; i++)
		free(r->prefix[i].text);
	for (i = 0; i < r->suffix_count; i++)
		free(r->suffix[i]);
	for (i = 0; i < r->alias_count * 2; i++)
		free(r->alias[i]);
	free(r->prefix);
	free(r->suffix);
	free(r->alias);
	free(r->vendor);
	memset(r, 0, sizeof *r);
}

void book_free(struct book *b)
{
	size_t i;

	if (b == NULL)
		return;
	for (i = 0; i < b->count; i++)
		book_row_release(&b->row[i]);
	for (i = 0; i < b->ids_count; i++)
		id_rules_release(&b->ids[i]);
	free(b->row);
	free(b);
}

size_t book_row_count(const struct book *b)
{
	return b->count;
}

/* --- ids ------------------------------------------------------------------ */

static const struct id_rules *rules_of(const struct book *b, const char *vendor)
{
	size_t i;

	for (i = b->ids_count; i-- > 0;)	/* the last file's win */
		if (strcmp(b->ids[i].vendor, vendor) == 0)
			return &b->ids[i];
	return NULL;
}

static const char *known_id(const struct book *b, const char *vendor, const char *model)
{
	size_t i;

	for (i = 0; i < b->count; i++)
		if (strcmp(b->row[i].model, model) == 0 && strcmp(b->row[i].vendor, vendor) == 0)
			return b->row[i].model;
	return NULL;
}

/* Length of model less the suffix, or 0 if it does not end so. */
static size_t without(const char *model, size_t len, const char *suffix)
{
	size_t n = strlen(suffix), i;

	if (n >= len)
		return 0;
	for (i = 0; i < n; i++) {
		char c = model[len - n + i];

		if (suffix[i] == '#' ? !isdigit((unsigned char)c) : suffix[i] != c)
			return 0;
	}
	return len - n;
}

static size_t stem(const struct id_rules *rules, const char *model)
{
	size_t len = strlen(model), i;

	for (i = 0; rules != NULL && i < rules->suffix_count; i++) {
		size_t shorter = without(model, len, rules->suffix[i]);

		if (shorter > 0)
			len = shorter;
	}
	return len;
}

/* A book id with the same stem: "x-20251001" stands for "x", "x" for "x-v1:0". */
static const char *id_by_stem(const struct book *b, const struct id_rules *rules, const char *vendor, const char *model)
{
	size_t len = stem(rules, model), i;

	for (i = 0; i < b->count; i++) {
		const struct book_row *r = &b->row[i];

		if (strcmp(r->vendor, vendor) == 0 && strncmp(r->model, model, len) == 0 && stem(rules, r->model) == len)
			return r->model;
	}
	return NULL;
}

bool book_resolve(const struct book *b, const char *vendor, const char *model, char *out, enum region_class *region)
{
	const struct id_rules *rules = rules_of(b, vendor);
	const char *slash = strncmp(model, "arn:", 4) == 0 ? strrchr(model, '/') : NULL, *id;
	enum region_class where = rules != NULL ? rules->region : REGION_GLOBAL;
	size_t i;
	bool is_alias = false;

	if (slash != NULL)
		model = slash + 1;
	for (i = 0; rules != NULL && i < rules->prefix_count; i++) {
		size_t n = strlen(rules->prefix[i].text);

		if (strncmp(model, rules->prefix[i].text, n) == 0) {
			model += n;
			where = rules->prefix[i].region;
			break;
		}
	}
	for (i = 0; rules != NULL && i < rules->alias_count && !is_alias; i++) {
		if (strcmp(rules->alias[2 * i], model) == 0) {
			model = rules->alias[2 * i + 1];
			is_alias = true;
		}
	}
	id = known_id(b, vendor, model);
	if (id == NULL && !is_alias)
		id = id_by_stem(b, rules, vendor, model);
	if (region != NULL)
		*region = where;
	snprintf(out, USAGE_MODEL, "%s", id != NULL ? id : model);
	return id != NULL;
}

/* --- rows ----------------------------------------------------------------- */

/* Is r a better answer than best, both fitting: a later layer, then a later
 * date, then the row that names the region. */
static bool is_better(const struct book_row *r, const struct book_row *best)
{
	if (best == NULL || r->layer != best->layer)
		return best == NULL || r->layer > best->layer;
	if (r->from_us != best->from_us)
		return r->from_us > best->from_us;
	return best->region == ANY_REGION;
}

const struct book_row *book_row_find(const struct book *b, const char *vendor, const char *model, enum service_tier tier,
    enum region_class region, int64_t at_us)
{
	const struct book_row *best = NULL;
	enum region_class said;
	char id[USAGE_MODEL];
	size_t i;

	if (!book_resolve(b, vendor, model, id, &said))
		return NULL;
	if (said > region)
		region = said;
	for (i = 0; i < b->count; i++) {
		const struct book_row *r = &b->row[i];

		if (r->tier == tier && r->from_us <= at_us && (r->region == ANY_REGION || r->region == (int)region) &&
		    strcmp(r->model, id) == 0 && strcmp(r->vendor, vendor) == 0 && is_better(r, best))
			best = r;
	}
	return best;
}

static void fill_rates(const struct book_row *r, struct rates *out)
{
	*out = (struct rates){
		.vendor = r->vendor, .model = r->model, .from_us = r->from_us, .source = r->source,
		.is_overlay = r->layer > 0, .base = r->base, .step_over = r->step_over, .step = r->step,
	};
	memcpy(out->from, r->from, sizeof out->from);
}

bool book_find(const struct book *b, const char *vendor, const char *model, enum service_tier tier, enum region_class region,
    int64_t at_us, struct rates *out)
{
	const struct book_row *r = book_row_find(b, vendor, model, tier, region, at_us);

	if (r == NULL)
		return false;
	fill_rates(r, out);
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
