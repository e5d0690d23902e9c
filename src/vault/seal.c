/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A sealed record opens only as itself: its associated data is the hash over
 * format, kind, generation and everything in struct seal_name. What comes out
 * stays in locked memory inside this file; callers get a header, a pipe filled,
 * a hash. */
#include "vault/vault.h"

#include <errno.h>
#include <string.h>

#include "base/fd.h"
#include "base/memory.h"
#include "base/random.h"
#include "vault/grant.h"
#include "vault/internal.h"
#include "wire/request.h"

enum { FORMAT = 1, FORMAT_ROUTE = 2 };
static const uint8_t mark[2] = {0xc1, 'v'};

static enum err_code locked(struct err *e)
{
	err_set(e, ERR_LOCKED, "the vault is locked");
	return err_mend(e, ERR_LOCKED, "unlock it with your passphrase");
}

static enum err_code memory_full(struct err *e)
{
	err_set(e, ERR_LIMIT, "the memory for secrets is full");
	return err_mend(e, ERR_LIMIT, "raise the limit: ulimit -l 8192");
}

/* --- sealing ------------------------------------------------------------------ */

static struct hash bound_to(const struct sealed *s, const struct seal_name *name)
{
	struct hash_fields *h = hash_fields_new("claviger/1 sealed");

	hash_field_int(h, s->format);
	hash_field_int(h, s->kind);
	hash_field_int(h, s->generation);
	hash_field_text(h, name->workspace);
	hash_field_text(h, name->kind);
	hash_field_int(h, name->id);
	hash_field_int(h, name->version);
	hash_field_text(h, name->host);
	if (s->format == FORMAT_ROUTE)
		hash_field(h, name->route.b, sizeof name->route.b);
	return hash_fields_end(h);
}

/* What goes into a header line must not be able to end it. */
static bool fits_header(const struct secret *value)
{
	size_t i;

	for (i = 0; i < value->len; i++)
		if (value->p[i] < 0x21 || value->p[i] > 0x7e)
			return false;
	return true;
}

static enum err_code check_value(enum sealed_kind kind, const struct seal_name *name, const struct secret *value, struct err *e)
{
	if (value->len == 0)
		return err_set(e, ERR_USAGE, "the secret is empty");
	if (value->len > SECRET_MAX)
		return err_set(e, ERR_LIMIT, "the secret is longer than %d bytes", SECRET_MAX);
	if (kind < SEALED_X_API_KEY || kind >= SEALED_KINDS_END)
		return err_set(e, ERR_USAGE, "there is no such kind of secret");
	if (kind == SEALED_CONNECTOR || kind == SEALED_GRANT)
		return ERR_OK;
	if (name->host == NULL || *name->host == '\0')
		return err_set(e, ERR_USAGE, "a key must be bound to a host");
	if (kind != SEALED_AWS_PAIR && !fits_header(value)) {
		err_set(e, ERR_USAGE, "the key holds a blank or a control character");
		return err_mend(e, ERR_USAGE, "paste it again, without line breaks");
	}
	return ERR_OK;
}

enum err_code vault_seal(struct vault *v, const struct seal_name *name, enum sealed_kind kind,
    const struct secret *value, struct sealed *out, struct err *e)
{
	struct hash bound;
	enum err_code rc;

	memset(out, 0, sizeof *out);
	if (v == NULL)
		return locked(e);
	rc = check_value(kind, name, value, e);
	if (rc == ERR_OK && (name->workspace == NULL || strcmp(name->workspace, vault_workspace(v)) != 0))
		rc = err_set(e, ERR_AUTH, "the record belongs to another workspace");
	if (rc != ERR_OK)
		return rc;
	out->format = name->has_route ? FORMAT_ROUTE : FORMAT;
	out->kind = kind;
	out->generation = vault_generation(v);
	random_bytes(out->nonce, sizeof out->nonce);
	bound = bound_to(out, name);
	rc = crypto_seal(v->keys->seal, out->nonce, slice_make(bound.b, sizeof bound.b), slice_make(value->p, value->len), out->text, e);
	if (rc == ERR_OK)
		out->len = value->len + SEALED_TAG;
	return rc;
}

/* The secret itself behind some words, in one block of locked memory: never handed
 * out of this file but to vault_reseal(), and as a header's line. */
