/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config.h - what the inbox server is told at its start: a JSON object of
 *   imap      imaps://HOST[:PORT], or imap://HOST[:PORT] (STARTTLS, always)
 *   smtp      smtps://HOST[:PORT], or smtp://HOST[:PORT] (STARTTLS, always)
 *   user      the login's name
 *   from      the sender: ADDRESS or NAME <ADDRESS>
 *   ca_file   certificates to trust instead of the system's (optional)
 *   oauth     the secret is an OAuth2 bearer token and not a password (optional)
 *   authserv  the name under which the own server writes Authentication-Results;
 *             without it no sender is ever called verified (optional)
 *   sent      the folder for copies of what was sent; "" if the server keeps them
 *             itself (optional: found by its use, else "Sent")
 * None of it is secret; nothing is ever sent in the clear. Pure. */
#ifndef SERVERS_INBOX_CONFIG_H
#define SERVERS_INBOX_CONFIG_H

#include <stdbool.h>

#include "base/err.h"
#include "base/slice.h"

struct mail_address {	/* plain text, no header's encoding */
	char *name;	/* "" if none */
	char *address;	/* ASCII, one @ */
};
void mail_address_release(struct mail_address *a);
/* "ada@example.com" or "Ada Example <ada@example.com>", nothing cleverer: no
 * comments, groups, routes or quoted local parts, so that what is read is what is
 * sent to. ERR_USAGE. */
MUST_USE enum err_code mail_address_parse(struct slice text, struct mail_address *out, struct err *e);

struct inbox_config {
	char *imap, *smtp;	/* URLs without a path */
	char *user, *ca_file, *authserv, *sent;	/* NULL if absent; user never is */
	struct mail_address from;
	bool is_oauth;
};
MUST_USE enum err_code inbox_config_parse(struct slice json, struct inbox_config *out, struct err *e);
void inbox_config_release(struct inbox_config *c);

#endif
