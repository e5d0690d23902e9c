/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buf.h - bytes that grow up to a stated maximum.
 *
 * After a write that would pass the maximum the buffer is `over`: it keeps what
 * it had and swallows the rest, so that a builder checks once, at the end.
 * p is always NUL-terminated once anything was written (the NUL is not in len). */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/slice.h"

struct buf {
	char *p;
	size_t len, room;
	size_t max;	/* 0 means BUF_MAX */
	bool over;
};
#define BUF_MAX ((size_t)64 << 20)

void buf_init(struct buf *b, size_t max_bytes);
void buf_release(struct buf *b);	/* frees; the struct is empty again */
void buf_clear(struct buf *b);		/* reusable and empty */
void buf_add(struct buf *b, const void *p, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void buf_add_slice(struct buf *b, struct slice s);
/* Drop n bytes from the front. */
void buf_drop(struct buf *b, size_t n);
/* Move the text out (never NULL; the caller frees it); b is empty after. */
char *buf_take(struct buf *b);
/* The text, "" when empty; valid until the next write. */
const char *buf_text(const struct buf *b);
static inline struct slice buf_slice(const struct buf *b) { return (struct slice){b->p, b->len}; }

#endif
