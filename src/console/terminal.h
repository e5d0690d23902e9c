/* SPDX-License-Identifier: GPL-3.0-or-later */
/* terminal.h - the curses back end: keys in, the difference of a grid out, and
 * the terminal as it was on any end of the process.
 *
 * Thread  main. terminal_rescue() may run anywhere, in a signal handler too. */
#ifndef CONSOLE_TERMINAL_H
#define CONSOLE_TERMINAL_H

#include "console/canvas.h"
#include "console/console.h"

struct terminal;

MUST_USE enum err_code terminal_open(struct terminal **out, const struct console_options *o, struct err *e);
void terminal_close(struct terminal *t);	/* NULL is fine */
bool terminal_is_ascii(const struct terminal *t);
void terminal_size(int *cols, int *rows);

/* Send what differs from what was sent before; nothing differs, nothing is sent. */
void terminal_send(struct terminal *t, const struct grid *g);
void terminal_repaint(struct terminal *t);	/* the next send paints everything */
void terminal_resized(struct terminal *t);
void terminal_bell(void);
void terminal_title(struct terminal *t, const char *title);
/* The next key (keymap.h), K_NONE if there is none. */
int terminal_key(struct terminal *t);
void terminal_flush_input(void);

void terminal_leave(struct terminal *t);	/* for another program, or for a stop */
void terminal_return(struct terminal *t);
/* Restore by plain writes: no curses, no heap. */
void terminal_rescue(void);

#endif
