/* SPDX-License-Identifier: GPL-3.0-or-later */
/* board.h - the live board: what is true only this second. Both ends.
 *
 * A small file in the workspace's folder, mapped by the worker that writes it
 * and by every face that reads it: per call in flight its cost so far, its
 * tokens and the last line of its text. It is made by rename and never
 * truncated, so a reader's mapping stays valid; a new worker makes a new one.
 * The slots are relaxed atomics under a sequence lock: a reader that meets a
 * write tries three times and then keeps its old frame.
 *
 * Nothing here is a record: money that counts is in the database. Texts are raw.
 * Thread  writer: worker only. Reader: any one thread per struct. */
#ifndef WORKER_BOARD_H
#define WORKER_BOARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define BOARD_SLOTS 32
#define BOARD_TEXT 128		/* bytes, the NUL included */

struct board_call {
	int64_t call, task, goal;	/* call 0: the slot is empty; goal 0: none */
	int64_t cost_low_pd, cost_high_pd, hold_pd;
	int64_t output_tokens, started_us;
	int64_t is_unpriced;	/* no price is known: cost_low_pd says nothing */
	char agent[64], vendor[32], model[64], key[64];	/* key: its label */
	char line[BOARD_TEXT];	/* last line of its text so far; raw */
};

struct board_view {
	int64_t epoch;
	uint64_t generation;	/* rises with each write */
	struct board_call call[BOARD_SLOTS];
};

struct board;			/* the writer's end */

/* Replace the file at path by an empty board of that epoch. */
MUST_USE enum err_code board_make(struct board **out, const char *path, int64_t epoch, struct err *e);
/* A free slot, or -1 when all are taken. */
int board_take_slot(struct board *b);
void board_put(struct board *b, int slot, const struct board_call *c);	/* c->call 0 empties it */
void board_blank(struct board *b);
void board_free(struct board *b);	/* blanks; NULL is fine */

struct board_reader;
struct board_reader *board_reader_new(const char *path);	/* never NULL; the file may come later */
/* Fill view if there is something newer than view->generation of the same
 * epoch; false if nothing changed, there is no board, or a write was under way. */
bool board_read(struct board_reader *r, struct board_view *view);
void board_reader_free(struct board_reader *r);

#endif
