/* SPDX-License-Identifier: GPL-3.0-or-later */
/* evs.h - application/vnd.amazon.eventstream bytes in, messages out. No fd, clock or thread.
 *
 * Owns    the unfinished message.
 * Errors  ERR_PROTO with the byte offset: a wrong CRC, lengths or headers that
 *         contradict each other, a name twice, an early end. ERR_LIMIT: a message
 *         over max_bytes. After a failure every call fails the same. A non-OK return of
 *         emit stops the feed and is returned; emit may not call back into its parser.
 * Any split of the same bytes gives the same calls. No length is believed before
 * the CRC over it was right, no message is emitted before its own was. */
#ifndef WIRE_EVS_H
#define WIRE_EVS_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

#define EVS_HEADERS_MAX 64

enum evs_type { EVS_TRUE, EVS_FALSE, EVS_INT8, EVS_INT16, EVS_INT32, EVS_INT64, EVS_BYTES, EVS_TEXT, EVS_TIME_MS, EVS_UUID, EVS_TYPES };

struct evs_header {
	struct slice name;
	enum evs_type type;
	int64_t number;		/* INT8 to INT64, TIME_MS; 1 and 0 for TRUE and FALSE */
	struct slice bytes;	/* BYTES, TEXT, UUID */
};

struct evs_message {		/* lives in the call only */
	struct evs_header header[EVS_HEADERS_MAX];
	size_t header_count;
	struct slice payload;
};
/* A text header's value; empty if it is absent or of another type. */
struct slice evs_text(const struct evs_message *m, const char *name);

typedef enum err_code evs_emit(void *user, const struct evs_message *m);

struct evs;	/* opaque */

struct evs *evs_new(size_t max_bytes, evs_emit *emit, void *user);	/* never NULL */
MUST_USE enum err_code evs_feed(struct evs *p, const void *bytes, size_t len, struct err *e);	/* emit may run 0..n times */
MUST_USE enum err_code evs_end(struct evs *p, struct err *e);	/* ERR_PROTO inside a message */
void evs_free(struct evs *p);	/* NULL is fine */

#endif
