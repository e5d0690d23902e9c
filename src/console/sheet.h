/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sheet.h - a text to read: lines with roles, wrapped to the width, scrolled. It
 * also knows which of its lines have been on the screen, for approvals: a line
 * that must be seen counts when each of its rows was in a frame that was sent. */
#ifndef CONSOLE_SHEET_H
#define CONSOLE_SHEET_H

#include <stdbool.h>

#include "base/slice.h"
#include "console/canvas.h"
#include "console/keymap.h"

struct sheet_line {
	enum role role;
	const char *gutter;	/* constant text before each row, or NULL */
	char *text;		/* raw */
	bool must_see;
	bool is_seen;
	int ordinal;		/* among those that must be seen */
};

struct sheet_row {
	int line;
	struct slice part;
	bool is_seen;
};

struct sheet {
	struct sheet_line *v;
	int n, room;
	struct sheet_row *rows;
	int rows_n, rows_room;
	int cols, height, top;
	bool follows;		/* stay at the end when lines are added */
	bool is_at_end;
	bool is_stale;		/* rows must be worked out again */
	bool *kept;		/* is_seen by ordinal, kept over a rebuild */
	int kept_n, must_n;
};

void sheet_release(struct sheet *sh);
/* Start over. keep: lines that must be seen are the same bytes as before, so what was seen stays seen. */
void sheet_clear(struct sheet *sh, bool keep);
void sheet_add(struct sheet *sh, enum role role, const char *gutter, struct slice text);
void sheet_addf(struct sheet *sh, enum role role, const char *fmt, ...) PRINTF_LIKE(3, 4);
/* The last line added must be on the screen before it counts as shown. */
void sheet_must_see(struct sheet *sh);

/* Work out rows for this size and keep the scroll position in range. */
void sheet_fit(struct sheet *sh, int cols, int height);
void sheet_draw(const struct sheet *sh, const struct canvas *c);
bool sheet_act(struct sheet *sh, enum action a);
bool sheet_find(struct sheet *sh, const char *words);	/* the next line below the top that holds them, case aside */
/* The frame with these rows was sent. */
void sheet_was_shown(struct sheet *sh);
bool sheet_all_seen(const struct sheet *sh);
bool sheet_has_more(const struct sheet *sh);	/* rows below the last shown */
int sheet_percent(const struct sheet *sh);

#endif
