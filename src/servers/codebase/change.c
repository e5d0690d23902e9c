/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/codebase/change.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "servers/codebase/check.h"
#include "servers/codebase/scratch.h"

/* --- the throw-away folder ---------------------------------------------------- */

struct bench {
	struct scratch scratch;
	char *index, *objects;	/* objects NULL: the repository's */
};

static enum err_code bench_open(struct bench *b, const struct repo *r, bool scratch, struct err *e)
{
	enum err_code code;

	*b = (struct bench){.index = NULL};
	if (r->state == NULL)
		return err_set(e, ERR_USAGE, "this server was started without a state folder, so it takes no patches");
	code = scratch_open(&b->scratch, r->state, e);
	if (code != ERR_OK)
		return code;
	b->index = xasprintf("%s/index", b->scratch.folder);
	if (!scratch)
		return ERR_OK;
	b->objects = xasprintf("%s/objects", b->scratch.folder);
	return mkdir(b->objects, 0700) == 0 ? ERR_OK : err_sys(e, ERR_IO, "making a work folder");
}

static void bench_close(struct bench *b)
{
	scratch_close(&b->scratch);
	free(b->index);
	free(b->objects);
}

/* --- building ------------------------------------------------------------------ */

static bool trim_line(const struct buf *b, char *out, size_t max)
{
	size_t n = strcspn(buf_text(b), "\n");

	if (n == 0 || n >= max)
		return false;
	memcpy(out, b->p, n);
	out[n] = '\0';
	return true;
}

static int64_t count_offsets(const struct buf *said)
{
	const char *p = buf_text(said);
	int64_t n = 0;

	while ((p = strstr(p, "(offset ")) != NULL) {
		p++;
		n++;
	}
	return n;
}

/* git's complaint about the patch, less its "error: " and bounded. */
static void quote_git(struct buf *words, const struct buf *said)
{
	const char *p = buf_text(said);
	size_t lines = 0;

	while (*p != '\0' && lines < 12) {
		size_t n = strcspn(p, "\n");

		if (strncmp(p, "error: ", 7) == 0) {
			buf_add(words, p + 7, n - 7);
			buf_addc(words, '\n');
			lines++;
		}
		p += n + (p[n] == '\n');
	}
}

static enum err_code build(struct change *c, const struct repo *r, const struct view *v, const struct bench *b, struct slice diff, struct buf *words,
    struct err *e)
{
	struct git_run g = {.index = b->index, .objects = b->objects};
	size_t prefix = strlen(r->at.prefix);
	char *folder = xasprintf("--directory=%.*s", prefix > 0 ? (int)prefix - 1 : 0, r->at.prefix);
	enum err_code code;

	code = git_do(r, &g, (const char *const[]){"read-tree", v->commit[0] != '\0' ? v->commit : "--empty", NULL}, e);
	if (code == ERR_OK) {
		const char *args[] = {"apply", "--cached", "-v", "-p1", "--whitespace=nowarn", "--no-ignore-whitespace", prefix > 0 ? folder : "-", prefix > 0 ? "-" : NULL, NULL};

		g.input = diff;
		g.out.err.max = 64 * 1024;
		code = git_do(r, &g, args, e);
		if (code != ERR_OK) {
			quote_git(words, &g.out.err);
			code = err_set(e, ERR_CONFLICT, "the diff does not apply to the files it names");
			err_mend(e, code, "read them again and make the diff from what they hold");
		} else {
			c->moved_hunks = count_offsets(&g.out.err);
		}
		g.input = (struct slice){NULL, 0};
	}
	if (code == ERR_OK)
		code = git_do(r, &g, (const char *const[]){"write-tree", NULL}, e);
	if (code == ERR_OK && !trim_line(&g.out.out, c->tree, sizeof c->tree))
		code = err_set(e, ERR_IO, "git gave no tree");
	git_run_release(&g);
	free(folder);
	return code;
}

/* --- what changed, by git's word -------------------------------------------------- */

static struct change_file *find_file(struct change *c, const char *path)
{
	size_t i;

	for (i = 0; i < c->count; i++)
		if (strcmp(c->files[i].path, path) == 0)
			return &c->files[i];
	return NULL;
}

static bool mode_is_plain(const char *mode)
{
	return strncmp(mode, "100644", 6) == 0 || strncmp(mode, "100755", 6) == 0;
}

static bool was_asked_for(const struct diff *d, const char *path)
{
	size_t i;

	for (i = 0; i < d->count; i++)
		if ((d->files[i].old_path != NULL && strcmp(d->files[i].old_path, path) == 0) ||
		    (d->files[i].new_path != NULL && strcmp(d->files[i].new_path, path) == 0))
			return true;
	return false;
}

