/* SPDX-License-Identifier: GPL-3.0-or-later */
/* archive.h - files in one file, as POSIX ustar: any tar lists and unpacks it. Plain
 * files with short names only; what else stands in an archive is refused.
 *
 * Errors  ERR_PROTO for what is no such archive, ERR_LIMIT for sizes, ERR_IO. */
#ifndef DESK_ARCHIVE_H
#define DESK_ARCHIVE_H

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/hash.h"
#include "base/slice.h"

#define ARCHIVE_NAME 101
#define ARCHIVE_SIZE_MAX ((int64_t)077777777777)	/* 8 GiB: what the header has room for */

MUST_USE enum err_code archive_put(int fd, const char *name, struct slice bytes, int64_t now_us, struct err *e);
/* size bytes of from. */
MUST_USE enum err_code archive_put_fd(int fd, const char *name, int from, int64_t size, int64_t now_us, struct err *e);
MUST_USE enum err_code archive_end(int fd, struct err *e);

struct archive_member {
	char name[ARCHIVE_NAME];
	int64_t size;
};
/* The next header; name "" at the end. Its bytes are to be taken by archive_take() before the next. */
MUST_USE enum err_code archive_next(int fd, struct archive_member *out, struct err *e);
/* To an fd, with its hash. */
MUST_USE enum err_code archive_take(int fd, const struct archive_member *m, int to, struct hash *sum, struct err *e);
/* A small one, appended to a buffer that has the room. */
MUST_USE enum err_code archive_take_text(int fd, const struct archive_member *m, struct buf *out, struct err *e);

#endif
