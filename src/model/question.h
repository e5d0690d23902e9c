/* SPDX-License-Identifier: GPL-3.0-or-later */
/* question.h - what a connector's server asks the person while it has a call of ours. */
#ifndef MODEL_QUESTION_H
#define MODEL_QUESTION_H

#include <stdint.h>

#include "base/hash.h"
#include "model/record.h"

enum question_state { QUESTION_OPEN, QUESTION_ACCEPTED, QUESTION_DECLINED, QUESTION_CANCELLED, QUESTION_EXPIRED, QUESTION_STATES };

struct question {
	int64_t id;
	char connector[NAME_MAX_BYTES], tool[NAME_MAX_BYTES];	/* tool "": it cannot be told which call it is about */
	int64_t task;			/* 0: it cannot be told */
	char *message;			/* raw, a stranger's; NULL once purged */
	char *schema;			/* raw JSON that elicit_read() takes; NULL once purged */
	enum question_state state;
	char *answer;			/* accepted: the object, until the server has it; then NULL */
	char who[TITLE_MAX_BYTES];	/* who answered; "" */
	char why[TITLE_MAX_BYTES];	/* why it is over without a person; "" */
	int64_t asked_us, until_us, ended_us;
	struct hash mac;		/* of a person's answer, over question_bytes() */
};
void question_release(struct question *q);

struct buf;
/* What the journal holds of the asking: which server, which words, which form. */
struct hash question_hash(const char *workspace, const struct question *q);
/* The answer with all that it answers: what a person's vault signs. */
void question_bytes(const char *workspace, const struct question *q, struct buf *out);

#endif
