/* SPDX-License-Identifier: GPL-3.0-or-later */
/* meter.h - the money of a snapshot: read from the roll-ups when the store has
 * changed, overlaid with the board of calls in flight between. The panes, the
 * `meter` verb and `watch` show these same figures. For this room only.
 *
 * Thread  the face's. */
#ifndef DESK_METER_H
#define DESK_METER_H

#include "desk/desk_private.h"

/* Inside a store view. Rows, sums, minutes and the dates of prices. */
void meter_fill(struct desk *d, const struct wish *w, struct snapshot *s);
/* Lay the board over what is there (s->live_n -1: over fresh rows), and judge the pace. by: wish.meter_by. */
void meter_overlay(struct desk *d, int by, struct snapshot *s);
/* Both, with what is known of the worker, into a snapshot that is empty: for a question. ERR_CONFLICT: somebody commits just now. */
MUST_USE enum err_code meter_read(struct desk *d, const struct wish *w, struct snapshot *s, struct err *e);

/* of snapshot.c */
void snapshot_changed(struct snapshot *s, unsigned parts);
/* snapshot_goals.c: what ended last; a goal's cost, proved or not */
void snapshot_goals(struct desk *d, struct snapshot *s);
int64_t goal_cost(struct store *s, int64_t goal, bool *is_estimated);
/* Replace *rows by fresh ones (taken over); true if they differ. */
bool snapshot_swap(void **rows, int *n, void *fresh, int fresh_n, size_t size);

#endif
