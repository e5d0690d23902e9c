/* SPDX-License-Identifier: GPL-3.0-or-later */
/* anthropic.h - the Messages API, inside the practice vendor: a request that was
 * read and found good, and what is made of it. Only anthropic_*.c and
 * wire_anthropic.c use it. */
#ifndef PRACTICE_ANTHROPIC_H
#define PRACTICE_ANTHROPIC_H

#include <cjson/cJSON.h>

#include "practice/http.h"
#include "practice/models.h"

/* A request that is answered by an error. */
struct no {
	int status;
	const char *type;
	char text[400];
};
/* Fills n and returns false. */
bool no_set(struct no *n, int status, const char *type, const char *fmt, ...) PRINTF_LIKE(4, 5);
bool no_bad(struct no *n, const char *fmt, ...) PRINTF_LIKE(2, 3);	/* 400 invalid_request_error */

struct ask {
	cJSON *body;
	const struct model *model;
	int64_t max_tokens;
	bool streams, is_count;
	bool is_new;		/* anthropic-version 2026-10-21 */
	bool thinks, is_silent;	/* thinking goes on; its text is left out */
	bool us_only;
	bool is_alone;		/* at most one tool call */
	const char *forced;	/* the tool that must be called, "*" for any, NULL */
	struct talk talk;
	struct prompt prompt;
};

/* anthropic_check.c: parse and check. ask_release() either way. */
bool ask_read(struct ask *a, const struct request *q, bool is_count, struct no *n);
/* The same of a body that came another way, with the model it is for (NULL: it names
 * its own). Takes the body; keeps a->is_new. */
bool ask_read_body(struct ask *a, cJSON *body, const struct model *m, bool is_count, struct no *n);
void ask_release(struct ask *a);

/* anthropic_prompt.c: fill talk and prompt of a checked request. */
bool ask_fill(struct ask *a, const struct hash *account, struct no *n);
/* A thinking block's signature for that model. */
void think_sign(const struct model *m, const char *thinking, char out[HASH_HEX]);

/* anthropic_reply.c: what a draft of its reply must keep to. w borrows from a. */
struct draft_ask;
void ask_wants(const struct ask *a, enum fault fault, const char *call_id, struct draft_ask *w);
/* The reply of a script as a message or as a stream. */
void ask_reply(const struct ask *a, struct scripted *s, enum fault fault, const struct usage *used, struct reply *r);

#endif
