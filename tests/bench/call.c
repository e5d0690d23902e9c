/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a short call costs over a raw request and one durable row, and a signature over
 * its bare hashes; ratios of medians taken in turn. Nothing passes or fails. */
#include "config.h"

#include <curl/curl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/memory.h"
#include "bench/line.h"
#include "store/call.h"
#include "store/goal.h"
#include "store/lease.h"
#include "store/store.h"
#include "vendor/vendor.h"
#include "wire/request.h"
#include "wire/sigv4.h"
#include "worker/transport.h"

/* --- a signature ----------------------------------------------------------------------- */

#define SIGN_RUNS 201
#define SIGN_BATCH 50

static void bench_sign(size_t body_bytes)
{
	static const struct sigv4_field field[] = {{{"content-type", 12}, {"application/json", 16}}, {{"host", 4}, {"bedrock-runtime.eu-west-3.amazonaws.com", 39}},
		{{"x-amz-date", 10}, {"20261123T091500Z", 16}}};
	char *body = xcalloc(1, body_bytes);
	struct sigv4_ask a = {.method = slice_of("POST"), .target = slice_of("/model/eu.anthropic.claude-sonnet-5-5/converse-stream"), .field = field, .field_count = 3,
		.body = slice_make(body, body_bytes), .time = "20261123T091500Z", .region = "eu-west-3", .service = "bedrock"};
	int64_t ours[SIGN_RUNS], bare[SIGN_RUNS];
	uint8_t key[HASH_BYTES] = {1};
	struct buf canonical, to_sign, out;
	struct hash h;
	int i, k;

	buf_init(&canonical, 0);
	buf_init(&to_sign, 0);
	buf_init(&out, 0);
	sigv4_canonical(&a, &canonical);
	sigv4_to_sign(&a, buf_slice(&canonical), &to_sign);
	for (i = 0; i < SIGN_RUNS; i++) {
		int64_t began = clock_steady_us();

		for (k = 0; k < SIGN_BATCH; k++) {
			buf_clear(&out);
			sigv4_authorization(&a, key, slice_of("AKIAOWNCASE123456789"), &out);
		}
		ours[i] = clock_steady_us() - began;
		began = clock_steady_us();
		for (k = 0; k < SIGN_BATCH; k++) {
			h = hash_slice(a.body);
			h = hash_slice(buf_slice(&canonical));
			h = hmac_sha256(key, sizeof key, to_sign.p, to_sign.len);
			key[0] ^= h.b[0] & 1;
		}
		bare[i] = clock_steady_us() - began;
	}
	qsort(ours, SIGN_RUNS, sizeof ours[0], by_time);
	qsort(bare, SIGN_RUNS, sizeof bare[0], by_time);
	printf("  a signature over %6zu bytes     %8.2f us   hashes and HMAC alone %8.2f us   %.2fx   (aim 2x)\n", body_bytes, (double)ours[SIGN_RUNS / 2] / SIGN_BATCH,
	    (double)bare[SIGN_RUNS / 2] / SIGN_BATCH, (double)ours[SIGN_RUNS / 2] / (double)bare[SIGN_RUNS / 2]);
	buf_release(&canonical);
	buf_release(&to_sign);
	buf_release(&out);
	free(body);
}

/* --- a short call -------------------------------------------------------------------------- */

#define CALLS 301

/* Answers on one line that stays open, until it is closed. */
static void serve_calls(int listener)
{
	char request[65536], answer[4096];
	int fd = accept(listener, NULL, NULL), n;

	n = snprintf(answer, sizeof answer, "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nrequest-id: req_1\r\ncontent-length: %zu\r\n\r\n%s%s%s",
	    sizeof opening + sizeof event + sizeof closing - 3, opening, event, closing);
	while (fd >= 0 && recv(fd, request, sizeof request, 0) > 0)
		if (!put(fd, answer, (size_t)n))
			break;
	_exit(0);
}

static size_t swallow(char *p, size_t size, size_t n, void *user)
{
	(void)p, (void)user;
	return size * n;
}

