/* SPDX-License-Identifier: GPL-3.0-or-later */
/* push_branch to a real repository in another folder: what it refuses, what it sends, and that nothing else runs. */
#include "check.h"

#include "servers/codebase/push.h"
#include "servers/codebase_desk.h"

#define SETUP "printf 'one\\n' >a.txt; printf 'alpha\\n' >b.txt"
#define EDIT "--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-one\n+two\n"

struct far {
	struct desk d;
	char *bare, *commit;	/* the remote; what task 12's branch is at */
};

/* A clone of the remote, whose task has a branch of one patch. */
static void far_open(struct far *f)
{
	char *line;

	desk_open_new(&f->d, SETUP);
	f->bare = xasprintf("%s.far.git", f->d.folder);
	line = xasprintf("git clone -q --bare . '%s'; git config remote.origin.url '%s'", f->bare, f->bare);
	fixture_do(f->d.folder, line);
	free(line);
	f->d.repo.push = f->bare;
	expect_answer(fire_patch(&f->d, EDIT, "a.txt", 12, "a001"), ERR_OK, "claviger/T12");
	f->commit = fixture_sh(f->d.folder, "git rev-parse claviger/T12");
}

static void far_done(struct far *f)
{
	desk_done(&f->d);
	free(f->bare);
	free(f->commit);
}

static char *push_args(const char *remote, const char *branch, const char *commit)
{
	return xasprintf("{\"remote\":\"%s\",\"branch\":\"%s\",\"commit\":\"%s\"}", remote, branch, commit);
}

static struct answer pushed(struct far *f, const char *key, bool check, bool prove)
{
	char *args = push_args(f->bare, "claviger/T12", f->commit);
	struct answer a = run(&f->d, push_branch, args, 12, key, check, prove);

	free(args);
	return a;
}

static void far_shows(struct far *f, const char *command, const char *wanted)
{
	char *got = fixture_sh(f->bare, command);

	assert_string_equal(got, wanted);
	free(got);
}

static void test_a_push_sends_the_branch_and_nothing_else(void **state)
{
	char *before, *after;
	struct far f;

	(void)state;
	far_open(&f);
	fixture_do(f.d.folder, "git branch other; git tag v1 claviger/T12");
	before = fixture_sh(f.d.folder, "git for-each-ref; cat .git/config .git/HEAD; ls .git");
	expect_answer(pushed(&f, "b001", false, false), ERR_OK, "\"branch\":\"claviger/T12\"");
	far_shows(&f, "git for-each-ref --format='%(refname)'", "refs/heads/claviger/T12\nrefs/heads/main");
	far_shows(&f, "git rev-parse claviger/T12", f.commit);
	far_shows(&f, "git fsck --strict 2>&1", "");
	after = fixture_sh(f.d.folder, "git for-each-ref; cat .git/config .git/HEAD; ls .git");
	assert_string_equal(before, after);
	free(fixture_sh(f.d.state, "test \"$(ls)\" = receipts"));
	free(before);
	free(after);
	far_done(&f);
}

static void test_a_check_shows_where_what_and_how_much_and_sends_nothing(void **state)
{
	char *before, *after, *words;
	struct answer a;
	struct far f;

	(void)state;
	far_open(&f);
	before = fixture_sh(f.bare, "find . -type f | sort | xargs sha256sum");
	a = pushed(&f, NULL, true, false);
	check_ok(a.code, &a.e);
	words = xasprintf("\"goes to\":\"%s, branch claviger/T12, which is new there\",\"commits\":\"1 new there\\n%.12s Change something\",\"changes\":\"1 file, +1 -1\\na.txt +1 -1\"", f.bare, f.commit);
	if (strstr(a.structured, words) == NULL)
		fail_msg("%s is not in %s", words, a.structured);
	after = fixture_sh(f.bare, "find . -type f | sort | xargs sha256sum");
	assert_string_equal(before, after);
	answer_free(&a);
	free(words);
	free(before);
	free(after);
	far_done(&f);
}

