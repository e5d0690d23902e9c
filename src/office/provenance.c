/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two walks. values_in_payload() takes the strings of the payload apart into
 * words and keeps those that could carry a message out: where something goes
 * (addresses, URLs, hosts) or what it is (long tokens, long numbers).
 * provenance_make() then asks of each whether it stands in something untrusted
 * that the agent had read, and whether the person had named it too. */
#include "config.h"

#include "office/provenance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

#define TOKEN_LEAST 16
#define DIGITS_LEAST 6
#define VALUES_MOST 512		/* of one payload; a message that carries more is shown as such */

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
/* Bytes a value can have inside. Bytes over 0x7F belong to words too: no host ends before a letter with an accent. */
static bool is_inner(char c) { return is_letter(c) || is_digit(c) || (unsigned char)c >= 0x80 || (c != '\0' && strchr("._-+@:/%?=&~#", c) != NULL); }
static bool is_core(char c) { return is_letter(c) || is_digit(c) || (unsigned char)c >= 0x80; }

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
}

static bool same_bytes(const char *a, const char *b, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

bool value_stands_in(struct slice value, struct slice text)
{
	size_t i;

	if (value.len == 0)
		return false;
	for (i = 0; i + value.len <= text.len; i++) {
		size_t end = i + value.len;

		if (!same_bytes(text.p + i, value.p, value.len))
			continue;
		if ((i == 0 || !is_core(text.p[i - 1]) || !is_core(value.p[0])) &&
		    (end == text.len || !is_core(text.p[end]) || !is_core(value.p[value.len - 1])))
			return true;
	}
	return false;
}

/* --- words of a payload ------------------------------------------------------ */

/* A label, a dot, and an ending of two letters or more: example.com. A name of a
 * file looks the same; it is then looked for like a host, which does no harm. */
static bool is_host(struct slice w)
{
	size_t i, last = 0;
	bool dot = false;

	for (i = 0; i < w.len; i++) {
		if (w.p[i] == '.') {
			if (i == last && dot)
				return false;
			dot = true;
			last = i + 1;
		} else if (!is_core(w.p[i]) && w.p[i] != '-') {
			return false;
		}
	}
	if (!dot || last == 0 || w.p[0] == '.' || w.len - last < 2)
		return false;
	for (i = last; i < w.len; i++)
		if (!is_letter(w.p[i]) && (unsigned char)w.p[i] < 0x80)
			return false;
	return true;
}

static bool classify(struct slice w, enum value_kind *kind)
{
	const char *at = memchr(w.p, '@', w.len);
	size_t i, digits = 0, core = 0;

	if (at != NULL && at > w.p && is_host(slice_make(at + 1, (size_t)(w.p + w.len - at - 1)))) {
		*kind = VALUE_ADDRESS;
		return true;
	}
	for (i = 0; i + 3 <= w.len; i++)
		if (i > 0 && memcmp(w.p + i, "://", 3) == 0) {
			*kind = VALUE_URL;
			return true;
		}
	if (is_host(w)) {
		*kind = VALUE_HOST;
		return true;
	}
	for (i = 0; i < w.len; i++) {
		digits += is_digit(w.p[i]);
		core += is_core(w.p[i]);
	}
	if (digits >= DIGITS_LEAST && digits == core) {
		*kind = VALUE_NUMBER;
		return true;
	}
	*kind = VALUE_TOKEN;
	return w.len >= TOKEN_LEAST && digits > 0 && core * 4 >= w.len * 3 && memchr(w.p, '/', w.len) == NULL;
}

struct seen {
	struct slice *v;
	size_t n;
	value_emit *emit;
	void *user;
	bool added_only;	/* of a text that is a diff, look at what it adds */
};

static void offer_value(struct seen *s, enum value_kind kind, struct slice w)
{
	size_t i;

	if (s->n == VALUES_MOST)
		return;
	for (i = 0; i < s->n; i++)
		if (s->v[i].len == w.len && same_bytes(s->v[i].p, w.p, w.len))
			return;
	s->v[s->n++] = w;
	s->emit(s->user, kind, w);
}

/* The authority ends at the first of "/?#"; what stands before its last '@' is a
 * name, however much it looks like a host. */
static void url_host(struct seen *s, struct slice url)
{
	size_t from = 0, end, i;

	while (memcmp(url.p + from, "://", 3) != 0)
		from++;
	from += 3;
	for (end = from; end < url.len && url.p[end] != '/' && url.p[end] != '?' && url.p[end] != '#'; end++)
		;
	for (i = from; i < end; i++)
		if (url.p[i] == '@')
			from = i + 1;
	for (i = from; i < end && url.p[i] != ':'; i++)
		;
	if (i > from)
		offer_value(s, VALUE_HOST, slice_make(url.p + from, i - from));
}

static void words_of(struct seen *s, struct slice text)
{
	size_t i = 0, from;
	enum value_kind kind;

	while (i < text.len) {
		struct slice w;

		while (i < text.len && !is_core(text.p[i]))
			i++;
		from = i;
		while (i < text.len && is_inner(text.p[i]))
			i++;
		w = slice_make(text.p + from, i - from);
		while (w.len > 0 && strchr(".:?-#&=", w.p[w.len - 1]) != NULL)
			w.len--;
		if (w.len > 7 && same_bytes(w.p, "mailto:", 7))
			w = slice_make(w.p + 7, w.len - 7);
		if (w.len == 0 || !classify(w, &kind))
			continue;
		offer_value(s, kind, w);
		if (kind == VALUE_URL)
			url_host(s, w);
	}
}

static bool is_diff(const char *text)
{
	return strncmp(text, "@@ -", 4) == 0 || strstr(text, "\n@@ -") != NULL;
}

static void added_words(struct seen *s, const char *text)
{
	const char *end;

	for (; *text != '\0'; text = *end == '\n' ? end + 1 : end) {
		end = text + strcspn(text, "\n");
		if (*text == '+')
			words_of(s, slice_make(text + 1, (size_t)(end - text - 1)));
	}
}

/* Recursion is bounded: the gate bounds the depth. */
static void strings_of(struct seen *s, const cJSON *v)
{
	const cJSON *m;

	if (cJSON_IsString(v) && s->added_only && is_diff(v->valuestring))
		added_words(s, v->valuestring);
	else if (cJSON_IsString(v))
		words_of(s, slice_of(v->valuestring));
	cJSON_ArrayForEach(m, v)
		strings_of(s, m);
}

/* Numbers of a payload as they are written, not as a double has them. */
static void raw_numbers(struct seen *s, struct slice payload)
{
	bool quoted = false;
	size_t i, from;

	for (i = 0; i < payload.len; i++) {
		if (quoted && payload.p[i] == '\\')
			i++;
		else if (payload.p[i] == '"')
			quoted = !quoted;
		else if (!quoted && is_digit(payload.p[i])) {
			for (from = i; i + 1 < payload.len && is_digit(payload.p[i + 1]); i++)
				;
			if (i + 1 - from >= DIGITS_LEAST)
				offer_value(s, VALUE_NUMBER, slice_make(payload.p + from, i + 1 - from));
		}
	}
}

static void walk_payload(struct slice payload, bool added_only, value_emit *emit, void *user)
{
	struct seen s = {.emit = emit, .user = user, .added_only = added_only};
	cJSON *root = NULL;

	if (payload.len == 0 || json_parse(payload, &root, NULL) != ERR_OK)
		return;
	s.v = xcalloc(VALUES_MOST, sizeof *s.v);
	strings_of(&s, root);
	raw_numbers(&s, payload);
	free(s.v);
	cJSON_Delete(root);
}

void values_in_payload(struct slice payload, value_emit *emit, void *user)
{
	walk_payload(payload, false, emit, user);
}

void values_in_text(struct slice text, value_emit *emit, void *user)
{
	struct seen s = {.emit = emit, .user = user};

	s.v = xcalloc(VALUES_MOST, sizeof *s.v);
	words_of(&s, text);
	free(s.v);
}

/* --- what it came from ----------------------------------------------------------- */

struct search {
	const struct entry *entries;
	size_t entries_n;
	struct slice goal;
	enum effect effect;
	struct provenance *out;
};

static void look_for(void *user, enum value_kind kind, struct slice v)
{
	struct search *s = user;
	struct provenance *p = s->out;
	size_t i;

	for (i = 0; i < s->entries_n && p->hits_n < PROVENANCE_HITS; i++) {
		const struct entry *n = &s->entries[i];
		struct provenance_hit *h = &p->hits[p->hits_n];

		if (n->kind != ENTRY_TOOL_RESULT || !n->untrusted || n->body == NULL || !value_stands_in(v, slice_of(n->body)))
			continue;
		h->kind = kind;
		snprintf(h->value, sizeof h->value, "%.*s", (int)(v.len < sizeof h->value ? v.len : sizeof h->value - 1), v.p);
		snprintf(h->source, sizeof h->source, "%s", n->source);
		h->in_goal = value_stands_in(v, s->goal);
		/* what a read file already holds is no news in a write; where something is sent is */
		h->matters = s->effect == EFFECT_SEND || s->effect == EFFECT_DESTROY || (!h->in_goal && (kind == VALUE_ADDRESS || kind == VALUE_URL));
		p->hits_n++;
		return;
	}
}

static void list_sources(const struct search *s)
{
	struct buf b;
	struct json_out j;
	size_t i, k, n = 0, more = 0;

	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '[');
	for (i = 0; i < s->entries_n; i++) {
		const struct entry *e = &s->entries[i];

		if (e->kind != ENTRY_TOOL_RESULT || !e->untrusted)
			continue;
		s->out->read_untrusted = true;
		for (k = 0; k < i; k++)
			if (s->entries[k].kind == ENTRY_TOOL_RESULT && s->entries[k].untrusted && strcmp(s->entries[k].source, e->source) == 0)
				break;
		if (k < i)
			continue;
		if (n++ < PROVENANCE_SOURCES)
			json_put_text(&j, NULL, e->source[0] != '\0' ? e->source : "an unnamed source");
		else
			more++;
	}
	if (more > 0) {
		char text[48];

		snprintf(text, sizeof text, "and %zu more", more);
		json_put_text(&j, NULL, text);
	}
	json_close(&j, ']');
	s->out->sources = buf_take(&b);
}

