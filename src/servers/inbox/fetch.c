/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/inbox/fetch.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/memory.h"

enum err_code fetch_open_file(const char *state, int *fd, struct err *e)
{
	char *name;

	*fd = open(state, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (*fd >= 0)
		return ERR_OK;
	name = xasprintf("%s/mail.XXXXXX", state);
	*fd = mkostemp(name, O_CLOEXEC);
	if (*fd >= 0)
		(void)unlink(name);
	free(name);
	return *fd >= 0 ? ERR_OK : err_sys(e, ERR_IO, "a file for the mail");
}

struct pouring {
	int fd;
	uint64_t left, got;	/* bytes that still fit */
};

static enum err_code on_piece(void *user, struct slice piece)
{
	struct pouring *p = user;

	if (piece.len > p->left)
		return ERR_LIMIT;
	p->left -= piece.len;
	p->got += piece.len;
	return fd_write_all(p->fd, piece.p, piece.len) == 0 ? ERR_OK : ERR_IO;
}

static enum err_code missing(const struct mail_id *id, struct err *e)
{
	return err_set(e, ERR_MISSING, "there is no mail %" PRIu64 " in that folder any more", id->uid);
}

enum err_code fetch_mail(struct inbox *in, const struct mail_id *id, int fd, struct fetched *out, struct err *e)
{
	struct pouring p = {.fd = fd};
	struct summary *s = NULL;
	struct imap_command c;
	struct imap *m;
	char words[80];
	size_t n = 0;
	enum err_code code = inbox_session(in, &m, e);

	if (code == ERR_OK)
		code = mail_id_select(m, id, false, e);
	if (code == ERR_OK)
		code = summaries(in, m, &id->uid, 1, &s, &n, e);
	if (code == ERR_OK && n != 1)
		code = missing(id, e);
	if (code != ERR_OK) {
		summaries_release(s, n);
		return code;
	}
	*out = (struct fetched){s->bytes, s->is_seen, s->is_flagged, s->is_answered, s->bytes > FETCH_WHOLE_MAX};
	summaries_release(s, n);
	p.left = out->is_cut ? FETCH_START : FETCH_WHOLE_MAX;
	if (out->is_cut)
		snprintf(words, sizeof words, "UID FETCH %" PRIu64 " (UID BODY.PEEK[]<0.%" PRIu64 ">)", id->uid, FETCH_START);
	else
		snprintf(words, sizeof words, "UID FETCH %" PRIu64 " (UID BODY.PEEK[])", id->uid);
	imap_command_init(&c, words);
	imap_sink_to(m, on_piece, &p);
	code = imap_run(m, &c, NULL, NULL, e);
	imap_sink_to(m, NULL, NULL);
	imap_command_release(&c);
	if (code == ERR_OK && p.got == 0)
		code = missing(id, e);
	return code;
}
