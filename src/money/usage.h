/* SPDX-License-Identifier: GPL-3.0-or-later */
/* usage.h - what a call used: disjoint buckets, and the lines a call is billed by. Pure.
 *
 * A token is in exactly one bucket. Each vendor's own rule (is the cached part
 * inside "input"?) is undone beside its decoder, before it comes here. One call
 * may be billed over several sampling steps and models: one line each. */
#ifndef MONEY_USAGE_H
#define MONEY_USAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum bucket {
	BUCKET_INPUT,		/* fresh: neither read from a cache nor written to one */
	BUCKET_CACHE_READ,
	BUCKET_WRITE_5M,
	BUCKET_WRITE_30M,
	BUCKET_WRITE_1H,
	BUCKET_WRITE_12H,
	BUCKET_OUTPUT,		/* hidden reasoning included */
	BUCKET_WEB_SEARCH,	/* requests, not tokens */
	BUCKETS
};

/* "input", "cache_read", "cache_write_5m" ... : JSON, database, price book. */
extern const char *const bucket_names[BUCKETS];
bool bucket_from_name(const char *name, enum bucket *out);

struct usage {
	int64_t n[BUCKETS];	/* never below 0 */
};

/* Pure values of the answer, not of the request: what was really used. */
enum service_tier { SERVICE_STANDARD, SERVICE_BATCH, SERVICE_FLEX, SERVICE_PRIORITY, SERVICE_FAST, SERVICE_TIERS };
extern const char *const service_tier_names[SERVICE_TIERS];	/* "standard", "batch", ... */
bool service_tier_from_name(const char *name, enum service_tier *out);

/* Where it ran, as far as that changes the price. */
enum region_class { REGION_GLOBAL, REGION_LOCAL, REGION_CLASSES };	/* LOCAL: one geography, one region, inference_geo us */
extern const char *const region_class_names[REGION_CLASSES];	/* "global", "regional" */

#define USAGE_MODEL 128		/* with the NUL; longer ids are cut and flagged estimated */
#define USAGE_TOKENS_MAX (INT64_C(1) << 40)	/* larger counts from a vendor are read as this */

struct usage_line {
	char model[USAGE_MODEL];	/* as the vendor named it in the answer */
	enum service_tier tier;
	enum region_class region;
	struct usage u;
	bool is_estimated;	/* a bucket was guessed (a cache write whose lifetime was not said, a cut stream) */
};

#define USAGE_LINES 8
struct usage_list {
	struct usage_line line[USAGE_LINES];
	size_t count;
};

/* Append a line. Lines are kept apart even for the same model, since a step by
 * prompt size is judged for each sampling step. When the list is full the counts
 * go to a line of the same model, tier and region, else to the last one, and that
 * line is marked estimated: no token is ever lost. */
void usage_list_add(struct usage_list *l, const struct usage_line *line);
/* What a step by prompt size is judged by: input, reads and writes. */
int64_t usage_prompt_tokens(const struct usage *u);
int64_t usage_total_tokens(const struct usage *u);
/* The sum of all lines (saturating at USAGE_TOKENS_MAX * USAGE_LINES). */
struct usage usage_list_sum(const struct usage_list *l);
void usage_line_set_model(struct usage_line *line, const char *model, size_t len);

#endif
