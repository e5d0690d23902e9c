/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The gate between write transactions and checkpoints, and how readers wake.
 *
 * SQLite before 3.51.3 can lose a commit when a checkpoint races with a writer
 * that starts the log over. So no connection checkpoints by itself; a write
 * transaction holds `gate` shared (flock), a checkpoint holds it exclusively. That
 * a checkpoint is wanted is a lock of its own (OFD, byte 0), so that it dies with
 * its process; while it stands, new writers wait, and the gate drains. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/memory.h"
#include "store/sql.h"

#define GATE_WAIT_US (5 * US_PER_S)
#define DRAIN_US (2 * US_PER_S)
#define LARGE_WAL_BYTES ((off_t)4 << 20)

static void nap(void)
{
	struct timespec ms = {0, 1000000};

	nanosleep(&ms, NULL);
}

static bool wanted_by_other(const struct store *s)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};

	return fcntl(s->gate_fd, F_OFD_GETLK, &l) == 0 && l.l_type != F_UNLCK;
}

/* type F_WRLCK or F_UNLCK */
static bool want(const struct store *s, short type)
{
	struct flock l = {.l_type = type, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};

	return fcntl(s->gate_fd, F_OFD_SETLK, &l) == 0;
}

static bool lock_by(const struct store *s, int how, int64_t until_us)
{
	while (flock(s->gate_fd, how | LOCK_NB) != 0) {
		if ((errno != EWOULDBLOCK && errno != EINTR) || clock_steady_us() > until_us)
			return false;
		nap();
	}
	return true;
}

enum err_code gate_enter(struct store *s, struct err *e)
{
	int64_t until = clock_steady_us() + GATE_WAIT_US;

	while (wanted_by_other(s)) {
		if (clock_steady_us() > until)
			return err_set(e, ERR_CONFLICT, "the database is being tidied by another process");
		nap();
	}
	return lock_by(s, LOCK_SH, until) ? ERR_OK : err_set(e, ERR_CONFLICT, "the database is being tidied by another process");
}

void gate_leave(struct store *s)
{
	flock(s->gate_fd, LOCK_UN);
}

static off_t wal_bytes(const struct store *s)
{
	char *path = xasprintf("%s/claviger.db-wal", s->folder);
	struct stat st;
	off_t n = stat(path, &st) == 0 ? st.st_size : 0;

	free(path);
	return n;
}

enum err_code store_checkpoint(struct store *s, enum store_checkpoint kind, bool *done, struct err *e)
{
	enum err_code rc = ERR_OK;
	int log = 0, copied = 0;
	bool whole = false;
	int got;

	if (done != NULL)
		*done = false;
	if (s->depth > 0 || s->mode == STORE_READ)
		return err_set(e, ERR_ILLEGAL, "a checkpoint cannot be part of a transaction");
	if (kind == CHECKPOINT_IF_LARGE && wal_bytes(s) < LARGE_WAL_BYTES)
		return ERR_OK;
	if (!want(s, F_WRLCK))
		return ERR_OK;	/* another process is at it */
	if (lock_by(s, LOCK_EX, clock_steady_us() + DRAIN_US)) {
		crash_point("checkpoint.begun");
		got = sqlite3_wal_checkpoint_v2(s->db, NULL, kind == CHECKPOINT_TRUNCATE ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, &log, &copied);
		whole = got == SQLITE_OK && log == copied;	/* a reader of an older state keeps part of it */
		if (got != SQLITE_OK && (got & 0xff) != SQLITE_BUSY)
			rc = sql_error(s, got, e);
		crash_point("checkpoint.done");
		flock(s->gate_fd, LOCK_UN);
	}
	want(s, F_UNLCK);
	if (done != NULL)
		*done = whole;
	return rc;
}

int store_watch_fd(struct store *s)
{
	char *path;

	if (s->watch_fd >= 0)
		return s->watch_fd;
	path = xasprintf("%s/tick", s->folder);
	s->watch_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (s->watch_fd >= 0 && inotify_add_watch(s->watch_fd, path, IN_ATTRIB | IN_MODIFY) < 0) {
		close(s->watch_fd);
		s->watch_fd = -1;
	}
	free(path);
	return s->watch_fd;
}

bool store_changed(struct store *s)
{
	char events[4096] __attribute__((aligned(8)));
	int64_t version = s->seen;

	while (s->watch_fd >= 0 && read(s->watch_fd, events, sizeof events) > 0)
		;
	if (sql_int(s, &version, NULL, "PRAGMA data_version", "") != ERR_OK)
		return true;	/* busy: look again */
	if (version == s->seen)
		return false;
	s->seen = version;
	return true;
}
