/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/keys.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/memory.h"
#include "store/key.h"
#include "store/store.h"
#include "vault/pair.h"
#include "vault/vault.h"
#include "vendor/report.h"
#include "vendor/vendor.h"
#include "wire/request.h"

static const struct {
	const char *vendor, *console;
} consoles[] = {
	{"anthropic", "https://console.anthropic.com/settings/keys"},
	{"openai", "https://platform.openai.com/api-keys"},
	{"bedrock", "https://console.aws.amazon.com/bedrock/home#/api-keys"},
};

const char *keys_console(const char *vendor)
{
	size_t i;

	for (i = 0; i < LENGTH(consoles); i++)
		if (strcmp(consoles[i].vendor, vendor) == 0)
			return consoles[i].console;
	return "the vendor's own console";
}

/* A key is one printable word; what a paste brings along at its ends is dropped. */
static enum err_code check_secret(struct secret *s, struct err *e)
{
	size_t i;

	secret_trim(s);
	if (s->len == 0)
		return err_set(e, ERR_USAGE, "the key is empty");
	for (i = 0; i < s->len; i++)
		if (s->p[i] <= ' ' || s->p[i] == 0x7F || (unsigned char)s->p[i] >= 0x80) {
			err_set(e, ERR_USAGE, "the key has a blank or a control byte inside");
			return err_mend(e, ERR_USAGE, "copy it again, whole");
		}
	return ERR_OK;
}

static enum err_code seal(struct hands *h, const struct key *k, enum sealed_kind kind, const struct secret *secret, struct err *e)
{
	struct seal_name name = {.workspace = h->workspace, .kind = "key", .id = k->id, .version = k->version, .host = k->host, .has_route = true, .route = key_route(k)};
	struct sealed *sealed = xmalloc(sizeof *sealed);
	uint8_t *blob = xmalloc(SEALED_BLOB_MAX);
	enum err_code rc = vault_seal(h->vault, &name, kind, secret, sealed, e);

	if (rc == ERR_OK)
		rc = key_seal(h->store, k->id, k->version, slice_make(blob, sealed_encode(sealed, blob)), e);
	free(sealed);
	free(blob);
	return rc;
}

/* What was given, as it is to be sealed. value is the caller's own secret, or one of ours. */
struct given {
	const struct secret *value;
	struct secret *pair;	/* ours: wiped by given_release() */
	enum sealed_kind sealed;
	enum key_kind kind;
	int64_t expires_us;
};

static void given_release(struct given *g)
{
	secret_free(g->pair);
}

static enum err_code take_pair(struct given *g, const struct vendor *v, struct err *e)
{
	enum err_code rc;

	if (!v->takes_pair) {
		err_set(e, ERR_USAGE, "%s takes no access key pair", v->title);
		return err_mend(e, ERR_USAGE, "give the key itself, one word");
	}
	rc = aws_pair_canonical(g->value, &g->pair, &g->expires_us, e);
	if (rc == ERR_OK && g->expires_us > 0 && g->expires_us <= clock_now_us()) {
		err_set(e, ERR_USAGE, "the session of these credentials has ended");
		rc = err_mend(e, ERR_USAGE, "sign in again, such as with aws sso login, and take them anew");
	}
	g->value = g->pair;
	g->sealed = SEALED_AWS_PAIR;
	if (g->kind != KEY_KIND_ADMIN)
		g->kind = KEY_KIND_AWS_PAIR;
	return rc;
}

/* kind: as what a person adds it. */
static enum err_code take_given(struct given *g, const struct vendor *v, const struct vendor_place *at, enum key_kind kind, struct secret *secret, struct err *e)
{
	static const enum sealed_kind kinds[] = {[KEY_X_API_KEY] = SEALED_X_API_KEY, [KEY_BEARER] = SEALED_BEARER, [KEY_SIGV4] = SEALED_BEARER, [KEY_API_KEY] = SEALED_API_KEY};
	enum err_code rc;

	*g = (struct given){.value = secret, .kind = kind, .sealed = kinds[at->key_header]};
	if (aws_pair_looks_like(secret))
		return take_pair(g, v, e);
	rc = check_secret(secret, e);
	if (at->key_header == KEY_API_KEY && secret->len > 3 && memcmp(secret->p, "eyJ", 3) == 0)
		g->sealed = SEALED_BEARER;	/* no key but a token of a directory */
	return rc;
}

