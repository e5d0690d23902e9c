/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The frame loop: poll on the terminal, the desk and signals; keys and news to
 * the face; at most one frame each 33 ms, and nothing sent when nothing changed. */
#include "console/console.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/memory.h"
#include "console/face_state.h"
#include "console/plain.h"
#include "console/terminal.h"

#define FRAME_US (33 * US_PER_MS)
#define BURST_US (25 * US_PER_MS)	/* no finger is so quick, and a held key comes each 33 ms or so */

struct loop {
	struct face face;
	struct terminal *terminal;
	struct grid *grid;
	int signals;
	sigset_t before;
	int64_t last_frame_us, paste_us, last_key_us;
	bool in_paste, is_gone;
};

static void frame(struct loop *l)
{
	struct face *f = &l->face;
	char title[NAME_MAX_BYTES + 48];

	if (f->wants_repaint) {
		f->wants_repaint = false;
		terminal_repaint(l->terminal);
		terminal_send(l->terminal, l->grid);
	}
	if (face_draw(f)) {
		terminal_send(l->terminal, l->grid);
		face_sent(f);
		l->last_frame_us = clock_steady_us();
	}
	if (f->snap.pending > 0)
		snprintf(title, sizeof title, _("claviger %s (%d waiting)"), f->snap.workspace, f->snap.pending);
	else
		snprintf(title, sizeof title, "claviger %s", f->snap.workspace);
	terminal_title(l->terminal, title);
	if (f->wants_bell && !f->o->no_bell)
		terminal_bell();
	f->wants_bell = false;
}

static void show_now(void *user)
{
	frame(user);
}

/* --- other programs on the terminal -------------------------------------------- */

/* In our own process group and on our terminal, so not by base/spawn.h. */
static enum err_code spawn_on_terminal(const char *command, const char *file, struct err *e)
{
	char *line = xasprintf("exec %s \"$0\"", command);
	const char *argv[] = {"/bin/sh", "-c", line, file, NULL};
	posix_spawnattr_t attr;
	sigset_t none, all;
	pid_t pid;
	int status = 0, failed;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	failed = posix_spawn(&pid, argv[0], NULL, &attr, (char *const *)(uintptr_t)argv, environ);
	posix_spawnattr_destroy(&attr);
	free(line);
	if (failed != 0)
		return err_set(e, ERR_IO, "the program could not be started");
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? ERR_OK : err_set(e, ERR_IO, "the program ended with an error; nothing was taken over");
}

/* Run `/bin/sh -c command file` in the foreground, with the terminal as it was. */
static enum err_code run_on_terminal(struct loop *l, const char *command, const char *file, struct err *e)
{
	enum err_code code;

	terminal_leave(l->terminal);
	code = spawn_on_terminal(command, file, e);
	terminal_return(l->terminal);
	return code;
}

static enum err_code private_file(const char *folder, const char *text, size_t len, char **path, struct err *e)
{
	int fd;

	*path = xasprintf("%s/.claviger-XXXXXX", folder);
	fd = mkostemp(*path, O_CLOEXEC);	/* mode 0600 */
	if (fd < 0 || fd_write_all(fd, text, len) != 0) {
		err_sys(e, ERR_IO, "writing a file for it");
		if (fd >= 0)
			unlink(*path);
		fd_close(&fd);
		free(*path);
		*path = NULL;
		return ERR_IO;
	}
	fd_close(&fd);
	return ERR_OK;
}

static const char *program(const char *first, const char *second, const char *fallback)
{
	const char *s = getenv(first);

	if (s == NULL || *s == '\0')
		s = second != NULL ? getenv(second) : NULL;
	return s != NULL && *s != '\0' ? s : fallback;
}

static enum err_code page(void *user, const char *text, size_t len, struct err *e)
{
	struct loop *l = user;
	char *path;
	enum err_code code = private_file(l->face.desk != NULL ? desk_folder(l->face.desk) : "/tmp", text, len, &path, e);

