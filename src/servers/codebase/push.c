/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/codebase/push.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"
#include "servers/codebase/branch.h"
#include "servers/codebase/outgoing.h"
#include "servers/codebase/receipt.h"
#include "servers/common/receipt.h"

struct push {
	const char *remote, *branch, *commit;
};

/* --- what the agent gave --------------------------------------------------------------- */

static bool is_task_branch(const char *s)
{
	size_t n;

	if (strncmp(s, "claviger/T", 10) != 0)
		return false;
	n = strspn(s + 10, "0123456789");
	return n > 0 && n <= 18 && s[10] != '0' && s[10 + n] == '\0';
}

static bool is_commit_id(const char *s)
{
	size_t n = strspn(s, "0123456789abcdef");

	return (n == 40 || n == 64) && s[n] == '\0';
}

static enum err_code read_push(struct push *p, const struct repo *r, const struct mcp_call *call, struct err *e)
{
	*p = (struct push){json_text(call->args, "remote"), json_text(call->args, "branch"), json_text(call->args, "commit")};
	if (p->remote == NULL || p->branch == NULL || p->commit == NULL)
		return err_set(e, ERR_USAGE, "`remote`, `branch` and `commit` are needed");
	if (r->push == NULL || strcmp(p->remote, r->push) != 0)
		return err_set(e, ERR_REFUSED, "that is not where this repository may be pushed to");
	if (!is_task_branch(p->branch))
		return err_set(e, ERR_REFUSED, "only a task's branch can be pushed, `claviger/T` and its number");
	if (!is_commit_id(p->commit))
		return err_set(e, ERR_USAGE, "`commit` must be the whole id of a commit, as the patch's receipt names it");
	return ERR_OK;
}

/* The branch is here, stands where the payload says, and a fired patch put it there. */
static enum err_code check_branch(const struct repo *r, const struct push *p, struct err *e)
{
	char *ref = xasprintf("refs/heads/%s", p->branch), tip[OBJECT_ID_MAX] = "";
	bool is_there = git_line(r, (const char *const[]){"rev-parse", "--verify", "--quiet", "--end-of-options", ref, NULL}, tip, sizeof tip);

	free(ref);
	if (!is_there)
		return err_set(e, ERR_MISSING, "there is no branch %s: propose a patch first", p->branch);
	if (strcmp(tip, p->commit) != 0) {
		err_set(e, ERR_CONFLICT, "the branch %s is at another commit, %s", p->branch, tip);
		return err_mend(e, ERR_CONFLICT, "look at it, and propose the push of that one");
	}
	if (!branch_commit_is_ours(r, tip))
		return err_set(e, ERR_REFUSED, "no approved patch made that commit, so it is not for an agent to push");
	return ERR_OK;
}

/* Forward from where the remote's branch is; where that is not known here, nobody can say so. */
static enum err_code check_forward(const struct repo *r, const struct push *p, const struct remote_heads *heads, struct err *e)
{
	if (heads->tip[0] == '\0' || git_is_ancestor(r, heads->tip, p->commit))
		return ERR_OK;
	err_set(e, ERR_CONFLICT, "%s there is at %s, which is not behind that commit: it would be overwritten", p->branch, heads->tip);
	return err_mend(e, ERR_CONFLICT, "a person has to bring both together first");
}

/* --- looking at it ------------------------------------------------------------------------- */

static void put_target(const struct push *p, const struct remote_heads *heads, char target[HASH_HEX])
{
	struct hash_fields *h = hash_fields_new("claviger codebase push");
	struct hash sum;

	hash_field_text(h, p->remote);
	hash_field_text(h, p->branch);
	hash_field_text(h, p->commit);
	hash_field_text(h, heads->tip);
	sum = hash_fields_end(h);
	hash_to_hex(&sum, target);
}

/* Everything but sending. words: git's own, for the agent. */
static enum err_code look(const struct repo *r, const struct push *p, struct remote *m, struct remote_heads *heads, struct buf *words, struct err *e)
{
	enum err_code code = check_branch(r, p, e);