static enum err_code find_vendor(const char *name, enum key_api api, const struct vendor **out, struct err *e)
{
	char known[120] = "";
	size_t i, n = 0;

	*out = vendor_find_api(name, key_api_names[api]);
	if (*out != NULL)
		return ERR_OK;
	if (vendor_find(name) != NULL) {
		err_set(e, ERR_USAGE, "%s has no API of that name", vendor_find(name)->title);
		return err_mend(e, ERR_USAGE, "leave --api away: it is for OpenAI (responses, chat) and Bedrock (converse, messages)");
	}
	for (i = 0; vendor_at(i) != NULL && n < sizeof known; i++)
		if (i == 0 || strcmp(vendor_at(i - 1)->name, vendor_at(i)->name) != 0)	/* one for each API */
			n += (size_t)snprintf(known + n, sizeof known - n, "%s%s", i > 0 ? ", " : "", vendor_at(i)->name);
	err_set(e, ERR_USAGE, "vendor %.40s is not one of ours", name);
	return err_mend(e, ERR_USAGE, "this version knows: %s", known);
}

/* VENDOR, VENDOR-2, ... : the first label that is free. */
static void make_label(struct store *s, struct key *k)
{
	struct key other;
	int n;

	snprintf(k->label, sizeof k->label, "%.40s", k->vendor);
	for (n = 2; n < 1000 && key_by_label(s, k->label, &other, NULL) == ERR_OK; n++)
		snprintf(k->label, sizeof k->label, "%.40s-%d", k->vendor, n);
}

static enum err_code check_label(const char *label, struct err *e)
{
	const char *c;

	for (c = label; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && strchr("-_.", *c) == NULL) {
			err_set(e, ERR_USAGE, "a label is letters, digits and -_.");
			return err_mend(e, ERR_USAGE, "choose another --label");
		}
	return ERR_OK;
}

/* A way out of the key's own: an address without a password, a file that is there. */
static enum err_code check_route(const struct key *k, struct err *e)
{
	static const char *const schemes[] = {"http://", "https://", "socks5h://"};
	bool ok = k->proxy[0] == '\0';
	size_t i;

	for (i = 0; i < LENGTH(schemes); i++)
		ok |= strncmp(k->proxy, schemes[i], strlen(schemes[i])) == 0 && k->proxy[strlen(schemes[i])] != '\0';
	if (!ok || strpbrk(k->proxy, "@ \t\"\\") != NULL) {
		err_set(e, ERR_USAGE, "--proxy is no address of a proxy without a password");
		return err_mend(e, ERR_USAGE, "write http://HOST:PORT, https://HOST:PORT or socks5h://HOST:PORT");
	}
	if (k->ca_file[0] != '\0' && (k->ca_file[0] != '/' || access(k->ca_file, R_OK) != 0)) {
		err_set(e, ERR_USAGE, "--ca-file %.120s cannot be read", k->ca_file);
		return err_mend(e, ERR_USAGE, "give a file of certificates in PEM");
	}
	return ERR_OK;
}

/* The vendor's own address, in the key's region if it has regions. */
static enum err_code usual_url(struct key *k, const struct vendor *v, struct err *e)
{
	struct buf url;
	enum err_code rc;

	buf_init(&url, sizeof k->base_url - 1);
	rc = vendor_base_url(v, k->region, &url, e);
	if (rc == ERR_OK)
		snprintf(k->base_url, sizeof k->base_url, "%s", buf_text(&url));
	buf_release(&url);
	return rc;
}

enum err_code keys_add(struct hands *h, struct key *k, struct secret *secret, struct err *e)
{
	const struct vendor *v = NULL;
	struct given g = {0};
	struct vendor_place at;
	enum err_code rc = hands_need_vault(h, e);

