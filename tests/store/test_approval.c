/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions, decisions, firings: I1 (nothing fires without a decision that names it),
 * I2 (nothing fires twice), and the sweep. */
#include "store/adopt.h"
#include "store/office.h"

static struct approval asked(struct office *o, const char *payload)
{
	struct approval a = {.kind = APPROVAL_ACTION, .state = APPROVAL_PENDING, .goal = o->goal, .task = o->task, .agent = "Ada", .connector = "mail", .tool = "send_mail",
		.effect = EFFECT_SEND, .summary = "Send a mail", .created_us = NOON};

	a.payload = strdup(payload);
	a.payload_len = strlen(payload);
	check_ok(approval_add(o->s, &a, &o->e), &o->e);
	return a;
}

static struct decision answer(const struct approval *a, enum verdict v)
{
	struct decision d = {.approval = a->id, .version = a->version, .verdict = v, .hash = a->hash, .bind = a->bind, .person = "kim", .where = "kim@host", .at_us = NOON};

	return d;
}

static struct approval approved(struct office *o)
{
	struct approval a = asked(o, "{\"to\":\"dana@example.com\"}");
	struct decision d = answer(&a, VERDICT_APPROVE);

	check_ok(decision_add(o->s, &d, NOON, &o->e), &o->e);
	return a;
}

static enum err_code agree(void *user, const struct approval *a, const struct decision *d, struct err *e)
{
	struct hash h = hash_bytes(a->payload, a->payload_len);

	if (user != NULL)
		*(int *)user += 1;
	return hash_same(&h, &d->hash) ? ERR_OK : err_set(e, ERR_AUTH, "the payload is not what was decided");
}

static enum err_code disagree(void *user, const struct approval *a, const struct decision *d, struct err *e)
{
	(void)user;
	(void)a;
	(void)d;
	return err_set(e, ERR_AUTH, "no");
}

static enum err_code fire(struct office *o, const struct approval *a, struct firing *f)
{
	return firing_begin(o->s, a->id, a->version, "key-1", o->epoch, NOON, agree, NULL, f, &o->e);
}

static enum approval_state state_of(struct office *o, int64_t id)
{
	struct approval a;

	check_ok(approval_get(o->s, id, false, &a, &o->e), &o->e);
	approval_release(&a);
	return a.state;
}

static void test_i1_hash_and_bind_are_of_the_very_bytes(void **state)
{
	struct office *o = *state;
	struct approval a = asked(o, "{\"x\":1}"), got;
	struct hash h = hash_bytes("{\"x\":1}", 7);

	check_ok(approval_get(o->s, a.id, true, &got, &o->e), &o->e);
	assert_true(hash_same(&got.hash, &h));
	h = approval_bind(store_workspace(o->s), &got);
	assert_true(hash_same(&got.bind, &h));
	assert_string_equal(got.payload, "{\"x\":1}");
	approval_release(&a);
	approval_release(&got);
}

static void test_i1_decision_must_name_version_hash_and_bind(void **state)
{
	struct office *o = *state;
	struct approval a = asked(o, "{}"), now;
	struct decision d = answer(&a, VERDICT_APPROVE);

	d.hash.b[0] ^= 1;
	check_code(decision_add(o->s, &d, NOON, &o->e), ERR_CONFLICT, &o->e);
	d = answer(&a, VERDICT_APPROVE);
	d.bind.b[31] ^= 1;
	check_code(decision_add(o->s, &d, NOON, &o->e), ERR_CONFLICT, &o->e);
	d = answer(&a, VERDICT_APPROVE);
	check_ok(approval_new_version(o->s, a.id, 1, slice_of("{\"a\":2}"), NULL, NULL, NULL, "kim", NOON, &now, &o->e), &o->e);
	assert_int_equal(now.version, 2);
	assert_false(hash_same(&now.bind, &a.bind));
	check_code(decision_add(o->s, &d, NOON, &o->e), ERR_CONFLICT, &o->e);
	d = answer(&now, VERDICT_APPROVE);
	check_ok(decision_add(o->s, &d, NOON, &o->e), &o->e);
	check_code(decision_add(o->s, &d, NOON, &o->e), ERR_CONFLICT, &o->e);	/* decided already */
	approval_release(&a);
	approval_release(&now);
}

