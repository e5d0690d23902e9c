/* SPDX-License-Identifier: GPL-3.0-or-later */
/* change.h - a patch turned into a tree, and what git says really changed.
 *
 * The tree is built in an index of our own; with scratch set its objects go to a
 * throw-away folder, so that looking at a patch leaves nothing in the repository. */
#ifndef SERVERS_CODEBASE_CHANGE_H
#define SERVERS_CODEBASE_CHANGE_H

#include "base/buf.h"
#include "servers/codebase/diff.h"
#include "servers/codebase/view.h"

struct change_file {
	char *path;		/* relative to the root */
	char kind;		/* 'A' added, 'M' modified, 'D' deleted */
	int64_t insertions, deletions;
	bool mode_changed;
};

struct change {
	struct change_file *files;
	size_t count;
	int64_t insertions, deletions;
	char tree[OBJECT_ID_MAX];
	int64_t moved_hunks;	/* found at another line than the diff said */
	struct buf checked;	/* what the person's command said of it; empty: it was not asked */
};

/* words: git's own complaint, for the agent. With scratch and try_it the person's command is run on it. */
MUST_USE enum err_code change_make(struct change *c, const struct repo *r, const struct view *v, struct slice diff, const struct diff *parsed,
    bool scratch, bool try_it, struct buf *words, struct err *e);
void change_release(struct change *c);

#endif
