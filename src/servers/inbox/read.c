/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tool read: one mail. Its bytes go to a file without a name, never into
 * memory as a whole. */
#include <inttypes.h>
#include <malloc.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/json.h"
#include "servers/inbox/fetch.h"
#include "servers/inbox/inbox.h"

#define BYTES_USUAL 20000
#define BYTES_MAX 100000
#define READ_S 30

/* --- the answer ---------------------------------------------------------------------- */

static void put_line(struct buf *out, const char *name, const char *value)
{
	if (value[0] != '\0')
		buf_addf(out, "%s: %s\n", name, value);
}

static void put_head(struct buf *out, const char *id, const struct fetched *f, const struct mail_head *h)
{
	buf_addf(out, "id: %s\n", id);
	put_line(out, "from", h->from);
	buf_addf(out, "sender: %s (%s)\n", h->is_verified ? "verified" : "not verified", h->verified_by);
	put_line(out, "reply-to", h->reply_to);
	put_line(out, "to", h->to);
	put_line(out, "cc", h->cc);
	put_line(out, "date", h->date);
	put_line(out, "subject", h->subject);
	put_line(out, "message-id", h->message_id);
	put_line(out, "in-reply-to", h->in_reply_to);
	put_line(out, "references", h->references);
	buf_addf(out, "state: %s%s%s\n", f->is_seen ? "read" : "unread", f->is_flagged ? ", flagged" : "", f->is_answered ? ", answered" : "");
}

static void put_parts(struct buf *out, const struct mail *m)
{
	size_t i;

	for (i = 0; i < m->parts_n; i++) {
		buf_addf(out, "attachment %d: %s, %s", m->parts[i].number, m->parts[i].name[0] != '\0' ? m->parts[i].name : "without a name", m->parts[i].type);
		if (m->parts[i].bytes >= 0)
			buf_addf(out, ", %" PRId64 " bytes as sent", m->parts[i].bytes);
		buf_addc(out, '\n');
	}
	if (m->parts_are_cut)
		buf_adds(out, "note: the mail has more parts, or deeper ones, than are looked at\n");
}

/* Never inside a character. */
static size_t character_start(const struct buf *b, size_t at)
{
	if (at >= b->len)
		return b->len;
	while (at > 0 && ((unsigned char)b->p[at] & 0xC0) == 0x80)
		at--;
	return at;
}

static void put_text(struct buf *out, const struct mail *m, const struct fetched *f, int64_t offset, int64_t bytes)
{
	size_t from = character_start(&m->text, (size_t)offset), to = character_start(&m->text, from + (size_t)bytes);

	if (f->is_cut)
		buf_addf(out, "note: the mail has %" PRIu64 " bytes; only its first part was looked at\n", f->bytes);
	if (m->hidden > 0)
		buf_addf(out, "note: %zu characters that nobody sees were left out\n", m->hidden);
	buf_addf(out, "text: bytes %zu to %zu of %s%zu%s\n\n", from, to, m->is_cut ? "more than " : "", m->text.len, m->is_html ? ", taken from HTML" : "");
	if (to > from)
		buf_add(out, m->text.p + from, to - from);
	if (to < m->text.len)
		buf_addf(out, "\n[there is more: read it with offset %zu]\n", to);
}

/* For the office: where it came from, and how far it can be trusted. */
static void put_structured(struct buf *out, const char *id, const struct mail_head *h)
{
	struct json_out j;

	json_start(&j, out);
	json_open(&j, NULL, '{');
	json_put_text(&j, "source", "mail");
	json_put_text(&j, "trust", "untrusted");
	json_put_text(&j, "id", id);
	json_put_text(&j, "message_id", h->message_id);
	json_put_text(&j, "from", h->from_address);
	json_put_bool(&j, "sender_verified", h->is_verified);
	json_put_text(&j, "verified_by", h->verified_by);
	json_close(&j, '}');
}

/* --- the tool -------------------------------------------------------------------------- */

enum err_code inbox_read(void *user, const struct mcp_call *call, struct mcp_reply *r, struct err *e)
{
	struct inbox *in = user;
	const char *text_id = json_text(call->args, "id");
	struct mail_ask ask = {.authserv = in->config.authserv};
	struct mail mail = {.is_html = false};
	struct fetched f = {.bytes = 0};
	struct mail_id id;
	int64_t offset = 0, bytes = BYTES_USUAL, part = 0;
	int fd = -1;
	enum err_code code = mail_id_parse(text_id, &id, e);

	(void)json_int(call->args, "offset", &offset);
	(void)json_int(call->args, "bytes", &bytes);
	(void)json_int(call->args, "part", &part);
	if (code == ERR_OK && (offset < 0 || offset > (int64_t)MAIL_TEXT_MAX || bytes < 1 || bytes > BYTES_MAX || part < 0 || part > MAIL_PARTS_MAX))
		code = err_set(e, ERR_USAGE, "bytes must be 1 to %d, offset and part not below 0", BYTES_MAX);
	ask.part = (int)part;
	if (code == ERR_OK)
		code = fetch_open_file(in->state, &fd, e);
	if (code == ERR_OK)
		code = inbox_end(in, fetch_mail(in, &id, fd, &f, e));
	if (code == ERR_OK) {
		/* A mail that is made to take for ever ends this process: the office starts another. */
		alarm(READ_S);
		code = mail_read(fd, &ask, &mail, e);
		alarm(0);
	}
	if (code == ERR_OK) {
		put_head(&r->text, text_id, &f, &mail.head);
		put_parts(&r->text, &mail);
		put_text(&r->text, &mail, &f, offset, bytes);
		put_structured(&r->structured, text_id, &mail.head);
	}
	mail_release(&mail);
	malloc_trim(0);	/* a mail's worth of memory is not kept for the next */
	mail_id_release(&id);
	fd_close(&fd);
	return code;
}
