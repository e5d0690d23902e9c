/* SPDX-License-Identifier: GPL-3.0-or-later */
/* secret_pipe.h - the one credential of a server of ours: on fd 3, up to its end. */
#ifndef SERVERS_COMMON_SECRET_PIPE_H
#define SERVERS_COMMON_SECRET_PIPE_H

#include "base/err.h"
#include "base/secret.h"

/* After memory_secure_init(); closes the descriptor. *out is NULL if nothing was handed
 * over: the tools are listed all the same, and each says what is missing. */
MUST_USE enum err_code secret_pipe_read(struct secret **out, struct err *e);

#endif
