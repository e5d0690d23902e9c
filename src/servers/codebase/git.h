/* SPDX-License-Identifier: GPL-3.0-or-later */
/* git.h - the git command, run so that nothing in the repository can run.
 *
 * Only plumbing on objects, never the working tree: no hook, filter, textconv,
 * external diff, fsmonitor, pager, credential helper or transport has an
 * occasion, and each is switched off besides. The environment is ours alone. */
#ifndef SERVERS_CODEBASE_GIT_H
#define SERVERS_CODEBASE_GIT_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/gitdir.h"
#include "base/slice.h"
#include "base/spawn.h"

#define OBJECT_ID_MAX 65	/* 64 hex digits (SHA-256 repositories) and the NUL */

struct advice;
struct secret;
struct repo {
	struct gitdir at;
	char *git;	/* the program */
	char *state;	/* our own folder; NULL if none was given: no patches then */
	const char *check, *confine;	/* a person's command for trying a patch, and what confines it; NULL: none */
	const char *push, *push_ca;	/* where branches may be pushed to, and whose certificates to trust; NULL: nowhere, the system's */
	const struct secret *token;	/* for that; borrowed, NULL: none */
	struct advice *advice;	/* borrowed; NULL: a repository's own advice is not given */
};

/* Find git and the repository at root. ERR_MISSING, ERR_USAGE. repo_release() after either ending. */
MUST_USE enum err_code repo_open(struct repo *r, const char *root, const char *state, struct err *e);
void repo_release(struct repo *r);

struct git_run {
	const char *index;	/* GIT_INDEX_FILE; NULL if the command needs none */
	const char *objects;	/* write new objects here and not into the repository; NULL is the repository */
	const char *dir;	/* GIT_DIR, and with it all settings, are here; NULL is the repository */
	const char *protocol;	/* the one transport that may be used; NULL: none */
	const char *const (*settings)[2];	/* more of them, up to a NULL; NULL: none */
	const struct secret *secret;	/* readable on fd 3; NULL: nothing */
	int64_t limit_us;	/* 0: a minute */
	struct slice input;
	struct spawn_result out;	/* set out.out.max for another bound than 64 MiB */
};
void git_run_release(struct git_run *g);

/* args ends with NULL and starts with the subcommand. ERR_OK if it exited with
 * 0, or was stopped because its output was full (g->out.is_cut). Otherwise
 * ERR_IO, with g->out.status and git's own words in g->out.err. May be called
 * again on the same g: output is dropped first. */
MUST_USE enum err_code git_do(const struct repo *r, struct git_run *g, const char *const *args, struct err *e);

/* Our settings as shell words, "git -c ... WORD": for a git that another git starts, which drops them. The caller frees it. */
char *git_shell_words(const struct repo *r, const char *word);
/* Is older newer itself, or behind it? */
bool git_is_ancestor(const struct repo *r, const char *older, const char *newer);
/* The first line of its output, at most max - 1 bytes; false if the command failed or said nothing. */
bool git_line(const struct repo *r, const char *const *args, char *out, size_t max);

#endif
