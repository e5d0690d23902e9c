/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From passphrase to keys, in this order:
 *
 *   scrypt(passphrase, slot's salt) gives 64 bytes: a wrapping key and a
 *   commitment key. HMAC(commitment key, head of the file and of the slot) is
 *   compared first: GCM alone does not commit to its key, and this makes "wrong
 *   passphrase" an answer of its own. Then the root is unwrapped, with the same
 *   heads as associated data. From the root HKDF makes a key for each purpose;
 *   one of them checks the MAC over the whole file, so that nobody without a
 *   passphrase can add, swap or take away a slot.
 *
 * Several processes may have the file open, so a change takes a lock on the
 * folder, reads the file again, changes one slot and replaces the file. */
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
	uint8_t wrap[CRYPTO_KEY];
	uint8_t commit[CRYPTO_KEY];
};

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
};
_Static_assert(LENGTH(sub_keys) == VAULT_PURPOSES + 3, "every purpose has a label");

static enum err_code memory_full(struct err *e)
{
	err_set(e, ERR_LIMIT, "the memory for secrets is full");
	return err_mend(e, ERR_LIMIT, "raise the limit: ulimit -l 8192");
}

/* --- passphrases --------------------------------------------------------------- */

static enum err_code pass_ok(struct slice pass, struct err *e)
{
	if (pass.len == 0)
		return err_set(e, ERR_USAGE, "a passphrase cannot be empty");
	return pass.len <= VAULT_PASS_MAX ? ERR_OK : err_set(e, ERR_USAGE, "a passphrase has at most %d bytes", VAULT_PASS_MAX);
}

/* The keys that pass gives for a slot; *out in locked memory, the caller frees. */
static enum err_code derive(struct slice pass, const struct key_slot *s, struct pass_keys **out, struct err *e)
{
	struct pass_keys *k = memory_secure_alloc(sizeof *k);
	enum err_code rc;

	*out = NULL;
	if (k == NULL)
		return memory_full(e);
	rc = crypto_scrypt(pass, slice_make(s->salt, sizeof s->salt), &s->cost, k->wrap, sizeof *k, e);
	if (rc != ERR_OK)
		memory_secure_free(k, sizeof *k);
	else
		*out = k;
	return rc;
}
_Static_assert(sizeof(struct pass_keys) == 2 * CRYPTO_KEY, "scrypt fills both keys at once");

static struct hash commitment(const struct pass_keys *k, const uint8_t bound[KEYFILE_BOUND])
{
	return hmac_sha256(k->commit, sizeof k->commit, bound, KEYFILE_BOUND);
}

enum err_code vault_wrap(struct vault *v, int slot, struct slice pass, struct err *e)
{
	struct key_slot *s = &v->file.slots[slot];
	uint8_t bound[KEYFILE_BOUND];
	struct pass_keys *k;
	enum err_code rc;

	s->is_used = true;
	s->cost = v->cost;
	random_bytes(s->salt, sizeof s->salt);
	random_bytes(s->nonce, sizeof s->nonce);
	rc = derive(pass, s, &k, e);
	if (rc != ERR_OK)
		return rc;
	keyfile_bound(&v->file, slot, bound);
	s->commitment = commitment(k, bound);
	rc = crypto_seal(k->wrap, s->nonce, slice_make(bound, sizeof bound), slice_make(v->keys->root, CRYPTO_KEY), s->wrapped, e);
	memory_secure_free(k, sizeof *k);
	return rc;
}

/* ERR_AUTH if pass is not this slot's. root may be NULL: then only the commitment is asked. */
static enum err_code unwrap(const struct key_file *f, int slot, struct slice pass, uint8_t *root, struct err *e)
{
	const struct key_slot *s = &f->slots[slot];
	uint8_t bound[KEYFILE_BOUND];
	struct pass_keys *k;
	struct hash ours;
	enum err_code rc = derive(pass, s, &k, e);

	if (rc != ERR_OK)
		return rc;
	keyfile_bound(f, slot, bound);
	ours = commitment(k, bound);
	if (!hash_same(&ours, &s->commitment))
		rc = err_set(e, ERR_AUTH, "wrong passphrase");
	else if (root != NULL && crypto_open(k->wrap, s->nonce, slice_make(bound, sizeof bound),
	    slice_make(s->wrapped, sizeof s->wrapped), root, e) != ERR_OK)
		rc = err_set(e, ERR_PROTO, "the vault's file was changed: its root does not unwrap");
	memory_secure_free(k, sizeof *k);
	return rc;
}

enum err_code vault_verify(const struct vault *v, struct slice pass, struct err *e)
{
	return unwrap(&v->file, v->slot, pass, NULL, e);
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

static struct hash file_mac(const struct vault *v, const struct key_file *f)
{
	uint8_t body[KEYFILE_BODY];

