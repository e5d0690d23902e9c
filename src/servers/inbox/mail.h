/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mail.h - what a mail says: its head, its words, what hangs on it. Read by GMime
 * from a file, so that a large one is never in memory whole; whatever it holds,
 * the answer is bounded: parts that are nested deeper, or are more, than the
 * limits are named as left out. Attachments are named and never unpacked.
 *
 * Thread  the server's only one; mail_start() first. */
#ifndef SERVERS_INBOX_MAIL_H
#define SERVERS_INBOX_MAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

#define MAIL_PARTS_MAX 100	/* parts that are looked at */
#define MAIL_DEPTH_MAX 20	/* multiparts inside each other */
#define MAIL_TEXT_MAX ((size_t)1 << 20)	/* bytes of words, and of the HTML they are taken from */

void mail_start(void);

/* All UTF-8, one line each, clean (line.h); "" if absent. */
struct mail_head {
	char *from, *from_address;	/* as written; the bare address if there is exactly one */
	char *to, *cc, *reply_to, *subject, *date;	/* date: RFC 3339 in UTC, or as written */
	char *message_id, *in_reply_to, *references;	/* with their angle brackets, one blank between */
	bool is_verified;	/* the own server says that the sender is who it says (see mail_ask) */
	char *verified_by;	/* "mx.example.com: dkim=pass", or why not */
};
void mail_head_release(struct mail_head *h);

struct mail_part {
	int number;		/* 1, 2 ...: for mail_ask.part */
	char *name, *type;	/* clean; name is "" if it has none */
	int64_t bytes;		/* as it travels (encoded); -1: not known */
};

struct mail {
	struct mail_head head;
	struct buf text;	/* the words, clean, lines end in \n */
	bool is_html, is_cut;
	size_t hidden;		/* characters that nobody sees, left out */
	struct mail_part *parts;	/* attachments */
	size_t parts_n;
	bool parts_are_cut;	/* there were more parts, or deeper ones, than is looked at */
};

struct mail_ask {
	const char *authserv;	/* whose Authentication-Results count; NULL: nobody's */
	int part;		/* the words of that attachment instead of the mail's own; 0: the mail's */
};
/* fd: a file with the mail, read from its start. ERR_PROTO if it is no mail, ERR_MISSING
 * no such part, ERR_USAGE a part that holds no words. */
MUST_USE enum err_code mail_read(int fd, const struct mail_ask *ask, struct mail *out, struct err *e);
/* The head alone, of bytes in memory (a header, with or without what follows it);
 * of one that cannot be read every field is empty. */
void mail_read_head(struct slice bytes, const char *authserv, struct mail_head *out);
void mail_release(struct mail *m);

#endif
