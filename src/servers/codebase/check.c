/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The copy is written by us out of objects, never checked out by git: a checkout
 * has filters that the repository's configuration may name. Links and submodules
 * are left out. */
#include "servers/codebase/check.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/memory.h"
#include "servers/codebase/diff.h"
#include "servers/codebase/scratch.h"

#define BATCH 400	/* files asked for at once */
#define SAID_MAX ((size_t)256 << 10)
#define TAIL_LINES 15
#define TAIL_BYTES ((size_t)1500)
#define CANNOT_CONFINE_FROM 120	/* exit statuses of claviger-confine itself: nothing to confine with, or it failed */
#define CANNOT_CONFINE_TO 121

struct copy {
	const struct repo *r;
	const char *objects;
	const char *folder;
	char *path[BATCH];	/* full, of those whose contents are asked for */
	bool runs[BATCH];
	struct buf ids;
	int n, all;
	size_t bytes;
};

static enum err_code write_file(const struct copy *c, int i, struct slice text, struct err *e)
{
	char *above = xstrndup(c->path[i], (size_t)(strrchr(c->path[i], '/') - c->path[i]));
	enum err_code code = file_make_folders(above, 0700, e);
	int fd = code == ERR_OK ? open(c->path[i], O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, c->runs[i] ? 0700 : 0600) : -1;

	free(above);
	if (code == ERR_OK && (fd < 0 || fd_write_all(fd, text.p, text.len) != 0))
		code = err_sys(e, ERR_IO, "the copy to be checked");
	if (fd >= 0)
		close(fd);
	return code;
}

/* "ID blob SIZE\nBYTES\n" for each that was asked for, in order. */
static enum err_code take_batch(struct copy *c, const struct buf *out, struct err *e)
{
	const char *p = buf_text(out), *end = p + out->len;
	enum err_code code = ERR_OK;
	int i;

	for (i = 0; i < c->n && code == ERR_OK; i++) {
		const char *eol = memchr(p, '\n', (size_t)(end - p)), *blank;
		size_t size = 0;

		blank = eol != NULL ? memrchr(p, ' ', (size_t)(eol - p)) : NULL;
		if (blank != NULL)
			size = strtoul(blank + 1, NULL, 10);
		if (blank == NULL || memcmp(blank - 5, " blob", 5) != 0 || size > (size_t)(end - eol - 1))
			return err_set(e, ERR_IO, "git gave no contents");
		code = write_file(c, i, slice_make(eol + 1, size), e);
		p = eol + 1 + size + 1;
	}
	return code;
}

static enum err_code flush(struct copy *c, struct err *e)
{
	struct git_run g = {.objects = c->objects, .input = buf_slice(&c->ids)};
	enum err_code code = ERR_OK;
	int i;

	g.out.out.max = CHECK_BYTES;
	if (c->n > 0)
		code = git_do(c->r, &g, (const char *const[]){"cat-file", "--batch", NULL}, e);
	if (code == ERR_OK && c->n > 0) {
		c->bytes += g.out.out.len;
		code = g.out.is_cut || c->bytes > CHECK_BYTES ? err_set(e, ERR_LIMIT, "the tree is too large to be copied") : take_batch(c, &g.out.out, e);
	}
	git_run_release(&g);
	for (i = 0; i < c->n; i++)
		free(c->path[i]);
	c->n = 0;
	buf_clear(&c->ids);
	return code;
}

/* "MODE blob ID\tPATH" */
static enum err_code take_entry(struct copy *c, const char *line, struct err *e)
{
	const char *tab = strchr(line, '\t'), *id = tab != NULL ? memrchr(line, ' ', (size_t)(tab - line)) : NULL;

	if (id == NULL || strncmp(line, "100", 3) != 0 || diff_path_fault(tab + 1) != NULL)
		return ERR_OK;
	if (++c->all > CHECK_FILES)
		return err_set(e, ERR_LIMIT, "the tree has too many files to be copied");
	c->runs[c->n] = strncmp(line, "100755", 6) == 0;
	c->path[c->n++] = xasprintf("%s/%s", c->folder, tab + 1);
	buf_addf(&c->ids, "%.*s\n", (int)(tab - id - 1), id + 1);
	return c->n == BATCH ? flush(c, e) : ERR_OK;
}

