/* SPDX-License-Identifier: GPL-3.0-or-later */
/* price.h - what a workspace lays over the published prices: imports, and the
 * person's own rates, discounts and volume tiers. Each is a document in the schema
 * of data/prices.json; adding and removing one is in the journal. */
#ifndef STORE_PRICE_H
#define STORE_PRICE_H

#include "model/record.h"
#include "money/book.h"
#include "store/store.h"

#define PRICE_BODY_MAX ((size_t)8 << 20)

struct price_record {
	int64_t id;
	enum price_kind kind;		/* PRICE_IMPORT or PRICE_OWN */
	char title[TITLE_MAX_BYTES];	/* in words, for lists */
	char who[TITLE_MAX_BYTES];
	char *body;			/* the document; NULL in lists */
	int64_t added_us, removed_us;
};
void price_record_release(struct price_record *r);

/* r: kind, title, who, body, added_us; the id comes back. The caller has parsed body. */
MUST_USE enum err_code price_add(struct store *s, struct price_record *r, struct err *e);
/* It holds no longer; booked calls stay as they are. ERR_MISSING if it does not hold now. */
MUST_USE enum err_code price_remove(struct store *s, int64_t id, const char *who, int64_t now_us, struct err *e);
/* Those that hold, oldest first after after_id, without their bodies. */
MUST_USE enum err_code price_list(struct store *s, int64_t after_id, struct price_record *rows, int limit, int *n, struct err *e);
/* Changes whenever what holds does; 0 for nothing. */
MUST_USE enum err_code price_state(struct store *s, int64_t *state, struct err *e);
/* The latest "from" of them that is not after the day today ("2026-11-23"), or "", and how many there are. */
MUST_USE enum err_code price_youngest(struct store *s, const char *today, char from[BOOK_DATE], int *count, struct err *e);
/* base and, over it, what holds of the kinds up to `upto`. book_free() it. */
MUST_USE enum err_code price_book(struct store *s, const struct book *base, enum price_kind upto, struct book **out, struct err *e);
/* Booked with a vendor in the month (of the workspace's zone) that holds now_us. */
MUST_USE enum err_code price_month(struct store *s, const char *vendor, int64_t now_us, int64_t *month_pd, struct err *e);

#endif
