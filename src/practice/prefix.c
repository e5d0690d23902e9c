/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/prefix.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

#define KEPT 8192	/* beginnings remembered at once; the one that ends first makes room */
#define NOWHERE ((size_t)-1)

struct kept {
	struct hash upto;
	int64_t ends_us;
	int64_t life_us;
};
struct prefixes {
	pthread_mutex_t lock;
	struct kept *kept;
	size_t n;
};

int64_t tokens_of(int64_t bytes)
{
	return (bytes + 3) / 4;
}

void prompt_init(struct prompt *p, const char *scope)
{
	*p = (struct prompt){.lookback = PREFIX_LOOKBACK};
	p->block = xcalloc(p->room = 16, sizeof *p->block);
	p->block[p->n++].upto = hash_bytes(scope, strlen(scope));
}

void prompt_release(struct prompt *p)
{
	free(p->block);
	*p = (struct prompt){0};
}

void prompt_add(struct prompt *p, const char *place, struct slice content, size_t billable_bytes, enum prefix_life mark)
{
	const struct prompt_block *last = &p->block[p->n - 1];
	struct prompt_block b = {.bytes = last->bytes + (int64_t)billable_bytes, .mark = mark};
	struct hash_fields *h = hash_fields_new("prefix");

	hash_field(h, last->upto.b, sizeof last->upto.b);
	hash_field_text(h, place);
	hash_field(h, content.p, content.len);
	b.upto = hash_fields_end(h);
	if (p->n == p->room)
		p->block = xreallocarray(p->block, p->room *= 2, sizeof *p->block);
	p->block[p->n++] = b;
	if (mark != LIFE_NONE)
		p->marks++;
}

int64_t prompt_tokens(const struct prompt *p)
{
	return tokens_of(p->block[p->n - 1].bytes);
}

struct prefixes *prefixes_new(void)
{
	struct prefixes *c = xcalloc(1, sizeof *c);

	pthread_mutex_init(&c->lock, NULL);
	c->kept = xcalloc(KEPT, sizeof *c->kept);
	return c;
}

void prefixes_free(struct prefixes *c)
{
	if (c == NULL)
		return;
	pthread_mutex_destroy(&c->lock);
	free(c->kept);
	free(c);
}

static struct kept *find(struct prefixes *c, const struct hash *upto)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (memcmp(&c->kept[i].upto, upto, sizeof *upto) == 0)
			return &c->kept[i];
	return NULL;
}

static void remember(struct prefixes *c, const struct hash *upto, int64_t life_us, int64_t now_us)
{
	struct kept *k = find(c, upto);
	size_t i;

	if (k == NULL && c->n < KEPT)
		k = &c->kept[c->n++];
	for (i = 0; k == NULL && i < c->n; i++)
		if (c->kept[i].ends_us <= now_us)
			k = &c->kept[i];
	if (k == NULL)
		for (k = c->kept, i = 1; i < c->n; i++)
			if (c->kept[i].ends_us < k->ends_us)
				k = &c->kept[i];
	*k = (struct kept){.upto = *upto, .life_us = life_us, .ends_us = now_us + life_us};
}

/* The longest beginning of p that is remembered, seen from its breakpoints. A
 * read keeps what was read alive for another of its lives. */
static size_t longest(struct prefixes *c, const struct prompt *p, int64_t now_us)
{
	size_t i, back;

	for (i = p->n; i-- > 1;) {
		if (p->block[i].mark == LIFE_NONE)
			continue;
		for (back = 0; back < p->lookback && back < i; back++) {
			struct kept *k = find(c, &p->block[i - back].upto);

			if (k != NULL && k->ends_us > now_us) {
				k->ends_us = now_us + k->life_us;
				return i - back;
			}
		}
	}
	return NOWHERE;
}

static int64_t life_us(enum prefix_life life)
{
	static const int64_t minutes[] = {[LIFE_5M] = 5, [LIFE_1H] = 60, [LIFE_30M] = 30, [LIFE_12H] = 720, [LIFE_FREE] = 30};

	return minutes[life] * 60 * US_PER_S;
}

void prefixes_use(struct prefixes *c, const struct prompt *p, int64_t min_tokens, int64_t now_us, struct usage *u)
{
	int64_t *const written[] = {[LIFE_5M] = &u->write_5m, [LIFE_1H] = &u->write_1h, [LIFE_30M] = &u->write_30m, [LIFE_12H] = &u->write_12h};
	int64_t done = 0, upto;
	size_t i, from;

	u->cache_read = u->write_5m = u->write_1h = u->write_30m = u->write_12h = 0;
	pthread_mutex_lock(&c->lock);
	from = longest(c, p, now_us);
	if (from != NOWHERE)
		done = u->cache_read = tokens_of(p->block[from].bytes);
	for (i = from != NOWHERE ? from + 1 : 1; i < p->n; i++) {
		upto = tokens_of(p->block[i].bytes);
		if (p->block[i].mark == LIFE_NONE || upto < min_tokens)
			continue;
		if (p->block[i].mark != LIFE_FREE) {
			*written[p->block[i].mark] += upto - done;
			done = upto;
		}
		remember(c, &p->block[i].upto, life_us(p->block[i].mark), now_us);
	}
	pthread_mutex_unlock(&c->lock);
	u->input = prompt_tokens(p) - done;
}
