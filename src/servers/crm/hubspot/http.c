/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/crm/hubspot/http.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "servers/crm/hubspot/fault.h"

#define CALL_US (45 * US_PER_S)		/* less than the office waits for an answer */
#define CONNECT_MS 10000
#define ONE_MS 20000
#define CHANGE_US (10 * US_PER_S)	/* with less left nothing is begun: its answer would be missed */
#define TRIES 6
#define BETWEEN_SEARCHES_US (250 * US_PER_MS)	/* four a second, all of an account's together */
#define BODY_MAX ((size_t)4 << 20)
#define HEAD_MAX ((size_t)64 << 10)
#define HEADERS 64

struct answer {
	struct buf *body;
	struct buf head;
	char fault[CURL_ERROR_SIZE];
	bool was_sent;		/* libcurl was about to write the request: from then on it may have been read */
	bool head_over;
	long status;
};

/* --- what libcurl calls ----------------------------------------------------------- */

static int on_send(void *user, char *to, char *from, int to_port, int from_port)
{
	struct answer *a = user;

	(void)to, (void)from, (void)to_port, (void)from_port;
	a->was_sent = true;
	return CURL_PREREQFUNC_OK;
}

static size_t on_body(char *p, size_t size, size_t n, void *user)
{
	struct answer *a = user;

	buf_add(a->body, p, size * n);
	return a->body->over ? CURL_WRITEFUNC_ERROR : size * n;
}

static size_t on_head(char *p, size_t size, size_t n, void *user)
{
	struct answer *a = user;

	if (size * n >= 5 && memcmp(p, "HTTP/", 5) == 0)
		buf_clear(&a->head);	/* what came before was a 1xx */
	buf_add(&a->head, p, size * n);
	a->head_over = a->head.over;
	return a->head_over ? CURL_WRITEFUNC_ERROR : size * n;
}

static size_t split_head(const struct buf *head, struct wire_answer_header *out)
{
	const char *at = buf_text(head), *end = at + head->len;
	size_t n = 0;

	while (at < end && n < HEADERS) {
		const char *eol = memchr(at, '\n', (size_t)(end - at)), *stop = eol != NULL ? eol : end, *colon = memchr(at, ':', (size_t)(stop - at));

		if (colon != NULL)
			out[n++] = (struct wire_answer_header){slice_make(at, (size_t)(colon - at)), slice_make(colon + 1, (size_t)(stop - colon - 1))};
		at = eol != NULL ? eol + 1 : end;
	}
	return n;
}

/* --- one request ---------------------------------------------------------------------- */

static void prepare(CURL *c, const struct http *h, const struct http_ask *ask, struct answer *a, const char *url, struct curl_slist *lines)
{
	int64_t left_ms = (h->until_us - clock_steady_us()) / US_PER_MS;

	curl_easy_reset(c);
	curl_easy_setopt(c, CURLOPT_URL, url);
	curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, ask->method);
	curl_easy_setopt(c, CURLOPT_HTTPHEADER, lines);
	curl_easy_setopt(c, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
	curl_easy_setopt(c, CURLOPT_XOAUTH2_BEARER, h->secret->p);
	curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, strncmp(url, "http://", 7) == 0 ? "http" : "https");
	curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(c, CURLOPT_PATH_AS_IS, 1L);
	curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
	if (h->config->ca_file != NULL)
		curl_easy_setopt(c, CURLOPT_CAINFO, h->config->ca_file);
	curl_easy_setopt(c, CURLOPT_PROXY, "");
	curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)(left_ms < 1 ? 1 : left_ms < ONE_MS ? left_ms : ONE_MS));
	curl_easy_setopt(c, CURLOPT_ERRORBUFFER, a->fault);
	curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c, CURLOPT_WRITEDATA, a);
	curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_head);
	curl_easy_setopt(c, CURLOPT_HEADERDATA, a);
	curl_easy_setopt(c, CURLOPT_PREREQFUNCTION, on_send);
	curl_easy_setopt(c, CURLOPT_PREREQDATA, a);
	if (ask->body.len > 0) {
		curl_easy_setopt(c, CURLOPT_POSTFIELDS, ask->body.p);
		curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)ask->body.len);
	}
}

static enum err_code explain(CURLcode rc, const struct answer *a, struct err *e)
{
	const char *words = a->fault[0] != '\0' ? a->fault : curl_easy_strerror(rc);

	if (a->head_over || a->body->over)
		return err_set(e, ERR_LIMIT, "HubSpot's answer is too long");
	if (rc == CURLE_OPERATION_TIMEDOUT)
		return err_set(e, ERR_NET, a->was_sent ? "HubSpot did not answer in time" : "HubSpot cannot be reached in time");
	if (rc == CURLE_PEER_FAILED_VERIFICATION || rc == CURLE_SSL_CACERT_BADFILE) {
		err_set(e, ERR_AUTH, "HubSpot's server cannot be trusted: %.160s", words);
		return err_mend(e, ERR_AUTH, "its certificate must be for that name and by an authority that is trusted here, or in --ca-file");
	}
	return err_set(e, ERR_NET, a->was_sent ? "HubSpot's answer broke off: %.160s" : "HubSpot cannot be reached: %.160s", words);
}

/* Is what only HubSpot may see in what it shows? Then it goes no further. */
static bool shows_token(const struct http *h, const struct answer *a)
{
	const struct secret *s = h->secret;

	return a->body->len >= s->len && memmem(a->body->p, a->body->len, s->p, s->len) != NULL;
}

