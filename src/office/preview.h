/* SPDX-License-Identifier: GPL-3.0-or-later */
/* preview.h - the exact bytes of a payload as lines to draw (design, I8). Pure.
 *
 * Lines carry raw text from outside: a face draws it through base/text and
 * wraps it; nothing is left out here. What a terminal would hide is marked on the line
 * (marks), and where it matters said in a NOTE line right behind it. Every
 * member of a payload is shown, known to us or not.
 *
 * Errors  ERR_PROTO if the payload does not pass the gate: then nothing of it
 *         may be approved. Memory: lines borrow from the preview itself. */
#ifndef OFFICE_PREVIEW_H
#define OFFICE_PREVIEW_H

#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"
#include "model/approval.h"

enum preview_role {
	PREVIEW_HEAD,		/* our words: what this is */
	PREVIEW_PLAIN,		/* text of the payload */
	PREVIEW_ADD, PREVIEW_DEL, PREVIEW_HUNK,	/* lines of a diff, with their first character */
	PREVIEW_FIELD,		/* name is set: "title: ..."; a long text follows in PLAIN lines */
	PREVIEW_NOTE,		/* our words about the line before */
	PREVIEW_WARN,		/* our words that want attention */
	PREVIEW_JSON,		/* a line of indented JSON, numbers as written */
	PREVIEW_ROLES
};
extern const char *const preview_role_names[PREVIEW_ROLES];	/* "head", "plain", "add" ... */

enum preview_mark {
	MARK_TRAILING_BLANK = 1, MARK_TAB = 2, MARK_CR = 4, MARK_NO_NEWLINE = 8, MARK_LONG = 16, MARK_HIDDEN = 32
};
#define PREVIEW_LONG 400	/* bytes from which a line is MARK_LONG */

struct preview_line {
	enum preview_role role;
	unsigned marks;		/* of enum preview_mark */
	int depth;		/* how far to indent, in steps */
	const char *name;	/* of a FIELD (the payload's own word: sanitise it too); else NULL */
	struct slice text;	/* without its newline */
};
struct preview {
	struct preview_line *lines;
	size_t n;
	int files, added, removed;	/* of a patch */
	struct preview_store *store;	/* private: the texts the lines borrow */
};

/* a->payload must be there. */
MUST_USE enum err_code preview_make(const struct approval *a, struct preview *out, struct err *e);
void preview_release(struct preview *p);

/* One line in our words: "docs/api.md +18 -3", "plan: 3 tasks, expected $0.40",
 * "send_mail: 3 fields". Never fails: a payload that does not pass the gate is
 * "unreadable payload, 512 bytes". Holds outside text (file names): sanitise. */
void preview_summary(const struct approval *a, char out[TITLE_MAX_BYTES]);

/* The lines that two versions of one payload differ in, DEL and ADD, in order. */
typedef void change_emit(void *user, enum preview_role role, struct slice text);
MUST_USE enum err_code preview_changes(const struct approval *before, const struct approval *now, change_emit *emit, void *user, struct err *e);

/* The gate before every payload: json_gate, and an object at the top. */
MUST_USE enum err_code payload_gate(struct slice payload, struct err *e);

#endif
