/* SPDX-License-Identifier: GPL-3.0-or-later */
/* provenance.h - what an agent had read before it proposed something, and which
 * values of the proposal come from there. Pure.
 *
 * Values looked for in the payload's strings: mail addresses, URLs and host
 * names, long tokens (16 bytes and more with a digit), numbers of six digits
 * and more. A value is matched as bytes, without regard to ASCII case. */
#ifndef OFFICE_PROVENANCE_H
#define OFFICE_PROVENANCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "model/approval.h"
#include "model/task.h"

enum value_kind { VALUE_ADDRESS, VALUE_URL, VALUE_HOST, VALUE_TOKEN, VALUE_NUMBER, VALUE_KINDS };
struct provenance_hit {
	enum value_kind kind;
	char value[TITLE_MAX_BYTES];	/* outside text: sanitise before showing */
	char source[TITLE_MAX_BYTES];	/* the first untrusted source that holds it */
	bool in_goal;			/* the person named it too */
	bool matters;			/* worth a note beside it: for a write only where something points to */
};
#define PROVENANCE_HITS 32
#define PROVENANCE_SOURCES 64

struct provenance {
	char *sources;			/* JSON array for approval.provenance: ["repo__read_file docs/a.md", ...] */
	char *flags;			/* JSON array for approval.flags, in our words; NULL if there are none */
	struct provenance_hit hits[PROVENANCE_HITS];
	int hits_n;
	bool read_untrusted;
};

/* entries: the task's history up to the proposal. payload need not have passed
 * the gate (then nothing is looked for in it, and sources are listed all the same). */
void provenance_make(struct slice payload, enum effect effect, const struct entry *entries, size_t entries_n, struct slice goal_text, struct provenance *out);
void provenance_release(struct provenance *p);

/* Every value in the strings of a payload, each once; emit may not keep v. */
typedef void value_emit(void *user, enum value_kind kind, struct slice v);
void values_in_payload(struct slice payload, value_emit *emit, void *user);
/* The same of a plain text. */
void values_in_text(struct slice text, value_emit *emit, void *user);
/* Flags for addresses, links and hosts of the payload that are not what they
 * seem, by themselves or beside others that the goal and the history know:
 * written into an array. Returns how many. */
struct json_out;
int look_alikes(struct slice payload, const struct entry *entries, size_t entries_n, struct slice goal_text, struct json_out *out);
/* Does text hold the value as a word of its own? */
bool value_stands_in(struct slice value, struct slice text);

#endif
