/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memory.h"
#include "base/slice.h"

/* --- where things are ----------------------------------------------------- */

static const char *env_text(const char *name)
{
	const char *s = getenv(name);

	return s != NULL && *s != '\0' ? s : NULL;
}

static char *user_home(struct err *e)
{
	const char *home = env_text("HOME");
	struct passwd *pw;

	if (home != NULL && home[0] == '/')
		return xstrdup(home);
	pw = getpwuid(getuid());
	if (pw != NULL && pw->pw_dir != NULL && pw->pw_dir[0] == '/')
		return xstrdup(pw->pw_dir);
	err_set(e, ERR_MISSING, "no home folder is known for you");
	err_mend(e, ERR_MISSING, "set HOME, or give --home DIR");
	return NULL;
}

static void drop_end_slashes(char *s)
{
	size_t n = strlen(s);

	while (n > 1 && s[n - 1] == '/')
		s[--n] = '\0';
}

/* A folder the person named: made absolute, so that a later chdir changes nothing. */
static char *absolute(const char *path)
{
	char *cwd, *out;

	if (path[0] == '/') {
		out = xstrdup(path);
	} else {
		cwd = getcwd(NULL, 0);
		if (cwd == NULL)
			return NULL;
		out = xasprintf("%s/%s", cwd, path);
		free(cwd);
	}
	drop_end_slashes(out);
	return out;
}

/* $XDG/claviger, or home/fallback/claviger. The standard says to ignore relative ones. */
static char *xdg_folder(const char *variable, const char *home, const char *fallback)
{
	const char *base = env_text(variable);

	if (base != NULL && base[0] == '/')
		return xasprintf("%s/claviger", base);
	return xasprintf("%s/%s/claviger", home, fallback);
}

enum err_code paths_find(struct paths *out, const char *home_option, struct err *e)
{
	const char *named = home_option != NULL ? home_option : env_text("CLAVIGER_HOME");
	char *user, *folder;

	memset(out, 0, sizeof *out);
	if (named != NULL && *named == '\0') {
		err_set(e, ERR_USAGE, "the home folder's name is empty");
		return err_mend(e, ERR_USAGE, "give --home DIR");
	}
	user = user_home(e);
	if (user == NULL)
		return ERR_MISSING;
	out->home = named != NULL ? absolute(named) : xdg_folder("XDG_DATA_HOME", user, ".local/share");
	if (out->home == NULL) {
		free(user);
		return err_sys(e, ERR_IO, "the working folder cannot be read");
	}
	out->workspaces = xasprintf("%s/workspaces", out->home);
	folder = xdg_folder("XDG_CONFIG_HOME", user, ".config");
	out->config = xasprintf("%s/config", folder);
	free(folder);
	out->state = xdg_folder("XDG_STATE_HOME", user, ".local/state");
	out->log = xasprintf("%s/log", out->state);
	free(user);
	return ERR_OK;
}

void paths_release(struct paths *p)
{
	free(p->home);
	free(p->workspaces);
	free(p->config);
	free(p->state);
	free(p->log);
	memset(p, 0, sizeof *p);
}

/* --- workspaces ------------------------------------------------------------- */

