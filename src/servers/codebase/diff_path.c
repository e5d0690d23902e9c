/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/codebase/diff.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

/* `.git` in the ways that some file system takes it for: any case, trailing
 * dots and blanks, a short name, a stream, characters that HFS+ ignores. */
static bool is_dot_git(const char *p, size_t n)
{
	char plain[8];
	size_t used = 0, i = 0;

	while (i < n) {
		uint32_t cp = 0;
		size_t k = utf8_decode(slice_make(p + i, n - i), &cp);

		if (k == 0 || p[i] == ':')
			break;
		i += k;
		if ((cp >= 0x200C && cp <= 0x200F) || (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x206A && cp <= 0x206F) || cp == 0xFEFF)
			continue;
		if (used == sizeof plain - 1)
			return false;
		plain[used++] = cp < 0x80 ? (char)cp : '?';
		if ((cp == '.' || cp == ' ') && used > 4)
			used--;	/* a trailing dot or blank, or the name is longer and differs anyway */
	}
	plain[used] = '\0';
	return strcasecmp(plain, ".git") == 0 || strcasecmp(plain, "git~1") == 0;
}

const char *diff_path_fault(const char *path)
{
	size_t len = strlen(path), i;
	const char *p = path;

	if (len == 0)
		return "is empty";
	if (len > DIFF_PATH_MAX)
		return "is too long";
	if (*path == '/')
		return "is absolute";
	if (!utf8_valid(slice_make(path, len)))
		return "is not UTF-8";
	for (i = 0; i < len; i++)
		if ((unsigned char)path[i] < 0x20 || path[i] == 0x7F || path[i] == '\\')
			return "holds a control character or a backslash";
	for (;;) {
		size_t n = strcspn(p, "/");

		if (n == 0)
			return "has an empty part";
		if (n == 1 && p[0] == '.')
			return "has a part `.`";
		if (n == 2 && p[0] == '.' && p[1] == '.')
			return "leads out of the root (`..`)";
		if (is_dot_git(p, n))
			return "is inside a .git folder";
		if (p[n] == '\0')
			return NULL;
		p += n + 1;
	}
}

size_t diff_unquote(struct slice s, struct buf *out)
{
	static const char from[] = "abtnvfr\"\\", to[] = "\a\b\t\n\v\f\r\"\\";
	size_t i;

	for (i = 1; i < s.len && s.p[i] != '"'; i++) {
		const char *at;

		if (s.p[i] != '\\') {
			buf_addc(out, s.p[i]);
			continue;
		}
		if (++i == s.len)
			return 0;
		if (s.p[i] >= '0' && s.p[i] <= '3') {
			if (i + 2 >= s.len || s.p[i + 1] < '0' || s.p[i + 1] > '7' || s.p[i + 2] < '0' || s.p[i + 2] > '7')
				return 0;
			buf_addc(out, (char)((s.p[i] - '0') * 64 + (s.p[i + 1] - '0') * 8 + (s.p[i + 2] - '0')));
			i += 2;
			continue;
		}
		at = strchr(from, s.p[i]);
		if (s.p[i] == '\0' || at == NULL)
			return 0;
		buf_addc(out, to[at - from]);
	}
	return i < s.len ? i + 1 : 0;
}
