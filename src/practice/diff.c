/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Both texts are cut into lines that keep their ends. Lines that are equal at
 * the front and at the back are left out but for three of context; what lies
 * between is one hunk. So the hunk may start inside the replaced text, and a
 * file without a last newline needs no case of its own: its last line just has
 * no end, and is marked where it is printed. */
#include "practice/diff.h"

#include <stdlib.h>

#include "base/memory.h"

#define CONTEXT 3

struct lines {
	struct slice *line;
	size_t n;
};

static struct lines cut(struct slice text)
{
	struct lines l = {0};
	size_t room = 0, at = 0;

	while (at < text.len) {
		const char *end = memchr(text.p + at, '\n', text.len - at);
		size_t len = end != NULL ? (size_t)(end - (text.p + at)) + 1 : text.len - at;

		if (l.n == room)
			l.line = xreallocarray(l.line, room = room == 0 ? 64 : room * 2, sizeof *l.line);
		l.line[l.n++] = slice_make(text.p + at, len);
		at += len;
	}
	return l;
}

static bool must_quote(const char *path)
{
	for (; *path != '\0'; path++)
		if ((unsigned char)*path < 0x20 || *path == 0x7F || *path == '"' || *path == '\\')
			return true;
	return false;
}

void diff_path(struct buf *out, const char *prefix, const char *path)
{
	if (!must_quote(path)) {
		buf_addf(out, "%s%s", prefix, path);
		return;
	}
	buf_addf(out, "\"%s", prefix);
	for (; *path != '\0'; path++) {
		unsigned char c = (unsigned char)*path;

		if (c == '"' || c == '\\')
			buf_addf(out, "\\%c", c);
		else if (c == '\n' || c == '\t')
			buf_adds(out, c == '\n' ? "\\n" : "\\t");
		else if (c < 0x20 || c == 0x7F)
			buf_addf(out, "\\%03o", c);
		else
			buf_addc(out, (char)c);
	}
	buf_addc(out, '"');
}

static void put_head(struct buf *out, const char *path, bool create)
{
	/* A name with a blank is ended by a tab, as git does. */
	const char *end = strchr(path, ' ') != NULL ? "\t\n" : "\n";

	buf_adds(out, "diff --git ");
	diff_path(out, "a/", path);
	buf_addc(out, ' ');
	diff_path(out, "b/", path);
	buf_adds(out, create ? "\nnew file mode 100644\n--- /dev/null" : "\n--- ");
	if (!create)
		diff_path(out, "a/", path);
	buf_adds(out, create ? "\n+++ " : end);
	if (!create)
		buf_adds(out, "+++ ");
	diff_path(out, "b/", path);
	buf_adds(out, end);
}

static void put_line(struct buf *out, char mark, struct slice line)
{
	buf_addc(out, mark);
	buf_add_slice(out, line);
	if (line.len == 0 || line.p[line.len - 1] != '\n')
		buf_adds(out, "\n\\ No newline at end of file\n");
}

static void put_range(struct buf *out, char mark, size_t from, size_t n)
{
	buf_addf(out, " %c%zu", mark, n == 0 ? from : from + 1);
	if (n != 1)
		buf_addf(out, ",%zu", n);
}

static void put_hunk(struct buf *out, const struct lines *a, const struct lines *b)
{
	size_t same = 0, tail = 0, from, after, i;

	while (same < a->n && same < b->n && slice_eq(a->line[same], b->line[same]))
		same++;
	while (tail < a->n - same && tail < b->n - same && slice_eq(a->line[a->n - 1 - tail], b->line[b->n - 1 - tail]))
		tail++;
	from = same > CONTEXT ? same - CONTEXT : 0;
	after = tail > CONTEXT ? CONTEXT : tail;
	buf_adds(out, "@@");
	put_range(out, '-', from, a->n - tail + after - from);
	put_range(out, '+', from, b->n - tail + after - from);
	buf_adds(out, " @@\n");
	for (i = from; i < same; i++)
		put_line(out, ' ', a->line[i]);
	for (i = same; i < a->n - tail; i++)
		put_line(out, '-', a->line[i]);
	for (i = same; i < b->n - tail; i++)
		put_line(out, '+', b->line[i]);
	for (i = a->n - tail; i < a->n - tail + after; i++)
		put_line(out, ' ', a->line[i]);
}

/* new, its bare newlines turned into the file's own line ends. */
static void add_new(struct buf *to, struct slice new, bool crlf)
{
	size_t i;

	for (i = 0; i < new.len; i++) {
		if (crlf && new.p[i] == '\n' && (i == 0 || new.p[i - 1] != '\r'))
			buf_addc(to, '\r');
		buf_addc(to, new.p[i]);
	}
}

static void changed(struct buf *to, struct slice content, const char *at, size_t old_len, struct slice new)
{
	const char *nl = content.len > 0 ? memchr(content.p, '\n', content.len) : NULL;
	bool crlf = nl != NULL && nl > content.p && nl[-1] == '\r';
	size_t before = at != NULL ? (size_t)(at - content.p) : content.len;

	buf_add(to, content.p, before);
	if (at == NULL && before > 0 && content.p[before - 1] != '\n')
		buf_adds(to, crlf ? "\r\n" : "\n");
	add_new(to, new, crlf);
	if (at == NULL && (new.len == 0 || new.p[new.len - 1] != '\n'))
		buf_adds(to, crlf ? "\r\n" : "\n");
	if (at != NULL)
		buf_add(to, at + old_len, content.len - before - old_len);
}

/* Enough whole lines follow to be context, and one more. */
static bool ends_far(struct slice content, const char *at)
{
	const char *end = content.p + content.len;
	int lines;

	for (lines = 0; lines < CONTEXT + 2 && at != NULL; lines++)
		at = (at = memchr(at, '\n', (size_t)(end - at))) != NULL ? at + 1 : NULL;
	return at != NULL;
}

bool diff_replace(struct buf *out, const char *path, struct slice content, bool is_whole, struct slice old, struct slice new)
{
	const char *at = old.len > 0 && content.len > 0 ? memmem(content.p, content.len, old.p, old.len) : NULL;
	struct lines a, b;
	struct buf text;
	bool ok;

	if ((old.len > 0 && at == NULL) || (!is_whole && (at == NULL || !ends_far(content, at + old.len))) || (content.len > 0 && memchr(content.p, '\0', content.len) != NULL))
		return false;
	buf_init(&text, 0);
	changed(&text, content, at, old.len, new);
	ok = !text.over && !slice_eq(content, buf_slice(&text));
	if (ok) {
		a = cut(content);
		b = cut(buf_slice(&text));
		put_head(out, path, false);
		put_hunk(out, &a, &b);
		free(a.line);
		free(b.line);
	}
	buf_release(&text);
	return ok;
}

bool diff_create(struct buf *out, const char *path, struct slice content)
{
	struct lines a = {0}, b = cut(content);

	if (b.n > 0) {
		put_head(out, path, true);
		put_hunk(out, &a, &b);
	}
	free(b.line);
	return b.n > 0;
}
