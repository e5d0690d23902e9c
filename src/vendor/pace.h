/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pace.h - rate limits from an answer's headers, one reader for each way to
 * write them. For the vendors' tables; callers use vendor.h. */
#ifndef VENDOR_PACE_H
#define VENDOR_PACE_H

#include "vendor/vendor.h"

void limits_anthropic(const struct wire_answer_header *h, size_t count, int64_t now_us, struct vendor_limit out[VENDOR_LIMITS]);
void limits_openai(const struct wire_answer_header *h, size_t count, int64_t now_us, struct vendor_limit out[VENDOR_LIMITS]);
void limits_none(const struct wire_answer_header *h, size_t count, int64_t now_us, struct vendor_limit out[VENDOR_LIMITS]);	/* AWS says nothing */

#endif