	if (code != ERR_OK)
		return code;
	code = run_on_terminal(l, program("PAGER", NULL, "less"), path, e);
	unlink(path);
	free(path);
	return code;
}

static enum err_code edit(void *user, const char *folder, const char *text, char **out, struct err *e)
{
	struct loop *l = user;
	struct buf now;
	char *path;
	enum err_code code = private_file(folder, text, strlen(text), &path, e);

	if (code != ERR_OK)
		return code;
	code = run_on_terminal(l, program("VISUAL", "EDITOR", "vi"), path, e);
	buf_init(&now, (size_t)4 << 20);
	if (code == ERR_OK)
		code = file_read(path, &now, e);
	if (code == ERR_OK && now.len > 0 && now.p[now.len - 1] == '\n' && (text[0] == '\0' || text[strlen(text) - 1] != '\n'))
		now.p[--now.len] = '\0';	/* editors add one */
	if (code == ERR_OK && strcmp(buf_text(&now), text) != 0)
		*out = buf_take(&now);
	buf_release(&now);
	unlink(path);
	free(path);
	return code;
}

/* --- input ---------------------------------------------------------------------- */

/* A masked field has the focus: the bytes go past curses, into locked memory. */
static void read_secret(struct loop *l, struct secret_field *s)
{
	ssize_t n;
	int64_t now = clock_steady_us();

	if (s->input == NULL)
		return;
	n = read(STDIN_FILENO, s->input->p, SECRET_READ);
	if (n <= 0) {
		l->is_gone = n == 0 || (errno != EINTR && errno != EAGAIN);
		return;
	}
	face_secret(&l->face, secret_field_feed(s, s->input->p, (size_t)n, now));
}

/* Does the key at hand come with others, before it or right behind it? */
static bool in_burst(struct loop *l, int nth)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
	int64_t now = clock_steady_us();
	bool yes = nth > 1 || now - l->last_key_us < BURST_US || (poll(&p, 1, 0) > 0 && (p.revents & POLLIN) != 0);

	l->last_key_us = now;
	return yes;
}

static void read_keys(struct loop *l)
{
	int key, n = 0;

	while (n++ < 256 && face_secret_field(&l->face) == NULL && (key = terminal_key(l->terminal)) != K_NONE) {
		if (key == K_PASTE_BEGIN) {
			l->in_paste = true;
			l->paste_us = clock_steady_us();
		} else if (key == K_PASTE_END) {
			l->in_paste = false;
		} else {
			l->face.in_burst = in_burst(l, n);
			face_key(&l->face, key, l->in_paste);
		}
		if (l->face.wants_flush && !l->in_paste) {	/* typed before it was seen (rule 3) */
			terminal_flush_input();
			l->face.wants_flush = false;
		}
		if (l->face.wants_quit || l->face.wants_suspend)
			break;
	}
	if (n == 1 && face_secret_field(&l->face) == NULL) {	/* readable, and nothing there: it is gone */
		struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
		char c;

		if (poll(&p, 1, 0) > 0 && (p.revents & POLLIN) && read(STDIN_FILENO, &c, 0) < 0)
			l->is_gone = true;
	}
}

static void suspend(struct loop *l)
{
	l->face.wants_suspend = false;
	terminal_leave(l->terminal);
	raise(SIGSTOP);
	terminal_return(l->terminal);
	terminal_resized(l->terminal);
	face_suspend_now(&l->face);
	face_redraw(&l->face);
	face_refresh(&l->face);
}

static void resized(struct loop *l)
{
	int cols, rows;

	terminal_resized(l->terminal);
	terminal_size(&cols, &rows);
	grid_resize(l->grid, cols, rows);
	face_resized(&l->face);
}

static void read_signals(struct loop *l)
{
	struct signalfd_siginfo s;

	while (read(l->signals, &s, sizeof s) == (ssize_t)sizeof s)
		switch (s.ssi_signo) {
		case SIGWINCH: resized(l); break;
		case SIGTSTP: l->face.wants_suspend = true; break;
		case SIGCONT: l->face.wants_repaint = true; break;
		case SIGTERM: case SIGHUP: l->is_gone = true; break;
		default: break;
		}
}

