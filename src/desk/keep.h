/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keep.h - a workspace as a whole: taken out in open formats, put aside in one
 * file, put back, done away with. None of it opens the vault: no secret comes out in
 * clear. An export holds everything but the sealed values; a backup holds the database
 * and vault.key, so that the passphrase opens it and nothing else does.
 *
 * Thread  the face's, which waits: for verbs, not for the console.
 * Errors  ERR_CONFLICT what is to be made is there already, or somebody works;
 *         ERR_PROTO a file that is no backup or is damaged; ERR_MISSING, ERR_IO. */
#ifndef DESK_KEEP_H
#define DESK_KEEP_H

#include <stdint.h>

#include "desk/desk.h"

struct kept {
	int files;
	int64_t rows, bytes;
	char name[NAME_MAX_BYTES];		/* of the workspace */
	int taken_back, unknown, paused;	/* of a restored one: store/adopt.h */
};

/* DIR is made, or is an empty folder: TABLE.jsonl and TABLE.csv for each table, manifest.json, SHA256SUMS. */
MUST_USE enum err_code desk_export(struct desk *d, const char *folder, struct kept *out, struct err *e);
/* One ustar file of mode 0600: manifest.json, claviger.db, vault.key. */
MUST_USE enum err_code desk_backup(struct desk *d, const char *path, struct kept *out, struct err *e);
/* Into a new workspace: o->workspace, or NULL for the name it had. ERR_CONFLICT too if
 * this home has the very workspace already, under whichever name: two of one would carry
 * out the same approvals twice. */
MUST_USE enum err_code desk_restore(const struct desk_options *o, const char *path, struct kept *out, struct err *e);
/* Is there a workspace of that name, whole or not? ERR_MISSING. */
MUST_USE enum err_code desk_find(const struct desk_options *o, const char *name, struct err *e);
/* The wrapped root first, then the rest. ERR_CONFLICT while a worker is at it. */
MUST_USE enum err_code desk_destroy(const struct desk_options *o, const char *name, struct err *e);

#endif
