/* SPDX-License-Identifier: GPL-3.0-or-later */
/* script.h - rules that say what the practice vendor replies.
 *
 * A script is a JSON document (the manual page describes it). Its rules are
 * tried in order; the first that holds makes the reply. It is read once, checked
 * whole, and never changes after: any thread may use it. */
#ifndef PRACTICE_SCRIPT_H
#define PRACTICE_SCRIPT_H

#include "base/err.h"
#include "base/slice.h"
#include "practice/talk.h"

struct scripted_call {
	char *tool;
	char *input;	/* JSON text, an object */
};
struct scripted {
	char *rule;		/* the name of the rule that held; "" if none did */
	char *thinking, *text;	/* "" if there is none */
	struct scripted_call *call;
	size_t calls;
	char *stop;		/* a stop reason, or "" for the one that follows from the reply */
};

struct script;
/* ERR_PROTO with the place: `rules[3].when.user: missing ) at offset 4 ...`. */
MUST_USE enum err_code script_new(struct script **out, struct slice text, struct err *e);
void script_free(struct script *s);
/* Never fails: a talk no rule knows gets a short closing text. */
void script_reply(const struct script *s, const struct talk *t, struct scripted *out);
void scripted_release(struct scripted *r);

#endif
