/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One walk over the parts, in order. Of each multipart/alternative the best
 * wording is taken: plain text, else HTML. The first wording outside an attachment
 * is the mail's, and further ones that are shown inline are added to it. Whatever
 * else there is gets a number. */
#include "servers/inbox/mail.h"

#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "servers/common/html.h"
#include "servers/inbox/line.h"
#include "servers/inbox/mail_limit.h"
#include "servers/inbox/verify.h"

#define HEAD_MAX 2000		/* bytes of one header's value */

void mail_start(void)
{
	static bool done;

	if (!done)
		g_mime_init();
	done = true;
}

/* --- the head ------------------------------------------------------------------------- */

static char *clean(const char *s, size_t max)
{
	struct buf b;

	buf_init(&b, 0);
	line_add(&b, s, max);
	return buf_take(&b);
}

static char *header(GMimeMessage *m, const char *name, size_t max)
{
	const char *raw = g_mime_object_get_header(GMIME_OBJECT(m), name);
	char *decoded = raw != NULL ? g_mime_utils_header_decode_text(NULL, raw) : NULL, *out = clean(decoded, max);

	g_free(decoded);
	return out;
}

static char *addresses(InternetAddressList *l)
{
	char *text = l != NULL ? internet_address_list_to_string(l, NULL, FALSE) : NULL, *out = clean(text, HEAD_MAX);

	g_free(text);
	return out;
}

/* The sender's address, if it is one and one alone. */
static char *one_address(GMimeMessage *m)
{
	InternetAddressList *l = g_mime_message_get_from(m);
	InternetAddress *a = l != NULL && internet_address_list_length(l) == 1 ? internet_address_list_get_address(l, 0) : NULL;
	GMimeHeaderList *all = g_mime_object_get_header_list(GMIME_OBJECT(m));
	int i, n = 0;

	for (i = 0; i < g_mime_header_list_get_count(all); i++)
		n += g_ascii_strcasecmp(g_mime_header_get_name(g_mime_header_list_get_header_at(all, i)), "From") == 0;
	return n == 1 && a != NULL && INTERNET_ADDRESS_IS_MAILBOX(a) ? clean(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(a)), 254) : xstrdup("");
}

static char *date(GMimeMessage *m)
{
	GDateTime *d = g_mime_message_get_date(m), *utc = d != NULL ? g_date_time_to_utc(d) : NULL;
	char *text = utc != NULL ? g_date_time_format(utc, "%Y-%m-%dT%H:%M:%SZ") : NULL, *out;

	out = text != NULL ? clean(text, 40) : header(m, "Date", 80);
	g_free(text);
	if (utc != NULL)
		g_date_time_unref(utc);
	return out;
}

/* Ids with their brackets, and nothing between them but blanks. */
static char *ids(GMimeMessage *m, const char *name)
{
	const char *p = g_mime_object_get_header(GMIME_OBJECT(m), name), *end;
	struct buf b;
	char *id;

	buf_init(&b, 0);
	for (p = p != NULL ? strchr(p, '<') : NULL; p != NULL && b.len < HEAD_MAX; p = strchr(end, '<')) {
		size_t n = strcspn(p + 1, "<> \t\r\n");

		end = p + 1 + n;
		if (*end != '>' || n == 0 || n > 250)
			continue;
		if (b.len > 0)
			buf_addc(&b, ' ');
		buf_addc(&b, '<');
		id = xstrndup(p + 1, n);
		line_add(&b, id, 260);
		free(id);
		buf_addc(&b, '>');
	}
	return buf_take(&b);
}

static void judge_sender(GMimeMessage *m, const char *authserv, struct mail_head *h)
{
	const char *first = g_mime_object_get_header(GMIME_OBJECT(m), "Authentication-Results");
	struct buf why;

	buf_init(&why, 0);
	h->is_verified = sender_verified(slice_of(first), authserv, h->from_address, &why);
	h->verified_by = clean(buf_text(&why), 120);
	buf_release(&why);
}

