/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The grammar is that of git-apply, less what no patch here may do: binary
 * contents, symbolic links and submodules, and any line that belongs to no file
 * (git would skip it; a person could read it as part of the change). */
#include "servers/codebase/diff.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"

struct reader {
	struct slice rest;	/* not read yet */
	struct slice line;	/* the line in hand, without its newline */
	size_t number;		/* of that line, from 1 */
	bool at_end;
	struct diff *d;
	struct diff_file *file;	/* the one in hand; NULL before the first */
	char *named;		/* the path of its `diff --git` line, if both halves agree */
	bool has_git_line, is_new, is_deleted, has_names;
	bool has_pair;		/* its `---` and `+++` lines were read */
	struct err *e;
};

/* --- lines ---------------------------------------------------------------- */

static bool next_line(struct reader *r)
{
	const char *nl;

	if (r->rest.len == 0) {
		r->at_end = true;
		r->line = (struct slice){NULL, 0};
		return false;
	}
	nl = memchr(r->rest.p, '\n', r->rest.len);
	r->line = slice_make(r->rest.p, nl != NULL ? (size_t)(nl - r->rest.p) : r->rest.len);
	r->rest.p += r->line.len + (nl != NULL);
	r->rest.len -= r->line.len + (nl != NULL);
	r->number++;
	return true;
}

static bool starts(struct slice s, const char *word)
{
	size_t n = strlen(word);

	return s.len >= n && memcmp(s.p, word, n) == 0;
}

static struct slice after(struct slice s, const char *word)
{
	size_t n = strlen(word);

	return slice_make(s.p + n, s.len - n);
}

static enum err_code broken(const struct reader *r, enum err_code code, const char *what)
{
	return err_set(r->e, code, "line %zu of the diff %s", r->number, what);
}

/* A path as a header line gives it. side is 'a' or 'b' if it must start with that and a slash, else 0.
 * *out is NULL for /dev/null. */
static enum err_code read_name(struct reader *r, struct slice s, char side, char **out)
{
	const char *fault = NULL, *tab, *path;
	struct buf b;

	*out = NULL;
	if (s.len > 0 && s.p[s.len - 1] == '\r')
		s.len--;
	buf_init(&b, DIFF_PATH_MAX + 64);
	if (s.len > 0 && s.p[0] == '"') {
		size_t used = diff_unquote(s, &b);

		if (used == 0 || (used < s.len && s.p[used] != '\t'))
			fault = "has a path whose quotes are broken";
	} else {
		tab = s.len > 0 ? memchr(s.p, '\t', s.len) : NULL;
		buf_add(&b, s.p, tab != NULL ? (size_t)(tab - s.p) : s.len);
	}
	path = buf_text(&b);
	if (fault == NULL && (b.over || memchr(path, '\0', b.len) != NULL))
		fault = "has a path that is too long or holds a NUL";
	if (fault == NULL && side != 0 && strcmp(path, "/dev/null") == 0) {
		buf_release(&b);
		return ERR_OK;
	}
	if (fault == NULL && side != 0 && (path[0] != side || path[1] != '/'))
		fault = "must name its path after a/ or b/";
	if (fault == NULL && (fault = diff_path_fault(path + (side != 0 ? 2 : 0))) != NULL) {
		enum err_code code = err_set(r->e, ERR_REFUSED, "line %zu of the diff: the path %s", r->number, fault);

		buf_release(&b);
		return code;
	}
	if (fault == NULL)
		*out = xstrdup(path + (side != 0 ? 2 : 0));
	buf_release(&b);
	return fault != NULL ? broken(r, ERR_PROTO, fault) : ERR_OK;
}

static void put_path(char **slot, char *path)
{
	free(*slot);
	*slot = path;
}

/* --- one file ------------------------------------------------------------- */

static enum err_code begin_file(struct reader *r)
{
	struct diff *d = r->d;

