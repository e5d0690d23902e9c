/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/hash.h"
#include "vault/keyfile.h"
#include "fixture.h"

/* The file's bytes as they are on disk. */
static void read_bytes(const char *path, uint8_t out[KEYFILE_BYTES])
{
	struct buf b;
	struct err e = {0};

	buf_init(&b, KEYFILE_BYTES);
	check_ok(file_read(path, &b, &e), &e);
	assert_int_equal(b.len, KEYFILE_BYTES);
	memcpy(out, b.p, KEYFILE_BYTES);
	buf_release(&b);
}

/* Over the file, without the syncs of file_replace(): some tests do it thousands of times. */
static void write_bytes(const char *path, const uint8_t *bytes, size_t n)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, n, 0), n);
	close(fd);
}

/* What somebody who knows the format but no passphrase would do. */
static void mend_checksum(uint8_t bytes[KEYFILE_BYTES])
{
	struct hash sum = hash_bytes(bytes, KEYFILE_BYTES - HASH_BYTES);

	memcpy(bytes + KEYFILE_BYTES - HASH_BYTES, sum.b, HASH_BYTES);
}

/* The same MAC means the same root. */
static struct hash mark_of(struct vault *v)
{
	struct hash h;
	struct err e = {0};

	check_ok(vault_mac(v, VAULT_DECISION, "x", 1, &h, &e), &e);
	return h;
}

static void test_the_right_passphrase_opens_it(void **state)
{
	struct fixture *f = *state;
	struct vault_slot s = vault_slot(f->v);

	assert_true(vault_is_open(f->v));
	assert_false(vault_is_open(NULL));
	assert_string_equal(s.name, "ana");
	assert_int_equal(s.index, 0);
	assert_true(s.created_us == BORN);
	assert_string_equal(vault_workspace(f->v), WORKSPACE);
	assert_int_equal(vault_generation(f->v), 1);
}

static void test_a_wrong_passphrase_is_told_as_such(void **state)
{
	static const char *const wrong[] = {"", "correct hors", "correct horse ", "Correct horse", "x"};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < LENGTH(wrong); i++)
		assert_null(fixture_open(f->path, wrong[i], ERR_AUTH));
}

