/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What our transport and decoders cost over a bare curl_multi that only counts, as
 * ratios within this run: many slow streams at once, and one burst.
 * Nothing passes or fails; the aims are printed beside the figures.
 *
 *   streams [STREAMS [SECONDS]] */
#include "config.h"

#include <cjson/cJSON.h>
#include <curl/curl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "bench/line.h"
#include "vendor/vendor.h"
#include "wire/request.h"
#include "worker/transport.h"

#define BURST 100000
#define EVERY_US (50 * US_PER_MS)
#define BATCH 64		/* events a write in the burst */

static const char head[] = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
static int64_t cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * US_PER_S + t.tv_nsec / 1000;
}

/* --- the vendor: a process of its own ------------------------------------------- */

/* All connect, then each gets an event every 50 ms: rounds of them. */
static void serve_paced(int listener, int streams, int rounds)
{
	int *fd = xcalloc((size_t)streams, sizeof *fd), i, k;
	char request[8192];
	int64_t at;

	for (i = 0; i < streams; i++) {
		fd[i] = accept(listener, NULL, NULL);
		if (fd[i] < 0 || recv(fd[i], request, sizeof request, 0) <= 0 || !put(fd[i], head, sizeof head - 1) || !put(fd[i], opening, sizeof opening - 1))
			die("accept");
	}
	at = clock_steady_us();
	for (k = 0; k < rounds; k++) {
		at += EVERY_US;
		for (i = 0; i < streams; i++)
			put(fd[i], event, sizeof event - 1);
		if (at > clock_steady_us())
			usleep((useconds_t)(at - clock_steady_us()));
	}
	for (i = 0; i < streams; i++) {
		put(fd[i], closing, sizeof closing - 1);
		close(fd[i]);
	}
	free(fd);
}

static void serve_burst(int listener)
{
	int fd = accept(listener, NULL, NULL), i, k;
	char request[8192], *many = xmalloc(BATCH * sizeof event);
	size_t len = 0;

	for (k = 0; k < BATCH; k++) {
		memcpy(many + len, event, sizeof event - 1);
		len += sizeof event - 1;
	}
	if (fd < 0 || recv(fd, request, sizeof request, 0) <= 0 || !put(fd, head, sizeof head - 1) || !put(fd, opening, sizeof opening - 1))
		die("accept");
	for (i = 0; i + BATCH <= BURST; i += BATCH)
		put(fd, many, len);
	for (; i < BURST; i++)
		put(fd, event, sizeof event - 1);
	put(fd, closing, sizeof closing - 1);
	close(fd);
	free(many);
}

/* --- two readers ------------------------------------------------------------------- */

struct figures {
	int64_t cpu_us, wall_us, events, bytes_each, left_bytes;
};

struct bare {
	int64_t events;
	char *tail;		/* of the burst's reader: what is not a whole event yet */
	size_t len, room;
	bool parses;
};

static size_t bare_write(char *p, size_t size, size_t n, void *user)
{
	struct bare *b = user;
	size_t len = size * n;
	char *at, *end;

	if (!b->parses) {
		b->events += len > 0;
		return len;
	}
	if (b->len + len + 1 > b->room) {
		b->room = 2 * (b->len + len + 1);
		b->tail = xrealloc(b->tail, b->room);
	}
	memcpy(b->tail + b->len, p, len);
	b->len += len;
	b->tail[b->len] = '\0';
	for (at = b->tail; (end = strstr(at, "\n\n")) != NULL; at = end + 2) {
		char *data = strstr(at, "data: ");

		*end = '\0';
		if (data != NULL) {
			cJSON *t = cJSON_Parse(data + 6);
			const cJSON *delta = cJSON_GetObjectItemCaseSensitive(t, "delta"), *text = cJSON_GetObjectItemCaseSensitive(delta, "text");

			b->events += cJSON_IsString(text);
			cJSON_Delete(t);
		}
	}
	b->len -= (size_t)(at - b->tail);
	memmove(b->tail, at, b->len);
	return len;
}

static int64_t in_use(void)
{
	struct mallinfo2 m = mallinfo2();

	return (int64_t)(m.uordblks + m.hblkhd);
}

