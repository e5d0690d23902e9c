/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/sheet.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

static void drop_lines(struct sheet *sh)
{
	int i;

	for (i = 0; i < sh->n; i++)
		free(sh->v[i].text);
	sh->n = sh->rows_n = 0;
}

void sheet_release(struct sheet *sh)
{
	drop_lines(sh);
	free(sh->v);
	free(sh->rows);
	free(sh->kept);
	*sh = (struct sheet){0};
}

void sheet_clear(struct sheet *sh, bool keep)
{
	int i;

	free(sh->kept);
	sh->kept = NULL;
	sh->kept_n = 0;
	if (keep && sh->must_n > 0) {
		sh->kept = xcalloc((size_t)sh->must_n, sizeof *sh->kept);
		sh->kept_n = sh->must_n;
		for (i = 0; i < sh->n; i++)
			if (sh->v[i].must_see)
				sh->kept[sh->v[i].ordinal] = sh->v[i].is_seen;
	}
	drop_lines(sh);
	sh->must_n = 0;
	sh->is_stale = true;
}

void sheet_add(struct sheet *sh, enum role role, const char *gutter, struct slice text)
{
	if (sh->n == sh->room) {
		sh->room = sh->room > 0 ? sh->room * 2 : 64;
		sh->v = xreallocarray(sh->v, (size_t)sh->room, sizeof *sh->v);
	}
	sh->v[sh->n] = (struct sheet_line){.role = role, .gutter = gutter, .text = xmalloc(text.len + 1)};
	if (text.len > 0)
		memcpy(sh->v[sh->n].text, text.p, text.len);
	sh->v[sh->n].text[text.len] = '\0';
	sh->n++;
	sh->is_stale = true;
}

void sheet_addf(struct sheet *sh, enum role role, const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	va_end(ap);
	sheet_add(sh, role, NULL, slice_of(s));
	free(s);
}

void sheet_must_see(struct sheet *sh)
{
	struct sheet_line *l = &sh->v[sh->n - 1];

	l->must_see = true;
	l->ordinal = sh->must_n++;
	l->is_seen = l->ordinal < sh->kept_n && sh->kept[l->ordinal];
}

static void add_row(struct sheet *sh, int line, struct slice part)
{
	if (sh->rows_n == sh->rows_room) {
		sh->rows_room = sh->rows_room > 0 ? sh->rows_room * 2 : 64;
		sh->rows = xreallocarray(sh->rows, (size_t)sh->rows_room, sizeof *sh->rows);
	}
	sh->rows[sh->rows_n++] = (struct sheet_row){.line = line, .part = part};
}

static int last_top(const struct sheet *sh)
{
	return sh->rows_n > sh->height ? sh->rows_n - sh->height : 0;
}

void sheet_fit(struct sheet *sh, int cols, int height)
{
	int i, top_line = sh->rows_n > sh->top ? sh->rows[sh->top].line : 0;

	if (cols < 1)
		cols = 1;
	if (sh->is_stale || cols != sh->cols) {
		bool moved = cols != sh->cols;

		sh->rows_n = 0;
		for (i = 0; i < sh->n; i++) {
			struct slice rest = slice_of(sh->v[i].text), part;
			int room = cols - (sh->v[i].gutter != NULL ? text_cols(slice_of(sh->v[i].gutter), 0) : 0);
			bool any = false;

			if (moved && i == top_line)
				sh->top = sh->rows_n;
			while (text_wrap(&rest, room, 0, &part)) {
				add_row(sh, i, part);
				any = true;
			}
			if (!any)
				add_row(sh, i, slice_of(""));
		}
		sh->cols = cols;
		sh->is_stale = false;
	}
	sh->height = height > 0 ? height : 0;
	if (sh->top > last_top(sh) || (sh->follows && sh->is_at_end))
		sh->top = last_top(sh);
	sh->is_at_end = sh->top >= last_top(sh);
}

void sheet_draw(const struct sheet *sh, const struct canvas *c)
{
	int i, col;

	for (i = 0; i < c->rows && i < sh->height && sh->top + i < sh->rows_n; i++) {
		const struct sheet_row *r = &sh->rows[sh->top + i];
		const struct sheet_line *l = &sh->v[r->line];

		col = l->gutter != NULL ? canvas_text(c, i, 0, c->cols, ROLE_BORDER, slice_of(l->gutter), 0) : 0;
		/* one blank may hang over the edge: it needs no ellipsis */
		struct slice part = r->part;

		if (part.len > 0 && part.p[part.len - 1] == ' ')
			part.len--;
		canvas_text(c, i, col, c->cols - col, l->role, part, 0);
	}
}

bool sheet_act(struct sheet *sh, enum action a)
{
	int page = sh->height > 2 ? sh->height - 1 : 1, to = sh->top;

	switch (a) {
	case ACT_DOWN: to++; break;
	case ACT_UP: to--; break;
	case ACT_TOP: to = 0; break;
	case ACT_BOTTOM: to = last_top(sh); break;
	case ACT_PAGE_DOWN: to += page; break;
	case ACT_PAGE_UP: to -= page; break;
	default: return false;
	}
	to = to > last_top(sh) ? last_top(sh) : to;
	sh->top = to < 0 ? 0 : to;
	sh->is_at_end = sh->top >= last_top(sh);
	return true;
}

bool sheet_find(struct sheet *sh, const char *words)
{
	int i, k;

	for (k = 1; k <= sh->rows_n; k++) {
		i = (sh->top + k) % sh->rows_n;
		if ((i == 0 || sh->rows[i].line != sh->rows[i - 1].line) && strcasestr(sh->v[sh->rows[i].line].text, words) != NULL) {
			sh->top = i > last_top(sh) ? last_top(sh) : i;
			sh->is_at_end = sh->top >= last_top(sh);
			return true;
		}
	}
	return false;
}

void sheet_was_shown(struct sheet *sh)
{
	int i, k;

	for (i = sh->top; i < sh->top + sh->height && i < sh->rows_n; i++)
		sh->rows[i].is_seen = true;
	for (i = 0; i < sh->rows_n; i = k) {
		bool all = true;

		for (k = i; k < sh->rows_n && sh->rows[k].line == sh->rows[i].line; k++)
			all = all && sh->rows[k].is_seen;
		if (all)
			sh->v[sh->rows[i].line].is_seen = true;
	}
}

bool sheet_all_seen(const struct sheet *sh)
{
	int i;

	if (sh->must_n == 0)
		return false;
	for (i = 0; i < sh->n; i++)
		if (sh->v[i].must_see && !sh->v[i].is_seen)
			return false;
	return true;
}

bool sheet_has_more(const struct sheet *sh)
{
	return sh->top < last_top(sh);
}

int sheet_percent(const struct sheet *sh)
{
	return last_top(sh) > 0 ? sh->top * 100 / last_top(sh) : 100;
}
