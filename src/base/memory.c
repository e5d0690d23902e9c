/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/memory.h"

#include <openssl/evp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
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
	return xstrndup(s, strlen(s));
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

/* Room for the vault's keys, a passphrase and some thirty headers under way; far
 * below the usual limit of 8 MiB. The library hands out powers of two, 64 at least. */
#define SECURE_HEAP ((size_t)512 << 10)

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

/* The soft limit is often lower than what we may have for the asking. */
static void raise_lock_limit(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_MEMLOCK, &lim) != 0 || lim.rlim_cur >= lim.rlim_max)
		return;
	lim.rlim_cur = lim.rlim_max;
	(void)setrlimit(RLIMIT_MEMLOCK, &lim);
}

/* The library keeps the region out of core files but not out of a forked child.
 * Nothing here forks; should a library do so, its child gets zeros. */
static void wipe_on_fork(void)
{
	FILE *f = fopen("/proc/self/maps", "re");
	void *inside = OPENSSL_secure_malloc(1);
	unsigned long from, to;
	char line[512];

	while (f != NULL && inside != NULL && fgets(line, sizeof line, f) != NULL) {
		if (sscanf(line, "%lx-%lx ", &from, &to) != 2 || (uintptr_t)inside < from || (uintptr_t)inside >= to)
			continue;
		(void)madvise((char *)inside - ((uintptr_t)inside - from), to - from, MADV_WIPEONFORK);
		break;
	}
	OPENSSL_secure_free(inside);
	if (f != NULL)
		fclose(f);
}

enum err_code memory_secure_init(struct err *e)
{
	long before, after;

	if (CRYPTO_secure_malloc_initialized())
		return ERR_OK;
	raise_lock_limit();
	before = locked_kb();
	/* 1 is success; 2 means the memory is there but not protected */
	if (CRYPTO_secure_malloc_init(SECURE_HEAP, 64) == 1) {
		after = locked_kb();
		if (before >= 0 && after - before >= (long)(SECURE_HEAP >> 10)) {
			wipe_on_fork();
			return ERR_OK;
		}
	}
	(void)CRYPTO_secure_malloc_done();
	err_set(e, ERR_LIMIT, "memory for secrets cannot be locked (%zu KiB)", SECURE_HEAP >> 10);
	return err_mend(e, ERR_LIMIT, before < 0 ? "mount /proc: the lock is read back there" :
	    "raise the limit: ulimit -l 8192 (docker run --ulimit memlock=8388608, systemd LimitMEMLOCK=8M)");
}

void *memory_secure_alloc(size_t n)
{
	void *p;

	if (!CRYPTO_secure_malloc_initialized())
		return NULL;
	p = OPENSSL_secure_zalloc(n > 0 ? n : 1);
	/* where the region was not made, the library falls back to ordinary heap without a word */
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
