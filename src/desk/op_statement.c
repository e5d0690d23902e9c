/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A vendor's own report of what it billed, taken in from a file. The vendor stays the
 * record: it is kept beside our books, which it never changes. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "desk/job.h"
#include "store/statement.h"

enum err_code op_statement_import(struct hands *h, struct desk_job *j, struct err *e)
{
	struct statement s;
	struct slice text = slice_of(j->op.text != NULL ? j->op.text : "");
	struct hash what = hash_slice(text);
	int64_t from = j->op.since_us > 0 ? j->op.since_us / US_PER_DAY : INT64_C(0), to = j->op.until_us > 0 ? j->op.until_us / US_PER_DAY : INT64_MAX / US_PER_DAY;
	char first[11] = "", last[11] = "";
	int days = 0;
	enum err_code rc = statement_parse(text, &s, e);

	if (rc == ERR_OK && s.count == 0) {
		err_set(e, ERR_PROTO, "the statement has no day in it");
		rc = err_mend(e, ERR_PROTO, "ask the vendor for a span in which something was billed");
	}
	if (rc == ERR_OK)
		rc = statement_put(h->store, j->op.vendor, &s, from, to, &what, h->who, clock_now_us(), &days, e);
	if (rc == ERR_OK) {
		date_day(s.day[0].day * US_PER_DAY, first);
		date_day(s.day[s.count - 1].day * US_PER_DAY, last);
		snprintf(j->out.text, sizeof j->out.text, "%d day%s of %s, from %s to %s%s", days, days == 1 ? "" : "s", j->op.vendor, first, last,
		    s.has_more ? "; the vendor has more: the next page is not in the file" : "");
	}
	statement_release(&s);
	return rc;
}
