/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who may open the vault. Several processes may have the file open, so a change
 * takes a lock on the folder, reads the file again, changes one slot and replaces
 * the file. */
#include "vault/vault.h"

#include <string.h>
#include <unistd.h>

#include "vault/internal.h"

static struct vault_slot slot_shown(const struct key_file *f, int i)
{
	struct vault_slot s = {.index = i, .has_file = f->slots[i].has_file, .created_us = f->slots[i].created_us};

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
		*rc = vault_check_file(v, &now, e);
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

enum err_code vault_slot_add(struct vault *v, const char *name, struct vault_pass p, int64_t now_us, struct err *e)
{
	enum err_code rc = vault_pass_ok(p, e);
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

enum err_code vault_change_passphrase(struct vault *v, struct vault_pass old, struct vault_pass p, struct err *e)
{
	enum err_code rc = vault_pass_ok(p, e);
	struct key_file before;
	int lock;

	if (rc != ERR_OK)
		return rc;
	lock = begin_change(v, &rc, e);
	if (lock < 0)
		return rc;
	before = v->file;
	rc = vault_verify(v, old, e);
	if (rc == ERR_OK)
		rc = vault_wrap(v, v->slot, p, e);
	return end_change(v, &before, lock, rc, e);
}
