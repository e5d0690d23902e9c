/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the schema that data/HACKING describes. A file is read into a fresh
 * list first and joined to the book only when all of it is sound. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/json.h"
#include "base/memory.h"
#include "money/book_rows.h"
#include "money/pico.h"

struct reading {
	struct book_row *row;
	size_t count;
	struct id_rules ids[BOOK_IDS_MAX];
	size_t ids_count;
	struct discount *off;
	size_t off_count;
	enum price_kind kind;
	const cJSON *sources;
	char read_on[BOOK_DATE];
	struct err *e;
};

static enum err_code bad_row(struct reading *r, const char *why)
{
	return err_set(r->e, ERR_USAGE, "price book: row %zu %s", r->count + 1, why);
}

static enum err_code read_card(struct reading *r, const cJSON *rates, struct rate_card *card)
{
	const cJSON *m;
	int i;

	for (i = 0; i < BUCKETS; i++)
		card->rate[i] = RATE_UNKNOWN;
	if (!cJSON_IsObject(rates))
		return bad_row(r, "has no rates");
	cJSON_ArrayForEach(m, rates) {
		enum bucket bucket;

		if (!bucket_from_name(m->string, &bucket))
			return bad_row(r, "has a rate for a bucket nobody knows");
		if (!cJSON_IsString(m))
			return bad_row(r, "has a rate that is no text (figures stand in quotes)");
		if (pico_rate_parse(slice_of(m->valuestring), &card->rate[bucket], r->e) != ERR_OK)
			return bad_row(r, "has a rate that is no decimal number of dollars for a million");
	}
	return ERR_OK;
}

static enum err_code read_step(struct reading *r, const cJSON *row, struct book_row *out)
{
	const cJSON *step = json_member(row, "step");
	int i;

	for (i = 0; i < BUCKETS; i++)
		out->step.rate[i] = RATE_UNKNOWN;
	if (step == NULL)
		return ERR_OK;
	if (!json_int(step, "over", &out->step_over) || out->step_over < 1)
		return bad_row(r, "has a step without a size");
	return read_card(r, json_member(step, "rates"), &out->step);
}

/* A day, or a second of UTC. */
static bool is_start(const char *from, int64_t *at_us)
{
	size_t n = strlen(from);

	return (n == 10 || (n == BOOK_DATE - 1 && from[n - 1] == 'Z')) && date_parse(from, at_us);
}

/* The month's spending from which a volume tier holds. */
static bool read_over(const cJSON *o, int64_t *over_pd)
{
	const cJSON *m = json_member(o, "over_usd");

	*over_pd = 0;
	return m == NULL || (cJSON_IsString(m) && pico_parse(slice_of(m->valuestring), over_pd, NULL) == ERR_OK && *over_pd >= 0);
}

static enum err_code read_kind(struct reading *r, const cJSON *row, struct book_row *out)
{
	const char *tier = json_text(row, "tier"), *region = json_text(row, "region"), *from = json_text(row, "from");

	out->kind = r->kind;
	if (!read_over(row, &out->over_pd))
		return bad_row(r, "has a volume tier that is no amount of dollars");

	if (tier != NULL && !service_tier_from_name(tier, &out->tier))
		return bad_row(r, "has a tier nobody knows");
	out->region = ANY_REGION;
	if (region != NULL && strcmp(region, "global") == 0)
		out->region = REGION_GLOBAL;
	else if (region != NULL && strcmp(region, "regional") == 0)
		out->region = REGION_LOCAL;
	else if (region != NULL)
		return bad_row(r, "has a region nobody knows");
	if (from != NULL && !is_start(from, &out->from_us))
		return bad_row(r, "has a start that is no date");
	snprintf(out->from, sizeof out->from, "%s", from != NULL ? from : r->read_on);
	return ERR_OK;
}

static enum err_code read_row(struct reading *r, const cJSON *row)
{
	const char *vendor = json_text(row, "vendor"), *model = json_text(row, "model"), *source = json_text(row, "source");
	struct book_row out = {.from_us = 0};
	enum err_code code;

	if (vendor == NULL || model == NULL || strlen(vendor) >= BOOK_NAME || strlen(model) >= USAGE_MODEL)
		return bad_row(r, "does not say vendor and model");
	if (source != NULL && r->sources != NULL && json_text(r->sources, source) != NULL)
		source = json_text(r->sources, source);
	code = read_kind(r, row, &out);
	if (code == ERR_OK)
		code = read_card(r, json_member(row, "rates"), &out.base);
	if (code == ERR_OK)
		code = read_step(r, row, &out);
	if (code != ERR_OK)
		return code;
	out.vendor = xstrdup(vendor);
	out.model = xstrdup(model);
	out.source = xstrdup(source != NULL ? source : "");
	r->row[r->count++] = out;
	return ERR_OK;
}