static enum err_code make_copy(struct copy *c, const char *tree, struct err *e)
{
	struct git_run g = {.objects = c->objects};
	enum err_code code = git_do(c->r, &g, (const char *const[]){"ls-tree", "-r", "-z", tree, NULL}, e);
	const char *p = buf_text(&g.out.out), *end = p + g.out.out.len;

	if (code == ERR_OK && g.out.is_cut)
		code = err_set(e, ERR_LIMIT, "the tree has too many files to be copied");
	for (; code == ERR_OK && p < end; p += strlen(p) + 1)
		code = take_entry(c, p, e);
	if (code == ERR_OK)
		code = flush(c, e);
	git_run_release(&g);
	return code;
}

/* --- running it ----------------------------------------------------------------------- */

static void add_tail(struct buf *words, const struct buf *said)
{
	const char *text = buf_text(said), *p = text + said->len;
	int lines = 0;

	while (p > text && lines <= TAIL_LINES && (size_t)(text + said->len - p) < TAIL_BYTES)
		lines += *--p == '\n';
	if (p > text)
		p += strcspn(p, "\n") + 1;
	if (p < text + said->len)
		buf_addf(words, "\n%.*s", (int)(text + said->len - p), p);
}

static void run(const struct repo *r, const char *folder, struct buf *words)
{
	char *command = xasprintf("exec 2>&1; %s", r->check), *home = xasprintf("HOME=%s", folder), *tmp = xasprintf("TMPDIR=%s", folder);
	const char *argv[] = {r->confine, "--ro", folder, "--rw", folder, "--require", "landlock", "--", "/bin/sh", "-c", command, NULL};
	const char *env[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8", "CI=true", home, tmp, NULL};
	struct spawn_spec spec = {.path = r->confine, .argv = argv, .env = env, .folder = folder};
	struct spawn_result s = {.status = -1};
	struct err e = {0};
	int64_t began = clock_steady_us();
	enum err_code code;

	buf_init(&s.out, SAID_MAX);
	buf_init(&s.err, 4096);
	code = spawn_run(&spec, slice_of(""), &s, CHECK_LIMIT_US, &e);
	if (code == ERR_LIMIT) {
		buf_addf(words, "`%s` was stopped after %d s", r->check, (int)(CHECK_LIMIT_US / US_PER_S));
	} else if (code != ERR_OK || (s.status >= CANNOT_CONFINE_FROM && s.status <= CANNOT_CONFINE_TO && s.err.len > 0)) {
		buf_addf(words, "`%s` was not run: it cannot be confined here", r->check);
	} else {
		buf_addf(words, "`%s` %s in %.1f s", r->check, s.is_cut ? "said too much and was stopped" : s.status == 0 ? "passed" : "FAILED",
		    (double)(clock_steady_us() - began) / US_PER_S);
		if (s.status != 0 && !s.is_cut)
			buf_addf(words, " with status %d", s.status);
	}
	if (code != ERR_OK || s.status != 0)
		add_tail(words, &s.out);
	buf_release(&s.out);
	buf_release(&s.err);
	free(command);
	free(home);
	free(tmp);
}

void check_run(const struct repo *r, const char *objects, const char *tree, struct buf *words)
{
	struct copy c = {.r = r, .objects = objects};
	char *checks = xasprintf("%s/checks", r->state);
	struct scratch scratch;
	struct err e = {0};
	enum err_code code;

	buf_init(&c.ids, 0);
	if (scratch_open(&scratch, checks, &e) != ERR_OK) {
		buf_addf(words, "`%s` was not run: there is no room for a copy", r->check);
	} else {
		c.folder = scratch.folder;
		code = make_copy(&c, tree, &e);
		if (code == ERR_OK)
			run(r, c.folder, words);
		else
			buf_addf(words, "`%s` was not run: %s", r->check, e.text);
		scratch_close(&scratch);
	}
	while (c.n > 0)
		free(c.path[--c.n]);
	buf_release(&c.ids);
	free(checks);
}