static void read_head(GMimeMessage *m, const char *authserv, struct mail_head *h)
{
	h->from = addresses(g_mime_message_get_from(m));
	h->from_address = one_address(m);
	h->to = addresses(g_mime_message_get_to(m));
	h->cc = addresses(g_mime_message_get_cc(m));
	h->reply_to = addresses(g_mime_message_get_reply_to(m));
	h->subject = clean(g_mime_message_get_subject(m), HEAD_MAX);
	h->date = date(m);
	h->message_id = ids(m, "Message-ID");
	h->in_reply_to = ids(m, "In-Reply-To");
	h->references = ids(m, "References");
	judge_sender(m, authserv, h);
}

void mail_head_release(struct mail_head *h)
{
	free(h->from);
	free(h->from_address);
	free(h->to);
	free(h->cc);
	free(h->reply_to);
	free(h->subject);
	free(h->date);
	free(h->message_id);
	free(h->in_reply_to);
	free(h->references);
	free(h->verified_by);
	*h = (struct mail_head){.from = NULL};
}

/* --- words ------------------------------------------------------------------------------- */

static GMimeStream *decoded(GMimePart *part)
{
	GMimeDataWrapper *w = g_mime_part_get_content(part);
	const char *charset = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
	GMimeStream *raw = w != NULL ? g_mime_data_wrapper_get_stream(w) : NULL, *out;
	GMimeFilter *f;

	if (raw == NULL)
		return NULL;
	g_mime_stream_reset(raw);
	out = g_mime_stream_filter_new(raw);
	f = g_mime_filter_basic_new(g_mime_data_wrapper_get_encoding(w), FALSE);
	if (f != NULL) {
		g_mime_stream_filter_add(GMIME_STREAM_FILTER(out), f);
		g_object_unref(f);
	}
	/* No word on it, or an unknown one: UTF-8 if it is that, and marks where it is not. */
	f = charset != NULL && g_ascii_strcasecmp(charset, "utf-8") != 0 && g_ascii_strcasecmp(charset, "us-ascii") != 0 ? g_mime_filter_charset_new(charset, "utf-8") : NULL;
	if (f != NULL) {
		g_mime_stream_filter_add(GMIME_STREAM_FILTER(out), f);
		g_object_unref(f);
	}
	return out;
}

/* At most MAIL_TEXT_MAX bytes of its decoded content. */
static void read_content(GMimePart *part, struct buf *out, bool *is_cut)
{
	GMimeStream *s = decoded(part);
	char bytes[8192];
	ssize_t n;

	if (s == NULL)
		return;
	while (out->len < MAIL_TEXT_MAX && (n = g_mime_stream_read(s, bytes, sizeof bytes)) > 0)
		buf_add(out, bytes, (size_t)n);
	*is_cut = *is_cut || out->len >= MAIL_TEXT_MAX;
	g_object_unref(s);
}

static bool is_html(GMimeObject *o)
{
	return g_mime_content_type_is_type(g_mime_object_get_content_type(o), "text", "html");
}

static void take_words(struct mail *m, GMimePart *part)
{
	struct buf raw, words;

	buf_init(&raw, MAIL_TEXT_MAX + 65536);
	buf_init(&words, MAIL_TEXT_MAX);
	read_content(part, &raw, &m->is_cut);
	if (is_html(GMIME_OBJECT(part))) {
		html_to_text(buf_slice(&raw), &words);
		m->is_html = true;
	} else {
		buf_add(&words, buf_text(&raw), raw.len < MAIL_TEXT_MAX ? raw.len : MAIL_TEXT_MAX);
	}
	m->is_cut = m->is_cut || words.over;
	if (m->text.len > 0)
		buf_adds(&m->text, "\n");
	m->hidden += lines_add(&m->text, buf_slice(&words));
	m->is_cut = m->is_cut || m->text.over;
	buf_release(&raw);
	buf_release(&words);
}

/* --- parts -------------------------------------------------------------------------------- */