	if (rc == ERR_OK)
		rc = find_vendor(k->vendor, k->api, &v, e);
	if (rc == ERR_OK)
		rc = check_label(k->label, e);
	if (rc == ERR_OK)
		rc = check_route(k, e);
	if (rc == ERR_OK && k->base_url[0] == '\0' && k->kind == KEY_KIND_ADMIN)
		snprintf(k->base_url, sizeof k->base_url, "%s", report_base_url(k->vendor));
	if (rc == ERR_OK && k->base_url[0] == '\0')
		rc = usual_url(k, v, e);
	if (rc == ERR_OK)
		rc = vendor_place_make(v, k->base_url, k->region, &at, e);
	if (rc == ERR_OK)
		rc = take_given(&g, v, &at, k->kind, secret, e);
	if (rc == ERR_OK)
		rc = store_begin(h->store, e);
	if (rc != ERR_OK) {
		given_release(&g);
		return rc;
	}
	snprintf(k->host, sizeof k->host, "%s", at.url.host);
	vault_fingerprint(h->vault, g.value, k->fingerprint);
	if (k->label[0] == '\0')
		make_label(h->store, k);
	k->state = KEY_UNTESTED;
	k->kind = g.kind;
	k->expires_us = g.expires_us;
	k->created_us = clock_now_us();
	rc = key_add(h->store, k, h->who, e);
	if (rc == ERR_OK)
		rc = seal(h, k, g.sealed, g.value, e);
	given_release(&g);
	if (rc == ERR_OK)
		return store_commit(h->store, e);
	store_rollback(h->store);
	return rc;
}

/* A new value goes the way the old one was sealed for. Somebody who can write in the
 * database could have changed that way: then the old one does not open, and the new
 * one must not be sealed for it. */
static enum err_code check_bound(struct hands *h, const struct key *k, struct err *e)
{
	struct sealed *sealed = xmalloc(sizeof *sealed);
	char fingerprint[VAULT_FINGERPRINT];
	struct seal_name name;
	enum err_code rc = hands_sealed_key(h, k, sealed, &name, e);

	if (rc == ERR_OK)
		rc = vault_sealed_fingerprint(h->vault, &name, sealed, fingerprint, e);
	if (rc == ERR_AUTH) {
		err_set(e, rc, "the address or way out of %s is not the one its key was sealed for", k->label);
		err_mend(e, rc, "somebody changed the database: claviger key remove %s, then add it again", k->label);
	}
	free(sealed);
	return rc;
}

enum err_code keys_rotate(struct hands *h, const char *label, struct secret *secret, struct key *out, struct err *e)
{
	char fingerprint[VAULT_FINGERPRINT];
	const struct vendor *v = NULL;
	struct given g = {0};
	struct vendor_place at;
	enum err_code rc = hands_need_vault(h, e);

	if (rc == ERR_OK)
		rc = key_by_label(h->store, label, out, e);
	if (rc == ERR_OK)
		rc = check_bound(h, out, e);
	if (rc == ERR_OK)
		rc = find_vendor(out->vendor, out->api, &v, e);
	if (rc == ERR_OK)
		rc = vendor_place_make(v, out->base_url, out->region, &at, e);
	/* a pair may follow a Bedrock API key, and the other way round */
	if (rc == ERR_OK)
		rc = take_given(&g, v, &at, out->kind == KEY_KIND_ADMIN ? KEY_KIND_ADMIN : KEY_KIND_API, secret, e);
	if (rc == ERR_OK) {
		vault_fingerprint(h->vault, g.value, fingerprint);
		if (strcmp(fingerprint, out->fingerprint) == 0) {
			err_set(e, ERR_CONFLICT, "that is the key %s holds already", out->label);
			rc = err_mend(e, ERR_CONFLICT, "make a new one at %s", keys_console(out->vendor));
		}
	}
	if (rc == ERR_OK)
		rc = store_begin(h->store, e);
	if (rc != ERR_OK) {
		given_release(&g);
		return rc;
	}
	rc = key_rotate(h->store, out->id, fingerprint, g.kind, g.expires_us, h->who, clock_now_us(), &out->version, e);
	if (rc == ERR_OK)
		rc = seal(h, out, g.sealed, g.value, e);
	given_release(&g);
	if (rc == ERR_OK)
		return store_commit(h->store, e);
	store_rollback(h->store);
	return rc;
}

bool keys_note(struct hands *h, const struct key *asked, enum key_state to, const char *why)
{
	int64_t now = clock_now_us();
	struct key k;

	if (key_get(h->store, asked->id, &k, NULL) != ERR_OK || k.version != asked->version)
		return false;
	if (k.state != to || strcmp(k.why, why) != 0)
		err_ignore(key_move(h->store, k.id, to, why, now, NULL));
	err_ignore(key_touch(h->store, k.id, 0, now, NULL));
	return true;
}