/* ERR_OK: there is a status. A request that changes something gets a line of its own:
 * on one that was kept, libcurl would send it again if the other end had hung up. */
static enum err_code once(struct http *h, const struct http_ask *ask, bool is_change, struct answer *a, struct err *e)
{
	char *url = xasprintf("%s%s", h->config->base_url, ask->path);
	struct curl_slist *lines = curl_slist_append(NULL, "Accept: application/json");
	enum err_code code = ERR_OK;
	CURLcode rc;

	if (h->curl == NULL)
		h->curl = curl_easy_init();
	lines = curl_slist_append(lines, "Expect:");
	if (ask->body.len > 0)
		lines = curl_slist_append(lines, "Content-Type: application/json");
	buf_clear(a->body);
	buf_clear(&a->head);
	if (h->curl == NULL || lines == NULL) {
		code = err_set(e, ERR_MEMORY, "no connection can be made");
	} else {
		prepare(h->curl, h, ask, a, url, lines);
		curl_easy_setopt(h->curl, CURLOPT_FRESH_CONNECT, is_change ? 1L : 0L);
		rc = curl_easy_perform(h->curl);
		curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &a->status);
		if (rc != CURLE_OK)
			code = explain(rc, a, e);
		else if (shows_token(h, a))
			code = err_set(e, ERR_PROTO, "HubSpot's answer shows the token, and was not used");
		curl_easy_reset(h->curl);	/* no copy of the token, no pointer of ours stays */
	}
	curl_slist_free_all(lines);
	free(url);
	return code;
}

static enum err_code ready(const struct http *h, struct err *e)
{
	if (h->secret != NULL)
		return ERR_OK;
	err_set(e, ERR_AUTH, "this CRM has no token yet");
	return err_mend(e, ERR_AUTH, "a person gives it: claviger connector secret NAME token");
}

/* False: the call would take too long. */
static bool rest(const struct http *h, int64_t us)
{
	struct timespec t = {us / US_PER_S, (us % US_PER_S) * 1000};

	if (us > 0 && clock_steady_us() + us > h->until_us - US_PER_S)
		return false;
	if (us > 0)
		nanosleep(&t, NULL);
	return true;
}

static bool is_good(long status)
{
	return status >= 200 && status < 300;
}

/* --- reads and changes ------------------------------------------------------------------ */

void http_call_begin(struct http *h)
{
	h->until_us = clock_steady_us() + CALL_US;
}

static enum err_code read_once(struct http *h, const struct http_ask *ask, struct answer *a, struct hubspot_wait *w, struct err *e)
{
	struct wire_answer_header headers[HEADERS];
	enum err_code code;
	size_t n;

	w->has_wait = false;
	if (ask->is_search) {
		(void)rest(h, h->searched_us + BETWEEN_SEARCHES_US - clock_steady_us());
		h->searched_us = clock_steady_us();
	}
	code = once(h, ask, false, a, e);
	if (code != ERR_OK)
		return code;
	if (is_good(a->status))
		return json_gate(buf_slice(a->body), NULL) == ERR_OK ? ERR_OK : err_set(e, ERR_PROTO, "HubSpot's answer is no JSON");
	n = split_head(&a->head, headers);
	*w = hubspot_wait_read((int)a->status, buf_slice(a->body), headers, n, clock_now_us());
	return hubspot_fault((int)a->status, buf_slice(a->body), ask->kind, ask->id, e);
}

enum err_code http_read(struct http *h, const struct http_ask *ask, struct buf *out, struct err *e)
{
	struct answer a = {.body = out};
	struct hubspot_wait w = {.has_wait = false};
	enum err_code code = ready(h, e);
	int tries = 0;

	if (code != ERR_OK)
		return code;
	buf_clear(out);
	out->max = BODY_MAX;
	buf_init(&a.head, HEAD_MAX);
	do {
		code = read_once(h, ask, &a, &w, e);
	} while (code != ERR_OK && w.has_wait && ++tries < TRIES && rest(h, w.wait_us));
	buf_release(&a.head);
	return code;
}

enum http_end http_change(struct http *h, const struct http_ask *ask, struct buf *out, struct err *e)
{
	struct answer a = {.body = out};
	enum http_end end = HTTP_REFUSED;
	enum err_code code = ready(h, e);

	if (code == ERR_OK && h->until_us - clock_steady_us() < CHANGE_US)
		code = err_set(e, ERR_LIMIT, "HubSpot was too slow: there was no time left for the change, and nothing was sent");
	if (code != ERR_OK)
		return HTTP_REFUSED;
	buf_clear(out);
	out->max = BODY_MAX;
	buf_init(&a.head, HEAD_MAX);
	code = once(h, ask, true, &a, e);
	if (code != ERR_OK && a.status >= 300 && a.status < 500) {
		err_set(e, ERR_USAGE, "HubSpot refuses it (%ld)", a.status);	/* whatever else it wanted to say */
	} else if (code != ERR_OK) {
		end = a.was_sent ? HTTP_LOST : HTTP_REFUSED;
	} else if (is_good(a.status)) {
		end = HTTP_DONE;
	} else {
		err_ignore(hubspot_fault((int)a.status, buf_slice(a.body), ask->kind, ask->id, e));
		end = a.status >= 500 ? HTTP_LOST : HTTP_REFUSED;
	}
	buf_release(&a.head);
	return end;
}

void http_release(struct http *h)
{
	if (h->curl != NULL)
		curl_easy_cleanup(h->curl);
	h->curl = NULL;
}
