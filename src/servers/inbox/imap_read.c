/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "servers/inbox/imap_read.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"

enum state { IN_LINE, IN_LITERAL };

struct imap_reader {
	imap_emit *emit;
	void *user;
	imap_sink *sink;
	void *sink_user;
	enum state state;
	struct buf text;	/* the response so far */
	size_t line_at;		/* where its present line begins */
	uint64_t left;		/* bytes of the literal that are still to come */
	bool is_sunk;
	struct err failed;
};

struct imap_reader *imap_reader_new(imap_emit *emit, void *user)
{
	struct imap_reader *r = xcalloc(1, sizeof *r);

	r->emit = emit;
	r->user = user;
	buf_init(&r->text, IMAP_RESPONSE_MAX);
	return r;
}

void imap_reader_sink(struct imap_reader *r, imap_sink *sink, void *user)
{
	r->sink = sink;
	r->sink_user = user;
}

void imap_reader_free(struct imap_reader *r)
{
	if (r == NULL)
		return;
	buf_release(&r->text);
	free(r);
}

/* Does the line end in {N}? Where its bracket stands comes back. */
static bool announces(struct slice line, uint64_t *n, size_t *bracket)
{
	size_t i = line.len;

	if (i < 3 || line.p[i - 1] != '}')
		return false;
	*n = 0;
	for (i--; i > 0 && line.p[i - 1] >= '0' && line.p[i - 1] <= '9'; i--)
		continue;
	if (i == 0 || line.p[i - 1] != '{' || line.len - i > 13 || line.len - i < 2)
		return false;
	*bracket = i - 1;
	for (; line.p[i] != '}'; i++)
		*n = *n * 10 + (uint64_t)(line.p[i] - '0');
	return true;
}

static bool is_whole_message(struct slice line)
{
	static const char *const names[] = {"BODY[] ", "BODY[]<0> "};
	size_t i;

	for (i = 0; i < LENGTH(names); i++) {
		size_t n = strlen(names[i]);

		if (line.len >= n && strncasecmp(line.p + line.len - n, names[i], n) == 0)
			return true;
	}
	return false;
}

static enum err_code end_line(struct imap_reader *r)
{
	struct slice line;
	enum err_code code;
	uint64_t n;
	size_t bracket;

	if (r->text.len > r->line_at && r->text.p[r->text.len - 1] == '\r')
		r->text.p[--r->text.len] = '\0';
	line = slice_make(r->text.p + r->line_at, r->text.len - r->line_at);
	if (line.len > 0 && announces(line, &n, &bracket)) {
		r->state = IN_LITERAL;
		r->left = n;
		r->is_sunk = r->sink != NULL && is_whole_message(slice_make(line.p, bracket));
		if (r->is_sunk) {
			r->text.len = r->line_at + bracket;
			buf_adds(&r->text, "NIL");
		} else if (n > IMAP_RESPONSE_MAX) {
			return ERR_LIMIT;
		} else {
			buf_adds(&r->text, "\r\n");
		}
		return ERR_OK;
	}
	code = r->emit(r->user, buf_slice(&r->text));
	buf_clear(&r->text);
	r->line_at = 0;
	return code;
}

/* Bytes taken. */
static size_t take_literal(struct imap_reader *r, const char *p, size_t n, enum err_code *code)
{
	if (n > r->left)
		n = (size_t)r->left;
	if (r->is_sunk)
		*code = n > 0 ? r->sink(r->sink_user, slice_make(p, n)) : ERR_OK;
	else
		buf_add(&r->text, p, n);
	r->left -= n;
	if (r->left == 0) {
		r->state = IN_LINE;
		r->line_at = r->text.len;
	}
	return n;
}

static size_t take_line(struct imap_reader *r, const char *p, size_t n, enum err_code *code)
{
	const char *end = memchr(p, '\n', n);
	size_t used = end != NULL ? (size_t)(end - p) : n;

	buf_add(&r->text, p, used);
	if (!r->text.over && end != NULL)
		*code = end_line(r);
	return used + (end != NULL);
}

static enum err_code fail(struct imap_reader *r, enum err_code code, struct err *e)
{
	if (code == ERR_LIMIT)
		err_set(&r->failed, code, "an answer of the mail server is too long: ask for less, such as with since");
	else
		err_set(&r->failed, code, "the mail server's answer cannot be used");
	if (e != NULL && e->code != code)
		*e = r->failed;
	return code;
}

enum err_code imap_reader_feed(struct imap_reader *r, const void *bytes, size_t n, struct err *e)
{
	const char *p = bytes;
	enum err_code code = ERR_OK;

