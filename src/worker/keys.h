/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys.h - a key from the person's hands into the vault. From jobs only.
 *
 * Errors  ERR_USAGE for a vendor, URL or key that won't do (with a mend),
 *         ERR_CONFLICT for a label in use, ERR_LOCKED. */
#ifndef WORKER_KEYS_H
#define WORKER_KEYS_H

#include <stdbool.h>

#include "base/err.h"
#include "base/secret.h"
#include "model/key.h"
#include "worker/hands.h"

/* k: label ("" makes one), vendor, base_url ("" is the vendor's own), region, api,
 * proxy, ca_file and kind are given; id, version, host, fingerprint, expires_us come
 * back, and the kind of an access key pair. The secret is trimmed and stays the
 * caller's. */
MUST_USE enum err_code keys_add(struct hands *h, struct key *k, struct secret *secret, struct err *e);
/* The next version; the old one serves what is in flight. */
MUST_USE enum err_code keys_rotate(struct hands *h, const char *label, struct secret *secret, struct key *out, struct err *e);
/* What an answer showed of a key: its state and why, and that it was used now. False: it was rotated
 * since it was asked with, so the answer is about the old one. */
bool keys_note(struct hands *h, const struct key *asked, enum key_state to, const char *why);
/* Where a person revokes a key for good, at the vendor. */
const char *keys_console(const char *vendor);

#endif
