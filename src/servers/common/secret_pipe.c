/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/common/secret_pipe.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

#define SECRET_FD 3

enum err_code secret_pipe_read(struct secret **out, struct err *e)
{
	struct secret *s;
	ssize_t n = 0;
	char *room;

	*out = NULL;
	if (fcntl(SECRET_FD, F_GETFD) < 0)
		return ERR_OK;
	s = secret_new(SECRET_MAX);
	if (s == NULL)
		return err_set(e, ERR_LIMIT, "the memory for secrets is full");
	room = memory_secure_alloc(SECRET_MAX);
	while (room != NULL && (n = read(SECRET_FD, room, SECRET_MAX)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || secret_add(s, room, (size_t)n) != 0)
			break;
	}
	memory_secure_free(room, SECRET_MAX);
	close(SECRET_FD);
	secret_trim(s);
	if (room == NULL || n != 0 || memchr(s->p, '\0', s->len) != NULL) {
		secret_free(s);
		return err_set(e, ERR_IO, "the secret cannot be read");
	}
	if (s->len > 0)
		*out = s;
	else
		secret_free(s);
	return ERR_OK;
}
