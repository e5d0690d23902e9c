/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the vault costs over the bare primitives, as ratios of medians taken in turn in
 * this run. Nothing passes or fails here; the aims are printed beside the figures.
 *
 *   vault_bench FOLDER   (empty, of our own) */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "vault/cost.h"
#include "vault/keyfile.h"
#include "vault/vault.h"
#include "wire/request.h"

#define PASS "correct horse"
#define SLOW_RUNS 7
#define FAST_RUNS 201
#define BATCH 50		/* fast things in a row, so that the clock's step does not count */

static struct vault_pass pass = {.text = {PASS, sizeof PASS - 1}};
static struct seal_name name = {.workspace = "w", .kind = "key", .id = 1, .version = 1, .host = "api.example.com"};

static void must(enum err_code rc, const struct err *e)
{
	if (rc == ERR_OK)
		return;
	fprintf(stderr, "vault_bench: %s\n", e->text);
	exit(1);
}

static int by_time(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

static int64_t median(int64_t *us, int n)
{
	qsort(us, (size_t)n, sizeof *us, by_time);
	return us[n / 2];
}

static void line(const char *what, int64_t ours_us, const char *floor, int64_t floor_us, const char *aim)
{
	printf("%-34s %9lld us   %-22s %9lld us   %.2fx   (aim %s)\n", what, (long long)ours_us, floor, (long long)floor_us,
	    floor_us > 0 ? (double)ours_us / (double)floor_us : 0.0, aim);
}

/* Right, wrong and hostile passphrases against one scrypt of the stored parameters. */
static void bench_unlock(const char *path)
{
	int64_t ours[SLOW_RUNS], wrong[SLOW_RUNS], damaged[SLOW_RUNS], bare[SLOW_RUNS], began;
	struct vault_pass other = {.text = slice_of("correct house")};
	char *bad = xasprintf("%s.bad", path);
	uint8_t *out = memory_secure_alloc(64), bytes[KEYFILE_BYTES];
	struct key_file f;
	struct vault *v;
	struct err e;
	int i;

	must(keyfile_read(path, &f, &e), &e);
	f.slots[0].wrapped[0] ^= 1;
	keyfile_encode(&f, bytes);
	must(file_replace(bad, slice_make(bytes, sizeof bytes), 0600, &e), &e);
	for (i = 0; i < SLOW_RUNS; i++) {
		began = clock_steady_us();
		must(crypto_scrypt(pass.text, slice_make(f.slots[0].salt, KEYFILE_SALT), &f.slots[0].cost, out, 64, &e), &e);
		bare[i] = clock_steady_us() - began;
		began = clock_steady_us();
		must(vault_open(&v, path, pass, &e), &e);
		ours[i] = clock_steady_us() - began;
		vault_close(v);
		began = clock_steady_us();
		must(vault_open(&v, path, other, &e) == ERR_AUTH ? ERR_OK : ERR_IO, &e);
		wrong[i] = clock_steady_us() - began;
		began = clock_steady_us();
		must(vault_open(&v, bad, pass, &e) == ERR_PROTO ? ERR_OK : ERR_IO, &e);
		damaged[i] = clock_steady_us() - began;
	}
	line("unlock", median(ours, SLOW_RUNS), "one scrypt", median(bare, SLOW_RUNS), "1.05x");
	line("unlock, wrong passphrase", median(wrong, SLOW_RUNS), "unlock", median(ours, SLOW_RUNS), "the same");
	line("unlock, root does not unwrap", median(damaged, SLOW_RUNS), "unlock", median(ours, SLOW_RUNS), "the same");
	unlink(bad);
	free(bad);
	memory_secure_free(out, 64);
}

static void bench_records(struct vault *v)
{
	int64_t seal_us[FAST_RUNS], bare_seal[FAST_RUNS], auth_us[FAST_RUNS], bare_open[FAST_RUNS], began;
	struct secret *value = secret_new(108);
	uint8_t *key = memory_secure_alloc(CRYPTO_KEY), nonce[CRYPTO_NONCE], sealed[256];
	char aad[32] = "as long as the bound bytes are";
	struct wire_request r;
	struct wire_url to;
	struct sealed s;
	struct err e;
	int i, k;

	memset(value->p, 'k', 108);
	value->len = 108;
	random_bytes(key, CRYPTO_KEY);
	must(wire_url_parse("https://api.example.com", &to, &e), &e);
	wire_request_init(&r, "POST", &to, "/v1/messages");
	for (i = 0; i < FAST_RUNS; i++) {
		began = clock_steady_us();
		for (k = 0; k < BATCH; k++) {
			random_bytes(nonce, sizeof nonce);
			must(crypto_seal(key, nonce, slice_make(aad, sizeof aad), slice_make(value->p, value->len), sealed, &e), &e);
		}
		bare_seal[i] = clock_steady_us() - began;
		began = clock_steady_us();
		for (k = 0; k < BATCH; k++)
			must(vault_seal(v, &name, SEALED_X_API_KEY, value, &s, &e), &e);
		seal_us[i] = clock_steady_us() - began;
		began = clock_steady_us();
		for (k = 0; k < BATCH; k++)
			must(crypto_open(key, nonce, slice_make(aad, sizeof aad), slice_make(sealed, 108 + CRYPTO_TAG), (uint8_t *)value->p, &e), &e);
		bare_open[i] = clock_steady_us() - began;
		began = clock_steady_us();
		for (k = 0; k < BATCH; k++) {
			struct header h;

			must(vault_authorise(v, &name, &s, name.host, &r, 0, &h, &e), &e);
			header_release(&h);
		}
		auth_us[i] = clock_steady_us() - began;
	}
	line("seal (50)", median(seal_us, FAST_RUNS), "nonce and GCM (50)", median(bare_seal, FAST_RUNS), "2x");
	line("authorise (50)", median(auth_us, FAST_RUNS), "GCM (50)", median(bare_open, FAST_RUNS), "2x");
	wire_request_release(&r);
	secret_free(value);
	memory_secure_free(key, CRYPTO_KEY);
}

/* Another passphrase, alone and beside 10,000 sealed records: none of them is touched. */
static void bench_change(struct vault *v, const char *folder)
{
	int64_t few[SLOW_RUNS], many[SLOW_RUNS], began;
	struct vault_pass other = {.text = slice_of("another one")};
	char *path = xasprintf("%s/records", folder);
	struct secret *value = secret_new(108);
	uint8_t *blob = xmalloc(SEALED_BLOB_MAX);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), i;
	struct sealed s;
	struct err e;

	memset(value->p, 'k', 108);
	value->len = 108;
	for (i = 0; i < SLOW_RUNS; i++) {
		began = clock_steady_us();
		must(vault_change_passphrase(v, i % 2 == 0 ? pass : other, i % 2 == 0 ? other : pass, &e), &e);
		few[i] = clock_steady_us() - began;
	}
	for (i = 0; i < 10000; i++) {
		struct seal_name one = {.workspace = "w", .kind = "key", .id = i + 2, .version = 1, .host = "api.example.com"};
		size_t n;

		must(vault_seal(v, &one, SEALED_X_API_KEY, value, &s, &e), &e);
		n = sealed_encode(&s, blob);
		must(write(fd, blob, n) == (ssize_t)n ? ERR_OK : ERR_IO, &e);
	}
	for (i = 0; i < SLOW_RUNS; i++) {
		began = clock_steady_us();
		must(vault_change_passphrase(v, i % 2 != 0 ? pass : other, i % 2 != 0 ? other : pass, &e), &e);
		many[i] = clock_steady_us() - began;
	}
	line("passphrase change, 10000 records", median(many, SLOW_RUNS), "the same, none", median(few, SLOW_RUNS), "the same");
	close(fd);
	unlink(path);
	free(path);
	free(blob);
	secret_free(value);
}

int main(int argc, char **argv)
{
	char *path;
	struct vault *v = NULL;
	struct err e;

	if (argc != 2)
		return 2;
	must(memory_secure_init(&e), &e);
	path = xasprintf("%s/vault.key", argv[1]);
	must(vault_create(path, "w", "ana", pass, clock_now_us(), &e), &e);
	bench_unlock(path);
	must(vault_open(&v, path, pass, &e), &e);
	bench_records(v);
	bench_change(v, argv[1]);
	vault_close(v);
	unlink(path);
	free(path);
	return 0;
}
