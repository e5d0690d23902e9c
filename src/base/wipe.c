/* SPDX-License-Identifier: GPL-3.0-or-later */
/* wipe.c - every block is wiped as it is freed, whoever allocated it.
 *
 * A request's secret header is copied by libcurl and nghttp2, typed text by
 * ncurses and stdio. Each frees its copy as it is, and a freed block keeps its
 * bytes until it is handed out again. So the programs bring a free() of their own.
 * Since the shared libraries refer to that name, the linker exports ours and the
 * libraries' calls come here too (tests/base/wipe.sh looks that they do).
 *
 * malloc, calloc, aligned_alloc and posix_memalign stay glibc's: what they hand
 * out comes back through this free() all the same. Blocks that are mapped on their
 * own are wiped too before they are unmapped: simple, and the largest (scrypt's
 * 128 MiB) costs some 20 ms once per unlock.
 *
 * Put $(wipe_sources) into a program's _SOURCES. Tests, sanitizers and fuzzers
 * do without, and a preloaded foreign allocator does not go with it: free() here
 * and malloc() there would not agree. */
#include <errno.h>
#include <features.h>
#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#if defined(WIPE_FREED) && defined(__GLIBC__)

#define EXPORTED __attribute__((visibility("default"), used))

extern void __libc_free(void *p);

EXPORTED void free(void *p)
{
	int kept = errno;	/* free() leaves it alone, says POSIX */

	if (p == NULL)
		return;
	explicit_bzero(p, malloc_usable_size(p));
	__libc_free(p);
	errno = kept;
}

/* Never __libc_realloc: where that moves a block it frees the old one unwiped. */
EXPORTED void *realloc(void *p, size_t n)
{
	size_t had;
	void *to;

	if (p == NULL)
		return malloc(n);
	if (n == 0) {
		free(p);	/* as glibc does */
		return NULL;
	}
	had = malloc_usable_size(p);
	/* nearly the same size: the block stays where it is, its end is wiped */
	if (n <= had && had - n <= had / 8) {
		explicit_bzero((char *)p + n, had - n);
		return p;
	}
	to = malloc(n);
	if (to == NULL)
		return NULL;
	memcpy(to, p, n < had ? n : had);
	free(p);
	return to;
}

/* glibc's own calls its realloc by an internal name. */
EXPORTED void *reallocarray(void *p, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(p, total);
}

#endif
