/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/codebase/branch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define KEY_LINE "Claviger-Key: "
#define BRANCH_COMMITS "1000"	/* looked at for a key when the receipt is lost */

/* Moving a branch that someone has checked out would make their index look wrong. */
enum err_code branch_is_free(const struct repo *r, const struct view *v, struct err *e)
{
	char ref[96], said[256];
	struct git_run g = {.index = NULL};
	bool taken;

	snprintf(ref, sizeof ref, "refs/heads/%s", v->branch);
	taken = git_line(r, (const char *const[]){"symbolic-ref", "-q", "HEAD", NULL}, said, sizeof said) && strcmp(said, ref) == 0;
	if (!taken && v->tip[0] != '\0' && git_do(r, &g, (const char *const[]){"for-each-ref", "--format=%(worktreepath)", ref, NULL}, NULL) == ERR_OK)
		taken = g.out.out.len > 1;
	git_run_release(&g);
	if (!taken)
		return ERR_OK;
	err_set(e, ERR_CONFLICT, "the task's branch %s is checked out, so it cannot be moved", v->branch);
	return err_mend(e, ERR_CONFLICT, "check out another branch");
}

static void put_message(struct buf *b, const char *title, const char *text, const struct mcp_call *call)
{
	size_t n = strlen(text);

	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == ' '))
		n--;
	buf_addf(b, "%s\n\n", title);
	if (n > 0) {
		buf_add(b, text, n);
		buf_adds(b, "\n\n");
	}
	buf_addf(b, "Claviger-Task: T%" PRId64 "\n" KEY_LINE "%s\n", call->task, call->key);
}

enum err_code branch_commit(const struct repo *r, const struct view *v, const char *title, const char *text, const struct mcp_call *call, const struct change *c,
    char id[OBJECT_ID_MAX], struct err *e)
{
	struct git_run g = {.index = NULL};
	char ref[96], zeros[OBJECT_ID_MAX];
	struct buf message;
	size_t n = strlen(c->tree);
	enum err_code code;

	buf_init(&message, 65536);
	put_message(&message, title, text, call);
	g.input = buf_slice(&message);
	code = git_do(r, &g, (const char *const[]){"commit-tree", "--no-gpg-sign", c->tree, v->commit[0] != '\0' ? "-p" : NULL, v->commit, NULL}, e);
	if (code == ERR_OK && g.out.out.len == n + 1) {
		memcpy(id, g.out.out.p, n);
		id[n] = '\0';
	} else if (code == ERR_OK) {
		code = err_set(e, ERR_IO, "git gave no commit");
	}
	buf_release(&message);
	g.input = (struct slice){NULL, 0};
	memset(zeros, '0', n);
	zeros[n] = '\0';
	snprintf(ref, sizeof ref, "refs/heads/%s", v->branch);
	if (code == ERR_OK && git_do(r, &g, (const char *const[]){"update-ref", "--no-deref", ref, id, v->tip[0] != '\0' ? v->tip : zeros, NULL}, e) != ERR_OK) {
		code = err_set(e, ERR_CONFLICT, "the branch %s moved meanwhile, or a branch named `claviger` stands in its way", v->branch);
		err_mend(e, code, "look at the repository's branches and propose it again");
	}
	git_run_release(&g);
	return code;
}

bool branch_find_commit(const struct repo *r, const struct view *v, const char *key, char id[OBJECT_ID_MAX])
{
	struct git_run g = {.index = NULL};
	char *last = xasprintf("\n" KEY_LINE "%s", key);
	size_t n = strlen(last);
	const char *p, *end;
	bool found = false;

	if (v->tip[0] != '\0' &&
	    git_do(r, &g, (const char *const[]){"log", "-z", "--no-show-signature", "--no-notes", "--no-color", "--format=%H %B", "-n", BRANCH_COMMITS, v->tip, NULL}, NULL) == ERR_OK) {
		p = buf_text(&g.out.out);
		end = p + g.out.out.len;
		for (; p < end && !found; p += strlen(p) + 1) {
			size_t len = strlen(p), head = strcspn(p, " ");

			while (len > 0 && p[len - 1] == '\n')
				len--;
			found = len > n && head < OBJECT_ID_MAX && memcmp(p + len - n, last, n) == 0;
			if (found) {
				memcpy(id, p, head);
				id[head] = '\0';
			}
		}
	}
	git_run_release(&g);
	free(last);
	return found;
}

bool branch_commit_is_ours(const struct repo *r, const char *commit)
{
	struct git_run g = {.index = NULL};
	const char *p, *line;
	size_t n;
	bool ours = false;

	if (git_do(r, &g, (const char *const[]){"log", "-n", "1", "--no-show-signature", "--no-notes", "--no-color", "--format=%B", commit, NULL}, NULL) == ERR_OK) {
		p = buf_text(&g.out.out);
		for (n = g.out.out.len; n > 0 && p[n - 1] == '\n';)
			n--;
		line = n > 0 ? memrchr(p, '\n', n) : NULL;
		ours = line != NULL && strncmp(line + 1, KEY_LINE, strlen(KEY_LINE)) == 0;
	}
	git_run_release(&g);
	return ours;
}
