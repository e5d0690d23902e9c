/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/blob.h"

#include <stdint.h>
#include <strings.h>

#include "base/buf.h"
#include "base/hash.h"

static uint32_t turn(uint32_t x, int n)
{
	return x << n | x >> (32 - n);
}

/* One block of 64 bytes (FIPS 180-4, 6.1.2). */
static void mix(uint32_t h[5], const unsigned char *p)
{
	static const uint32_t k[4] = {0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xCA62C1D6};
	uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f, t;
	int i;

	for (i = 0; i < 16; i++)
		w[i] = (uint32_t)p[4 * i] << 24 | (uint32_t)p[4 * i + 1] << 16 | (uint32_t)p[4 * i + 2] << 8 | p[4 * i + 3];
	for (; i < 80; i++)
		w[i] = turn(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	for (i = 0; i < 80; i++) {
		f = i < 20 ? (b & c) | (~b & d) : i >= 40 && i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
		t = turn(a, 5) + f + e + k[i / 20] + w[i];
		e = d;
		d = c;
		c = turn(b, 30);
		b = a;
		a = t;
	}
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
}

/* b gets its padding. */
static void sha1(struct buf *b, char hex[41])
{
	uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
	uint64_t bits = (uint64_t)b->len * 8;
	unsigned char sum[20];
	size_t i;

	buf_addc(b, (char)0x80);
	while (b->len % 64 != 56)
		buf_addc(b, '\0');
	for (i = 0; i < 8; i++)
		buf_addc(b, (char)(bits >> (56 - 8 * i)));
	for (i = 0; i < b->len; i += 64)
		mix(h, (const unsigned char *)b->p + i);
	for (i = 0; i < sizeof sum; i++)
		sum[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
	hex_encode(sum, sizeof sum, hex);
}

bool blob_fits(struct slice id, struct slice content)
{
	char hex[HASH_HEX] = "";
	struct hash h;
	struct buf b;

	if (id.len != 40 && id.len != 64)
		return false;
	buf_init(&b, 0);
	buf_addf(&b, "blob %zu", content.len);
	buf_addc(&b, '\0');
	buf_add_slice(&b, content);
	if (!b.over && id.len == 64) {
		h = hash_slice(buf_slice(&b));
		hash_to_hex(&h, hex);
	} else if (!b.over && b.len + 72 < BUF_MAX) {
		sha1(&b, hex);
	}
	buf_release(&b);
	return strlen(hex) == id.len && strncasecmp(hex, id.p, id.len) == 0;
}
