/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/codebase/receipt.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "servers/codebase/branch.h"
#include "servers/common/receipt.h"

void receipt_put(struct buf *b, const char *branch, const char *id, const struct change *c)
{
	struct json_out j;
	size_t i;

	json_start(&j, b);
	json_open(&j, NULL, '{');
	json_put_text(&j, "branch", branch);
	json_put_text(&j, "commit", id);
	json_open(&j, "files", '[');
	for (i = 0; i < c->count; i++)
		json_put_text(&j, NULL, c->files[i].path);
	json_close(&j, ']');
	json_put_int(&j, "insertions", c->insertions);
	json_put_int(&j, "deletions", c->deletions);
	json_close(&j, '}');
}

/* The receipt of an earlier firing, made again from its commit. */
static bool from_commit(const struct repo *r, const struct view *v, const char *id, struct buf *out)
{
	struct git_run g = {.index = NULL};
	struct change c = {.files = NULL};
	size_t prefix = strlen(r->at.prefix);
	const char *p, *end;
	bool ok = git_do(r, &g, (const char *const[]){"diff-tree", "-r", "-z", "--root", "--no-commit-id", "--numstat", "--no-renames", "--no-ext-diff",
	    "--no-textconv", id, NULL}, NULL) == ERR_OK;

	p = buf_text(&g.out.out);
	end = p + g.out.out.len;
	for (; ok && p < end; p += strlen(p) + 1) {
		const char *tab = strchr(p, '\t'), *path = tab != NULL ? strchr(tab + 1, '\t') : NULL;

		if (path == NULL || strlen(path + 1) < prefix)
			continue;
		c.files = xreallocarray(c.files, c.count + 1, sizeof *c.files);
		c.files[c.count++] = (struct change_file){.path = xstrdup(path + 1 + prefix)};
		c.insertions += strtoll(p, NULL, 10);
		c.deletions += strtoll(tab + 1, NULL, 10);
	}
	if (ok)
		receipt_put(out, v->branch, id, &c);
	change_release(&c);
	git_run_release(&g);
	return ok;
}

bool receipt_of(const struct repo *r, const struct view *v, const char *key, struct buf *out)
{
	char id[OBJECT_ID_MAX];
	bool yes;

	if (receipt_find(r->state, key, out))
		return true;
	yes = branch_find_commit(r, v, key, id) && from_commit(r, v, id, out);
	if (yes)
		err_ignore(receipt_keep(r->state, key, buf_slice(out), NULL));	/* without it the branch still tells */
	return yes;
}

void receipt_answer(struct mcp_reply *reply, const struct buf *receipt, bool again)
{
	/* The receipt is an object that we wrote: one member more before its end. */
	buf_add(&reply->structured, receipt->p, receipt->len - 1);
	buf_addf(&reply->structured, ",\"already_done\":%s}", again ? "true" : "false");
	buf_adds(&reply->text, again ? "This was done already, and is not done twice: " : "Done: ");
	buf_add_slice(&reply->text, buf_slice(&reply->structured));
}

void receipt_answer_proof(struct mcp_reply *reply, bool fired, const struct buf *receipt)
{
	struct json_out j;

	json_start(&j, &reply->structured);
	json_open(&j, NULL, '{');
	json_put_bool(&j, "fired", fired);
	if (fired)
		json_put_raw(&j, "receipt", buf_slice(receipt));
	json_close(&j, '}');
	buf_adds(&reply->text, fired ? "It was fired." : "It was not fired.");
}
