/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Everything that leaves for the terminal leaves here, cleaned. */
#include "cli/private.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/text.h"
#include "base/utf8.h"

#define LINE_BYTES 4096

int cli_fail(const struct err *e)
{
	struct buf raw, line;

	buf_init(&raw, LINE_BYTES);
	buf_init(&line, 4 * LINE_BYTES);
	buf_addf(&raw, "claviger: %s", e->text[0] != '\0' ? e->text : err_name(e->code));
	if (e->mend[0] != '\0')
		buf_addf(&raw, ": %s", e->mend);
	text_line_for_terminal(buf_slice(&raw), &line);
	buf_addc(&line, '\n');
	(void)fd_write_all(STDERR_FILENO, line.p, line.len);
	buf_release(&raw);
	buf_release(&line);
	return err_exit(e->code);
}

int say_out(const struct buf *b)
{
	struct err e;

	if (b->over) {
		err_set(&e, ERR_LIMIT, "%s", _("the answer is too long to be printed"));
		err_mend(&e, ERR_LIMIT, "%s", _("ask for less of it, with --since or an id"));
		return cli_fail(&e);
	}
	if (b->len == 0 || fd_write_all(STDOUT_FILENO, b->p, b->len) == 0)
		return 0;
	err_sys(&e, ERR_IO, "%s", _("standard output cannot be written"));
	err_mend(&e, ERR_IO, "%s", _("what was asked for is done; ask for the answer again with the verb that lists it"));
	return cli_fail(&e);
}

/* \uXXXX for all but printable ASCII. Inside JSON such bytes stand in strings only. */
static void escape_json(struct buf *out, struct slice s)
{
	while (s.len > 0) {
		uint32_t cp;
		size_t n = utf8_decode(s, &cp);

		if (n == 0) {
			cp = 0xfffd;
			n = 1;
		}
		if (cp < 0x7f)
			buf_addc(out, (char)cp);
		else if (cp < 0x10000)
			buf_addf(out, "\\u%04x", (unsigned)cp);
		else
			buf_addf(out, "\\u%04x\\u%04x", (unsigned)(0xd800 + ((cp - 0x10000) >> 10)), (unsigned)(0xdc00 + ((cp - 0x10000) & 0x3ff)));
		s.p += n;
		s.len -= n;
	}
}

void say_add_json(const struct cli *c, struct buf *out, struct slice json)
{
	if (c->out_is_terminal)
		escape_json(out, json);
	else
		buf_add_slice(out, json);
}

int say_json(const struct cli *c, struct slice json)
{
	struct buf out;
	int status;

	buf_init(&out, 0);
	say_add_json(c, &out, json);
	buf_addc(&out, '\n');
	status = say_out(&out);
	buf_release(&out);
	return status;
}

void say_add(struct buf *out, const char *text)
{
	text_line_for_terminal(slice_of(text), out);
}

void say_addf(struct buf *out, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) >= 0)
		say_add(out, text);
	va_end(ap);
	free(text);
}

void say_note(const struct cli *c, const char *fmt, ...)
{
	char *text = NULL;
	struct buf line;
	va_list ap;

	if (c->quiet)
		return;
	buf_init(&line, 4 * LINE_BYTES);
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) >= 0)
		say_add(&line, text);
	va_end(ap);
	buf_addc(&line, '\n');
	(void)fd_write_all(STDERR_FILENO, line.p, line.len);
	free(text);
	buf_release(&line);
}
