/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Key files, and how one vault.key takes another's place. */
#include "check.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "fixture.h"
#include "vault/keyfile.h"

static const char file[] = "sixteen bytes at least, and a zero \0 in between\n";

static struct vault_pass with_file(const char *pass)
{
	return (struct vault_pass){.text = slice_of(pass), .file = slice_make(file, sizeof file - 1)};
}

static void check_opens(struct fixture *f, struct vault_pass p, enum err_code wanted, const char *who)
{
	struct vault *v = NULL;
	struct err e = {0};

	check_code(vault_open_at_cost(&v, f->path, p, VAULT_COST_TEST, &e), wanted, &e);
	if (wanted == ERR_OK)
		assert_string_equal(vault_slot(v).name, who);
	vault_close(v);
}

static void test_a_slot_with_a_key_file_needs_both(void **state)
{
	struct fixture *f = *state;
	struct vault_pass other = with_file("staple");
	struct vault_slot slots[VAULT_SLOTS];
	struct err e = {0};
	int n;

	check_ok(vault_slot_add(f->v, "bo", with_file("staple"), BORN, &e), &e);
	check_opens(f, with_file("staple"), ERR_OK, "bo");
	check_opens(f, TEXT("staple"), ERR_AUTH, NULL);
	other.file.len--;
	check_opens(f, other, ERR_AUTH, NULL);
	check_opens(f, with_file("stapler"), ERR_AUTH, NULL);
	check_ok(vault_slot_list(f->path, slots, &n, &e), &e);
	assert_false(slots[0].has_file);
	assert_true(slots[1].has_file);
}

static void test_a_key_file_is_not_in_the_way_of_a_slot_without_one(void **state)
{
	struct fixture *f = *state;

	check_opens(f, with_file(PASS), ERR_OK, "ana");
}

static void test_a_missing_key_file_is_said_to_be_missing(void **state)
{
	struct fixture *f = *state;
	struct vault *v;
	struct err e = {0};

	check_ok(vault_slot_add(f->v, "bo", with_file("staple"), BORN, &e), &e);
	check_code(vault_open_at_cost(&v, f->path, TEXT("staple"), VAULT_COST_TEST, &e), ERR_AUTH, &e);
	assert_non_null(strstr(e.text, "key file"));
	assert_non_null(strstr(e.mend, "CLAVIGER_KEY_FILE"));
}

static void test_a_key_file_comes_and_goes_with_the_passphrase(void **state)
{
	struct fixture *f = *state;
	struct err e = {0};

	check_ok(vault_change_passphrase(f->v, TEXT(PASS), with_file("second"), &e), &e);
	check_opens(f, TEXT("second"), ERR_AUTH, NULL);
	check_opens(f, with_file("second"), ERR_OK, "ana");
	check_code(vault_change_passphrase(f->v, TEXT("second"), TEXT("third"), &e), ERR_AUTH, &e);
	check_ok(vault_change_passphrase(f->v, with_file("second"), TEXT("third"), &e), &e);
	check_opens(f, TEXT("third"), ERR_OK, "ana");
}

static void test_a_key_file_has_a_least_and_a_greatest_length(void **state)
{
	static char bytes[VAULT_FILE_MAX + 1];
	struct fixture *f = *state;
	struct vault_pass p = {.text = slice_of("x"), .file = slice_make(bytes, VAULT_FILE_MIN - 1)};
	struct err e = {0};

	check_code(vault_slot_add(f->v, "bo", p, BORN, &e), ERR_USAGE, &e);
	p.file.len = VAULT_FILE_MAX + 1;
	check_code(vault_slot_add(f->v, "bo", p, BORN, &e), ERR_USAGE, &e);
	p.file.len = VAULT_FILE_MAX;
	check_ok(vault_slot_add(f->v, "bo", p, BORN, &e), &e);
}

/* --- one file in another's place ------------------------------------------------- */

/* The old file's bytes, through a descriptor of before: what a disk would still hold. */
static void test_R13_the_old_file_is_overwritten(void **state)
{
	struct fixture *f = *state;
	static const uint8_t zeros[KEYFILE_BYTES];
	uint8_t bytes[KEYFILE_BYTES];
	int fd = open(f->path, O_RDONLY | O_CLOEXEC);
	struct err e = {0};

	check_ok(vault_change_passphrase(f->v, TEXT(PASS), TEXT("a new one"), &e), &e);
	assert_int_equal(pread(fd, bytes, sizeof bytes, 0), sizeof bytes);
	assert_memory_equal(bytes, zeros, sizeof bytes);
	close(fd);
}

static void test_R13_a_backup_by_hard_link_is_left_alone(void **state)
{
	struct fixture *f = *state;
	char *backup = xasprintf("%s/backup", f->folder);
	struct key_file k;
	struct err e = {0};

	assert_int_equal(link(f->path, backup), 0);
	check_ok(vault_change_passphrase(f->v, TEXT(PASS), TEXT("a new one"), &e), &e);
	check_ok(keyfile_read(backup, &k, &e), &e);
	unlink(backup);
	free(backup);
}

static void leave(const struct fixture *f, const char *suffix)
{
	char *path = xasprintf("%s%s", f->path, suffix);
	struct err e = {0};

	check_ok(file_replace(path, slice_of("left by a process that was killed"), 0600, &e), &e);
	free(path);
}

static void test_R13_what_the_killed_left_is_swept(void **state)
{
	struct fixture *f = *state;
	struct err e = {0};

	leave(f, ".old");
	leave(f, ".new.77");
	leave(f, ".next.new.77");
	check_ok(vault_settle(f->path, 1, &e), &e);	/* as every unlock does; the teardown finds an empty folder */
	vault_close(fixture_open(f->path, PASS, ERR_OK));
}

/* A passphrase is changed by wrapping one root: the file is all there is to write. */
static void test_R13_a_change_touches_one_slot(void **state)
{
	struct fixture *f = *state;
	struct key_file before, after;
	struct err e = {0};
	int i;

	check_ok(vault_slot_add(f->v, "bo", TEXT("battery staple"), BORN, &e), &e);
	check_ok(keyfile_read(f->path, &before, &e), &e);
	check_ok(vault_change_passphrase(f->v, TEXT(PASS), TEXT("a new one"), &e), &e);
	check_ok(keyfile_read(f->path, &after, &e), &e);
	assert_memory_not_equal(after.slots[0].wrapped, before.slots[0].wrapped, sizeof before.slots[0].wrapped);
	assert_memory_not_equal(after.slots[0].salt, before.slots[0].salt, sizeof before.slots[0].salt);
	for (i = 1; i < VAULT_SLOTS; i++)
		assert_memory_equal(&after.slots[i], &before.slots[i], sizeof before.slots[i]);
	assert_int_equal(after.generation, before.generation);
}

int main(void)
{
#define with_vault(t) cmocka_unit_test_setup_teardown(t, fixture_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		with_vault(test_a_slot_with_a_key_file_needs_both),
		with_vault(test_a_key_file_is_not_in_the_way_of_a_slot_without_one),
		with_vault(test_a_missing_key_file_is_said_to_be_missing),
		with_vault(test_a_key_file_comes_and_goes_with_the_passphrase),
		with_vault(test_a_key_file_has_a_least_and_a_greatest_length),
		with_vault(test_R13_the_old_file_is_overwritten),
		with_vault(test_R13_a_backup_by_hard_link_is_left_alone),
		with_vault(test_R13_what_the_killed_left_is_swept),
		with_vault(test_R13_a_change_touches_one_slot),
	};

	return cmocka_run_group_tests(tests, fixture_lock_memory, NULL);
}
