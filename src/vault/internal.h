/* SPDX-License-Identifier: GPL-3.0-or-later */
/* internal.h - an open vault from the inside. For the files of this room only. */
#ifndef VAULT_INTERNAL_H
#define VAULT_INTERNAL_H

#include <dirent.h>

#include "vault/cost.h"
#include "vault/keyfile.h"
#include "vault/vault.h"

#define VAULT_DAYS 4
#define VAULT_SCOPE 80

/* A key that AWS signatures of one day, region and service are made with. */
struct vault_day {
	struct hash secret;	/* of the secret access key it is derived from */
	char scope[VAULT_SCOPE];
	uint8_t key[CRYPTO_KEY];
};

/* In locked memory, one block. */
struct vault_keys {
	uint8_t root[CRYPTO_KEY];
	uint8_t seal[CRYPTO_KEY];	/* sealed records */
	uint8_t file[CRYPTO_KEY];	/* the MAC of vault.key */
	uint8_t finger[CRYPTO_KEY];	/* fingerprints */
	uint8_t mac[VAULT_PURPOSES][CRYPTO_KEY];
	struct vault_day day[VAULT_DAYS];
	unsigned day_next;		/* the place the next one goes to */
};

struct vault {
	char *path;
	struct key_file file;		/* as it was when read; read again before it is changed */
	int slot;			/* of file.slots: whose passphrase opened it */
	struct scrypt_cost cost;
	struct vault_keys *keys;
	int hold;			/* a lock on vault.key.next while this is the next root; else -1 */
};

/* ERR_USAGE for what cannot be set as a passphrase. */
MUST_USE enum err_code vault_pass_ok(struct vault_pass p, struct err *e);
/* A vault with a root of its own and one slot; nothing is written. */
MUST_USE enum err_code vault_make(struct vault **out, const char *path, const char *workspace_id, uint32_t generation,
    const char *slot_name, struct vault_pass p, int64_t now_us, struct scrypt_cost cost, struct err *e);
/* Wrap the root in a slot, with new salt and nonce. */
MUST_USE enum err_code vault_wrap(struct vault *v, int slot, struct vault_pass p, struct err *e);
/* ERR_AUTH if p is not the open slot's. */
MUST_USE enum err_code vault_verify(const struct vault *v, struct vault_pass p, struct err *e);
/* The lines of an AWS signature over req, made with the opened pair. */
MUST_USE enum err_code vault_sign(struct vault *v, const struct secret *opened, const struct wire_request *req, int64_t now_us,
    struct header *out, struct err *e);
/* Processes that change the file take turns: the lock is on the folder, since the
 * file itself is replaced. Close it to unlock; -1 with *e filled. */
int vault_lock_folder(const char *path, struct err *e);
struct hash vault_file_mac(const struct vault *v, const struct key_file *f);
/* ERR_AUTH if f's MAC was not made with this root. */
MUST_USE enum err_code vault_check_file(const struct vault *v, const struct key_file *f, struct err *e);
/* Replace the file at path atomically; what was there is overwritten. Under the lock. */
MUST_USE enum err_code vault_put(const char *path, struct slice bytes, struct err *e);
/* MAC, checksum, vault_put() at v->path. */
MUST_USE enum err_code vault_write(struct vault *v, struct err *e);
/* "vault.key.next" beside path: a new root in the making (caller frees). */
char *vault_next_path(const char *path);
/* Wipe what a killed process left of the file called base in its folder. Under the lock. */
void vault_sweep(DIR *folder, const char *base);
/* Something lies beside the file that the next vault_lock_folder() will wipe. */
bool vault_has_left_over(const char *path);

#endif
