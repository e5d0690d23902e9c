/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sse.h - text/event-stream bytes in, events out. No fd, clock or thread.
 *
 * Owns    the unfinished line and event.
 * Errors  one line or one event over max bytes is ERR_LIMIT. After a failure
 *         every call fails the same. A non-OK return of emit stops the feed and
 *         is returned; emit may not call back into its parser.
 * Any split of the same bytes gives the same calls. The field `retry` is
 * ignored: waiting is the vendor's headers' business. */
#ifndef WIRE_SSE_H
#define WIRE_SSE_H

#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

struct sse_event {
	struct slice type, data, id;	/* live in the call only; type is "message" if none was given */
};
typedef enum err_code sse_emit(void *user, const struct sse_event *ev);

struct sse;	/* opaque */

struct sse *sse_new(size_t max_bytes, sse_emit *emit, void *user);	/* never NULL */
MUST_USE enum err_code sse_feed(struct sse *p, const void *bytes, size_t len, struct err *e);	/* emit may run 0..n times */
/* At the end of input an unfinished event is dropped, as the standard says. */
MUST_USE enum err_code sse_end(struct sse *p, struct err *e);
void sse_free(struct sse *p);	/* NULL is fine */

#endif
