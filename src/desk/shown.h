/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shown.h - the long texts of a snapshot: a task's transcript, an approval's
 * preview, its raw bytes, what happened since. Only desk/. */
#ifndef DESK_SHOWN_H
#define DESK_SHOWN_H

#include "desk/snapshot.h"

struct store;

void shown_clear(struct shown *s);
/* text is cut into lines, each raw. */
void shown_add(struct shown *s, enum shown_role role, const char *text, size_t len);
void shown_addf(struct shown *s, enum shown_role role, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* The last entries of the task, at most 400 of them. */
void shown_transcript(struct store *s, int64_t task, struct shown *out);
/* Preview, raw bytes, facts and the agent's words about an approval. */
void shown_approval(struct store *s, int64_t id, struct snapshot *out);
/* What happened since then; empty if nothing did. */
void shown_back(struct store *s, int64_t since_us, struct shown *out);

#endif
