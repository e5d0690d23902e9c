/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One recursive-descent reader over borrowed bytes serves both the gate (is
 * this text safe to act on?) and json_find() (where are the raw bytes of that
 * member?). Depth is bounded by JSON_DEPTH, so recursion is too. */
#include "base/json.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/utf8.h"

struct reader {
	const unsigned char *p;
	size_t len, at;
	int depth;
	const char *fault;
};

static bool fail(struct reader *r, const char *why)
{
	if (r->fault == NULL)
		r->fault = why;
	return false;
}

static void blanks(struct reader *r)
{
	while (r->at < r->len && (r->p[r->at] == ' ' || r->p[r->at] == '\t' || r->p[r->at] == '\n' || r->p[r->at] == '\r'))
		r->at++;
}

static int peek(struct reader *r)
{
	return r->at < r->len ? r->p[r->at] : -1;
}

static bool hex4(struct reader *r, unsigned *out)
{
	unsigned v = 0;
	int i;

	for (i = 0; i < 4; i++, r->at++) {
		int c = peek(r);

		if (c >= '0' && c <= '9')
			v = v << 4 | (unsigned)(c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			v = v << 4 | (unsigned)((c | 32) - 'a' + 10);
		else
			return fail(r, "a bad \\u escape");
	}
	*out = v;
	return true;
}

static bool escape(struct reader *r, struct buf *decoded)
{
	static const char plain[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
	unsigned cp, low = 0;
	char out[4];
	size_t i;
	int c = peek(r);

	r->at++;
	for (i = 0; i + 1 < sizeof plain; i += 2)
		if (c == plain[i]) {
			if (decoded != NULL)
				buf_addc(decoded, plain[i + 1]);
			return true;
		}
	if (c != 'u')
		return fail(r, "an unknown escape");
	if (!hex4(r, &cp))
		return false;
	if (cp == 0)
		return fail(r, "an escaped NUL");
	if (cp >= 0xDC00 && cp <= 0xDFFF)
		return fail(r, "a lone surrogate");
	if (cp >= 0xD800 && cp <= 0xDBFF) {
		if (peek(r) != '\\' || r->at + 1 >= r->len || r->p[r->at + 1] != 'u')
			return fail(r, "a lone surrogate");
		r->at += 2;
		if (!hex4(r, &low))
			return false;
		if (low < 0xDC00 || low > 0xDFFF)
			return fail(r, "a lone surrogate");
		cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
	}
	if (decoded != NULL)
		buf_add(decoded, out, utf8_encode(cp, out));
	return true;
}

/* How many bytes from here stand for themselves: most of any text. */
static size_t plain(const struct reader *r)
{
	size_t at = r->at;

	while (at < r->len && r->p[at] >= 0x20 && r->p[at] < 0x80 && r->p[at] != '"' && r->p[at] != '\\')
		at++;
	return at - r->at;
}

/* At the opening quote. decoded (may be NULL) gets the text without escapes. */
static bool string(struct reader *r, struct buf *decoded)
{
	if (peek(r) != '"')
		return fail(r, "a name or string was expected");
	r->at++;
	for (;;) {
		size_t n = plain(r);
		int c;

		if (decoded != NULL && n > 0)
			buf_add(decoded, r->p + r->at, n);
		r->at += n;
		c = peek(r);
		if (c < 0)
			return fail(r, "a string without an end");
		if (c == '"') {
			r->at++;
			return true;
		}
		if (c < 0x20)
			return fail(r, "a control byte in a string");
		if (c == '\\') {
			r->at++;
			if (!escape(r, decoded))
				return false;
			continue;
		}
		n = utf8_sequence(slice_make(r->p + r->at, r->len - r->at));
		if (n == 0)
			return fail(r, "broken UTF-8");
		if (decoded != NULL)
			buf_add(decoded, r->p + r->at, n);
		r->at += n;
	}
}

static bool digits(struct reader *r)
{
	if (peek(r) < '0' || peek(r) > '9')
		return fail(r, "a bad number");
	while (peek(r) >= '0' && peek(r) <= '9')
		r->at++;
	return true;
}

static bool number(struct reader *r)
{
	if (peek(r) == '-')
		r->at++;
	if (peek(r) == '0')
		r->at++;
	else if (!digits(r))
		return false;
	if (peek(r) == '.') {
		r->at++;
		if (!digits(r))
			return false;
	}
	if ((peek(r) | 32) == 'e') {
		r->at++;
		if (peek(r) == '+' || peek(r) == '-')
			r->at++;
		return digits(r);
	}
	return true;
}

static bool word(struct reader *r, const char *w)
{
	size_t n = strlen(w);

	if (r->len - r->at < n || memcmp(r->p + r->at, w, n) != 0)
		return fail(r, "a value was expected");
	r->at += n;
	return true;
}

static bool value(struct reader *r);

/* Names of one object are compared decoded: "a" and "\u0061" are one name. */

static int by_name(const void *a, const void *b)
{
	const struct slice *x = a, *y = b;
	size_t n = x->len < y->len ? x->len : y->len;
	int c = n > 0 ? memcmp(x->p, y->p, n) : 0;

	return c != 0 ? c : (x->len > y->len) - (x->len < y->len);
}

/* A name as it reads without escapes: in place where it has none, else in *own (NULL
 * then), to be freed. */
static bool name(struct reader *r, struct slice *out, char **own)
{
	size_t from = r->at;
	struct buf decoded;

	*own = NULL;
	if (!string(r, NULL))
		return false;
	*out = slice_make((const char *)r->p + from + 1, r->at - from - 2);
	if (out->len == 0 || memchr(out->p, '\\', out->len) == NULL)
		return true;
	buf_init(&decoded, 1 << 20);
	r->at = from;
	(void)string(r, &decoded);	/* as before */
	out->len = decoded.len;
	*own = buf_take(&decoded);
	out->p = *own;
	return true;
}

#define FEW 16		/* names that are compared without a list on the heap */

struct names {
	struct slice few[FEW], *v;
	char **own;		/* of those with escapes */
	size_t n, room, own_n;
};

static void names_add(struct names *s, struct slice one, char *own)
{
	if (s->n == s->room) {
		struct slice *more = xreallocarray(s->v != s->few ? s->v : NULL, s->room * 2, sizeof *more);

		if (s->v == s->few)
			memcpy(more, s->few, sizeof s->few);
		s->v = more;
		s->room *= 2;
	}
	s->v[s->n++] = one;
	if (own != NULL) {
		s->own = xreallocarray(s->own, s->own_n + 1, sizeof *s->own);
		s->own[s->own_n++] = own;
	}
}

static bool names_differ(struct names *s)
{
	size_t i, k;

	if (s->n <= FEW) {
		for (i = 1; i < s->n; i++)
			for (k = 0; k < i; k++)
				if (slice_eq(s->v[i], s->v[k]))
					return false;
		return true;
	}
	qsort(s->v, s->n, sizeof *s->v, by_name);
	for (i = 1; i < s->n; i++)
		if (slice_eq(s->v[i - 1], s->v[i]))
			return false;
	return true;
}

static void names_release(struct names *s)
{
	if (s->v != s->few)
		free(s->v);
	while (s->own_n > 0)
		free(s->own[--s->own_n]);
	free(s->own);
}

static bool object(struct reader *r)
{
	struct names s = {.v = s.few, .room = FEW};
	bool ok = true;

	r->at++;
	blanks(r);
	if (peek(r) == '}') {
		r->at++;
		return true;
	}
	do {
		struct slice one;
		char *own;

		blanks(r);
		ok = name(r, &one, &own);
		if (!ok)
			break;
		names_add(&s, one, own);
		blanks(r);
		ok = peek(r) == ':' || fail(r, "a colon was expected");
		r->at++;
		ok = ok && value(r);
		blanks(r);
	} while (ok && peek(r) == ',' && r->at++ < r->len);
	ok = ok && (peek(r) == '}' || fail(r, "an object without an end"));
	r->at++;
	if (ok && !names_differ(&s))
		ok = fail(r, "a name twice in one object");
	names_release(&s);
	return ok;
}

static bool array(struct reader *r)
{
	r->at++;
	blanks(r);
	if (peek(r) == ']') {
		r->at++;
		return true;
	}
	for (;;) {
		if (!value(r))
			return false;
		blanks(r);
		if (peek(r) == ',') {
			r->at++;
			continue;
		}
		if (peek(r) != ']')
			return fail(r, "an array without an end");
		r->at++;
		return true;
	}
}

static bool value(struct reader *r)
{
	bool ok;

	blanks(r);
	if (++r->depth > JSON_DEPTH)
		return fail(r, "nested too deep");
	switch (peek(r)) {
	case '{': ok = object(r); break;
	case '[': ok = array(r); break;
	case '"': ok = string(r, NULL); break;
	case 't': ok = word(r, "true"); break;
	case 'f': ok = word(r, "false"); break;
	case 'n': ok = word(r, "null"); break;
	default: ok = number(r); break;
	}
	r->depth--;
	return ok;
}

enum err_code json_gate(struct slice text, struct err *e)
{
	struct reader r = {.p = (const unsigned char *)text.p, .len = text.len};

	if (value(&r)) {
		blanks(&r);
		if (r.at == r.len)
			return ERR_OK;
		r.fault = "bytes after the value";
	}
	return err_set(e, ERR_PROTO, "JSON refused at byte %zu: %s", r.at < r.len ? r.at : r.len, r.fault);
}

/* Move to the named member or numbered element of the value at r. */
static bool step_into(struct reader *r, const char *wanted_name)
{
	size_t i, wanted = 0;

	blanks(r);
	if (peek(r) == '[') {
		for (i = 0; wanted_name[i] >= '0' && wanted_name[i] <= '9'; i++)
			wanted = wanted * 10 + (size_t)(wanted_name[i] - '0');
		r->at++;
		for (i = 0;; i++) {
			blanks(r);
			if (peek(r) == ']')
				return false;
			if (i == wanted)
				return true;
			if (!value(r))
				return false;
			blanks(r);
			if (peek(r) != ',')
				return false;
			r->at++;
		}
	}
	if (peek(r) != '{')
		return false;
	r->at++;
	for (;;) {
		struct slice got;
		char *own;
		bool same;

		blanks(r);
		if (peek(r) != '"')
			return false;
		same = name(r, &got, &own) && slice_is(got, wanted_name);
		free(own);
		blanks(r);
		r->at++;	/* the colon: the text has passed the gate */
		blanks(r);
		if (same)
			return true;
		if (!value(r))
			return false;
		blanks(r);
		if (peek(r) != ',')
			return false;
		r->at++;
	}
}

bool json_each(struct slice *rest, struct slice *name, struct slice *raw)
{
	struct reader r = {.p = (const unsigned char *)rest->p, .len = rest->len};
	size_t from;

	blanks(&r);
	if (r.at == r.len || (peek(&r) != '{' && peek(&r) != '[' && peek(&r) != ','))
		return false;
	r.at++;
	blanks(&r);
	if (name != NULL) {
		if (peek(&r) != '"')
			return false;
		from = r.at + 1;
		if (!string(&r, NULL))
			return false;
		*name = slice_make(rest->p + from, r.at - from - 1);
		blanks(&r);
		r.at++;		/* the colon */
		blanks(&r);
	}
	from = r.at;
	if (!value(&r))
		return false;
	*raw = slice_make(rest->p + from, r.at - from);
	*rest = slice_make(rest->p + r.at, rest->len - r.at);
	return true;
}

bool json_find(struct slice text, const char *const path[], struct slice *raw)
{
	struct reader r = {.p = (const unsigned char *)text.p, .len = text.len};
	size_t from;

	for (; *path != NULL; path++)
		if (!step_into(&r, *path))
			return false;
	blanks(&r);
	from = r.at;
	if (!value(&r))
		return false;
	*raw = slice_make(text.p + from, r.at - from);
	return true;
}
