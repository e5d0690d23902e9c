/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shorten.h - what of a task's reading is not shown in full, and what stands for it. Pure.
 *
 * Three things are too long to be shown: attachments past limits->attachment_bytes, a result
 * past tool_result_bytes, and the results that a long history leaves out in one step
 * (history_bytes). For each, a model of the routine tier is asked once, before the turn that
 * would show it cut, and what it says is an entry of its own in the task's history
 * (ENTRY_SUMMARY), marked untrusted as what it was made from. An empty one: there is none
 * to be had, and none is asked for again. So every turn shows what the turn before showed. */
#ifndef OFFICE_SHORTEN_H
#define OFFICE_SHORTEN_H

#include "office/prompt.h"

/* For each entry: 0, or 1 + the index of the first result left out in the same step. The caller
 * frees. The history is walked as it grew, so that each turn comes to what the turns before it
 * came to: the prefix stays, and with it the vendor's cache, until the next such step. */
size_t *history_left_out(const struct prompt_facts *f);

enum shorten_what { SHORTEN_ATTACHMENTS, SHORTEN_RESULT, SHORTEN_LEFT_OUT };
struct shorten_wish {
	enum shorten_what what;
	size_t at;			/* the entry: the result, or the first that was left out */
	char of[NAME_MAX_BYTES];	/* the summary entry's tool_use_id */
	char source[TITLE_MAX_BYTES];
	bool untrusted;
	size_t bytes;			/* of what is not shown */
};
/* False: nothing is to be summarised before the next turn. */
bool shorten_wanted(const struct prompt_facts *f, struct shorten_wish *out);

/* The call that asks for it: rules, then the goal, the task and the texts; no tools. out is
 * initialised here: prompt_release() it. ERR_LIMIT as office_prompt(). */
MUST_USE enum err_code shorten_prompt(struct prompt *out, const struct prompt_facts *f, const struct shorten_wish *w, struct err *e);

/* What was said for it; NULL: nothing was, or nothing could be. at is not looked at for attachments. */
const struct entry *shorten_found(const struct prompt_facts *f, enum shorten_what what, size_t at);

/* The words and the frame under which it is shown in place of what is not. */
void shorten_show(struct buf *out, const struct entry *summary, size_t max);

#endif
