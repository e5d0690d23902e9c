/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verify.h - is the sender who the mail says? Only what the own server wrote into
 * its Authentication-Results (RFC 8601) counts: the first such field, as each
 * server writes above what came in, and only if it bears the server's name. Pure. */
#ifndef SERVERS_INBOX_VERIFY_H
#define SERVERS_INBOX_VERIFY_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

/* results: the value of the first Authentication-Results field, unfolded; from: the
 * bare address. True: dmarc=pass for the address's domain, or dkim=pass by that
 * domain or one above it. why gets words ("mx.example.com: dkim=pass", or why not). */
bool sender_verified(struct slice results, const char *authserv, const char *from, struct buf *why);

#endif
