/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/codebase/patch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/hash.h"
#include "base/memory.h"
#include "servers/codebase/branch.h"
#include "servers/codebase/receipt.h"
#include "servers/common/receipt.h"

#define TITLE_MAX ((size_t)200)
#define MESSAGE_MAX ((size_t)8000)
#define BASE_MAX 500

struct patch {
	const char *title, *message;
	struct slice diff;
	const cJSON *base;
	struct diff parsed;
};

/* --- what the agent gave --------------------------------------------------------- */

static bool holds_control(const char *s, bool newlines_too)
{
	for (; *s != '\0'; s++)
		if (((unsigned char)*s < 0x20 && *s != '\t' && (*s != '\n' || newlines_too)) || *s == 0x7F)
			return true;
	return false;
}

/* A line of the message that could be taken for one of ours. */
static bool holds_trailer(const char *s)
{
	for (; *s != '\0'; s += strcspn(s, "\n"), s += *s == '\n')
		if (strncasecmp(s, "claviger-", 9) == 0)
			return true;
	return false;
}

static enum err_code read_patch(struct patch *p, const struct mcp_call *call, struct err *e)
{
	const char *diff = json_text(call->args, "diff");

	*p = (struct patch){.title = json_text(call->args, "title"), .message = json_text(call->args, "message"), .base = json_array(call->args, "base")};
	if (p->message == NULL)
		p->message = "";
	if (p->title == NULL || diff == NULL || p->base == NULL)
		return err_set(e, ERR_USAGE, "`title`, `diff` and `base` are needed (base may be empty for new files)");
	if (*p->title == '\0' || strlen(p->title) > TITLE_MAX || holds_control(p->title, true))
		return err_set(e, ERR_USAGE, "`title` must be one line of 1 to %zu bytes", TITLE_MAX);
	if (strlen(p->message) > MESSAGE_MAX || holds_control(p->message, false))
		return err_set(e, ERR_USAGE, "`message` must be plain text of at most %zu bytes", MESSAGE_MAX);
	if (holds_trailer(p->title) || holds_trailer(p->message))
		return err_set(e, ERR_REFUSED, "no line of the message may start with `Claviger-`");
	if (cJSON_GetArraySize(p->base) > BASE_MAX)
		return err_set(e, ERR_LIMIT, "`base` has more than %d entries", BASE_MAX);
	p->diff = slice_of(diff);
	return diff_read(&p->parsed, p->diff, e);
}

/* --- base blobs ------------------------------------------------------------------- */

static const cJSON *base_of(const struct patch *p, const char *path)
{
	const cJSON *b;

	cJSON_ArrayForEach(b, p->base) {
		const char *named = json_text(b, "path");

		if (named != NULL && strcmp(named, path) == 0)
			return b;
	}
	return NULL;
}

/* Each base entry must be what the repository holds. The target is a hash over
 * them: what the approval is bound to. */
static enum err_code check_base(const struct repo *r, const struct view *v, const struct patch *p, char target[HASH_HEX], struct buf *words, struct err *e)
{
	struct hash_fields *h = hash_fields_new("claviger codebase target");
	enum err_code code = ERR_OK;
	struct hash sum;
	const cJSON *b;

	cJSON_ArrayForEach(b, p->base) {
		const char *path = json_text(b, "path"), *blob = json_text(b, "blob");
		struct entry at;

		if (path == NULL || blob == NULL)
			code = err_set(e, ERR_USAGE, "each entry of `base` needs `path` and `blob`");
		if (code == ERR_OK)
			code = view_entry(r, v, path, &at, e);
		if (code == ERR_OK && strcmp(at.id, blob) != 0) {
			buf_addf(words, "%s is %s %s\n", path, at.id[0] != '\0' ? "now blob" : "not there", at.id);
			code = err_set(e, ERR_CONFLICT, "a base blob is stale: the file changed since it was read");
			err_mend(e, code, "read it again and make the diff from what it holds now");
		}
		if (code != ERR_OK)
			break;
		hash_field_text(h, path);
		hash_field_text(h, blob);
	}
	sum = hash_fields_end(h);
	hash_to_hex(&sum, target);
	return code;
}

static enum err_code check_files(const struct repo *r, const struct view *v, const struct patch *p, struct buf *words, struct err *e)
{
	size_t i;

	for (i = 0; i < p->parsed.count; i++) {
		const struct diff_file *f = &p->parsed.files[i];
		const char *path = f->old_path != NULL ? f->old_path : f->new_path;
		struct entry at;
		enum err_code code;

		if (f->old_path != NULL && base_of(p, f->old_path) == NULL) {
			buf_addf(words, "%s\n", f->old_path);
			code = err_set(e, ERR_USAGE, "the diff changes a file that `base` does not name");
			return err_mend(e, code, "add it with the blob id that read_file gives");
		}
		code = view_entry(r, v, path, &at, e);
		if (code != ERR_OK)
			return code;
		if (f->old_path != NULL && at.mode[0] == '\0') {
			buf_addf(words, "%s\n", path);
			return err_set(e, ERR_MISSING, "the diff changes a file that is not there");
		}
		if (f->old_path != NULL && strncmp(at.mode, "100", 3) != 0)
			return err_set(e, ERR_REFUSED, "the diff changes a symbolic link, a submodule or a folder, which no patch may");
		if (f->old_path == NULL && at.mode[0] != '\0') {
			buf_addf(words, "%s\n", path);
			return err_set(e, ERR_CONFLICT, "the diff makes a file that is there already");
		}
	}
	return ERR_OK;
}

