/* SPDX-License-Identifier: GPL-3.0-or-later */
/* propose_patch on real repositories: what it refuses, what it makes, and what it never touches. */
#include "check.h"

#include "servers/codebase/read.h"
#include "servers/codebase/scratch.h"
#include "servers/codebase_desk.h"

#define SETUP "mkdir src; printf 'one\\ntwo\\nthree\\n' >src/a.txt; printf 'alpha\\n' >b.txt; ln -s /etc link; printf 'a\\0b\\n' >bin.dat; printf 'x\\r\\ny\\r\\n' >crlf.txt; printf 'no newline' >end.txt"

static void test_a_fired_patch_is_one_commit_on_the_tasks_branch(void **state)
{
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP);
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 12, "aa01"), ERR_OK, "\"branch\":\"claviger/T12\"");
	expect_shown(&d, "git show claviger/T12:src/a.txt", "one\nTWO\nthree");
	expect_shown(&d, "git rev-list --count main..claviger/T12", "1");
	expect_shown(&d, "git log -1 --format='%an <%ae> %cn%n%B' claviger/T12",
	    "Claviger <claviger@localhost> Claviger\nChange something\n\nBecause of a test.\n\nClaviger-Task: T12\nClaviger-Key: aa01\n");
	desk_done(&d);
}

static void test_nothing_but_the_branch_changes(void **state)
{
	char *before, *after;
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP);
	fixture_do(d.folder, "echo dirty >>b.txt; echo staged >new.txt; git add new.txt; echo untracked >u.txt");
	before = fixture_untouchables(d.folder);
	expect_answer(check_patch(&d, EDIT_A, "src/a.txt"), ERR_OK, "\"ok\":true");
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 12, "aa02"), ERR_OK, "\"insertions\":1");
	after = fixture_untouchables(d.folder);
	assert_string_equal(before, after);
	free(before);
	free(after);
	desk_done(&d);
}

static void test_a_check_leaves_no_object_behind(void **state)
{
	char *before, *after;
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP);
	before = fixture_sh(d.folder, "find .git -type f | sort | xargs sha256sum");
	expect_answer(check_patch(&d, EDIT_A, "src/a.txt"), ERR_OK, "\"files\":[{\"path\":\"src/a.txt\",\"change\":\"modified\",\"insertions\":1,\"deletions\":1}]");
	after = fixture_sh(d.folder, "find .git -type f | sort | xargs sha256sum");
	assert_string_equal(before, after);
	free(before);
	free(after);
	free(fixture_sh(d.state, "test -z \"$(ls)\""));
	desk_done(&d);
}

/* I2 */
static void test_i2_the_same_key_fires_once(void **state)
{
	char *first, *second, *line;
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP);
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 12, "aa03"), ERR_OK, "\"already_done\":false");
	first = fixture_sh(d.folder, "git rev-parse claviger/T12");
	line = xasprintf("\"commit\":\"%s\"", first);
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 12, "aa03"), ERR_OK, "\"already_done\":true");
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 12, "aa03"), ERR_OK, line);
	second = fixture_sh(d.folder, "git rev-parse claviger/T12");
	assert_string_equal(first, second);
	free(line);
	free(first);
	free(second);
	desk_done(&d);
}

static void test_i2_a_lost_receipt_is_found_on_the_branch(void **state)
{
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP);
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 12, "aa04"), ERR_OK, "\"already_done\":false");
	fixture_do(d.state, "rm -r receipts");
	expect_answer(run(&d, patch_propose, "{}", 12, "aa04", false, true), ERR_OK, "\"fired\":true,\"receipt\":{\"branch\":\"claviger/T12\"");
	fixture_do(d.state, "rm -r receipts");
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 12, "aa04"), ERR_OK, "\"already_done\":true");
	expect_shown(&d, "git rev-list --count main..claviger/T12", "1");
	desk_done(&d);
}

