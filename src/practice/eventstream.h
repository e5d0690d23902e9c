/* SPDX-License-Identifier: GPL-3.0-or-later */
/* eventstream.h - messages of application/vnd.amazon.eventstream, written. Pure.
 *
 * Lengths and a CRC-32 first, then headers (all texts here), the payload and a
 * CRC-32 of everything. Written apart from the office's own parser. */
#ifndef PRACTICE_EVENTSTREAM_H
#define PRACTICE_EVENTSTREAM_H

#include <stdint.h>

#include "base/buf.h"

/* IEEE, as in zlib. */
uint32_t crc32_of(struct slice s);
/* kind: "event" or "exception"; type: what kind of it; a JSON payload. */
void eventstream_add(struct buf *out, const char *kind, const char *type, struct slice payload);

#endif
