/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plain.h - the console as labelled flat lines: for screen readers, slow links
 * and tests. Lines in, lines out; nothing is drawn twice.
 *
 * Thread  main. */
#ifndef CONSOLE_PLAIN_H
#define CONSOLE_PLAIN_H

#include "console/console.h"

/* Until `q`, the end of input or a signal. ERR_MISSING without a workspace. */
MUST_USE enum err_code plain_run(struct desk *d, const struct console_options *o, struct err *e);

#endif
