/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cli.h - the face without a screen: argv in, text or JSON out.
 *
 * Thread  main.
 * Errors  one line on standard error, and the exit status of the contract. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "desk/desk.h"
#include "desk/verb.h"

struct cli {
	struct verb_words words;	/* borrows argv */
	struct desk_options desk;
	bool json, quiet;
	bool out_is_terminal;	/* standard output */
	bool has_color;
	int passphrase_fd;	/* -1: none given */
};

#define CLI_GO_ON (-1)

/* Read argv (with the program's name). CLI_GO_ON, or the exit status when all is
 * said: help, version, words that are off. SIGPIPE is ignored from here on. */
int cli_begin(struct cli *c, int argc, char *const *argv);
/* It is the console that was asked for. */
bool cli_wants_console(const struct cli *c);
/* Do the verb; the exit status. The console is opened through `console`
 * (by `demo` on a terminal) on an open, unlocked desk: its exit status. */
typedef int cli_console(void *user, struct desk **d);
int cli_run(struct cli *c, cli_console *console, void *user);

/* For a first run without a key: start the practice vendor, and give d (open and
 * unlocked) a practice key, a small repository and a goal. *practice has to be
 * ended after d is closed. */
struct cli_practice;	/* opaque */
MUST_USE enum err_code cli_practice(struct cli_practice **practice, struct desk *d, struct err *e);
void cli_practice_end(struct cli_practice *practice);	/* NULL is fine */

/* "claviger: what went wrong: what to do" on standard error; the exit status. */
int cli_fail(const struct err *e);

#endif
