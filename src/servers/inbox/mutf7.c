/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/inbox/mutf7.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";

/* Bits that wait until there are six of them (or sixteen, on the way back). */
struct bits {
	uint32_t v;
	int n;
};

static void put_unit(struct bits *b, uint32_t unit, struct buf *out)
{
	b->v = b->v << 16 | unit;
	b->n += 16;
	while (b->n >= 6) {
		b->n -= 6;
		buf_addc(out, digits[b->v >> b->n & 63]);
	}
	b->v &= (1u << b->n) - 1;
}

static void end_run(struct bits *b, bool *in_run, struct buf *out)
{
	if (!*in_run)
		return;
	if (b->n > 0)
		buf_addc(out, digits[b->v << (6 - b->n) & 63]);
	buf_addc(out, '-');
	*b = (struct bits){0, 0};
	*in_run = false;
}

void mutf7_encode(struct slice s, struct buf *out)
{
	struct bits b = {0, 0};
	bool in_run = false;
	uint32_t cp;

	while (s.len > 0) {
		size_t n = utf8_decode(s, &cp);

		if (n == 0)
			break;
		s = slice_make(s.p + n, s.len - n);
		if (cp >= 0x20 && cp < 0x7F) {
			end_run(&b, &in_run, out);
			buf_addc(out, (char)cp);
			if (cp == '&')
				buf_addc(out, '-');
			continue;
		}
		if (!in_run)
			buf_addc(out, '&');
		in_run = true;
		if (cp > 0xFFFF) {
			put_unit(&b, 0xD800 + ((cp - 0x10000) >> 10), out);
			cp = 0xDC00 + ((cp - 0x10000) & 0x3FF);
		}
		put_unit(&b, cp, out);
	}
	end_run(&b, &in_run, out);
}

static void put_utf8(struct buf *out, uint32_t cp)
{
	char c[4];

	buf_add(out, c, utf8_encode(cp, c));
}

/* One run between & and -. False: it is none. */
static bool decode_run(struct slice run, struct buf *out)
{
	struct bits b = {0, 0};
	uint32_t high = 0;
	size_t i;

	for (i = 0; i < run.len; i++) {
		const char *d = run.p[i] != '\0' ? strchr(digits, run.p[i]) : NULL;
		uint32_t unit;

		if (d == NULL)
			return false;
		b.v = (b.v << 6 | (uint32_t)(d - digits)) & 0x3FFFFF;
		b.n += 6;
		if (b.n < 16)
			continue;
		b.n -= 16;
		unit = b.v >> b.n & 0xFFFF;
		if (high != 0 && (unit & 0xFC00) != 0xDC00)
			return false;
		if (high != 0) {
			put_utf8(out, 0x10000 + ((high - 0xD800) << 10) + (unit - 0xDC00));
			high = 0;
		} else if ((unit & 0xFC00) == 0xD800) {
			high = unit;
		} else if ((unit & 0xFC00) == 0xDC00) {
			return false;
		} else {
			put_utf8(out, unit);
		}
	}
	return high == 0 && b.n < 6;
}

void mutf7_decode(struct slice s, struct buf *out)
{
	struct buf run;
	size_t i, end;

	for (i = 0; i < s.len; i++) {
		const char *dash = s.p[i] == '&' ? memchr(s.p + i, '-', s.len - i) : NULL;

		if (dash == NULL) {
			buf_addc(out, s.p[i]);
			continue;
		}
		end = (size_t)(dash - s.p);
		if (end == i + 1) {
			buf_addc(out, '&');
			i = end;
			continue;
		}
		buf_init(&run, 0);
		if (decode_run(slice_make(s.p + i + 1, end - i - 1), &run)) {
			buf_add_slice(out, buf_slice(&run));
			i = end;
		} else {
			buf_addc(out, '&');
		}
		buf_release(&run);
	}
}
