/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A new root touches two stores, the database and vault.key, and no rename covers
 * both. So the new file waits beside the old one, the database's commit is the
 * moment of truth, and its stored generation says later which file is meant:
 *
 *   crash before the commit    generation old: the file beside is thrown away
 *   crash after the commit     generation new: the file beside is put in place */
#include "vault/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/memory.h"
#include "vault/internal.h"

enum err_code vault_rekey_begin(struct vault *v, const char *pass, size_t pass_len, struct vault **next, struct err *e)
{
	struct slice p = slice_make(pass, pass_len);
	struct key_slot *mine = &v->file.slots[v->slot];
	enum err_code rc = vault_verify(v, p, e);
	char *beside;

	*next = NULL;
	if (rc != ERR_OK)
		return rc;
	if (vault_generation(v) == UINT32_MAX)
		return err_set(e, ERR_LIMIT, "this vault has had too many roots");
	beside = vault_next_path(v->path);
	rc = vault_make(next, beside, vault_workspace(v), vault_generation(v) + 1, mine->name, p, mine->created_us, v->cost, e);
	free(beside);
	if (rc == ERR_OK)
		rc = vault_write(*next, e);
	if (rc != ERR_OK) {
		vault_close(*next);
		*next = NULL;
	}
	return rc;
}

/* Rename, and make the rename durable. */
static enum err_code put_in_place(const char *from, const char *to, struct err *e)
{
	char *copy = xstrdup(to);
	enum err_code rc = ERR_OK;
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || rename(from, to) != 0 || fsync(fd) != 0)
		rc = err_sys(e, ERR_IO, "cannot put the new vault in place");
	if (fd >= 0)
		close(fd);
	free(copy);
	return rc;
}

enum err_code vault_rekey_finish(struct vault **v, struct vault *next, struct err *e)
{
	enum err_code rc = put_in_place(next->path, (*v)->path, e);

	if (rc != ERR_OK)
		return rc;
	free(next->path);
	next->path = xstrdup((*v)->path);
	vault_close(*v);
	*v = next;
	return ERR_OK;
}

void vault_rekey_drop(struct vault *next)
{
	if (next == NULL)
		return;
	unlink(next->path);
	vault_close(next);
}

static enum err_code generation_of(const char *path, uint32_t *out, struct err *e)
{
	struct key_file f;
	enum err_code rc = keyfile_read(path, &f, e);

	*out = rc == ERR_OK ? f.generation : 0;
	return rc;
}

enum err_code vault_settle(const char *path, uint32_t generation, struct err *e)
{
	char *beside = vault_next_path(path);
	uint32_t here, there;
	enum err_code rc = generation_of(path, &here, e);

	if (rc != ERR_OK)
		goto out;
	if (here == generation) {
		/* nothing was committed for it, or finish was cut after its rename */
		if (unlink(beside) != 0 && errno != ENOENT)
			rc = err_sys(e, ERR_IO, "cannot remove %s", beside);
		goto out;
	}
	rc = generation_of(beside, &there, e);
	if (rc == ERR_OK && there == generation) {
		rc = put_in_place(beside, path, e);
	} else {
		err_set(e, ERR_CONFLICT, "the vault is of generation %u, the database of %u", (unsigned)here, (unsigned)generation);
		rc = err_mend(e, ERR_CONFLICT, "restore vault.key and claviger.db from the same backup");
	}
out:
	free(beside);
	return rc;
}
