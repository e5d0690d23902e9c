/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "vault/keyfile.h"

#include <string.h>

#include "base/file.h"
#include "base/utf8.h"

static const char magic[8] = {'C', 'L', 'V', 'G', 'V', 'A', 'L', 'T'};
#define FORMAT 1
#define KDF_SCRYPT 1
#define FLAG_FILE 1	/* a key file is mixed in */

/* --- writing: big-endian, every field at its fixed place ------------------------- */

static uint8_t *put(uint8_t *at, const void *p, size_t n)
{
	memcpy(at, p, n);
	return at + n;
}

static uint8_t *put_int(uint8_t *at, uint64_t value, int bytes)
{
	while (bytes-- > 0)
		*at++ = (uint8_t)(value >> (8 * bytes));
	return at;
}

/* Padded with NUL to its full width, whatever lies behind the text in memory. */
static uint8_t *put_name(uint8_t *at, const char name[VAULT_NAME_MAX + 1])
{
	memset(at, 0, VAULT_NAME_MAX + 1);
	memcpy(at, name, strnlen(name, VAULT_NAME_MAX));
	return at + VAULT_NAME_MAX + 1;
}

static uint8_t *put_head(uint8_t *at, const struct key_file *f)
{
	at = put(at, magic, sizeof magic);
	at = put_int(at, FORMAT, 2);
	at = put_int(at, VAULT_SLOTS, 2);
	at = put_int(at, f->generation, 4);
	return put_name(at, f->workspace);
}

static uint8_t *put_slot_head(uint8_t *at, const struct key_slot *s)
{
	at = put_int(at, 1, 1);
	at = put_int(at, KDF_SCRYPT, 1);
	at = put_int(at, s->cost.log2_n, 1);
	at = put_int(at, s->has_file ? FLAG_FILE : 0, 1);
	at = put_int(at, s->cost.r, 4);
	at = put_int(at, s->cost.p, 4);
	at = put_int(at, (uint64_t)s->created_us, 8);
	at = put_name(at, s->name);
	return put(at, s->salt, sizeof s->salt);
}

static uint8_t *put_slot(uint8_t *at, const struct key_slot *s)
{
	if (!s->is_used) {
		memset(at, 0, KEYFILE_SLOT);
		return at + KEYFILE_SLOT;
	}
	at = put_slot_head(at, s);
	at = put(at, s->commitment.b, HASH_BYTES);
	at = put(at, s->nonce, sizeof s->nonce);
	return put(at, s->wrapped, sizeof s->wrapped);
}

void keyfile_body(const struct key_file *f, uint8_t out[KEYFILE_BODY])
{
	uint8_t *at = put_head(out, f);
	int i;

	for (i = 0; i < VAULT_SLOTS; i++)
		at = put_slot(at, &f->slots[i]);
}

void keyfile_bound(const struct key_file *f, int slot, uint8_t out[KEYFILE_BOUND])
{
	put_slot_head(put_head(out, f), &f->slots[slot]);
}

void keyfile_encode(const struct key_file *f, uint8_t out[KEYFILE_BYTES])
{
	struct hash sum;

	keyfile_body(f, out);
	put(out + KEYFILE_BODY, f->mac.b, HASH_BYTES);
	sum = hash_bytes(out, KEYFILE_BODY + HASH_BYTES);
	put(out + KEYFILE_BODY + HASH_BYTES, sum.b, HASH_BYTES);
}

/* --- reading ------------------------------------------------------------------------ */

static const uint8_t *get(const uint8_t *at, void *out, size_t n)
{
	memcpy(out, at, n);
	return at + n;
}

static const uint8_t *get_int(const uint8_t *at, uint64_t *out, int bytes)
{
	for (*out = 0; bytes-- > 0; at++)
		*out = *out << 8 | *at;
	return at;
}

static bool all_zero(const uint8_t *p, size_t n)
{
	uint8_t any = 0;

	while (n-- > 0)
		any |= *p++;
	return any == 0;
}

bool keyfile_name_ok(const char *name)
{
	size_t n = name != NULL ? strnlen(name, VAULT_NAME_MAX + 1) : 0, i;

	if (n < 1 || n > VAULT_NAME_MAX || !utf8_valid(slice_make(name, n)))
		return false;
	for (i = 0; i < n; i++)
		if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f)
			return false;
	return true;
}

