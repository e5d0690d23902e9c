/* SPDX-License-Identifier: GPL-3.0-or-later */
/* path.h - where things are, and whether that is a place for them. Not for pure rooms.
 *
 * Owns    nothing: each struct owns its strings until its release.
 * Thread  any, but the environment is read: find the paths before threads start.
 * Errors  ERR_USAGE for a name or folder that may not be used (with a mend),
 *         ERR_MISSING, ERR_IO. */
#ifndef BASE_PATH_H
#define BASE_PATH_H

#include <stdbool.h>

#include "base/err.h"

#define PATH_WORKSPACE_NAME_MAX 64	/* bytes */

struct paths {
	char *home;		/* --home, $CLAVIGER_HOME, $XDG_DATA_HOME/claviger, ~/.local/share/claviger */
	char *workspaces;	/* home/workspaces */
	char *config;		/* the file: $XDG_CONFIG_HOME/claviger/config */
	char *state;		/* the folder: $XDG_STATE_HOME/claviger */
	char *log;		/* state/log */
};

/* Work the paths out; nothing is made or looked at. home_option may be NULL.
 * All are absolute; XDG variables that are not are ignored, as the standard says. */
MUST_USE enum err_code paths_find(struct paths *out, const char *home_option, struct err *e);
void paths_release(struct paths *p);

/* A workspace's folder and what is in it. */
struct workspace_paths {
	char *folder;		/* workspaces/NAME, mode 0700 */
	char *database;		/* claviger.db */
	char *vault;		/* vault.key */
	char *lock;		/* worker.lock */
	char *tick;
	char *board;
	char *connectors;	/* the folder with one folder per connector */
};

/* Letters, digits, '-', '_' and '.'; 1 to 64 of them; no leading dot or dash. */
bool path_workspace_name_ok(const char *name);
MUST_USE enum err_code workspace_paths_find(struct workspace_paths *out, const struct paths *p, const char *name, struct err *e);
void workspace_paths_release(struct workspace_paths *w);
/* connectors/NAME (caller frees); NULL when name breaks the rules of a workspace's name. */
char *workspace_connector_folder(const struct workspace_paths *w, const char *name);

/* Make the folder (0700) and those above it where missing, then check it. */
MUST_USE enum err_code path_make_private(const char *folder, struct err *e);
/* Refuses what is no folder, is a symbolic link, belongs to somebody else, is
 * open to group or world in any way, or lies on a network filesystem. */
MUST_USE enum err_code path_check_private(const char *folder, struct err *e);
/* The same for a file that holds a secret: ours, regular, no access for others. */
MUST_USE enum err_code path_check_private_file(int fd, const char *name, struct err *e);

/* Whether statfs's f_type, or for FUSE the type's name in mountinfo (may be
 * NULL), is a filesystem whose locks and renames we do not trust. */
bool path_is_network_fs(unsigned long f_type, const char *type_name);

/* True if inner is outer or lies in it, symbolic links followed as far as the
 * path exists. For roots of connectors, asked both ways round. */
bool path_is_inside(const char *inner, const char *outer);

/* One of our own helper programs, found beside the running one: in
 * ../libexec/claviger or in the same folder. NULL if it is in neither (caller frees). */
char *path_helper(const char *name);

#endif
