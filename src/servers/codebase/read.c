/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/codebase/read.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"
#include "servers/codebase/advice.h"
#include "servers/codebase/diff.h"
#include "servers/codebase/view.h"

#define FILE_MAX ((size_t)16 << 20)	/* bytes of a file that is read at all */
#define ANSWER_MAX ((size_t)256 << 10)	/* bytes of one answer */
#define FOUND_MAX ((size_t)2 << 20)	/* bytes git may find: it is stopped there, which is soon for a common word */
#define HIT_MAX 300			/* bytes of one line found */

/* A whole number argument within bounds; fallback if it is absent. */
static enum err_code whole(const struct mcp_call *c, const char *name, int64_t fallback, int64_t most, int64_t *out, struct err *e)
{
	*out = fallback;
	if (json_member(c->args, name) == NULL)
		return ERR_OK;
	if (!json_int(c->args, name, out) || *out < 1)
		return err_set(e, ERR_USAGE, "`%s` must be a whole number from 1", name);
	if (*out > most)
		*out = most;
	return ERR_OK;
}

/* An optional folder or file to look in: full path for git, "" for everything. The caller frees it. */
static enum err_code scope_of(const struct repo *r, const struct mcp_call *c, char **out, struct err *e)
{
	const char *given = json_text(c->args, "path"), *fault;
	char *path;
	size_t n;

	*out = NULL;
	if (given == NULL && json_member(c->args, "path") != NULL)
		return err_set(e, ERR_USAGE, "`path` must be text");
	path = xstrdup(given == NULL || strcmp(given, ".") == 0 || strcmp(given, "./") == 0 ? "" : given);
	n = strlen(path);
	if (n > 1 && path[n - 1] == '/')
		path[--n] = '\0';
	fault = n > 0 ? diff_path_fault(path) : NULL;
	if (fault != NULL) {
		free(path);
		return err_set(e, ERR_REFUSED, "that path %s", fault);
	}
	if (n > 0)
		*out = view_full_path(r, path);
	else	/* the prefix without its slash */
		*out = xstrndup(r->at.prefix, strlen(r->at.prefix) > 0 ? strlen(r->at.prefix) - 1 : 0);
	free(path);
	return ERR_OK;
}

/* A path on a line of its own: quoted if it could be taken for something else. */
static void put_path(struct buf *b, const char *path)
{
	const char *p;

	for (p = path; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7F || *p == '"') {
			json_quote(b, slice_of(path));
			return;
		}
	buf_adds(b, path);
}

/* What holds where the call looks, in front of its answer. scope: as scope_of() gave it. */
static void put_advice(const struct repo *r, const struct view *v, const struct mcp_call *c, const char *scope, struct mcp_reply *reply)
{
	size_t skip = strlen(r->at.prefix), before = reply->text.len;

	advice_give(r, v, c->task, strlen(scope) > skip ? scope + skip : "", false, reply);
	if (reply->text.len > before)
		buf_addc(&reply->text, '\n');
}

static bool no_commits(const struct view *v, struct mcp_reply *r)
{
	if (v->commit[0] == '\0')
		buf_adds(&r->text, "(the repository has no commits yet)\n");
	return v->commit[0] == '\0';
}

/* --- list_files ------------------------------------------------------------- */

static void list_entries(const struct repo *repo, const struct buf *tree, const char *cursor, int64_t limit, struct buf *text)
{
	size_t skip = strlen(repo->at.prefix);
	const char *p = tree->p, *end = p + tree->len, *last = NULL;
	int64_t shown = 0;

	for (; p < end; p += strlen(p) + 1) {
		const char *tab = strchr(p, '\t'), *path = tab != NULL ? tab + 1 + skip : NULL;

		if (path == NULL || strncmp(p, "160000", 6) == 0 || (cursor != NULL && strcmp(path, cursor) <= 0))
			continue;
		if (shown == limit || text->len > ANSWER_MAX) {
			buf_adds(text, "(more; cursor: ");
			json_quote(text, slice_of(last != NULL ? last : ""));
			buf_adds(text, ")\n");
			return;
		}
		put_path(text, path);
		buf_adds(text, strncmp(p, "120000", 6) == 0 ? " (symbolic link)\n" : "\n");
		last = path;
		shown++;
	}
	if (shown == 0)
		buf_adds(text, "(no files)\n");
}