static void test_i1_approved_only_by_a_decision(void **state)
{
	struct office *o = *state;
	struct approval a = asked(o, "{}");
	struct firing f;

	check_code(approval_move(o->s, a.id, 1, APPROVAL_APPROVED, "kim", NULL, NOON, &o->e), ERR_ILLEGAL, &o->e);
	check_code(approval_move(o->s, a.id, 1, APPROVAL_REJECTED, "kim", NULL, NOON, &o->e), ERR_ILLEGAL, &o->e);
	check_code(fire(o, &a, &f), ERR_CONFLICT, &o->e);
	assert_int_equal(tamper(o, "UPDATE approval SET state = 'approved'"), SQLITE_OK);
	check_code(fire(o, &a, &f), ERR_REFUSED, &o->e);
	approval_release(&a);
}

static void test_i1_forged_decision_row_without_journal_fires_nothing(void **state)
{
	struct office *o = *state;
	struct approval a = asked(o, "{}");
	struct firing f;

	assert_int_equal(tamper(o, "INSERT INTO decision SELECT NULL, approval, version, 0, hash, bind, 1, 'kim', '', '', 0, 5, zeroblob(32), 0, '' FROM version;"
		"UPDATE approval SET state = 'approved'"), SQLITE_OK);
	check_code(fire(o, &a, &f), ERR_REFUSED, &o->e);
	approval_release(&a);
}

static void test_i1_verifier_has_the_last_word(void **state)
{
	struct office *o = *state;
	struct approval a = approved(o);

	check_code(firing_begin(o->s, a.id, 1, "k", o->epoch, NOON, disagree, NULL, NULL, &o->e), ERR_AUTH, &o->e);
	assert_int_equal(state_of(o, a.id), APPROVAL_APPROVED);
	approval_release(&a);
}

static void test_i1_decision_taken_back_fires_nothing_even_if_set_back_by_hand(void **state)
{
	struct office *o = *state;
	struct approval a = approved(o);
	struct firing f;

	check_ok(approval_hold(o->s, a.id, 1, NOON + US_PER_S, &o->e), &o->e);
	check_code(fire(o, &a, &f), ERR_REFUSED, &o->e);	/* inside its window */
	check_ok(approval_move(o->s, a.id, 1, APPROVAL_PENDING, "kim", NULL, NOON, &o->e), &o->e);
	assert_int_equal(tamper(o, "UPDATE approval SET state = 'approved'"), SQLITE_OK);
	check_code(fire(o, &a, &f), ERR_REFUSED, &o->e);
	approval_release(&a);
}

static void test_two_persons_are_two_slots(void **state)
{
	struct office *o = *state;
	struct approval a = asked(o, "{}"), got;
	struct decision d = answer(&a, VERDICT_APPROVE), rows[DECISIONS_MAX];
	struct firing f;
	int n = 0;

	d.persons = 2;
	d.slot = 1;
	check_ok(decision_add(o->s, &d, NOON, &o->e), &o->e);
	assert_false(d.is_last);
	assert_int_equal(state_of(o, a.id), APPROVAL_PENDING);
	check_code(fire(o, &a, &f), ERR_CONFLICT, &o->e);
	d = answer(&a, VERDICT_APPROVE);	/* the same person once more */
	d.persons = 2;
	d.slot = 1;
	check_code(decision_add(o->s, &d, NOON, &o->e), ERR_CONFLICT, &o->e);
	d.slot = 0;
	d.rule = 3;	/* nor is a rule a person */
	check_code(decision_add(o->s, &d, NOON, &o->e), ERR_REFUSED, &o->e);
	d = answer(&a, VERDICT_APPROVE);
	d.persons = 2;
	d.slot = 2;
	snprintf(d.person, sizeof d.person, "lee");
	check_ok(decision_add(o->s, &d, NOON, &o->e), &o->e);
	assert_true(d.is_last);
	check_ok(approval_get(o->s, a.id, false, &got, &o->e), &o->e);
	assert_string_equal(got.decided_by, "kim and lee (kim@host)");
	approval_release(&got);
	check_ok(decisions_in_force(o->s, a.id, 1, rows, &n, &o->e), &o->e);
	assert_int_equal(decisions_persons(rows, n), 2);
	/* taken back, both words are gone: two are asked again */
	check_ok(approval_move(o->s, a.id, 1, APPROVAL_PENDING, "kim", NULL, NOON, &o->e), &o->e);
	check_ok(decisions_in_force(o->s, a.id, 1, rows, &n, &o->e), &o->e);
	assert_int_equal(n, 0);
	d = answer(&a, VERDICT_APPROVE);
	d.persons = 2;
	d.slot = 2;
	d.at_us++;
	check_ok(decision_add(o->s, &d, NOON, &o->e), &o->e);
	assert_false(d.is_last);
	d = answer(&a, VERDICT_REJECT);	/* one no is enough */
	d.persons = 2;
	d.slot = 1;
	check_ok(decision_add(o->s, &d, NOON, &o->e), &o->e);
	assert_int_equal(state_of(o, a.id), APPROVAL_REJECTED);
	approval_release(&a);
}

