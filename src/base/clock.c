/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t clock_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return t.tv_sec * US_PER_S + t.tv_nsec / 1000;
}

int64_t clock_steady_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * US_PER_S + t.tv_nsec / 1000;
}

void clock_use_zone(const char *name)
{
	if (name != NULL && name[0] != '\0')
		setenv("TZ", name, 1);
	tzset();
}

/* Midnight of the day that is `days` and `months` on; mktime() settles the
 * overflow and a day that has 23 or 25 hours. */
static int64_t midnight(int64_t now_us, int months, int days, int to_first)
{
	time_t t = (time_t)(now_us / US_PER_S);
	struct tm tm;

	localtime_r(&t, &tm);
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	tm.tm_isdst = -1;
	tm.tm_mday = to_first ? 1 : tm.tm_mday + days;
	tm.tm_mon += months;
	return (int64_t)mktime(&tm) * US_PER_S;
}

int64_t clock_day_start(int64_t now_us) { return midnight(now_us, 0, 0, 0); }
int64_t clock_day_end(int64_t now_us) { return midnight(now_us, 0, 1, 0); }
int64_t clock_month_start(int64_t now_us) { return midnight(now_us, 0, 0, 1); }
int64_t clock_month_end(int64_t now_us) { return midnight(now_us, 1, 0, 1); }

int64_t clock_day_number(int64_t now_us)
{
	time_t t = (time_t)(now_us / US_PER_S);
	struct tm tm;

	localtime_r(&t, &tm);
	tm.tm_hour = 12;
	tm.tm_min = tm.tm_sec = 0;
	return (int64_t)timegm(&tm) / 86400;
}

int64_t clock_day_minute(int64_t day_number, int minute)
{
	time_t t = (time_t)(day_number * 86400);
	struct tm tm;

	gmtime_r(&t, &tm);
	tm.tm_hour = minute / 60;
	tm.tm_min = minute % 60;
	tm.tm_isdst = -1;
	return (int64_t)mktime(&tm) * US_PER_S;
}

void clock_hhmm(int64_t at_us, char out[6])
{
	time_t t = (time_t)(at_us / US_PER_S);
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(out, 6, "%H:%M", &tm);
}

void clock_local(int64_t at_us, char out[20])
{
	time_t t = (time_t)(at_us / US_PER_S);
	struct tm tm;

	localtime_r(&t, &tm);
	strftime(out, 20, "%Y-%m-%d %H:%M", &tm);
}
