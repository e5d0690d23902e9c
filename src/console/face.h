/* SPDX-License-Identifier: GPL-3.0-or-later */
/* face.h - what panes may ask for. Thread: main. */
#ifndef CONSOLE_FACE_H
#define CONSOLE_FACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/secret.h"
#include "console/batch.h"
#include "console/canvas.h"
#include "console/decide.h"
#include "console/sheet.h"
#include "desk/op.h"
#include "desk/snapshot.h"

struct face;
struct form;

/* One line for the person, above the footer, until the next key or some seconds. */
void face_say(struct face *f, enum role role, const char *fmt, ...) PRINTF_LIKE(3, 4);
void face_say_err(struct face *f, const struct err *e);
/* Hand an operation to the desk (texts and secret are taken over); the outcome
 * is said when it comes. False if it was refused here: read-only, or the vault
 * is locked and the operation needs it (then the unlock prompt opens). */
bool face_ask(struct face *f, struct op *op, struct secret *secret);
/* Several approvals or tasks acted on with one key: of none of them anything is said before the last has its
 * outcome. False as face_ask(): the others need not be tried. */
struct batch *face_batch(struct face *f);
bool face_ask_one_of(struct face *f, struct batch_item *it, struct op *op);
int face_cols(const struct face *f);	/* for the line that is said */

void face_open_task(struct face *f, int64_t task);
void face_open_approval(struct face *f, int64_t approval);
/* A sheet to read; its lines move into the view. */
void face_open_text(struct face *f, const char *title, struct sheet *lines);
/* A JSON document as tables; columns as in desk/verb.h, or NULL. */
void face_open_json(struct face *f, const char *title, struct slice json, const char *columns);
/* Answers of a verb ("key list"), drawn as a table. */
void face_run_verb(struct face *f, const char *line);
void face_close(struct face *f);		/* the topmost view */
void face_redraw(struct face *f);

/* One line typed in the line above the footer. done gets the text. With
 * no_paste pasted text is refused (rule 5). */
struct prompt_spec {
	char label[96];
	char preset[128];
	bool no_paste;
	bool one_key;		/* no text: done is called with "y" for y, else nothing happens */
	bool live;		/* done is called at every change too (filter) */
	int64_t id;
	void *of;		/* the state of the pane that asks, or NULL */
	char name[NAME_MAX_BYTES], connector[NAME_MAX_BYTES], tool[NAME_MAX_BYTES];
	int version;		/* with id and hash: what was on the screen when the prompt opened */
	struct hash hash;
	void (*done)(struct face *f, const struct prompt_spec *p, const char *text);
};
void face_prompt(struct face *f, const struct prompt_spec *p);
/* Takes the form. */
void face_form(struct face *f, struct form *form);

/* The key at hand came with others at once, as a paste without its marks or
 * type-ahead does: it decides nothing. */
bool face_in_burst(const struct face *f);
struct decider *face_decider(struct face *f);
const struct snapshot *face_snapshot(const struct face *f);
int64_t face_steady_us(const struct face *f);
int64_t face_delay_us(const struct face *f);	/* rule 3 */
bool face_unlocked(const struct face *f);
void face_unlock(struct face *f);		/* open the unlock prompt */
void face_wish_filter(struct face *f, const char *text);
void face_open_goal_form(struct face *f);
void face_open_say(struct face *f, int64_t task);
void face_open_question(struct face *f);	/* what a connector's server asks, the oldest first */
void face_open_connector_secret_form(struct face *f, const char *connector, const char *field);
struct form *face_open_key_form(struct face *f, const char *rotate_label);	/* NULL: a new key. Returns it; NULL: the vault is asked for first */

/* Hand the terminal over to another program and come back: the text goes through
 * $PAGER, or is edited in $EDITOR (*out: new text, heap; NULL if unchanged). */
struct sheet *face_top_sheet(struct face *f);	/* of the topmost view with lines, or NULL */
void face_page(struct face *f, struct sheet *lines);
MUST_USE enum err_code face_edit(struct face *f, const char *text, char **out, struct err *e);

#endif