static void test_i2_prove_says_not_fired_and_does_nothing(void **state)
{
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP);
	expect_answer(run(&d, patch_propose, "{}", 12, "aa05", false, true), ERR_OK, "{\"fired\":false}");
	expect_shown(&d, "git branch --list 'claviger/*'", "");
	desk_done(&d);
}

static void test_a_forged_key_line_in_the_message_is_refused(void **state)
{
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP);
	expect_answer(run(&d, patch_propose, "{\"title\":\"t\",\"message\":\"x\\n\\nClaviger-Key: aa06\",\"diff\":\"x\",\"base\":[]}", 12, "aa07", false, false), ERR_REFUSED,
	    "may start with `Claviger-`");
	desk_done(&d);
}

static void test_only_the_office_fires(void **state)
{
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP);
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 0, "aa08"), ERR_USAGE, "only the office");
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 12, NULL), ERR_USAGE, "only the office");
	desk_done(&d);
}

static void test_two_patches_of_a_task_follow_each_other(void **state)
{
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP);
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 12, "ab01"), ERR_OK, "already_done\":false");
	expect_answer(fire_patch(&d, EDIT_B, "b.txt", 12, "ab02"), ERR_OK, "already_done\":false");
	expect_shown(&d, "git show claviger/T12:src/a.txt claviger/T12:b.txt", "one\nTWO\nthree\nalpha\nbeta");
	expect_shown(&d, "git rev-list --count main..claviger/T12", "2");
	desk_done(&d);
}

static void test_a_second_patch_on_a_stale_file_is_refused(void **state)
{
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP);
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 12, "ab03"), ERR_OK, "already_done\":false");
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 12, "ab04"), ERR_CONFLICT, "stale");
	desk_done(&d);
}

static void test_tasks_do_not_see_each_others_branches(void **state)
{
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP);
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 12, "ab05"), ERR_OK, "claviger/T12");
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 13, "ab06"), ERR_OK, "claviger/T13");
	expect_shown(&d, "git rev-list --count main..claviger/T13", "1");
	desk_done(&d);
}

static void test_a_merged_branch_goes_on_from_head(void **state)
{
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP);
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 12, "ab07"), ERR_OK, "claviger/T12");
	fixture_do(d.folder, "git merge -q --no-edit claviger/T12; echo more >c.txt; git add c.txt; git commit -q -m more");
	expect_answer(fire_patch(&d, EDIT_B, "b.txt", 12, "ab08"), ERR_OK, "claviger/T12");
	expect_shown(&d, "git rev-parse claviger/T12^ | grep -c \"$(git rev-parse main)\"", "1");
	desk_done(&d);
}

static void test_a_branch_that_is_checked_out_is_not_moved(void **state)
{
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP);
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 12, "ab09"), ERR_OK, "claviger/T12");
	fixture_do(d.folder, "git checkout -q claviger/T12");
	expect_answer(fire_patch(&d, EDIT_B, "b.txt", 12, "ab10"), ERR_CONFLICT, "is checked out");
	fixture_do(d.folder, "git checkout -q main; git worktree add -q ../linked.$$ claviger/T12 2>&1");
	expect_answer(fire_patch(&d, EDIT_B, "b.txt", 12, "ab11"), ERR_CONFLICT, "is checked out");
	desk_done(&d);
}

static void test_a_branch_in_the_way_is_said(void **state)
{
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP);
	fixture_do(d.folder, "git branch claviger");
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 12, "ab12"), ERR_CONFLICT, "stands in its way");
	desk_done(&d);
}

static void test_paths_that_lead_out_are_refused(void **state)
{
	static const char *const paths[] = {"../x", "a/../../x", "/etc/x", "a//b", "./x", ".git/hooks/post-commit", ".GIT/config", "sub/.Git/config", ".git./x", ".git /x",
	    "git~1/x", "GIT~1/x", ".git::$INDEX_ALLOCATION/x", ".g\xE2\x80\x8Cit/x", "a\\b", "x/"};
	struct desk d;
	size_t i;

	(void)state;
	desk_open_new(&d, SETUP);
	for (i = 0; i < LENGTH(paths); i++) {
		char *diff = xasprintf("--- /dev/null\n+++ b/%s\n@@ -0,0 +1 @@\n+new\n", paths[i]);

		expect_answer(check_patch(&d, diff, NULL), ERR_REFUSED, "path");
		free(diff);
	}
	desk_done(&d);
}

