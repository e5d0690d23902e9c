/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ten rules for approvals, by snapshots and keys. */
#include "face_fixture.h"

#include "base/text.h"
#include "console/view.h"

static int start(void **state)
{
	(void)state;
	world_begin();
	fake_approvals(2);
	world_open();
	return 0;
}

static void check_shows(const char *words)
{
	if (!on_screen(words))
		fail_msg("not on the screen: %s", words);
}

/* Go to the pane, and show the first one whole. */
static void look_at_first(void)
{
	press("2");
	wait_ms(700);
	press("\n");
	frame();
}

static void test_rule_1_an_approval_never_takes_focus(void **state)
{
	(void)state;
	assert_int_equal(f.focus, 0);
	press("a");
	press("Hello");
	fake_approvals(3);
	face_refresh(&f);
	frame();
	assert_int_equal(f.layers_n, 1);
	press(" y");
	check_shows("Hello y");
	assert_int_equal(fake.asked_n, 0);
}

static void test_rule_2_decision_keys_work_only_in_approvals(void **state)
{
	(void)state;
	wait_ms(700);
	press("y");
	press("3y");
	press("5y");
	assert_int_equal(fake.asked_n, 0);
}

static void test_rule_2_enter_and_space_never_decide(void **state)
{
	(void)state;
	look_at_first();
	press("\n  \n\n");
	assert_int_equal(fake.asked_n, 0);
}

static void test_rule_3_keys_are_dead_when_the_item_came_by_itself(void **state)
{
	(void)state;
	look_at_first();
	press("q");
	fake.world.approvals++;		/* A1 went away: A2 is under the mark */
	fake.world.approvals_n = fake.world.approvals_total = 1;
	fake_changed(SNAP_APPROVALS);
	face_refresh(&f);
	frame();
	check_shows("new");
	assert_true(f.wants_flush);
	press("n");
	assert_int_equal(f.layers_n, 0);
	check_shows("only just come here");
	wait_ms(700);
	press("n");
	assert_int_equal(f.layers_n, 1);
}

static void test_rule_4_y_opens_the_view_until_all_was_shown(void **state)
{
	(void)state;
	press("2");
	wait_ms(700);
	press("y");
	assert_int_equal(fake.asked_n, 0);
	check_shows("exactly this");
	press("y");
	assert_int_equal(fake.asked_n, 0);
	wait_ms(700);
	press("y");
	assert_int_equal(fake.asked_n, 1);
	assert_int_equal(fake.asked[0].kind, OP_APPROVE);
}

static void test_rule_4_destroy_wants_the_word_yes(void **state)
{
	(void)state;
	fake.world.approvals[0].effect = EFFECT_DESTROY;
	fake_changed(SNAP_APPROVALS | SNAP_DETAIL);
	face_refresh(&f);
	look_at_first();
	press("y");
	assert_int_equal(fake.asked_n, 0);
	press("no\n");
	assert_int_equal(fake.asked_n, 0);
	press("yyes\n");
	assert_int_equal(fake.asked_n, 1);
	assert_true(fake.asked[0].typed_yes);
}

static void test_rule_4_a_long_payload_must_be_scrolled_through(void **state)
{
	static char line[] = "one line of many";
	int i;

	(void)state;
	for (i = 0; i < 64; i++)
		fake.world.preview.v[i] = (struct shown_line){SHOWN_PLAIN, line};
	fake.world.preview.n = 64;
	fake_changed(SNAP_DETAIL);
	face_refresh(&f);
	look_at_first();
	press("G");
	press("y");
	assert_int_equal(fake.asked_n, 0);	/* the middle was skipped */
	press("g");
	for (i = 0; i < 8; i++)
		press(" ");
	press("y");
	assert_int_equal(fake.asked_n, 1);
}

static void test_rule_5_keys_that_come_together_decide_nothing(void **state)
{
	(void)state;
	look_at_first();
	wait_ms(700);
	f.in_burst = true;
	press("yyy");
	assert_int_equal(fake.asked_n, 0);
	f.in_burst = false;
	press("y");	/* still dead: they went on coming */
	assert_int_equal(fake.asked_n, 0);
	wait_ms(700);
	press("y");
	assert_int_equal(fake.asked_n, 1);
}

static void test_rule_3_a_key_held_down_never_decides(void **state)
{
	int i;

	(void)state;
	press("2");
	wait_ms(700);
	press("y");	/* opens the view */
	for (i = 0; i < 60; i++) {
		wait_ms(33);
		press("y");
	}
	assert_int_equal(fake.asked_n, 0);
	wait_ms(700);
	press("y");
	assert_int_equal(fake.asked_n, 1);
	assert_true(fake.asked[0].shown_ms >= 2600);
}

