/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines are gathered first, then read: a line may end in CR, LF or CRLF, and
 * the LF of a CRLF may come with the next read. So a CR ends the line at once
 * and a flag makes the parser swallow one LF after it. */
#include "wire/sse.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/memory.h"

struct sse {
	struct buf line, data, type, id;
	size_t max;
	sse_emit *emit;
	void *user;
	uint64_t offset;	/* bytes taken so far; for errors */
	bool after_cr, has_data, is_past_bom;
	enum err_code failed;
	struct err why;
};

struct sse *sse_new(size_t max_bytes, sse_emit *emit, void *user)
{
	struct sse *p = xcalloc(1, sizeof *p);

	p->max = max_bytes;
	p->emit = emit;
	p->user = user;
	buf_init(&p->line, max_bytes);
	buf_init(&p->data, max_bytes + 1);	/* the newline that is dropped at the end */
	buf_init(&p->type, max_bytes);
	buf_init(&p->id, max_bytes);
	return p;
}

void sse_free(struct sse *p)
{
	if (p == NULL)
		return;
	buf_release(&p->line);
	buf_release(&p->data);
	buf_release(&p->type);
	buf_release(&p->id);
	free(p);
}

static enum err_code fail(struct sse *p, struct err *e, enum err_code code)
{
	p->failed = code;
	if (e != NULL)
		*e = p->why;
	return code;
}

static enum err_code too_long(struct sse *p, const char *what, struct err *e)
{
	err_set(&p->why, ERR_LIMIT, "event stream: %s over %zu bytes at byte %llu", what, p->max, (unsigned long long)p->offset);
	return fail(p, e, ERR_LIMIT);
}

static enum err_code dispatch(struct sse *p, struct err *e)
{
	struct sse_event ev;
	enum err_code code = ERR_OK;

	if (p->has_data) {
		ev.data = buf_slice(&p->data);
		ev.data.len--;		/* the last newline is not part of it */
		ev.type = p->type.len > 0 ? buf_slice(&p->type) : slice_of("message");
		ev.id = buf_slice(&p->id);
		code = p->emit(p->user, &ev);
	}
	buf_clear(&p->data);
	buf_clear(&p->type);
	p->has_data = false;
	if (code != ERR_OK) {
		err_set(&p->why, code, "event stream: stopped by its reader at byte %llu", (unsigned long long)p->offset);
		return fail(p, e, code);
	}
	return ERR_OK;
}

static enum err_code take_line(struct sse *p, struct err *e)
{
	struct slice line = buf_slice(&p->line), name = line, value = {NULL, 0};
	const char *colon;

	if (!p->is_past_bom) {
		p->is_past_bom = true;
		if (line.len >= 3 && memcmp(line.p, "\xEF\xBB\xBF", 3) == 0)
			line = name = slice_make(line.p + 3, line.len - 3);
	}
	if (line.len == 0)
		return dispatch(p, e);
	colon = memchr(line.p, ':', line.len);
	if (colon != NULL) {
		name.len = (size_t)(colon - line.p);
		value = slice_make(colon + 1, line.len - name.len - 1);
		if (value.len > 0 && value.p[0] == ' ')
			value = slice_make(value.p + 1, value.len - 1);
	}
	if (slice_is(name, "data")) {
		buf_add_slice(&p->data, value);
		buf_addc(&p->data, '\n');
		p->has_data = true;
		if (p->data.over)
			return too_long(p, "an event", e);
	} else if (slice_is(name, "event")) {
		buf_clear(&p->type);
		buf_add_slice(&p->type, value);
	} else if (slice_is(name, "id") && (value.len == 0 || memchr(value.p, '\0', value.len) == NULL)) {
		buf_clear(&p->id);
		buf_add_slice(&p->id, value);
	}
	return ERR_OK;
}

/* Where the next such byte is, at or after i; len if there is none. *at is what was
 * found before: it is looked for again only once i has passed it. */
static size_t next_of(char byte, const char *s, size_t i, size_t len, size_t *at)
{
	const char *found;

	if (*at >= i && *at != 0)
		return *at;
	found = memchr(s + i, byte, len - i);
	*at = found != NULL ? (size_t)(found - s) : len;
	return *at;
}

enum err_code sse_feed(struct sse *p, const void *bytes, size_t len, struct err *e)
{
	const char *s = bytes;
	size_t i, start = 0, lf = 0, cr = 0;

	if (p->failed != ERR_OK)
		return fail(p, e, p->failed);
	for (i = 0; i < len; i++) {
		enum err_code code;

		if (p->after_cr && s[i] == '\n') {
			p->after_cr = false;
			start = i + 1;
			p->offset++;
			continue;
		}
		p->after_cr = false;
		i = next_of('\n', s, i, len, &lf) < next_of('\r', s, i, len, &cr) ? lf : cr;
		if (i == len)
			break;
		buf_add(&p->line, s + start, i - start);
		p->offset += i - start + 1;
		start = i + 1;
		p->after_cr = s[i] == '\r';
		if (p->line.over)
			return too_long(p, "a line", e);
		code = take_line(p, e);
		buf_clear(&p->line);
		if (code != ERR_OK)
			return code;
	}
	if (len > start) {
		buf_add(&p->line, s + start, len - start);
		p->offset += len - start;
	}
	return p->line.over ? too_long(p, "a line", e) : ERR_OK;
}

enum err_code sse_end(struct sse *p, struct err *e)
{
	if (p->failed != ERR_OK)
		return fail(p, e, p->failed);
	buf_clear(&p->line);
	buf_clear(&p->data);
	p->has_data = false;
	return ERR_OK;
}
