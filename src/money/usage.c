/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "money/usage.h"

#include <string.h>

#include "base/slice.h"

const char *const bucket_names[BUCKETS] = {
	[BUCKET_INPUT] = "input",
	[BUCKET_CACHE_READ] = "cache_read",
	[BUCKET_WRITE_5M] = "cache_write_5m",
	[BUCKET_WRITE_30M] = "cache_write_30m",
	[BUCKET_WRITE_1H] = "cache_write_1h",
	[BUCKET_WRITE_12H] = "cache_write_12h",
	[BUCKET_OUTPUT] = "output",
	[BUCKET_WEB_SEARCH] = "web_search",
};

const char *const service_tier_names[SERVICE_TIERS] = {
	[SERVICE_STANDARD] = "standard",
	[SERVICE_BATCH] = "batch",
	[SERVICE_FLEX] = "flex",
	[SERVICE_PRIORITY] = "priority",
	[SERVICE_FAST] = "fast",
};

const char *const region_class_names[REGION_CLASSES] = {"global", "regional"};

static int index_of(const char *const *names, size_t count, const char *name)
{
	size_t i;

	for (i = 0; name != NULL && i < count; i++)
		if (strcmp(names[i], name) == 0)
			return (int)i;
	return -1;
}

bool bucket_from_name(const char *name, enum bucket *out)
{
	int i = index_of(bucket_names, BUCKETS, name);

	if (i >= 0)
		*out = (enum bucket)i;
	return i >= 0;
}

bool service_tier_from_name(const char *name, enum service_tier *out)
{
	int i = index_of(service_tier_names, SERVICE_TIERS, name);

	if (i >= 0)
		*out = (enum service_tier)i;
	return i >= 0;
}

static int64_t add(int64_t a, int64_t b)
{
	int64_t r;

	return __builtin_add_overflow(a, b, &r) ? INT64_MAX : r;
}

static bool is_same_kind(const struct usage_line *a, const struct usage_line *b)
{
	return a->tier == b->tier && a->region == b->region && strcmp(a->model, b->model) == 0;
}

void usage_list_add(struct usage_list *l, const struct usage_line *line)
{
	struct usage_line *into = &l->line[USAGE_LINES - 1];
	size_t i;

	if (l->count < USAGE_LINES) {
		l->line[l->count++] = *line;
		return;
	}
	for (i = 0; i < USAGE_LINES; i++)
		if (is_same_kind(&l->line[i], line))
			into = &l->line[i];
	for (i = 0; i < BUCKETS; i++)
		into->u.n[i] = add(into->u.n[i], line->u.n[i]);
	into->is_estimated = true;
}

int64_t usage_prompt_tokens(const struct usage *u)
{
	int64_t sum = 0;
	enum bucket b;

	for (b = BUCKET_INPUT; b <= BUCKET_WRITE_12H; b++)
		sum = add(sum, u->n[b]);
	return sum;
}

int64_t usage_total_tokens(const struct usage *u)
{
	return add(usage_prompt_tokens(u), u->n[BUCKET_OUTPUT]);
}

struct usage usage_list_sum(const struct usage_list *l)
{
	struct usage sum = {{0}};
	size_t i, b;

	for (i = 0; i < l->count; i++)
		for (b = 0; b < BUCKETS; b++)
			sum.n[b] = add(sum.n[b], l->line[i].u.n[b]);
	return sum;
}

void usage_line_set_model(struct usage_line *line, const char *model, size_t len)
{
	if (len >= sizeof line->model) {
		len = sizeof line->model - 1;
		line->is_estimated = true;
	}
	memset(line->model, 0, sizeof line->model);
	if (len > 0)
		memcpy(line->model, model, len);
}