static void test_rule_4_the_word_yes_is_typed(void **state)
{
	(void)state;
	fake.world.approvals[0].effect = EFFECT_DESTROY;
	fake_changed(SNAP_APPROVALS | SNAP_DETAIL);
	face_refresh(&f);
	look_at_first();
	press("y");
	f.in_burst = true;	/* a paste without its marks */
	press("yes\n");
	f.in_burst = false;
	press("\n");
	assert_int_equal(fake.asked_n, 0);
	check_shows("the word was not yes");
}

static void test_rule_5_pasted_text_never_decides(void **state)
{
	(void)state;
	look_at_first();
	face_key(&f, 'y', true);
	face_key(&f, K_MOUSE, false);
	frame();
	assert_int_equal(fake.asked_n, 0);
	check_shows("not taken for keys");
}

static void test_rule_5_a_locked_vault_asks_for_the_passphrase(void **state)
{
	(void)state;
	look_at_first();
	fake.unlocked = false;
	press("y");
	assert_int_equal(fake.asked_n, 0);
	check_shows("Unlock acme");
}

static void test_rule_6_the_decision_carries_the_hash_that_was_shown(void **state)
{
	struct hash shown;

	(void)state;
	shown = fake.world.approvals[0].hash;
	look_at_first();
	press("y");
	assert_int_equal(fake.asked_n, 1);
	assert_true(fake.asked[0].has_hash);
	assert_true(hash_same(&fake.asked[0].hash, &shown));
}

static void test_rule_6_a_changed_payload_is_looked_at_again(void **state)
{
	(void)state;
	look_at_first();
	fake.world.approvals[0].version = 2;
	fake.world.approvals[0].hash.b[0] ^= 1;
	fake_changed(SNAP_APPROVALS | SNAP_DETAIL);
	face_refresh(&f);
	press("y");
	assert_int_equal(fake.asked_n, 0);
}

static void test_rule_7_later_is_not_no(void **state)
{
	(void)state;
	press("2");
	wait_ms(700);
	press("s");
	assert_int_equal(fake.asked_n, 0);
	check_shows("later");
}

static void test_rule_8_together_only_after_each_was_shown(void **state)
{
	(void)state;
	press("2");
	wait_ms(700);
	press("  y");
	assert_int_equal(fake.asked_n, 0);
	check_shows("shown whole");
	press("g\n");
	frame();
	press("qj\n");
	frame();
	press("qgy");		/* the marks have stayed */
	assert_int_equal(fake.asked_n, 2);
}

static void test_rule_8_never_destroy_together(void **state)
{
	(void)state;
	fake.world.approvals[1].effect = EFFECT_DESTROY;
	fake_changed(SNAP_APPROVALS);
	face_refresh(&f);
	press("2");
	wait_ms(700);
	press("  y");
	check_shows("one by one");
	assert_int_equal(fake.asked_n, 0);
}

static void test_rule_9_z_takes_back_what_waits_to_go_out(void **state)
{
	(void)state;
	fake.world.approvals[0].state = APPROVAL_HOLDING;
	fake.world.approvals[0].fire_us = now + 3 * US_PER_S;
	fake_changed(SNAP_APPROVALS);
	face_refresh(&f);
	press("2");
	check_shows("goes out in 3s");
	press("z");
	assert_int_equal(fake.asked_n, 1);
	assert_int_equal(fake.asked[0].kind, OP_UNDO);
}

static void test_rule_6_a_rejection_names_what_was_on_the_screen(void **state)
{
	struct hash shown;

	(void)state;
	shown = fake.world.approvals[0].hash;
	press("2");
	wait_ms(700);
	press("nwrong");
	fake.world.approvals[0].version = 2;	/* while the reason is being typed */
	fake.world.approvals[0].hash.b[0] ^= 1;
	fake_changed(SNAP_APPROVALS);
	face_refresh(&f);
	press("\n");
	assert_int_equal(fake.asked_n, 1);
	assert_true(fake.asked[0].has_hash);
	assert_true(hash_same(&fake.asked[0].hash, &shown));
}

static void test_rule_10_a_rejection_carries_its_reason(void **state)
{
	(void)state;
	press("2");
	wait_ms(700);
	press("nwrong address\n");
	assert_int_equal(fake.asked_n, 1);
	assert_int_equal(fake.asked[0].kind, OP_REJECT);
	assert_string_equal(fake.asked_text[0], "wrong address");
}

static void test_rule_10_asked_changes_carry_what_is_to_be_different(void **state)
{
	struct hash shown;

	(void)state;
	shown = fake.world.approvals[0].hash;
	press("2");
	press("c");			/* it has only just come there */
	assert_int_equal(fake.asked_n, 0);
	wait_ms(700);
	press("c");
	check_shows("Changes to A");
	press("shorter\n");
	assert_int_equal(fake.asked_n, 1);
	assert_int_equal(fake.asked[0].kind, OP_ASK_CHANGES);
	assert_string_equal(fake.asked_text[0], "shorter");
	assert_true(fake.asked[0].has_hash && hash_same(&fake.asked[0].hash, &shown));
	fake.world.approvals[0].state = APPROVAL_CHANGES_ASKED;
	fake_changed(SNAP_APPROVALS);
	face_refresh(&f);
	frame();
	check_shows("changes asked");
	check_shows("turn: a new version comes");
	press("c");
	press("y");
	assert_int_equal(fake.asked_n, 1);
}

