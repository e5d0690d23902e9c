/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A value that has passed the gate, token by token from its raw bytes. Numbers
 * stay as written. Strings are written in one canonical way, so that an escape
 * can't dress a letter up ("\u0065vil" is shown as "evil") and control bytes
 * stay visible; a long text goes on in a new line behind each of its "\n". */
#include "config.h"

#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "office/preview_lines.h"

#define BREAK_FROM 72	/* bytes from which a text with newlines is broken */

struct walk {
	struct preview *p;
	struct slice s;
	size_t at;
	int depth;
	struct buf line;
};

static void blanks(struct walk *w)
{
	while (w->at < w->s.len && strchr(" \t\r\n", w->s.p[w->at]) != NULL && w->s.p[w->at] != '\0')
		w->at++;
}

static char peek(struct walk *w)
{
	blanks(w);
	return w->at < w->s.len ? w->s.p[w->at] : '\0';
}

static void flush(struct walk *w, int depth)
{
	struct preview_line *l = preview_add_copy(w->p, PREVIEW_JSON, buf_slice(&w->line));

	l->depth = depth;
	l->marks = preview_marks(l->text) & (MARK_LONG | MARK_HIDDEN);
	buf_clear(&w->line);
}

/* From the opening quote; leaves at behind the closing one. */
static struct slice string_token(struct walk *w)
{
	size_t from = w->at++;

	while (w->at < w->s.len && w->s.p[w->at] != '"')
		w->at += w->s.p[w->at] == '\\' ? 2 : 1;
	if (w->at < w->s.len)
		w->at++;
	else
		w->at = w->s.len;
	return slice_make(w->s.p + from, w->at - from);
}

/* Append the canonical form to the line, breaking it behind "\n" if it is long. */
static void put_string(struct walk *w, struct slice token, bool may_break)
{
	cJSON *v = NULL;
	struct buf b;
	size_t i, from = 0;

	if (json_parse(token, &v, NULL) != ERR_OK) {
		buf_add_slice(&w->line, token);
		return;
	}
	buf_init(&b, 0);
	json_quote(&b, slice_of(v->valuestring));
	for (i = 0; may_break && b.len > BREAK_FROM && i + 2 < b.len; i++) {
		if (b.p[i] != '\\')
			continue;
		i++;
		if (b.p[i] != 'n' || i + 2 >= b.len)
			continue;
		buf_add(&w->line, b.p + from, i + 1 - from);
		flush(w, from == 0 ? w->depth : w->depth + 1);
		from = i + 1;
	}
	buf_add(&w->line, b.p + from, b.len - from);
	if (from > 0) {	/* the rest is a continuation: drawn one step in */
		if (peek(w) == ',') {
			buf_addc(&w->line, ',');
			w->at++;
		}
		flush(w, w->depth + 1);
	}
	buf_release(&b);
	cJSON_Delete(v);
}

static void value(struct walk *w);

static void group(struct walk *w, char open, char close)
{
	buf_addc(&w->line, open);
	w->at++;
	if (peek(w) == close) {
		buf_addc(&w->line, close);
		w->at++;
		return;
	}
	flush(w, w->depth++);
	while (w->at < w->s.len) {
		if (open == '{' && peek(w) == '"') {
			put_string(w, string_token(w), false);
			buf_adds(&w->line, ": ");
			blanks(w);
			w->at++;	/* the colon: the text has passed the gate */
		}
		value(w);
		if (peek(w) == ',') {
			buf_addc(&w->line, ',');
			w->at++;
		}
		if (w->line.len > 0)
			flush(w, w->depth);
		if (peek(w) == close)
			break;
	}
	w->depth--;
	buf_addc(&w->line, close);
	w->at++;
}

static void value(struct walk *w)
{
	size_t from;

	switch (peek(w)) {
	case '{': group(w, '{', '}'); return;
	case '[': group(w, '[', ']'); return;
	case '"': put_string(w, string_token(w), true); return;
	default: break;
	}
	for (from = w->at; w->at < w->s.len && strchr(",]} \t\r\n", w->s.p[w->at]) == NULL; w->at++)
		;
	buf_add(&w->line, w->s.p + from, w->at - from);
}

void preview_json(struct preview *p, const char *name, struct slice raw)
{
	struct walk w = {.p = p, .s = raw};

	buf_init(&w.line, 0);
	if (name != NULL) {
		json_quote(&w.line, slice_of(name));
		buf_adds(&w.line, ": ");
	}
	value(&w);
	if (w.line.len > 0)
		flush(&w, 0);
	buf_release(&w.line);
}
