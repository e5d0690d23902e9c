/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/lease.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/fd.h"
#include "base/memory.h"
#include "store/sql.h"

static bool read_lease(sqlite3_stmt *st, void *row)
{
	struct lease *l = row;

	l->epoch = col_int(st, 0);
	COL_TEXT(st, 1, l->holder);
	l->since_us = col_int(st, 2);
	return true;
}

static const struct row_kind leases = {.size = sizeof(struct lease), .read = read_lease};

static enum err_code get(struct store *s, struct lease *out, struct err *e)
{
	sqlite3_stmt *st;
	enum err_code rc = sql_query(s, &st, e, "SELECT epoch, holder, since_us FROM lease", "");

	return rc != ERR_OK ? rc : sql_fetch(s, st, &leases, out, e, "lease");
}

static int open_lock(const struct store *s, int flags)
{
	char *path = xasprintf("%s/worker.lock", s->folder);
	int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);

	free(path);
	return fd;
}

enum err_code lease_take(struct store *s, const char *holder, int64_t now_us, int64_t *epoch, struct err *e)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	struct lease was;
	enum err_code rc;
	int fd;

	if (s->lease_fd >= 0)
		return err_set(e, ERR_ILLEGAL, "this process holds the lease already");
	fd = open_lock(s, O_RDWR | O_CREAT);
	if (fd < 0)
		return err_sys(e, ERR_IO, "cannot open worker.lock in %s", s->folder);
	if (fcntl(fd, F_OFD_SETLK, &l) != 0) {
		if (errno != EAGAIN && errno != EACCES)
			rc = err_sys(e, ERR_IO, "cannot lock worker.lock in %s", s->folder);
		else if ((rc = get(s, &was, e)) == ERR_OK)
			rc = err_set(e, ERR_CONFLICT, "the work is being done by %.150s", was.holder[0] != '\0' ? was.holder : "another process");
		close(fd);
		return rc;
	}
	rc = store_begin(s, e);
	if (rc == ERR_OK) {
		rc = sql_run(s, e, "UPDATE lease SET epoch = epoch + 1, holder = ?, since_us = ?", "ti", holder, now_us);
		if (rc == ERR_OK)
			rc = sql_int(s, epoch, e, "SELECT epoch FROM lease", "");
		crash_point("lease.taken");
		rc = store_end(s, rc, e);
	}
	if (rc == ERR_OK)
		s->lease_fd = fd;
	else
		close(fd);
	return rc;
}

enum err_code lease_release(struct store *s, struct err *e)
{
	enum err_code rc;

	if (s->lease_fd < 0)
		return ERR_OK;
	rc = store_begin(s, e);
	if (rc == ERR_OK)
		rc = store_end(s, sql_run(s, e, "UPDATE lease SET holder = ''", ""), e);
	fd_close(&s->lease_fd);	/* also if the row could not be written: the lock is what counts */
	return rc;
}

enum err_code lease_show(struct store *s, struct lease *out, struct err *e)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	enum err_code rc = get(s, out, e);
	int fd;

	if (rc != ERR_OK || s->lease_fd >= 0) {
		out->alive = rc == ERR_OK;
		return rc;
	}
	fd = open_lock(s, O_RDWR);
	out->alive = fd >= 0 && fcntl(fd, F_OFD_GETLK, &l) == 0 && l.l_type != F_UNLCK;
	fd_close(&fd);
	return ERR_OK;
}

enum err_code lease_check(struct store *s, int64_t epoch, struct err *e)
{
	int64_t now = 0;
	enum err_code rc = sql_int(s, &now, e, "SELECT epoch FROM lease", "");

	if (rc != ERR_OK || now == epoch)
		return rc;
	return err_set(e, ERR_CONFLICT, "another process took the work over");
}

enum err_code lease_bar(const char *folder, int *lock, struct err *e)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	char *path = xasprintf("%s/worker.lock", folder);
	struct store *s = NULL;
	struct lease was = {.holder = ""};
	enum err_code rc;

	*lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	free(path);
	if (*lock < 0)
		return err_sys(e, ERR_IO, "cannot open worker.lock in %s", folder);
	if (fcntl(*lock, F_OFD_SETLK, &l) == 0)
		return ERR_OK;
	if (store_open(&s, folder, STORE_READ, NULL) == ERR_OK)
		err_ignore(get(s, &was, NULL));
	store_close(s);
	fd_close(lock);
	rc = err_set(e, ERR_CONFLICT, "the work in it is being done by %.150s", was.holder[0] != '\0' ? was.holder : "another process");
	return err_mend(e, rc, "end that first");
}
