/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The requests that wait for an answer, from being added to their end. How bytes are
 * counted, by which it is known what has left us: connector.c. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "connector/inside.h"

struct pending *pending_add(struct connector *c, enum asked asked, int64_t limit_us)
{
	c->pending = xreallocarray(c->pending, c->pending_count + 1, sizeof *c->pending);
	c->pending[c->pending_count] = (struct pending){.id = ++c->next_id, .asked = asked, .until_us = c->now_us + limit_us, .call = c->next_id, .limit_us = limit_us};
	return &c->pending[c->pending_count++];
}

bool pending_left(const struct connector *c, const struct pending *p)
{
	return c->carrier != NULL ? p->left : c->written > p->starts_at;
}

void pending_sent(struct connector *c, struct pending *p, const char *name, const struct buf *message)
{
	if (c->carrier != NULL) {
		remote_post(c, p, name, message);
		return;
	}
	p->starts_at = c->written + c->out.len;
	p->ends_at = p->starts_at + message->len;
	connector_queue(c, message);
}

struct pending *pending_of_call(struct connector *c, int64_t call)
{
	size_t i;

	for (i = 0; i < c->pending_count; i++)
		if (c->pending[i].asked == ASKED_CALL && c->pending[i].call == call)
			return &c->pending[i];
	return NULL;
}

struct pending *pending_find(struct connector *c, int64_t id)
{
	size_t i;

	for (i = 0; i < c->pending_count; i++)
		if (c->pending[i].id == id)
			return &c->pending[i];
	return NULL;
}

void pending_end(struct connector *c, struct pending *p, const struct tool_outcome *o)
{
	struct pending copy = *p;
	size_t i = (size_t)(p - c->pending);

	/* Out first: the callback may add calls, which moves the array. */
	memmove(p, p + 1, (--c->pending_count - i) * sizeof *p);
	if (copy.asked != ASKED_CALL)
		return;
	free(copy.tool);
	free(copy.args);
	free(copy.state);
	buf_release(&copy.replies);
	ask_over(c, copy.call);
	copy.done(copy.user, (uint64_t)copy.call, o);
}

/* What became of a call that ends without an answer. */
static enum tool_result without_answer(const struct connector *c, const struct pending *p)
{
	if (p->is_held)
		return TOOL_FAILED;	/* it said that it wants to be told more first */
	return pending_left(c, p) ? TOOL_UNKNOWN : TOOL_NOT_SENT;
}

void pending_end_all(struct connector *c, const char *why)
{
	while (c->pending_count > 0) {
		struct pending *p = &c->pending[0];
		struct tool_outcome o = {.result = without_answer(c, p), .text = slice_of(why)};

		pending_end(c, p, &o);
	}
}
