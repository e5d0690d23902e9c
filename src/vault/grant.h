/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grant.h - a refresh grant of OAuth 2.0 as text (what a SEALED_GRANT record holds),
 * the request for an access token that is made from it, and the answer to that
 * (RFC 6749, sections 5 and 6).
 *
 * Sealed layout: one JSON object of texts, without blanks or escapes, in the order of
 * the table in grant.c:
 *
 *	{"token_endpoint":"https://..","client_id":"..","refresh_token":"..","line":".."}
 *
 * Every value is printable ASCII without quote or backslash, so that it can be used
 * where it lies.
 *
 * Thread  any; pure but for locked memory.
 * Errors  ERR_USAGE (given text, with a mend), ERR_PROTO, ERR_AUTH and ERR_NET as said
 *         below; none holds a byte of what was given or answered.
 * Memory  the texts stay in locked memory; nothing is copied out of it but the address. */
#ifndef VAULT_GRANT_H
#define VAULT_GRANT_H

#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "base/secret.h"
#include "base/slice.h"

struct header;
struct wire_request;

/* From what a person gives: token_endpoint (or token_uri, as Google's libraries write
 * it), client_id and refresh_token; client_secret, scope and resource if the server wants
 * them; token_endpoint_auth_method "client_secret_post" if it does not take the secret
 * as HTTP Basic. Other members are left out. */
MUST_USE enum err_code grant_canonical(const struct secret *given, struct secret **out, struct err *e);

/* Which grant of a person it is, or came of by renewals: a hash. */
struct hash grant_line(struct slice grant);

/* The whole request: req without the secrets, out with them (a line, and the body). */
MUST_USE enum err_code grant_request(struct slice grant, struct wire_request *req, struct header *out, struct err *e);

struct grant_answer {
	struct secret *access;
	struct secret *grant;	/* with the new refresh token in it; NULL: the old one goes on */
	int64_t lives_s;	/* from when it was asked for; at least 1 */
};
/* ERR_AUTH: the grant is over (invalid_grant), a person must sign in again. ERR_NET:
 * another refusal; later it may be different. ERR_PROTO: nothing that can be used. */
MUST_USE enum err_code grant_answer(struct slice grant, int status, struct slice body, struct grant_answer *out, struct err *e);
void grant_answer_release(struct grant_answer *a);

#endif
