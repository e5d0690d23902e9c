/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/env.h"
#include "base/memory.h"
#include "base/secret.h"
#include "base/slice.h"

/* An environment of our own, in writable memory as the kernel's is. */
static char block[4096];
static char *entries[64];

static void set_environment(const char *const list[])
{
	size_t at = 0, i;

	memset(block, 0, sizeof block);
	for (i = 0; list[i] != NULL; i++) {
		size_t n = strlen(list[i]) + 1;

		assert_true(at + n <= sizeof block && i + 1 < LENGTH(entries));
		memcpy(block + at, list[i], n);
		entries[i] = block + at;
		at += n;
	}
	entries[i] = NULL;
	environ = entries;
}

static bool block_holds(const char *text)
{
	return memmem(block, sizeof block, text, strlen(text)) != NULL;
}

static bool has(char *const *env, const char *entry)
{
	for (; *env != NULL; env++)
		if (strcmp(*env, entry) == 0)
			return true;
	return false;
}

static size_t count(char *const *env)
{
	size_t n = 0;

	while (env[n] != NULL)
		n++;
	return n;
}

/* First: the list of stray keys only grows in a process. */
static void test_I6_vendor_keys_are_listed_by_name_and_removed(void **state)
{
	static const char *const list[] = {
		"HOME=/home/u", "ANTHROPIC_API_KEY=sk-ant-practice", "PATH=/usr/bin", "AWS_SECRET_ACCESS_KEY=aws-practice", "OPENAI_API_KEY=", NULL,
	};
	const char *const *names;

	(void)state;
	set_environment(list);
	env_scrub();
	names = env_stray_keys();
	assert_string_equal(names[0], "ANTHROPIC_API_KEY");
	assert_string_equal(names[1], "AWS_SECRET_ACCESS_KEY");
	assert_null(names[2]);		/* an empty one is no key */
	assert_null(getenv("ANTHROPIC_API_KEY"));
	assert_null(getenv("AWS_SECRET_ACCESS_KEY"));
	assert_null(getenv("OPENAI_API_KEY"));
	assert_string_equal(getenv("HOME"), "/home/u");
	assert_string_equal(getenv("PATH"), "/usr/bin");
}

static void test_I5_their_bytes_are_overwritten_in_place(void **state)
{
	(void)state;
	/* the block of the test before: what /proc/PID/environ would show */
	assert_false(block_holds("practice"));
	assert_true(block_holds("HOME=/home/u"));
}

static void test_I6_a_scrubbed_key_can_be_imported_once(void **state)
{
	struct secret *s = NULL;
	struct err e = {0};

	(void)state;
	check_ok(env_take_secret("ANTHROPIC_API_KEY", &s, &e), &e);
	assert_string_equal(s->p, "sk-ant-practice");
	assert_true(memory_secure_holds(s->p));
	secret_free(s);
	check_code(env_take_secret("ANTHROPIC_API_KEY", &s, &e), ERR_MISSING, &e);
	assert_null(s);
}

static void test_I6_forgotten_keys_are_gone(void **state)
{
	struct secret *s = NULL;
	struct err e = {0};

	(void)state;
	assert_true(env_has_stray("AWS_SECRET_ACCESS_KEY"));
	assert_false(env_has_stray("ANTHROPIC_API_KEY"));	/* it was taken */
	assert_false(env_has_stray("NO_SUCH_KEY"));
	env_forget();
	assert_false(env_has_stray("AWS_SECRET_ACCESS_KEY"));
	check_code(env_take_secret("AWS_SECRET_ACCESS_KEY", &s, &e), ERR_MISSING, &e);
	assert_null(s);
	assert_string_equal(env_stray_keys()[1], "AWS_SECRET_ACCESS_KEY");	/* its name is still told */
}

static void test_R8_what_steers_libraries_is_removed(void **state)
{
	static const char *const list[] = {
		"SSLKEYLOGFILE=/tmp/k", "https_proxy=http://evil:1", "HTTPS_PROXY=http://evil:1", "All_Proxy=x", "no_proxy=*", "NO_PROXY=*",
		"OPENSSL_CONF=/tmp/c", "OPENSSL_MODULES=/tmp", "OPENSSL_ENGINES=/tmp", "SSL_CERT_FILE=/tmp/ca", "SSL_CERT_DIR=/tmp",
		"CURL_CA_BUNDLE=/tmp/ca", "CURL_HOME=/tmp", "NETRC=/tmp/n", "GCONV_PATH=/tmp", "MALLOC_TRACE=/tmp/t", "RES_OPTIONS=x",
		"LOCALDOMAIN=evil.example", "HOSTALIASES=/tmp/h", "SQLITE_TMPDIR=/tmp", "GLIBC_TUNABLES=x", "TERM=xterm", NULL,
	};

	(void)state;
	set_environment(list);
	env_scrub();
	assert_int_equal(count(environ), 1);
	assert_string_equal(environ[0], "TERM=xterm");
	assert_false(block_holds("evil"));
}

