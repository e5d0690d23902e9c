/* SPDX-License-Identifier: GPL-3.0-or-later */
/* I5, R1: lives a key's whole life (sealed, authorised, sent by libcurl, vault
 * closed) and then looks for it in every byte of its own memory. Run by leak.sh
 * with a folder; built with the wiping free(), as the programs are.
 *
 * The key and the passphrase are random; what is searched for is kept XORed, and
 * is put together only in the one page that the search leaves out. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/random.h"
#include "base/secret.h"
#include "vault/cost.h"
#include "vault/vault.h"
#include "wire/request.h"

#define LEN 40
#define WINDOW 12	/* bytes in a row that count as found */
#define VEIL 0x5a
#define SCAN ((size_t)1 << 20)

static uint8_t veiled_key[LEN], veiled_pass[LEN];
static char *scan;	/* SCAN bytes to read into, then a window; its pages are not searched */

static _Noreturn void fail(const char *what, const struct err *e)
{
	printf("failed: %s: %s\n", what, e != NULL ? e->text : "");
	exit(1);
}

static struct secret *random_secret(uint8_t veiled[LEN])
{
	struct secret *s = secret_new(LEN);
	uint8_t *half = memory_secure_alloc(LEN / 2);
	size_t i;

	if (s == NULL || half == NULL)
		fail("locked memory", NULL);
	random_bytes(half, LEN / 2);
	hex_encode(half, LEN / 2, s->p);
	s->len = LEN;
	memory_secure_free(half, LEN / 2);
	for (i = 0; i < LEN; i++)
		veiled[i] = (uint8_t)s->p[i] ^ VEIL;
	return s;
}

/* --- the search ---------------------------------------------------------------- */

static int hits_in(size_t n, const uint8_t veiled[LEN])
{
	char *window = scan + SCAN;
	size_t w, i;
	int hits = 0;

	for (w = 0; w + WINDOW <= LEN; w += WINDOW / 2) {
		for (i = 0; i < WINDOW; i++)
			window[i] = (char)(veiled[w + i] ^ VEIL);
		hits += memmem(scan, n, window, WINDOW) != NULL;
		explicit_bzero(window, WINDOW);
	}
	return hits;
}

static int search(int mem, unsigned long from, unsigned long to, const uint8_t veiled[LEN])
{
	int hits = 0;

	while (from < to) {
		size_t n = to - from < SCAN ? to - from : SCAN;
		ssize_t got = pread(mem, scan, n, (off_t)from);

		if (got <= 0)
			break;	/* a page that cannot be read, as the guards of locked memory */
		hits += hits_in((size_t)got, veiled);
		/* windows that lie across two blocks */
		from += (size_t)got > WINDOW && from + (size_t)got < to ? (size_t)got - WINDOW : (size_t)got;
	}
	explicit_bzero(scan, SCAN);
	return hits;
}

/* How often a part of it is seen in readable memory of ours. */
static int found(const uint8_t veiled[LEN])
{
	FILE *maps = fopen("/proc/self/maps", "re");
	int mem = open("/proc/self/mem", O_RDONLY | O_CLOEXEC), hits = 0;
	unsigned long from, to;
	char line[512], may;

	if (maps == NULL || mem < 0)
		fail("/proc/self", NULL);
	while (fgets(line, sizeof line, maps) != NULL)
		if (sscanf(line, "%lx-%lx %c", &from, &to, &may) == 3 && may == 'r' && strstr(line, "[v") == NULL &&
		    !((uintptr_t)scan >= from && (uintptr_t)scan < to))
			hits += search(mem, from, to, veiled);
	fclose(maps);
	close(mem);
	return hits;
}

/* --- a vendor that answers once ------------------------------------------------- */

