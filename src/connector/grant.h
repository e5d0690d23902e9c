/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grant.h - which folders a connector of ours may see.
 *
 * A root is a folder a person opens to a connector. It may neither contain the
 * Claviger home nor lie in it: a connector must never read the vault. */
#ifndef CONNECTOR_GRANT_H
#define CONNECTOR_GRANT_H

#include "base/err.h"

/* Both resolved by realpath(). ERR_MISSING no such folder, ERR_REFUSED it holds the home or lies in it. */
MUST_USE enum err_code connector_root_check(const char *root, const char *home, struct err *e);

#define GRANT_PATHS 16
/* What the codebase server is started with. */
struct grant {
	char *argv[16];			/* ends with NULL */
	char *read_paths[GRANT_PATHS];	/* ends with NULL */
	char *write_paths[GRANT_PATHS];	/* ends with NULL */
};
/* program: absolute path of claviger-codebase; root: the repository; state: its
 * own connectors/NAME/ folder (made if missing). The working tree is not
 * granted at all: the server reads objects, and writes objects and branches. */
MUST_USE enum err_code grant_codebase(struct grant *g, const char *program, const char *root, const char *home, const char *state,
    struct err *e);
void grant_release(struct grant *g);

#endif
