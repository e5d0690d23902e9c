/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A message is gathered whole: 12 bytes of prelude (total length, headers'
 * length, CRC of these eight), headers, payload, CRC of all before it. */
#include "wire/evs.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/memory.h"

#define PRELUDE 12
#define TRAILER 4
#define FRAME (PRELUDE + TRAILER)

struct evs {
	struct buf message;	/* the one under way */
	size_t wanted;		/* its whole length; PRELUDE until that is known */
	size_t max;
	evs_emit *emit;
	void *user;
	uint64_t offset;	/* where it began; for errors */
	enum err_code failed;
	struct err why;
};

struct evs *evs_new(size_t max_bytes, evs_emit *emit, void *user)
{
	struct evs *p = xcalloc(1, sizeof *p);

	p->max = max_bytes;
	p->emit = emit;
	p->user = user;
	p->wanted = PRELUDE;
	buf_init(&p->message, max_bytes + FRAME);
	return p;
}

void evs_free(struct evs *p)
{
	if (p == NULL)
		return;
	buf_release(&p->message);
	free(p);
}

static enum err_code fail(struct evs *p, enum err_code code, struct err *e)
{
	p->failed = code;
	if (e != NULL)
		*e = p->why;
	return code;
}

static enum err_code broken(struct evs *p, const char *what)
{
	return err_set(&p->why, ERR_PROTO, "binary event stream: %s in the message at byte %llu", what, (unsigned long long)p->offset);
}

static uint32_t get32(const char *at)
{
	const unsigned char *b = (const unsigned char *)at;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static bool crc_is_right(const char *p, size_t len)
{
	return crc32(crc32(0, NULL, 0), (const Bytef *)p, (uInt)len) == get32(p + len);
}

/* The lengths can be believed; is there room for what they say? */
static enum err_code take_prelude(struct evs *p)
{
	size_t total = get32(p->message.p), headers = get32(p->message.p + 4);

	if (!crc_is_right(p->message.p, PRELUDE - 4))
		return broken(p, "a wrong checksum of the lengths");
	if (total < FRAME || headers > total - FRAME)
		return broken(p, "lengths that cannot be");
	if (total > p->max)
		return err_set(&p->why, ERR_LIMIT, "binary event stream: a message over %zu bytes at byte %llu", p->max, (unsigned long long)p->offset);
	p->wanted = total;
	return ERR_OK;
}

/* --- headers -------------------------------------------------------------- */

/* What is left to read. */
struct rest {
	const char *p;
	size_t len;
};

static bool take(struct rest *r, size_t n, struct slice *out)
{
	if (n > r->len)
		return false;
	*out = slice_make(r->p, n);
	r->p += n;
	r->len -= n;
	return true;
}

static bool take_number(struct rest *r, size_t bytes, int64_t *out)
{
	struct slice s;
	uint64_t n;
	size_t i;

	if (!take(r, bytes, &s))
		return false;
	n = (unsigned char)s.p[0] >= 0x80 ? UINT64_MAX : 0;	/* the sign goes on to the left */
	for (i = 0; i < bytes; i++)
		n = n << 8 | (unsigned char)s.p[i];
	memcpy(out, &n, sizeof n);
	return true;
}

static bool take_sized(struct rest *r, size_t size_bytes, struct slice *out)
{
	struct slice s;
	size_t n = 0, i;

	if (!take(r, size_bytes, &s))
		return false;
	for (i = 0; i < size_bytes; i++)
		n = n << 8 | (unsigned char)s.p[i];
	return take(r, n, out);
}

static bool take_value(struct rest *r, struct evs_header *h)
{
	static const size_t numbers[EVS_TYPES] = {[EVS_INT8] = 1, [EVS_INT16] = 2, [EVS_INT32] = 4, [EVS_INT64] = 8, [EVS_TIME_MS] = 8};

	if (numbers[h->type] > 0)
		return take_number(r, numbers[h->type], &h->number);
	switch (h->type) {
	case EVS_BYTES:
	case EVS_TEXT:
		return take_sized(r, 2, &h->bytes);
	case EVS_UUID:
		return take(r, 16, &h->bytes);
	default:
		h->number = h->type == EVS_TRUE;
		return true;
	}
}

static const struct evs_header *find(const struct evs_message *m, struct slice name)
{
	size_t i;

	for (i = 0; i < m->header_count; i++)
		if (slice_eq(m->header[i].name, name))
			return &m->header[i];
	return NULL;
}

static enum err_code take_headers(struct evs *p, struct rest r, struct evs_message *m)
{
	while (r.len > 0) {
		struct evs_header h = {.number = 0};
		struct slice type;

		if (!take_sized(&r, 1, &h.name) || h.name.len == 0 || !take(&r, 1, &type))
			return broken(p, "a header without end");
		if ((unsigned char)type.p[0] >= EVS_TYPES)
			return broken(p, "a header of no known type");
		h.type = (enum evs_type)type.p[0];
		if (!take_value(&r, &h))
			return broken(p, "a header's value without end");
		if (find(m, h.name) != NULL)
			return broken(p, "a header twice");
		if (m->header_count == EVS_HEADERS_MAX)
			return err_set(&p->why, ERR_LIMIT, "binary event stream: over %d headers at byte %llu", EVS_HEADERS_MAX, (unsigned long long)p->offset);
		m->header[m->header_count++] = h;
	}
	return ERR_OK;
}

struct slice evs_text(const struct evs_message *m, const char *name)
{
	const struct evs_header *h = find(m, slice_of(name));

	return h != NULL && h->type == EVS_TEXT ? h->bytes : slice_of("");
}

/* --- messages ------------------------------------------------------------- */

static enum err_code take_message(struct evs *p)
{
	size_t headers = get32(p->message.p + 4);
	struct evs_message m = {.header_count = 0};
	enum err_code code;

	if (!crc_is_right(p->message.p, p->wanted - TRAILER))
		return broken(p, "a wrong checksum");
	code = take_headers(p, (struct rest){p->message.p + PRELUDE, headers}, &m);
	if (code != ERR_OK)
		return code;
	m.payload = slice_make(p->message.p + PRELUDE + headers, p->wanted - FRAME - headers);
	code = p->emit(p->user, &m);
	if (code != ERR_OK)
		return err_set(&p->why, code, "the event stream was stopped by its reader");
	p->offset += p->wanted;
	p->wanted = PRELUDE;
	buf_clear(&p->message);
	return ERR_OK;
}

enum err_code evs_feed(struct evs *p, const void *bytes, size_t len, struct err *e)
{
	const char *at = bytes;

	if (p->failed != ERR_OK)
		return fail(p, p->failed, e);
	while (len > 0) {
		size_t n = p->wanted - p->message.len;
		enum err_code code = ERR_OK;

		if (n > len)
			n = len;
		buf_add(&p->message, at, n);
		at += n;
		len -= n;
		if (p->message.len == PRELUDE && p->wanted == PRELUDE)
			code = take_prelude(p);
		else if (p->message.len == p->wanted)
			code = take_message(p);
		if (code != ERR_OK)
			return fail(p, code, e);
	}
	return ERR_OK;
}

enum err_code evs_end(struct evs *p, struct err *e)
{
	if (p->failed == ERR_OK && p->message.len > 0)
		return fail(p, broken(p, "the end of input"), e);
	return p->failed == ERR_OK ? ERR_OK : fail(p, p->failed, e);
}
