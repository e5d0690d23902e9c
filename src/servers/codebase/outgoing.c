/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/codebase/outgoing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define COMMITS_SHOWN "40"
#define FILES_SHOWN 60
#define TITLE_SHOWN 160
#define PATH_SHOWN 200

/* The remote's branches that are known here. Where none is, what is new to it is
 * anybody's guess: then HEAD stands in, and that is said. */
struct known {
	const char *id[REMOTE_HEADS + 1];
	size_t n;
	char head[OBJECT_ID_MAX];
	bool is_empty, is_guess;
};

static enum err_code find_known(const struct repo *r, const struct remote_heads *heads, struct known *k, struct err *e)
{
	struct git_run g = {.index = NULL};
	struct buf ids;
	enum err_code code;
	const char *p;
	size_t i;

	*k = (struct known){.is_empty = heads->n == 0};
	buf_init(&ids, 0);
	for (i = 0; i < heads->n; i++)
		buf_addf(&ids, "%s\n", heads->id[i]);
	g.input = buf_slice(&ids);
	code = git_do(r, &g, (const char *const[]){"cat-file", "--batch-check", NULL}, e);
	p = buf_text(&g.out.out);
	for (i = 0; code == ERR_OK && i < heads->n && *p != '\0'; i++, p += strcspn(p, "\n"), p += *p == '\n')
		if (strncmp(p + strlen(heads->id[i]), " commit ", 8) == 0)
			k->id[k->n++] = heads->id[i];
	if (code == ERR_OK && k->n == 0 && !k->is_empty && git_line(r, (const char *const[]){"rev-parse", "--verify", "--quiet", "HEAD^{commit}", NULL}, k->head, sizeof k->head)) {
		k->id[k->n++] = k->head;
		k->is_guess = true;
	}
	buf_release(&ids);
	git_run_release(&g);
	return code;
}

/* before... COMMIT [between] KNOWN..., run. */
static enum err_code over_known(const struct repo *r, struct git_run *g, const char *const *before, const char *commit, const char *between, const struct known *k,
    struct err *e)
{
	const char *args[REMOTE_HEADS + 24];
	size_t n = 0, i;

	for (; before[n] != NULL; n++)
		args[n] = before[n];
	args[n++] = commit;
	if (k->n > 0 && between != NULL)
		args[n++] = between;
	for (i = 0; i < k->n; i++)
		args[n++] = k->id[i];
	args[n] = NULL;
	return git_do(r, g, args, e);
}

static void add_cut(struct buf *b, const char *s, size_t max)
{
	size_t n = strcspn(s, "\n");

	buf_add(b, s, n < max ? n : max);
	if (n > max)
		buf_adds(b, "...");
}

static enum err_code put_commits(struct buf *b, const struct repo *r, const char *commit, const struct known *k, struct err *e)
{
	static const char *const count[] = {"rev-list", "--count", NULL};
	static const char *const titles[] = {"log", "-z", "--no-show-signature", "--no-notes", "--no-color", "--no-mailmap", "--abbrev=12", "--format=%h %s", "-n", COMMITS_SHOWN, NULL};
	struct git_run g = {.index = NULL};
	enum err_code code = over_known(r, &g, count, commit, "--not", k, e);
	int64_t all = strtoll(buf_text(&g.out.out), NULL, 10), shown = 0;
	const char *p, *end;

	if (code == ERR_OK)
		code = over_known(r, &g, titles, commit, "--not", k, e);
	if (code == ERR_OK && k->is_empty)
		buf_addf(b, "%" PRId64 ", the whole history: nothing is there yet", all);
	else if (code == ERR_OK && k->is_guess)
		buf_addf(b, "%" PRId64 " that HEAD does not have; what is new there cannot be told: none of its branches is known here", all);
	else if (code == ERR_OK)
		buf_addf(b, "%" PRId64 " new there", all);
	p = buf_text(&g.out.out);
	end = p + g.out.out.len;
	for (; code == ERR_OK && p < end; p += strlen(p) + 1, shown++) {
		buf_addc(b, '\n');
		add_cut(b, p, TITLE_SHOWN);
	}
	if (code == ERR_OK && shown < all)
		buf_addf(b, "\nand %" PRId64 " more", all - shown);
	git_run_release(&g);
	return code;
}

