/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "practice/http.h"

#include <stdlib.h>
#include <strings.h>

#include "base/json.h"
#include "base/memory.h"

void headers_add(struct headers *h, const char *name, const char *value)
{
	h->h = xreallocarray(h->h, h->n + 1, sizeof *h->h);
	h->h[h->n++] = (struct header){.name = xstrdup(name), .value = xstrdup(value != NULL ? value : "")};
}

const char *headers_get(const struct headers *h, const char *name)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		if (strcasecmp(h->h[i].name, name) == 0)
			return h->h[i].value;
	return NULL;
}

void headers_release(struct headers *h)
{
	size_t i;

	for (i = 0; i < h->n; i++) {
		free(h->h[i].name);
		free(h->h[i].value);
	}
	free(h->h);
	*h = (struct headers){0};
}

/* The secret of a header's value: all of it, or what follows the scheme. */
static const char *secret_of(const struct header *h)
{
	static const char *const whole[] = {"x-api-key", "x-amz-security-token", "cookie", "proxy-authorization", "api-key"};
	const char *blank;
	size_t i;

	for (i = 0; i < LENGTH(whole); i++)
		if (strcasecmp(h->name, whole[i]) == 0)
			return h->value;
	if (strcasecmp(h->name, "authorization") != 0)
		return NULL;
	blank = strchr(h->value, ' ');
	return blank != NULL ? blank + 1 : h->value;
}

void headers_json(const struct headers *h, struct buf *out)
{
	struct json_out j;
	size_t i;

	json_start(&j, out);
	json_open(&j, NULL, '{');
	for (i = 0; i < h->n; i++) {
		const char *secret = secret_of(&h->h[i]);

		if (headers_get(&(struct headers){h->h, i}, h->h[i].name) != NULL)
			continue;
		if (secret != NULL) {
			struct hash sum = hash_bytes(secret, strlen(secret));
			char text[HASH_TEXT], *value;

			hash_to_text(&sum, text);
			value = xasprintf("%.*s%s", (int)(secret - h->h[i].value), h->h[i].value, text);
			json_put_text(&j, h->h[i].name, value);
			free(value);
		} else {
			json_put_text(&j, h->h[i].name, h->h[i].value);
		}
	}
	json_close(&j, '}');
}

void reply_init(struct reply *r)
{
	*r = (struct reply){.status = 200};
	buf_init(&r->body, 0);
}

void reply_release(struct reply *r)
{
	headers_release(&r->headers);
	buf_release(&r->body);
	free(r->piece);
	*r = (struct reply){0};
}

void reply_piece(struct reply *r, int64_t output, int64_t thinking)
{
	if (r->pieces == r->room)
		r->piece = xreallocarray(r->piece, r->room = r->room == 0 ? 64 : r->room * 2, sizeof *r->piece);
	r->piece[r->pieces++] = (struct piece){.end = r->body.len, .output = output, .thinking = thinking};
}

bool reply_befall(struct reply *r, enum fault fault)
{
	char *big;

	if (fault == FAULT_REDIRECT) {
		r->status = 307;
		headers_add(&r->headers, "location", "/elsewhere");
		return true;
	}
	if (fault == FAULT_BIG_HEADER) {
		big = xmalloc(100001);
		memset(big, 'x', 100000);
		big[100000] = '\0';
		headers_add(&r->headers, "x-practice-big", big);
		free(big);
		return false;
	}
	if (fault == FAULT_HEADER_BOMB || fault == FAULT_BOMB || fault == FAULT_FLOOD || fault == FAULT_SMUGGLE)
		r->raw = fault;
	r->is_silent = fault == FAULT_HANG || r->raw != FAULT_NONE;
	return r->is_silent;
}

const struct route *route_find(const char *method, const char *path)
{
	const struct route *r;
	size_t n;

	for (r = routes; r->method != NULL; r++) {
		n = strlen(r->path);
		if (strcmp(r->method, method) == 0 && (r->path[n - 1] == '*' ? strncmp(r->path, path, n - 1) == 0 : strcmp(r->path, path) == 0))
			return r;
	}
	return NULL;
}
