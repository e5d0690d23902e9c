/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"

struct grid *grid_new(int cols, int rows, bool ascii)
{
	struct grid *g = xcalloc(1, sizeof *g);

	g->ascii = ascii;
	grid_resize(g, cols, rows);
	return g;
}

void grid_resize(struct grid *g, int cols, int rows)
{
	g->cols = cols > 0 ? cols : 1;
	g->rows = rows > 0 ? rows : 1;
	g->v = xreallocarray(g->v, (size_t)g->cols * (size_t)g->rows, sizeof *g->v);
	grid_clear(g);
}

static void blank(struct cell *c)
{
	memset(c, 0, sizeof *c);	/* grids are compared with memcmp */
	c->text[0] = ' ';
	c->cols = 1;
}

void grid_clear(struct grid *g)
{
	int i;

	for (i = 0; i < g->cols * g->rows; i++)
		blank(&g->v[i]);
	g->cursor_row = g->cursor_col = -1;
}

void grid_free(struct grid *g)
{
	if (g == NULL)
		return;
	free(g->v);
	free(g);
}

const struct cell *grid_at(const struct grid *g, int row, int col)
{
	return &g->v[row * g->cols + col];
}

void grid_dump(const struct grid *g, struct buf *out)
{
	int row, col;

	buf_clear(out);
	for (row = 0; row < g->rows; row++) {
		for (col = 0; col < g->cols; col++)
			buf_adds(out, grid_at(g, row, col)->text);
		while (out->len > 0 && out->p[out->len - 1] == ' ')
			out->p[--out->len] = '\0';
		buf_addc(out, '\n');
	}
}

struct canvas canvas_whole(struct grid *g)
{
	return (struct canvas){g, 0, 0, g->cols, g->rows};
}

static int clip(int v, int max)
{
	return v < 0 ? 0 : v > max ? max : v;
}

struct canvas canvas_part(const struct canvas *c, int row, int col, int rows, int cols)
{
	struct canvas p = *c;

	row = clip(row, c->rows);
	col = clip(col, c->cols);
	p.row += row;
	p.col += col;
	p.rows = clip(rows, c->rows - row);
	p.cols = clip(cols, c->cols - col);
	return p;
}

void canvas_clear(const struct canvas *c)
{
	int row, col;

	for (row = 0; row < c->rows; row++)
		for (col = 0; col < c->cols; col++)
			blank(&c->g->v[(c->row + row) * c->g->cols + c->col + col]);
}

/* Put one cluster; its columns are known to fit. */
static void put(const struct canvas *c, int row, int col, enum role role, const struct cluster *k)
{
	struct cell *at = &c->g->v[(c->row + row) * c->g->cols + c->col + col];
	size_t n = k->shown.len < sizeof at->text ? k->shown.len : sizeof at->text - 1;

	if (at->cols == 0 && c->col + col > 0)	/* half of a wide one goes: its other half may not stay */
		blank(at - 1);
	if (at->cols == 2 && k->cols == 1 && c->col + col + 1 < c->g->cols)
		blank(at + 1);
	memset(at, 0, sizeof *at);
	memcpy(at->text, k->shown.p, n);
	at->cols = (uint8_t)k->cols;
	at->role = (uint8_t)(k->hidden != HIDDEN_NONE ? ROLE_REMOVED : role);
	if (k->cols == 2) {
		memset(at + 1, 0, sizeof *at);
		at[1].role = (uint8_t)role;
	}
}

int canvas_text(const struct canvas *c, int row, int col, int max_cols, enum role role, struct slice raw, unsigned flags)
{
	struct slice rest = raw;
	struct cluster k;
	int used = 0, room = c->cols - col;

	if (c->g->ascii)
		flags |= TEXT_ASCII;
	if (row < 0 || row >= c->rows || col < 0)
		return 0;
	if (max_cols < room)
		room = max_cols;
	while (text_next(&rest, flags, &k)) {
		if (used + k.cols > room - 1 && (used + k.cols > room || rest.len > 0)) {
			struct slice dots = slice_of("\xe2\x80\xa6");

			if (used < room && text_next(&dots, flags, &k)) {
				put(c, row, col + used, role, &k);
				used++;
			}
			return used;
		}
		put(c, row, col + used, role, &k);
		used += k.cols;
	}
	return used;
}

