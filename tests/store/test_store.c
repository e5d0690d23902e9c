/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The file itself: opening, faults, transactions, waking, checkpoints, upgrades, the journal. */
#include "base/memory.h"
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "store/office.h"

static void test_create_makes_private_files_once(void **state)
{
	struct office *o = *state;
	struct store *again;
	struct stat st;
	char path[128];

	snprintf(path, sizeof path, "%s/claviger.db", o->folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	snprintf(path, sizeof path, "%s/claviger.db-wal", o->folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(strlen(store_workspace(o->s)), 32);
	check_code(store_open(&again, o->folder, STORE_CREATE, &o->e), ERR_CONFLICT, &o->e);
	assert_null(again);
}

static void test_missing_newer_and_damaged_say_so_in_one_line(void **state)
{
	struct office *o = *state;
	struct store *s;
	char path[128];
	FILE *f;

	check_code(store_open(&s, "/tmp/claviger-no-such-folder", STORE_READ, &o->e), ERR_MISSING, &o->e);
	assert_int_equal(tamper(o, "PRAGMA user_version = 999"), SQLITE_OK);
	check_code(store_open(&s, o->folder, STORE_WRITE, &o->e), ERR_PROTO, &o->e);
	assert_non_null(strstr(o->e.text, "written by a newer Claviger"));
	assert_true(o->e.mend[0] != '\0');
	store_close(o->s);
	o->s = NULL;
	office_remove(o->folder);
	assert_int_equal(mkdir(o->folder, 0700), 0);
	snprintf(path, sizeof path, "%s/claviger.db", o->folder);
	f = fopen(path, "w");
	fputs("this is not a database at all, but a long enough text to be looked at as one, by its first hundred bytes or so........", f);
	fclose(f);
	check_code(store_open(&s, o->folder, STORE_WRITE, &o->e), ERR_PROTO, &o->e);
	check_code(store_open(&s, o->folder, STORE_READ, &o->e), ERR_PROTO, &o->e);
}

static void test_inner_failure_undoes_its_own_part_only(void **state)
{
	struct office *o = *state;
	char *a = NULL, *b = NULL;

	check_ok(store_begin(o->s, &o->e), &o->e);
	check_ok(store_setting_set(o->s, "a", "1", &o->e), &o->e);
	check_ok(store_begin(o->s, &o->e), &o->e);
	check_ok(store_setting_set(o->s, "b", "1", &o->e), &o->e);
	store_rollback(o->s);
	check_ok(store_commit(o->s, &o->e), &o->e);
	check_ok(store_setting_get(o->s, "a", &a, &o->e), &o->e);
	check_ok(store_setting_get(o->s, "b", &b, &o->e), &o->e);
	assert_string_equal(a, "1");
	assert_null(b);
	free(a);
}

static void test_full_disk_says_so_and_leaves_nothing(void **state)
{
	struct office *o = *state;
	char *big = malloc(1 << 20), *value;

	memset(big, 'x', (1 << 20) - 1);
	big[(1 << 20) - 1] = '\0';
	check_ok(sql_script(o->s, "PRAGMA max_page_count = 1", &o->e), &o->e);	/* as small as it is now */
	check_ok(store_begin(o->s, &o->e), &o->e);
	check_ok(store_setting_set(o->s, "small", "1", &o->e), &o->e);
	check_code(store_setting_set(o->s, "big", big, &o->e), ERR_IO, &o->e);
	assert_non_null(strstr(o->e.text, "disk full"));
	store_rollback(o->s);
	check_ok(store_setting_get(o->s, "small", &value, &o->e), &o->e);
	assert_null(value);
	check_ok(store_check(o->s, &o->e), &o->e);
	check_code(store_fault(o->s, &o->e), ERR_IO, &o->e);
	assert_non_null(strstr(o->e.text, "disk full"));
	check_ok(sql_script(o->s, "PRAGMA max_page_count = 1000000", &o->e), &o->e);
	check_ok(store_setting_set(o->s, "small", "2", &o->e), &o->e);	/* and goes on once there is room */
	assert_int_equal(store_fault(o->s, NULL), ERR_OK);
	free(big);
}

/* What one statement got wrong is no fault of the disk's; what succeeds without a write proves nothing. */
static void test_a_fault_is_the_disks_and_lasts_till_a_write(void **state)
{
	struct office *o = *state;
	struct store *other;
	char *value;

	check_ok(store_begin(o->s, &o->e), &o->e);
	assert_int_not_equal(sql_run(o->s, &o->e, "INSERT INTO setting VALUES('workspace', 'x')", ""), ERR_OK);
	assert_int_not_equal(sql_script(o->s, "no such words", &o->e), ERR_OK);
	store_rollback(o->s);
	assert_int_equal(store_fault(o->s, NULL), ERR_OK);
	assert_false(store_stumbled(o->s));

	check_ok(store_open(&other, o->folder, STORE_WRITE, &o->e), &o->e);
	check_ok(sql_script(other, "BEGIN IMMEDIATE", &o->e), &o->e);	/* as a stranger's program: past the gate */
	check_ok(sql_script(o->s, "PRAGMA busy_timeout = 1", &o->e), &o->e);
	check_code(store_try(o->s, &o->e), ERR_CONFLICT, &o->e);
	assert_true(store_stumbled(o->s));
	assert_false(store_stumbled(o->s));
	check_code(store_fault(o->s, &o->e), ERR_CONFLICT, &o->e);
	check_ok(sql_script(other, "ROLLBACK", &o->e), &o->e);
	store_close(other);
	check_ok(store_setting_get(o->s, "workspace", &value, &o->e), &o->e);
	free(value);
	check_code(store_fault(o->s, &o->e), ERR_CONFLICT, &o->e);
	check_ok(store_try(o->s, &o->e), &o->e);
	assert_int_equal(store_fault(o->s, NULL), ERR_OK);
}

static void test_two_readers_wake_and_see_commits(void **state)
{
	struct office *o = *state;
	struct store *r[2];
	struct pollfd p = {.events = POLLIN};
	char *v;
	int i;

	for (i = 0; i < 2; i++) {
		check_ok(store_open(&r[i], o->folder, STORE_READ, &o->e), &o->e);
		assert_true(store_watch_fd(r[i]) >= 0);
		assert_false(store_changed(r[i]));
	}
	check_ok(store_setting_set(o->s, "hello", "there", &o->e), &o->e);
	for (i = 0; i < 2; i++) {
		p.fd = store_watch_fd(r[i]);
		assert_int_equal(poll(&p, 1, 2000), 1);
		assert_true(store_changed(r[i]));
		assert_false(store_changed(r[i]));
		assert_int_equal(poll(&p, 1, 0), 0);
		check_ok(store_setting_get(r[i], "hello", &v, &o->e), &o->e);
		assert_string_equal(v, "there");
		free(v);
		check_code(store_setting_set(r[i], "hello", "you", &o->e), ERR_ILLEGAL, &o->e);
		store_close(r[i]);
	}
}

static void test_view_is_one_state_while_others_write(void **state)
{
	struct office *o = *state;
	struct store *r;
	char *v;

	check_ok(store_open(&r, o->folder, STORE_READ, &o->e), &o->e);
	check_ok(store_view_begin(r, &o->e), &o->e);
	check_ok(store_setting_get(r, "x", &v, &o->e), &o->e);
	assert_null(v);
	check_ok(store_setting_set(o->s, "x", "1", &o->e), &o->e);
	check_ok(store_setting_get(r, "x", &v, &o->e), &o->e);
	assert_null(v);
	store_view_end(r);
	check_ok(store_setting_get(r, "x", &v, &o->e), &o->e);
	assert_string_equal(v, "1");
	free(v);
	store_close(r);
}

static off_t wal_size(const struct office *o)
{
	char path[128];
	struct stat st;

	snprintf(path, sizeof path, "%s/claviger.db-wal", o->folder);
	return stat(path, &st) == 0 ? st.st_size : -1;
}

static void test_only_a_checkpoint_empties_the_log(void **state)
{
	struct office *o = *state;
	struct store *other;
	bool done;

	check_ok(store_open(&other, o->folder, STORE_WRITE, &o->e), &o->e);
	store_close(other);
	assert_true(wal_size(o) > 0);
	check_ok(store_checkpoint(o->s, CHECKPOINT_IF_LARGE, &done, &o->e), &o->e);
	assert_false(done);
	check_ok(store_checkpoint(o->s, CHECKPOINT_TRUNCATE, &done, &o->e), &o->e);
	assert_true(done);
	assert_int_equal(wal_size(o), 0);
	check_ok(store_setting_set(o->s, "x", "1", &o->e), &o->e);
	store_close(o->s);
	assert_true(wal_size(o) > 0);	/* nor does closing */
	check_ok(store_open(&o->s, o->folder, STORE_WRITE, &o->e), &o->e);
}

static void test_checkpoint_waits_at_the_gate_for_a_writer(void **state)
{
	struct office *o = *state;
	struct store *other;
	bool done;

	check_ok(store_open(&other, o->folder, STORE_WRITE, &o->e), &o->e);
	check_ok(store_begin(other, &o->e), &o->e);
	check_ok(store_setting_set(other, "x", "1", &o->e), &o->e);
	check_code(store_checkpoint(other, CHECKPOINT_TRUNCATE, &done, &o->e), ERR_ILLEGAL, &o->e);
	check_ok(store_checkpoint(o->s, CHECKPOINT_TRUNCATE, &done, &o->e), &o->e);
	assert_false(done);
	check_ok(store_commit(other, &o->e), &o->e);
	check_ok(store_checkpoint(o->s, CHECKPOINT_TRUNCATE, &done, &o->e), &o->e);
	assert_true(done);
	store_close(other);
}

static void test_checkpoint_says_if_a_reader_prevents_it(void **state)
{
	struct office *o = *state;
	struct store *r;
	bool done;
	char *v;

	check_ok(store_open(&r, o->folder, STORE_READ, &o->e), &o->e);
	check_ok(store_view_begin(r, &o->e), &o->e);
	check_ok(store_setting_get(r, "x", &v, &o->e), &o->e);
	check_ok(store_setting_set(o->s, "x", "1", &o->e), &o->e);
	sqlite3_busy_timeout(o->s->db, 50);
	check_ok(store_checkpoint(o->s, CHECKPOINT_TRUNCATE, &done, &o->e), &o->e);
	assert_false(done);
	store_view_end(r);
	store_close(r);
	check_ok(store_checkpoint(o->s, CHECKPOINT_TRUNCATE, &done, &o->e), &o->e);
	assert_true(done);
}

static void test_lease_is_one_and_its_epoch_rises(void **state)
{
	struct office *o = *state;
	struct store *other;
	struct lease l;
	int64_t epoch;

	check_ok(store_open(&other, o->folder, STORE_WRITE, &o->e), &o->e);
	check_code(lease_take(other, "second", NOON, &epoch, &o->e), ERR_CONFLICT, &o->e);
	assert_non_null(strstr(o->e.text, "test"));
	check_ok(lease_show(other, &l, &o->e), &o->e);
	assert_true(l.alive);
	assert_string_equal(l.holder, "test");
	check_ok(lease_release(o->s, &o->e), &o->e);
	check_ok(lease_show(other, &l, &o->e), &o->e);
	assert_false(l.alive);
	check_ok(lease_take(other, "second", NOON, &epoch, &o->e), &o->e);
	assert_int_equal(epoch, o->epoch + 1);
	check_code(lease_check(o->s, o->epoch, &o->e), ERR_CONFLICT, &o->e);
	store_close(other);
	check_ok(lease_take(o->s, "third", NOON, &epoch, &o->e), &o->e);
	assert_int_equal(epoch, o->epoch + 2);
}

static void test_upgrade_makes_a_backup_and_goes_whole_or_not_at_all(void **state)
{
	static const char good[] = "CREATE TABLE second(x INTEGER) STRICT;", bad[] = "CREATE TABLE third(x INTEGER) STRICT; SELECT no_such_function();";
	const struct builtin next[] = {{"001-first.sql", "", 0}, {"902-next.sql", good, sizeof good - 1}, {NULL, NULL, 0}};
	const struct builtin broken[] = {{"001-first.sql", "", 0}, {"902-next.sql", good, sizeof good - 1}, {"903-bad.sql", bad, sizeof bad - 1}, {NULL, NULL, 0}};
	struct office *o = *state;
	struct stat st;
	char path[128];
	int64_t n = 0;

	check_code(schema_bring(o->s, broken, false, &o->e), ERR_IO, &o->e);
	check_ok(sql_int(o->s, &n, &o->e, "PRAGMA user_version", ""), &o->e);
	assert_int_equal(n, 902);
	check_ok(sql_int(o->s, &n, &o->e, "SELECT count(*) FROM sqlite_schema WHERE name = 'third'", ""), &o->e);
	assert_int_equal(n, 0);
	snprintf(path, sizeof path, "%s/claviger.db.before-903", o->folder);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	check_ok(schema_bring(o->s, next, false, &o->e), &o->e);
	check_ok(sql_int(o->s, &n, &o->e, "SELECT count(*) FROM second", ""), &o->e);
}

static int sign(void *user, const struct hash *head, int64_t seq, struct hash *out)
{
	if (*(int *)user != 0)
		return -1;
	*out = hmac_sha256(&seq, sizeof seq, head->b, sizeof head->b);
	return 0;
}

static void test_i10_journal_names_the_first_broken_entry(void **state)
{
	static const char *const blows[] = {
		"UPDATE journal SET who = 'x' WHERE seq = 3", "UPDATE journal SET at_us = at_us + 1 WHERE seq = 3", "DELETE FROM journal WHERE seq = 3",
		"UPDATE journal SET what = zeroblob(32) WHERE seq = 3", "UPDATE journal SET hash = zeroblob(32) WHERE seq = 3"};
	struct office *o = *state;
	struct hash h = hash_bytes("x", 1);
	int64_t bad;
	size_t i;
	int k;

	for (k = 0; k < 6; k++)
		check_ok(journal_add(o->s, "test", "kim", "T1", &h, NOON + k, &o->e), &o->e);
	check_ok(journal_verify(o->s, &bad, &o->e), &o->e);
	assert_int_not_equal(tamper(o, blows[0]), SQLITE_OK);	/* the triggers stand in the way */
	assert_int_not_equal(tamper(o, blows[2]), SQLITE_OK);
	assert_int_equal(tamper(o, "DROP TRIGGER journal_fixed; DROP TRIGGER journal_kept; CREATE TABLE kept AS SELECT * FROM journal"), SQLITE_OK);
	for (i = 0; i < LENGTH(blows); i++) {
		assert_int_equal(tamper(o, blows[i]), SQLITE_OK);
		check_code(journal_verify(o->s, &bad, &o->e), ERR_PROTO, &o->e);
		assert_int_equal(bad, 3);
		assert_int_equal(tamper(o, "DELETE FROM journal; INSERT INTO journal SELECT * FROM kept"), SQLITE_OK);
		check_ok(journal_verify(o->s, &bad, &o->e), &o->e);
	}
}

static void test_i10_signed_head_finds_a_cut_or_remade_chain(void **state)
{
	struct office *o = *state;
	struct journal_seal seal;
	int64_t bad;
	int locked = 0;

	journal_set_signer(o->s, sign, &locked);
	check_ok(journal_add(o->s, "test", "kim", "T1", NULL, NOON, &o->e), &o->e);
	check_ok(journal_add(o->s, "test", "kim", "T2", NULL, NOON, &o->e), &o->e);
	check_ok(journal_sign_head(o->s, NOON, &o->e), &o->e);
	check_ok(journal_seal_last(o->s, &seal, &o->e), &o->e);
	assert_int_equal(seal.seq, 2);
	locked = 1;
	check_code(journal_sign_head(o->s, NOON, &o->e), ERR_LOCKED, &o->e);
	assert_int_equal(tamper(o, "DROP TRIGGER journal_kept; DELETE FROM journal WHERE seq = 2"), SQLITE_OK);
	check_code(journal_verify(o->s, &bad, &o->e), ERR_PROTO, &o->e);
	assert_int_equal(bad, 2);
}

static void test_damaged_row_is_an_error_and_never_a_guess(void **state)
{
	struct office *o = *state;
	struct goal g[2];
	int n;

	assert_int_equal(tamper(o, "UPDATE goal SET before_pause = 'elsewhere'"), SQLITE_OK);
	check_code(goal_get(o->s, o->goal, &g[0], &o->e), ERR_PROTO, &o->e);
	check_code(goal_list(o->s, GOALS_ALL, 0, g, 2, &n, &o->e), ERR_PROTO, &o->e);
	assert_int_equal(n, 0);
}

/* One workspace's connection has no way to another's file, whatever SQL it is brought to run. */
static void test_attach_is_refused(void **state)
{
	struct office *o = *state;
	char *other = xasprintf("ATTACH DATABASE '%s/other.db' AS other", store_folder(o->s));
	char *inside = xasprintf("%s/other.db", store_folder(o->s));

	assert_int_not_equal(sqlite3_exec(o->s->db, other, NULL, NULL, NULL), SQLITE_OK);
	assert_int_not_equal(access(inside, F_OK), 0);
	free(inside);
	free(other);
}

static void test_names_and_zone_last(void **state)
{
	struct office *o = *state;
	char id[33];

	memcpy(id, store_workspace(o->s), sizeof id);
	check_ok(store_set_name(o->s, "acme", &o->e), &o->e);
	check_ok(store_set_zone(o->s, "Europe/Berlin", &o->e), &o->e);
	store_close(o->s);
	check_ok(store_open(&o->s, o->folder, STORE_WRITE, &o->e), &o->e);
	assert_string_equal(store_name(o->s), "acme");
	assert_string_equal(store_zone(o->s), "Europe/Berlin");
	assert_string_equal(store_workspace(o->s), id);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		office_test(test_create_makes_private_files_once),
		office_test(test_missing_newer_and_damaged_say_so_in_one_line),
		office_test(test_inner_failure_undoes_its_own_part_only),
		office_test(test_full_disk_says_so_and_leaves_nothing),
		office_test(test_a_fault_is_the_disks_and_lasts_till_a_write),
		office_test(test_two_readers_wake_and_see_commits),
		office_test(test_view_is_one_state_while_others_write),
		office_test(test_only_a_checkpoint_empties_the_log),
		office_test(test_checkpoint_waits_at_the_gate_for_a_writer),
		office_test(test_checkpoint_says_if_a_reader_prevents_it),
		office_test(test_lease_is_one_and_its_epoch_rises),
		office_test(test_upgrade_makes_a_backup_and_goes_whole_or_not_at_all),
		office_test(test_i10_journal_names_the_first_broken_entry),
		office_test(test_i10_signed_head_finds_a_cut_or_remade_chain),
		office_test(test_damaged_row_is_an_error_and_never_a_guess),
		office_test(test_attach_is_refused),
		office_test(test_names_and_zone_last),
	};

	clock_use_zone("UTC");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
