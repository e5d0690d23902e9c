/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cap.h - a spending limit as stored. The arithmetic is in money/cap.h. */
#ifndef MODEL_CAP_H
#define MODEL_CAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/hash.h"
#include "model/record.h"

enum cap_scope { SCOPE_WORKSPACE, SCOPE_VENDOR, SCOPE_KEY, SCOPE_AGENT, SCOPE_GOAL, SCOPE_TASK, CAP_SCOPES };
enum cap_window { WINDOW_DAY, WINDOW_MONTH, WINDOW_TOTAL, CAP_WINDOWS };
extern const char *const cap_scope_names[CAP_SCOPES], *const cap_window_names[CAP_WINDOWS];

struct cap {
	int64_t id;
	enum cap_scope scope;
	char ref[NAME_MAX_BYTES];	/* vendor or agent name, key label, goal or task id as text; "" for the workspace */
	enum cap_window window;
	int64_t limit_pd;
	int warn_percent;
	int64_t created_us;
	struct hash mac;		/* vault MAC over cap_bytes() */
	/* filled by reads, for the current window */
	int64_t spent_pd, held_pd;
};
struct buf;
void cap_bytes(const char *workspace, const struct cap *c, struct buf *out);

#endif
