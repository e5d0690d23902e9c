/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A call's hold: its bound under the caps. Where it does not fit, the vendor's free token
 * count tightens it first; only then does max_tokens shrink. */
#include "base/clock.h"
#include "money/book.h"
#include "money/cap.h"
#include "money/pico.h"
#include "store/call.h"
#include "store/price.h"
#include "worker/turn.h"

struct price_time turn_when(const struct turn *t)
{
	return (struct price_time){t->call.held_us, t->month_pd};
}

static void bound(struct turn *t, int64_t now, struct price_bound *out)
{
	struct bound_query q = {.vendor = t->call.vendor, .model = t->call.model, .tier = SERVICE_STANDARD, .region = t->at.billed,
		.input_tokens = t->k->counted > 0 ? vendor_count_bound(t->k->counted) : vendor_input_bound(&t->prompt),
		.max_output_tokens = t->prompt.max_tokens, .may_cache = prompt_cache_marks(&t->prompt) > 0};

	price_bound(t->book, &q, (struct price_time){now, t->month_pd}, out);
}

static enum err_code hold(struct turn *t, char why[TITLE_MAX_BYTES], struct err *e)
{
	struct worker *w = t->k->w;
	struct cap_guard guard = {hands_verify_cap, &w->h};
	struct hold_refusal refusal = {0};
	struct price_bound b;
	int64_t now = clock_now_us(), room = 0, fits;
	enum err_code rc;

	rc = prices_look(w, e);
	if (rc == ERR_OK)
		rc = price_month(w->h.store, t->call.vendor, now, &t->month_pd, e);
	if (rc != ERR_OK)
		return rc;
	t->book = w->h.book;
	bound(t, now, &b);
	t->call.hold_pd = b.total_pico;
	t->call.unpriced = b.is_unpriced;
	rc = call_hold(w->h.store, &t->call, &guard, now, &refusal, e);
	if (rc == ERR_AUTH)
		turn_cap_changed(t, &refusal, e->text);
	if (rc != ERR_REFUSED)
		return rc;
	if (t->k->counted == 0 && t->v->count_tokens != NULL && turn_count(t) == ERR_OK)
		return ERR_CANCELLED;
	rc = call_room(w->h.store, &t->call, &guard, now, &room, e);
	if (rc != ERR_OK)
		return rc;
	fits = cap_shrink_output(room, b.total_pico - pico_mul_capped(b.output_rate, t->prompt.max_tokens), b.output_rate, t->prompt.max_tokens, CAP_USEFUL_OUTPUT);
	if (fits <= 0) {
		turn_say_cap(&refusal, why);
		t->is_only_held = refusal.held_pd > 0 && cap_fits(refusal.limit_pd, refusal.spent_pd, 0, refusal.asked_pd);
		if (!t->is_only_held && !t->is_summary)	/* a task is not stopped by it */
			turn_cap_stopped(t, &refusal, why);
		return err_set(e, ERR_REFUSED, "%s", why);
	}
	t->prompt.max_tokens = fits;
	bound(t, now, &b);
	t->call.hold_pd = b.total_pico;
	rc = call_hold(w->h.store, &t->call, &guard, now, &refusal, e);
	if (rc == ERR_REFUSED)
		turn_say_cap(&refusal, why);
	return rc;
}

enum err_code turn_hold_end(struct turn *t, struct err *e)
{
	struct store *s = t->k->w->h.store;
	enum err_code rc;

	if (!t->is_holding)
		return ERR_OK;
	t->is_holding = false;
	rc = store_commit(s, e);
	if (rc != ERR_OK)
		store_rollback(s);
	return rc;
}

enum err_code turn_hold(struct turn *t, char why[TITLE_MAX_BYTES], struct err *e)
{
	enum err_code rc = store_begin(t->k->w->h.store, e);

	if (rc != ERR_OK)
		return rc;
	t->is_holding = true;
	rc = hold(t, why, e);
	if (rc != ERR_OK)
		err_ignore(turn_hold_end(t, NULL));	/* with what was written up on the way */
	return rc;
}
