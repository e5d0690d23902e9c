/* SPDX-License-Identifier: GPL-3.0-or-later */
/* receipt.h - what a firing did, kept in the state folder under its idempotency key. */
#ifndef SERVERS_CODEBASE_RECEIPT_H
#define SERVERS_CODEBASE_RECEIPT_H

#include "servers/codebase/change.h"
#include "servers/codebase/view.h"
#include "servers/common/mcp.h"

/* {"branch","commit","files","insertions","deletions"}, appended. */
void receipt_put(struct buf *b, const char *branch, const char *id, const struct change *c);
/* receipt: one JSON object. */
MUST_USE enum err_code receipt_keep(const struct repo *r, const char *key, const struct buf *receipt, struct err *e);
/* The receipt kept under key, to out; false if there is none. */
bool receipt_kept(const struct repo *r, const char *key, struct buf *out);
/* Was a patch fired under this key? Its receipt goes to out; one that was lost is made again from the commit. */
bool receipt_of(const struct repo *r, const struct view *v, const char *key, struct buf *out);

/* The answers to a firing and to claviger/prove. again: it was done before. */
void receipt_answer(struct mcp_reply *reply, const struct buf *receipt, bool again);
void receipt_answer_proof(struct mcp_reply *reply, bool fired, const struct buf *receipt);

#endif