/* ":OLDMODE NEWMODE OLDID NEWID K\0PATH\0" */
static enum err_code take_raw(struct change *c, const struct repo *r, const struct diff *asked, const char *head, const char *path, struct err *e)
{
	size_t prefix = strlen(r->at.prefix), n = strlen(head);
	const char *old_mode = head + 1, *new_mode = head + 8;
	char kind = n > 0 ? head[n - 1] : '?';
	const char *fault;

	if (n < 20 || strncmp(path, r->at.prefix, prefix) != 0)
		return err_set(e, ERR_REFUSED, "the diff would change a file outside the root");
	path += prefix;
	if ((fault = diff_path_fault(path)) != NULL)
		return err_set(e, ERR_REFUSED, "the diff would change a path that %s", fault);
	if ((kind != 'A' && kind != 'M' && kind != 'D') || (kind != 'A' && !mode_is_plain(old_mode)) || (kind != 'D' && !mode_is_plain(new_mode)))
		return err_set(e, ERR_REFUSED, "the diff would make, change or replace a symbolic link or a submodule, which no patch may");
	if (!was_asked_for(asked, path))
		return err_set(e, ERR_REFUSED, "the diff would change a file that it does not name");
	c->files = xreallocarray(c->files, c->count + 1, sizeof *c->files);
	c->files[c->count++] = (struct change_file){.path = xstrdup(path), .kind = kind, .mode_changed = kind == 'M' && strncmp(old_mode, new_mode, 6) != 0};
	return ERR_OK;
}

/* "INS\tDEL\tPATH\0"; a dash for binary */
static enum err_code take_numbers(struct change *c, const struct repo *r, const char *line, struct err *e)
{
	const char *tab = strchr(line, '\t'), *path = tab != NULL ? strchr(tab + 1, '\t') : NULL;
	struct change_file *f = path != NULL ? find_file(c, path + 1 + strlen(r->at.prefix)) : NULL;

	if (line[0] == '-')
		return err_set(e, ERR_REFUSED, "the diff changes a binary file; only text can be patched");
	if (f == NULL)
		return err_set(e, ERR_IO, "git counts a file that it did not list");
	f->insertions = strtoll(line, NULL, 10);
	f->deletions = strtoll(tab + 1, NULL, 10);
	c->insertions += f->insertions;
	c->deletions += f->deletions;
	return ERR_OK;
}

static enum err_code list_changes(struct change *c, const struct repo *r, const struct view *v, const struct bench *b, const struct diff *asked,
    struct err *e)
{
	struct git_run g = {.objects = b->objects};
	char before[OBJECT_ID_MAX] = "";
	enum err_code code;
	const char *p, *end;

	if (v->commit[0] != '\0')
		memcpy(before, v->commit, sizeof before);
	else if (!git_line(r, (const char *const[]){"hash-object", "-t", "tree", "--stdin", NULL}, before, sizeof before))
		return err_set(e, ERR_IO, "git does not know the empty tree");
	code = git_do(r, &g, (const char *const[]){"diff-tree", "-r", "-z", "--raw", "--numstat", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv",
	    "--ignore-submodules=none", before, c->tree, NULL}, e);
	p = buf_text(&g.out.out);
	end = p + g.out.out.len;
	while (code == ERR_OK && p < end) {
		const char *next = p + strlen(p) + 1;

		if (*p == ':') {
			code = next < end ? take_raw(c, r, asked, p, next, e) : err_set(e, ERR_IO, "git's list of changes is cut");
			if (next < end)
				next += strlen(next) + 1;
		} else {
			code = take_numbers(c, r, p, e);
		}
		p = next;
	}
	git_run_release(&g);
	if (code == ERR_OK && c->count == 0)
		code = err_set(e, ERR_USAGE, "the diff changes nothing");
	return code;
}

enum err_code change_make(struct change *c, const struct repo *r, const struct view *v, struct slice diff, const struct diff *parsed, bool scratch,
    bool try_it, struct buf *words, struct err *e)
{
	struct bench b;
	enum err_code code;

	*c = (struct change){0};
	buf_init(&c->checked, 65536);
	code = bench_open(&b, r, scratch, e);
	if (code == ERR_OK)
		code = build(c, r, v, &b, diff, words, e);
	if (code == ERR_OK)
		code = list_changes(c, r, v, &b, parsed, e);
	if (code == ERR_OK && scratch && try_it && r->check != NULL)
		check_run(r, b.objects, c->tree, &c->checked);
	bench_close(&b);
	if (code != ERR_OK)
		change_release(c);
	return code;
}

void change_release(struct change *c)
{
	size_t i;

	for (i = 0; i < c->count; i++)
		free(c->files[i].path);
	free(c->files);
	buf_release(&c->checked);
	*c = (struct change){0};
}
