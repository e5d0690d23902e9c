/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/inbox/smtp.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/text.h"
#include "servers/inbox/net.h"

#define CONNECT_MS 15000
#define ALL_MS 50000	/* less than the office waits for an answer */

struct upload {
	struct slice left;
	bool is_whole;		/* libcurl asked past the end: from here on it may have been sent */
	char reply[200];	/* the server's last refusal */
};

static size_t on_read(char *p, size_t size, size_t n, void *user)
{
	struct upload *u = user;

	n *= size;
	if (n > u->left.len)
		n = u->left.len;
	memcpy(p, u->left.p, n);
	u->left = slice_make(u->left.p + n, u->left.len - n);
	if (u->left.len == 0)
		u->is_whole = true;
	return n;
}

/* What the server says comes as headers. */
static size_t on_line(char *p, size_t size, size_t n, void *user)
{
	struct upload *u = user;
	size_t len = size * n;
	struct buf b;

	if (len == 0 || (p[0] != '4' && p[0] != '5'))
		return len;
	buf_init(&b, 0);
	while (len > 0 && (p[len - 1] == '\n' || p[len - 1] == '\r'))
		len--;
	text_cut(&b, slice_make(p, len), 140, TEXT_LIST);
	snprintf(u->reply, sizeof u->reply, "%s", buf_text(&b));
	buf_release(&b);
	return size * n;
}

/* https://HOST/NAME: the name to greet with, which is else this machine's own. */
static char *url_of(const struct inbox_config *c)
{
	return xasprintf("%s/%s", c->smtp, strchr(c->from.address, '@') + 1);
}

static enum smtp_end judge(CURL *curl, CURLcode rc, const struct upload *u, const char *words, struct err *e)
{
	long status = 0;

	if (rc == CURLE_OK)
		return SMTP_ACCEPTED;
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	/* Whole means that DATA was answered with 354: a 4xx or 5xx after it is about the mail. */
	if (u->is_whole && !(status >= 400 && status < 600)) {
		err_set(e, ERR_NET, "the mail was handed over whole, and no answer came");
		return SMTP_UNKNOWN;
	}
	if (status >= 400 && status < 600)
		err_set(e, ERR_REFUSED, "the mail server did not take it: %.180s", u->reply);
	else
		err_ignore(net_explain(rc, words, e));
	return SMTP_REFUSED;
}

enum smtp_end smtp_send(const struct inbox_config *c, const struct secret *secret, const struct outgoing *o, struct slice message, struct err *e)
{
	struct upload u = {.left = message};
	char words[CURL_ERROR_SIZE] = "", *url = url_of(c);
	struct curl_slist *to = NULL;
	CURL *curl = curl_easy_init();
	enum smtp_end end;
	size_t i;

	if (curl == NULL) {
		free(url);
		err_set(e, ERR_MEMORY, "no connection can be made");
		return SMTP_REFUSED;
	}
	for (i = 0; i < o->n; i++)
		to = curl_slist_append(to, o->to[i].address);
	net_prepare(curl, c, secret, CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)ALL_MS);
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, c->from.address);
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message.len);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(curl, CURLOPT_READDATA, &u);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_line);
	curl_easy_setopt(curl, CURLOPT_HEADERDATA, &u);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words);
	end = judge(curl, curl_easy_perform(curl), &u, words, e);
	curl_slist_free_all(to);
	curl_easy_cleanup(curl);
	free(url);
	return end;
}
