/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/path.h"
#include "base/slice.h"
#include "base/spawn.h"

static char folder[64];

static char *under(const char *name)
{
	return xasprintf("%s/%s", folder, name);
}

static void plain_environment(void)
{
	unsetenv("CLAVIGER_HOME");
	unsetenv("XDG_DATA_HOME");
	unsetenv("XDG_CONFIG_HOME");
	unsetenv("XDG_STATE_HOME");
	setenv("HOME", "/home/u", 1);
}

static void check_home(const char *option, const char *wanted)
{
	struct paths p;
	struct err e = {0};

	check_ok(paths_find(&p, option, &e), &e);
	assert_string_equal(p.home, wanted);
	paths_release(&p);
}

static void test_the_home_is_found_in_the_promised_order(void **state)
{
	(void)state;
	plain_environment();
	check_home(NULL, "/home/u/.local/share/claviger");
	setenv("XDG_DATA_HOME", "relative", 1);
	check_home(NULL, "/home/u/.local/share/claviger");
	setenv("XDG_DATA_HOME", "/data", 1);
	check_home(NULL, "/data/claviger");
	setenv("CLAVIGER_HOME", "", 1);
	check_home(NULL, "/data/claviger");
	setenv("CLAVIGER_HOME", "/srv/office/", 1);
	check_home(NULL, "/srv/office");
	check_home("/opt/x", "/opt/x");
	check_home("/", "/");
}

static void test_a_relative_home_becomes_absolute(void **state)
{
	char *cwd = getcwd(NULL, 0), *wanted = xasprintf("%s/h", cwd);

	(void)state;
	plain_environment();
	check_home("h", wanted);
	free(wanted);
	free(cwd);
}

static void test_the_other_paths_follow(void **state)
{
	struct paths p;
	struct err e = {0};

	(void)state;
	plain_environment();
	check_ok(paths_find(&p, NULL, &e), &e);
	assert_string_equal(p.workspaces, "/home/u/.local/share/claviger/workspaces");
	assert_string_equal(p.config, "/home/u/.config/claviger/config");
	assert_string_equal(p.state, "/home/u/.local/state/claviger");
	assert_string_equal(p.log, "/home/u/.local/state/claviger/log");
	paths_release(&p);
	assert_null(p.home);
	check_code(paths_find(&p, "", &e), ERR_USAGE, &e);
	paths_release(&p);
}

static void test_R15_workspace_names_cannot_climb_or_hide(void **state)
{
	static const char *const good[] = {"a", "Office-1", "x_y.z", "0", "_", "a..b",
		"0123456789012345678901234567890123456789012345678901234567890123"};
	static const char *const bad[] = {"", ".", "..", ".hidden", "-w", "a/b", "/", "a b", "a\n", "\xc3\xa9", "a\\b", "a:b", "~",
		"01234567890123456789012345678901234567890123456789012345678901234"};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(good); i++)
		assert_true(path_workspace_name_ok(good[i]));
	for (i = 0; i < LENGTH(bad); i++)
		assert_false(path_workspace_name_ok(bad[i]));
	assert_false(path_workspace_name_ok(NULL));
}

static void test_a_workspace_has_its_own_folder(void **state)
{
	struct paths p;
	struct workspace_paths w;
	struct err e = {0};
	char *connector;

	(void)state;
	check_ok(paths_find(&p, "/h", &e), &e);
	check_ok(workspace_paths_find(&w, &p, "office", &e), &e);
	assert_string_equal(w.folder, "/h/workspaces/office");
	assert_string_equal(w.database, "/h/workspaces/office/claviger.db");
	assert_string_equal(w.vault, "/h/workspaces/office/vault.key");
	assert_string_equal(w.lock, "/h/workspaces/office/worker.lock");
	assert_string_equal(w.tick, "/h/workspaces/office/tick");
	assert_string_equal(w.board, "/h/workspaces/office/board");
	connector = workspace_connector_folder(&w, "inbox");
	assert_string_equal(connector, "/h/workspaces/office/connectors/inbox");
	assert_null(workspace_connector_folder(&w, "../inbox"));
	free(connector);
	workspace_paths_release(&w);
	check_code(workspace_paths_find(&w, &p, "../other", &e), ERR_USAGE, &e);
	assert_null(w.folder);
	paths_release(&p);
}

