/* SPDX-License-Identifier: GPL-3.0-or-later */
/* claviger-codebase --root DIR [--state DIR] [--check CMD --confine PROGRAM] [--push REMOTE [--push-ca FILE]]: one git
 * repository as an MCP server on stdio. The token of REMOTE comes on fd 3, up to its end. */
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
#include "servers/codebase/push.h"
#include "servers/codebase/read.h"
#include "servers/codebase/scratch.h"
#include "servers/codebase/tools.h"
#include "servers/common/mcp.h"
#include "servers/common/secret_pipe.h"

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

/* What the words of the command line go to. */
struct options {
	const char *root, *state, *check, *confine, *push, *push_ca;
};

static bool read_options(struct options *o, int argc, char **argv)
{
	const struct {
		const char *name, **to;
	} known[] = {{"--root", &o->root}, {"--state", &o->state}, {"--check", &o->check}, {"--confine", &o->confine}, {"--push", &o->push}, {"--push-ca", &o->push_ca}};
	size_t k;
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		for (k = 0; k < LENGTH(known) && strcmp(argv[i], known[k].name) != 0; k++)
			;
		if (k == LENGTH(known))
			return false;
		*known[k].to = argv[i + 1];
	}
	return i == argc && o->root != NULL && (o->check == NULL || o->confine != NULL) && (o->push == NULL || o->state != NULL);
}

static enum err_code begin(struct repo *r, const struct options *o, struct secret **token, struct err *e)
{
	struct rlimit no_core = {0, 0};
	enum err_code code;

	signal(SIGPIPE, SIG_IGN);
	setrlimit(RLIMIT_CORE, &no_core);
	code = repo_open(r, o->root, o->state, e);
	r->check = o->check;
	r->confine = o->confine;
	r->push = o->push;
	r->push_ca = o->push_ca;
	r->advice = advice_new();
	if (code == ERR_OK)
		code = check_paths(r, e);
	if (code == ERR_OK && r->state != NULL)
		sweep(r->state);
	if (code == ERR_OK && r->push != NULL)
		code = memory_secure_init(e);
	if (code == ERR_OK && r->push != NULL)
		code = secret_pipe_read(token, e);
	r->token = *token;
	return code;
}

int main(int argc, char **argv)
{
	struct mcp_tool tools[] = {
		{"list_files", tool_list_files, read_list_files},
		{"read_file", tool_read_file, read_read_file},
		{"search", tool_search, read_search},
		{"propose_patch", tool_propose_patch, patch_propose},
		{"push_branch", NULL, push_branch},	/* the last: only where it was granted */
	};
	struct options o = {.root = NULL};
	struct secret *token = NULL;
	char *definition = NULL;
	struct err e = {0};
	struct repo repo;
	enum err_code code;

	if (!read_options(&o, argc, argv)) {
		fprintf(stderr, "usage: claviger-codebase --root DIR [--state DIR] [--check CMD --confine PROGRAM] [--push REMOTE [--push-ca FILE]]\n");
		return 2;
	}
	code = begin(&repo, &o, &token, &e);
	if (code == ERR_OK) {
		struct mcp_server server = {"claviger-codebase", "1", tools, LENGTH(tools) - (o.push == NULL), &repo};

		if (o.push != NULL)
			tools[LENGTH(tools) - 1].definition = definition = push_definition(o.push);
		code = mcp_serve(&server, STDIN_FILENO, STDOUT_FILENO, &e);
	}
	free(definition);
	secret_free(token);
	advice_free(repo.advice);
	repo_release(&repo);
	return code == ERR_OK ? 0 : complain(&e, code == ERR_USAGE || code == ERR_MISSING ? 2 : 1);
}
