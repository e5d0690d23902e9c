/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where vault.key lies, and how one takes another's place.
 *
 *   1. the new file is written beside, synced
 *   2. the old one gets a second name, vault.key.old
 *   3. the new one is renamed over vault.key: the moment of truth; synced
 *   4. what bears the name vault.key.old is overwritten, synced and unlinked
 *
 * Killed before 3 the old file is in place, after it the new one; what lies about
 * then is swept under the next lock, overwritten too. A copy-on-write or
 * journaling filesystem and an SSD may keep the old blocks all the same:
 * claviger-vault(5) says so. */
#include "vault/vault.h"

#include <dirent.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/memory.h"
#include "vault/internal.h"

char *vault_next_path(const char *path)
{
	return xasprintf("%s.next", path);
}

/* Overwrite and unlink name in folder. A file with another name somewhere is
 * somebody's backup: it only loses this one. Failing is no harm to the vault. */
static void wipe_file(int folder, const char *name)
{
	static const uint8_t zeros[KEYFILE_BYTES];
	int fd = openat(folder, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1) {
		(void)(fd_write_all(fd, zeros, sizeof zeros) == 0 && fsync(fd) == 0);
	}
	fd_close(&fd);
	(void)unlinkat(folder, name, 0);
}

/* Unless it is the one in place: a rename between two names of one file does nothing. */
static void wipe_old(const char *path, const char *old)
{
	struct stat here, there;

	if (stat(path, &here) == 0 && stat(old, &there) == 0 && here.st_ino == there.st_ino)
		(void)unlink(old);
	else
		wipe_file(AT_FDCWD, old);
}

/* What a process that was killed in the middle left beside the file: vault.key.old,
 * vault.key.new.PID, vault.key.next.new.PID (file_replace() names them so). */
static bool is_left_over(const char *name, const char *base)
{
	size_t n = strlen(base);

	return strncmp(name, base, n) == 0 && (strcmp(name + n, ".old") == 0 || (name[n] == '.' && strstr(name + n, ".new.") != NULL));
}

void vault_sweep(DIR *d, const char *base)
{
	struct dirent *at;

	while ((at = readdir(d)) != NULL)
		if (is_left_over(at->d_name, base))
			wipe_file(dirfd(d), at->d_name);
}

bool vault_has_left_over(const char *path)
{
	char *copy = xstrdup(path), *other = xstrdup(path);
	const char *base = basename(other);
	DIR *d = opendir(dirname(copy));
	struct dirent *at;
	bool yes = false;

	while (!yes && d != NULL && (at = readdir(d)) != NULL)
		yes = is_left_over(at->d_name, base);
	if (d != NULL)
		closedir(d);
	free(other);
	free(copy);
	return yes;
}

enum err_code vault_write(struct vault *v, struct err *e)
{
	uint8_t bytes[KEYFILE_BYTES];

	v->file.mac = vault_file_mac(v, &v->file);
	keyfile_encode(&v->file, bytes);
	return vault_put(v->path, slice_make(bytes, sizeof bytes), e);
}

enum err_code vault_put(const char *path, struct slice bytes, struct err *e)
{
	char *old = xasprintf("%s.old", path);
	/* without hard links (some filesystems) the old file goes as any other */
	bool has_old = link(path, old) == 0;
	enum err_code rc = file_replace(path, bytes, 0600, e);

	/* the folder could not be synced: who is told that it failed must find the old one */
	if (rc != ERR_OK && has_old)
		(void)rename(old, path);
	if (has_old)
		wipe_old(path, old);
	free(old);
	return rc;
}

static enum err_code sync_folder(int fd, struct err *e)
{
	return fsync(fd) == 0 ? ERR_OK : err_sys(e, ERR_IO, "the vault's folder cannot be synced");
}

enum err_code vault_destroy(const char *path, struct err *e)
{
	char *copy = xstrdup(path), *next = vault_next_path(path);
	const char *base = basename(copy);
	int lock = vault_lock_folder(path, e);
	enum err_code rc = lock >= 0 ? ERR_OK : ERR_IO;

	if (rc == ERR_OK) {
		wipe_file(AT_FDCWD, path);
		wipe_file(AT_FDCWD, next);
		if (access(path, F_OK) == 0 || access(next, F_OK) == 0)
			rc = err_set(e, ERR_IO, "%s cannot be removed", base);
	}
	if (rc == ERR_OK)
		rc = sync_folder(lock, e);
	fd_close(&lock);
	free(next);
	free(copy);
	return rc;
}

enum err_code vault_facts(struct slice bytes, struct vault_facts *out, struct err *e)
{
	struct key_file f;
	enum err_code rc = keyfile_decode(&f, bytes, e);

	*out = (struct vault_facts){.generation = 0};
	if (rc != ERR_OK)
		return rc;
	memcpy(out->workspace, f.workspace, sizeof out->workspace);
	out->generation = f.generation;
	return ERR_OK;
}
