/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "connector/grant.h"

static char top[64];

static const char *make(const char *name)
{
	static char path[4][128];
	static unsigned turn;
	char *p = path[turn++ % 4];
	struct err e = {0};

	snprintf(p, sizeof path[0], "%s/%s", top, name);
	check_ok(file_make_folders(p, 0700, &e), &e);
	return p;
}

static void test_a_root_apart_from_the_home_is_taken(void **state)
{
	struct err e = {0};

	(void)state;
	check_ok(connector_root_check(make("code"), make("home"), &e), &e);
	check_ok(connector_root_check(make("home2"), make("home"), &e), &e);	/* a longer name is no folder inside */
}

static void test_a_root_that_holds_the_home_or_lies_in_it_is_refused(void **state)
{
	struct err e = {0};
	char *link = xasprintf("%s/link", top);

	(void)state;
	check_code(connector_root_check(top, make("home"), &e), ERR_REFUSED, &e);
	check_code(connector_root_check("/", make("home"), &e), ERR_REFUSED, &e);
	check_code(connector_root_check(make("home"), make("home"), &e), ERR_REFUSED, &e);
	check_code(connector_root_check(make("home/workspaces/a"), make("home"), &e), ERR_REFUSED, &e);
	assert_int_equal(symlink(make("home"), link), 0);
	check_code(connector_root_check(link, make("home"), &e), ERR_REFUSED, &e);
	check_code(connector_root_check("/nonexistent", make("home"), &e), ERR_MISSING, &e);
	free(link);
}

static void make_repository(const char *name)
{
	char part[128];
	struct err e = {0};

	snprintf(part, sizeof part, "%s/.git/objects", name);
	make(part);
	snprintf(part, sizeof part, "%s/.git/refs", name);
	make(part);
	snprintf(part, sizeof part, "%s/%s/.git/HEAD", top, name);
	check_ok(file_replace(part, slice_of("ref: refs/heads/main\n"), 0600, &e), &e);
}

static bool lists(char *const *list, const char *path)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, path) == 0)
			return true;
	return false;
}

static void test_only_objects_and_branches_of_a_repository_may_be_written(void **state)
{
	const char *root, *home = make("home");
	char *objects = xasprintf("%s/repo/.git/objects", top), *refs = xasprintf("%s/repo/.git/refs", top), *own = xasprintf("%s/home/connectors/code", top);
	struct grant g;
	struct err e = {0};
	size_t n = 0;

	(void)state;
	make_repository("repo");
	root = make("repo");
	check_ok(grant_codebase(&g, "/usr/libexec/claviger/claviger-codebase", root, home, own, &e), &e);
	assert_true(lists(g.write_paths, objects) && lists(g.write_paths, refs) && lists(g.write_paths, own));
	while (g.write_paths[n] != NULL)
		n++;
	assert_int_equal(n, 3);
	assert_false(lists(g.read_paths, root));	/* not the working tree */
	assert_true(lists(g.argv, "--root"));
	grant_release(&g);
	free(objects);
	free(refs);
	free(own);
}

/* The repository's own word on where its objects lie must not open the home. */
static void test_borrowed_objects_in_the_home_are_refused(void **state)
{
	char *file = xasprintf("%s/thief/.git/objects/info/alternates", top), *words = xasprintf("%s/home/store/.git/objects\n", top);
	struct grant g;
	struct err e = {0};

	(void)state;
	make_repository("thief");
	make_repository("home/store");
	make("thief/.git/objects/info");
	check_ok(file_replace(file, slice_of(words), 0600, &e), &e);
	check_code(grant_codebase(&g, "/x", make("thief"), make("home"), make("home/connectors/t"), &e), ERR_REFUSED, &e);
	free(file);
	free(words);
}

/* Where branches may be pushed to is opened, and nothing beside it. */
static void test_a_push_is_granted_to_one_place(void **state)
{
	static const char *const refused[] = {"git@example.com:x.git", "ssh://example.com/x.git", "ext::sh", "http://example.com/x.git", "https://a:b@example.com/x.git", "x.git",
	    "https://example.com", "https://example.com/x?y", "git://example.com/x.git", "file:///x", "https://a b/x"};
	char *far = xasprintf("%s/far/.git", top), *objects = xasprintf("%s/objects", far), *home = xstrdup(make("home")), *own, *settings;
	struct grant g;
	struct err e = {0};
	size_t i;

	(void)state;
	make_repository("repo");
	make_repository("far");
	make_repository("home/inside");
	own = xstrdup(make("home/connectors/code"));
	check_ok(grant_codebase(&g, "/x", make("repo"), home, own, &e), &e);
	settings = xasprintf("{\"push\":\"%s/far\"}", top);
	check_ok(grant_codebase_push(&g, settings, home, &e), &e);
	assert_true(lists(g.write_paths, objects) && lists(g.read_paths, far) && !lists(g.write_paths, far));
	assert_false(g.may_network);
	grant_release(&g);
	free(settings);
	check_ok(grant_codebase(&g, "/x", make("repo"), home, own, &e), &e);
	check_ok(grant_codebase_push(&g, "{\"push\":\"https://ann@example.com:8443/x.git\",\"ca_file\":\"/ca.pem\"}", home, &e), &e);
	assert_true(g.may_network && g.ports[0] == 53 && g.ports[1] == 8443 && g.ports[2] == 0 && lists(g.read_paths, "/ca.pem"));
	grant_release(&g);
	check_ok(grant_codebase(&g, "/x", make("repo"), home, own, &e), &e);
	for (i = 0; i < LENGTH(refused); i++) {
		settings = xasprintf("{\"push\":\"%s\"}", refused[i]);
		check_code(grant_codebase_push(&g, settings, home, &e), ERR_USAGE, &e);
		free(settings);
	}
	settings = xasprintf("{\"push\":\"%s/home/inside\"}", top);
	check_code(grant_codebase_push(&g, settings, home, &e), ERR_REFUSED, &e);
	assert_false(g.may_network);
	grant_release(&g);
	free(settings);
	free(objects);
	free(far);
	free(home);
	free(own);
}

