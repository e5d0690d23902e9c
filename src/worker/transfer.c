/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/transfer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/memory.h"
#include "vault/vault.h"
#include "wire/answer.h"
#include "wire/request.h"
#include "worker/fault.h"

#define HEADERS 128

static const char elsewhere[] = "check the base URL: a proxy or something else may be answering there";

/* The first reason stands. */
static void cut(struct transfer *x, enum err_code code, const char *text, const char *mend)
{
	if (x->err.code != ERR_OK)
		return;
	err_set(&x->err, code, "%s", text);
	if (mend[0] != '\0')
		err_mend(&x->err, code, "%s", mend);
}

/* --- what libcurl calls ---------------------------------------------------- */

static size_t on_header(char *p, size_t size, size_t n, void *user)
{
	struct transfer *x = user;
	size_t len = size * n;

	x->last = clock_steady_us();
	if (x->head_given) {
		x->trailer_bytes += len;
		if (x->trailer_bytes <= TRANSPORT_HEADERS_MAX)
			return len;
		cut(x, ERR_LIMIT, "the answer's headers are too long", elsewhere);
		return CURL_WRITEFUNC_ERROR;
	}
	if (len >= 5 && memcmp(p, "HTTP/", 5) == 0)
		buf_clear(&x->head);	/* a new head: what came before was a 1xx */
	buf_add(&x->head, p, len);
	if (x->head.over) {
		cut(x, ERR_LIMIT, "the answer's headers are too long", elsewhere);
		return CURL_WRITEFUNC_ERROR;
	}
	return len;
}

/* False: the answer is not to be taken. */
static bool give_head(struct transfer *x)
{
	struct wire_answer_header h[HEADERS];
	const char *wrong;
	long status = 0;
	size_t n;

	if (x->head_given)
		return x->err.code == ERR_OK;
	x->head_given = true;
	curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
	x->status = (int)status;
	n = wire_answer_split(x->head.p, x->head.len, h, HEADERS);
	wrong = wire_answer_framing(h, n);
	if (wrong != NULL) {
		cut(x, ERR_PROTO, wrong, elsewhere);
		return false;
	}
	if (x->ops->head != NULL && status != 0)
		x->ops->head(x->user, x->status, h, n);
	return true;
}

static size_t on_body(char *p, size_t size, size_t n, void *user)
{
	struct transfer *x = user;
	size_t len = size * n;
	struct err e = {0};

	x->last = clock_steady_us();
	if (x->first_byte == 0)
		x->first_byte = clock_now_us();
	if (!give_head(x))
		return CURL_WRITEFUNC_ERROR;
	x->received += len;
	if (x->received > TRANSPORT_BODY_MAX) {
		cut(x, ERR_LIMIT, "the answer is longer than any that makes sense", elsewhere);
		return CURL_WRITEFUNC_ERROR;
	}
	if (x->ops->body(x->user, p, len, &e) != ERR_OK) {
		if (x->err.code == ERR_OK)
			x->err = e;
		return CURL_WRITEFUNC_ERROR;
	}
	return len;
}

/* --- lines ----------------------------------------------------------------- */

static curl_socket_t open_line(void *user, curlsocktype purpose, struct curl_sockaddr *to)
{
	struct transfer *x = user;

	(void)purpose;
	x->fd = lines_open(&x->t->lines, to->family, to->socktype, to->protocol, x);
	return x->fd < 0 ? CURL_SOCKET_BAD : x->fd;
}

static int close_line(void *user, curl_socket_t fd)
{
	struct transport *t = user;

	return lines_close(&t->lines, fd);
}

/* libcurl quietly sends a request again when a line that was kept turns out to be
 * closed: the vendor may have read the first one, and would bill both. And it takes
 * a kept line on which bytes wait: they would be read as the answer to this. */
