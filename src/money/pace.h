/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pace.h - from what was spent to what will be: the meter's rate and projections. Pure.
 *
 * A projection is no promise: it says where the present pace leads. All amounts are
 * pico-dollars and not below 0; nothing goes over PICO_MAX. */
#ifndef MONEY_PACE_H
#define MONEY_PACE_H

#include <stdint.h>

#define PACE_MINUTES 60		/* an hour of minutes, oldest first */
#define PACE_RATE_MINUTES 5

/* A minute: the mean of the last five, live_pd (calls in flight, so far) among them. */
int64_t pace_rate(const int64_t minute_pd[PACE_MINUTES], int64_t live_pd);
/* The day's end: what it has cost, and the last hour's pace until end_us. */
int64_t pace_day(const int64_t minute_pd[PACE_MINUTES], int64_t live_pd, int64_t today_pd, int64_t now_us, int64_t end_us);
/* The month's end: before_pd in the days_before days before today (those since the first
 * that cost anything), today as day_pd says it will end, and the days_left days after it
 * at their mean. */
int64_t pace_month(int64_t before_pd, int64_t day_pd, int days_before, int days_left);

#endif
