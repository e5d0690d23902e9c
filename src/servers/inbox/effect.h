/* SPDX-License-Identifier: GPL-3.0-or-later */
/* effect.h - what every tool that changes something does alike: asked to prove, it
 * looks for its receipt; asked again with a key, it gives the same receipt; begun
 * and never ended, it says so and does nothing. */
#ifndef SERVERS_INBOX_EFFECT_H
#define SERVERS_INBOX_EFFECT_H

#include "base/json.h"
#include "servers/inbox/inbox.h"

/* True: answered in full (*code says how). False: nothing is known of the key yet, go on. prove: may find a trace of it
 * elsewhere and write a receipt (NULL: there is no such place). */
typedef bool effect_trace(struct inbox *in, const struct mcp_call *call, struct buf *receipt);
bool effect_known(struct inbox *in, const struct mcp_call *call, effect_trace *trace, struct mcp_reply *r, enum err_code *code, struct err *e);
/* Done: keep the receipt and answer with it. */
void effect_done(struct inbox *in, const struct mcp_call *call, struct slice receipt, struct mcp_reply *r);
/* It may have been done: the answer says so, and the office asks for proof later. */
void effect_unknown(struct mcp_reply *r, const struct err *why);
/* Of a check, as office/context.h has it; target and verified (an address) may be
 * NULL; about is a JSON object, or empty. */
void effect_checked(struct mcp_reply *r, const char *target, const char *verified, struct slice about, const char *words);
/* A mail in a few words for about: "2026-11-23T09:00:00Z, Dana <dana@example.com>: my invoice". */
void effect_put_mail(struct json_out *j, const char *name, const struct mail_head *h);

#endif
