/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which line of a diff is what can't be told from its first bytes alone: a
 * removed "-- x" reads "--- x". So the counts of each hunk's head are followed
 * down to zero, as patch and git do; only outside a hunk are heads looked for.
 * A line that fits neither is shown as it is, with a warning: git refuses such
 * a diff, and nothing is hidden meanwhile. */
#include "config.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "office/preview_lines.h"

struct diff {
	struct preview *p;
	char *first;			/* name of the first file */
	char old_name[TITLE_MAX_BYTES];
	long old_left, new_left;	/* lines the hunk still has to give */
	size_t last;			/* index of the last line of a hunk, for "no newline" */
	bool broken;
};

static bool starts(struct slice s, const char *with)
{
	size_t n = strlen(with);

	return s.len >= n && memcmp(s.p, with, n) == 0;
}

/* "12,3" or "12"; moves *i. */
static bool range(struct slice s, size_t *i, long *count)
{
	long v[2] = {0, 1};
	int k;

	for (k = 0; k < 2; k++) {
		size_t from = *i;

		for (v[k] = 0; *i < s.len && s.p[*i] >= '0' && s.p[*i] <= '9' && *i - from < 9; ++*i)
			v[k] = v[k] * 10 + (s.p[*i] - '0');
		if (*i == from)
			return false;
		if (k == 1 || *i >= s.len || s.p[*i] != ',')
			break;
		++*i;
	}
	*count = k == 1 ? v[1] : 1;
	return true;
}

static bool hunk_head(struct slice s, long *old_lines, long *new_lines)
{
	size_t i = 4;

	if (!starts(s, "@@ -") || !range(s, &i, old_lines) || i + 2 > s.len || memcmp(s.p + i, " +", 2) != 0)
		return false;
	i += 2;
	return range(s, &i, new_lines) && i + 3 <= s.len && memcmp(s.p + i, " @@", 3) == 0;
}

/* "+++ b/docs/api.md\tdate" to "docs/api.md". */
static void file_name(struct slice line, char out[TITLE_MAX_BYTES])
{
	size_t n = 0;

	line.p += 4;
	line.len -= 4;
	while (n < line.len && line.p[n] != '\t' && line.p[n] != '\r')
		n++;
	if (n > 2 && (line.p[0] == 'a' || line.p[0] == 'b') && line.p[1] == '/') {
		line.p += 2;
		n -= 2;
	}
	snprintf(out, TITLE_MAX_BYTES, "%.*s", (int)(n < TITLE_MAX_BYTES ? n : TITLE_MAX_BYTES - 1), line.p);
}

static void named(struct diff *d, struct slice line)
{
	char name[TITLE_MAX_BYTES];

	file_name(line, name);
	if (strcmp(name, "/dev/null") == 0)
		snprintf(name, sizeof name, "%s", d->old_name);
	if (d->p->files++ == 0 && d->first != NULL)
		snprintf(d->first, TITLE_MAX_BYTES, "%s", name);
}

/* Heads that do more than change lines. */
static void warn_head(struct diff *d, struct slice line)
{
	static const struct {
		const char *with, *words;
	} heads[] = {
		{"new file mode 120000", "this makes a symbolic link"},
		{"new mode 120000", "this makes a symbolic link"},
		{"new file mode 160000", "this points to another repository"},
		{"new file mode 100755", "the new file may be run as a program"},
		{"new mode 100755", "the file may be run as a program from then on"},
		{"deleted file mode", "this deletes the file"},
		{"rename from", "this moves the file"},
		{"GIT binary patch", "this changes bytes that are no text"},
		{"Binary files", "this changes bytes that are no text"},
	};
	size_t i;

	for (i = 0; i < LENGTH(heads); i++)
		if (starts(line, heads[i].with))
			preview_add(d->p, PREVIEW_WARN, slice_of(heads[i].words));
}

