/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/inbox/verify.h"

#include <string.h>
#include <strings.h>

/* --- a value, piece by piece: comments are dropped, quotes are kept out --------------- */


static void drop(struct slice *s, size_t n)
{
	s->p += n;
	s->len -= n;
}

static void skip(struct slice *s)
{
	int deep = 0;

	while (s->len > 0) {
		char c = s->p[0];

		if (c == '(')
			deep++;
		else if (deep > 0 && c == ')')
			deep--;
		else if (deep > 0 && c == '\\' && s->len > 1)
			drop(s, 1);
		else if (deep == 0 && c != ' ' && c != '\t' && c != '\r' && c != '\n')
			return;
		drop(s, 1);
	}
}

/* A word, or what stands in quotes; empty at a sign or the end. */
static struct slice word(struct slice *s)
{
	struct slice w;
	size_t n = 0;

	skip(s);
	if (s->len > 0 && s->p[0] == '"') {
		for (n = 1; n < s->len && s->p[n] != '"'; n++)
			if (s->p[n] == '\\')
				n++;
		if (n >= s->len) {
			drop(s, s->len);
			return slice_make(NULL, 0);
		}
		w = slice_make(s->p + 1, n - 1);
		drop(s, n + 1);
		return w;
	}
	while (n < s->len && strchr(" \t\r\n;=()\"", s->p[n]) == NULL && s->p[n] != '\0')
		n++;
	w = slice_make(s->p, n);
	drop(s, n);
	return w;
}

static bool sign(struct slice *s, char c)
{
	skip(s);
	if (s->len == 0 || s->p[0] != c)
		return false;
	drop(s, 1);
	return true;
}

static bool same(struct slice a, struct slice b)
{
	return a.len == b.len && strncasecmp(a.p, b.p, a.len) == 0;
}

/* --- one result -------------------------------------------------------------------------- */

struct result {
	struct slice method, verdict, domain;	/* domain: header.d or header.from */
};

/* "dkim=pass (good) header.d=example.com header.s=k1" up to its semicolon. */
static bool take_result(struct slice *s, struct result *r)
{
	struct slice name, value;

	*r = (struct result){.method = word(s)};
	if (r->method.len == 0 || !sign(s, '='))
		return false;
	r->verdict = word(s);
	for (;;) {
		skip(s);
		if (s->len == 0 || s->p[0] == ';')
			break;
		name = word(s);
		if (name.len == 0 || !sign(s, '='))
			return false;
		value = word(s);
		if (same(name, slice_of("header.d")) || same(name, slice_of("header.from")))
			r->domain = value;
	}
	return true;
}

/* Is domain the address's own, or one above it? One label alone is nobody's. */
static bool covers(struct slice domain, struct slice own)
{
	if (domain.len == 0 || memchr(domain.p, '.', domain.len) == NULL)
		return false;
	if (same(domain, own))
		return true;
	return own.len > domain.len && own.p[own.len - domain.len - 1] == '.' && same(domain, slice_make(own.p + own.len - domain.len, domain.len));
}

static bool is_proof(const struct result *r, struct slice own)
{
	if (!same(r->verdict, slice_of("pass")))
		return false;
	if (same(r->method, slice_of("dmarc")))
		return same(r->domain, own);
	return same(r->method, slice_of("dkim")) && covers(r->domain, own);
}

bool sender_verified(struct slice results, const char *authserv, const char *from, struct buf *why)
{
	const char *at = strrchr(from, '@');
	struct slice s = results;
	struct result r;

	if (authserv == NULL || at == NULL || results.len == 0) {
		buf_adds(why, authserv == NULL ? "no server's word on senders is trusted here" : at == NULL ? "there is not exactly one sender" : "no server has looked");
		return false;
	}
	if (!same(word(&s), slice_of(authserv))) {
		buf_adds(why, "the first word on it is not by the own server");
		return false;
	}
	skip(&s);
	if (s.len > 0 && s.p[0] != ';')
		(void)word(&s);	/* a version */
	while (sign(&s, ';')) {
		if (!take_result(&s, &r))
			break;
		if (is_proof(&r, slice_of(at + 1))) {
			buf_addf(why, "%s: %.*s=pass", authserv, (int)(r.method.len < 10 ? r.method.len : 10), r.method.p);
			return true;
		}
	}
	buf_addf(why, "%s found no proof", authserv);
	return false;
}
