/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decide.h - when a key may decide about an approval: rules 3, 4, 5, 6 and 8 of
 * the ten. Pure: rows and the steady time in, an answer out.
 *
 * What was shown is remembered by the hash of its bytes, so a changed payload
 * has not been shown. */
#ifndef CONSOLE_DECIDE_H
#define CONSOLE_DECIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "desk/snapshot.h"

#define SHOWN_KEPT 64

struct shown_item {
	int64_t id;
	int version;
	struct hash hash;
	bool needs_typed_yes;
	int64_t since_us;		/* steady: when it first stood on the screen */
};

struct decider {
	int64_t under;			/* the approval under the cursor; 0: none */
	int version;
	struct hash hash;
	int64_t armed_at_us;		/* steady; decision keys are dead before */
	bool is_new;			/* it came there without the person moving */
	struct shown_item shown[SHOWN_KEPT];
	int shown_n, shown_next;
	struct hash looked_at;		/* what stands on the screen, whole or not, and since when */
	int64_t looked_since_us;
};

/* Tell what is under the cursor now (NULL: nothing), and whether the person put
 * it there. True: it is new to them, so typed-ahead keys must be flushed. */
bool decider_watch(struct decider *d, const struct approval_row *under, bool by_person, int64_t steady_us, int64_t delay_us);
/* Keys are dead for delay from now (a full view opened instead of a decision). */
void decider_hold(struct decider *d, int64_t steady_us, int64_t delay_us);
/* Some of this one is on the screen. */
void decider_looks(struct decider *d, const struct approval_row *row, int64_t steady_us);
/* The whole payload of this one has been on the screen. */
void decider_shown(struct decider *d, const struct approval_row *row, bool needs_typed_yes);
const struct shown_item *decider_find(const struct decider *d, const struct approval_row *row);
bool decider_is_new(const struct decider *d, const struct approval_row *row, int64_t steady_us);

enum may { MAY, MAY_NOT_NOW, MAY_NOT_PENDING, MAY_NOT_UNSEEN, MAY_WITH_YES };
/* May `y` approve it? */
enum may decider_may_approve(const struct decider *d, const struct approval_row *row, int64_t steady_us);
/* May they say what became of it, which is unknown? */
enum may decider_may_settle(const struct decider *d, const struct approval_row *row, int64_t steady_us);
enum may decider_may_reject(const struct decider *d, const struct approval_row *row, int64_t steady_us);

enum several { SEVERAL_OK, SEVERAL_MIXED, SEVERAL_DESTROY, SEVERAL_UNSEEN, SEVERAL_TYPED };
/* May these be approved together? */
enum several decider_several(const struct decider *d, const struct approval_row *const rows[], int n);

#endif
