/* SPDX-License-Identifier: GPL-3.0-or-later */
/* desk_private.h - what the files of this room share and the faces do not see.
 *
 * Owns    nothing: what is returned belongs to the desk and lives as long.
 * Thread  the face's. */
#ifndef DESK_DESK_PRIVATE_H
#define DESK_DESK_PRIVATE_H

#include "base/buf.h"
#include "base/path.h"
#include "desk/desk.h"
#include "desk/job.h"
#include "desk/snapshot.h"
#include "worker/board.h"
#include "worker/worker.h"

struct book;
struct store;

struct desk {
	struct paths paths;
	struct workspace_paths where;
	char name[NAME_MAX_BYTES];
	bool read_only;
	char *key_file;			/* $CLAVIGER_KEY_FILE, else NULL: the setting */
	struct store *store;		/* read-only; the face's own */
	struct book *book;		/* published, and the home's */
	struct book *laid;		/* with the workspace's over it; NULL until asked for */
	int64_t laid_state;
	struct buf models, rules, summary_rules;	/* texts the worker reads */
	char holder[TITLE_MAX_BYTES], place[TITLE_MAX_BYTES];

	struct worker *worker;		/* NULL until the first ask */
	int wake_fd, timer_fd, epoll_fd;
	uint32_t tickets;
	bool unlocked, working;		/* as the last outcomes said */
	struct desk_job *waiting;	/* done here, their request row not yet */
	struct desk_job *ready;		/* outcomes to be given to the face */

	struct board_reader *board;
	struct board_view view;
	int64_t last_looked_us;		/* as it was when this desk was opened */
	unsigned rounds_seen;		/* worker_rounds() when its status was last asked */
	int64_t refreshed_minute;
	struct wish refreshed_for;
};

/* The face's own read-only connection. */
struct store *desk_store(struct desk *d);
/* Prices: the built-in file, the overlay of the home, and what the workspace lays over them now. */
const struct book *desk_book(struct desk *d);
/* The same without what the workspace lays over it: list prices. */
const struct book *desk_published(struct desk *d);
/* Start the worker thread if it does not run yet. */
MUST_USE enum err_code desk_start_worker(struct desk *d, struct err *e);
/* Post a job of the desk's own and wait for it (the thread answers at once). */
MUST_USE enum err_code desk_status(struct desk *d, struct worker_status *out, struct err *e);
/* Take in what the worker thread has finished; rows that requests wait for. */
void desk_collect(struct desk *d);
/* Make the wake fd readable once, after that long. */
void desk_set_timer(struct desk *d, int64_t after_us);
/* Wait for something on the desk's fds, at most ms. */
void desk_wait(struct desk *d, int other_fd, int ms);

/* What there is to say about a key beside its state: its age from 90 days on, the
 * end of its session; "" if nothing. Returns out. */
#define KEY_NOTE 80
const char *key_note(const struct key *k, int64_t now_us, char out[KEY_NOTE]);

#endif
