/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outcome.h - what a tools/call answer says. Pure. */
#ifndef CONNECTOR_OUTCOME_H
#define CONNECTOR_OUTCOME_H

#include "base/buf.h"
#include "connector/connector.h"

/* result: raw JSON that passed the gate. The text goes to text, which *o borrows. */
void outcome_of_result(struct tool_outcome *o, struct slice result, struct buf *text);
/* error: the raw JSON-RPC error object. */
void outcome_of_error(struct tool_outcome *o, struct slice error, int64_t error_code, bool is_ours, struct buf *text);

#endif
