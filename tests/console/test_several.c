/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Several approvals decided with one key: one line says of all of them what came of it. */
#include <stdio.h>

#include "face_fixture.h"

static int start(void **state)
{
	(void)state;
	world_begin();
	fake_approvals(15);
	world_open();
	press("2");
	wait_ms(700);
	return 0;
}

/* Show the first n whole, one after the other, and mark them. */
static void look_at_and_mark(int n)
{
	int i;

	for (i = 0; i < n; i++) {
		press("\n");
		frame();
		press("q ");
		frame();
	}
	wait_ms(700);
}

static void outcome_of(int ticket, enum op_kind kind, const char *failed)
{
	struct outcome o = {.ticket = (uint32_t)ticket, .kind = kind};

	if (failed != NULL)
		err_set(&o.err, ERR_CONFLICT, "%s", failed);
	face_outcome(&f, &o);
	frame();
}

static void test_all_that_are_approved_are_named(void **state)
{
	int i;

	(void)state;
	look_at_and_mark(12);	/* more than the pane shows at once */
	assert_true(on_screen("12 marked"));
	press("y");
	assert_int_equal(fake.asked_n, 12);
	assert_false(on_screen("marked"));
	for (i = 1; i < 12; i++)
		outcome_of(i, OP_APPROVE, NULL);
	assert_int_equal(f.said[0], '\0');	/* the last one is still out */
	outcome_of(12, OP_APPROVE, NULL);
	assert_true(on_screen("\n Approved 12: A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 A11 A12\n"));
}

static void test_a_line_that_would_not_fit_is_shortened(void **state)
{
	int i;

	(void)state;
	grid_resize(g, 46, 14);
	face_resized(&f);
	frame();
	look_at_and_mark(15);
	press("y");
	assert_int_equal(fake.asked_n, 15);
	for (i = 1; i <= 15; i++)
		outcome_of(i, OP_APPROVE, NULL);
	assert_true(on_screen("\n Approved 15: A1 A2 A3 A4 A5 A6 A7 A8 ... A15\n"));
}

static void test_what_did_not_go_through_is_said_and_why(void **state)
{
	(void)state;
	look_at_and_mark(4);
	press("y");
	assert_int_equal(fake.asked_n, 4);
	outcome_of(1, OP_APPROVE, NULL);
	outcome_of(2, OP_APPROVE, NULL);
	outcome_of(4, OP_APPROVE, NULL);
	outcome_of(3, OP_APPROVE, "approval A3 has changed since it was shown");
	assert_true(on_screen("\n Approved 3: A1 A2 A4. Not A3: it has changed since it was shown\n"));
}

static void test_how_many_did_not_go_through_is_said(void **state)
{
	(void)state;
	look_at_and_mark(4);
	press("y");
	outcome_of(1, OP_APPROVE, "approval A1 has changed since it was shown");
	outcome_of(2, OP_APPROVE, NULL);
	outcome_of(3, OP_APPROVE, "the disk is full");
	outcome_of(4, OP_APPROVE, "the disk is full");
	assert_true(on_screen("\n Approved 1: A2. Not 3: A1: it has changed since it was shown; A3 A4: the "));
}

static void test_if_none_goes_through_it_says_so(void **state)
{
	(void)state;
	look_at_and_mark(2);
	press("y");
	outcome_of(1, OP_APPROVE, "the disk is full");
	outcome_of(2, OP_APPROVE, "the disk is full");
	assert_true(on_screen("\n Nothing is approved. A1 A2: the disk is full\n"));
}

static void test_v_marks_from_the_last_mark_to_here(void **state)
{
	(void)state;
	press("jj jjjjjjjv");		/* A3, then down to A11: off the screen and back */
	assert_true(on_screen("9 marked"));
	press("v");
	assert_true(on_screen("9 marked"));
	press("s");
	assert_true(on_screen("\n For later 9: A3 A4 A5 A6 A7 A8 A9 A10 A11\n"));
	press("gv");			/* no mark yet: the one here */
	assert_true(on_screen("1 marked"));
}

static void test_marks_stay_where_nothing_was_asked(void **state)
{
	(void)state;
	press("  y");
	assert_true(on_screen("shown whole"));
	assert_true(on_screen("2 marked"));
	assert_int_equal(fake.asked_n, 0);
}

static void test_several_are_rejected_with_one_reason(void **state)
{
	struct hash shown;

	(void)state;
	press("  n");
	assert_true(on_screen("Reject 2: A1 A2. Why?"));
	shown = fake.world.approvals[1].hash;
	fake.world.approvals[1].hash.b[0] ^= 1;	/* while the reason is being typed */
	fake_changed(SNAP_APPROVALS);
	face_refresh(&f);
	press("twice the same\n");
	assert_int_equal(fake.asked_n, 2);
	assert_int_equal(fake.asked[1].kind, OP_REJECT);
	assert_string_equal(fake.asked_text[1], "twice the same");
	assert_true(hash_same(&fake.asked[1].hash, &shown));
	outcome_of(1, OP_REJECT, NULL);
	outcome_of(2, OP_REJECT, "approval A2 has changed since it was shown");
	assert_true(on_screen("\n Rejected 1: A1. Not A2: it has changed since it was shown\n"));
	fake.world.approvals++;			/* A1 has left the queue, and its mark with it */
	fake.world.approvals_n = fake.world.approvals_total = 14;
	fake_changed(SNAP_APPROVALS);
	face_refresh(&f);
	frame();
	assert_true(on_screen("1 marked"));
}

static void test_what_is_typed_has_room_at_46_columns(void **state)
{
	(void)state;
	grid_resize(g, 46, 14);
	face_resized(&f);
	press("  n");
	press("twice the same");
	assert_true(on_screen("twice the same"));
}

static void test_no_reason_typed_rejects_nothing(void **state)
{
	(void)state;
	press("  n");
	face_key(&f, K_ESC, false);
	frame();
	assert_int_equal(fake.asked_n, 0);
	assert_true(on_screen("2 marked"));
}

static void test_several_are_put_off_with_one_key(void **state)
{
	(void)state;
	press("  s");
	assert_true(on_screen("\n For later 2: A1 A2\n"));
	assert_false(on_screen("marked"));
	assert_int_equal(fake.asked_n, 0);
}

#define SEVERAL(t) cmocka_unit_test_setup_teardown(t, start, world_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		SEVERAL(test_all_that_are_approved_are_named),
		SEVERAL(test_a_line_that_would_not_fit_is_shortened),
		SEVERAL(test_what_did_not_go_through_is_said_and_why),
		SEVERAL(test_how_many_did_not_go_through_is_said),
		SEVERAL(test_if_none_goes_through_it_says_so),
		SEVERAL(test_v_marks_from_the_last_mark_to_here),
		SEVERAL(test_marks_stay_where_nothing_was_asked),
		SEVERAL(test_several_are_rejected_with_one_reason),
		SEVERAL(test_what_is_typed_has_room_at_46_columns),
		SEVERAL(test_no_reason_typed_rejects_nothing),
		SEVERAL(test_several_are_put_off_with_one_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
