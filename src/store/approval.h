/* SPDX-License-Identifier: GPL-3.0-or-later */
/* approval.h - questions put to a person, decisions and firings (I1, I2).
 *
 * The only ways into `approved` and `rejected` are decision_add() and, for an
 * intent that never left, store_sweep(); the only way into `firing` is
 * firing_begin(). Each writes the journal in the same transaction. */
#ifndef STORE_APPROVAL_H
#define STORE_APPROVAL_H

#include "base/slice.h"
#include "model/approval.h"
#include "store/store.h"

/* pending: waits for a person. open: pending, approved, holding, firing, unknown, changes asked.
 * queue: approved or holding, oldest first: what a worker takes up. */
enum approval_filter { APPROVALS_PENDING, APPROVALS_OPEN, APPROVALS_ALL, APPROVALS_QUEUE };

/* A new question, version 1. a: everything but id, version, hash, bind and nonce,
 * which are made here (random nonce; approval_bind() of the model) and come back.
 * State proposed or pending. The one that it replaces is superseded by it. */
MUST_USE enum err_code approval_add(struct store *s, struct approval *a, struct err *e);
/* Sign the current version of it, or sign it anew. */
MUST_USE enum err_code approval_set_mac(struct store *s, int64_t id, const struct hash *mac, struct err *e);
/* Of an older version: payload, hash, summary, flags and context; the rest as it is now. */
MUST_USE enum err_code approval_get_version(struct store *s, int64_t id, int version, struct approval *out, struct err *e);
MUST_USE enum err_code approval_get(struct store *s, int64_t id, bool with_payload, struct approval *out, struct err *e);
/* Without payloads. before_id: only older ones (queue and pending: only younger ones, oldest first); 0 for all. */
MUST_USE enum err_code approval_list(struct store *s, enum approval_filter which, int64_t before_id, struct approval *rows, int limit, int *n, struct err *e);
/* The same of open and all, by place: skip so many. And how many are open, and of them unknown. */
MUST_USE enum err_code approval_page(struct store *s, bool all, int skip, struct approval *rows, int limit, int *n, struct err *e);
MUST_USE enum err_code approval_count_open(struct store *s, bool all, int *count, int *unknown, struct err *e);
MUST_USE enum err_code approval_list_of_task(struct store *s, int64_t task, struct approval *rows, int limit, int *n, struct err *e);
/* The oldest of the task whose changes were asked for and have not come: same kind, connector and tool. ERR_MISSING if none. No payload. */
MUST_USE enum err_code approval_changes_asked(struct store *s, int64_t task, enum approval_kind kind, const char *connector, const char *tool, struct approval *out, struct err *e);
/* Its task is over: what was asked for does not come any more. */
MUST_USE enum err_code approval_drop_asked(struct store *s, int64_t task, const char *who, int64_t now_us, struct err *e);
/* The pending one of that kind about that target; ERR_MISSING if there is none. No payload. */
MUST_USE enum err_code approval_pending_on(struct store *s, enum approval_kind kind, const char *target, struct approval *out, struct err *e);
MUST_USE enum err_code approval_count_pending(struct store *s, int *count, int64_t *oldest_us, struct err *e);
/* All moves that are no decision and no firing: proposed -> pending, taken back to
 * pending, expired, superseded, withdrawn. ERR_CONFLICT if version is not the current one. */
MUST_USE enum err_code approval_move(struct store *s, int64_t id, int version, enum approval_state to, const char *who, const char *reason, int64_t now_us, struct err *e);
/* A worker takes an approved one up: -> holding until fire_us. */
MUST_USE enum err_code approval_hold(struct store *s, int64_t id, int version, int64_t fire_us, struct err *e);
/* An edited payload: version + 1, a new nonce, hash and bind; pending again. From
 * pending or failed; version is the one that was looked at. NULL leaves summary / flags as they were;
 * context is the new version's own (NULL: none). */
MUST_USE enum err_code approval_new_version(struct store *s, int64_t id, int version, struct slice payload, const char *summary, const char *flags, const char *context, const char *who,
	int64_t now_us, struct approval *out, struct err *e);
