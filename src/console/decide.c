/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "console/decide.h"

#include <string.h>

bool decider_watch(struct decider *d, const struct approval_row *under, bool by_person, int64_t steady_us, int64_t delay_us)
{
	if (under == NULL) {
		d->under = 0;
		d->is_new = false;
		return false;
	}
	if (d->under == under->id && d->version == under->version && hash_same(&d->hash, &under->hash))
		return false;
	by_person = by_person && d->under != under->id;	/* a new version of the same one is nobody's move */
	d->under = under->id;
	d->version = under->version;
	d->hash = under->hash;
	d->is_new = !by_person;
	d->armed_at_us = by_person ? steady_us : steady_us + delay_us;
	return d->is_new;
}

void decider_hold(struct decider *d, int64_t steady_us, int64_t delay_us)
{
	d->armed_at_us = steady_us + delay_us;
}

const struct shown_item *decider_find(const struct decider *d, const struct approval_row *row)
{
	int i;

	for (i = 0; i < d->shown_n; i++)
		if (d->shown[i].id == row->id && d->shown[i].version == row->version && hash_same(&d->shown[i].hash, &row->hash))
			return &d->shown[i];
	return NULL;
}

void decider_looks(struct decider *d, const struct approval_row *row, int64_t steady_us)
{
	if (hash_same(&d->looked_at, &row->hash))
		return;
	d->looked_at = row->hash;
	d->looked_since_us = steady_us;
}

void decider_shown(struct decider *d, const struct approval_row *row, bool needs_typed_yes)
{
	if (decider_find(d, row) != NULL)
		return;
	d->shown[d->shown_next] = (struct shown_item){row->id, row->version, row->hash, needs_typed_yes || row->effect == EFFECT_DESTROY, d->looked_since_us};
	d->shown_next = (d->shown_next + 1) % SHOWN_KEPT;
	if (d->shown_n < SHOWN_KEPT)
		d->shown_n++;
}

bool decider_is_new(const struct decider *d, const struct approval_row *row, int64_t steady_us)
{
	return d->is_new && d->under == row->id && steady_us < d->armed_at_us;
}

static enum may look(const struct decider *d, const struct approval_row *row, enum approval_state state, int64_t steady_us)
{
	if (row->state != state)
		return MAY_NOT_PENDING;
	return steady_us < d->armed_at_us || d->under != row->id ? MAY_NOT_NOW : MAY;
}

enum may decider_may_reject(const struct decider *d, const struct approval_row *row, int64_t steady_us)
{
	return look(d, row, APPROVAL_PENDING, steady_us);
}

enum may decider_may_settle(const struct decider *d, const struct approval_row *row, int64_t steady_us)
{
	return look(d, row, APPROVAL_UNKNOWN, steady_us);
}

enum may decider_may_approve(const struct decider *d, const struct approval_row *row, int64_t steady_us)
{
	enum may may = decider_may_reject(d, row, steady_us);
	const struct shown_item *shown;

	if (may != MAY)
		return may;
	shown = decider_find(d, row);
	if (shown == NULL)
		return MAY_NOT_UNSEEN;
	return shown->needs_typed_yes ? MAY_WITH_YES : MAY;
}

enum several decider_several(const struct decider *d, const struct approval_row *const rows[], int n)
{
	const struct shown_item *shown;
	int i;

	for (i = 0; i < n; i++)
		if (rows[i]->effect == EFFECT_DESTROY)
			return SEVERAL_DESTROY;	/* whatever else is wrong with the rest */
	for (i = 0; i < n; i++) {
		if (rows[i]->kind != rows[0]->kind || rows[i]->effect != rows[0]->effect || strcmp(rows[i]->tool, rows[0]->tool) != 0 ||
		    strcmp(rows[i]->connector, rows[0]->connector) != 0)
			return SEVERAL_MIXED;
		shown = decider_find(d, rows[i]);
		if (shown == NULL || rows[i]->state != APPROVAL_PENDING)
			return SEVERAL_UNSEEN;
		if (shown->needs_typed_yes)
			return SEVERAL_TYPED;
	}
	return SEVERAL_OK;
}