/* A remote that has nothing, or only what is unknown here, is another matter for who decides. */
static void test_a_whole_history_and_a_strange_remote_are_said(void **state)
{
	struct far f;

	(void)state;
	far_open(&f);
	fixture_do(f.bare, "git update-ref -d refs/heads/main");
	expect_answer(pushed(&f, NULL, true, false), ERR_OK, "2, the whole history: nothing is there yet");
	fixture_do(f.bare, "git update-ref refs/heads/main $(git commit-tree $(git hash-object -t tree -w --stdin </dev/null) -m strange)");
	expect_answer(pushed(&f, NULL, true, false), ERR_OK, "none of its branches is known here");
	far_done(&f);
}

static void test_only_what_was_granted_and_approved_can_be_named(void **state)
{
	static const char *const branches[] = {"main", "claviger/T12x", "claviger/T", "claviger/T012", "refs/heads/claviger/T12", "claviger/T12:main", "+claviger/T12", "--force"};
	char *args, *main_id;
	struct far f;
	size_t i;

	(void)state;
	far_open(&f);
	for (i = 0; i < LENGTH(branches); i++) {
		args = push_args(f.bare, branches[i], f.commit);
		expect_answer(run(&f.d, push_branch, args, 12, "c001", false, false), ERR_REFUSED, "only a task's branch");
		free(args);
	}
	args = push_args("/elsewhere.git", "claviger/T12", f.commit);
	expect_answer(run(&f.d, push_branch, args, 12, "c001", false, false), ERR_REFUSED, "not where this repository may be pushed");
	free(args);
	args = push_args(f.bare, "claviger/T12", "main");
	expect_answer(run(&f.d, push_branch, args, 12, "c001", false, false), ERR_USAGE, "whole id");
	free(args);
	args = push_args(f.bare, "claviger/T13", f.commit);
	expect_answer(run(&f.d, push_branch, args, 12, "c001", false, false), ERR_MISSING, "no branch claviger/T13");
	free(args);
	/* a branch of that name that no patch made, and one that moved since it was looked at */
	fixture_do(f.d.folder, "git branch claviger/T14 main");
	main_id = fixture_sh(f.d.folder, "git rev-parse main");
	args = push_args(f.bare, "claviger/T14", main_id);
	expect_answer(run(&f.d, push_branch, args, 12, "c001", false, false), ERR_REFUSED, "no approved patch made that commit");
	free(args);
	free(main_id);
	expect_answer(fire_patch(&f.d, "--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-alpha\n+beta\n", "b.txt", 12, "a002"), ERR_OK, "claviger/T12");
	expect_answer(pushed(&f, "c001", false, false), ERR_CONFLICT, "is at another commit");
	expect_answer(run(&f.d, push_branch, "{}", 12, NULL, false, false), ERR_USAGE, "only the office");
	far_shows(&f, "git for-each-ref --format='%(refname)'", "refs/heads/main");
	f.d.repo.push = NULL;
	expect_answer(pushed(&f, "c001", false, false), ERR_REFUSED, "not where");
	far_done(&f);
}

static void test_never_forced(void **state)
{
	struct far f;

	(void)state;
	far_open(&f);
	fixture_do(f.bare, "git update-ref refs/heads/claviger/T12 $(git commit-tree main^{tree} -p main -m theirs)");
	expect_answer(pushed(&f, NULL, true, false), ERR_CONFLICT, "it would be overwritten");
	expect_answer(pushed(&f, "d001", false, false), ERR_CONFLICT, "it would be overwritten");
	far_shows(&f, "git log -1 --format=%s claviger/T12", "theirs");
	/* behind it, it goes forward */
	fixture_do(f.bare, "git update-ref refs/heads/claviger/T12 main");
	expect_answer(pushed(&f, NULL, true, false), ERR_OK, "which is at ");
	expect_answer(pushed(&f, "d002", false, false), ERR_OK, "\"was\":\"");
	far_shows(&f, "git rev-parse claviger/T12", f.commit);
	expect_answer(pushed(&f, NULL, true, false), ERR_USAGE, "nothing to push");
	far_done(&f);
}

