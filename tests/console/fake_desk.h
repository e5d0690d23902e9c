/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fake_desk.h - a desk for tests: serves one snapshot, keeps what was asked. */
#ifndef TESTS_CONSOLE_FAKE_DESK_H
#define TESTS_CONSOLE_FAKE_DESK_H

#include "desk/desk.h"
#include "desk/snapshot.h"

#define FAKE_ASKED 32
struct fake_desk {
	struct snapshot world;		/* all rows; desk_refresh() gives the window asked for */
	struct op asked[FAKE_ASKED];
	char asked_text[FAKE_ASKED][128];
	int asked_n;
	size_t secret_len;		/* of the last secret handed over */
	bool unlocked;
	struct outcome outcome;		/* given once, if has_outcome */
	bool has_outcome;
	int wake_fd;
};
extern struct fake_desk fake;

struct desk *fake_desk(void);
void fake_changed(unsigned parts);	/* their generation numbers rise */
void fake_rich(void);			/* a busy office */
void fake_approvals(int n);		/* n plain approvals A1..An, detail follows the wish */

#endif
