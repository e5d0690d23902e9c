/* SPDX-License-Identifier: GPL-3.0-or-later */
/* git_fixture.h - real repositories in a throw-away folder, made with the git command. For tests only. */
#ifndef TESTS_SERVERS_GIT_FIXTURE_H
#define TESTS_SERVERS_GIT_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/spawn.h"

static char fixture_top[64];	/* "/tmp/...": holds everything of this program's run */

/* These two go round a program's tests. */
static inline int fixture_begin(void **state)
{
	(void)state;
	snprintf(fixture_top, sizeof fixture_top, "/tmp/claviger-test.XXXXXX");
	if (mkdtemp(fixture_top) == NULL)
		abort();
	return 0;
}

/* A shell line in folder, with a plain environment. Its output without the last newline; the caller frees it. */
static inline char *fixture_sh(const char *folder, const char *line)
{
	static const char *const env[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent", "GIT_AUTHOR_NAME=Ann Example", "GIT_AUTHOR_EMAIL=ann@example.com",
	    "GIT_COMMITTER_NAME=Ann Example", "GIT_COMMITTER_EMAIL=ann@example.com", "GIT_AUTHOR_DATE=2026-01-02T03:04:05Z", "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z",
	    "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C", NULL};
	const char *argv[] = {"/bin/sh", "-ec", line, NULL};
	struct spawn_spec spec = {.argv = argv, .env = env, .folder = folder};
	struct spawn_result r = {.status = -1};
	struct err e = {0};
	char *text;

	if (spawn_run(&spec, slice_of(""), &r, 60 * US_PER_S, &e) != ERR_OK || r.status != 0) {
		fprintf(stderr, "`%s` ended with %d: %s %s\n", line, r.status, e.text, buf_text(&r.err));
		abort();
	}
	buf_release(&r.err);
	text = buf_take(&r.out);
	if (*text != '\0' && text[strlen(text) - 1] == '\n')
		text[strlen(text) - 1] = '\0';
	return text;
}

static inline void fixture_do(const char *folder, const char *line)
{
	free(fixture_sh(folder, line));
}

static inline int fixture_end(void **state)
{
	char *line = xasprintf("rm -rf '%s'", fixture_top);

	(void)state;
	fixture_do("/", line);
	free(line);
	return 0;
}

/* A new repository with one commit; the caller frees the path. */
static inline char *fixture_repo(const char *setup)
{
	char *folder = xasprintf("%s/repo.XXXXXX", fixture_top);

	if (mkdtemp(folder) == NULL)
		abort();
	fixture_do(folder, "git init -q -b main .");
	fixture_do(folder, setup);
	fixture_do(folder, "git add -A && git commit -q -m start");
	return folder;
}

/* Everything that a patch must not touch: HEAD, branch, index bytes, status, working files. */
static inline char *fixture_untouchables(const char *folder)
{
	return fixture_sh(folder, "git rev-parse HEAD main; cat .git/HEAD; sha256sum .git/index .git/config; GIT_OPTIONAL_LOCKS=0 git status --porcelain; git stash list; "
	    "find . -path ./.git -prune -o -type f -print0 | sort -z | xargs -0 sha256sum; ls .git | grep -v '^objects$\\|^refs$' | sort");
}

#endif
