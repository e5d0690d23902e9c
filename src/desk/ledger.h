/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ledger.h - walking the booked calls for a report, and pricing one of them again for
 * comparison. Nothing here changes a booking.
 *
 * The ledger keeps a call's sums, not its lines: a call is priced again as one line of the
 * service tier and region class it was billed as. */
#ifndef DESK_LEDGER_H
#define DESK_LEDGER_H

#include "model/call.h"
#include "money/book.h"
#include "store/store.h"

struct ledger_span {
	int64_t since_us, until_us;	/* held in; 0: open */
	int64_t task;			/* 0: of all */
	bool all_states;		/* else only what is in the books: settled, refused, cut */
};
typedef enum err_code ledger_each(void *user, const struct call *c, struct err *e);

/* Oldest first; stops at the first failure of each(). */
MUST_USE enum err_code ledger_walk(struct store *s, const struct ledger_span *span, ledger_each *each, void *user, struct err *e);
void ledger_usage(const struct call *c, const char *model, struct usage_list *out);
void ledger_price(const struct book *b, const struct call *c, int64_t month_pd, struct quote *out);
int64_t ledger_tokens(const struct call *c);	/* all buckets but searches */

#endif
