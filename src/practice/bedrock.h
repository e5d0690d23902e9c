/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bedrock.h - Bedrock's Converse, inside the practice vendor. Only bedrock_*.c and
 * wire_bedrock.c use it.
 *
 * A Converse request is turned into the Messages request that it means, so that a
 * model refuses and remembers the same things on both roads. */
#ifndef PRACTICE_BEDROCK_H
#define PRACTICE_BEDROCK_H

#include "practice/anthropic.h"
#include "practice/bedrock_id.h"
#include "practice/draft.h"
#include "practice/sigv4.h"

struct offered {
	const char *bare;	/* id without a prefix */
	const char *maker, *name;
	const char *model;	/* as bedrock_id_read() calls it */
	bool is_bare;		/* may be asked without a profile */
	bool is_global, is_local;	/* has a global. profile; has us., eu., au., jp. ones */
};
extern const struct offered offered[];		/* ends with a NULL bare */
/* What an id names: a model and its rules. NULL with n filled if there is none,
 * if it needs a profile, or if the profile is another region's (region NULL: any). */
const struct model *bedrock_model_find(const char *id, const char *region, struct aws_no *n);

/* bedrock_read.c: the Messages body a Converse body means; NULL with n filled. */
cJSON *converse_read(const cJSON *converse, const struct model *m, bool is_count, struct aws_no *n);
bool aws_bad(struct aws_no *n, const char *fmt, ...) PRINTF_LIKE(2, 3);	/* 400 ValidationException */

/* bedrock_reply.c: a draft as a Converse answer, whole or as its events. */
void converse_write(const struct ask *a, struct draft *d, bool streams, struct reply *r);

#endif