static int before_sending(void *user, char *ip, char *local_ip, int port, int local_port)
{
	struct transfer *x = user;
	struct line *kept = x->fd < 0 ? lines_by_port(&x->t->lines, local_port) : NULL;

	(void)ip, (void)local_ip, (void)port;
	if (++x->sendings > 1)
		cut(x, ERR_NET, "the line to the vendor was closed while it was asked", "");
	else if (kept != NULL && line_has_input(kept))
		cut(x, ERR_NET, "the line that was kept to the vendor was closed, or brought what nobody asked for", "");
	if (kept != NULL)
		kept->user = x;
	return x->err.code == ERR_OK ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

/* --- starting -------------------------------------------------------------- */

static bool add_line(struct transfer *x, const char *line)
{
	struct curl_slist *more = curl_slist_append(x->lines, line);

	if (more != NULL)
		x->lines = more;
	return more != NULL;
}

static bool set_lines(struct transfer *x, const struct wire_request *req, const struct header *secret)
{
	bool ok = true;
	size_t i;
	int k;

	for (i = 0; i < req->header_count && ok; i++) {
		char *line = xasprintf("%s: %s", req->headers[i].name, req->headers[i].value);

		ok = add_line(x, line);
		free(line);
	}
	for (k = 0; secret != NULL && k < secret->count && ok; k++)
		ok = add_line(x, secret->line[k]->p);
	/* no "Expect: 100-continue": one more round trip and a second time limit */
	return ok && add_line(x, "Expect:");
}

static const struct transfer_limits usual = {
	.connect_us = 20 * US_PER_S, .first_byte_us = 300 * US_PER_S, .silence_us = 60 * US_PER_S, .total_us = 1800 * US_PER_S};

static int64_t or_usual(int64_t given, int64_t usually)
{
	return given > 0 ? given : usually;
}

static const char *own_or(const char *own, const char *general)
{
	return own != NULL && own[0] != '\0' ? own : general;
}

static void set_options(struct transfer *x, const struct wire_request *req)
{
	CURL *c = x->easy;

	curl_easy_setopt(c, CURLOPT_URL, buf_text(&x->url));
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, req->is_plain ? "http" : "https");
	curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	/* "" also keeps the environment's proxies out; loopback never goes through one */
	curl_easy_setopt(c, CURLOPT_PROXY, req->is_plain ? "" : own_or(x->limits.proxy, x->t->proxy));
	if (own_or(x->limits.ca_file, x->t->ca_file)[0] != '\0')
		curl_easy_setopt(c, CURLOPT_CAINFO, own_or(x->limits.ca_file, x->t->ca_file));
	curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
	/* a line that was idle for longer may be closed at the other end just as we ask */
	curl_easy_setopt(c, CURLOPT_MAXAGE_CONN, 30L);
	curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, before_sending);
	curl_easy_setopt(c, CURLOPT_PREREQDATA, x);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_line);
	curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, x);
	curl_easy_setopt(c, CURLOPT_CLOSESOCKETFUNCTION, close_line);
	curl_easy_setopt(c, CURLOPT_CLOSESOCKETDATA, x->t);
	curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, (long)lines_idle_input(&x->t->lines));
	/* ours is shorter and knows how far it came: enforce() */
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)(x->limits.connect_us / US_PER_MS + 10000));
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, x->lines);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, x->fault);
	curl_easy_setopt(c, CURLOPT_PRIVATE, x);
	if (strcmp(req->method, "POST") == 0) {
		curl_easy_setopt(c, CURLOPT_POST, 1L);
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)x->body.len);
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, buf_text(&x->body));
	} else {
		curl_easy_setopt(c, CURLOPT_HTTPGET, 1L);
	}
}

static void transfer_free(struct transfer *x)
{
	if (x->easy != NULL)
		curl_easy_cleanup(x->easy);
	curl_slist_free_all(x->lines);
	buf_release(&x->body);
	buf_release(&x->url);
	buf_release(&x->head);
	free(x);
}

