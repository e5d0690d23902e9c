/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/gitdir.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/memory.h"

static bool is_kind(const char *folder, const char *name, mode_t kind)
{
	char *p = xasprintf("%s/%s", folder, name);
	struct stat st;
	bool yes = lstat(p, &st) == 0 && (st.st_mode & S_IFMT) == kind;

	free(p);
	return yes;
}

static bool looks_like_gitdir(const char *dir)
{
	return is_kind(dir, "HEAD", S_IFREG) && is_kind(dir, "objects", S_IFDIR) && is_kind(dir, "refs", S_IFDIR);
}

/* The first line of a small file, as a resolved path relative to folder; NULL if there is none. */
static char *read_path(const char *file, const char *word, const char *folder)
{
	char resolved[PATH_MAX], *joined, *result = NULL;
	struct err ignored;
	struct buf b;
	size_t n, skip = strlen(word);

	buf_init(&b, PATH_MAX);
	if (file_read(file, &b, &ignored) == ERR_OK && b.len > skip && strncmp(b.p, word, skip) == 0) {
		const char *p = b.p + skip;

		n = strcspn(p, "\r\n");
		joined = *p == '/' ? xstrndup(p, n) : xasprintf("%s/%.*s", folder, (int)n, p);
		if (n > 0 && realpath(joined, resolved) != NULL)
			result = xstrdup(resolved);
		free(joined);
	}
	buf_release(&b);
	return result;
}

/* `.git` is a file: a linked worktree if the folder it names points back here. */
static enum err_code linked(struct gitdir *g, const char *top, struct err *e)
{
	char *file = xasprintf("%s/.git", top), *back_file = NULL, *back = NULL, *common_file = NULL;
	enum err_code code = ERR_OK;

	g->dir = read_path(file, "gitdir: ", top);
	if (g->dir != NULL) {
		back_file = xasprintf("%s/gitdir", g->dir);
		back = read_path(back_file, "", g->dir);
		common_file = xasprintf("%s/commondir", g->dir);
		g->common = read_path(common_file, "", g->dir);
	}
	if (back == NULL || strcmp(back, file) != 0 || g->common == NULL || !looks_like_gitdir(g->common)) {
		code = err_set(e, ERR_USAGE, "the .git of that folder is a file, and not that of a linked worktree (a submodule?)");
		err_mend(e, code, "give the repository itself as root");
	}
	free(file);
	free(back_file);
	free(back);
	free(common_file);
	return code;
}

static enum err_code locate(struct gitdir *g, struct err *e)
{
	char *top = xstrdup(g->root);
	enum err_code code = ERR_OK;

	if (!is_kind(top, ".git", S_IFDIR) && looks_like_gitdir(top)) {
		g->is_bare = true;
		g->dir = xstrdup(top);
		g->prefix = xstrdup("");
		free(top);
		return ERR_OK;
	}
	for (;;) {
		char *slash;

		if (is_kind(top, ".git", S_IFDIR) || is_kind(top, ".git", S_IFREG))
			break;
		slash = strrchr(top, '/');
		if (slash == NULL || slash == top) {
			free(top);
			code = err_set(e, ERR_USAGE, "that folder is not in a git repository");
			return err_mend(e, code, "run `git init` there, or give another root");
		}
		*slash = '\0';
	}
	if (is_kind(top, ".git", S_IFREG))
		code = linked(g, top, e);
	else
		g->dir = xasprintf("%s/.git", top);
	if (code == ERR_OK) {
		const char *rest = g->root + strlen(top);

		g->prefix = *rest == '/' ? xasprintf("%s/", rest + 1) : xstrdup("");
	}
	free(top);
	return code;
}

/* Object folders that this repository borrows from (git clone --reference). One
 * that does not look like a repository's objects is left out: the file is the
 * repository's own word, and naming a folder there must not open it. */
static void find_alternates(struct gitdir *g)
{
	char *file = xasprintf("%s/objects/info/alternates", g->common), *objects = xasprintf("%s/objects", g->common);
	struct err ignored;
	struct buf b;
	size_t n = 0;
	char *line, *rest;

	buf_init(&b, 64 * 1024);
	rest = file_read(file, &b, &ignored) == ERR_OK ? b.p : NULL;
	while (n < GITDIR_ALTERNATES && (line = strsep(&rest, "\n")) != NULL) {
		char resolved[PATH_MAX], *joined = *line == '/' ? xstrdup(line) : xasprintf("%s/%s", objects, line);
		size_t len;

		if (*line != '\0' && *line != '#' && realpath(joined, resolved) != NULL && (len = strlen(resolved)) > 8 &&
		    strcmp(resolved + len - 8, "/objects") == 0) {
			resolved[len - 8] = '\0';
			if (looks_like_gitdir(resolved))
				g->alternates[n++] = xasprintf("%s/objects", resolved);
		}
		free(joined);
	}
	buf_release(&b);
	free(objects);
	free(file);
}

enum err_code gitdir_find(struct gitdir *g, const char *root, struct err *e)
{
	char resolved[PATH_MAX];
	struct stat st;
	enum err_code code;

	*g = (struct gitdir){0};
	if (realpath(root, resolved) == NULL || stat(resolved, &st) != 0 || !S_ISDIR(st.st_mode))
		return err_set(e, ERR_MISSING, "there is no such folder");
	g->root = xstrdup(resolved);
	code = locate(g, e);
	if (code == ERR_OK && g->common == NULL)
		g->common = xstrdup(g->dir);
	if (code == ERR_OK && !looks_like_gitdir(g->common))
		code = err_set(e, ERR_USAGE, "the .git of that folder is not a git repository");
	if (code != ERR_OK) {
		gitdir_release(g);
		return code;
	}
	find_alternates(g);
	return ERR_OK;
}

void gitdir_release(struct gitdir *g)
{
	size_t i;

	free(g->root);
	free(g->dir);
	free(g->common);
	free(g->prefix);
	for (i = 0; i < GITDIR_ALTERNATES; i++)
		free(g->alternates[i]);
	*g = (struct gitdir){0};
}
