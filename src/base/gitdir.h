/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gitdir.h - where the repository of a folder lives, found without running git.
 *
 * The connector room grants these paths to the codebase server, and that server
 * hands them to git, so that both look at the same folders. Nothing in the
 * repository is trusted: a `.git` file counts only if the folder it names points
 * back to it, an alternate only if it looks like an object folder. */
#ifndef BASE_GITDIR_H
#define BASE_GITDIR_H

#include <stdbool.h>

#include "base/err.h"

#define GITDIR_ALTERNATES 8

struct gitdir {
	char *root;		/* the folder asked about, absolute, links resolved */
	char *dir;		/* GIT_DIR */
	char *common;		/* the same, but for a linked worktree */
	char *prefix;		/* root inside the worktree: "" or "sub/folder/" */
	bool is_bare;		/* root is itself a bare repository */
	char *alternates[GITDIR_ALTERNATES + 1];	/* other object folders; ends with NULL */
};

/* ERR_MISSING no such folder, ERR_USAGE no repository or one of a kind that is
 * not supported (the text says which). g is empty after a failure. */
MUST_USE enum err_code gitdir_find(struct gitdir *g, const char *root, struct err *e);
void gitdir_release(struct gitdir *g);

#endif