static void test_a_private_folder_is_made_and_accepted(void **state)
{
	char *deep = under("a/b/c");
	struct stat st;
	struct err e = {0};

	(void)state;
	check_ok(path_make_private(deep, &e), &e);
	check_ok(path_make_private(deep, &e), &e);
	assert_int_equal(stat(deep, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	free(deep);
}

static void test_folders_others_may_write_to_are_refused(void **state)
{
	static const struct {
		mode_t mode;
		enum err_code wanted;
	} cases[] = {{0700, ERR_OK}, {0755, ERR_USAGE}, {0710, ERR_USAGE}, {0770, ERR_USAGE}, {0702, ERR_USAGE}, {01777, ERR_USAGE}};
	char *f = under("mode");
	struct err e = {0};
	size_t i;

	(void)state;
	assert_int_equal(mkdir(f, 0700), 0);
	for (i = 0; i < LENGTH(cases); i++) {
		assert_int_equal(chmod(f, cases[i].mode), 0);
		check_code(path_check_private(f, &e), cases[i].wanted, &e);
		if (cases[i].wanted != ERR_OK)
			assert_true(e.mend[0] != '\0');
	}
	free(f);
}

static void test_links_files_and_nothing_are_no_folders(void **state)
{
	char *real = under("real"), *lnk = under("link"), *file = under("file"), *none = under("none");
	struct err e = {0};

	(void)state;
	assert_int_equal(mkdir(real, 0700), 0);
	assert_int_equal(symlink(real, lnk), 0);
	check_ok(file_replace(file, slice_of("x"), 0600, &e), &e);
	check_code(path_check_private(lnk, &e), ERR_USAGE, &e);
	check_code(path_check_private(file, &e), ERR_USAGE, &e);
	check_code(path_check_private(none, &e), ERR_MISSING, &e);
	free(real);
	free(lnk);
	free(file);
	free(none);
}

static void test_a_folder_of_somebody_else_is_refused(void **state)
{
	char *f = under("theirs");
	struct err e = {0};

	(void)state;
	assert_int_equal(mkdir(f, 0700), 0);
	if (geteuid() == 0) {
		assert_int_equal(chown(f, 65534, 65534), 0);
		check_code(path_check_private(f, &e), ERR_USAGE, &e);
	} else {
		check_code(path_check_private("/", &e), ERR_USAGE, &e);	/* root's */
	}
	assert_non_null(strstr(e.text, "another user"));
	free(f);
}

static void test_network_filesystems_are_told_from_local_ones(void **state)
{
	(void)state;
	assert_true(path_is_network_fs(0x6969, NULL));			/* nfs */
	assert_true(path_is_network_fs(0xff534d42UL, NULL));		/* cifs */
	assert_true(path_is_network_fs((unsigned long)(int)0xff534d42, NULL));	/* as a signed field gives it */
	assert_true(path_is_network_fs(0xfe534d42UL, NULL));		/* smb2 */
	assert_true(path_is_network_fs(0x01021997, NULL));		/* 9p */
	assert_true(path_is_network_fs(0x65735546, "fuse.sshfs"));
	assert_true(path_is_network_fs(0x65735546, NULL));		/* some FUSE or other */
	assert_false(path_is_network_fs(0x65735546, "fuse.gocryptfs"));
	assert_false(path_is_network_fs(0xef53, NULL));			/* ext4 */
	assert_false(path_is_network_fs(0x9123683eUL, NULL));		/* btrfs */
	assert_false(path_is_network_fs(0x01021994, NULL));		/* tmpfs */
	assert_false(path_is_network_fs(0x794c7630, NULL));		/* overlayfs */
}

static void test_one_path_in_another_is_seen_through_links(void **state)
{
	char *home = under("home"), *inner = under("home/work"), *beside = under("homework"), *lnk = under("shortcut"),
	     *new = under("home/not/yet"), *climbing = under("gone/../home"), *through = under("shortcut/work");

	(void)state;
	assert_int_equal(mkdir(home, 0700), 0);
	assert_int_equal(mkdir(inner, 0700), 0);
	assert_int_equal(mkdir(beside, 0700), 0);
	assert_int_equal(symlink(home, lnk), 0);
	assert_true(path_is_inside(home, home));
	assert_true(path_is_inside(inner, home));
	assert_false(path_is_inside(home, inner));
	assert_false(path_is_inside(beside, home));	/* a common beginning is not enough */
	assert_true(path_is_inside(through, home));
	assert_true(path_is_inside(inner, lnk));
	assert_true(path_is_inside(new, home));
	assert_true(path_is_inside(climbing, home));	/* cannot be told: not let through */
	assert_true(path_is_inside(home, "/"));
	assert_false(path_is_inside("/usr/bin", home));
	free(home);
	free(inner);
	free(beside);
	free(lnk);
	free(new);
	free(climbing);
	free(through);
}

static void test_helpers_are_found_beside_the_program(void **state)
{
	char *me = path_helper("test_path");

	(void)state;
	assert_non_null(me);
	assert_int_equal(access(me, X_OK), 0);
	assert_null(path_helper("no-such-helper"));
	free(me);
}

static int setup(void **state)
{
	(void)state;
	umask(022);
	snprintf(folder, sizeof folder, "/tmp/claviger-path-XXXXXX");
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int teardown(void **state)
{
	const char *const argv[] = {"rm", "-rf", folder, NULL};
	struct spawn_spec spec = {.path = "/bin/rm", .argv = argv};
	struct spawn_result r = {.out.max = 100, .err.max = 100};
	struct err e = {0};

	(void)state;
	return spawn_run(&spec, slice_of(""), &r, 10000000, &e) == ERR_OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_home_is_found_in_the_promised_order),
		cmocka_unit_test(test_a_relative_home_becomes_absolute),
		cmocka_unit_test(test_the_other_paths_follow),
		cmocka_unit_test(test_R15_workspace_names_cannot_climb_or_hide),
		cmocka_unit_test(test_a_workspace_has_its_own_folder),
		cmocka_unit_test(test_a_private_folder_is_made_and_accepted),
		cmocka_unit_test(test_folders_others_may_write_to_are_refused),
		cmocka_unit_test(test_links_files_and_nothing_are_no_folders),
		cmocka_unit_test(test_a_folder_of_somebody_else_is_refused),
		cmocka_unit_test(test_network_filesystems_are_told_from_local_ones),
		cmocka_unit_test(test_one_path_in_another_is_seen_through_links),
		cmocka_unit_test(test_helpers_are_found_beside_the_program),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