/* What they have in common, or the empty tree. */
static bool base_of(const struct repo *r, const char *commit, const struct known *k, char base[OBJECT_ID_MAX])
{
	static const char *const word[] = {"merge-base", NULL};
	struct git_run g = {.index = NULL};
	size_t n;
	bool found = k->n > 0 && over_known(r, &g, word, commit, NULL, k, NULL) == ERR_OK && (n = strcspn(buf_text(&g.out.out), "\n")) > 0 && n < OBJECT_ID_MAX;

	if (found) {
		memcpy(base, g.out.out.p, n);
		base[n] = '\0';
	}
	git_run_release(&g);
	return found || git_line(r, (const char *const[]){"hash-object", "-t", "tree", "--stdin", NULL}, base, OBJECT_ID_MAX);
}

/* "INS\tDEL\tPATH\0"; dashes for what is binary */
static enum err_code put_changes(struct buf *b, const struct repo *r, const char *commit, const struct known *k, struct err *e)
{
	struct git_run g = {.index = NULL};
	char base[OBJECT_ID_MAX];
	int64_t files = 0, insertions = 0, deletions = 0;
	enum err_code code;
	const char *p, *end;
	struct buf lines;

	if (!base_of(r, commit, k, base))
		return err_set(e, ERR_IO, "git finds nothing to compare with");
	buf_init(&lines, 0);
	code = git_do(r, &g, (const char *const[]){"diff-tree", "-r", "-z", "--numstat", "--no-renames", "--no-ext-diff", "--no-textconv", "--ignore-submodules=none", base, commit, NULL}, e);
	p = buf_text(&g.out.out);
	end = p + g.out.out.len;
	for (; code == ERR_OK && p < end; p += strlen(p) + 1) {
		const char *tab = strchr(p, '\t'), *path = tab != NULL ? strchr(tab + 1, '\t') : NULL;

		if (path == NULL)
			continue;
		insertions += strtoll(p, NULL, 10);
		deletions += strtoll(tab + 1, NULL, 10);
		if (files++ >= FILES_SHOWN)
			continue;
		buf_addc(&lines, '\n');
		add_cut(&lines, path + 1, PATH_SHOWN);
		if (*p == '-')
			buf_adds(&lines, " (binary)");
		else
			buf_addf(&lines, " +%" PRId64 " -%" PRId64, (int64_t)strtoll(p, NULL, 10), (int64_t)strtoll(tab + 1, NULL, 10));
	}
	if (code == ERR_OK) {
		buf_addf(b, "%" PRId64 " file%s, +%" PRId64 " -%" PRId64, files, files == 1 ? "" : "s", insertions, deletions);
		buf_add_slice(b, buf_slice(&lines));
		if (files > FILES_SHOWN || g.out.is_cut)
			buf_adds(b, "\nand more files than are listed here");
	}
	buf_release(&lines);
	git_run_release(&g);
	return code;
}

enum err_code outgoing_put(struct json_out *j, const struct repo *r, const char *branch, const char *commit, const struct remote_heads *heads, struct err *e)
{
	struct buf commits, changes;
	struct known k;
	enum err_code code = find_known(r, heads, &k, e);
	char *where = heads->tip[0] != '\0' ? xasprintf("%s, branch %s, which is at %.12s there", r->push, branch, heads->tip) :
	    xasprintf("%s, branch %s, which is new there", r->push, branch);

	buf_init(&commits, 0);
	buf_init(&changes, 0);
	if (code == ERR_OK)
		code = put_commits(&commits, r, commit, &k, e);
	if (code == ERR_OK)
		code = put_changes(&changes, r, commit, &k, e);
	if (code == ERR_OK) {
		json_open(j, "about", '{');
		json_put_text(j, "goes to", where);
		json_put_slice(j, "commits", buf_slice(&commits));
		json_put_slice(j, "changes", buf_slice(&changes));
		json_close(j, '}');
	}
	free(where);
	buf_release(&commits);
	buf_release(&changes);
	return code;
}
