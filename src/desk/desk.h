/* SPDX-License-Identifier: GPL-3.0-or-later */
/* desk.h - what both faces call, and nothing deeper.
 *
 * Owns    a read-only connection to the store, and this process's worker
 *         thread with its mailbox (worker/worker.h).
 * Thread  the face's (main) thread only. Nothing here waits for the network, a
 *         connector or key derivation, but desk_do().
 * Errors  of opening: ERR_MISSING (no such workspace), ERR_PROTO (damaged or
 *         newer), ERR_IO, ERR_REFUSED (permissions, network filesystem). */
#ifndef DESK_DESK_H
#define DESK_DESK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"
#include "desk/op.h"

struct desk;

struct desk_options {
	const char *home;		/* NULL: by the rules of base/path.h */
	const char *workspace;		/* NULL: $CLAVIGER_WORKSPACE, the setting, or the only one */
	bool read_only;			/* no worker thread; ops are ERR_REFUSED */
};

struct workspace_wish {			/* of desk_create() */
	const char *name, *template_name, *zone, *person;
	const char *key_file;		/* belongs to the passphrase from then on; NULL: none */
};
/* Make a workspace and its vault with this passphrase (taken and freed).
 * ERR_CONFLICT if it exists. Slow (key derivation); no thread is started. */
MUST_USE enum err_code desk_create(const struct desk_options *o, const struct workspace_wish *w, struct secret *pass, struct err *e);
/* Is there any workspace in that home? For the first run. */
bool desk_has_workspace(const struct desk_options *o);

/* Opens the store and returns; the worker thread starts with the first ask. */
MUST_USE enum err_code desk_open(struct desk **out, const struct desk_options *o, struct err *e);
/* Stops the worker thread (calls in flight are finished within a bound or cut,
 * and booked). NULL is fine. */
void desk_close(struct desk *d);

const char *desk_workspace(const struct desk *d);	/* its name */
const char *desk_folder(const struct desk *d);
/* What a new goal may cost at the very most, in words (English): what the caps leave. */
void desk_exposure(struct desk *d, char out[TITLE_MAX_BYTES]);
bool desk_unlocked(const struct desk *d);		/* our own vault is open */

/* Hand an operation to our worker thread; takes op's texts and secret (may be
 * NULL) over. Never blocks. The ticket comes back in its one outcome. A full
 * mailbox gives an ERR_LIMIT outcome. */
uint32_t desk_ask(struct desk *d, struct op *op, struct secret *secret);
/* The next outcome, if one has come. */
bool desk_outcome(struct desk *d, struct outcome *out);
/* Readable when an outcome has come or the database or the board may have changed. */
int desk_wake_fd(const struct desk *d);
int desk_store_fd(const struct desk *d);		/* inotify of the store's tick; -1 if none */

/* For verbs: ask and wait for the outcome. Returns out->err.code. */
MUST_USE enum err_code desk_do(struct desk *d, struct op *op, struct secret *secret, struct outcome *out);

/* The worker without a screen, for `run`: takes the lease, works until idle or
 * for_s seconds or a signal on stop_fd, lets go. See cli-contract `run`. */
struct run_options {
	bool until_idle, events;
	int64_t for_s;			/* 0: no bound */
	int stop_fd;			/* readable: stop; -1: none */
	void (*event)(void *user, const char *json_line);	/* called on the face's thread */
	void (*trouble)(void *user, const struct err *e);	/* the database takes nothing: once, till it takes something again */
	void *user;
};
struct run_result {
	const char *stopped;		/* idle, time, signal, locked, cap, revoked; fault: then it fails with why */
	int64_t calls, cost_pd, pending_approvals;
};
MUST_USE enum err_code desk_run(struct desk *d, const struct run_options *o, struct run_result *r, struct err *e);

#endif
