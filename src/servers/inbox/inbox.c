/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/inbox/inbox.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/utf8.h"

#define FRESH_US (5 * US_PER_S)	/* a session that answered so lately is not asked whether it lives */

/* --- the session ---------------------------------------------------------------- */

enum err_code inbox_session(struct inbox *in, struct imap **out, struct err *e)
{
	struct imap_command c;
	enum err_code code = ERR_OK;

	*out = NULL;
	if (in->secret == NULL) {
		err_set(e, ERR_AUTH, "this inbox has no password yet");
		return err_mend(e, ERR_AUTH, "a person gives it: claviger connector secret NAME password");
	}
	if (in->imap != NULL)
		imap_begin(in->imap);
	if (in->imap != NULL && clock_steady_us() - in->used_us > FRESH_US) {
		imap_command_init(&c, "NOOP");
		if (imap_run(in->imap, &c, NULL, NULL, NULL) != ERR_OK) {
			imap_close(in->imap);
			in->imap = NULL;
		}
		imap_command_release(&c);
	}
	if (in->imap == NULL)
		code = imap_open(&in->imap, &in->config, in->secret, e);
	in->used_us = clock_steady_us();
	*out = in->imap;
	return code;
}

enum err_code inbox_end(struct inbox *in, enum err_code code)
{
	if (code == ERR_NET || code == ERR_PROTO || code == ERR_LIMIT || code == ERR_IO) {
		imap_close(in->imap);
		in->imap = NULL;
	}
	in->used_us = clock_steady_us();
	return code;
}

void inbox_release(struct inbox *in)
{
	imap_close(in->imap);
	secret_free(in->secret);
	inbox_config_release(&in->config);
	*in = (struct inbox){.state = NULL};
}

/* --- which mail -------------------------------------------------------------------- */

static bool take_number(const char *from, const char *end, uint64_t *out)
{
	return imap_number((struct imap_word){IMAP_ATOM, slice_make(from, (size_t)(end - from))}, out) && *out > 0 && *out <= UINT32_MAX;
}

enum err_code mail_id_parse(const char *text, struct mail_id *out, struct err *e)
{
	const char *at = text != NULL ? strrchr(text, '@') : NULL, *slash = at;

	*out = (struct mail_id){.folder = NULL};
	while (slash != NULL && slash > text && *slash != '/')
		slash--;
	if (at == NULL || slash == text || !take_number(slash + 1, at, &out->uid) || !take_number(at + 1, at + strlen(at), &out->validity)) {
		err_set(e, ERR_USAGE, "that is no id of a mail");
		return err_mend(e, ERR_USAGE, "use an id as search, threads or read gave it, such as INBOX/42@17");
	}
	out->folder = xstrndup(text, (size_t)(slash - text));
	return ERR_OK;
}

void mail_id_release(struct mail_id *id)
{
	free(id->folder);
	id->folder = NULL;
}

void mail_id_put(struct buf *out, const char *folder, uint64_t uid, uint64_t validity)
{
	buf_addf(out, "%s/%" PRIu64 "@%" PRIu64, folder, uid, validity);
}

enum err_code mail_id_select(struct imap *m, const struct mail_id *id, bool to_change, struct err *e)
{
	uint64_t validity;
	enum err_code code = imap_select(m, id->folder, to_change, &validity, e);

	if (code == ERR_OK && validity != id->validity) {
		err_set(e, ERR_CONFLICT, "the folder was made anew since: the id means no mail any more");
		code = err_mend(e, ERR_CONFLICT, "search again");
	}
	return code;
}

/* --- heads ------------------------------------------------------------------------- */

struct gathering {
	struct summary *v;
	size_t n, max;
	const char *authserv;
};

static void take_flags(struct slice *rest, struct summary *s)
{
	struct imap_word w;

	for (w = imap_next(rest); w.kind == IMAP_ATOM; w = imap_next(rest)) {
		s->is_seen = s->is_seen || imap_is(w, "\\Seen");
		s->is_flagged = s->is_flagged || imap_is(w, "\\Flagged");
		s->is_answered = s->is_answered || imap_is(w, "\\Answered");
	}
}

/* 12 FETCH (UID 5 FLAGS (\Seen) RFC822.SIZE 900 BODY[HEADER...] {N}...) */
static enum err_code on_fetch(void *user, struct slice response)
{
	struct gathering *g = user;
	struct summary s = {.uid = 0};
	struct buf head;
	struct imap_word w;
	uint64_t number;
	enum err_code code = ERR_OK;

	if (!imap_number(imap_next(&response), &number) || !imap_is(imap_next(&response), "FETCH") || imap_next(&response).kind != IMAP_OPEN || g->n == g->max)
		return ERR_OK;
	buf_init(&head, 0);
	for (w = imap_next(&response); w.kind == IMAP_ATOM; w = imap_next(&response)) {
		struct imap_word value = imap_next(&response);

		if (imap_is(w, "UID"))
			(void)imap_number(value, &s.uid);
		else if (imap_is(w, "RFC822.SIZE"))
			(void)imap_number(value, &s.bytes);
		else if (imap_is(w, "FLAGS") && value.kind == IMAP_OPEN)
			take_flags(&response, &s);
		else if (w.text.len > 11 && strncasecmp(w.text.p, "BODY[HEADER", 11) == 0)
			imap_text(value, &head);
		else if (!imap_skip(&response, value))
			code = ERR_PROTO;
		if (code != ERR_OK)
			break;
	}
	if (code == ERR_OK && s.uid > 0 && head.len > 0) {
		mail_read_head(buf_slice(&head), g->authserv, &s.head);
		g->v[g->n++] = s;
	}
	buf_release(&head);
	return code;
}

enum err_code summaries(struct inbox *in, struct imap *m, const uint64_t *uids, size_t n, struct summary **out, size_t *count, struct err *e)
{
	struct gathering g = {.max = n, .authserv = in->config.authserv};
	struct imap_command c;
	enum err_code code = ERR_OK;
	char number[24];
	size_t i;

	g.v = xcalloc(n + 1, sizeof *g.v);
	if (n > 0) {
		imap_command_init(&c, "UID FETCH ");
		for (i = 0; i < n; i++) {
			snprintf(number, sizeof number, "%s%" PRIu64, i > 0 ? "," : "", uids[i]);
			imap_say(&c, number);
		}
		imap_say(&c, " (UID FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (FROM TO CC REPLY-TO SUBJECT DATE MESSAGE-ID IN-REPLY-TO REFERENCES AUTHENTICATION-RESULTS)])");
		code = imap_run(m, &c, on_fetch, &g, e);
		imap_command_release(&c);
	}
	*out = g.v;
	*count = g.n;
	return code;
}

void summaries_release(struct summary *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		mail_head_release(&v[i].head);
	free(v);
}

void summary_put(struct buf *out, const struct summary *s, const char *folder, uint64_t validity)
{
	mail_id_put(out, folder, s->uid, validity);
	buf_addf(out, " | %s | %s%s%s | %s | %s | %s\n", s->head.date, s->is_seen ? "read" : "unread", s->is_flagged ? ", flagged" : "",
	    s->is_answered ? ", answered" : "", s->head.is_verified ? "verified sender" : "sender not verified", s->head.from, s->head.subject);
}
