/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One thread a connection, so a reply may sleep between two events. While it
 * sleeps it watches the socket: a client that left is noticed at once, and what
 * was not sent is not billed. A piece is booked just before it is sent, so a
 * client that has read the last one finds the books complete. */
#include "practice/server.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/memory.h"
#include "practice/draft.h"
#include "practice/raw.h"

#define SLICE_US 100000			/* how long a sleeper takes to notice the end */
#define CONNECTION_MEMORY (384 * 1024)	/* headers in and out, one connection */
#define BLOCK_BYTES 16384
#define THREAD_STACK ((size_t)2 << 20)

struct server {
	struct practice *p;
	struct server_options o;
	struct MHD_Daemon *daemon;
	atomic_bool stopping;
};
struct exchange {
	struct server *s;
	struct MHD_Connection *c;
	char *target;		/* as it came, with its query */
	struct request q;
	struct buf body;
	struct reply r;
	size_t piece, at;	/* what is sent next */
	size_t sale;
	int64_t next_us;
	bool is_begun;
};

/* --- waiting ------------------------------------------------------------------ */

static int socket_of(const struct exchange *x)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(x->c, MHD_CONNECTION_INFO_CONNECTION_FD);

	return info != NULL ? info->connect_fd : -1;
}

static bool has_left(const struct exchange *x, int64_t wait_us)
{
	struct pollfd p = {.fd = socket_of(x), .events = POLLRDHUP};
	struct timespec t = {.tv_sec = wait_us / US_PER_S, .tv_nsec = wait_us % US_PER_S * 1000};

	return ppoll(&p, 1, &t, NULL) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0;
}

/* Sleep until then; false if the client left or the server ends first. */
static bool wait_until(const struct exchange *x, int64_t then_us)
{
	for (;;) {
		int64_t left = then_us - clock_steady_us();

		if (atomic_load(&x->s->stopping) || has_left(x, left <= 0 ? 0 : left < SLICE_US ? left : SLICE_US))
			return false;
		if (left <= 0)
			return true;
	}
}

static void wait_for_the_end(const struct exchange *x)
{
	(void)wait_until(x, INT64_MAX / 2);
}

/* --- sending ------------------------------------------------------------------- */

/* The next piece; false at the end of the stream as planned, or if nobody listens. */
static bool begin_piece(struct exchange *x)
{
	const struct piece *p = &x->r.piece[x->piece];
	int64_t gap = x->s->o.gap_us > x->r.gap_us ? x->s->o.gap_us : x->r.gap_us;

	if (!wait_until(x, x->next_us))
		return false;
	x->next_us = (x->next_us > 0 ? x->next_us : clock_steady_us()) + gap;
	if (x->r.is_sale)
		books_grow(x->s->p->books, x->sale, p->output, p->thinking, x->piece + 1 == x->r.pieces && x->r.ending == END_WELL);
	x->is_begun = true;
	return true;
}

static size_t piece_start(const struct exchange *x, size_t i)
{
	return i > 0 ? x->r.piece[i - 1].end : 0;
}

static ssize_t send_more(void *user, uint64_t pos, char *to, size_t max)
{
	struct exchange *x = user;
	size_t n;

	(void)pos;
	if (x->piece == x->r.pieces && x->r.ending == END_REPEAT) {
		x->piece--;
		x->at = piece_start(x, x->piece);
		if (x->r.gap_us == 0)
			x->r.gap_us = 20 * US_PER_MS;
	}
	if (x->piece == x->r.pieces) {
		if (x->r.ending == END_STALL)
			wait_for_the_end(x);
		return x->r.ending == END_WELL || x->r.ending == END_EARLY ? MHD_CONTENT_READER_END_OF_STREAM : MHD_CONTENT_READER_END_WITH_ERROR;
	}
	if (!x->is_begun && !begin_piece(x))
		return MHD_CONTENT_READER_END_WITH_ERROR;
	n = x->r.piece[x->piece].end - x->at;
	n = n < max ? n : max;
	memcpy(to, x->r.body.p + x->at, n);
	x->at += n;
	if (x->at == x->r.piece[x->piece].end) {
		x->piece++;
		x->is_begun = false;
	}
	return (ssize_t)n;
}

static enum MHD_Result answer(struct exchange *x)
{
	struct MHD_Response *m;
	enum MHD_Result rc;
	char date[DATE_HTTP];
	size_t i;

	if (x->r.streams)
		m = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, send_more, x, NULL);
	else
		m = MHD_create_response_from_buffer(x->r.body.len, x->r.body.p, MHD_RESPMEM_PERSISTENT);
	if (m == NULL)
		return MHD_NO;
	MHD_add_response_header(m, "content-type", x->r.type != NULL ? x->r.type : "application/json");
	if (x->r.streams)
		MHD_add_response_header(m, "cache-control", "no-cache");
	if (x->s->p->clock_off_us != 0) {
		date_http(x->q.now_us, date);
		MHD_add_response_header(m, "date", date);
	}
	for (i = 0; i < x->r.headers.n; i++)
		MHD_add_response_header(m, x->r.headers.h[i].name, x->r.headers.h[i].value);
	rc = MHD_queue_response(x->c, (unsigned)x->r.status, m);
	MHD_destroy_response(m);
	return rc;
}

