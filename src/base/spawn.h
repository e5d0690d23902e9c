/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spawn.h - other programs, started by posix_spawn() and by nothing else.
 *
 * A child gets: its own process group, default signal actions and an empty mask,
 * exactly the argv, environment and folder named here, fds 0 to 2 (a pipe, or
 * /dev/null), fd 3 if a secret is handed over, and no other fd.
 *
 * Owns    the pipe ends in struct spawn_child until spawn_release().
 * Thread  any. SIGPIPE must be blocked or ignored by whoever writes to in.
 * Errors  ERR_MISSING no such program, ERR_IO. */
#ifndef BASE_SPAWN_H
#define BASE_SPAWN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/secret.h"
#include "base/slice.h"

enum {
	SPAWN_IN = 1,	/* a pipe to its standard input */
	SPAWN_OUT = 2,	/* a pipe from its standard output */
	SPAWN_ERR = 4,	/* a pipe from its standard error */
	SPAWN_PIPES = 7,
};

struct spawn_spec {
	const char *path;		/* absolute; NULL takes argv[0], which then must be */
	const char *const *argv;	/* argv[0] included, ends with NULL */
	const char *const *env;		/* "NAME=value" ..., ends with NULL; NULL is an empty environment */
	const char *folder;		/* NULL is "/" */
	unsigned pipes;			/* SPAWN_* */
	const struct secret *secret;	/* readable on fd 3, then end of file; NULL is none */
	int secret_fd;			/* or an open pipe that becomes fd 3, borrowed; 0 is none */
};

struct spawn_child {
	pid_t pid;		/* also its process group; 0 once it was reaped */
	int in, out, err;	/* our ends, -1 if there is none; close on exec, non-blocking */
	int status;		/* as waitpid() gave it; valid once pid is 0 */
};
#define SPAWN_NONE ((struct spawn_child){0, -1, -1, -1, 0})

MUST_USE enum err_code spawn_start(struct spawn_child *c, const struct spawn_spec *spec, struct err *e);
/* True once the child has ended and was reaped (true again on every later call). Never waits. */
bool spawn_reap(struct spawn_child *c);
/* To the whole group. Nothing happens once it was reaped. */
void spawn_signal(const struct spawn_child *c, int sig);
/* Wait at most wait_us for the end; true if it was reaped. */
bool spawn_wait(struct spawn_child *c, int64_t wait_us);
/* Close the pipes; kill and reap the group if it still lives. */
void spawn_release(struct spawn_child *c);

/* The absolute path of program name in the colon-separated folders of path; NULL if none. The caller frees it. */
char *spawn_find(const char *name, const char *path);

/* --- run to its end -------------------------------------------------------- */
struct spawn_result {
	struct buf out, err;	/* the caller gives the maxima in out.max and err.max */
	bool is_cut;		/* out was full: the child was stopped there (no error) */
	int status;		/* exit status; 128 + signal if a signal ended it (then ours, if is_cut) */
};
/* Feed input, collect output, at most limit_us long (ERR_LIMIT, the group is
 * killed). spec->pipes is ignored. Whatever err.max drops is dropped quietly. */
MUST_USE enum err_code spawn_run(const struct spawn_spec *spec, struct slice input, struct spawn_result *r, int64_t limit_us, struct err *e);

#endif
