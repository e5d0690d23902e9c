/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wire/answer.h"

#include <string.h>
#include <strings.h>

size_t wire_answer_split(char *head, size_t len, struct wire_answer_header *out, size_t max)
{
	char *at = head, *end = head + len;
	size_t n = 0;

	while (at < end && n < max) {
		char *eol = memchr(at, '\n', (size_t)(end - at));
		char *stop = eol != NULL ? eol : end;
		char *colon = memchr(at, ':', (size_t)(stop - at));
		char *value, *c;

		if (colon != NULL && colon > at) {
			for (c = at; c < colon; c++)
				if (*c >= 'A' && *c <= 'Z')
					*c = (char)(*c + 32);
			for (value = colon + 1; value < stop && (*value == ' ' || *value == '\t'); value++)
				continue;
			while (stop > value && (stop[-1] == '\r' || stop[-1] == ' ' || stop[-1] == '\t'))
				stop--;
			out[n].name = slice_make(at, (size_t)(colon - at));
			out[n++].value = slice_make(value, (size_t)(stop - value));
		}
		at = eol != NULL ? eol + 1 : end;
	}
	return n;
}

struct slice wire_answer_get(const struct wire_answer_header *h, size_t count, const char *name)
{
	size_t i, len = strlen(name);

	for (i = 0; i < count; i++)
		if (h[i].name.len == len && strncasecmp(h[i].name.p, name, len) == 0)
			return h[i].value;
	return (struct slice){NULL, 0};
}

const char *wire_answer_framing(const struct wire_answer_header *h, size_t n)
{
	struct slice length = {0}, coded = wire_answer_get(h, n, "content-encoding");
	bool is_chunked = wire_answer_get(h, n, "transfer-encoding").len > 0;
	size_t i;

	if (coded.len > 0 && !slice_is(coded, "identity"))
		return "the answer is packed, and nobody asked for that";
	for (i = 0; i < n; i++) {
		if (!slice_is(h[i].name, "content-length"))
			continue;
		if (is_chunked || (length.len > 0 && !slice_eq(length, h[i].value)))
			return "the answer says in two ways how long it is";
		length = h[i].value;
	}
	return NULL;
}