static void test_symbolic_links_are_neither_made_nor_followed(void **state)
{
	static const struct {
		const char *diff, *base;
	} cases[] = {
		{"diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc/passwd\n\\ No newline at end of file\n", NULL},
		{NEW("link/passwd2"), NULL},
		{"diff --git a/link b/link\n--- a/link\n+++ b/link\n@@ -1 +1 @@\n-/etc\n\\ No newline at end of file\n+/root\n\\ No newline at end of file\n", "link"},
		{"diff --git a/link b/link\ndeleted file mode 120000\n--- a/link\n+++ /dev/null\n@@ -1 +0,0 @@\n-/etc\n\\ No newline at end of file\n", "link"},
		{"diff --git a/link b/gone\nsimilarity index 100%\nrename from link\nrename to gone\n", "link"},
		{"diff --git a/b.txt b/b.txt\nold mode 100644\nnew mode 120000\n", "b.txt"},
		{"diff --git a/m b/m\nnew file mode 160000\n--- /dev/null\n+++ b/m\n@@ -0,0 +1 @@\n+Subproject commit 0123456789012345678901234567890123456789\n", NULL},
	};
	struct desk d;
	size_t i;

	(void)state;
	desk_open_new(&d, SETUP);
	for (i = 0; i < LENGTH(cases); i++) {
		struct answer a = check_patch(&d, cases[i].diff, cases[i].base);

		if (a.code == ERR_OK || a.code == ERR_IO)
			fail_msg("case %zu was taken: %s %s", i, a.e.text, a.structured);
		answer_free(&a);
	}
	desk_done(&d);
}

static void test_binary_is_refused(void **state)
{
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP);
	expect_answer(check_patch(&d, "diff --git a/x b/x\nnew file mode 100644\nGIT binary patch\nliteral 1\nIc${Nk\n\n", NULL), ERR_REFUSED, "binary");
	expect_answer(check_patch(&d, "diff --git a/bin.dat b/bin.dat\nBinary files a/bin.dat and b/bin.dat differ\n", "bin.dat"), ERR_REFUSED, "binary");
	expect_answer(check_patch(&d, "diff --git a/bin.dat b/bin2.dat\nsimilarity index 100%\nrename from bin.dat\nrename to bin2.dat\n", "bin.dat"), ERR_REFUSED, "binary");
	desk_done(&d);
}

static void test_stale_missing_and_unneeded_bases_are_told_apart(void **state)
{
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP);
	expect_answer(run(&d, patch_propose, "{\"title\":\"t\",\"diff\":\"--- a/b.txt\\n+++ b/b.txt\\n@@ -1 +1 @@\\n-alpha\\n+x\\n\",\"base\":[]}", 0, NULL, true, false), ERR_USAGE,
	    "`base` does not name");
	expect_answer(run(&d, patch_propose, "{\"title\":\"t\",\"diff\":\"--- a/b.txt\\n+++ b/b.txt\\n@@ -1 +1 @@\\n-alpha\\n+x\\n\",\"base\":[{\"path\":\"b.txt\",\"blob\":"
	    "\"4a58007052a65fbc2fc3f910f2855f45a4058e75\"}]}", 0, NULL, true, false), ERR_CONFLICT, "stale");
	expect_answer(check_patch(&d, NEW("b.txt"), NULL), ERR_CONFLICT, "is there already");
	expect_answer(check_patch(&d, "--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-wrong\n+x\n", "b.txt"), ERR_CONFLICT, "does not apply");
	desk_done(&d);
}