static int64_t left_of(struct office *o, int64_t task)
{
	struct call c = a_call(o, 0);
	int64_t room = 0;

	c.task = task;
	check_ok(call_room(o->s, &c, NULL, NOON, &room, &o->e), &o->e);
	return room;
}

/* Approved with a worst case, under a cap: another task's calls find the rest only. */
static void test_an_approval_sets_aside_what_going_on_may_cost(void **state)
{
	struct office *o = *state;
	struct approval a = {.kind = APPROVAL_ACTION, .state = APPROVAL_PENDING, .goal = o->goal, .task = o->task, .agent = "Ada", .connector = "mail", .tool = "send_mail",
		.effect = EFFECT_SEND, .created_us = NOON, .worst_case_pd = 3 * CENT};
	struct cap cap = {.scope = SCOPE_WORKSPACE, .window = WINDOW_DAY, .limit_pd = 10 * CENT, .created_us = NOON}, seen;
	struct call c = booked(o, CENT);
	struct task more = {.state = TASK_READY, .created_us = NOON, .agent = "Ada", .title = "Another", .goal = o->goal};
	struct decision d;
	int64_t other;

	check_ok(task_add(o->s, &more, &o->e), &o->e);
	other = more.id;
	check_ok(cap_set(o->s, &cap, "kim", NOON, &o->e), &o->e);
	a.payload = strdup("{}");
	a.payload_len = 2;
	check_ok(approval_add(o->s, &a, &o->e), &o->e);
	assert_int_equal(left_of(o, other), 9 * CENT);
	d = answer(&a, VERDICT_APPROVE);
	check_ok(decision_add(o->s, &d, NOON, &o->e), &o->e);
	assert_int_equal(left_of(o, other), 6 * CENT);
	assert_int_equal(left_of(o, o->task), 9 * CENT);	/* it is for its own next call */
	check_ok(cap_get(o->s, cap.id, NOON, &seen, &o->e), &o->e);
	assert_int_equal(seen.held_pd, 3 * CENT);
	/* taken back, nothing is set aside; approved again, it is until the next call is held */
	check_ok(approval_move(o->s, a.id, 1, APPROVAL_PENDING, "kim", NULL, NOON, &o->e), &o->e);
	assert_int_equal(left_of(o, other), 9 * CENT);
	d = answer(&a, VERDICT_APPROVE);
	d.at_us++;
	check_ok(decision_add(o->s, &d, NOON, &o->e), &o->e);
	assert_int_equal(left_of(o, other), 6 * CENT);
	c = a_call(o, 2 * CENT);
	check_ok(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), &o->e);
	assert_int_equal(left_of(o, other), 7 * CENT);
	approval_release(&a);
}

/* A task that ends gives back what was set aside for it. */
static void test_the_end_of_a_task_sets_free_what_was_set_aside(void **state)
{
	struct office *o = *state;
	struct approval a = asked(o, "{}");
	struct decision d = answer(&a, VERDICT_APPROVE);
	int64_t n = 0;

	assert_int_equal(tamper(o, "UPDATE approval SET worst_case_pd = 5"), SQLITE_OK);
	check_ok(decision_add(o->s, &d, NOON, &o->e), &o->e);
	check_ok(sql_int(o->s, &n, &o->e, "SELECT sum(pd) FROM promise", ""), &o->e);
	assert_int_equal(n, 5);
	check_ok(task_move(o->s, o->task, TASK_RUNNING, ON_NOTHING, "", NOON, &o->e), &o->e);
	check_ok(task_move(o->s, o->task, TASK_DONE, ON_NOTHING, "", NOON, &o->e), &o->e);
	check_ok(sql_int(o->s, &n, &o->e, "SELECT count(*) FROM promise", ""), &o->e);
	assert_int_equal(n, 0);
	approval_release(&a);
}

