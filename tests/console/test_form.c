/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A form on small screens: the field with the focus, and what is wrong, are always in sight. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "base/clock.h"
#include "console/face_state.h"
#include "console/form.h"
#include "fake_desk.h"

static struct face f;
static struct grid *g;
static const struct console_options options;
static const char *const labels[] = {"First field", "Second field", "Third field", "Fourth field", "Fifth field"};

static void refuse(struct face *face, struct form *form)
{
	(void)face;
	snprintf(form->problem, sizeof form->problem, "That is not what was meant.");
}

/* A form of five fields under a long sentence, as the first run has it. */
static void open_form(int cols, int rows)
{
	struct form *form = form_new("Long form");
	struct err e;

	g = grid_new(cols, rows, true);
	face_init(&f, fake_desk(), &options, g, NULL);
	assert_int_equal(face_keymap(&f, &e), ERR_OK);
	form->intro[0] = "A long sentence that takes some rows of a small screen before the first field begins, and then goes on for some more words so that it wraps.";
	for (size_t i = 0; i < LENGTH(labels); i++)
		form_add_text(form, labels[i], NULL, "preset");
	form->submit = refuse;
	face_form(&f, form);
}

static void close_form(void)
{
	face_release(&f);
	grid_free(g);
}

static bool shows(const char *words)
{
	struct buf b;
	bool is_there;

	face_draw(&f);
	face_sent(&f);
	buf_init(&b, 0);
	grid_dump(g, &b);
	is_there = strstr(buf_text(&b), words) != NULL;
	buf_release(&b);
	return is_there;
}

static void check_every_field_is_seen(int cols, int rows)
{
	open_form(cols, rows);
	for (size_t i = 0; i < LENGTH(labels); i++) {
		if (!shows(labels[i]))
			fail_msg("%s has the focus and is out of sight at %dx%d", labels[i], cols, rows);
		face_key(&f, K_ENTER, false);
	}
	assert_true(shows("not what"));
	assert_true(shows(labels[LENGTH(labels) - 1]));
	close_form();
}

static void test_the_focus_is_always_in_sight(void **state)
{
	(void)state;
	check_every_field_is_seen(80, 24);
	check_every_field_is_seen(80, 16);
	check_every_field_is_seen(40, 10);
}

static void test_a_form_that_scrolled_says_so(void **state)
{
	(void)state;
	open_form(40, 10);
	assert_true(shows("more below"));
	for (size_t i = 1; i < LENGTH(labels); i++)
		face_key(&f, K_ENTER, false);
	assert_true(shows("more above"));
	assert_false(shows("more below"));
	close_form();
	open_form(80, 24);
	assert_false(shows("more above") || shows("more below"));
	close_form();
}

static void test_a_choice_lists_only_under_the_focus(void **state)
{
	struct form *form = form_new("Choices");
	struct field *fl;
	struct err e;

	(void)state;
	g = grid_new(80, 24, true);
	face_init(&f, fake_desk(), &options, g, NULL);
	assert_int_equal(face_keymap(&f, &e), ERR_OK);
	fl = form_add_choice(form, "Team", NULL);
	field_add_choice(fl, "clinic", "for a clinic");
	field_add_choice(fl, "shop", "for a shop");
	fl->chosen = 1;
	form_add_text(form, "Name", NULL, "x");
	form->submit = refuse;
	face_form(&f, form);
	assert_true(shows("clinic") && shows("shop"));
	face_key(&f, K_ENTER, false);
	assert_true(shows("shop") && !shows("clinic"));
	close_form();
}

/* Typed without being asked, a passphrase's letters would be keys of the panes. */
static void test_a_locked_vault_is_asked_for_at_the_start(void **state)
{
	static const struct console_options only_looks = {.read_only = true};
	struct err e;

	(void)state;
	g = grid_new(80, 24, true);
	memset(&fake, 0, sizeof fake);
	face_init(&f, fake_desk(), &options, g, NULL);
	assert_int_equal(face_keymap(&f, &e), ERR_OK);
	face_greet(&f);
	assert_true(shows("Passphrase"));
	face_secret(&f, SECRET_CANCEL);
	assert_false(shows("Passphrase"));
	close_form();

	g = grid_new(80, 24, true);
	face_init(&f, fake_desk(), &only_looks, g, NULL);
	assert_int_equal(face_keymap(&f, &e), ERR_OK);
	face_greet(&f);
	assert_false(shows("Passphrase"));
	close_form();

	g = grid_new(80, 24, true);
	fake.unlocked = true;
	face_init(&f, fake_desk(), &options, g, NULL);
	assert_int_equal(face_keymap(&f, &e), ERR_OK);
	face_greet(&f);
	assert_false(shows("Passphrase"));
	close_form();
}

static int closed_after(int seconds, bool has_work)
{
	static const struct console_options closes = {.idle_close_s = 60};
	int64_t steady = 5 * US_PER_S, now = INT64_C(1795425600) * US_PER_S;
	struct err e;
	int i, asked = 0;

	memset(&fake, 0, sizeof fake);
	fake.unlocked = true;
	fake.world.has_work = has_work;
	g = grid_new(80, 24, true);
	face_init(&f, fake_desk(), &closes, g, NULL);
	assert_int_equal(face_keymap(&f, &e), ERR_OK);
	face_time(&f, now, steady);
	fake_changed(SNAP_STATUS);
	face_refresh(&f);
	for (i = 0; i < 3; i++)	/* asked for once, however often it is looked at */
		face_time(&f, now, steady + seconds * US_PER_S);
	for (i = 0; i < fake.asked_n; i++)
		asked += fake.asked[i].kind == OP_LOCK_KEYS;
	close_form();
	return asked;
}

static void test_the_vault_closes_when_there_is_nothing_to_do(void **state)
{
	(void)state;
	assert_int_equal(closed_after(59, false), 0);
	assert_int_equal(closed_after(61, false), 1);
	assert_int_equal(closed_after(61, true), 0);	/* the office works overnight */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_focus_is_always_in_sight),
		cmocka_unit_test(test_a_form_that_scrolled_says_so),
		cmocka_unit_test(test_a_choice_lists_only_under_the_focus),
		cmocka_unit_test(test_a_locked_vault_is_asked_for_at_the_start),
		cmocka_unit_test(test_the_vault_closes_when_there_is_nothing_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
