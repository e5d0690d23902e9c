/* SPDX-License-Identifier: GPL-3.0-or-later */
/* net.h - what the IMAP and the SMTP side want of libcurl alike. */
#ifndef SERVERS_INBOX_NET_H
#define SERVERS_INBOX_NET_H

#include <curl/curl.h>

#include "base/err.h"
#include "base/secret.h"
#include "servers/inbox/config.h"

/* TLS or STARTTLS, always, the certificate checked; no proxy or file from the
 * environment; the login. secret must outlive c. */
void net_prepare(CURL *c, const struct inbox_config *cfg, const struct secret *secret, long connect_ms);
/* Why it failed, in our words: ERR_AUTH for the login and the certificate, else ERR_NET. words: libcurl's own, or "". */
MUST_USE enum err_code net_explain(CURLcode rc, const char *words, struct err *e);

#endif
