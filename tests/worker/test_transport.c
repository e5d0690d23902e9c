/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Servers that misbehave, each on a real socket: the transfer ends by a limit, says
 * which, and memory stays where it was. Nothing asserts how long anything took. */
#include "check.h"

#include <arpa/inet.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/slice.h"
#include "server.h"
#include "vault/vault.h"
#include "wire/request.h"
#include "worker/transport.h"

#define MEGABYTE ((size_t)1 << 20)
#define AT_MOST (60 * US_PER_S)	/* a test that comes here has failed */

struct got {
	struct transfer_end end;
	bool is_done;
	int heads, status;
	size_t bytes, most_heap;
	char body[64], header[64];
	size_t body_most;		/* then the reader refuses; 0: never */
};

static size_t heap_now(void)
{
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
}

static void on_head(void *user, int status, const struct wire_answer_header *h, size_t n)
{
	struct got *g = user;
	struct slice v = wire_answer_get(h, n, "x-seen");

	g->heads++;
	g->status = status;
	snprintf(g->header, sizeof g->header, "%.*s", (int)v.len, v.len > 0 ? v.p : "");
}

static enum err_code on_body(void *user, const void *p, size_t n, struct err *e)
{
	struct got *g = user;
	size_t heap = heap_now(), i;

	if (heap > g->most_heap)
		g->most_heap = heap;
	for (i = 0; i < n && g->bytes + i + 1 < sizeof g->body; i++)
		g->body[g->bytes + i] = ((const char *)p)[i];
	g->bytes += n;
	if (g->body_most > 0 && g->bytes > g->body_most)
		return err_set(e, ERR_PROTO, "the reader has had enough");
	return ERR_OK;
}

static void on_done(void *user, const struct transfer_end *end)
{
	struct got *g = user;

	assert_false(g->is_done);	/* once */
	g->end = *end;
	g->is_done = true;
}

static const struct transfer_ops ops = {.head = on_head, .body = on_body, .done = on_done};

/* --- asking -------------------------------------------------------------------- */

static struct transport *transport(const char *ca_file)
{
	struct transport *t;
	struct err e = {0};

	check_ok(transport_new(&t, NULL, ca_file, &e), &e);
	return t;
}

static const char *method = "POST";

static void build(struct wire_request *req, const char *url)
{
	struct wire_url to;
	struct err e = {0};

	check_ok(wire_url_parse(url, &to, &e), &e);
	wire_request_init(req, method, &to, "/v1/messages");
	wire_request_header(req, "content-type", "application/json");
	wire_request_header(req, "x-api-key", "not-a-key");
	if (strcmp(method, "POST") == 0)
		buf_adds(&req->body, "{\"ask\":1}");
}

static struct transfer *begin(struct transport *t, const char *url, const struct transfer_limits *limits, struct got *g)
{
	struct wire_request req;
	struct transfer *x;
	struct err e = {0};

	build(&req, url);
	check_ok(transfer_start(t, &req, NULL, limits, &ops, g, &x, &e), &e);
	wire_request_release(&req);
	return x;
}

static void pump(struct transport *t, const struct got *g)
{
	int64_t until = clock_steady_us() + AT_MOST;

	while (!g->is_done && clock_steady_us() < until) {
		transport_wait(t, NULL, 0, 10 * US_PER_MS);
		transport_run(t, clock_steady_us());
	}
	assert_true(g->is_done);
}

static void ask_url(struct transport *t, const char *url, const struct transfer_limits *limits, struct got *g)
{
	memset(g, 0, sizeof *g);
	begin(t, url, limits, g);
	pump(t, g);
}

static void ask(struct transport *t, const struct server *s, const struct transfer_limits *limits, struct got *g)
{
	char url[64];

	snprintf(url, sizeof url, "http://127.0.0.1:%d", s->port);
	ask_url(t, url, limits, g);
}