static enum err_code read_rows(struct reading *r, const cJSON *prices)
{
	const cJSON *row;
	int n = cJSON_IsArray(prices) ? cJSON_GetArraySize(prices) : 0;

	if (!cJSON_IsArray(prices))
		return err_set(r->e, ERR_USAGE, "price book: no list of prices");
	if (n > BOOK_ROWS_MAX)
		return err_set(r->e, ERR_LIMIT, "price book: over %d rows", BOOK_ROWS_MAX);
	r->row = xcalloc((size_t)n + 1, sizeof *r->row);
	cJSON_ArrayForEach(row, prices) {
		enum err_code code = read_row(r, row);

		if (code != ERR_OK)
			return code;
	}
	return ERR_OK;
}

static size_t array_size(const cJSON *m)
{
	return m != NULL ? (size_t)cJSON_GetArraySize(m) : 0;
}

/* --- discounts ------------------------------------------------------------ */

#define PPM_PICO (PICO_DOLLAR / 10000)	/* a millionth, where the percentage is read as dollars */

/* "12.5" to millionths: 0 to 100, at most four decimals. */
static bool read_percent(const cJSON *m, int64_t *ppm)
{
	int64_t v;

	if (!cJSON_IsString(m) || pico_parse(slice_of(m->valuestring), &v, NULL) != ERR_OK || v < 0 || v > 100 * PICO_DOLLAR || v % PPM_PICO != 0)
		return false;
	*ppm = v / PPM_PICO;
	return true;
}

static enum err_code read_discounts(struct reading *r, const cJSON *list)
{
	const cJSON *m;

	if (array_size(list) > BOOK_DISCOUNTS_MAX)
		return err_set(r->e, ERR_LIMIT, "price book: over %d discounts", BOOK_DISCOUNTS_MAX);
	r->off = xcalloc(array_size(list) + 1, sizeof *r->off);
	cJSON_ArrayForEach(m, list) {
		struct discount *d = &r->off[r->off_count];
		const char *vendor = json_text(m, "vendor"), *model = json_text(m, "model"), *from = json_text(m, "from");

		if (vendor == NULL || strlen(vendor) >= BOOK_NAME || (model != NULL && strlen(model) >= USAGE_MODEL) || from == NULL ||
		    !is_start(from, &d->from_us) || !read_percent(json_member(m, "percent"), &d->off_ppm) || !read_over(m, &d->over_pd))
			return err_set(r->e, ERR_USAGE, "price book: discount %zu is not as it must be", r->off_count + 1);
		snprintf(d->vendor, sizeof d->vendor, "%s", vendor);
		snprintf(d->model, sizeof d->model, "%s", model != NULL ? model : "");
		snprintf(d->from, sizeof d->from, "%s", from);
		r->off_count++;
	}
	return ERR_OK;
}

/* --- rules for ids -------------------------------------------------------- */

static enum err_code bad_ids(struct reading *r, const char *vendor)
{
	(void)vendor;
	return err_set(r->e, ERR_USAGE, "price book: rules for ids %zu are not as they must be", r->ids_count + 1);
}

static bool region_from(const char *name, enum region_class *out)
{
	if (name == NULL || (strcmp(name, "global") != 0 && strcmp(name, "regional") != 0))
		return false;
	*out = strcmp(name, "regional") == 0 ? REGION_LOCAL : REGION_GLOBAL;
	return true;
}

static bool read_id_lists(const cJSON *rules, struct id_rules *out)
{
	const cJSON *m, *prefixes = json_object(rules, "prefixes"), *suffixes = json_array(rules, "drop"), *aliases = json_object(rules, "aliases");

	out->prefix = xcalloc(array_size(prefixes) + 1, sizeof *out->prefix);
	out->suffix = xcalloc(array_size(suffixes) + 1, sizeof *out->suffix);
	out->alias = xcalloc(2 * array_size(aliases) + 1, sizeof *out->alias);
	cJSON_ArrayForEach(m, prefixes) {
		struct id_prefix *p = &out->prefix[out->prefix_count];

		if (m->string[0] == '\0' || !cJSON_IsString(m) || !region_from(m->valuestring, &p->region))
			return false;
		p->text = xstrdup(m->string);
		out->prefix_count++;
	}
	cJSON_ArrayForEach(m, suffixes) {
		if (!cJSON_IsString(m))
			return false;
		out->suffix[out->suffix_count++] = xstrdup(m->valuestring);
	}
	cJSON_ArrayForEach(m, aliases) {
		if (!cJSON_IsString(m) || strlen(m->valuestring) >= USAGE_MODEL)
			return false;
		out->alias[2 * out->alias_count] = xstrdup(m->string);
		out->alias[2 * out->alias_count + 1] = xstrdup(m->valuestring);
		out->alias_count++;
	}
	return true;
}

static enum err_code read_ids(struct reading *r, const cJSON *ids)
{
	const cJSON *rules;

