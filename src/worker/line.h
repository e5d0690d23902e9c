/* SPDX-License-Identifier: GPL-3.0-or-later */
/* line.h - the connections that libcurl has opened for us and may have kept. For
 * transport.c and transfer.c alone.
 *
 * On an idle one there is nothing to read but its end, or what nobody asked for:
 * libcurl before 8 takes such bytes for the answer to the next question.
 *
 * Memory  lines_release() frees the list; the sockets are closed by lines_close(). */
#ifndef WORKER_LINE_H
#define WORKER_LINE_H

#include <stdbool.h>
#include <stddef.h>

struct line {
	int fd;
	const void *user;	/* the transfer that has it now; NULL: idle */
};

struct lines {
	struct line *v;
	size_t n, room;
};

int lines_open(struct lines *l, int family, int type, int protocol, const void *user);	/* -1 with errno */
int lines_close(struct lines *l, int fd);
void lines_leave(struct lines *l, const void *user);	/* its lines are idle now, as long as they are open */
struct line *lines_by_port(struct lines *l, int local_port);	/* NULL if none has it */
bool line_has_input(const struct line *l);
bool lines_idle_input(const struct lines *l);
void lines_release(struct lines *l);

#endif