enum err_code transfer_start(struct transport *t, const struct wire_request *req, const struct header *secret,
    const struct transfer_limits *limits, const struct transfer_ops *ops, void *user, struct transfer **out, struct err *e)
{
	struct transfer *x;

	*out = NULL;
	if (!wire_request_is_sound(req))
		return err_set(e, ERR_LIMIT, "the request is too large or not sound");
	x = xcalloc(1, sizeof *x);
	x->t = t;
	x->fd = -1;
	x->ops = ops;
	x->user = user;
	x->limits.connect_us = or_usual(limits != NULL ? limits->connect_us : 0, usual.connect_us);
	x->limits.first_byte_us = or_usual(limits != NULL ? limits->first_byte_us : 0, usual.first_byte_us);
	x->limits.silence_us = or_usual(limits != NULL ? limits->silence_us : 0, usual.silence_us);
	x->limits.proxy = limits != NULL ? limits->proxy : NULL;
	x->limits.ca_file = limits != NULL ? limits->ca_file : NULL;
	x->limits.total_us = or_usual(limits != NULL ? limits->total_us : 0, usual.total_us);
	buf_init(&x->url, 8192);
	buf_init(&x->body, WIRE_BODY_MAX);
	buf_init(&x->head, TRANSPORT_HEADERS_MAX);
	wire_request_url(req, &x->url);
	buf_add_slice(&x->body, buf_slice(&req->body));
	x->easy = curl_easy_init();
	if (x->easy == NULL || !set_lines(x, req, secret)) {
		transfer_free(x);
		return err_set(e, ERR_MEMORY, "no memory for a request");
	}
	set_options(x, req);
	if (secret != NULL && secret->body != NULL) {	/* copied, as the lines are */
		curl_easy_setopt(x->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)secret->body->len);
		curl_easy_setopt(x->easy, CURLOPT_COPYPOSTFIELDS, secret->body->p);
	}
	x->limits.proxy = x->limits.ca_file = NULL;	/* libcurl has its own copy */
	x->begun = x->last = clock_steady_us();
	if (curl_multi_add_handle(t->multi, x->easy) != CURLM_OK) {
		transfer_free(x);
		return err_set(e, ERR_NET, "the request could not be started");
	}
	x->next = t->first;
	t->first = x;
	t->n++;
	*out = x;
	return ERR_OK;
}

/* --- limits ---------------------------------------------------------------- */

static void cut_connecting(struct transfer *x)
{
	struct sockaddr_storage peer;
	socklen_t n = sizeof peer;

	if (x->fd < 0)
		cut(x, ERR_NET, "the vendor's name was not resolved in time (DNS)", "check the network");
	else if (getpeername(x->fd, (struct sockaddr *)&peer, &n) != 0)
		cut(x, ERR_NET, "the vendor could not be reached in time", "check the network and the base URL");
	else
		cut(x, ERR_NET, "the vendor took the line and made no secure connection in time (TLS)", "check the base URL; try again later");
}

bool transfer_is_late(struct transfer *x, int64_t now)
{
	if (x->sendings == 0 && now - x->begun > x->limits.connect_us)
		cut_connecting(x);
	else if (x->first_byte == 0 && x->status == 0 && now - x->begun > x->limits.first_byte_us)
		cut(x, ERR_NET, "the vendor did not begin to answer in time", "");
	else if (x->first_byte != 0 && now - x->last > x->limits.silence_us)
		cut(x, ERR_NET, "the vendor fell silent in the middle of an answer", "");
	else if (now - x->begun > x->limits.total_us)
		cut(x, ERR_LIMIT, "the answer was not whole within the time that a call may take", "it may have been billed; look at the task, then retry it");
	else
		return false;
	return true;
}

/* --- ending ---------------------------------------------------------------- */

static void describe(struct transfer *x, CURLcode code, struct transfer_end *end)
{
	long request = 0;

	curl_easy_getinfo(x->easy, CURLINFO_REQUEST_SIZE, &request);
	end->result = request == 0 ? TRANSFER_NOT_SENT : TRANSFER_CUT;
	if (x->err.code != ERR_OK) {
		end->err = x->err;
		return;
	}
	fault_describe(x->easy, code, &end->err);
}

void transfer_finish(struct transfer *x, CURLcode code)
{
	struct transport *t = x->t;
	struct transfer **at;
	struct transfer_end end = {0};

	if (x->is_over)
		return;
	x->is_over = true;
	if (code == CURLE_OK && give_head(x)) {
		end.result = TRANSFER_WHOLE;
	} else {
		describe(x, code, &end);
		end.cancelled = x->err.code == ERR_CANCELLED;
	}
	end.status = x->status;
	end.first_byte_us = x->first_byte;
	lines_leave(&t->lines, x);
	curl_multi_remove_handle(t->multi, x->easy);
	for (at = &t->first; *at != x; at = &(*at)->next)
		continue;
	*at = x->next;
	t->n--;
	x->ops->done(x->user, &end);
	transfer_free(x);
}

void transfer_cancel(struct transfer *x, const char *why)
{
	cut(x, ERR_CANCELLED, why, "");
	transfer_finish(x, CURLE_ABORTED_BY_CALLBACK);
}