static void test_what_nobody_knows_is_settled_by_a_form(void **state)
{
	(void)state;
	fake.world.approvals[0].state = APPROVAL_UNKNOWN;
	fake_changed(SNAP_APPROVALS);
	face_refresh(&f);
	frame();
	press("2");
	wait_ms(700);
	press("y");
	assert_int_equal(fake.asked_n, 0);
	press("w");			/* its page first */
	check_shows("Approval A1");
	press("w");			/* held down, it opens nothing */
	wait_ms(700);
	press("w");
	check_shows("What became of A1?");
	check_shows("It is not sent again");
	press("\n\n");			/* nothing chosen settles nothing */
	assert_int_equal(fake.asked_n, 0);
	check_shows("Choose one of the two");
	face_key(&f, K_DOWN, false);
	press("\n");
	press("in Sent, 12:04\n");
	assert_int_equal(fake.asked_n, 1);
	assert_int_equal(fake.asked[0].kind, OP_SETTLE);
	assert_true(fake.asked[0].fired);
	assert_string_equal(fake.asked_text[0], "in Sent, 12:04");
}

#define RULE(t) cmocka_unit_test_setup_teardown(t, start, world_close)

static void test_a_standing_rule_is_asked_for_and_typed(void **state)
{
	int i;

	(void)state;
	press("2");
	wait_ms(700);
	press("Y\n");			/* its words are not whole yet: no rule by a key that ran on */
	assert_int_equal(fake.asked_n, 0);
	press("Y");
	check_shows("Rule for Kai, send_mail");
	face_key(&f, '*', true);	/* pasted text makes none */
	assert_int_equal(fake.asked_n, 0);
	press("to=dana@example.com\n");
	assert_int_equal(fake.asked_n, 1);
	assert_int_equal(fake.asked[0].kind, OP_RULE_ADD);
	assert_string_equal(fake.asked[0].name, "Kai");
	assert_string_equal(fake.asked[0].connector, "inbox");
	assert_string_equal(fake.asked[0].tool, "send_mail");
	assert_string_equal(fake.asked_text[0], "{\"to\":\"dana@example.com\"}");
	assert_int_equal(fake.asked[0].count, 20);
	assert_true(fake.asked[0].until_us > 0);
	for (i = 0; i < 2; i++)
		fake.world.approvals[i].effect = EFFECT_DESTROY;
	fake_changed(SNAP_APPROVALS);
	face_refresh(&f);
	wait_ms(700);
	press("Y");
	check_shows("one by one");
	assert_int_equal(fake.asked_n, 1);
}

static void test_no_standing_rule_from_a_key_that_met_a_new_item(void **state)
{
	(void)state;
	press("2");
	wait_ms(700);
	fake.world.approvals++;
	fake.world.approvals_n = fake.world.approvals_total = 1;
	fake_changed(SNAP_APPROVALS);
	face_refresh(&f);
	frame();
	press("Y");
	check_shows("only just come here");
	assert_int_equal(f.layers_n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RULE(test_rule_1_an_approval_never_takes_focus), RULE(test_rule_2_decision_keys_work_only_in_approvals), RULE(test_rule_2_enter_and_space_never_decide),
		RULE(test_rule_3_keys_are_dead_when_the_item_came_by_itself), RULE(test_rule_4_y_opens_the_view_until_all_was_shown),
		RULE(test_rule_4_destroy_wants_the_word_yes), RULE(test_rule_4_a_long_payload_must_be_scrolled_through), RULE(test_rule_5_pasted_text_never_decides),
		RULE(test_rule_5_keys_that_come_together_decide_nothing), RULE(test_rule_3_a_key_held_down_never_decides), RULE(test_rule_4_the_word_yes_is_typed),
		RULE(test_rule_5_a_locked_vault_asks_for_the_passphrase), RULE(test_rule_6_the_decision_carries_the_hash_that_was_shown),
		RULE(test_rule_6_a_changed_payload_is_looked_at_again), RULE(test_rule_6_a_rejection_names_what_was_on_the_screen), RULE(test_rule_7_later_is_not_no), RULE(test_rule_8_together_only_after_each_was_shown),
		RULE(test_rule_8_never_destroy_together), RULE(test_rule_9_z_takes_back_what_waits_to_go_out), RULE(test_rule_10_a_rejection_carries_its_reason), RULE(test_what_nobody_knows_is_settled_by_a_form), RULE(test_rule_10_asked_changes_carry_what_is_to_be_different),
		RULE(test_a_standing_rule_is_asked_for_and_typed), RULE(test_no_standing_rule_from_a_key_that_met_a_new_item),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
