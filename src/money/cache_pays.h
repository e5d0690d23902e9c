/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cache_pays.h - whether to let a vendor keep a prefix, and for how long, by what it
 * will have cost together with the calls that follow. Pure; no float. */
#ifndef MONEY_CACHE_PAYS_H
#define MONEY_CACHE_PAYS_H

#include "money/book.h"

/* How a prefix is used again, as it was counted: the next call with it came while a
 * short-lived copy (5 or 30 minutes) is kept, later within the hour, or not any more. */
struct cache_reuse {
	int64_t soon, later, ended;
};

enum cache_life { CACHE_LIFE_NONE, CACHE_LIFE_SHORT, CACHE_LIFE_LONG };

/* Where a rate of writing is not known, such a copy is not made; where none is, or
 * nothing was counted, a short one: nobody bills it, or little is lost. */
enum cache_life cache_pays(const struct rate_card *r, struct cache_reuse seen);

#endif
