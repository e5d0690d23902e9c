/* SPDX-License-Identifier: GPL-3.0-or-later */
/* push.h - push_branch: look at what a push would send, or send it.
 *
 * Only a branch that fired patches made, to the one place that a person granted,
 * and only forward. The payload names that place and the commit; both are looked
 * at again when it is fired. What is begun is noted before the first byte leaves: without that
 * note a firing did not happen, with it the remote's own word tells, and where it
 * does not show the commit nobody knows. */
#ifndef SERVERS_CODEBASE_PUSH_H
#define SERVERS_CODEBASE_PUSH_H

#include "servers/common/mcp.h"

mcp_run push_branch;	/* user is a struct repo */
/* The tool's definition; it names the place. The caller frees it. */
char *push_definition(const char *remote);

#endif
