/* SPDX-License-Identifier: GPL-3.0-or-later */
/* face_state.h - the whole console as a value: keys, outcomes and snapshots in,
 * a grid of cells out. No terminal, no clock: the loop brings both. */
#ifndef CONSOLE_FACE_STATE_H
#define CONSOLE_FACE_STATE_H

#include "base/clock.h"
#include "console/console.h"
#include "console/face.h"
#include "console/form.h"
#include "console/pane.h"

#define PANES 5
#define LAYERS_MAX 8
#define ASKED_MAX 16
#define UNLOCK_WORDS 64
#define SAID_US (10 * US_PER_S)

enum arrangement { ARRANGED_TINY, ARRANGED_SINGLE, ARRANGED_STACK, ARRANGED_NORMAL, ARRANGED_WIDE };

struct placed {				/* a pane and where it is */
	const struct pane_ops *ops;
	void *st;
	int row, col, rows, cols;
	bool is_shown, is_dirty;
};

struct asked {
	uint32_t ticket;
	enum op_kind kind;
	int64_t id;
};

/* What the loop does for the face: it has the terminal. */
struct face_hands {
	void *user;
	enum err_code (*page)(void *user, const char *text, size_t len, struct err *e);
	enum err_code (*edit)(void *user, const char *folder, const char *text, char **out, struct err *e);
	void (*show_now)(void *user);	/* draw a frame before something slow */
};

struct face {
	struct desk *desk;
	bool owns_first_run;
	const struct console_options *o;
	struct face_hands hands;
	struct keymap keys;
	struct snapshot snap;
	struct wish wish, asked_wish;	/* what the panes want; what the snapshot was filled for */
	struct grid *grid;
	struct decider decider;
	int64_t now_us, steady_us;

	struct placed panes[PANES];
	struct placed layers[LAYERS_MAX];
	int layers_n, focus;
	int notice_rows;		/* of the words above the keys: more than one where they would be cut */
	bool unsettled;			/* places have changed since the panes were laid out */
	bool fills;
	enum arrangement arrangement;

	char said[512];
	enum role said_role;
	int64_t said_until_us, said_stands_us;	/* steady; no key wipes it before the second */

	struct { int64_t id, ended_us; } told[GOAL_ENDS];	/* goals whose end is no news */
	int told_n;
	bool told_ready;
	int64_t reported;		/* the goal that R is about; 0: the last that ended */

	struct asked asked[ASKED_MAX];
	struct batch batch;
	unsigned seen_generation[SNAP_PARTS];
	int64_t seen_minute, seen_second, last_key_us;
	int64_t closed_for_us;		/* the last_key_us of the silence that closed the vault */
	int last_pending;
	bool panic_armed, screen_locked, was_unlocked, status_dirty, suspends_after_stop;
	struct err broken;		/* the last refresh that failed */

	/* for the loop to take and clear */
	bool wants_quit, wants_suspend, wants_repaint, wants_flush, wants_bell, wants_draw;
	bool terminal_focused, focus_known;
	bool back_shown;
	bool in_burst;			/* set by the loop before each key */
};

void face_init(struct face *f, struct desk *d, const struct console_options *o, struct grid *g, const struct face_hands *hands);
MUST_USE enum err_code face_keymap(struct face *f, struct err *e);	/* defaults, the options' bindings, the check */
void face_release(struct face *f);

void face_time(struct face *f, int64_t now_us, int64_t steady_us);
void face_key(struct face *f, int key, bool is_pasted);
/* The masked field that has the focus, or NULL: then its bytes go to face_secret(). */
struct secret_field *face_secret_field(struct face *f);
void face_secret(struct face *f, enum secret_event event);
/* The database or the board may have changed: refill the snapshot. */
void face_refresh(struct face *f);
void face_outcomes(struct face *f);
void face_resized(struct face *f);
void face_suspend_now(struct face *f);		/* the worker may go on */
/* When something on the screen changes by itself (steady time; 0: never). */
int64_t face_wake_us(const struct face *f);
bool face_is_live(const struct face *f);	/* a call runs or a countdown is shown */

/* Draw what changed into the grid. False: nothing did. */
bool face_draw(struct face *f);
/* The drawn grid is on the terminal. */
void face_sent(struct face *f);

/* used between the face's own files */
struct scene face_scene(const struct face *f, bool is_focused);
struct placed *face_top(struct face *f);
void face_push(struct face *f, const struct pane_ops *ops, void *st);
void face_settle(struct face *f);
void face_close_all(struct face *f);	/* every view over the panes */
void face_arrange(struct face *f);
int face_notice_rows(const struct face *f);
void face_draw_notice(const struct face *f, const struct canvas *c);
void face_draw_footer(const struct face *f, const struct canvas *c);
void face_dirty_all(struct face *f);
bool face_hides(const struct face *f);
void face_help(struct face *f);
void face_news(struct face *f);		/* tell what ended, if it is a moment for it */
int64_t face_news_us(const struct face *f);	/* when that moment comes by itself; 0: not */
void face_report(struct face *f);
void face_back(struct face *f);
void face_greet(struct face *f);	/* a locked vault is asked for at the start */
void face_command(struct face *f);
void face_first_run(struct face *f);
void face_outcome(struct face *f, const struct outcome *o);
struct form *face_form_awaiting(struct face *f, enum op_kind kind);

#endif
