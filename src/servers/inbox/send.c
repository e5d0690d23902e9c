/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tools send_mail and draft.
 *
 * A mail's Message-ID is made of the idempotency key. Order of a sending: the key's
 * note on disk, the mail to the SMTP server, the receipt, a copy into the folder of
 * sent mails. Cut anywhere in between, the key is never used again; the receipt or
 * the copy proves that it was sent, and nothing proves that it was not. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "servers/inbox/compose.h"
#include "servers/inbox/effect.h"
#include "servers/common/receipt.h"
#include "servers/inbox/smtp.h"

#define ANSWERED_MAX 5	/* mails with one Message-ID that are looked at */

/* --- folders of their own -------------------------------------------------------------- */

/* A server that makes the copies itself ("") has its own folder for them. */
static enum err_code own_folder(struct inbox *in, struct imap *m, bool is_draft, struct buf *out, struct err *e)
{
	if (!is_draft && in->config.sent != NULL && in->config.sent[0] != '\0') {
		buf_adds(out, in->config.sent);
		return ERR_OK;
	}
	return imap_folder_for(m, is_draft ? "\\Drafts" : "\\Sent", is_draft ? "Drafts" : "Sent", out, e);
}

static enum err_code append_once(struct imap *m, const char *folder, bool is_draft, struct slice message, struct err *e)
{
	struct imap_command c;
	enum err_code code;
	char size[40];

	imap_command_init(&c, "APPEND");
	imap_say_folder(&c, folder);
	imap_say(&c, is_draft ? " (\\Draft \\Seen)" : " (\\Seen)");
	snprintf(size, sizeof size, " {%zu}\r\n", message.len);
	imap_say(&c, size);
	c.stop[c.stops++] = c.text.len;
	c.tail = message;
	code = imap_run(m, &c, NULL, NULL, e);
	imap_command_release(&c);
	return code;
}

/* A folder that is not there yet is made, once. */
static enum err_code append(struct imap *m, const char *folder, bool is_draft, struct slice message, struct err *e)
{
	struct imap_command c;
	enum err_code code = append_once(m, folder, is_draft, message, e);

	if (code != ERR_REFUSED || e == NULL || strstr(e->text, "TRYCREATE") == NULL)
		return code;
	imap_command_init(&c, "CREATE");
	imap_say_folder(&c, folder);
	code = imap_run(m, &c, NULL, NULL, e);
	imap_command_release(&c);
	return code == ERR_OK ? append_once(m, folder, is_draft, message, e) : code;
}

/* --- traces ------------------------------------------------------------------------------- */

static enum err_code find_by_id(struct imap *m, const char *folder, const char *message_id, uint64_t **uids, size_t *n, uint64_t *validity, struct err *e)
{
	struct imap_command c;
	enum err_code code = imap_select(m, folder, false, validity, e);

	*uids = NULL;
	*n = 0;
	if (code != ERR_OK)
		return code;
	imap_command_init(&c, " HEADER Message-ID");
	imap_say_text(&c, message_id);
	code = imap_search(m, &c, uids, n, e);
	imap_command_release(&c);
	return code;
}

static void put_receipt(struct buf *out, const struct inbox *in, const char *key, bool is_draft, const char *folder, const char *note)
{
	char *id = outgoing_message_id(&in->config, key);
	struct json_out j;

	json_start(&j, out);
	json_open(&j, NULL, '{');
	json_put_text(&j, "message_id", id);
	json_put_text(&j, "from", in->config.from.address);
	if (folder != NULL)
		json_put_text(&j, is_draft ? "draft_in" : "copy_in", folder);
	if (note != NULL)
		json_put_text(&j, "note", note);
	json_close(&j, '}');
	free(id);
}

