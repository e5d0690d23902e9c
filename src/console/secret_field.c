/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/secret_field.h"

#include <string.h>

#include "base/slice.h"

void secret_field_init(struct secret_field *s, bool allows_blanks)
{
	*s = (struct secret_field){.allows_blanks = allows_blanks};
	s->value = secret_new(SECRET_MAX);
	s->input = secret_new(SECRET_READ);
}

void secret_field_release(struct secret_field *s)
{
	secret_free(s->value);
	secret_free(s->input);
	*s = (struct secret_field){0};
}

void secret_field_clear(struct secret_field *s)
{
	if (s->value != NULL)
		(void)secret_set(s->value, "", 0);
	s->is_overfull = s->has_control = s->in_paste = false;
	s->paste_us = s->esc_us = 0;
	s->seq_n = 0;
}

size_t secret_field_len(const struct secret_field *s)
{
	return s->value != NULL ? s->value->len : 0;
}

static void add(struct secret_field *s, char c)
{
	if (s->value == NULL || secret_add(s->value, &c, 1) != 0)
		s->is_overfull = true;
}

static void drop_last(struct secret_field *s)
{
	size_t n = secret_field_len(s);

	while (n > 0 && ((unsigned char)s->value->p[n - 1] & 0xc0) == 0x80)
		n--;
	if (n > 0)
		n--;
	if (s->value != NULL) {
		explicit_bzero(s->value->p + n, s->value->len - n);
		s->value->len = n;
	}
	s->is_overfull = false;
}

/* One byte of an escape sequence outside a paste. */
static enum secret_event sequence(struct secret_field *s, char c, int64_t now_us)
{
	static const struct { const char *seq; enum secret_event event; } known[] = {
		{"[Z", SECRET_PREV}, {"[A", SECRET_PREV}, {"[B", SECRET_NEXT}, {"OA", SECRET_PREV}, {"OB", SECRET_NEXT},
	};
	size_t i;

	if (s->seq_n < (int)sizeof s->seq - 1)
		s->seq[s->seq_n++] = c;
	if (s->seq_n == 1 && (c == '[' || c == 'O'))
		return SECRET_NOTHING;
	if (s->seq_n > 1 && (unsigned char)c < 0x40)	/* parameters go on */
		return SECRET_NOTHING;
	s->seq[s->seq_n] = '\0';
	s->seq_n = 0;
	s->esc_us = 0;
	if (strcmp(s->seq, "[200~") == 0) {
		s->in_paste = true;
		s->paste_us = now_us;
		return SECRET_CHANGED;
	}
	for (i = 0; i < LENGTH(known); i++)
		if (strcmp(s->seq, known[i].seq) == 0)
			return known[i].event;
	return SECRET_NOTHING;
}

/* One byte of a paste: everything is kept but the end marker. */
static enum secret_event pasted(struct secret_field *s, char c)
{
	static const char end[] = "\033[201~";
	int i;

	if (c == end[s->seq_n]) {
		if (++s->seq_n < 6)
			return SECRET_NOTHING;
		s->seq_n = 0;
		s->in_paste = false;
		s->paste_us = 0;
		return SECRET_CHANGED;
	}
	for (i = 0; i < s->seq_n; i++)	/* it only began like the marker */
		add(s, end[i]);
	s->seq_n = 0;
	if (c == end[0])
		s->seq_n = 1;
	else
		add(s, c);
	return SECRET_CHANGED;
}

static enum secret_event typed(struct secret_field *s, char c, int64_t now_us)
{
	switch (c) {
	case '\r': case '\n': return SECRET_SUBMIT;
	case '\t': return SECRET_NEXT;
	case 3: return SECRET_CANCEL;
	case '\033':
		s->esc_us = now_us > 0 ? now_us : 1;
		s->seq_n = 0;
		return SECRET_NOTHING;
	case 8: case 127: drop_last(s); return SECRET_CHANGED;
	case 'U' & 0x1f: secret_field_clear(s); return SECRET_CHANGED;
	default:
		if ((unsigned char)c < 0x20)
			s->has_control = true;
		else
			add(s, c);
		return SECRET_CHANGED;
	}
}

