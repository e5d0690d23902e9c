/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sigv4.h - AWS's signatures (version 4, in headers), checked. Pure.
 *
 * Written from AWS's description, apart from the office's own signer. The path
 * counts as it came on the wire and is encoded once more; a client that encodes
 * once too often or too seldom is refused. */
#ifndef PRACTICE_SIGV4_H
#define PRACTICE_SIGV4_H

#include "practice/http.h"

struct aws_pair {
	const char *id, *secret;
};
struct aws_caller {
	char id[64];			/* access key id */
	char region[32], service[32];
};
/* A refusal: AWS's name of the error, and its words. */
struct aws_no {
	int status;
	const char *type;
	char text[900];
};
#define SIGV4_SKEW_US (INT64_C(300) * 1000000)

/* pair: ends with a NULL id. region NULL is any. False with n filled. */
bool sigv4_check(const struct request *q, const struct aws_pair *pair, const char *service, const char *region, struct aws_caller *who, struct aws_no *n);

/* The canonical request, for tests and for the words of a refusal. names: as in
 * SignedHeaders. */
void sigv4_canonical(const struct request *q, const char *names, struct buf *out);

#endif
