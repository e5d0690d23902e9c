/* SPDX-License-Identifier: GPL-3.0-or-later */
/* check.h - the command a person named for checking a patch: run on a copy of the
 * tree as it would be, so that its result can be shown beside the proposal.
 *
 * The patch is an agent's and the command runs what it holds. So it runs in a
 * confinement inside ours: it sees the copy and the system's programs, nothing of
 * the repository, no network; it has CHECK_LIMIT_US. Where it cannot be confined so
 * it is not run, and that is what is said. */
#ifndef SERVERS_CODEBASE_CHECK_H
#define SERVERS_CODEBASE_CHECK_H

#include "base/buf.h"
#include "base/clock.h"
#include "servers/codebase/git.h"

#define CHECK_LIMIT_US (40 * US_PER_S)
#define CHECK_FILES 50000
#define CHECK_BYTES ((size_t)256 << 20)

/* tree: an object of the repository or of the folder objects. What came of it, in
 * some lines for people, is appended to words. Never fails: it says why instead. */
void check_run(const struct repo *r, const char *objects, const char *tree, struct buf *words);

#endif
