/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claviger-codebase --root DIR [--state DIR] [--check CMD --confine PROGRAM]: one git repository as an MCP server on stdio. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/memory.h"
#include "servers/codebase/advice.h"
#include "servers/codebase/git.h"
#include "servers/codebase/patch.h"
#include "servers/codebase/read.h"
#include "servers/codebase/scratch.h"
#include "servers/codebase/tools.h"
#include "servers/common/mcp.h"

static int complain(const struct err *e, int status)
{
	fprintf(stderr, "claviger-codebase: %s%s%s\n", e->text, e->mend[0] != '\0' ? ": " : "", e->mend);
	return status;
}

/* git takes lists of folders with colons between, and no quoting is worth its risk here. */
static enum err_code check_paths(const struct repo *r, struct err *e)
{
	if (strpbrk(r->at.common, ":\"\n") != NULL || strpbrk(r->at.dir, ":\"\n") != NULL || (r->state != NULL && strpbrk(r->state, ":\"\n") != NULL))
		return err_set(e, ERR_USAGE, "a folder's path holds a colon, a quote or a newline");
	return ERR_OK;
}

/* What one that was killed has left. */
static void sweep(const char *state)
{
	char *checks = xasprintf("%s/checks", state);

	scratch_sweep(state);
	scratch_sweep(checks);
	free(checks);
}

int main(int argc, char **argv)
{
	const struct mcp_tool tools[] = {
		{"list_files", tool_list_files, read_list_files},
		{"read_file", tool_read_file, read_read_file},
		{"search", tool_search, read_search},
		{"propose_patch", tool_propose_patch, patch_propose},
	};
	const char *root = NULL, *state = NULL, *check = NULL, *confine = NULL;
	struct rlimit no_core = {0, 0};
	struct err e = {0};
	struct repo repo;
	enum err_code code;
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--root") == 0)
			root = argv[i + 1];
		else if (strcmp(argv[i], "--state") == 0)
			state = argv[i + 1];
		else if (strcmp(argv[i], "--check") == 0)
			check = argv[i + 1];
		else if (strcmp(argv[i], "--confine") == 0)
			confine = argv[i + 1];
		else
			break;
	}
	if (i != argc || root == NULL || (check != NULL && confine == NULL)) {
		fprintf(stderr, "usage: claviger-codebase --root DIR [--state DIR] [--check CMD --confine PROGRAM]\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	setrlimit(RLIMIT_CORE, &no_core);
	code = repo_open(&repo, root, state, &e);
	repo.check = check;
	repo.confine = confine;
	repo.advice = advice_new();
	if (code == ERR_OK)
		code = check_paths(&repo, &e);
	if (code == ERR_OK && state != NULL)
		sweep(state);
	if (code == ERR_OK) {
		struct mcp_server server = {"claviger-codebase", "1", tools, LENGTH(tools), &repo};

		code = mcp_serve(&server, STDIN_FILENO, STDOUT_FILENO, &e);
	}
	advice_free(repo.advice);
	repo_release(&repo);
	return code == ERR_OK ? 0 : complain(&e, code == ERR_USAGE || code == ERR_MISSING ? 2 : 1);
}
