/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/secret_source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/env.h"
#include "base/memory.h"
#include "base/path.h"
#include "base/spawn.h"

/* One more than may be: a longer secret is told from one that just fits. */
#define READ_MAX (SECRET_MAX - 1)

static enum err_code no_room(struct err *e)
{
	err_set(e, ERR_LIMIT, "the memory for secrets is full");
	return err_mend(e, ERR_LIMIT, "raise the limit: ulimit -l 8192");
}

/* Until the end of fd, or until deadline_us of the steady clock (0: none). */
static enum err_code read_secret(int fd, int64_t deadline_us, struct secret *s, struct err *e)
{
	for (;;) {
		struct pollfd pf = {.fd = fd, .events = POLLIN};
		int64_t left_ms = deadline_us != 0 ? (deadline_us - clock_steady_us()) / US_PER_MS : -1;
		ssize_t n;

		if (deadline_us != 0 && left_ms <= 0)
			return err_set(e, ERR_LIMIT, "it took too long to give the secret");
		if (poll(&pf, 1, (int)left_ms) < 0 && errno != EINTR)
			return err_sys(e, ERR_IO, "cannot wait for the secret");
		if (pf.revents == 0)
			continue;
		n = read(fd, s->p + s->len, s->room - s->len);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n < 0)
			return err_sys(e, ERR_IO, "cannot read the secret");
		if (n == 0)
			return ERR_OK;
		s->len += (size_t)n;
		s->p[s->len] = '\0';
		if (s->len == s->room)
			return err_set(e, ERR_LIMIT, "the secret is longer than %d bytes", READ_MAX);
	}
}

static enum err_code finish(struct secret *s, struct err *e)
{
	if (s->len > 0 && s->p[s->len - 1] == '\n')
		s->p[--s->len] = '\0';
	if (s->len > 0 && s->p[s->len - 1] == '\r')
		s->p[--s->len] = '\0';
	return s->len > 0 ? ERR_OK : err_set(e, ERR_USAGE, "the secret is empty");
}

static enum err_code read_all(int fd, int64_t deadline_us, bool is_whole, struct secret **out, struct err *e)
{
	struct secret *s = secret_new(SECRET_MAX);
	enum err_code rc;

	*out = NULL;
	if (s == NULL)
		return no_room(e);
	rc = read_secret(fd, deadline_us, s, e);
	if (rc == ERR_OK && !is_whole)
		rc = finish(s, e);
	/* handed over in a piece of its size: locked memory is short */
	if (rc == ERR_OK && (*out = secret_new(s->len)) == NULL)
		rc = no_room(e);
	if (rc == ERR_OK)
		(void)secret_set(*out, s->p, s->len);
	secret_free(s);
	return rc;
}

enum err_code secret_from_fd(int fd, struct secret **out, struct err *e)
{
	return read_all(fd, 0, false, out, e);
}

static enum err_code from_file(const char *path, bool is_whole, struct secret **out, struct err *e)
{
	/* O_NONBLOCK: a fifo in its place must not hang us; it is refused below */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	enum err_code rc;

	*out = NULL;
	if (fd < 0)
		return err_sys(e, errno == ENOENT ? ERR_MISSING : ERR_IO, "cannot open %s", path);
	rc = path_check_private_file(fd, path, e);
	if (rc == ERR_OK)
		rc = read_all(fd, 0, is_whole, out, e);
	close(fd);
	return rc;
}

enum err_code secret_from_file(const char *path, struct secret **out, struct err *e)
{
	return from_file(path, false, out, e);
}

enum err_code secret_from_file_whole(const char *path, struct secret **out, struct err *e)
{
	return from_file(path, true, out, e);
}

enum err_code secret_from_credential(const char *name, struct secret **out, struct err *e)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	char *path;
	enum err_code rc;

	*out = NULL;
	if (folder == NULL || folder[0] != '/')
		return err_set(e, ERR_MISSING, "systemd gave no credentials");
	path = xasprintf("%s/%s", folder, name);
	rc = secret_from_file(path, out, e);
	free(path);
	return rc;
}

/* --- a command ----------------------------------------------------------------- */

/* What password managers need to find their store and their agent. */
static const char *const granted[] = {"HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS",
	"GNUPGHOME", "GPG_TTY", "SSH_AUTH_SOCK", "PASSWORD_STORE_DIR", "USER", "LOGNAME", "TERM", "DISPLAY", "WAYLAND_DISPLAY", NULL};

static enum err_code start(const char *command, struct spawn_child *child, struct err *e)
{
	const char *const argv[] = {"/bin/sh", "-c", command, NULL};
	struct spawn_spec spec = {.argv = argv, .pipes = SPAWN_OUT};
	char **env = env_minimal(granted, NULL);
	char *cwd = getcwd(NULL, 0);	/* the person's command may name a script beside them */
	enum err_code rc;

	spec.env = (const char *const *)env;
	spec.folder = cwd;
	rc = spawn_start(child, &spec, e);
	free(cwd);
	env_free(env);
	return rc;
}

static enum err_code judge(struct spawn_child *c, int64_t deadline_us, struct err *e)
{
	int64_t left_us = deadline_us - clock_steady_us();

	if (!spawn_wait(c, left_us > 0 ? left_us : 0))
		return err_set(e, ERR_LIMIT, "the command took too long");
	if (!WIFEXITED(c->status))
		return err_set(e, ERR_IO, "the command was ended by a signal");
	return WEXITSTATUS(c->status) == 0 ? ERR_OK : err_set(e, ERR_IO, "the command ended with status %d", WEXITSTATUS(c->status));
}

enum err_code secret_from_command(const char *command, int timeout_ms, struct secret **out, struct err *e)
{
	int64_t deadline_us = clock_steady_us() + timeout_ms * US_PER_MS;
	struct spawn_child child = SPAWN_NONE;
	struct err why = {0};
	enum err_code rc, judged;

	*out = NULL;
	rc = start(command, &child, e);
	if (rc != ERR_OK)
		return rc;
	rc = read_all(child.out, deadline_us, false, out, e);
	/* an empty answer mostly comes with a status that says why */
	if (rc == ERR_OK || rc == ERR_USAGE) {
		judged = judge(&child, deadline_us, &why);
		if (judged != ERR_OK) {
			secret_free(*out);
			*out = NULL;
			rc = judged;
			if (e != NULL)
				*e = why;
		}
	}
	spawn_release(&child);
	return rc;
}
