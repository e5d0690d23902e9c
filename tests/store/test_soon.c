/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is on the disk when the power fails: the log is cut where it was synced last, and opened again. */
#include <sys/stat.h>

#include "base/memory.h"
#include "store/office.h"

/* The log's file, whose syncs are counted. */
static struct disk {
	const sqlite3_io_methods *real;
	sqlite3_io_methods counted;
	sqlite3_int64 synced;	/* so much of the log is on it */
	int syncs;
	bool fails;
} disk;

static int counted_sync(sqlite3_file *f, int flags)
{
	if (disk.fails)
		return SQLITE_IOERR_FSYNC;
	disk.syncs++;
	disk.real->xFileSize(f, &disk.synced);
	return disk.real->xSync(f, flags);
}

static void watch_disk(struct store *s)
{
	sqlite3_file *log = NULL;

	assert_int_equal(sqlite3_file_control(s->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log), SQLITE_OK);
	assert_true(log != NULL && log->pMethods != NULL);
	disk = (struct disk){.real = log->pMethods, .counted = *log->pMethods};
	disk.counted.xSync = counted_sync;
	log->pMethods = &disk.counted;
	counted_sync(log, SQLITE_SYNC_NORMAL);
	disk.syncs = 0;
}

static void copy_file(const char *from, const char *to, const char *name, sqlite3_int64 most)
{
	char path[2][256], *all = xcalloc(1, 1 << 22);
	size_t n;
	FILE *f;

	snprintf(path[0], sizeof path[0], "%s/%s", from, name);
	snprintf(path[1], sizeof path[1], "%s/%s", to, name);
	f = fopen(path[0], "r");
	assert_non_null(f);
	n = fread(all, 1, 1 << 22, f);
	fclose(f);
	f = fopen(path[1], "w");
	assert_non_null(f);
	assert_true(chmod(path[1], 0600) == 0 && (most < 0 || (sqlite3_int64)n >= most));
	n = most >= 0 ? (size_t)most : n;
	assert_int_equal(fwrite(all, 1, n, f), n);
	fclose(f);
	free(all);
}

/* How the workspace comes up after the power failed: the call, swept. */
static struct call after_power_cut(struct office *o, int64_t call, int64_t *spent_pd)
{
	char folder[] = "/tmp/claviger-cut-XXXXXX";
	struct spend_row sum = {0};
	struct sweep swept;
	struct store *s;
	struct call c;
	int64_t epoch;

	assert_non_null(mkdtemp(folder));
	copy_file(o->folder, folder, "claviger.db", -1);
	copy_file(o->folder, folder, "claviger.db-wal", disk.synced);
	check_ok(store_open(&s, folder, STORE_WRITE, &o->e), &o->e);
	check_ok(lease_take(s, "after", NOON + US_PER_DAY / 24, &epoch, &o->e), &o->e);
	check_ok(store_sweep(s, epoch, NOON + US_PER_DAY / 24, &swept, &o->e), &o->e);
	check_ok(call_get(s, call, &c, &o->e), &o->e);
	check_ok(spend_total(s, c.day, &sum, &o->e), &o->e);
	check_ok(spend_verify(s, &o->e), &o->e);
	*spent_pd = sum.cost_pd + sum.estimated_pd;
	store_close(s);
	office_remove(folder);
	return c;
}

static struct call sent(struct office *o)
{
	struct call c = a_call(o, 5 * CENT);

	check_ok(call_hold(o->s, &c, NULL, NOON, NULL, &o->e), &o->e);
	check_ok(call_sent(o->s, c.id, o->epoch, NOON, &o->e), &o->e);
	return c;
}

static void settle_soon(struct office *o, struct call *c)
{
	check_ok(store_begin_soon(o->s, &o->e), &o->e);
	settle(o, c, CALL_SETTLED, 2 * CENT);
	check_ok(store_commit(o->s, &o->e), &o->e);
}

static void test_i4_booking_the_power_took_counts_in_full(void **state)
{
	struct office *o = *state;
	struct call c, again;
	int64_t spent_pd;

	watch_disk(o->s);
	c = sent(o);
	assert_int_equal(disk.syncs, 2);
	settle_soon(o, &c);
	assert_int_equal(disk.syncs, 2);
	check_ok(call_get(o->s, c.id, &again, &o->e), &o->e);
	assert_true(again.state == CALL_SETTLED && again.cost_pd == 2 * CENT);	/* seen at once */
	again = after_power_cut(o, c.id, &spent_pd);
	assert_true(again.state == CALL_CUT && again.cost_pd == 5 * CENT && again.estimated);
	assert_int_equal(spent_pd, 5 * CENT);
	check_ok(store_sync(o->s, &o->e), &o->e);
	assert_int_equal(disk.syncs, 3);
	again = after_power_cut(o, c.id, &spent_pd);
	assert_true(again.state == CALL_SETTLED && again.cost_pd == 2 * CENT);
	assert_int_equal(spent_pd, 2 * CENT);
	check_ok(store_sync(o->s, &o->e), &o->e);	/* nothing is behind */
	assert_int_equal(disk.syncs, 3);
}

static void test_next_commit_takes_it_along(void **state)
{
	struct office *o = *state;
	struct call c, next;
	int64_t spent_pd;

	watch_disk(o->s);
	c = sent(o);
	settle_soon(o, &c);
	check_ok(store_begin(o->s, &o->e), &o->e);	/* writes nothing, and so syncs nothing */
	check_ok(store_commit(o->s, &o->e), &o->e);
	assert_int_equal(disk.syncs, 2);
	next = sent(o);
	assert_int_equal(disk.syncs, 4);
	c = after_power_cut(o, c.id, &spent_pd);
	assert_true(c.state == CALL_SETTLED && c.cost_pd == 2 * CENT);
	assert_int_equal(spent_pd, 7 * CENT);	/* the second is on its way */
	assert_int_equal(next.id, c.id + 1);
	check_ok(store_sync(o->s, &o->e), &o->e);
	assert_int_equal(disk.syncs, 4);
}

static void test_inside_another_transaction_that_one_decides(void **state)
{
	struct office *o = *state;
	struct call c;

	watch_disk(o->s);
	c = sent(o);
	check_ok(store_begin(o->s, &o->e), &o->e);
	settle_soon(o, &c);
	check_ok(store_commit(o->s, &o->e), &o->e);
	assert_int_equal(disk.syncs, 3);
}

static void test_nothing_more_is_begun_on_a_disk_that_failed(void **state)
{
	struct office *o = *state;
	struct call c;

	watch_disk(o->s);
	c = sent(o);
	settle_soon(o, &c);
	disk.fails = true;
	check_code(store_sync(o->s, &o->e), ERR_IO, &o->e);
	check_code(store_begin(o->s, &o->e), ERR_IO, &o->e);
	assert_non_null(strstr(o->e.text, "disk"));
	check_code(store_begin_soon(o->s, &o->e), ERR_IO, &o->e);
	disk.fails = false;
	check_code(store_begin(o->s, &o->e), ERR_IO, &o->e);	/* what is lost does not come back with a later sync */
}

int main(void)
{
	const struct CMUnitTest tests[] = {office_test(test_i4_booking_the_power_took_counts_in_full), office_test(test_next_commit_takes_it_along),
		office_test(test_inside_another_transaction_that_one_decides), office_test(test_nothing_more_is_begun_on_a_disk_that_failed)};

	setenv("TZ", "UTC", 1);
	clock_use_zone("UTC");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
