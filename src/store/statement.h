/* SPDX-License-Identifier: GPL-3.0-or-later */
/* statement.h - what vendors reported, beside what we booked. Days are of UTC here. */
#ifndef STORE_STATEMENT_H
#define STORE_STATEMENT_H

#include "base/hash.h"
#include "money/statement.h"
#include "store/store.h"

/* Days from..to (both included) of s stand from now on; what is what the journal keeps of the document. */
MUST_USE enum err_code statement_put(struct store *s, const char *vendor, const struct statement *from, int64_t from_day, int64_t to_day, const struct hash *what,
	const char *who, int64_t now_us, int *days, struct err *e);

struct statement_row {
	int64_t day;
	bool is_reported, is_estimate;	/* by the vendor */
	int64_t theirs_pd;
	int64_t calls, ours_pd;		/* booked calls that ended on that day, at what they count */
	int64_t cut_calls, estimated_pd;	/* of it: not proved by the vendor's usage */
	int64_t unpriced_calls, unpriced_pd;
	int64_t turned_pd;		/* of it: calls that were held on the day before */
};
/* Every day from..to on which either side has something, oldest first. Reads the calls of
 * those days themselves: a report, not for the screen. */
MUST_USE enum err_code statement_compare(struct store *s, const char *vendor, int64_t from_day, int64_t to_day, struct statement_row *rows, int limit, int *n,
	struct err *e);

#endif