	if (code == ERR_OK)
		code = remote_open(m, r, p->commit, e);
	if (code == ERR_OK) {
		code = remote_look(m, p->branch, heads, e);
		if (code != ERR_OK)
			buf_add_slice(words, buf_slice(&m->said));
	}
	return code == ERR_OK ? check_forward(r, p, heads, e) : code;
}

static enum err_code answer_check(const struct repo *r, const struct push *p, struct mcp_reply *reply, struct err *e)
{
	struct remote m = {.r = NULL};
	struct remote_heads heads;
	char target[HASH_HEX];
	struct json_out j;
	enum err_code code = look(r, p, &m, &heads, &reply->text, e);

	if (code == ERR_OK && strcmp(heads.tip, p->commit) == 0)
		code = err_set(e, ERR_USAGE, "%s is at that commit there already: there is nothing to push", p->branch);
	if (code == ERR_OK) {
		put_target(p, &heads, target);
		json_start(&j, &reply->structured);
		json_open(&j, NULL, '{');
		json_put_bool(&j, "ok", true);
		json_put_text(&j, "target", target);
		code = outgoing_put(&j, r, p->branch, p->commit, &heads, e);
		json_close(&j, '}');
		buf_adds(&reply->text, "It can be pushed.");
	}
	remote_close(&m);
	return code;
}

/* --- sending it ------------------------------------------------------------------------------ */

static void put_receipt(struct buf *b, const struct push *p, const char *was)
{
	struct json_out j;

	json_start(&j, b);
	json_open(&j, NULL, '{');
	json_put_text(&j, "remote", p->remote);
	json_put_text(&j, "branch", p->branch);
	json_put_text(&j, "commit", p->commit);
	if (was[0] != '\0')
		json_put_text(&j, "was", was);
	json_close(&j, '}');
}

/* Does the remote show it: at the commit, or further on? */
static bool remote_shows(const struct repo *r, const struct push *p, struct remote *m)
{
	struct remote_heads now;

	return remote_look(m, p->branch, &now, NULL) == ERR_OK && now.tip[0] != '\0' && (strcmp(now.tip, p->commit) == 0 || git_is_ancestor(r, p->commit, now.tip));
}

static void answer_done(const struct repo *r, const struct push *p, const char *key, const char *was, bool again, struct mcp_reply *reply)
{
	struct buf receipt;

	buf_init(&receipt, 0);
	put_receipt(&receipt, p, was);
	err_ignore(receipt_keep(r->state, key, buf_slice(&receipt), NULL));	/* without it the remote still tells */
	receipt_answer(reply, &receipt, again);
	buf_release(&receipt);
}

static enum err_code fire(const struct repo *r, const struct push *p, const struct mcp_call *call, struct mcp_reply *reply, struct err *e)
{
	struct remote m = {.r = NULL};
	struct remote_heads heads;
	enum remote_end end = REMOTE_UNKNOWN;
	enum err_code code = look(r, p, &m, &heads, &reply->text, e);
	bool is_there = code == ERR_OK && strcmp(heads.tip, p->commit) == 0;

	if (code == ERR_OK && !is_there)
		code = receipt_begin(r->state, call->key, slice_of(""), e);
	if (code == ERR_OK && !is_there) {
		end = remote_push(&m, p->branch, p->commit);
		buf_add_slice(&reply->text, buf_slice(&m.said));
	}
	if (code == ERR_OK && !is_there && end == REMOTE_REFUSED)
		code = err_set(e, ERR_REFUSED, "the remote did not take it");
	else if (code == ERR_OK && (is_there || end == REMOTE_DONE || remote_shows(r, p, &m)))
		answer_done(r, p, call->key, is_there ? "" : heads.tip, is_there, reply);
	else if (code == ERR_OK)
		reply->is_unknown = true;
	if (code == ERR_OK && reply->is_unknown)
		buf_adds(&reply->text, "It was sent, and the remote neither confirmed nor shows it: it may still arrive.");
	remote_close(&m);
	return code;
}

/* An earlier firing under this key was begun, and left no receipt. */
static enum err_code settle(const struct repo *r, const struct push *p, const struct mcp_call *call, struct mcp_reply *reply, struct err *e)
{
	struct remote m = {.r = NULL};
	struct buf receipt;
	enum err_code code = remote_open(&m, r, p->commit, e);
	bool shows = code == ERR_OK && remote_shows(r, p, &m);