static void sql(sqlite3 *db, const char *text)
{
	if (sqlite3_exec(db, text, NULL, NULL, NULL) != SQLITE_OK)
		die(sqlite3_errmsg(db));
}

/* A raw request and one FULL commit of a row of a call's size. */
struct bare_caller {
	CURL *c;
	sqlite3 *db;
};

static void bare_open(struct bare_caller *b, uint16_t port, const char *folder)
{
	static const char body[] = "{\"model\":\"claude-x\",\"max_tokens\":100,\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Say a word.\"}]}]}";
	char url[64], path[512];

	snprintf(path, sizeof path, "%s/bare.db", folder);
	if (sqlite3_open(path, &b->db) != SQLITE_OK)
		die("sqlite");
	sql(b->db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t(a, b)");
	snprintf(url, sizeof url, "http://127.0.0.1:%u/v1/messages", port);
	b->c = curl_easy_init();
	curl_easy_setopt(b->c, CURLOPT_URL, url);
	curl_easy_setopt(b->c, CURLOPT_POSTFIELDS, body);
	curl_easy_setopt(b->c, CURLOPT_WRITEFUNCTION, swallow);
}

static void bare_call(struct bare_caller *b)
{
	if (curl_easy_perform(b->c) != CURLE_OK)
		die("a bare call failed");
	sql(b->db, "INSERT INTO t VALUES(1, randomblob(400))");
}

struct one_call {
	const struct vendor *v;
	struct decoder *d;
	struct store *s;
	struct call *c;
	bool over;
};

static enum err_code on_event(void *user, const struct reply_event *ev)
{
	(void)user, (void)ev;
	return ERR_OK;
}

static void call_head(void *user, int status, const struct wire_answer_header *h, size_t n)
{
	struct one_call *o = user;

	(void)h, (void)n;
	if (status == 200)
		o->d = o->v->decoder_new(&(struct vendor_asked){.model = "claude-x", .input_tokens = 9, .is_stream = true}, on_event, o);
	snprintf(o->c->request_id, sizeof o->c->request_id, "req_1");
	o->c->first_byte_us = clock_now_us();
}

static enum err_code call_body(void *user, const void *p, size_t n, struct err *e)
{
	struct one_call *o = user;

	return o->v->feed(o->d, p, n, e);
}

static void call_done(void *user, const struct transfer_end *end)
{
	struct one_call *o = user;
	struct err e = {0};

	if (end->result != TRANSFER_WHOLE || o->d == NULL || o->v->end(o->d, &e) != ERR_OK)
		die("a call failed");
	o->v->decoder_free(o->d);
	o->c->state = CALL_SETTLED;
	o->c->cost_pd = 1000000;
	if (store_begin_soon(o->s, &e) != ERR_OK || call_settle(o->s, o->c, clock_now_us(), &e) != ERR_OK || store_commit(o->s, &e) != ERR_OK)
		die(e.text);
	o->over = true;
}

/* As the worker does it: hold and write down that it goes, send, decode, book. The booking is on the
 * disk with the next commit, here the next call's hold. */
struct our_caller {
	struct transport *t;
	struct vendor_place at;
	struct prompt p;
	struct store *s;
	int64_t epoch, goal;
};

static void our_open(struct our_caller *o, uint16_t port, const char *folder)
{
	struct goal g = {.state = GOAL_ACTIVE, .created_us = 1};
	struct err e = {0};
	char url[64];

	g.text = xstrdup("bench");
	snprintf(url, sizeof url, "http://127.0.0.1:%u", port);
	if (store_open(&o->s, folder, STORE_CREATE, &e) != ERR_OK || lease_take(o->s, "bench", clock_now_us(), &o->epoch, &e) != ERR_OK || goal_add(o->s, &g, &e) != ERR_OK ||
	    transport_new(&o->t, "", "", &e) != ERR_OK || vendor_place_make(vendor_find("anthropic"), url, "", &o->at, &e) != ERR_OK)
		die(e.text);
	o->goal = g.id;
	free(g.text);
	prompt_init(&o->p, "claude-x", 100);
	prompt_add_message(&o->p, ROLE_USER);
	prompt_add_text(&o->p, slice_of("Say a word."));
}

static void our_call(struct our_caller *o)
{
	static const struct transfer_ops ops = {.head = call_head, .body = call_body, .done = call_done};
	static const struct model_rules rules = {.tokens_permille = 1000};
	struct call c = {.cause = CAUSE_PLAN, .goal = o->goal, .agent = "Ada", .vendor = "anthropic", .key = 1, .key_version = 1, .key_label = "main", .model = "claude-x",
		.epoch = o->epoch, .hold_pd = 2000000};
	struct one_call one = {.v = vendor_find("anthropic"), .s = o->s, .c = &c};
	struct transfer *transfer;
	struct wire_request req;
	struct err e = {0};

	if (store_begin(o->s, &e) != ERR_OK || call_hold(o->s, &c, NULL, clock_now_us(), NULL, &e) != ERR_OK || one.v->encode(&o->at, &o->p, &rules, true, &req, &e) != ERR_OK ||
	    call_sent(o->s, c.id, o->epoch, clock_now_us(), &e) != ERR_OK || store_commit(o->s, &e) != ERR_OK ||
	    transfer_start(o->t, &req, NULL, NULL, &ops, &one, &transfer, &e) != ERR_OK)
		die(e.text);
	wire_request_release(&req);
	while (!one.over) {
		transport_run(o->t, clock_steady_us());
		if (!one.over)
			transport_wait(o->t, NULL, 0, US_PER_S);
	}
}

static pid_t start_line(uint16_t *port)
{
	int listener = listen_here(port);
	pid_t vendor = fork();

	if (vendor < 0)
		die("fork");
	if (vendor == 0)
		serve_calls(listener);
	close(listener);
	return vendor;
}

/* In turn, so that a busy disk is busy for both. */
static void bench_call(void)
{
	char folder[] = "bench-streams-XXXXXX", *all;
	int64_t bare_us[CALLS], our_us[CALLS], began;
	struct bare_caller bare;
	struct our_caller ours;
	uint16_t port[2];
	pid_t vendor[2];
	int i;

	if (mkdtemp(folder) == NULL)
		die("a folder");
	for (i = 0; i < 2; i++)
		vendor[i] = start_line(&port[i]);
	bare_open(&bare, port[0], folder);
	our_open(&ours, port[1], folder);
	for (i = 0; i < CALLS; i++) {
		began = clock_steady_us();
		bare_call(&bare);
		bare_us[i] = clock_steady_us() - began;
		began = clock_steady_us();
		our_call(&ours);
		our_us[i] = clock_steady_us() - began;
	}
	curl_easy_cleanup(bare.c);
	sqlite3_close(bare.db);
	prompt_release(&ours.p);
	transport_free(ours.t);
	store_close(ours.s);
	for (i = 0; i < 2; i++) {
		kill(vendor[i], SIGKILL);
		waitpid(vendor[i], NULL, 0);
	}
	qsort(bare_us, CALLS, sizeof bare_us[0], by_time);
	qsort(our_us, CALLS, sizeof our_us[0], by_time);
	printf("a short call on a line that is kept, to the row booked (medians of %d)\n", CALLS);
	printf("  hold, send, decode, book        %8lld us   a raw request and one FULL commit %6lld us   %.2fx   (aim 1.8x)\n", (long long)our_us[CALLS / 2],
	    (long long)bare_us[CALLS / 2], (double)our_us[CALLS / 2] / (double)bare_us[CALLS / 2]);
	all = xasprintf("rm -rf '%s'", folder);
	if (system(all) != 0)
		die("the folder stays");
	free(all);
}

int main(void)
{
	signal(SIGPIPE, SIG_IGN);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	setvbuf(stdout, NULL, _IOLBF, 0);
	bench_call();
	puts("signing, with the key of the day kept");
	bench_sign(2048);
	bench_sign(100000);
	return 0;
}
