/* SPDX-License-Identifier: GPL-3.0-or-later */
/* workspace.h - which workspace is meant, and making one. Only desk/. */
#ifndef DESK_WORKSPACE_H
#define DESK_WORKSPACE_H

#include "base/path.h"
#include "model/record.h"

/* wanted, else $CLAVIGER_WORKSPACE, else the only one there is. ERR_MISSING with
 * what to do; ERR_USAGE when there are several. */
MUST_USE enum err_code workspace_choose(const struct paths *p, const char *wanted, char name[NAME_MAX_BYTES], struct err *e);
/* Names of all workspaces, sorted; the caller frees each and the list. */
char **workspace_names(const struct paths *p, int *n);
/* The home, if it is there, is ours and closed to others; a link to it is followed. ERR_USAGE with the chmod. */
MUST_USE enum err_code workspace_check_home(const struct paths *p, struct err *e);
/* Hidden folders beside the workspaces: one on its way in or out. Who makes one holds it
 * (a lock on a file in it; -1 if it cannot be had); what nobody holds is swept. */
#define WORKSPACE_HOLD "hold"
#define WORKSPACE_COMING ".restore-"
#define WORKSPACE_GOING ".destroyed-"
int workspace_hold(const char *folder);
void workspace_sweep(const struct paths *p);
/* A folder with all that is in it; links are removed, not followed. 0, or -1 with errno. */
int workspace_remove(const char *folder);

#endif
