/* SPDX-License-Identifier: GPL-3.0-or-later */
/* view.h - states of the views that lie above the panes; the face fills them
 * when it opens one. */
#ifndef CONSOLE_VIEW_H
#define CONSOLE_VIEW_H

#include "console/face.h"
#include "console/pane.h"
#include "console/sheet.h"

struct approval_view_state {
	int64_t id;
	struct sheet paper, raw;
	struct hash hash;
	unsigned generation;
	bool is_written, is_raw;
};

struct transcript_state {
	int64_t id;
	struct sheet sheet;
	unsigned generation, live_generation;
	bool is_written;
};

struct text_state {
	char title[NAME_MAX_BYTES * 2];
	struct sheet sheet;
};

#define PROMPT_BYTES 4096
struct prompt_state {
	struct prompt_spec spec;
	char text[PROMPT_BYTES];
	size_t len, at;
};

/* Ask for words, and go to the next line of the view on top that holds them. */
void view_ask_find(struct face *f);

/* One, or two where the words leave too little room to type behind them. */
int prompt_rows(const struct prompt_state *p, const struct grid *g);

struct form_state {
	struct form *form;
};
void form_draw(const void *st, const struct scene *sc, const struct canvas *c);	/* of form_view */

#endif
