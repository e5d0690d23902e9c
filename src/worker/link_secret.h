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

struct header;
struct sealed;
struct wire_request;

/* Seal secret as the connector's own, in place of what it had. It is taken at the next start.
 * is_grant: it is a refresh grant as vault/grant.h takes it, and what is handed on below is
 * the access token of link_token.h: ERR_NET if there is none now. */
MUST_USE enum err_code link_secret_put(struct hands *h, const struct connector_record *c, const struct secret *secret, bool is_grant, struct err *e);
/* What is stored, as it is, and which it is; *out is the caller's to free. ERR_MISSING: it has none. */
MUST_USE enum err_code link_secret_stored(struct hands *h, int64_t connector, struct sealed **out, struct hash *mark, struct err *e);
/* Another grant in its place, on the disk when it returns; what was is cut from the log. */
MUST_USE enum err_code link_secret_keep(struct hands *h, int64_t connector, const struct sealed *sealed, struct err *e);
/* What it is sealed under, but for the host. */
struct seal_name link_secret_name(const struct hands *h, int64_t connector);
bool link_secret_is_grant(struct hands *h, int64_t connector);
/* A pipe that holds it, to be read up to its end; *fd is the caller's to close. -1:
 * the connector (0: one that is not stored yet) has none. */
MUST_USE enum err_code link_secret_pipe(struct hands *h, int64_t connector, int *fd, struct err *e);
/* The authorization line for one request to its server over HTTP; none if it has no secret. */
MUST_USE enum err_code link_secret_header(struct hands *h, int64_t connector, const char *host, const struct wire_request *req, struct header *out, struct err *e);
/* "VARIABLE=value" for the one variable that a server of others was granted; nothing if variable is NULL or it has no secret. */
MUST_USE enum err_code link_secret_variable(struct hands *h, int64_t connector, const char *variable, struct header *out, struct err *e);
/* Which secret it has: a hash of the sealed bytes, or of which access token it is; zeros for none. */
struct hash link_secret_mark(struct hands *h, int64_t connector);

#endif
