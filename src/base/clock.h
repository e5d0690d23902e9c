/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock.h - the time of day and the steady clock. Not for pure rooms. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define US_PER_MS INT64_C(1000)
#define US_PER_S INT64_C(1000000)
#define US_PER_DAY (INT64_C(86400) * US_PER_S)

int64_t clock_now_us(void);	/* UTC, microseconds since 1970 */
int64_t clock_steady_us(void);	/* never set back; for time limits */

/* The process's one time zone (a workspace's): call before threads start.
 * Unknown names fall back to UTC. */
void clock_use_zone(const char *name);
/* Start (UTC us) of the day / month in that zone that holds now_us, and of the
 * next one. */
int64_t clock_day_start(int64_t now_us);
int64_t clock_day_end(int64_t now_us);
int64_t clock_month_start(int64_t now_us);
int64_t clock_month_end(int64_t now_us);
/* Whole days since 1970 of the day (in that zone) that holds now_us. */
int64_t clock_day_number(int64_t now_us);
/* That minute of that day in that zone (UTC us). Where the clocks leave it out, the
 * time they jump to; where it comes twice, one of the two. */
int64_t clock_day_minute(int64_t day_number, int minute);
/* "14:03" / "2026-11-23 14:03" in that zone. */
void clock_hhmm(int64_t at_us, char out[6]);
void clock_local(int64_t at_us, char out[20]);

#endif