static bool find_trace(struct inbox *in, const struct mcp_call *call, bool is_draft, struct buf *receipt)
{
	char *id = outgoing_message_id(&in->config, call->key);
	struct buf folder;
	struct imap *m;
	uint64_t *uids = NULL, validity;
	size_t n = 0;
	enum err_code code = inbox_session(in, &m, NULL);

	buf_init(&folder, 0);
	if (code == ERR_OK)
		code = own_folder(in, m, is_draft, &folder, NULL);
	if (code == ERR_OK)
		code = find_by_id(m, buf_text(&folder), id, &uids, &n, &validity, NULL);
	if (code == ERR_OK && n > 0)
		put_receipt(receipt, in, call->key, is_draft, buf_text(&folder), "found by its Message-ID");
	err_ignore(inbox_end(in, code));
	buf_release(&folder);
	free(uids);
	free(id);
	return code == ERR_OK && n > 0;
}

static bool trace_sent(struct inbox *in, const struct mcp_call *call, struct buf *receipt)
{
	return find_trace(in, call, false, receipt);
}

static bool trace_draft(struct inbox *in, const struct mcp_call *call, struct buf *receipt)
{
	return find_trace(in, call, true, receipt);
}

/* --- who is answered ------------------------------------------------------------------------ */

static bool is_recipient(const struct outgoing *o, const char *address)
{
	size_t i;

	for (i = 0; i < o->n; i++)
		if (strcasecmp(o->to[i].address, address) == 0)
			return true;
	return false;
}

/* The mail that is answered, in a few words; and its sender, if the own server vouches
 * for them in every mail of that id, and they are written to. */
static void look_at_answered(struct inbox *in, const struct outgoing *o, struct json_out *about, struct buf *verified)
{
	struct summary *v = NULL;
	struct imap *m;
	uint64_t *uids = NULL, validity;
	size_t n = 0, count = 0, i;
	enum err_code code;
	bool good;

	if (o->in_reply_to == NULL)
		return;
	code = inbox_session(in, &m, NULL);
	if (code == ERR_OK)
		code = find_by_id(m, "INBOX", o->in_reply_to, &uids, &n, &validity, NULL);
	if (code == ERR_OK && n > 0 && n <= ANSWERED_MAX)
		code = summaries(in, m, uids, n, &v, &count, NULL);
	err_ignore(inbox_end(in, code));
	good = code == ERR_OK && count > 0 && count == n;
	for (i = 0; good && i < count; i++)
		good = v[i].head.is_verified && strcasecmp(v[i].head.from_address, v[0].head.from_address) == 0;
	if (good && is_recipient(o, v[0].head.from_address))
		buf_adds(verified, v[0].head.from_address);
	if (count > 0)
		effect_put_mail(about, "answers", &v[0].head);
	summaries_release(v, count);
	free(uids);
}

static void check(struct inbox *in, const struct outgoing *o, bool is_draft, struct mcp_reply *r)
{
	struct buf verified, about, words;
	struct json_out j;
	char target[300];

	buf_init(&verified, 255);
	buf_init(&about, 0);
	buf_init(&words, 0);
	json_start(&j, &about);
	json_open(&j, NULL, '{');
	json_put_text(&j, "from", in->config.from.address);
	look_at_answered(in, o, &j, &verified);
	json_close(&j, '}');
	snprintf(target, sizeof target, "from %s", in->config.from.address);
	buf_addf(&words, "It can be %s: from %s to %zu address%s.", is_draft ? "put among the drafts" : "sent", in->config.from.address, o->n, o->n == 1 ? "" : "es");
	effect_checked(r, target, verified.len > 0 && !verified.over ? buf_text(&verified) : NULL, buf_slice(&about), buf_text(&words));
	buf_release(&verified);
	buf_release(&about);
	buf_release(&words);
}

/* --- doing it ------------------------------------------------------------------------------- */

/* Sent it is; the copy is worth a word, not a failure. */
static void keep_copy(struct inbox *in, const struct mcp_call *call, struct slice message, struct mcp_reply *r)
{
	struct buf folder, receipt;
	struct err why = {0};
	struct imap *m;
	bool wanted = in->config.sent == NULL || in->config.sent[0] != '\0';
	enum err_code code = wanted ? inbox_session(in, &m, &why) : ERR_OK;

	buf_init(&folder, 0);
	buf_init(&receipt, 0);
	if (wanted && code == ERR_OK)
		code = own_folder(in, m, false, &folder, &why);
	if (wanted && code == ERR_OK)
		code = append(m, buf_text(&folder), false, message, &why);
	err_ignore(inbox_end(in, code));
	put_receipt(&receipt, in, call->key, false, wanted && code == ERR_OK ? buf_text(&folder) : NULL, code == ERR_OK ? NULL : why.text);
	effect_done(in, call, buf_slice(&receipt), r);
	buf_release(&folder);
	buf_release(&receipt);
}

