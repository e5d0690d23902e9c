/* SPDX-License-Identifier: GPL-3.0-or-later */
/* server.h - a small server on loopback inside a test: each connection is handed,
 * after a whole request was read from it, to a function that answers as it likes. */
#ifndef TESTS_WORKER_SERVER_H
#define TESTS_WORKER_SERVER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define SERVER_REQUEST 65536

struct server;
/* False: close the line. nth counts all requests from 1. */
typedef bool server_answer(struct server *s, int fd, int nth);

struct server {
	int listener, port;
	pthread_t thread;
	server_answer *answer;	/* NULL: accept and say nothing */
	atomic_int connections, requests;
	atomic_bool stop;
	char request[SERVER_REQUEST];	/* the last one; read it when the server has stopped */
};

void server_start(struct server *s, server_answer *answer);
void server_stop(struct server *s);
/* False when the other end has gone, or the server is to stop. */
bool server_send(struct server *s, int fd, const void *p, size_t n);
bool server_say(struct server *s, int fd, const char *text);
/* Sleep that server_stop() ends; false then. */
bool server_sleep(struct server *s, int ms);

#endif