static void outside(struct diff *d, struct slice line)
{
	static const char *const heads[] = {"diff ", "index ", "--- ", "+++ ", "new file mode ", "deleted file mode ", "old mode ", "new mode ", "rename from ",
	    "rename to ", "copy from ", "copy to ", "similarity index ", "dissimilarity index ", "GIT binary patch", "Binary files "};
	struct preview_line *l;
	size_t i;

	for (i = 0; i < LENGTH(heads) && !starts(line, heads[i]); i++)
		;
	l = preview_add(d->p, i < LENGTH(heads) ? PREVIEW_HUNK : PREVIEW_PLAIN, line);
	l->marks = preview_marks(line);
	if (starts(line, "--- "))
		file_name(line, d->old_name);
	if (starts(line, "+++ "))
		named(d, line);
	if (i == LENGTH(heads) && line.len > 0 && d->p->files > 0 && !d->broken) {
		preview_add(d->p, PREVIEW_WARN, slice_of("the diff is not well formed from here on; git would refuse it"));
		d->broken = true;
	}
	warn_head(d, line);
}

static void inside(struct diff *d, struct slice line)
{
	static const struct {
		char c;
		enum preview_role role;
		int old_lines, new_lines;
	} kinds[] = {{'+', PREVIEW_ADD, 0, 1}, {'-', PREVIEW_DEL, 1, 0}, {' ', PREVIEW_PLAIN, 1, 1}};
	struct preview_line *l;
	unsigned marks = preview_marks(line);
	size_t i;

	for (i = 0; i < LENGTH(kinds) && (line.len == 0 || line.p[0] != kinds[i].c); i++)
		;
	if (line.len == 0)	/* some tools drop the blank of an empty context line */
		i = LENGTH(kinds) - 1;
	if (i == LENGTH(kinds)) {
		d->old_left = d->new_left = 0;
		outside(d, line);
		return;
	}
	if (line.len == 1)	/* the sign itself is no trailing blank */
		marks &= ~(unsigned)MARK_TRAILING_BLANK;
	d->old_left -= kinds[i].old_lines;
	d->new_left -= kinds[i].new_lines;
	d->p->added += kinds[i].role == PREVIEW_ADD;
	d->p->removed += kinds[i].role == PREVIEW_DEL;
	l = preview_add(d->p, kinds[i].role, line);
	l->marks = marks;
	d->last = d->p->n - 1;
	if (kinds[i].role != PREVIEW_PLAIN)
		preview_explain(d->p, marks, line.len);
}

static void one_line(struct diff *d, struct slice line)
{
	long old_lines, new_lines;

	if (starts(line, "\\")) {
		if (d->last < d->p->n)
			d->p->lines[d->last].marks |= MARK_NO_NEWLINE;
		preview_add(d->p, PREVIEW_NOTE, line);
	} else if (d->old_left > 0 || d->new_left > 0) {
		inside(d, line);
	} else if (hunk_head(line, &old_lines, &new_lines)) {
		d->old_left = old_lines;
		d->new_left = new_lines;
		preview_add(d->p, PREVIEW_HUNK, line)->marks = preview_marks(line);
	} else {
		outside(d, line);
	}
}

void preview_diff(struct preview *p, struct slice diff, char *first)
{
	struct diff d = {.p = p, .first = first, .last = (size_t)-1};
	size_t i = 0;

	while (i < diff.len) {
		const char *end = memchr(diff.p + i, '\n', diff.len - i);
		size_t n = end != NULL ? (size_t)(end - diff.p) - i : diff.len - i;

		one_line(&d, slice_make(diff.p + i, n));
		i += n + 1;
	}
	if (d.old_left > 0 || d.new_left > 0)
		preview_add(p, PREVIEW_WARN, slice_of("the diff ends inside a hunk; git would refuse it"));
	else if (diff.len > 0 && diff.p[diff.len - 1] != '\n')
		preview_add(p, PREVIEW_NOTE, slice_of("the diff itself has no newline at its end"));
}
