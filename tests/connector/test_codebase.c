/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole way: our client, claviger-confine, claviger-codebase, git, a real repository. */
#include "check.h"

#include <signal.h>

#include "base/json.h"
#include "base/memory.h"
#include "connector/connector.h"
#include "connector/grant.h"
#include "connector/loop.h"
#include "servers/git_fixture.h"

#define CONFINE TOP_BUILDDIR "/libexec/claviger/claviger-confine"
#define CODEBASE TOP_BUILDDIR "/libexec/claviger/claviger-codebase"

struct office {
	char *folder, *home, *state;
	struct grant grant;
	struct connector *c;
};

/* check: a JSON object of settings, or NULL. */
static void office_open_with(struct office *o, const char *settings)
{
	struct connector_spec spec = {.confine = CONFINE, .is_ours = true};
	struct err e = {0};

	o->folder = fixture_repo("mkdir src; printf 'one\\ntwo\\nthree\\n' >src/a.txt");
	o->home = xasprintf("%s.home", o->folder);
	o->state = xasprintf("%s/connectors/code", o->home);
	check_ok(file_make_folders(o->home, 0700, &e), &e);
	check_ok(grant_codebase(&o->grant, CODEBASE, o->folder, o->home, o->state, &e), &e);
	check_ok(grant_codebase_check(&o->grant, settings, CONFINE, o->state, &e), &e);
	check_ok(grant_codebase_push(&o->grant, settings, o->home, &e), &e);
	spec.argv = (const char *const *)o->grant.argv;
	spec.read_paths = (const char *const *)o->grant.read_paths;
	spec.write_paths = (const char *const *)o->grant.write_paths;
	spec.may_network = o->grant.may_network;
	spec.ports = o->grant.ports[0] != 0 ? o->grant.ports : NULL;
	o->c = connector_new("code");
	check_ok(connector_start(o->c, &spec, clock_steady_us(), &e), &e);
	until_life(o->c, LIFE_RUNNING);
}

static void office_open(struct office *o)
{
	office_open_with(o, NULL);
}

static void office_close(struct office *o)
{
	connector_free(o->c);
	grant_release(&o->grant);
	free(o->folder);
	free(o->home);
	free(o->state);
}

static struct answer asked(struct office *o, const char *tool, const char *args, enum connector_mode mode, const char *key)
{
	struct connector_call call = {.tool = tool, .args = slice_of(args), .task = 12, .mode = mode, .idempotency_key = key};
	struct answer a = {.count = 0};
	struct err e = {0};

	check_ok(connector_call(o->c, &call, clock_steady_us(), on_done, &a, NULL, &e), &e);
	until_answer(o->c, &a);
	return a;
}

static void test_our_own_tools_declare_their_effects(void **state)
{
	struct office o;

	(void)state;
	office_open(&o);
	assert_string_equal(connector_protocol(o.c), "2026-07-28");
	assert_int_equal(connector_tool_find(o.c, "list_files")->effect, EFFECT_READ);
	assert_int_equal(connector_tool_find(o.c, "read_file")->effect, EFFECT_READ);
	assert_int_equal(connector_tool_find(o.c, "search")->effect, EFFECT_READ);
	assert_int_equal(connector_tool_find(o.c, "propose_patch")->effect, EFFECT_WRITE);
	assert_int_equal(connector_tool_count(o.c), 4);
	office_close(&o);
}

static void test_reading_checking_firing_and_proving(void **state)
{
	char id[65] = "", *args, *before, *after;
	struct answer a;
	struct office o;

	(void)state;
	office_open(&o);
	before = fixture_untouchables(o.folder);
	assert_string_equal(asked(&o, "list_files", "{}", CONNECTOR_CALL, NULL).text, "src/a.txt\n");
	a = asked(&o, "read_file", "{\"path\":\"src/a.txt\"}", CONNECTOR_CALL, NULL);
	assert_int_equal(a.result, TOOL_OK);
	assert_int_equal(sscanf(a.text, "blob: %64s", id), 1);
	assert_string_equal(strstr(a.text, "\n\n"), "\n\none\ntwo\nthree\n");
	args = xasprintf("{\"title\":\"Shout\",\"diff\":\"--- a/src/a.txt\\n+++ b/src/a.txt\\n@@ -1,3 +1,3 @@\\n one\\n-two\\n+TWO\\n three\\n\","
	    "\"base\":[{\"path\":\"src/a.txt\",\"blob\":\"%s\"}]}", id);
	a = asked(&o, "propose_patch", args, CONNECTOR_CHECK, NULL);
	assert_non_null(strstr(a.structured, "\"ok\":true"));
	assert_non_null(strstr(asked(&o, "propose_patch", args, CONNECTOR_PROVE, "beef").structured, "\"fired\":false"));
	a = asked(&o, "propose_patch", args, CONNECTOR_CALL, "beef");
	assert_non_null(strstr(a.structured, "\"branch\":\"claviger/T12\""));
	assert_non_null(strstr(asked(&o, "propose_patch", args, CONNECTOR_PROVE, "beef").structured, "\"fired\":true"));
	assert_non_null(strstr(asked(&o, "propose_patch", args, CONNECTOR_CALL, "beef").structured, "\"already_done\":true"));
	assert_non_null(strstr(asked(&o, "read_file", "{\"path\":\"src/a.txt\"}", CONNECTOR_CALL, NULL).text, "TWO"));
	after = fixture_untouchables(o.folder);
	assert_string_equal(before, after);
	free(before);
	free(after);
	free(args);
	office_close(&o);
}

