/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/inbox/compose.h"

#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"

#define SUBJECT_MAX 900
#define IDS_MAX 50
#define ID_MAX 250

/* --- reading what was approved ------------------------------------------------------ */

static enum err_code take_addresses(const cJSON *payload, const char *name, struct outgoing *o, struct err *e)
{
	const cJSON *list = json_member(payload, name), *m;
	enum err_code code = ERR_OK;

	if (list != NULL && !cJSON_IsArray(list))
		return err_set(e, ERR_USAGE, "%s must be a list of addresses", name);
	cJSON_ArrayForEach(m, list) {
		if (!cJSON_IsString(m))
			return err_set(e, ERR_USAGE, "%s must be a list of addresses", name);
		if (o->n == RECIPIENTS_MAX)
			return err_set(e, ERR_USAGE, "a mail goes to at most %d addresses", RECIPIENTS_MAX);
		o->to = xreallocarray(o->to, o->n + 1, sizeof *o->to);
		code = mail_address_parse(slice_of(m->valuestring), &o->to[o->n], e);
		if (code != ERR_OK)
			return code;
		o->n++;
	}
	return code;
}

/* One line: no control character of any kind, so no header can be added. */
static bool is_line(const char *s, size_t max)
{
	struct slice rest = slice_of(s);
	uint32_t cp;
	size_t n;

	if (rest.len > max || strstr(s, "=?") != NULL)	/* what looks encoded would arrive as other words than were shown */
		return false;
	for (; rest.len > 0; rest = slice_make(rest.p + n, rest.len - n)) {
		n = utf8_decode(rest, &cp);
		if (n == 0 || cp < ' ' || (cp >= 0x7F && cp < 0xA0) || cp == 0x2028 || cp == 0x2029)
			return false;
	}
	return true;
}

static bool is_id(const char *s)
{
	size_t n = strlen(s), i;

	if (n < 5 || n > ID_MAX || s[0] != '<' || s[n - 1] != '>')
		return false;
	for (i = 1; i + 1 < n; i++)
		if (s[i] <= ' ' || (unsigned char)s[i] >= 0x7F || s[i] == '<' || s[i] == '>')
			return false;
	return true;
}

static enum err_code take_references(const cJSON *payload, struct outgoing *o, struct err *e)
{
	const cJSON *list = json_member(payload, "references"), *m;
	struct buf b;
	size_t n = 0;
	bool ok = list == NULL || cJSON_IsArray(list);

	buf_init(&b, 0);
	cJSON_ArrayForEach(m, list) {
		ok = ok && cJSON_IsString(m) && is_id(m->valuestring) && ++n <= IDS_MAX;
		if (!ok)
			break;
		buf_addf(&b, "%s%s", b.len > 0 ? " " : "", m->valuestring);
	}
	if (ok && b.len == 0 && o->in_reply_to != NULL)
		buf_adds(&b, o->in_reply_to);
	o->references = b.len > 0 ? buf_take(&b) : NULL;
	buf_release(&b);
	return ok ? ERR_OK : err_set(e, ERR_USAGE, "references must be a list of at most %d message ids, each <...>", IDS_MAX);
}

static enum err_code check_body(const char *s, struct err *e)
{
	const unsigned char *p;

	if (strlen(s) > BODY_MAX)
		return err_set(e, ERR_USAGE, "the body is longer than %zu bytes", BODY_MAX);
	for (p = (const unsigned char *)s; *p != '\0'; p++)
		if ((*p < ' ' && *p != '\n' && *p != '\t') || *p == 0x7F)
			return err_set(e, ERR_USAGE, "the body holds a control character: only line feeds and tabs can be sent");
	return ERR_OK;
}

enum err_code outgoing_read(const cJSON *payload, struct outgoing *o, struct err *e)
{
	enum err_code code;

	*o = (struct outgoing){.subject = json_text(payload, "subject"), .body = json_text(payload, "body"), .in_reply_to = json_text(payload, "in_reply_to")};
	code = take_addresses(payload, "to", o, e);
	o->cc_at = o->n;
	if (code == ERR_OK)
		code = take_addresses(payload, "cc", o, e);
	o->bcc_at = o->n;
	if (code == ERR_OK)
		code = take_addresses(payload, "bcc", o, e);
	if (code == ERR_OK && (o->cc_at == 0 || o->subject == NULL || o->body == NULL))
		code = err_set(e, ERR_USAGE, "a mail needs to, subject and body");
	if (code == ERR_OK && !is_line(o->subject, SUBJECT_MAX))
		code = err_set(e, ERR_USAGE, "the subject holds a line break, another control character or =?, or is longer than %d bytes", SUBJECT_MAX);
	if (code == ERR_OK)
		code = check_body(o->body, e);
	if (code == ERR_OK && json_member(payload, "in_reply_to") != NULL && (o->in_reply_to == NULL || !is_id(o->in_reply_to)))
		code = err_set(e, ERR_USAGE, "in_reply_to must be the message id of the mail that is answered, <...>");
	if (code == ERR_OK)
		code = take_references(payload, o, e);
	if (code != ERR_OK)
		outgoing_release(o);
	return code;
}

