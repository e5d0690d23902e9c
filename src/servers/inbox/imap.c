/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/inbox/imap.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "servers/inbox/imap_private.h"
#include "servers/inbox/mutf7.h"
#include "servers/inbox/net.h"

/* --- what the server says ------------------------------------------------------------ */

/* Words of the server's in an error of ours: one line, clean, short. */
static enum err_code refusal(struct imap *m, struct slice words)
{
	struct buf b;

	buf_init(&b, 0);
	text_cut(&b, words, 140, TEXT_LIST);
	m->verdict = ERR_REFUSED;
	err_set(&m->why, ERR_REFUSED, "the mail server refuses: %s", buf_text(&b));
	buf_release(&b);
	return ERR_OK;
}

static enum err_code on_tagged(struct imap *m, struct slice rest)
{
	struct imap_word status = imap_next(&rest);

	m->is_over = true;
	if (!imap_is(status, "OK"))
		return refusal(m, rest);
	buf_clear(&m->ok);
	while (rest.len > 0 && rest.p[0] == ' ')
		rest = slice_make(rest.p + 1, rest.len - 1);
	buf_add_slice(&m->ok, rest);
	return ERR_OK;
}

static void note_abilities(struct imap *m, struct slice rest)
{
	buf_clear(&m->abilities);
	buf_addc(&m->abilities, ' ');
	buf_add_slice(&m->abilities, rest);
	buf_addc(&m->abilities, ' ');
}

static enum err_code on_response(void *user, struct slice response)
{
	struct imap *m = user;
	size_t n = strlen(m->tag);
	struct slice rest;
	struct imap_word w;

	m->answered += response.len;
	if (m->answered > IMAP_ANSWERS_MAX)
		return ERR_LIMIT;
	if (response.len > n && memcmp(response.p, m->tag, n) == 0 && response.p[n] == ' ')
		return on_tagged(m, slice_make(response.p + n + 1, response.len - n - 1));
	if (response.len > 0 && response.p[0] == '+') {
		m->may_go_on = true;
		return ERR_OK;
	}
	if (response.len < 2 || response.p[0] != '*')
		return ERR_PROTO;
	rest = slice_make(response.p + 2, response.len - 2);
	w = imap_next(&rest);
	if (imap_is(w, "CAPABILITY"))
		note_abilities(m, rest);
	return m->emit != NULL ? m->emit(m->user, slice_make(response.p + 2, response.len - 2)) : ERR_OK;
}

/* --- bytes ------------------------------------------------------------------------------ */

static enum err_code wait_for(struct imap *m, short events, struct err *e)
{
	struct pollfd p = {.fd = m->fd, .events = events};
	int64_t left_ms = (m->until_us - clock_steady_us()) / US_PER_MS;
	int n;

	if (left_ms <= 0)
		return err_set(e, ERR_NET, "the mail server takes too long");
	do
		n = poll(&p, 1, left_ms < IMAP_WAIT_MS ? (int)left_ms : IMAP_WAIT_MS);
	while (n < 0 && errno == EINTR);
	if (n > 0)
		return ERR_OK;
	return n == 0 ? err_set(e, ERR_NET, "the mail server does not answer") : err_sys(e, ERR_NET, "waiting for the mail server");
}

static enum err_code gone(struct err *e)
{
	return err_set(e, ERR_NET, "the connection to the mail server broke");
}

static enum err_code send_all(struct imap *m, struct slice s, struct err *e)
{
	enum err_code code = ERR_OK;

	while (s.len > 0 && code == ERR_OK) {
		size_t n = 0;
		CURLcode rc = curl_easy_send(m->curl, s.p, s.len, &n);

		if (rc == CURLE_AGAIN)
			code = wait_for(m, POLLOUT, e);
		else if (rc != CURLE_OK)
			code = gone(e);
		s = slice_make(s.p + n, s.len - n);
	}
	return code;
}

/* Take what comes until the command is over, or the server gives leave to go on. */
static enum err_code listen_on(struct imap *m, struct err *e)
{
	char bytes[16384];
	enum err_code code = ERR_OK;

	while (code == ERR_OK && !m->is_over && !m->may_go_on) {
		size_t n = 0;
		CURLcode rc = curl_easy_recv(m->curl, bytes, sizeof bytes, &n);

		if (rc == CURLE_AGAIN)
			code = wait_for(m, POLLIN, e);
		else if (rc != CURLE_OK || n == 0)
			code = gone(e);
		else
			code = imap_reader_feed(m->reader, bytes, n, e);
		if (code == ERR_OK && !m->is_over && clock_steady_us() > m->until_us)
			code = err_set(e, ERR_NET, "the mail server takes too long");
	}
	return code;
}

/* --- commands ------------------------------------------------------------------------------ */

void imap_command_init(struct imap_command *c, const char *verb)
{
	*c = (struct imap_command){.stops = 0};
	buf_init(&c->text, (size_t)1 << 20);
	buf_adds(&c->text, verb);
}

void imap_command_release(struct imap_command *c)
{
	buf_release(&c->text);
}

void imap_say(struct imap_command *c, const char *words)
{
	buf_adds(&c->text, words);
}