static void write_flags(struct provenance *p, struct slice payload, const struct search *s)
{
	static const char *const nouns[VALUE_KINDS] = {"the address", "the link", "the host", "the value", "the number"};
	struct buf b;
	struct json_out j;
	int i, n = 0;

	buf_init(&b, 0);
	json_start(&j, &b);
	json_open(&j, NULL, '[');
	for (i = 0; i < p->hits_n; i++) {
		const struct provenance_hit *h = &p->hits[i];
		char text[TITLE_MAX_BYTES * 3];

		if (h->in_goal || !h->matters)
			continue;
		snprintf(text, sizeof text, "%s %s comes from %s, not from your goal", nouns[h->kind], h->value, h->source);
		json_put_text(&j, NULL, text);
		n++;
	}
	if (p->read_untrusted && s->effect == EFFECT_SEND) {
		json_put_text(&j, NULL, "the agent had read text from outside before it proposed to send this");
		n++;
	}
	n += look_alikes(payload, s->entries, s->entries_n, s->goal, &j);
	json_close(&j, ']');
	if (n > 0)
		p->flags = buf_take(&b);
	buf_release(&b);
}

void provenance_make(struct slice payload, enum effect effect, const struct entry *entries, size_t entries_n, struct slice goal_text, struct provenance *out)
{
	struct search s = {entries, entries_n, goal_text, effect, out};

	memset(out, 0, sizeof *out);
	list_sources(&s);
	if (out->read_untrusted)
		walk_payload(payload, effect == EFFECT_WRITE, look_for, &s);
	write_flags(out, payload, &s);
}

void provenance_release(struct provenance *p)
{
	free(p->sources);
	free(p->flags);
	p->sources = p->flags = NULL;
}
