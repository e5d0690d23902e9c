/* SPDX-License-Identifier: GPL-3.0-or-later */
/* move.h - the legal moves of a record's state, as tables (design, "Records
 * and their lives"). An illegal move is ERR_ILLEGAL and changes nothing. Pure. */
#ifndef MODEL_MOVE_H
#define MODEL_MOVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* One kind of record: the names of its states and, per state, a bit set of the
 * states it may move to. */
struct life {
	const char *noun;		/* "goal" */
	char letter;			/* 'G' */
	int states;
	const char *const *names;	/* as stored and shown in JSON */
	const uint32_t *next;		/* next[from] has bit to set if legal */
};

extern const struct life goal_life, task_life, call_life, approval_life, key_life, link_life, request_life, question_life;

bool life_allows(const struct life *l, int from, int to);
MUST_USE enum err_code life_check(const struct life *l, int64_t id, int from, int to, struct err *e);
const char *life_name(const struct life *l, int state);	/* "?" out of range */
int life_state(const struct life *l, const char *name);	/* -1 if unknown */
/* No moves lead out of it. */
bool life_is_final(const struct life *l, int state);

/* "A7", "a7" or "7" to 7; 0 if it is no id of that letter. */
int64_t id_parse(char letter, const char *s);

#endif
