/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A mail as bytes: read whole, its second part, its head; and as an IMAP server's
 * answer, cut anywhere. What is said is the same each time, valid UTF-8, bounded. */
#include "fuzz/fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/utf8.h"
#include "servers/inbox/imap_read.h"
#include "servers/inbox/mail.h"

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void line_is_clean(const char *s)
{
	must(utf8_valid(slice_of(s)) && strpbrk(s, "\r\n\x1b") == NULL);
}

static void read_as_mail(const void *data, size_t size, int part, struct buf *out)
{
	const struct mail_ask ask = {.authserv = "mx.example.com", .part = part};
	int fd = memfd_create("mail", MFD_CLOEXEC);
	struct mail m;
	size_t i;

	must(write(fd, data, size) == (ssize_t)size);
	if (mail_read(fd, &ask, &m, NULL) == ERR_OK) {
		line_is_clean(m.head.from);
		line_is_clean(m.head.subject);
		line_is_clean(m.head.references);
		line_is_clean(m.head.verified_by);
		must(utf8_valid(buf_slice(&m.text)) && m.text.len <= MAIL_TEXT_MAX && m.parts_n <= MAIL_PARTS_MAX);
		for (i = 0; i < m.parts_n; i++)
			line_is_clean(m.parts[i].name);
		buf_addf(out, "%s\n%s\n%s\n%zu\n", m.head.from, m.head.subject, m.head.verified_by, m.parts_n);
		buf_add_slice(out, buf_slice(&m.text));
	}
	mail_release(&m);
	close(fd);
}

static enum err_code note(void *user, struct slice response)
{
	struct buf *out = user;
	struct imap_word w;

	do {
		w = imap_next(&response);
		buf_addf(out, "%d:", w.kind);
		imap_text(w, out);
	} while (w.kind != IMAP_END && w.kind != IMAP_BAD);
	return ERR_OK;
}

static void read_as_answer(const struct slice *cut, size_t count, struct buf *out)
{
	struct imap_reader *r = imap_reader_new(note, out);
	enum err_code code = ERR_OK;
	size_t i;

	for (i = 0; i < count && code == ERR_OK; i++)
		code = imap_reader_feed(r, cut[i].p, cut[i].len, NULL);
	buf_adds(out, err_name(code));
	imap_reader_free(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mail_head head;
	struct buf first, second;

	mail_start();
	fuzz_same(read_as_answer, data, size);
	buf_init(&first, 0);
	buf_init(&second, 0);
	read_as_mail(data, size, 0, &first);
	read_as_mail(data, size, 0, &second);
	must(strcmp(buf_text(&first), buf_text(&second)) == 0);
	read_as_mail(data, size, 2, &second);
	mail_read_head(slice_make(data, size), "mx.example.com", &head);
	line_is_clean(head.from);
	mail_head_release(&head);
	buf_release(&first);
	buf_release(&second);
	return 0;
}
