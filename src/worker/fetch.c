/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A vendor's report of what it billed, page by page with an admin key, into the
 * statements beside our books. And whether an admin key is one at all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/hash.h"
#include "base/memory.h"
#include "model/key.h"
#include "model/request.h"
#include "store/key.h"
#include "store/request.h"
#include "store/statement.h"
#include "vendor/report.h"
#include "worker/keys.h"
#include "worker/turn.h"

#define PAGES_MAX 64

struct fetch {
	struct fetch *next;
	struct worker *w;
	struct request r;
	struct key key;
	const struct vendor *v;
	struct transfer *transfer;
	struct answer answer;
	int status, pages_n;
	int64_t from, to;		/* days */
	struct buf pages;		/* "[page,page" */
	char page[REPORT_PAGE];
};

static void drop(struct fetch *x)
{
	struct fetch **at;

	for (at = &x->w->fetches; *at != x; at = &(*at)->next)
		continue;
	*at = x->next;
	answer_release(&x->answer);
	buf_release(&x->pages);
	free(x);
}

/* Says how it ended, and is over. */
static void end(struct fetch *x, enum err_code code, const char *answer)
{
	err_ignore(request_end(x->w->h.store, x->r.id, x->w->epoch, code, answer, clock_now_us(), NULL));
	x->w->look = true;
	worker_tell(x->w);
	drop(x);
}

/* All pages are in. */
static enum err_code keep(struct fetch *x, char answer[900], struct err *e)
{
	struct statement s;
	struct hash what;
	char first[11], last[11];
	int days = 0;
	enum err_code rc;

	buf_addc(&x->pages, ']');
	what = hash_slice(buf_slice(&x->pages));
	rc = statement_parse(buf_slice(&x->pages), &s, e);
	if (rc == ERR_OK)
		rc = statement_put(x->w->h.store, x->key.vendor, &s, x->from, x->to, &what, x->w->h.who, clock_now_us(), &days, e);
	statement_release(&s);
	date_day(x->from * US_PER_DAY, first);
	date_day(x->to * US_PER_DAY, last);
	snprintf(answer, 900, "%d day%s of %s, from %s to %s, in %d page%s", days, days == 1 ? "" : "s", x->key.vendor, first, last, x->pages_n, x->pages_n == 1 ? "" : "s");
	return rc;
}

static enum err_code send(struct fetch *x, struct err *e);

static void page_is_in(struct fetch *x)
{
	char answer[900];
	struct err e = {0};
	enum err_code rc = report_next(buf_slice(&x->answer.body), x->page, &e);

	(void)keys_note(&x->w->h, &x->key, KEY_ACTIVE, "");
	if (x->r.kind == REQUEST_KEY_TEST || x->r.kind == REQUEST_KEY_MODELS) {
		snprintf(answer, sizeof answer, "key %s works, for statements", x->key.label);
		end(x, ERR_OK, answer);
		return;
	}
	buf_addc(&x->pages, x->pages_n++ == 0 ? '[' : ',');
	buf_add_slice(&x->pages, buf_slice(&x->answer.body));
	answer_release(&x->answer);
	if (rc == ERR_OK && x->pages.over)
		rc = err_set(&e, ERR_LIMIT, "the report is longer than %zu bytes: ask for fewer days", STATEMENT_BYTES);
	if (rc == ERR_OK && x->page[0] != '\0' && x->pages_n == PAGES_MAX)
		rc = err_set(&e, ERR_LIMIT, "the report has more than %d pages: ask for fewer days", PAGES_MAX);
	if (rc == ERR_OK && x->page[0] != '\0') {
		rc = send(x, &e);
		if (rc == ERR_OK)
			return;
	}
	if (rc == ERR_OK)
		rc = keep(x, answer, &e);
	end(x, rc, rc == ERR_OK ? answer : e.text);
}

static void refused(struct fetch *x)
{
	char answer[900];
	struct vendor_error v;

	vendor_classify(x->v, x->status, x->answer.header, x->answer.header_n, buf_slice(&x->answer.body), clock_now_us(), &v);
	if (v.meaning == TROUBLE_BAD_KEY || v.meaning == TROUBLE_NO_PERMISSION)
		(void)keys_note(&x->w->h, &x->key, v.meaning == TROUBLE_BAD_KEY ? KEY_REVOKED : KEY_FAILING, v.meaning == TROUBLE_BAD_KEY ? v.sentence : "it may not read what was billed: an admin key may");
	snprintf(answer, sizeof answer, "%s%s", v.sentence, v.meaning == TROUBLE_NO_PERMISSION ? " (statements want an admin key)" : "");
	end(x, ERR_NET, answer);
}