static void *serve(void *arg)
{
	static const char answer[] = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
	char *asked = memory_secure_alloc(4096);
	int listener = *(int *)arg, c = accept(listener, NULL, NULL);
	size_t n = 0;
	ssize_t got;

	/* its copy is not ours to find: read into locked memory and wiped */
	while (asked != NULL && n < 4000 && (got = read(c, asked + n, 4000 - n)) > 0) {
		n += (size_t)got;
		if (memmem(asked, n, "\r\n\r\n", 4) != NULL)
			break;
	}
	if (asked == NULL || strstr(asked, "x-api-key: ") == NULL || write(c, answer, sizeof answer - 1) < 0)
		puts("failed: the request had no key");
	memory_secure_free(asked, 4096);
	close(c);
	return NULL;
}

static size_t swallow(char *p, size_t size, size_t n, void *user)
{
	(void)p;
	(void)user;
	return size * n;
}

static void send_with(struct header *h, const char *url)
{
	struct curl_slist *list = curl_slist_append(NULL, h->line[0]->p);
	CURL *c = curl_easy_init();

	header_release(h);
	if (c == NULL || list == NULL)
		fail("libcurl", NULL);
	if (found(veiled_key) == 0)
		fail("the search does not find what is there", NULL);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, list);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, swallow);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	if (curl_easy_perform(c) != CURLE_OK)
		fail("the transfer", NULL);
	curl_slist_free_all(list);
	curl_easy_cleanup(c);
}

static void call_vendor(struct vault *v, const struct seal_name *name, const struct sealed *s)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct wire_request r;
	struct wire_url to;
	struct header h;
	struct err e = {0};
	pthread_t t;
	char url[64];

	if (listener < 0 || bind(listener, (struct sockaddr *)&at, len) != 0 || listen(listener, 1) != 0 ||
	    getsockname(listener, (struct sockaddr *)&at, &len) != 0 || pthread_create(&t, NULL, serve, &listener) != 0)
		fail("a server", NULL);
	snprintf(url, sizeof url, "http://127.0.0.1:%d", ntohs(at.sin_port));
	if (wire_url_parse(url, &to, &e) != ERR_OK)
		fail("the URL", &e);
	wire_request_init(&r, "POST", &to, "/v1/messages");
	if (vault_authorise(v, name, s, "127.0.0.1", &r, 0, &h, &e) != ERR_OK)
		fail("authorise", &e);
	send_with(&h, url);
	pthread_join(t, NULL);
	wire_request_release(&r);
	close(listener);
}

int main(int argc, char **argv)
{
	static const struct seal_name name = {.workspace = "w", .kind = "key", .id = 1, .version = 1, .host = "127.0.0.1"};
	struct secret *key, *pass;
	struct vault *v = NULL;
	struct sealed s;
	struct err e = {0};
	int left;

	if (argc != 2 || chdir(argv[1]) != 0 || memory_secure_init(&e) != ERR_OK)
		fail("the start", &e);
	scan = mmap(NULL, SCAN + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (scan == MAP_FAILED)
		fail("memory", NULL);
	curl_global_init(CURL_GLOBAL_ALL);
	key = random_secret(veiled_key);
	pass = random_secret(veiled_pass);
	if (vault_create_at_cost("./vault.key", "w", "ana", vault_pass(pass, NULL), 0, VAULT_COST_TEST, &e) != ERR_OK ||
	    vault_open_at_cost(&v, "./vault.key", vault_pass(pass, NULL), VAULT_COST_TEST, &e) != ERR_OK ||
	    vault_seal(v, &name, SEALED_X_API_KEY, key, &s, &e) != ERR_OK)
		fail("the vault", &e);
	secret_free(key);
	secret_free(pass);
	call_vendor(v, &name, &s);
	vault_close(v);
	curl_global_cleanup();
	left = found(veiled_key);
	if (left > 0)
		printf("failed: the key is in memory (%d windows)\n", left);
	if (found(veiled_pass) > 0) {
		puts("failed: the passphrase is in memory");
		left++;
	}
	return left > 0;
}
