/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A secret typed on the terminal: read byte by byte into locked memory, past
 * stdio, with echo and the keys that make signals off, so that Ctrl-C is a byte
 * and nothing can end us with the terminal left dumb. Signals from elsewhere
 * are waited for beside it. */
#include "cli/private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/utf8.h"

enum { KEY_CTRL_C = 3, KEY_CTRL_D = 4, KEY_BACKSPACE = 8, KEY_CTRL_U = 21, KEY_DELETE = 127 };

bool prompt_possible(void)
{
	return isatty(STDIN_FILENO) || isatty(STDERR_FILENO);
}

static void put(int fd, const char *s)
{
	(void)fd_write_all(fd, s, strlen(s));
}

/* Drop the last character, all its bytes; how many there were. */
static size_t drop_last(struct secret *s)
{
	size_t had = s->len;

	while (s->len > 0) {
		unsigned char b = (unsigned char)s->p[--s->len];

		s->p[s->len] = '\0';
		if ((b & 0xc0) != 0x80)
			break;
	}
	return had - s->len;
}

static void rub_out(int fd, size_t marks)
{
	while (marks-- > 0)
		put(fd, "\b \b");
}

/* ERR_OK when a line is whole. */
static enum err_code read_line(int tty, int signals, bool is_masked, struct secret *s, struct err *e)
{
	struct pollfd at[2] = {{.fd = tty, .events = POLLIN}, {.fd = signals, .events = POLLIN}};

	for (;;) {
		unsigned char b;
		ssize_t n;

		if (poll(at, 2, -1) < 0 && errno != EINTR)
			return err_sys(e, ERR_IO, "the terminal cannot be read");
		if ((at[1].revents & POLLIN) != 0)
			return err_set(e, ERR_CANCELLED, "stopped by a signal");
		if (at[0].revents == 0)
			continue;
		n = read(tty, &b, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || b == KEY_CTRL_C || (b == KEY_CTRL_D && s->len == 0))
			return err_set(e, ERR_CANCELLED, "nothing was entered");
		if (b == '\r' || b == '\n')
			return ERR_OK;
		if (b == KEY_BACKSPACE || b == KEY_DELETE) {
			size_t gone = drop_last(s);

			rub_out(tty, is_masked ? gone : 0);
		} else if (b == KEY_CTRL_U) {
			rub_out(tty, is_masked ? s->len : 0);
			(void)secret_set(s, "", 0);
		} else if (secret_add(s, &b, 1) != 0) {
			return err_set(e, ERR_LIMIT, "that is too long");
		} else if (is_masked) {
			put(tty, "*");
		}
		b = 0;
	}
}

enum err_code prompt_secret(const char *words, bool is_masked, struct secret **out, struct err *e)
{
	struct termios was, dumb;
	sigset_t set, old;
	struct secret *s = NULL;
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY), signals = -1;
	enum err_code code;

	*out = NULL;
	if (tty < 0 || tcgetattr(tty, &was) != 0) {
		code = err_sys(e, ERR_LOCKED, "there is no terminal to ask on");
		fd_close(&tty);
		return code;
	}
	s = secret_new(SECRET_MAX);
	if (s == NULL) {
		fd_close(&tty);
		return err_set(e, ERR_LIMIT, "no locked memory is left");
	}
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, &old);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	dumb = was;
	dumb.c_lflag &= ~(tcflag_t)(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
	dumb.c_cc[VMIN] = 1;
	dumb.c_cc[VTIME] = 0;
	tcsetattr(tty, TCSAFLUSH, &dumb);
	put(tty, words);
	code = read_line(tty, signals, is_masked, s, e);
	put(tty, "\n");
	tcsetattr(tty, TCSAFLUSH, &was);
	fd_close(&signals);
	sigprocmask(SIG_SETMASK, &old, NULL);
	fd_close(&tty);
	if (code == ERR_OK && s->len == 0) {
		err_set(e, ERR_USAGE, "nothing was entered");
		code = err_mend(e, ERR_USAGE, "try again and type it");
	}
	if (code != ERR_OK) {
		secret_free(s);
		return code;
	}
	*out = s;
	return ERR_OK;
}

enum err_code prompt_word(const char *words, char *out, size_t room, struct err *e)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	size_t n = 0;
	ssize_t got = -1;
	char b;

	if (tty < 0)
		return err_sys(e, ERR_LOCKED, "there is no terminal to ask on");
	(void)tcflush(tty, TCIFLUSH);	/* typed ahead is no answer */
	put(tty, words);
	while ((got = read(tty, &b, 1)) == 1 && b != '\n')
		if (n < room - 1)
			out[n++] = b;
	out[n] = '\0';
	fd_close(&tty);
	return got == 1 ? ERR_OK : err_set(e, ERR_CANCELLED, "nothing was entered");
}
