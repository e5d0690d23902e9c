/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/transport.h"

#include <curl/curl.h>
#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"
#include "worker/transfer.h"
#include "worker/worker.h"

/* --- starting -------------------------------------------------------------- */

enum err_code transport_new(struct transport **out, const char *proxy, const char *ca_file, struct err *e)
{
	struct transport *t;

	*out = NULL;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(e, ERR_NET, "the network library could not be started");
	t = xcalloc(1, sizeof *t);
	t->proxy = xstrdup(proxy != NULL ? proxy : "");
	t->ca_file = xstrdup(ca_file != NULL ? ca_file : "");
	t->multi = curl_multi_init();
	if (t->multi == NULL) {
		free(t->proxy);
		free(t->ca_file);
		free(t);
		return err_set(e, ERR_NET, "the network library could not be started");
	}
	*out = t;
	return ERR_OK;
}

void transport_free(struct transport *t)
{
	if (t == NULL)
		return;
	while (t->first != NULL)
		transfer_cancel(t->first, "the program ends");
	curl_multi_cleanup(t->multi);
	curl_global_cleanup();
	lines_release(&t->lines);
	free(t->proxy);
	free(t->ca_file);
	free(t);
}

/* --- the loop -------------------------------------------------------------- */

void transport_wait(struct transport *t, struct pollfd *extra, size_t n, int64_t timeout_us)
{
	struct curl_waitfd w[TRANSPORT_FDS_MAX];
	size_t i;
	int ready, ms;

	if (n > LENGTH(w))
		n = LENGTH(w);
	for (i = 0; i < n; i++) {
		w[i].fd = extra[i].fd;
		w[i].events = (short)((extra[i].events & POLLIN ? CURL_WAIT_POLLIN : 0) | (extra[i].events & POLLOUT ? CURL_WAIT_POLLOUT : 0));
		w[i].revents = 0;
	}
	/* round up, or the loop spins through the last fraction of a millisecond */
	ms = timeout_us > INT64_C(3600) * US_PER_S ? 3600000 : (int)((timeout_us + US_PER_MS - 1) / US_PER_MS);
	curl_multi_poll(t->multi, w, (unsigned)n, ms < 0 ? 0 : ms, &ready);
	for (i = 0; i < n; i++)
		extra[i].revents = (short)((w[i].revents & CURL_WAIT_POLLIN ? POLLIN : 0) | (w[i].revents & CURL_WAIT_POLLOUT ? POLLOUT : 0));
}

static void enforce(struct transport *t, int64_t now)
{
	struct transfer *x, *next;

	for (x = t->first; x != NULL; x = next) {
		next = x->next;
		if (transfer_is_late(x, now))
			transfer_finish(x, CURLE_OPERATION_TIMEDOUT);
	}
}

void transport_run(struct transport *t, int64_t steady_us)
{
	CURLMsg *m;
	int running, left;

	curl_multi_perform(t->multi, &running);
	while ((m = curl_multi_info_read(t->multi, &left)) != NULL) {
		struct transfer *x = NULL;

		if (m->msg != CURLMSG_DONE)
			continue;
		if (curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, (char **)&x) == CURLE_OK && x != NULL)
			transfer_finish(x, m->data.result);
	}
	enforce(t, steady_us);
}

size_t transport_in_flight(const struct transport *t)
{
	return t->n;
}

void transport_forget(struct transport *t)
{
	CURLM *fresh;

	if (t->n != 0 || (fresh = curl_multi_init()) == NULL)
		return;
	curl_multi_cleanup(t->multi);
	t->multi = fresh;
}

const char *worker_transport_engine(void)
{
	return curl_version();
}
