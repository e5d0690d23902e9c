/* SPDX-License-Identifier: GPL-3.0-or-later */
/* book.h - the price book, and the one formula that turns usage into money. Pure.
 *
 * Owns    its rows. Answers are values or borrowed until the next parse or free.
 * Thread  any number of readers once it is filled.
 * Errors  a file that breaks the schema (data/prices.json says it at its top) is
 *         ERR_PROTO or ERR_USAGE with the row's number; the book is as before.
 * Rates are stored per bucket; factors in data files are applied when a row is
 * read, rounded half to even, once for each rate. A rate that is not known is
 * "not known", never 0: what it would price is `unpriced`. */
#ifndef MONEY_BOOK_H
#define MONEY_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "money/usage.h"

#define RATE_UNKNOWN INT64_C(-1)
#define BOOK_NAME 32		/* vendor names and sources' short names, with the NUL */
#define BOOK_DATE 21		/* "2026-11-23", or "2026-11-23T14:00:00Z" where a price begins inside a day */
#define BOOK_SOURCE 160

struct rate_card {
	int64_t rate[BUCKETS];	/* pico-dollars a token (a request for searches), or RATE_UNKNOWN */
};

/* Who says so. A later kind wins over an earlier one, bucket by bucket, from its own date on. */
enum price_kind { PRICE_PUBLISHED, PRICE_HOME, PRICE_IMPORT, PRICE_OWN, PRICE_KINDS };
extern const char *const price_kind_names[PRICE_KINDS];	/* "published", "home", "import", "own" */

/* When a call was held, and what its workspace had booked with that vendor in the
 * month before it: volume tiers are judged by that. */
struct price_time {
	int64_t at_us, month_pd;
};

/* One model's prices at one time, for one tier and region class. */
struct rates {
	const char *vendor, *model;	/* the book's id, not an alias */
	int64_t from_us;		/* effective from; 0: since always */
	char from[BOOK_DATE];
	const char *source;
	enum price_kind kind;		/* of the uppermost row that has a say */
	int64_t off_ppm;		/* taken off the rates that are not the person's own, in millionths; 0: none */
	int64_t over_pd;		/* the volume tier: holds once the month is over that much; 0: none */
	struct rate_card base;
	int64_t step_over;		/* prompts of more tokens take `step` as a whole; 0: no step */
	struct rate_card step;
};

/* A percentage off, of a vendor or one model. */
struct discount {
	char vendor[BOOK_NAME], model[USAGE_MODEL];	/* model "": all of the vendor's */
	int64_t from_us, over_pd, off_ppm;
	char from[BOOK_DATE];
};

struct book;	/* opaque */

struct book *book_new(void);	/* empty; never NULL */
void book_free(struct book *b);	/* NULL is fine */
/* A book of its own with the same rows. */
struct book *book_copy(const struct book *b);
/* Read data/prices.json or a file in its schema. The file's "kind" says how it lies
 * over what is there (without one: the first file is the published one, others are the
 * home's). What an overlay does not price keeps the price below it, but for long
 * prompts: where the model has a step, a bucket that an overlay prices without one
 * is not known for them. Of one kind the latest start that has come wins, then the highest
 * volume tier that is reached, then the later file. Discounts do not add up: of those
 * that fit, one for the model wins over one for the vendor, then the same order. */
MUST_USE enum err_code book_parse(struct book *b, struct slice json, struct err *e);
/* The latest day of a "from" in such a document that is not after `today` ("2026-11-23"), if it
 * is after what from holds: read off the text, where there is no time for the whole book. */
void book_youngest(struct slice json, const char *today, char from[BOOK_DATE]);
size_t book_row_count(const struct book *b);
/* The id a vendor's name for a model stands for (dated ids, Bedrock profiles,
 * ARNs), and what its region class is; true if the book knows the model at all.
 * region may be NULL. out takes USAGE_MODEL bytes and is always filled. */
bool book_resolve(const struct book *b, const char *vendor, const char *model, char *out, enum region_class *region);
/* What is in force then, overlays and discounts applied; false if nothing is known. */
bool book_find(const struct book *b, const char *vendor, const char *model, enum service_tier tier,
    enum region_class region, struct price_time when, struct rates *out);
/* Rows in file order, as they are written; false past the end. tier and region may be NULL. */
bool book_row(const struct book *b, size_t i, struct rates *out, enum service_tier *tier, enum region_class *region);
/* Discounts in file order; false past the end. */
bool book_discount(const struct book *b, size_t i, struct discount *out);

/* --- the one formula ---------------------------------------------------- */
struct quote_line {
	char model[USAGE_MODEL];	/* the book's id, or the vendor's where unknown */
	char from[BOOK_DATE];		/* date of the prices used, or "" */
	enum service_tier tier;
	enum region_class region;
	bool is_step;			/* the long-prompt price applied */
	enum price_kind kind;
	int64_t off_ppm, over_pd;	/* as in struct rates */
	bool is_unpriced, is_estimated;
	struct usage u;
	int64_t rate[BUCKETS];		/* used; RATE_UNKNOWN where not known */
	int64_t pico[BUCKETS];
	int64_t total_pico;		/* of the priced buckets */
};
struct quote {
	struct quote_line line[USAGE_LINES];
	size_t count;
	int64_t total_pico;		/* sum of the lines */
	char price_from[BOOK_DATE];	/* the latest of the lines' dates, or "" */
	bool is_unpriced;		/* some used bucket has no known rate: total_pico is a lower bound */
	bool is_estimated;
	bool is_over;			/* does not fit in an int64: total_pico is PICO_MAX */
};

void price_usage(const struct book *b, const char *vendor, const struct usage_list *usage, struct price_time when, struct quote *out);
/* For the ledger: the date, and in brackets the mark of what lies over published
 * prices: "2026-09-22", "2026-11-01 (own)", "2026-09-22 (discount)", "... (volume)". */
#define PRICE_FROM 32
void price_from_text(const struct quote *q, char out[PRICE_FROM]);

/* --- the worst case, to be held before a call --------------------------- */
struct price_bound {
	int64_t total_pico;		/* capped at PICO_MAX */
	int64_t input_rate, output_rate;	/* used; output_rate tells how far max_tokens must shrink */
	bool is_unpriced;		/* bound at the dearest rates the book knows for anyone */
	char price_from[BOOK_DATE];
};
struct bound_query {
	const char *vendor, *model;
	enum service_tier tier;
	enum region_class region;
	int64_t input_tokens;		/* an upper bound */
	int64_t max_output_tokens;
	bool may_cache;			/* the prompt has cache marks: input is held at the dearest write */
	int64_t web_searches;
};
/* Input at the dearest of fresh input and what may be written, with the step if
 * the bound could reach it. A model (or a rate of it) that is not known is held
 * at the dearest rate in the book: unpriced is never free. */
void price_bound(const struct book *b, const struct bound_query *q, struct price_time when, struct price_bound *out);

#endif