static enum err_code open_behind(struct vault *v, const struct seal_name *name, const struct sealed *s, const char *before, struct secret **out, struct err *e)
{
	size_t at = strlen(before);
	struct hash bound;
	enum err_code rc;

	*out = NULL;
	if (v == NULL)
		return locked(e);
	if ((s->format != FORMAT && s->format != FORMAT_ROUTE) || s->len < SEALED_TAG || s->len > SEALED_TEXT_MAX)
		return err_set(e, ERR_PROTO, "a sealed record is damaged");
	if (s->generation != vault_generation(v))
		return err_set(e, ERR_AUTH, "a record is sealed under another root (%u, not %u)", (unsigned)s->generation, (unsigned)vault_generation(v));
	if (name->workspace == NULL || strcmp(name->workspace, vault_workspace(v)) != 0)
		return err_set(e, ERR_AUTH, "the record belongs to another workspace");
	if ((s->format == FORMAT_ROUTE) != name->has_route)
		return err_set(e, ERR_AUTH, "a record is not bound as it should be");
	*out = secret_new(at + s->len - SEALED_TAG);
	if (*out == NULL || secret_add(*out, before, at) != 0) {
		secret_free(*out);
		*out = NULL;
		return memory_full(e);
	}
	bound = bound_to(s, name);
	rc = crypto_open(v->keys->seal, s->nonce, slice_make(bound.b, sizeof bound.b), slice_make(s->text, s->len), (uint8_t *)(*out)->p + at, e);
	if (rc == ERR_OK) {
		(*out)->len = at + s->len - SEALED_TAG;
		return ERR_OK;
	}
	secret_free(*out);
	*out = NULL;
	return rc;
}

static enum err_code open_sealed(struct vault *v, const struct seal_name *name, const struct sealed *s, struct secret **out, struct err *e)
{
	return open_behind(v, name, s, "", out, e);
}

enum err_code vault_reseal(struct vault *v, struct vault *next, const struct seal_name *name,
    const struct sealed *old, struct sealed *out, struct err *e)
{
	struct secret *value;
	enum err_code rc = open_sealed(v, name, old, &value, e);

	memset(out, 0, sizeof *out);
	if (rc == ERR_OK)
		rc = vault_seal(next, name, old->kind, value, out, e);
	secret_free(value);
	return rc;
}

/* --- as a blob: mark, format, kind, generation, length, nonce, text ----------------- */

static void put32(uint8_t *at, uint32_t n)
{
	at[0] = (uint8_t)(n >> 24);
	at[1] = (uint8_t)(n >> 16);
	at[2] = (uint8_t)(n >> 8);
	at[3] = (uint8_t)n;
}

static uint32_t get32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

size_t sealed_encode(const struct sealed *s, uint8_t out[SEALED_BLOB_MAX])
{
	memcpy(out, mark, sizeof mark);
	out[2] = s->format;
	out[3] = (uint8_t)s->kind;
	put32(out + 4, s->generation);
	put32(out + 8, (uint32_t)s->len);
	memcpy(out + 12, s->nonce, SEALED_NONCE);
	memcpy(out + SEALED_HEAD, s->text, s->len);
	return SEALED_HEAD + s->len;
}

enum err_code sealed_decode(struct sealed *out, const void *blob, size_t len, struct err *e)
{
	const uint8_t *b = blob;

	memset(out, 0, sizeof *out);
	if (len < SEALED_HEAD + SEALED_TAG + 1 || len > SEALED_BLOB_MAX || memcmp(b, mark, sizeof mark) != 0 || (b[2] != FORMAT && b[2] != FORMAT_ROUTE) ||
	    b[3] < SEALED_X_API_KEY || b[3] >= SEALED_KINDS_END || get32(b + 8) != len - SEALED_HEAD)
		return err_set(e, ERR_PROTO, "a sealed record is damaged");
	out->format = b[2];
	out->kind = (enum sealed_kind)b[3];
	out->generation = get32(b + 4);
	out->len = len - SEALED_HEAD;
	memcpy(out->nonce, b + 12, SEALED_NONCE);
	memcpy(out->text, b + SEALED_HEAD, out->len);
	return ERR_OK;
}

/* --- headers ---------------------------------------------------------------------------- */

