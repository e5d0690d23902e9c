/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pair.h - an AWS access key pair as text: what a SEALED_AWS_PAIR record holds.
 *
 * Sealed layout: JSON in exactly this form, without blanks or escapes,
 *
 *	{"access_key_id":"..","secret_access_key":"..","session_token":".."}
 *
 * where session_token is left out if there is none. Every value is printable
 * ASCII without quote or backslash, so that the values can be used where they lie.
 *
 * Thread  any; pure but for locked memory.
 * Errors  ERR_USAGE (given text, with a mend), ERR_PROTO (sealed text); neither
 *         holds a byte of the pair.
 * Memory  given and sealed text stay in locked memory; nothing is copied out of it. */
#ifndef VAULT_PAIR_H
#define VAULT_PAIR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"

struct aws_pair {	/* borrowed from the text it was read from */
	struct slice access_key_id, secret_access_key;
	struct slice session_token;	/* len 0: none */
};

/* Does a given secret mean to be a pair? It begins like a JSON object. */
bool aws_pair_looks_like(const struct secret *given);

/* From what a person or an AWS tool gives: the three names above, or AccessKeyId,
 * SecretAccessKey, SessionToken and Expiration as credential_process and the AWS
 * command line write them, alone or inside "Credentials". *out is the sealed
 * layout. *expires_us is the time it says it ends (RFC 3339), 0 if it does not. */
MUST_USE enum err_code aws_pair_canonical(const struct secret *given, struct secret **out, int64_t *expires_us, struct err *e);

/* The sealed layout taken apart; how long an id has to be was judged when it was given. */
MUST_USE enum err_code aws_pair_read(struct slice sealed_text, struct aws_pair *out, struct err *e);

#endif
