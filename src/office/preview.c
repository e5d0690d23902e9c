/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "office/preview.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/utf8.h"
#include "money/pico.h"
#include "office/cap_raise.h"
#include "office/plan.h"
#include "office/preview_lines.h"

const char *const preview_role_names[PREVIEW_ROLES] = {"head", "plain", "add", "del", "hunk", "field", "note", "warn", "json"};

/* --- lines under construction -------------------------------------------------- */

struct preview_store {
	char **v;
	size_t n, room, lines_room;
};

struct slice preview_keep(struct preview *p, struct slice text)
{
	struct preview_store *s = p->store;

	if (s->n == s->room) {
		s->room = s->room > 0 ? s->room * 2 : 16;
		s->v = xreallocarray(s->v, s->room, sizeof *s->v);
	}
	s->v[s->n] = xmalloc(text.len + 1);
	if (text.len > 0)
		memcpy(s->v[s->n], text.p, text.len);
	s->v[s->n][text.len] = '\0';
	return slice_make(s->v[s->n++], text.len);
}

struct preview_line *preview_add(struct preview *p, enum preview_role role, struct slice text)
{
	struct preview_store *s = p->store;
	struct preview_line *l;

	if (p->n == s->lines_room) {
		s->lines_room = s->lines_room > 0 ? s->lines_room * 2 : 64;
		p->lines = xreallocarray(p->lines, s->lines_room, sizeof *p->lines);
	}
	l = &p->lines[p->n++];
	*l = (struct preview_line){.role = role, .text = text};
	return l;
}

struct preview_line *preview_add_copy(struct preview *p, enum preview_role role, struct slice text)
{
	return preview_add(p, role, preview_keep(p, text));
}

struct preview_line *preview_addf(struct preview *p, enum preview_role role, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	return preview_add_copy(p, role, slice_of(text));
}

void preview_start(struct preview *p)
{
	p->lines = NULL;
	p->n = 0;
	p->store->lines_room = 0;
}

/* What takes no room on a screen, or turns what stands beside it around. */
static bool hidden(uint32_t cp)
{
	static const struct {
		uint32_t from, to;
	} ranges[] = {{0x00, 0x08}, {0x0B, 0x0C}, {0x0E, 0x1F}, {0x7F, 0x9F}, {0xAD, 0xAD}, {0x34F, 0x34F}, {0x61C, 0x61C}, {0x115F, 0x1160}, {0x17B4, 0x17B5},
	    {0x180B, 0x180E}, {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F}, {0x3164, 0x3164}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0},
	    {0xFFF9, 0xFFFB}, {0xE0000, 0xE0FFF}};
	size_t i;

	for (i = 0; i < LENGTH(ranges); i++)
		if (cp >= ranges[i].from && cp <= ranges[i].to)
			return true;
	return false;
}

unsigned preview_marks(struct slice line)
{
	unsigned marks = 0;
	size_t i = 0, n, end = line.len;
	uint32_t cp;

	if (end > 0 && line.p[end - 1] == '\r') {
		marks |= MARK_CR;
		end--;
	}
	if (end > 0 && (line.p[end - 1] == ' ' || line.p[end - 1] == '\t'))
		marks |= MARK_TRAILING_BLANK;
	if (line.len >= PREVIEW_LONG)
		marks |= MARK_LONG;
	for (; i < end; i += n) {
		n = utf8_decode(slice_make(line.p + i, end - i), &cp);
		if (n == 0 || (cp == '\r') || hidden(cp))
			marks |= MARK_HIDDEN;
		if (n == 1 && cp == '\t')
			marks |= MARK_TAB;
		n = n > 0 ? n : 1;
	}
	return marks;
}

void preview_explain(struct preview *p, unsigned marks, size_t bytes)
{
	static const struct {
		unsigned mark;
		const char *words;
	} notes[] = {
		{MARK_HIDDEN, "the line above holds characters that can't be seen or that turn text around"},
		{MARK_CR, "the line above ends in a carriage return"},
		{MARK_TRAILING_BLANK, "the line above ends in blanks"},
	};
	size_t i;

	for (i = 0; i < LENGTH(notes); i++)
		if ((marks & notes[i].mark) != 0)
			preview_add(p, notes[i].mark == MARK_HIDDEN ? PREVIEW_WARN : PREVIEW_NOTE, slice_of(notes[i].words));
	if ((marks & MARK_LONG) != 0)
		preview_addf(p, PREVIEW_NOTE, "the line above is %zu bytes long", bytes);
}

void preview_add_text(struct preview *p, enum preview_role role, int depth, struct slice text)
{
	struct slice own = preview_keep(p, text);
	size_t i = 0;

	while (i < own.len) {
		const char *end = memchr(own.p + i, '\n', own.len - i);
		size_t n = end != NULL ? (size_t)(end - own.p) - i : own.len - i;
		struct preview_line *l = preview_add(p, role, slice_make(own.p + i, n));
		unsigned marks = preview_marks(l->text);

		l->marks = marks;
		l->depth = depth;
		preview_explain(p, marks, n);
		i += n + 1;
	}
}

void preview_add_field(struct preview *p, const char *name, int depth, struct slice text)
{
	bool long_text = memchr(text.p != NULL ? text.p : "", '\n', text.len) != NULL;
	const char *own = preview_keep(p, slice_of(name)).p;
	struct preview_line *l = long_text ? preview_add(p, PREVIEW_FIELD, slice_of("")) : preview_add_copy(p, PREVIEW_FIELD, text);
	unsigned marks = long_text ? 0 : preview_marks(text);

	l->name = own;
	l->depth = depth;
	l->marks = marks;
	if (long_text)
		preview_add_text(p, PREVIEW_PLAIN, depth + 1, text);
	else
		preview_explain(p, marks, text.len);
}