bool path_workspace_name_ok(const char *name)
{
	static const char ok[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
	size_t n = name != NULL ? strlen(name) : 0;

	/* a leading dot would hide it or climb, a leading dash would read as an option */
	return n >= 1 && n <= PATH_WORKSPACE_NAME_MAX && name[0] != '.' && name[0] != '-' && strspn(name, ok) == n;
}

enum err_code workspace_paths_find(struct workspace_paths *out, const struct paths *p, const char *name, struct err *e)
{
	memset(out, 0, sizeof *out);
	if (!path_workspace_name_ok(name)) {
		err_set(e, ERR_USAGE, "that is no name for a workspace");
		return err_mend(e, ERR_USAGE, "use 1 to %d letters, digits, '-', '_' or '.', starting with a letter, digit or '_'",
		    PATH_WORKSPACE_NAME_MAX);
	}
	out->folder = xasprintf("%s/%s", p->workspaces, name);
	out->database = xasprintf("%s/claviger.db", out->folder);
	out->vault = xasprintf("%s/vault.key", out->folder);
	out->lock = xasprintf("%s/worker.lock", out->folder);
	out->tick = xasprintf("%s/tick", out->folder);
	out->board = xasprintf("%s/board", out->folder);
	out->connectors = xasprintf("%s/connectors", out->folder);
	return ERR_OK;
}

void workspace_paths_release(struct workspace_paths *w)
{
	free(w->folder);
	free(w->database);
	free(w->vault);
	free(w->lock);
	free(w->tick);
	free(w->board);
	free(w->connectors);
	memset(w, 0, sizeof *w);
}

char *workspace_connector_folder(const struct workspace_paths *w, const char *name)
{
	return path_workspace_name_ok(name) ? xasprintf("%s/%s", w->connectors, name) : NULL;
}

/* --- whether a place will do --------------------------------------------------- */

/* f_type of filesystems whose locks, renames or shared mappings are another
 * machine's word. From linux/magic.h, which lacks some of them. */
static const unsigned long network_types[] = {
	0x6969,		/* nfs */
	0x517b,		/* smbfs */
	0xff534d42,	/* cifs */
	0xfe534d42,	/* smb2 */
	0x01021997,	/* 9p */
	0x5346414f,	/* afs */
	0x6b414653,	/* kafs */
	0x73757245,	/* coda */
	0x00c36400,	/* ceph */
	0x564c,		/* ncp */
	0x47504653,	/* gpfs */
	0x0bd00bd0,	/* lustre */
	0x01161970,	/* gfs2 */
	0x7461636f,	/* ocfs2 */
	0x19830326,	/* beegfs */
};
#define FUSE_TYPE 0x65735546UL

/* FUSE may be anything; these are known to sit on a local disk. */
static const char *const local_fuse[] = {
	"fuseblk", "fuse.gocryptfs", "fuse.encfs", "fuse.cryfs", "fuse.securefs", "fuse.fuse-overlayfs", "fuse.bindfs", "fuse.mergerfs",
};

bool path_is_network_fs(unsigned long f_type, const char *type_name)
{
	size_t i;

	/* the field is signed on some machines: compare what fits in 32 bits */
	f_type &= 0xffffffffUL;
	for (i = 0; i < LENGTH(network_types); i++)
		if (network_types[i] == f_type)
			return true;
	if (f_type != FUSE_TYPE)
		return false;
	for (i = 0; type_name != NULL && i < LENGTH(local_fuse); i++)
		if (strcmp(local_fuse[i], type_name) == 0)
			return false;
	return true;
}

/* The type that mountinfo names for a device; false if it has no such line. */
static bool mounted_type(dev_t dev, char *out, size_t room)
{
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char *line = NULL, wanted[32];
	size_t size = 0;
	bool found = false;

	if (f == NULL)
		return false;
	snprintf(wanted, sizeof wanted, " %u:%u ", major(dev), minor(dev));
	while (!found && getline(&line, &size, f) > 0) {
		const char *dash = strstr(line, " - ");

		if (dash == NULL || strstr(line, wanted) == NULL)
			continue;
		dash += 3;
		snprintf(out, room, "%.*s", (int)strcspn(dash, " \n"), dash);
		found = true;
	}
	free(line);
	fclose(f);
	return found;
}

static enum err_code check_filesystem(int fd, dev_t dev, const char *folder, struct err *e)
{
	struct statfs fs;
	char type[64];
	bool named;

	if (fstatfs(fd, &fs) != 0)
		return err_sys(e, ERR_IO, "cannot look at the filesystem of %s", folder);
	named = (unsigned long)fs.f_type == FUSE_TYPE && mounted_type(dev, type, sizeof type);
	if (!path_is_network_fs((unsigned long)fs.f_type, named ? type : NULL))
		return ERR_OK;
	err_set(e, ERR_USAGE, "%s is on a network filesystem, where locks cannot be trusted", folder);
	return err_mend(e, ERR_USAGE, "use a folder on a local disk: --home DIR");
}

enum err_code path_check_private(const char *folder, struct err *e)
{
	struct stat st;
	enum err_code rc = ERR_OK;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return err_set(e, ERR_MISSING, "there is no folder %s", folder);
	if (fd < 0 && (errno == ENOTDIR || errno == ELOOP)) {
		err_set(e, ERR_USAGE, "%s is not a folder", folder);
		return err_mend(e, ERR_USAGE, "a file or a symbolic link will not do: name the folder itself");
	}
	if (fd < 0 || fstat(fd, &st) != 0) {
		err_sys(e, ERR_IO, "cannot open the folder %s", folder);
		rc = ERR_IO;
	} else if (st.st_uid != geteuid()) {
		err_set(e, ERR_USAGE, "%s belongs to another user", folder);
		rc = err_mend(e, ERR_USAGE, "use a folder of your own: --home DIR");
	} else if ((st.st_mode & 077) != 0) {
		err_set(e, ERR_USAGE, (st.st_mode & (S_IWGRP | S_IWOTH)) != 0 ? "others may write to %s" : "others may look into %s", folder);
		rc = err_mend(e, ERR_USAGE, "chmod 700 %s", folder);
	} else {
		rc = check_filesystem(fd, st.st_dev, folder, e);
	}
	if (fd >= 0)
		close(fd);
	return rc;
}

enum err_code path_make_private(const char *folder, struct err *e)
{
	enum err_code rc = file_make_folders(folder, 0700, e);

	return rc == ERR_OK ? path_check_private(folder, e) : rc;
}

enum err_code path_check_private_file(int fd, const char *name, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_sys(e, ERR_IO, "cannot look at %s", name);
	if (!S_ISREG(st.st_mode))
		return err_set(e, ERR_USAGE, "%s is not a file", name);
	/* root's is fine: systemd and container runtimes put secrets there for us */
	if (st.st_uid != geteuid() && st.st_uid != 0) {
		err_set(e, ERR_USAGE, "%s belongs to another user", name);
		return err_mend(e, ERR_USAGE, "use a file of your own");
	}
	if ((st.st_mode & 077) != 0) {
		err_set(e, ERR_USAGE, "others may read %s", name);
		return err_mend(e, ERR_USAGE, "chmod 600 %s", name);
	}
	return ERR_OK;
}

/* --- one path in another ----------------------------------------------------------- */

static bool climbs(const char *rest)
{
	size_t n;

	for (; *rest != '\0'; rest += n) {
		rest += strspn(rest, "/");
		n = strcspn(rest, "/");
		if (n == 2 && rest[0] == '.' && rest[1] == '.')
			return true;
	}
	return false;
}

/* realpath of as much as exists, the rest as it is written; NULL if the rest
 * has a "..", which may come to mean anything. */
static char *resolve(const char *path)
{
	char *whole = absolute(path), *real, *out;
	size_t at;

	if (whole == NULL)
		return NULL;
	for (at = strlen(whole);; at--) {
		char c = whole[at];

		if (at > 0 && c != '/' && c != '\0')
			continue;
		whole[at] = '\0';
		real = realpath(at > 0 ? whole : "/", NULL);
		whole[at] = c;
		if (real != NULL || at == 0)
			break;
	}
	if (real == NULL)
		return whole;
	while (whole[at] == '/')
		at++;
	if (climbs(whole + at))
		out = NULL;
	else
		out = whole[at] == '\0' ? xstrdup(real) : xasprintf("%s/%s", strcmp(real, "/") == 0 ? "" : real, whole + at);
	free(real);
	free(whole);
	return out;
}

bool path_is_inside(const char *inner, const char *outer)
{
	char *a = resolve(inner), *b = resolve(outer);
	bool inside = true;	/* what cannot be told apart is not let through */
	size_t n;

	if (a != NULL && b != NULL) {
		n = strlen(b);
		inside = strcmp(b, "/") == 0 || (strncmp(a, b, n) == 0 && (a[n] == '\0' || a[n] == '/'));
	}
	free(a);
	free(b);
	return inside;
}

/* --- our own programs ----------------------------------------------------------------- */

char *path_helper(const char *name)
{
	static const char *const places[] = {"/../libexec/claviger/", "/"};
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash, *out;
	size_t i;

	if (n <= 0)
		return NULL;
	self[n] = '\0';
	slash = strrchr(self, '/');
	for (i = 0; slash != NULL && i < LENGTH(places); i++) {
		out = xasprintf("%.*s%s%s", (int)(slash - self), self, places[i], name);
		if (access(out, X_OK) == 0)
			return out;
		free(out);
	}
	return NULL;
}
