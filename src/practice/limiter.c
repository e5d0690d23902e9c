/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Kept as the time at which it is full again: each request adds its share of the window. */
#include "practice/limiter.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"

struct limiter {
	pthread_mutex_t lock;
	int64_t requests, window_us, share_us, full_at_us;
};

struct limiter *limiter_new(int64_t requests, int64_t window_us)
{
	struct limiter *l = xcalloc(1, sizeof *l);

	pthread_mutex_init(&l->lock, NULL);
	l->requests = requests;
	l->share_us = window_us / requests;
	l->window_us = l->share_us * requests;
	return l;
}

void limiter_free(struct limiter *l)
{
	if (l == NULL)
		return;
	pthread_mutex_destroy(&l->lock);
	free(l);
}

bool limiter_take(struct limiter *l, int64_t now_us, struct limiter_state *out)
{
	bool ok;

	pthread_mutex_lock(&l->lock);
	if (l->full_at_us < now_us)
		l->full_at_us = now_us;
	ok = l->full_at_us - now_us + l->share_us <= l->window_us;
	if (ok)
		l->full_at_us += l->share_us;
	out->limit = l->requests;
	out->full_us = l->full_at_us - now_us;
	out->left = (l->window_us - out->full_us) / l->share_us;
	out->one_us = out->left > 0 ? 0 : out->full_us + l->share_us - l->window_us;
	pthread_mutex_unlock(&l->lock);
	return ok;
}