static enum err_code send_now(struct inbox *in, const struct mcp_call *call, const struct outgoing *o, struct slice message, struct mcp_reply *r, struct err *e)
{
	struct buf early;

	switch (smtp_send(&in->config, in->secret, o, message, e)) {
	case SMTP_REFUSED:
		receipt_undo(in->state, call->key);
		return e->code;
	case SMTP_UNKNOWN:
		effect_unknown(r, e);
		return ERR_OK;
	case SMTP_ACCEPTED:
		break;
	}
	/* known before the copy is made: that may take long, or break */
	buf_init(&early, 0);
	put_receipt(&early, in, call->key, false, NULL, NULL);
	err_ignore(receipt_keep(in->state, call->key, buf_slice(&early), NULL));
	buf_release(&early);
	keep_copy(in, call, message, r);
	return ERR_OK;
}

static enum err_code draft_now(struct inbox *in, const struct mcp_call *call, struct slice message, struct mcp_reply *r, struct err *e)
{
	struct buf folder, receipt;
	struct imap *m;
	bool begun = false;
	enum err_code code = inbox_session(in, &m, e);

	buf_init(&folder, 0);
	buf_init(&receipt, 0);
	if (code == ERR_OK)
		code = own_folder(in, m, true, &folder, e);
	if (code == ERR_OK) {
		begun = true;
		code = append(m, buf_text(&folder), true, message, e);
	}
	if (code == ERR_OK) {
		put_receipt(&receipt, in, call->key, true, buf_text(&folder), NULL);
		effect_done(in, call, buf_slice(&receipt), r);
	} else if (begun && code != ERR_REFUSED && code != ERR_USAGE) {
		effect_unknown(r, e);
	} else {
		receipt_undo(in->state, call->key);
	}
	err_ignore(inbox_end(in, code));
	buf_release(&folder);
	buf_release(&receipt);
	return r->is_unknown ? ERR_OK : code;
}

static enum err_code run(struct inbox *in, const struct mcp_call *call, bool is_draft, struct mcp_reply *r, struct err *e)
{
	struct outgoing o;
	struct buf message;
	enum err_code code;

	if (effect_known(in, call, is_draft ? trace_draft : trace_sent, r, &code, e))
		return code;
	code = outgoing_read(call->args, &o, e);
	if (code != ERR_OK)
		return code;
	if (call->is_check) {
		check(in, &o, is_draft, r);
		outgoing_release(&o);
		return ERR_OK;
	}
	buf_init(&message, 4 * BODY_MAX + ((size_t)1 << 20));
	outgoing_write(&o, &in->config, call->key, clock_now_us(), &message);
	if (message.over)
		code = err_set(e, ERR_LIMIT, "the mail is too long");
	if (code == ERR_OK && in->secret == NULL)
		code = err_set(e, ERR_AUTH, "this inbox has no password yet");
	if (code == ERR_OK)
		code = receipt_begin(in->state, call->key, slice_of(""), e);
	if (code == ERR_OK)
		code = is_draft ? draft_now(in, call, buf_slice(&message), r, e) : send_now(in, call, &o, buf_slice(&message), r, e);
	buf_release(&message);
	outgoing_release(&o);
	return code;
}

enum err_code inbox_send_mail(void *user, const struct mcp_call *call, struct mcp_reply *r, struct err *e)
{
	return run(user, call, false, r, e);
}

enum err_code inbox_draft(void *user, const struct mcp_call *call, struct mcp_reply *r, struct err *e)
{
	return run(user, call, true, r, e);
}
