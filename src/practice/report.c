/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/report.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

#define PERCENT_MILLIONTHS INT64_C(100000000)	/* 100 per cent in millionths of one */

struct gathering {
	struct report *r;
	const char *vendor;
	report_key *key;
	const void *user;
};

bool report_periods(struct report *r, int64_t from_us, int64_t to_us, int64_t width_us)
{
	int64_t at;

	if (to_us <= from_us || (to_us - from_us) / width_us >= REPORT_PERIODS)
		return false;
	r->period = xcalloc((size_t)((to_us - from_us) / width_us) + 1, sizeof *r->period);
	for (at = from_us; at < to_us; at += width_us)
		r->period[r->periods++] = (struct period){at, at + width_us};
	return true;
}

void report_release(struct report *r)
{
	free(r->period);
	free(r->cell);
	*r = (struct report){0};
}

int64_t report_sum(const int64_t of[BUCKETS])
{
	int64_t sum = 0;

	for (enum bucket b = 0; b < BUCKETS; b++)
		sum += of[b];
	return sum;
}

static struct report_cell *cell_of(struct report *r, size_t period, const char *key, const struct sale *s)
{
	size_t i;

	for (i = 0; i < r->cells; i++)
		if (r->cell[i].period == period && strcmp(r->cell[i].key, key) == 0)
			return &r->cell[i];
	if (r->cells == r->room)
		r->cell = xreallocarray(r->cell, r->room = r->room == 0 ? 32 : r->room * 2, sizeof *r->cell);
	r->cell[r->cells] = (struct report_cell){.period = period, .sample = *s};
	snprintf(r->cell[r->cells].key, REPORT_KEY, "%s", key);
	return &r->cell[r->cells++];
}

static void add_sale(void *user, const struct sale *s)
{
	struct gathering *g = user;
	int64_t line[BUCKETS], pico;
	struct report_cell *c;
	char key[REPORT_KEY];
	size_t i;

	if (strcmp(s->vendor, g->vendor) != 0 || !g->key(g->user, s, key))
		return;
	for (i = 0; i < g->r->periods && !(s->at_us >= g->r->period[i].from_us && s->at_us < g->r->period[i].to_us); i++)
		;
	if (i == g->r->periods)
		return;
	c = cell_of(g->r, i, key, s);
	c->calls++;
	if (!price_lines(s->vendor, s->model, &s->used, &s->terms, line, &pico))
		memset(line, 0, sizeof line);
	for (enum bucket b = 0; b < BUCKETS; b++) {
		c->tokens[b] += usage_bucket(&s->used, b);
		c->pico[b] += line[b];
	}
}

static int by_place(const void *a, const void *b)
{
	const struct report_cell *x = a, *y = b;

	return x->period != y->period ? (x->period > y->period) - (x->period < y->period) : strcmp(x->key, y->key);
}

static void widen(int64_t *n, int64_t gap)
{
	*n += gap >= 0 ? rate_scale(*n, gap, PERCENT_MILLIONTHS) : -rate_scale(*n, -gap, PERCENT_MILLIONTHS);
}

void report_gather(struct report *r, struct practice *p, const char *vendor, report_key *key, const void *user)
{
	struct gathering g = {.r = r, .vendor = vendor, .key = key, .user = user};
	size_t i;

	books_each(p->books, add_sale, &g);
	if (r->cells > 0)
		qsort(r->cell, r->cells, sizeof *r->cell, by_place);
	for (i = 0; i < r->cells; i++)
		for (enum bucket b = 0; b < BUCKETS; b++) {
			widen(&r->cell[i].tokens[b], p->gap);
			widen(&r->cell[i].pico[b], p->gap);
		}
}

/* --- queries ---------------------------------------------------------------------- */

static bool is_name(const char *given, const char *name)
{
	size_t n = strlen(name);

	return strncmp(given, name, n) == 0 && (given[n] == '\0' || strcmp(given + n, "[]") == 0);
}

bool query_has(const struct request *q, const char *name, const char *value)
{
	size_t i;

	for (i = 0; i < q->query.n; i++)
		if (is_name(q->query.h[i].name, name) && strcmp(q->query.h[i].value, value) == 0)
			return true;
	return false;
}

bool query_lets(const struct request *q, const char *name, const char *value)
{
	size_t i;

	for (i = 0; i < q->query.n; i++)
		if (is_name(q->query.h[i].name, name))
			return query_has(q, name, value);
	return true;
}

size_t query_count(const struct request *q, const char *name, size_t fallback, size_t max)
{
	const char *text = headers_get(&q->query, name);
	char *end;
	unsigned long n;

	if (text == NULL)
		return fallback;
	n = strtoul(text, &end, 10);
	return *text >= '0' && *text <= '9' && *end == '\0' && n <= max ? (size_t)n : 0;
}

bool query_page(const struct request *q, size_t *first)
{
	const char *page = headers_get(&q->query, "page");
	char *end;

	*first = 0;
	if (page == NULL)
		return true;
	if (strncmp(page, "page_", 5) != 0 || page[5] < '0' || page[5] > '9')
		return false;
	*first = (size_t)strtoul(page + 5, &end, 10);
	return *end == '\0';
}

void report_key_id(const char *prefix, const struct sale *s, char out[48])
{
	char hex[HASH_HEX];

	hash_to_hex(&s->key, hex);
	snprintf(out, 48, "%s%.20s", prefix, hex);
}