static void test_new_deleted_renamed_and_empty_files(void **state)
{
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP);
	expect_answer(fire_patch(&d, NEW("deep/er/new.txt"), NULL, 1, "ac01"), ERR_OK, "deep/er/new.txt");
	expect_answer(fire_patch(&d, "--- a/b.txt\n+++ /dev/null\n@@ -1 +0,0 @@\n-alpha\n", "b.txt", 1, "ac02"), ERR_OK, "\"deletions\":1");
	expect_answer(fire_patch(&d, "diff --git a/src/a.txt b/src/z.txt\nsimilarity index 60%\nrename from src/a.txt\nrename to src/z.txt\n--- a/src/a.txt\n+++ b/src/z.txt\n"
	    "@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n", "src/a.txt", 1, "ac03"), ERR_OK, "src/z.txt");
	expect_answer(fire_patch(&d, "diff --git a/empty b/empty\nnew file mode 100644\nindex 0000000..e69de29\n", NULL, 1, "ac04"), ERR_OK, "\"empty\"");
	expect_answer(fire_patch(&d, "diff --git a/crlf.txt b/crlf.txt\nold mode 100644\nnew mode 100755\n", "crlf.txt", 1, "ac05"), ERR_OK, "crlf.txt");
	expect_shown(&d, "git ls-tree -r --name-only claviger/T1", "bin.dat\ncrlf.txt\ndeep/er/new.txt\nempty\nend.txt\nlink\nsrc/z.txt");
	expect_shown(&d, "git show claviger/T1:src/z.txt; git ls-tree claviger/T1 crlf.txt | cut -c1-6", "one\n2\nthree\n100755");
	desk_done(&d);
}

static void test_line_ends_are_kept_as_they_are(void **state)
{
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP "; printf '* text=auto eol=crlf\\n' >.gitattributes");
	fixture_do(d.folder, "git config core.autocrlf true; git config core.whitespace fix; git config apply.whitespace fix");
	expect_answer(fire_patch(&d, "--- a/end.txt\n+++ b/end.txt\n@@ -1 +1,2 @@\n-no newline\n\\ No newline at end of file\n+with  \n+end\n\\ No newline at end of file\n", "end.txt", 2, "ad01"),
	    ERR_OK, "end.txt");
	expect_shown(&d, "git cat-file blob claviger/T2:end.txt | od -An -c | tr -d ' '", "with\\nend");
	expect_shown(&d, "git cat-file blob claviger/T2:end.txt | wc -c", "10");
	desk_done(&d);
}

static void test_odd_names_work(void **state)
{
	struct desk d;

	(void)state;
	desk_open_new(&d, "printf 'x\\n' >'with space'; printf 'x\\n' >-dash; printf 'x\\n' >'q\"uote'; printf 'x\\n' >'\xC3\xA9t\xC3\xA9'; printf 'x\\n' >'[a]*'");
	expect_answer(fire_patch(&d, "--- a/with space\t\n+++ b/with space\t\n@@ -1 +1 @@\n-x\n+1\n", "with space", 3, "ae01"), ERR_OK, "with space");
	expect_answer(fire_patch(&d, "--- a/-dash\n+++ b/-dash\n@@ -1 +1 @@\n-x\n+1\n", "-dash", 3, "ae02"), ERR_OK, "-dash");
	expect_answer(fire_patch(&d, "--- \"a/q\\\"uote\"\n+++ \"b/q\\\"uote\"\n@@ -1 +1 @@\n-x\n+1\n", "q\"uote", 3, "ae03"), ERR_OK, "q\\\"uote");
	expect_answer(fire_patch(&d, "--- \"a/\\303\\251t\\303\\251\"\n+++ \"b/\\303\\251t\\303\\251\"\n@@ -1 +1 @@\n-x\n+1\n", "\xC3\xA9t\xC3\xA9", 3, "ae04"), ERR_OK, "\xC3\xA9t\xC3\xA9");
	expect_answer(fire_patch(&d, "--- a/[a]*\n+++ b/[a]*\n@@ -1 +1 @@\n-x\n+1\n", "[a]*", 3, "ae05"), ERR_OK, "[a]*");
	expect_shown(&d, "git diff --name-only main claviger/T3 | wc -l", "5");
	desk_done(&d);
}

