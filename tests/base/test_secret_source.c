/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/memory.h"
#include "base/secret_source.h"
#include "base/slice.h"

static char folder[64], *path;

static void write_file(const char *text, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);

	assert_true(fd >= 0);
	assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static void check_secret(struct secret *s, const char *wanted)
{
	assert_non_null(s);
	assert_string_equal(s->p, wanted);
	assert_int_equal(s->len, strlen(wanted));
	assert_true(memory_secure_holds(s->p));
	secret_free(s);
}

static void test_one_newline_is_dropped_and_blanks_are_kept(void **state)
{
	static const char *const pairs[][2] = {
		{"pass\n", "pass"}, {"pass\r\n", "pass"}, {"pass", "pass"}, {" two words \n", " two words "}, {"line\n\n", "line\n"}, {"\nx\n", "\nx"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(pairs); i++) {
		struct secret *s = NULL;
		struct err e = {0};
		int ends[2];

		assert_int_equal(pipe(ends), 0);
		assert_int_equal(fd_write_all(ends[1], pairs[i][0], strlen(pairs[i][0])), 0);
		close(ends[1]);
		check_ok(secret_from_fd(ends[0], &s, &e), &e);
		check_secret(s, pairs[i][1]);
		close(ends[0]);
	}
}

static void test_an_empty_secret_is_none(void **state)
{
	struct secret *s = NULL;
	struct err e = {0};

	(void)state;
	write_file("\n", 0600);
	check_code(secret_from_file(path, &s, &e), ERR_USAGE, &e);
	assert_null(s);
	write_file("", 0600);
	check_code(secret_from_file(path, &s, &e), ERR_USAGE, &e);
	assert_null(s);
}

static void test_a_secret_longer_than_may_be_is_refused(void **state)
{
	char *text = xmalloc(SECRET_MAX + 1);
	struct secret *s = NULL;
	struct err e = {0};

	(void)state;
	memset(text, 'x', SECRET_MAX);
	text[SECRET_MAX] = '\0';
	write_file(text, 0600);
	check_code(secret_from_file(path, &s, &e), ERR_LIMIT, &e);
	assert_null(s);
	text[SECRET_MAX - 1] = '\0';
	write_file(text, 0600);
	check_ok(secret_from_file(path, &s, &e), &e);
	check_secret(s, text);
	free(text);
}

static void test_I5_a_file_that_others_may_read_is_refused(void **state)
{
	static const mode_t open_modes[] = {0644, 0640, 0604, 0660, 0602, 0610}, closed_modes[] = {0600, 0400, 0700};
	struct secret *s = NULL;
	struct err e = {0};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(open_modes); i++) {
		write_file("pass", open_modes[i]);
		check_code(secret_from_file(path, &s, &e), ERR_USAGE, &e);
		assert_null(s);
		assert_non_null(strstr(e.mend, "chmod 600"));
		unlink(path);
	}
	for (i = 0; i < LENGTH(closed_modes); i++) {
		write_file("pass", closed_modes[i]);
		check_ok(secret_from_file(path, &s, &e), &e);
		check_secret(s, "pass");
		unlink(path);
	}
}

static void test_a_fifo_or_folder_in_its_place_does_not_hang(void **state)
{
	struct secret *s = NULL;
	struct err e = {0};

	(void)state;
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	check_code(secret_from_file(path, &s, &e), ERR_USAGE, &e);
	check_code(secret_from_file(folder, &s, &e), ERR_USAGE, &e);
	unlink(path);
	check_code(secret_from_file(path, &s, &e), ERR_MISSING, &e);
	assert_null(s);
}

static void test_a_systemd_credential_is_found_by_name(void **state)
{
	struct secret *s = NULL;
	struct err e = {0};

	(void)state;
	unsetenv("CREDENTIALS_DIRECTORY");
	check_code(secret_from_credential("claviger-passphrase", &s, &e), ERR_MISSING, &e);
	setenv("CREDENTIALS_DIRECTORY", folder, 1);
	unlink(path);
	check_code(secret_from_credential("claviger-passphrase", &s, &e), ERR_MISSING, &e);
	write_file("from systemd\n", 0400);
	check_ok(secret_from_credential("claviger-passphrase", &s, &e), &e);
	check_secret(s, "from systemd");
	unlink(path);
}

static void test_a_command_prints_the_secret(void **state)
{
	struct secret *s = NULL;
	struct err e = {0};

	(void)state;
	check_ok(secret_from_command("printf '%s\\n' one two | tail -n 1", 5000, &s, &e), &e);
	check_secret(s, "two");
}

static void test_a_failing_command_gives_no_secret(void **state)
{
	struct secret *s = NULL;
	struct err e = {0};

	(void)state;
	check_code(secret_from_command("echo half-a-key; exit 3", 5000, &s, &e), ERR_IO, &e);
	assert_null(s);
	assert_non_null(strstr(e.text, "status 3"));
	assert_null(strstr(e.text, "half"));
	check_code(secret_from_command("kill -9 $$", 5000, &s, &e), ERR_IO, &e);
	check_code(secret_from_command(":", 5000, &s, &e), ERR_USAGE, &e);
	check_code(secret_from_command("yes", 5000, &s, &e), ERR_LIMIT, &e);
	assert_null(s);
}

static void test_a_command_that_hangs_is_ended(void **state)
{
	struct secret *s = NULL;
	struct err e = {0};
	int64_t began = clock_steady_us();

	(void)state;
	check_code(secret_from_command("sleep 60", 100, &s, &e), ERR_LIMIT, &e);
	check_code(secret_from_command("sleep 60 & echo key", 100, &s, &e), ERR_LIMIT, &e);
	check_code(secret_from_command("echo key; exec >&-; sleep 60", 100, &s, &e), ERR_LIMIT, &e);
	assert_null(s);
	assert_true(clock_steady_us() - began < 10 * US_PER_S);
}

static void test_I5_a_command_does_not_see_our_environment(void **state)
{
	struct secret *s = NULL;
	struct err e = {0};

	(void)state;
	setenv("MY_OTHER_SECRET", "value", 1);
	check_ok(secret_from_command("echo \"<$MY_OTHER_SECRET>\"", 5000, &s, &e), &e);
	check_secret(s, "<>");
}

static int setup(void **state)
{
	struct err e = {0};

	(void)state;
	snprintf(folder, sizeof folder, "/tmp/claviger-secret-XXXXXX");
	if (memory_secure_init(&e) != ERR_OK || mkdtemp(folder) == NULL)
		return -1;
	path = xasprintf("%s/claviger-passphrase", folder);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	free(path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_newline_is_dropped_and_blanks_are_kept),
		cmocka_unit_test(test_an_empty_secret_is_none),
		cmocka_unit_test(test_a_secret_longer_than_may_be_is_refused),
		cmocka_unit_test(test_I5_a_file_that_others_may_read_is_refused),
		cmocka_unit_test(test_a_fifo_or_folder_in_its_place_does_not_hang),
		cmocka_unit_test(test_a_systemd_credential_is_found_by_name),
		cmocka_unit_test(test_a_command_prints_the_secret),
		cmocka_unit_test(test_a_failing_command_gives_no_secret),
		cmocka_unit_test(test_a_command_that_hangs_is_ended),
		cmocka_unit_test(test_I5_a_command_does_not_see_our_environment),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