/* I2 */
static void test_i2_a_push_is_done_once_and_the_remote_proves_it(void **state)
{
	struct far f;

	(void)state;
	far_open(&f);
	expect_answer(pushed(&f, "e000", false, true), ERR_OK, "{\"fired\":false}");	/* never begun, */
	expect_answer(pushed(&f, "e000", false, false), ERR_CONFLICT, "cannot be fired any more");	/* and from then on it cannot be */
	far_shows(&f, "git for-each-ref --format='%(refname)'", "refs/heads/main");
	expect_answer(pushed(&f, "e000", false, true), ERR_OK, "{\"fired\":false}");
	expect_answer(pushed(&f, "e001", false, false), ERR_OK, "\"already_done\":false");
	expect_answer(pushed(&f, "e001", false, false), ERR_OK, "\"already_done\":true");
	expect_answer(pushed(&f, "e001", false, true), ERR_OK, "\"fired\":true,\"receipt\":{\"remote\":");
	fixture_do(f.d.state, "rm receipts/e001.json");	/* begun, and the answer was lost */
	expect_answer(pushed(&f, "e001", false, true), ERR_OK, "\"fired\":true");
	/* begun, and the remote does not show it: nobody knows, and it is not tried again */
	fixture_do(f.d.state, "rm receipts/e001.json");
	fixture_do(f.bare, "git update-ref -d refs/heads/claviger/T12");
	expect_answer(pushed(&f, "e001", false, true), ERR_NET, "may or may not");
	expect_answer(pushed(&f, "e001", false, false), ERR_OK, "");
	far_shows(&f, "git for-each-ref --format='%(refname)'", "refs/heads/main");
	/* gone on from there by someone, it was fired all the same */
	fixture_do(f.d.folder, "git push -q origin claviger/T12");
	fixture_do(f.bare, "git update-ref refs/heads/claviger/T12 $(git commit-tree main^{tree} -p claviger/T12 -m more)");
	fixture_do(f.d.folder, "git fetch -q origin claviger/T12");
	expect_answer(pushed(&f, "e001", false, true), ERR_OK, "\"fired\":true");
	far_done(&f);
}

static void test_a_remote_that_says_no_is_a_failure(void **state)
{
	struct far f;

	(void)state;
	far_open(&f);
	fixture_do(f.bare, "git config receive.maxInputSize 1; git config receive.unpackLimit 1");
	expect_answer(pushed(&f, "f001", false, false), ERR_REFUSED, "did not take it");
	far_shows(&f, "git for-each-ref --format='%(refname)'", "refs/heads/main");
	f.d.repo.push = "/nonexistent.git";
	free(f.bare);
	f.bare = xstrdup("/nonexistent.git");
	expect_answer(pushed(&f, "f002", false, false), ERR_NET, "cannot be looked at");
	free(fixture_sh(f.d.state, "test ! -e receipts/f002.begun"));
	far_done(&f);
}

/* Each of these would leave a mark, or send it elsewhere, if it counted. */
static void test_no_setting_or_hook_at_either_end_counts(void **state)
{
	char *plant, *marks;
	struct far f;

	(void)state;
	far_open(&f);
	plant = xasprintf("T='%s'; F='%s'; printf '#!/bin/sh\\ntouch %%s/ran.$(basename \"$0\").$$\\ncat >/dev/null\\n' $T >$T/evil; chmod +x $T/evil\n"
	    "git init -q --bare $T/thief.git; git tag -a -m x v2 claviger/T12\n"
	    "for h in pre-push reference-transaction post-update pre-receive update post-receive proc-receive push-to-checkout pre-auto-gc fsmonitor-watchman; do\n"
	    "  mkdir -p .git/hooks $F/hooks; cp $T/evil .git/hooks/$h; cp $T/evil $F/hooks/$h; done; mkdir -p $T/hooks; cp .git/hooks/* $T/hooks/\n"
	    "for d in . $F; do git -C $d config core.hooksPath $T/hooks; git -C $d config core.fsmonitor $T/evil; git -C $d config core.alternateRefsCommand $T/evil;\n"
	    "  git -C $d config gc.auto 1; git -C $d config uploadpack.packObjectsHook $T/evil; done\n"
	    "git config url.$T/thief.git.insteadOf $F; git config url.$T/thief.git.pushInsteadOf $F; git config remote.origin.receivepack $T/evil; git config remote.origin.uploadpack $T/evil\n"
	    "git config remote.$F.receivepack $T/evil; git config remote.$F.url $T/thief.git; git config remote.$F.uploadpack $T/evil; git config remote.$F.pushurl $T/thief.git\n"
	    "git config remote.$F.vcs evil; git config core.sshCommand $T/evil; git config credential.helper $T/evil; git config push.gpgSign true; git config gpg.program $T/evil\n"
	    "git config push.followTags true; git config protocol.ext.allow always; git config push.default matching; git config remote.pushDefault origin",
	    fixture_top, f.bare);
	fixture_do(f.d.folder, plant);
	expect_answer(pushed(&f, NULL, true, false), ERR_OK, "which is new there");
	expect_answer(pushed(&f, "aa01", false, false), ERR_OK, "\"already_done\":false");
	expect_answer(pushed(&f, "aa01", false, true), ERR_OK, "\"fired\":true");
	marks = fixture_sh(fixture_top, "ls | grep '^ran' || true; git -C thief.git for-each-ref");
	assert_string_equal(marks, "");
	free(marks);
	far_shows(&f, "git rev-parse claviger/T12; git tag", f.commit);
	/* The other way round: to ordinary git they do count. */
	free(plant);
	plant = xasprintf("git branch x main || true; git ls-remote --get-url '%s'", f.bare);
	marks = fixture_sh(f.d.folder, plant);
	assert_non_null(strstr(marks, "thief.git"));
	free(marks);
	marks = fixture_sh(fixture_top, "ls | grep '^ran' || true");
	assert_non_null(strstr(marks, "ran.reference-transaction"));
	free(marks);
	free(plant);
	far_done(&f);
}