static int timeout_ms(struct loop *l, const struct secret_field *s)
{
	int64_t now = clock_steady_us(), at = face_wake_us(&l->face), t = s != NULL ? secret_field_wake_us(s) : 0;

	if (t > 0 && (at == 0 || t < at))
		at = t;
	if (l->in_paste && l->paste_us + SECRET_PASTE_LIMIT_US < at)
		at = l->paste_us + SECRET_PASTE_LIMIT_US;
	if (l->face.wants_draw && l->last_frame_us + FRAME_US < at)
		at = l->last_frame_us + FRAME_US;
	return at <= now ? 0 : (int)((at - now + US_PER_MS - 1) / US_PER_MS);
}

static void news(struct loop *l, const struct pollfd *store)
{
	char events[4096];

	if (store->revents != 0)
		while (read(store->fd, events, sizeof events) > 0)
			;
	face_outcomes(&l->face);
	face_refresh(&l->face);
}

static void turn(struct loop *l)
{
	struct secret_field *s = face_secret_field(&l->face);
	struct desk *d = l->face.desk;
	struct pollfd p[4] = {{STDIN_FILENO, POLLIN, 0}, {l->signals, POLLIN, 0}, {d != NULL ? desk_wake_fd(d) : -1, POLLIN, 0}, {d != NULL ? desk_store_fd(d) : -1, POLLIN, 0}};

	if (poll(p, 4, timeout_ms(l, s)) < 0 && errno != EINTR)
		l->is_gone = true;
	face_time(&l->face, clock_now_us(), clock_steady_us());
	if (l->in_paste && l->face.steady_us - l->paste_us >= SECRET_PASTE_LIMIT_US)
		l->in_paste = false;
	if (p[1].revents != 0)
		read_signals(l);
	if (p[2].revents != 0 || p[3].revents != 0)
		news(l, &p[3]);
	if (p[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		l->is_gone = true;
	else if (p[0].revents != 0 && s != NULL)
		read_secret(l, s);
	else if (p[0].revents != 0)
		read_keys(l);
	s = face_secret_field(&l->face);
	if (s != NULL)
		face_secret(&l->face, secret_field_tick(s, clock_steady_us()));
	if (l->face.wants_flush) {
		terminal_flush_input();
		l->face.wants_flush = false;
	}
	if (l->face.wants_suspend)
		suspend(l);
	if (clock_steady_us() - l->last_frame_us >= FRAME_US || p[0].revents != 0)
		frame(l);
}

static void take_signals(struct loop *l)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTSTP);
	sigaddset(&set, SIGCONT);
	sigaddset(&set, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &set, &l->before);
	l->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

enum err_code console_run(struct desk **d, const struct console_options *o, struct err *e)
{
	struct loop l = {.signals = -1};
	struct face_hands hands = {&l, page, edit, show_now};
	enum err_code code;
	int cols, rows;

	if (o->plain)
		return plain_run(*d, o, e);
	take_signals(&l);
	code = terminal_open(&l.terminal, o, e);
	if (code != ERR_OK)
		goto out;
	terminal_size(&cols, &rows);
	l.grid = grid_new(cols, rows, terminal_is_ascii(l.terminal));
	face_init(&l.face, *d, o, l.grid, &hands);
	code = face_keymap(&l.face, e);
	if (code == ERR_OK) {
		face_time(&l.face, clock_now_us(), clock_steady_us());
		face_refresh(&l.face);
		frame(&l);
		face_back(&l.face);
		face_greet(&l.face);
		face_settle(&l.face);
		frame(&l);
		while (!l.face.wants_quit && !l.is_gone)
			turn(&l);
		if (l.face.desk != NULL)
			desk_looked(l.face.desk);
	}
	*d = l.face.desk;
	face_release(&l.face);
	grid_free(l.grid);
out:
	terminal_close(l.terminal);
	fd_close(&l.signals);
	pthread_sigmask(SIG_SETMASK, &l.before, NULL);
	return code;
}
