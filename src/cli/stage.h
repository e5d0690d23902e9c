/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stage.h - a throw-away place to practise in: a folder with a home, a small git
 * repository and a passphrase, and the practice vendor as a child.
 *
 * Owns    all of it; stage_clear() ends the child and removes the folder.
 * Thread  main. */
#ifndef CLI_STAGE_H
#define CLI_STAGE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/spawn.h"

struct stage {
	char *folder, *home, *repo, *pass_file;
	char *url;		/* of the practice vendor: http://127.0.0.1:PORT */
	int port;
	char key[80];		/* of the practice vendor's form; opens nothing */
	struct spawn_child practice;
};
#define STAGE_GOAL "Correct the spelling of \"recieve\" in docs/guide.md"

/* rate: events a second of the practice vendor; NULL: as fast as it goes. *s is
 * cleared after a failure. ERR_MISSING if git or claviger-practice is not there. */
MUST_USE enum err_code stage_make(struct stage *s, const char *rate, struct err *e);
void stage_clear(struct stage *s);
/* The body of GET path at the practice vendor. */
MUST_USE enum err_code stage_fetch(const struct stage *s, const char *path, struct buf *body, struct err *e);
/* git in the repository; its output replaces out. */
MUST_USE enum err_code stage_git(const struct stage *s, const char *const *args, struct buf *out, struct err *e);

#endif