	if (r->failed.code != ERR_OK) {
		if (e != NULL)
			*e = r->failed;
		return r->failed.code;
	}
	while (code == ERR_OK && (n > 0 || (r->state == IN_LITERAL && r->left == 0))) {
		size_t used = r->state == IN_LITERAL ? take_literal(r, p, n, &code) : take_line(r, p, n, &code);

		p += used;
		n -= used;
		if (code == ERR_OK && r->text.over)
			code = ERR_LIMIT;
	}
	return code == ERR_OK ? ERR_OK : fail(r, code, e);
}

/* --- words -------------------------------------------------------------------------- */

static void drop(struct slice *s, size_t n)
{
	s->p += n;
	s->len -= n;
}

static struct imap_word take_quoted(struct slice *rest)
{
	struct imap_word w = {IMAP_QUOTED, {rest->p + 1, 0}};
	size_t i;

	for (i = 1; i < rest->len && rest->p[i] != '"'; i++)
		if (rest->p[i] == '\\')
			i++;
	if (i >= rest->len) {
		drop(rest, rest->len);
		w.kind = IMAP_BAD;
		return w;
	}
	w.text.len = i - 1;
	drop(rest, i + 1);
	return w;
}

static struct imap_word take_literal_word(struct slice *rest)
{
	struct imap_word w = {IMAP_BAD, {NULL, 0}};
	const char *end = memchr(rest->p, '\n', rest->len < 20 ? rest->len : 20);
	uint64_t n;
	size_t head, bracket;

	if (end != NULL && end > rest->p && end[-1] == '\r') {
		head = (size_t)(end - rest->p) + 1;
		if (announces(slice_make(rest->p, head - 2), &n, &bracket) && bracket == 0 && n <= rest->len - head) {
			w = (struct imap_word){IMAP_LITERAL, {rest->p + head, (size_t)n}};
			drop(rest, head + (size_t)n);
			return w;
		}
	}
	drop(rest, rest->len);
	return w;
}

static struct imap_word take_atom(struct slice *rest)
{
	struct imap_word w = {IMAP_ATOM, {rest->p, 0}};
	size_t i, deep = 0;

	for (i = 0; i < rest->len; i++) {
		char c = rest->p[i];

		if (c == '[')
			deep++;
		else if (c == ']' && deep > 0)
			deep--;
		else if (deep == 0 && (c == ' ' || c == '(' || c == ')' || c == '"' || c == '\r' || c == '\n'))
			break;
	}
	w.text.len = i;
	if (i == 0) {	/* a stray byte: nothing that follows means anything */
		w.kind = IMAP_BAD;
		i = rest->len;
	}
	drop(rest, i);
	return w;
}

struct imap_word imap_next(struct slice *rest)
{
	while (rest->len > 0 && rest->p[0] == ' ')
		drop(rest, 1);
	if (rest->len == 0)
		return (struct imap_word){IMAP_END, {NULL, 0}};
	if (rest->p[0] == '(' || rest->p[0] == ')') {
		struct imap_word w = {rest->p[0] == '(' ? IMAP_OPEN : IMAP_CLOSE, {rest->p, 1}};

		drop(rest, 1);
		return w;
	}
	if (rest->p[0] == '"')
		return take_quoted(rest);
	if (rest->p[0] == '{')
		return take_literal_word(rest);
	return take_atom(rest);
}

bool imap_skip(struct slice *rest, struct imap_word w)
{
	size_t deep = 0;

	for (;; w = imap_next(rest)) {
		if (w.kind == IMAP_OPEN)
			deep++;
		else if (w.kind == IMAP_CLOSE && deep > 0)
			deep--;
		else if (w.kind == IMAP_END || w.kind == IMAP_BAD || w.kind == IMAP_CLOSE)
			return false;
		if (deep == 0)
			return true;
	}
}

bool imap_is(struct imap_word w, const char *atom)
{
	return w.kind == IMAP_ATOM && w.text.len == strlen(atom) && strncasecmp(w.text.p, atom, w.text.len) == 0;
}

void imap_text(struct imap_word w, struct buf *out)
{
	size_t i;

	if (imap_is(w, "NIL"))
		return;
	if (w.kind != IMAP_QUOTED) {
		buf_add_slice(out, w.text);
		return;
	}
	for (i = 0; i < w.text.len; i++) {
		if (w.text.p[i] == '\\' && i + 1 < w.text.len)
			i++;
		buf_addc(out, w.text.p[i]);
	}
}

bool imap_number(struct imap_word w, uint64_t *out)
{
	size_t i;

	*out = 0;
	if (w.kind != IMAP_ATOM || w.text.len == 0 || w.text.len > 18)
		return false;
	for (i = 0; i < w.text.len; i++) {
		if (w.text.p[i] < '0' || w.text.p[i] > '9')
			return false;
		*out = *out * 10 + (uint64_t)(w.text.p[i] - '0');
	}
	return true;
}
