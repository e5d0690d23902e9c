/* SPDX-License-Identifier: GPL-3.0-or-later */
/* journal.h - the hash-chained record (I10). Append only, also for SQL.
 *
 * Its head is MACed at each decision and at lock by a callback, so that store/
 * never knows the vault. */
#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include "model/journal.h"
#include "store/store.h"

/* Inside the caller's transaction (or its own). what may be NULL (zero). */
MUST_USE enum err_code journal_add(struct store *s, const char *kind, const char *who, const char *ref, const struct hash *what, int64_t now_us, struct err *e);
/* mac gives 0 and *out, or non-zero: then what was being signed fails with ERR_LOCKED. NULL mac: heads are not signed. */
typedef int journal_mac(void *user, const struct hash *head, int64_t seq, struct hash *out);
void journal_set_signer(struct store *s, journal_mac *mac, void *user);
MUST_USE enum err_code journal_sign_head(struct store *s, int64_t now_us, struct err *e);

MUST_USE enum err_code journal_list(struct store *s, int64_t before_seq, struct journal_entry *rows, int limit, int *n, struct err *e);
/* seq 0 and zero hash when empty. */
MUST_USE enum err_code journal_head(struct store *s, struct journal_entry *out, struct err *e);
/* The last signed head; ERR_MISSING if none. */
struct journal_seal {
	int64_t seq, at_us;
	struct hash head, mac;
};
MUST_USE enum err_code journal_seal_last(struct store *s, struct journal_seal *out, struct err *e);
/* Walks the whole chain, and compares each signed head with it. ERR_PROTO and *first_bad (may be NULL) if broken. */
MUST_USE enum err_code journal_verify(struct store *s, int64_t *first_bad, struct err *e);
/* The same over entries from elsewhere (an export), one at a time: prev is the chain's
 * entry before, NULL for the first. True if next follows. */
bool journal_follows(const struct journal_entry *prev, const struct journal_entry *next);

#endif
