/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/codebase/scratch.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

#define PREFIX "work."
#define DEPTH_MAX 100
#define TRIES 8

static int open_folder(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static void remove_tree(int at, const char *name, int depth)
{
	int fd = depth < DEPTH_MAX ? open_folder(at, name) : -1;
	DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *f;

	while (d != NULL && (f = readdir(d)) != NULL) {
		if (strcmp(f->d_name, ".") == 0 || strcmp(f->d_name, "..") == 0)
			continue;
		if (unlinkat(fd, f->d_name, 0) != 0)
			remove_tree(fd, f->d_name, depth + 1);
	}
	if (d != NULL)
		closedir(d);
	else if (fd >= 0)
		close(fd);
	unlinkat(at, name, AT_REMOVEDIR);
}

/* A sweep may come between the making and the lock and take it away: then another one. */
enum err_code scratch_open(struct scratch *s, const char *parent, struct err *e)
{
	struct stat st;
	int i;

	for (i = 0; i < TRIES; i++) {
		*s = (struct scratch){.folder = xasprintf("%s/" PREFIX "XXXXXX", parent), .lock = -1};
		if (mkdtemp(s->folder) == NULL)
			break;
		s->lock = open_folder(AT_FDCWD, s->folder);
		if (s->lock >= 0 && flock(s->lock, LOCK_EX | LOCK_NB) == 0 && stat(s->folder, &st) == 0)
			return ERR_OK;
		scratch_close(s);
	}
	free(s->folder);
	*s = (struct scratch){.lock = -1};
	return err_sys(e, ERR_IO, "making a work folder");
}

void scratch_close(struct scratch *s)
{
	if (s->folder == NULL)
		return;
	remove_tree(AT_FDCWD, s->folder, 0);
	if (s->lock >= 0)
		close(s->lock);
	free(s->folder);
	*s = (struct scratch){.lock = -1};
}

void scratch_sweep(const char *parent)
{
	DIR *d = opendir(parent);
	const struct dirent *f;

	while (d != NULL && (f = readdir(d)) != NULL) {
		int fd;

		if (strncmp(f->d_name, PREFIX, strlen(PREFIX)) != 0 || (fd = open_folder(dirfd(d), f->d_name)) < 0)
			continue;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			remove_tree(dirfd(d), f->d_name, 0);
		close(fd);
	}
	if (d != NULL)
		closedir(d);
}
