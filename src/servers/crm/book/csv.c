/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/crm/book/port.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"

#define COLUMNS_MAX 1024

void port_broken(struct port_count *n, int place, const char *why)
{
	if (n->broken++ > 0)
		return;
	n->first_broken = place;
	snprintf(n->why, sizeof n->why, "%.120s", why);
}

enum err_code port_take(struct book *b, struct record *r, const char *note, int place, struct port_count *n, struct err *e)
{
	struct err why = {0};
	int64_t twin = 0;
	enum err_code code = record_check(r, &why);

	if (code != ERR_OK) {
		port_broken(n, place, why.text);
		code = ERR_OK;
	} else {
		code = book_twin(b, r, &twin, e);
		if (code == ERR_OK && twin != 0) {
			n->there++;
		} else if (code == ERR_OK) {
			code = book_add(b, r, clock_now_us(), e);
			if (code == ERR_OK && note != NULL && note[0] != '\0')
				code = book_add_note(b, r->id, note, 0, clock_now_us(), e);
			n->added++;
		}
	}
	record_release(r);
	return code;
}

/* --- reading ---------------------------------------------------------------------- */

struct csv {
	const char *p, *end;
	int line;
	char separator;
};

/* The next field of the row; *last: it was the row's last. The caller frees. */
static char *next_field(struct csv *c, bool *last)
{
	struct buf b;
	bool quoted = c->p < c->end && *c->p == '"';

	buf_init(&b, 0);
	if (quoted)
		c->p++;
	while (c->p < c->end) {
		if (quoted && *c->p == '"' && (c->p + 1 == c->end || c->p[1] != '"')) {
			quoted = false;
			c->p++;
			continue;
		}
		if (!quoted && (*c->p == c->separator || *c->p == '\n'))
			break;
		if (quoted && *c->p == '"')
			c->p++;
		if (*c->p == '\n')
			c->line++;
		if (*c->p != '\r' && *c->p != '\0')
			buf_addc(&b, *c->p);
		c->p++;
	}
	*last = c->p == c->end || *c->p == '\n';
	if (c->p < c->end && *c->p == '\n')
		c->line++;
	c->p += c->p < c->end;
	return b.len > 0 ? buf_take(&b) : xstrdup("");
}

/* "E-mail Address" is email, "First Name" first_name. */
static void field_name(const char *column, char out[FIELD_NAME_MAX + 1])
{
	static const struct {
		const char *from, *to;
	} known[] = {{"e_mail", "email"}, {"email_address", "email"}, {"e_mail_address", "email"}, {"mail", "email"}, {"full_name", "name"},
		{"display_name", "name"}, {"organization", "company"}, {"organisation", "company"}, {"company_name", "company"}, {"telephone", "phone"},
		{"phone_number", "phone"}, {"mobile", "phone"}, {"deal_name", "title"}, {"deal_stage", "stage"}, {"job_title", "title"}};
	size_t n = 0, i;

	for (; *column != '\0' && n < FIELD_NAME_MAX; column++) {
		if (isalnum((unsigned char)*column) && (n > 0 || isalpha((unsigned char)*column)))
			out[n++] = (char)tolower((unsigned char)*column);
		else if (n > 0 && out[n - 1] != '_')
			out[n++] = '_';
	}
	while (n > 0 && out[n - 1] == '_')
		n--;
	out[n] = '\0';
	for (i = 0; i < LENGTH(known); i++)
		if (strcmp(out, known[i].from) == 0)
			snprintf(out, FIELD_NAME_MAX + 1, "%s", known[i].to);
}

/* first_name and last_name, where there is no name. */
static enum err_code join_name(struct record *r, struct err *e)
{
	const char *first = record_get(r, "first_name"), *last = record_get(r, "last_name");
	enum err_code code;
	char *name;

	if (r->kind != RECORD_CONTACT || record_get(r, "name") != NULL || (first == NULL && last == NULL))
		return ERR_OK;
	name = xasprintf("%s%s%s", first != NULL ? first : "", first != NULL && last != NULL ? " " : "", last != NULL ? last : "");
	code = record_set(r, "name", name, e);
	free(name);
	return code;
}

/* Would a spreadsheet run it? Then a quote goes before it, and one more before those that stand there already. */
static bool wants_quote(const char *value)
{
	value += strspn(value, "'");
	return *value != '\0' && strchr("=+-@\t", *value) != NULL;
}

/* The first column that says something counts, where two have one name. */
static enum err_code take_row(struct csv *c, char names[][FIELD_NAME_MAX + 1], int columns, struct record *r, struct err *e)
{
	enum err_code code = ERR_OK;
	bool last = false;
	int i;

	for (i = 0; !last; i++) {
		char *value = next_field(c, &last);
		const char *v = value[0] == '\'' && wants_quote(value) ? value + 1 : value;

		if (code == ERR_OK && i < columns && names[i][0] != '\0' && strcmp(names[i], "id") != 0 && *v != '\0' && record_get(r, names[i]) == NULL)
			code = record_set(r, names[i], v, e);
		free(value);
	}
	return code == ERR_OK ? join_name(r, e) : code;
}

/* As spreadsheets write it where the comma stands in numbers, or put it on the clipboard. */
static char separator_of(struct slice header)
{
	if (header.len == 0 || memchr(header.p, ',', header.len) != NULL)
		return ',';
	return memchr(header.p, ';', header.len) != NULL ? ';' : memchr(header.p, '\t', header.len) != NULL ? '\t' : ',';
}

