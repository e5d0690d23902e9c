/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pattern.h - regular expressions (PCRE2) with named groups and limits. */
#ifndef PRACTICE_PATTERN_H
#define PRACTICE_PATTERN_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"
#include "practice/vars.h"

struct pattern;
/* UTF-8, `.` stops at a newline unless (?s). ERR_PROTO names the place. */
MUST_USE enum err_code pattern_new(struct pattern **out, const char *regex, struct err *e);
void pattern_free(struct pattern *p);
/* Sets each named group that took part; the limits make a hopeless pattern a
 * pattern that does not match. */
bool pattern_match(const struct pattern *p, const char *text, struct vars *v);
/* Append the first group, or all of the match if there is no group. */
bool pattern_first(const struct pattern *p, const char *text, struct buf *out);
/* Calls f for each group's name. */
void pattern_names(const struct pattern *p, void (*f)(void *user, const char *name), void *user);

#endif
