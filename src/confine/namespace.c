/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where there is no Landlock: a user namespace gives the right to mount in a
 * mount namespace of our own, and there a root is built in memory that holds the
 * granted paths at their own places and nothing else. The old root is detached. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/memory.h"
#include "confine/confine.h"

#define STAGE "/tmp"	/* covered by the new root while it is built */

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), r;

	if (fd < 0)
		return -1;
	r = fd_write_all(fd, text, strlen(text));
	close(fd);
	return r;
}

static int enter_user(int more_flags)
{
	char map[64];
	unsigned uid = (unsigned)getuid(), gid = (unsigned)getgid();

	/* Files of ours under /proc belong to root while we are not dumpable. */
	prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | more_flags) != 0)
		return -1;
	snprintf(map, sizeof map, "%u %u 1\n", uid, uid);
	if (put("/proc/self/uid_map", map) != 0)
		return -1;
	(void)put("/proc/self/setgroups", "deny");
	snprintf(map, sizeof map, "%u %u 1\n", gid, gid);
	return put("/proc/self/gid_map", map);
}

bool namespace_works(void)
{
	return enter_user(0) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

/* The flags that a mount came with cannot be dropped here: keep them. */
static unsigned long kept_flags(const char *path)
{
	struct statvfs v;
	unsigned long f = 0;

	if (statvfs(path, &v) != 0)
		return 0;
	f |= v.f_flag & ST_NODEV ? MS_NODEV : 0;
	f |= v.f_flag & ST_NOEXEC ? MS_NOEXEC : 0;
	f |= v.f_flag & ST_NOATIME ? MS_NOATIME : 0;
	f |= v.f_flag & ST_NODIRATIME ? MS_NODIRATIME : 0;
	f |= v.f_flag & ST_RELATIME ? MS_RELATIME : 0;
	f |= v.f_flag & ST_RDONLY ? MS_RDONLY : 0;
	return f;
}

/* A folder or an empty file to mount on, with the folders above it. from is read before it is covered. */
static int make_place(const char *place, bool is_folder)
{
	struct err ignored;
	char *above;
	int fd;

	if (is_folder)
		return file_make_folders(place, 0755, &ignored) == ERR_OK ? 0 : -1;
	above = xstrndup(place, (size_t)(strrchr(place, '/') - place));
	fd = file_make_folders(above, 0755, &ignored) == ERR_OK ? open(place, O_WRONLY | O_CREAT | O_CLOEXEC, 0644) : -1;
	free(above);
	if (fd < 0)
		return -1;
	close(fd);
	return 0;
}

/* Bring what was at path before (old is where the old root is) into the new root. */
static int bring(const char *path, bool may_write, bool is_device)
{
	char *from = xasprintf("/old%s", path), *place = xstrdup(path), link[4096];
	struct stat st;
	ssize_t n;
	int r = -1;

	if (lstat(from, &st) != 0)
		goto out;
	if (S_ISLNK(st.st_mode)) {	/* /lib -> usr/lib: the same link */
		n = readlink(from, link, sizeof link - 1);
		if (n > 0) {
			link[n] = '\0';
			r = symlink(link, place) == 0 || errno == EEXIST ? 0 : -1;
		}
		goto out;
	}
	if (make_place(place, S_ISDIR(st.st_mode)) != 0 || mount(from, place, NULL, MS_BIND | MS_REC, NULL) != 0)
		goto out;
	r = mount(NULL, place, NULL, MS_BIND | MS_REMOUNT | MS_NOSUID | (may_write ? 0 : MS_RDONLY) | (is_device ? 0 : MS_NODEV) | kept_flags(place), NULL);
out:
	free(from);
	free(place);
	return r;
}

static enum err_code bring_all(const struct confine *c, struct err *e)
{
	size_t i;

	for (i = 0; confine_system_ro[i] != NULL; i++)
		if (strcmp(confine_system_ro[i], "/proc/self") != 0 && bring(confine_system_ro[i], false, strncmp(confine_system_ro[i], "/dev/", 5) == 0) != 0 &&
		    errno != ENOENT && errno != ENOTDIR)
			return err_sys(e, ERR_IO, "cannot grant %s", confine_system_ro[i]);
	for (i = 0; confine_system_rw[i] != NULL; i++)
		if (bring(confine_system_rw[i], true, true) != 0 && errno != ENOENT)
			return err_sys(e, ERR_IO, "cannot grant %s", confine_system_rw[i]);
	for (i = 0; c->ro[i] != NULL; i++)
		if (bring(c->ro[i], false, false) != 0)
			return err_sys(e, ERR_IO, "cannot grant %s", c->ro[i]);
	for (i = 0; c->rw[i] != NULL; i++)
		if (bring(c->rw[i], true, false) != 0)
			return err_sys(e, ERR_IO, "cannot grant %s", c->rw[i]);
	if (access(c->program, X_OK) != 0 && bring(c->program, false, false) != 0)
		return err_sys(e, ERR_IO, "cannot grant %s", c->program);
	return ERR_OK;
}

/* Nothing of what the namespace gave is needed any more. */
static void drop_capabilities(void)
{
	int cap;

	for (cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++)
		prctl(PR_CAPBSET_DROP, cap, 0, 0, 0);
}

enum err_code namespace_enter(const struct confine *c, struct err *e)
{
	char *folder = getcwd(NULL, 0);
	enum err_code code;

	if (enter_user(CLONE_NEWIPC | (c->may_network ? 0 : CLONE_NEWNET)) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) {
		free(folder);
		return err_sys(e, ERR_IO, "cannot make a namespace");
	}
	if (mount("none", STAGE, "tmpfs", MS_NOSUID | MS_NODEV, "size=4m,mode=0755") != 0 || mkdir(STAGE "/old", 0700) != 0 ||
	    syscall(SYS_pivot_root, STAGE, STAGE "/old") != 0 || chdir("/") != 0) {
		free(folder);
		return err_sys(e, ERR_IO, "cannot make a root of our own");
	}
	code = bring_all(c, e);
	if (code == ERR_OK && (umount2("/old", MNT_DETACH) != 0 || rmdir("/old") != 0))
		code = err_sys(e, ERR_IO, "cannot leave the old root");
	if (code == ERR_OK && mount(NULL, "/", NULL, MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) != 0)
		code = err_sys(e, ERR_IO, "cannot seal the new root");
	/* The folder it was started in, if that was granted. */
	if (code == ERR_OK && folder != NULL && chdir(folder) != 0 && chdir("/") != 0)
		code = err_sys(e, ERR_IO, "cannot enter /");
	free(folder);
	drop_capabilities();
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	return code;
}
