/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/list.h"

#include <string.h>

static int64_t id_at(const void *v, size_t stride, int i)
{
	int64_t id;

	memcpy(&id, (const char *)v + (size_t)i * stride, sizeof id);
	return id;
}

static void keep_in_sight(struct list *l)
{
	if (l->at >= l->total)
		l->at = l->total - 1;
	if (l->at < 0)
		l->at = 0;
	if (l->rows < 1)
		return;
	if (l->offset > l->total - l->rows)
		l->offset = l->total - l->rows;
	if (l->offset < 0)
		l->offset = 0;
	if (l->at < l->offset)
		l->offset = l->at;
	if (l->at >= l->offset + l->rows)
		l->offset = l->at - l->rows + 1;
}

void list_sync(struct list *l, const void *v, size_t stride, int n, int offset, int total)
{
	int64_t was = l->id;
	int i;

	l->loaded = n;
	l->loaded_offset = offset;
	l->total = total > offset + n ? total : offset + n;
	if (!l->wants_move)
		for (i = 0; i < n; i++)
			if (id_at(v, stride, i) == l->id) {
				l->at = offset + i;
				break;
			}
	keep_in_sight(l);
	i = list_index(l);
	if (i < 0) {
		if (l->total == 0)
			l->id = 0;
		return;
	}
	l->id = id_at(v, stride, i);
	if (l->id != was)
		l->by_person = l->wants_move;
	l->wants_move = false;
}

void list_fit(struct list *l, int rows)
{
	l->rows = rows > 0 ? rows : 0;
	keep_in_sight(l);
}

int list_index(const struct list *l)
{
	int i = l->at - l->loaded_offset;

	return i >= 0 && i < l->loaded ? i : -1;
}

bool list_is_marked(const struct list *l, int64_t id)
{
	int i;

	for (i = 0; i < l->marked_n; i++)
		if (l->marked[i] == id)
			return true;
	return false;
}

int list_marked_at(const struct list *l, const void *v, size_t stride, int n, int at[LIST_MARKS])
{
	int i, k = 0;

	for (i = 0; i < n && k < LIST_MARKS; i++)
		if (list_is_marked(l, id_at(v, stride, i)))
			at[k++] = i;
	return k;
}

void list_mark_range(struct list *l, const void *v, size_t stride)
{
	int at = list_index(l), from = at, i, step;

	for (i = 0; l->marked_n > 0 && i < l->loaded; i++)
		if (id_at(v, stride, i) == l->marked[l->marked_n - 1])
			from = i;
	step = from <= at ? 1 : -1;
	for (i = from; at >= 0; i += step) {	/* the last one marked is where the next range begins */
		int64_t id = id_at(v, stride, i);

		if (!list_is_marked(l, id) && l->marked_n < LIST_MARKS)
			l->marked[l->marked_n++] = id;
		if (i == at)
			break;
	}
}

static void toggle_mark(struct list *l)
{
	int i;

	for (i = 0; i < l->marked_n; i++)
		if (l->marked[i] == l->id) {
			l->marked[i] = l->marked[--l->marked_n];
			return;
		}
	if (l->id != 0 && l->marked_n < LIST_MARKS)
		l->marked[l->marked_n++] = l->id;
}

bool list_act(struct list *l, enum action a)
{
	int page = l->rows > 1 ? l->rows - 1 : 1, to = l->at;

	switch (a) {
	case ACT_DOWN: to++; break;
	case ACT_UP: to--; break;
	case ACT_TOP: to = 0; break;
	case ACT_BOTTOM: to = l->total - 1; break;
	case ACT_PAGE_DOWN: to += page; break;
	case ACT_PAGE_UP: to -= page; break;
	case ACT_MARK: toggle_mark(l); to++; break;
	default: return false;
	}
	to = to >= l->total ? l->total - 1 : to;
	to = to < 0 ? 0 : to;
	if (to != l->at) {
		l->at = to;
		l->wants_move = true;
	}
	keep_in_sight(l);
	return true;
}
