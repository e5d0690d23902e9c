/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "office/step_past.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "model/prompt.h"
#include "model/reply.h"
#include "office/step.h"

/* turns.message[i] is the i-th assistant entry that could be read back; one that
 * can't counts as a turn without calls. */
struct past {
	const struct entry *entries;
	size_t n;
	struct prompt *turns;
	size_t turns_n;
};

struct past *past_new(const struct entry *entries, size_t n)
{
	struct past *p = xcalloc(1, sizeof *p);
	size_t i;

	p->entries = entries;
	p->n = n;
	p->turns = xcalloc(n + 1, sizeof *p->turns);
	for (i = 0; i < n; i++) {
		struct prompt *t = &p->turns[p->turns_n];
		struct err e;

		if (entries[i].kind != ENTRY_ASSISTANT || entries[i].body == NULL)
			continue;
		prompt_init(t, "", 0);
		prompt_add_message(t, ROLE_ASSISTANT);
		if (parts_from_json(slice_of(entries[i].body), t, &e) != ERR_OK) {
			prompt_release(t);
			prompt_init(t, "", 0);
		}
		p->turns_n++;
	}
	return p;
}

void past_free(struct past *p)
{
	size_t i;

	for (i = 0; i < p->turns_n; i++)
		prompt_release(&p->turns[i]);
	free(p->turns);
	free(p);
}

static const struct prompt_part *find(const struct prompt *turn, const char *name, struct slice arguments)
{
	size_t m, i;

	for (m = 0; m < turn->message_count; m++)
		for (i = 0; i < turn->message[m].count; i++) {
			const struct prompt_part *c = &turn->message[m].part[i];

			if (c->kind == PART_TOOL_USE && strcmp(c->name, name) == 0 && slice_eq(slice_make(c->bytes, c->len), arguments))
				return c;
		}
	return NULL;
}

int past_in_a_row(const struct past *p, const char *name, struct slice arguments)
{
	size_t i = p->turns_n;
	int n = 0;

	while (i > 0 && find(&p->turns[--i], name, arguments) != NULL)
		n++;
	return n;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool is_no(const struct entry *n)
{
	return (n->is_error && (begins(n->body, STEP_REJECTED) || begins(n->body, STEP_CHANGES))) || begins(n->body, STEP_FIRED STEP_EDITED) || begins(n->body, STEP_FAILED STEP_EDITED);
}

static bool was_rejected(const struct past *p, const char *id)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		const struct entry *n = &p->entries[i];

		if (n->kind == ENTRY_TOOL_RESULT && n->body != NULL && strcmp(n->tool_use_id, id) == 0)
			return is_no(n);
	}
	return false;
}

bool past_rejected(const struct past *p, const char *name, struct slice arguments)
{
	size_t i;

	for (i = 0; i < p->turns_n; i++) {
		const struct prompt_part *c = find(&p->turns[i], name, arguments);

		if (c != NULL && was_rejected(p, c->id))
			return true;
	}
	return false;
}

int past_plans_refused(const struct past *p)
{
	size_t i;
	int n = 0;

	for (i = 0; i < p->n; i++) {
		const struct entry *e = &p->entries[i];

		if (e->kind != ENTRY_TOOL_RESULT || !e->is_error || e->body == NULL)
			continue;
		if (begins(e->body, STEP_NO_PLAN))
			n++;
		else if (begins(e->body, STEP_REJECTED) || begins(e->body, STEP_CHANGES))
			n = 0;
	}
	return n;
}

int past_nudges(const struct past *p)
{
	size_t i;
	int n = 0;

	for (i = p->n; i > 0; i--) {
		const struct entry *e = &p->entries[i - 1];

		if (e->kind == ENTRY_ASSISTANT || e->kind == ENTRY_NOTE)
			continue;
		if (e->kind != ENTRY_USER || e->body == NULL || strncmp(e->body, STEP_NUDGE, strlen(STEP_NUDGE)) != 0)
			break;
		n++;
	}
	return n;
}
