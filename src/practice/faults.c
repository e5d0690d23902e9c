/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/faults.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"

#define MILLION 1000000
#define AWAITED 1024	/* requests told to come again that are remembered */

struct faults {
	pthread_mutex_t lock;
	uint64_t seed, requests;
	uint32_t millionths[FAULTS];
	struct hash awaited[AWAITED];
	size_t n;
};

static const struct {
	const char *name, *about;
} faults[FAULTS] = {
	[FAULT_400_LIMIT] = {"400-limit", "400, the customer's own spending limit is reached"},
	[FAULT_401] = {"401", "401, the key is not valid"},
	[FAULT_402] = {"402", "402, or 429 insufficient_quota at OpenAI: no credit"},
	[FAULT_403] = {"403", "403, no permission"},
	[FAULT_404] = {"404", "404, no such model"},
	[FAULT_413] = {"413", "413, the request is too large"},
	[FAULT_429] = {"429", "429 without retry-after"},
	[FAULT_429_RETRY] = {"429-retry", "429 with retry-after: 1; repeated, it succeeds"},
	[FAULT_500] = {"500", "500"},
	[FAULT_503] = {"503", "503 of a service that is down for a moment"},
	[FAULT_504] = {"504", "504, or 408 on Bedrock: timed out"},
	[FAULT_529] = {"529", "529, or 503 elsewhere: overloaded"},
	[FAULT_REDIRECT] = {"redirect", "307 to another path"},
	[FAULT_BIG_HEADER] = {"big-header", "an answer header of 100,000 bytes"},
	[FAULT_HEADER_BOMB] = {"header-bomb", "answer headers without an end"},
	[FAULT_BOMB] = {"bomb", "a small body of content-encoding gzip that becomes 1 GB"},
	[FAULT_FLOOD] = {"flood", "a body of 10 GB"},
	[FAULT_SMUGGLE] = {"smuggle", "two answers in one: content-length and chunked disagree"},
	[FAULT_HANG] = {"hang", "no answer at all, the connection stays open"},
	[FAULT_CUT] = {"cut", "the connection is closed in the middle of the stream"},
	[FAULT_STALL] = {"stall", "the stream stops, the connection stays open"},
	[FAULT_GARBAGE] = {"garbage", "bytes in the stream that are no event"},
	[FAULT_SLOW] = {"slow", "at most four events a second"},
	[FAULT_DRIP] = {"drip", "one byte a second"},
	[FAULT_ENDLESS] = {"endless", "a stream of text that does not end"},
	[FAULT_OVERBILL] = {"overbill", "more output tokens billed than max_tokens allows"},
	[FAULT_ERROR_EVENT] = {"error-event", "an error as an event inside the stream"},
	[FAULT_FAILED] = {"failed", "response.failed at the end; elsewhere as error-event"},
	[FAULT_REFUSAL] = {"refusal", "the model refuses"},
	[FAULT_EMPTY] = {"empty", "a good answer without any content"},
	[FAULT_SPLIT] = {"split", "the stream in pieces of a few bytes, cut anywhere"},
	[FAULT_UNKNOWN_EVENT] = {"unknown-event", "events and members nobody has heard of"},
	[FAULT_NO_USAGE] = {"no-usage", "OpenAI's wires: a good answer that says no usage"},
	[FAULT_NO_DONE] = {"no-done", "chat: a good stream that ends without [DONE]"},
	[FAULT_COMMENTS] = {"comments", "chat: comment lines between the chunks"},
	[FAULT_MAX_TOKENS] = {"max-tokens", "the reply is cut as if max_tokens were 8"},
};

struct faults *faults_new(uint64_t seed)
{
	struct faults *f = xcalloc(1, sizeof *f);

	pthread_mutex_init(&f->lock, NULL);
	f->seed = seed;
	return f;
}

void faults_free(struct faults *f)
{
	if (f == NULL)
		return;
	pthread_mutex_destroy(&f->lock);
	free(f);
}

const char *fault_name(enum fault f)
{
	return f != FAULT_NONE ? faults[f].name : "none";
}

