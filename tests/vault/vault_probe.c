/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One step with a cheap vault, for the shell tests of this room: each run is a
 * process of its own, so that it can be killed, and its files looked at.
 *
 *   vault_probe create PATH WORKSPACE PERSON PASS
 *   vault_probe open PATH PASS              3 if it is not the passphrase
 *   vault_probe change PATH OLD NEW
 *   vault_probe add PATH PASS PERSON NEW
 *   vault_probe add-file PATH PASS PERSON NEW FILE
 *   vault_probe seal PATH PASS KIND ID VERSION HOST VALUE   hex of the blob on stdout
 *   vault_probe judge FILE...               each is refused: how fast, and with how much memory
 *   vault_probe mac PATH PASS TEXT          hex of the decision MAC on stdout
 *
 * Passphrases on a command line are for tests only. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "base/slice.h"
#include "vault/cost.h"
#include "vault/vault.h"

#define TEXT(s) ((struct vault_pass){.text = slice_of(s)})
#define BORN INT64_C(1764000000000000)

static enum err_code do_create(struct vault *v, char **a, struct err *e)
{
	(void)v;
	return vault_create_at_cost(a[0], a[1], a[2], TEXT(a[3]), BORN, VAULT_COST_TEST, e);
}

static enum err_code do_open(struct vault *v, char **a, struct err *e)
{
	(void)a;
	(void)e;
	return vault_is_open(v) ? ERR_OK : ERR_LOCKED;
}

static enum err_code do_change(struct vault *v, char **a, struct err *e)
{
	return vault_change_passphrase(v, TEXT(a[1]), TEXT(a[2]), e);
}

static enum err_code do_add(struct vault *v, char **a, struct err *e)
{
	return vault_slot_add(v, a[2], TEXT(a[3]), BORN, e);
}

static enum err_code do_add_file(struct vault *v, char **a, struct err *e)
{
	struct vault_pass p = TEXT(a[3]);
	struct buf b;
	enum err_code rc;

	buf_init(&b, VAULT_FILE_MAX);
	rc = file_read(a[4], &b, e);
	p.file = buf_slice(&b);
	if (rc == ERR_OK)
		rc = vault_slot_add(v, a[2], p, BORN, e);
	buf_release(&b);
	return rc;
}

static enum err_code do_seal(struct vault *v, char **a, struct err *e)
{
	struct seal_name name = {.workspace = vault_workspace(v), .kind = a[2], .id = strtoll(a[3], NULL, 10),
		.version = strtoll(a[4], NULL, 10), .host = a[5]};
	struct secret *value = secret_new(strlen(a[6]));
	uint8_t blob[SEALED_BLOB_MAX];
	char hex[2 * SEALED_BLOB_MAX + 1];
	struct sealed s;
	enum err_code rc;

	if (value == NULL || secret_set(value, a[6], strlen(a[6])) != 0)
		return err_set(e, ERR_LIMIT, "the value is too long");
	rc = vault_seal(v, &name, SEALED_CONNECTOR, value, &s, e);
	secret_free(value);
	if (rc != ERR_OK)
		return rc;
	hex_encode(blob, sealed_encode(&s, blob), hex);
	puts(hex);
	return ERR_OK;
}

static enum err_code do_mac(struct vault *v, char **a, struct err *e)
{
	char hex[HASH_HEX];
	struct hash h;
	enum err_code rc = vault_mac(v, VAULT_DECISION, a[2], strlen(a[2]), &h, e);

	if (rc == ERR_OK) {
		hash_to_hex(&h, hex);
		puts(hex);
	}
	return rc;
}

/* At the programs' own cost. Processor time, which a busy machine does not stretch. */
static int do_judge(char **files, int n)
{
	int64_t slowest_us = 0;
	size_t most = 0;
	struct vault *first;
	int i, taken = 0;

	/* once before it counts: the library's own pages are not the file's doing */
	if (vault_open(&first, files[0], TEXT("x"), NULL) == ERR_OK)
		vault_close(first);
	for (i = 0; i < n; i++) {
		struct timespec began, ended;
		struct rusage was, is;
		struct vault *v = NULL;
		int64_t us;

		getrusage(RUSAGE_SELF, &was);
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &began);
		if (vault_open(&v, files[i], TEXT("a passphrase for tests"), NULL) == ERR_OK)
			printf("%s opens\n", files[i]), taken++;
		vault_close(v);
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ended);
		getrusage(RUSAGE_SELF, &is);
		us = (ended.tv_sec - began.tv_sec) * 1000000 + (ended.tv_nsec - began.tv_nsec) / 1000;
		if (us >= 10000 || is.ru_maxrss - was.ru_maxrss >= 1024)
			printf("%s takes %lld us and %ld KiB\n", files[i], (long long)us, is.ru_maxrss - was.ru_maxrss), taken++;
		slowest_us = us > slowest_us ? us : slowest_us;
		most = (size_t)(is.ru_maxrss - was.ru_maxrss) > most ? (size_t)(is.ru_maxrss - was.ru_maxrss) : most;
	}
	printf("%d malformed files refused, the slowest in %lld us, with %zu KiB more at most\n", n - taken, (long long)slowest_us, most);
	return taken > 0;
}

static const struct step {
	const char *name;
	int args;
	bool opens;	/* its first two arguments are the file and a passphrase */
	enum err_code (*run)(struct vault *v, char **args, struct err *e);
} steps[] = {
	{"create", 4, false, do_create}, {"open", 2, true, do_open}, {"change", 3, true, do_change},
	{"add", 4, true, do_add}, {"add-file", 5, true, do_add_file}, {"seal", 7, true, do_seal}, {"mac", 3, true, do_mac},
};

int main(int argc, char **argv)
{
	struct vault *v = NULL;
	struct err e = {0};
	enum err_code rc = ERR_USAGE;
	size_t i;

	if (argc > 2 && strcmp(argv[1], "judge") == 0)
		return memory_secure_init(&e) == ERR_OK ? do_judge(argv + 2, argc - 2) : 1;
	for (i = 0; i < LENGTH(steps); i++) {
		if (argc != steps[i].args + 2 || strcmp(argv[1], steps[i].name) != 0)
			continue;
		rc = memory_secure_init(&e);
		if (rc == ERR_OK && steps[i].opens)
			rc = vault_open_at_cost(&v, argv[2], TEXT(argv[3]), VAULT_COST_TEST, &e);
		if (rc == ERR_OK)
			rc = steps[i].run(v, argv + 2, &e);
		break;
	}
	vault_close(v);
	if (rc != ERR_OK)
		fprintf(stderr, "vault_probe: %s\n", e.text);
	return err_exit(rc);
}
