/* SPDX-License-Identifier: GPL-3.0-or-later */
/* GMime keeps each field of each head and an object for each part, a hundred times the
 * bytes of the shortest ones. So what looks like a field, or like a boundary, is
 * counted first, wherever it stands; at the limit the file ends for it. */
#include "servers/inbox/mail_limit.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

#define HEAD_BYTES_MAX ((size_t)256 << 10)	/* of a head that came alone */
#define FIELDS_MAX 20000	/* of all heads in a mail: lines that could be one */
#define FIELD_MAX ((size_t)64 << 10)	/* bytes of one: addresses take a hundred times their size */
#define FIELD_BYTES_MAX ((size_t)2 << 20)	/* of all */
#define BOUNDARIES_MAX 5000
#define NAME_OF_FIELD_MAX 250	/* GMime takes nearly anything before a colon for one */
#define SCAN_BYTES ((size_t)64 << 10)

struct scan {
	int64_t at;		/* offset in the file */
	int64_t line;		/* where the present line begins */
	int column;		/* in it; -1: no field any more */
	char first;
	bool is_field;
	size_t fields, field_bytes, boundaries;
	size_t this_field;	/* bytes of the one at hand, with the lines it goes on in */
	int64_t field;		/* where it begins */
};

static bool is_over_limit(const struct scan *s)
{
	return s->fields > FIELDS_MAX || s->field_bytes > FIELD_BYTES_MAX || s->this_field > FIELD_MAX || s->boundaries > BOUNDARIES_MAX;
}

static void take_start(struct scan *s, char c)
{
	if (s->column == 0) {
		s->first = c;
		s->is_field = c == ' ' || c == '\t';	/* a field that goes on */
	} else if (s->column == 1 && s->first == '-' && c == '-') {
		s->boundaries++;
	} else if (c == ':' && !s->is_field) {
		s->is_field = true;
		s->fields++;
		s->field = s->line;
		s->this_field = 0;
	}
	s->column = s->is_field || s->column >= NAME_OF_FIELD_MAX ? -1 : s->column + 1;
}

/* Where it gets too much, at the start of a line (of a field that is too long: its own); -1: nowhere. */
static int64_t take_bytes(struct scan *s, const char *p, size_t n)
{
	size_t i = 0;

	while (i < n) {
		if (s->column >= 0 && p[i] != '\n') {
			take_start(s, p[i++]);
		} else {
			const char *end = memchr(p + i, '\n', n - i);
			size_t len = end != NULL ? (size_t)(end - p) - i + 1 : n - i;

			if (s->is_field) {
				s->field_bytes += len;
				s->this_field += len;
			}
			i += len;
			if (end != NULL) {
				s->line = s->at + (int64_t)i;
				s->column = 0;
				s->is_field = false;
			}
		}
		if (is_over_limit(s))
			return s->this_field > FIELD_MAX ? s->field : s->line;
	}
	s->at += (int64_t)n;
	return -1;
}

int64_t mail_limit_file(int fd)
{
	struct scan s = {.at = 0};
	char *bytes = xmalloc(SCAN_BYTES);
	int64_t end = -1;
	ssize_t n;

	while (end < 0 && (n = pread(fd, bytes, SCAN_BYTES, (off_t)s.at)) > 0)
		end = take_bytes(&s, bytes, (size_t)n);
	free(bytes);
	return end;
}

struct slice mail_limit_head(struct slice s)
{
	struct scan scan = {.at = 0};
	int64_t end;
	bool is_cut = s.len > HEAD_BYTES_MAX;

	if (is_cut)
		s.len = HEAD_BYTES_MAX;
	end = take_bytes(&scan, s.p, s.len);
	if (end >= 0 || is_cut)
		s.len = (size_t)(end >= 0 ? end : scan.line);
	return s;
}