	if (d->count == DIFF_FILES_MAX)
		return broken(r, ERR_LIMIT, "starts one file too many (500 at most)");
	d->files = xreallocarray(d->files, d->count + 1, sizeof *d->files);
	r->file = &d->files[d->count++];
	*r->file = (struct diff_file){0};
	free(r->named);
	r->named = NULL;
	r->has_git_line = r->is_new = r->is_deleted = r->has_names = r->has_pair = false;
	return ERR_OK;
}

/* `diff --git a/X b/X`: the name, if both halves are the same; renames bring their own. */
static enum err_code read_git_line(struct reader *r)
{
	struct slice s = after(r->line, "diff --git ");
	enum err_code code = begin_file(r);
	struct buf one, two;

	if (code != ERR_OK)
		return code;
	r->has_git_line = true;
	if (s.len > 0 && s.p[s.len - 1] == '\r')
		s.len--;
	buf_init(&one, DIFF_PATH_MAX + 64);
	buf_init(&two, DIFF_PATH_MAX + 64);
	if (s.len > 0 && s.p[0] == '"') {
		size_t used = diff_unquote(s, &one);

		if (used > 0 && used + 1 < s.len && s.p[used + 1] == '"')
			(void)diff_unquote(slice_make(s.p + used + 1, s.len - used - 1), &two);
	} else if (s.len % 2 == 1 && s.p[s.len / 2] == ' ') {
		buf_add(&one, s.p, s.len / 2);
		buf_add(&two, s.p + s.len / 2 + 1, s.len / 2);
	}
	if (one.len > 2 && one.len == two.len && !one.over && memchr(one.p, '\0', one.len) == NULL && strcmp(one.p + 2, two.p + 2) == 0 &&
	    starts(buf_slice(&one), "a/") && starts(buf_slice(&two), "b/") && diff_path_fault(one.p + 2) == NULL)
		r->named = xstrdup(one.p + 2);
	buf_release(&one);
	buf_release(&two);
	return ERR_OK;
}

static enum err_code check_mode(const struct reader *r, struct slice mode)
{
	if (mode.len > 0 && mode.p[mode.len - 1] == '\r')
		mode.len--;
	if (slice_is(mode, "100644") || slice_is(mode, "100755"))
		return ERR_OK;
	if (slice_is(mode, "120000"))
		return broken(r, ERR_REFUSED, "makes or changes a symbolic link, which no patch may");
	if (slice_is(mode, "160000"))
		return broken(r, ERR_REFUSED, "makes or changes a submodule, which no patch may");
	return broken(r, ERR_REFUSED, "asks for a file mode other than 100644 or 100755");
}

/* The header lines between `diff --git` and the names or the next file. */
static enum err_code read_extended(struct reader *r, bool *was_one)
{
	static const char *const plain[] = {"similarity index ", "dissimilarity index "};
	enum err_code code;
	char *path = NULL;
	size_t i;

	*was_one = true;
	for (i = 0; i < LENGTH(plain); i++)
		if (starts(r->line, plain[i]))
			return ERR_OK;
	if (starts(r->line, "index ")) {
		/* `index OLD..NEW MODE`: the mode is that of a file which keeps it. */
		const char *blank = memrchr(r->line.p, ' ', r->line.len);
		struct slice mode = slice_make(blank + 1, r->line.len - (size_t)(blank + 1 - r->line.p));

		return starts(mode, "1") && mode.len <= 7 && memchr(mode.p, '.', mode.len) == NULL ? check_mode(r, mode) : ERR_OK;
	}
	if (starts(r->line, "old mode "))
		return check_mode(r, after(r->line, "old mode "));
	if (starts(r->line, "new mode "))
		return check_mode(r, after(r->line, "new mode "));
	if (starts(r->line, "new file mode ")) {
		r->is_new = true;
		return check_mode(r, after(r->line, "new file mode "));
	}
	if (starts(r->line, "deleted file mode ")) {
		r->is_deleted = true;
		return check_mode(r, after(r->line, "deleted file mode "));
	}
	if (starts(r->line, "rename from ") || starts(r->line, "copy from ")) {
		r->file->is_copy = starts(r->line, "copy");
		code = read_name(r, after(r->line, r->file->is_copy ? "copy from " : "rename from "), 0, &path);
		put_path(&r->file->old_path, path);
		return code;
	}
	if (starts(r->line, "rename to ") || starts(r->line, "copy to ")) {
		code = read_name(r, after(r->line, starts(r->line, "copy") ? "copy to " : "rename to "), 0, &path);
		put_path(&r->file->new_path, path);
		r->has_names = true;
		return code;
	}
	*was_one = false;
	return ERR_OK;
}

