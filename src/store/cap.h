/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cap.h - spending limits as stored. call_hold() is who keeps them. */
#ifndef STORE_CAP_H
#define STORE_CAP_H

#include "model/cap.h"
#include "store/store.h"

/* Set or replace the cap of (scope, ref, window). c->mac signed by the caller over
 * cap_bytes(); id comes back; who goes into the journal. */
MUST_USE enum err_code cap_set(struct store *s, struct cap *c, const char *who, int64_t now_us, struct err *e);
MUST_USE enum err_code cap_get(struct store *s, int64_t id, int64_t now_us, struct cap *out, struct err *e);
/* With spent and held of the current window; oldest first. */
MUST_USE enum err_code cap_list(struct store *s, int64_t now_us, struct cap *rows, int limit, int *n, struct err *e);
MUST_USE enum err_code cap_remove(struct store *s, int64_t id, const char *who, int64_t now_us, struct err *e);
/* After a rekey: the same cap, signed anew. */
MUST_USE enum err_code cap_set_mac(struct store *s, int64_t id, const struct hash *mac, struct err *e);

#endif
