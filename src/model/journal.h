/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal.h - one entry of the hash-chained record. Holds hashes, not content. */
#ifndef MODEL_JOURNAL_H
#define MODEL_JOURNAL_H

#include <stdint.h>

#include "base/hash.h"
#include "model/record.h"

struct journal_entry {
	int64_t seq;			/* 1, 2, 3 ... without gaps */
	int64_t at_us;
	char kind[NAME_MAX_BYTES];	/* "decision", "firing", "fired", "call", "key", "cap" ... */
	char who[TITLE_MAX_BYTES];
	char ref[NAME_MAX_BYTES];	/* "A7v1", "C95", "K1" */
	struct hash what;		/* over the facts of the entry */
	struct hash prev, hash;		/* the chain; prev of the first is all zero */
};
/* hash of an entry: domain, seq, at, kind, who, ref, what, prev. */
struct hash journal_hash(const struct journal_entry *j);

#endif
