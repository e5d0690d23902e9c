/* SPDX-License-Identifier: GPL-3.0-or-later */
/* report.h - how vendors are asked what they have billed, day by day. Pure.
 *
 * Anthropic and OpenAI want an admin key; AWS's Cost Explorer wants a signature for
 * `ce` in us-east-1, and bills each question itself. The answers' pages are what
 * money/statement.h reads.
 * Source  the vendors' own API pages (Anthropic's cost_report, OpenAI's
 *         organization/costs, AWS's GetCostAndUsage). */
#ifndef VENDOR_REPORT_H
#define VENDOR_REPORT_H

#include "vendor/vendor.h"

#define REPORT_PAGE 8192	/* a page's name, with the NUL */

/* Where a bill is asked for, if that is another host than calls go to; "" if not. */
const char *report_base_url(const char *vendor);
/* One page of whole UTC days from..to (both included); page "" is the first. ERR_USAGE: no
 * such report of that vendor. out is to be released after any ending. */
MUST_USE enum err_code report_request(const char *vendor, const struct vendor_place *at, int64_t from_day, int64_t to_day, const char *page, struct wire_request *out,
    struct err *e);
/* The next page's name, or "". ERR_LIMIT if it is longer than any should be. */
MUST_USE enum err_code report_next(struct slice body, char next[REPORT_PAGE], struct err *e);
/* A question that costs nothing and only an admin key is answered; false: there is none. */
bool report_check(const char *vendor, const struct vendor_place *at, int64_t today, struct wire_request *out);

#endif
