/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pane.h - a pane is a table of functions over a read-only snapshot.
 *
 * `draw` gets everything const: painting changes nothing. Selection and scroll
 * are pane state; facts are in the snapshot. A pane knows no other pane, no
 * curses call and no colour; what it wants done it asks of the face (face.h).
 * Full views, forms and prompts are panes too, on a pile above the others. */
#ifndef CONSOLE_PANE_H
#define CONSOLE_PANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "console/canvas.h"
#include "console/decide.h"
#include "console/keymap.h"
#include "desk/snapshot.h"

/* The generation number of one SNAP_* part. */
#define GENERATION(s, part) ((s)->generation[__builtin_ctz(part)])

struct face;
struct secret_field;

struct scene {
	const struct snapshot *s;
	const struct wish *wish;
	const struct keymap *keys;
	const struct decider *decider;
	int64_t now_us, steady_us;
	bool hides;		/* content is hidden: counts, states and money only */
	bool is_focused;
	bool read_only;
	bool asks_key;		/* no key at all yet */
};

struct pane_ops {
	const char *name;	/* in tests and settings; never shown */
	unsigned places;	/* IN() bits of its keys, besides PLACE_ALL */
	bool finds;		/* `/` does something here */
	unsigned watches;	/* SNAP_* parts whose change redraws it */
	size_t state_size;	/* allocated and zeroed by the face */
	/* rows, cols: with the frame. Says in w what it can show. */
	void (*layout)(void *st, const struct scene *sc, int rows, int cols, struct wish *w);
	void (*draw)(const void *st, const struct scene *sc, const struct canvas *c);
	bool (*act)(void *st, const struct scene *sc, enum action a, struct face *f);	/* true: it was for us */
	/* Whether that key of its own would come to anything just now: the footer leaves out the others,
	 * which then say why not when they are pressed. NULL: all would. */
	bool (*offers)(const void *st, const struct scene *sc, enum action a);
	/* Raw keys before the keymap sees them: fields. NULL: none. Pasted keys come only here. */
	bool (*type)(void *st, const struct scene *sc, int key, bool is_pasted, struct face *f);
	void (*sent)(void *st, const struct scene *sc, struct face *f);	/* the frame is on the terminal */
	struct secret_field *(*secret)(void *st);	/* the masked field that has the focus, or NULL */
	void (*done)(void *st);		/* NULL if state owns nothing */
};

extern const struct pane_ops tasks_pane, approvals_pane, meter_pane, keys_pane, log_pane;
extern const struct pane_ops transcript_view, approval_view, text_view, form_view, prompt_view;

#endif
