/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of a line of text. */
#include <string.h>

#include "base/utf8.h"
#include "console/form.h"
#include "console/keymap.h"

static size_t before(const char *text, size_t at)
{
	if (at > 0)
		at--;
	while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
		at--;
	return at;
}

static size_t after(const char *text, size_t len, size_t at)
{
	if (at < len)
		at++;
	while (at < len && ((unsigned char)text[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static void cut(char *text, size_t *len, size_t from, size_t to)
{
	memmove(text + from, text + to, *len - to + 1);
	*len -= to - from;
}

static void insert(char *text, size_t room, size_t *len, size_t *at, int key)
{
	char utf8[4];
	size_t n = utf8_encode((uint32_t)key, utf8);

	if (*len + n >= room)
		return;
	memmove(text + *at + n, text + *at, *len - *at + 1);
	memcpy(text + *at, utf8, n);
	*len += n;
	*at += n;
}

bool line_edit(char *text, size_t room, size_t *len, size_t *at, int key, bool is_pasted)
{
	if (is_pasted && (key == '\n' || key == '\r' || key == '\t'))	/* a paste never submits nor leaves */
		key = ' ';
	if (key >= 32 && key != 127 && key < 0x110000) {
		insert(text, room, len, at, key);
		return true;
	}
	if (is_pasted)
		return true;
	switch (key) {
	case K_LEFT: *at = before(text, *at); return true;
	case K_RIGHT: *at = after(text, *len, *at); return true;
	case K_HOME: case K_CTRL('a'): *at = 0; return true;
	case K_END: case K_CTRL('e'): *at = *len; return true;
	case K_CTRL('k'): cut(text, len, *at, *len); return true;
	case K_CTRL('u'): cut(text, len, 0, *at); *at = 0; return true;
	case K_DELETE: cut(text, len, *at, after(text, *len, *at)); return true;
	case K_BACKSPACE: case 8: {
		size_t from = before(text, *at);

		cut(text, len, from, *at);
		*at = from;
		return true;
	}
	case K_CTRL('w'): {
		size_t from = *at;

		while (from > 0 && text[from - 1] == ' ')
			from--;
		while (from > 0 && text[from - 1] != ' ')
			from--;
		cut(text, len, from, *at);
		*at = from;
		return true;
	}
	default: return false;
	}
}
