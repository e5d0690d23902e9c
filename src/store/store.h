/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store.h - the one door to a workspace's data (SQLite, one folder a workspace).
 *
 * Owns    claviger.db and, beside it, gate (checkpoints), tick (wakes readers),
 *         worker.lock (store/lease.h). All mode 0600 in a folder of mode 0700.
 * Thread  a store belongs to one thread. Threads and processes meet in the file.
 * Errors  ERR_MISSING no workspace here; ERR_PROTO damaged, or written by a newer
 *         Claviger; ERR_CONFLICT busy for longer than the wait; ERR_IO disk full,
 *         permissions, read-only store. After any failure nothing of the operation
 *         is in the file.
 * Memory  records returned own their heap texts: NOUN_release() them.
 *
 * Every write operation joins the transaction that is open, or makes its own; one
 * that fails inside an open one undoes its own part only. Lists take the room the
 * caller has (rows, limit), give the count in *n, newest first unless said
 * otherwise, and use an index: no read here grows with history (I12). */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct store;
enum store_mode {
	STORE_READ,	/* never waits: ERR_CONFLICT at once if busy */
	STORE_WRITE,	/* also upgrades an older database, after a backup of it */
	STORE_CREATE	/* makes folder and database; ERR_CONFLICT if there is one */
};

/* *out is NULL after a failure. Leaves the process's zone alone: call
 * clock_use_zone(store_zone(s)) before bookings and caps. */
MUST_USE enum err_code store_open(struct store **out, const char *folder, enum store_mode mode, struct err *e);
void store_close(struct store *s);	/* NULL is fine; rolls back what is open, lets go of the lease */

/* Depth-counted. The outermost begins IMMEDIATE under the shared gate; inner ones
 * are savepoints. Rollback undoes its own level. */
MUST_USE enum err_code store_begin(struct store *s, struct err *e);
MUST_USE enum err_code store_commit(struct store *s, struct err *e);
void store_rollback(struct store *s);
/* As store_begin(), for what may be lost if the power fails before the next commit: what it
 * commits is seen by all at once and outlives the process, but is on the disk only with the
 * next commit of any writer, or store_sync(). Because the log is written in order, nothing
 * that came later is kept without it. For a settlement, whose hold is on the disk already:
 * lost, the call counts in full as cut. Inside another transaction that one decides. */
MUST_USE enum err_code store_begin_soon(struct store *s, struct err *e);
/* Puts on the disk what is not there yet; nothing to do: ERR_OK at once. ERR_IO if the disk
 * fails: this store begins nothing more then, since what is believed written may not be. */
MUST_USE enum err_code store_sync(struct store *s, struct err *e);
/* How the last write failed, if none has succeeded since: no room, a disk that fails, a database
 * that another program keeps locked. ERR_OK: none did. After a failed store_sync() it stays. */
enum err_code store_fault(const struct store *s, struct err *e);
/* True if anything at all failed so since the last call, reading too: what was looked for is to be looked for again. */
bool store_stumbled(struct store *s);
/* Write what changes nothing, to see whether it can be done again. */
MUST_USE enum err_code store_try(struct store *s, struct err *e);
/* Several reads of one state (readers only; no nesting). */
MUST_USE enum err_code store_view_begin(struct store *s, struct err *e);
void store_view_end(struct store *s);

enum store_checkpoint { CHECKPOINT_IF_LARGE, CHECKPOINT_TRUNCATE };
/* *done (may be NULL) is false when another process would not let go in time or, for IF_LARGE,
 * when there was nothing to do: no error, ask again later. ERR_IO if it failed. */
MUST_USE enum err_code store_checkpoint(struct store *s, enum store_checkpoint kind, bool *done, struct err *e);

/* Readable when another connection may have committed; -1 if inotify is not to be had. */
int store_watch_fd(struct store *s);
/* Drains it and asks the database: true if somebody else committed since the last call. */
bool store_changed(struct store *s);

const char *store_folder(const struct store *s);
const char *store_workspace(const struct store *s);	/* its id: 32 hex digits, for life */
const char *store_name(const struct store *s);		/* as opened or set by this store */
const char *store_zone(const struct store *s);		/* "" : the process's */
MUST_USE enum err_code store_set_name(struct store *s, const char *name, struct err *e);
MUST_USE enum err_code store_set_zone(struct store *s, const char *zone, struct err *e);

/* Small named values. *out is the caller's, NULL if there is none. value NULL removes. */
MUST_USE enum err_code store_setting_get(struct store *s, const char *name, char **out, struct err *e);
MUST_USE enum err_code store_setting_set(struct store *s, const char *name, const char *value, struct err *e);

/* Which root the sealed and signed records are made with: 1, and one more with each rekey. */
MUST_USE enum err_code store_generation(struct store *s, uint32_t *out, struct err *e);
MUST_USE enum err_code store_set_generation(struct store *s, uint32_t generation, struct err *e);

const char *store_engine(void);	/* what it is built on, and the version */
/* The whole file and its foreign keys, for doctor (grows with history). ERR_PROTO names the first fault. */
MUST_USE enum err_code store_check(struct store *s, struct err *e);
/* A copy of the database (without the WAL) to a new file of mode 0600. */
MUST_USE enum err_code store_backup(struct store *s, const char *path, struct err *e);

#endif