void canvas_wrapped(const struct canvas *c, enum role role, struct slice raw)
{
	unsigned flags = c->g->ascii ? TEXT_ASCII : 0;
	int row, cols = c->cols > 4 ? c->cols - 2 : 2;
	struct slice part;

	for (row = 0; row < c->rows - 1 && text_wrap(&raw, cols, flags, &part); row++) {
		if (part.len > 0 && part.p[part.len - 1] == ' ')	/* it may hang over the edge */
			part.len--;
		canvas_text(c, row, 1, cols, role, part, 0);
	}
	canvas_text(c, row, 1, cols, role, raw, 0);
}

int canvas_wrapped_rows(const struct grid *g, int cols, struct slice raw)
{
	return text_rows(raw, cols > 4 ? cols - 2 : 2, g->ascii ? TEXT_ASCII : 0);
}

int canvas_say(const struct canvas *c, int row, int col, enum role role, const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0)
		return 0;
	n = canvas_text(c, row, col, c->cols, role, slice_of(s), 0);
	free(s);
	return n;
}

int canvas_say_right(const struct canvas *c, int row, int end_col, enum role role, const char *fmt, ...)
{
	char *s = NULL;
	va_list ap;
	int n, col;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0)
		return end_col;
	col = end_col - text_cols(slice_of(s), c->g->ascii ? TEXT_ASCII : 0);
	if (col < 0)
		col = 0;
	canvas_text(c, row, col, end_col - col, role, slice_of(s), 0);
	free(s);
	return col;
}

void canvas_cursor(const struct canvas *c, int row, int col)
{
	if (row < 0 || row >= c->rows || col < 0 || col >= c->cols)
		return;
	c->g->cursor_row = c->row + row;
	c->g->cursor_col = c->col + col;
}

#define LINE_H "\xe2\x94\x80"
#define LINE_V "\xe2\x94\x82"

void canvas_rule(const struct canvas *c, int row, enum role role, const char *title)
{
	int col;

	for (col = 0; col < c->cols; col++)
		canvas_say(c, row, col, role, LINE_H);
	if (title != NULL && c->cols > 6)
		canvas_text(c, row, 2, c->cols - 3, role == ROLE_BORDER ? ROLE_TITLE : role, slice_of(title), TEXT_LIST);
}

struct canvas canvas_box(const struct canvas *c, int number, const char *title, const char *aside, bool is_focused)
{
	enum role line = is_focused ? ROLE_FOCUS : ROLE_BORDER;
	int row, used = 0;

	if (c->rows < 2 || c->cols < 2)
		return canvas_part(c, 0, 0, 0, 0);
	canvas_rule(c, 0, line, NULL);
	canvas_rule(c, c->rows - 1, line, NULL);
	for (row = 1; row < c->rows - 1; row++) {
		canvas_say(c, row, 0, line, LINE_V);
		canvas_say(c, row, c->cols - 1, line, LINE_V);
	}
	canvas_say(c, 0, 0, line, "\xe2\x94\x8c");
	canvas_say(c, 0, c->cols - 1, line, "\xe2\x94\x90");
	canvas_say(c, c->rows - 1, 0, line, "\xe2\x94\x94");
	canvas_say(c, c->rows - 1, c->cols - 1, line, "\xe2\x94\x98");
	if (number > 0)
		used = canvas_say(c, 0, 2, is_focused ? ROLE_KEY : ROLE_HINT, "%d ", number);
	used += canvas_text(c, 0, 2 + used, c->cols - 4 - used, is_focused ? ROLE_FOCUS : ROLE_TITLE, slice_of(title), TEXT_LIST);
	if (2 + used < c->cols - 1)
		canvas_say(c, 0, 2 + used, line, " ");
	if (aside != NULL && aside[0] != '\0' && text_cols(slice_of(aside), 0) + used + 6 < c->cols)
		canvas_say_right(c, 0, c->cols - 2, ROLE_HINT, " %s ", aside);
	return canvas_part(c, 1, 1, c->rows - 2, c->cols - 2);
}

