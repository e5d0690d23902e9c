/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One function, text_next(), decides what a character may look like; the rest
 * of the file counts, cuts, fills and wraps with it. It goes by code points: a
 * cluster is a base character with up to two combining marks. What utf8proc
 * would join further (emoji joined to each other, flags, signs with a variation
 * selector) is where terminals disagree most, so it becomes one stand-in. */
#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"

#define MARKS_MAX 2

static text_width_fn *locale_width;
static bool locale_is_ascii;

void text_use_locale(text_width_fn *width, bool ascii_only)
{
	locale_width = width;
	locale_is_ascii = ascii_only;
}

bool text_is_ascii(void)
{
	return locale_is_ascii;
}

static bool ascii_wanted(unsigned flags)
{
	return locale_is_ascii || (flags & TEXT_ASCII) != 0;
}

/* What ASCII has for some signs. Letters are not turned into look-alikes. */
static const struct { uint32_t cp; char ascii; } ascii_for[] = {
	{0x00a0, ' '}, {0x00ab, '"'}, {0x00b7, '.'}, {0x00bb, '"'}, {0x00d7, 'x'}, {0x2010, '-'}, {0x2011, '-'}, {0x2012, '-'}, {0x2013, '-'},
	{0x2014, '-'}, {0x2015, '-'}, {0x2018, '\''}, {0x2019, '\''}, {0x201a, '\''}, {0x201c, '"'}, {0x201d, '"'}, {0x201e, '"'}, {0x2022, '*'},
	{0x2026, '~'}, {0x2032, '\''}, {0x2033, '"'}, {0x2039, '<'}, {0x203a, '>'}, {0x2190, '<'}, {0x2191, '^'}, {0x2192, '>'}, {0x2193, 'v'},
	{0x2212, '-'}, {0x2248, '~'}, {0x2500, '-'}, {0x2502, '|'}, {0x250c, '+'}, {0x2510, '+'}, {0x2514, '+'}, {0x2518, '+'}, {0x251c, '+'},
	{0x2524, '+'}, {0x252c, '+'}, {0x2534, '+'}, {0x253c, '+'}, {0x2588, '#'}, {0x2591, '.'}, {0x3000, ' '},
};

static char ascii_of(uint32_t cp)
{
	size_t i;

	for (i = 0; i < LENGTH(ascii_for); i++)
		if (ascii_for[i].cp == cp)
			return ascii_for[i].ascii;
	return '?';
}

static bool is_combining(utf8proc_category_t c)
{
	return c == UTF8PROC_CATEGORY_MN || c == UTF8PROC_CATEGORY_ME;
}

static bool is_direction(uint32_t cp)
{
	return cp == 0x061c || cp == 0x200e || cp == 0x200f || (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069);
}

static bool is_selector(uint32_t cp)
{
	return cp == 0xfe0e || cp == 0xfe0f;
}

static bool is_emoji(uint32_t cp)
{
	int b = utf8proc_get_property((utf8proc_int32_t)cp)->boundclass;

	return b == UTF8PROC_BOUNDCLASS_EXTENDED_PICTOGRAPHIC || b == UTF8PROC_BOUNDCLASS_E_BASE || b == UTF8PROC_BOUNDCLASS_E_MODIFIER ||
	    (cp >= 0x1f3fb && cp <= 0x1f3ff);
}

static bool is_flag_letter(uint32_t cp)
{
	return cp >= 0x1f1e6 && cp <= 0x1f1ff;
}

static enum text_hidden hidden_of(uint32_t cp)
{
	const utf8proc_property_t *p = utf8proc_get_property((utf8proc_int32_t)cp);

	if (cp < 0x20 || (cp >= 0x7f && cp < 0xa0) || cp == 0x2028 || cp == 0x2029)
		return HIDDEN_CONTROL;
	if (is_direction(cp))
		return HIDDEN_DIRECTION;
	if (p->ignorable || p->category == UTF8PROC_CATEGORY_CF || cp == 0x2800)
		return HIDDEN_INVISIBLE;
	return HIDDEN_NONE;
}

static void show_mark(struct cluster *c, enum text_hidden why, unsigned flags)
{
	c->hidden = why;
	c->cols = 1;
	c->shown = ascii_wanted(flags) ? slice_make("?", 1) : slice_make("\xef\xbf\xbd", 3);
}

static void show_standin(struct cluster *c, unsigned flags)
{
	c->is_standin = true;
	c->cols = 1;
	c->shown = ascii_wanted(flags) ? slice_make("?", 1) : slice_make("\xe2\x96\xa1", 3);
}

