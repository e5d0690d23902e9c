/* SPDX-License-Identifier: GPL-3.0-or-later */
/* context.h - what stands beside one version of an action: where the values in
 * it come from, and what a connector of ours said of it when it was checked. It
 * is kept with the version as JSON, so that every face shows the same. Pure.
 *
 * A check (CONNECTOR_CHECK) of a connector of ours may answer, in its structured
 * content:
 *   target      text: the state of the target, bound into the decision
 *   verified    ["dana@example.com"]: senders of the thread being answered that
 *               the connector has verified; nobody else may be in it
 *   recipients  ["dana@example.com"]: who would get it, where the payload itself
 *               does not say so (a reply to a thread)
 *   before      {"phone": "+1 ..."}: the fields of a record as they are now
 *   about       {"from": "me@example.com"}: what else a person should see
 * A server that is not ours is asked nothing and believed nothing. */
#ifndef OFFICE_CONTEXT_H
#define OFFICE_CONTEXT_H

#include "base/json.h"
#include "model/approval.h"
#include "office/provenance.h"

#define CONTEXT_BYTES ((size_t)128 << 10)	/* of what a check may add */

/* The JSON to keep; heap. check: the structured content of the check, raw, or
 * empty; schema: the tool's, raw, for the words of its fields (of those that
 * stand in the payload), or NULL; p may be NULL. NULL if there is nothing to keep. */
char *context_make(const struct provenance *p, struct slice check, const char *schema, struct slice payload);
/* What an edited version keeps of the one before: all but where values come from. */
char *context_edited(const char *before, const struct provenance *p);

/* Of one payload text: the note beside it ("eve@example.net comes from mail 123,
 * not from your goal"), for each value of the context that stands in it. */
struct context_note {
	char text[TITLE_MAX_BYTES * 3];
	bool in_goal;
	int ordinal;		/* of the value in the context */
};
/* Up to room notes; returns how many. context: parsed, may be NULL. */
int context_notes(const cJSON *context, struct slice text, struct context_note *out, int room);

#endif
