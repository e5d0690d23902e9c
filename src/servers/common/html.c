/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No tree is built: tags are looked at one by one. What stands inside script,
 * style and their like is passed over up to its end tag (or the end of the mail:
 * such a mail has no more words). */
#include "servers/common/html.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

#define LINK_MAX 300

struct walk {
	struct slice rest;
	struct buf *out;
	bool blank;		/* owed before the next word */
	int newlines;		/* owed: 1 or 2 */
	bool any;
	bool quotes_are_broken;	/* one never ended: from then on every > ends a tag, or this would be quadratic */
	char link[LINK_MAX + 1];	/* of the <a> that is open, or "" */
	size_t words_at;	/* where its words began */
};

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c; }
static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

static void drop(struct slice *s, size_t n)
{
	s->p += n;
	s->len -= n;
}

/* --- words ------------------------------------------------------------------------ */

static void put(struct walk *w, const char *p, size_t n)
{
	if (w->any && w->newlines > 0)
		buf_add(w->out, "\n\n", w->newlines > 1 ? 2 : 1);
	else if (w->any && w->blank)
		buf_addc(w->out, ' ');
	w->newlines = 0;
	w->blank = false;
	w->any = true;
	buf_add(w->out, p, n);
}

static const struct {
	const char *name, *text;
} entities[] = {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"quot", "\""}, {"apos", "'"}, {"nbsp", " "}, {"copy", "\xC2\xA9"}, {"reg", "\xC2\xAE"},
    {"euro", "\xE2\x82\xAC"}, {"pound", "\xC2\xA3"}, {"hellip", "..."}, {"ndash", "\xE2\x80\x93"}, {"mdash", "\xE2\x80\x94"}, {"lsquo", "\xE2\x80\x98"},
    {"rsquo", "\xE2\x80\x99"}, {"ldquo", "\xE2\x80\x9C"}, {"rdquo", "\xE2\x80\x9D"}, {"bull", "\xE2\x80\xA2"}, {"middot", "\xC2\xB7"}, {"trade", "\xE2\x84\xA2"},
    {"auml", "\xC3\xA4"}, {"ouml", "\xC3\xB6"}, {"uuml", "\xC3\xBC"}, {"Auml", "\xC3\x84"}, {"Ouml", "\xC3\x96"}, {"Uuml", "\xC3\x9C"}, {"szlig", "\xC3\x9F"},
    {"eacute", "\xC3\xA9"}, {"egrave", "\xC3\xA8"}, {"aacute", "\xC3\xA1"}, {"iacute", "\xC3\xAD"}, {"oacute", "\xC3\xB3"}, {"uacute", "\xC3\xBA"},
    {"ntilde", "\xC3\xB1"}, {"ccedil", "\xC3\xA7"}, {"agrave", "\xC3\xA0"}, {"zwnj", ""}, {"zwj", ""}, {"shy", ""}};

/* "#8364" or "#x20AC" */
static bool number(struct slice s, uint32_t *cp)
{
	uint32_t base = 10;
	size_t i = 1;

	*cp = 0;
	if (s.len > 2 && lower(s.p[1]) == 'x') {
		base = 16;
		i = 2;
	}
	if (i >= s.len || s.len > 9)
		return false;
	for (; i < s.len; i++) {
		char c = lower(s.p[i]);
		uint32_t d = c >= '0' && c <= '9' ? (uint32_t)(c - '0') : base == 16 && c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10) : 99;

		if (d >= base)
			return false;
		*cp = *cp * base + d;
		if (*cp > 0x10FFFF)
			return false;
	}
	return *cp >= ' ' && !(*cp >= 0xD800 && *cp <= 0xDFFF);
}

/* The character that the entity at the front of s stands for goes to text; bytes taken, 0: it is none. */
static size_t entity(struct slice s, char text[8])
{
	const char *end = memchr(s.p, ';', s.len < 12 ? s.len : 12);
	struct slice name;
	uint32_t cp;
	size_t i, n;

	if (end == NULL || end < s.p + 2)
		return 0;
	name = slice_make(s.p + 1, (size_t)(end - s.p) - 1);
	if (name.p[0] == '#') {
		if (!number(name, &cp))
			return 0;
		n = cp == 0xA0 ? (text[0] = ' ', 1) : utf8_encode(cp, text);
		text[n] = '\0';
		return name.len + 2;
	}
	for (i = 0; i < LENGTH(entities); i++)
		if (slice_is(name, entities[i].name)) {
			memcpy(text, entities[i].text, strlen(entities[i].text) + 1);
			return name.len + 2;
		}
	return 0;
}

