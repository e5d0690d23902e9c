/* SPDX-License-Identifier: GPL-3.0-or-later */
/* statement.h - what a vendor reports to have billed, by UTC day. Pure.
 *
 * Reads the bodies of Anthropic's cost report (cents as strings), OpenAI's costs
 * (dollars as floats, taken from their digits) and AWS Cost Explorer's
 * GetCostAndUsage, one page or an array of pages, and CSV with a header that names
 * a date and a cost. Pages may overlap: a day that comes twice must say the same. */
#ifndef MONEY_STATEMENT_H
#define MONEY_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

#define STATEMENT_DAYS 1100		/* at most */
#define STATEMENT_BYTES ((size_t)16 << 20)

struct statement_day {
	int64_t day;			/* days since 1970, UTC */
	int64_t pico;			/* may be below 0: a credit */
	bool is_estimate;		/* the vendor says that it may change */
};
struct statement {
	struct statement_day *day;	/* heap, in order of day, each once */
	size_t count;
	bool has_more;			/* the last page says that another follows */
};
/* ERR_PROTO: not such a report, or two pages disagree; ERR_USAGE: another currency,
 * or no whole UTC days; ERR_LIMIT: too many days, or money out of range. *out is to
 * be released after any ending. */
MUST_USE enum err_code statement_parse(struct slice text, struct statement *out, struct err *e);
void statement_release(struct statement *s);

/* |theirs - ours| as per mille of theirs, rounded half up; -1 if theirs is 0 or less. */
int64_t statement_gap_permille(int64_t ours, int64_t theirs);

#endif
