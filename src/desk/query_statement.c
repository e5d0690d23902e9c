/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Our books beside the vendor's, day by day, and what is known of the difference. */
#include "desk/query_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "store/statement.h"

#define ROWS (STATEMENT_DAYS * 2)

static void reason(struct json_out *j, const char *kind, int64_t pd, const char *text)
{
	json_open(j, NULL, '{');
	json_put_text(j, "kind", kind);
	if (pd >= 0)
		put_money(j, "usd", pd);
	else
		json_put_null(j, "usd");
	json_put_text(j, "text", text);
	json_close(j, '}');
}

/* Only what is known: what it does not explain is said to be unexplained. */
static void put_reasons(struct json_out *j, const struct statement_row *r, int64_t today)
{
	int64_t gap = r->theirs_pd - r->ours_pd;
	char text[160];

	json_open(j, "reasons", '[');
	if (!r->is_reported) {
		reason(j, "not_reported", r->ours_pd, "no statement for this day was imported");
	} else {
		if (r->day >= today)
			reason(j, "not_yet_reported", -1, "the day is not over: the vendor reports the rest later");
		if (r->is_estimate)
			reason(j, "vendor_estimate", -1, "the vendor says that its figure may still change");
		if (gap != 0 && r->estimated_pd > 0) {
			snprintf(text, sizeof text, "%lld cut call%s and estimates of ours, counted at their bound until settled: claviger call settle", (long long)r->cut_calls,
			    r->cut_calls == 1 ? "" : "s");
			reason(j, "estimated", r->estimated_pd, text);
		}
		if (gap != 0 && r->unpriced_pd > 0) {
			snprintf(text, sizeof text, "%lld call%s of ours without a price, counted at the dearest known rate", (long long)r->unpriced_calls,
			    r->unpriced_calls == 1 ? "" : "s");
			reason(j, "unpriced", r->unpriced_pd, text);
		}
		if (gap != 0 && r->turned_pd > 0)
			reason(j, "midnight", r->turned_pd, "calls that were under way at midnight UTC, which the vendor may have put on the day before");
		if (gap > 0)
			reason(j, "other_keys", gap, r->calls == 0 ? "none of it is ours: other keys or workspaces on the account" :
			    "other keys or workspaces on the account, which do not pass through here, or prices that differ from ours");
		else if (gap + r->estimated_pd + r->unpriced_pd < 0)
			reason(j, "not_yet_reported", -(gap + r->estimated_pd + r->unpriced_pd), "billed less than we booked: not all is reported yet, or a discount is not in our prices");
	}
	json_close(j, ']');
}

static void put_sides(struct json_out *j, const struct statement_row *r)
{
	int64_t permille = statement_gap_permille(r->ours_pd, r->theirs_pd);
	char text[48];

	put_money(j, "ours_usd", r->ours_pd);
	if (!r->is_reported) {
		json_put_null(j, "theirs_usd");
		json_put_null(j, "gap_usd");
		json_put_null(j, "gap_percent");
	} else {
		put_money(j, "theirs_usd", r->theirs_pd);
		put_money(j, "gap_usd", r->theirs_pd - r->ours_pd);
		snprintf(text, sizeof text, "%s%lld.%lld", r->ours_pd > r->theirs_pd ? "-" : "", (long long)(permille / 10), (long long)(permille % 10));
		put_word(j, "gap_percent", permille >= 0 ? text : NULL);
	}
	json_put_int(j, "calls", r->calls);
	put_money(j, "estimated_usd", r->estimated_pd);
	put_money(j, "unpriced_usd", r->unpriced_pd);
}

static void add(struct statement_row *sum, const struct statement_row *r)
{
	/* only days that both sides can speak of make the gap */
	sum->is_reported = true;
	sum->theirs_pd += r->theirs_pd;
	sum->ours_pd += r->ours_pd;
	sum->calls += r->calls;
	sum->estimated_pd += r->estimated_pd;
	sum->unpriced_pd += r->unpriced_pd;
}

enum err_code answer_statement(struct ask *a, struct err *e)
{
	int64_t today = clock_now_us() / US_PER_DAY;
	int64_t from = a->q->since_us > 0 ? a->q->since_us / US_PER_DAY : 0, to = a->q->until_us > 0 ? a->q->until_us / US_PER_DAY : today;
	struct statement_row *rows = xcalloc(ROWS, sizeof *rows), total = {0};
	int n = 0, missing = 0;
	enum err_code code = statement_compare(a->store, a->q->vendor, from, to, rows, ROWS, &n, e);

	json_open(a->j, NULL, '{');
	json_put_text(a->j, "vendor", a->q->vendor);
	json_open(a->j, "days", '[');
	for (int i = 0; i < n; i++) {
		char day[11];

		date_day(rows[i].day * US_PER_DAY, day);
		json_open(a->j, NULL, '{');
		json_put_text(a->j, "day", day);
		put_sides(a->j, &rows[i]);
		put_reasons(a->j, &rows[i], today);
		json_close(a->j, '}');
		if (rows[i].is_reported)
			add(&total, &rows[i]);
		else
			missing++;
	}
	json_close(a->j, ']');
	json_open(a->j, "reported", '{');
	put_sides(a->j, &total);
	json_put_int(a->j, "days_not_reported", missing);
	json_close(a->j, '}');
	json_close(a->j, '}');
	free(rows);
	return code;
}