static void test_expiry_is_no_yes(void **state)
{
	struct office *o = *state;
	struct approval a = {.kind = APPROVAL_ACTION, .state = APPROVAL_PENDING, .connector = "mail", .tool = "send_mail", .effect = EFFECT_SEND, .created_us = NOON,
		.expires_us = NOON + 10}, rows[4] = {0};
	int64_t at = 0;
	int n = 0;

	a.payload = strdup("{}");
	a.payload_len = 2;
	check_ok(approval_add(o->s, &a, &o->e), &o->e);
	check_ok(approvals_expired(o->s, NOON + 9, rows, 4, &n, &o->e), &o->e);
	assert_int_equal(n, 0);
	check_ok(approvals_next_expiry(o->s, &at, &o->e), &o->e);
	assert_int_equal(at, NOON + 10);
	check_ok(approvals_expired(o->s, NOON + 10, rows, 4, &n, &o->e), &o->e);
	assert_int_equal(n, 1);
	check_ok(approval_move(o->s, a.id, 1, APPROVAL_EXPIRED, "worker", "", NOON + 10, &o->e), &o->e);
	assert_int_equal(state_of(o, a.id), APPROVAL_EXPIRED);
	assert_int_equal(tamper(o, "UPDATE approval SET state = 'approved'"), SQLITE_OK);
	check_code(firing_begin(o->s, a.id, 1, "k", o->epoch, NOON + 20, agree, NULL, NULL, &o->e), ERR_REFUSED, &o->e);
	approval_release(&rows[0]);
	approval_release(&a);
}

static void test_rejection_and_its_reason_are_kept(void **state)
{
	struct office *o = *state;
	struct approval a = asked(o, "{}"), got;
	struct decision d = answer(&a, VERDICT_REJECT), last;

	snprintf(d.reason, sizeof d.reason, "wrong address");
	check_ok(decision_add(o->s, &d, NOON, &o->e), &o->e);
	check_ok(approval_get(o->s, a.id, false, &got, &o->e), &o->e);
	assert_int_equal(got.state, APPROVAL_REJECTED);
	assert_string_equal(got.reason, "wrong address");
	assert_string_equal(got.decided_by, "kim (kim@host)");
	check_ok(decision_last_like(o->s, "mail", "send_mail", &last, &o->e), &o->e);
	assert_int_equal(last.verdict, VERDICT_REJECT);
	approval_release(&a);
	approval_release(&got);
}

static void test_asked_changes_wait_for_what_replaces_them(void **state)
{
	struct office *o = *state;
	struct approval a = asked(o, "{}"), got, next = {.kind = APPROVAL_ACTION, .state = APPROVAL_PENDING, .effect = EFFECT_SEND, .created_us = NOON};
	struct decision d = answer(&a, VERDICT_CHANGES);
	int open = 0, unknown = 0;

	snprintf(d.reason, sizeof d.reason, "shorter");
	check_ok(decision_add(o->s, &d, NOON, &o->e), &o->e);
	assert_int_equal(state_of(o, a.id), APPROVAL_CHANGES_ASKED);
	check_code(fire(o, &a, NULL), ERR_CONFLICT, &o->e);
	check_code(decision_add(o->s, &d, NOON, &o->e), ERR_CONFLICT, &o->e);
	check_ok(approval_count_open(o->s, false, &open, &unknown, &o->e), &o->e);
	assert_int_equal(open, 1);
	check_ok(approval_changes_asked(o->s, a.task, a.kind, a.connector, a.tool, &got, &o->e), &o->e);
	assert_int_equal(got.id, a.id);
	approval_release(&got);
	check_code(approval_changes_asked(o->s, a.task, a.kind, a.connector, "another", &got, &o->e), ERR_MISSING, &o->e);
	next.task = a.task;
	next.replaces = a.id;
	next.payload = strdup("{\"n\":2}");
	next.payload_len = strlen(next.payload);
	check_ok(approval_add(o->s, &next, &o->e), &o->e);
	assert_int_equal(state_of(o, a.id), APPROVAL_SUPERSEDED);
	assert_int_equal(state_of(o, next.id), APPROVAL_PENDING);
	check_ok(approval_get(o->s, next.id, false, &got, &o->e), &o->e);
	assert_int_equal(got.replaces, a.id);
	approval_release(&got);
	check_code(approval_add(o->s, &next, &o->e), ERR_ILLEGAL, &o->e);	/* only one takes its place */
	approval_release(&a);
	approval_release(&next);
}

