/* SPDX-License-Identifier: GPL-3.0-or-later */
/* console.h - the full-screen face, and its plain one without a screen.
 *
 * Thread  main only. Signals are taken over while it runs and given back.
 * Errors  ERR_USAGE for a keymap that is refused (named in words), ERR_IO when
 *         there is no terminal to draw on. */
#ifndef CONSOLE_CONSOLE_H
#define CONSOLE_CONSOLE_H

#include <stdbool.h>

#include "base/err.h"
#include "desk/desk.h"

enum console_colour { COLOUR_AUTO, COLOUR_NEVER, COLOUR_16, COLOUR_256 };
enum console_hides { HIDES_CONTENT, HIDES_ALL, HIDES_NOTHING };

struct console_options {
	const struct desk_options *desk;	/* how a workspace is opened; used by the first run */
	bool read_only;			/* look, decide nothing */
	bool plain;			/* flat labelled lines, no redraw */
	bool ascii;			/* ASCII lines, marks and texts */
	enum console_colour colour;
	const char *theme;		/* "default", "blind", "mono"; NULL: default */
	enum console_hides hides;	/* what the lock screen hides */
	int idle_lock_s;		/* lock the screen after that long without a key; 0: never */
	int idle_close_s;		/* close the vault after that long without a key or work to do; 0: never */
	int arm_delay_ms;		/* 0: 600 */
	bool no_bell, no_title;
	const char *const *bindings;	/* "approvals.approve=Y" ..., ends with NULL; may be NULL */
	/* Start the practice vendor and give the office its practice goal, after a
	 * first run that has no key. NULL: not offered. d is unlocked. */
	enum err_code (*practice)(void *user, struct desk *d, struct err *e);
	void *practice_user;
};

/* Run until the person quits or the terminal goes away. *d may be NULL when
 * there is no workspace: the first run makes one and stores it in *d; the
 * caller closes it. */
MUST_USE enum err_code console_run(struct desk **d, const struct console_options *o, struct err *e);

#endif