static void take_words(struct walk *w)
{
	char text[8];
	size_t n;

	while (w->rest.len > 0 && w->rest.p[0] != '<') {
		if (is_blank(w->rest.p[0])) {
			w->blank = true;
			drop(&w->rest, 1);
			continue;
		}
		n = w->rest.p[0] == '&' ? entity(w->rest, text) : 0;
		if (n > 0) {
			if (strcmp(text, " ") == 0)
				w->blank = true;
			else
				put(w, text, strlen(text));
			drop(&w->rest, n);
			continue;
		}
		for (n = 1; n < w->rest.len && w->rest.p[n] != '<' && w->rest.p[n] != '&' && !is_blank(w->rest.p[n]); n++)
			continue;
		put(w, w->rest.p, n);
		drop(&w->rest, n);
	}
}

/* --- tags ---------------------------------------------------------------------------- */

enum does { ENDS_LINE = 1, ENDS_PARAGRAPH, STARTS_ITEM, IS_HIDDEN, IS_LINK };
static const struct {
	const char *name;
	enum does does;
} tags[] = {{"a", IS_LINK}, {"article", ENDS_PARAGRAPH}, {"blockquote", ENDS_PARAGRAPH}, {"body", ENDS_LINE}, {"br", ENDS_LINE}, {"center", ENDS_LINE}, {"dd", ENDS_LINE},
    {"div", ENDS_LINE}, {"dt", ENDS_LINE}, {"footer", ENDS_LINE}, {"form", ENDS_LINE}, {"h1", ENDS_PARAGRAPH}, {"h2", ENDS_PARAGRAPH}, {"h3", ENDS_PARAGRAPH},
    {"h4", ENDS_PARAGRAPH}, {"h5", ENDS_PARAGRAPH}, {"h6", ENDS_PARAGRAPH}, {"head", IS_HIDDEN}, {"header", ENDS_LINE}, {"hr", ENDS_PARAGRAPH}, {"iframe", IS_HIDDEN},
    {"li", STARTS_ITEM}, {"noembed", IS_HIDDEN}, {"noscript", IS_HIDDEN}, {"object", IS_HIDDEN}, {"ol", ENDS_LINE}, {"p", ENDS_PARAGRAPH}, {"pre", ENDS_PARAGRAPH},
    {"script", IS_HIDDEN}, {"section", ENDS_PARAGRAPH}, {"style", IS_HIDDEN}, {"svg", IS_HIDDEN}, {"table", ENDS_LINE}, {"template", IS_HIDDEN}, {"textarea", IS_HIDDEN},
    {"title", IS_HIDDEN}, {"tr", ENDS_LINE}, {"ul", ENDS_LINE}};

/* Up to behind </name ...>; all of it if that never comes. */
static void pass_over(struct walk *w, struct slice name)
{
	while (w->rest.len > 0) {
		const char *p = memchr(w->rest.p, '<', w->rest.len);
		size_t left;

		if (p == NULL)
			break;
		left = w->rest.len - (size_t)(p - w->rest.p);
		drop(&w->rest, (size_t)(p - w->rest.p));
		if (left > name.len + 2 && p[1] == '/' && strncasecmp(p + 2, name.p, name.len) == 0 && (is_blank(p[2 + name.len]) || p[2 + name.len] == '>')) {
			const char *end = memchr(p, '>', left);

			drop(&w->rest, end != NULL ? (size_t)(end - p) + 1 : left);
			return;
		}
		drop(&w->rest, 1);
	}
	drop(&w->rest, w->rest.len);
}

/* The value of href among a tag's attributes, or nothing. */
static struct slice href(struct slice tag)
{
	size_t i;

	for (i = 0; i + 5 < tag.len; i++) {
		size_t from = i + 5, end;
		char quote;

		if (strncasecmp(tag.p + i, "href=", 5) != 0 || (i > 0 && !is_blank(tag.p[i - 1]) && tag.p[i - 1] != '"' && tag.p[i - 1] != '\''))
			continue;
		quote = tag.p[from] == '"' || tag.p[from] == '\'' ? tag.p[from] : '\0';
		from += quote != '\0';
		for (end = from; end < tag.len && (quote != '\0' ? tag.p[end] != quote : !is_blank(tag.p[end])); end++)
			continue;
		return slice_make(tag.p + from, end - from);
	}
	return slice_make(NULL, 0);
}

static void close_link(struct walk *w)
{
	struct slice words;

	if (w->link[0] == '\0')
		return;
	words = w->words_at < w->out->len ? slice_make(w->out->p + w->words_at, w->out->len - w->words_at) : slice_make(NULL, 0);
	while (words.len > 0 && is_blank(words.p[0]))
		drop(&words, 1);
	/* said once if the words are the address */
	if (!slice_is(words, w->link) && !(strncmp(w->link, "mailto:", 7) == 0 && slice_is(words, w->link + 7))) {
		w->blank = words.len > 0;
		put(w, "<", 1);
		put(w, w->link, strlen(w->link));
		put(w, ">", 1);
	}
	w->link[0] = '\0';
}