struct walk {
	struct mail *m;
	int looked_at, wanted;	/* 0: none is wanted */
	GMimeObject *found;	/* the one that is wanted; borrowed */
};

static void name_part(struct walk *w, GMimeObject *o)
{
	struct mail *m = w->m;
	char *type = g_mime_content_type_get_mime_type(g_mime_object_get_content_type(o));
	const char *name = GMIME_IS_PART(o) ? g_mime_part_get_filename(GMIME_PART(o)) : NULL;
	GMimeDataWrapper *content = GMIME_IS_PART(o) ? g_mime_part_get_content(GMIME_PART(o)) : NULL;
	GMimeMessage *inner = GMIME_IS_MESSAGE_PART(o) ? g_mime_message_part_get_message(GMIME_MESSAGE_PART(o)) : NULL;
	struct mail_part p = {.number = (int)m->parts_n + 1, .bytes = -1};

	if (name == NULL && inner != NULL)
		name = g_mime_message_get_subject(inner);
	p.name = clean(name, 200);
	p.type = clean(type, 100);
	if (content != NULL && g_mime_data_wrapper_get_stream(content) != NULL)
		p.bytes = g_mime_stream_length(g_mime_data_wrapper_get_stream(content));
	m->parts = xreallocarray(m->parts, m->parts_n + 1, sizeof *m->parts);
	m->parts[m->parts_n++] = p;
	if (p.number == w->wanted)
		w->found = o;
	g_free(type);
}

static bool holds_words(GMimeObject *o)
{
	const char *how = g_mime_object_get_disposition(o);
	GMimeContentType *t = g_mime_object_get_content_type(o);

	return GMIME_IS_PART(o) && (how == NULL || g_ascii_strcasecmp(how, "attachment") != 0) && g_mime_part_get_filename(GMIME_PART(o)) == NULL &&
	       (g_mime_content_type_is_type(t, "text", "plain") || g_mime_content_type_is_type(t, "text", "html"));
}

static void look_at(struct walk *w, GMimeObject *o, int depth);

/* Which child of an alternative holds the words: plain text, else what can hold any. */
static int best_of(GMimeMultipart *all)
{
	int i, best = -1, n = g_mime_multipart_get_count(all);

	for (i = 0; i < n && i < MAIL_PARTS_MAX; i++) {
		GMimeObject *o = g_mime_multipart_get_part(all, i);

		if (holds_words(o) && !is_html(o))
			return i;
		if (holds_words(o) || GMIME_IS_MULTIPART(o))
			best = i;
	}
	return best;
}

static void look_at_children(struct walk *w, GMimeMultipart *all, int depth)
{
	bool choose = g_mime_content_type_is_type(g_mime_object_get_content_type(GMIME_OBJECT(all)), "multipart", "alternative");
	int i, best = choose ? best_of(all) : -1, n = g_mime_multipart_get_count(all);

	for (i = 0; i < n; i++) {
		GMimeObject *o = g_mime_multipart_get_part(all, i);

		if (choose && i != best && (holds_words(o) || GMIME_IS_MULTIPART(o)))
			continue;	/* the same again in other words */
		look_at(w, o, depth + 1);
		if (w->m->parts_are_cut)
			return;
	}
}

static void look_at(struct walk *w, GMimeObject *o, int depth)
{
	if (depth > MAIL_DEPTH_MAX || w->looked_at++ >= MAIL_PARTS_MAX) {
		w->m->parts_are_cut = true;
		return;
	}
	if (GMIME_IS_MULTIPART(o))
		look_at_children(w, GMIME_MULTIPART(o), depth);
	else if (!holds_words(o))
		name_part(w, o);
	else if (w->wanted == 0)
		take_words(w->m, GMIME_PART(o));
}

static enum err_code read_message(GMimeMessage *message, const struct mail_ask *ask, struct mail *out, struct err *e);

/* The words of one attachment: of a text, or of a mail that was attached. */
static enum err_code read_part(const struct walk *w, struct mail *out, struct err *e)
{
	static const struct mail_ask whole = {.authserv = NULL};
	GMimeObject *o = w->found;

