/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "worker/keys.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "store/key.h"
#include "store/store.h"
#include "vault/vault.h"
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
	struct seal_name name = {.workspace = h->workspace, .kind = "key", .id = k->id, .version = k->version, .host = k->host};
	struct sealed *sealed = xmalloc(sizeof *sealed);
	uint8_t *blob = xmalloc(SEALED_BLOB_MAX);
	enum err_code rc = vault_seal(h->vault, &name, kind, secret, sealed, e);

	if (rc == ERR_OK)
		rc = key_seal(h->store, k->id, k->version, slice_make(blob, sealed_encode(sealed, blob)), e);
	free(sealed);
	free(blob);
	return rc;
}

static enum err_code sealed_kind_of(const struct vendor *v, enum sealed_kind *out, struct err *e)
{
	switch (v->key_header) {
	case KEY_X_API_KEY:
		*out = SEALED_X_API_KEY;
		return ERR_OK;
	case KEY_BEARER:
		*out = SEALED_BEARER;
		return ERR_OK;
	case KEY_SIGV4:
		*out = SEALED_AWS_PAIR;
		return ERR_OK;
	}
	return err_set(e, ERR_USAGE, "keys of %s are not known here", v->name);
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

enum err_code keys_add(struct hands *h, struct key *k, struct secret *secret, struct err *e)
{
	const struct vendor *v = vendor_find(k->vendor);
	struct wire_url url;
	struct buf usual;
	enum sealed_kind kind = SEALED_X_API_KEY;
	enum err_code rc = hands_need_vault(h, e);

	if (rc == ERR_OK && v == NULL) {
		err_set(e, ERR_USAGE, "vendor %.40s is not one of ours", k->vendor);
		rc = err_mend(e, ERR_USAGE, "this version knows: anthropic");
	}
	if (rc == ERR_OK)
		rc = check_label(k->label, e);
	if (rc == ERR_OK)
		rc = check_secret(secret, e);
	buf_init(&usual, sizeof k->base_url - 1);
	if (rc == ERR_OK && k->base_url[0] == '\0')
		rc = vendor_base_url(v, k->region, &usual, e);
	if (rc == ERR_OK && k->base_url[0] == '\0')
		snprintf(k->base_url, sizeof k->base_url, "%s", buf_text(&usual));
	buf_release(&usual);
	if (rc == ERR_OK)
		rc = wire_url_parse(k->base_url, &url, e);
	if (rc == ERR_OK)
		rc = sealed_kind_of(v, &kind, e);
	if (rc == ERR_OK)
		rc = store_begin(h->store, e);
	if (rc != ERR_OK)
		return rc;
	snprintf(k->host, sizeof k->host, "%s", url.host);
	vault_fingerprint(h->vault, secret, k->fingerprint);
	if (k->label[0] == '\0')
		make_label(h->store, k);
	k->state = KEY_UNTESTED;
	k->created_us = clock_now_us();
	rc = key_add(h->store, k, h->who, e);
	if (rc == ERR_OK)
		rc = seal(h, k, kind, secret, e);
	if (rc == ERR_OK)
		return store_commit(h->store, e);
	store_rollback(h->store);
	return rc;
}

enum err_code keys_rotate(struct hands *h, const char *label, struct secret *secret, struct key *out, struct err *e)
{
	char fingerprint[VAULT_FINGERPRINT];
	const struct vendor *v;
	enum sealed_kind kind = SEALED_X_API_KEY;
	enum err_code rc = hands_need_vault(h, e);

	if (rc == ERR_OK)
		rc = key_by_label(h->store, label, out, e);
	if (rc == ERR_OK)
		rc = check_secret(secret, e);
	if (rc == ERR_OK && (v = vendor_find(out->vendor)) != NULL)
		rc = sealed_kind_of(v, &kind, e);
	if (rc == ERR_OK)
		rc = store_begin(h->store, e);
	if (rc != ERR_OK)
		return rc;
	vault_fingerprint(h->vault, secret, fingerprint);
	rc = key_rotate(h->store, out->id, fingerprint, h->who, clock_now_us(), &out->version, e);
	if (rc == ERR_OK)
		rc = seal(h, out, kind, secret, e);
	if (rc == ERR_OK)
		return store_commit(h->store, e);
	store_rollback(h->store);
	return rc;
}
