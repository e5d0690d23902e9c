/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keymap.h - one table from key to action: the footer, `?`, the manual page and
 * rebinding are made from it. */
#ifndef CONSOLE_KEYMAP_H
#define CONSOLE_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/* A key is a code point (control keys are 1 to 31), or one of these. */
enum {
	K_NONE = 0, K_TAB = 9, K_ENTER = 13, K_ESC = 27, K_SPACE = 32, K_BACKSPACE = 127,
	K_UP = 0x200000, K_DOWN, K_LEFT, K_RIGHT, K_HOME, K_END, K_PGUP, K_PGDN, K_DELETE, K_BACKTAB,
	K_PASTE_BEGIN, K_PASTE_END, K_FOCUS_IN, K_FOCUS_OUT, K_MOUSE, K_RESIZE, K_OTHER, K_PAST_LAST
};
#define K_CTRL(c) ((c) & 0x1f)

enum place { PLACE_ALL, PLACE_LIST, PLACE_TASKS, PLACE_APPROVALS, PLACE_METER, PLACE_KEYS, PLACE_LOG, PLACE_VIEW, PLACE_TRANSCRIPT, PLACES };
#define IN(place) (1u << (place))

enum action {
	ACT_NONE, ACT_HELP, ACT_COMMAND, ACT_NEXT_PANE, ACT_PREV_PANE, ACT_PANE_1, ACT_PANE_2, ACT_PANE_3, ACT_PANE_4, ACT_PANE_5, ACT_FILL,
	ACT_REPAINT, ACT_SUSPEND, ACT_LOCK, ACT_UNLOCK, ACT_PANIC, ACT_ANSWER, ACT_REPORT, ACT_BACK, ACT_QUIT, ACT_STOP,
	ACT_DOWN, ACT_UP, ACT_TOP, ACT_BOTTOM, ACT_PAGE_DOWN, ACT_PAGE_UP, ACT_FILTER, ACT_MARK, ACT_RANGE, ACT_CLEAR, ACT_OPEN,
	ACT_NEW, ACT_CANCEL, ACT_RETRY, ACT_PAUSE, ACT_SAY, ACT_PAGER,
	ACT_APPROVE, ACT_REJECT, ACT_CHANGES, ACT_EDIT, ACT_RULE, ACT_LATER, ACT_RAW, ACT_UNDO, ACT_SETTLE,
	ACT_PERIOD_PREV, ACT_PERIOD_NEXT, ACT_GROUP, ACT_EXPORT, ACT_CAPS,
	ACT_ADD, ACT_ROTATE, ACT_TEST, ACT_RETIRE,
	ACTIONS
};

struct binding {
	enum place place;
	int key;
	enum action action;
	const char *name;	/* "approve": in settings */
	const char *label;	/* in the footer; NULL: not shown there */
	const char *help;	/* one sentence part, for `?` and the manual page */
};

#define BINDINGS_MAX 128
struct keymap {
	struct binding v[BINDINGS_MAX];
	int n;
};

void keymap_default(struct keymap *m);
/* "tasks.retry=R": move an action of a place to that key (the first of its keys).
 * ERR_USAGE names what is not known. */
MUST_USE enum err_code keymap_bind(struct keymap *m, const char *setting, struct err *e);
/* ERR_USAGE, naming the key and the place, if a key is bound twice where both
 * could be meant, or if quit, back, help or approve's opposite has no key left. */
MUST_USE enum err_code keymap_check(const struct keymap *m, struct err *e);

/* The action of key where places (IN() bits) are in force; the narrower wins. */
enum action keymap_find(const struct keymap *m, unsigned places, int key);
/* The first key of an action there; K_NONE if it has none. */
int keymap_key(const struct keymap *m, unsigned places, enum action a);

/* "j", "C-l", "Tab", "Space". */
void keymap_name(int key, char out[16]);
int key_parse(const char *name);	/* K_NONE if it is no key */
const char *place_name(enum place p);	/* "tasks": in settings */
const char *place_title(enum place p);	/* for `?` */

#endif
