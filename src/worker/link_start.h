/* SPDX-License-Identifier: GPL-3.0-or-later */
/* link_start.h - from a connector's record to a running client: what each type
 * is started with, and a look at its tools apart from all work.
 *
 * Thread  worker only. */
#ifndef WORKER_LINK_START_H
#define WORKER_LINK_START_H

#include <stdbool.h>

#include "base/err.h"
#include "connector/connector.h"
#include "model/connector.h"

struct hands;

/* Signed by this vault, and trusted. ERR_AUTH, ERR_REFUSED. */
MUST_USE enum err_code link_check_record(struct hands *h, const struct connector_record *c, struct err *e);
/* Start the client of a record that has been checked, or that a person is just giving. */
MUST_USE enum err_code link_start(struct hands *h, const struct connector_record *c, struct connector *client, struct err *e);
/* What the server says of a tool, as a record that nobody has trusted yet; tool_release() it. False: its name does not fit. */
bool link_tool(int64_t id, const char *name, enum connector_type type, const struct connector_tool *said, struct tool *out);
/* Keep the last it wrote to its stderr in connectors/NAME.log (hostile text), if it wrote anything. */
void link_keep_log(struct hands *h, const struct connector *client);
/* Start it apart, list its tools, stop it: worker_probe_connector(). *tools is the caller's. */
MUST_USE enum err_code link_probe(struct hands *h, const struct connector_record *c, struct tool **tools, int *n, struct err *e);

#endif
