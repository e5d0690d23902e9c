/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `workspace destroy`: first the wrapped root, since without it nothing sealed opens
 * again, wherever a copy of the database lies; then the folder. Killed in between, the
 * workspace has no vault.key, and the same verb goes on. */
#include "desk/keep.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/memory.h"
#include "base/path.h"
#include "desk/workspace.h"
#include "store/lease.h"
#include "vault/vault.h"

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
	(void)st;
	(void)kind;
	(void)where;
	return remove(path);
}

int workspace_remove(const char *folder)
{
	/* links are removed, never followed; and no further than this filesystem */
	return nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

int workspace_hold(const char *folder)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char *path = xasprintf("%s/" WORKSPACE_HOLD, folder);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	free(path);
	if (fd >= 0 && fcntl(fd, F_OFD_SETLK, &l) != 0)
		fd_close(&fd);
	return fd;
}

/* What nobody holds was left by a kill. */
void workspace_sweep(const struct paths *p)
{
	DIR *d = opendir(p->workspaces);
	struct dirent *at;

	while (d != NULL && (at = readdir(d)) != NULL)
		if (at->d_name[0] == '.' && (strstr(at->d_name, WORKSPACE_GOING) != NULL || strstr(at->d_name, WORKSPACE_COMING) != NULL)) {
			char *path = xasprintf("%s/%s", p->workspaces, at->d_name);
			int held = workspace_hold(path);

			if (held >= 0)
				(void)workspace_remove(path);
			fd_close(&held);
			free(path);
		}
	if (d != NULL)
		closedir(d);
}

enum err_code desk_find(const struct desk_options *o, const char *name, struct err *e)
{
	struct paths p = {0};
	struct workspace_paths w = {0};
	enum err_code rc = paths_find(&p, o->home, e);

	if (rc == ERR_OK)
		rc = workspace_paths_find(&w, &p, name, e);
	if (rc == ERR_OK)
		rc = path_check_private(w.folder, e);
	if (rc == ERR_MISSING) {
		err_set(e, rc, "no workspace is called %.64s", name);
		err_mend(e, rc, "see: claviger workspace list");
	}
	workspace_paths_release(&w);
	paths_release(&p);
	return rc;
}

enum err_code desk_destroy(const struct desk_options *o, const char *name, struct err *e)
{
	struct paths p = {0};
	struct workspace_paths w = {0};
	char *away = NULL;
	int lock = -1, held = -1;
	enum err_code rc = paths_find(&p, o->home, e);

	if (rc == ERR_OK)
		rc = workspace_paths_find(&w, &p, name, e);
	if (rc == ERR_OK) {
		workspace_sweep(&p);
		rc = path_check_private(w.folder, e);
	}
	if (rc == ERR_OK)
		rc = lease_bar(w.folder, &lock, e);
	if (rc == ERR_OK)
		rc = vault_destroy(w.vault, e);
	if (rc == ERR_OK) {
		/* out of the list in one step, then piece by piece */
		away = xasprintf("%s/.%s" WORKSPACE_GOING "%ld", p.workspaces, name, (long)getpid());
		if (rename(w.folder, away) != 0 || (held = workspace_hold(away)) < 0 || workspace_remove(away) != 0)
			rc = err_sys(e, ERR_IO, "its keys are gone, but not all of %s", w.folder);
	}
	fd_close(&held);
	fd_close(&lock);
	free(away);
	workspace_paths_release(&w);
	paths_release(&p);
	return rc;
}
