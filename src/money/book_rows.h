/* SPDX-License-Identifier: GPL-3.0-or-later */
/* book_rows.h - the price book's own tables; for book.c, book_parse.c and price.c only. */
#ifndef MONEY_BOOK_ROWS_H
#define MONEY_BOOK_ROWS_H

#include "money/book.h"

#define BOOK_ROWS_MAX 20000
#define BOOK_IDS_MAX 32		/* vendors with rules for ids */
#define BOOK_DISCOUNTS_MAX 1000

#define ANY_REGION (-1)

struct book_row {
	char *vendor, *model, *source;
	int64_t from_us;
	char from[BOOK_DATE];
	enum service_tier tier;
	int region;		/* enum region_class or ANY_REGION */
	enum price_kind kind;
	int64_t over_pd;	/* only once the month is over that much */
	unsigned layer;		/* 0 the first file, 1 the next ... */
	struct rate_card base;
	int64_t step_over;
	struct rate_card step;
};

struct id_prefix {
	char *text;
	enum region_class region;
};

/* How a vendor's names for models are brought to the book's ids. */
struct id_rules {
	char *vendor;
	enum region_class region;	/* of an id without a known prefix */
	struct id_prefix *prefix;
	size_t prefix_count;
	char **suffix;			/* '#' stands for a digit; dropped from the end, in order */
	size_t suffix_count;
	char **alias;			/* pairs: name, id */
	size_t alias_count;		/* of pairs */
};

struct book {
	struct book_row *row;
	size_t count;
	struct id_rules ids[BOOK_IDS_MAX];
	size_t ids_count;
	struct discount *off;
	size_t off_count;
	unsigned layers;
	struct rate_card dearest;	/* over all rows, steps too */
};

void book_row_release(struct book_row *r);
void id_rules_release(struct id_rules *r);

#endif