enum secret_event secret_field_feed(struct secret_field *s, char *bytes, size_t n, int64_t now_us)
{
	enum secret_event event = SECRET_NOTHING, got;
	size_t i;

	for (i = 0; i < n; i++) {
		if (s->in_paste)
			got = pasted(s, bytes[i]);
		else if (s->esc_us != 0)
			got = sequence(s, bytes[i], now_us);
		else
			got = typed(s, bytes[i], now_us);
		if (got > SECRET_CHANGED) {
			event = got;
			break;
		}
		if (got == SECRET_CHANGED)
			event = got;
	}
	explicit_bzero(bytes, n);
	return event;
}

enum secret_event secret_field_tick(struct secret_field *s, int64_t now_us)
{
	if (s->in_paste && now_us - s->paste_us >= SECRET_PASTE_LIMIT_US) {
		s->in_paste = false;
		s->paste_us = 0;
		s->seq_n = 0;
		return SECRET_CHANGED;
	}
	if (s->esc_us != 0 && now_us - s->esc_us >= SECRET_ESC_US) {
		bool alone = s->seq_n == 0;

		s->esc_us = 0;
		s->seq_n = 0;
		return alone ? SECRET_CANCEL : SECRET_NOTHING;
	}
	return SECRET_NOTHING;
}

int64_t secret_field_wake_us(const struct secret_field *s)
{
	if (s->in_paste)
		return s->paste_us + SECRET_PASTE_LIMIT_US;
	return s->esc_us != 0 ? s->esc_us + SECRET_ESC_US : 0;
}

enum secret_fault secret_field_check(struct secret_field *s)
{
	bool is_json;
	size_t i;

	if (s->value == NULL)
		return SECRET_NO_MEMORY;
	if (s->is_overfull)
		return SECRET_TOO_LONG;
	if (!s->allows_blanks)
		secret_trim(s->value);
	while (s->value->len > 0 && (s->value->p[s->value->len - 1] == '\n' || s->value->p[s->value->len - 1] == '\r'))
		s->value->p[--s->value->len] = '\0';
	if (s->value->len == 0)
		return SECRET_EMPTY;
	/* an access key pair is JSON, which may be laid out over lines */
	is_json = !s->allows_blanks && s->value->p[0] == '{';
	for (i = 0; i < s->value->len; i++) {
		unsigned char c = (unsigned char)s->value->p[i];

		if (is_json && (c == ' ' || c == '\n' || c == '\r' || c == '\t'))
			continue;
		if (c < 0x20 || c == 0x7f)
			return SECRET_CONTROL;
		if (c == ' ' && !s->allows_blanks)
			return SECRET_BLANKS;
	}
	return s->has_control ? SECRET_CONTROL : SECRET_FINE;
}

struct secret *secret_field_take(struct secret_field *s)
{
	struct secret *taken = s->value;

	s->value = secret_new(SECRET_MAX);
	secret_field_clear(s);
	return taken;
}

const char *secret_vendor(const struct secret *s)
{
	static const struct { const char *prefix, *vendor; } known[] = {
		{"sk-ant-", "anthropic"}, {"sk-", "openai"}, {"ABSK", "bedrock"}, {"bedrock-api-key-", "bedrock"}, {"AKIA", "bedrock"}, {"ASIA", "bedrock"}, {"{", "bedrock"},
	};
	size_t i;

	for (i = 0; s != NULL && i < LENGTH(known); i++)
		if (s->len >= strlen(known[i].prefix) && memcmp(s->p, known[i].prefix, strlen(known[i].prefix)) == 0)
			return known[i].vendor;
	return NULL;
}
