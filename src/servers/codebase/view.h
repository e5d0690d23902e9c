/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view.h - what a task sees of the repository: its own branch if it has one that
 * is ahead, else HEAD. A branch that was merged counts as HEAD, so that later
 * patches of the task start from there. */
#ifndef SERVERS_CODEBASE_VIEW_H
#define SERVERS_CODEBASE_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "servers/codebase/git.h"

struct view {
	char commit[OBJECT_ID_MAX];	/* read and build on this; "" in a repository without commits */
	char branch[64];		/* "claviger/T12"; "" without a task */
	char tip[OBJECT_ID_MAX];	/* where the branch is now; "" if it is not there */
	bool is_branch;			/* commit is the branch's tip, not HEAD */
};

void view_pick(const struct repo *r, int64_t task, struct view *v);

struct entry {
	char mode[8];		/* "100644" ...; "" if there is nothing at the path */
	char id[OBJECT_ID_MAX];
};

/* The entry at root-relative path. ERR_REFUSED with a reason for paths that may not be named. */
MUST_USE enum err_code view_entry(const struct repo *r, const struct view *v, const char *path, struct entry *out, struct err *e);
/* The path as git knows it: with the root's prefix. The caller frees it. */
char *view_full_path(const struct repo *r, const char *path);

#endif