static void read_bare(uint16_t port, int streams, bool parses, struct figures *out)
{
	struct bare *b = xcalloc((size_t)streams, sizeof *b);
	CURL **easy = xcalloc((size_t)streams, sizeof(CURL *));
	CURLM *multi = curl_multi_init();
	int64_t before = in_use(), began = clock_steady_us(), cpu = cpu_us(), most = 0;
	int running = streams, i;
	char url[64];

	snprintf(url, sizeof url, "http://127.0.0.1:%u/v1/messages", port);
	for (i = 0; i < streams; i++) {
		b[i].parses = parses;
		easy[i] = curl_easy_init();
		curl_easy_setopt(easy[i], CURLOPT_URL, url);
		curl_easy_setopt(easy[i], CURLOPT_WRITEFUNCTION, bare_write);
		curl_easy_setopt(easy[i], CURLOPT_WRITEDATA, &b[i]);
		curl_multi_add_handle(multi, easy[i]);
	}
	while (running > 0) {
		int64_t now;

		curl_multi_poll(multi, NULL, 0, 1000, NULL);
		curl_multi_perform(multi, &running);
		now = in_use();
		most = now > most ? now : most;
	}
	out->cpu_us = cpu_us() - cpu;
	out->wall_us = clock_steady_us() - began;
	out->bytes_each = (most - before) / streams;
	for (i = 0; i < streams; i++) {
		out->events += b[i].events;
		curl_multi_remove_handle(multi, easy[i]);
		curl_easy_cleanup(easy[i]);
		free(b[i].tail);
	}
	curl_multi_cleanup(multi);
	out->left_bytes = in_use() - before;
	free(easy);
	free(b);
}

struct ours {
	const struct vendor *v;
	struct decoder *d;
	int64_t events;
	bool failed;
};

static enum err_code on_event(void *user, const struct reply_event *ev)
{
	struct ours *x = user;

	x->events += ev->kind == REPLY_TEXT;
	return ERR_OK;
}

static void on_head(void *user, int status, const struct wire_answer_header *h, size_t n)
{
	struct ours *x = user;

	(void)h, (void)n;
	if (status == 200)
		x->d = x->v->decoder_new(&(struct vendor_asked){.model = "claude-x", .input_tokens = 9, .is_stream = true}, on_event, x);
}

static enum err_code on_body(void *user, const void *p, size_t n, struct err *e)
{
	struct ours *x = user;

	return x->v->feed(x->d, p, n, e);
}

static void on_done(void *user, const struct transfer_end *end)
{
	struct ours *x = user;
	struct err e = {0};

	x->failed = end->result != TRANSFER_WHOLE || x->d == NULL || x->v->end(x->d, &e) != ERR_OK;
	x->v->decoder_free(x->d);
}

static void read_ours(uint16_t port, int streams, struct figures *out)
{
	static const struct transfer_ops ops = {.head = on_head, .body = on_body, .done = on_done};
	const struct vendor *v = vendor_find("anthropic");
	struct ours *x = xcalloc((size_t)streams, sizeof *x);
	struct transport *t;
	struct transfer *transfer;
	struct wire_url to;
	struct wire_request req;
	struct err e = {0};
	int64_t before, began, cpu, most = 0;
	char url[64];
	int i;

	snprintf(url, sizeof url, "http://127.0.0.1:%u", port);
	if (transport_new(&t, "", "", &e) != ERR_OK || wire_url_parse(url, &to, &e) != ERR_OK)
		die(e.text);
	before = in_use();
	began = clock_steady_us();
	cpu = cpu_us();
	for (i = 0; i < streams; i++) {
		x[i].v = v;
		wire_request_init(&req, "POST", &to, "/v1/messages");
		buf_adds(&req.body, "{}");
		if (transfer_start(t, &req, NULL, NULL, &ops, &x[i], &transfer, &e) != ERR_OK)
			die(e.text);
		wire_request_release(&req);
	}
	while (transport_in_flight(t) > 0) {
		int64_t now;

		transport_wait(t, NULL, 0, US_PER_S);
		transport_run(t, clock_steady_us());
		now = in_use();
		most = now > most ? now : most;
	}
	out->cpu_us = cpu_us() - cpu;
	out->wall_us = clock_steady_us() - began;
	out->bytes_each = (most - before) / streams;
	for (i = 0; i < streams; i++) {
		out->events += x[i].events;
		if (x[i].failed)
			die("a stream failed");
	}
	transport_forget(t);
	out->left_bytes = in_use() - before;
	transport_free(t);
	free(x);
}

