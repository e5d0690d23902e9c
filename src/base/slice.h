/* SPDX-License-Identifier: GPL-3.0-or-later */
/* slice.h - borrowed bytes. p need not end in NUL and may be NULL if len is 0. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct slice {
	const char *p;
	size_t len;	/* bytes */
};

static inline struct slice slice_of(const char *s)
{
	return (struct slice){s, s != NULL ? strlen(s) : 0};
}

static inline struct slice slice_make(const void *p, size_t len)
{
	return (struct slice){p, len};
}

static inline bool slice_eq(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static inline bool slice_is(struct slice a, const char *s)
{
	return slice_eq(a, slice_of(s));
}

#define LENGTH(a) (sizeof(a) / sizeof *(a))

#endif
