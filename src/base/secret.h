/* SPDX-License-Identifier: GPL-3.0-or-later */
/* secret.h - a value nobody may see: lives in locked memory, wiped when freed.
 *
 * Memory  the bytes are in the region of memory_secure_init(); never copied to
 *         ordinary heap, err, log or snapshot. One owner; passed by pointer,
 *         handed over by taking. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stddef.h>

#define SECRET_MAX 8192	/* bytes: a passphrase, a key, a credential document */

struct secret {
	char *p;	/* len bytes and a NUL */
	size_t len, room;
};

/* An empty secret with room bytes (at most SECRET_MAX); NULL when locked
 * memory is full. */
struct secret *secret_new(size_t room_bytes);
/* Copy n bytes in, replacing what was there; 0, or -1 if they do not fit. */
int secret_set(struct secret *s, const void *p, size_t n);
int secret_add(struct secret *s, const void *p, size_t n);
/* Drop blanks and newlines at both ends. */
void secret_trim(struct secret *s);
void secret_free(struct secret *s);	/* wipes; NULL is fine */

#endif
