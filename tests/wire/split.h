/* SPDX-License-Identifier: GPL-3.0-or-later */
/* split.h - feeds the same bytes whole, byte by byte and in every cut in two,
 * and wants the same text written down each time. */
#ifndef TESTS_WIRE_SPLIT_H
#define TESTS_WIRE_SPLIT_H

#include "check.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/slice.h"

/* Runs a fresh parser over cut[0], cut[1] ... and appends what it said to out. */
typedef void split_run(void *user, const struct slice *cut, size_t count, struct buf *out);

static inline void split_once(split_run *run, void *user, const struct slice *cut, size_t count, const char *wanted, size_t at)
{
	struct buf got;

	buf_init(&got, 0);
	run(user, cut, count, &got);
	if (strcmp(buf_text(&got), wanted) != 0)
		fail_msg("cut at %zu:\n%s\nnot:\n%s", at, buf_text(&got), wanted);
	buf_release(&got);
}

/* step 1 tries every cut; a larger one every so many bytes, for large inputs. */
static inline void split_check(split_run *run, void *user, struct slice bytes, size_t step)
{
	struct slice one[1] = {bytes}, two[2], *each;
	struct buf whole;
	size_t i;

	buf_init(&whole, 0);
	run(user, one, 1, &whole);
	for (i = 0; i <= bytes.len; i += step) {
		two[0] = slice_make(bytes.p, i);
		two[1] = slice_make(bytes.p + i, bytes.len - i);
		split_once(run, user, two, 2, buf_text(&whole), i);
	}
	each = test_calloc(bytes.len + 1, sizeof *each);
	for (i = 0; i < bytes.len; i++)
		each[i] = slice_make(bytes.p + i, 1);
	split_once(run, user, each, bytes.len, buf_text(&whole), 1);
	test_free(each);
	buf_release(&whole);
}

#endif
