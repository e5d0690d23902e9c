/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diff.h - a unified diff for one replacement in one file. Pure. */
#ifndef PRACTICE_DIFF_H
#define PRACTICE_DIFF_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/slice.h"

/* Append to out, as `git apply -p1` takes it, the diff that replaces the first
 * occurrence of old in content by new. An empty old puts new at the end, on
 * lines of its own. new's lines end as the file's do. is_whole: content is all
 * of the file; if not, a change near its end cannot be told. False (and nothing
 * is written) then, if old does not occur, nothing would change, or content holds NUL. */
bool diff_replace(struct buf *out, const char *path, struct slice content, bool is_whole, struct slice old, struct slice new);
/* The diff that makes a file. */
bool diff_create(struct buf *out, const char *path, struct slice content);
/* Git's way to write a path in a diff: quoted as in C if it must be. */
void diff_path(struct buf *out, const char *prefix, const char *path);

#endif
