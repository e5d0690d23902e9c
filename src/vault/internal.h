/* SPDX-License-Identifier: GPL-3.0-or-later */
/* internal.h - an open vault from the inside. For the files of this room only. */
#ifndef VAULT_INTERNAL_H
#define VAULT_INTERNAL_H

#include "vault/cost.h"
#include "vault/keyfile.h"

/* In locked memory, one block. */
struct vault_keys {
	uint8_t root[CRYPTO_KEY];
	uint8_t seal[CRYPTO_KEY];	/* sealed records */
	uint8_t file[CRYPTO_KEY];	/* the MAC of vault.key */
	uint8_t finger[CRYPTO_KEY];	/* fingerprints */
	uint8_t mac[VAULT_PURPOSES][CRYPTO_KEY];
};

struct vault {
	char *path;
	struct key_file file;		/* as it was when read; read again before it is changed */
	int slot;			/* of file.slots: whose passphrase opened it */
	struct scrypt_cost cost;
	struct vault_keys *keys;
	int hold;			/* a lock on vault.key.next while this is the next root; else -1 */
};

/* A vault with a root of its own and one slot; nothing is written. */
MUST_USE enum err_code vault_make(struct vault **out, const char *path, const char *workspace_id, uint32_t generation,
    const char *slot_name, struct slice pass, int64_t now_us, struct scrypt_cost cost, struct err *e);
/* Wrap the root in a slot, with new salt and nonce. */
MUST_USE enum err_code vault_wrap(struct vault *v, int slot, struct slice pass, struct err *e);
/* ERR_AUTH if pass is not the open slot's. */
MUST_USE enum err_code vault_verify(const struct vault *v, struct slice pass, struct err *e);
/* Processes that change the file take turns: the lock is on the folder, since the
 * file itself is replaced. Close it to unlock; -1 with *e filled. */
int vault_lock_folder(const char *path, struct err *e);
/* MAC, checksum, atomic replacement of v->path. */
MUST_USE enum err_code vault_write(struct vault *v, struct err *e);
/* "vault.key.next" beside path: a new root in the making (caller frees). */
char *vault_next_path(const char *path);

#endif