void header_release(struct header *h)
{
	int i;

	for (i = 0; i < h->count; i++)
		secret_free(h->line[i]);
	secret_free(h->body);
	memset(h, 0, sizeof *h);
}

/* One line in locked memory: text, then value. */
static enum err_code add_line(struct header *h, const char *text, const struct secret *value, struct err *e)
{
	struct secret *line = secret_new(strlen(text) + value->len);

	if (line == NULL)
		return memory_full(e);
	if (secret_set(line, text, strlen(text)) != 0 || secret_add(line, value->p, value->len) != 0) {
		secret_free(line);
		return memory_full(e);
	}
	h->line[h->count++] = line;
	return ERR_OK;
}

/* Everything that can be refused before the record is opened. */
static enum err_code check_target(const struct seal_name *name, const char *host, const struct wire_request *req, struct err *e)
{
	if (name->host == NULL || *name->host == '\0' || host == NULL || strcmp(host, name->host) != 0 || !wire_host_is_same_service(req->host, host)) {
		err_set(e, ERR_AUTH, "the key is bound to another host");
		return err_mend(e, ERR_AUTH, "add the key again for the new base URL");
	}
	if (req->is_plain && !wire_host_is_loopback(req->host))
		return err_set(e, ERR_AUTH, "a key does not travel in clear");
	if (!wire_request_is_sound(req))
		return err_set(e, ERR_PROTO, "the request is not fit to be sent");
	return ERR_OK;
}

enum err_code vault_authorise(struct vault *v, const struct seal_name *name, const struct sealed *key,
    const char *host, const struct wire_request *req, int64_t now_us, struct header *out, struct err *e)
{
	static const char *const headers[SEALED_KINDS_END] = {
		[SEALED_X_API_KEY] = "x-api-key: ", [SEALED_BEARER] = "authorization: Bearer ", [SEALED_API_KEY] = "api-key: "};
	struct secret *value = NULL;
	enum err_code rc;

	memset(out, 0, sizeof *out);
	if (v == NULL)
		return locked(e);
	rc = check_target(name, host, req, e);
	if (rc == ERR_OK && key->kind != SEALED_AWS_PAIR && ((unsigned)key->kind >= SEALED_KINDS_END || headers[key->kind] == NULL))
		rc = err_set(e, ERR_AUTH, "that secret is not for requests");
	if (rc == ERR_OK)
		rc = open_sealed(v, name, key, &value, e);
	if (rc == ERR_OK && key->kind == SEALED_AWS_PAIR)
		rc = vault_sign(v, value, req, now_us, out, e);
	else if (rc == ERR_OK)
		rc = add_line(out, headers[key->kind], value, e);
	secret_free(value);
	if (rc != ERR_OK)
		header_release(out);
	return rc;
}

/* --- connectors' secrets ------------------------------------------------------------------- */

static enum err_code open_connector_secret(struct vault *v, const struct seal_name *name, const struct sealed *s,
    struct secret **out, struct err *e)
{
	*out = NULL;
	/* a vendor's key never leaves the process, whatever a row says */
	if (s->kind != SEALED_CONNECTOR)
		return err_set(e, ERR_AUTH, "that secret is not for a connector");
	return open_sealed(v, name, s, out, e);
}

enum err_code vault_deliver(struct vault *v, const struct seal_name *name, const struct sealed *s, int fd, struct err *e)
{
	struct secret *value;
	enum err_code rc = open_connector_secret(v, name, s, &value, e);

	if (rc == ERR_OK && fd_write_all(fd, value->p, value->len) != 0)
		rc = err_sys(e, ERR_IO, "cannot hand the connector its secret");
	secret_free(value);
	return rc;
}

