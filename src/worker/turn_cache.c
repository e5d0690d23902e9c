/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of a prompt the vendor is to keep, and for how long: by the price of writing
 * and by how this agent's calls have followed each other so far. */
#include <stdio.h>

#include "base/clock.h"
#include "base/hash.h"
#include "money/cache_pays.h"
#include "office/prompt.h"
#include "store/reuse.h"
#include "worker/turn.h"

/* Where a model's shortest cacheable prefix is not known: a mark on a shorter one
 * costs nothing, as it is silently not cached; most models need this much. */
#define CACHE_MIN_USUAL 1024
/* What is believed before anything was counted: eight of ten calls have one soon
 * after them. It weighs like ten calls. */
static const struct cache_reuse belief = {.soon = 8, .ended = 2};

static enum cache_mark mark_of(const struct rates *r, struct cache_reuse seen)
{
	static const enum cache_mark marks[] = {[CACHE_LIFE_NONE] = CACHE_NONE, [CACHE_LIFE_SHORT] = CACHE_5M, [CACHE_LIFE_LONG] = CACHE_1H};

	seen.soon += belief.soon;
	seen.later += belief.later;
	seen.ended += belief.ended;
	return marks[cache_pays(&r->base, seen)];
}

void turn_cache(struct turn *t, struct prompt_facts *p)
{
	struct worker *w = t->k->w;
	struct cache_reuse prefix, history;
	struct rates r;
	int64_t now = clock_now_us();

	p->cache_min_tokens = t->rules.cache_min_tokens > 0 ? t->rules.cache_min_tokens : CACHE_MIN_USUAL;
	p->prefix_cache = p->history_cache = CACHE_5M;
	if (!book_find(w->h.book, t->call.vendor, t->call.model, SERVICE_STANDARD, t->at.billed, (struct price_time){now, 0}, &r) ||
	    calls_reuse(w->h.store, p->agent->name, now, &prefix, &history, NULL) != ERR_OK)
		return;
	p->prefix_cache = mark_of(&r, prefix);
	p->history_cache = mark_of(&r, history);
	if (p->history_cache == CACHE_1H && p->prefix_cache != CACHE_1H)
		p->prefix_cache = CACHE_1H;	/* what lives longer has to stand before what does not */
}

void turn_cache_key(struct turn *t)
{
	struct hash_fields *h = hash_fields_new("claviger cache key");
	struct hash sum;
	char hex[HASH_HEX];

	/* agents of one workspace share a prefix each; nobody learns a name from it */
	hash_field_text(h, t->k->w->h.workspace);
	hash_field_text(h, t->call.agent);
	sum = hash_fields_end(h);
	hash_to_hex(&sum, hex);
	hex[32] = '\0';
	prompt_set_cache_key(&t->prompt, hex);
}
