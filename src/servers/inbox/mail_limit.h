/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mail_limit.h - how much of a mail GMime is given, so that none takes more memory than
 * it may, however it is made. */
#ifndef SERVERS_INBOX_MAIL_LIMIT_H
#define SERVERS_INBOX_MAIL_LIMIT_H

#include <stdint.h>

#include "base/slice.h"

/* The offset in the file fd at which it ends for GMime: the start of a line; -1: where
 * the file itself does. Read from its start; its position stays. */
int64_t mail_limit_file(int fd);
/* So much of a head as is looked at: s, or its start up to the end of a line. */
struct slice mail_limit_head(struct slice s);

#endif