static void test_sha256_and_shallow_repositories_are_pushed(void **state)
{
	struct far f;
	char *shallow, *line;

	(void)state;
	desk_open_new(&f.d, SETUP "; git commit -q --allow-empty -m zero");
	fixture_do(f.d.folder, "rm -rf .git; git init -q -b main --object-format=sha256; git add -A; git commit -q -m start");
	f.bare = xasprintf("%s.far.git", f.d.folder);
	line = xasprintf("git clone -q --bare . '%s'", f.bare);
	fixture_do(f.d.folder, line);
	free(line);
	f.d.repo.push = f.bare;
	expect_answer(fire_patch(&f.d, EDIT, "a.txt", 12, "a101"), ERR_OK, "claviger/T12");
	f.commit = fixture_sh(f.d.folder, "git rev-parse claviger/T12");
	assert_int_equal(strlen(f.commit), 64);
	expect_answer(pushed(&f, "a102", false, false), ERR_OK, "\"already_done\":false");
	far_shows(&f, "git rev-parse claviger/T12", f.commit);
	far_done(&f);

	shallow = fixture_repo(SETUP);
	fixture_do(shallow, "echo more >>b.txt; git commit -q -am more");
	f.bare = xasprintf("%s.far.git", shallow);
	f.d.folder = xasprintf("%s.clone", shallow);
	line = xasprintf("git clone -q --bare . '%s'; git clone -q --depth 1 'file://%s' '%s'", f.bare, f.bare, f.d.folder);
	fixture_do(shallow, line);
	free(line);
	free(shallow);
	desk_open_at(&f.d, f.d.folder);
	f.d.repo.push = f.bare;
	expect_answer(fire_patch(&f.d, EDIT, "a.txt", 12, "a201"), ERR_OK, "claviger/T12");
	f.commit = fixture_sh(f.d.folder, "git rev-parse claviger/T12");
	expect_answer(pushed(&f, NULL, true, false), ERR_OK, "1 new there");
	expect_answer(pushed(&f, "a202", false, false), ERR_OK, "\"already_done\":false");
	far_shows(&f, "git rev-list --count claviger/T12", "3");
	far_done(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_push_sends_the_branch_and_nothing_else),
		cmocka_unit_test(test_a_check_shows_where_what_and_how_much_and_sends_nothing),
		cmocka_unit_test(test_a_whole_history_and_a_strange_remote_are_said),
		cmocka_unit_test(test_only_what_was_granted_and_approved_can_be_named),
		cmocka_unit_test(test_never_forced),
		cmocka_unit_test(test_i2_a_push_is_done_once_and_the_remote_proves_it),
		cmocka_unit_test(test_a_remote_that_says_no_is_a_failure),
		cmocka_unit_test(test_no_setting_or_hook_at_either_end_counts),
		cmocka_unit_test(test_sha256_and_shallow_repositories_are_pushed),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