/* --- the answers ----------------------------------------------------------------------- */

static void answer_check(struct mcp_reply *reply, const struct view *v, const struct change *c, const char *target)
{
	static const char *const kinds[] = {['A'] = "added", ['D'] = "deleted", ['M'] = "modified"};
	struct json_out j;
	size_t i;

	json_start(&j, &reply->structured);
	json_open(&j, NULL, '{');
	json_put_bool(&j, "ok", true);
	json_put_text(&j, "target", target);
	json_put_text(&j, "branch", v->branch);
	json_put_text(&j, "parent", v->commit);
	json_open(&j, "files", '[');
	for (i = 0; i < c->count; i++) {
		json_open(&j, NULL, '{');
		json_put_text(&j, "path", c->files[i].path);
		json_put_text(&j, "change", kinds[(unsigned char)c->files[i].kind]);
		json_put_int(&j, "insertions", c->files[i].insertions);
		json_put_int(&j, "deletions", c->files[i].deletions);
		if (c->files[i].mode_changed)
			json_put_bool(&j, "mode_changed", true);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_put_int(&j, "insertions", c->insertions);
	json_put_int(&j, "deletions", c->deletions);
	json_put_int(&j, "moved_hunks", c->moved_hunks);
	if (c->checked.len > 0) {
		json_open(&j, "about", '{');
		json_put_slice(&j, "check", buf_slice(&c->checked));
		json_close(&j, '}');
	}
	json_close(&j, '}');
	buf_addf(&reply->text, "The patch applies: %zu file%s, +%" PRId64 " -%" PRId64 ".", c->count, c->count == 1 ? "" : "s", c->insertions, c->deletions);
}

/* --- the tool ---------------------------------------------------------------------------- */

/* Everything but the branch and the commit: no trace is left. */
static enum err_code look(const struct repo *r, const struct view *v, const struct patch *p, bool try_it, struct change *c, char target[HASH_HEX],
    struct buf *words, struct err *e)
{
	enum err_code code = check_base(r, v, p, target, words, e);

	if (code == ERR_OK)
		code = check_files(r, v, p, words, e);
	if (code == ERR_OK)
		code = change_make(c, r, v, p->diff, &p->parsed, true, try_it, words, e);
	if (code == ERR_OK && v->branch[0] != '\0')
		code = branch_is_free(r, v, e);
	if (code != ERR_OK)
		change_release(c);
	return code;
}

static enum err_code fire(const struct repo *r, const struct view *v, const struct patch *p, const struct mcp_call *call, struct mcp_reply *reply,
    struct err *e)
{
	char id[OBJECT_ID_MAX], target[HASH_HEX], seen[OBJECT_ID_MAX];
	struct change c = {.files = NULL};
	struct buf receipt;
	enum err_code code = look(r, v, p, false, &c, target, &reply->text, e);

	if (code != ERR_OK)
		return code;
	memcpy(seen, c.tree, sizeof seen);
	change_release(&c);
	code = change_make(&c, r, v, p->diff, &p->parsed, false, false, &reply->text, e);
	if (code == ERR_OK && strcmp(seen, c.tree) != 0)
		code = err_set(e, ERR_CONFLICT, "the repository changed while the patch was applied");
	if (code == ERR_OK)
		code = branch_commit(r, v, p->title, p->message, call, &c, id, e);
	if (code == ERR_OK) {
		buf_init(&receipt, 0);
		receipt_put(&receipt, v->branch, id, &c);
		/* It is done: a receipt that cannot be kept is no failure, the commit names its key. */
		err_ignore(receipt_keep(r->state, call->key, buf_slice(&receipt), NULL));
		receipt_answer(reply, &receipt, false);
		buf_release(&receipt);
	}
	change_release(&c);
	return code;
}

enum err_code patch_propose(void *user, const struct mcp_call *call, struct mcp_reply *reply, struct err *e)
{
	const struct repo *r = user;
	char target[HASH_HEX];
	struct change c = {.files = NULL};
	struct buf receipt;
	struct patch p;
	struct view v;
	enum err_code code;
	bool fired;

	if (r->state == NULL)
		return err_set(e, ERR_USAGE, "this server was started without a state folder, so it takes no patches");
	if (!call->is_check && (call->task == 0 || call->key[0] == '\0'))
		return err_set(e, ERR_USAGE, "only the office may fire a patch: _meta names no task and no idempotency key");
	view_pick(r, call->task, &v);
	if (!call->is_check) {
		buf_init(&receipt, 0);
		fired = receipt_of(r, &v, call->key, &receipt);
		if (call->is_prove)
			receipt_answer_proof(reply, fired, &receipt);
		else if (fired)
			receipt_answer(reply, &receipt, true);
		buf_release(&receipt);
		if (fired || call->is_prove)
			return ERR_OK;
	}
	code = read_patch(&p, call, e);
	if (code != ERR_OK)
		return code;
	if (!call->is_check) {
		code = fire(r, &v, &p, call, reply, e);
	} else {
		code = look(r, &v, &p, true, &c, target, &reply->text, e);
		if (code == ERR_OK)
			answer_check(reply, &v, &c, target);
		change_release(&c);
	}
	diff_release(&p.parsed);
	return code;
}