/* Bytes of the emoji sequence that follows a first emoji or flag letter: further
 * ones joined to it, skin tones, selectors. 0 if it stands alone. */
static size_t emoji_tail(uint32_t first, struct slice s)
{
	size_t n, taken = 0;
	uint32_t cp, after;

	if (is_flag_letter(first))
		return utf8_decode(s, &cp) > 0 && is_flag_letter(cp) ? utf8_decode(s, &cp) : 0;
	while ((n = utf8_decode(slice_make(s.p + taken, s.len - taken), &cp)) > 0) {
		if (cp == 0x200d) {
			size_t m = utf8_decode(slice_make(s.p + taken + n, s.len - taken - n), &after);

			if (m == 0 || !is_emoji(after))
				break;
			taken += n + m;
		} else if (is_selector(cp) || (cp >= 0x1f3fb && cp <= 0x1f3ff)) {
			taken += n;
		} else {
			break;
		}
	}
	return taken;
}

/* Combining marks behind a base character, at most MARKS_MAX: the next is not taken. */
static size_t marks_tail(struct slice s)
{
	size_t n, taken = 0;
	uint32_t cp;
	int k;

	for (k = 0; k < MARKS_MAX; k++) {
		n = utf8_decode(slice_make(s.p + taken, s.len - taken), &cp);
		if (n == 0 || !is_combining(utf8proc_category((utf8proc_int32_t)cp)) || hidden_of(cp) != HIDDEN_NONE)
			break;
		if (locale_width != NULL && locale_width(cp) != 0)
			break;
		taken += n;
	}
	return taken;
}

static void shape(struct cluster *c, uint32_t cp, struct slice after, unsigned flags)
{
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)cp);
	enum text_hidden hidden = hidden_of(cp);
	size_t tail;

	if (hidden != HIDDEN_NONE) {
		show_mark(c, hidden, flags);
		return;
	}
	if (is_combining(category)) {	/* one too many, or nothing to stand on */
		show_mark(c, HIDDEN_MARKS, flags);
		return;
	}
	if (is_emoji(cp) || is_flag_letter(cp)) {
		tail = emoji_tail(cp, after);
		if (tail > 0 || is_flag_letter(cp) || ((flags & TEXT_LIST) && utf8proc_charwidth((utf8proc_int32_t)cp) == 2)) {
			c->raw.len += tail;
			show_standin(c, flags);
			return;
		}
	}
	tail = marks_tail(after);
	c->raw.len += tail;
	c->cols = utf8proc_charwidth((utf8proc_int32_t)cp);
	if (category == UTF8PROC_CATEGORY_CN || category == UTF8PROC_CATEGORY_CO || c->cols < 1 || c->cols > 2 ||
	    (locale_width != NULL && locale_width(cp) != c->cols)) {
		show_standin(c, flags);
		return;
	}
	if (ascii_wanted(flags)) {
		char plain = tail > 0 ? '?' : cp < 0x80 ? (char)cp : ascii_of(cp);
		static const char printable[] = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";

		c->shown = slice_make(printable + (plain - ' '), 1);
		c->cols = 1;
		c->is_standin = plain == '?';
		return;
	}
	c->shown = category == UTF8PROC_CATEGORY_ZS && c->cols == 1 && tail == 0 ? slice_make(" ", 1) : c->raw;
}

bool text_next(struct slice *rest, unsigned flags, struct cluster *c)
{
	unsigned char first;
	uint32_t cp;
	size_t n;

	if (rest->len == 0)
		return false;
	first = (unsigned char)rest->p[0];
	*c = (struct cluster){.raw = {rest->p, 1}, .shown = {rest->p, 1}, .cols = 1};
	if (first >= 0x20 && first < 0x7f && (rest->len == 1 || (unsigned char)rest->p[1] < 0x80)) {
		rest->p++, rest->len--;
		return true;
	}
	n = utf8_decode(*rest, &cp);
	if (n == 0) {
		show_mark(c, HIDDEN_BROKEN, flags);
	} else {
		c->raw.len = c->shown.len = n;
		shape(c, cp, slice_make(rest->p + n, rest->len - n), flags);
	}
	rest->p += c->raw.len;
	rest->len -= c->raw.len;
	return true;
}

