/* SPDX-License-Identifier: GPL-3.0-or-later */
/* when.h - how often and when, as a person writes it: "30m", "1d"; "07:00"; "mon-fri",
 * "mon,wed". Pure. */
#ifndef OFFICE_WHEN_H
#define OFFICE_WHEN_H

#include "model/schedule.h"
#include "base/err.h"

/* Fill every_us, at_minute and days. at and days may be NULL: at no fixed time, on
 * every day. ERR_USAGE in words: unknown words, under 5 minutes, a fixed time with
 * what is no whole number of days. */
MUST_USE enum err_code when_read(struct schedule *s, const char *every, const char *at, const char *days, struct err *e);
#define WHEN_TEXT 64
/* "every 1d at 07:00 on mon-fri" */
void when_text(const struct schedule *s, char out[WHEN_TEXT]);

#endif
