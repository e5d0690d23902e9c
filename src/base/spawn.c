/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/memory.h"

/* Our pipe ends start here, so that giving the child its fds 0 to 3 never
 * overwrites one that is still needed. */
#define FD_FLOOR 10

static int lift(int *fd)
{
	int up = fcntl(*fd, F_DUPFD_CLOEXEC, FD_FLOOR);

	fd_close(fd);
	*fd = up;
	return up < 0 ? -1 : 0;
}

static int pipe_above(int out[2])
{
	out[0] = out[1] = -1;
	if (pipe2(out, O_CLOEXEC) != 0)
		return -1;
	if (lift(&out[0]) != 0 || lift(&out[1]) != 0) {
		fd_close(&out[0]);
		fd_close(&out[1]);
		return -1;
	}
	return 0;
}

/* What a child is given on its fd n: theirs, and the end that stays here. */
struct end {
	int theirs, ours;
};

static int end_pipe(struct end *e, bool we_write)
{
	int p[2];

	if (pipe_above(p) != 0)
		return -1;
	e->theirs = p[we_write ? 0 : 1];
	e->ours = p[we_write ? 1 : 0];
	return fd_nonblock(e->ours);
}

static int end_null(struct end *e, bool we_write)
{
	int fd = open("/dev/null", (we_write ? O_RDONLY : O_WRONLY) | O_CLOEXEC);

	if (fd < 0 || lift(&fd) != 0)
		return -1;
	e->theirs = fd;
	return 0;
}

/* A pipe takes SECRET_MAX bytes at once, so nobody has to keep writing. */
static int end_secret(struct end *e, const struct secret *s)
{
	int p[2], result;

	if (pipe_above(p) != 0)
		return -1;
	e->theirs = p[0];
	result = fd_nonblock(p[1]);
	if (result == 0)
		result = fd_write_all(p[1], s->p, s->len);
	fd_close(&p[1]);
	return result;
}

static int ends_open(struct end ends[4], const struct spawn_spec *spec)
{
	int i;

	for (i = 0; i < 3; i++)
		if ((spec->pipes & (1u << i) ? end_pipe : end_null)(&ends[i], i == 0) != 0)
			return -1;
	if (spec->secret_fd > 0) {
		ends[3].theirs = fcntl(spec->secret_fd, F_DUPFD_CLOEXEC, FD_FLOOR);
		return ends[3].theirs >= 0 ? 0 : -1;
	}
	return spec->secret != NULL ? end_secret(&ends[3], spec->secret) : 0;
}

static int actions_fill(posix_spawn_file_actions_t *fa, const struct end ends[4], const char *folder)
{
	int i, r = 0;

	for (i = 0; i < 4 && r == 0; i++)
		if (ends[i].theirs >= 0)
			r = posix_spawn_file_actions_adddup2(fa, ends[i].theirs, i);
	if (r == 0)
		r = posix_spawn_file_actions_addclosefrom_np(fa, ends[3].theirs >= 0 ? 4 : 3);
	if (r == 0)
		r = posix_spawn_file_actions_addchdir_np(fa, folder != NULL ? folder : "/");
	return r;
}

