/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include "fixture.h"
#include "wire/request.h"

static const struct seal_name one = {.workspace = WORKSPACE, .kind = "connector", .id = 1, .version = 1, .host = ""};

static struct sealed sealed_by(struct vault *v)
{
	struct secret *s = fixture_secret("a secret value");
	struct sealed out;
	struct err e = {0};

	check_ok(vault_seal(v, &one, SEALED_CONNECTOR, s, &out, &e), &e);
	secret_free(s);
	return out;
}

static void check_opens(struct vault *v, const struct sealed *s, enum err_code wanted)
{
	char got[32];
	int ends[2];
	struct err e = {0};

	assert_int_equal(pipe(ends), 0);
	check_code(vault_deliver(v, &one, s, ends[1], &e), wanted, &e);
	close(ends[1]);
	assert_int_equal(read(ends[0], got, sizeof got), wanted == ERR_OK ? 14 : 0);
	close(ends[0]);
}

static struct vault *begin(struct fixture *f)
{
	struct vault *next = NULL;
	struct err e = {0};

	check_ok(vault_rekey_begin(f->v, TEXT(PASS), &next, &e), &e);
	assert_int_equal(vault_generation(next), 2);
	return next;
}

static void test_a_new_root_opens_what_was_resealed_and_nothing_older(void **state)
{
	struct fixture *f = *state;
	struct sealed old = sealed_by(f->v), new;
	struct vault *next = begin(f);
	struct err e = {0};

	check_ok(vault_reseal(f->v, next, &one, &old, &new, &e), &e);
	check_ok(vault_rekey_finish(&f->v, next, &e), &e);
	assert_int_equal(vault_generation(f->v), 2);
	check_opens(f->v, &new, ERR_OK);
	check_opens(f->v, &old, ERR_AUTH);
	vault_close(f->v);
	f->v = fixture_open(f->path, PASS, ERR_OK);
	assert_int_equal(vault_generation(f->v), 2);
	check_opens(f->v, &new, ERR_OK);
	check_ok(vault_change_passphrase(f->v, TEXT(PASS), TEXT("later"), &e), &e);
}

static void test_signatures_of_the_old_root_end_with_it(void **state)
{
	struct fixture *f = *state;
	struct vault *next = begin(f);
	struct hash mac;
	struct err e = {0};

	check_ok(vault_mac(f->v, VAULT_RULE, "r", 1, &mac, &e), &e);
	check_code(vault_mac_check(next, VAULT_RULE, "r", 1, &mac, &e), ERR_AUTH, &e);
	vault_rekey_drop(next);
}

static void test_rekey_asks_for_the_passphrase(void **state)
{
	struct fixture *f = *state;
	struct vault *next = f->v;
	struct err e = {0};

	check_code(vault_rekey_begin(f->v, TEXT("guess"), &next, &e), ERR_AUTH, &e);
	assert_null(next);
}

static void test_only_the_persons_own_slot_survives(void **state)
{
	struct fixture *f = *state;
	struct vault *next;
	struct err e = {0};

	check_ok(vault_slot_add(f->v, "bo", TEXT("battery staple"), BORN, &e), &e);
	next = begin(f);
	check_ok(vault_rekey_finish(&f->v, next, &e), &e);
	fixture_open(f->path, "battery staple", ERR_AUTH);
	assert_string_equal(vault_slot(f->v).name, "ana");
}

static void test_a_console_with_the_old_root_cannot_write_it_back(void **state)
{
	struct fixture *f = *state;
	struct vault *stale = fixture_open(f->path, PASS, ERR_OK), *next = begin(f);
	struct err e = {0};

	check_ok(vault_rekey_finish(&f->v, next, &e), &e);
	check_code(vault_slot_add(stale, "bo", TEXT("battery staple"), BORN, &e), ERR_CONFLICT, &e);
	vault_close(stale);
	vault_close(fixture_open(f->path, PASS, ERR_OK));
}

