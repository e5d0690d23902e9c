/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The diffs are judged by git itself where it is installed. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/spawn.h"
#include "practice/blob.h"
#include "practice/diff.h"

static char folder[] = "/tmp/claviger-diff.XXXXXX";
static char *git;

static int run_git(const char *const *argv, struct slice input)
{
	const char *const env[] = {"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "HOME=/", NULL};
	struct spawn_spec spec = {.path = git, .argv = argv, .env = env, .folder = folder};
	struct spawn_result r = {.status = -1};
	struct err e = {0};

	buf_init(&r.out, 1 << 20);
	buf_init(&r.err, 1 << 20);
	check_ok(spawn_run(&spec, input, &r, 20 * US_PER_S, &e), &e);
	if (r.status != 0)
		print_message("git %s: %s\n", argv[1], buf_text(&r.err));
	buf_release(&r.out);
	buf_release(&r.err);
	return r.status;
}

/* Git turns before into after by the diff. */
static void check_git(const char *name, const char *before, const char *after, const struct buf *diff)
{
	char *path = xasprintf("%s/%s", folder, name);
	struct err e = {0};
	struct buf got;

	if (git == NULL)
		skip();
	if (before != NULL)
		check_ok(file_replace(path, slice_of(before), 0600, &e), &e);
	assert_int_equal(run_git((const char *const[]){"git", "apply", "--check", "-p1", "-", NULL}, buf_slice(diff)), 0);
	assert_int_equal(run_git((const char *const[]){"git", "apply", "--whitespace=nowarn", "-p1", "-", NULL}, buf_slice(diff)), 0);
	buf_init(&got, 0);
	check_ok(file_read(path, &got, &e), &e);
	assert_string_equal(buf_text(&got), after);
	buf_release(&got);
	free(path);
}

static void check_replace(const char *name, const char *before, const char *old, const char *new, const char *after)
{
	struct buf diff;

	buf_init(&diff, 0);
	assert_true(diff_replace(&diff, name, slice_of(before), true, slice_of(old), slice_of(new)));
	check_git(name, before, after, &diff);
	buf_release(&diff);
}

static void test_git_applies_a_change_at_the_start_middle_and_end(void **state)
{
	static const char text[] = "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n";

	(void)state;
	check_replace("a.txt", text, "one", "ONE", "ONE\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n");
	check_replace("a.txt", text, "five", "five\nand a half", "one\ntwo\nthree\nfour\nfive\nand a half\nsix\nseven\neight\nnine\n");
	check_replace("a.txt", text, "nine", "9", "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n9\n");
	check_replace("a.txt", text, "", "ten", "one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\nten\n");
	check_replace("a.txt", text, "three\nfour\n", "", "one\ntwo\nfive\nsix\nseven\neight\nnine\n");
}

static void test_git_applies_where_the_last_line_has_no_end(void **state)
{
	(void)state;
	check_replace("b.txt", "one\ntwo", "two", "TWO", "one\nTWO");
	check_replace("b.txt", "one\ntwo", "one", "ONE", "ONE\ntwo");
	check_replace("b.txt", "one", "", "two", "one\ntwo\n");
	check_replace("b.txt", "a\nb\nc\nd\ne", "a", "A", "A\nb\nc\nd\ne");
}

static void test_git_applies_to_an_empty_file_and_makes_a_new_one(void **state)
{
	struct buf diff;

	(void)state;
	check_replace("empty.txt", "", "", "first", "first\n");
	buf_init(&diff, 0);
	assert_true(diff_create(&diff, "made.txt", slice_of("x\ny\n")));
	check_git("made.txt", NULL, "x\ny\n", &diff);
	buf_release(&diff);
}

static void test_git_applies_to_odd_file_names(void **state)
{
	static const char *const names[] = {"with blank.txt", "quote\"d.txt", "back\\slash.txt", "tab\tbed.txt", "new\nline.txt", "gr\xC3\xBC\xC3\x9F.txt",
	    " lead", "--dash.txt", "a b c", "ends "};
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(names); i++)
		check_replace(names[i], "one\ntwo\n", "two", "three", "one\nthree\n");
}

static void test_lines_that_end_in_cr_stay_so(void **state)
{
	(void)state;
	check_replace("c.txt", "one\r\ntwo\r\n", "one", "one\nhalf", "one\r\nhalf\r\ntwo\r\n");
}

static void test_what_cannot_be_told_has_no_diff(void **state)
{
	struct buf diff;

	(void)state;
	buf_init(&diff, 0);
	assert_false(diff_replace(&diff, "x", slice_of("one\n"), true, slice_of("two"), slice_of("three")));
	assert_false(diff_replace(&diff, "x", slice_of("one\n"), true, slice_of("one"), slice_of("one")));
	assert_false(diff_replace(&diff, "x", slice_make("a\0b", 3), true, slice_of("a"), slice_of("c")));
	/* not all of the file: its end is unknown */
	assert_false(diff_replace(&diff, "x", slice_of("1\n2\n3\n"), false, slice_of("2"), slice_of("two")));
	assert_false(diff_replace(&diff, "x", slice_of("1\n2\n3\n4\n5\n6\n7\n8\n"), false, slice_of(""), slice_of("two")));
	assert_int_equal(diff.len, 0);
	assert_true(diff_replace(&diff, "x", slice_of("1\n2\n3\n4\n5\n6\n7\n8\n"), false, slice_of("2"), slice_of("two")));
	buf_release(&diff);
}

static void test_a_blob_id_tells_the_whole_content(void **state)
{
	(void)state;
	/* git hash-object of "hello\n", of nothing, and of 119 bytes of "a" (two blocks) */
	assert_true(blob_fits(slice_of("ce013625030ba8dba906f756967f9e9ca394464a"), slice_of("hello\n")));
	assert_true(blob_fits(slice_of("CE013625030BA8DBA906F756967F9E9CA394464A"), slice_of("hello\n")));
	assert_false(blob_fits(slice_of("ce013625030ba8dba906f756967f9e9ca394464a"), slice_of("hello")));
	assert_true(blob_fits(slice_of("e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"), slice_of("")));
	assert_true(blob_fits(slice_of("473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"), slice_of("")));
	assert_false(blob_fits(slice_of("e69de29"), slice_of("")));
}

static int begin(void **state)
{
	(void)state;
	git = spawn_find("git", "/usr/local/bin:/usr/bin:/bin");
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int end(void **state)
{
	char *rm = spawn_find("rm", "/usr/bin:/bin");
	struct spawn_spec spec = {.path = rm, .argv = (const char *const[]){"rm", "-rf", folder, NULL}};
	struct spawn_result r = {.status = -1};
	int rc;

	(void)state;
	rc = spawn_run(&spec, slice_of(""), &r, 10 * US_PER_S, NULL) == ERR_OK ? 0 : -1;
	buf_release(&r.out);
	buf_release(&r.err);
	free(rm);
	free(git);
	return rc;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_git_applies_a_change_at_the_start_middle_and_end),
		cmocka_unit_test(test_git_applies_where_the_last_line_has_no_end),
		cmocka_unit_test(test_git_applies_to_an_empty_file_and_makes_a_new_one),
		cmocka_unit_test(test_git_applies_to_odd_file_names),
		cmocka_unit_test(test_lines_that_end_in_cr_stay_so),
		cmocka_unit_test(test_what_cannot_be_told_has_no_diff),
		cmocka_unit_test(test_a_blob_id_tells_the_whole_content),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
