/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pane_meter.h - what the narrow and the wide form of the meter share. */
#ifndef CONSOLE_PANE_METER_H
#define CONSOLE_PANE_METER_H

#include "console/pane.h"

struct meter {
	int period, by;		/* as in struct wish */
	int top;		/* the first row shown */
};

/* A row's name for people: "anthropic", "G3 Answer the mail"; no content where that is hidden. */
void meter_name(const struct scene *sc, const struct meter *m, const struct meter_row *r, char out[TITLE_MAX_BYTES]);
/* What stands below the rows, from row on, as far as there is room; the next row. */
int meter_foot(const struct scene *sc, const struct canvas *c, int row);
int meter_foot_rows(const struct scene *sc);
/* With the room that is left: calls in flight one by one, the hour as a chart. */
void meter_below(const struct scene *sc, const struct canvas *c, int row);

/* The wide form (meter_table.c). */
void meter_table(const struct scene *sc, const struct meter *m, const struct canvas *in);

#endif
