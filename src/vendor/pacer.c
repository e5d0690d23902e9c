/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vendor/pacer.h"

/* Time that n of a limit take to be there again. */
static int64_t time_of(const struct pacer_limit *l, int64_t n)
{
	return l->limit > 0 ? (int64_t)((__int128)n * l->fill_us / l->limit) : 0;
}

/* is_only_up: what was known holds where it says less is left. */
static void learn(struct pacer_limit *l, const struct vendor_limit *said, bool is_only_up, int64_t now_us)
{
	int64_t missing = said->limit - said->remaining;
	/* with nothing missing it is full now, whatever reset is named (the next whole minute, say) */
	int64_t full = said->limit > 0 && missing <= 0 ? now_us : now_us + said->reset_us;

	if (missing > 0)
		l->fill_us = (int64_t)((__int128)said->reset_us * said->limit / missing);
	l->limit = said->limit;
	l->left = said->remaining;
	if (!is_only_up || !l->is_known || l->full_us < full)
		l->full_us = full;
	l->is_known = true;
}

void pacer_lost(struct pacer *p)
{
	p->open -= p->open > 0;
}

/* Requests are counted by the vendor alone, so what it said only grows with each; of
 * tokens we guess what a call takes, and a later answer puts that right. */
void pacer_learn(struct pacer *p, int64_t ticket, const struct vendor_limit said[VENDOR_LIMITS], int64_t now_us)
{
	bool is_old = ticket < p->learned;
	int i;

	pacer_lost(p);
	p->is_heard = true;
	for (i = 0; i < VENDOR_LIMITS; i++)
		if (said[i].is_said)
			learn(&p->limit[i], &said[i], is_old || i == LIMIT_REQUESTS, now_us);
	p->learned = is_old ? p->learned : ticket;
}

void pacer_hold_off(struct pacer *p, int64_t until_us)
{
	if (until_us > p->not_before_us)
		p->not_before_us = until_us;
}

/* open: how many more are on their way that it may not have counted. */
static int64_t wait_for(const struct pacer_limit *l, int64_t n, int64_t open, int64_t now_us)
{
	int64_t wait = (l->full_us > now_us ? l->full_us - now_us : 0) + time_of(l, open);

	if (!l->is_known || wait <= 0)
		return 0;
	if (l->limit == 0)	/* of an unknown size: until its time is over */
		return l->left - open < n ? wait : 0;
	if (n > l->limit)
		n = l->limit;	/* it never fits: go when it is full, and let the vendor judge */
	wait -= time_of(l, l->limit - n);
	return wait > 0 ? wait : 0;
}

static void take(struct pacer_limit *l, int64_t n, int64_t now_us)
{
	if (l->full_us < now_us)
		l->full_us = now_us;
	l->full_us += time_of(l, n);
}

bool pacer_is_first(const struct pacer *p, int64_t now_us)
{
	return !p->is_heard && p->open >= PACER_FIRST_CALLS && now_us - p->first_us < PACER_FIRST_US;
}

int64_t pacer_take(struct pacer *p, int64_t input_tokens, int64_t now_us, enum vendor_limit_kind *kind)
{
	const int64_t need[VENDOR_LIMITS] = {[LIMIT_REQUESTS] = 1, [LIMIT_TOKENS] = input_tokens, [LIMIT_INPUT_TOKENS] = input_tokens, [LIMIT_OUTPUT_TOKENS] = 1};
	int64_t wait = p->not_before_us > now_us ? p->not_before_us - now_us : 0, one;
	int i;

	*kind = VENDOR_LIMITS;
	for (i = 0; i < VENDOR_LIMITS; i++) {
		one = wait_for(&p->limit[i], need[i], i == LIMIT_REQUESTS ? p->open : 0, now_us);
		if (one > wait) {
			wait = one;
			*kind = (enum vendor_limit_kind)i;
		}
	}
	if (wait > 0 || pacer_is_first(p, now_us))
		return wait > PACER_SHORTEST_US ? wait : PACER_SHORTEST_US;
	for (i = LIMIT_TOKENS; i < VENDOR_LIMITS; i++)
		take(&p->limit[i], need[i], now_us);
	if (p->open == 0)
		p->first_us = now_us;
	p->taken++;
	p->open++;
	return 0;
}
