/* SPDX-License-Identifier: GPL-3.0-or-later */
/* retry.h - what a vendor's answer says about waiting and trying again. Pure.
 *
 * The vendor's own wait always wins; wire_backoff_us() is for answers without one. */
#ifndef WIRE_RETRY_H
#define WIRE_RETRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"
#include "wire/answer.h"

#define WIRE_WAIT_MAX_US (INT64_C(7) * 86400 * 1000000)	/* longer waits are cut to this */

struct wire_retry {
	bool has_wait;
	int64_t wait_us;	/* 0 up to WIRE_WAIT_MAX_US */
	int should;		/* x-should-retry: 1 true, 0 false, -1 not said */
};

/* retry-after-ms wins over retry-after (seconds, may be a fraction, or an HTTP
 * date, for which now_us is needed). What can't be read counts as not said. */
struct wire_retry wire_retry_read(const struct wire_answer_header *h, size_t count, int64_t now_us);
/* Seconds in decimal digits ("1.5") to microseconds, rounded up. */
bool wire_seconds_parse(struct slice text, int64_t *out_us);
/* Durations such as "6m0s", "1h2m3s", "20ms", rounded up. */
bool wire_duration_parse(struct slice text, int64_t *out_us);
/* RFC 3339 time at which a limit is reset; how far that is from now_us (0 if past). */
bool wire_reset_parse(struct slice text, int64_t now_us, int64_t *out_wait_us);
/* 1 s, 2 s, 4 s ... up to a minute for attempt 0, 1, 2 ..., less up to a quarter
 * by spread (any number; the caller brings the randomness). */
int64_t wire_backoff_us(unsigned attempt, uint32_t spread);

#endif
