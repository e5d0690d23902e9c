/* SPDX-License-Identifier: GPL-3.0-or-later */
/* compose.h - what was approved, as an RFC 5322 message. Every byte of it comes
 * from the payload, but for the sender (of the settings), the date, and the
 * Message-ID, which is made of the idempotency key. The body is quoted-printable:
 * decoded, it is the payload's text byte for byte. Pure but for the date.
 *
 * The payload: {"to":[ADDRESS...], "cc":[...], "bcc":[...], "subject", "body",
 * "in_reply_to":"<id>", "references":["<id>"...]}; to, subject and body are needed. */
#ifndef SERVERS_INBOX_COMPOSE_H
#define SERVERS_INBOX_COMPOSE_H

#include <cjson/cJSON.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "servers/inbox/config.h"

#define RECIPIENTS_MAX 50
#define BODY_MAX ((size_t)256 << 10)

struct outgoing {
	struct mail_address *to;	/* to, cc, bcc, in that order */
	size_t n, cc_at, bcc_at;	/* where cc and bcc begin */
	const char *subject, *body, *in_reply_to;	/* borrowed from the payload; in_reply_to may be NULL */
	char *references;		/* "<a> <b>", or NULL */
};
/* ERR_USAGE, in words for the agent: control characters (a line break in a header
 * among them), addresses that are none, too many, a body over BODY_MAX. */
MUST_USE enum err_code outgoing_read(const cJSON *payload, struct outgoing *out, struct err *e);
void outgoing_release(struct outgoing *o);

/* "<KEY@DOMAIN>", by which a copy of it is found again. */
char *outgoing_message_id(const struct inbox_config *c, const char *key);
/* The whole message, lines end in \r\n, without Bcc. mail_start() first. */
void outgoing_write(const struct outgoing *o, const struct inbox_config *c, const char *key, int64_t now_us, struct buf *out);

#endif
