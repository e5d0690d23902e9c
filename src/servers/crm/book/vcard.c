/* SPDX-License-Identifier: GPL-3.0-or-later */
/* vCard (RFC 6350; 3.0 reads alike as far as it is read here): lines unfolded,
 * groups and parameters left aside, the first value of each kind taken. */
#include "servers/crm/book/port.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "base/text.h"
#include "base/utf8.h"

static const struct {
	const char *property, *field;
} properties[] = {{"FN", "name"}, {"EMAIL", "email"}, {"TEL", "phone"}, {"ORG", "company"}, {"TITLE", "title"}, {"ADR", "address"},
	{"CATEGORIES", "tags"}, {"URL", "url"}};

/* --- reading ------------------------------------------------------------------------ */

/* One content line with its continuations; false at the end. */
static bool next_line(struct slice *rest, struct buf *out)
{
	struct slice line;

	buf_clear(out);
	if (!text_line(rest, &line))
		return false;
	buf_add_slice(out, line);
	while (rest->len > 0 && (*rest->p == ' ' || *rest->p == '\t') && text_line(rest, &line))
		buf_add(out, line.p + 1, line.len - 1);
	return true;
}

/* Escapes undone, control bytes left out; the parts of a structured value are joined by commas. */
static char *value_of(const char *raw, bool structured)
{
	struct buf b;

	buf_init(&b, 0);
	for (; *raw != '\0'; raw++) {
		if (*raw == '\\' && raw[1] != '\0') {
			raw++;
			if (*raw == 'n' || *raw == 'N')
				buf_addc(&b, '\n');
			else if ((unsigned char)*raw >= 0x20 && *raw != 0x7F)
				buf_addc(&b, *raw);
		} else if (*raw == ';' && structured) {
			if (b.len > 0 && b.p[b.len - 1] != ' ')
				buf_adds(&b, ", ");
		} else if ((unsigned char)*raw >= 0x20 && *raw != 0x7F) {
			buf_addc(&b, *raw);
		}
	}
	while (b.len > 0 && (b.p[b.len - 1] == ' ' || b.p[b.len - 1] == ','))
		b.p[--b.len] = '\0';
	return buf_take(&b);
}

/* "item1.EMAIL;TYPE=work:x" is EMAIL and x. The line is cut up. */
static const char *split(char *line, const char **value)
{
	char *colon = strchr(line, ':'), *name = line, *end;

	if (colon == NULL)
		return NULL;
	*colon = '\0';
	*value = colon + 1;
	end = strpbrk(name, ";");
	if (end != NULL)
		*end = '\0';
	if (strchr(name, '.') != NULL)
		name = strchr(name, '.') + 1;
	return name;
}

/* At most so many bytes, never half a character. */
static char *cut(char *text, size_t most)
{
	if (strlen(text) > most) {
		while (most > 0 && ((unsigned char)text[most] & 0xC0) == 0x80)
			most--;
		text[most] = '\0';
	}
	return text;
}

static void take_property(struct record *r, char **note, const char *name, const char *raw)
{
	size_t i;

	for (i = 0; i < LENGTH(properties); i++) {
		char *value;

		if (strcasecmp(properties[i].property, name) != 0 || record_get(r, properties[i].field) != NULL)
			continue;
		value = value_of(strncasecmp(raw, "mailto:", 7) == 0 || strncasecmp(raw, "tel:", 4) == 0 ? strchr(raw, ':') + 1 : raw,
		    strcasecmp(name, "ORG") == 0 || strcasecmp(name, "ADR") == 0);
		if (value[0] != '\0')
			err_ignore(record_set(r, properties[i].field, value, NULL));
		free(value);
	}
	if (strcasecmp(name, "NOTE") == 0 && *note == NULL)
		*note = cut(value_of(raw, false), NOTE_MAX);
}

enum err_code port_vcard_in(struct book *b, struct slice text, struct port_count *n, struct err *e)
{
	struct record r = {.kind = RECORD_CONTACT};
	char *note = NULL;
	const char *name, *value;
	struct buf line;
	bool open = false;
	int card = 0;
	enum err_code code = utf8_valid(text) ? book_begin(b, e) : err_set(e, ERR_PROTO, "the file is no UTF-8 text");

	*n = (struct port_count){.added = 0};
	buf_init(&line, 1 << 20);
	while (code == ERR_OK && next_line(&text, &line)) {
		name = line.len > 0 ? split(line.p, &value) : NULL;
		if (name == NULL)
			continue;
		if (strcasecmp(name, "BEGIN") == 0 && strcasecmp(value, "VCARD") == 0) {
			if (open)
				port_broken(n, card, "the card has no end");
			record_release(&r);
			free(note);	/* it was the other card's */
			note = NULL;
			open = true;
			card++;
		} else if (open && strcasecmp(name, "END") == 0) {
			code = port_take(b, &r, note, card, n, e);
			free(note);
			note = NULL;
			open = false;
			r = (struct record){.kind = RECORD_CONTACT};
		} else if (open) {
			take_property(&r, &note, name, value);
		}
	}
	if (code == ERR_OK && open)
		port_broken(n, card, "the card has no end");
	if (code == ERR_OK && card == 0)
		code = err_set(e, ERR_PROTO, "the file holds no vCard");
	record_release(&r);
	free(note);
	buf_release(&line);
	return book_end(b, code, e);
}

/* --- writing -------------------------------------------------------------------------- */

/* Folded at 75 bytes, never inside a character. */
static void put_folded(struct buf *out, struct slice line)
{
	size_t cols = 0, i;

	for (i = 0; i < line.len; i++) {
		if (cols >= 74 && ((unsigned char)line.p[i] & 0xC0) != 0x80) {
			buf_adds(out, "\r\n ");
			cols = 1;
		}
		buf_addc(out, line.p[i]);
		cols++;
	}
	buf_adds(out, "\r\n");
}

static void put_property(struct buf *out, const char *property, const char *value)
{
	struct buf line;

	buf_init(&line, 0);
	buf_addf(&line, "%s:", property);
	for (; *value != '\0'; value++) {
		if (*value == '\n') {
			buf_adds(&line, "\\n");
			continue;
		}
		if (strchr("\\,;", *value) != NULL)
			buf_addc(&line, '\\');
		buf_addc(&line, *value);
	}
	put_folded(out, buf_slice(&line));
	buf_release(&line);
}

static void put_card(void *user, const struct record *r)
{
	struct buf *out = user;
	size_t i;

	buf_adds(out, "BEGIN:VCARD\r\nVERSION:4.0\r\n");
	for (i = 0; i < LENGTH(properties); i++)
		if (record_get(r, properties[i].field) != NULL)
			put_property(out, properties[i].property, record_get(r, properties[i].field));
	buf_adds(out, "END:VCARD\r\n");
}

enum err_code port_vcard_out(struct book *b, struct buf *out, struct err *e)
{
	struct book_filter f = {.kind = RECORD_CONTACT, .limit = INT32_MAX - 1};
	bool more;

	return book_search(b, &f, put_card, out, &more, e);
}
