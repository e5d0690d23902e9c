/* SPDX-License-Identifier: GPL-3.0-or-later */
/* http.h - one HubSpot account over HTTPS: requests with the token, to the one host of
 * the settings, one at a time. TLS is verified, redirects are not followed, nothing
 * packed is asked for, sizes and times are bounded.
 *
 * A read waits as it is told to, within the time of the call (http_call_begin), and is
 * tried again; what changes something is sent once, whatever comes back.
 * Errors  fault.h's, ERR_NET, ERR_LIMIT (too long), ERR_PROTO (no JSON). */
#ifndef SERVERS_CRM_HUBSPOT_HTTP_H
#define SERVERS_CRM_HUBSPOT_HTTP_H

#include <stdint.h>

#include "base/buf.h"
#include "base/secret.h"
#include "servers/crm/hubspot/config.h"
#include "servers/crm/record.h"

struct http {
	const struct hubspot_config *config;
	const struct secret *secret;	/* NULL: none was handed over */
	int64_t until_us;		/* steady: the call has to be over by then */
	int64_t searched_us;		/* steady: when a search was last sent */
	void *curl;			/* a connection that reads keep */
};

/* What is asked, and about which record (id 0: none) for the words of a refusal. */
struct http_ask {
	const char *method, *path;	/* path: with its query */
	struct slice body;		/* JSON, or empty */
	bool is_search;			/* they have a pace of their own */
	enum record_kind kind;
	int64_t id;
};

enum http_end {
	HTTP_DONE,	/* a 2xx came; out is what it holds */
	HTTP_REFUSED,	/* it certainly was not done: nothing left, or it was refused; *e says why */
	HTTP_LOST,	/* it was sent, and there is no word on whether it was done; *e says why */
};

void http_call_begin(struct http *h);
/* out: cleared first. */
MUST_USE enum err_code http_read(struct http *h, const struct http_ask *ask, struct buf *out, struct err *e);
enum http_end http_change(struct http *h, const struct http_ask *ask, struct buf *out, struct err *e);
void http_release(struct http *h);

#endif
