/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "servers/common/receipt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

static char *path_of(const char *state, const char *key, const char *ending)
{
	return xasprintf("%s/receipts/%s.%s", state, key, ending);
}

bool receipt_find(const char *state, const char *key, struct buf *out)
{
	char *path = path_of(state, key, "json");
	bool yes = file_read(path, out, NULL) == ERR_OK && json_gate(buf_slice(out), NULL) == ERR_OK;

	free(path);
	if (!yes)
		buf_clear(out);
	return yes;
}

bool receipt_begun_with(const char *state, const char *key, struct buf *what)
{
	char *path = path_of(state, key, "begun");
	bool yes = file_read(path, what, NULL) == ERR_OK;

	free(path);
	return yes;
}

bool receipt_bar(const char *state, const char *key)
{
	char *path = path_of(state, key, "barred");
	bool yes = file_exists(path);

	if (!yes && receipt_begin(state, key, slice_of(""), NULL) == ERR_OK)
		yes = file_replace(path, slice_of(""), 0600, NULL) == ERR_OK;
	free(path);
	return yes;
}

bool receipt_was_begun(const char *state, const char *key)
{
	char *path = path_of(state, key, "begun");
	bool yes = file_exists(path);

	free(path);
	return yes;
}

static enum err_code sync_folder(const char *folder, struct err *e)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err_code code = fd >= 0 && fsync(fd) == 0 ? ERR_OK : err_sys(e, ERR_IO, "keeping a note of it");

	fd_close(&fd);
	return code;
}

enum err_code receipt_begin(const char *state, const char *key, struct slice what, struct err *e)
{
	char *folder = xasprintf("%s/receipts", state), *path = path_of(state, key, "begun");
	enum err_code code = file_make_folders(folder, 0700, e);
	int fd = -1;

	if (code == ERR_OK) {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd < 0)
			code = errno == EEXIST ? err_set(e, ERR_CONFLICT, "this was begun before") : err_sys(e, ERR_IO, "keeping a note of it");
	}
	if (code == ERR_OK && fd_write_all(fd, what.p, what.len) != 0)
		code = err_sys(e, ERR_IO, "keeping a note of it");
	if (code == ERR_OK && fsync(fd) != 0)
		code = err_sys(e, ERR_IO, "keeping a note of it");
	if (code == ERR_OK)
		code = sync_folder(folder, e);
	fd_close(&fd);
	free(folder);
	free(path);
	return code;
}

void receipt_undo(const char *state, const char *key)
{
	char *path = path_of(state, key, "begun");

	(void)unlink(path);
	free(path);
}

enum err_code receipt_keep(const char *state, const char *key, struct slice receipt, struct err *e)
{
	char *folder = xasprintf("%s/receipts", state), *path = path_of(state, key, "json");
	enum err_code code = file_make_folders(folder, 0700, e);

	if (code == ERR_OK)
		code = file_replace(path, receipt, 0600, e);
	free(folder);
	free(path);
	return code;
}
