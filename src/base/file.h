/* SPDX-License-Identifier: GPL-3.0-or-later */
/* file.h - whole files: read with a bound, replaced atomically. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/* Append the file's bytes to out (at most out->max). ERR_MISSING, ERR_LIMIT, ERR_IO. */
MUST_USE enum err_code file_read(const char *path, struct buf *out, struct err *e);
/* Write beside, fsync, rename over, fsync the folder. */
MUST_USE enum err_code file_replace(const char *path, struct slice bytes, mode_t mode, struct err *e);
/* mkdir -p with mode for each folder made. */
MUST_USE enum err_code file_make_folders(const char *path, mode_t mode, struct err *e);
bool file_exists(const char *path);

#endif
