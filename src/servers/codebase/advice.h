/* SPDX-License-Identifier: GPL-3.0-or-later */
/* advice.h - AGENTS.md: what a repository says to those who work in it.
 *
 * It is given with the answers of the reading tools, once a task: that of the root
 * and those of the folders down to the path asked about, from what is committed,
 * as everything that is read here. In an answer it stands in the task's history,
 * where nothing moves, and not in front of it, where each other repository or
 * change of it would make a vendor's cache worthless.
 *
 * It is a stranger's text like a file's: each line stands behind `| `, so that none
 * can pass for one of ours, with a visible mark for each hidden character; it is
 * bounded; links are not followed. The office takes the whole answer for outside
 * text, and what it says decides nothing here. */
#ifndef SERVERS_CODEBASE_ADVICE_H
#define SERVERS_CODEBASE_ADVICE_H

#include "servers/codebase/view.h"
#include "servers/common/mcp.h"

#define ADVICE_FILE_MAX ((size_t)12 << 10)	/* bytes of one that are given */
#define ADVICE_MAX ((size_t)24 << 10)		/* bytes of all in one answer */

struct advice;	/* which task was given which */
struct advice *advice_new(void);
void advice_free(struct advice *a);

/* What holds for path (relative to the root; "" is the root) and the task was not given yet is
 * appended to the reply, and named in its structured content: {"advice":["AGENTS.md"]}.
 * Nothing for task 0, or where r has no struct advice. is_file: say too what was given before. */
void advice_give(const struct repo *r, const struct view *v, int64_t task, const char *path, bool is_file, struct mcp_reply *reply);

#endif