static bool variable_ok(const char *var)
{
	static const char ok[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";

	return *var != '\0' && !(*var >= '0' && *var <= '9') && strlen(var) <= 64 && strspn(var, ok) == strlen(var);
}

enum err_code vault_environ(struct vault *v, const struct seal_name *name, const struct sealed *s,
    const char *var, struct header *out, struct err *e)
{
	char text[80];
	struct secret *value;
	enum err_code rc;

	memset(out, 0, sizeof *out);
	if (!variable_ok(var))
		return err_set(e, ERR_USAGE, "that is no name for a variable");
	rc = open_connector_secret(v, name, s, &value, e);
	if (rc == ERR_OK && memchr(value->p, '\0', value->len) != NULL)
		rc = err_set(e, ERR_USAGE, "the secret does not fit in a variable");
	if (rc == ERR_OK) {
		memcpy(text, var, strlen(var));
		memcpy(text + strlen(var), "=", 2);
		rc = add_line(out, text, value, e);
	}
	secret_free(value);
	return rc;
}

/* --- refresh grants ---------------------------------------------------------------------------- */

static enum err_code open_grant(struct vault *v, const struct seal_name *name, const struct sealed *s, struct secret **out, struct err *e)
{
	*out = NULL;
	if (s->kind != SEALED_GRANT)
		return err_set(e, ERR_AUTH, "that secret is no grant");
	return open_sealed(v, name, s, out, e);
}

enum err_code vault_grant_request(struct vault *v, const struct seal_name *name, const struct sealed *grant,
    struct wire_request *req, struct header *out, struct err *e)
{
	struct secret *text;
	enum err_code rc = open_grant(v, name, grant, &text, e);

	memset(out, 0, sizeof *out);
	if (rc == ERR_OK)
		rc = grant_request(slice_make(text->p, text->len), req, out, e);
	secret_free(text);
	return rc;
}

enum err_code vault_grant_line(struct vault *v, const struct seal_name *name, const struct sealed *grant, struct hash *out, struct err *e)
{
	struct secret *text;
	enum err_code rc = open_grant(v, name, grant, &text, e);

	if (rc == ERR_OK)
		*out = grant_line(slice_make(text->p, text->len));
	secret_free(text);
	return rc;
}

enum err_code vault_grant_renew(struct vault *v, const struct seal_name *name, const struct sealed *grant, int status, struct slice body,
    const struct seal_name *access, enum sealed_kind kind, struct vault_renewal *out, struct err *e)
{
	struct grant_answer a = {.access = NULL};
	struct secret *text;
	enum err_code rc = open_grant(v, name, grant, &text, e);

	if (rc == ERR_OK)
		rc = grant_answer(slice_make(text->p, text->len), status, body, &a, e);
	if (rc == ERR_OK)
		rc = vault_seal(v, access, kind, a.access, &out->access, e);
	out->has_grant = rc == ERR_OK && a.grant != NULL;
	if (out->has_grant)
		rc = vault_seal(v, name, SEALED_GRANT, a.grant, &out->grant, e);
	out->lives_s = a.lives_s;
	grant_answer_release(&a);
	secret_free(text);
	return rc;
}

/* --- fingerprints and MACs -------------------------------------------------------------------- */

void vault_fingerprint(const struct vault *v, const struct secret *value, char out[VAULT_FINGERPRINT])
{
	struct hash h = hmac_sha256(v->keys->finger, CRYPTO_KEY, value->p, value->len);

	hex_encode(h.b, (VAULT_FINGERPRINT - 1) / 2, out);
}

enum err_code vault_sealed_fingerprint(struct vault *v, const struct seal_name *name, const struct sealed *s,
    char out[VAULT_FINGERPRINT], struct err *e)
{
	struct secret *value;
	enum err_code rc = open_sealed(v, name, s, &value, e);

	out[0] = '\0';
	if (rc == ERR_OK)
		vault_fingerprint(v, value, out);
	secret_free(value);
	return rc;
}

enum err_code vault_mac(struct vault *v, enum vault_purpose purpose, const void *p, size_t len, struct hash *out, struct err *e)
{
	memset(out, 0, sizeof *out);
	if (v == NULL)
		return locked(e);
	if ((unsigned)purpose >= VAULT_PURPOSES)
		return err_set(e, ERR_USAGE, "there is no such purpose");
	*out = hmac_sha256(v->keys->mac[purpose], CRYPTO_KEY, p, len);
	return ERR_OK;
}

enum err_code vault_mac_check(struct vault *v, enum vault_purpose purpose, const void *p, size_t len,
    const struct hash *mac, struct err *e)
{
	struct hash ours;
	enum err_code rc = vault_mac(v, purpose, p, len, &ours, e);

	if (rc == ERR_OK && !hash_same(&ours, mac))
		rc = err_set(e, ERR_AUTH, "a record's signature is not from this vault");
	return rc;
}
