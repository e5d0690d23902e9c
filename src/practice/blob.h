/* SPDX-License-Identifier: GPL-3.0-or-later */
/* blob.h - is this the content that git calls by that name? Pure.
 *
 * A file that went through other hands may have lost its end or won a newline;
 * git's blob id (SHA-1, or SHA-256 in newer repositories) tells. Not for security. */
#ifndef PRACTICE_BLOB_H
#define PRACTICE_BLOB_H

#include <stdbool.h>

#include "base/slice.h"

/* id is 40 or 64 hex digits; any other is false. */
bool blob_fits(struct slice id, struct slice content);

#endif
