/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/memory.h"

#include <openssl/evp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static _Atomic(void (*)(void)) on_death;

static _Noreturn void die(void)
{
	void (*handler)(void) = atomic_exchange(&on_death, NULL);

	if (handler != NULL)
		handler();
	fputs("claviger: out of memory\n", stderr);
	abort();
}

void memory_on_death(void (*handler)(void))
{
	atomic_store(&on_death, handler);
}

void *xmalloc(size_t n)
{
	void *p = malloc(n > 0 ? n : 1);

	if (p == NULL)
		die();
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n > 0 ? n : 1, size > 0 ? size : 1);

	if (p == NULL)
		die();
	return p;
}

void *xrealloc(void *p, size_t n)
{
	p = realloc(p, n > 0 ? n : 1);
	if (p == NULL)
		die();
	return p;
}

void *xreallocarray(void *p, size_t n, size_t size)
{
	if (size > 0 && n > SIZE_MAX / size)
		die();
	return xrealloc(p, n * size);
}

char *xstrndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *p = xmalloc(len + 1);

	memcpy(p, s, len);
	p[len] = '\0';
	return p;
}

char *xstrdup(const char *s)
{
	return xstrndup(s, SIZE_MAX - 1);
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *p = NULL;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&p, fmt, ap);
	va_end(ap);
	if (n < 0 || p == NULL)
		die();
	return p;
}

/* --- the region for secrets --------------------------------------------- */

#define SECURE_HEAP ((size_t)256 << 10)

/* kB locked by this process, as the kernel counts them; -1 if it won't say.
 * A lock that is not read back is a hope: both libsodium and OpenSSL go on
 * without one when the limit is reached. */
static long locked_kb(void)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[128];
	long kb = -1;

	if (f == NULL)
		return -1;
	while (fgets(line, sizeof line, f) != NULL)
		if (sscanf(line, "VmLck: %ld kB", &kb) == 1)
			break;
	fclose(f);
	return kb;
}

enum err_code memory_secure_init(struct err *e)
{
	if (CRYPTO_secure_malloc_initialized())
		return ERR_OK;
	/* 1 is success; 2 means the memory is there but not protected */
	if (CRYPTO_secure_malloc_init(SECURE_HEAP, 64) != 1 || locked_kb() < (long)(SECURE_HEAP >> 10)) {
		err_set(e, ERR_LIMIT, "memory for secrets cannot be locked");
		return err_mend(e, ERR_LIMIT, "raise the limit: ulimit -l 8192");
	}
	return ERR_OK;
}

void *memory_secure_alloc(size_t n)
{
	void *p;

	if (!CRYPTO_secure_malloc_initialized())
		return NULL;
	p = OPENSSL_secure_zalloc(n > 0 ? n : 1);
	if (p != NULL && !CRYPTO_secure_allocated(p)) {
		OPENSSL_free(p);
		p = NULL;
	}
	return p;
}

void memory_secure_free(void *p, size_t n)
{
	OPENSSL_secure_clear_free(p, n);
}

bool memory_secure_holds(const void *p)
{
	return CRYPTO_secure_malloc_initialized() && CRYPTO_secure_allocated(p);
}

void memory_harden(void)
{
	struct rlimit none = {0, 0};

	(void)setrlimit(RLIMIT_CORE, &none);
	(void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}