	keyfile_body(f, body);
	return hmac_sha256(v->keys->file, CRYPTO_KEY, body, sizeof body);
}

static enum err_code check_file_mac(const struct vault *v, const struct key_file *f, struct err *e)
{
	struct hash ours = file_mac(v, f);

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
    const char *slot_name, struct slice pass, int64_t now_us, struct scrypt_cost cost, struct err *e)
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
		rc = vault_wrap(v, 0, pass, e);
	if (rc == ERR_OK)
		*out = v;
	else
		vault_close(v);
	return rc;
}

/* --- the file ------------------------------------------------------------------------ */

char *vault_next_path(const char *path)
{
	return xasprintf("%s.next", path);
}

enum err_code vault_write(struct vault *v, struct err *e)
{
	uint8_t bytes[KEYFILE_BYTES];

	v->file.mac = file_mac(v, &v->file);
	keyfile_encode(&v->file, bytes);
	return file_replace(v->path, slice_make(bytes, sizeof bytes), 0600, e);
}

/* What a process that was killed while it wrote left beside the file: it would
 * open with a passphrase that was never set. Under the lock nobody is writing. */
static void sweep(DIR *d, const char *base)
{
	size_t n = strlen(base);
	struct dirent *at;

	/* vault.key.new.PID, vault.key.next.new.PID: file_replace() names them so */
	while (d != NULL && (at = readdir(d)) != NULL)
		if (strncmp(at->d_name, base, n) == 0 && at->d_name[n] == '.' && strstr(at->d_name + n, ".new.") != NULL)
			(void)unlinkat(dirfd(d), at->d_name, 0);
}

int vault_lock_folder(const char *path, struct err *e)
{
	char *copy = xstrdup(path), *other = xstrdup(path);
	DIR *d = opendir(dirname(copy));
	int fd = d != NULL ? fcntl(dirfd(d), F_DUPFD_CLOEXEC, 3) : -1;

	if (fd < 0 || flock(fd, LOCK_EX) != 0) {
		err_sys(e, ERR_IO, "cannot lock the folder of the vault");
		fd_close(&fd);
	} else {
		sweep(d, basename(other));
	}
	if (d != NULL)
		closedir(d);
	free(other);
	free(copy);
	return fd;
}

