/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plain_lists.h - the snapshot as labelled lines. What came from outside passes
 * base/text on its way out. Thread: main. */
#ifndef CONSOLE_PLAIN_LISTS_H
#define CONSOLE_PLAIN_LISTS_H

#include "console/sheet.h"
#include "desk/snapshot.h"

void plain_say(const char *fmt, ...) PRINTF_LIKE(1, 2);	/* one line, made safe */
void plain_prompt(const char *words);
void plain_sheet(const struct sheet *sh);
void plain_status(const struct snapshot *s, bool read_only);
void plain_list(const struct snapshot *s, char which, bool hides);	/* '1' to '5', as the panes */
void plain_back(const struct snapshot *s);
void plain_help(void);

#endif
