/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transport.h - HTTP requests to vendors, on one curl_multi in the worker's loop.
 *
 * TLS verified, protocols pinned, no redirects, no proxy or file from the
 * environment (a proxy and a CA file may be settings), HTTP/1.1 (a secret header would enter HPACK's table), bounded
 * headers and body, limits on connecting, first byte, silence and the whole.
 * Nothing is retried here.
 *
 * Thread  worker only.
 * Memory  a transfer lives from start to its done callback. */
#ifndef WORKER_TRANSPORT_H
#define WORKER_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "wire/answer.h"

struct transport;
struct transfer;
struct wire_request;
struct header;
struct pollfd;

#define TRANSPORT_BODY_MAX ((size_t)64 << 20)
#define TRANSPORT_HEADERS_MAX ((size_t)64 << 10)

struct transfer_limits {	/* of one request: microseconds, 0 takes the default */
	int64_t connect_us;	/* 20 s */
	int64_t first_byte_us;	/* 5 min: a model may think before it speaks */
	int64_t silence_us;	/* 60 s between bytes */
	int64_t total_us;	/* 30 min */
	const char *proxy, *ca_file;	/* the key's own way out; NULL or "" takes the transport's; copied */
};

enum transfer_result {
	TRANSFER_WHOLE,		/* an answer, to its end */
	TRANSFER_NOT_SENT,	/* no byte of the request can have arrived */
	TRANSFER_CUT,		/* it may have arrived; the answer is missing or not whole */
};

struct transfer_end {
	enum transfer_result result;
	int status;			/* HTTP, 0 if none came */
	struct err err;			/* words for NOT_SENT and CUT */
	int64_t first_byte_us;		/* time of day, 0 if none */
	bool cancelled;			/* by transfer_cancel() */
};

/* All on the worker thread, from transport_run(). Header names are lower case. */
struct transfer_ops {
	/* Once, before the body. */
	void (*head)(void *user, int status, const struct wire_answer_header *h, size_t n);
	/* A code other than ERR_OK cuts the transfer. */
	enum err_code (*body)(void *user, const void *p, size_t n, struct err *e);
	/* Exactly once, last. */
	void (*done)(void *user, const struct transfer_end *end);
};

/* proxy, ca_file: the person's settings, "" or NULL for none; copied. */
MUST_USE enum err_code transport_new(struct transport **out, const char *proxy, const char *ca_file, struct err *e);
void transport_free(struct transport *t);	/* cuts what runs: their done is called */

/* Start. secret's lines are copied into libcurl (whose frees wipe) and not kept.
 * On failure nothing was sent and done is not called. */
MUST_USE enum err_code transfer_start(struct transport *t, const struct wire_request *req, const struct header *secret,
    const struct transfer_limits *limits, const struct transfer_ops *ops, void *user, struct transfer **out, struct err *e);
/* Cut it; done is called from here. */
void transfer_cancel(struct transfer *x, const char *why);

#define TRANSPORT_FDS_MAX 128	/* three for each of 32 connectors, and the worker's own */
/* Wait until something can move or timeout_us, whichever is first; extra fds
 * (at most TRANSPORT_FDS_MAX) get their revents. */
void transport_wait(struct transport *t, struct pollfd *extra, size_t n, int64_t timeout_us);
/* Move bytes, enforce limits, call what is due. */
void transport_run(struct transport *t, int64_t steady_us);
size_t transport_in_flight(const struct transport *t);
/* Close idle connections (their buffers held the secret). Nothing may be in flight. */
void transport_forget(struct transport *t);

#endif
