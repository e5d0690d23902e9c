/* SPDX-License-Identifier: GPL-3.0-or-later */
/* crypto.h - the ciphers and key derivations of the vault; nothing else of it.
 *
 * All of OpenSSL's EVP that the program uses for its own data is behind these
 * calls (SHA-256 and HMAC are in base/hash). Known answers: tests/vault/test_crypto.c.
 *
 * Memory  outputs are the caller's, in locked memory where they are keys. After a
 *         failure an output holds zeros, never part of an answer.
 * Errors  ERR_AUTH from crypto_open; ERR_LIMIT for costs out of bounds;
 *         ERR_MEMORY when OpenSSL fails for want of it. */
#ifndef VAULT_CRYPTO_H
#define VAULT_CRYPTO_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

#define CRYPTO_KEY 32	/* bytes */
#define CRYPTO_NONCE 12
#define CRYPTO_TAG 16

struct scrypt_cost {
	uint8_t log2_n;
	uint32_t r, p;
};

/* What a stored cost may ask of us: at most 1 GiB, and a few seconds. */
MUST_USE enum err_code crypto_scrypt_bounded(const struct scrypt_cost *c, struct err *e);
/* RFC 7914. Takes 128 * r * 2^log2_n bytes, wiped after. */
MUST_USE enum err_code crypto_scrypt(struct slice pass, struct slice salt, const struct scrypt_cost *c,
    uint8_t *out, size_t out_len, struct err *e);

/* RFC 5869 with SHA-256. */
MUST_USE enum err_code crypto_hkdf(struct slice key, struct slice salt, struct slice info, uint8_t *out, size_t out_len, struct err *e);

/* AES-256-GCM. out takes in.len + CRYPTO_TAG bytes, the tag last. A nonce is
 * random and never used twice with a key. */
MUST_USE enum err_code crypto_seal(const uint8_t key[CRYPTO_KEY], const uint8_t nonce[CRYPTO_NONCE], struct slice aad,
    struct slice in, uint8_t *out, struct err *e);
/* The reverse: out takes in.len - CRYPTO_TAG bytes. ERR_AUTH if a bit of anything is off. */
MUST_USE enum err_code crypto_open(const uint8_t key[CRYPTO_KEY], const uint8_t nonce[CRYPTO_NONCE], struct slice aad,
    struct slice in, uint8_t *out, struct err *e);

#endif
