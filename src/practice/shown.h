/* SPDX-License-Identifier: GPL-3.0-or-later */
/* shown.h - the files an agent was shown in its tool results.
 *
 * A list is the answer of a tool CONNECTOR__list_files: one path a line (or a
 * JSON array of paths, or of objects with a "path"). A file is the answer of
 * CONNECTOR__read_file: head lines `name: value`, an empty line, the content.
 * Everything is borrowed from the talk but for what is in a buf. */
#ifndef PRACTICE_SHOWN_H
#define PRACTICE_SHOWN_H

#include <stdbool.h>

#include "base/buf.h"
#include "practice/talk.h"

struct shown_file {
	struct slice blob, content;
	bool is_whole;		/* the content is the file to the last byte: its blob id says so */
	struct buf own;		/* holds them when they came as JSON */
};

/* The first listed path that matches the glob (whole path, or its last part if
 * the glob has no slash; case does not matter) and was not refused when read.
 * connector "" means any. False if there is none. */
bool shown_pick(const struct talk *t, const char *connector, const char *glob, struct buf *path);
/* The newest good answer that shows that file. Release own afterwards. */
bool shown_find(const struct talk *t, const char *connector, const char *path, struct shown_file *f);
/* The first listed path that is named in the text, by its whole path or by its last part. */
bool shown_mentioned(const struct talk *t, const char *connector, const char *text, struct buf *path);
/* The path of the newest good read_file. */
bool shown_read(const struct talk *t, const char *connector, struct buf *path);
/* How many paths the agent was shown in lists. */
size_t shown_count(const struct talk *t, const char *connector);
/* `*` and `?`; without regard to case. */
bool glob_match(const char *glob, const char *text, size_t len);

#endif
