/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "office/lookalike.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "office/lookalike_data.h"
#include "base/utf8.h"

#define SCRIPT_NONE 255
#define LABEL_CHARS 64

static bool is_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c; }

static int script_of(uint32_t cp)
{
	size_t lo = 0, hi = LENGTH(script_ranges);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (cp > script_ranges[mid].to)
			lo = mid + 1;
		else
			hi = mid;
	}
	/* ranges run over signs that belong to no script */
	if (lo == LENGTH(script_ranges) || cp < script_ranges[lo].from || utf8proc_category((utf8proc_int32_t)cp) >= UTF8PROC_CATEGORY_MN)
		return SCRIPT_NONE;
	return script_ranges[lo].script;
}

/* The ASCII that a character looks like, or NULL. */
static const char *ascii_of(uint32_t cp)
{
	size_t lo = 0, hi = LENGTH(looks);

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (looks[mid].cp < cp)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < LENGTH(looks) && looks[lo].cp == cp ? look_targets[looks[lo].as] : NULL;
}

static bool is_script(int s, const char *name)
{
	return s != SCRIPT_NONE && strcmp(script_names[s], name) == 0;
}

/* Scripts that are written together: Latin with what Chinese, Japanese or Korean is written in. */
static bool go_together(const int *s, int n)
{
	static const char *const sets[][4] = {{"Latin", "Han", "Hiragana", "Katakana"}, {"Latin", "Han", "Bopomofo", ""}, {"Latin", "Han", "Hangul", ""}};
	size_t k;
	int i, j;

	for (k = 0; k < LENGTH(sets); k++) {
		for (i = 0; i < n; i++) {
			for (j = 0; j < 4 && !is_script(s[i], sets[k][j]); j++)
				;
			if (j == 4)
				break;
		}
		if (i == n)
			return true;
	}
	return n < 2;
}

static bool is_name(struct slice w)
{
	size_t i;

	for (i = 0; i + 1 < w.len; i++)
		if (strchr(".@/:_", w.p[i]) != NULL && w.p[i] != '\0')
			return true;
	return false;
}

/* One run of letters and digits, from *at; leaves *at behind it. */
static void look_part(struct slice w, size_t *at, bool name, struct look *out)
{
	int scripts[4], n = 0, i;
	bool foreign = false, all_alike = true, some_alike = false;

	while (*at < w.len && (is_alnum(w.p[*at]) || (unsigned char)w.p[*at] >= 0x80)) {
		uint32_t cp;
		size_t len = utf8_decode(slice_make(w.p + *at, w.len - *at), &cp);
		int s;

		if (len == 0) {
			++*at;
			continue;
		}
		*at += len;
		s = script_of(cp);
		if (cp >= 0x80) {
			foreign = true;
			all_alike = all_alike && ascii_of(cp) != NULL;
			some_alike = some_alike || ascii_of(cp) != NULL;
		}
		for (i = 0; i < n && scripts[i] != s; i++)
			;
		if (s != SCRIPT_NONE && i == n && n < (int)LENGTH(scripts))
			scripts[n++] = s;
	}
	if (foreign && !go_together(scripts, n) && (name || some_alike)) {
		out->flags |= LOOK_MIXED;
		out->script[0] = script_names[scripts[0]];
		out->script[1] = script_names[scripts[1]];
	}
	if (foreign && all_alike && (name || n > 1))
		out->flags |= LOOK_ALIKE;
}

/* The word with what looks like ASCII written so; whole: ASCII too, so that 1, I and l are one. */
static void skeleton(struct slice w, bool whole, struct buf *out)
{
	size_t i = 0, len;
	uint32_t cp;

	for (; i < w.len; i += len) {
		const char *as;

		len = utf8_decode(slice_make(w.p + i, w.len - i), &cp);
		as = len > 0 && (whole || cp >= 0x80) ? ascii_of(cp) : NULL;
		len = len > 0 ? len : 1;
		if (as != NULL)
			buf_adds(out, as);
		else
			buf_add(out, w.p + i, len);
	}
}

void look_word(struct slice word, struct look *out)
{
	bool name = is_name(word), plain = true;
	struct buf b;
	size_t i;

	*out = (struct look){.flags = 0};
	for (i = 0; i < word.len && plain; i++)
		plain = (unsigned char)word.p[i] < 0x80 && !(word.p[i] == '-' && i + 1 < word.len && word.p[i + 1] == '-');
	if (plain)
		return;
	buf_init(&b, 0);
	if (punycode_decode(word, &b)) {
		look_word(buf_slice(&b), out);
		out->flags |= LOOK_PUNYCODE;
		snprintf(out->as, sizeof out->as, "%.199s", buf_text(&b));
		buf_release(&b);
		return;
	}
	buf_clear(&b);
	for (i = 0; i < word.len;) {
		if (is_alnum(word.p[i]) || (unsigned char)word.p[i] >= 0x80)
			look_part(word, &i, name, out);
		else
			i++;
	}
	if (out->flags != 0) {
		skeleton(word, false, &b);
		for (i = 0; i < b.len && (unsigned char)b.p[i] < 0x80; i++)
			;
		if (i == b.len) {
			out->flags |= LOOK_ALIKE;
			snprintf(out->as, sizeof out->as, "%.199s", buf_text(&b));
		} else {
			out->flags &= ~(unsigned)LOOK_ALIKE;
		}
	}
	buf_release(&b);
}

static bool parts_words(char c)
{
	return (unsigned char)c <= ' ' || strchr("\"'<>()[]{},;|`\\", c) != NULL;
}

