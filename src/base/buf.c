/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

void buf_init(struct buf *b, size_t max_bytes)
{
	*b = (struct buf){.max = max_bytes};
}

void buf_release(struct buf *b)
{
	free(b->p);
	*b = (struct buf){.max = b->max};
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->over = false;
	if (b->p != NULL)
		b->p[0] = '\0';
}

/* Make room for n more bytes and the NUL. */
static bool reserve(struct buf *b, size_t n)
{
	size_t max = b->max != 0 ? b->max : BUF_MAX;
	size_t want;

	if (b->over || n > max || b->len > max - n) {
		b->over = true;
		return false;
	}
	want = b->len + n + 1;
	if (want > b->room) {
		size_t room = b->room < 64 ? 64 : b->room;

		while (room < want)
			room += room / 2;
		b->p = xrealloc(b->p, room);
		b->room = room;
	}
	return true;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
	if (!reserve(b, n))
		return;
	if (n > 0)
		memcpy(b->p + b->len, p, n);
	b->len += n;
	b->p[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_add_slice(struct buf *b, struct slice s)
{
	buf_add(b, s.p, s.len);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0 || !reserve(b, (size_t)n))
		return;
	va_start(ap, fmt);
	vsnprintf(b->p + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

void buf_drop(struct buf *b, size_t n)
{
	if (n >= b->len) {
		buf_clear(b);
		return;
	}
	memmove(b->p, b->p + n, b->len - n);
	b->len -= n;
	b->p[b->len] = '\0';
}

char *buf_take(struct buf *b)
{
	char *p = b->p != NULL ? b->p : xstrdup("");

	*b = (struct buf){.max = b->max};
	return p;
}

const char *buf_text(const struct buf *b)
{
	return b->p != NULL ? b->p : "";
}
