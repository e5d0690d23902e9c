/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/secret_source.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/env.h"
#include "base/fd.h"
#include "base/memory.h"
#include "base/path.h"

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

static enum err_code read_all(int fd, int64_t deadline_us, struct secret **out, struct err *e)
{
	struct secret *s = secret_new(SECRET_MAX);
	enum err_code rc;

	*out = NULL;
	if (s == NULL)
		return no_room(e);
	rc = read_secret(fd, deadline_us, s, e);
	if (rc == ERR_OK)
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
	return read_all(fd, 0, out, e);
}

enum err_code secret_from_file(const char *path, struct secret **out, struct err *e)
{
	/* O_NONBLOCK: a fifo in its place must not hang us; it is refused below */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	enum err_code rc;

	*out = NULL;
	if (fd < 0)
		return err_sys(e, errno == ENOENT ? ERR_MISSING : ERR_IO, "cannot open %s", path);
	rc = path_check_private_file(fd, path, e);
	if (rc == ERR_OK)
		rc = read_all(fd, 0, out, e);
	close(fd);
	return rc;
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

/* A pipe whose ends no other child inherits; the child's end becomes its fd 1. */
static enum err_code start(const char *command, pid_t *pid, int *from, struct err *e)
{
	static const char *const granted[] = {"HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS",
		"GNUPGHOME", "GPG_TTY", "SSH_AUTH_SOCK", "PASSWORD_STORE_DIR", "USER", "LOGNAME", "TERM", "DISPLAY", "WAYLAND_DISPLAY", NULL};
	char sh[] = "sh", option[] = "-c", *text = xstrdup(command);
	char *argv[] = {sh, option, text, NULL};
	char **env = env_minimal(granted, NULL);
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int ends[2], rc;

	if (pipe2(ends, O_CLOEXEC) != 0) {
		env_free(env);
		free(text);
		return err_sys(e, ERR_IO, "cannot make a pipe");
	}
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
#ifdef HAVE_POSIX_SPAWN_FILE_ACTIONS_ADDCLOSEFROM_NP
	posix_spawn_file_actions_addclosefrom_np(&actions, 3);
#endif
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
	rc = posix_spawn(pid, "/bin/sh", &actions, &attr, argv, env);
	posix_spawnattr_destroy(&attr);
	posix_spawn_file_actions_destroy(&actions);
	close(ends[1]);
	env_free(env);
	free(text);
	if (rc != 0) {
		close(ends[0]);
		errno = rc;
		return err_sys(e, ERR_IO, "cannot start /bin/sh");
	}
	*from = ends[0];
	return ERR_OK;
}

/* Its status. The group is ended before its leader is waited for: until then its
 * number cannot have become somebody else's. */
static int reap(pid_t pid, int64_t deadline_us)
{
	const struct timespec nap = {0, 5 * 1000 * 1000};
	siginfo_t ended = {.si_pid = 0};
	int status = -1;

	while (waitid(P_PID, (id_t)pid, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid == 0 && clock_steady_us() < deadline_us)
		nanosleep(&nap, NULL);
	kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static enum err_code judge(int status, struct err *e)
{
	if (!WIFEXITED(status))
		return err_set(e, ERR_IO, "the command was ended by a signal");
	return WEXITSTATUS(status) == 0 ? ERR_OK : err_set(e, ERR_IO, "the command ended with status %d", WEXITSTATUS(status));
}

enum err_code secret_from_command(const char *command, int timeout_ms, struct secret **out, struct err *e)
{
	int64_t deadline_us = clock_steady_us() + timeout_ms * US_PER_MS;
	enum err_code rc;
	int from = -1, status;
	pid_t pid = -1;

	*out = NULL;
	rc = start(command, &pid, &from, e);
	if (rc != ERR_OK)
		return rc;
	rc = read_all(from, deadline_us, out, e);
	fd_close(&from);
	/* what failed need not run on; an empty answer may come with a status that says why */
	status = reap(pid, rc == ERR_OK || rc == ERR_USAGE ? deadline_us : 0);
	if ((rc == ERR_OK || rc == ERR_USAGE) && judge(status, e) != ERR_OK) {
		secret_free(*out);
		*out = NULL;
		rc = ERR_IO;
	}
	return rc;
}