static void open_link(struct walk *w, struct slice tag)
{
	static const char *const kinds[] = {"http://", "https://", "mailto:", "tel:"};
	struct slice target = href(tag);
	size_t i, n = 0;
	char text[8];

	close_link(w);
	for (i = 0; i < LENGTH(kinds); i++)
		if (target.len > strlen(kinds[i]) && strncasecmp(target.p, kinds[i], strlen(kinds[i])) == 0)
			break;
	if (i == LENGTH(kinds))
		return;
	for (i = 0; i < target.len && n + 4 < LINK_MAX; i++) {
		size_t taken = target.p[i] == '&' ? entity(slice_make(target.p + i, target.len - i), text) : 0;

		if (taken > 0) {
			memcpy(w->link + n, text, strlen(text));
			n += strlen(text);
			i += taken - 1;
		} else if (!is_blank(target.p[i]) && target.p[i] != '\0') {
			w->link[n++] = target.p[i];
		}
	}
	w->link[n] = '\0';
	w->words_at = w->out->len;
}

static void obey(struct walk *w, enum does does, bool closes, struct slice name, struct slice tag)
{
	switch (does) {
	case ENDS_LINE:
		w->newlines = w->newlines > 1 ? 2 : 1;
		break;
	case ENDS_PARAGRAPH:
		w->newlines = 2;
		break;
	case STARTS_ITEM:
		w->newlines = w->newlines > 1 ? 2 : 1;
		if (!closes) {
			put(w, "-", 1);
			w->blank = true;
		}
		break;
	case IS_HIDDEN:
		if (!closes && (tag.len == 0 || tag.p[tag.len - 1] != '/'))
			pass_over(w, name);
		break;
	case IS_LINK:
		if (closes)
			close_link(w);
		else
			open_link(w, tag);
		break;
	}
}

static bool take_comment(struct walk *w)
{
	const char *p;
	size_t i;

	if (w->rest.len < 4 || memcmp(w->rest.p, "<!--", 4) != 0)
		return false;
	for (i = 4; i + 2 < w->rest.len; i++) {
		p = memchr(w->rest.p + i, '-', w->rest.len - i);
		if (p == NULL)
			break;
		i = (size_t)(p - w->rest.p);
		if (i + 2 < w->rest.len && p[1] == '-' && p[2] == '>') {
			drop(&w->rest, i + 3);
			return true;
		}
	}
	drop(&w->rest, w->rest.len);
	return true;
}

static void take_tag(struct walk *w)
{
	bool closes = w->rest.len > 1 && w->rest.p[1] == '/';
	size_t from = closes ? 2 : 1, n = from, end, i;
	char quote = '\0';
	struct slice name, tag;

	if (take_comment(w))
		return;
	while (n < w->rest.len && ((lower(w->rest.p[n]) >= 'a' && lower(w->rest.p[n]) <= 'z') || (n > from && w->rest.p[n] >= '0' && w->rest.p[n] <= '9')))
		n++;
	if (n == from && !(w->rest.len > 1 && (w->rest.p[1] == '!' || w->rest.p[1] == '?' || closes))) {
		put(w, "<", 1);	/* a sign, not a tag */
		drop(&w->rest, 1);
		return;
	}
	name = slice_make(w->rest.p + from, n - from);
	for (end = n; end < w->rest.len && (quote != '\0' || w->rest.p[end] != '>'); end++) {
		if (quote == '\0' && !w->quotes_are_broken && (w->rest.p[end] == '"' || w->rest.p[end] == '\''))
			quote = w->rest.p[end];
		else if (quote != '\0' && w->rest.p[end] == quote)
			quote = '\0';
	}
	if (end == w->rest.len) {
		const char *p = memchr(w->rest.p + n, '>', w->rest.len - n);

		w->quotes_are_broken = true;
		end = p != NULL ? (size_t)(p - w->rest.p) : w->rest.len;
	}
	tag = slice_make(w->rest.p + n, end - n);
	drop(&w->rest, end < w->rest.len ? end + 1 : end);
	for (i = 0; i < LENGTH(tags); i++)
		if (name.len == strlen(tags[i].name) && strncasecmp(name.p, tags[i].name, name.len) == 0)
			obey(w, tags[i].does, closes, name, tag);
}

void html_to_text(struct slice html, struct buf *out)
{
	struct walk w = {.rest = html, .out = out};

	while (w.rest.len > 0 && !out->over) {
		take_words(&w);
		if (w.rest.len > 0)
			take_tag(&w);
	}
	close_link(&w);
	if (w.any)
		buf_addc(out, '\n');
}
