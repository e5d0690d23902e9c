/* SPDX-License-Identifier: GPL-3.0-or-later */
/* codebase_desk.h - the codebase server's tools on a made repository, called as a function. For tests only. */
#ifndef TESTS_SERVERS_CODEBASE_DESK_H
#define TESTS_SERVERS_CODEBASE_DESK_H

#include "base/json.h"
#include "servers/codebase/git.h"
#include "servers/codebase/patch.h"
#include "servers/git_fixture.h"

struct desk {
	char *folder, *state;
	struct repo repo;
};

static inline void desk_open_at(struct desk *d, const char *root)
{
	struct err e = {0};

	d->state = xasprintf("%s/state.XXXXXX", fixture_top);
	assert_non_null(mkdtemp(d->state));
	check_ok(repo_open(&d->repo, root, d->state, &e), &e);
}

static inline void desk_open_new(struct desk *d, const char *setup)
{
	d->folder = fixture_repo(setup);
	desk_open_at(d, d->folder);
}

static inline void desk_done(struct desk *d)
{
	repo_release(&d->repo);
	free(d->folder);
	free(d->state);
}

/* The blob id of a path at main. */
static inline char *blob(const struct desk *d, const char *path)
{
	char *line = xasprintf("git rev-parse 'main:%s'", path), *id = fixture_sh(d->folder, line);

	free(line);
	return id;
}

struct answer {
	enum err_code code;
	struct err e;
	char *text, *structured;
};

static inline void answer_free(struct answer *a)
{
	free(a->text);
	free(a->structured);
}

static inline struct answer run(struct desk *d, mcp_run *tool, const char *args, int64_t task, const char *key, bool check, bool prove)
{
	struct mcp_call call = {.args_raw = slice_of(args), .task = task, .is_check = check, .is_prove = prove};
	struct answer a = {.code = ERR_OK};
	struct mcp_reply r;
	cJSON *tree;
	struct err e = {0};

	check_ok(json_parse(slice_of(args), &tree, &e), &e);
	call.args = tree;
	snprintf(call.key, sizeof call.key, "%s", key != NULL ? key : "");
	buf_init(&r.text, 0);
	buf_init(&r.structured, 0);
	a.code = tool(&d->repo, &call, &r, &a.e);
	a.text = buf_take(&r.text);
	a.structured = buf_take(&r.structured);
	cJSON_Delete(tree);
	return a;
}

/* {"title","diff","base"} as an agent sends it; path NULL for a patch that needs no base. */
static inline char *patch_args(const struct desk *d, const char *diff, const char *path, const char *path2)
{
	const char *paths[] = {path, path2};
	struct json_out j;
	struct buf b;
	size_t i;

	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	json_put_text(&j, "title", "Change something");
	json_put_text(&j, "message", "Because of a test.");
	json_put_text(&j, "diff", diff);
	json_open(&j, "base", '[');
	for (i = 0; i < 2; i++)
		if (paths[i] != NULL) {
			char *id = blob(d, paths[i]);

			json_open(&j, NULL, '{');
			json_put_text(&j, "path", paths[i] + strlen(d->repo.at.prefix));
			json_put_text(&j, "blob", id);
			json_close(&j, '}');
			free(id);
		}
	json_close(&j, ']');
	json_close(&j, '}');
	return buf_take(&b);
}

static inline struct answer check_patch(struct desk *d, const char *diff, const char *path)
{
	char *args = patch_args(d, diff, path, NULL);
	struct answer a = run(d, patch_propose, args, 0, NULL, true, false);

	free(args);
	return a;
}

static inline struct answer fire_patch(struct desk *d, const char *diff, const char *path, int64_t task, const char *key)
{
	char *args = patch_args(d, diff, path, NULL);
	struct answer a = run(d, patch_propose, args, task, key, false, false);

	free(args);
	return a;
}

static inline void expect_answer(struct answer a, enum err_code code, const char *words)
{
	if (a.code != code || (code == ERR_OK ? strstr(a.structured, words) : strstr(a.e.text, words)) == NULL)
		fail_msg("gave %s: %s | %s | %s", err_name(a.code), a.e.text, a.text, a.structured);
	answer_free(&a);
}

static inline void expect_shown(struct desk *d, const char *command, const char *wanted)
{
	char *got = fixture_sh(d->folder, command);

	assert_string_equal(got, wanted);
	free(got);
}

#define EDIT_A "--- a/src/a.txt\n+++ b/src/a.txt\n@@ -1,3 +1,3 @@\n one\n-two\n+TWO\n three\n"
#define EDIT_B "--- a/b.txt\n+++ b/b.txt\n@@ -1 +1,2 @@\n alpha\n+beta\n"
#define NEW(path) "--- /dev/null\n+++ b/" path "\n@@ -0,0 +1 @@\n+new\n"

#endif
