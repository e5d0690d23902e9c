/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mutf7.h - names of IMAP folders: UTF-8 here, modified UTF-7 (RFC 3501, 5.1.3) on
 * the wire. Pure. What can't be decoded stays as it is. */
#ifndef SERVERS_INBOX_MUTF7_H
#define SERVERS_INBOX_MUTF7_H

#include "base/buf.h"
#include "base/slice.h"

void mutf7_encode(struct slice utf8, struct buf *out);	/* utf8 is valid */
void mutf7_decode(struct slice name, struct buf *out);

#endif
