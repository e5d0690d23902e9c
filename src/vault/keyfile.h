/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keyfile.h - the bytes of vault.key, as claviger-vault(5) describes them.
 *
 * Knows no key: layout, lengths and the checksum only. Thread any.
 * Errors  ERR_PROTO for a file that is damaged or of another format. */
#ifndef VAULT_KEYFILE_H
#define VAULT_KEYFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/hash.h"
#include "vault/crypto.h"
#include "vault/vault.h"

#define KEYFILE_SALT 32
#define KEYFILE_WRAPPED (CRYPTO_KEY + CRYPTO_TAG)
#define KEYFILE_HEAD 80		/* magic, format, places, generation, workspace */
#define KEYFILE_SLOT_HEAD 116	/* used, kdf, cost, flags, time, name, salt */
#define KEYFILE_SLOT (KEYFILE_SLOT_HEAD + HASH_BYTES + CRYPTO_NONCE + KEYFILE_WRAPPED)
#define KEYFILE_BODY (KEYFILE_HEAD + VAULT_SLOTS * KEYFILE_SLOT)
#define KEYFILE_BYTES (KEYFILE_BODY + 2 * HASH_BYTES)	/* then the MAC and the checksum */

struct key_slot {
	bool is_used;
	bool has_file;	/* the passphrase alone does not open it */
	struct scrypt_cost cost;
	int64_t created_us;
	char name[VAULT_NAME_MAX + 1];
	uint8_t salt[KEYFILE_SALT];
	struct hash commitment;
	uint8_t nonce[CRYPTO_NONCE];
	uint8_t wrapped[KEYFILE_WRAPPED];
};

struct key_file {
	uint32_t generation;
	char workspace[VAULT_NAME_MAX + 1];
	struct key_slot slots[VAULT_SLOTS];
	struct hash mac;	/* under the root, over everything before it */
};

/* Good for a slot's name or a workspace's id: 1 to 63 bytes of UTF-8 without control bytes. */
bool keyfile_name_ok(const char *name);
/* All but the MAC and the checksum: what the MAC covers. */
void keyfile_body(const struct key_file *f, uint8_t out[KEYFILE_BODY]);
void keyfile_encode(const struct key_file *f, uint8_t out[KEYFILE_BYTES]);
MUST_USE enum err_code keyfile_decode(struct key_file *out, struct slice bytes, struct err *e);
MUST_USE enum err_code keyfile_read(const char *path, struct key_file *out, struct err *e);
/* What a slot's commitment and wrapped root are bound to: the file's head and the slot's. */
#define KEYFILE_BOUND (KEYFILE_HEAD + KEYFILE_SLOT_HEAD)
void keyfile_bound(const struct key_file *f, int slot, uint8_t out[KEYFILE_BOUND]);

#endif
