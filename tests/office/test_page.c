/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "check.h"

#include <stdlib.h>

#include "money/pico.h"
#include "office/page.h"

static void test_a_page_says_what_was_done_refused_and_what_it_cost(void **state)
{
	struct task tasks[] = {{.id = 1, .kind = TASK_PLAN, .agent = "Mira", .cost_pd = PICO_DOLLAR / 100, .turns = 2},
		{.id = 2, .agent = "Ada", .cost_pd = PICO_DOLLAR / 50, .turns = 3}, {.id = 3, .agent = "Ada", .cost_pd = PICO_DOLLAR / 100, .turns = 1}};
	struct approval rows[] = {
		{.id = 1, .kind = APPROVAL_PLAN, .state = APPROVAL_REJECTED, .summary = "2 tasks", .reason = "mind the commas\nand more"},
		{.id = 2, .kind = APPROVAL_PLAN, .state = APPROVAL_FIRED, .summary = "2 tasks"},
		{.id = 3, .kind = APPROVAL_ACTION, .state = APPROVAL_FIRED, .connector = "repo", .tool = "propose_patch", .summary = "a.md +1 -1", .decided_by = "rule R3"},
		{.id = 4, .kind = APPROVAL_ACTION, .state = APPROVAL_UNKNOWN, .connector = "inbox", .tool = "send_mail", .summary = "to dana@example.com"},
		{.id = 5, .kind = APPROVAL_ACTION, .state = APPROVAL_FAILED, .connector = "crm", .tool = "add_note", .summary = "add_note contact/1", .reason = "it changed"},
		{.id = 6, .kind = APPROVAL_ACTION, .state = APPROVAL_SUPERSEDED, .connector = "crm", .tool = "add_note", .summary = "never shown"},
	};
	char *page = goal_page("All done.", tasks, LENGTH(tasks), rows, LENGTH(rows));

	(void)state;
	assert_string_equal(page, "All done.\n"
		"\nApproved and carried out:\n  A3 repo.propose_patch: a.md +1 -1 (approved by rule R3)\n"
		"\nRefused:\n  A1 plan: 2 tasks (mind the commas)\n"
		"\nApproved or proposed, and not done:\n  A5 crm.add_note: contact/1 (it changed)\n"
		"\nNot known whether it was done; look, then settle it:\n  A4 inbox.send_mail: to dana@example.com\n"
		"\nCost: $0.0400 over 6 calls: Mira $0.0100, Ada $0.0300\n");
	free(page);
}

static void test_a_page_is_one_page(void **state)
{
	struct task t = {.id = 1, .agent = "Ada"};
	struct approval rows[100];
	char *report = malloc(100000), *page;
	size_t i;

	(void)state;
	for (i = 0; i < 100000; i += 2)
		memcpy(report + i, "\xC3\xA4", 2);
	report[99998] = '\0';
	memset(rows, 0, sizeof rows);
	for (i = 0; i < LENGTH(rows); i++)
		rows[i] = (struct approval){.id = (int64_t)i + 1, .kind = APPROVAL_ACTION, .state = APPROVAL_FIRED, .summary = "x"};
	page = goal_page(report, &t, 1, rows, LENGTH(rows));
	assert_true(strlen(page) < PAGE_BYTES);
	assert_non_null(strstr(page, "\xC3\xA4\n[cut: the whole stands with the tasks]\n"));
	assert_non_null(strstr(page, "  and 60 more\n"));
	free(page);
	free(report);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_page_says_what_was_done_refused_and_what_it_cost),
		cmocka_unit_test(test_a_page_is_one_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
