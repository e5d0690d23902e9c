/* SPDX-License-Identifier: GPL-3.0-or-later */
/* remote.h - the one place that branches may be pushed to, over git's own transports.
 *
 * git works in a throw-away folder that shares nothing with the repository but its
 * objects: no setting of the repository says where it goes (url.*.insteadOf,
 * remote.*), through what (core.sshCommand, http.*) or with whose password
 * (credential.*), and no hook of it runs. Where the remote is a folder, the git at that end runs
 * under our settings too, so that its hooks do not run either. The token is written
 * to a pipe that only the credential helper reads: it stands in no argument,
 * variable, URL or file. */
#ifndef SERVERS_CODEBASE_REMOTE_H
#define SERVERS_CODEBASE_REMOTE_H

#include "servers/codebase/git.h"
#include "servers/codebase/scratch.h"

#define REMOTE_HEADS 300	/* branches of it that are compared with ours */

struct remote {
	const struct repo *r;
	char *address;			/* what git is given: the login apart */
	struct scratch scratch;		/* git's folder */
	char *upload, *receive;		/* options that say what serves at the other end, if that is a folder */
	char *helper;			/* NULL: no token */
	struct secret *login;		/* for the helper */
	const char *protocol;
	struct buf said;		/* git's own words when something failed */
};

/* ERR_USAGE if nothing was granted. remote_close() after either ending. */
MUST_USE enum err_code remote_open(struct remote *m, const struct repo *r, const char *commit, struct err *e);
void remote_close(struct remote *m);

struct remote_heads {
	char tip[OBJECT_ID_MAX];		/* of the branch asked about; "" if it is not there */
	char id[REMOTE_HEADS][OBJECT_ID_MAX];	/* of its branches, its HEAD first */
	size_t n, all;				/* all: how many there are */
};
/* ERR_NET with git's words in m->said. */
MUST_USE enum err_code remote_look(struct remote *m, const char *branch, struct remote_heads *out, struct err *e);

enum remote_end { REMOTE_DONE, REMOTE_REFUSED, REMOTE_UNKNOWN };
/* Move the remote's branch forward to commit, never back or aside. REMOTE_REFUSED: the
 * remote, or git before it sent anything, said no; m->said has the words. */
enum remote_end remote_push(struct remote *m, const char *branch, const char *commit);

#endif
