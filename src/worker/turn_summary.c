/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A turn that is not the agent's: what is too long to be shown is put to the routine tier
 * first. It has a hold and a cause of its own; what comes of it is an entry of the task, and
 * then the task goes on as if nothing had been. No summary is worth stopping a task for: where
 * there is none to be had, that is written down instead. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "store/task.h"
#include "worker/turn.h"

#define SUMMARY_TOKENS 4000	/* some models think first */

void turn_summary_begin(struct turn *t, const struct facts *f)
{
	t->call.cause = CAUSE_SUMMARY;
	t->k->counted = 0;	/* of another prompt */
	if (t->max_tokens > SUMMARY_TOKENS)
		t->max_tokens = SUMMARY_TOKENS;
	log_line(LOG_DEBUG, "task %lld: %s (%zu bytes) is summarised first", (long long)f->task.id, t->wish.of, t->wish.bytes);
}

static enum err_code put_entry(struct turn *t, const char *text, struct err *e)
{
	struct store *s = t->k->w->h.store;
	struct entry n = {.task = t->call.task, .kind = ENTRY_SUMMARY, .call = t->call.id, .untrusted = t->wish.untrusted, .created_us = clock_now_us()};
	enum err_code rc;

	snprintf(n.tool_use_id, sizeof n.tool_use_id, "%s", t->wish.of);
	snprintf(n.source, sizeof n.source, "%s", t->wish.source);
	n.body = xstrdup(text);
	rc = entry_add(s, &n, e);
	entry_release(&n);
	return rc;
}

enum err_code turn_summary_keep(struct turn *t, struct err *e)
{
	struct buf text;
	enum err_code rc;
	size_t i;

	buf_init(&text, (size_t)64 << 10);
	for (i = 0; i < t->reply.count; i++)
		if (t->reply.part[i].kind == PART_TEXT)
			buf_add(&text, t->reply.part[i].bytes, t->reply.part[i].len);
	rc = put_entry(t, buf_text(&text), e);
	buf_release(&text);
	return rc;
}

void turn_summary_skip(struct turn *t, const char *why)
{
	struct work *k = t->k;
	struct err e = {0};
	enum err_code rc = put_entry(t, "", &e);

	log_line(LOG_NOTE, "task %lld goes on without a summary: %s", (long long)t->call.task, rc == ERR_OK ? why : e.text);
	k->counted = 0;
	k->tries = 0;
	if (rc != ERR_OK)
		work_pause(k->w, t->call.task, ON_ERROR, e.text);
	turn_free(t);
	if (rc == ERR_OK)
		work_reply(k);
}
