/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A vendor is imitated that refuses what comes too fast; paced calls are never refused. */
#include "check.h"

#include "vendor/pacer.h"

#define S INT64_C(1000000)

static struct vendor_limit said(int64_t limit, int64_t remaining, int64_t reset_us)
{
	return (struct vendor_limit){.is_said = true, .limit = limit, .remaining = remaining, .reset_us = reset_us};
}

static void test_what_was_not_said_holds_nothing_back(void **state)
{
	struct vendor_limit none[VENDOR_LIMITS] = {{0}};
	enum vendor_limit_kind kind;
	struct pacer p = {0};
	int i;

	(void)state;
	pacer_learn(&p, 0, none, S);
	for (i = 0; i < 1000; i++)
		assert_int_equal(pacer_take(&p, 1000000, S, &kind), 0);
}

static void test_it_waits_for_its_share_and_no_longer(void **state)
{
	struct vendor_limit l[VENDOR_LIMITS] = {{0}};
	enum vendor_limit_kind kind;
	struct pacer p = {0};
	int64_t wait;

	(void)state;
	l[LIMIT_REQUESTS] = said(10, 1, 54 * S);	/* ten a minute */
	pacer_learn(&p, p.taken, l, 100 * S);
	assert_int_equal(pacer_take(&p, 0, 100 * S, &kind), 0);	/* on its way: counted with what the answers said */
	wait = pacer_take(&p, 0, 100 * S, &kind);
	assert_int_equal(wait, 6 * S);
	assert_int_equal(kind, LIMIT_REQUESTS);
	assert_int_equal(pacer_take(&p, 0, 103 * S, &kind), 3 * S);
	assert_int_equal(pacer_take(&p, 0, 106 * S, &kind), 0);
	/* long after, it is full, and gives ten at once */
	p = (struct pacer){.taken = 1, .open = 1};
	pacer_learn(&p, 1, l, 200 * S);
	for (int i = 0; i < 10; i++)
		assert_int_equal(pacer_take(&p, 0, 300 * S, &kind), 0);
	assert_int_equal(pacer_take(&p, 0, 300 * S, &kind), 6 * S);
}

static void test_tokens_that_never_fit_go_when_it_is_full(void **state)
{
	struct vendor_limit l[VENDOR_LIMITS] = {{0}};
	enum vendor_limit_kind kind;
	struct pacer p = {0};

	(void)state;
	l[LIMIT_INPUT_TOKENS] = said(1000, 500, 30 * S);
	pacer_learn(&p, p.taken, l, 0);
	assert_int_equal(pacer_take(&p, 400, 0, &kind), 0);
	assert_int_equal(pacer_take(&p, 5000, 0, &kind), 54 * S);
	assert_int_equal(kind, LIMIT_INPUT_TOKENS);
	assert_int_equal(pacer_take(&p, 5000, 54 * S, &kind), 0);
}

/* A warm cache uses nothing of it, and vendors round: the reset they name is then nobody's wait. */
static void test_a_limit_of_which_nothing_is_used_holds_nothing_back(void **state)
{
	struct vendor_limit l[VENDOR_LIMITS] = {{0}};
	enum vendor_limit_kind kind;
	struct pacer p = {0};

	(void)state;
	l[LIMIT_INPUT_TOKENS] = said(4000000, 4000000, 55 * S);
	pacer_learn(&p, p.taken, l, 0);
	assert_int_equal(pacer_take(&p, 2600, 0, &kind), 0);
	l[LIMIT_INPUT_TOKENS] = said(4000000, 3997400, 55 * S);	/* then some of it, and again nothing */
	pacer_learn(&p, p.taken, l, S);
	assert_int_equal(pacer_take(&p, 2600, S, &kind), 0);
	l[LIMIT_INPUT_TOKENS] = said(4000000, 4000000, 55 * S);
	pacer_learn(&p, p.taken, l, 2 * S);
	assert_int_equal(pacer_take(&p, 4000000, 2 * S, &kind), 0);
}

static void test_a_limit_of_unknown_size_ends_with_its_time(void **state)
{
	struct vendor_limit l[VENDOR_LIMITS] = {{0}};
	enum vendor_limit_kind kind;
	struct pacer p = {0};

	(void)state;
	l[LIMIT_REQUESTS] = said(0, 0, 5 * S);
	pacer_learn(&p, p.taken, l, 0);
	assert_int_equal(pacer_take(&p, 0, S, &kind), 4 * S);
	assert_int_equal(pacer_take(&p, 0, 5 * S, &kind), 0);
}