	if (shows && call->is_prove) {
		buf_init(&receipt, 0);
		put_receipt(&receipt, p, "");
		err_ignore(receipt_keep(r->state, call->key, buf_slice(&receipt), NULL));
		receipt_answer_proof(reply, true, &receipt);
		buf_release(&receipt);
	} else if (shows) {
		answer_done(r, p, call->key, "", true, reply);
	} else if (code == ERR_OK && call->is_prove) {
		code = err_set(e, ERR_NET, "it was begun, and the remote does not show it: it may or may not have been sent");
	} else if (code == ERR_OK) {
		reply->is_unknown = true;
		buf_adds(&reply->text, "It was begun before, and the remote does not show it; it is not sent again.");
	}
	remote_close(&m);
	return code;
}

enum err_code push_branch(void *user, const struct mcp_call *call, struct mcp_reply *reply, struct err *e)
{
	const struct repo *r = user;
	struct buf receipt;
	struct push p;
	enum err_code code;
	bool kept = false;

	if (r->state == NULL)
		return err_set(e, ERR_USAGE, "this server was started without a state folder, so it pushes nothing");
	if (!call->is_check && (call->task == 0 || call->key[0] == '\0'))
		return err_set(e, ERR_USAGE, "only the office may fire a push: _meta names no task and no idempotency key");
	if (!call->is_check) {
		buf_init(&receipt, 0);
		kept = receipt_find(r->state, call->key, &receipt);
		if (call->is_prove && (kept || receipt_bar(r->state, call->key)))
			receipt_answer_proof(reply, kept, &receipt);
		else if (kept)
			receipt_answer(reply, &receipt, true);
		buf_release(&receipt);
		if (reply->structured.len > 0)
			return ERR_OK;
	}
	code = read_push(&p, r, call, e);
	if (code != ERR_OK)
		return code;
	if (call->is_check)
		return answer_check(r, &p, reply, e);
	if (!call->is_prove && receipt_was_begun(r->state, call->key) && receipt_bar(r->state, call->key))
		return err_set(e, ERR_CONFLICT, "it was proved not to be fired under this key, and cannot be fired any more");
	return receipt_was_begun(r->state, call->key) ? settle(r, &p, call, reply, e) : fire(r, &p, call, reply, e);
}

/* --- its definition ---------------------------------------------------------------------------- */

char *push_definition(const char *remote)
{
	struct json_out j;
	struct buf b, about;

	buf_init(&about, 0);
	buf_addf(&about, "Push a task's branch, once a person approves it, to %s and nowhere else: only what approved patches made, and only forward.", remote);
	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '{');
	json_put_text(&j, "name", "push_branch");
	json_put_text(&j, "description", buf_text(&about));
	json_open(&j, "inputSchema", '{');
	json_put_text(&j, "type", "object");
	json_open(&j, "properties", '{');
	json_open(&j, "remote", '{');
	json_put_text(&j, "type", "string");
	json_open(&j, "enum", '[');
	json_put_text(&j, NULL, remote);
	json_close(&j, ']');
	json_close(&j, '}');
	json_put_raw(&j, "branch", slice_of("{\"type\":\"string\",\"description\":\"As the patch's receipt names it, such as claviger/T12.\"}"));
	json_put_raw(&j, "commit", slice_of("{\"type\":\"string\",\"description\":\"The whole id of the branch's commit, from the receipt of its last patch.\"}"));
	json_close(&j, '}');
	json_put_raw(&j, "required", slice_of("[\"remote\",\"branch\",\"commit\"]"));
	json_put_bool(&j, "additionalProperties", false);
	json_close(&j, '}');
	json_put_raw(&j, "annotations", slice_of("{\"readOnlyHint\":false,\"destructiveHint\":false,\"idempotentHint\":true,\"openWorldHint\":true}"));
	json_put_raw(&j, "_meta", slice_of("{\"claviger/effect\":\"send\"}"));
	json_close(&j, '}');
	buf_release(&about);
	return buf_take(&b);
}