/* --- payloads ---------------------------------------------------------------------- */

enum err_code payload_gate(struct slice payload, struct err *e)
{
	enum err_code rc = json_gate(payload, e);
	size_t i = 0;

	if (rc != ERR_OK)
		return rc;
	while (i < payload.len && (payload.p[i] == ' ' || payload.p[i] == '\t' || payload.p[i] == '\r' || payload.p[i] == '\n'))
		i++;
	return payload.p[i] == '{' ? ERR_OK : err_set(e, ERR_PROTO, "the payload is no JSON object");
}

/* A text, or the raw bytes of anything else. */
static void member_lines(struct preview *p, struct slice payload, const cJSON *m)
{
	const char *path[] = {m->string, NULL};
	struct slice raw;

	if (cJSON_IsString(m))
		preview_add_field(p, m->string, 0, slice_of(m->valuestring));
	else if (strcmp(m->string, "base") == 0 && cJSON_IsArray(m) && m->child != NULL && json_find(payload, path, &raw))
		preview_flat_list(p, m->string, raw);	/* of a patch: what it was made against */
	else if (json_find(payload, path, &raw)) {
		if (cJSON_IsArray(m) || cJSON_IsObject(m))
			preview_json(p, m->string, raw);
		else
			preview_add_field(p, m->string, 0, raw);
	}
}

static void members_but(struct preview *p, struct slice payload, const cJSON *root, const char *but)
{
	const cJSON *m;

	cJSON_ArrayForEach(m, root)
		if (but == NULL || strcmp(m->string, but) != 0)
			member_lines(p, payload, m);
}

static const char *plural(int n)
{
	return n == 1 ? "" : "s";
}

static void patch_words(const struct preview *p, const char *first, char *out, size_t room)
{
	if (p->files == 1)
		snprintf(out, room, "%.200s +%d -%d", first, p->added, p->removed);
	else
		snprintf(out, room, "%d file%s +%d -%d", p->files, plural(p->files), p->added, p->removed);
}

/* The head says what the diff adds up to, so it is filled in at the end. */
static void patch_lines(struct preview *p, struct slice payload, const cJSON *root, const char *diff)
{
	char first[TITLE_MAX_BYTES] = "", words[TITLE_MAX_BYTES];

	preview_add(p, PREVIEW_HEAD, slice_of(""));
	members_but(p, payload, root, "diff");
	preview_diff(p, preview_keep(p, slice_of(diff)), first);
	patch_words(p, first, words, sizeof words);
	if (p->files == 0)
		preview_add(p, PREVIEW_WARN, slice_of("no file is named in the diff; git would refuse it"));
	p->lines[0].text = preview_keep(p, slice_of(words));
}

bool preview_is_patch(const cJSON *root)
{
	const char *diff = json_text(root, "diff");

	return diff != NULL && (strstr(diff, "@@ -") != NULL || strncmp(diff, "diff --git ", 11) == 0);
}

static void action_lines(const struct approval *a, struct preview *p, struct slice payload, const cJSON *root)
{
	if (preview_is_patch(root)) {
		patch_lines(p, payload, root, json_text(root, "diff"));
		preview_about(p, a->context);
		return;
	}
	if (a->kind == APPROVAL_ACTION)
		preview_addf(p, PREVIEW_HEAD, "%s.%s (%s)", a->connector, a->tool, effect_names[a->effect]);
	else
		preview_addf(p, PREVIEW_HEAD, "%s", approval_kind_names[a->kind]);
	preview_shape(p, payload, root, a->context);
}

/* Every member is shown, as of any payload; the head says what a yes does. */
static void raise_lines(struct preview *p, struct slice payload)
{
	char head[TITLE_MAX_BYTES];

	cap_raise_summary(payload, head);
	preview_add_copy(p, PREVIEW_HEAD, slice_of(head));
	preview_add(p, PREVIEW_NOTE, slice_of("yes sets that limit at once, and the work that waits for it goes on; no leaves it as it is"));
	preview_json(p, NULL, payload);
}

enum err_code preview_make(const struct approval *a, struct preview *out, struct err *e)
{
	struct slice payload = slice_make(a->payload, a->payload != NULL ? a->payload_len : 0);
	cJSON *root = NULL;
	enum err_code rc;

	*out = (struct preview){0};
	if (a->payload == NULL)
		return err_set(e, ERR_MISSING, "the payload is not there, or was purged");
	rc = payload_gate(payload, e);
	if (rc == ERR_OK)
		rc = json_parse(payload, &root, e);
	if (rc != ERR_OK)
		return rc;
	out->store = xcalloc(1, sizeof *out->store);
	if (a->kind == APPROVAL_PLAN)
		preview_plan(out, payload);
	else if (a->kind == APPROVAL_CAP)
		raise_lines(out, payload);
	else
		action_lines(a, out, payload, root);
	preview_notes(out, a->context);
	cJSON_Delete(root);
	return ERR_OK;
}

void preview_release(struct preview *p)
{
	size_t i;

	for (i = 0; p->store != NULL && i < p->store->n; i++)
		free(p->store->v[i]);
	if (p->store != NULL)
		free(p->store->v);
	free(p->store);
	free(p->lines);
	*p = (struct preview){0};
}

void preview_patch_summary(const char *diff, char out[TITLE_MAX_BYTES])
{
	struct preview p = {.store = xcalloc(1, sizeof(struct preview_store))};
	char first[TITLE_MAX_BYTES] = "";

	preview_diff(&p, slice_of(diff), first);
	patch_words(&p, first, out, TITLE_MAX_BYTES);
	preview_release(&p);
}
