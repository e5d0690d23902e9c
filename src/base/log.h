/* SPDX-License-Identifier: GPL-3.0-or-later */
/* log.h - the program's own diary, for its developers. Off unless opened.
 *
 * Never a payload, a header, a URL's query, a key or text from outside: ids,
 * states, sizes and our own words. Any thread. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/err.h"

enum log_level { LOG_ERROR, LOG_NOTE, LOG_DEBUG };

/* Append to path (mode 0600), up to that level; each line bears our pid and name (a
 * workspace's). One that has grown over 1 MiB is renamed to PATH.1 first. */
MUST_USE enum err_code log_open(const char *path, enum log_level most, const char *name, struct err *e);
void log_close(void);
void log_line(enum log_level level, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
