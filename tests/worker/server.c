/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "server.h"

bool server_sleep(struct server *s, int ms)
{
	int i;

	for (i = 0; i < ms; i += 5) {
		const struct timespec t = {.tv_nsec = 5000000};

		if (atomic_load(&s->stop))
			return false;
		nanosleep(&t, NULL);
	}
	return !atomic_load(&s->stop);
}

bool server_send(struct server *s, int fd, const void *p, size_t n)
{
	const char *at = p;

	while (n > 0 && !atomic_load(&s->stop)) {
		struct pollfd w = {.fd = fd, .events = POLLOUT};
		ssize_t got;

		if (poll(&w, 1, 20) == 0)
			continue;
		got = send(fd, at, n, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (got < 0 && errno != EAGAIN)
			return false;
		if (got > 0) {
			at += got;
			n -= (size_t)got;
		}
	}
	return n == 0;
}

bool server_say(struct server *s, int fd, const char *text)
{
	return server_send(s, fd, text, strlen(text));
}

/* A head and, by its content-length, a body. */
static bool read_request(struct server *s, int fd)
{
	size_t have = 0;

	while (have + 1 < sizeof s->request && !atomic_load(&s->stop)) {
		struct pollfd w[2] = {{.fd = fd, .events = POLLIN}, {.fd = s->listener, .events = POLLIN}};
		const char *end, *length;
		ssize_t got;

		if (poll(w, 2, 20) == 0)
			continue;
		if (w[0].revents == 0) {
			if (have == 0)
				return false;	/* the other end has gone over to a new line */
			continue;
		}
		got = recv(fd, s->request + have, sizeof s->request - 1 - have, MSG_DONTWAIT);
		if (got <= 0)
			return false;
		have += (size_t)got;
		s->request[have] = '\0';
		end = strstr(s->request, "\r\n\r\n");
		if (end == NULL)
			continue;
		length = strcasestr(s->request, "\r\ncontent-length:");
		if (length == NULL || have >= (size_t)(end + 4 - s->request) + strtoul(length + 17, NULL, 10))
			return true;
	}
	return false;
}

static void *serve(void *arg)
{
	struct server *s = arg;

	while (!atomic_load(&s->stop)) {
		struct pollfd w = {.fd = s->listener, .events = POLLIN};
		int fd;

		if (poll(&w, 1, 20) <= 0 || (fd = accept(s->listener, NULL, NULL)) < 0)
			continue;
		atomic_fetch_add(&s->connections, 1);
		if (s->answer == NULL)
			while (server_sleep(s, 50))
				continue;
		while (s->answer != NULL && read_request(s, fd))
			if (!s->answer(s, fd, atomic_fetch_add(&s->requests, 1) + 1))
				break;
		close(fd);
	}
	return NULL;
}

void server_start(struct server *s, server_answer *answer)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t n = sizeof a;

	memset(s, 0, sizeof *s);
	s->answer = answer;
	s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(s->listener, 16), 0);
	assert_int_equal(getsockname(s->listener, (struct sockaddr *)&a, &n), 0);
	s->port = ntohs(a.sin_port);
	assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

void server_stop(struct server *s)
{
	atomic_store(&s->stop, true);
	pthread_join(s->thread, NULL);
	close(s->listener);
}