static void ends(const struct got *g, enum transfer_result result, const char *words)
{
	assert_int_equal(g->end.result, result);
	if (strstr(g->end.err.text, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", g->end.err.text, words);
	assert_false(g->end.cancelled);
}

/* One question to a server of its own. */
static void ask_once(server_answer *answer, const struct transfer_limits *limits, struct got *g)
{
	struct transport *t = transport(NULL);
	struct server s;

	server_start(&s, answer);
	ask(t, &s, limits, g);
	assert_int_equal(transport_in_flight(t), 0);
	transport_free(t);
	server_stop(&s);
}

/* --- what goes well -------------------------------------------------------------- */

static bool answer_well(struct server *s, int fd, int nth)
{
	char text[200];

	snprintf(text, sizeof text, "HTTP/1.1 200 OK\r\nX-Seen:  %d \r\nContent-Length: 5\r\n\r\nhello", nth);
	return server_say(s, fd, text);
}

static void test_an_answer_comes_whole_and_the_line_is_kept(void **state)
{
	struct transport *t = transport(NULL);
	struct server s;
	struct got g;
	int i;

	(void)state;
	server_start(&s, answer_well);
	for (i = 1; i <= 3; i++) {
		ask(t, &s, NULL, &g);
		assert_int_equal(g.end.result, TRANSFER_WHOLE);
		assert_int_equal(g.end.status, 200);
		assert_int_equal(g.heads, 1);
		assert_string_equal(g.body, "hello");
		assert_int_equal(g.header[0], '0' + i);
	}
	transport_free(t);
	server_stop(&s);
	assert_int_equal(atomic_load(&s.connections), 1);
	assert_non_null(strstr(s.request, "POST /v1/messages HTTP/1.1\r\n"));
	assert_null(strcasestr(s.request, "expect:"));
	assert_null(strcasestr(s.request, "accept-encoding:"));
}

static void test_a_reader_that_refuses_cuts_the_transfer(void **state)
{
	struct transport *t = transport(NULL);
	struct server s;
	struct got g = {.body_most = 3};
	char url[64];

	(void)state;
	server_start(&s, answer_well);
	snprintf(url, sizeof url, "http://127.0.0.1:%d", s.port);
	begin(t, url, NULL, &g);
	pump(t, &g);
	ends(&g, TRANSFER_CUT, "the reader has had enough");
	assert_int_equal(g.end.err.code, ERR_PROTO);
	transport_free(t);
	server_stop(&s);
}

static void test_cancelling_ends_once_and_says_so(void **state)
{
	struct transport *t = transport(NULL);
	struct server s;
	struct got g = {0};
	char url[64];

	(void)state;
	server_start(&s, NULL);
	snprintf(url, sizeof url, "http://127.0.0.1:%d", s.port);
	transfer_cancel(begin(t, url, NULL, &g), "the person said stop");
	assert_true(g.is_done && g.end.cancelled);
	assert_int_equal(g.end.result, TRANSFER_NOT_SENT);
	memset(&g, 0, sizeof g);
	begin(t, url, NULL, &g);
	transport_free(t);	/* cuts what runs */
	assert_true(g.is_done && g.end.cancelled);
	server_stop(&s);
}

/* --- time limits ------------------------------------------------------------------ */

static const struct transfer_limits short_ones = {.connect_us = 300 * US_PER_MS, .first_byte_us = 300 * US_PER_MS,
	.silence_us = 300 * US_PER_MS, .total_us = 1500 * US_PER_MS};

static bool answer_nothing(struct server *s, int fd, int nth)
{
	(void)fd, (void)nth;
	while (server_sleep(s, 100))
		continue;
	return false;
}

static bool answer_head_only(struct server *s, int fd, int nth)
{
	server_say(s, fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
	return answer_nothing(s, fd, nth);
}

static bool answer_and_fall_silent(struct server *s, int fd, int nth)
{
	server_say(s, fd, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhel");
	return answer_nothing(s, fd, nth);
}

static bool answer_by_drops(struct server *s, int fd, int nth)
{
	(void)nth;
	server_say(s, fd, "HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n");
	while (server_say(s, fd, "x") && server_sleep(s, 50))
		continue;
	return false;
}

/* The head itself drips: each byte is a sign of life, and still no answer begins. */
static bool answer_head_by_drops(struct server *s, int fd, int nth)
{
	(void)nth;
	server_say(s, fd, "HTTP/1.1 200 OK\r\nX-Long: ");
	while (server_say(s, fd, "x") && server_sleep(s, 50))
		continue;
	return false;
}

static bool answer_with_endless_continues(struct server *s, int fd, int nth)
{
	(void)nth;
	while (server_say(s, fd, "HTTP/1.1 100 Continue\r\n\r\n") && server_sleep(s, 5))
		continue;
	return false;
}

static void test_each_time_limit_has_its_own_words(void **state)
{
	static const struct {
		server_answer *answer;
		const char *words;
	} cases[] = {
		{answer_nothing, "did not begin to answer in time"},
		{answer_head_only, "did not begin to answer in time"},
		{answer_head_by_drops, "did not begin to answer in time"},
		{answer_with_endless_continues, "did not begin to answer in time"},
		{answer_and_fall_silent, "fell silent in the middle"},
		{answer_by_drops, "within the time that a call may take"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		struct got g;

		ask_once(cases[i].answer, &short_ones, &g);
		ends(&g, TRANSFER_CUT, cases[i].words);
		assert_true(g.bytes < 1000);
	}
}

/* Nothing was sent: these may be tried again without a second bill. */
static void test_what_never_left_is_told_apart(void **state)
{
	struct transport *t = transport(NULL);
	struct server s;
	struct got g;
	char url[64];

	(void)state;
	server_start(&s, NULL);
	snprintf(url, sizeof url, "https://127.0.0.1:%d", s.port);
	ask_url(t, url, &short_ones, &g);
	ends(&g, TRANSFER_NOT_SENT, "made no secure connection in time (TLS)");
	server_stop(&s);
	snprintf(url, sizeof url, "http://127.0.0.1:%d", s.port);	/* nobody is there now */
	ask_url(t, url, &short_ones, &g);
	ends(&g, TRANSFER_NOT_SENT, "nothing accepts the connection");
	assert_int_equal(g.end.err.code, ERR_NET);
	ask_url(t, "https://no-such-vendor.invalid", &short_ones, &g);
	ends(&g, TRANSFER_NOT_SENT, "(DNS)");
	transport_free(t);
	server_start(&s, answer_well);	/* speaks, but no TLS */
	t = transport(NULL);
	snprintf(url, sizeof url, "https://127.0.0.1:%d", s.port);
	ask_url(t, url, &short_ones, &g);
	assert_int_equal(g.end.result, TRANSFER_NOT_SENT);
	assert_non_null(strstr(g.end.err.text, "TLS"));
	assert_int_equal(g.heads, 0);
	transport_free(t);
	server_stop(&s);
}

/* --- floods ----------------------------------------------------------------------- */

static char block[65536];

static bool answer_without_end(struct server *s, int fd, int nth)
{
	(void)nth;
	server_say(s, fd, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
	while (server_send(s, fd, block, sizeof block))
		continue;
	return false;
}

static bool answer_ten_gigabytes(struct server *s, int fd, int nth)
{
	(void)nth;
	server_say(s, fd, "HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n");
	while (server_send(s, fd, block, sizeof block))
		continue;
	return false;
}

static bool answer_endless_chunks(struct server *s, int fd, int nth)
{
	(void)nth;
	server_say(s, fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
	while (server_say(s, fd, "10000\r\n") && server_send(s, fd, block, sizeof block) && server_say(s, fd, "\r\n"))
		continue;
	return false;
}

static void test_a_body_without_end_is_cut_and_takes_no_memory(void **state)
{
	server_answer *const cases[] = {answer_without_end, answer_ten_gigabytes, answer_endless_chunks};
	size_t i;

	(void)state;
	memset(block, 'x', sizeof block);
	for (i = 0; i < LENGTH(cases); i++) {
		size_t before = heap_now();
		struct got g;

		ask_once(cases[i], NULL, &g);
		ends(&g, TRANSFER_CUT, "longer than any that makes sense");
		assert_int_equal(g.end.err.code, ERR_LIMIT);
		assert_true(g.bytes <= TRANSPORT_BODY_MAX);
		assert_true(g.most_heap < before + MEGABYTE);
	}
}

static bool answer_many_headers(struct server *s, int fd, int nth)
{
	(void)nth;
	server_say(s, fd, "HTTP/1.1 200 OK\r\n");
	while (server_say(s, fd, "X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"))
		continue;
	return false;
}

static bool answer_one_endless_header(struct server *s, int fd, int nth)
{
	(void)nth;
	server_say(s, fd, "HTTP/1.1 200 OK\r\nX-Filler: ");
	while (server_send(s, fd, block, sizeof block))
		continue;
	return false;
}

static bool answer_endless_trailers(struct server *s, int fd, int nth)
{
	(void)nth;
	server_say(s, fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n");
	while (server_say(s, fd, "X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n"))
		continue;
	return false;
}

static void test_header_bombs_are_cut(void **state)
{
	size_t before = heap_now();
	struct got g;

	(void)state;
	memset(block, 'x', sizeof block);
	ask_once(answer_many_headers, NULL, &g);
	ends(&g, TRANSFER_CUT, "headers are too long");
	ask_once(answer_one_endless_header, NULL, &g);
	ends(&g, TRANSFER_CUT, "headers are too long");
	assert_int_equal(g.heads, 0);
	ask_once(answer_endless_trailers, NULL, &g);
	ends(&g, TRANSFER_CUT, "headers are too long");
	assert_true(heap_now() < before + MEGABYTE);
}

/* --- other things than one plain answer --------------------------------------------- */

static bool answer_packed(struct server *s, int fd, int nth)
{
	/* ten bytes of gzip that would unfold to more */
	static const unsigned char gzip[] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3};

	(void)nth;
	server_say(s, fd, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 10\r\n\r\n");
	return server_send(s, fd, gzip, sizeof gzip);
}

static bool answer_with_two_lengths(struct server *s, int fd, int nth)
{
	(void)nth;
	return server_say(s, fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 2\r\n\r\nhello");
}

static bool answer_with_length_and_chunks(struct server *s, int fd, int nth)
{
	(void)nth;
	return server_say(s, fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
}

static bool answer_in_no_http(struct server *s, int fd, int nth)
{
	(void)nth;
	server_say(s, fd, "220 mail.example.com ESMTP ready\r\n");
	return false;
}

static bool answer_cut_off(struct server *s, int fd, int nth)
{
	(void)nth;
	server_say(s, fd, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhel");
	return false;
}

static bool answer_with_a_bad_chunk(struct server *s, int fd, int nth)
{
	(void)nth;
	server_say(s, fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n");
	return false;
}

static bool answer_by_closing(struct server *s, int fd, int nth)
{
	(void)s, (void)fd, (void)nth;
	return false;
}

static void test_what_is_no_clear_answer_is_not_taken(void **state)
{
	static const struct {
		server_answer *answer;
		const char *words;
	} cases[] = {
		{answer_packed, "packed"},
		{answer_with_two_lengths, "in two ways how long"},
		{answer_with_length_and_chunks, "in two ways how long"},
		{answer_in_no_http, "does not speak HTTP"},
		{answer_cut_off, "the answer was cut off"},
		{answer_with_a_bad_chunk, ""},
		{answer_by_closing, "without an answer"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		struct got g;

		ask_once(cases[i].answer, &short_ones, &g);
		ends(&g, TRANSFER_CUT, cases[i].words);
		assert_true(g.end.err.text[0] != '\0');
	}
}

/* Bytes after an answer that look like the next one: it must not be taken for the
 * answer to our next question. */
static bool answer_and_smuggle(struct server *s, int fd, int nth)
{
	if (nth == 1)
		return server_say(s, fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst"
		    "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
	return answer_well(s, fd, nth);
}

static bool answer_and_smuggle_later(struct server *s, int fd, int nth)
{
	if (nth > 1)
		return answer_well(s, fd, nth);
	server_say(s, fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst");
	server_sleep(s, 50);
	return server_say(s, fd, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
}

static void test_a_smuggled_answer_answers_nothing(void **state)
{
	server_answer *const cases[] = {answer_and_smuggle, answer_and_smuggle_later};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		struct transport *t = transport(NULL);
		struct server s;
		struct got g;

		server_start(&s, cases[i]);
		ask(t, &s, NULL, &g);
		assert_int_equal(g.end.result, TRANSFER_WHOLE);
		assert_string_equal(g.body, "first");
		server_sleep(&s, 150);
		ask(t, &s, NULL, &g);
		assert_int_equal(g.end.result, TRANSFER_WHOLE);
		assert_string_equal(g.body, "hello");
		transport_free(t);
		server_stop(&s);
	}
}

static int other_port;

static bool answer_with_a_redirect(struct server *s, int fd, int nth)
{
	static const int codes[] = {301, 302, 303, 307, 308};
	char text[200];

	snprintf(text, sizeof text, "HTTP/1.1 %d Go\r\nLocation: http://127.0.0.1:%d/v1/messages\r\nContent-Length: 0\r\n\r\n",
	    codes[(nth - 1) % (int)LENGTH(codes)], other_port);
	return server_say(s, fd, text);
}

static void test_a_redirect_is_never_followed(void **state)
{
	struct transport *t = transport(NULL);
	struct server s, other;
	struct got g;
	int i;

	(void)state;
	server_start(&other, answer_well);
	other_port = other.port;
	server_start(&s, answer_with_a_redirect);
	for (i = 0; i < 5; i++) {
		ask(t, &s, NULL, &g);
		assert_int_equal(g.end.result, TRANSFER_WHOLE);
		assert_true(g.end.status >= 301 && g.end.status <= 308);
	}
	transport_free(t);
	server_stop(&s);
	server_stop(&other);
	assert_int_equal(atomic_load(&s.requests), 5);
	assert_int_equal(atomic_load(&other.connections), 0);
}

/* The line that was kept takes the question and closes: it may have been billed, so
 * it must not be asked again behind our back. */
static bool answer_once_then_close(struct server *s, int fd, int nth)
{
	return nth == 1 ? answer_well(s, fd, nth) : false;
}

static void test_nothing_is_asked_twice_by_the_library(void **state)
{
	struct transport *t = transport(NULL);
	struct server s;
	struct got g;

	(void)state;
	server_start(&s, answer_once_then_close);
	ask(t, &s, NULL, &g);
	assert_int_equal(g.end.result, TRANSFER_WHOLE);
	ask(t, &s, NULL, &g);
	ends(&g, TRANSFER_CUT, "closed while it was asked");
	transport_free(t);
	server_stop(&s);
	assert_int_equal(atomic_load(&s.requests), 2);
}

/* --- certificates ------------------------------------------------------------------- */

/* A CA and its certificates, made by the openssl command: for this host, for another,
 * and for this host at another time. */
static const char make_certificates[] =
    "set -e; cd \"$1\"; new='req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -batch'\n"
    "for ca in ca stranger; do openssl $new -x509 -days 30 -subj /CN=$ca -keyout $ca.key -out $ca.pem; done\n"
    "leaf() { openssl $new -subj /CN=$1 -keyout $1.key -out $1.csr; printf 'subjectAltName=%s\\n' \"$2\" >$1.ext; shift 2\n"
    "openssl \"$@\"; }\n"
    "leaf here IP:127.0.0.1 x509 -req -in here.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile here.ext -out here.pem\n"
    "leaf other DNS:vendor.example x509 -req -in other.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile other.ext -out other.pem\n"
    ": >index.txt; echo 01 >serial\n"
    "printf '[ca]\\ndefault_ca=x\\n[x]\\ndatabase=index.txt\\nserial=serial\\nnew_certs_dir=.\\ndefault_md=sha256\\npolicy=p\\n[p]\\ncommonName=supplied\\n' >ca.cnf\n"
    "leaf old IP:127.0.0.1 ca -config ca.cnf -batch -in old.csr -cert ca.pem -keyfile ca.key -extfile old.ext"
    " -startdate 20200101000000Z -enddate 20200201000000Z -out old.pem\n";

static char folder[64];
static pid_t tls_server;	/* 0: none runs */

static int make_folder(void **state)
{
	char command[256], path[80];
	FILE *f;

	(void)state;
	snprintf(folder, sizeof folder, "/tmp/claviger-tls.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/make.sh", folder);
	f = fopen(path, "w");
	if (f == NULL)
		return -1;
	fputs(make_certificates, f);
	fclose(f);
	snprintf(command, sizeof command, "sh %s/make.sh %s >%s/log 2>&1", folder, folder, folder);
	return system(command) == 0 ? 0 : -1;
}

static int drop_folder(void **state)
{
	char command[96];

	(void)state;
	if (tls_server > 0)	/* a failed test left it */
		kill(tls_server, SIGKILL);
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command) == 0 ? 0 : -1;
}

/* openssl's own server, which answers anything with a page. */
static pid_t serve_tls(const char *name, int *port)
{
	char cert[96], key[96], accept[32];
	char words[][12] = {"openssl", "s_server", "-quiet", "-www", "-accept", "-cert", "-key"};
	char *argv[] = {words[0], words[1], words[2], words[3], words[4], accept, words[5], cert, words[6], key, NULL};
	struct server probe;
	pid_t pid;
	int tries;

	server_start(&probe, NULL);	/* finds a free port */
	*port = probe.port;
	server_stop(&probe);
	snprintf(accept, sizeof accept, "127.0.0.1:%d", *port);
	snprintf(cert, sizeof cert, "%s/%s.pem", folder, name);
	snprintf(key, sizeof key, "%s/%s.key", folder, name);
	assert_int_equal(posix_spawnp(&pid, "openssl", NULL, NULL, argv, environ), 0);
	tls_server = pid;
	for (tries = 0; tries < 500; tries++) {
		struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)*port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		bool is_up = connect(fd, (struct sockaddr *)&a, sizeof a) == 0;
		const struct timespec rest = {.tv_nsec = 10000000};

		close(fd);
		if (is_up)
			return pid;
		nanosleep(&rest, NULL);
	}
	fail_msg("openssl s_server does not come up");
	return pid;
}

static void test_certificates_are_checked_and_told_apart(void **state)
{
	static const struct {
		const char *server, *ca, *words;	/* words NULL: it is taken */
	} cases[] = {
		{"here", "ca", NULL},
		{"other", "ca", "for another host"},
		{"old", "ca", "not valid at this machine's time"},
		{"here", "stranger", "an authority that this machine does not know"},
	};
	size_t i;

	(void)state;
	method = "GET";	/* openssl answers nothing else */
	for (i = 0; i < LENGTH(cases); i++) {
		char ca[96], url[64];
		struct transport *t;
		struct got g;
		int port;
		pid_t pid = serve_tls(cases[i].server, &port);

		snprintf(ca, sizeof ca, "%s/%s.pem", folder, cases[i].ca);
		snprintf(url, sizeof url, "https://127.0.0.1:%d", port);
		t = transport(ca);
		ask_url(t, url, NULL, &g);
		if (cases[i].words != NULL) {
			ends(&g, TRANSFER_NOT_SENT, cases[i].words);
			assert_true(g.end.err.code == ERR_PROTO);	/* another try would not help */
		} else if (g.heads == 0) {
			fail_msg("not taken: %s", g.end.err.text);
		}
		transport_free(t);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
		tls_server = 0;
	}
	method = "POST";
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_answer_comes_whole_and_the_line_is_kept),
		cmocka_unit_test(test_a_reader_that_refuses_cuts_the_transfer),
		cmocka_unit_test(test_cancelling_ends_once_and_says_so),
		cmocka_unit_test(test_each_time_limit_has_its_own_words),
		cmocka_unit_test(test_what_never_left_is_told_apart),
		cmocka_unit_test(test_a_body_without_end_is_cut_and_takes_no_memory),
		cmocka_unit_test(test_header_bombs_are_cut),
		cmocka_unit_test(test_what_is_no_clear_answer_is_not_taken),
		cmocka_unit_test(test_a_smuggled_answer_answers_nothing),
		cmocka_unit_test(test_a_redirect_is_never_followed),
		cmocka_unit_test(test_nothing_is_asked_twice_by_the_library),
		cmocka_unit_test_setup_teardown(test_certificates_are_checked_and_told_apart, make_folder, drop_folder),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