static void test_text_that_belongs_to_no_file_is_refused(void **state)
{
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP);
	expect_answer(check_patch(&d, "Here is the patch:\n" EDIT_A, "src/a.txt"), ERR_PROTO, "line 1");
	expect_answer(check_patch(&d, EDIT_A "Also run this.\n", "src/a.txt"), ERR_PROTO, "belongs to no file");
	expect_answer(check_patch(&d, "--- a/b.txt\n+++ b/b.txt\n@@ -1,5 +1,5 @@\n-alpha\n+x\n", "b.txt"), ERR_PROTO, "shorter than its header");
	/* what the person's preview and git read in another way than this reader did */
	expect_answer(check_patch(&d, "diff --git a/b.txt b/b.txt\n--- a/b.txt\n+++ b/b.txt\n--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-alpha\n+x\n", "b.txt"), ERR_PROTO, "a second time");
	expect_answer(check_patch(&d, "diff --git a/b.txt b/other\n--- a/b.txt\n+++ b/b.txt\n@@ -1 +1 @@\n-alpha\n+x\n", "b.txt"), ERR_PROTO, "does not name the file twice");
	expect_answer(check_patch(&d, "--- \"a/b.txt\"x\n+++ \"b/b.txt\"\n@@ -1 +1 @@\n-alpha\n+x\n", "b.txt"), ERR_PROTO, "quotes are broken");
	expect_answer(check_patch(&d, "nothing\n", NULL), ERR_PROTO, "belongs to no file");
	desk_done(&d);
}

/* Each of these would leave a mark in the folder if it ran. */
static void test_nothing_of_the_repository_runs(void **state)
{
	char *plant, *marks;
	struct desk d;

	(void)state;
	desk_open_new(&d, SETUP "; printf '*.txt filter=evil diff=evil merge=evil\\n' >.gitattributes");
	plant = xasprintf("T='%s'; cat >$T/evil <<X\n#!/bin/sh\ntouch $T/ran.\\$(basename \"\\$0\").\\$\\$\ncat\nX\nchmod +x $T/evil\n"
	    "for h in pre-commit post-commit commit-msg prepare-commit-msg post-checkout post-index-change reference-transaction post-update update applypatch-msg pre-applypatch "
	    "post-applypatch pre-auto-gc post-rewrite fsmonitor-watchman; do cp $T/evil .git/hooks/$h; done; mkdir -p $T/hooks; cp .git/hooks/* $T/hooks/\n"
	    "git config core.hooksPath $T/hooks; git config filter.evil.clean $T/evil; git config filter.evil.smudge $T/evil; git config filter.evil.process $T/evil; "
	    "git config filter.evil.required true; git config diff.evil.textconv $T/evil; git config diff.evil.command $T/evil; git config diff.external $T/evil; "
	    "git config core.fsmonitor $T/evil; git config core.pager $T/evil; git config core.editor $T/evil; git config core.sshCommand $T/evil; git config core.askPass $T/evil; "
	    "git config gpg.program $T/evil; git config commit.gpgSign true; git config alias.apply \"!$T/evil\"; git config credential.helper $T/evil; "
	    "git config core.alternateRefsCommand $T/evil; git config merge.evil.driver $T/evil; git config core.attributesFile .gitattributes; "
	    "git config extensions.partialClone origin; git config remote.origin.url \"ext::$T/evil\"; git config remote.origin.promisor true; git config trailer.x.command $T/evil",
	    fixture_top);
	fixture_do(d.folder, plant);
	expect_answer(check_patch(&d, EDIT_A, "src/a.txt"), ERR_OK, "\"ok\":true");
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 4, "af01"), ERR_OK, "claviger/T4");
	expect_answer(fire_patch(&d, EDIT_B, "b.txt", 4, "af02"), ERR_OK, "claviger/T4");
	fixture_do(d.state, "rm -r receipts");
	expect_answer(run(&d, patch_propose, "{}", 4, "af01", false, true), ERR_OK, "\"fired\":true");
	expect_answer(run(&d, read_search, "{\"text\":\"alpha\"}", 4, NULL, false, false), ERR_OK, "");
	expect_answer(run(&d, read_read_file, "{\"path\":\"b.txt\"}", 4, NULL, false, false), ERR_OK, "");
	expect_answer(run(&d, read_list_files, "{}", 4, NULL, false, false), ERR_OK, "");
	marks = fixture_sh(fixture_top, "ls | grep '^ran' || true");
	assert_string_equal(marks, "");
	free(marks);
	/* The other way round: ordinary git does run them, so they were planted well. */
	fixture_do(d.folder, "git status >/dev/null 2>&1 || true; git diff HEAD~0 main >/dev/null 2>&1 || true; git update-ref refs/heads/x main >/dev/null 2>&1 || true");
	marks = fixture_sh(fixture_top, "ls | grep '^ran' || true");
	assert_string_not_equal(marks, "");
	free(marks);
	free(plant);
	desk_done(&d);
}