static void on_head(void *user, int status, const struct wire_answer_header *h, size_t n)
{
	struct fetch *x = user;

	x->status = status;
	answer_keep(&x->answer, h, n);
	buf_init(&x->answer.body, 4 << 20);
}

static enum err_code on_body(void *user, const void *p, size_t n, struct err *e)
{
	struct fetch *x = user;

	buf_add(&x->answer.body, p, n);
	return x->answer.body.over ? err_set(e, ERR_LIMIT, "a page of the report is too long") : ERR_OK;
}

static void on_done(void *user, const struct transfer_end *t)
{
	struct fetch *x = user;

	x->transfer = NULL;
	if (t->result != TRANSFER_WHOLE)
		end(x, ERR_NET, t->err.text);
	else if (x->status == 200)
		page_is_in(x);
	else
		refused(x);
}

static enum err_code authorised(struct fetch *x, const struct wire_request *req, struct err *e)
{
	static const struct transfer_ops ops = {.head = on_head, .body = on_body, .done = on_done};
	struct worker *w = x->w;
	const struct transfer_limits limits = {.first_byte_us = 60 * US_PER_S, .silence_us = 30 * US_PER_S, .total_us = 120 * US_PER_S,
		.proxy = x->key.proxy, .ca_file = x->key.ca_file};
	struct header secret = {0};
	struct seal_name name;
	struct sealed *sealed = xmalloc(sizeof *sealed);
	enum err_code rc = hands_sealed_key(&w->h, &x->key, sealed, &name, e);

	if (rc == ERR_OK)
		rc = vault_authorise(w->h.vault, &name, sealed, x->key.host, req, pace_clock(w), &secret, e);
	if (rc == ERR_OK)
		rc = transfer_start(w->transport, req, &secret, &limits, &ops, x, &x->transfer, e);
	header_release(&secret);
	free(sealed);
	return rc;
}

static enum err_code send(struct fetch *x, struct err *e)
{
	struct wire_request req = {0};
	struct vendor_place at;
	enum err_code rc = vendor_place_make(x->v, x->key.base_url, x->key.region, &at, e);

	if (rc == ERR_OK && x->r.kind == REQUEST_STATEMENT) {
		rc = report_request(x->key.vendor, &at, x->from, x->to, x->page, &req, e);
	} else if (rc == ERR_OK && !report_check(x->key.vendor, &at, clock_now_us() / US_PER_DAY, &req)) {
		wire_request_release(&req);
		return err_set(e, ERR_CANCELLED, "key %s is kept, not tested: each question costs money there. claviger statement import --fetch asks", x->key.label);
	}
	if (rc == ERR_OK)
		rc = authorised(x, &req, e);
	wire_request_release(&req);
	return rc;
}

void fetch_start(struct worker *w, const struct request *r, const struct key *k)
{
	struct fetch *x = xcalloc(1, sizeof *x);
	long long from = 0, to = 0;
	struct err e = {0};
	enum err_code rc = ERR_OK;

	x->w = w;
	x->r = *r;
	x->key = *k;
	x->next = w->fetches;
	w->fetches = x;
	buf_init(&x->pages, STATEMENT_BYTES);
	x->v = vendor_find_api(k->vendor, key_api_names[k->api]);
	if (r->kind == REQUEST_STATEMENT && (sscanf(r->args, "%lld %lld", &from, &to) != 2 || from < 0 || to < from || to - from >= STATEMENT_DAYS))
		rc = err_set(&e, ERR_USAGE, "a report goes over at least one day and at most %d", STATEMENT_DAYS);
	x->from = from;
	x->to = to;
	if (rc == ERR_OK && x->v == NULL)
		rc = err_set(&e, ERR_USAGE, "keys of %s are not known to this version", k->vendor);
	if (rc == ERR_OK)
		rc = send(x, &e);
	if (rc != ERR_OK)
		end(x, rc == ERR_CANCELLED ? ERR_OK : rc, e.text);	/* not asked, and no fault */
}

bool fetch_busy(const struct worker *w)
{
	return w->fetches != NULL;
}

void fetch_free(struct worker *w)
{
	while (w->fetches != NULL) {
		struct fetch *x = w->fetches;

		if (x->transfer != NULL)
			transfer_cancel(x->transfer, "the worker stops");
		else
			drop(x);
	}
}
