/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "desk/config.h"

static char folder[64], path[96];

static int set_up(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/claviger-config.XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/config", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void put(const char *text)
{
	struct err e;

	check_ok(file_replace(path, slice_of(text), 0600, &e), &e);
}

static void expect_file(const char *wanted)
{
	struct buf b;
	struct err e;

	buf_init(&b, 0);
	check_ok(file_read(path, &b, &e), &e);
	assert_string_equal(buf_text(&b), wanted);
	buf_release(&b);
}

static void expect_setting(const char *name, const char *wanted)
{
	char *value = NULL;
	struct err e;

	check_ok(config_get(path, name, &value, &e), &e);
	assert_string_equal(value, wanted);
	free(value);
}

static void test_no_file_is_all_defaults(void **state)
{
	(void)state;
	expect_setting("lock_hides", "content");
	expect_setting("lock_after_s", "600");
	expect_setting("bell", "true");
	expect_setting("workspace", "");
}

static void test_setting_keeps_comments_and_order(void **state)
{
	struct err e;

	(void)state;
	put("# mine\nascii = false # why not\n\n# colours\ntheme = \"blind\"\n");
	check_ok(config_set(path, "theme", "mono", &e), &e);
	check_ok(config_set(path, "workspace", "acme \"one\"", &e), &e);
	expect_file("# mine\nascii = false # why not\n\n# colours\ntheme = \"mono\"\nworkspace = \"acme \\\"one\\\"\"\n");
	expect_setting("workspace", "acme \"one\"");
}

static void test_a_file_it_makes_is_private(void **state)
{
	struct stat st;
	struct err e;

	(void)state;
	check_ok(config_set(path, "bell", "false", &e), &e);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	expect_setting("bell", "false");
}

static void test_values_that_will_not_do_change_nothing(void **state)
{
	struct err e;

	(void)state;
	put("bell = true\n");
	check_code(config_set(path, "bell", "maybe", &e), ERR_USAGE, &e);
	check_code(config_set(path, "lock_hides", "some", &e), ERR_USAGE, &e);
	check_code(config_set(path, "lock_after_s", "-1", &e), ERR_USAGE, &e);
	check_code(config_set(path, "proxy", "${HOME}", &e), ERR_USAGE, &e);
	check_code(config_set(path, "no_such_thing", "1", &e), ERR_USAGE, &e);
	assert_non_null(strstr(e.mend, "lock_hides"));
	expect_file("bell = true\n");
}

static void test_nothing_is_taken_from_the_environment(void **state)
{
	char *value = NULL;
	struct err e;

	(void)state;
	put("proxy = \"${HOME}\"\n");
	check_code(config_get(path, "proxy", &value, &e), ERR_USAGE, &e);
	assert_null(value);
}

static void test_a_broken_line_is_named(void **state)
{
	char *value = NULL;
	struct err e;

	(void)state;
	put("bell = true\nthis is no setting\n");
	check_code(config_get(path, "bell", &value, &e), ERR_USAGE, &e);
	assert_non_null(strstr(e.text, "line 2"));
	put("lock_hides = \"some\"\n");
	check_code(config_get(path, "bell", &value, &e), ERR_USAGE, &e);
}

static void test_lists_are_read_in_order(void **state)
{
	struct config *c = NULL;
	struct err e;
	const char *const *list;

	(void)state;
	check_ok(config_set(path, "keys", "{\"approvals.approve=Y\", \"tasks.new=n\"}", &e), &e);
	check_ok(config_open(&c, path, &e), &e);
	list = config_list(c, "keys");
	assert_string_equal(list[0], "approvals.approve=Y");
	assert_string_equal(list[1], "tasks.new=n");
	assert_null(list[2]);
	config_free(c);
}

#define WITH_FOLDER(t) cmocka_unit_test_setup_teardown(t, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_FOLDER(test_setting_keeps_comments_and_order),
		WITH_FOLDER(test_a_file_it_makes_is_private),
		WITH_FOLDER(test_values_that_will_not_do_change_nothing),
		WITH_FOLDER(test_nothing_is_taken_from_the_environment),
		WITH_FOLDER(test_a_broken_line_is_named),
		WITH_FOLDER(test_lists_are_read_in_order),
		cmocka_unit_test(test_no_file_is_all_defaults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
