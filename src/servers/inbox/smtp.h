/* SPDX-License-Identifier: GPL-3.0-or-later */
/* smtp.h - hand one message to the SMTP server, once. */
#ifndef SERVERS_INBOX_SMTP_H
#define SERVERS_INBOX_SMTP_H

#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"
#include "servers/inbox/compose.h"
#include "servers/inbox/config.h"

enum smtp_end {
	SMTP_ACCEPTED,	/* the server took it over */
	SMTP_REFUSED,	/* it was certainly not sent: *e says why */
	SMTP_UNKNOWN,	/* its last byte left us, and no answer came */
};
/* One refused recipient refuses the whole. message: the bytes as they are to arrive. */
MUST_USE enum smtp_end smtp_send(const struct inbox_config *c, const struct secret *secret, const struct outgoing *o, struct slice message, struct err *e);

#endif
