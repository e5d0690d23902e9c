/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moves of an approval that are no decision (decision.c) and no firing (firing.c). */
#include "store/approval.h"

#include <inttypes.h>

#include "store/firing.h"
#include "store/sql.h"

enum err_code approval_get_current(struct store *s, int64_t id, int version, struct approval *a, struct err *e)
{
	enum err_code rc = approval_get(s, id, false, a, e);

	if (rc == ERR_OK && a->version != version) {
		approval_release(a);
		rc = err_set(e, ERR_CONFLICT, "approval A%" PRId64 " has changed: it is at version %d, not %d", id, a->version, version);
	}
	return rc;
}

enum err_code approval_put_state(struct store *s, const struct approval *a, enum approval_state to, const char *reason, struct err *e)
{
	enum err_code rc = life_check(&approval_life, a->id, a->state, to, e);

	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE approval SET state = ?, reason = ? WHERE id = ?", "tti", life_name(&approval_life, to), reason != NULL ? reason : a->reason, a->id);
	return rc;
}

/* The journal's word for a move that no decision and no firing makes; NULL: not this way. */
static const char *word_of(enum approval_state from, enum approval_state to)
{
	switch (to) {
	case APPROVAL_PENDING:
		return from == APPROVAL_PROPOSED ? "asked" : from == APPROVAL_FAILED ? NULL : "taken_back";
	case APPROVAL_EXPIRED:
		return "expired";
	case APPROVAL_SUPERSEDED:
		return "superseded";
	case APPROVAL_WITHDRAWN:
		return "withdrawn";
	default:
		return NULL;
	}
}

enum err_code approval_move(struct store *s, int64_t id, int version, enum approval_state to, const char *who, const char *reason, int64_t now_us, struct err *e)
{
	char ref[NAME_MAX_BYTES];
	struct approval a = {0};
	const char *word = NULL;
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = approval_get_current(s, id, version, &a, e);
	if (rc == ERR_OK)
		rc = life_check(&approval_life, id, a.state, to, e);
	if (rc == ERR_OK && (word = word_of(a.state, to)) == NULL)
		rc = err_set(e, ERR_ILLEGAL, "approval A%" PRId64 " becomes %s only by a decision or a firing", id, life_name(&approval_life, to));
	if (rc == ERR_OK)
		rc = approval_put_state(s, &a, to, reason, e);
	if (rc == ERR_OK && to == APPROVAL_PENDING)
		rc = sql_run(s, e, "UPDATE approval SET decided_us = 0, decided_by = '', fire_us = 0 WHERE id = ?", "i", id);
	if (rc == ERR_OK)
		rc = journal_add(s, word, who, ref_text(ref, 'A', id, version), &a.bind, now_us, e);
	approval_release(&a);
	return store_end(s, rc, e);
}

enum err_code approval_hold(struct store *s, int64_t id, int version, int64_t fire_us, struct err *e)
{
	struct approval a = {0};
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = approval_get_current(s, id, version, &a, e);
	if (rc == ERR_OK)
		rc = approval_put_state(s, &a, APPROVAL_HOLDING, NULL, e);
	if (rc == ERR_OK)
		rc = sql_run(s, e, "UPDATE approval SET fire_us = ? WHERE id = ?", "ii", fire_us, id);
	approval_release(&a);
	return store_end(s, rc, e);
}

enum err_code approval_settle(struct store *s, int64_t id, int version, enum approval_state as, const char *who, const char *note, int64_t now_us, struct err *e)
{
	char ref[NAME_MAX_BYTES];
	struct approval a = {0};
	enum err_code rc = store_begin(s, e);

	if (rc != ERR_OK)
		return rc;
	rc = approval_get_current(s, id, version, &a, e);
	if (rc == ERR_OK && (a.state != APPROVAL_UNKNOWN || (as != APPROVAL_FIRED && as != APPROVAL_NOT_FIRED)))
		rc = err_set(e, ERR_ILLEGAL, "approval A%" PRId64 " is %s: only an unknown one is settled, as fired or not", id, life_name(&approval_life, a.state));
	if (rc == ERR_OK)
		rc = approval_put_state(s, &a, as, note, e);
	if (rc == ERR_OK)
		rc = journal_add(s, as == APPROVAL_FIRED ? "settled_fired" : "settled_not_fired", who, ref_text(ref, 'A', id, version), &a.bind, now_us, e);
	if (rc == ERR_OK)
		rc = journal_sign_head(s, now_us, e);
	approval_release(&a);
	return store_end(s, rc, e);
}