static void test_answers_that_overtake_each_other(void **state)
{
	struct vendor_limit l[VENDOR_LIMITS] = {{0}};
	enum vendor_limit_kind kind;
	struct pacer p = {0};

	(void)state;
	assert_int_equal(pacer_take(&p, 0, 0, &kind), 0);
	assert_int_equal(pacer_take(&p, 0, 0, &kind), 0);
	l[LIMIT_REQUESTS] = said(2, 0, 2 * S);
	pacer_learn(&p, 2, l, 0);
	l[LIMIT_REQUESTS] = said(2, 1, S);	/* the first one's answer, said before the second came */
	pacer_learn(&p, 1, l, 0);
	assert_int_equal(pacer_take(&p, 0, 0, &kind), S);
	/* and the right way round, with the second on its way */
	p = (struct pacer){.taken = 2, .open = 2};
	pacer_learn(&p, 1, l, 0);
	assert_int_equal(pacer_take(&p, 0, 0, &kind), S);
}

static void test_a_vendors_own_wait_holds_for_all(void **state)
{
	enum vendor_limit_kind kind;
	struct pacer p = {0};

	(void)state;
	pacer_hold_off(&p, 10 * S);
	pacer_hold_off(&p, 5 * S);
	assert_int_equal(pacer_take(&p, 0, 4 * S, &kind), 6 * S);
	assert_int_equal(kind, VENDOR_LIMITS);
	assert_int_equal(pacer_take(&p, 0, 10 * S, &kind), 0);
}

/* A new key: its limits are known from an answer alone, and a burst would find them out the hard way. */
static void test_before_the_first_answer_a_few_go_ahead(void **state)
{
	struct vendor_limit none[VENDOR_LIMITS] = {{0}};
	enum vendor_limit_kind kind;
	struct pacer p = {0};
	int i;

	(void)state;
	for (i = 0; i < PACER_FIRST_CALLS; i++)
		assert_int_equal(pacer_take(&p, 0, S, &kind), 0);
	assert_int_equal(pacer_take(&p, 0, S, &kind), PACER_SHORTEST_US);
	assert_int_equal(kind, VENDOR_LIMITS);
	assert_true(pacer_is_first(&p, S));
	pacer_lost(&p);		/* one that came to nothing makes room for another */
	assert_int_equal(pacer_take(&p, 0, S, &kind), 0);
	/* one that thinks for long holds nobody up */
	assert_int_equal(pacer_take(&p, 0, S + PACER_FIRST_US, &kind), 0);
	assert_int_equal(pacer_take(&p, 0, S + PACER_FIRST_US, &kind), 0);
	/* an answer that says nothing of limits ends it as well */
	p = (struct pacer){.open = PACER_FIRST_CALLS, .first_us = S};
	assert_true(pacer_take(&p, 0, S, &kind) > 0);
	pacer_learn(&p, 1, none, S);
	for (i = 0; i < 100; i++)
		assert_int_equal(pacer_take(&p, 0, S, &kind), 0);
}

/* A bucket of eight that fills in two seconds; what its answers say is all that is known. */
static void test_no_call_is_refused(void **state)
{
	const int64_t share = S / 4;
	int64_t full_at = 0, now = 0, asked = 0, wait;
	struct vendor_limit l[VENDOR_LIMITS] = {{0}};
	enum vendor_limit_kind kind;
	struct pacer p = {0};

	(void)state;
	while (asked < 500) {
		wait = pacer_take(&p, 0, now, &kind);
		if (wait > 0) {
			now += wait;
			continue;
		}
		full_at = full_at > now ? full_at : now;
		if (full_at - now + share > 8 * share)
			fail_msg("call %d was refused", (int)asked);
		full_at += share;
		asked++;
		l[LIMIT_REQUESTS] = said(8, (8 * share - (full_at - now)) / share, full_at - now);
		pacer_learn(&p, p.taken, l, now);
		now += asked % 7 * 1000;
	}
	assert_true(now < 500 * share + 60 * S);	/* nor does it dawdle */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_was_not_said_holds_nothing_back),
		cmocka_unit_test(test_it_waits_for_its_share_and_no_longer),
		cmocka_unit_test(test_tokens_that_never_fit_go_when_it_is_full),
		cmocka_unit_test(test_a_limit_of_which_nothing_is_used_holds_nothing_back),
		cmocka_unit_test(test_a_limit_of_unknown_size_ends_with_its_time),
		cmocka_unit_test(test_answers_that_overtake_each_other),
		cmocka_unit_test(test_a_vendors_own_wait_holds_for_all),
		cmocka_unit_test(test_before_the_first_answer_a_few_go_ahead),
		cmocka_unit_test(test_no_call_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
