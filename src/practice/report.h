/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.h - the books, summed up by periods and groups, as vendors report them.
 *
 * Each vendor's report_*.c reads its own query, names what a sale counts under,
 * and writes the cells in its own units. A gap (--gap) makes every figure differ
 * from the books by that share, as if others used the account too. */
#ifndef PRACTICE_REPORT_H
#define PRACTICE_REPORT_H

#include "practice/http.h"

#define REPORT_KEY 256
#define REPORT_PERIODS 10000

struct period {
	int64_t from_us, to_us;
};
struct report_cell {
	size_t period;
	char key[REPORT_KEY];	/* the groups, as the vendor's file put them together */
	struct sale sample;	/* one of the sales that are summed up here */
	int64_t calls, tokens[BUCKETS], pico[BUCKETS];
};
struct report {
	struct period *period;
	size_t periods;
	struct report_cell *cell;	/* by period, then by key */
	size_t cells, room;
};
/* What a sale counts under; false if it is not asked for. */
typedef bool report_key(const void *user, const struct sale *s, char key[REPORT_KEY]);

/* Periods of one width over [from, to); false if they are too many. */
bool report_periods(struct report *r, int64_t from_us, int64_t to_us, int64_t width_us);
void report_gather(struct report *r, struct practice *p, const char *vendor, report_key *key, const void *user);
void report_release(struct report *r);
int64_t report_sum(const int64_t of[BUCKETS]);

/* "name" or "name[]" stands in the query with that value. */
bool query_has(const struct request *q, const char *name, const char *value);
/* It is not there at all, or with that value. */
bool query_lets(const struct request *q, const char *name, const char *value);
/* A count from 1 to max; fallback if absent; 0 if it is none. */
size_t query_count(const struct request *q, const char *name, size_t fallback, size_t max);
/* The period a page begins with ("page_N"); false if it is no page of ours. */
bool query_page(const struct request *q, size_t *first);
/* How a vendor names the key of a sale: a prefix and some digits of its hash. */
void report_key_id(const char *prefix, const struct sale *s, char out[48]);

handler report_anthropic_usage, report_anthropic_cost, report_anthropic_me, report_openai_usage, report_openai_costs, report_aws_cost;

#endif
