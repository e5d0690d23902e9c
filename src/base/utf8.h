/* SPDX-License-Identifier: GPL-3.0-or-later */
/* utf8.h - well-formed UTF-8 (RFC 3629) and nothing else. Pure. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

/* Bytes (1 to 4) of the well-formed sequence s starts with; 0 if there is none. */
size_t utf8_sequence(struct slice s);
/* The same, with the code point. */
size_t utf8_decode(struct slice s, uint32_t *cp);
/* Bytes written to out (1 to 4); cp must be a scalar value. */
size_t utf8_encode(uint32_t cp, char out[4]);
bool utf8_valid(struct slice s);

#endif