static enum err_code agree(struct reader *r, char **slot, char *path, const char *what)
{
	bool same = *slot == NULL || path == NULL || strcmp(*slot, path) == 0;

	if (path != NULL)
		put_path(slot, path);
	return same ? ERR_OK : broken(r, ERR_PROTO, what);
}

/* `--- a/X` in hand, `+++ b/Y` to come. */
static enum err_code read_names(struct reader *r)
{
	char *old_path, *new_path;
	enum err_code code;

	if (r->has_pair)
		return broken(r, ERR_PROTO, "names the file a second time");
	if (r->has_git_line && r->named == NULL && !r->has_names)
		return broken(r, ERR_PROTO, "stands below a `diff --git` line that does not name the file twice, after a/ and b/");
	r->has_pair = true;
	code = read_name(r, after(r->line, "--- "), 'a', &old_path);
	if (code != ERR_OK)
		return code;
	if (!next_line(r) || !starts(r->line, "+++ ")) {
		free(old_path);
		return broken(r, ERR_PROTO, "should start with `+++ `");
	}
	code = read_name(r, after(r->line, "+++ "), 'b', &new_path);
	if (code != ERR_OK) {
		free(old_path);
		return code;
	}
	if ((old_path == NULL && new_path == NULL) || (r->is_new && old_path != NULL) || (r->is_deleted && new_path != NULL)) {
		free(old_path);
		free(new_path);
		return broken(r, ERR_PROTO, "does not fit what was said of the file before");
	}
	if (!r->has_names && old_path != NULL && new_path != NULL && strcmp(old_path, new_path) != 0) {
		free(old_path);
		free(new_path);
		return broken(r, ERR_PROTO, "names another path than the line before (a rename needs `rename from` and `rename to`)");
	}
	if (r->named != NULL && strcmp(r->named, new_path != NULL ? new_path : old_path) != 0) {
		free(old_path);
		free(new_path);
		return broken(r, ERR_PROTO, "names another path than the `diff --git` line");
	}
	r->has_names = true;
	code = agree(r, &r->file->old_path, old_path, "names another path than `rename from`");
	if (code != ERR_OK) {
		free(new_path);
		return code;
	}
	return agree(r, &r->file->new_path, new_path, "names another path than `rename to`");
}

/* "12,3" or "12"; false if it is something else. */
static bool read_range(const char **p, const char *end, int64_t *count)
{
	int64_t n[2] = {0, 1};
	int i;

	for (i = 0; i < 2; i++) {
		const char *start = *p;

		n[i] = 0;
		while (*p < end && **p >= '0' && **p <= '9' && n[i] < INT32_MAX)
			n[i] = n[i] * 10 + (*(*p)++ - '0');
		if (*p == start)
			return false;
		if (i == 0 && (*p == end || **p != ',')) {
			*count = 1;
			return true;
		}
		if (i == 0)
			(*p)++;
	}
	*count = n[1];
	return true;
}

static enum err_code read_hunk(struct reader *r)
{
	const char *p = r->line.p + 4, *end = r->line.p + r->line.len;
	size_t header = r->number;
	int64_t old_lines, new_lines;

