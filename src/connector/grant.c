/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "connector/grant.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/gitdir.h"
#include "base/memory.h"

/* Both resolved. A folder holds itself. */
static bool holds(const char *outer, const char *inner)
{
	size_t n = strlen(outer);

	if (n == 1)
		return true;	/* "/" */
	return strncmp(outer, inner, n) == 0 && (inner[n] == '\0' || inner[n] == '/');
}

static enum err_code check_resolved(const char *folder, const char *home, struct err *e)
{
	enum err_code code;

	if (!holds(folder, home) && !holds(home, folder))
		return ERR_OK;
	code = err_set(e, ERR_REFUSED, "that folder holds the Claviger home or lies in it");
	return err_mend(e, code, "give a folder apart from it: a connector must never reach the vault");
}

enum err_code connector_root_check(const char *root, const char *home, struct err *e)
{
	char r[PATH_MAX], h[PATH_MAX];
	struct stat st;

	if (realpath(root, r) == NULL || stat(r, &st) != 0 || !S_ISDIR(st.st_mode))
		return err_set(e, ERR_MISSING, "there is no such folder");
	if (realpath(home, h) == NULL)
		return err_sys(e, ERR_MISSING, "the Claviger home");
	return check_resolved(r, h, e);
}

static void add(char **list, char *path)
{
	size_t n = 0;

	while (list[n] != NULL)
		n++;
	if (n + 1 < GRANT_PATHS)
		list[n] = path;
	else
		free(path);
}

enum err_code grant_codebase(struct grant *g, const char *program, const char *root, const char *home, const char *state, struct err *e)
{
	char h[PATH_MAX];
	struct gitdir at;
	enum err_code code;
	size_t i;

	*g = (struct grant){.argv = {NULL}};
	code = connector_root_check(root, home, e);
	if (code == ERR_OK)
		code = file_make_folders(state, 0700, e);
	if (code == ERR_OK)
		code = gitdir_find(&at, root, e);
	if (code != ERR_OK)
		return code;
	/* A repository that lies elsewhere (a root deep in a worktree, a linked
	 * worktree, borrowed objects) must not reach the home either. */
	if (realpath(home, h) == NULL)
		code = err_sys(e, ERR_MISSING, "the Claviger home");
	if (code == ERR_OK)
		code = check_resolved(at.common, h, e);
	for (i = 0; code == ERR_OK && at.alternates[i] != NULL; i++)
		code = check_resolved(at.alternates[i], h, e);
	if (code == ERR_OK) {
		add(g->argv, xstrdup(program));
		add(g->argv, xstrdup("--root"));
		add(g->argv, xstrdup(at.root));
		add(g->argv, xstrdup("--state"));
		add(g->argv, xstrdup(state));
		add(g->read_paths, xstrdup(at.common));
		if (strcmp(at.common, at.dir) != 0)
			add(g->read_paths, xstrdup(at.dir));
		if (!at.is_bare && strcmp(at.common, at.dir) != 0)	/* the `.git` file of a linked worktree */
			add(g->read_paths, xasprintf("%.*s/.git", (int)(strlen(at.root) - strlen(at.prefix)), at.root));
		for (i = 0; at.alternates[i] != NULL; i++)
			add(g->read_paths, xstrdup(at.alternates[i]));
		add(g->write_paths, xasprintf("%s/objects", at.common));
		add(g->write_paths, xasprintf("%s/refs", at.common));
		add(g->write_paths, xstrdup(state));
	}
	gitdir_release(&at);
	if (code != ERR_OK)
		grant_release(g);
	return code;
}

void grant_release(struct grant *g)
{
	size_t i;

	for (i = 0; i < GRANT_PATHS; i++) {
		free(g->argv[i]);
		free(g->read_paths[i]);
		free(g->write_paths[i]);
	}
	*g = (struct grant){.argv = {NULL}};
}
