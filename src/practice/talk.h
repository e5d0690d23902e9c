/* SPDX-License-Identifier: GPL-3.0-or-later */
/* talk.h - a conversation as a script sees it, whichever wire it came over.
 *
 * Owns    copies of every text; inputs of tool calls as JSON text.
 * Thread  one request's own. */
#ifndef PRACTICE_TALK_H
#define PRACTICE_TALK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"

struct talk_call {
	char *id, *tool;
	char *input;		/* JSON text */
	char *result;		/* NULL until it is answered */
	bool is_error;
};
struct talk {
	char *model;
	char *system;		/* all of it, joined with newlines; "" if there is none */
	char *role;		/* from a line "role: X" of the system text; "" if there is none */
	char *opening;		/* the first text of the user's; "" if there is none */
	char *user;		/* the newest text of the user's; "" if there is none */
	char **tool;		/* names offered, in order */
	size_t tools;
	struct talk_call *call;
	size_t calls;
	size_t turns;		/* replies of the model so far */
	bool answered;		/* the newest message brings tool results */
};

void talk_init(struct talk *t);
void talk_release(struct talk *t);
void talk_set_system(struct talk *t, struct slice text);	/* finds the role too */
void talk_set_user(struct talk *t, struct slice text);	/* the first time also the opening */
void talk_add_tool(struct talk *t, const char *name);
void talk_add_call(struct talk *t, const char *id, const char *tool, const char *input_json);
/* A frame round the text (<data id="X" ...> ... </data X>, each on a line of its
 * own) is taken off. False if no call has that id. */
bool talk_add_result(struct talk *t, const char *id, struct slice text, bool is_error);
/* The newest call that has its answer; NULL if the newest message brings none. */
const struct talk_call *talk_last(const struct talk *t);
bool talk_offers(const struct talk *t, const char *tool);

#endif
