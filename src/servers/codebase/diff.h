/* SPDX-License-Identifier: GPL-3.0-or-later */
/* diff.h - a unified diff as an agent writes it, read strictly.
 *
 * git applies it later; this reader refuses what should never reach git and says
 * so with a line number. What git made of it is checked again afterwards.
 * Touches no file. */
#ifndef SERVERS_CODEBASE_DIFF_H
#define SERVERS_CODEBASE_DIFF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define DIFF_BYTES_MAX ((size_t)1 << 20)
#define DIFF_FILES_MAX 500
#define DIFF_PATH_MAX 1024

struct diff_file {
	char *old_path, *new_path;	/* relative to the root; NULL: not there before / after */
	bool is_copy;			/* old_path stays */
	int64_t insertions, deletions;
};

struct diff {
	struct diff_file *files;
	size_t count;
};

/* ERR_PROTO no unified diff, ERR_REFUSED it wants what no patch may, ERR_LIMIT. d is empty after a failure. */
MUST_USE enum err_code diff_read(struct diff *d, struct slice text, struct err *e);
void diff_release(struct diff *d);

/* NULL if path may be touched, else what is wrong with it ("is absolute"). */
const char *diff_path_fault(const char *path);
/* "a\303\251\n" as git quotes a path, from its first quote on: appended to out without the quotes. Bytes used, 0 if broken. */
size_t diff_unquote(struct slice s, struct buf *out);

#endif
