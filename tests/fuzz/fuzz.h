/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz.h - one input, fed whole and in two pieces; what is said must be the same.
 * The first byte of the input says where the cut is. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/slice.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef void fuzz_run(const struct slice *cut, size_t count, struct buf *out);

static inline void fuzz_same(fuzz_run *run, const uint8_t *data, size_t size)
{
	struct slice whole, cut[2];
	struct buf first, second;
	size_t at;

	if (size < 2)
		return;
	whole = slice_make(data + 1, size - 1);
	at = data[0] % (whole.len + 1);
	cut[0] = slice_make(whole.p, at);
	cut[1] = slice_make(whole.p + at, whole.len - at);
	buf_init(&first, 0);
	buf_init(&second, 0);
	run(&whole, 1, &first);
	run(cut, 2, &second);
	if (strcmp(buf_text(&first), buf_text(&second)) != 0)
		abort();
	buf_release(&first);
	buf_release(&second);
}

#endif