static int attributes_fill(posix_spawnattr_t *at)
{
	sigset_t all, none;
	int r;

	sigfillset(&all);
	sigemptyset(&none);
	r = posix_spawnattr_setflags(at, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
	if (r == 0)
		r = posix_spawnattr_setpgroup(at, 0);
	if (r == 0)
		r = posix_spawnattr_setsigdefault(at, &all);
	if (r == 0)
		r = posix_spawnattr_setsigmask(at, &none);
	return r;
}

/* posix_spawn() wants char *const[]; it changes none of the strings. */
static char **borrowed(const char *const *list)
{
	size_t n = 0;
	char **out;

	while (list != NULL && list[n] != NULL)
		n++;
	out = xcalloc(n + 1, sizeof *out);
	if (n > 0)
		memcpy(out, list, n * sizeof *out);
	return out;
}

enum err_code spawn_start(struct spawn_child *c, const struct spawn_spec *spec, struct err *e)
{
	struct end ends[4] = {{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
	const char *path = spec->path != NULL ? spec->path : spec->argv[0];
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	char **argv = borrowed(spec->argv), **env = borrowed(spec->env);
	pid_t pid = 0;
	int i, r;

	*c = SPAWN_NONE;
	posix_spawn_file_actions_init(&fa);
	posix_spawnattr_init(&at);
	r = ends_open(ends, spec) != 0 ? errno : 0;
	if (r == 0)
		r = actions_fill(&fa, ends, spec->folder);
	if (r == 0)
		r = attributes_fill(&at);
	if (r == 0)
		r = posix_spawn(&pid, path, &fa, &at, argv, env);
	posix_spawn_file_actions_destroy(&fa);
	posix_spawnattr_destroy(&at);
	free(argv);
	free(env);
	for (i = 0; i < 4; i++) {
		fd_close(&ends[i].theirs);
		if (r != 0)
			fd_close(&ends[i].ours);
	}
	if (r != 0) {
		errno = r;
		return err_sys(e, r == ENOENT ? ERR_MISSING : ERR_IO, "starting %s", path);
	}
	c->pid = pid;
	c->in = ends[0].ours;
	c->out = ends[1].ours;
	c->err = ends[2].ours;
	return ERR_OK;
}

bool spawn_reap(struct spawn_child *c)
{
	siginfo_t info = {0};

	if (c->pid == 0)
		return true;
	/* Look first, reap later: while it is a zombie its group id is still
	 * its own, so what it left behind can be killed without hitting others. */
	if (waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD) {
		c->pid = 0;	/* someone else reaped it: its end is all we know */
		return true;
	}
	if (info.si_pid == 0)
		return false;
	kill(-c->pid, SIGKILL);
	while (waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
		;
	c->pid = 0;
	return true;
}

void spawn_signal(const struct spawn_child *c, int sig)
{
	if (c->pid > 0)
		kill(-c->pid, sig);
}

bool spawn_wait(struct spawn_child *c, int64_t wait_us)
{
	int64_t until = clock_steady_us() + wait_us;
	int fd = c->pid > 0 ? (int)syscall(SYS_pidfd_open, c->pid, 0) : -1;

	while (!spawn_reap(c)) {
		int64_t left = until - clock_steady_us();
		struct pollfd p = {.fd = fd, .events = POLLIN};

		if (left <= 0)
			break;
		/* Without a pidfd this is a nap. */
		poll(&p, fd >= 0 ? 1 : 0, fd >= 0 ? (int)(left / US_PER_MS) + 1 : 5);
	}
	fd_close(&fd);
	return c->pid == 0;
}

void spawn_release(struct spawn_child *c)
{
	int status;

	fd_close(&c->in);
	fd_close(&c->out);
	fd_close(&c->err);
	if (!spawn_reap(c)) {
		spawn_signal(c, SIGKILL);
		spawn_wait(c, 10 * US_PER_S);
	}
	status = c->status;
	*c = SPAWN_NONE;
	c->status = status;
}

char *spawn_find(const char *name, const char *path)
{
	while (path != NULL && *path != '\0') {
		size_t n = strcspn(path, ":");

		if (n > 0 && path[0] == '/') {
			char *full = xasprintf("%.*s/%s", (int)n, path, name);

			if (access(full, X_OK) == 0)
				return full;
			free(full);
		}
		path += n;
		path += *path == ':';
	}
	return NULL;
}

/* --- run to its end ---------------------------------------------------------- */

/* Read what is there. False at the end of the pipe. */
static bool pump(int fd, struct buf *into)
{
	char bytes[65536];
	ssize_t n = read(fd, bytes, sizeof bytes);

	if (n > 0) {
		size_t left = into->max > into->len ? into->max - into->len : 0;

		buf_add(into, bytes, (size_t)n < left ? (size_t)n : left);
		if ((size_t)n > left)
			into->over = true;
	}
	return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

static void feed(struct spawn_child *c, struct slice *input)
{
	ssize_t n = write(c->in, input->p, input->len);

	if (n > 0) {
		input->p += n;
		input->len -= (size_t)n;
	}
	if (input->len == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		fd_close(&c->in);	/* a child that reads no more is no error: its status says */
}

static enum err_code exchange(struct spawn_child *c, struct slice input, struct spawn_result *r, int64_t until, struct err *e)
{
	if (input.len == 0)
		fd_close(&c->in);
	while (c->out >= 0 || c->err >= 0) {
		int64_t left = until - clock_steady_us();
		/* poll() skips negative fds. */
		struct pollfd p[3] = {{c->in, POLLOUT, 0}, {c->out, POLLIN, 0}, {c->err, POLLIN, 0}};

		if (left <= 0)
			return err_set(e, ERR_LIMIT, "a helper program took too long");
		if (poll(p, 3, (int)(left / US_PER_MS) + 1) < 0 && errno != EINTR)
			return err_sys(e, ERR_IO, "poll");
		if (p[0].revents != 0)
			feed(c, &input);
		if (p[1].revents != 0 && !pump(c->out, &r->out))
			fd_close(&c->out);
		if (p[2].revents != 0 && !pump(c->err, &r->err))
			fd_close(&c->err);
		if (r->out.over) {
			r->is_cut = true;
			return ERR_OK;
		}
	}
	if (!spawn_wait(c, until - clock_steady_us()))
		return err_set(e, ERR_LIMIT, "a helper program took too long");
	return ERR_OK;
}

enum err_code spawn_run(const struct spawn_spec *spec, struct slice input, struct spawn_result *r, int64_t limit_us, struct err *e)
{
	struct spawn_spec piped = *spec;
	struct spawn_child c;
	struct timespec zero = {0, 0};
	sigset_t pipe_signal, before;
	enum err_code code;

	piped.pipes = SPAWN_PIPES;
	r->is_cut = false;
	if (r->err.max == 0)
		r->err.max = 8192;
	if (r->out.max == 0)
		r->out.max = BUF_MAX;
	code = spawn_start(&c, &piped, e);
	if (code != ERR_OK)
		return code;
	sigemptyset(&pipe_signal);
	sigaddset(&pipe_signal, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
	code = exchange(&c, input, r, clock_steady_us() + limit_us, e);
	spawn_release(&c);
	/* Take back the SIGPIPE that a child which stopped reading may have left. */
	if (!sigismember(&before, SIGPIPE))
		while (sigtimedwait(&pipe_signal, NULL, &zero) > 0)
			;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	r->out.over = r->err.over = false;
	r->status = WIFEXITED(c.status) ? WEXITSTATUS(c.status) : 128 + WTERMSIG(c.status);
	return code;
}
