/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/secret.h"
#include "base/slice.h"

/* The flags that the kernel gives for the mapping that holds p ("rd wr ... lo dd wf"). */
static void flags_of(const void *p, char *out, size_t room)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	char line[512];
	unsigned long from, to;
	bool here = false;

	out[0] = '\0';
	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			here = (uintptr_t)p >= from && (uintptr_t)p < to;
		else if (here && strncmp(line, "VmFlags:", 8) == 0)
			snprintf(out, room, "%s", line + 8);
	}
	fclose(f);
}

/* In a child: what memory_secure_init says where nothing may be locked. */
static int init_without_a_lock(void)
{
	struct rlimit none = {0, 0};
	struct err e = {0};

	if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || (geteuid() == 0 && setuid(65534) != 0))
		return 10;
	if (memory_secure_init(&e) != ERR_LIMIT)
		return 11;
	if (strstr(e.mend, "ulimit -l") == NULL)
		return 12;
	return memory_secure_alloc(32) == NULL && secret_new(8) == NULL ? 0 : 13;
}

/* First: it needs a process in which the region was not made yet. */
static void test_R4_no_lock_means_no_secret(void **state)
{
	int status = -1;
	pid_t pid = fork();

	(void)state;
	if (pid == 0)
		_exit(init_without_a_lock());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void test_nothing_is_given_before_the_region_is_made(void **state)
{
	(void)state;
	assert_null(memory_secure_alloc(16));
	assert_null(secret_new(16));
	assert_false(memory_secure_holds(state));
}

static void test_R4_secrets_lie_in_locked_pages_out_of_core_files(void **state)
{
	struct err e = {0};
	char flags[512];
	void *p;

	(void)state;
	check_ok(memory_secure_init(&e), &e);
	check_ok(memory_secure_init(&e), &e);	/* a second time is fine */
	p = memory_secure_alloc(100);
	assert_non_null(p);
	assert_true(memory_secure_holds(p));
	flags_of(p, flags, sizeof flags);
	assert_non_null(strstr(flags, " lo"));	/* locked */
	assert_non_null(strstr(flags, " dd"));	/* not dumped */
	assert_non_null(strstr(flags, " wf"));	/* wiped in a child */
	memory_secure_free(p, 100);
}

static void test_I5_a_forked_child_sees_zeros(void **state)
{
	char *p = memory_secure_alloc(32);
	int status = -1;
	pid_t pid;

	(void)state;
	assert_non_null(p);
	memcpy(p, "sk-practice-0123456789", 22);
	pid = fork();
	if (pid == 0)
		_exit(p[0] == 0 && p[21] == 0 ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_memory_equal(p, "sk-practice-0123456789", 22);
	memory_secure_free(p, 32);
}

static void test_I5_freed_secrets_are_wiped(void **state)
{
	char *p = memory_secure_alloc(64);
	const volatile char *was = p;
	int i, seen = 0;

	(void)state;
	assert_non_null(p);
	memset(p, 'k', 64);
	memory_secure_free(p, 64);
	for (i = 0; i < 64; i++)
		seen += was[i] == 'k';	/* the region itself stays mapped */
	assert_int_equal(seen, 0);
}

static void test_a_full_region_gives_nothing_rather_than_plain_heap(void **state)
{
	struct secret *all[200] = {NULL};
	size_t i, n = 0;

	(void)state;
	while (n < LENGTH(all) && (all[n] = secret_new(SECRET_MAX)) != NULL) {
		assert_true(memory_secure_holds(all[n]->p));
		n++;
	}
	assert_in_range(n, 8, LENGTH(all) - 1);
	assert_null(memory_secure_alloc(SECRET_MAX));
	for (i = 0; i < n; i++)
		secret_free(all[i]);
	all[0] = secret_new(SECRET_MAX);
	assert_non_null(all[0]);
	secret_free(all[0]);
}

static void test_R3_harden_forbids_cores_and_foreign_reads(void **state)
{
	struct rlimit core = {1, 1};

	(void)state;
	memory_harden();
	assert_int_equal(getrlimit(RLIMIT_CORE, &core), 0);
	assert_int_equal(core.rlim_cur, 0);
	assert_int_equal(core.rlim_max, 0);
	assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
}

static void test_a_secret_keeps_to_its_room(void **state)
{
	struct secret *s = secret_new(4);

	(void)state;
	assert_non_null(s);
	assert_int_equal(secret_set(s, "abcde", 5), -1);
	assert_int_equal(secret_set(s, "abcd", 4), 0);
	assert_int_equal(secret_add(s, "e", 1), -1);
	assert_string_equal(s->p, "abcd");
	assert_int_equal(secret_set(s, "x", 1), 0);
	assert_string_equal(s->p, "x");
	assert_int_equal(s->p[1], 0);
	assert_int_equal(s->p[2], 0);	/* the longer value before it is gone */
	secret_free(s);
	assert_null(secret_new(SECRET_MAX + 1));
	secret_free(NULL);
}

static void test_a_secret_is_trimmed_at_both_ends(void **state)
{
	static const char *const pairs[][2] = {
		{" \t key \r\n", "key"}, {"key", "key"}, {"\n", ""}, {"", ""}, {"a b", "a b"}, {"\r\nx", "x"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(pairs); i++) {
		struct secret *s = secret_new(16);

		assert_int_equal(secret_set(s, pairs[i][0], strlen(pairs[i][0])), 0);
		secret_trim(s);
		assert_string_equal(s->p, pairs[i][1]);
		assert_int_equal(s->len, strlen(pairs[i][1]));
		secret_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_R4_no_lock_means_no_secret),
		cmocka_unit_test(test_nothing_is_given_before_the_region_is_made),
		cmocka_unit_test(test_R4_secrets_lie_in_locked_pages_out_of_core_files),
		cmocka_unit_test(test_I5_a_forked_child_sees_zeros),
		cmocka_unit_test(test_I5_freed_secrets_are_wiped),
		cmocka_unit_test(test_a_full_region_gives_nothing_rather_than_plain_heap),
		cmocka_unit_test(test_a_secret_keeps_to_its_room),
		cmocka_unit_test(test_a_secret_is_trimmed_at_both_ends),
		cmocka_unit_test(test_R3_harden_forbids_cores_and_foreign_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