/* Each reader in a process of its own, with a vendor of its own. */
static void measure(bool is_ours, bool is_burst, int streams, int rounds, struct figures *out)
{
	uint16_t port;
	int listener = listen_here(&port), ends[2];
	pid_t vendor, reader;

	memset(out, 0, sizeof *out);
	if (pipe(ends) != 0 || (vendor = fork()) < 0)
		die("fork");
	if (vendor == 0) {
		if (is_burst)
			serve_burst(listener);
		else
			serve_paced(listener, streams, rounds);
		_exit(0);
	}
	reader = fork();
	if (reader == 0) {
		close(listener);
		if (is_ours)
			read_ours(port, streams, out);
		else
			read_bare(port, streams, is_burst, out);
		if (write(ends[1], out, sizeof *out) != (ssize_t)sizeof *out)
			_exit(1);
		_exit(0);
	}
	close(listener);
	close(ends[1]);
	if (read(ends[0], out, sizeof *out) != (ssize_t)sizeof *out)
		die("a reader told nothing");
	close(ends[0]);
	waitpid(reader, NULL, 0);
	waitpid(vendor, NULL, 0);
}

static void bench_streams(int streams, int rounds)
{
	struct figures bare, ours;

	measure(false, false, streams, rounds, &bare);
	measure(true, false, streams, rounds, &ours);
	printf("%d streams, an event each every 50 ms for %.1f s\n", streams, rounds * 0.05);
	printf("  CPU of one thread               %8.1f ms   bare curl_multi %8.1f ms   %.2fx   (aim 2x)\n", (double)ours.cpu_us / 1e3, (double)bare.cpu_us / 1e3,
	    (double)ours.cpu_us / (double)bare.cpu_us);
	printf("  memory of a stream              %8.1f KB   bare curl_multi %8.1f KB            (aim below 64 KB)\n", (double)ours.bytes_each / 1024, (double)bare.bytes_each / 1024);
	printf("  still in use afterwards         %8.1f KB   bare curl_multi %8.1f KB            (aim: none per stream)\n", (double)ours.left_bytes / 1024, (double)bare.left_bytes / 1024);
	printf("  events seen                     %8lld      of %lld\n", (long long)ours.events, (long long)streams * rounds);
}

static int by_rate(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void bench_burst(void)
{
	double bare_rate[5], our_rate[5], bare_cpu[5], our_cpu[5];
	int64_t seen = 0;
	int i;

	for (i = 0; i < 5; i++) {
		struct figures bare, ours;

		measure(false, true, 1, 0, &bare);
		measure(true, true, 1, 0, &ours);
		bare_rate[i] = (double)bare.events * 1e6 / (double)bare.wall_us;
		our_rate[i] = (double)ours.events * 1e6 / (double)ours.wall_us;
		bare_cpu[i] = (double)bare.events * 1e6 / (double)bare.cpu_us;
		our_cpu[i] = (double)ours.events * 1e6 / (double)ours.cpu_us;
		seen += ours.events;
	}
	qsort(bare_cpu, 5, sizeof bare_cpu[0], by_rate);
	qsort(our_cpu, 5, sizeof our_cpu[0], by_rate);
	qsort(bare_rate, 5, sizeof bare_rate[0], by_rate);
	qsort(our_rate, 5, sizeof our_rate[0], by_rate);
	printf("a burst of %d events, five times\n", BURST);
	printf("  events a second                 %8.0f      curl, split, cJSON %8.0f   %.2fx   (aim at least 0.5x)\n", our_rate[2], bare_rate[2], our_rate[2] / bare_rate[2]);
	printf("  events a second of its CPU      %8.0f      curl, split, cJSON %8.0f   %.2fx\n", our_cpu[2], bare_cpu[2], our_cpu[2] / bare_cpu[2]);
	printf("  events seen                     %8lld      of %d\n", (long long)seen, 5 * BURST);
}

int main(int argc, char **argv)
{
	int streams = argc > 1 ? atoi(argv[1]) : 500, seconds = argc > 2 ? atoi(argv[2]) : 5;
	struct rlimit files = {4096, 4096};

	(void)setrlimit(RLIMIT_NOFILE, &files);
	signal(SIGPIPE, SIG_IGN);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	setvbuf(stdout, NULL, _IOLBF, 0);
	bench_streams(streams, seconds * 20);
	bench_burst();
	return 0;
}
