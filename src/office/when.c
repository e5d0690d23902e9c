/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "office/when.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/slice.h"

#define US_PER_MINUTE (INT64_C(60) * 1000000)
#define US_PER_DAY (INT64_C(1440) * US_PER_MINUTE)

static const char *const day_names[7] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static bool read_every(const char *text, int64_t *out_us)
{
	static const struct {
		char unit;
		int64_t us;
	} units[] = {{'m', US_PER_MINUTE}, {'h', 60 * US_PER_MINUTE}, {'d', US_PER_DAY}, {'w', 7 * US_PER_DAY}};
	char *end;
	long n;
	size_t i;

	if (text[0] < '1' || text[0] > '9' || strlen(text) > 6)
		return false;
	n = strtol(text, &end, 10);
	for (i = 0; i < LENGTH(units); i++)
		if (*end == units[i].unit && end[1] == '\0') {
			*out_us = n * units[i].us;
			return true;
		}
	return false;
}

static bool read_at(const char *text, int *out)
{
	size_t i;

	if (strlen(text) != 5 || text[2] != ':')
		return false;
	for (i = 0; i < 5; i++)
		if (i != 2 && (text[i] < '0' || text[i] > '9'))
			return false;
	*out = ((text[0] - '0') * 10 + text[1] - '0') * 60 + (text[3] - '0') * 10 + text[4] - '0';
	return *out < 1440 && text[3] < '6';
}

static int day_of(const char *text, size_t len)
{
	int i;

	for (i = 0; i < 7; i++)
		if (len == 3 && strncmp(text, day_names[i], 3) == 0)
			return i;
	return -1;
}

/* "mon", "mon-fri", "fri-mon" (over the week's end), with commas between. */
static bool read_days(const char *text, unsigned *out)
{
	*out = 0;
	for (;;) {
		size_t n = strcspn(text, ",");
		const char *dash = memchr(text, '-', n);
		int from = day_of(text, dash != NULL ? (size_t)(dash - text) : n);
		int to = dash != NULL ? day_of(dash + 1, n - (size_t)(dash + 1 - text)) : from;

		if (from < 0 || to < 0)
			return false;
		for (; from != to; from = (from + 1) % 7)
			*out |= 1U << from;
		*out |= 1U << to;
		if (text[n] == '\0')
			return true;
		text += n + 1;
	}
}

enum err_code when_read(struct schedule *s, const char *every, const char *at, const char *days, struct err *e)
{
	s->at_minute = -1;
	s->days = EVERY_DAY;
	if (!read_every(every, &s->every_us) || s->every_us < EVERY_MIN_US || s->every_us > EVERY_MAX_US)
		return err_set(e, ERR_USAGE, "'%.20s' is no interval from 5m to 366d, such as 30m, 2h, 1d, 1w", every);
	if (at != NULL && !read_at(at, &s->at_minute))
		return err_set(e, ERR_USAGE, "'%.20s' is no time of the day such as 07:00", at);
	if (days != NULL && !read_days(days, &s->days))
		return err_set(e, ERR_USAGE, "'%.40s' are no days such as mon-fri or mon,thu", days);
	if (at != NULL && s->every_us % US_PER_DAY != 0)
		return err_set(e, ERR_USAGE, "a time of the day goes with whole days, such as 1d");
	if (at == NULL && s->every_us % US_PER_DAY == 0)
		return err_set(e, ERR_USAGE, "whole days need a time of the day, such as 07:00");
	return ERR_OK;
}

static void days_text(unsigned days, char *out, size_t room)
{
	size_t at = 0;
	int i, last;

	for (i = 0; i < 7; i = last + 1) {
		last = i;
		if ((days & 1U << i) == 0)
			continue;
		while (last < 6 && (days & 1U << (last + 1)) != 0)
			last++;
		at += (size_t)snprintf(out + at, room - at, last > i ? "%s%s-%s" : "%s%s", at > 0 ? "," : "", day_names[i], day_names[last]);
	}
}

void when_text(const struct schedule *s, char out[WHEN_TEXT])
{
	int64_t minutes = s->every_us / US_PER_MINUTE;
	char days[32] = "", at[12] = "";

	if (s->days != EVERY_DAY)
		days_text(s->days, days, sizeof days);
	if (s->at_minute >= 0)
		snprintf(at, sizeof at, " at %02d:%02d", s->at_minute / 60 % 24, s->at_minute % 60);
	snprintf(out, WHEN_TEXT, "every %lld%c%s%s%s", (long long)(minutes % 1440 == 0 ? minutes / 1440 : minutes % 60 == 0 ? minutes / 60 : minutes),
	    minutes % 1440 == 0 ? 'd' : minutes % 60 == 0 ? 'h' : 'm', at, days[0] != '\0' ? " on " : "", days);
}
