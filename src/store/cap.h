/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cap.h - spending limits as stored. call_hold() is who keeps them. */
#ifndef STORE_CAP_H
#define STORE_CAP_H

#include "model/call.h"
#include "model/cap.h"
#include "store/store.h"

/* Set or replace the cap of (scope, ref, window). c->mac signed by the caller over
 * cap_bytes(); id comes back; who goes into the journal. */
MUST_USE enum err_code cap_set(struct store *s, struct cap *c, const char *who, int64_t now_us, struct err *e);
MUST_USE enum err_code cap_get(struct store *s, int64_t id, int64_t now_us, struct cap *out, struct err *e);
/* With spent and held of the current window; oldest first. */
MUST_USE enum err_code cap_list(struct store *s, int64_t now_us, struct cap *rows, int limit, int *n, struct err *e);
MUST_USE enum err_code cap_remove(struct store *s, int64_t id, const char *who, int64_t now_us, struct err *e);
/* After a rekey: the same cap, signed anew; the journal says so. ERR_MISSING if there is none. */
MUST_USE enum err_code cap_set_mac(struct store *s, int64_t id, const struct hash *mac, struct err *e);

/* Every limit that covers c, own ones (id 0) first, with spent and held at now_us. limit at least 3. */
MUST_USE enum err_code cap_covering(struct store *s, const struct call *c, int64_t now_us, struct cap *rows, int limit, int *n, struct err *e);
/* The record's own limit of that goal, task or agent in that window; 0 if it has none. */
MUST_USE enum err_code cap_own(struct store *s, enum cap_scope scope, enum cap_window window, const char *ref, int64_t *limit_pd, struct err *e);
/* Its limit into c->limit_pd, with spent and held of its window now; c: scope, ref, window. */
MUST_USE enum err_code cap_own_state(struct store *s, struct cap *c, struct err *e);
#define CAPS_MAX 256		/* in lists for people */
#define CAP_WARN_USUAL 80	/* per cent, where nobody said */

/* --- what the journal knows of limits (cap_proof.c) ----------------------- */
/* "vendor anthropic day", as the journal and incidents name it. */
void cap_name(enum cap_scope scope, const char *ref, enum cap_window window, char out[NAME_MAX_BYTES]);
/* Changes whenever a limit does. */
MUST_USE enum err_code cap_last_change(struct store *s, int64_t *seq, struct err *e);
/* ERR_AUTH, naming it, if a limit that was set and not removed is gone or another. */
MUST_USE enum err_code cap_check_journal(struct store *s, struct err *e);
/* Write down, or compare, the own cap_pd of a goal, task (ref: its id) or agent (its name). */
MUST_USE enum err_code own_cap_note(struct store *s, enum cap_scope scope, const char *ref, int64_t cap_pd, const char *who, int64_t now_us, struct err *e);
MUST_USE enum err_code own_cap_check(struct store *s, enum cap_scope scope, const char *ref, int64_t cap_pd, struct err *e);

#endif