static enum fault find(struct slice name)
{
	size_t i;

	for (i = 1; i < FAULTS; i++)
		if (slice_is(name, faults[i].name))
			return (enum fault)i;
	return FAULT_NONE;
}

/* "1", "0.25": millionths; -1 if it is none of that. */
static int64_t chance(const char *text)
{
	int64_t n = 0, unit = MILLION;
	bool point = false;

	if (*text == '\0')
		return -1;
	for (; *text != '\0'; text++) {
		if (*text == '.' && !point) {
			point = true;
		} else if (*text < '0' || *text > '9' || unit == 0 || n > MILLION) {
			return -1;
		} else if (point) {
			unit /= 10;
			n += (*text - '0') * unit;
		} else {
			n = n * 10 + (*text - '0') * MILLION;
		}
	}
	return n <= MILLION ? n : -1;
}

enum err_code faults_add(struct faults *f, const char *spec, struct err *e)
{
	const char *colon = strchr(spec, ':');
	enum fault kind = find(slice_make(spec, colon != NULL ? (size_t)(colon - spec) : strlen(spec)));
	int64_t p = colon != NULL ? chance(colon + 1) : MILLION;

	if (kind == FAULT_NONE)
		return err_set(e, ERR_USAGE, "no fault of that kind (--help lists them)");
	if (p < 0)
		return err_set(e, ERR_USAGE, "a fault's probability is a decimal number from 0 to 1");
	f->millionths[kind] = (uint32_t)p;
	return ERR_OK;
}

/* `[fault KIND]` in a text. */
static enum fault named(const char *text)
{
	const char *p = text != NULL ? strstr(text, "[fault ") : NULL;
	enum fault kind = FAULT_NONE;

	while (p != NULL && kind == FAULT_NONE) {
		p += strlen("[fault ");
		kind = find(slice_make(p, strcspn(p, "]")));
		p = strstr(p, "[fault ");
	}
	return kind;
}

/* A number below a million that depends on the seed, the request and the kind. */
static uint32_t draw(const struct faults *f, uint64_t request, size_t kind)
{
	struct hash_fields *h = hash_fields_new("fault");
	struct hash d;

	hash_field_int(h, (int64_t)f->seed);
	hash_field_int(h, (int64_t)request);
	hash_field_int(h, (int64_t)kind);
	d = hash_fields_end(h);
	return ((uint32_t)d.b[0] << 24 | (uint32_t)d.b[1] << 16 | (uint32_t)d.b[2] << 8 | d.b[3]) % MILLION;
}

/* True if this request was told to come again (and now it has). */
static bool came_again(struct faults *f, const struct hash *body)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (memcmp(&f->awaited[i], body, sizeof *body) == 0) {
			f->awaited[i] = f->awaited[--f->n];
			return true;
		}
	return false;
}

static void await(struct faults *f, const struct hash *body)
{
	if (f->n == AWAITED)
		f->awaited[0] = f->awaited[--f->n];
	f->awaited[f->n++] = *body;
}

enum fault faults_pick(struct faults *f, const char *last_user, struct slice body, bool any_request)
{
	struct hash h = hash_slice(body);
	enum fault kind = any_request ? FAULT_NONE : named(last_user);
	uint64_t request;
	size_t i;

	pthread_mutex_lock(&f->lock);
	request = f->requests++;
	for (i = 1; kind == FAULT_NONE && i < (any_request ? FAULT_CUT : FAULTS); i++)
		if (f->millionths[i] > 0 && draw(f, request, i) < f->millionths[i])
			kind = (enum fault)i;
	if (kind == FAULT_429_RETRY) {
		if (came_again(f, &h))
			kind = FAULT_NONE;
		else
			await(f, &h);
	}
	pthread_mutex_unlock(&f->lock);
	return kind;
}

void faults_list(FILE *to)
{
	size_t i;

	for (i = 1; i < FAULTS; i++)
		fprintf(to, "  %-15s%s\n", faults[i].name, faults[i].about);
}
