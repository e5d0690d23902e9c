/* SPDX-License-Identifier: GPL-3.0-or-later */
/* receipt.h - what was done under which idempotency key, in the server's own
 * folder: KEY.begun is durable before the first byte leaves, KEY.json says that it
 * was done, KEY.barred that it was not and cannot be. So a key is never used for a
 * second try, whatever broke in between. */
#ifndef SERVERS_COMMON_RECEIPT_H
#define SERVERS_COMMON_RECEIPT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/* The receipt (a JSON object) to out, if there is one. */
bool receipt_find(const char *state, const char *key, struct buf *out);
/* what: to be read back by receipt_begun_with(), or empty. ERR_CONFLICT if it was begun before: it may have been done. */
MUST_USE enum err_code receipt_begin(const char *state, const char *key, struct slice what, struct err *e);
bool receipt_begun_with(const char *state, const char *key, struct buf *what);
/* True: it was never begun, and from now on it cannot be. False: it may have been. */
bool receipt_bar(const char *state, const char *key);
bool receipt_was_begun(const char *state, const char *key);
void receipt_undo(const char *state, const char *key);	/* certainly not done: the key is free again */
MUST_USE enum err_code receipt_keep(const char *state, const char *key, struct slice receipt, struct err *e);

#endif