static void test_a_root_inside_the_worktree_is_all_there_is(void **state)
{
	struct desk d;
	char *sub;

	(void)state;
	d.folder = fixture_repo(SETUP);
	sub = xasprintf("%s/src", d.folder);
	desk_open_at(&d, sub);
	assert_string_equal(d.repo.at.prefix, "src/");
	expect_answer(fire_patch(&d, "--- a/a.txt\n+++ b/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n", "src/a.txt", 5, "b001"), ERR_OK, "\"files\":[\"a.txt\"]");
	expect_answer(check_patch(&d, NEW("../b2.txt"), NULL), ERR_REFUSED, "leads out");
	expect_shown(&d, "git show claviger/T5:src/a.txt claviger/T5:b.txt", "one\nTWO\nthree\nalpha");
	free(sub);
	desk_done(&d);
}

static void test_a_repository_without_commits_gets_a_first_one(void **state)
{
	struct desk d;

	(void)state;
	d.folder = xasprintf("%s/empty.XXXXXX", fixture_top);
	assert_non_null(mkdtemp(d.folder));
	fixture_do(d.folder, "git init -q -b main .");
	desk_open_at(&d, d.folder);
	expect_answer(fire_patch(&d, NEW("first.txt"), NULL, 6, "b101"), ERR_OK, "first.txt");
	expect_answer(fire_patch(&d, NEW("second.txt"), NULL, 6, "b102"), ERR_OK, "second.txt");
	expect_shown(&d, "git rev-list --count claviger/T6; git show claviger/T6:first.txt", "2\nnew");
	desk_done(&d);
}

static void test_bare_repositories_and_linked_worktrees_work(void **state)
{
	char *work, *bare;
	struct desk d;

	(void)state;
	work = fixture_repo(SETUP);
	bare = xasprintf("%s.bare", work);
	free(fixture_sh(work, "git clone -q --bare . ../\"$(basename \"$PWD\")\".bare; git worktree add -q --detach ../\"$(basename \"$PWD\")\".linked 2>&1"));
	d.folder = bare;
	desk_open_at(&d, bare);
	assert_true(d.repo.at.is_bare);
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 7, "b201"), ERR_OK, "claviger/T7");
	desk_done(&d);
	d.folder = xasprintf("%s.linked", work);
	desk_open_at(&d, d.folder);
	expect_answer(fire_patch(&d, EDIT_A, "src/a.txt", 7, "b202"), ERR_OK, "claviger/T7");
	desk_done(&d);
	free(work);
}

