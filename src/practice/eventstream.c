/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/eventstream.h"

#include <stdio.h>

#define TEXT 7	/* a header's type */

uint32_t crc32_of(struct slice s)
{
	uint32_t crc = 0xFFFFFFFFU;
	size_t i, bit;

	for (i = 0; i < s.len; i++) {
		crc ^= (unsigned char)s.p[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1U ? 0xEDB88320U : 0);
	}
	return ~crc;
}

static void add_u32(struct buf *out, uint32_t n)
{
	const char b[] = {(char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n};

	buf_add(out, b, sizeof b);
}

static void add_header(struct buf *out, const char *name, const char *value)
{
	size_t n = strlen(value);

	buf_addc(out, (char)strlen(name));
	buf_adds(out, name);
	buf_addc(out, TEXT);
	buf_addc(out, (char)(n >> 8));
	buf_addc(out, (char)n);
	buf_adds(out, value);
}

void eventstream_add(struct buf *out, const char *kind, const char *type, struct slice payload)
{
	struct buf headers, message;
	char name[32];

	buf_init(&headers, 0);
	buf_init(&message, 0);
	snprintf(name, sizeof name, ":%s-type", kind);
	add_header(&headers, name, type);
	add_header(&headers, ":content-type", "application/json");
	add_header(&headers, ":message-type", kind);
	add_u32(&message, (uint32_t)(headers.len + payload.len + 16));
	add_u32(&message, (uint32_t)headers.len);
	add_u32(&message, crc32_of(buf_slice(&message)));
	buf_add_slice(&message, buf_slice(&headers));
	buf_add_slice(&message, payload);
	add_u32(&message, crc32_of(buf_slice(&message)));
	buf_add_slice(out, buf_slice(&message));
	buf_release(&headers);
	buf_release(&message);
}