enum err_code read_list_files(void *user, const struct mcp_call *call, struct mcp_reply *reply, struct err *e)
{
	const char *cursor = json_text(call->args, "cursor");
	const struct repo *repo = user;
	struct git_run g = {.index = NULL};
	char *scope = NULL;
	struct view v;
	int64_t limit;
	enum err_code code;

	code = whole(call, "limit", 500, 5000, &limit, e);
	if (code == ERR_OK)
		code = scope_of(repo, call, &scope, e);
	if (code != ERR_OK)
		return code;
	view_pick(repo, call->task, &v);
	if (!no_commits(&v, reply)) {
		const char *args[] = {"ls-tree", "-r", "-z", "--full-tree", v.commit, *scope != '\0' ? "--" : NULL, scope, NULL};

		put_advice(repo, &v, call, scope, reply);
		code = git_do(repo, &g, args, e);
		if (code == ERR_OK && g.out.is_cut)
			code = err_set(e, ERR_LIMIT, "there are too many files to list at once; give a path");
		if (code == ERR_OK)
			list_entries(repo, &g.out.out, cursor, limit, &reply->text);
	}
	git_run_release(&g);
	free(scope);
	return code;
}

/* --- read_file -------------------------------------------------------------- */

static enum err_code explain_mode(const char *mode, struct err *e)
{
	if (mode[0] == '\0') {
		err_set(e, ERR_MISSING, "there is no such file in what is committed");
		return err_mend(e, ERR_MISSING, "list_files names what there is");
	}
	if (strcmp(mode, "120000") == 0)
		return err_set(e, ERR_REFUSED, "that is a symbolic link, which is not followed");
	if (strcmp(mode, "160000") == 0)
		return err_set(e, ERR_REFUSED, "that is a submodule, another repository");
	if (strcmp(mode, "040000") == 0)
		return err_set(e, ERR_USAGE, "that is a folder");
	return ERR_OK;
}

/* Lines first.. of the content, as many as are asked for and fit. */
static void put_lines(struct buf *text, const struct buf *content, int64_t first, int64_t most)
{
	const char *p = content->p, *end = p + content->len, *from;
	int64_t line = 1, given = 0;

	while (p < end && line < first) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		p = nl != NULL ? nl + 1 : end;
		line++;
	}
	from = p;
	while (p < end && given < most) {
		const char *nl = memchr(p, '\n', (size_t)(end - p)), *next = nl != NULL ? nl + 1 : end;

		if ((size_t)(next - from) > ANSWER_MAX) {
			if (given == 0)	/* one line longer than an answer: its start */
				p = from + ANSWER_MAX;
			break;
		}
		p = next;
		given++;
	}
	buf_add(text, from, (size_t)(p - from));
	if (p < end)
		buf_addf(text, "%s(truncated here: read on with first_line %" PRId64 ")\n", p > from && p[-1] == '\n' ? "" : "\n",
		    first + (given > 0 ? given : 1));
	else if (first > 1 && from == end)
		buf_addf(text, "(the file has fewer lines than %" PRId64 ")\n", first);
}

static bool is_binary(const struct buf *b)
{
	return b->len > 0 && memchr(b->p, '\0', b->len < 8000 ? b->len : 8000) != NULL;
}

static enum err_code put_file(const struct repo *repo, const struct view *v, const struct entry *at, const char *path, int64_t first, int64_t lines,
    int64_t task, struct mcp_reply *reply, struct err *e)
{
	struct buf *text = &reply->text;
	struct git_run g = {.index = NULL};
	enum err_code code;

	g.out.out.max = FILE_MAX;
	code = git_do(repo, &g, (const char *const[]){"cat-file", "blob", at->id, NULL}, e);
	if (code == ERR_OK && g.out.is_cut)
		code = err_set(e, ERR_LIMIT, "that file is longer than 16 MiB");
	if (code == ERR_OK && is_binary(&g.out.out))
		code = err_set(e, ERR_REFUSED, "that file is binary; only text is read");
	if (code == ERR_OK) {
		buf_addf(text, "blob: %s\npath: ", at->id);
		put_path(text, path);
		buf_addc(text, '\n');
		if (v->is_branch)
			buf_addf(text, "branch: %s\n", v->branch);
		if (!utf8_valid(buf_slice(&g.out.out)))
			buf_adds(text, "note: this is not UTF-8; what cannot be shown is U+FFFD, and such lines cannot be patched\n");
		advice_give(repo, v, task, path, true, reply);
		buf_addc(text, '\n');
		put_lines(text, &g.out.out, first, lines);
	}
	git_run_release(&g);
	return code;
}

