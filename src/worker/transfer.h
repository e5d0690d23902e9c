/* SPDX-License-Identifier: GPL-3.0-or-later */
/* transfer.h - a request on its way, from inside: transfer.c starts one and takes what comes,
 * transport.c runs them all. Only these two include it. */
#ifndef WORKER_TRANSFER_H
#define WORKER_TRANSFER_H

#include <curl/curl.h>

#include "base/buf.h"
#include "worker/line.h"
#include "worker/transport.h"

struct transport {
	CURLM *multi;
	struct lines lines;
	char *proxy, *ca_file;		/* "" for none */
	struct transfer *first;
	size_t n;
};

struct transfer {
	struct transport *t;
	struct transfer *next;
	CURL *easy;
	struct curl_slist *lines;
	struct buf body, url, head;
	char fault[CURL_ERROR_SIZE];
	const struct transfer_ops *ops;
	void *user;
	struct transfer_limits limits;
	int64_t begun, last, first_byte;	/* steady, steady, time of day */
	size_t received;
	int status;
	bool head_given, is_over;
	unsigned sendings;		/* times that libcurl was about to send the request */
	int fd;				/* the line it opened last; -1: none, it may use one that was kept */
	size_t trailer_bytes;
	struct err err;			/* why we cut it */
};

/* It ends with what libcurl says, or with why it was cut; done is called, x is gone. */
void transfer_finish(struct transfer *x, CURLcode code);
/* Over one of its limits at now (steady); then it was cut, in words of that limit. */
bool transfer_is_late(struct transfer *x, int64_t now);

#endif