static enum err_code take_header(struct csv *c, char names[][FIELD_NAME_MAX + 1], int *columns, struct err *e)
{
	bool last = c->p == c->end;

	for (*columns = 0; !last && *columns < COLUMNS_MAX; ++*columns) {
		char *column = next_field(c, &last);

		field_name(column, names[*columns]);
		free(column);
	}
	return last ? ERR_OK : err_set(e, ERR_LIMIT, "the file has more than %d columns", COLUMNS_MAX);
}

static enum err_code take_rows(struct csv *c, struct book *b, enum record_kind kind, char names[][FIELD_NAME_MAX + 1], int columns, struct port_count *n, struct err *e)
{
	enum err_code code = ERR_OK;

	while (code == ERR_OK && c->p < c->end) {
		struct record r = {.kind = kind};
		struct err why = {0};
		int line = c->line;

		if (*c->p == '\n' || (*c->p == '\r' && c->p + 1 < c->end && c->p[1] == '\n')) {
			c->p += *c->p == '\r' ? 2 : 1;
			c->line++;
			continue;
		}
		if (take_row(c, names, columns, &r, &why) == ERR_OK) {
			code = port_take(b, &r, NULL, line, n, e);
		} else {
			port_broken(n, line, why.text);
			record_release(&r);
		}
	}
	return code;
}

enum err_code port_csv_in(struct book *b, enum record_kind kind, struct slice text, struct port_count *n, struct err *e)
{
	char (*names)[FIELD_NAME_MAX + 1] = xcalloc(COLUMNS_MAX, sizeof *names);
	const char *eol = text.len > 0 ? memchr(text.p, '\n', text.len) : NULL;
	struct csv c = {text.p, text.p + text.len, 1, separator_of(slice_make(text.p, eol != NULL ? (size_t)(eol - text.p) : text.len))};
	enum err_code code = ERR_OK;
	int columns = 0;

	*n = (struct port_count){.added = 0};
	if (!utf8_valid(text)) {
		err_set(e, ERR_PROTO, "the file is no UTF-8 text");
		code = err_mend(e, ERR_PROTO, "save it as CSV in UTF-8");
	}
	if (text.len >= 3 && memcmp(text.p, "\xEF\xBB\xBF", 3) == 0)
		c.p += 3;
	if (code == ERR_OK)
		code = take_header(&c, names, &columns, e);
	if (code == ERR_OK)
		code = book_begin(b, e);
	if (code == ERR_OK)
		code = book_end(b, take_rows(&c, b, kind, names, columns, n, e), e);
	free(names);
	return code;
}

/* --- writing ----------------------------------------------------------------------- */

#define COLUMNS_OUT_MAX 4096

struct columns {
	char (*names)[FIELD_NAME_MAX + 1];
	int n, room;
	bool over;		/* then nothing is written: a file that lacks something would not say so */
	struct buf *out;
};

static void add_column(struct columns *c, const char *name)
{
	int k;

	for (k = 0; k < c->n && strcmp(c->names[k], name) != 0; k++)
		;
	if (k < c->n)
		return;
	c->over = c->over || c->n == COLUMNS_OUT_MAX;
	if (c->over)
		return;
	if (c->n == c->room) {
		c->room = c->room == 0 ? 64 : 2 * c->room;
		c->names = xreallocarray(c->names, (size_t)c->room, sizeof *c->names);
	}
	snprintf(c->names[c->n++], sizeof c->names[0], "%s", name);
}

static void note_columns(void *user, const struct record *r)
{
	int i;

	for (i = 0; i < r->fields_n; i++)
		add_column(user, r->fields[i].name);
}

static void put_field(struct buf *out, const char *value)
{
	bool quoted = strpbrk(value, ",\"\n") != NULL;

	if (quoted)
		buf_addc(out, '"');
	if (wants_quote(value))
		buf_addc(out, '\'');
	for (; *value != '\0'; value++) {
		if (*value == '"')
			buf_addc(out, '"');
		buf_addc(out, *value);
	}
	if (quoted)
		buf_addc(out, '"');
}

static void put_row(void *user, const struct record *r)
{
	struct columns *c = user;
	char id[RECORD_ID_MAX];
	int k;

	record_id_text(id, r->kind, r->id);
	buf_adds(c->out, id);
	for (k = 0; k < c->n; k++) {
		const char *value = record_get(r, c->names[k]);

		buf_addc(c->out, ',');
		put_field(c->out, value != NULL ? value : "");
	}
	buf_addc(c->out, '\n');
}

enum err_code port_csv_out(struct book *b, enum record_kind kind, struct buf *out, struct err *e)
{
	struct columns c = {.out = out};
	struct book_filter f = {.kind = (int)kind, .limit = INT32_MAX - 1};
	bool more;
	int k;
	enum err_code code = book_search(b, &f, note_columns, &c, &more, e);

	if (code == ERR_OK && c.over)
		code = err_set(e, ERR_LIMIT, "the records have more than %d different fields", COLUMNS_OUT_MAX);
	buf_adds(out, "id");
	for (k = 0; k < c.n; k++)
		buf_addf(out, ",%s", c.names[k]);
	buf_addc(out, '\n');
	if (code == ERR_OK)
		code = book_search(b, &f, put_row, &c, &more, e);
	free(c.names);
	return code;
}
