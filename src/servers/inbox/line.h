/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line.h - text of mails made fit for a model: valid UTF-8, no control bytes, no
 * characters that nobody sees. A header's value can then never look like another
 * line of ours. Pure. */
#ifndef SERVERS_INBOX_LINE_H
#define SERVERS_INBOX_LINE_H

#include "base/buf.h"
#include "base/slice.h"

/* One line of at most max bytes, appended; NULL gives nothing. */
void line_add(struct buf *out, const char *text, size_t max_bytes);
/* Lines: \r\n and \r become \n, a tab stays; returns how many hidden characters were left out. */
size_t lines_add(struct buf *out, struct slice text);

#endif
