/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fixture.h - a folder of its own and a cheap vault in it, for the tests of this room. */
#ifndef TESTS_VAULT_FIXTURE_H
#define TESTS_VAULT_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/secret.h"
#include "vault/cost.h"
#include "vault/vault.h"

/* A passphrase without a key file. */
#define TEXT(s) ((struct vault_pass){.text = slice_of(s)})
#define PASS "correct horse"
#define WORKSPACE "w-7f3a"
#define BORN INT64_C(1764000000000000)

struct fixture {
	char folder[64];
	char *path;
	struct vault *v;
};

/* For cmocka's group set-up. */
static inline int fixture_lock_memory(void **state)
{
	struct err e = {0};

	(void)state;
	return memory_secure_init(&e) == ERR_OK ? 0 : (print_error("%s\n", e.text), -1);
}

static inline struct vault *fixture_open(const char *path, const char *pass, enum err_code wanted)
{
	struct vault *v = NULL;
	struct err e = {0};

	check_code(vault_open_at_cost(&v, path, TEXT(pass), VAULT_COST_TEST, &e), wanted, &e);
	if (wanted != ERR_OK)
		assert_null(v);
	return v;
}

static inline int fixture_setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof *f);
	struct err e = {0};

	snprintf(f->folder, sizeof f->folder, "/tmp/claviger-vault-XXXXXX");
	assert_non_null(mkdtemp(f->folder));
	f->path = xasprintf("%s/vault.key", f->folder);
	check_ok(vault_create_at_cost(f->path, WORKSPACE, "ana", TEXT(PASS), BORN, VAULT_COST_TEST, &e), &e);
	f->v = fixture_open(f->path, PASS, ERR_OK);
	*state = f;
	return 0;
}

static inline int fixture_teardown(void **state)
{
	struct fixture *f = *state;
	char *beside = xasprintf("%s.next", f->path);

	vault_close(f->v);
	unlink(f->path);
	unlink(beside);
	assert_int_equal(rmdir(f->folder), 0);	/* nothing was left lying about */
	free(beside);
	free(f->path);
	free(f);
	return 0;
}

static inline struct secret *fixture_secret(const char *text)
{
	struct secret *s = secret_new(strlen(text));

	assert_non_null(s);
	assert_int_equal(secret_set(s, text, strlen(text)), 0);
	return s;
}

#endif
