/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct secret *secret_new(size_t room_bytes)
{
	struct secret *s;

	if (room_bytes > SECRET_MAX)
		return NULL;
	s = xcalloc(1, sizeof *s);
	s->p = memory_secure_alloc(room_bytes + 1);
	s->room = room_bytes;
	if (s->p == NULL) {
		free(s);
		return NULL;
	}
	return s;
}

int secret_add(struct secret *s, const void *p, size_t n)
{
	if (n > s->room - s->len)
		return -1;
	memcpy(s->p + s->len, p, n);
	s->len += n;
	s->p[s->len] = '\0';
	return 0;
}

int secret_set(struct secret *s, const void *p, size_t n)
{
	explicit_bzero(s->p, s->room + 1);
	s->len = 0;
	return secret_add(s, p, n);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void secret_trim(struct secret *s)
{
	size_t from = 0;

	while (s->len > 0 && is_blank(s->p[s->len - 1]))
		s->p[--s->len] = '\0';
	while (from < s->len && is_blank(s->p[from]))
		from++;
	if (from > 0) {
		memmove(s->p, s->p + from, s->len - from + 1);
		s->len -= from;
	}
}

void secret_free(struct secret *s)
{
	if (s == NULL)
		return;
	memory_secure_free(s->p, s->room + 1);
	free(s);
}
