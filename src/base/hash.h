/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hash.h - SHA-256 (FIPS 180-4), HMAC-SHA-256 (RFC 2104) and their text forms.
 * Pure. On OpenSSL; known answers in tests/base/test_hash.c. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/slice.h"

#define HASH_BYTES 32
#define HASH_HEX (HASH_BYTES * 2 + 1)		/* with the NUL */
#define HASH_TEXT (HASH_HEX + 7)		/* "sha256:" + hex */

struct hash {
	uint8_t b[HASH_BYTES];
};

struct hash hash_bytes(const void *p, size_t len);
static inline struct hash hash_slice(struct slice s) { return hash_bytes(s.p, s.len); }

/* A hash over several fields: each is preceded by its length as 8 big-endian
 * bytes, so that no two different lists of fields give the same bytes. */
struct hash_fields;
struct hash_fields *hash_fields_new(const char *domain);
void hash_field(struct hash_fields *h, const void *p, size_t len);
void hash_field_text(struct hash_fields *h, const char *s);
void hash_field_int(struct hash_fields *h, int64_t n);
struct hash hash_fields_end(struct hash_fields *h);	/* frees h */

/* Bytes that come in parts. */
struct hash_stream;
struct hash_stream *hash_stream_new(void);
void hash_stream_add(struct hash_stream *h, const void *p, size_t len);
struct hash hash_stream_end(struct hash_stream *h);	/* frees h */

struct hash hmac_sha256(const void *key, size_t key_len, const void *p, size_t len);
/* In constant time. */
bool hash_same(const struct hash *a, const struct hash *b);

void hash_to_hex(const struct hash *h, char out[HASH_HEX]);
void hash_to_text(const struct hash *h, char out[HASH_TEXT]);
/* Accepts 64 hex digits with or without "sha256:". */
bool hash_from_text(struct hash *h, const char *s);

/* SHA-1 (FIPS 180-4) as 40 hex digits: only for names that other programs make
 * with it (the AWS command line's cache files). Nothing of ours rests on it. */
#define HASH_SHA1_HEX 41
void hash_sha1_hex(const void *p, size_t len, char out[HASH_SHA1_HEX]);

/* out takes 2*len+1 bytes. */
void hex_encode(const void *p, size_t len, char *out);
/* False on an odd length, a foreign digit, or more than max bytes. */
bool hex_decode(struct slice hex, void *out, size_t max, size_t *len);

#endif