static void test_asked_changes_end_with_their_task(void **state)
{
	struct office *o = *state;
	struct approval a = asked(o, "{}");
	struct decision d = answer(&a, VERDICT_CHANGES);

	check_ok(decision_add(o->s, &d, NOON, &o->e), &o->e);
	check_ok(approval_drop_asked(o->s, a.task, "Ada", NOON, &o->e), &o->e);
	assert_int_equal(state_of(o, a.id), APPROVAL_WITHDRAWN);
	approval_release(&a);
}

static void test_i2_intent_then_receipt(void **state)
{
	struct office *o = *state;
	struct approval a = approved(o);
	struct firing f, got;

	check_ok(fire(o, &a, &f), &o->e);
	assert_int_equal(state_of(o, a.id), APPROVAL_FIRING);
	check_code(fire(o, &a, NULL), ERR_CONFLICT, &o->e);
	check_ok(firing_mark_sent(o->s, f.id, o->epoch, NOON, &o->e), &o->e);
	check_ok(firing_end(o->s, f.id, APPROVAL_FIRED, "id 9", NULL, o->epoch, NOON + 1, &o->e), &o->e);
	assert_int_equal(state_of(o, a.id), APPROVAL_FIRED);
	check_ok(firing_of(o->s, a.id, 1, &got, &o->e), &o->e);
	assert_string_equal(got.receipt, "id 9");
	assert_true(got.sent);
	check_code(firing_end(o->s, f.id, APPROVAL_FAILED, NULL, NULL, o->epoch, NOON, &o->e), ERR_ILLEGAL, &o->e);
	firing_release(&got);
	approval_release(&a);
}

static void test_i2_fired_row_set_back_by_hand_never_fires_again(void **state)
{
	struct office *o = *state;
	struct approval a = approved(o);
	struct firing f;

	check_ok(fire(o, &a, &f), &o->e);
	check_ok(firing_mark_sent(o->s, f.id, o->epoch, NOON, &o->e), &o->e);
	check_ok(firing_end(o->s, f.id, APPROVAL_FIRED, NULL, NULL, o->epoch, NOON, &o->e), &o->e);
	assert_int_equal(tamper(o, "UPDATE approval SET state = 'approved'"), SQLITE_OK);
	check_code(fire(o, &a, NULL), ERR_REFUSED, &o->e);
	assert_int_not_equal(tamper(o, "DELETE FROM firing"), SQLITE_OK);
	assert_int_not_equal(tamper(o, "UPDATE firing SET sent = 0"), SQLITE_OK);
	assert_int_equal(tamper(o, "DROP TRIGGER firing_kept; DELETE FROM firing"), SQLITE_OK);
	check_code(fire(o, &a, NULL), ERR_REFUSED, &o->e);	/* the journal still knows */
	approval_release(&a);
}

static void test_i2_sweep_makes_a_sent_firing_unknown(void **state)
{
	struct office *o = *state;
	struct approval a = approved(o);
	struct sweep r;
	struct firing f;

	check_ok(fire(o, &a, &f), &o->e);
	check_ok(firing_mark_sent(o->s, f.id, o->epoch, NOON, &o->e), &o->e);
	check_ok(lease_release(o->s, &o->e), &o->e);
	check_ok(lease_take(o->s, "next", NOON, &o->epoch, &o->e), &o->e);
	check_ok(store_sweep(o->s, o->epoch, NOON, &r, &o->e), &o->e);
	assert_int_equal(r.unknown, 1);
	assert_int_equal(state_of(o, a.id), APPROVAL_UNKNOWN);
	check_code(fire(o, &a, NULL), ERR_CONFLICT, &o->e);
	check_ok(approval_settle(o->s, a.id, 1, APPROVAL_NOT_FIRED, "kim", "not in Sent", NOON, &o->e), &o->e);
	assert_int_equal(state_of(o, a.id), APPROVAL_NOT_FIRED);
	approval_release(&a);
}

