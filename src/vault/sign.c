/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An AWS access key pair signs a request. The key of the day is kept, in the locked
 * block with the root: deriving it takes four HMACs more. It is found again by a
 * hash of the secret and the scope it is for. */
#include <stdio.h>
#include <string.h>

#include "vault/internal.h"
#include "vault/pair.h"
#include "wire/request.h"
#include "wire/sigv4.h"

#define FIELDS_MAX (WIRE_HEADERS_MAX + 3)

/* --- the key of the day --------------------------------------------------- */

static enum err_code locked_memory(struct err *e)
{
	err_set(e, ERR_LIMIT, "the memory for secrets is full");
	return err_mend(e, ERR_LIMIT, "raise the limit: ulimit -l 8192");
}

static enum err_code day_key(struct vault_keys *k, struct slice secret, const struct sigv4_ask *a, const uint8_t **out, struct err *e)
{
	struct hash of = hash_slice(secret);
	char scope[VAULT_SCOPE];
	struct vault_day *d;
	struct secret *prefixed;
	size_t i;

	snprintf(scope, sizeof scope, "%.8s/%s/%s", a->time, a->region, a->service);
	for (i = 0; i < VAULT_DAYS; i++) {
		if (hash_same(&k->day[i].secret, &of) && strcmp(k->day[i].scope, scope) == 0) {
			*out = k->day[i].key;
			return ERR_OK;
		}
	}
	prefixed = secret_new(4 + secret.len);
	if (prefixed == NULL || secret_set(prefixed, "AWS4", 4) != 0 || secret_add(prefixed, secret.p, secret.len) != 0) {
		secret_free(prefixed);
		return locked_memory(e);
	}
	d = &k->day[k->day_next++ % VAULT_DAYS];
	d->secret = of;
	memcpy(d->scope, scope, sizeof scope);
	sigv4_derive(slice_make(prefixed->p, prefixed->len), a, d->key);
	secret_free(prefixed);
	*out = d->key;
	return ERR_OK;
}

/* --- lines ---------------------------------------------------------------- */

static enum err_code add_line(struct header *h, const char *name, struct slice value, struct err *e)
{
	struct secret *line = secret_new(strlen(name) + value.len);

	if (line == NULL || secret_set(line, name, strlen(name)) != 0 || secret_add(line, value.p, value.len) != 0) {
		secret_free(line);
		return locked_memory(e);
	}
	h->line[h->count++] = line;
	return ERR_OK;
}

static void fill(const struct wire_request *req, const char *authority, const struct aws_pair *p, struct sigv4_ask *a, struct sigv4_field field[FIELDS_MAX])
{
	size_t i, n = 0;

	field[n++] = (struct sigv4_field){slice_of("host"), slice_of(authority)};
	field[n++] = (struct sigv4_field){slice_of("x-amz-date"), slice_make(a->time, SIGV4_TIME - 1)};
	if (p->session_token.len > 0)
		field[n++] = (struct sigv4_field){slice_of("x-amz-security-token"), p->session_token};
	for (i = 0; i < req->header_count && n < FIELDS_MAX; i++)
		if (sigv4_is_signed(req->headers[i].name))
			field[n++] = (struct sigv4_field){slice_of(req->headers[i].name), slice_of(req->headers[i].value)};
	a->field = field;
	a->field_count = n;
}

enum err_code vault_sign(struct vault *v, const struct secret *opened, const struct wire_request *req, int64_t now_us,
    struct header *out, struct err *e)
{
	struct sigv4_field field[FIELDS_MAX];
	struct sigv4_ask a = {.method = slice_of(req->method), .target = slice_of(req->path), .body = buf_slice(&req->body),
		.region = req->sign_region, .service = req->sign_service};
	char authority[WIRE_HOST + 16];
	const uint8_t *key = NULL;
	struct aws_pair pair;
	struct buf value;
	enum err_code rc;

	if (req->sign_service[0] == '\0' || req->sign_region[0] == '\0')
		return err_set(e, ERR_AUTH, "an AWS key pair is of no use there: the request names no AWS service");
	rc = aws_pair_read(slice_make(opened->p, opened->len), &pair, e);
	if (rc != ERR_OK)
		return rc;
	sigv4_time(now_us, a.time);
	wire_request_authority(req, authority, sizeof authority);
	fill(req, authority, &pair, &a, field);
	rc = day_key(v->keys, pair.secret_access_key, &a, &key, e);
	if (rc != ERR_OK)
		return rc;
	buf_init(&value, 0);
	sigv4_authorization(&a, key, pair.access_key_id, &value);
	rc = add_line(out, "authorization: ", buf_slice(&value), e);
	if (rc == ERR_OK)
		rc = add_line(out, "x-amz-date: ", slice_make(a.time, SIGV4_TIME - 1), e);
	if (rc == ERR_OK && pair.session_token.len > 0)
		rc = add_line(out, "x-amz-security-token: ", pair.session_token, e);
	buf_release(&value);
	return rc;
}