	if (!read_range(&p, end, &old_lines) || end - p < 2 || *p++ != ' ' || *p++ != '+' || !read_range(&p, end, &new_lines) || end - p < 3 ||
	    memcmp(p, " @@", 3) != 0)
		return broken(r, ERR_PROTO, "is no hunk header `@@ -START,LINES +START,LINES @@`");
	while (old_lines > 0 || new_lines > 0) {
		char kind;

		if (!next_line(r))
			return err_set(r->e, ERR_PROTO, "the hunk that starts at line %zu of the diff is shorter than its header says", header);
		kind = r->line.len > 0 ? r->line.p[0] : ' ';
		if (kind == '\\')
			continue;
		if ((kind != ' ' && kind != '+' && kind != '-') || (kind != '+' && old_lines == 0) || (kind != '-' && new_lines == 0))
			return err_set(r->e, ERR_PROTO, "line %zu of the diff does not fit the counts in the hunk header at line %zu", r->number, header);
		old_lines -= kind != '+';
		new_lines -= kind != '-';
		r->file->insertions += kind == '+';
		r->file->deletions += kind == '-';
	}
	return ERR_OK;
}

/* A file is over: it must have names, from wherever they came. */
static enum err_code end_file(struct reader *r)
{
	struct diff_file *f = r->file;

	if (f == NULL || r->has_names)
		return ERR_OK;
	if (r->named == NULL)
		return err_set(r->e, ERR_PROTO, "the file before line %zu of the diff has no name (`--- a/PATH` and `+++ b/PATH`)", r->number);
	if (!r->is_new)
		f->old_path = xstrdup(r->named);
	if (!r->is_deleted)
		f->new_path = xstrdup(r->named);
	return ERR_OK;
}

static enum err_code read_line(struct reader *r)
{
	bool was_one = false;
	enum err_code code;

	if (starts(r->line, "diff --git ")) {
		code = end_file(r);
		return code != ERR_OK ? code : read_git_line(r);
	}
	if (starts(r->line, "GIT binary patch") || starts(r->line, "Binary files "))
		return broken(r, ERR_REFUSED, "is a binary change; only text can be patched");
	if (r->file != NULL && r->has_git_line && !r->file->insertions && !r->file->deletions) {
		code = read_extended(r, &was_one);
		if (code != ERR_OK || was_one)
			return code;
	}
	if (starts(r->line, "--- ")) {
		if (r->file == NULL || !r->has_git_line || r->file->insertions || r->file->deletions) {
			code = end_file(r);
			if (code == ERR_OK)
				code = begin_file(r);
			if (code != ERR_OK)
				return code;
		}
		return read_names(r);
	}
	if (starts(r->line, "@@ -") && r->file != NULL && r->has_names)
		return read_hunk(r);
	if (r->line.len == 0 || (r->line.len == 1 && r->line.p[0] == '\r') || (r->line.p[0] == '\\' && r->file != NULL))
		return ERR_OK;
	return broken(r, ERR_PROTO, "belongs to no file and no hunk (text only between hunks, or wrong counts in a hunk header)");
}

enum err_code diff_read(struct diff *d, struct slice text, struct err *e)
{
	struct reader r = {.rest = text, .d = d, .e = e};
	enum err_code code = ERR_OK;

	*d = (struct diff){0};
	if (text.len > DIFF_BYTES_MAX)
		return err_set(e, ERR_LIMIT, "the diff is longer than 1 MiB");
	if (text.len > 0 && memchr(text.p, '\0', text.len) != NULL)
		return err_set(e, ERR_REFUSED, "the diff holds a NUL byte; only text can be patched");
	while (code == ERR_OK && next_line(&r))
		code = read_line(&r);
	if (code == ERR_OK)
		code = end_file(&r);
	if (code == ERR_OK && d->count == 0)
		code = err_set(e, ERR_PROTO, "the diff is empty");
	free(r.named);
	if (code != ERR_OK)
		diff_release(d);
	return code;
}

void diff_release(struct diff *d)
{
	size_t i;

	for (i = 0; i < d->count; i++) {
		free(d->files[i].old_path);
		free(d->files[i].new_path);
	}
	free(d->files);
	*d = (struct diff){0};
}
