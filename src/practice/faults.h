/* SPDX-License-Identifier: GPL-3.0-or-later */
/* faults.h - what the practice vendor can do wrong, and when.
 *
 * Thread  any once it is set up. The draw for a request depends on the seed and
 *         the request's number alone. */
#ifndef PRACTICE_FAULTS_H
#define PRACTICE_FAULTS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "base/slice.h"

enum fault {
	FAULT_NONE,
	FAULT_400_LIMIT, FAULT_401, FAULT_402, FAULT_403, FAULT_404, FAULT_413, FAULT_429, FAULT_429_RETRY, FAULT_500, FAULT_503, FAULT_504, FAULT_529,
	FAULT_REDIRECT, FAULT_BIG_HEADER, FAULT_HEADER_BOMB, FAULT_BOMB, FAULT_FLOOD, FAULT_SMUGGLE, FAULT_HANG,	/* the last that can befall any request */
	FAULT_CUT, FAULT_STALL, FAULT_GARBAGE, FAULT_SLOW, FAULT_DRIP, FAULT_ENDLESS, FAULT_OVERBILL, FAULT_ERROR_EVENT, FAULT_FAILED, FAULT_REFUSAL, FAULT_EMPTY,
	FAULT_SPLIT, FAULT_UNKNOWN_EVENT, FAULT_NO_USAGE, FAULT_NO_DONE, FAULT_COMMENTS, FAULT_MAX_TOKENS,
	FAULTS
};

struct faults;
struct faults *faults_new(uint64_t seed);
void faults_free(struct faults *f);
/* "cut" (always) or "cut:0.25". ERR_USAGE. */
MUST_USE enum err_code faults_add(struct faults *f, const char *spec, struct err *e);
/* The fault of this request. last_user may name one as `[fault KIND]`; body
 * tells a repeated request from a new one. any_request is for requests that
 * are no reply: only faults up to FAULT_HANG befall those. */
enum fault faults_pick(struct faults *f, const char *last_user, struct slice body, bool any_request);
const char *fault_name(enum fault f);
void faults_list(FILE *to);	/* for --help */

#endif
