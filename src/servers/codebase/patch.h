/* SPDX-License-Identifier: GPL-3.0-or-later */
/* patch.h - propose_patch: look at a patch, or make it a commit on the task's branch.
 *
 * Never touches the working tree, the index, HEAD or the branch that is checked
 * out. A commit names the idempotency key of its firing in its last line, and
 * the receipt is kept in the state folder: so a second firing finds the first. */
#ifndef SERVERS_CODEBASE_PATCH_H
#define SERVERS_CODEBASE_PATCH_H

#include "servers/common/mcp.h"

mcp_run patch_propose;	/* user is a struct repo */

#endif