void text_clean(struct slice s, unsigned flags, struct clean *out)
{
	struct cluster c;

	buf_clear(&out->text);
	out->cols = out->standins = 0;
	out->removed = (struct removed){0};
	while (text_next(&s, flags, &c)) {
		buf_add_slice(&out->text, c.shown);
		out->cols += c.cols;
		out->standins += c.is_standin;
		if (c.hidden != HIDDEN_NONE)
			out->removed.count[c.hidden]++, out->removed.all++;
	}
}

void clean_release(struct clean *c)
{
	buf_release(&c->text);
	*c = (struct clean){0};
}

void text_count_removed(struct slice s, struct removed *r)
{
	struct cluster c;

	while (text_next(&s, 0, &c))
		if (c.hidden != HIDDEN_NONE)
			r->count[c.hidden]++, r->all++;
}

void removed_words(const struct removed *r, char *out, size_t room)
{
	static const char *const names[HIDDEN_KINDS] = {NULL, "control", "direction", "invisible", "stacked marks", "broken bytes"};
	bool first = true;
	struct buf b;
	int i;

	buf_init(&b, room);
	if (r->all > 0) {
		buf_addf(&b, "%d hidden character%s removed", r->all, r->all == 1 ? "" : "s");
		for (i = 1; i < HIDDEN_KINDS; i++)
			if (r->count[i] > 0) {
				buf_addf(&b, "%s%d %s", first ? " (" : ", ", r->count[i], names[i]);
				first = false;
			}
		buf_addc(&b, ')');
	}
	snprintf(out, room, "%s", buf_text(&b));
	buf_release(&b);
}

int text_cols(struct slice s, unsigned flags)
{
	struct cluster c;
	int cols = 0;

	while (text_next(&s, flags, &c))
		cols += c.cols;
	return cols;
}

int text_cut(struct buf *out, struct slice s, int cols, unsigned flags)
{
	struct slice rest = s, probe;
	struct cluster c;
	int used = 0;

	while (text_next(&rest, flags, &c)) {
		probe = rest;
		/* The last column is kept for the ellipsis unless nothing follows. */
		if (used + c.cols > cols - 1 && (used + c.cols > cols || probe.len > 0)) {
			if (used < cols) {
				buf_adds(out, ascii_wanted(flags) ? "~" : "\xe2\x80\xa6");
				used++;
			}
			return used;
		}
		buf_add_slice(out, c.shown);
		used += c.cols;
	}
	return used;
}

static void add_blanks(struct buf *out, int n)
{
	while (n-- > 0)
		buf_addc(out, ' ');
}

void text_pad(struct buf *out, struct slice s, int cols, unsigned flags)
{
	add_blanks(out, cols - text_cut(out, s, cols, flags));
}

void text_pad_left(struct buf *out, struct slice s, int cols, unsigned flags)
{
	add_blanks(out, cols - text_cols(s, flags));
	text_cut(out, s, cols, flags);
}

bool text_wrap(struct slice *rest, int cols, unsigned flags, struct slice *row)
{
	struct slice at = *rest;
	struct cluster c;
	size_t behind_blank = 0, taken = 0;
	int used = 0;

	if (rest->len == 0)
		return false;
	if (cols < 2)
		cols = 2;
	while (text_next(&at, flags, &c)) {
		bool blank = slice_is(c.shown, " ");

		if (used + c.cols > cols && !(blank && used == cols)) {
			if (behind_blank > 0)
				taken = behind_blank;
			break;
		}
		taken += c.raw.len;
		used += c.cols;
		if (blank)
			behind_blank = taken;
		if (used > cols)	/* the blank that hangs over */
			break;
	}
	*row = slice_make(rest->p, taken);
	rest->p += taken;
	rest->len -= taken;
	return true;
}

int text_rows(struct slice s, int cols, unsigned flags)
{
	struct slice row;
	int n = 0;

	while (text_wrap(&s, cols, flags, &row))
		n++;
	return n > 0 ? n : 1;
}

bool text_line(struct slice *rest, struct slice *line)
{
	const char *end;
	size_t n;

	if (rest->len == 0)
		return false;
	end = memchr(rest->p, '\n', rest->len);
	n = end != NULL ? (size_t)(end - rest->p) : rest->len;
	*line = slice_make(rest->p, n > 0 && end != NULL && rest->p[n - 1] == '\r' ? n - 1 : n);
	n += end != NULL;
	rest->p += n;
	rest->len -= n;
	return true;
}

void text_line_for_terminal(struct slice s, struct buf *out)
{
	struct cluster c;

	while (text_next(&s, 0, &c))
		buf_add_slice(out, c.shown);
}
