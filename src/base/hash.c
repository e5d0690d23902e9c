/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/hash.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static EVP_MD *fetched;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Asking the library by name each time costs as much as hashing a short text. Never freed. */
static void fetch(void)
{
	fetched = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (fetched == NULL)
		abort();
}

static const EVP_MD *sha256(void)
{
	pthread_once(&once, fetch);
	return fetched;
}

struct hash hash_bytes(const void *p, size_t len)
{
	struct hash h;
	unsigned n = 0;
	int ok = EVP_Digest(len > 0 ? p : "", len, h.b, &n, sha256(), NULL);

	/* SHA-256 over memory can only fail for want of memory */
	if (ok != 1 || n != HASH_BYTES)
		abort();
	return h;
}

/* Most lists of fields are short: they are gathered and hashed at once, which takes
 * half the time of a call into the library for each. */
struct hash_fields {
	EVP_MD_CTX *ctx;	/* NULL until the first part is full */
	size_t n;
	uint8_t part[512];
};

struct hash_fields *hash_fields_new(const char *domain)
{
	struct hash_fields *h = xmalloc(sizeof *h);

	h->ctx = NULL;
	h->n = 0;
	hash_field_text(h, domain);
	return h;
}

static void put(struct hash_fields *h, const void *p, size_t len)
{
	if (len <= sizeof h->part - h->n) {
		if (len > 0)
			memcpy(h->part + h->n, p, len);
		h->n += len;
		return;
	}
	if (h->ctx == NULL) {
		h->ctx = EVP_MD_CTX_new();
		if (h->ctx == NULL || EVP_DigestInit_ex(h->ctx, sha256(), NULL) != 1)
			abort();
	}
	if (EVP_DigestUpdate(h->ctx, h->part, h->n) != 1 || EVP_DigestUpdate(h->ctx, p, len) != 1)
		abort();
	h->n = 0;
}

void hash_field(struct hash_fields *h, const void *p, size_t len)
{
	uint8_t size[8];
	int i;

	for (i = 0; i < 8; i++)
		size[i] = (uint8_t)((uint64_t)len >> (56 - 8 * i));
	put(h, size, sizeof size);
	put(h, p, len);
}

void hash_field_text(struct hash_fields *h, const char *s)
{
	hash_field(h, s, s != NULL ? strlen(s) : 0);
}

void hash_field_int(struct hash_fields *h, int64_t n)
{
	uint8_t b[8];
	int i;

	for (i = 0; i < 8; i++)
		b[i] = (uint8_t)((uint64_t)n >> (56 - 8 * i));
	hash_field(h, b, sizeof b);
}

struct hash hash_fields_end(struct hash_fields *h)
{
	struct hash out;
	unsigned n = 0;

	if (h->ctx == NULL) {
		out = hash_bytes(h->part, h->n);
		free(h);
		return out;
	}
	if (EVP_DigestUpdate(h->ctx, h->part, h->n) != 1 || EVP_DigestFinal_ex(h->ctx, out.b, &n) != 1 || n != HASH_BYTES)
		abort();
	EVP_MD_CTX_free(h->ctx);
	free(h);
	return out;
}

struct hash_stream {
	EVP_MD_CTX *ctx;
};

struct hash_stream *hash_stream_new(void)
{
	struct hash_stream *h = xcalloc(1, sizeof *h);

	h->ctx = EVP_MD_CTX_new();
	if (h->ctx == NULL || EVP_DigestInit_ex(h->ctx, sha256(), NULL) != 1)
		abort();
	return h;
}

void hash_stream_add(struct hash_stream *h, const void *p, size_t len)
{
	if (len > 0 && EVP_DigestUpdate(h->ctx, p, len) != 1)
		abort();
}

struct hash hash_stream_end(struct hash_stream *h)
{
	struct hash out;
	unsigned n = 0;

	if (EVP_DigestFinal_ex(h->ctx, out.b, &n) != 1 || n != HASH_BYTES)
		abort();
	EVP_MD_CTX_free(h->ctx);
	free(h);
	return out;
}

struct hash hmac_sha256(const void *key, size_t key_len, const void *p, size_t len)
{
	struct hash h;
	unsigned n = 0;

	assert(key_len <= 4096);
	if (HMAC(sha256(), key_len > 0 ? key : "", (int)key_len, len > 0 ? p : (const void *)"", len, h.b, &n) == NULL || n != HASH_BYTES)
		abort();
	return h;
}

void hash_sha1_hex(const void *p, size_t len, char out[HASH_SHA1_HEX])
{
	uint8_t b[(HASH_SHA1_HEX - 1) / 2];
	unsigned n = 0;

	if (EVP_Digest(len > 0 ? p : "", len, b, &n, EVP_sha1(), NULL) != 1 || n != sizeof b)
		abort();
	hex_encode(b, sizeof b, out);
}

bool hash_same(const struct hash *a, const struct hash *b)
{
	return CRYPTO_memcmp(a->b, b->b, HASH_BYTES) == 0;
}

void hex_encode(const void *p, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const uint8_t *b = p;
	size_t i;

	for (i = 0; i < len; i++) {
		out[2 * i] = digits[b[i] >> 4];
		out[2 * i + 1] = digits[b[i] & 15];
	}
	out[2 * len] = '\0';
}

static int nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hex_decode(struct slice hex, void *out, size_t max, size_t *len)
{
	uint8_t *b = out;
	size_t i;

	if (hex.len % 2 != 0 || hex.len / 2 > max)
		return false;
	for (i = 0; i < hex.len / 2; i++) {
		int hi = nibble(hex.p[2 * i]), lo = nibble(hex.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		b[i] = (uint8_t)(hi << 4 | lo);
	}
	if (len != NULL)
		*len = hex.len / 2;
	return true;
}

void hash_to_hex(const struct hash *h, char out[HASH_HEX])
{
	hex_encode(h->b, HASH_BYTES, out);
}

void hash_to_text(const struct hash *h, char out[HASH_TEXT])
{
	memcpy(out, "sha256:", 7);
	hash_to_hex(h, out + 7);
}

bool hash_from_text(struct hash *h, const char *s)
{
	size_t n = 0;

	if (s == NULL)
		return false;
	if (strncmp(s, "sha256:", 7) == 0)
		s += 7;
	return hex_decode(slice_of(s), h->b, HASH_BYTES, &n) && n == HASH_BYTES;
}
