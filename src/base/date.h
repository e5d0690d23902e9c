/* SPDX-License-Identifier: GPL-3.0-or-later */
/* date.h - civil dates in UTC. Pure. Times are microseconds since 1970. */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#define DATE_TEXT 32
#define DATE_HTTP 32

/* RFC 3339 in UTC with microseconds: 2026-11-23T09:00:00.000000Z */
void date_rfc3339(int64_t at_us, char out[DATE_TEXT]);
/* "2026-11-23" */
void date_day(int64_t at_us, char out[11]);
/* Reads RFC 3339 (any offset, optional fraction) or a bare date (its start). */
bool date_parse(const char *s, int64_t *out_us);
/* HTTP date (RFC 9110, IMF-fixdate). */
bool date_parse_http(const char *s, int64_t *out_us);
void date_http(int64_t at_us, char out[DATE_HTTP]);
int64_t date_days_from_civil(int year, int month, int day);

#endif