static void test_what_is_no_repository_is_said(void **state)
{
	char *folder = xasprintf("%s/plain", fixture_top), *fake = xasprintf("%s/fake", fixture_top);
	struct repo r;
	struct err e = {0};

	(void)state;
	assert_int_equal(mkdir(folder, 0700), 0);
	assert_int_equal(mkdir(fake, 0700), 0);
	check_code(repo_open(&r, folder, NULL, &e), ERR_USAGE, &e);
	assert_string_equal(e.text, "that folder is not in a git repository");
	repo_release(&r);
	/* A .git file that points at a repository which knows nothing of it. */
	free(fixture_sh(fixture_top, "git init -q other; echo \"gitdir: $PWD/other/.git\" >fake/.git"));
	check_code(repo_open(&r, fake, NULL, &e), ERR_USAGE, &e);
	assert_non_null(strstr(e.text, "is a file"));
	repo_release(&r);
	check_code(repo_open(&r, "/nonexistent/x", NULL, &e), ERR_MISSING, &e);
	repo_release(&r);
	free(folder);
	free(fake);
}

/* What a killed server left goes; what another one is using stays. */
static void test_what_a_killed_server_left_goes(void **st)
{
	struct scratch used, left;
	char *parent = xasprintf("%s/left.XXXXXX", fixture_top), *file;
	struct err e = {0};

	(void)st;
	assert_non_null(mkdtemp(parent));
	check_ok(scratch_open(&used, parent, &e), &e);
	check_ok(scratch_open(&left, parent, &e), &e);
	file = xasprintf("%s/objects", left.folder);
	assert_int_equal(mkdir(file, 0700), 0);
	close(left.lock);	/* as the kernel does for the dead */
	scratch_sweep(parent);
	assert_int_equal(access(left.folder, F_OK), -1);
	assert_int_equal(access(used.folder, F_OK), 0);
	scratch_close(&used);
	assert_int_equal(rmdir(parent), 0);
	free(left.folder);
	free(file);
	free(parent);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_a_killed_server_left_goes),
		cmocka_unit_test(test_a_fired_patch_is_one_commit_on_the_tasks_branch),
		cmocka_unit_test(test_nothing_but_the_branch_changes),
		cmocka_unit_test(test_a_check_leaves_no_object_behind),
		cmocka_unit_test(test_i2_the_same_key_fires_once),
		cmocka_unit_test(test_i2_a_lost_receipt_is_found_on_the_branch),
		cmocka_unit_test(test_i2_prove_says_not_fired_and_does_nothing),
		cmocka_unit_test(test_a_forged_key_line_in_the_message_is_refused),
		cmocka_unit_test(test_only_the_office_fires),
		cmocka_unit_test(test_two_patches_of_a_task_follow_each_other),
		cmocka_unit_test(test_a_second_patch_on_a_stale_file_is_refused),
		cmocka_unit_test(test_tasks_do_not_see_each_others_branches),
		cmocka_unit_test(test_a_merged_branch_goes_on_from_head),
		cmocka_unit_test(test_a_branch_that_is_checked_out_is_not_moved),
		cmocka_unit_test(test_a_branch_in_the_way_is_said),
		cmocka_unit_test(test_paths_that_lead_out_are_refused),
		cmocka_unit_test(test_symbolic_links_are_neither_made_nor_followed),
		cmocka_unit_test(test_binary_is_refused),
		cmocka_unit_test(test_stale_missing_and_unneeded_bases_are_told_apart),
		cmocka_unit_test(test_new_deleted_renamed_and_empty_files),
		cmocka_unit_test(test_line_ends_are_kept_as_they_are),
		cmocka_unit_test(test_odd_names_work),
		cmocka_unit_test(test_text_that_belongs_to_no_file_is_refused),
		cmocka_unit_test(test_nothing_of_the_repository_runs),
		cmocka_unit_test(test_a_root_inside_the_worktree_is_all_there_is),
		cmocka_unit_test(test_a_repository_without_commits_gets_a_first_one),
		cmocka_unit_test(test_bare_repositories_and_linked_worktrees_work),
		cmocka_unit_test(test_what_is_no_repository_is_said),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
