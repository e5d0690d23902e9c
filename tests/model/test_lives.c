/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of legal moves, each written out here once more from the design's words. */
#include <stdio.h>
#include <string.h>

#include "base/slice.h"
#include "check.h"
#include "model/move.h"

static const struct life *const lives[] = {&goal_life, &task_life, &call_life, &approval_life, &key_life, &link_life, &request_life};

/* "from to to ..." a state; what is not named is illegal. */
static void check_table(const struct life *l, const char *const rows[], int count)
{
	int from, to;

	assert_int_equal(l->states, count);
	for (from = 0; from < count; from++) {
		size_t n = strcspn(rows[from], " ");
		char word[64];

		snprintf(word, sizeof word, "%.*s", (int)n, rows[from]);
		assert_int_equal(life_state(l, word), from);
		for (to = 0; to < count; to++) {
			struct err e = {0};
			char padded[320];
			bool legal;

			snprintf(padded, sizeof padded, "%s ", rows[from] + n);
			snprintf(word, sizeof word, " %s ", life_name(l, to));
			legal = strstr(padded, word) != NULL;
			if (life_allows(l, from, to) != legal)
				fail_msg("%s: %s to %s should be %s", l->noun, life_name(l, from), life_name(l, to), legal ? "legal" : "illegal");
			check_code(life_check(l, 7, from, to, &e), legal ? ERR_OK : ERR_ILLEGAL, &e);
			assert_true(legal || strstr(e.text, life_name(l, to)) != NULL);
		}
		assert_int_equal(life_is_final(l, from), rows[from][n] == '\0');
	}
}

static void test_goal_moves(void **state)
{
	static const char *const rows[] = {
		"planning plan_pending active paused failed cancelled", "plan_pending planning active paused failed cancelled", "active paused done failed cancelled",
		"paused planning plan_pending active failed cancelled", "done", "failed active planning", "cancelled"};

	(void)state;
	check_table(&goal_life, rows, (int)LENGTH(rows));
	assert_int_equal(goal_life.letter, 'G');
}

static void test_task_moves(void **state)
{
	static const char *const rows[] = {
		"blocked ready paused failed cancelled", "ready running waiting paused failed cancelled", "running ready waiting paused done failed cancelled",
		"waiting ready running paused done failed cancelled", "paused ready blocked waiting failed cancelled", "done", "failed ready cancelled", "cancelled"};

	(void)state;
	check_table(&task_life, rows, (int)LENGTH(rows));
	assert_int_equal(task_life.letter, 'T');
}

static void test_call_moves(void **state)
{
	static const char *const rows[] = {"held sent released", "sent settled refused cut", "settled", "refused", "cut settled", "released"};

	(void)state;
	check_table(&call_life, rows, (int)LENGTH(rows));
	assert_int_equal(call_life.letter, 'C');
}

static void test_i2_approval_moves(void **state)
{
	static const char *const rows[] = {
		"proposed pending withdrawn", "pending approved rejected expired superseded withdrawn changes_asked", "approved holding firing pending rejected expired superseded withdrawn",
		"holding firing pending rejected expired superseded withdrawn", "firing fired failed unknown approved", "fired", "failed superseded pending", "unknown fired not_fired",
		"not_fired", "rejected", "expired", "superseded", "withdrawn", "changes_asked superseded withdrawn"};

	(void)state;
	check_table(&approval_life, rows, (int)LENGTH(rows));
	assert_int_equal(approval_life.letter, 'A');
}

static void test_key_moves(void **state)
{
	static const char *const rows[] = {
		"untested active failing revoked retired", "active failing revoked retired untested", "failing active revoked retired untested", "revoked retired untested active", "retired"};

	(void)state;
	check_table(&key_life, rows, (int)LENGTH(rows));
}

static void test_connector_moves(void **state)
{
	static const char *const rows[] = {"stopped running failing untrusted", "running stopped failing untrusted", "failing running stopped untrusted", "untrusted stopped"};

	(void)state;
	check_table(&link_life, rows, (int)LENGTH(rows));
}

static void test_request_has_exactly_one_outcome(void **state)
{
	static const char *const rows[] = {"asked taken withdrawn", "taken done failed", "done", "failed", "withdrawn"};

	(void)state;
	check_table(&request_life, rows, (int)LENGTH(rows));
}

static void test_states_out_of_range_move_nowhere(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < LENGTH(lives); i++) {
		const struct life *l = lives[i];

		assert_false(life_allows(l, -1, 0));
		assert_false(life_allows(l, 0, -1));
		assert_false(life_allows(l, l->states, 0));
		assert_false(life_allows(l, 0, l->states));
		assert_string_equal(life_name(l, -1), "?");
		assert_string_equal(life_name(l, l->states), "?");
		assert_int_equal(life_state(l, "nonsense"), -1);
		assert_int_equal(life_state(l, NULL), -1);
		assert_false(life_is_final(l, l->states));
	}
}

static void test_ids_with_and_without_their_letter(void **state)
{
	(void)state;
	assert_int_equal(id_parse('A', "A7"), 7);
	assert_int_equal(id_parse('A', "a7"), 7);
	assert_int_equal(id_parse('A', "7"), 7);
	assert_int_equal(id_parse('A', "G7"), 0);
	assert_int_equal(id_parse('A', "A"), 0);
	assert_int_equal(id_parse('A', ""), 0);
	assert_int_equal(id_parse('A', "A7x"), 0);
	assert_int_equal(id_parse('A', "-7"), 0);
	assert_int_equal(id_parse('A', "99999999999999999999"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goal_moves),
		cmocka_unit_test(test_task_moves),
		cmocka_unit_test(test_call_moves),
		cmocka_unit_test(test_i2_approval_moves),
		cmocka_unit_test(test_key_moves),
		cmocka_unit_test(test_connector_moves),
		cmocka_unit_test(test_request_has_exactly_one_outcome),
		cmocka_unit_test(test_states_out_of_range_move_nowhere),
		cmocka_unit_test(test_ids_with_and_without_their_letter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
