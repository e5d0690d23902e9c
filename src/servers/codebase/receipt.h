/* SPDX-License-Identifier: GPL-3.0-or-later */
/* receipt.h - what a firing of this server did, in words and JSON; servers/common/receipt.h keeps it. */
#ifndef SERVERS_CODEBASE_RECEIPT_H
#define SERVERS_CODEBASE_RECEIPT_H

#include "servers/codebase/change.h"
#include "servers/codebase/view.h"
#include "servers/common/mcp.h"

/* {"branch","commit","files","insertions","deletions"}, appended. */
void receipt_put(struct buf *b, const char *branch, const char *id, const struct change *c);
/* Was a patch fired under this key? Its receipt goes to out; one that was lost is made again from the commit. */
bool receipt_of(const struct repo *r, const struct view *v, const char *key, struct buf *out);

/* The answers to a firing and to claviger/prove. again: it was done before. */
void receipt_answer(struct mcp_reply *reply, const struct buf *receipt, bool again);
void receipt_answer_proof(struct mcp_reply *reply, bool fired, const struct buf *receipt);

#endif
