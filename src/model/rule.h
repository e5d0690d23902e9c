/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rule.h - a standing decision, narrow and expiring. */
#ifndef MODEL_RULE_H
#define MODEL_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "model/approval.h"
#include "model/record.h"

struct rule {
	int64_t id;
	char agent[NAME_MAX_BYTES];
	char tool[NAME_MAX_BYTES * 2];	/* "connector.tool" */
	struct hash definition;		/* of the tool it was made for */
	enum effect effect;
	char *patterns;			/* JSON object of field to glob; NULL: any payload */
	int64_t uses;			/* how many there are; 0: as many as it likes until it ends */
	int64_t used;			/* not under the MAC */
	int64_t max_pd;			/* of a payload's money; 0: no bound */
	int64_t until_us;		/* 0: no end */
	int slot;			/* who made it */
	char person[NAME_MAX_BYTES];
	int64_t created_us, revoked_us;	/* revoked_us is not under the MAC */
	struct hash mac;		/* vault MAC over rule_bytes() */
};
void rule_release(struct rule *r);
struct buf;
void rule_bytes(const char *workspace, const struct rule *r, struct buf *out);

#endif
