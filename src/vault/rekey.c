/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A new root touches two stores, the database and vault.key, and no rename covers
 * both. So the new file waits beside the old one, the database's commit is the
 * moment of truth, and its stored generation says later which file is meant:
 *
 *   crash before the commit    generation old: the file beside is thrown away
 *   crash after the commit     generation new: the file beside is put in place
 *
 * While its maker lives, the file beside is locked: another console that unlocks
 * in the middle must not take it for what a crash left. */
#include "vault/vault.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fd.h"
#include "base/file.h"
#include "vault/internal.h"

static enum err_code under_way(struct err *e)
{
	err_set(e, ERR_CONFLICT, "a new root for this vault is being made, or was left unfinished");
	return err_mend(e, ERR_CONFLICT, "wait for it, or unlock again: that settles what was left");
}

/* The file beside, locked for as long as the descriptor is open; -1 if it is not there or another holds it. */
static int hold_file(const char *beside)
{
	int fd = open(beside, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0)
		fd_close(&fd);
	return fd;
}

/* Under the folder's lock. */
static enum err_code make_next(struct vault *v, const char *beside, struct vault_pass p, struct vault **next, struct err *e)
{
	struct key_slot *mine = &v->file.slots[v->slot];
	enum err_code rc;

	if (file_exists(beside))
		return under_way(e);
	rc = vault_make(next, beside, vault_workspace(v), vault_generation(v) + 1, mine->name, p, mine->created_us, v->cost, e);
	if (rc == ERR_OK)
		rc = vault_write(*next, e);
	if (rc == ERR_OK && ((*next)->hold = hold_file(beside)) < 0)
		rc = err_sys(e, ERR_IO, "cannot lock the new vault");
	if (rc != ERR_OK) {
		vault_rekey_drop(*next);
		*next = NULL;
	}
	return rc;
}

enum err_code vault_rekey_begin(struct vault *v, struct vault_pass p, struct vault **next, struct err *e)
{
	enum err_code rc = vault_verify(v, p, e);
	char *beside;
	int lock;

	*next = NULL;
	if (rc != ERR_OK)
		return rc;
	if (vault_generation(v) == UINT32_MAX)
		return err_set(e, ERR_LIMIT, "this vault has had too many roots");
	lock = vault_lock_folder(v->path, e);
	if (lock < 0)
		return ERR_IO;
	beside = vault_next_path(v->path);
	rc = make_next(v, beside, p, next, e);
	free(beside);
	close(lock);
	return rc;
}

/* The file is written again from memory rather than renamed: after the commit the
 * new root must reach its place whatever became of the file beside. */
enum err_code vault_rekey_finish(struct vault **v, struct vault *next, struct err *e)
{
	char *beside = next->path;
	enum err_code rc = ERR_IO;
	int lock = vault_lock_folder((*v)->path, e);

	if (lock < 0)
		return ERR_IO;
	next->path = (*v)->path;
	rc = vault_write(next, e);
	if (rc == ERR_OK) {
		(void)unlink(beside);	/* vault_settle() removes it otherwise */
		fd_close(&next->hold);
		(*v)->path = beside;	/* goes with the old one */
		vault_close(*v);
		*v = next;
	} else {
		next->path = beside;
	}
	close(lock);
	return rc;
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

/* Under the folder's lock, the file beside held. */
static enum err_code put_in_place(const char *path, const char *beside, struct err *e)
{
	struct buf b;
	enum err_code rc;

	buf_init(&b, 4 * KEYFILE_BYTES);
	rc = file_read(beside, &b, e);
	if (rc == ERR_OK)
		rc = vault_put(path, buf_slice(&b), e);
	if (rc == ERR_OK)
		(void)unlink(beside);
	buf_release(&b);
	return rc;
}

static enum err_code settle(const char *path, const char *beside, uint32_t generation, struct err *e)
{
	uint32_t here, there = 0;
	enum err_code rc = generation_of(path, &here, e);
	int hold;

	if (rc != ERR_OK)
		return rc;
	hold = hold_file(beside);
	if (here == generation) {
		/* nothing was committed for it, or finish was cut at its end; what is held is somebody's work */
		if (hold >= 0 && unlink(beside) != 0)
			rc = err_sys(e, ERR_IO, "cannot remove %s", beside);
	} else if (hold < 0 && file_exists(beside)) {
		rc = under_way(e);
	} else if (hold >= 0 && generation_of(beside, &there, NULL) == ERR_OK && there == generation) {
		rc = put_in_place(path, beside, e);
	} else {
		err_set(e, ERR_CONFLICT, "the vault is of generation %u, the database of %u", (unsigned)here, (unsigned)generation);
		rc = err_mend(e, ERR_CONFLICT, "restore vault.key and claviger.db from the same backup");
	}
	fd_close(&hold);
	return rc;
}

enum err_code vault_settle(const char *path, uint32_t generation, struct err *e)
{
	char *beside;
	enum err_code rc;
	int lock;

	/* the usual case, without waiting for anybody's lock */
	beside = vault_next_path(path);
	if (!file_exists(beside) && !vault_has_left_over(path)) {
		rc = settle(path, beside, generation, e);
		free(beside);
		return rc;
	}
	lock = vault_lock_folder(path, e);
	rc = lock >= 0 ? settle(path, beside, generation, e) : ERR_IO;
	fd_close(&lock);
	free(beside);
	return rc;
}