void outgoing_release(struct outgoing *o)
{
	size_t i;

	for (i = 0; i < o->n; i++)
		mail_address_release(&o->to[i]);
	free(o->to);
	free(o->references);
	*o = (struct outgoing){.to = NULL};
}

/* --- writing it ------------------------------------------------------------------------- */

char *outgoing_message_id(const struct inbox_config *c, const char *key)
{
	return xasprintf("<%s%s>", key, strchr(c->from.address, '@'));
}

static void add_mailbox(GMimeMessage *m, GMimeAddressType type, const struct mail_address *a)
{
	g_mime_message_add_mailbox(m, type, a->name[0] != '\0' ? a->name : NULL, a->address);
}

static GMimeObject *body_part(const char *text)
{
	GMimePart *part = g_mime_part_new_with_type("text", "plain");
	GMimeStream *s = g_mime_stream_mem_new_with_buffer(text, strlen(text));
	GMimeDataWrapper *w = g_mime_data_wrapper_new_with_stream(s, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	g_mime_part_set_content(part, w);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	g_object_unref(w);
	g_object_unref(s);
	return GMIME_OBJECT(part);
}

static void set_date(GMimeMessage *m, int64_t now_us)
{
	GDateTime *d = g_date_time_new_from_unix_utc(now_us / US_PER_S);

	g_mime_message_set_date(m, d);
	g_date_time_unref(d);
}

static void write_out(GMimeMessage *m, bool ends_in_line, struct buf *out)
{
	GMimeFormatOptions *f = g_mime_format_options_new();
	GMimeStream *s = g_mime_stream_mem_new();
	GByteArray *bytes;
	size_t n;

	g_mime_format_options_set_newline_format(f, GMIME_NEWLINE_FORMAT_DOS);
	g_mime_object_write_to_stream(GMIME_OBJECT(m), f, s);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(s));
	n = bytes->len;
	if (n >= 2 && memcmp(bytes->data + n - 2, "\r\n", 2) == 0)
		n -= 2;
	if (n > 0 && bytes->data[n - 1] == '=')	/* never a text's own, which is =3D */
		n--;
	buf_add(out, bytes->data, n);
	/* A mail ends in a line's end; a text that does not gets a soft one, which decodes to nothing. */
	buf_adds(out, ends_in_line ? "\r\n" : "=\r\n");
	g_object_unref(s);
	g_mime_format_options_free(f);
}

void outgoing_write(const struct outgoing *o, const struct inbox_config *c, const char *key, int64_t now_us, struct buf *out)
{
	GMimeMessage *m = g_mime_message_new(TRUE);
	char *id = outgoing_message_id(c, key), *bare = xstrndup(id + 1, strlen(id) - 2);
	GMimeObject *body = body_part(o->body);
	size_t i;

	add_mailbox(m, GMIME_ADDRESS_TYPE_FROM, &c->from);
	for (i = 0; i < o->bcc_at; i++)
		add_mailbox(m, i < o->cc_at ? GMIME_ADDRESS_TYPE_TO : GMIME_ADDRESS_TYPE_CC, &o->to[i]);
	g_mime_message_set_subject(m, o->subject, "utf-8");
	set_date(m, now_us);
	g_mime_message_set_message_id(m, bare);
	if (o->in_reply_to != NULL)
		g_mime_object_set_header(GMIME_OBJECT(m), "In-Reply-To", o->in_reply_to, NULL);
	if (o->references != NULL)
		g_mime_object_set_header(GMIME_OBJECT(m), "References", o->references, NULL);
	g_mime_object_set_header(GMIME_OBJECT(m), "MIME-Version", "1.0", NULL);
	g_mime_message_set_mime_part(m, body);
	write_out(m, o->body[0] == '\0' || o->body[strlen(o->body) - 1] == '\n', out);
	g_object_unref(body);
	g_object_unref(m);
	free(bare);
	free(id);
}