	if (ids == NULL)
		return ERR_OK;
	cJSON_ArrayForEach(rules, ids) {
		struct id_rules *out = &r->ids[r->ids_count];

		if (r->ids_count == BOOK_IDS_MAX || rules->string == NULL)
			return bad_ids(r, rules->string);
		out->vendor = xstrdup(rules->string);
		if ((json_member(rules, "region") != NULL && !region_from(json_text(rules, "region"), &out->region)) || !read_id_lists(rules, out)) {
			id_rules_release(out);
			return bad_ids(r, rules->string);
		}
		r->ids_count++;
	}
	return ERR_OK;
}

/* --- joining -------------------------------------------------------------- */

static void note_dearest(struct rate_card *dearest, const struct rate_card *card)
{
	int i;

	for (i = 0; i < BUCKETS; i++)
		if (card->rate[i] > dearest->rate[i])
			dearest->rate[i] = card->rate[i];
}

static enum err_code join(struct book *b, struct reading *r)
{
	size_t i;

	if (b->count + r->count > BOOK_ROWS_MAX || b->ids_count + r->ids_count > BOOK_IDS_MAX || b->off_count + r->off_count > BOOK_DISCOUNTS_MAX)
		return err_set(r->e, ERR_LIMIT, "price book: over %d rows in all", BOOK_ROWS_MAX);
	b->row = xreallocarray(b->row, b->count + r->count + 1, sizeof *b->row);
	for (i = 0; i < r->count; i++) {
		r->row[i].layer = b->layers;
		note_dearest(&b->dearest, &r->row[i].base);
		note_dearest(&b->dearest, &r->row[i].step);
		b->row[b->count++] = r->row[i];
	}
	for (i = 0; i < r->ids_count; i++)
		b->ids[b->ids_count++] = r->ids[i];
	b->off = xreallocarray(b->off, b->off_count + r->off_count + 1, sizeof *b->off);
	for (i = 0; i < r->off_count; i++)
		b->off[b->off_count++] = r->off[i];
	r->count = r->ids_count = r->off_count = 0;
	b->layers++;
	return ERR_OK;
}

/* Absent: the first file is the published one, what comes after it the home's. */
static bool read_layer(const struct book *b, const cJSON *t, enum price_kind *out)
{
	const char *kind = json_text(t, "kind");
	int k;

	*out = b->layers == 0 ? PRICE_PUBLISHED : PRICE_HOME;
	if (json_member(t, "kind") == NULL)
		return true;
	for (k = 0; kind != NULL && k < PRICE_KINDS; k++)
		if (strcmp(price_kind_names[k], kind) == 0) {
			*out = (enum price_kind)k;
			return true;
		}
	return false;
}

enum err_code book_parse(struct book *b, struct slice json, struct err *e)
{
	struct reading r = {.e = e};
	cJSON *t = NULL;
	const char *read_on;
	int64_t schema, at;
	size_t i;
	enum err_code code = json_parse(json, &t, e);

	if (code != ERR_OK)
		return code;
	read_on = json_text(t, "read");
	if (!json_int(t, "schema", &schema) || schema != 1)
		code = err_set(e, ERR_USAGE, "price book: a schema other than 1");
	else if (!read_layer(b, t, &r.kind))
		code = err_set(e, ERR_USAGE, "price book: a kind nobody knows");
	else if (read_on == NULL || strlen(read_on) != 10 || !date_parse(read_on, &at))
		code = err_set(e, ERR_USAGE, "price book: no date on which it was read");
	if (code == ERR_OK) {
		snprintf(r.read_on, sizeof r.read_on, "%s", read_on);
		r.sources = json_object(t, "sources");
		code = read_ids(&r, json_object(t, "ids"));
	}
	if (code == ERR_OK)
		code = read_rows(&r, json_member(t, "prices"));
	if (code == ERR_OK)
		code = read_discounts(&r, json_array(t, "discounts"));
	if (code == ERR_OK)
		code = join(b, &r);
	for (i = 0; i < r.count; i++)
		book_row_release(&r.row[i]);
	for (i = 0; i < r.ids_count; i++)
		id_rules_release(&r.ids[i]);
	free(r.row);
	free(r.off);
	cJSON_Delete(t);
	return code;
}

void book_youngest(struct slice json, const char *today, char from[BOOK_DATE])
{
	static const char mark[] = "\"from\":";
	const char *at = json.p, *end = json.p + json.len;

	while (at != NULL && (size_t)(end - at) > sizeof mark + 12 && (at = memmem(at, (size_t)(end - at), mark, sizeof mark - 1)) != NULL) {
		at += sizeof mark - 1;
		while (at < end && *at == ' ')
			at++;
		if (end - at < 12 || *at != '"')
			continue;
		at++;
		if (strncmp(at, today, 10) <= 0 && strncmp(at, from, 10) > 0)
			snprintf(from, BOOK_DATE, "%.10s", at);
	}
}