enum err_code read_read_file(void *user, const struct mcp_call *call, struct mcp_reply *reply, struct err *e)
{
	const char *path = json_text(call->args, "path");
	const struct repo *repo = user;
	int64_t first, lines;
	struct entry at;
	struct view v;
	enum err_code code;

	if (path == NULL)
		return err_set(e, ERR_USAGE, "`path` is missing");
	code = whole(call, "first_line", 1, INT32_MAX, &first, e);
	if (code == ERR_OK)
		code = whole(call, "lines", 100000, 100000, &lines, e);
	if (code != ERR_OK)
		return code;
	view_pick(repo, call->task, &v);
	code = view_entry(repo, &v, path, &at, e);
	if (code == ERR_OK)
		code = explain_mode(at.mode, e);
	return code == ERR_OK ? put_file(repo, &v, &at, path, first, lines, call->task, reply, e) : code;
}

/* --- search ------------------------------------------------------------------ */

/* git gives "COMMIT:PATH\0LINE\0TEXT\n" a hit. False if there was more than limit. */
static bool put_hits(const struct repo *repo, const struct view *v, const struct buf *found, int64_t limit, struct buf *text)
{
	size_t skip = strlen(v->commit) + 1 + strlen(repo->at.prefix);
	const char *p = found->p, *end = p + found->len;
	int64_t shown = 0;

	while (p < end) {
		const char *number = memchr(p, '\0', (size_t)(end - p)), *hit, *nl;
		size_t n;

		number = number != NULL ? number + 1 : end;
		hit = number < end ? memchr(number, '\0', (size_t)(end - number)) : NULL;
		nl = hit != NULL ? memchr(hit + 1, '\n', (size_t)(end - hit - 1)) : NULL;
		if (nl == NULL && hit != NULL)
			nl = end;	/* a line so long that git was stopped in it */
		if (nl == NULL || (size_t)(number - p) <= skip)
			break;
		if (shown == limit || text->len > ANSWER_MAX)
			return false;
		put_path(text, p + skip);
		n = (size_t)(nl - hit - 1);
		buf_addf(text, ":%s: ", number);
		buf_add(text, hit + 1, n < HIT_MAX ? n : HIT_MAX);
		buf_adds(text, n > HIT_MAX ? "...\n" : "\n");
		shown++;
		p = nl + 1;
	}
	if (shown == 0)
		buf_adds(text, "(nothing found)\n");
	return true;
}

enum err_code read_search(void *user, const struct mcp_call *call, struct mcp_reply *reply, struct err *e)
{
	const char *wanted = json_text(call->args, "text");
	const struct repo *repo = user;
	struct git_run g = {.index = NULL};
	char *scope = NULL;
	struct view v;
	int64_t limit;
	enum err_code code;

	if (wanted == NULL || *wanted == '\0' || strlen(wanted) > 500 || strchr(wanted, '\n') != NULL)
		return err_set(e, ERR_USAGE, "`text` must be 1 to 500 bytes on one line");
	code = whole(call, "limit", 100, 1000, &limit, e);
	if (code == ERR_OK)
		code = scope_of(repo, call, &scope, e);
	if (code != ERR_OK)
		return code;
	view_pick(repo, call->task, &v);
	if (!no_commits(&v, reply)) {
		const char *args[] = {"grep", "-n", "-z", "-I", "-F", "--full-name", "--no-color", "--no-column", "--no-textconv", "--no-recurse-submodules",
		    json_bool(call->args, "ignore_case", false) ? "-i" : "--no-ignore-case", "-e", wanted, v.commit, *scope != '\0' ? "--" : NULL, scope, NULL};

		put_advice(repo, &v, call, scope, reply);
		g.out.out.max = FOUND_MAX;
		code = git_do(repo, &g, args, e);
		if (code != ERR_OK && g.out.status == 1)
			code = ERR_OK;	/* it found nothing */
		if (code == ERR_OK && (!put_hits(repo, &v, &g.out.out, limit, &reply->text) || g.out.is_cut))
			buf_adds(&reply->text, "(there are more hits; narrow the search or give a path)\n");
	}
	git_run_release(&g);
	free(scope);
	return code;
}
