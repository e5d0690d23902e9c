/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scratch.h - throw-away folders, each held by a kernel lock while it is used.
 *
 * A server that is killed leaves its own behind; the next one that starts on the
 * same state folder removes what nobody holds. */
#ifndef SERVERS_CODEBASE_SCRATCH_H
#define SERVERS_CODEBASE_SCRATCH_H

#include "base/err.h"

struct scratch {
	char *folder;		/* NULL: none */
	int lock;
};

/* A new, empty folder in parent, which exists. On failure *s holds nothing. */
MUST_USE enum err_code scratch_open(struct scratch *s, const char *parent, struct err *e);
/* Remove it with all that is in it; links are not followed. Nothing to do if there is none. */
void scratch_close(struct scratch *s);
/* Remove those in parent that nobody holds. */
void scratch_sweep(const char *parent);

#endif
