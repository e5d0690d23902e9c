/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/line.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/memory.h"

int lines_open(struct lines *l, int family, int type, int protocol, const void *user)
{
	int fd = socket(family, type | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		return -1;
	if (l->n == l->room) {
		l->room = l->room * 2 + 8;
		l->v = xrealloc(l->v, l->room * sizeof *l->v);
	}
	l->v[l->n++] = (struct line){fd, user};
	return fd;
}

int lines_close(struct lines *l, int fd)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->v[i].fd == fd) {
			l->v[i] = l->v[--l->n];
			break;
		}
	return close(fd);
}

void lines_leave(struct lines *l, const void *user)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->v[i].user == user)
			l->v[i].user = NULL;
}

struct line *lines_by_port(struct lines *l, int local_port)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		union {
			struct sockaddr any;
			struct sockaddr_in four;
			struct sockaddr_in6 six;
		} a;
		socklen_t n = sizeof a;

		if (getsockname(l->v[i].fd, &a.any, &n) != 0)
			continue;
		if (local_port == ntohs(a.any.sa_family == AF_INET6 ? a.six.sin6_port : a.four.sin_port))
			return &l->v[i];
	}
	return NULL;
}

bool line_has_input(const struct line *l)
{
	struct pollfd p = {.fd = l->fd, .events = POLLIN};

	return poll(&p, 1, 0) > 0;
}

bool lines_idle_input(const struct lines *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->v[i].user == NULL && line_has_input(&l->v[i]))
			return true;
	return false;
}

void lines_release(struct lines *l)
{
	free(l->v);
	*l = (struct lines){0};
}
