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
	free(b->off);
	free(b);
}

static void id_rules_copy(struct id_rules *to, const struct id_rules *from)
{
	size_t i;

	*to = *from;
	to->vendor = xstrdup(from->vendor);
	to->prefix = xcalloc(from->prefix_count + 1, sizeof *to->prefix);
	to->suffix = xcalloc(from->suffix_count + 1, sizeof *to->suffix);
	to->alias = xcalloc(2 * from->alias_count + 1, sizeof *to->alias);
	for (i = 0; i < from->prefix_count; i++)
		to->prefix[i] = (struct id_prefix){xstrdup(from->prefix[i].text), from->prefix[i].region};
	for (i = 0; i < from->suffix_count; i++)
		to->suffix[i] = xstrdup(from->suffix[i]);
	for (i = 0; i < from->alias_count * 2; i++)
		to->alias[i] = xstrdup(from->alias[i]);
}

struct book *book_copy(const struct book *b)
{
	struct book *c = book_new();
	size_t i;

	c->count = b->count;
	c->ids_count = b->ids_count;
	c->off_count = b->off_count;
	c->layers = b->layers;
	c->dearest = b->dearest;
	c->row = xcalloc(b->count + 1, sizeof *c->row);
	c->off = xcalloc(b->off_count + 1, sizeof *c->off);
	for (i = 0; i < b->count; i++) {
		c->row[i] = b->row[i];
		c->row[i].vendor = xstrdup(b->row[i].vendor);
		c->row[i].model = xstrdup(b->row[i].model);
		c->row[i].source = xstrdup(b->row[i].source);
	}
	for (i = 0; i < b->off_count; i++)
		c->off[i] = b->off[i];
	for (i = 0; i < b->ids_count; i++)
		id_rules_copy(&c->ids[i], &b->ids[i]);
	return c;
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
