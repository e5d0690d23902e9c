/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/memory.h"

enum err_code file_read(const char *path, struct buf *out, struct err *e)
{
	char block[16384];
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return err_sys(e, errno == ENOENT ? ERR_MISSING : ERR_IO, "cannot open %s", path);
	while ((n = read(fd, block, sizeof block)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_sys(e, ERR_IO, "cannot read %s", path);
			close(fd);
			return ERR_IO;
		}
		buf_add(out, block, (size_t)n);
		if (out->over)
			break;
	}
	close(fd);
	return out->over ? err_set(e, ERR_LIMIT, "%s is too long", path) : ERR_OK;
}

/* A rename is durable only once the folder that holds the name is. */
static int sync_folder_of(const char *path)
{
	char *copy = xstrdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd < 0 ? -1 : fsync(fd);

	if (fd >= 0)
		close(fd);
	free(copy);
	return rc;
}

enum err_code file_replace(const char *path, struct slice bytes, mode_t mode, struct err *e)
{
	char *beside = xasprintf("%s.new.%ld", path, (long)getpid());
	enum err_code rc = ERR_OK;
	int fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);

	if (fd < 0 || fchmod(fd, mode) != 0 || fd_write_all(fd, bytes.p, bytes.len) != 0 || fsync(fd) != 0)
		rc = err_sys(e, ERR_IO, "cannot write %s", path);
	if (fd >= 0 && close(fd) != 0 && rc == ERR_OK)
		rc = err_sys(e, ERR_IO, "cannot write %s", path);
	if (rc == ERR_OK && (rename(beside, path) != 0 || sync_folder_of(path) != 0))
		rc = err_sys(e, ERR_IO, "cannot replace %s", path);
	if (rc != ERR_OK)
		unlink(beside);
	free(beside);
	return rc;
}

enum err_code file_make_folders(const char *path, mode_t mode, struct err *e)
{
	char *copy = xstrdup(path);
	char *at;
	enum err_code rc = ERR_OK;

	for (at = copy + 1; rc == ERR_OK; at++) {
		char c = *at;

		if (c != '/' && c != '\0')
			continue;
		*at = '\0';
		if (mkdir(copy, mode) != 0 && errno != EEXIST)
			rc = err_sys(e, ERR_IO, "cannot make the folder %s", copy);
		*at = c;
		if (c == '\0')
			break;
	}
	free(copy);
	return rc;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}
