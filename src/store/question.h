/* SPDX-License-Identifier: GPL-3.0-or-later */
/* question.h - what connectors' servers ask the person. Asked and ended by the
 * worker, answered by the process of any person; whoever is first ends it. */
#ifndef STORE_QUESTION_H
#define STORE_QUESTION_H

#include "model/question.h"
#include "store/store.h"

/* Sets q->id. The journal gets which server asked, and the hash of what. */
MUST_USE enum err_code question_add(struct store *s, struct question *q, int64_t epoch, struct err *e);
MUST_USE enum err_code question_get(struct store *s, int64_t id, struct question *out, struct err *e);
/* Newest first; the open ones oldest first. */
MUST_USE enum err_code question_list(struct store *s, bool open_only, struct question *rows, int limit, int *n, struct err *e);
MUST_USE enum err_code question_count(struct store *s, int *n, int64_t *oldest_us, struct err *e);	/* of the open ones; *oldest_us 0: none */
/* A person's word: state, answer, who, ended_us and mac of q. ERR_CONFLICT unless it is open. */
MUST_USE enum err_code question_answer(struct store *s, const struct question *q, struct err *e);
/* Over without one, if it is still open; also what could not be handed over. */
MUST_USE enum err_code question_end(struct store *s, int64_t id, enum question_state state, const char *why, int64_t now_us, struct err *e);
/* The server has the answer: its text goes. */
MUST_USE enum err_code question_handed(struct store *s, int64_t id, struct err *e);

#endif