static void test_i2_sweep_gives_back_an_intent_that_never_left(void **state)
{
	struct office *o = *state;
	struct approval a = approved(o);
	struct sweep r;
	struct firing f;
	int round;

	for (round = 0; round < 2; round++) {
		check_ok(fire(o, &a, &f), &o->e);
		check_ok(lease_release(o->s, &o->e), &o->e);
		check_ok(lease_take(o->s, "next", NOON, &o->epoch, &o->e), &o->e);
		check_ok(store_sweep(o->s, o->epoch, NOON, &r, &o->e), &o->e);
		assert_int_equal(r.unfired, 1);
		assert_int_equal(state_of(o, a.id), APPROVAL_APPROVED);
	}
	check_ok(fire(o, &a, &f), &o->e);
	check_ok(firing_mark_sent(o->s, f.id, o->epoch, NOON, &o->e), &o->e);
	check_ok(firing_end(o->s, f.id, APPROVAL_FIRED, NULL, NULL, o->epoch, NOON, &o->e), &o->e);
	check_ok(journal_verify(o->s, NULL, &o->e), &o->e);
	approval_release(&a);
}

/* After the backup was made its bytes may have left: neither intent may fire by itself. */
static void test_i2_a_restored_database_fires_nothing(void **state)
{
	struct office *o = *state;
	struct approval waits = approved(o), under_way = approved(o), unsent = approved(o);
	struct adopted r;
	struct firing f;

	check_ok(fire(o, &under_way, &f), &o->e);
	check_ok(firing_mark_sent(o->s, f.id, o->epoch, NOON, &o->e), &o->e);
	check_ok(fire(o, &unsent, &f), &o->e);
	check_ok(lease_release(o->s, &o->e), &o->e);
	check_ok(store_adopt(o->s, "copy", "kim", NOON, &r, &o->e), &o->e);
	assert_int_equal(r.taken_back, 1);
	assert_int_equal(r.unknown, 2);
	assert_int_equal(r.paused, 1);
	assert_int_equal(state_of(o, waits.id), APPROVAL_PENDING);
	assert_int_equal(state_of(o, under_way.id), APPROVAL_UNKNOWN);
	assert_int_equal(state_of(o, unsent.id), APPROVAL_UNKNOWN);
	check_ok(lease_take(o->s, "next", NOON, &o->epoch, &o->e), &o->e);
	check_code(fire(o, &waits, NULL), ERR_CONFLICT, &o->e);
	check_code(fire(o, &unsent, NULL), ERR_CONFLICT, &o->e);
	assert_string_equal(store_name(o->s), "copy");
	approval_release(&waits);
	approval_release(&under_way);
	approval_release(&unsent);
}

static void test_failed_comes_back_only_as_a_new_version(void **state)
{
	struct office *o = *state;
	struct approval a = approved(o), now;
	struct decision d;
	struct firing f;

	check_ok(fire(o, &a, &f), &o->e);
	check_ok(firing_mark_sent(o->s, f.id, o->epoch, NOON, &o->e), &o->e);
	check_ok(firing_end(o->s, f.id, APPROVAL_FAILED, NULL, "no such mailbox", o->epoch, NOON, &o->e), &o->e);
	check_code(approval_move(o->s, a.id, 1, APPROVAL_PENDING, "kim", NULL, NOON, &o->e), ERR_ILLEGAL, &o->e);
	check_ok(approval_new_version(o->s, a.id, 1, slice_of("{\"to\":\"lee@example.com\"}"), NULL, NULL, NULL, "kim", NOON, &now, &o->e), &o->e);
	d = answer(&now, VERDICT_APPROVE);
	check_ok(decision_add(o->s, &d, NOON, &o->e), &o->e);
	check_ok(fire(o, &now, &f), &o->e);
	approval_release(&a);
	approval_release(&now);
}

