/* SPDX-License-Identifier: GPL-3.0-or-later */
/* text.h - text from outside, made fit for a terminal, and measured in columns.
 *
 * Whatever came from a model, a connector, a vendor or a file passes here before
 * it is shown. Control bytes (tab and newline included: callers split lines
 * first), C1, direction controls, zero-width, tag and other invisible characters,
 * a third combining mark on one character, and bytes that are no UTF-8 become a
 * visible mark each, and are counted. What is cut into cells where the C library
 * and utf8proc disagree on the width gets a plain stand-in. Cleaning clean text
 * changes nothing.
 *
 * Thread  any; text_use_locale() is called once, before other threads start.
 * Memory  slices handed out point into the text given, or at constants. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

enum text_flag {
	TEXT_LIST = 1 << 0,	/* emoji become a stand-in too: for one-line lists */
	TEXT_ASCII = 1 << 1,	/* everything to ASCII, whatever the locale */
};

/* What the face knows of the locale: the C library's width of a code point (-1:
 * not printable; NULL: do not ask) and whether its encoding is not UTF-8. Until
 * this is called: UTF-8, and utf8proc's widths. */
typedef int text_width_fn(uint32_t cp);
void text_use_locale(text_width_fn *width, bool ascii_only);
bool text_is_ascii(void);	/* what was told */

enum text_hidden { HIDDEN_NONE, HIDDEN_CONTROL, HIDDEN_DIRECTION, HIDDEN_INVISIBLE, HIDDEN_MARKS, HIDDEN_BROKEN, HIDDEN_KINDS };

/* One cell's worth: a character with its marks, or what stands for it. */
struct cluster {
	struct slice raw;	/* the bytes of the text that it stands for */
	struct slice shown;	/* what may be printed */
	int cols;		/* 1 or 2 */
	enum text_hidden hidden;	/* not HIDDEN_NONE: shown is the visible mark */
	bool is_standin;	/* shown is the plain stand-in */
};
/* Take the next cluster off the front of *rest; false at the end. */
bool text_next(struct slice *rest, unsigned flags, struct cluster *c);

struct removed {
	int count[HIDDEN_KINDS];
	int all;
};

struct clean {
	struct buf text;	/* printable, one line */
	int cols;
	struct removed removed;
	int standins;
};
/* Clean s into *out, which is empty or was used before (its text is replaced). */
void text_clean(struct slice s, unsigned flags, struct clean *out);
void clean_release(struct clean *c);
/* Count what cleaning s would replace, added to *r. */
void text_count_removed(struct slice s, struct removed *r);
/* "3 hidden characters removed (2 control, 1 direction)", or "" for none: English. */
void removed_words(const struct removed *r, char *out, size_t room);

int text_cols(struct slice s, unsigned flags);
/* Append s, clean, in at most cols columns; what is cut off ends in the ellipsis
 * (`…`, or `~` in ASCII). Returns the columns used. */
int text_cut(struct buf *out, struct slice s, int cols, unsigned flags);
/* The same, filled up to exactly cols columns with blanks behind (or before). */
void text_pad(struct buf *out, struct slice s, int cols, unsigned flags);
void text_pad_left(struct buf *out, struct slice s, int cols, unsigned flags);

/* Take the next row of at most cols columns (at least 2) off the front of *rest:
 * the raw bytes of it. Breaks behind a blank where there is one, else anywhere;
 * no byte is lost: one blank may hang over the edge. False at the end. */
bool text_wrap(struct slice *rest, int cols, unsigned flags, struct slice *row);
/* Rows that takes; an empty text is one row. */
int text_rows(struct slice s, int cols, unsigned flags);

/* Take the next line off *rest, without its \n or \r\n; false at the end. */
bool text_line(struct slice *rest, struct slice *line);

/* One line, clean, appended: for the command line's plain output. */
void text_line_for_terminal(struct slice s, struct buf *out);

#endif
