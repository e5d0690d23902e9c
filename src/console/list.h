/* SPDX-License-Identifier: GPL-3.0-or-later */
/* list.h - which row of a windowed list the mark stands on. The snapshot holds
 * only the rows asked for; the list follows its row by id when rows move. */
#ifndef CONSOLE_LIST_H
#define CONSOLE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "console/keymap.h"

#define LIST_MARKS 64
#define MARKS_AMONG 200		/* as many rows are held beyond the screen's while some are marked */

struct list {
	int at, offset, rows, total;	/* at: from the start of all rows; rows: how many are shown */
	int loaded_offset, loaded;	/* what the snapshot holds */
	int64_t id;			/* of the row at `at`; 0: none */
	bool by_person;			/* the last change of id was the person's doing */
	bool wants_move;
	int64_t marked[LIST_MARKS];
	int marked_n;
};

/* Take rows over: v is n rows of stride bytes whose first member is the int64_t
 * id, being [offset, offset + n) of total. */
void list_sync(struct list *l, const void *v, size_t stride, int n, int offset, int total);
/* Room for rows on the screen; keeps `at` in sight. */
void list_fit(struct list *l, int rows);
bool list_act(struct list *l, enum action a);	/* true if it was one of the list's */
/* Mark all from the last mark to where it stands; v and stride as for list_sync(). Rows not loaded stay as they are. */
void list_mark_range(struct list *l, const void *v, size_t stride);
/* Where among the n rows at v the marked ones stand, into at. Returns how many: fewer than marked_n if some are not there. */
int list_marked_at(const struct list *l, const void *v, size_t stride, int n, int at[LIST_MARKS]);
/* Index in the snapshot's rows of the row under the mark; -1: none. */
int list_index(const struct list *l);
bool list_is_marked(const struct list *l, int64_t id);

#endif
