/* SPDX-License-Identifier: GPL-3.0-or-later */
/* firing.h - what the sweep needs of firings, and what approvals, decisions and firings share. For this room only. */
#ifndef STORE_FIRING_H
#define STORE_FIRING_H

#include "store/approval.h"

/* Begun and not ended, oldest first. */
MUST_USE enum err_code firing_list_open(struct store *s, struct firing *rows, int limit, int *n, struct err *e);
/* No byte of it left: the intent is void, the approval is approved again. */
MUST_USE enum err_code firing_unsend(struct store *s, const struct firing *f, int64_t now_us, struct err *e);
/* The approval as it stands, without its payload; ERR_CONFLICT if that version is not the current one. */
MUST_USE enum err_code approval_get_current(struct store *s, int64_t id, int version, struct approval *a, struct err *e);
/* The approval's state, checked against its life; the state's name and reason only. */
MUST_USE enum err_code approval_put_state(struct store *s, const struct approval *a, enum approval_state to, const char *reason, struct err *e);

#endif