void canvas_bar(const struct canvas *c, int row, int col, int cols, int percent, enum role role)
{
	int i, inner = cols - 2, full;

	if (inner < 1)
		return;
	full = percent >= 100 ? inner : percent * inner / 100;
	if (full == 0 && percent > 0)
		full = 1;
	canvas_say(c, row, col, ROLE_BORDER, "[");
	for (i = 0; i < inner; i++)
		canvas_say(c, row, col + 1 + i, i < full ? role : ROLE_BORDER, "%s", i < full ? c->g->ascii ? "#" : "\xe2\x96\xa0" : c->g->ascii ? "." : "\xc2\xb7");
	canvas_say(c, row, col + 1 + inner, ROLE_BORDER, "]");
}

static const char *const fine[9] = {" ", "\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83", "\xe2\x96\x84", "\xe2\x96\x85", "\xe2\x96\x86", "\xe2\x96\x87", "\xe2\x96\x88"};

/* How many of `full` equal steps v is of most, rounded up: what is not nothing is seen. */
static int steps_of(int64_t v, int64_t most, int full)
{
	if (v <= 0 || most <= 0)
		return 0;
	return v >= most ? full : 1 + (int)((__int128)v * (full - 1) / most);
}

void canvas_chart(const struct canvas *c, int row, int col, int rows, int each_cols, const int64_t *v, int n, enum role role)
{
	int64_t most = 0;
	int i, r, k;

	for (i = 0; i < n; i++)
		most = v[i] > most ? v[i] : most;
	for (i = 0; i < n; i++) {
		int steps = steps_of(v[i], most, rows * 8);

		for (r = 0; r < rows; r++) {
			int here = steps - 8 * (rows - 1 - r);
			bool is_foot = r == rows - 1 && here <= 0;

			here = here < 0 ? 0 : here > 8 ? 8 : here;
			for (k = 0; k < each_cols; k++)
				if (is_foot)
					canvas_say(c, row + r, col + i * each_cols + k, ROLE_BORDER, "%s", c->g->ascii ? "." : fine[1]);
				else if (here > 0)
					canvas_say(c, row + r, col + i * each_cols + k, role, "%s", !c->g->ascii ? fine[here] : here >= 5 ? "#" : here >= 3 ? "=" : "_");
		}
	}
}

void canvas_spark(const struct canvas *c, int row, int col, int cols, const int64_t *v, int n, enum role role)
{
	static const char plain[9] = " .:-=+*#@";
	int64_t most = 0, sum;
	int i, k, each = (n + cols - 1) / (cols > 0 ? cols : 1), used = 0;

	if (cols < 1 || each < 1)
		return;
	for (i = 0; i < n; i += each) {
		for (sum = 0, k = i; k < i + each && k < n; k++)
			sum += v[k];
		most = sum > most ? sum : most;
	}
	for (i = 0; i < n; i += each, used++) {
		int level;

		for (sum = 0, k = i; k < i + each && k < n; k++)
			sum += v[k];
		level = most > 0 ? (int)(sum / (most / 8 + 1)) + (sum > 0) : 0;
		level = level > 8 ? 8 : level;
		if (c->g->ascii)
			canvas_say(c, row, col + used, role, "%c", plain[level]);
		else if (level == 0)
			canvas_say(c, row, col + used, ROLE_BORDER, "\xe2\x96\x81");
		else
			canvas_say(c, row, col + used, role, "%s", fine[level]);
	}
}