#define NEW_FILE "{\"title\":\"t\",\"base\":[],\"diff\":\"--- /dev/null\\n+++ b/new.sh\\n@@ -0,0 +1 @@\\n+%s\\n\"}"

/* What the command says of a patch in which new.sh holds that line. */
static void check_says(const char *check, const char *line, const char *wanted)
{
	/* a connector that may push reaches the network; the command does not */
	char *settings = xasprintf("{\"check\":\"%s\",\"push\":\"http://127.0.0.1:9/x.git\"}", check), *args = xasprintf(NEW_FILE, line), *before, *after;
	struct answer a;
	struct office o;

	office_open_with(&o, settings);
	before = fixture_untouchables(o.folder);
	a = asked(&o, "propose_patch", args, CONNECTOR_CHECK, NULL);
	if (strstr(a.structured, "cannot be confined here") != NULL)
		printf("not tried: this kernel has no Landlock\n");
	else if (strstr(a.structured, wanted) == NULL)
		fail_msg("%s is not in %s", wanted, a.structured);
	after = fixture_untouchables(o.folder);
	assert_string_equal(before, after);
	free(before);
	free(after);
	free(settings);
	free(args);
	office_close(&o);
}

/* The patch is an agent's: what it makes the command do stays in the copy. */
static void test_a_persons_command_is_run_on_a_copy_and_reaches_nothing_else(void **state)
{
	(void)state;
	check_says("test -f src/a.txt && sh new.sh", "exit 0", "new.sh` passed in");
	check_says("cp new.sh built && chmod +x built && ./built", "exit 0", "` passed in");
	check_says("sh new.sh", "echo no such luck; exit 3", "with status 3\\nno such luck");
	check_says("sh new.sh", "find / -name index -path '*.git*' 2>/dev/null | head -1 | grep . || echo saw nothing; exit 1", "\\nsaw nothing");
	check_says("sh new.sh", "python3 -c 'import socket; socket.socket()' 2>&1 | grep -o 'Address family not supported'; exit 1", "\\nAddress family not supported");
	check_says("sh new.sh", "echo x >$HOME/../out 2>/dev/null || echo kept in; exit 1", "\\nkept in");
}

static void test_refusals_reach_the_agent_in_words(void **state)
{
	struct answer a;
	struct office o;

	(void)state;
	office_open(&o);
	a = asked(&o, "read_file", "{\"path\":\"../../etc/passwd\"}", CONNECTOR_CALL, NULL);
	assert_int_equal(a.result, TOOL_FAILED);
	assert_string_equal(a.text, "that path leads out of the root (`..`).");
	a = asked(&o, "propose_patch", "{\"title\":\"t\",\"diff\":\"--- /dev/null\\n+++ b/.git/hooks/x\\n@@ -0,0 +1 @@\\n+x\\n\",\"base\":[]}", CONNECTOR_CHECK, NULL);
	assert_int_equal(a.result, TOOL_FAILED);
	assert_string_equal(a.text, "line 2 of the diff: the path is inside a .git folder.");
	office_close(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_our_own_tools_declare_their_effects),
		cmocka_unit_test(test_reading_checking_firing_and_proving),
		cmocka_unit_test(test_a_persons_command_is_run_on_a_copy_and_reaches_nothing_else),
		cmocka_unit_test(test_refusals_reach_the_agent_in_words),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, fixture_begin, fixture_end);
}