/* --- requests ------------------------------------------------------------------- */

static enum MHD_Result add_header(void *user, enum MHD_ValueKind kind, const char *name, const char *value)
{
	(void)kind;
	headers_add(user, name, value);
	return MHD_YES;
}

static void note(struct exchange *x)
{
	struct buf b;

	buf_init(&b, 0);
	headers_json(&x->q.headers, &b);
	books_note(x->s->p->books, x->q.id, x->q.method, x->target, x->r.status, buf_slice(&b), x->q.body);
	buf_release(&b);
}

static void open_sale(struct exchange *x)
{
	struct sale s = x->r.sale;

	s.complete = !x->r.streams;
	if (x->r.streams)
		s.used.output = s.used.thinking = 0;
	x->sale = books_open(x->s->p->books, &s);
}

static void make_request_id(char *out, size_t size)
{
	make_id("req_01", out, size);
}

static void make_uuid(char *out, size_t size)
{
	char digits[48];

	make_id("", digits, sizeof digits);
	snprintf(out, size, "%.8s-%.4s-4%.3s-8%.3s-%.12s", digits, digits + 8, digits + 12, digits + 9, digits + 12);
}

static enum MHD_Result handle(struct exchange *x, const char *path)
{
	const struct route *route = route_find(x->q.method, path);

	MHD_get_connection_values(x->c, MHD_HEADER_KIND, add_header, &x->q.headers);
	MHD_get_connection_values(x->c, MHD_GET_ARGUMENT_KIND, add_header, &x->q.query);
	x->q.path = path;
	x->q.target = x->target;
	x->q.body = buf_slice(&x->body);
	x->q.now_us = clock_now_us() + x->s->p->clock_off_us;
	(route != NULL && route->is_aws ? make_uuid : make_request_id)(x->q.id, sizeof x->q.id);
	if (x->body.over)
		too_large(x->s->p, &x->q, &x->r);
	else
		(route != NULL ? route->handle : not_here)(x->s->p, &x->q, &x->r);
	if (route == NULL || !route->is_own)
		note(x);
	if (x->r.is_silent) {
		if (x->r.raw != FAULT_NONE)
			raw_send(socket_of(x), x->r.raw, &x->s->stopping);
		else
			wait_for_the_end(x);
		return MHD_NO;
	}
	if (x->r.is_sale)
		open_sale(x);
	if (x->s->o.latency_us > 0 && (route == NULL || !route->is_own) && !wait_until(x, clock_steady_us() + x->s->o.latency_us))
		return MHD_NO;
	return answer(x);
}

static void *on_target(void *user, const char *target, struct MHD_Connection *c)
{
	struct exchange *x = xcalloc(1, sizeof *x);

	x->s = user;
	x->c = c;
	x->target = xstrdup(target);
	buf_init(&x->body, REQUEST_MAX);
	reply_init(&x->r);
	return x;
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *c, const char *path, const char *method, const char *version, const char *upload,
    size_t *upload_bytes, void **state)
{
	struct exchange *x = *state;

	(void)user;
	(void)c;
	(void)version;
	if (x == NULL)
		return MHD_NO;
	if (x->q.method == NULL) {
		x->q.method = method;
		return MHD_YES;
	}
	if (*upload_bytes > 0) {
		buf_add(&x->body, upload, *upload_bytes);
		*upload_bytes = 0;
		return MHD_YES;
	}
	return handle(x, path);
}

static void on_done(void *user, struct MHD_Connection *c, void **state, enum MHD_RequestTerminationCode why)
{
	struct exchange *x = *state;

	(void)user;
	(void)c;
	(void)why;
	if (x == NULL)
		return;
	headers_release(&x->q.headers);
	headers_release(&x->q.query);
	buf_release(&x->body);
	reply_release(&x->r);
	free(x->target);
	free(x);
	*state = NULL;
}

/* --- life ----------------------------------------------------------------------- */

enum err_code server_start(struct server **out, struct practice *p, const struct server_options *o, struct err *e)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(o->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct server *s = xcalloc(1, sizeof *s);

	s->p = p;
	s->o = *o;
	*out = NULL;
	s->daemon = MHD_start_daemon(MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL_INTERNAL_THREAD, 0, NULL, NULL, on_request, s, MHD_OPTION_SOCK_ADDR,
	    (struct sockaddr *)&at, MHD_OPTION_URI_LOG_CALLBACK, on_target, s, MHD_OPTION_NOTIFY_COMPLETED, on_done, s, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
	    (size_t)CONNECTION_MEMORY, MHD_OPTION_THREAD_STACK_SIZE, THREAD_STACK, MHD_OPTION_END);
	if (s->daemon == NULL) {
		free(s);
		return err_sys(e, ERR_NET, "cannot listen on 127.0.0.1:%u", (unsigned)o->port);
	}
	*out = s;
	return ERR_OK;
}

uint16_t server_port(const struct server *s)
{
	return MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_BIND_PORT)->port;
}

void server_stop(struct server *s)
{
	if (s == NULL)
		return;
	atomic_store(&s->stopping, true);
	MHD_stop_daemon(s->daemon);
	free(s);
}