/* A person says what became of an unknown one: fired or not_fired. note: what they found, kept as its reason; NULL leaves what is there. */
MUST_USE enum err_code approval_settle(struct store *s, int64_t id, int version, enum approval_state as, const char *who, const char *note, int64_t now_us, struct err *e);
/* Unknown ones, oldest first. */
MUST_USE enum err_code approval_list_unknown(struct store *s, struct approval *rows, int limit, int *n, struct err *e);
/* Holding with the window over, or approved without one; oldest first. And when the next is due (0: none). */
MUST_USE enum err_code approvals_due(struct store *s, int64_t now_us, struct approval *rows, int limit, int *n, struct err *e);
MUST_USE enum err_code approvals_next_due(struct store *s, int64_t *at_us, struct err *e);
/* Pending ones whose time is over, and when the next one's is (0: none). */
MUST_USE enum err_code approvals_expired(struct store *s, int64_t now_us, struct approval *rows, int limit, int *n, struct err *e);
MUST_USE enum err_code approvals_next_expiry(struct store *s, int64_t *at_us, struct err *e);
/* Approved, holding or firing: rekey is refused while there are any. */
MUST_USE enum err_code approval_count_armed(struct store *s, int *count, struct err *e);

/* The answer: the row, the journal, its head signed, and the move to approved,
 * rejected or changes asked, in one transaction. ERR_CONFLICT if it is not pending in d->version, or
 * hash or bind are not that version's, or if that person has approved it before where two are
 * asked for (d->persons; the first leaves it pending). d->id and d->is_last come back. */
MUST_USE enum err_code decision_add(struct store *s, struct decision *d, int64_t now_us, struct err *e);
/* Of a version, since anything but decisions (and tries to fire) was last said of it: what stands. */
#define DECISIONS_MAX 8
MUST_USE enum err_code decisions_in_force(struct store *s, int64_t approval, int version, struct decision rows[DECISIONS_MAX], int *n, struct err *e);
/* How many persons (slots) approve among these; a rule is none. */
int decisions_persons(const struct decision *rows, int n);
/* All of an approval, oldest first. */
MUST_USE enum err_code decision_list(struct store *s, int64_t approval, struct decision *rows, int limit, int *n, struct err *e);
/* "approval A7 is approved already: by ...", with who and when. ERR_CONFLICT. */
enum err_code approval_decided_err(const struct approval *a, struct err *e);
/* The last one for that version; ERR_MISSING if none. */
MUST_USE enum err_code decision_get(struct store *s, int64_t approval, int version, struct decision *out, struct err *e);
/* How the last one like it was decided: same connector and tool. ERR_MISSING if none. */
MUST_USE enum err_code decision_last_like(struct store *s, const char *connector, const char *tool, struct decision *out, struct err *e);

/* Checks what needs the vault: the decision's MAC over decision_bytes(), the payload's hash and bind. */
typedef enum err_code firing_verify(void *user, const struct approval *a, const struct decision *d, struct err *e);
/* Intent, durable when it returns, before the first byte. Refused (ERR_REFUSED or ERR_CONFLICT) unless
 * the state is approved or holding with its window over, the journal's last word on this version is the very
 * decision (or that an earlier intent never left), no firing of this version exists that may have left, and
 * verify agrees. out (may be NULL) gets the row. */
MUST_USE enum err_code firing_begin(struct store *s, int64_t approval, int version, const char *idempotency_key, int64_t epoch, int64_t now_us,
	firing_verify *verify, void *user, struct firing *out, struct err *e);
/* Durable before the first byte leaves. */
MUST_USE enum err_code firing_mark_sent(struct store *s, int64_t firing, int64_t epoch, int64_t now_us, struct err *e);
/* to: fired, failed or unknown. receipt may be NULL; reason is for failed and unknown. */
MUST_USE enum err_code firing_end(struct store *s, int64_t firing, enum approval_state to, const char *receipt, const char *reason, int64_t epoch, int64_t now_us, struct err *e);
/* The connector itself says what became of an unknown one: the receipt (of a fired one) is kept, and it is settled. */
MUST_USE enum err_code firing_proved(struct store *s, int64_t approval, int version, bool fired, const char *receipt, int64_t epoch, int64_t now_us, struct err *e);
MUST_USE enum err_code firing_of(struct store *s, int64_t approval, int version, struct firing *out, struct err *e);	/* the last one */

#endif
