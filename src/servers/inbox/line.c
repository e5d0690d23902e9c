/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/inbox/line.h"

#include "base/text.h"

void line_add(struct buf *out, const char *text, size_t max_bytes)
{
	struct slice rest = slice_of(text);
	struct cluster c;
	size_t n = 0;

	while (text_next(&rest, 0, &c)) {
		struct slice s = c.hidden == HIDDEN_NONE ? c.raw : slice_of(c.hidden == HIDDEN_CONTROL ? " " : c.hidden == HIDDEN_BROKEN ? "?" : "");

		if (n + s.len > max_bytes) {
			buf_adds(out, "...");
			return;
		}
		buf_add_slice(out, s);
		n += s.len;
	}
}

/* Is the control character a line's end, or a tab? What to write for it, or NULL. */
static const char *layout_of(struct slice raw, struct slice *rest)
{
	if (raw.len != 1)
		return NULL;
	if (raw.p[0] == '\r') {
		if (rest->len > 0 && rest->p[0] == '\n')
			return "";
		return "\n";
	}
	return raw.p[0] == '\n' ? "\n" : raw.p[0] == '\t' ? "\t" : NULL;
}

size_t lines_add(struct buf *out, struct slice rest)
{
	struct cluster c;
	size_t hidden = 0;

	while (text_next(&rest, 0, &c)) {
		const char *layout = c.hidden == HIDDEN_CONTROL ? layout_of(c.raw, &rest) : NULL;

		if (c.hidden == HIDDEN_NONE) {
			buf_add_slice(out, c.raw);
		} else if (layout != NULL) {
			buf_adds(out, layout);
		} else {
			hidden++;
			buf_adds(out, c.hidden == HIDDEN_BROKEN ? "?" : "");
		}
	}
	return hidden;
}
