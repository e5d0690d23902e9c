/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link_secret.h - the one secret of a connector: sealed in the store, handed to its
 * server through a pipe, never seen here.
 *
 * Thread  worker only. */
#ifndef WORKER_LINK_SECRET_H
#define WORKER_LINK_SECRET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"
#include "model/connector.h"

struct hands;

/* Seal secret as the connector's own, in place of what it had. It is taken at the next start. */
MUST_USE enum err_code link_secret_put(struct hands *h, const struct connector_record *c, const struct secret *secret, struct err *e);
/* A pipe that holds it, to be read up to its end; *fd is the caller's to close. -1:
 * the connector (0: one that is not stored yet) has none. */
MUST_USE enum err_code link_secret_pipe(struct hands *h, int64_t connector, int *fd, struct err *e);
/* The authorization line for one request to its server over HTTP; none if it has no secret. */
struct header;
struct wire_request;
MUST_USE enum err_code link_secret_header(struct hands *h, int64_t connector, const char *host, const struct wire_request *req, struct header *out, struct err *e);
/* "VARIABLE=value" for the one variable that a server of others was granted; nothing if variable is NULL or it has no secret. */
MUST_USE enum err_code link_secret_variable(struct hands *h, int64_t connector, const char *variable, struct header *out, struct err *e);
/* Which secret it has: a hash of the sealed bytes; zeros for none. */
struct hash link_secret_mark(struct hands *h, int64_t connector);

#endif
