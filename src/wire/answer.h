/* SPDX-License-Identifier: GPL-3.0-or-later */
/* answer.h - the head of an HTTP answer, taken apart. Pure.
 *
 * Memory  headers borrow the bytes they were read from. */
#ifndef WIRE_ANSWER_H
#define WIRE_ANSWER_H

#include <stddef.h>

#include "base/slice.h"

/* One header of an answer; its value without blanks around it. */
struct wire_answer_header {
	struct slice name, value;
};

/* Lines of a head (the status line and lines without a name are left out); names are brought
 * to lower case in place. Returns how many were written, at most max. */
size_t wire_answer_split(char *head, size_t len, struct wire_answer_header *out, size_t max);
/* The first header of that name (compared without case); empty if absent. */
struct slice wire_answer_get(const struct wire_answer_header *h, size_t count, const char *name);
/* Why an answer with these headers is not to be taken, or NULL: where two parties could
 * disagree on where it ends (RFC 9112, 6.3), or its bytes are packed. Nothing packed is asked
 * for, so that a bomb can't unfold here. */
const char *wire_answer_framing(const struct wire_answer_header *h, size_t n);

#endif
