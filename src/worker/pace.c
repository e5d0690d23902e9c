/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Calls at the pace each key's vendor allows, and signatures by the vendor's clock
 * where ours is off. Both are known from answers, and forgotten with the process. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "model/incident.h"
#include "store/incident.h"
#include "store/key_report.h"
#include "store/store.h"
#include "worker/turn.h"

#define TELL_EVERY_US (30 * US_PER_S)	/* for display only: not with every call */
#define WAIT_MORE_US (20 * US_PER_MS)	/* vendors round what they say */
#define CLOCK_OFF_US (5 * US_PER_S)	/* less is no reason for a refusal */

struct pace {
	struct pace *next;
	int64_t key;
	int version;
	struct pacer p;
	bool has_service;
	enum service_tier service;	/* that was written down last */
	int64_t told_us;	/* steady: when its limits were last written down */
};

static struct pace *pace_of(struct worker *w, const struct key *k)
{
	struct pace *p;

	for (p = w->paces; p != NULL; p = p->next)
		if (p->key == k->id)
			break;
	if (p == NULL) {
		p = xcalloc(1, sizeof *p);
		p->key = k->id;
		p->version = k->version;
		p->next = w->paces;
		w->paces = p;
	}
	if (p->version != k->version) {	/* perhaps of another account */
		p->version = k->version;
		p->p = (struct pacer){0};
	}
	return p;
}

void pace_free(struct worker *w)
{
	struct pace *next;

	for (; w->paces != NULL; w->paces = next) {
		next = w->paces->next;
		free(w->paces);
	}
}

void pace_learn(struct worker *w, const struct key *k, int64_t ticket, const struct vendor_limit *said)
{
	static const char *const names[VENDOR_LIMITS] = {[LIMIT_REQUESTS] = "requests", [LIMIT_TOKENS] = "tokens",
		[LIMIT_INPUT_TOKENS] = "input_tokens", [LIMIT_OUTPUT_TOKENS] = "output_tokens"};
	struct pace *p = pace_of(w, k);
	int64_t now = clock_now_us(), steady = clock_steady_us();
	int i;

	pacer_learn(&p->p, ticket, said, now);
	if (p->told_us != 0 && steady - p->told_us < TELL_EVERY_US)
		return;
	p->told_us = steady;
	if (store_begin(w->h.store, NULL) != ERR_OK)
		return;
	for (i = 0; i < VENDOR_LIMITS; i++) {
		struct key_limit l = {.limit = said[i].limit, .remaining = said[i].remaining, .at_us = now};

		snprintf(l.kind, sizeof l.kind, "%s", names[i]);
		if (said[i].is_said)
			err_ignore(key_report_limit(w->h.store, k->id, &l, NULL));
	}
	if (store_commit(w->h.store, NULL) != ERR_OK)
		store_rollback(w->h.store);
}

void pace_service(struct worker *w, const struct key *k, enum service_tier tier)
{
	struct pace *p = pace_of(w, k);

	if (p->has_service && p->service == tier)
		return;
	p->has_service = true;
	p->service = tier;
	err_ignore(key_report_service(w->h.store, k->id, service_tier_names[tier], clock_now_us(), NULL));
}

void pace_lost(struct worker *w, const struct key *k)
{
	pacer_lost(&pace_of(w, k)->p);
}

void pace_hold_off(struct worker *w, const struct key *k, int64_t wait_us)
{
	pacer_hold_off(&pace_of(w, k)->p, clock_now_us() + wait_us);
}

/* What the vendor will count as fresh input: what the last call had in its cache is
 * mostly read again, and reads don't count. */
static int64_t fresh_tokens(const struct turn *t)
{
	int64_t guess = vendor_input_guess(&t->prompt, &t->rules), seen = t->k->cached;

	return guess > seen ? guess - seen : 1;
}

int64_t pace_wait(struct turn *t, char why[TITLE_MAX_BYTES])
{
	struct pacer *p = &pace_of(t->k->w, &t->key)->p;
	static const char *const words[VENDOR_LIMITS + 1] = {[LIMIT_REQUESTS] = "requests", [LIMIT_TOKENS] = "tokens",
		[LIMIT_INPUT_TOKENS] = "input tokens", [LIMIT_OUTPUT_TOKENS] = "output tokens"};
	enum vendor_limit_kind kind;
	int64_t wait = pacer_take(p, fresh_tokens(t), clock_now_us(), &kind);

	if (wait > 0 && kind != VENDOR_LIMITS)
		wait += WAIT_MORE_US;
	if (wait > 0 && words[kind] != NULL)
		snprintf(why, TITLE_MAX_BYTES, "the limit of %s of key %.60s is used up for the moment: it goes on by itself", words[kind], t->key.label);
	else if (wait > 0 && pacer_is_first(p, clock_now_us()))
		snprintf(why, TITLE_MAX_BYTES, "the first calls on key %.60s are on their way: it follows when one is answered", t->key.label);
	else if (wait > 0)
		snprintf(why, TITLE_MAX_BYTES, "the vendor asked key %.60s to wait: it goes on by itself", t->key.label);
	t->ticket = p->taken;
	return wait;
}

/* --- the clock ------------------------------------------------------------------ */

int64_t pace_clock(const struct worker *w)
{
	return clock_now_us() + w->clock_off_us;
}

bool pace_correct(struct worker *w, const struct vendor_error *x)
{
	struct incident i = {.at_us = clock_now_us()};
	int64_t off = x->has_date ? x->date_us - i.at_us : 0, more = off - w->clock_off_us;

	if (x->meaning != TROUBLE_CLOCK || !x->has_date || (more < CLOCK_OFF_US && more > -CLOCK_OFF_US))
		return false;
	w->clock_off_us = off;
	snprintf(i.kind, sizeof i.kind, "clock");
	snprintf(i.ref, sizeof i.ref, "this computer");
	snprintf(i.text, sizeof i.text, "this computer's clock is %" PRId64 " s %s of the vendor's: requests are signed by the vendor's. Set it right, or let it be kept right",
	    (off > 0 ? off : -off) / US_PER_S, off > 0 ? "behind" : "ahead");
	log_line(LOG_NOTE, "%s", i.text);
	err_ignore(incident_add(w->h.store, &i, NULL));
	return true;
}
