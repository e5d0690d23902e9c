/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A prefix is written at the first of a row of calls. Each further call finds it (and
 * pays the read), or comes too late for a short copy and writes it again. Costs are
 * compared for the whole row: first + further calls, all multiplied by what was counted. */
#include "money/cache_pays.h"

enum cache_life cache_pays(const struct rate_card *r, struct cache_reuse seen)
{
	int64_t in = r->rate[BUCKET_INPUT], read = r->rate[BUCKET_CACHE_READ], brief = r->rate[BUCKET_WRITE_5M], lengthy = r->rate[BUCKET_WRITE_1H];
	__int128 none, with_brief, with_lengthy;

	if (brief == RATE_UNKNOWN)
		brief = r->rate[BUCKET_WRITE_30M];
	if (in == RATE_UNKNOWN || read == RATE_UNKNOWN || brief == RATE_UNKNOWN || seen.soon + seen.later + seen.ended == 0)
		return CACHE_LIFE_SHORT;
	if (seen.ended == 0)	/* no row lasts for ever */
		seen.ended = 1;
	/* per row: `ended` firsts, and all the others */
	none = (__int128)in * (seen.ended + seen.soon + seen.later);
	with_brief = (__int128)brief * (seen.ended + seen.later) + (__int128)read * seen.soon;
	with_lengthy = lengthy == RATE_UNKNOWN ? with_brief : (__int128)lengthy * seen.ended + (__int128)read * (seen.soon + seen.later);
	if (with_lengthy < with_brief && with_lengthy < none)
		return CACHE_LIFE_LONG;
	return with_brief <= none ? CACHE_LIFE_SHORT : CACHE_LIFE_NONE;
}
