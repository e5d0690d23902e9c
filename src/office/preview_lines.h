/* SPDX-License-Identifier: GPL-3.0-or-later */
/* preview_lines.h - private to preview*.c: lines under construction. */
#ifndef OFFICE_PREVIEW_LINES_H
#define OFFICE_PREVIEW_LINES_H

#include "base/err.h"
#include "office/preview.h"

/* Add a line whose text the preview already owns, or that is a literal. */
struct preview_line *preview_add(struct preview *p, enum preview_role role, struct slice text);
/* The same with text that is copied. */
struct preview_line *preview_add_copy(struct preview *p, enum preview_role role, struct slice text);
struct preview_line *preview_addf(struct preview *p, enum preview_role role, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* A text of the payload: one PLAIN line for each of its lines, marked. */
void preview_add_text(struct preview *p, enum preview_role role, int depth, struct slice text);
/* A member as a FIELD: in one line if it is short, else in lines behind it. */
void preview_add_field(struct preview *p, const char *name, int depth, struct slice text);
/* Copy into what the preview owns. */
struct slice preview_keep(struct preview *p, struct slice text);

/* Marks of one line: trailing blanks, tabs, CR, length, what can't be seen. */
unsigned preview_marks(struct slice line);
/* Say in NOTE lines behind the last one what its marks mean. */
void preview_explain(struct preview *p, unsigned marks, size_t bytes);

/* A unified diff as lines; fills files, added, removed. first (TITLE_MAX_BYTES)
 * gets the name of the first file. */
void preview_diff(struct preview *p, struct slice diff, char *first);
void preview_plan(struct preview *p, struct slice payload);
/* Any value that has passed the gate, indented. name may be NULL. */
void preview_json(struct preview *p, const char *name, struct slice raw);

/* What a connector of ours says of the action, from its context (NULL: nothing). */
void preview_about(struct preview *p, const char *context);
/* A payload that is no diff and no plan, by its form; anything else as JSON. */
struct cJSON;
void preview_shape(struct preview *p, struct slice payload, const struct cJSON *root, const char *context);
/* Each of an array in a line of its own: "attached: name a.pdf, size 300". How many. */
int preview_flat_list(struct preview *p, const char *name, struct slice raw);
bool preview_is_mail(const struct cJSON *root);
bool preview_is_patch(const struct cJSON *root);
/* "docs/api.md +2 -1" or "3 files +2 -1". */
void preview_patch_summary(const char *diff, char out[TITLE_MAX_BYTES]);
/* Behind the lines of the payload: where their values come from (context of the
 * approval, may be NULL), and look-alikes. */
void preview_notes(struct preview *p, const char *context);
/* Its lines begin anew; the old ones are the caller's. */
void preview_start(struct preview *p);

#endif