static void test_I5_the_file_is_for_its_owner_and_holds_no_passphrase(void **state)
{
	struct fixture *f = *state;
	uint8_t bytes[KEYFILE_BYTES];
	struct stat st;

	assert_int_equal(stat(f->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	read_bytes(f->path, bytes);
	assert_null(memmem(bytes, sizeof bytes, PASS, strlen(PASS)));
}

static void test_create_does_not_touch_a_vault_that_is_there(void **state)
{
	struct fixture *f = *state;
	uint8_t before[KEYFILE_BYTES], after[KEYFILE_BYTES];
	struct err e = {0};

	read_bytes(f->path, before);
	check_code(vault_create_at_cost(f->path, WORKSPACE, "eve", TEXT("other"), BORN, VAULT_COST_TEST, &e), ERR_CONFLICT, &e);
	read_bytes(f->path, after);
	assert_memory_equal(before, after, sizeof before);
}

static void test_create_refuses_bad_names_and_passphrases(void **state)
{
	static const struct {
		const char *workspace, *slot, *pass;
	} bad[] = {
		{"", "ana", PASS}, {WORKSPACE, "", PASS}, {WORKSPACE, "a\nb", PASS}, {WORKSPACE, "\x1b[2J", PASS}, {WORKSPACE, "\xff", PASS},
		{WORKSPACE, "ana", ""}, {"0123456789012345678901234567890123456789012345678901234567890123", "ana", PASS},
	};
	struct fixture *f = *state;
	char *other = xasprintf("%s/other.key", f->folder);
	struct err e = {0};
	size_t i;

	for (i = 0; i < LENGTH(bad); i++) {
		check_code(vault_create_at_cost(other, bad[i].workspace, bad[i].slot, TEXT(bad[i].pass), BORN, VAULT_COST_TEST, &e),
		    ERR_USAGE, &e);
		assert_false(file_exists(other));
	}
	free(other);
}

static void test_R11_every_flipped_bit_of_the_file_is_noticed(void **state)
{
	struct fixture *f = *state;
	uint8_t bytes[KEYFILE_BYTES];
	struct key_file k;
	struct err e = {0};
	size_t bit;

	read_bytes(f->path, bytes);
	for (bit = 0; bit < 8 * KEYFILE_BYTES; bit++) {
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		check_code(keyfile_decode(&k, slice_make(bytes, sizeof bytes), &e), ERR_PROTO, &e);
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	check_ok(keyfile_decode(&k, slice_make(bytes, sizeof bytes), &e), &e);
}

/* A flip that merely makes the derivation dear (up to 1 GiB) is left to the test of bounds. */
static bool is_dear(const uint8_t bytes[KEYFILE_BYTES])
{
	struct key_file k;

	return keyfile_decode(&k, slice_make(bytes, KEYFILE_BYTES), NULL) == ERR_OK &&
	    k.slots[0].cost.log2_n < 32 && (uint64_t)k.slots[0].cost.r << k.slots[0].cost.log2_n > 1 << 16;
}

/* With the checksum mended, what protects is the commitment, GCM and the MAC. Whole
 * bytes of the unused slots are sampled; the used slot and the heads bit by bit. */
static void test_R11_a_flip_with_a_mended_checksum_is_noticed_too(void **state)
{
	struct fixture *f = *state;
	uint8_t good[KEYFILE_BYTES], bytes[KEYFILE_BYTES];
	struct vault *v = NULL;
	struct err e = {0};
	size_t bit, used = 8 * (KEYFILE_HEAD + KEYFILE_SLOT), end = 8 * (KEYFILE_BODY + HASH_BYTES);

	read_bytes(f->path, good);
	for (bit = 0; bit < end; bit += bit < used || bit >= 8 * KEYFILE_BODY ? 1 : 61) {
		enum err_code rc;

		memcpy(bytes, good, sizeof bytes);
		bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		mend_checksum(bytes);
		if (is_dear(bytes))
			continue;
		write_bytes(f->path, bytes, sizeof bytes);
		rc = vault_open_at_cost(&v, f->path, TEXT(PASS), VAULT_COST_TEST, &e);
		if (rc != ERR_PROTO && rc != ERR_AUTH && rc != ERR_LIMIT)
			fail_msg("bit %zu gave %s", bit, err_name(rc));
		assert_null(v);
	}
	write_bytes(f->path, good, sizeof good);
	vault_close(fixture_open(f->path, PASS, ERR_OK));
}

static void test_R11_a_file_of_another_length_is_refused(void **state)
{
	struct fixture *f = *state;
	uint8_t bytes[KEYFILE_BYTES + 1] = {0};
	struct key_file k;
	struct err e = {0};
	size_t n;

	read_bytes(f->path, bytes);
	for (n = 0; n <= KEYFILE_BYTES + 1; n++)
		check_code(keyfile_decode(&k, slice_make(bytes, n), &e), n == KEYFILE_BYTES ? ERR_OK : ERR_PROTO, &e);
}

static void test_R14_hostile_costs_are_refused_before_any_work(void **state)
{
	static const struct scrypt_cost hostile[] = {{63, 8, 1}, {22, UINT32_MAX, 1}, {17, 8, UINT32_MAX}, {0, 0, 0}, {30, 1, 1}};
	struct fixture *f = *state;
	uint8_t bytes[KEYFILE_BYTES];
	struct key_file k;
	struct err e = {0};
	size_t i;

	read_bytes(f->path, bytes);
	check_ok(keyfile_decode(&k, slice_make(bytes, sizeof bytes), &e), &e);
	for (i = 0; i < LENGTH(hostile); i++) {
		int64_t began;
		struct vault *v;

		k.slots[0].cost = hostile[i];
		keyfile_encode(&k, bytes);
		write_bytes(f->path, bytes, sizeof bytes);
		began = clock_steady_us();
		check_code(vault_open_at_cost(&v, f->path, TEXT(PASS), VAULT_COST_TEST, &e), ERR_LIMIT, &e);
		assert_true(clock_steady_us() - began < 100 * US_PER_MS);
	}
}

static void test_the_programs_refuse_a_cheap_file(void **state)
{
	struct fixture *f = *state;
	struct vault *v = f->v;
	struct err e = {0};

	check_code(vault_open(&v, f->path, TEXT(PASS), &e), ERR_LIMIT, &e);
	assert_null(v);
}

static void test_the_programs_make_and_open_at_full_cost(void **state)
{
	struct fixture *f = *state;
	char *path = xasprintf("%s/full.key", f->folder);
	uint8_t bytes[KEYFILE_BYTES];
	struct vault *v = NULL;
	struct key_file k;
	struct err e = {0};

	check_ok(vault_create(path, WORKSPACE, "ana", TEXT(PASS), BORN, &e), &e);
	read_bytes(path, bytes);
	check_ok(keyfile_decode(&k, slice_make(bytes, sizeof bytes), &e), &e);
	assert_int_equal(k.slots[0].cost.log2_n, 17);
	assert_int_equal(k.slots[0].cost.r, 8);
	assert_int_equal(k.slots[0].cost.p, 1);
	check_ok(vault_open(&v, path, TEXT(PASS), &e), &e);
	vault_close(v);
	unlink(path);
	free(path);
}

static void test_two_people_open_the_same_root(void **state)
{
	struct fixture *f = *state;
	struct hash mine = mark_of(f->v), theirs;
	struct vault *v;
	struct err e = {0};

	check_ok(vault_slot_add(f->v, "bo", TEXT("battery staple"), BORN + 1, &e), &e);
	v = fixture_open(f->path, "battery staple", ERR_OK);
	theirs = mark_of(v);
	assert_true(hash_same(&mine, &theirs));
	assert_string_equal(vault_slot(v).name, "bo");
	assert_int_equal(vault_slot(v).index, 1);
	vault_close(v);
	vault_close(fixture_open(f->path, PASS, ERR_OK));
}

static void test_slots_are_listed_without_a_passphrase(void **state)
{
	struct fixture *f = *state;
	struct vault_slot slots[VAULT_SLOTS];
	struct err e = {0};
	int n = -1;

	check_ok(vault_slot_add(f->v, "bo", TEXT("battery staple"), BORN + 1, &e), &e);
	check_ok(vault_slot_list(f->path, slots, &n, &e), &e);
	assert_int_equal(n, 2);
	assert_string_equal(slots[0].name, "ana");
	assert_string_equal(slots[1].name, "bo");
	assert_true(slots[1].created_us == BORN + 1);
}

static void test_a_removed_slot_opens_nothing(void **state)
{
	struct fixture *f = *state;
	struct err e = {0};

	check_ok(vault_slot_add(f->v, "bo", TEXT("battery staple"), BORN, &e), &e);
	check_ok(vault_slot_remove(f->v, "bo", &e), &e);
	fixture_open(f->path, "battery staple", ERR_AUTH);
	check_code(vault_slot_remove(f->v, "bo", &e), ERR_MISSING, &e);
}

static void test_nobody_removes_the_slot_they_came_by(void **state)
{
	struct fixture *f = *state;
	struct err e = {0};

	check_code(vault_slot_remove(f->v, "ana", &e), ERR_REFUSED, &e);
	vault_close(fixture_open(f->path, PASS, ERR_OK));
}

static void test_there_are_eight_slots_and_no_name_twice(void **state)
{
	struct fixture *f = *state;
	struct err e = {0};
	char name[16], pass[24];
	int i;

	check_code(vault_slot_add(f->v, "ana", TEXT("another"), BORN, &e), ERR_CONFLICT, &e);
	for (i = 1; i < VAULT_SLOTS; i++) {
		snprintf(name, sizeof name, "p%d", i);
		snprintf(pass, sizeof pass, "secret %d", i);
		check_ok(vault_slot_add(f->v, name, TEXT(pass), BORN, &e), &e);
	}
	check_code(vault_slot_add(f->v, "p9", TEXT("secret 9"), BORN, &e), ERR_LIMIT, &e);
	vault_close(fixture_open(f->path, "secret 7", ERR_OK));
	fixture_open(f->path, "secret 9", ERR_AUTH);
}

static void test_a_slot_added_elsewhere_survives_our_change(void **state)
{
	struct fixture *f = *state;
	struct vault *other = fixture_open(f->path, PASS, ERR_OK);
	struct err e = {0};

	check_ok(vault_slot_add(other, "bo", TEXT("battery staple"), BORN, &e), &e);
	check_ok(vault_slot_add(f->v, "cy", TEXT("third person"), BORN, &e), &e);
	vault_close(other);
	vault_close(fixture_open(f->path, "battery staple", ERR_OK));
	vault_close(fixture_open(f->path, "third person", ERR_OK));
}

static void test_a_removed_person_changes_nothing_any_more(void **state)
{
	struct fixture *f = *state;
	struct vault *bo;
	struct err e = {0};

	check_ok(vault_slot_add(f->v, "bo", TEXT("battery staple"), BORN, &e), &e);
	bo = fixture_open(f->path, "battery staple", ERR_OK);
	check_ok(vault_slot_remove(f->v, "bo", &e), &e);
	check_code(vault_slot_add(bo, "eve", TEXT("let me in"), BORN, &e), ERR_CONFLICT, &e);
	fixture_open(f->path, "let me in", ERR_AUTH);
	vault_close(bo);
}

static void test_R13_a_changed_passphrase_keeps_the_root(void **state)
{
	struct fixture *f = *state;
	struct hash before = mark_of(f->v), after;
	struct vault *v;
	struct err e = {0};

	check_code(vault_change_passphrase(f->v, TEXT("wrong"), TEXT("a new one"), &e), ERR_AUTH, &e);
	vault_close(fixture_open(f->path, PASS, ERR_OK));
	check_ok(vault_change_passphrase(f->v, TEXT(PASS), TEXT("a new one"), &e), &e);
	fixture_open(f->path, PASS, ERR_AUTH);
	v = fixture_open(f->path, "a new one", ERR_OK);
	after = mark_of(v);
	assert_true(hash_same(&before, &after));
	assert_true(vault_slot(v).created_us == BORN);
	vault_close(v);
}

static void test_R13_a_change_that_cannot_be_written_changes_nothing(void **state)
{
	struct fixture *f = *state;
	char *away = xasprintf("%s.away", f->folder);
	struct err e = {0};

	assert_int_equal(rename(f->folder, away), 0);
	check_code(vault_change_passphrase(f->v, TEXT(PASS), TEXT("a new one"), &e), ERR_IO, &e);
	assert_int_equal(rename(away, f->folder), 0);
	free(away);
	vault_close(fixture_open(f->path, PASS, ERR_OK));
	/* and the open one still works */
	check_ok(vault_change_passphrase(f->v, TEXT(PASS), TEXT("a new one"), &e), &e);
}

static void test_slots_cannot_be_swapped_or_brought_from_elsewhere(void **state)
{
	struct fixture *f = *state;
	uint8_t bytes[KEYFILE_BYTES], slot[KEYFILE_SLOT];
	uint8_t *first = bytes + KEYFILE_HEAD, *second = first + KEYFILE_SLOT;
	struct err e = {0};

	check_ok(vault_slot_add(f->v, "bo", TEXT("battery staple"), BORN, &e), &e);
	read_bytes(f->path, bytes);
	memcpy(slot, first, sizeof slot);
	memcpy(first, second, sizeof slot);
	memcpy(second, slot, sizeof slot);
	mend_checksum(bytes);
	write_bytes(f->path, bytes, sizeof bytes);
	fixture_open(f->path, PASS, ERR_AUTH);
}

static void test_errors_never_hold_the_passphrase(void **state)
{
	struct fixture *f = *state;
	struct vault *v;
	struct err e = {0};

	check_code(vault_open_at_cost(&v, f->path, TEXT("s3cret-guess"), VAULT_COST_TEST, &e), ERR_AUTH, &e);
	assert_null(strstr(e.text, "s3cret"));
	assert_null(strstr(e.mend, "s3cret"));
	check_code(vault_open_at_cost(&v, "/nowhere/vault.key", TEXT("s3cret-guess"), VAULT_COST_TEST, &e), ERR_MISSING, &e);
	assert_null(strstr(e.text, "s3cret"));
}

#define with_vault(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_vault(test_the_right_passphrase_opens_it),
		with_vault(test_a_wrong_passphrase_is_told_as_such),
		with_vault(test_I5_the_file_is_for_its_owner_and_holds_no_passphrase),
		with_vault(test_create_does_not_touch_a_vault_that_is_there),
		with_vault(test_create_refuses_bad_names_and_passphrases),
		with_vault(test_R11_every_flipped_bit_of_the_file_is_noticed),
		with_vault(test_R11_a_flip_with_a_mended_checksum_is_noticed_too),
		with_vault(test_R11_a_file_of_another_length_is_refused),
		with_vault(test_R14_hostile_costs_are_refused_before_any_work),
		with_vault(test_the_programs_refuse_a_cheap_file),
		with_vault(test_the_programs_make_and_open_at_full_cost),
		with_vault(test_two_people_open_the_same_root),
		with_vault(test_slots_are_listed_without_a_passphrase),
		with_vault(test_a_removed_slot_opens_nothing),
		with_vault(test_nobody_removes_the_slot_they_came_by),
		with_vault(test_there_are_eight_slots_and_no_name_twice),
		with_vault(test_a_slot_added_elsewhere_survives_our_change),
		with_vault(test_a_removed_person_changes_nothing_any_more),
		with_vault(test_R13_a_changed_passphrase_keeps_the_root),
		with_vault(test_R13_a_change_that_cannot_be_written_changes_nothing),
		with_vault(test_slots_cannot_be_swapped_or_brought_from_elsewhere),
		with_vault(test_errors_never_hold_the_passphrase),
	};

	return cmocka_run_group_tests(tests, fixture_lock_memory, NULL);
}
