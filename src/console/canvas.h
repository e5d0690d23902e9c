/* SPDX-License-Identifier: GPL-3.0-or-later */
/* canvas.h - a grid of cells in memory. Panes draw into parts of it; the screen
 * sends the difference to the terminal, tests look at it as text.
 *
 * Whatever is put here passes base/text: a canvas holds no control byte. */
#ifndef CONSOLE_CANVAS_H
#define CONSOLE_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"
#include "console/role.h"

struct cell {
	char text[14];		/* one cluster, NUL-terminated; "" in the right half of a wide one */
	uint8_t cols;		/* 1 or 2; 0 for that right half */
	uint8_t role;
};

struct grid {
	int cols, rows;
	struct cell *v;
	bool ascii;
	int cursor_row, cursor_col;	/* -1: hidden */
};

/* A part of a grid; a plain value. */
struct canvas {
	struct grid *g;
	int col, row, cols, rows;
};

struct grid *grid_new(int cols, int rows, bool ascii);
void grid_resize(struct grid *g, int cols, int rows);
void grid_clear(struct grid *g);
void grid_free(struct grid *g);	/* NULL is fine */
const struct cell *grid_at(const struct grid *g, int row, int col);
/* Its text, a line a row, blanks at the ends dropped. */
void grid_dump(const struct grid *g, struct buf *out);

struct canvas canvas_whole(struct grid *g);
/* Clipped to what c has. */
struct canvas canvas_part(const struct canvas *c, int row, int col, int rows, int cols);
void canvas_clear(const struct canvas *c);

/* Outside text (raw), in at most max_cols columns from (row, col); cut with the
 * ellipsis. flags of base/text.h. Returns the columns used. */
int canvas_text(const struct canvas *c, int row, int col, int max_cols, enum role role, struct slice raw, unsigned flags);
/* The same over all rows of c, a column free at both sides; only in the last row it is cut. */
void canvas_wrapped(const struct canvas *c, enum role role, struct slice raw);
/* How many rows that takes where cols are there. */
int canvas_wrapped_rows(const struct grid *g, int cols, struct slice raw);
/* Our own words. Returns the columns used. */
int canvas_say(const struct canvas *c, int row, int col, enum role role, const char *fmt, ...) PRINTF_LIKE(5, 6);
/* The same, ending before column end_col. Returns its first column. */
int canvas_say_right(const struct canvas *c, int row, int end_col, enum role role, const char *fmt, ...) PRINTF_LIKE(5, 6);
void canvas_cursor(const struct canvas *c, int row, int col);

/* A frame with a title; returns the inside. aside stands in the frame's right, may be NULL. */
struct canvas canvas_box(const struct canvas *c, int number, const char *title, const char *aside, bool is_focused);
void canvas_rule(const struct canvas *c, int row, enum role role, const char *title);
/* [####....] of cols columns (brackets included), filled by percent. */
void canvas_bar(const struct canvas *c, int row, int col, int cols, int percent, enum role role);
/* One sign a value, oldest first, scaled to the largest. */
void canvas_spark(const struct canvas *c, int row, int col, int cols, const int64_t *v, int n, enum role role);
/* The same as columns of several rows, each value each_cols wide; its height is the largest value's. */
void canvas_chart(const struct canvas *c, int row, int col, int rows, int each_cols, const int64_t *v, int n, enum role role);

#endif
