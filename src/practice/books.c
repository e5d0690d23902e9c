/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/books.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/json.h"
#include "base/memory.h"

struct noted {
	char *id, *method, *path, *headers, *body;
	size_t body_len, bytes;
	int status;
};
struct books {
	pthread_mutex_t lock;
	struct sale *sale;
	size_t n, room;
	struct noted noted[BOOKS_REQUESTS];	/* a ring: the oldest is at first */
	size_t first, held, bytes;
	int64_t back_us;
};
struct sum {
	const char *vendor;
	struct usage used;
	int64_t calls, pico, unpriced;
};
#define VENDORS 8

struct books *books_new(void)
{
	struct books *b = xcalloc(1, sizeof *b);

	pthread_mutex_init(&b->lock, NULL);
	return b;
}

static void drop_oldest(struct books *b)
{
	struct noted *n = &b->noted[b->first];

	b->bytes -= n->bytes;
	free(n->id);
	free(n->method);
	free(n->path);
	free(n->headers);
	free(n->body);
	*n = (struct noted){0};
	b->first = (b->first + 1) % BOOKS_REQUESTS;
	b->held--;
}

void books_free(struct books *b)
{
	if (b == NULL)
		return;
	while (b->held > 0)
		drop_oldest(b);
	pthread_mutex_destroy(&b->lock);
	free(b->sale);
	free(b);
}

static void reprice(struct sale *s)
{
	s->priced = price_call(s->vendor, s->model, &s->used, &s->terms, &s->pico);
}

size_t books_open(struct books *b, const struct sale *s)
{
	size_t handle;

	pthread_mutex_lock(&b->lock);
	if (b->n == b->room)
		b->sale = xreallocarray(b->sale, b->room = b->room == 0 ? 256 : b->room * 2, sizeof *b->sale);
	handle = b->n++;
	b->sale[handle] = *s;
	b->sale[handle].at_us -= s->is_added ? 0 : b->back_us;
	reprice(&b->sale[handle]);
	pthread_mutex_unlock(&b->lock);
	return handle;
}

void books_add(struct books *b, const struct sale *s)
{
	struct sale added = *s;

	added.is_added = added.complete = true;
	(void)books_open(b, &added);
}

void books_set_back(struct books *b, int days)
{
	b->back_us = days * US_PER_DAY;
}

void books_grow(struct books *b, size_t sale, int64_t output, int64_t thinking, bool complete)
{
	pthread_mutex_lock(&b->lock);
	b->sale[sale].used.output = output;
	b->sale[sale].used.thinking = thinking;
	b->sale[sale].complete = complete;
	reprice(&b->sale[sale]);
	pthread_mutex_unlock(&b->lock);
}

void books_each(struct books *b, void (*f)(void *user, const struct sale *s), void *user)
{
	size_t i;

	pthread_mutex_lock(&b->lock);
	for (i = 0; i < b->n; i++)
		f(user, &b->sale[i]);
	pthread_mutex_unlock(&b->lock);
}

/* --- the books as JSON ----------------------------------------------------- */

static void put_money(struct json_out *j, const char *name, int64_t pico)
{
	char text[MONEY_TEXT];

	money_text(pico, text);
	json_put_text(j, name, text);
}

static void put_usage(struct json_out *j, const struct usage *u)
{
	json_put_int(j, "input_tokens", u->input);
	json_put_int(j, "cache_read_tokens", u->cache_read);
	json_open(j, "cache_write", '{');
	json_put_int(j, "5m", u->write_5m);
	json_put_int(j, "1h", u->write_1h);
	json_put_int(j, "30m", u->write_30m);
	json_put_int(j, "12h", u->write_12h);
	json_close(j, '}');
	json_put_int(j, "output_tokens", u->output);
}

static void put_sale(struct json_out *j, const struct sale *s)
{
	char text[DATE_TEXT], key[HASH_HEX];

	json_open(j, NULL, '{');
	json_put_text(j, "request_id", s->request_id);
	json_put_text(j, "vendor", s->vendor);
	json_put_text(j, "model", s->model);
	if (s->priced)
		put_money(j, "cost_usd", s->pico);
	else
		json_put_null(j, "cost_usd");
	json_put_bool(j, "complete", s->complete);
	put_usage(j, &s->used);
	date_rfc3339(s->at_us, text);
	json_put_text(j, "started", text);
	hash_to_hex(&s->key, key);
	json_put_text(j, "key_sha256", key);
	json_close(j, '}');
}