	if (o == NULL)
		return err_set(e, ERR_MISSING, "the mail has no part %d", w->wanted);
	if (GMIME_IS_MESSAGE_PART(o) && g_mime_message_part_get_message(GMIME_MESSAGE_PART(o)) != NULL) {
		struct mail inner;
		enum err_code code = read_message(g_mime_message_part_get_message(GMIME_MESSAGE_PART(o)), &whole, &inner, e);

		if (code == ERR_OK) {
			buf_addf(&out->text, "from: %s\nto: %s\ndate: %s\nsubject: %s\n\n", inner.head.from, inner.head.to, inner.head.date, inner.head.subject);
			buf_add_slice(&out->text, buf_slice(&inner.text));
			out->is_cut = inner.is_cut;
		}
		mail_release(&inner);
		return code;
	}
	if (GMIME_IS_PART(o) && g_mime_content_type_is_type(g_mime_object_get_content_type(o), "text", "*")) {
		take_words(out, GMIME_PART(o));
		return ERR_OK;
	}
	return err_set(e, ERR_USAGE, "part %d holds no words that can be read here", w->wanted);
}

static enum err_code read_message(GMimeMessage *message, const struct mail_ask *ask, struct mail *out, struct err *e)
{
	struct walk w = {.m = out, .wanted = ask->part};
	GMimeObject *body = g_mime_message_get_mime_part(message);

	*out = (struct mail){.is_html = false};
	buf_init(&out->text, MAIL_TEXT_MAX);
	read_head(message, ask->authserv, &out->head);
	if (body != NULL)
		look_at(&w, body, 0);
	return ask->part > 0 ? read_part(&w, out, e) : ERR_OK;
}

/* --- from bytes ----------------------------------------------------------------------------- */

static GMimeMessage *parse(GMimeStream *s)
{
	GMimeParser *p = g_mime_parser_new_with_stream(s);
	GMimeMessage *m;

	g_mime_parser_set_persist_stream(p, TRUE);	/* parts stay in the file */
	g_mime_parser_set_format(p, GMIME_FORMAT_MESSAGE);
	m = g_mime_parser_construct_message(p, NULL);
	g_object_unref(p);
	return m;
}

enum err_code mail_read(int fd, const struct mail_ask *ask, struct mail *out, struct err *e)
{
	gint64 cut = mail_limit_file(fd);
	GMimeStream *s = g_mime_stream_fs_new_with_bounds(fd, 0, cut);
	GMimeMessage *m;
	enum err_code code;

	*out = (struct mail){.is_html = false};
	g_mime_stream_fs_set_owner(GMIME_STREAM_FS(s), FALSE);
	g_mime_stream_reset(s);
	m = parse(s);
	if (m == NULL)
		code = err_set(e, ERR_PROTO, "that is no mail");
	else
		code = read_message(m, ask, out, e);
	out->parts_are_cut = out->parts_are_cut || cut >= 0;
	if (m != NULL)
		g_object_unref(m);
	g_object_unref(s);
	return code;
}

void mail_read_head(struct slice bytes, const char *authserv, struct mail_head *out)
{
	struct slice start = mail_limit_head(bytes);
	GMimeStream *s = g_mime_stream_mem_new_with_buffer(start.p, start.len);
	GMimeMessage *m = parse(s);

	*out = (struct mail_head){.from = NULL};
	if (m == NULL)
		m = g_mime_message_new(FALSE);	/* it is there, and says nothing */
	read_head(m, authserv, out);
	g_object_unref(m);
	g_object_unref(s);
}

void mail_release(struct mail *m)
{
	size_t i;

	for (i = 0; i < m->parts_n; i++) {
		free(m->parts[i].name);
		free(m->parts[i].type);
	}
	free(m->parts);
	mail_head_release(&m->head);
	buf_release(&m->text);
	*m = (struct mail){.is_html = false};
}
