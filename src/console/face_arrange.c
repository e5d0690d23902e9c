/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where panes and views stand. */
#include "console/face_state.h"

static void place(struct face *f, int n, int row, int col, int rows, int cols)
{
	struct placed *p = &f->panes[n];

	p->row = row;
	p->col = col;
	p->rows = rows;
	p->cols = cols;
	p->is_shown = rows > 0 && cols > 0;
}

static enum arrangement arrangement_for(int cols, int rows)
{
	if (cols < 40 || rows < 8)
		return ARRANGED_TINY;
	if (cols < 80 && rows >= 36)
		return ARRANGED_STACK;
	if (cols < 80 || rows < 20)
		return ARRANGED_SINGLE;
	return cols >= 140 && rows >= 36 ? ARRANGED_WIDE : ARRANGED_NORMAL;
}

static void arrange_stack(struct face *f, int top, int rows, int cols)
{
	int keys = f->snap.keys_n + 2 < 6 ? 5 : 6, meter = rows / 4, tasks = (rows - keys - meter) * 5 / 9, approvals = rows - keys - meter - tasks;

	place(f, 0, top, 0, tasks, cols);
	place(f, 1, top + tasks, 0, approvals, cols);
	place(f, 2, top + tasks + approvals, 0, meter, cols);
	place(f, 3, top + tasks + approvals + meter, 0, keys, cols);
}

static void arrange_normal(struct face *f, int top, int rows, int cols)
{
	int left = cols * 5 / 8, log = rows >= 31 ? rows / 5 : 0, tasks, meter;

	rows -= log;
	tasks = (rows + 1) / 2;
	meter = (rows * 4 + 3) / 7;
	place(f, 0, top, 0, tasks, left);
	place(f, 1, top + tasks, 0, rows - tasks, left);
	place(f, 2, top, left, meter, cols - left);
	place(f, 3, top + meter, left, rows - meter, cols - left);
	place(f, 4, top + rows, 0, log, cols);
}

static void arrange_wide(struct face *f, int top, int rows, int cols)
{
	int left = cols * 5 / 16, right = cols * 7 / 32, log = 9, keys = 9, tasks = rows - log - keys;

	place(f, 0, top, 0, tasks, left);
	place(f, 3, top + tasks, 0, keys, left);
	place(f, 1, top, left, rows - log, cols - left - right);
	place(f, 2, top, cols - right, rows - log, right);
	place(f, 4, top + rows - log, 0, log, cols);
}

void face_arrange(struct face *f)
{
	int cols = f->grid->cols, rows = f->grid->rows, top = 1, body, i;

	f->arrangement = arrangement_for(cols, rows);
	if (f->notice_rows != face_notice_rows(f)) {
		f->notice_rows = face_notice_rows(f);
		f->unsettled = true;
		face_dirty_all(f);
	}
	for (i = 0; i < PANES; i++)
		place(f, i, 0, 0, 0, 0);
	if (f->arrangement == ARRANGED_TINY) {
		for (i = 0; i < f->layers_n; i++)
			f->layers[i].rows = f->layers[i].cols = 0;
		return;
	}
	if (f->arrangement == ARRANGED_SINGLE)
		top = 2;
	body = rows - top - 1 - f->notice_rows;
	switch (f->arrangement) {
	case ARRANGED_STACK: arrange_stack(f, top, body, cols); break;
	case ARRANGED_NORMAL: arrange_normal(f, top, body, cols); break;
	case ARRANGED_WIDE: arrange_wide(f, top, body, cols); break;
	default: break;
	}
	if (f->fills || !f->panes[f->focus].is_shown) {
		for (i = 0; i < PANES; i++)
			f->panes[i].is_shown = false;
		place(f, f->focus, top, 0, body, cols);
	}
	for (i = 0; i < f->layers_n; i++) {
		struct placed *p = &f->layers[i];
		bool is_line = p->ops == &prompt_view;

		p->row = is_line ? rows - 1 - f->notice_rows : top;
		p->col = 0;
		p->rows = is_line ? f->notice_rows : body;
		p->cols = cols;
	}
}
