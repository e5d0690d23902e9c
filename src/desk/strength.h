/* SPDX-License-Identifier: GPL-3.0-or-later */
/* strength.h - how long a passphrase would stand against somebody who has a copy
 * of vault.key. A rough guess, told while it is chosen; it refuses nothing.
 *
 * Thread  any; no state. The bytes are looked at where they lie, none is copied. */
#ifndef DESK_STRENGTH_H
#define DESK_STRENGTH_H

#include "base/slice.h"

enum strength {
	STRENGTH_NONE,	/* nothing there yet */
	STRENGTH_WEAK,	/* falls to a single machine in hours or days */
	STRENGTH_FAIR,	/* costs a rented farm months */
	STRENGTH_GOOD	/* out of reach for anybody we know of */
};

enum strength strength_of(struct slice passphrase);
/* The same as a number: bits of guessing, 0 to 999. */
int strength_bits(struct slice passphrase);

#endif
