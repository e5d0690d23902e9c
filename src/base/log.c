/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/log.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/fd.h"
#include "base/memory.h"

#define LOG_BYTES ((off_t)1 << 20)

static atomic_int log_fd = -1;
static atomic_int log_most = LOG_NOTE;
static char log_name[80];	/* set before the fd is */

static int open_file(const char *path)
{
	return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
}

enum err_code log_open(const char *path, enum log_level most, const char *name, struct err *e)
{
	int fd = open_file(path);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > LOG_BYTES) {
		char *before = xasprintf("%s.1", path);

		(void)rename(path, before);
		free(before);
		fd_close(&fd);
		fd = open_file(path);
	}
	if (fd < 0)
		return err_sys(e, ERR_IO, "cannot open the log %s", path);
	log_close();
	snprintf(log_name, sizeof log_name, "%s", name);
	atomic_store(&log_most, (int)most);
	atomic_store(&log_fd, fd);
	return ERR_OK;
}

void log_close(void)
{
	int fd = atomic_exchange(&log_fd, -1);

	if (fd >= 0)
		close(fd);
}

void log_line(enum log_level level, const char *fmt, ...)
{
	static const char names[] = "END";
	char line[512], when[DATE_TEXT];
	int fd = atomic_load(&log_fd), n, at;
	va_list ap;

	if (fd < 0 || (int)level > atomic_load(&log_most))
		return;
	date_rfc3339(clock_now_us(), when);
	at = snprintf(line, sizeof line, "%s %ld %s %c ", when, (long)getpid(), log_name, names[level]);
	va_start(ap, fmt);
	n = vsnprintf(line + at, sizeof line - (size_t)at - 1, fmt, ap);
	va_end(ap);
	if (n < 0)
		return;
	at += n;
	if (at > (int)sizeof line - 2)
		at = (int)sizeof line - 2;
	line[at++] = '\n';
	/* one write, so that lines of several processes do not mix */
	(void)fd_write_all(fd, line, (size_t)at);
}
