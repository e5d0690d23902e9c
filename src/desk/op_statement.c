/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A vendor's own report of what it billed, taken in from a file or asked for. The vendor stays the
 * record: it is kept beside our books, which it never changes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/memory.h"
#include "desk/job.h"
#include "store/key.h"
#include "store/request.h"
#include "store/statement.h"

static enum err_code take_file(struct hands *h, struct desk_job *j, struct err *e)
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

#define USUAL_DAYS 30
#define KEYS_MAX 64

/* The admin key of that vendor: one that works before others. */
static enum err_code admin_key(struct hands *h, const char *vendor, struct key *out, struct err *e)
{
	struct key *rows = xcalloc(KEYS_MAX, sizeof *rows);
	int n = 0, i;
	bool found = false;
	enum err_code rc = key_list(h->store, rows, KEYS_MAX, &n, e);

	for (i = 0; i < n; i++)
		if (rows[i].kind == KEY_KIND_ADMIN && rows[i].state != KEY_RETIRED && strcmp(rows[i].vendor, vendor) == 0 && (!found || out->state != KEY_ACTIVE)) {
			*out = rows[i];
			found = true;
		}
	free(rows);
	if (rc == ERR_OK && !found) {
		err_set(e, ERR_MISSING, "there is no admin key of %.40s", vendor);
		rc = err_mend(e, ERR_MISSING, "claviger key add --admin --vendor %.40s", vendor);
	}
	return rc;
}

static enum err_code fetch(struct hands *h, struct desk_job *j, struct err *e)
{
	int64_t to = (j->op.until_us > 0 ? j->op.until_us : clock_now_us()) / US_PER_DAY, from = j->op.since_us > 0 ? j->op.since_us / US_PER_DAY : to - (USUAL_DAYS - 1);
	char args[64];
	struct key k = {0};
	enum err_code rc = admin_key(h, j->op.vendor, &k, e);

	snprintf(args, sizeof args, "%lld %lld", (long long)from, (long long)to);
	if (rc == ERR_OK)
		rc = request_ask(h->store, REQUEST_STATEMENT, k.id, args, clock_now_us(), &j->request, e);
	if (rc == ERR_OK)
		worker_want_serving(h->worker);
	return rc;
}

enum err_code op_statement_import(struct hands *h, struct desk_job *j, struct err *e)
{
	return j->op.fetch ? fetch(h, j, e) : take_file(h, j, e);
}