static void test_lists_and_counts_of_what_waits(void **state)
{
	struct office *o = *state;
	struct approval rows[8];
	int64_t oldest, due;
	int count, i, n;

	for (i = 0; i < 3; i++) {
		struct approval a = asked(o, "{}");
		approval_release(&a);
	}
	rows[0] = approved(o);
	approval_release(&rows[0]);
	check_ok(approval_count_pending(o->s, &count, &oldest, &o->e), &o->e);
	assert_int_equal(count, 3);
	assert_int_equal(oldest, NOON);
	check_ok(approval_list(o->s, APPROVALS_PENDING, 0, rows, 8, &n, &o->e), &o->e);
	assert_int_equal(n, 3);
	assert_int_equal(rows[0].id, 1);
	for (i = 0; i < n; i++)
		approval_release(&rows[i]);
	check_ok(approvals_due(o->s, NOON, rows, 8, &n, &o->e), &o->e);
	assert_int_equal(n, 1);
	approval_release(&rows[0]);
	check_ok(approval_hold(o->s, 4, 1, NOON + 5, &o->e), &o->e);
	check_ok(approvals_next_due(o->s, &due, &o->e), &o->e);
	assert_int_equal(due, NOON + 5);
	check_ok(approval_count_armed(o->s, &count, &o->e), &o->e);
	assert_int_equal(count, 1);
}

static void test_i1_decision_and_shown_version_do_not_change_even_by_sql(void **state)
{
	struct office *o = *state;
	struct approval a = approved(o);

	assert_int_not_equal(tamper(o, "UPDATE decision SET verdict = 0"), SQLITE_OK);
	assert_int_not_equal(tamper(o, "DELETE FROM decision"), SQLITE_OK);
	assert_int_not_equal(tamper(o, "UPDATE version SET payload = x'00'"), SQLITE_OK);
	assert_int_equal(tamper(o, "UPDATE version SET payload = NULL"), SQLITE_OK);	/* purged content */
	check_code(fire(o, &a, NULL), ERR_REFUSED, &o->e);
	approval_release(&a);
}

static void test_illegal_moves_of_every_state_change_nothing(void **state)
{
	struct office *o = *state;
	struct approval a = asked(o, "{}");
	char sql[96];
	int from, to;

	for (from = 0; from < APPROVAL_STATES; from++)
		for (to = 0; to < APPROVAL_STATES; to++) {
			if (life_allows(&approval_life, from, to))
				continue;
			snprintf(sql, sizeof sql, "UPDATE approval SET state = '%s'", life_name(&approval_life, from));
			assert_int_equal(tamper(o, sql), SQLITE_OK);
			check_code(approval_move(o->s, a.id, 1, (enum approval_state)to, "kim", NULL, NOON, &o->e), ERR_ILLEGAL, &o->e);
			assert_int_equal(state_of(o, a.id), from);
		}
	approval_release(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		office_test(test_i1_hash_and_bind_are_of_the_very_bytes),
		office_test(test_i1_decision_must_name_version_hash_and_bind),
		office_test(test_i1_approved_only_by_a_decision),
		office_test(test_i1_forged_decision_row_without_journal_fires_nothing),
		office_test(test_i1_verifier_has_the_last_word),
		office_test(test_i1_decision_taken_back_fires_nothing_even_if_set_back_by_hand),
		office_test(test_rejection_and_its_reason_are_kept),
		office_test(test_asked_changes_wait_for_what_replaces_them),
		office_test(test_asked_changes_end_with_their_task),
		office_test(test_i2_intent_then_receipt),
		office_test(test_two_persons_are_two_slots),
		office_test(test_an_approval_sets_aside_what_going_on_may_cost),
		office_test(test_the_end_of_a_task_sets_free_what_was_set_aside),
		office_test(test_expiry_is_no_yes),
		office_test(test_i2_fired_row_set_back_by_hand_never_fires_again),
		office_test(test_i2_sweep_makes_a_sent_firing_unknown),
		office_test(test_i2_sweep_gives_back_an_intent_that_never_left),
		office_test(test_i2_a_restored_database_fires_nothing),
		office_test(test_failed_comes_back_only_as_a_new_version),
		office_test(test_lists_and_counts_of_what_waits),
		office_test(test_i1_decision_and_shown_version_do_not_change_even_by_sql),
		office_test(test_illegal_moves_of_every_state_change_nothing),
	};

	clock_use_zone("UTC");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