void look_text(struct slice text, look_emit *emit, void *user)
{
	size_t i = 0, from;
	struct look l;

	while (i < text.len) {
		bool odd = false;

		for (; i < text.len && parts_words(text.p[i]); i++)
			;
		for (from = i; i < text.len && !parts_words(text.p[i]); i++)
			odd = odd || (unsigned char)text.p[i] >= 0x80 || (text.p[i] == '-' && i > from && text.p[i - 1] == '-');
		if (!odd)
			continue;
		look_word(slice_make(text.p + from, i - from), &l);
		if (l.flags != 0)
			emit(user, slice_make(text.p + from, i - from), &l);
	}
}

void look_words(struct slice word, const struct look *l, char *out, size_t room)
{
	int n = (int)(word.len < 150 ? word.len : 150);
	char mixed[80] = "";

	if (l->flags & LOOK_MIXED)
		snprintf(mixed, sizeof mixed, " mixes %s and %s letters", l->script[0], l->script[1]);
	if (l->flags & LOOK_PUNYCODE)
		snprintf(out, room, "%.*s stands for %s%s%s", n, word.p, l->as, mixed[0] != '\0' ? ", which" : "", mixed);
	else if (l->flags & LOOK_ALIKE)
		snprintf(out, room, "%.*s%s%s reads as %s and is not that", n, word.p, mixed, mixed[0] != '\0' ? ": it" : "", l->as);
	else
		snprintf(out, room, "%.*s%s", n, word.p, mixed);
}

/* --- pairs ------------------------------------------------------------------- */

static void folded(struct slice s, bool case_first, struct buf *out)
{
	struct buf low;
	size_t i;

	buf_init(&low, 0);
	for (i = 0; i < s.len; i++)
		buf_addc(&low, case_first ? lower(s.p[i]) : s.p[i]);
	skeleton(buf_slice(&low), true, out);
	for (i = 0; i < out->len; i++)
		out->p[i] = lower(out->p[i]);
	buf_release(&low);
}

bool look_same(struct slice a, struct slice b)
{
	struct buf x, y;
	bool same = a.len == b.len;
	size_t i;
	int k;

	for (i = 0; same && i < a.len; i++)
		same = lower(a.p[i]) == lower(b.p[i]);
	if (same)
		return false;
	for (k = 0; k < 2 && !same; k++) {
		buf_init(&x, 0);
		buf_init(&y, 0);
		folded(a, k == 0, &x);
		folded(b, k == 0, &y);
		same = slice_eq(buf_slice(&x), buf_slice(&y));
		buf_release(&x);
		buf_release(&y);
	}
	return same;
}

/* --- punycode (RFC 3492) -------------------------------------------------------- */

static uint32_t adapt(uint32_t delta, uint32_t points, bool first)
{
	uint32_t k = 0;

	delta = first ? delta / 700 : delta / 2;
	for (delta += delta / points; delta > 455; k += 36)
		delta /= 35;
	return k + 36 * delta / (delta + 38);
}

static int digit(char c)
{
	c = lower(c);
	return c >= 'a' && c <= 'z' ? c - 'a' : c >= '0' && c <= '9' ? c - '0' + 26 : -1;
}

static bool put_label(const uint32_t *cp, uint32_t n, struct buf *out)
{
	utf8proc_uint8_t bytes[4];
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (cp[i] < 0x80 ? cp[i] < 0x20 : !utf8proc_codepoint_valid((utf8proc_int32_t)cp[i]))
			return false;
		buf_add(out, bytes, (size_t)utf8proc_encode_char((utf8proc_int32_t)cp[i], bytes));
	}
	return true;
}

static bool decode_label(struct slice s, struct buf *out)
{
	uint32_t cp[LABEL_CHARS], n = 128, i = 0, bias = 72, len = 0;
	size_t at = s.len, k;

	while (at > 0 && s.p[at - 1] != '-')
		at--;
	if (at > LABEL_CHARS)
		return false;
	for (k = 0; at > 0 && k < at - 1; k++)
		cp[len++] = (unsigned char)s.p[k];
	while (at < s.len) {
		uint32_t before = i, w = 1, base;

		for (base = 36;; base += 36) {
			int d = at < s.len ? digit(s.p[at++]) : -1;
			uint32_t t = base <= bias ? 1 : base >= bias + 26 ? 26 : base - bias;

			if (d < 0 || (uint32_t)d > (UINT32_MAX - i) / w)
				return false;
			i += (uint32_t)d * w;
			if ((uint32_t)d < t)
				break;
			if (w > UINT32_MAX / (36 - t))
				return false;
			w *= 36 - t;
		}
		if (len == LABEL_CHARS)
			return false;
		bias = adapt(i - before, len + 1, before == 0);
		if (i / (len + 1) > 0x10FFFF - n)
			return false;
		n += i / (len + 1);
		i %= len + 1;
		memmove(cp + i + 1, cp + i, (len - i) * sizeof *cp);
		cp[i++] = n;
		len++;
	}
	return put_label(cp, len, out);
}

bool punycode_decode(struct slice host, struct buf *out)
{
	size_t i = 0, from;
	bool any = false;

	while (i < host.len) {
		for (from = i; i < host.len && (is_alnum(host.p[i]) || host.p[i] == '-'); i++)
			;
		if (i - from > 4 && lower(host.p[from]) == 'x' && lower(host.p[from + 1]) == 'n' && host.p[from + 2] == '-' && host.p[from + 3] == '-') {
			if (!decode_label(slice_make(host.p + from + 4, i - from - 4), out))
				return false;
			any = true;
		} else {
			buf_add(out, host.p + from, i - from);
		}
		if (i < host.len)
			buf_addc(out, host.p[i++]);
	}
	return any;
}
