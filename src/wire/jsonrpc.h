/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jsonrpc.h - JSON-RPC 2.0 messages, one a line (as MCP has it on stdio).
 *
 * Owns    the unfinished line. What emit is given lives in the call only.
 * Thread  none of its own; no fd, no clock.
 * Errors  a line over max bytes is ERR_LIMIT; a line that fails the strict gate
 *         or is no JSON-RPC message is ERR_PROTO. After a failure every call
 *         fails the same. Blank lines are skipped. A non-OK return of emit
 *         stops the feed and is returned. Any split gives the same calls. */
#ifndef WIRE_JSONRPC_H
#define WIRE_JSONRPC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

enum jsonrpc_kind { JSONRPC_REQUEST, JSONRPC_NOTIFICATION, JSONRPC_RESPONSE };

/* All slices are raw JSON bytes of the message, borrowed. */
struct jsonrpc_message {
	enum jsonrpc_kind kind;
	bool has_int_id;	/* the id is a whole number: it is in id */
	int64_t id;
	struct slice id_raw;	/* `7`, `"x"`, `null`; empty in a notification */
	char method[128];	/* requests and notifications; escapes undone */
	struct slice params;	/* empty if absent */
	struct slice result;	/* of a response; empty if it is an error */
	struct slice error;	/* the error object; empty if none */
	int64_t error_code;
	struct slice whole;
};

typedef enum err_code jsonrpc_emit(void *user, const struct jsonrpc_message *m);

/* One message that is already whole (an HTTP body, the data of an SSE event). */
MUST_USE enum err_code jsonrpc_read(struct slice text, struct jsonrpc_message *out, struct err *e);

struct jsonrpc;	/* opaque: the line parser */

struct jsonrpc *jsonrpc_new(size_t max_bytes, jsonrpc_emit *emit, void *user);	/* never NULL */
MUST_USE enum err_code jsonrpc_feed(struct jsonrpc *p, const void *bytes, size_t len, struct err *e);
/* At end of input: ERR_PROTO if a line was cut. */
MUST_USE enum err_code jsonrpc_end(struct jsonrpc *p, struct err *e);
void jsonrpc_free(struct jsonrpc *p);	/* NULL is fine */

/* Writers append one whole message and its newline. params, result and data are
 * JSON already, in one line; an empty slice leaves params out. Text is escaped. */
void jsonrpc_write_request(struct buf *out, int64_t id, const char *method, struct slice params);
void jsonrpc_write_notification(struct buf *out, const char *method, struct slice params);
void jsonrpc_write_result(struct buf *out, struct slice id_raw, struct slice result);
void jsonrpc_write_error(struct buf *out, struct slice id_raw, int code, const char *message, struct slice data);

#define JSONRPC_PARSE_ERROR (-32700)
#define JSONRPC_INVALID_REQUEST (-32600)
#define JSONRPC_METHOD_NOT_FOUND (-32601)
#define JSONRPC_INVALID_PARAMS (-32602)
#define JSONRPC_INTERNAL_ERROR (-32603)

#endif