static int begin(void **state)
{
	(void)state;
	snprintf(top, sizeof top, "/tmp/claviger-test.XXXXXX");
	return mkdtemp(top) != NULL ? 0 : -1;
}

/* What a server of others gets is what its settings say, and no more. */
static void test_a_strangers_server_gets_what_is_granted(void **state)
{
	const char *code = make("code"), *home = make("home"), *own = make("home/own");
	char *settings = xasprintf("{\"read\":[\"%s\"],\"env\":[\"LEVEL=3\"],\"secret_env\":\"TOKEN\",\"network\":true}", code);
	struct grant g;
	struct err e = {0};

	(void)state;
	check_ok(grant_mcp(&g, "[\"python3\",\"-\"]", settings, home, own, &e), &e);
	assert_string_equal(g.argv[0], "python3");
	assert_null(g.argv[2]);
	assert_string_equal(g.write_paths[0], own);
	assert_null(g.write_paths[1]);
	assert_string_equal(g.read_paths[0], own);
	assert_string_equal(g.read_paths[1], code);
	assert_null(g.read_paths[2]);
	assert_string_equal(g.env[2], "LEVEL=3");
	assert_null(g.env[3]);
	assert_string_equal(g.secret_env, "TOKEN");
	assert_true(g.may_network);
	grant_release(&g);
	check_ok(grant_mcp(&g, "[\"python3\"]", NULL, home, own, &e), &e);
	assert_null(g.read_paths[1]);
	assert_false(g.may_network);
	grant_release(&g);
	free(settings);
}

static void test_settings_that_reach_too_far_are_refused(void **state)
{
	static const struct {
		const char *command, *settings;
		enum err_code code;
	} cases[] = {
		{"[]", "{}", ERR_USAGE}, {"[1]", "{}", ERR_USAGE}, {"{}", "{}", ERR_USAGE}, {"[\"a\"]", "{\"read\":[\"code\"]}", ERR_USAGE},
		{"[\"a\"]", "{\"read\":[\"/\"]}", ERR_REFUSED}, {"[\"a\"]", "{\"write\":[\"/nonexistent\"]}", ERR_MISSING},
		{"[\"a\"]", "{\"env\":[\"LD_PRELOAD=/x\"]}", ERR_USAGE}, {"[\"a\"]", "{\"env\":[\"PATH=/x\"]}", ERR_USAGE},
		{"[\"a\"]", "{\"env\":[\"NAME\"]}", ERR_USAGE}, {"[\"a\"]", "{\"secret_env\":\"LD_AUDIT\"}", ERR_USAGE},
	};
	const char *home = make("home"), *own = make("home/own");
	struct grant g;
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(cases); i++) {
		struct err e = {0};

		check_code(grant_mcp(&g, cases[i].command, cases[i].settings, home, own, &e), cases[i].code, &e);
	}
}

static void test_records_kept_elsewhere_are_reached_by_one_port(void **state)
{
	static const struct {
		const char *settings;
		uint16_t port;
	} cases[] = {{"{\"backend\":\"hubspot\"}", 443}, {"{\"base_url\":\"https://api.example.com:8443\"}", 8443}, {"{\"base_url\":\"http://127.0.0.1:8080\"}", 8080}};
	const char *own = make("home/crm");
	struct err e = {0};
	struct grant g;
	size_t i;

	(void)state;
	check_ok(grant_crm(&g, "/claviger-crm", NULL, own, &e), &e);
	assert_false(g.may_network);
	assert_null(g.argv[3]);
	grant_release(&g);
	for (i = 0; i < LENGTH(cases); i++) {
		check_ok(grant_crm(&g, "/claviger-crm", cases[i].settings, own, &e), &e);
		assert_true(g.may_network);
		assert_int_equal(g.ports[0], 53);
		assert_int_equal(g.ports[1], cases[i].port);
		assert_int_equal(g.ports[2], 0);
		assert_string_equal(g.argv[4], cases[i].settings);
		grant_release(&g);
	}
	check_code(grant_crm(&g, "/claviger-crm", "{\"base_url\":\"ftp://x\"}", own, &e), ERR_USAGE, &e);
	check_code(grant_crm(&g, "/claviger-crm", "{", own, &e), ERR_PROTO, &e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_root_apart_from_the_home_is_taken),
		cmocka_unit_test(test_a_root_that_holds_the_home_or_lies_in_it_is_refused),
		cmocka_unit_test(test_only_objects_and_branches_of_a_repository_may_be_written),
		cmocka_unit_test(test_borrowed_objects_in_the_home_are_refused),
		cmocka_unit_test(test_a_push_is_granted_to_one_place),
		cmocka_unit_test(test_a_strangers_server_gets_what_is_granted),
		cmocka_unit_test(test_settings_that_reach_too_far_are_refused),
		cmocka_unit_test(test_records_kept_elsewhere_are_reached_by_one_port),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
