/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link_http.h - carries what a connector says to a server over HTTP: one POST a
 * message, the answer as JSON or as a stream of events. The connector knows MCP,
 * the transport knows HTTP; this stands between them.
 *
 * Thread  worker only. */
#ifndef WORKER_LINK_HTTP_H
#define WORKER_LINK_HTTP_H

#include "base/err.h"
#include "connector/connector.h"
#include "model/connector.h"

struct hands;

/* Is its server reached over HTTP? */
bool link_is_remote(const struct connector_record *c);
/* The host that its secret is bound to; "" if its settings name no address. */
void link_remote_host(const struct connector_record *c, char *out, size_t room);
/* Start the client of such a record. What carries for it goes with the client. */
MUST_USE enum err_code link_http_start(struct hands *h, const struct connector_record *c, struct connector *client, struct err *e);

#endif
