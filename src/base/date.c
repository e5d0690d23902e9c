/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/date.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define US INT64_C(1000000)
#define DAY_S INT64_C(86400)

/* Days since 1970-01-01 in the proleptic Gregorian calendar: years counted from
 * 1 March so that the leap day comes last, in eras of 400 years. */
int64_t date_days_from_civil(int year, int month, int day)
{
	int64_t y = month <= 2 ? (int64_t)year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t of_era = y - era * 400;
	int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static void civil_from_days(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

void date_rfc3339(int64_t at_us, char out[DATE_TEXT])
{
	int64_t s = floor_div(at_us, US), days = floor_div(s, DAY_S), of_day = s - days * DAY_S;
	int y, m, d;

	civil_from_days(days, &y, &m, &d);
	snprintf(out, DATE_TEXT, "%04u-%02u-%02uT%02u:%02u:%02u.%06uZ", (unsigned)y % 10000, (unsigned)m % 100, (unsigned)d % 100, (unsigned)(of_day / 3600) % 24, (unsigned)(of_day / 60) % 60,
	    (unsigned)of_day % 60, (unsigned)(at_us - s * US) % 1000000);
}

void date_day(int64_t at_us, char out[11])
{
	char whole[DATE_TEXT];

	date_rfc3339(at_us, whole);
	memcpy(out, whole, 10);
	out[10] = '\0';
}

static bool digits(const char **s, int n, int *out)
{
	int v = 0;

	while (n-- > 0) {
		if (!isdigit((unsigned char)**s))
			return false;
		v = v * 10 + (*(*s)++ - '0');
	}
	*out = v;
	return true;
}

static bool clock_part(const char *s, int64_t *us_of_day)
{
	int h, mi, se, oh, om;
	int64_t fraction = 0, scale = US;
	char sign;

	if (!digits(&s, 2, &h) || *s++ != ':' || !digits(&s, 2, &mi) || *s++ != ':' || !digits(&s, 2, &se) || h > 23 || mi > 59 || se > 60)
		return false;
	if (*s == '.')
		for (s++; isdigit((unsigned char)*s); s++)
			if (scale > 1)
				fraction += (*s - '0') * (scale /= 10);
	*us_of_day = ((int64_t)h * 3600 + mi * 60 + se) * US + fraction;
	if ((*s == 'Z' || *s == 'z') && s[1] == '\0')
		return true;
	sign = *s++;
	if ((sign != '+' && sign != '-') || !digits(&s, 2, &oh) || *s++ != ':' || !digits(&s, 2, &om) || *s != '\0' || oh > 23 || om > 59)
		return false;
	*us_of_day -= (sign == '+' ? 1 : -1) * ((int64_t)oh * 3600 + om * 60) * US;
	return true;
}

bool date_parse(const char *s, int64_t *out_us)
{
	int y, m, d;
	int64_t of_day = 0;

	if (!digits(&s, 4, &y) || *s++ != '-' || !digits(&s, 2, &m) || *s++ != '-' || !digits(&s, 2, &d) || m < 1 || m > 12 || d < 1 || d > 31)
		return false;
	if (*s == 'T' || *s == 't' || *s == ' ') {
		if (!clock_part(s + 1, &of_day))
			return false;
	} else if (*s != '\0') {
		return false;
	}
	*out_us = date_days_from_civil(y, m, d) * DAY_S * US + of_day;
	return true;
}

void date_http(int64_t at_us, char out[DATE_HTTP])
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec", names[] = "ThuFriSatSunMonTueWed";
	int64_t s = floor_div(at_us, US), days = floor_div(s, DAY_S), of_day = s - days * DAY_S, of_week = days - floor_div(days, 7) * 7;
	int y, m, d;

	civil_from_days(days, &y, &m, &d);
	snprintf(out, DATE_HTTP, "%.3s, %02u %.3s %04u %02u:%02u:%02u GMT", names + of_week * 3, (unsigned)d % 100, months + (m - 1) * 3, (unsigned)y % 10000,
	    (unsigned)(of_day / 3600) % 24, (unsigned)(of_day / 60) % 60, (unsigned)of_day % 60);
}

bool date_parse_http(const char *s, int64_t *out_us)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int d, y, h, mi, se;
	char mon[4];
	const char *at;

	if (sscanf(s, "%*3[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT", &d, mon, &y, &h, &mi, &se) != 6)
		return false;
	at = strstr(months, mon);
	if (strlen(mon) != 3 || at == NULL || (at - months) % 3 != 0)
		return false;
	*out_us = ((date_days_from_civil(y, (int)(at - months) / 3 + 1, d) * 24 + h) * 3600 + mi * 60 + se) * US;
	return true;
}
