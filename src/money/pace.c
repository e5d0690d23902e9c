/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "money/pace.h"

#include "money/pico.h"

#define HOUR_US INT64_C(3600000000)

static int64_t sum(const int64_t *v, int from, int64_t live_pd)
{
	int64_t total = live_pd;
	int i;

	for (i = from; i < PACE_MINUTES; i++)
		total = pico_add_capped(total, v[i]);
	return total;
}

/* value * num / den, not over PICO_MAX. den above 0. */
static int64_t part(int64_t value, int64_t num, int64_t den)
{
	__int128 v = (__int128)value * num / den;

	return v > PICO_MAX ? PICO_MAX : (int64_t)v;
}

int64_t pace_rate(const int64_t minute_pd[PACE_MINUTES], int64_t live_pd)
{
	return sum(minute_pd, PACE_MINUTES - PACE_RATE_MINUTES, live_pd) / PACE_RATE_MINUTES;
}

int64_t pace_day(const int64_t minute_pd[PACE_MINUTES], int64_t live_pd, int64_t today_pd, int64_t now_us, int64_t end_us)
{
	int64_t spent = pico_add_capped(today_pd, live_pd);

	return end_us <= now_us ? spent : pico_add_capped(spent, part(sum(minute_pd, 0, live_pd), end_us - now_us, HOUR_US));
}

int64_t pace_month(int64_t before_pd, int64_t day_pd, int days_before, int days_left)
{
	int64_t known = pico_add_capped(before_pd, day_pd);

	return days_left <= 0 ? known : pico_add_capped(known, part(known, days_left, days_before + 1));
}
