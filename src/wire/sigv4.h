/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sigv4.h - AWS Signature Version 4 in the header, as a pure function of a request.
 *
 * Thread  any.
 * Errors  none: whatever bytes a request has can be signed.
 * Memory  key material is the caller's; copies on the stack are wiped. What the
 *         buffers get is no secret.
 * Source  AWS's public test suite and its documentation (Signature Version 4). The
 *         path is encoded once more than it is on the wire, as every service but
 *         S3 wants it: "%3A" is signed as "%253A". */
#ifndef WIRE_SIGV4_H
#define WIRE_SIGV4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/slice.h"

#define SIGV4_TIME 17		/* "20261123T120000Z" */

struct sigv4_field {
	struct slice name, value;	/* any case; blanks are squeezed; a name that comes twice is joined */
};

struct sigv4_ask {
	struct slice method;
	struct slice target;		/* path and query as they go on the wire */
	bool keep_path;			/* leave "//", "." and ".." as they are */
	const struct sigv4_field *field;	/* all that is signed: host and x-amz-date are among them */
	size_t field_count;
	struct slice body;
	char time[SIGV4_TIME];		/* as in x-amz-date */
	const char *region, *service;
};

void sigv4_time(int64_t now_us, char out[SIGV4_TIME]);
/* Is a header of that name to be signed at all? Those that proxies and the
 * transport change are not. */
bool sigv4_is_signed(const char *name);

/* The steps, apart so that each can be compared with the test suite. */
void sigv4_canonical(const struct sigv4_ask *a, struct buf *out);
void sigv4_to_sign(const struct sigv4_ask *a, struct slice canonical, struct buf *out);

/* The key of one day, region and service; good all day. with_prefix is "AWS4" and
 * the secret access key. */
void sigv4_derive(struct slice with_prefix, const struct sigv4_ask *a, uint8_t out[HASH_BYTES]);
/* The value of the authorization header. */
void sigv4_authorization(const struct sigv4_ask *a, const uint8_t key[HASH_BYTES], struct slice access_key_id, struct buf *out);

#endif