static void add(struct sum *sum, const struct sale *s)
{
	sum->calls++;
	sum->unpriced += !s->priced;
	sum->pico += s->pico;
	sum->used.input += s->used.input;
	sum->used.cache_read += s->used.cache_read;
	sum->used.write_5m += s->used.write_5m;
	sum->used.write_1h += s->used.write_1h;
	sum->used.write_30m += s->used.write_30m;
	sum->used.write_12h += s->used.write_12h;
	sum->used.output += s->used.output;
}

static size_t sum_up(const struct books *b, struct sum *total, struct sum by[VENDORS])
{
	size_t i, v, vendors = 0;

	for (i = 0; i < b->n; i++) {
		const struct sale *s = &b->sale[i];

		for (v = 0; v < vendors && strcmp(by[v].vendor, s->vendor) != 0; v++)
			;
		if (v == vendors && vendors < VENDORS)
			by[vendors++].vendor = s->vendor;
		if (v < vendors)
			add(&by[v], s);
		add(total, s);
	}
	return vendors;
}

void books_write(struct books *b, struct buf *out)
{
	struct sum total = {0}, by[VENDORS] = {0};
	struct json_out j;
	size_t i, vendors;

	pthread_mutex_lock(&b->lock);
	vendors = sum_up(b, &total, by);
	json_start(&j, out);
	json_open(&j, NULL, '{');
	put_money(&j, "total_usd", total.pico);
	json_open(&j, "by_vendor", '{');
	for (i = 0; i < vendors; i++) {
		json_open(&j, by[i].vendor, '{');
		json_put_int(&j, "calls", by[i].calls);
		put_money(&j, "cost_usd", by[i].pico);
		json_put_int(&j, "unpriced_calls", by[i].unpriced);
		put_usage(&j, &by[i].used);
		json_close(&j, '}');
	}
	json_close(&j, '}');
	json_open(&j, "calls", '[');
	for (i = 0; i < b->n; i++)
		put_sale(&j, &b->sale[i]);
	json_close(&j, ']');
	json_close(&j, '}');
	pthread_mutex_unlock(&b->lock);
}

/* --- what was asked -------------------------------------------------------- */

void books_note(struct books *b, const char *request_id, const char *method, const char *path, int status, struct slice headers, struct slice body)
{
	struct noted n = {.id = xstrdup(request_id), .method = xstrdup(method), .path = xstrdup(path), .status = status, .body_len = body.len,
	    .headers = xstrndup(headers.p != NULL ? headers.p : "", headers.len)};

	n.body = xmalloc(body.len + 1);
	if (body.len > 0)
		memcpy(n.body, body.p, body.len);
	n.body[body.len] = '\0';
	n.bytes = headers.len + body.len + strlen(path);
	pthread_mutex_lock(&b->lock);
	while (b->held == BOOKS_REQUESTS || (b->held > 0 && b->bytes + n.bytes > BOOKS_REQUEST_BYTES))
		drop_oldest(b);
	b->noted[(b->first + b->held++) % BOOKS_REQUESTS] = n;
	b->bytes += n.bytes;
	pthread_mutex_unlock(&b->lock);
}

void books_write_requests(struct books *b, struct buf *out)
{
	struct json_out j;
	size_t i;

	json_start(&j, out);
	json_open(&j, NULL, '[');
	pthread_mutex_lock(&b->lock);
	for (i = 0; i < b->held; i++) {
		const struct noted *n = &b->noted[(b->first + i) % BOOKS_REQUESTS];

		json_open(&j, NULL, '{');
		json_put_text(&j, "request_id", n->id);
		json_put_text(&j, "method", n->method);
		json_put_text(&j, "path", n->path);
		json_put_int(&j, "status", n->status);
		json_put_raw(&j, "headers", slice_of(n->headers));
		json_put_slice(&j, "body", slice_make(n->body, n->body_len));
		json_close(&j, '}');
	}
	pthread_mutex_unlock(&b->lock);
	json_close(&j, ']');
}
