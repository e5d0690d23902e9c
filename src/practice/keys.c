/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/keys.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"

struct set {
	struct hash *h;
	size_t n;
};
struct keys {
	pthread_mutex_t lock;
	struct set accepted, revoked;
};

struct keys *keys_new(void)
{
	struct keys *k = xcalloc(1, sizeof *k);

	pthread_mutex_init(&k->lock, NULL);
	return k;
}

void keys_free(struct keys *k)
{
	if (k == NULL)
		return;
	pthread_mutex_destroy(&k->lock);
	free(k->accepted.h);
	free(k->revoked.h);
	free(k);
}

static bool has(const struct set *s, const struct hash *h)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (hash_same(&s->h[i], h))
			return true;
	return false;
}

static void put(struct set *s, const struct hash *h)
{
	if (has(s, h))
		return;
	s->h = xreallocarray(s->h, s->n + 1, sizeof *s->h);
	s->h[s->n++] = *h;
}

void keys_accept(struct keys *k, const char *key)
{
	struct hash h = hash_bytes(key, strlen(key));

	put(&k->accepted, &h);
}

void keys_revoke(struct keys *k, const struct hash *key)
{
	pthread_mutex_lock(&k->lock);
	put(&k->revoked, key);
	pthread_mutex_unlock(&k->lock);
}

static bool ends(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

enum key_state keys_judge(struct keys *k, const char *key, const char *prefix)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+/=";
	enum key_state state = KEY_GOOD;
	struct hash h;

	if (key == NULL || strncmp(key, prefix, strlen(prefix)) != 0 || key[strlen(prefix)] == '\0' || key[strspn(key, letters)] != '\0')
		return KEY_BAD;
	h = hash_bytes(key, strlen(key));
	pthread_mutex_lock(&k->lock);
	if (has(&k->revoked, &h) || ends(key, "-revoked"))
		state = KEY_REVOKED;
	else if (k->accepted.n > 0 && !has(&k->accepted, &h))
		state = KEY_BAD;
	else if (ends(key, "-nocredit"))
		state = KEY_NO_CREDIT;
	pthread_mutex_unlock(&k->lock);
	return state;
}