enum err_code vault_create_at_cost(const char *path, const char *workspace_id, const char *slot_name,
    const char *pass, size_t pass_len, int64_t now_us, struct scrypt_cost cost, struct err *e)
{
	struct slice p = slice_make(pass, pass_len);
	enum err_code rc = pass_ok(p, e);
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

enum err_code vault_create(const char *path, const char *workspace_id, const char *slot_name,
    const char *pass, size_t pass_len, int64_t now_us, struct err *e)
{
	return vault_create_at_cost(path, workspace_id, slot_name, pass, pass_len, now_us, VAULT_COST, e);
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
static enum err_code try_slots(struct vault *v, struct slice pass, struct err *e)
{
	enum err_code rc = err_set(e, ERR_AUTH, "wrong passphrase");
	int i;

	for (i = 0; rc == ERR_AUTH && i < VAULT_SLOTS; i++) {
		if (!v->file.slots[i].is_used)
			continue;
		rc = unwrap(&v->file, i, pass, v->keys->root, e);
		v->slot = i;
	}
	return rc;
}

enum err_code vault_open_at_cost(struct vault **out, const char *path, const char *pass, size_t pass_len,
    struct scrypt_cost cost, struct err *e)
{
	struct slice p = slice_make(pass, pass_len);
	struct vault *v = vault_new(path, cost);
	enum err_code rc = v->keys != NULL ? ERR_OK : memory_full(e);

	*out = NULL;
	if (rc == ERR_OK)
		rc = keyfile_read(path, &v->file, e);
	if (rc == ERR_OK)
		rc = costs_ok(&v->file, cost, e);
	/* what could never have been set need not be derived */
	if (rc == ERR_OK && pass_ok(p, NULL) != ERR_OK)
		rc = err_set(e, ERR_AUTH, "wrong passphrase");
	if (rc == ERR_OK)
		rc = try_slots(v, p, e);
	if (rc == ERR_OK)
		rc = derive_sub_keys(v, e);
	if (rc == ERR_OK)
		rc = check_file_mac(v, &v->file, e);
	if (rc == ERR_OK)
		*out = v;
	else
		vault_close(v);
	return rc;
}

enum err_code vault_open(struct vault **out, const char *path, const char *pass, size_t pass_len, struct err *e)
{
	return vault_open_at_cost(out, path, pass, pass_len, VAULT_COST, e);
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

/* --- slots ------------------------------------------------------------------------------ */

static struct vault_slot slot_shown(const struct key_file *f, int i)
{
	struct vault_slot s = {.index = i, .created_us = f->slots[i].created_us};

	memcpy(s.name, f->slots[i].name, sizeof s.name);
	return s;
}

struct vault_slot vault_slot(const struct vault *v)
{
	return slot_shown(&v->file, v->slot);
}

enum err_code vault_slot_list(const char *path, struct vault_slot out[VAULT_SLOTS], int *count, struct err *e)
{
	struct key_file f;
	enum err_code rc = keyfile_read(path, &f, e);
	int i;

	*count = 0;
	for (i = 0; rc == ERR_OK && i < VAULT_SLOTS; i++)
		if (f.slots[i].is_used)
			out[(*count)++] = slot_shown(&f, i);
	return rc;
}

/* Take the lock and read what others may have changed meanwhile; -1 on failure. */
static int begin_change(struct vault *v, enum err_code *rc, struct err *e)
{
	struct key_file now;
	int lock;

	*rc = ERR_IO;
	lock = vault_lock_folder(v->path, e);
	if (lock < 0)
		return -1;
	*rc = keyfile_read(v->path, &now, e);
	if (*rc == ERR_OK && now.generation != v->file.generation)
		*rc = err_set(e, ERR_CONFLICT, "the vault has a new root: unlock it again");
	if (*rc == ERR_OK)
		*rc = check_file_mac(v, &now, e);
	if (*rc == ERR_OK && (!now.slots[v->slot].is_used || strcmp(now.slots[v->slot].name, v->file.slots[v->slot].name) != 0))
		*rc = err_set(e, ERR_CONFLICT, "your slot was removed from the vault");
	if (*rc == ERR_OK) {
		v->file = now;
		return lock;
	}
	close(lock);
	return -1;
}

/* Write the changed file; in memory it is as before if that fails. */
static enum err_code end_change(struct vault *v, const struct key_file *before, int lock, enum err_code rc, struct err *e)
{
	if (rc == ERR_OK)
		rc = vault_write(v, e);
	if (rc != ERR_OK)
		v->file = *before;
	close(lock);
	return rc;
}

static int find_slot(const struct key_file *f, const char *name)
{
	int i;

	for (i = 0; i < VAULT_SLOTS; i++)
		if (f->slots[i].is_used && strcmp(f->slots[i].name, name) == 0)
			return i;
	return -1;
}

enum err_code vault_slot_add(struct vault *v, const char *name, const char *pass, size_t pass_len, int64_t now_us, struct err *e)
{
	struct slice p = slice_make(pass, pass_len);
	enum err_code rc = pass_ok(p, e);
	struct key_file before;
	int lock, i;

	if (rc != ERR_OK)
		return rc;
	if (!keyfile_name_ok(name))
		return err_set(e, ERR_USAGE, "a name in the vault has 1 to %d bytes and no control characters", VAULT_NAME_MAX);
	lock = begin_change(v, &rc, e);
	if (lock < 0)
		return rc;
	before = v->file;
	for (i = 0; i < VAULT_SLOTS && v->file.slots[i].is_used; i++)
		;
	if (find_slot(&v->file, name) >= 0)
		rc = err_set(e, ERR_CONFLICT, "there is a slot of that name already");
	else if (i == VAULT_SLOTS)
		rc = err_set(e, ERR_LIMIT, "all %d slots of the vault are in use", VAULT_SLOTS);
	if (rc == ERR_OK) {
		memset(&v->file.slots[i], 0, sizeof v->file.slots[i]);
		memcpy(v->file.slots[i].name, name, strlen(name));
		v->file.slots[i].created_us = now_us;
		rc = vault_wrap(v, i, p, e);
	}
	return end_change(v, &before, lock, rc, e);
}

enum err_code vault_slot_remove(struct vault *v, const char *name, struct err *e)
{
	struct key_file before;
	enum err_code rc;
	int lock = begin_change(v, &rc, e), i;

	if (lock < 0)
		return rc;
	before = v->file;
	i = find_slot(&v->file, name);
	if (i < 0) {
		rc = err_set(e, ERR_MISSING, "the vault has no slot of that name");
	} else if (i == v->slot) {
		err_set(e, ERR_REFUSED, "that is the slot you opened the vault with");
		rc = err_mend(e, ERR_REFUSED, "let another person remove it");
	} else {
		memset(&v->file.slots[i], 0, sizeof v->file.slots[i]);
	}
	return end_change(v, &before, lock, rc, e);
}

enum err_code vault_change_passphrase(struct vault *v, const char *old, size_t old_len,
    const char *pass, size_t pass_len, struct err *e)
{
	struct slice p = slice_make(pass, pass_len);
	enum err_code rc = pass_ok(p, e);
	struct key_file before;
	int lock;

	if (rc != ERR_OK)
		return rc;
	lock = begin_change(v, &rc, e);
	if (lock < 0)
		return rc;
	before = v->file;
	rc = vault_verify(v, slice_make(old, old_len), e);
	if (rc == ERR_OK)
		rc = vault_wrap(v, v->slot, p, e);
	return end_change(v, &before, lock, rc, e);
}
