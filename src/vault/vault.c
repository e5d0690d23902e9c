/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From passphrase to keys, in this order:
 *
 *   scrypt(passphrase, slot's salt) gives 64 bytes: a wrapping key and a
 *   commitment key. Where the slot has a key file, HKDF mixes it into what
 *   scrypt is given. HMAC(commitment key, head of the file and of the slot) is
 *   compared first: GCM alone does not commit to its key, and this makes "wrong
 *   passphrase" an answer of its own. Then the root is unwrapped, with the same
 *   heads as associated data. From the root HKDF makes a key for each purpose;
 *   one of them checks the MAC over the whole file, so that nobody without a
 *   passphrase can add, swap or take away a slot.
 */
#include "vault/vault.h"

#include <dirent.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/random.h"
#include "vault/internal.h"

struct pass_keys {
	uint8_t both[2 * CRYPTO_KEY];	/* what scrypt gives */
	uint8_t mixed[CRYPTO_KEY];	/* passphrase and key file, for scrypt */
};

static const char file_label[] = "claviger/1 key file";

static const struct {
	const char *label;
	size_t at;	/* in struct vault_keys */
} sub_keys[] = {
	{"claviger/1 seal", offsetof(struct vault_keys, seal)},
	{"claviger/1 vault file", offsetof(struct vault_keys, file)},
	{"claviger/1 fingerprint", offsetof(struct vault_keys, finger)},
	{"claviger/1 mac decision", offsetof(struct vault_keys, mac[VAULT_DECISION])},
	{"claviger/1 mac rule", offsetof(struct vault_keys, mac[VAULT_RULE])},
	{"claviger/1 mac cap", offsetof(struct vault_keys, mac[VAULT_CAP])},
	{"claviger/1 mac pin", offsetof(struct vault_keys, mac[VAULT_PIN])},
	{"claviger/1 mac journal head", offsetof(struct vault_keys, mac[VAULT_JOURNAL_HEAD])},
	{"claviger/1 mac connector", offsetof(struct vault_keys, mac[VAULT_CONNECTOR])},
	{"claviger/1 mac idempotency", offsetof(struct vault_keys, mac[VAULT_IDEMPOTENCY])},
	{"claviger/1 mac agent", offsetof(struct vault_keys, mac[VAULT_AGENT])},
	{"claviger/1 mac answer", offsetof(struct vault_keys, mac[VAULT_ANSWER])},
};
_Static_assert(LENGTH(sub_keys) == VAULT_PURPOSES + 3, "every purpose has a label");

static enum err_code memory_full(struct err *e)
{
	err_set(e, ERR_LIMIT, "the memory for secrets is full");
	return err_mend(e, ERR_LIMIT, "raise the limit: ulimit -l 8192");
}

/* --- passphrases --------------------------------------------------------------- */

enum err_code vault_pass_ok(struct vault_pass p, struct err *e)
{
	if (p.text.len == 0)
		return err_set(e, ERR_USAGE, "a passphrase cannot be empty");
	if (p.text.len > VAULT_PASS_MAX)
		return err_set(e, ERR_USAGE, "a passphrase has at most %d bytes", VAULT_PASS_MAX);
	if (p.file.len == 0 || (p.file.len >= VAULT_FILE_MIN && p.file.len <= VAULT_FILE_MAX))
		return ERR_OK;
	err_set(e, ERR_USAGE, "a key file has %d to %d bytes", VAULT_FILE_MIN, VAULT_FILE_MAX);
	return err_mend(e, ERR_USAGE, "make one: head -c 32 /dev/urandom > FILE; chmod 600 FILE");
}

/* The keys that p gives for a slot; *out in locked memory, the caller frees. */
static enum err_code derive(struct vault_pass p, const struct key_slot *s, struct pass_keys **out, struct err *e)
{
	struct pass_keys *k = memory_secure_alloc(sizeof *k);
	struct slice asked = p.text;
	enum err_code rc = ERR_OK;

	*out = NULL;
	if (k == NULL)
		return memory_full(e);
	if (s->has_file) {
		rc = crypto_hkdf(p.text, p.file, slice_of(file_label), k->mixed, sizeof k->mixed, e);
		asked = slice_make(k->mixed, sizeof k->mixed);
	}
	if (rc == ERR_OK)
		rc = crypto_scrypt(asked, slice_make(s->salt, sizeof s->salt), &s->cost, k->both, sizeof k->both, e);
	if (rc != ERR_OK)
		memory_secure_free(k, sizeof *k);
	else
		*out = k;
	return rc;
}

/* The first half of what was derived wraps, the second commits. */
static const uint8_t *wrapping(const struct pass_keys *k) { return k->both; }

static struct hash commitment(const struct pass_keys *k, const uint8_t bound[KEYFILE_BOUND])
{
	return hmac_sha256(k->both + CRYPTO_KEY, CRYPTO_KEY, bound, KEYFILE_BOUND);
}

enum err_code vault_wrap(struct vault *v, int slot, struct vault_pass p, struct err *e)
{
	struct key_slot *s = &v->file.slots[slot];
	uint8_t bound[KEYFILE_BOUND];
	struct pass_keys *k;
	enum err_code rc;

	s->is_used = true;
	s->has_file = p.file.len > 0;
	s->cost = v->cost;
	random_bytes(s->salt, sizeof s->salt);
	random_bytes(s->nonce, sizeof s->nonce);
	rc = derive(p, s, &k, e);
	if (rc != ERR_OK)
		return rc;
	keyfile_bound(&v->file, slot, bound);
	s->commitment = commitment(k, bound);
	rc = crypto_seal(wrapping(k), s->nonce, slice_make(bound, sizeof bound), slice_make(v->keys->root, CRYPTO_KEY), s->wrapped, e);
	memory_secure_free(k, sizeof *k);
	return rc;
}

static enum err_code wants_file(struct err *e)
{
	err_set(e, ERR_AUTH, "wrong passphrase, or the key file that belongs to it was not given");
	return err_mend(e, ERR_AUTH, "name it: CLAVIGER_KEY_FILE=FILE, or claviger config set key_file FILE");
}

/* ERR_AUTH if p is not this slot's. root may be NULL: then only the commitment is asked. */
static enum err_code unwrap(const struct key_file *f, int slot, struct vault_pass p, uint8_t *root, struct err *e)
{
	const struct key_slot *s = &f->slots[slot];
	uint8_t bound[KEYFILE_BOUND];
	struct pass_keys *k;
	struct hash ours;
	enum err_code rc;

	if (s->has_file && p.file.len == 0)
		return wants_file(e);
	rc = derive(p, s, &k, e);
	if (rc != ERR_OK)
		return rc;
	keyfile_bound(f, slot, bound);
	ours = commitment(k, bound);
	if (!hash_same(&ours, &s->commitment))
		rc = err_set(e, ERR_AUTH, s->has_file ? "wrong passphrase, or not the key file that belongs to it" : "wrong passphrase");
	else if (root != NULL && crypto_open(wrapping(k), s->nonce, slice_make(bound, sizeof bound),
	    slice_make(s->wrapped, sizeof s->wrapped), root, e) != ERR_OK)
		rc = err_set(e, ERR_PROTO, "the vault's file was changed: its root does not unwrap");
	memory_secure_free(k, sizeof *k);
	return rc;
}

enum err_code vault_verify(const struct vault *v, struct vault_pass p, struct err *e)
{
	return unwrap(&v->file, v->slot, p, NULL, e);
}

/* --- keys --------------------------------------------------------------------------- */

static enum err_code derive_sub_keys(struct vault *v, struct err *e)
{
	enum err_code rc = ERR_OK;
	size_t i;

	for (i = 0; rc == ERR_OK && i < LENGTH(sub_keys); i++)
		rc = crypto_hkdf(slice_make(v->keys->root, CRYPTO_KEY), slice_of(v->file.workspace), slice_of(sub_keys[i].label),
		    (uint8_t *)v->keys + sub_keys[i].at, CRYPTO_KEY, e);
	return rc;
}

struct hash vault_file_mac(const struct vault *v, const struct key_file *f)
{
	uint8_t body[KEYFILE_BODY];

	keyfile_body(f, body);
	return hmac_sha256(v->keys->file, CRYPTO_KEY, body, sizeof body);
}

enum err_code vault_check_file(const struct vault *v, const struct key_file *f, struct err *e)
{
	struct hash ours = vault_file_mac(v, f);

	if (hash_same(&ours, &f->mac))
		return ERR_OK;
	err_set(e, ERR_AUTH, "the vault's file was changed by somebody without its root");
	return err_mend(e, ERR_AUTH, "restore it from a backup");
}

static struct vault *vault_new(const char *path, struct scrypt_cost cost)
{
	struct vault *v = xcalloc(1, sizeof *v);

	v->path = xstrdup(path);
	v->hold = -1;
	v->cost = cost;
	v->keys = memory_secure_alloc(sizeof *v->keys);
	return v;
}

void vault_close(struct vault *v)
{
	if (v == NULL)
		return;
	fd_close(&v->hold);
	memory_secure_free(v->keys, sizeof *v->keys);
	free(v->path);
	free(v);
}

enum err_code vault_make(struct vault **out, const char *path, const char *workspace_id, uint32_t generation,
    const char *slot_name, struct vault_pass p, int64_t now_us, struct scrypt_cost cost, struct err *e)
{
	struct vault *v = vault_new(path, cost);
	struct key_slot *first = &v->file.slots[0];
	enum err_code rc = v->keys != NULL ? ERR_OK : memory_full(e);

	*out = NULL;
	if (rc == ERR_OK) {
		v->file.generation = generation;
		memcpy(v->file.workspace, workspace_id, strlen(workspace_id));
		memcpy(first->name, slot_name, strlen(slot_name));
		first->created_us = now_us;
		random_bytes(v->keys->root, CRYPTO_KEY);
		rc = derive_sub_keys(v, e);
	}
	if (rc == ERR_OK)
		rc = vault_wrap(v, 0, p, e);
	if (rc == ERR_OK)
		*out = v;
	else
		vault_close(v);
	return rc;
}

/* --- the file ------------------------------------------------------------------------ */

int vault_lock_folder(const char *path, struct err *e)
{
	char *copy = xstrdup(path), *other = xstrdup(path);
	DIR *d = opendir(dirname(copy));
	int fd = d != NULL ? fcntl(dirfd(d), F_DUPFD_CLOEXEC, 3) : -1;

	if (fd < 0 || flock(fd, LOCK_EX) != 0) {
		err_sys(e, ERR_IO, "cannot lock the folder of the vault");
		fd_close(&fd);
	} else {
		vault_sweep(d, basename(other));
	}
	if (d != NULL)
		closedir(d);
	free(other);
	free(copy);
	return fd;
}

enum err_code vault_create_at_cost(const char *path, const char *workspace_id, const char *slot_name,
    struct vault_pass p, int64_t now_us, struct scrypt_cost cost, struct err *e)
{
	enum err_code rc = vault_pass_ok(p, e);
	struct vault *v = NULL;
	int lock;

	if (rc == ERR_OK)
		rc = crypto_scrypt_bounded(&cost, e);
	if (rc != ERR_OK)
		return rc;
	if (!keyfile_name_ok(workspace_id) || !keyfile_name_ok(slot_name))
		return err_set(e, ERR_USAGE, "a name in the vault has 1 to %d bytes and no control characters", VAULT_NAME_MAX);
	lock = vault_lock_folder(path, e);
	if (lock < 0)
		return ERR_IO;
	if (file_exists(path))
		rc = err_set(e, ERR_CONFLICT, "there is a vault already");
	if (rc == ERR_OK)
		rc = vault_make(&v, path, workspace_id, 1, slot_name, p, now_us, cost, e);
	if (rc == ERR_OK)
		rc = vault_write(v, e);
	vault_close(v);
	close(lock);
	return rc;
}

/* All slots are judged before the first is tried: a hostile file costs nothing. */
static enum err_code costs_ok(const struct key_file *f, struct scrypt_cost least, struct err *e)
{
	enum err_code rc = ERR_OK;
	int i;

	for (i = 0; rc == ERR_OK && i < VAULT_SLOTS; i++) {
		const struct scrypt_cost *c = &f->slots[i].cost;

		if (!f->slots[i].is_used)
			continue;
		rc = crypto_scrypt_bounded(c, e);
		if (rc == ERR_OK && (c->log2_n < least.log2_n || c->r < least.r || c->p < least.p))
			rc = err_set(e, ERR_LIMIT, "a slot of the vault is derived too cheaply to be safe");
	}
	return rc;
}

/* The slot that pass opens, its root in v->keys. */
static enum err_code try_slots(struct vault *v, struct vault_pass p, struct err *e)
{
	enum err_code rc = err_set(e, ERR_AUTH, "wrong passphrase");
	bool file_is_missed = false;
	int i;

	for (i = 0; rc == ERR_AUTH && i < VAULT_SLOTS; i++) {
		if (!v->file.slots[i].is_used)
			continue;
		rc = unwrap(&v->file, i, p, v->keys->root, e);
		v->slot = i;
		file_is_missed |= v->file.slots[i].has_file && p.file.len == 0;
	}
	/* it may have been right for the slot that could not be tried */
	return rc == ERR_AUTH && file_is_missed ? wants_file(e) : rc;
}

enum err_code vault_open_at_cost(struct vault **out, const char *path, struct vault_pass p,
    struct scrypt_cost cost, struct err *e)
{
	struct vault *v = vault_new(path, cost);
	enum err_code rc = v->keys != NULL ? ERR_OK : memory_full(e);

	*out = NULL;
	if (rc == ERR_OK)
		rc = keyfile_read(path, &v->file, e);
	if (rc == ERR_OK)
		rc = costs_ok(&v->file, cost, e);
	/* what could never have been set need not be derived */
	if (rc == ERR_OK && vault_pass_ok(p, NULL) != ERR_OK)
		rc = err_set(e, ERR_AUTH, "wrong passphrase");
	if (rc == ERR_OK)
		rc = try_slots(v, p, e);
	if (rc == ERR_OK)
		rc = derive_sub_keys(v, e);
	if (rc == ERR_OK)
		rc = vault_check_file(v, &v->file, e);
	if (rc == ERR_OK)
		*out = v;
	else
		vault_close(v);
	return rc;
}

bool vault_is_open(const struct vault *v)
{
	return v != NULL;
}

const char *vault_workspace(const struct vault *v)
{
	return v->file.workspace;
}

uint32_t vault_generation(const struct vault *v)
{
	return v->file.generation;
}