static void test_what_a_terminal_program_needs_stays(void **state)
{
	static const char *const list[] = {
		"TERM=xterm", "LANG=C.UTF-8", "LC_ALL=C.UTF-8", "TZ=UTC", "HOME=/h", "PATH=/bin", "EDITOR=vi", "NO_COLOR=1", "XDG_DATA_HOME=/x",
		"CLAVIGER_HOME=/c", "CREDENTIALS_DIRECTORY=/run/c", "TERMINFO=/t", "AWS_PROFILE=p", "PROXY=no", "LD_LIBRARY_PATH=/l", "NONSENSE", NULL,
	};

	(void)state;
	set_environment(list);
	env_scrub();
	assert_int_equal(count(environ), LENGTH(list) - 1);
}

static void test_any_variable_can_be_taken_and_is_overwritten(void **state)
{
	static const char *const list[] = {"A=1", "MY_KEY=hidden-value", "MY_KEY=hidden-twice", "MY_KEY2=other", NULL};
	struct secret *s = NULL;
	struct err e = {0};

	(void)state;
	set_environment(list);
	check_ok(env_take_secret("MY_KEY", &s, &e), &e);
	assert_string_equal(s->p, "hidden-value");
	secret_free(s);
	assert_false(block_holds("hidden"));
	assert_null(getenv("MY_KEY"));
	assert_string_equal(getenv("MY_KEY2"), "other");
	assert_string_equal(getenv("A"), "1");
	check_code(env_take_secret("MY_KEY", &s, &e), ERR_MISSING, &e);
	check_code(env_take_secret("NOT_THERE", &s, &e), ERR_MISSING, &e);
}

static void test_a_variable_that_is_too_long_is_refused_and_wiped(void **state)
{
	static char huge[SECRET_MAX + 16] = "HUGE=";
	static char *one[2] = {huge, NULL};
	struct secret *s = NULL;
	struct err e = {0};

	(void)state;
	memset(huge + 5, 'h', SECRET_MAX + 1);
	environ = one;
	check_code(env_take_secret("HUGE", &s, &e), ERR_LIMIT, &e);
	assert_null(s);
	assert_int_equal(huge[5], 0);
	assert_int_equal(huge[SECRET_MAX], 0);
}

static void test_R7_a_child_gets_the_allowed_few(void **state)
{
	static const char *const list[] = {
		"PATH=/usr/bin:.:bin::/bin", "LANG=C.UTF-8", "LC_TIME=C", "TZ=UTC", "HOME=/home/u", "SECRET_STUFF=1", "LD_PRELOAD=/evil.so",
		"ANTHROPIC_API_KEY=sk-practice", "SSH_AUTH_SOCK=/s", NULL,
	};
	static const char *const copy[] = {"HOME", "ANTHROPIC_API_KEY", NULL}, *const set[] = {"TOKEN=t0ken", "LANG=C", NULL};
	char **env;

	(void)state;
	set_environment(list);
	env = env_minimal(NULL, NULL);
	assert_int_equal(count(env), 4);
	assert_true(has(env, "PATH=/usr/bin:/bin"));	/* no relative folders */
	assert_true(has(env, "LANG=C.UTF-8"));
	assert_true(has(env, "LC_TIME=C"));
	assert_true(has(env, "TZ=UTC"));
	env_free(env);
	env = env_minimal(copy, set);
	assert_int_equal(count(env), 6);
	assert_true(has(env, "HOME=/home/u"));
	assert_true(has(env, "TOKEN=t0ken"));
	assert_true(has(env, "LANG=C"));		/* what is granted wins */
	assert_false(has(env, "LANG=C.UTF-8"));
	env_free(env);
	env_free(NULL);
}

static void test_a_child_has_a_path_when_we_have_none(void **state)
{
	static const char *const list[] = {"PATH=bin:.", NULL};
	char **env;

	(void)state;
	set_environment(list);
	env = env_minimal(NULL, NULL);
	assert_int_equal(count(env), 1);
	assert_string_equal(env[0], "PATH=/usr/local/bin:/usr/bin:/bin");
	env_free(env);
}

static int lock_memory(void **state)
{
	struct err e = {0};

	(void)state;
	return memory_secure_init(&e) == ERR_OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_I6_vendor_keys_are_listed_by_name_and_removed),
		cmocka_unit_test(test_I5_their_bytes_are_overwritten_in_place),
		cmocka_unit_test(test_I6_a_scrubbed_key_can_be_imported_once),
		cmocka_unit_test(test_I6_forgotten_keys_are_gone),
		cmocka_unit_test(test_R8_what_steers_libraries_is_removed),
		cmocka_unit_test(test_what_a_terminal_program_needs_stays),
		cmocka_unit_test(test_any_variable_can_be_taken_and_is_overwritten),
		cmocka_unit_test(test_a_variable_that_is_too_long_is_refused_and_wiped),
		cmocka_unit_test(test_R7_a_child_gets_the_allowed_few),
		cmocka_unit_test(test_a_child_has_a_path_when_we_have_none),
	};

	return cmocka_run_group_tests(tests, lock_memory, NULL);
}
