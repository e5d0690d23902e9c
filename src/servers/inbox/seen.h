/* SPDX-License-Identifier: GPL-3.0-or-later */
/* seen.h - what earlier tasks were given of one search, so that a scan that comes
 * round does not work on a mail twice. Kept in the server's own folder, for each
 * search (its folder and criteria) by itself. */
#ifndef SERVERS_INBOX_SEEN_H
#define SERVERS_INBOX_SEEN_H

#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

/* *floor: the highest UID that a task before this one was given; 0 if there was
 * none, or the folder was made anew. high: the highest that is there now, which
 * this task is given. The same task gets the same floor however often it asks. */
MUST_USE enum err_code seen_floor(const char *state, struct slice search, uint64_t validity, int64_t task, uint64_t high, uint64_t *floor, struct err *e);

#endif
