/* SPDX-License-Identifier: GPL-3.0-or-later */
/* adopt.h - a database that comes out of a backup, made fit to be worked with. */
#ifndef STORE_ADOPT_H
#define STORE_ADOPT_H

#include "store/store.h"

struct adopted {
	int taken_back;		/* approvals that wait for a person's word again */
	int unknown;		/* firings that may have happened since */
	int paused;		/* goals */
};
/* What was approved when the backup was made may have been carried out since, so
 * nothing of it fires: approved and holding ones are pending again, those being
 * fired are unknown, open goals are paused. Gives the workspace that name. The store is
 * open for writing, nobody else has it. */
MUST_USE enum err_code store_adopt(struct store *s, const char *name, const char *who, int64_t now_us, struct adopted *out, struct err *e);

#endif
