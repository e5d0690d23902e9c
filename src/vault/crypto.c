/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Each EVP call can fail on its own, and a failure that is not looked at seals
 * with the wrong bytes or opens what it should not. So: one function each way, one
 * chain of && per function, and the output wiped unless the whole chain held. */
#include "vault/crypto.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdbool.h>
#include <string.h>

#define SCRYPT_MEMORY_MAX ((uint64_t)1 << 30)
#define SCRYPT_LOG2_N_MAX 22
#define SCRYPT_P_MAX 16

static enum err_code failed(struct err *e)
{
	return err_set(e, ERR_MEMORY, "the cryptographic library failed");
}

/* --- derivation ---------------------------------------------------------------- */

enum err_code crypto_scrypt_bounded(const struct scrypt_cost *c, struct err *e)
{
	if (c->log2_n < 1 || c->log2_n > SCRYPT_LOG2_N_MAX || c->r < 1 || c->p < 1 || c->p > SCRYPT_P_MAX || c->r > SCRYPT_MEMORY_MAX >> 7 ||
	    ((uint64_t)128 * c->r) > SCRYPT_MEMORY_MAX >> c->log2_n)
		return err_set(e, ERR_LIMIT, "the cost of the passphrase's derivation is out of bounds");
	return ERR_OK;
}

enum err_code crypto_scrypt(struct slice pass, struct slice salt, const struct scrypt_cost *c, uint8_t *out, size_t out_len, struct err *e)
{
	enum err_code rc = crypto_scrypt_bounded(c, e);
	uint64_t n, memory;

	explicit_bzero(out, out_len);
	if (rc != ERR_OK)
		return rc;
	n = (uint64_t)1 << c->log2_n;
	/* the blocks, the state of each lane and some air: the library's own default (32 MiB) fails in silence at our cost */
	memory = 128 * (uint64_t)c->r * (n + c->p + 4) + ((uint64_t)1 << 20);
	if (EVP_PBE_scrypt(pass.len > 0 ? pass.p : "", pass.len, (const unsigned char *)salt.p, salt.len, n, c->r, c->p, memory, out, out_len) == 1)
		return ERR_OK;
	explicit_bzero(out, out_len);
	err_set(e, ERR_MEMORY, "there is not enough memory to derive a key from the passphrase");
	return err_mend(e, ERR_MEMORY, "%u MiB are needed", (unsigned)(memory >> 20));
}

/* OpenSSL's parameters are not const though it only reads them. */
static OSSL_PARAM octets(const char *name, struct slice s)
{
	union {
		const void *from;
		void *to;
	} p = {.from = s.len > 0 ? s.p : ""};

	return OSSL_PARAM_construct_octet_string(name, p.to, s.len);
}

enum err_code crypto_hkdf(struct slice key, struct slice salt, struct slice info, uint8_t *out, size_t out_len, struct err *e)
{
	char digest[] = "SHA256";
	OSSL_PARAM params[5], *at = params;
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
	bool ok;

	*at++ = OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0);
	*at++ = octets(OSSL_KDF_PARAM_KEY, key);
	if (salt.len > 0)
		*at++ = octets(OSSL_KDF_PARAM_SALT, salt);
	*at++ = octets(OSSL_KDF_PARAM_INFO, info);
	*at = OSSL_PARAM_construct_end();
	ok = ctx != NULL && EVP_KDF_derive(ctx, out, out_len, params) == 1;
	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	if (ok)
		return ERR_OK;
	explicit_bzero(out, out_len);
	return failed(e);
}

/* --- authenticated encryption ------------------------------------------------------ */

enum err_code crypto_seal(const uint8_t key[CRYPTO_KEY], const uint8_t nonce[CRYPTO_NONCE], struct slice aad,
    struct slice in, uint8_t *out, struct err *e)
{
	EVP_CIPHER_CTX *ctx;
	int n = 0, last = 0;
	bool ok;

	if (in.len > INT_MAX - CRYPTO_TAG || aad.len > INT_MAX)
		return err_set(e, ERR_LIMIT, "too long to be sealed");
	ctx = EVP_CIPHER_CTX_new();
	ok = ctx != NULL && EVP_EncryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, NULL, NULL) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, CRYPTO_NONCE, NULL) == 1 &&
	    EVP_EncryptInit_ex(ctx, NULL, NULL, key, nonce) == 1 &&
	    (aad.len == 0 || EVP_EncryptUpdate(ctx, NULL, &n, (const unsigned char *)aad.p, (int)aad.len) == 1);
	n = 0;
	ok = ok && (in.len == 0 || EVP_EncryptUpdate(ctx, out, &n, (const unsigned char *)in.p, (int)in.len) == 1) &&
	    EVP_EncryptFinal_ex(ctx, out + n, &last) == 1 && (size_t)n + (size_t)last == in.len &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, CRYPTO_TAG, out + in.len) == 1;
	EVP_CIPHER_CTX_free(ctx);
	if (ok)
		return ERR_OK;
	explicit_bzero(out, in.len + CRYPTO_TAG);
	return failed(e);
}

enum err_code crypto_open(const uint8_t key[CRYPTO_KEY], const uint8_t nonce[CRYPTO_NONCE], struct slice aad,
    struct slice in, uint8_t *out, struct err *e)
{
	uint8_t tag[CRYPTO_TAG], rest[CRYPTO_TAG];
	size_t len = in.len - CRYPTO_TAG;
	EVP_CIPHER_CTX *ctx;
	int n = 0, last = 0;
	bool ready, ours;

	if (in.len < CRYPTO_TAG || in.len > INT_MAX || aad.len > INT_MAX)
		return err_set(e, ERR_PROTO, "a sealed record has no such length");
	memcpy(tag, in.p + len, sizeof tag);
	ctx = EVP_CIPHER_CTX_new();
	ready = ctx != NULL && EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, NULL, NULL) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_IVLEN, CRYPTO_NONCE, NULL) == 1 &&
	    EVP_DecryptInit_ex(ctx, NULL, NULL, key, nonce) == 1 &&
	    (aad.len == 0 || EVP_DecryptUpdate(ctx, NULL, &n, (const unsigned char *)aad.p, (int)aad.len) == 1);
	n = 0;
	ready = ready && (len == 0 || EVP_DecryptUpdate(ctx, out, &n, (const unsigned char *)in.p, (int)len) == 1) && (size_t)n == len &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, CRYPTO_TAG, tag) == 1;
	ours = ready && EVP_DecryptFinal_ex(ctx, rest, &last) == 1 && last == 0;
	EVP_CIPHER_CTX_free(ctx);
	if (ours)
		return ERR_OK;
	explicit_bzero(out, len);
	return ready ? err_set(e, ERR_AUTH, "a sealed record was changed or moved") : failed(e);
}
