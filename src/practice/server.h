/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server.h - HTTP/1.1 on the loopback address: sockets, pace and clients that leave.
 *
 * Thread  one a connection, inside; start, stop and port from main. */
#ifndef PRACTICE_SERVER_H
#define PRACTICE_SERVER_H

#include "base/err.h"
#include "practice/http.h"

struct server_options {
	uint16_t port;		/* 0 is a free one */
	int64_t gap_us;		/* least time between the events of a stream */
	int64_t latency_us;	/* before the first byte of an answer */
};
struct server;
/* p is borrowed until server_stop(). ERR_NET if the port is taken. */
MUST_USE enum err_code server_start(struct server **out, struct practice *p, const struct server_options *o, struct err *e);
uint16_t server_port(const struct server *s);
void server_stop(struct server *s);	/* ends what is being sent; NULL is fine */

#endif
