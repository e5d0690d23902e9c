/* SPDX-License-Identifier: GPL-3.0-or-later */
/* memory.h - small allocations that do not fail, and the region for secrets.
 *
 * Errors  x* functions end the process through memory_on_death() when memory
 *         is out: small allocations have no better answer. Sizes taken from
 *         network, file or database are bounded before they come here. */
#ifndef BASE_MEMORY_H
#define BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

void *xmalloc(size_t n) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull));
void *xrealloc(void *p, size_t n) __attribute__((returns_nonnull));
void *xreallocarray(void *p, size_t n, size_t size) __attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));
char *xstrndup(const char *s, size_t n) __attribute__((malloc, returns_nonnull));
char *xasprintf(const char *fmt, ...) PRINTF_LIKE(1, 2) __attribute__((returns_nonnull));

/* Called once before abort() when memory is out (the console restores the
 * terminal here; it must not call curses). NULL takes it back. */
void memory_on_death(void (*handler)(void));

/* The region for secrets: OpenSSL's secure heap, its lock read back (VmLck).
 * Call once, before threads and before any secret is read. ERR_LIMIT if the
 * region could not be locked: then no secret may be read. */
MUST_USE enum err_code memory_secure_init(struct err *e);
/* NULL when the region is full or was never made: never ordinary heap. */
void *memory_secure_alloc(size_t n);
void memory_secure_free(void *p, size_t n);	/* wipes; NULL is fine */
bool memory_secure_holds(const void *p);

/* No core files, not dumpable, not readable by others of the same user. */
void memory_harden(void);

#endif