static bool name_padded(const char name[VAULT_NAME_MAX + 1])
{
	size_t n = strnlen(name, VAULT_NAME_MAX + 1);

	return n <= VAULT_NAME_MAX && all_zero((const uint8_t *)name + n, VAULT_NAME_MAX + 1 - n) && keyfile_name_ok(name);
}

static bool get_slot(const uint8_t *at, struct key_slot *s)
{
	uint64_t used, kdf, log2_n, flags, r, p, created;

	if (all_zero(at, KEYFILE_SLOT))
		return true;
	at = get_int(at, &used, 1);
	at = get_int(at, &kdf, 1);
	at = get_int(at, &log2_n, 1);
	at = get_int(at, &flags, 1);
	at = get_int(at, &r, 4);
	at = get_int(at, &p, 4);
	at = get_int(at, &created, 8);
	at = get(at, s->name, sizeof s->name);
	at = get(at, s->salt, sizeof s->salt);
	at = get(at, s->commitment.b, HASH_BYTES);
	at = get(at, s->nonce, sizeof s->nonce);
	get(at, s->wrapped, sizeof s->wrapped);
	s->is_used = true;
	s->has_file = flags == FLAG_FILE;
	s->cost = (struct scrypt_cost){.log2_n = (uint8_t)log2_n, .r = (uint32_t)r, .p = (uint32_t)p};
	s->created_us = (int64_t)created;
	return used == 1 && kdf == KDF_SCRYPT && flags <= FLAG_FILE && name_padded(s->name);
}

enum err_code keyfile_decode(struct key_file *out, struct slice bytes, struct err *e)
{
	const uint8_t *at = (const uint8_t *)bytes.p;
	uint64_t format, places, generation;
	struct hash sum, stored;
	bool ok;
	int i;

	memset(out, 0, sizeof *out);
	if (bytes.len < sizeof magic || memcmp(at, magic, sizeof magic) != 0)
		return err_set(e, ERR_PROTO, "that file is no vault");
	if (bytes.len >= KEYFILE_HEAD) {
		get_int(get_int(at + sizeof magic, &format, 2), &places, 2);
		if (format != FORMAT || places != VAULT_SLOTS) {
			err_set(e, ERR_PROTO, "the vault's file is of a format that this version does not know");
			return err_mend(e, ERR_PROTO, "use the version that wrote it, or a newer one");
		}
	}
	if (bytes.len != KEYFILE_BYTES)
		return err_set(e, ERR_PROTO, "the vault's file is damaged: it has not the right length");
	get(at + KEYFILE_BODY + HASH_BYTES, stored.b, HASH_BYTES);
	sum = hash_bytes(at, KEYFILE_BODY + HASH_BYTES);
	if (!hash_same(&sum, &stored)) {
		err_set(e, ERR_PROTO, "the vault's file is damaged: its checksum is wrong");
		return err_mend(e, ERR_PROTO, "restore it from a backup");
	}
	at = get_int(at + sizeof magic + 4, &generation, 4);
	at = get(at, out->workspace, sizeof out->workspace);
	ok = name_padded(out->workspace) && generation > 0;
	for (i = 0; i < VAULT_SLOTS; i++, at += KEYFILE_SLOT)
		ok = ok && get_slot(at, &out->slots[i]);
	get(at, out->mac.b, HASH_BYTES);
	out->generation = (uint32_t)generation;
	return ok ? ERR_OK : err_set(e, ERR_PROTO, "the vault's file is damaged: a field has no meaning");
}

static enum err_code read_once(const char *path, struct key_file *out, struct err *e)
{
	struct buf b;
	enum err_code rc;

	buf_init(&b, 4 * KEYFILE_BYTES);
	rc = file_read(path, &b, e);
	if (rc == ERR_LIMIT)
		rc = err_set(e, ERR_PROTO, "that file is no vault");
	if (rc == ERR_OK)
		rc = keyfile_decode(out, buf_slice(&b), e);
	buf_release(&b);
	return rc;
}

/* Twice: between our open and our read another process may have put a new file
 * in place and overwritten the one we hold. */
enum err_code keyfile_read(const char *path, struct key_file *out, struct err *e)
{
	enum err_code rc = read_once(path, out, e);

	return rc == ERR_PROTO ? read_once(path, out, e) : rc;
}