void imap_say_text(struct imap_command *c, const char *text)
{
	bool plain = true;
	const char *p;

	for (p = text; *p != '\0'; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7F)
			c->is_bad = true;
		plain = plain && (unsigned char)*p < 0x80;
	}
	buf_addc(&c->text, ' ');
	if (!plain && c->stops < IMAP_STOPS) {
		buf_addf(&c->text, "{%zu}\r\n", strlen(text));
		c->stop[c->stops++] = c->text.len;
		buf_adds(&c->text, text);
		return;
	}
	c->is_bad = c->is_bad || !plain;
	buf_addc(&c->text, '"');
	for (p = text; *p != '\0'; p++) {
		if (*p == '"' || *p == '\\')
			buf_addc(&c->text, '\\');
		buf_addc(&c->text, *p);
	}
	buf_addc(&c->text, '"');
}

void imap_say_folder(struct imap_command *c, const char *utf8)
{
	struct buf b;

	buf_init(&b, 0);
	mutf7_encode(slice_of(utf8), &b);
	imap_say_text(c, buf_text(&b));
	buf_release(&b);
}

static enum err_code talk(struct imap *m, const struct imap_command *c, struct err *e)
{
	enum err_code code;
	size_t at = 0;
	int i;

	snprintf(m->tag, sizeof m->tag, "c%u", ++m->tag_number);
	code = send_all(m, slice_of(m->tag), e);
	if (code == ERR_OK)
		code = send_all(m, slice_of(" "), e);
	for (i = 0; code == ERR_OK && i < c->stops && !m->is_over; i++) {
		code = send_all(m, slice_make(c->text.p + at, c->stop[i] - at), e);
		at = c->stop[i];
		m->may_go_on = false;
		if (code == ERR_OK)
			code = listen_on(m, e);
	}
	if (code == ERR_OK && !m->is_over)
		code = send_all(m, slice_make(c->text.p + at, c->text.len - at), e);
	if (code == ERR_OK && !m->is_over)
		code = send_all(m, c->tail, e);
	if (code == ERR_OK && !m->is_over)
		code = send_all(m, slice_of("\r\n"), e);
	m->may_go_on = false;
	while (code == ERR_OK && !m->is_over) {
		m->may_go_on = false;
		code = listen_on(m, e);
	}
	return code;
}

enum err_code imap_run(struct imap *m, struct imap_command *c, imap_emit *emit, void *user, struct err *e)
{
	enum err_code code;

	if (c->is_bad || c->text.over)
		return err_set(e, ERR_USAGE, "a value holds a control character, or too many are not ASCII");
	m->emit = emit;
	m->user = user;
	m->is_over = m->may_go_on = false;
	m->answered = 0;
	m->verdict = ERR_OK;
	code = talk(m, c, e);
	if (code == ERR_OK && m->verdict != ERR_OK) {
		code = m->verdict;
		if (e != NULL)
			*e = m->why;
	}
	return code;
}

const char *imap_last_ok(const struct imap *m)
{
	return buf_text(&m->ok);
}

void imap_sink_to(struct imap *m, imap_sink *sink, void *user)
{
	imap_reader_sink(m->reader, sink, user);
}

/* --- the session ------------------------------------------------------------------------------ */

enum err_code imap_open(struct imap **out, const struct inbox_config *cfg, const struct secret *secret, struct err *e)
{
	struct imap *m = xcalloc(1, sizeof *m);
	char words[CURL_ERROR_SIZE] = "";
	struct imap_command c;
	enum err_code code = ERR_OK;
	CURLcode rc;

	*out = NULL;
	buf_init(&m->abilities, 65536);
	buf_init(&m->ok, 65536);
	m->reader = imap_reader_new(on_response, m);
	m->curl = curl_easy_init();
	if (m->curl == NULL) {
		imap_close(m);
		return err_set(e, ERR_MEMORY, "no connection can be made");
	}
	net_prepare(m->curl, cfg, secret, IMAP_CONNECT_MS);
	curl_easy_setopt(m->curl, CURLOPT_URL, cfg->imap);
	curl_easy_setopt(m->curl, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(m->curl, CURLOPT_TIMEOUT_MS, (long)IMAP_CONNECT_MS);
	curl_easy_setopt(m->curl, CURLOPT_ERRORBUFFER, words);
	rc = curl_easy_perform(m->curl);
	if (rc == CURLE_OK)
		rc = curl_easy_getinfo(m->curl, CURLINFO_ACTIVESOCKET, &m->fd);
	curl_easy_setopt(m->curl, CURLOPT_ERRORBUFFER, NULL);
	if (rc != CURLE_OK || m->fd == CURL_SOCKET_BAD)
		code = net_explain(rc, words, e);
	imap_begin(m);
	if (code == ERR_OK) {
		imap_command_init(&c, "CAPABILITY");
		code = imap_run(m, &c, NULL, NULL, e);
		imap_command_release(&c);
	}
	if (code == ERR_OK)
		*out = m;
	else
		imap_close(m);
	return code;
}

void imap_begin(struct imap *m)
{
	m->until_us = clock_steady_us() + IMAP_TOOL_MS * US_PER_MS;
}

void imap_close(struct imap *m)
{
	if (m == NULL)
		return;
	if (m->curl != NULL)
		curl_easy_cleanup(m->curl);
	imap_reader_free(m->reader);
	buf_release(&m->abilities);
	buf_release(&m->ok);
	free(m->folder);
	free(m);
}

bool imap_can(const struct imap *m, const char *capability)
{
	char word[40];

	snprintf(word, sizeof word, " %s ", capability);
	return strcasestr(buf_text(&m->abilities), word) != NULL;
}
