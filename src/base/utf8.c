/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/utf8.h"

size_t utf8_decode(struct slice s, uint32_t *cp)
{
	/* by the lead byte: length, bits it gives, least code point of that length */
	static const struct { unsigned char mask, lead, bits; uint32_t least; } form[] = {
		{0x80, 0x00, 0x7F, 0}, {0xE0, 0xC0, 0x1F, 0x80}, {0xF0, 0xE0, 0x0F, 0x800}, {0xF8, 0xF0, 0x07, 0x10000}};
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n, i;

	for (n = 0; s.len > 0 && n < LENGTH(form); n++) {
		uint32_t v;

		if ((p[0] & form[n].mask) != form[n].lead)
			continue;
		if (s.len < n + 1)
			return 0;
		v = p[0] & form[n].bits;
		for (i = 1; i <= n; i++) {
			if ((p[i] & 0xC0) != 0x80)
				return 0;
			v = v << 6 | (p[i] & 0x3F);
		}
		if (v < form[n].least || v > 0x10FFFF || (v >= 0xD800 && v <= 0xDFFF))
			return 0;
		*cp = v;
		return n + 1;
	}
	return 0;
}

size_t utf8_sequence(struct slice s)
{
	uint32_t cp;

	return utf8_decode(s, &cp);
}

size_t utf8_encode(uint32_t cp, char out[4])
{
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xC0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 63));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xE0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 63));
		out[2] = (char)(0x80 | (cp & 63));
		return 3;
	}
	out[0] = (char)(0xF0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 63));
	out[2] = (char)(0x80 | (cp >> 6 & 63));
	out[3] = (char)(0x80 | (cp & 63));
	return 4;
}

bool utf8_valid(struct slice s)
{
	while (s.len > 0) {
		size_t n = utf8_sequence(s);

		if (n == 0)
			return false;
		s.p += n;
		s.len -= n;
	}
	return true;
}
