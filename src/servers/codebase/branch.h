/* SPDX-License-Identifier: GPL-3.0-or-later */
/* branch.h - a task's branch: one commit is added to it, by a firing that its last line names. */
#ifndef SERVERS_CODEBASE_BRANCH_H
#define SERVERS_CODEBASE_BRANCH_H

#include "servers/codebase/change.h"
#include "servers/codebase/view.h"
#include "servers/common/mcp.h"

/* ERR_CONFLICT if someone has the branch checked out: moving it would make their index look wrong. */
MUST_USE enum err_code branch_is_free(const struct repo *r, const struct view *v, struct err *e);
/* c's tree as one commit more on the branch; its id goes to id. ERR_CONFLICT if the branch moved meanwhile. */
MUST_USE enum err_code branch_commit(const struct repo *r, const struct view *v, const char *title, const char *text, const struct mcp_call *call,
    const struct change *c, char id[OBJECT_ID_MAX], struct err *e);
/* The commit on the branch whose last line names the firing key; false if there is none. */
bool branch_find_commit(const struct repo *r, const struct view *v, const char *key, char id[OBJECT_ID_MAX]);
/* Was the commit made by a firing? Its last line says so, which no agent can write. */
bool branch_commit_is_ours(const struct repo *r, const char *commit);

#endif
