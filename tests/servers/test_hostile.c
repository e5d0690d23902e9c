/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repositories that no honest person makes, looked at with the reading tools: what leads out,
 * what has an odd name, what is too large. (test_patch.c has those that try to run something.) */
#include "check.h"

#include "servers/codebase/read.h"
#include "servers/codebase_desk.h"

static void check_reads(struct desk *d, mcp_run *tool, const char *args, enum err_code code, const char *words)
{
	struct answer a = run(d, tool, args, 1, NULL, false, false);

	if (a.code != code || strstr(code == ERR_OK ? a.text : a.e.text, words) == NULL)
		fail_msg("%s gave %s: %s | %s", args, err_name(a.code), a.e.text, a.text);
	answer_free(&a);
}

static void test_links_and_submodules_lead_nowhere(void **state)
{
	struct desk d;

	(void)state;
	desk_open_new(&d, "ln -s /etc/passwd out; ln -s / root; mkdir in; echo needle >in/a; ln -s ../../.. in/up");
	fixture_do(d.folder, "git update-index --add --cacheinfo 160000,0123456789012345678901234567890123456789,module; git commit -q -m module");
	check_reads(&d, read_read_file, "{\"path\":\"out\"}", ERR_REFUSED, "symbolic link");
	check_reads(&d, read_read_file, "{\"path\":\"root/etc/passwd\"}", ERR_MISSING, "no such file");
	check_reads(&d, read_read_file, "{\"path\":\"in/up/in/a\"}", ERR_MISSING, "no such file");
	check_reads(&d, read_read_file, "{\"path\":\"module\"}", ERR_REFUSED, "submodule");
	check_reads(&d, read_read_file, "{\"path\":\"module/x\"}", ERR_MISSING, "no such file");
	check_reads(&d, read_list_files, "{}", ERR_OK, "in/a\nin/up (symbolic link)\nout (symbolic link)\nroot (symbolic link)\n");
	check_reads(&d, read_search, "{\"text\":\"root:\"}", ERR_OK, "(nothing found)");
	check_reads(&d, read_search, "{\"text\":\"needle\",\"path\":\"root\"}", ERR_OK, "(nothing found)");
	desk_done(&d);
}

/* None of them may look like two lines, or like another file. */
static void test_odd_names_are_told_apart(void **state)
{
	struct desk d;

	(void)state;
	desk_open_new(&d, "mkdir s; n=$(printf 'new\\nline'); printf 'needle\\n' >\"s/$n\"; printf 'needle\\n' >'s/quote\"s'; printf 'needle\\n' >s/-rf; printf 'needle\\n' >'s/:(top)x';"
	    "printf 'needle\\n' >\"s/$(printf 'bad\\377')\"; printf 'needle\\n' >s/$(printf 'l%.0s' $(seq 250)); printf 'needle\\n' >\"s/$(printf 'esc\\033[2J')\"; printf 'needle\\n' >'s/*'");
	check_reads(&d, read_list_files, "{\"path\":\"s\"}", ERR_OK, "\"s/new\\nline\"\n");
	check_reads(&d, read_list_files, "{\"path\":\"s\"}", ERR_OK, "\"s/quote\\\"s\"\n");
	check_reads(&d, read_list_files, "{\"path\":\"s\"}", ERR_OK, "\"s/esc\\u001b[2J\"\n");
	check_reads(&d, read_search, "{\"text\":\"needle\"}", ERR_OK, "\"s/new\\nline\":1: needle\n");
	check_reads(&d, read_search, "{\"text\":\"needle\",\"path\":\"s/-rf\"}", ERR_OK, "s/-rf:1: needle\n");
	check_reads(&d, read_search, "{\"text\":\"--open-files-in-pager\"}", ERR_OK, "(nothing found)");
	check_reads(&d, read_read_file, "{\"path\":\"s/:(top)x\"}", ERR_OK, "\n\nneedle\n");
	check_reads(&d, read_read_file, "{\"path\":\"s/*\"}", ERR_OK, "path: s/*\n\nneedle\n");
	check_reads(&d, read_read_file, "{\"path\":\"s/new\\nline\"}", ERR_REFUSED, "control character");
	check_reads(&d, read_read_file, "{\"path\":\"s/.GIT/config\"}", ERR_REFUSED, "inside a .git folder");
	desk_done(&d);
}

static void test_what_is_huge_is_bounded(void **state)
{
	struct answer a;
	struct desk d;

	(void)state;
	desk_open_new(&d, "head -c 20000000 /dev/zero | tr '\\0' x >line; yes needle | head -c 17000000 >many; yes 'needle and more' | head -n 50000 >much; echo y >b.txt");
	check_reads(&d, read_read_file, "{\"path\":\"line\"}", ERR_LIMIT, "longer than 16 MiB");
	check_reads(&d, read_read_file, "{\"path\":\"many\"}", ERR_LIMIT, "longer than 16 MiB");
	a = run(&d, read_read_file, "{\"path\":\"much\"}", 1, NULL, false, false);
	check_ok(a.code, &a.e);
	assert_in_range(strlen(a.text), 100000, 300000);
	answer_free(&a);
	a = run(&d, read_search, "{\"text\":\"needle\",\"limit\":1000}", 1, NULL, false, false);
	check_ok(a.code, &a.e);
	assert_in_range(strlen(a.text), 1000, 300000);
	assert_non_null(strstr(a.text, "there are more hits"));
	answer_free(&a);
	check_reads(&d, read_search, "{\"text\":\"xxxx\"}", ERR_OK, "line:1: xxxx");
	check_reads(&d, read_search, "{\"text\":\"y\",\"path\":\"b.txt\"}", ERR_OK, "b.txt:1: y\n");
	desk_done(&d);
}

/* Its own word on where objects lie, and a .git that is a link, open no other folder. */
static void test_what_points_outside_is_not_followed(void **state)
{
	char *other, *line;
	struct repo r;
	struct desk d;
	struct err e = {0};

	(void)state;
	other = fixture_repo("echo secret >secret.txt");
	desk_open_new(&d, "echo y >b.txt");
	line = xasprintf("mkdir -p .git/objects/info; printf '%%s\\n' /etc '%s' '%s/.git/objects/info/..' ../../nowhere >.git/objects/info/alternates", other, other);
	fixture_do(d.folder, line);
	repo_release(&d.repo);
	check_ok(repo_open(&d.repo, d.folder, d.state, &e), &e);
	assert_non_null(d.repo.at.alternates[0]);	/* the one that is a repository's objects: the grant looks at it again */
	assert_null(d.repo.at.alternates[1]);
	free(line);
	line = xasprintf("mkdir ../linked.$$; ln -s '%s/.git' ../linked.$$/.git; echo $PWD/../linked.$$", other);
	free(other);
	other = fixture_sh(d.folder, line);
	check_code(repo_open(&r, other, NULL, &e), ERR_USAGE, &e);
	repo_release(&r);
	free(line);
	free(other);
	desk_done(&d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_links_and_submodules_lead_nowhere),
		cmocka_unit_test(test_odd_names_are_told_apart),
		cmocka_unit_test(test_what_is_huge_is_bounded),
		cmocka_unit_test(test_what_points_outside_is_not_followed),
	};

	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
