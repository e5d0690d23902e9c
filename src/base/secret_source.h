/* SPDX-License-Identifier: GPL-3.0-or-later */
/* secret_source.h - secrets that come from outside, read straight into locked memory.
 *
 * Never through stdio or ordinary heap. One newline at the end is dropped (but by
 * secret_from_file_whole), blanks are kept (a passphrase may end in one). Not for pure rooms.
 *
 * Errors  ERR_USAGE for a file that others may read (with a mend) or an empty
 *         secret, ERR_LIMIT over SECRET_MAX, after time, or when locked memory is
 *         full, ERR_MISSING, ERR_IO. No error holds a byte of the secret. */
#ifndef BASE_SECRET_SOURCE_H
#define BASE_SECRET_SOURCE_H

#include "base/err.h"
#include "base/secret.h"

/* Read fd to its end. fd stays open and may block. */
MUST_USE enum err_code secret_from_fd(int fd, struct secret **out, struct err *e);
/* A regular file of ours with mode 0600 or less. */
MUST_USE enum err_code secret_from_file(const char *path, struct secret **out, struct err *e);
/* The same, every byte as it is: a key file is no text. */
MUST_USE enum err_code secret_from_file_whole(const char *path, struct secret **out, struct err *e);
/* $CREDENTIALS_DIRECTORY/NAME (systemd); ERR_MISSING if there is none. */
MUST_USE enum err_code secret_from_credential(const char *name, struct secret **out, struct err *e);
/* What `/bin/sh -c command` prints; ended with its group after timeout_ms. ERR_IO if it fails. */
MUST_USE enum err_code secret_from_command(const char *command, int timeout_ms, struct secret **out, struct err *e);

#endif