static void test_a_second_console_leaves_a_rekey_under_way_alone(void **state)
{
	struct fixture *f = *state;
	struct sealed old = sealed_by(f->v), new;
	struct vault *next = begin(f), *other = NULL;
	struct err e = {0};

	check_ok(vault_reseal(f->v, next, &one, &old, &new, &e), &e);
	check_ok(vault_settle(f->path, 1, &e), &e);		/* it unlocks before the commit ... */
	check_code(vault_settle(f->path, 2, &e), ERR_CONFLICT, &e);	/* ... or just after */
	check_code(vault_rekey_begin(f->v, TEXT(PASS), &other, &e), ERR_CONFLICT, &e);
	assert_null(other);
	check_ok(vault_rekey_finish(&f->v, next, &e), &e);
	check_opens(f->v, &new, ERR_OK);
	vault_close(fixture_open(f->path, PASS, ERR_OK));
}

static void test_after_the_commit_the_new_root_gets_through_without_its_file(void **state)
{
	struct fixture *f = *state;
	char *beside = xasprintf("%s.next", f->path);
	struct sealed old = sealed_by(f->v), new;
	struct vault *next = begin(f);
	struct err e = {0};

	check_ok(vault_reseal(f->v, next, &one, &old, &new, &e), &e);
	assert_int_equal(unlink(beside), 0);
	check_ok(vault_rekey_finish(&f->v, next, &e), &e);
	vault_close(f->v);
	f->v = fixture_open(f->path, PASS, ERR_OK);
	check_opens(f->v, &new, ERR_OK);
	free(beside);
}

static void test_a_crash_before_the_commit_keeps_the_old_root(void **state)
{
	struct fixture *f = *state;
	struct sealed old = sealed_by(f->v);
	struct vault *next = begin(f);
	struct err e = {0};

	vault_close(next);	/* as a crash would leave it: the file beside is there */
	check_ok(vault_settle(f->path, 1, &e), &e);
	vault_close(f->v);
	f->v = fixture_open(f->path, PASS, ERR_OK);
	check_opens(f->v, &old, ERR_OK);
}

static void test_a_crash_after_the_commit_gets_the_new_root(void **state)
{
	struct fixture *f = *state;
	struct sealed old = sealed_by(f->v), new;
	struct vault *next = begin(f);
	struct err e = {0};

	check_ok(vault_reseal(f->v, next, &one, &old, &new, &e), &e);
	vault_close(next);
	check_ok(vault_settle(f->path, 2, &e), &e);
	check_ok(vault_settle(f->path, 2, &e), &e);	/* twice is once */
	vault_close(f->v);
	f->v = fixture_open(f->path, PASS, ERR_OK);
	check_opens(f->v, &new, ERR_OK);
}

static void test_files_that_do_not_belong_together_are_told(void **state)
{
	struct fixture *f = *state;
	struct err e = {0};

	check_code(vault_settle(f->path, 7, &e), ERR_CONFLICT, &e);
	assert_true(e.mend[0] != '\0');
}

static void test_a_dropped_rekey_leaves_nothing_behind(void **state)
{
	struct fixture *f = *state;
	char *beside = xasprintf("%s.next", f->path);
	struct vault *next = begin(f);

	assert_true(file_exists(beside));
	vault_rekey_drop(next);
	assert_false(file_exists(beside));
	free(beside);
}

#define with_vault(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_vault(test_a_new_root_opens_what_was_resealed_and_nothing_older),
		with_vault(test_signatures_of_the_old_root_end_with_it),
		with_vault(test_rekey_asks_for_the_passphrase),
		with_vault(test_only_the_persons_own_slot_survives),
		with_vault(test_a_console_with_the_old_root_cannot_write_it_back),
		with_vault(test_a_second_console_leaves_a_rekey_under_way_alone),
		with_vault(test_after_the_commit_the_new_root_gets_through_without_its_file),
		with_vault(test_a_crash_before_the_commit_keeps_the_old_root),
		with_vault(test_a_crash_after_the_commit_gets_the_new_root),
		with_vault(test_files_that_do_not_belong_together_are_told),
		with_vault(test_a_dropped_rekey_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, fixture_lock_memory, NULL);
}
