/* SPDX-License-Identifier: GPL-3.0-or-later */
/* receipt.h - what a firing did, kept in the state folder under its idempotency key. */
#ifndef SERVERS_CODEBASE_RECEIPT_H
#define SERVERS_CODEBASE_RECEIPT_H

#include "servers/codebase/change.h"
#include "servers/codebase/view.h"

/* {"branch","commit","files","insertions","deletions"}, appended. */
void receipt_put(struct buf *b, const char *branch, const char *id, const struct change *c);
MUST_USE enum err_code receipt_keep(const struct repo *r, const char *key, const struct buf *receipt, struct err *e);
/* Was this key fired? Its receipt goes to out; one that was lost is made again from the commit. */
bool receipt_of(const struct repo *r, const struct view *v, const char *key, struct buf *out);

#endif
