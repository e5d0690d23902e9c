/* SPDX-License-Identifier: GPL-3.0-or-later */
/* batch.h - several approvals, or several tasks, acted on with one key: what was asked about
 * each, what came of it, and the one line that says so. Pure: outcomes in, words out. */
#ifndef CONSOLE_BATCH_H
#define CONSOLE_BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "console/list.h"
#include "desk/op.h"
#include "desk/snapshot.h"

struct batch_item {
	int64_t id;
	struct hash hash;		/* approvals: of what the list held when the key was pressed */
	uint32_t ticket;		/* whose outcome is awaited; 0: none */
	bool is_done;
	char why_not[TITLE_MAX_BYTES];
};

struct batch {
	enum op_kind kind;
	struct batch_item v[LIST_MARKS];
	int n, open;			/* open: outcomes still to come */
};

void batch_begin(struct batch *b, enum op_kind kind);
struct batch_item *batch_add(struct batch *b, int64_t id);	/* LIST_MARKS at most */
void batch_of_approvals(struct batch *b, enum op_kind kind, const struct approval_row *const rows[], int n);
/* True if o was awaited here. */
bool batch_take(struct batch *b, const struct outcome *o);
bool batch_all_done(const struct batch *b);
/* What came of it, in about cols columns: a long list of numbers gives way to what went wrong. */
void batch_words(const struct batch *b, int cols, char *out, size_t room);
/* Those done, or those not (before anything was asked: all): "A3 A5 A6", or "A3 A5 ... A20" where that is wider than cols. */
void batch_names(const struct batch *b, bool done, int cols, char *out, size_t room);

#endif
